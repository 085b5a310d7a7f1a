"""The rules applied to one stack: what its settings, eras and plan are told, at the keys of the stack file. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ... import planning
from ...server_plan import ServerPlan
from .. import network
from .. import rehearsal as rules
from ..load import CLUSTER
from ..model import Finding, Severity, errors
from . import (
    autoscaler,
    blue_green,
    capacity,
    chaos,
    components,
    load,
    load_test,
    monitoring,
    stores,
    unread,
    verified,
    waiting,
)

COUNTING = (
    *("MCP201", "MCP210", "MCP213", "MCP401", "MCP403", "MCP404", "MCP407", "MCP408", "MCP409"),
    *("MCP601", "MCP602"),
)
"""Rules that count pods: of more than a cluster holds they say nothing new."""
_RAISED = ("MCP210", "MCP213")
"""Rules that ask for more pods."""
OF_THE_REGION = ("MCP503", "MCP801", "MCP802", "MCP808")
"""The same among the rules about the region."""

OF_THE_REHEARSAL = tuple(name for rule in rules.RULES for name in (rule.code, rule.slug))
"""Codes and names of the rules that say nothing where nothing was rehearsed."""


def findings(server: ServerPlan) -> list[Finding]:
    """Everything that is wrong with a stack as far as no simulation says it, each finding once."""
    found = [
        *components.component_findings(server),
        *components.stream_findings(server),
        *autoscaler.unread_findings(server),
        *autoscaler.target_findings(server),
        *autoscaler.rest_findings(server),
        *autoscaler.gateway_findings(server),
        *blue_green.colour_findings(server),
        *monitoring.monitoring_findings(server),
        *capacity.namespace_and_server_findings(server),
        *capacity.maximum_findings(server),
        *capacity.rollout_findings(server),
        *capacity.pod_findings(server),
        *load.session_findings(server),
        *load.process_findings(server),
        *load.tool_findings(server),
        *load.profile_findings(server),
        *verified.verified_findings(server),
        *load.size_findings(server),
        *load_test.load_test_findings(server),
        *chaos.chaos_findings(server),
        *stores.database_findings(server),
        *stores.store_findings(server),
        *waiting.waiting_findings(server),
        *unread.stack_findings(server),
    ]
    found = [one for one in found if one.code not in unread.CODES or unread.is_given(server.settings, one.path)]
    found = [
        _tried(server, one, found) if one.code in _RAISED and one.remedy.startswith("Raise") else one for one in found
    ]
    found = network.but_openings(found, policies=server.settings.region.pod_policies)
    return list(dict.fromkeys(_without_consequences(found)))


def rehearse(server: ServerPlan, found: list[Finding]) -> tuple[ServerPlan, list[Finding]]:
    """The simulator's say too, which takes up to a second and gives warnings: the plan with the spike that was played,
    and all findings. What cannot work at all is not rehearsed."""
    if errors(found):
        return server, found
    # Without a rehearsal the simulation is not even loaded.
    from ... import rehearsal

    played = rehearsal.rehearsed(server)
    return played, list(dict.fromkeys(_without_consequences([*found, *rehearsal.findings(played)])))


def _tried(server: ServerPlan, finding: Finding, found: Iterable[Finding]) -> Finding:
    """A finding that asks for more pods, whose remedy is tried first: what breaks another rule is not offered."""
    least = capacity.least_maximum(server)
    if least > planning.MAX_REPLICAS:
        return finding  # No number that may be given; MCP505 says so.
    scaling = server.settings.scaling
    counts = {"max_replicas": least} if server.autoscaled else {"replicas": least}
    bounds = replace(
        server.inputs.bounds,
        max_replicas=least,
        min_replicas=server.inputs.bounds.min_replicas if server.autoscaled else least,
    )
    inputs = replace(server.inputs, bounds=bounds)
    raised = replace(
        server,
        settings=server.settings.model_copy(update={"scaling": scaling.model_copy(update=counts)}),
        inputs=inputs,
        plan=planning.plan(inputs),
    )
    known = {one.code for one in errors(found)}
    broken = {one.code: one.slug for one in errors(findings(raised)) if one.code not in known}
    if not broken:
        return finding
    names = ", ".join(f"{code} ({slug})" for code, slug in sorted(broken.items()))
    end = " or accept this with the reason why bursts do not happen." if finding.severity is Severity.WARNING else ""
    return replace(
        finding,
        remedy=f"It would take {least} pods, which break {names}: mend that first, let one pod hold more sessions"
        f"{',' + end if end else '.'}",
    )


def _without_consequences(found: Iterable[Finding]) -> list[Finding]:
    """Without what counts pods that no cluster holds."""
    listed = list(found)
    if all(finding.code != CLUSTER.code for finding in listed):
        return listed
    return [finding for finding in listed if finding.code not in COUNTING]
