"""The HorizontalPodAutoscaler of Kubernetes 1.36 and 1.37, decision by decision. Pure; standard library only.

``tests/cluster/test_hpa_oracle.py`` holds it against the real controller.
"""

from .behavior import HpaState, Recommendation, ScaleEvent
from .calculator import Proposal
from .controller import Controller, Decision, reconcile
from .manifest import from_manifest
from .model import (
    KUBERNETES_1_36,
    KUBERNETES_1_37,
    Behavior,
    ControllerConfig,
    GroupSamples,
    HpaSpec,
    MetricError,
    MetricSample,
    MetricSpec,
    Observation,
    Pod,
    PodGroup,
    Policy,
    Reading,
    Samples,
    ScalingRules,
    Target,
    Tolerances,
)
from .quantity import milli_value
from .sampling import PodUsage, milli_of_nano, resource_samples

__all__ = [
    "KUBERNETES_1_36",
    "KUBERNETES_1_37",
    "Behavior",
    "Controller",
    "ControllerConfig",
    "Decision",
    "GroupSamples",
    "HpaSpec",
    "HpaState",
    "MetricError",
    "MetricSample",
    "MetricSpec",
    "Observation",
    "Pod",
    "PodGroup",
    "PodUsage",
    "Policy",
    "Proposal",
    "Reading",
    "Recommendation",
    "Samples",
    "ScaleEvent",
    "ScalingRules",
    "Target",
    "Tolerances",
    "from_manifest",
    "milli_of_nano",
    "milli_value",
    "reconcile",
    "resource_samples",
]
