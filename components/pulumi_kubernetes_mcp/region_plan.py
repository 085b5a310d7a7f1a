"""Everything decided about one region, once: its servers, what they share, and every finding. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import planning
from .inputs.outputs import raise_errors
from .region_shared import Shared, database_shares, listener_tellers, pooler_names, secrets_of, share
from .rules import applied
from .rules.acceptance import ACCEPTED_ERROR, UNUSED_ACCEPTANCE, accept
from .rules.applied import region as region_rules
from .rules.applied import unread
from .rules.load import CLUSTER
from .rules.model import Finding, errors, located
from .rules.secrets import UNKNOWN_KEY
from .rules.stacks import RULES as OF_STACKS
from .server_plan import ServerPlan, figure, plan_server
from .settings.arguments import groups_of, settings_of
from .settings.load import layered, placed
from .settings.models import Acceptance, SecretsSettings, Settings
from .settings.problems import Problem, SettingsError
from .settings.salvage import Rest, besides, covers, of_stack, rest_of, salvage, whole
from .settings.servers import SERVERS, StackSettings, load_stack, single
from .settings.sources import SHARED, Sources
from .target import Target

ACCEPT_PATH = "mcp:accept"
_ABOUT_ACCEPTANCES = (UNUSED_ACCEPTANCE.code, ACCEPTED_ERROR.code)
PROFILE_PATH, LOAD_PATH = "mcp:server.profile", "mcp:workload"
LOST_KEYS = re.compile(r"mcp:secrets(\.(remote|values)(\[.*)?)?")
"""Places of mistakes that leave unknown which keys a Secret has: all of them, or one whose name is none."""
PLANNED: ContextVar[RegionPlan | None] = ContextVar("planned", default=None)
"""What whoever runs a stack's program has planned of that stack already; the CLI of Pulumi plans nothing."""
FROM_THE_PLAN = ("MCP210", "MCP213", "MCP4", "MCP5")
"""Beginnings of the codes that follow from the plan, and so from a load and a profile."""


@dataclass(frozen=True, kw_only=True)
class RegionPlan:
    """Everything that is known about a region before any resource is registered."""

    stack: StackSettings
    """What the stack says."""
    servers: tuple[ServerPlan, ...]
    """Its servers in the order of their names, one at least."""
    shared: Shared
    """What they share."""
    findings: tuple[Finding, ...]
    """What is wrong, errors first, without the accepted warnings."""
    target: Target | None = None
    """Which cluster it is for; ``None`` where whoever asks does not know it, such as a component."""
    unread_here: tuple[Finding, ...] = ()
    """What all stacks share and this one does not read: another stack may."""

    @property
    def many(self) -> bool:
        """Whether reports have a line for each server, rather than everything about the only one."""
        return self.stack.many and len(self.servers) > 1

    @property
    def first(self) -> ServerPlan:
        """The first server; the only one of most stacks."""
        return self.servers[0]

    @property
    def settings(self) -> Settings:
        """The settings of the first server; those of the region are the same in all."""
        return self.first.settings

    @property
    def plan(self) -> planning.Plan:
        """The capacity plan of the first server."""
        return self.first.plan

    @property
    def min_replicas(self) -> int:
        """Least number of pods of all servers together."""
        return sum(server.replicas for server in self.servers)

    @property
    def max_replicas(self) -> int:
        """Greatest number of pods of all servers together."""
        return sum(server.max_replicas for server in self.servers)

    @property
    def planned_sessions(self) -> int:
        """Sessions that all servers together are sized for."""
        return sum(figure(server.plan.load.planned_sessions) for server in self.servers)

    def only(self, name: str) -> RegionPlan:
        """The same region seen from one of its servers, for a report in detail. KeyError for another name."""
        return replace(self, servers=(self.server(name),))

    def server(self, name: str) -> ServerPlan:
        """The server of that name. KeyError, naming all, for one that is not there."""
        for server in self.servers:
            if server.name == name:
                return server
        raise KeyError(f"there is no server '{name}'; there are {', '.join(one.name for one in self.servers)}")

    def names_itself(self, server: ServerPlan) -> bool:
        """Whether this is the server that the region had when it could have only one: the stack's own name is its."""
        return len(self.servers) == 1 or server.name == self.stack.shared_name

    def has_own(self, server: str, group: str) -> bool:
        """Whether a server has a group of its own, over the stack's."""
        servers = self.stack.values.get(SERVERS)
        groups = servers.get(server) if isinstance(servers, Mapping) else None
        return isinstance(groups, Mapping) and group in groups

    def given_at(self, server: str | None, path: str) -> str:
        """Where a value of a server, or of the region, was given: among the server's own groups, or the stack's."""
        return path if server is None or not _is_own(self, server, path) else self.stack.place(server, path)

    def stack_acceptances(self) -> list[Acceptance]:
        """What the stack itself accepts: the list of each server that has none of its own."""
        return next((one.settings.accept for one in self.servers if not self.has_own(one.name, "accept")), [])

    def readable(self, stack: StackSettings) -> RegionPlan | None:
        """The same plan with the secret values of ``stack``, which decide nothing; ``None`` if that says anything else.

        Whoever reads a file has placeholders for them, and a program has what the engine decrypted.
        """
        if _without_secrets(stack) != _without_secrets(self.stack):
            return None
        secrets = {secret.suffix: secret for secret in secrets_of(stack)}
        return replace(
            self,
            stack=stack,
            servers=tuple(replace(one, settings=stack.servers[one.name]) for one in self.servers),
            shared=replace(self.shared, secrets=tuple(secrets[one.suffix] for one in self.shared.secrets)),
        )

    def raise_errors(self, where: str) -> None:
        """Raise FindingsError with every error; ``where`` names the stack."""
        raise_errors(list(self.findings), f"{where} cannot work:")


