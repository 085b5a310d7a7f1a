"""An object that a component makes, as a value: what its manifest would say, before anything is registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .objects import Spec


@dataclass(frozen=True)
class Made:
    """One object. Parts of it may be Outputs."""

    api_version: str
    kind: str
    body: Spec
    """Everything but version and kind: metadata, spec and whatever else the kind has."""

    @property
    def name(self) -> Any:
        """Its name; an Output where that is known later, ``None`` where the engine gives one."""
        return self.body.get("metadata", {}).get("name")

    @property
    def template(self) -> Mapping[str, Any] | None:
        """The template of its pods, if it has one."""
        spec = self.body.get("spec")
        template = spec.get("template") if isinstance(spec, Mapping) else None
        return template if isinstance(template, Mapping) and "spec" in template else None


def kept(objects: Mapping[str, Made], *, policies: bool) -> dict[str, Made]:
    """The objects of a component, without its network policies where the namespace gets none."""
    return {suffix: one for suffix, one in objects.items() if policies or not one.kind.endswith("NetworkPolicy")}
