"""Whether the stacks of a project agree: hosts, budgets, namespaces and keys compared over all of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from . import wiring
from .colours import preview_hosts
from .edge.dns import identifier, weight
from .planned_stacks import PlannedStack, Served, hosts_of, served_together
from .planning.connections import budget_words, connection_budget, least_limit
from .region_shared import DatabaseKey, SharedDatabase, database_key
from .rules import dns_stacks as dns_rules
from .rules import stacks as rules
from .rules.words import number
from .settings.sources import SHARED

if TYPE_CHECKING:
    from .planning import Database
    from .region_plan import RegionPlan
    from .rules.model import Finding
    from .server_plan import ServerPlan
    from .settings.keys.edge import Dns

K = TypeVar("K", bound=Hashable)

MOST_CONNECTIONS = 1_000_000
"""The largest database that a stack file can name."""


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A finding about several stacks; its path is a key of the first of them."""

    stacks: tuple[str, ...]
    finding: Finding


def agreement(stacks: Sequence[PlannedStack]) -> tuple[Disagreement, ...]:
    """Everything in which stacks do not agree, without what all of them accept. Linear in servers times stacks."""
    found = [
        *_hosts(stacks),
        *_databases(stacks),
        *_namespaces(stacks),
        *_routes(stacks),
        *_records(stacks),
        *_defaults(stacks),
    ]
    by_name = {stack.name: stack for stack in stacks}
    return tuple(
        one
        for one in dict.fromkeys(found)
        if one.finding.severity == "error" or not any(_accepts(by_name[name], one.finding) for name in one.stacks)
    )


def _accepts(stack: PlannedStack, finding: Finding) -> bool:
    names = (finding.code, finding.slug)
    return any(item.code in names for server in stack.plan.servers for item in server.settings.accept)


def _hosts(stacks: Sequence[PlannedStack]) -> Iterator[Disagreement]:
    """A server behind one host in several stacks is one service: eras, path, authorization and keys are the same."""
    together: set[frozenset[str]] = set()
    for host, (first, *others) in served_together(stacks):
        together |= {frozenset((first.stack.name, other.stack.name)) for other in others}
        for other in others:
            yield from _one_service(host, first, other)
    yield from _strangers(stacks, together)


def _strangers(stacks: Sequence[PlannedStack], together: Set[frozenset[str]]) -> Iterator[Disagreement]:
    """Stacks of two clusters behind one host with no server in common, by name or by path: what routes by path there
    must know both.

    In one cluster, or in clusters that nobody names, its edge may say which of them is meant.
    """
    behind: dict[str, dict[str, list[Served]]] = {}
    for stack in stacks:
        for server in stack.plan.servers:
            for host in hosts_of(server):
                served = Served(stack=stack, server=server)
                behind.setdefault(host, {}).setdefault(stack.name, []).append(served)
    for host, regions in behind.items():
        first, *others = regions.values()
        for other in others:
            contexts = {first[0].stack.context, other[0].stack.context}
            names = (other[0].stack.name, first[0].stack.name)
            if None not in contexts and len(contexts) == 2 and frozenset(names) not in together:
                paths = [
                    list(dict.fromkeys(one.server.settings.server.path for one in each)) for each in (other, first)
                ]
                found = rules.by_path_finding(
                    host=host, paths=dict(zip(names, paths, strict=True)), path=other[0].place("mcp:server.path")
                )
                yield Disagreement(stacks=names, finding=found)


def _one_service(host: str, before: Served, served: Served) -> Iterator[Disagreement]:
    names = (served.stack.name, before.stack.name)
    differing = _differing(before.server, served.server)
    if differing:
        key = next(iter(differing))
        found = rules.host_finding(
            host=host, stack=names[0], other=names[1], differing=dict(differing.values()), path=served.place(key)
        )
        yield Disagreement(stacks=names, finding=found)
    for stack, other in ((served, before), (before, served)):
        missing = sorted(_secret_variables(other.server) - _secret_variables(stack.server))
        if missing:
            found = rules.keys_finding(
                host=host,
                stack=stack.stack.name,
                other=other.stack.name,
                missing=missing,
                path=stack.place("mcp:secrets.env"),
            )
            yield Disagreement(stacks=(stack.stack.name, other.stack.name), finding=found)


def _records(stacks: Sequence[PlannedStack]) -> Iterator[Disagreement]:
    """One host in several stacks has one routing policy, a record of each, and somebody who answers."""
    for host, regions in served_together(stacks):
        several = [(one, dns) for one in regions if (dns := one.server.dns) is not None]
        if len(several) > 1:
            yield from _records_of(host, several)