def load(
    values: Mapping[str, object], *, where: str, directory: Path | None = None, sources: Sources | None = None
) -> StackSettings:
    """The settings of every server in ``values`` (full key, such as ``mcp:server``, to plain data).

    :param directory: the directory of Pulumi.yaml. Default: that of the running program, or the working directory.
    :param sources: the files that the values come from. Default: not known, so that no problem names a line.
    :raises SettingsError: with every problem, and with every error that the rules find in the rest: one run
        reports all mistakes of a file.
    """
    try:
        return load_stack(values, where=where, directory=directory, sources=sources)
    except SettingsError as error:
        merged, _ = layered(values, sources)
        found = [placed(one, merged) for one in _besides(salvage(values, error.problems, directory), error.problems)]
        raise SettingsError([*error.problems, *found], where=where) from None


def load_arguments(args: Mapping[str, Any], *, where: str) -> StackSettings:
    """The settings that the arguments of McpRegion say.

    :raises SettingsError: with every problem, and with every error that the rules find in the rest, in the words of
        the arguments: one run reports all mistakes of a region.
    """
    groups = groups_of(args)
    try:
        return settings_of(groups, where=where)
    except SettingsError as error:
        # Only who has made a mistake waits for the words.
        from .settings.program_words import in_arguments_of_region

        rest = rest_of(groups, error.problems, lambda left: settings_of(left, where="the rest"), of_stack)
        told = in_arguments_of_region([*error.problems, *_besides(rest, error.problems)])
        raise SettingsError(told, where=where) from None


def _besides(rest: Rest[StackSettings] | None, problems: Sequence[Problem]) -> list[Problem]:
    """What the rules refuse in the rest, without what comes from what stood in for a load or a profile, and without
    what refers to a key of the secrets where one of these was left out."""
    found = besides(rest, problems, lambda stack: plan_region(stack, rehearse=False).findings)
    wrong = [replace(one, path=whole(one.path)) for one in problems]
    follows: tuple[str, ...] = ()
    if any(covers(wrong, path) for path in (PROFILE_PATH, LOAD_PATH)):
        follows += FROM_THE_PLAN
    if any(LOST_KEYS.fullmatch(one.path) for one in wrong):
        follows += (UNKNOWN_KEY.code,)
    return [one for one in found if not one.code.startswith(follows)] if follows else found


def plan_region(stack: StackSettings | Settings, *, rehearse: bool = True, target: Target | None = None) -> RegionPlan:
    """Derive, plan, and apply every rule; the whole way from settings to findings, once for each server.

    :param rehearse: whether the simulator has its say too. Not needed where only errors count: it gives warnings.
    :param target: which cluster it is for, where that is known.
    """
    if isinstance(stack, Settings):
        stack = single(stack)
    plan = replace(decide(stack), target=target)
    plan, findings = _judged(plan, rehearse)
    found = sorted(located(findings, stack.merged.origin_of))
    return replace(
        plan,
        findings=tuple(finding for finding in found if not _is_shared(plan, finding)),
        unread_here=tuple(finding for finding in found if _is_shared(plan, finding)),
    )


def decide(stack: StackSettings) -> RegionPlan:
    """Derive and plan each server of a stack, and what they share, without a word about what is wrong with it."""
    servers = _planned(stack)
    return RegionPlan(stack=stack, servers=servers, shared=share(stack, servers), findings=())


def _without_secrets(stack: StackSettings) -> StackSettings:
    def hidden(secrets: SecretsSettings) -> SecretsSettings:
        return secrets.model_copy(update={"values": dict.fromkeys(secrets.values, "")})

    return replace(
        stack,
        servers={
            name: settings.model_copy(update={"secrets": hidden(settings.secrets)})
            for name, settings in stack.servers.items()
        },
        shared_secrets=None if stack.shared_secrets is None else hidden(stack.shared_secrets),
    )


