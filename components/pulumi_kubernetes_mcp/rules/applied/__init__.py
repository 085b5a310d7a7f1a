"""The rules applied to one stack: what its settings, eras and plan are told, at the keys of the stack file. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ...server_plan import ServerPlan
from .. import rehearsal as rules
from ..load import CLUSTER
from ..model import Finding, errors
from . import autoscaler, capacity, components, load, stores, unread, waiting

COUNTING = (
    *("MCP201", "MCP210", "MCP213", "MCP401", "MCP403", "MCP404", "MCP407", "MCP408", "MCP409"),
    *("MCP601", "MCP602"),
)
"""Rules that count pods: of more than a cluster holds they say nothing new."""
OF_THE_REGION = ("MCP503", "MCP801", "MCP802", "MCP808")
"""The same among the rules about the region."""

OF_THE_REHEARSAL = tuple(name for rule in rules.RULES for name in (rule.code, rule.slug))
"""Codes and names of the rules that say nothing where nothing was rehearsed."""


def findings(server: ServerPlan, *, rehearse: bool = True) -> list[Finding]:
    """Everything that is wrong with a stack, each finding once.

    :param rehearse: whether the simulator plays a spike and a day too, which takes up to a second and gives warnings.
    """
    found = [
        *components.component_findings(server),
        *autoscaler.unread_findings(server),
        *autoscaler.target_findings(server),
        *autoscaler.rest_findings(server),
        *autoscaler.gateway_findings(server),
        *capacity.namespace_and_server_findings(server),
        *capacity.maximum_findings(server),
        *capacity.pod_findings(server),
        *load.session_findings(server),
        *load.process_findings(server),
        *load.tool_findings(server),
        *load.profile_findings(server),
        *load.size_findings(server),
        *stores.database_findings(server),
        *stores.store_findings(server),
        *waiting.waiting_findings(server),
        *unread.stack_findings(server),
    ]
    found = [one for one in found if one.code not in unread.CODES or unread.said(server.settings, one.path)]
    if rehearse and not errors(found):
        # What cannot work at all is not rehearsed; without a rehearsal the simulation is not even loaded.
        from ... import rehearsal

        found += rehearsal.findings(server)
    return list(dict.fromkeys(_without_consequences(found)))


def _without_consequences(found: Iterable[Finding]) -> list[Finding]:
    """Without what counts pods that no cluster holds."""
    listed = list(found)
    if all(finding.code != CLUSTER.code for finding in listed):
        return listed
    return [finding for finding in listed if finding.code not in COUNTING]
