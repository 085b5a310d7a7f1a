"""The stacks of a project, each with its plan, and what several of them serve behind one host. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .region_plan import RegionPlan
    from .server_plan import ServerPlan


@dataclass(frozen=True, kw_only=True)
class PlannedStack:
    """One stack with its plan, and the cluster that it says it is for."""

    name: str
    plan: RegionPlan
    context: str | None = None
    """``kubernetes:context`` of the stack file; ``None`` if it does not say."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """One server of one stack."""

    stack: PlannedStack
    server: ServerPlan

    def place(self, path: str) -> str:
        """A key of the server, as its stack file has it."""
        return self.stack.plan.stack.place(self.server.name, path)


def served_together(stacks: Iterable[PlannedStack]) -> Iterator[tuple[str, Sequence[Served]]]:
    """Each host with a server that several stacks serve behind it, in their order; a host that is known later is not
    counted."""
    found: dict[tuple[str, str], dict[str, Served]] = {}
    for stack in stacks:
        for server in stack.plan.servers:
            host = server.settings.edge.host
            if isinstance(host, str):
                regions = found.setdefault((host, server.name), {})
                regions.setdefault(stack.name, Served(stack=stack, server=server))
    for (host, _), regions in found.items():
        if len(regions) > 1:
            yield host, tuple(regions.values())
