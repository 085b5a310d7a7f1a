"""What an autoscaler is made from, settled."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from ...kubernetes.objects import Spec
from .behavior import Behavior
from .schedules import Schedule


@dataclass(frozen=True, kw_only=True)
class Source:
    """What Prometheus is asked for, and how much of it one pod takes."""

    name: str
    """Name of the trigger."""
    query: pulumi.Input[str]
    target_per_pod: float


@dataclass(frozen=True, kw_only=True)
class Growth:
    """So many pods at once, as soon as more than ``above`` of what the source counts is there."""

    pods: int
    above: float


@dataclass(frozen=True, kw_only=True)
class Authentication:
    """How KEDA proves itself to Prometheus."""

    modes: tuple[str, ...]
    name: pulumi.Input[str]
    kind: str
    secret_name: pulumi.Input[str] | None = None
    """The Secret of a TriggerAuthentication that is ours to make."""
    keys: tuple[tuple[str, str], ...] = ()
    """Parameter of KEDA to key of the Secret."""


@dataclass(frozen=True, kw_only=True)
class AutoscalerSpec:
    """Everything an autoscaler is made from. Percentages are of the request."""

    target: pulumi.Input[str]
    target_kind: str = "Deployment"
    namespace: pulumi.Input[str]
    min_replicas: int
    max_replicas: int
    container: str
    cpu_percent: int | None
    memory_percent: int | None
    behavior: Behavior
    metrics: tuple[Spec, ...] = ()
    """Further metrics of a HorizontalPodAutoscaler."""
    source: Source | None = None
    """What a ScaledObject follows besides CPU."""
    growth: Growth | None = None
    """A step that comes before the source asks for it."""
    prometheus_address: pulumi.Input[str] | None = None
    authentication: Authentication | None = None
    schedules: tuple[Schedule, ...] = ()
    polling_seconds: int | None = None
    """How often KEDA polls; ``None`` leaves it to KEDA, which takes 30 s."""
    fallback_failures: int = 3
    """Failed reads in a row that are borne; the next one is answered with the fallback."""
    fallback_replicas: int = 0
    hpa_name: str | None = None
    take_over: bool = False
