"""What a stack patches and puts beside its objects, for a reader of its preview. Values are not shown: a reader of the
manifests sees them in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..region_plan import RegionPlan
    from ..settings.fields import Group
    from ..settings.keys.patches import Patch

KEYS = (
    ("region", "patches"),
    ("server", "patches"),
    ("scaling", "patches"),
    ("edge", "patches"),
    ("database", "poolerPatches"),
    ("secrets", "patches"),
)
"""Groups of a stack and their keys that hold patches."""
_DEEP = ("spec", "template", "metadata")
"""Fields that say little by themselves, so that what is in them is named."""


def patch_rows(region: RegionPlan) -> list[dict[str, Any]]:
    """Each patch with its key, the object that it changes, and the fields; what several servers share once."""
    found: dict[str, dict[str, Any]] = {}
    for server in region.servers:
        for group, name in KEYS:
            for index, patch in enumerate(_given(getattr(server.settings, group), name)):
                own = region.stack.many and group != "region" and region.has_own(server.name, group)
                key = f"mcp:{group}.{name}[{index}]"
                path = region.stack.place(server.name, key) if own else key
                fields = list(dict.fromkeys(_fields(patch.patch)))
                found.setdefault(path, {"path": path, "kind": patch.kind, "name": patch.name, "fields": fields})
    return list(found.values())


def _given(group: Group | None, name: str) -> list[Patch]:
    """The patches of a group under a key; none where a stack has no such group."""
    if group is None:
        return []
    given: list[Patch] = getattr(group, "pooler_patches" if name == "poolerPatches" else name)
    return given


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
