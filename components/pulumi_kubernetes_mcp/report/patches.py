"""What a stack patches and puts beside its objects, for a reader of its preview. Values are not shown: a reader of the
manifests sees them in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..region_plan import RegionPlan

GROUPS = ("region", "server", "scaling")
"""Groups of a stack that have patches."""
_DEEP = ("spec", "template", "metadata")
"""Fields that say little by themselves, so that what is in them is named."""


def patch_rows(region: RegionPlan) -> list[dict[str, Any]]:
    """Each patch with its key, the object that it changes, and the fields; what several servers share once."""
    found: dict[str, dict[str, Any]] = {}
    for server in region.servers:
        for group in GROUPS:
            for index, patch in enumerate(getattr(server.settings, group).patches):
                own = region.stack.many and group != "region" and region.has_own(server.name, group)
                key = f"mcp:{group}.patches[{index}]"
                path = region.stack.place(server.name, key) if own else key
                fields = list(dict.fromkeys(_fields(patch.patch)))
                found.setdefault(path, {"path": path, "kind": patch.kind, "name": patch.name, "fields": fields})
    return list(found.values())


def patch_lines(region: RegionPlan) -> Iterator[str]:
    """The same as lines of a preview."""
    for row in patch_rows(region):
        what = row["kind"] if row["name"] is None else f"{row['kind']} '{row['name']}'"
        yield f"Patched   {what}: {', '.join(row['fields'])} ({row['path']})"


def _fields(patch: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in patch.items():
        here = f"{above}.{key}" if above else str(key)
        if key in _DEEP and isinstance(value, Mapping):
            yield from _fields(value, here)
        else:
            yield here