def _records_of(host: str, several: Sequence[tuple[Served, Dns]]) -> Iterator[Disagreement]:
    named: dict[str, Served] = {}
    (first, firstly), *rest = several
    for served, dns in several:
        own = identifier(dns)
        before = served if own is None else named.setdefault(own, served)
        if own is not None and before is not served:
            found = dns_rules.identifier_finding(
                host=host,
                identifier=own,
                stack=served.stack.name,
                other=before.stack.name,
                path=served.place("mcp:edge.dns"),
            )
            yield Disagreement(stacks=(served.stack.name, before.stack.name), finding=found)
    for served, dns in rest:
        if dns.routing == firstly.routing != "simple":
            continue
        found = dns_rules.routing_finding(
            host=host,
            stack=served.stack.name,
            other=first.stack.name,
            routings=(dns.routing, firstly.routing),
            path=served.place("mcp:edge.dns.routing"),
        )
        yield Disagreement(stacks=(served.stack.name, first.stack.name), finding=found)
    names = tuple(served.stack.name for served, _ in several)
    serving = [dns for _, dns in several if not dns.drained]
    primaries = sum(dns.failover == "primary" for _, dns in several)
    secondaries = sum(dns.failover == "secondary" for dns in serving)
    unanswered = not any(weight(dns) for _, dns in several) if firstly.routing == "weighted" else not serving
    if unanswered or (firstly.routing == "failover" and (primaries != 1 or secondaries > 1)):
        found = dns_rules.nobody_finding(
            host=host,
            stacks=list(names),
            primaries=None if unanswered else primaries,
            secondaries=secondaries,
            path=first.place("mcp:edge.dns"),
        )
        yield Disagreement(stacks=names, finding=found)


def _differing(before: ServerPlan, after: ServerPlan) -> dict[str, tuple[str, tuple[str, str]]]:
    """Key to what differs, in words, and its two values: the later stack's first."""
    one, other = before.settings.server, after.settings.server
    pairs = {
        "mcp:server.eras": ("the eras", ", ".join(other.eras), ", ".join(one.eras)),
        "mcp:server.path": ("the path", other.path, one.path),
        "mcp:server.authorization": ("authorization", _yes(other.authorization), _yes(one.authorization)),
    }
    return {key: (what, (mine, theirs)) for key, (what, mine, theirs) in pairs.items() if mine != theirs}


def _yes(value: bool) -> str:
    return "on" if value else "off"


def _secret_variables(server: ServerPlan) -> set[str]:
    if server.settings.secrets.source == "none":
        return set()
    database = {"PGUSER", "PGPASSWORD"} if server.settings.database is not None else set()
    return set(wiring.secret_environment(server)) - database


def _databases(stacks: Sequence[PlannedStack]) -> Iterator[Disagreement]:
    """The budget of a database over all stacks that name it, whatever part each of them takes."""
    users: dict[DatabaseKey, list[tuple[PlannedStack, SharedDatabase, Database]]] = {}
    for stack in stacks:
        for shared in stack.plan.shared.databases:
            server = stack.plan.server(shared.servers[0])
            key, inputs = database_key(server.settings), server.inputs.database
            if key is not None and inputs is not None:
                users.setdefault(key, []).append((stack, shared, inputs))
    for members in users.values():
        if len(members) > 1:
            yield from _database(members)


def _database(members: Sequence[tuple[PlannedStack, SharedDatabase, Database]]) -> Iterator[Disagreement]:
    wholes = [int(connection_budget(_undivided(inputs)).value) for _, _, inputs in members]
    stack, shared, inputs = members[wholes.index(min(wholes))]
    parts = sum((inputs.region_part for _, _, inputs in members), Fraction(0))
    uneven = {one.name: found for one, _, found in members if found.region_share_percent is not None}
    path = Served(stack=stack, server=stack.plan.server(shared.servers[0])).place
    if uneven and parts > 1:
        each = {one.name: float(found.region_part * 100) for one, _, found in members}
        found = rules.parts_finding(parts=each, path=path("mcp:database.regionSharePercent"))
        yield Disagreement(stacks=tuple(each), finding=found)
        return
    # Regions whose stacks are elsewhere have their part too.
    here = min(Fraction(1), parts)
    budget = int(min(wholes) * here)
    needs = {one.name: found.at_maximum for one, found, _ in members}
    total = sum(needs.values())
    if total <= budget:
        return
    least = least_limit(
        at_maximum=total,
        whole=total,
        share_percent=inputs.share_percent,
        reserved=inputs.reserved_connections,
        part=here,
    )
    percent = budget * 100 // total
    remedies = [f"lower the maxima (maxReplicas) of all of them to {percent} % of what they are"]
    if least <= MOST_CONNECTIONS:
        remedies.append(f"use a database with max_connections of at least {number(least)}")
    found = rules.database_finding(
        needs=needs,
        total=total,
        budget=budget,
        description=f"{budget_words(_undivided(inputs))}"
        + ("" if here == 1 else f": {number(min(wholes))} × {number(float(here * 100))} % of the regions"),
        remedies=remedies,
        path=path("mcp:database.maxConnections"),
    )
    yield Disagreement(stacks=tuple(needs), finding=found)