def _planned(stack: StackSettings) -> tuple[ServerPlan, ...]:
    sharing, poolers, telling = database_shares(stack), pooler_names(stack), listener_tellers(stack)
    secrets = {server: secret.name for secret in secrets_of(stack) for server in secret.servers}
    return tuple(
        plan_server(
            settings,
            servers=len(stack.servers),
            sharing_database=sharing[name],
            pooler_name=poolers[name][1] if name in poolers else None,
            secret_name=secrets.get(name),
            tells_listener=name in telling,
        )
        for name, settings in stack.servers.items()
    )


def _judged(plan: RegionPlan, rehearse: bool) -> tuple[RegionPlan, list[Finding]]:
    """What is wrong with each server and with the region, without what is accepted, each finding once; and the plan as
    it was rehearsed.

    What all servers have alike is said at the stack's own key, the rest where it is changed for one server alone.
    """
    of_region = region_rules.findings(plan)
    rehearse = rehearse and not errors(of_region)
    judged = [_of_server(plan, server, rehearse) for server in plan.servers]
    plan = replace(plan, servers=tuple(server for server, _ in judged))
    of_servers = _by_all(plan, {server.name: found for server, found in judged})
    if any(finding.code == CLUSTER.code for found in of_servers.values() for finding in found):
        of_region = [finding for finding in of_region if finding.code not in applied.OF_THE_REGION]
    everywhere = [*of_region, *(finding for found in of_servers.values() for finding in found)]
    failed = bool(errors(everywhere))
    raised = {name for finding in everywhere for name in (finding.code, finding.slug)}
    times = Counter(finding for found in of_servers.values() for finding in dict.fromkeys(found))
    result = _accepted(of_region, plan.stack_acceptances(), rehearse and not failed)
    result = [finding for finding in result if finding.code not in _ABOUT_ACCEPTANCES]
    for server in plan.servers:
        found = of_servers[server.name]
        own = plan.has_own(server.name, "accept")
        known = found if own else [*found, *of_region]
        for finding in _accepted(known, server.settings.accept, rehearse and not failed):
            if finding in of_region:
                continue
            if finding.code == UNUSED_ACCEPTANCE.code and not own and finding.problem.partition(" ")[0] in raised:
                continue
            alike = times[finding] == len(plan.servers) or (finding.code in _ABOUT_ACCEPTANCES and not own)
            # A server that is alone is all of them, and its own value is not the stack's.
            alike = alike and not (len(plan.servers) == 1 and _is_own(plan, server.name, finding.path))
            result.append(finding if alike else replace(finding, path=plan.stack.place(server.name, finding.path)))
    return plan, list(dict.fromkeys(result))


def _is_shared(plan: RegionPlan, finding: Finding) -> bool:
    """Whether what nothing reads here was given for all stacks of the project."""
    if finding.code not in unread.CODES:
        return False
    origin = plan.stack.merged.origin_of(finding.path)
    return origin is not None and origin.layer in SHARED


def _by_all(plan: RegionPlan, of_servers: Mapping[str, list[Finding]]) -> dict[str, list[Finding]]:
    """The findings of each server, without those of what another server reads: it was given for all of them.

    What none of them reads has one text, that of the first, so that it is said once.
    """
    if len(of_servers) == 1:
        return dict(of_servers)
    told: dict[tuple[str, str], list[Finding]] = {}
    for found in of_servers.values():
        for key, finding in {(one.code, one.path): one for one in found if one.code in unread.CODES}.items():
            told.setdefault(key, []).append(finding)

    def kept(server: str, found: list[Finding]) -> Iterator[Finding]:
        for finding in found:
            same = told.get((finding.code, finding.path), [])
            if not same or _is_own(plan, server, finding.path):
                yield finding
            elif len(same) == len(of_servers):
                yield same[0]

    return {server: list(kept(server, found)) for server, found in of_servers.items()}


def _is_own(plan: RegionPlan, server: str, path: str) -> bool:
    """Whether the value of a server at a path is its own, or not the same for all."""
    origin = plan.stack.merged.origin_of(plan.stack.place(server, path))
    return origin is not None and origin.path.startswith(SERVERS)


def _of_server(plan: RegionPlan, server: ServerPlan, rehearse: bool) -> tuple[ServerPlan, list[Finding]]:
    counted_together = region_rules.OF_A_SHARED_DATABASE if len(plan.servers) > 1 else ()
    found = applied.findings(server)
    if rehearse:
        server, found = applied.rehearse(server, found)
    return server, [finding for finding in found if finding.code not in counted_together]


def _accepted(found: list[Finding], accepted: Iterable[Acceptance], played: bool) -> list[Finding]:
    """The findings without the accepted ones; of what was not rehearsed nothing is said to be unused."""
    # What is said of several stacks together is not raised by one.
    elsewhere = {word for rule in OF_STACKS for word in (rule.code, rule.slug)}
    elsewhere |= set() if played else set(applied.OF_THE_REHEARSAL)
    reasons = {item.code: item.reason for item in accepted if item.code not in elsewhere}
    return accept(found, reasons, ACCEPT_PATH)
