"""Capacity planning: from the load to sizes, counts and connections, each with its working. Pure."""

from .cpu import BASE_CPU_MILLICORES, CPU_LIMIT_STEP_MILLICORES
from .inputs import Bounds, Database, PlanInputError, Workload
from .memory import DESCRIPTOR_SOFT_LIMIT, GC_HEADROOM_PERCENT
from .plan import Plan, plan
from .runtimes import RUNTIMES, RuntimeProfile, runtime
from .working import Figure

__all__ = [
    "BASE_CPU_MILLICORES",
    "CPU_LIMIT_STEP_MILLICORES",
    "DESCRIPTOR_SOFT_LIMIT",
    "GC_HEADROOM_PERCENT",
    "RUNTIMES",
    "Bounds",
    "Database",
    "Figure",
    "Plan",
    "PlanInputError",
    "RuntimeProfile",
    "Workload",
    "plan",
    "runtime",
]
