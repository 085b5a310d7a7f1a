"""What a region and its components refuse, in the words of whoever described the region, and all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .declarations import COMPONENTS
from .inputs.heading import Heading, headed
from .region_objects import enforced
from .rules.applied.components import but_derived_hosts, door
from .rules.doors import in_keys
from .settings.program_words import in_arguments_of_region

if TYPE_CHECKING:
    from .inputs.at_once import AtOnce
    from .region_plan import RegionPlan
    from .rules.model import Finding
    from .settings.fields import Group


class RegionWords:
    """The words of one region: keys of a stack file, or arguments of McpRegion."""

    def __init__(self, where: str, plan: RegionPlan, at_once: AtOnce) -> None:
        """Word what ``where``, class and name, refuses, all of it together."""
        self._where, self._plan, self._enforced = where, plan, enforced(plan)
        self._at_once = at_once

    def told(self, found: Iterable[Finding]) -> list[Finding]:
        """Findings at keys of a stack file, as whoever described the region calls these."""
        return in_arguments_of_region(found) if self._plan.stack.in_program else list(found)

    @property
    def heading(self) -> Heading:
        """The heading of what the region itself refuses."""
        return Heading.of(self._where, self.told, self._at_once)

    def checked(
        self, keys: Group, server: str | None = None, doors: Mapping[str, str] = MappingProxyType({}), **more: Any
    ) -> Any:
        """Arguments that are checked already, as a component of the region takes them, with more that needs no check.

        :param server: the server that the component is of. Default: none alone.
        :param doors: path of an argument to its key, where that is not the one that the correspondence has.
        """
        component = next(name for name, group in COMPONENTS.items() if isinstance(keys, group))

        def words(found: Iterable[Finding]) -> list[Finding]:
            if component == "McpService" and server is not None:
                found = but_derived_hosts(found, self._plan.server(server).settings.server.env)
            named = in_keys(found, {**door(component), **doors})
            return self.told(replace(one, path=self._plan.given_at(server, one.path)) for one in named)

        return headed(keys.model_copy(update=more), Heading.of(self._where, words, self._at_once, self._enforced))
