"""The regions of one run of a program, so that two in one namespace are told of each other.

They are kept at the resource of the stack, which each run makes anew: nothing outlives the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi.runtime import get_root_resource
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from .rules.together import region_findings
from .stack_agreement import object_names

if TYPE_CHECKING:
    import pulumi

    from .region_plan import RegionPlan
    from .rules.model import Finding

_KEPT = "_mcp_regions"
"""Attribute of the resource of the stack."""


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """One region of the program."""

    name: str
    plan: RegionPlan
    provider: pulumi.ProviderResource | None
    """The provider of its objects, which stands for a cluster; ``None`` is that of the configuration."""


def neighbour_findings(one: Neighbour) -> list[Finding]:
    """MCP133 for each region that was made before in the same namespace of the same cluster; this one is kept.

    Under Pulumi's own mocks all tests of a process share one resource of the stack, and no two of them are one run.
    """
    root = get_root_resource()
    if root is None or type(get_monitor()) is MockMonitor:
        return []
    # Of two regions of one name the engine refuses the second.
    others = [other for other in getattr(root, _KEPT, ()) if other.name != one.name]
    setattr(root, _KEPT, (*others, one))
    return [found for other in others for found in _between(one, other)]


def _between(one: Neighbour, other: Neighbour) -> list[Finding]:
    namespace = one.plan.first.namespace
    if one.provider is not other.provider or namespace != other.plan.first.namespace:
        return []
    return region_findings(
        namespace=namespace,
        region=one.name,
        other=other.name,
        both_make=all(each.plan.settings.region.create_namespace for each in (one, other)),
        names=sorted(object_names(one.plan) & object_names(other.plan)),
    )
