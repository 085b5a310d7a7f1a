"""Worlds for the tests of the simulated HorizontalPodAutoscaler, in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pulumi_kubernetes_mcp.simulation.hpa import (
    KUBERNETES_1_36,
    Behavior,
    Controller,
    ControllerConfig,
    Decision,
    HpaSpec,
    MetricError,
    MetricSample,
    MetricSpec,
    Observation,
    Pod,
    Proposal,
    Reading,
    Target,
    Tolerances,
    from_manifest,
)
from pulumi_kubernetes_mcp.simulation.hpa.calculator import propose

NOW = 10_000.0
TENTH = Tolerances(0.1, 0.1)
SERVER = {"server": {"cpu": 1000}}
"""Requests of one container: one core."""
CPU_50 = MetricSpec("Resource", "cpu", Target("Utilization", 50))
DEMAND = MetricSpec("External", "demand", Target("AverageValue", 1000))
"""One replica for each whole unit."""


def pod(name: str, **more: Any) -> Pod:
    """A pod that has been ready for hours and requests a core."""
    return replace(Pod(name=name, requests=SERVER), **more)


def pods(count: int, prefix: str = "ready", **more: Any) -> list[Pod]:
    return [pod(f"{prefix}-{i}", **more) for i in range(count)]


def usage(some: list[Pod], *values: int) -> dict[str, MetricSample]:
    """Fresh samples in millicores; a single value is that of each pod."""
    each = values if len(values) > 1 else values * len(some)
    return {one.name: MetricSample(value, NOW - 15, 15) for one, value in zip(some, each, strict=True)}


def proposal(
    spec: MetricSpec,
    reading: Reading,
    current: int,
    some: list[Pod] | None = None,
    *,
    status: int | None = None,
    config: ControllerConfig = KUBERNETES_1_36,
    tolerances: Tolerances = TENTH,
) -> Proposal:
    seen = Observation(spec_replicas=current, status_replicas=status, readings=[reading], pods=some or [])
    return propose(spec, reading, seen, NOW, config, tolerances)


def wanted(spec: MetricSpec, reading: Reading, current: int, some: list[Pod] | None = None, **more: Any) -> int:
    """Only the replicas."""
    return proposal(spec, reading, current, some, **more).replicas


def manifest(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "server"},
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "server"}, **spec},
    }


def behavior(up: Mapping[str, Any] | None = None, down: Mapping[str, Any] | None = None) -> Behavior:
    """A behavior as it is written, defaults put in."""
    given = {key: value for key, value in (("scaleUp", up), ("scaleDown", down)) if value is not None}
    made = from_manifest(manifest({"maxReplicas": 1, "behavior": given})).behavior
    assert made is not None
    return made


class Life:
    """An autoscaler on one External metric, in units of replicas needed, whose workload follows at once."""

    def __init__(
        self,
        replicas: int,
        how: Behavior | None = None,
        *,
        least: int = 1,
        most: int = 1000,
        config: ControllerConfig = KUBERNETES_1_36,
    ):
        spec = HpaSpec(min_replicas=least, max_replicas=most, metrics=(DEMAND,), behavior=how)
        self.controller = Controller(spec, config)
        self.replicas = replicas
        self.now = 0.0

    def step(self, demand: int | None, seconds: float = 15, **how: Any) -> Decision:
        """One pass, so many seconds after the one before; without a demand the metric fails."""
        self.now += seconds
        reading: Reading = MetricError("down") if demand is None else [demand * 1000]
        seen = Observation(spec_replicas=self.replicas, readings=[reading])
        decision = self.controller.reconcile(self.now, seen, **how)
        self.replicas = decision.desired
        return decision

    def steps(self, demand: int, count: int, seconds: float = 15) -> list[int]:
        """The replicas after each of so many passes."""
        return self.steps_of([demand] * count, seconds)

    def steps_of(self, demands: Sequence[int], seconds: float = 15) -> list[int]:
        """The replicas after a pass for each demand."""
        return [self.step(demand, seconds).desired for demand in demands]
