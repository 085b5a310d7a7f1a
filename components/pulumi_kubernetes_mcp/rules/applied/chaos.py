"""Whether the experiment of a stack can be done, at the keys of the stack file."""

from __future__ import annotations

from ... import wiring
from ...chaos_runner import args as chaos
from ...server_plan import ServerPlan
from ..doors import in_keys
from ..model import Finding
from .components import door


def chaos_findings(server: ServerPlan) -> list[Finding]:
    """What the component refuses or warns of."""
    if server.settings.chaos is None:
        return []
    return in_keys(chaos.chaos_findings(wiring.chaos_args(server, server.namespace)), door("McpChaos"))
