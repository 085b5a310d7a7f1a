"""Rules about the number of pods, and about what moves it."""

from . import at_rest, followed, objects, replicas, scale_in
from .at_rest import BELOW_REST, BESIDE_CALLS_MILLICORES, IDLE_MILLICORES, peak_findings, rest_findings
from .followed import (
    MEMORY_METRIC,
    NO_PROMETHEUS,
    NO_REQUEST,
    PYTHON_MEMORY,
    SESSIONS_BY_CPU,
    TARGET_AGAINST_PLAN,
    memory_metric_findings,
    session_metric_findings,
    target_findings,
    utilisation_findings,
)
from .objects import (
    LABEL_LENGTH,
    SCALED_OBJECT_NAME,
    SCALED_OBJECT_NAME_LENGTH,
    UNREAD,
    scaled_object_name_findings,
    unread_findings,
)
from .replicas import (
    BELOW_BURST,
    BELOW_PEAK,
    BLOCKED_DRAIN,
    FIXED_BESIDE_AUTOSCALER,
    MINIMUM_ABOVE_MAXIMUM,
    NO_PODS,
    PRODUCTION_MINIMUM,
    PRODUCTION_REPLICAS,
    disruption_findings,
    fixed_replicas_findings,
    maximum_findings,
    replica_findings,
)
from .scale_in import SHORT_WINDOW, fast_scale_down_findings, scale_down_findings

RULES = (*replicas.RULES, *followed.RULES, *at_rest.RULES, *objects.RULES, *scale_in.RULES)

__all__ = [
    "BELOW_BURST",
    "BELOW_PEAK",
    "BELOW_REST",
    "BESIDE_CALLS_MILLICORES",
    "BLOCKED_DRAIN",
    "FIXED_BESIDE_AUTOSCALER",
    "IDLE_MILLICORES",
    "LABEL_LENGTH",
    "MEMORY_METRIC",
    "MINIMUM_ABOVE_MAXIMUM",
    "NO_PODS",
    "NO_PROMETHEUS",
    "NO_REQUEST",
    "PRODUCTION_MINIMUM",
    "PRODUCTION_REPLICAS",
    "PYTHON_MEMORY",
    "RULES",
    "SCALED_OBJECT_NAME",
    "SCALED_OBJECT_NAME_LENGTH",
    "SESSIONS_BY_CPU",
    "SHORT_WINDOW",
    "TARGET_AGAINST_PLAN",
    "UNREAD",
    "disruption_findings",
    "fast_scale_down_findings",
    "fixed_replicas_findings",
    "maximum_findings",
    "memory_metric_findings",
    "peak_findings",
    "replica_findings",
    "rest_findings",
    "scale_down_findings",
    "scaled_object_name_findings",
    "session_metric_findings",
    "target_findings",
    "unread_findings",
    "utilisation_findings",
]