def _undivided(inputs: Database) -> Database:
    return replace(inputs, shared_by_regions=1, shared_by_servers=1, region_share_percent=None)


def _namespaces(stacks: Sequence[PlannedStack]) -> Iterator[Disagreement]:
    for namespace, members in _grouped(stacks, lambda stack: [stack.plan.first.namespace]).items():
        for stack, other in _pairs(members):
            context = stack.context if stack.context == other.context else None
            if context is None and stack.context is not None and other.context is not None:
                continue
            if not (_makes(stack) and _makes(other)):
                yield from _shared_namespace(namespace, stack, other, context)
                continue
            found = rules.namespace_finding(
                namespace=namespace, stack=stack.name, other=other.name, context=context, path="mcp:region.namespace"
            )
            yield Disagreement(stacks=(stack.name, other.name), finding=found)


def _makes(stack: PlannedStack) -> bool:
    return stack.plan.settings.region.create_namespace


def _shared_namespace(
    namespace: str, stack: PlannedStack, other: PlannedStack, context: str | None
) -> Iterator[Disagreement]:
    """A namespace that at most one of two stacks makes is meant for both; what is in it must not be called the same."""
    names = sorted(object_names(stack.plan) & object_names(other.plan))
    if names:
        found = rules.objects_finding(
            namespace=namespace,
            stack=stack.name,
            other=other.name,
            names=names,
            context=context,
            path="mcp:server.name",
        )
        yield Disagreement(stacks=(stack.name, other.name), finding=found)
    for owner, guest in ((stack, other), (other, stack)):
        if owner.plan.settings.region.has("quota"):
            found = rules.quota_finding(
                namespace=namespace, owner=owner.name, guest=guest.name, path="mcp:region.namespaceObjects"
            )
            yield Disagreement(stacks=(owner.name, guest.name), finding=found)


def object_names(plan: RegionPlan) -> set[str]:
    """What the objects of a region are called after, besides their kind."""
    shared = plan.shared
    made = {secret.name for secret in shared.secrets if secret.settings.source != "existing"}
    region = plan.settings.region
    of_namespace = {f"the {what} of the namespace" for what in ("policies", "limits", "quota") if region.has(what)}
    operators = {"the rights of the people on call"} if region.operators else set()
    servers = {server.name for server in plan.servers}
    return servers | made | {pooler.name for pooler in shared.poolers} | of_namespace | operators


def _routes(stacks: Sequence[PlannedStack]) -> Iterator[Disagreement]:
    """The same host and path in one cluster. Without contexts two regions behind one host are the usual case."""
    for (address, context), members in _grouped(stacks, _addresses).items():
        for stack, other in _pairs(members):
            server, key = next(
                (one, key) for one in stack.plan.servers for its, key in _addresses_of(one).items() if its == address
            )
            path = stack.plan.stack.place(server.name, key)
            found = rules.route_finding(address=address, stack=stack.name, other=other.name, context=context, path=path)
            yield Disagreement(stacks=(stack.name, other.name), finding=found)


def _addresses(stack: PlannedStack) -> list[tuple[str, str]]:
    if stack.context is None:
        return []
    found = {address for server in stack.plan.servers for address in _addresses_of(server)}
    return [(address, stack.context) for address in sorted(found)]


def _addresses_of(server: ServerPlan) -> dict[str, str]:
    """Each address of a server, also that of a release before clients reach it, and the key that names its host."""
    hosts = {**preview_hosts(server.settings), **hosts_of(server)}
    return {f"https://{host}{server.settings.server.path}": key for host, key in hosts.items()}


def _defaults(stacks: Sequence[PlannedStack]) -> Iterator[Disagreement]:
    """What all stacks share, and none of them reads: each has another value of its own, or no use for it."""
    if len(stacks) < 2:
        return
    told = {finding.path: finding for stack in reversed(stacks) for finding in stack.plan.unread_here}
    for path, finding in told.items():
        if not any(_reads_default(stack, path) for stack in stacks):
            yield Disagreement(stacks=tuple(stack.name for stack in stacks), finding=finding)


def _reads_default(stack: PlannedStack, path: str) -> bool:
    if any(finding.path == path for finding in stack.plan.unread_here):
        return False
    origin = stack.plan.stack.merged.origin_of(path)
    return origin is not None and origin.layer in SHARED


def _grouped(
    stacks: Sequence[PlannedStack], keys: Callable[[PlannedStack], Iterable[K]]
) -> Mapping[K, list[PlannedStack]]:
    groups: dict[K, list[PlannedStack]] = {}
    for stack in stacks:
        for key in keys(stack):
            groups.setdefault(key, []).append(stack)
    return groups


def _pairs(members: Sequence[PlannedStack]) -> Iterator[tuple[PlannedStack, PlannedStack]]:
    """Each stack with the one before it: of many that meet each is named."""
    yield from zip(members[1:], members, strict=False)
