"""What an autoscaler is told and what it sees: the spec, the settings of its controller, pods and samples.

Time is in seconds from any zero, and compared as whole nanoseconds, as the controller does it. Metrics and requests are
whole milli-units, rounded up: 1500 is 1.5 cores, 1.5 bytes or 1.5 sessions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from .clock import Seconds

Phase = Literal["Pending", "Running", "Succeeded", "Failed", "Unknown"]
Ready = Literal["True", "False", "Unknown"]
Source = Literal["Resource", "ContainerResource", "Pods", "Object", "External"]
TargetKind = Literal["Utilization", "AverageValue", "Value"]
Select = Literal["Max", "Min", "Disabled"]
PolicyKind = Literal["Pods", "Percent"]

CPU = "cpu"
MEMORY = "memory"
DEFAULT_CPU_PERCENT = 80
"""Target of the metric that the API server adds where none is given (pkg/apis/autoscaling/types.go)."""
SCALE_UP_FACTOR = 2.0
SCALE_UP_LEAST = 4.0
"""Without behavior one step goes to twice the replicas or to four (horizontal.go, scaleUpLimitFactor and …Minimum)."""


class MetricError(Exception):
    """A metric that cannot be had or cannot be used; the autoscaler goes on with the others."""


class Tolerances(NamedTuple):
    """How far the ratio of usage to target may be from 1 without a change, down and up."""

    down: float
    up: float

    def within(self, usage_ratio: float) -> bool:
        """Whether the ratio is near enough to 1; both edges belong to it (replica_calculator.go, isWithin)."""
        return (1.0 - self.down) <= usage_ratio <= (1.0 + self.up)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerConfig:
    """Flags and gates of the kube-controller-manager, at the defaults of Kubernetes 1.36.

    Source: pkg/controller/podautoscaler/config/v1alpha1/defaults.go and pkg/features/kube_features.go.
    """

    sync_period: float = 15.0
    """Seconds from the end of one pass to the start of the next, and from the creation to the first."""
    tolerance: float = 0.1
    """Both sides, unless a behavior says otherwise."""
    downscale_stabilization: float = 300.0
    """Seconds; the scale-down window unless a behavior says otherwise."""
    cpu_initialization_period: float = 300.0
    """Seconds after its start in which a pod's CPU counts only while it is ready."""
    initial_readiness_delay: float = 30.0
    """Seconds after its start in which a pod that turned unready counts as one that never was ready."""
    configurable_tolerance: bool = True
    """Gate HPAConfigurableTolerance: a behavior may set the tolerance."""
    scale_to_zero: bool = False
    """Gate HPAScaleToZero: off in 1.36, on in 1.37."""


KUBERNETES_1_36 = ControllerConfig()
KUBERNETES_1_37 = ControllerConfig(scale_to_zero=True)
"""1.36 with the gate that 1.37 turns on; the oracle runs the code of 1.36 both ways, not that of 1.37."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a metric is held against: percent of the request, or milli-units per pod or in total."""

    kind: TargetKind
    value: int


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One entry of ``spec.metrics``: for resources ``name`` is the resource, else the metric."""

    source: Source
    name: str
    target: Target
    container: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """At most ``value`` pods, or percent of the replicas, in ``period`` seconds."""

    kind: PolicyKind
    value: int
    period: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingRules:
    """One direction of a behavior. ``window`` is in seconds; ``None`` is the controller's own scale-down window."""

    policies: tuple[Policy, ...]
    window: int | None = 0
    select: Select = "Max"
    tolerance: float | None = None


DEFAULT_SCALE_UP = ScalingRules(policies=(Policy("Pods", 4, 15), Policy("Percent", 100, 15)))
DEFAULT_SCALE_DOWN = ScalingRules(policies=(Policy("Percent", 100, 15),), window=None)
"""Source of both: pkg/apis/autoscaling/v2/defaults.go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behavior:
    """How fast each direction may go; as soon as one is given, the other has its defaults."""

    up: ScalingRules = DEFAULT_SCALE_UP
    down: ScalingRules = DEFAULT_SCALE_DOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class HpaSpec:
    """The spec of a HorizontalPodAutoscaler (autoscaling/v2) after defaulting."""

    max_replicas: int
    min_replicas: int = 1
    metrics: tuple[MetricSpec, ...] = (MetricSpec("Resource", CPU, Target("Utilization", DEFAULT_CPU_PERCENT)),)
    behavior: Behavior | None = None

    def can_scale_to_zero(self) -> bool:
        """Whether a metric is there that does not need pods (horizontal.go, hasObjectOrExternalMetrics)."""
        return any(metric.source in ("Object", "External") for metric in self.metrics)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod as the controller's cache has it, as far as the controller looks."""

    name: str = ""
    phase: Phase = "Running"
    ready: Ready | None = "True"
    """Status of its condition Ready; ``None`` without one."""
    ready_since: Seconds = 0.0
    """Last transition of that condition. The API keeps whole seconds."""
    started: Seconds | None = 0.0
    """``status.startTime``: when the kubelet took it, before images are pulled."""
    deleting: bool = False
    """A deletion timestamp is set."""
    requests: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Container to resource to milli-units, sidecars (restartable init containers) included."""
    pod_requests: Mapping[str, int] | None = None
    """``spec.resources.requests``, pod-level: resource to milli-units."""


@dataclass(frozen=True, slots=True)
class PodGroup:
    """So many pods that differ in name and usage only. ``pod=None``: pods that are gone and still have samples."""

    count: int
    pod: Pod | None


class MetricSample(NamedTuple):
    """What one pod uses, or one :class:`PodGroup` in total, in milli-units.

    ``timestamp`` is the end of the ``window`` seconds that it was measured in. Only the CPU of young pods asks for
    both; a sample of anything else may leave them out.
    """

    value: int
    timestamp: Seconds = 0.0
    window: Seconds = 0.0


Samples = Mapping[str, MetricSample]
"""Pod name to sample."""
GroupSamples = Sequence[MetricSample | None]
"""One entry for each group, in their order; ``None`` for a group without samples."""
Reading = Samples | GroupSamples | int | Sequence[int] | MetricError
"""What the answer to one metric of the spec is: samples of pods; for Object its value, for External the values of
all series, in milli-units; or that there is none. An empty answer is none as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one pass sees. Either ``pods`` is given or ``groups``, which is faster and decides the same."""

    spec_replicas: int
    """``spec.replicas`` of the scale: what was asked for."""
    readings: Sequence[Reading]
    """One for each metric of the spec, in its order."""
    status_replicas: int | None = None
    """``status.replicas`` of the scale: pods there are, surge included. Default: ``spec_replicas``."""
    pods: Sequence[Pod] = ()
    """All pods under the selector, those that end and those that failed included."""
    groups: Sequence[PodGroup] | None = None
