"""Workloads that KEDA scales, each with a ScaledObject and a Prometheus of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from tests.cluster.keda_lab import PATIENCE_S, SYNC_S, KedaLab
from tests.cluster.keda_objects import METRIC, Manifest, changed, scaled_object, workload
from tests.cluster.keda_prometheus import Answer, Prometheus
from tests.cluster.kubectl import wait_until

SETTLE_S = 3 * SYNC_S
"""Long enough for the HPA controller to have looked at least twice."""


class Scaled:
    """Some of them, in one namespace."""

    def __init__(self, lab: KedaLab, namespace: str) -> None:
        self.lab = lab
        self.namespace = lab.namespace(namespace)
        self.objects: dict[str, Manifest] = {}
        self._workloads: dict[str, Manifest] = {}

    def make(
        self,
        name: str,
        says: Answer | float,
        *,
        replicas: int = 2,
        prometheus: Prometheus | None = None,
        changes: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> None:
        """A ScaledObject, not applied yet, and what its Prometheus says; `changes` go to fields of the object."""
        server = prometheus or self.lab.prometheus
        server.say(name, says)
        one = scaled_object(server.address(name), name, self.namespace, **given)
        for path, value in (changes or {}).items():
            one = changed(one, path, value)
        self.objects[name] = one
        self._workloads[name] = workload(name, self.namespace, replicas=replicas)

    def surge(self, name: str, surge: int | str) -> None:
        """How many pods a rollout of a workload may add."""
        rolling = {"maxSurge": surge, "maxUnavailable": 0}
        self._workloads[name]["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": rolling}

    def start(self) -> None:
        """Apply everything and wait for the autoscalers."""
        self.lab.apply(*self._workloads.values())
        self.lab.apply(*self.objects.values())
        for one in self.objects.values():
            self.lab.autoscaler(one)

    def close(self) -> None:
        """Delete the namespace and wait for nothing."""
        self.lab.client.run("delete", "namespace", self.namespace, "--wait=false")

    def say(self, answer: Answer | float, *names: str) -> float:
        """From now on the Prometheus of workloads, by default of all, answers like this; the moment of it."""
        return max(self.lab.say(name, answer) for name in names or self.objects)

    def reach(self, count: int, *names: str, limit_s: float = PATIENCE_S) -> None:
        """Wait until workloads, by default all, have so many replicas."""
        for name in names or self.objects:
            self.lab.reaches(self.namespace, name, count, limit_s=limit_s)

    def passes(self, count: int, name: str, *, limit_s: float = PATIENCE_S) -> None:
        """Wait until a workload has been told to have so many replicas, or more."""
        wait_until(f"{name} to pass {count}", lambda: self.counts(name)[-1][1] >= count, limit_s=limit_s)

    def hold(self, count: int, since: float, *names: str, settle_s: float = SETTLE_S) -> None:
        """Workloads, by default all, keep their count from a moment on."""
        time.sleep(settle_s)
        self.lab.holds(self.namespace, names or self.objects, count, since)

    def counts(self, name: str, since: float = 0.0) -> list[tuple[float, int]]:
        """The counts a workload was told to have since a moment, beginning with the one it had then."""
        return self.lab.history.replicas(self.namespace, name, since)

    def failures(self, name: str, since: float) -> list[tuple[float, int, bool]]:
        """Failures in a row as KEDA counted them since a moment, and whether it had fallen back."""
        return [entry for entry in self.lab.history.health(self.namespace, name, METRIC) if entry[0] >= since]

    def falls_back(self, name: str, *, metric: str = METRIC, limit_s: float = PATIENCE_S) -> float:
        """Wait until KEDA has fallen back; the moment it said so."""

        def fallen() -> list[float]:
            return [at for at, _, active in self.lab.history.health(self.namespace, name, metric) if active]

        return wait_until(f"{name} to fall back", fallen, limit_s=limit_s)[0]

    def autoscaling(self, name: str) -> dict[str, str]:
        """The condition ScalingActive of the autoscaler."""
        hpa = self.lab.client.get("hpa", f"keda-hpa-{name}", "-n", self.namespace)
        return next(entry for entry in hpa["status"]["conditions"] if entry["type"] == "ScalingActive")
