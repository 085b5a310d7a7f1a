"""Capacity planning: from the load to sizes, counts and connections, each with its working. Pure."""

from .calls import Calls, Mix
from .clients import Clients
from .connections import Connections, Pool
from .cost import Cost
from .cpu import CPU_LIMIT_STEP_MILLICORES, PLANNED_UTILISATION_PERCENT, Cpu
from .derivation import Inputs, Parts
from .floors import Floor
from .inputs import (
    ERAS,
    MAX_REPLICAS,
    NETWORKED,
    SINGLE_WRITERS,
    Bounds,
    Database,
    PlanInputError,
    Prices,
    StateStore,
    Tool,
    Workload,
)
from .memory import DESCRIPTOR_SOFT_LIMIT, GC_HEADROOM_PERCENT
from .plan import Plan, plan
from .remedies import Remedy
from .replicas import BURST_FACTOR
from .runtimes import RUNTIMES, RuntimeProfile, keepalive_seconds, runtime
from .sensitivity import Range, Sensitivity, Uncertainty, uncertainty
from .waiting import Station, Waiting
from .working import Figure

__all__ = [
    "BURST_FACTOR",
    "CPU_LIMIT_STEP_MILLICORES",
    "DESCRIPTOR_SOFT_LIMIT",
    "ERAS",
    "GC_HEADROOM_PERCENT",
    "MAX_REPLICAS",
    "NETWORKED",
    "PLANNED_UTILISATION_PERCENT",
    "RUNTIMES",
    "SINGLE_WRITERS",
    "Bounds",
    "Calls",
    "Clients",
    "Connections",
    "Cost",
    "Cpu",
    "Database",
    "Figure",
    "Floor",
    "Inputs",
    "Mix",
    "Parts",
    "Plan",
    "PlanInputError",
    "Pool",
    "Prices",
    "Range",
    "Remedy",
    "RuntimeProfile",
    "Sensitivity",
    "StateStore",
    "Station",
    "Tool",
    "Uncertainty",
    "Waiting",
    "Workload",
    "keepalive_seconds",
    "plan",
    "runtime",
    "uncertainty",
]
