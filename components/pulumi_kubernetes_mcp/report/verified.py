"""Whether anybody has looked at the server of a stack: once for each, and no finding, since nothing is wrong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..region_plan import RegionPlan
    from ..server_plan import ServerPlan

UNKNOWN = "drain, metrics, probes, Host check and state of {name} are assumed, not verified: 'mcp-stack verify' looks."


def verified_line(server: ServerPlan) -> str:
    """What is known of a server by looking at it, in a sentence."""
    file = server.settings.server.verified
    if file is None:
        return UNKNOWN.format(name=server.name)
    seen = file.content
    counts = Counter(one.outcome for one in seen.checks)
    of = f", of {seen.image}" if seen.image else ""
    return (
        f"{server.name} on {seen.verified_at[:10]}{of}: {counts['pass']} passed, {counts['fail']} failed, "
        f"{counts['not-verified']} not verified ({file.path})."
    )


def verified_rows(region: RegionPlan) -> list[dict[str, Any]]:
    """The same as plain data: a row for each server."""
    return [_row(server) for server in region.servers]


def _row(server: ServerPlan) -> dict[str, Any]:
    file = server.settings.server.verified
    if file is None:
        return {"server": server.name, "file": None}
    checks = {one.check: one.outcome for one in file.content.checks}
    return {"server": server.name, "file": file.path, "verifiedAt": file.content.verified_at, "checks": checks}
