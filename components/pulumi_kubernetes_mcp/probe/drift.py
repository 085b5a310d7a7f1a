"""How the tools of a server differ from what is expected, and whether clients that know the old ones break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .schemas import covers

Tools = Mapping[str, Mapping[str, Any]]
"""Tools by name, each with what the contract of a caller is: ``inputSchema``, ``outputSchema``, ``description``."""
CONTRACT = ("title", "description", "inputSchema", "outputSchema", "annotations")
"""What of a listed tool is compared; ``_meta``, icons and cache hints change without meaning."""

_SHOWN = 5


@dataclass(frozen=True)
class Drift:
    """The difference of two lists of tools; names in alphabetical order."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    breaking: tuple[str, ...] = ()
    """Those of the removed and changed ones that a client cannot use as before."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    @property
    def words(self) -> str:
        """The difference in a line: the first names of each kind."""
        kinds = (("added", self.added), ("removed", self.removed), ("changed", self.changed))
        said = [f"{len(names)} {kind} ({_some(names)})" for kind, names in kinds if names]
        breaking = f"; breaking: {_some(self.breaking)}" if self.breaking else ""
        return f"tools: {', '.join(said) or 'no difference'}{breaking}"


def _some(names: tuple[str, ...]) -> str:
    shown = [name if name.isprintable() else ascii(name) for name in (part[:60] for part in names[:_SHOWN])]
    return ", ".join(shown) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def contract(tool: Mapping[str, Any]) -> dict[str, Any]:
    """What of a listed tool is compared."""
    return {key: tool[key] for key in CONTRACT if key in tool}


def drift(expected: Tools, seen: Tools) -> Drift:
    """What changed from the expected tools to the seen ones."""
    removed = tuple(sorted(set(expected) - set(seen)))
    changed = tuple(
        name for name in sorted(set(expected) & set(seen)) if contract(expected[name]) != contract(seen[name])
    )
    broken = (name for name in changed if not compatible(expected[name], seen[name]))
    return Drift(
        added=tuple(sorted(set(seen) - set(expected))),
        removed=removed,
        changed=changed,
        breaking=tuple(sorted([*removed, *broken])),
    )


def compatible(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a client that knows the old tool can go on: its arguments are taken, and it understands the results.

    A change that cannot be shown to be harmless counts as breaking. A description is not part of it.
    """
    if not covers(new.get("inputSchema", {}), old.get("inputSchema", {}), keeps_properties=True):
        return False
    if "outputSchema" not in old:
        return True
    return "outputSchema" in new and covers(old["outputSchema"], new["outputSchema"])
