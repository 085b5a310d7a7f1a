"""The rules about a region as a whole: what its servers share, and where they meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from ... import region_objects, wiring
from ...colours import counted, possible_names, preview_hosts
from ...edge.args import matches
from ...edge.listener import SECTION
from ...edge.paths import METADATA, Match, bare
from ...eras import Era
from ...kubernetes.extra import PATH as EXTRA_OBJECTS
from ...planning.connections import budget_words, ceiling_words, least_limit
from ...region_shared import listener_key
from ...settings.layers import SERVERS as SERVERS_GROUP
from ...settings.problems import NAMESPACE
from ...settings.servers import SERVER_GROUPS
from ...settings.sources import SHARED
from ...target import CONTEXT
from .. import edge as edge_rules
from .. import region as rules
from .. import target, unread
from ..model import Finding
from ..words import number
from . import capacity, components, newer
from . import unread as waits

if TYPE_CHECKING:
    from ...region_plan import RegionPlan
    from ...region_shared import Shared, SharedDatabase
    from ...server_plan import ServerPlan
    from ...settings.models import Settings
    from ...settings.servers import StackSettings

OF_A_SHARED_DATABASE = ("MCP401", "MCP403", "MCP404", "MCP407", "MCP408", "MCP409")
"""Rules that count the connections of one server. Of several in a region the region counts all together."""
NAMED_AFTER = ("server", "name")
"""What the servers share is named after it, whatever they are called themselves."""
DESCRIBED = (
    "max_connections",
    "reserved_connections",
    "share_percent",
    "shared_by_regions",
    "region_share_percent",
    "pooler_instances",
    "pooler_pool_size",
    "pooler_image",
    "pooler_exporter",
    "pooler_exporter_image",
    "pooler_patches",
    "tls_mode",
    "ca",
    "parameters",
    "ignored_parameters",
    "tracked_parameters",
    "user_key",
    "password_key",
)
"""What is true of a database for all who use it, not for one server."""


def findings(plan: RegionPlan) -> list[Finding]:
    """Everything that is wrong with a region beyond its single servers."""
    stack, servers, shared = plan.stack, plan.servers, plan.shared
    found = region_objects.findings(plan) + components.namespace_findings(plan)
    version, given = plan.settings.region.kubernetes_version, plan.settings.extra_objects
    found += newer.object_findings(version, given, path=EXTRA_OBJECTS)
    found += waits.wait_findings(servers)
    found += capacity.quota_findings(plan.settings.region.quota, shared.need)
    if plan.target is not None:
        found += target.target_findings(
            production=plan.settings.region.environment == "production", said=plan.target.is_chosen, path=CONTEXT
        )
    for pooler in shared.poolers:
        found += components.pooler_findings(pooler, plan)
    found += components.probe_findings(plan)
    for secret in shared.secrets:
        found += components.secret_patch_findings(secret, plan)
    if len(servers) > 1:
        plans = {server.name: server for server in servers}
        for database in shared.databases:
            found += _database(stack, shared, database, [plans[name] for name in database.servers])
        found += [
            *_addresses(stack, servers),
            *_eras(stack, servers),
            *_certificates(stack, servers),
            *_listeners(stack),
            *_gateways(stack),
            *_secrets(stack, shared),
            *_names(stack, shared),
            *_store(servers),
            *_overridden(stack),
        ]
    return found


def _overridden(stack: StackSettings) -> Iterator[Finding]:
    """Keys that the stack gives for all its servers, and each of them has another value of."""
    servers = stack.merged.values.get(SERVERS_GROUP)
    if not isinstance(servers, Mapping):
        return
    for group in SERVER_GROUPS:
        for path, value in _leaves((group,), stack.merged.values.get(group)):
            if path == NAMED_AFTER or not all(_replaces(own, path) for own in servers.values()):
                continue
            place = f"{NAMESPACE}:{'.'.join(path)}"
            origin = stack.merged.origin_of(place)
            if origin is None or origin.layer not in SHARED:
                yield unread.overridden_finding(key=path[-1], value=value, servers=len(servers), path=place)


def _leaves(path: tuple[str, ...], value: object) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves((*path, str(key)), inner)
    elif value is not None:
        yield path, value


def _replaces(own: object, path: Sequence[str]) -> bool:
    """Whether a server says something of its own at a path, or of all around it."""
    for step in path:
        if not isinstance(own, Mapping):
            return own is not None
        if step not in own:
            return False
        own = own[step]
    return True


def _database(
    stack: StackSettings, shared: Shared, database: SharedDatabase, users: Sequence[ServerPlan]
) -> Iterator[Finding]:
    settings = database.settings
    path = "mcp:database" if stack.shared_database == settings else stack.place(users[0].name, "mcp:database")
    for other in users[1:]:
        given = other.settings.database
        differing = [key for key in DESCRIBED if getattr(given, key) != getattr(settings, key)]
        names = [type(settings).model_fields[key].alias or key for key in differing]
        place = stack.place(other.name, "mcp:database")
        yield from rules.description_findings(first=users[0].name, other=other.name, differing=names, path=place)
    direct = {
        server.name: int(figure.value)
        for server in users
        if not server.pooled and (figure := server.plan.connections.connections_at_maximum) is not None
    }
    poolers = {one.name: int(one.figures.server_connections.value) for one in database.poolers}
    yield from rules.budget_findings(
        needs={**direct, **poolers},
        total=database.at_maximum,
        rollout=database.with_surge,
        budget=database.budget,
        ceiling=database.ceiling,
        description=budget_words(database.inputs),
        reserved=ceiling_words(database.inputs),
        remedies=list(_remedies(database, direct)),
        poolable=database.inputs.poolable,
        path=f"{path}.maxConnections",
    )
    for one in database.poolers:
        read = {name: secret.name for name in one.servers if (secret := shared.secret_of(name)) is not None}
        yield from rules.pooler_secret_findings(pooler=one.name, secrets=read, path=path)


def _remedies(database: SharedDatabase, direct: dict[str, int]) -> Iterator[str]:
    """What closes the budget: each is computed, and none is offered that would not."""
    settings = database.settings
    if direct and database.inputs.poolable and 2 * settings.pooler_instances <= database.budget:
        secret = "" if database.inputs.has_secret else ", and set mcp:secrets.source to 'existing'"
        yield f"put one pooler between all of them and the database: set mcp:database.pooler to 'pgbouncer'{secret}"
    if database.at_maximum > database.budget and direct and not database.poolers:
        percent = database.budget * 100 // database.at_maximum
        yield f"lower their maxima (maxReplicas) to {percent} % of what they are"
    least = least_limit(
        at_maximum=database.at_maximum,
        whole=database.with_surge,
        share_percent=settings.share_percent,
        reserved=settings.reserved_connections,
        part=database.inputs.region_part,
    )
    if least <= 1_000_000:
        yield f"use a database with max_connections of at least {number(least)}"


def _addresses(stack: StackSettings, servers: Sequence[ServerPlan]) -> Iterator[Finding]:
    """Servers that answer at the same path of the same host; hosts that are Outputs are not known here."""
    taken: dict[tuple[str, Match], str] = {}
    for server in servers:
        told: set[str] = set()
        for host, match in _routed(server):
            other = taken.setdefault((host, match), server.name)
            key = _key_of(server, host, match)
            if other != server.name and key not in told:
                told.add(key)
                place = stack.place(server.name, key)
                yield from rules.address_findings(
                    server=server.name, other=other, host=host, path_of=match.path, path=place
                )
    # What clients do not reach comes last: it is the one to get another host.
    for server in servers:
        for host, key in preview_hosts(server.settings).items():
            others = [
                (taken.setdefault((host, match), server.name), match.path) for _, match in _matched(server, [host])
            ]
            found = next((one for one in others if one[0] != server.name), None)
            if found is not None:
                yield from rules.preview_address_findings(
                    server=server.name, other=found[0], host=host, path_of=found[1], path=stack.place(server.name, key)
                )


def _eras(stack: StackSettings, servers: Sequence[ServerPlan]) -> Iterator[Finding]:
    """Servers without the modern era behind a host of one that speaks it, each once."""
    behind = {server.name: dict.fromkeys(host for host, _ in _routed(server)) for server in servers}
    modern = {server.name for server in servers if Era.MODERN in server.era_profile.eras}
    for name, hosts in behind.items():
        shared = [(host, other) for host in hosts for other in sorted(modern) if host in behind[other]]
        if name not in modern and shared:
            host, other = shared[0]
            place = stack.place(name, "mcp:server.eras")
            yield from edge_rules.host_findings(server=name, other=other, host=host, path=place)


def _routed(server: ServerPlan) -> Iterator[tuple[str, Match]]:
    """Every path of every host that clients are routed to a server by."""
    edge = server.settings.edge
    return _matched(server, [host for host in (edge.host, *edge.hosts) if isinstance(host, str)])


def _matched(server: ServerPlan, hosts: Sequence[str]) -> Iterator[tuple[str, Match]]:
    """Every path of hosts that is routed to a server, but for the metadata of a host as a whole: each server has its
    own beside them."""
    if server.internal:
        return
    args = wiring.ingress_args(server, server.namespace, server.name)
    for host in hosts:
        yield from ((host, match) for match in matches(args) if match.path not in METADATA)


def _key_of(server: ServerPlan, host: str, match: Match) -> str:
    """The key of the stack file that routes a path of a host."""
    keys, edge = server.settings.server, server.settings.edge
    if bare(match.path) == bare(keys.path):
        return "mcp:server.path" if host == edge.host else "mcp:edge.hosts"
    if match.path in keys.sse_paths:
        return "mcp:server.ssePaths"
    return "mcp:edge.paths" if match.path in [one.path for one in edge.paths] else "mcp:edge.oauthProxy"


def _certificates(stack: StackSettings, servers: Sequence[ServerPlan]) -> Iterator[Finding]:
    """Servers that ask for the certificate of one host, or for one Secret; what is an Output is not known here.

    One host at two listeners is refused as such.
    """
    hosts: dict[str, list[str]] = {}
    places: dict[tuple[str, str], list[str]] = {}
    for server in servers:
        edge, place = server.settings.edge, wiring.certificate_place(server)
        if place is None:
            continue
        if edge.kind == "ingress" and isinstance(edge.host, str):
            hosts.setdefault(edge.host, []).append(server.name)
        if isinstance(edge.tls_secret, str):
            places.setdefault((str(place), edge.tls_secret), []).append(server.name)
    for host, names in hosts.items():
        path = stack.place(names[-1], "mcp:edge.clusterIssuer")
        yield from edge_rules.requester_findings(what=f"of {host}", servers=names, path=path)
    for (_, secret), names in places.items():
        if names not in hosts.values():
            path = stack.place(names[-1], "mcp:edge.tlsSecret")
            yield from edge_rules.requester_findings(what=f"in the Secret {secret}", servers=names, path=path)


def _gateways(stack: StackSettings) -> Iterator[Finding]:
    """Servers that would make the same Gateway, or the same listener beside one."""
    classes: dict[tuple[object, ...], list[str]] = {}
    sets: dict[tuple[object, ...], list[str]] = {}
    for name, settings in stack.servers.items():
        edge, gateway = settings.edge, settings.edge.gateway
        if edge.kind == "gateway" and gateway.class_name is not None:
            classes.setdefault((gateway.namespace, gateway.name), []).append(name)
        elif edge.kind == "gateway" and gateway.listener_set and isinstance(edge.host, str):
            sets.setdefault((gateway.namespace, gateway.name, edge.host), []).append(name)
    for made, key in ((classes, "className"), (sets, "listenerSet")):
        for parts, names in made.items():
            if len(names) > 1:
                what = f"the Gateway '{parts[1]}'" if key == "className" else f"a listener for {parts[2]}"
                path = stack.place(names[-1], f"mcp:edge.gateway.{key}")
                yield from edge_rules.twice_findings(what=what, servers=names, path=path, listener=key == "listenerSet")
    makers = {place: names[0] for place, names in classes.items()}
    for name, settings in stack.servers.items():
        yield from _guests(stack, name, settings, makers)


def _guests(
    stack: StackSettings, name: str, settings: Settings, makers: Mapping[tuple[object, ...], str]
) -> Iterator[Finding]:
    """A server whose route attaches to the Gateway that another one makes; what is an Output is not known here."""
    edge, gateway = settings.edge, settings.edge.gateway
    maker = makers.get((gateway.namespace, gateway.name))
    if edge.kind != "gateway" or maker is None or gateway.class_name is not None or gateway.listener_set:
        return
    by = stack.servers[maker].edge
    keys = ("mcp:edge.host", *(f"mcp:edge.hosts[{place}]" for place in range(len(edge.hosts))))
    hosts = {host: key for host, key in zip((edge.host, *edge.hosts), keys, strict=True) if isinstance(host, str)}
    yield from edge_rules.guest_findings(
        maker=maker,
        listener=by.gateway.section or SECTION,
        host=by.host if by.cluster_issuer is not None and isinstance(by.host, str) else None,
        section=gateway.section,
        hosts={host: stack.place(name, key) for host, key in hosts.items()},
        section_path=stack.place(name, "mcp:edge.gateway.section"),
    )


def _listeners(stack: StackSettings) -> Iterator[Finding]:
    """Servers that say different things of the listener that their routes share."""
    first: dict[tuple[object, ...], str] = {}
    for name, settings in stack.servers.items():
        said = settings.edge.client_address
        if said is None or settings.edge.kind != "gateway":
            continue
        other = first.setdefault(listener_key(settings), name)
        if stack.servers[other].edge.client_address != said:
            path = stack.place(name, "mcp:edge.clientAddress")
            yield from edge_rules.contradicted_findings(server=name, other=other, path=path)


def _secrets(stack: StackSettings, shared: Shared) -> Iterator[Finding]:
    names: dict[str, list[int]] = {}
    for index, secret in enumerate(shared.secrets):
        if secret.settings.source != "existing":
            names.setdefault(secret.name, []).append(index)
    for name, places in names.items():
        if len(places) > 1:
            servers = [server for index in places for server in shared.secrets[index].servers]
            path = stack.place(shared.secrets[places[-1]].servers[0], "mcp:secrets.name")
            yield from rules.secret_name_findings(name=name, servers=servers, path=path)


def _names(stack: StackSettings, shared: Shared) -> Iterator[Finding]:
    poolers = {one.name for one in shared.poolers}
    greens = {name: one for one, settings in stack.servers.items() for name in possible_names(settings)[1:]}
    for name in stack.servers:
        if name in greens:
            what = f"the colour green of {greens[name]}"
            yield from rules.object_name_findings(server=name, what=what, path=f"mcp:servers.{name}")
        if name in poolers:
            yield from rules.object_name_findings(server=name, what="a pooler", path=f"mcp:servers.{name}")


def _store(servers: Sequence[ServerPlan]) -> Iterable[Finding]:
    """Servers with the same statement about a state store use one store."""
    groups: dict[tuple[object, ...], list[ServerPlan]] = {}
    for server in servers:
        store = server.settings.state_store
        if store is not None and server.plan.clients is not None:
            key = (store.max_clients, store.reserved_clients, store.share_percent, store.shared_by_regions)
            groups.setdefault(key, []).append(server)
    for users in groups.values():
        store, plan = users[0].settings.state_store, users[0].plan.clients
        if store is None or plan is None:
            continue
        needs = {server.name: _clients(server) for server in users}
        total, regions = sum(needs.values()), store.shared_by_regions
        words = f"{store.share_percent:g} % of maxclients {number(store.max_clients)}"
        yield from rules.store_findings(
            needs=needs,
            total=total,
            budget=int(plan.client_budget.value),
            description=words + (f" / {regions} regions" if regions > 1 else ""),
            least=least_limit(
                at_maximum=total,
                whole=total,
                share_percent=store.share_percent,
                reserved=store.reserved_clients,
                part=Fraction(1, regions),
            ),
            path="mcp:stateStore.maxClients",
        )


def _clients(server: ServerPlan) -> int:
    store = server.settings.state_store
    each = 0 if store is None else store.connections_per_pod
    return each * server.max_replicas * counted(server.settings)
