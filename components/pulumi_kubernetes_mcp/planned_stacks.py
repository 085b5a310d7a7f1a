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


def hosts_of(server: ServerPlan) -> dict[str, str]:
    """Each host that clients reach a server at, and the key that names it; one that is known later is not counted."""
    edge = server.settings.edge
    keys = {host: "mcp:edge.hosts" for host in edge.hosts if isinstance(host, str)}
    return {edge.host: "mcp:edge.host", **keys} if isinstance(edge.host, str) else keys


def served_together(stacks: Iterable[PlannedStack]) -> Iterator[tuple[str, Sequence[Served]]]:
    """Each host with a server that several stacks serve behind it, in their order; of the hosts that the same stacks
    serve with it, the first.

    What is the same to clients has the same name, or the same path under another name.
    """
    found: dict[tuple[str, str], dict[str, Served]] = {}
    by_path: dict[tuple[str, str], tuple[str, str]] = {}
    for stack in stacks:
        for server in stack.plan.servers:
            for host in hosts_of(server):
                key = (host, server.name)
                known = by_path.setdefault((host, server.settings.server.path), key)
                regions = found.setdefault(key if key in found else known, {})
                regions.setdefault(stack.name, Served(stack=stack, server=server))
    told: set[tuple[str, tuple[str, ...]]] = set()
    for (host, name), regions in found.items():
        same = (name, tuple(regions))
        if len(regions) > 1 and same not in told:
            told.add(same)
            yield host, tuple(regions.values())
