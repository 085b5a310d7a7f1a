"""KEDA on a control plane of its own, with everything around it that a test wants to script or to look back at."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from tests.cluster.control_plane import ControlPlane
from tests.cluster.keda import NAMESPACE, Keda, alias
from tests.cluster.keda_files import need_time_zones
from tests.cluster.keda_prometheus import Answer, Prometheus, ResourceMetrics
from tests.cluster.kubectl import Kubectl, KubectlError, Object, Output, condition, wait_until, watched
from tests.cluster.sample import namespace_object

SYNC_S = 1
"""How often the HPA controller looks here; 15 s in a cluster."""
PATIENCE_S = 60.0
"""How long anything may take on a machine that is busy; nothing waits longer than it must."""
ARGUMENTS = {
    "kube-controller-manager": [
        f"--horizontal-pod-autoscaler-sync-period={SYNC_S}s",
        "--horizontal-pod-autoscaler-initial-readiness-delay=1s",
        "--horizontal-pod-autoscaler-cpu-initialization-period=1s",
        "--concurrent-horizontal-pod-autoscaler-syncs=20",
        "--kube-api-qps=300",
        "--kube-api-burst=400",
    ],
}
WATCHED = {
    "deployments": "/apis/apps/v1/deployments",
    "scaledobjects": "/apis/keda.sh/v1alpha1/scaledobjects",
}
RESOURCE_METRICS = "resource-metrics"
NOT_SEEN_YET = "not found"
"""KEDA's webhook reads workloads from a cache of its own, which a new workload reaches after a moment."""


@dataclass(frozen=True)
class Change:
    """An object as it was from a moment on."""

    at: float
    body: Any


class History:
    """Every change of the workloads and the ScaledObjects, so that a test can say what never happened."""

    def __init__(self, client: Kubectl) -> None:
        self._changes: dict[tuple[str, str, str], list[Change]] = {}
        self._processes = {
            resource: client.start("get", f"--raw={path}?watch=true") for resource, path in WATCHED.items()
        }
        self._threads = [threading.Thread(target=self._follow, args=(name,), daemon=True) for name in WATCHED]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the watches."""
        for process in self._processes.values():
            process.terminate()
            process.wait(10)
        for thread in self._threads:
            thread.join(10)
        for process in self._processes.values():
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

    def replicas(self, namespace: str, name: str, since: float = 0.0) -> list[tuple[float, int]]:
        """The replica counts a workload was told to have, each with its moment."""
        changes = list(self._changes.get(("deployments", namespace, name), []))
        counts = [(change.at, int(change.body["spec"]["replicas"])) for change in changes]
        steps = [now for before, now in zip([(0.0, -1), *counts], counts, strict=False) if now[1] != before[1]]
        first = max((number for number, (at, _) in enumerate(steps) if at <= since), default=0)
        return steps[first:]

    def health(self, namespace: str, name: str, metric: str) -> list[tuple[float, int, bool]]:
        """How many failures in a row KEDA counted, and whether it had fallen back, each with its moment."""
        found: list[tuple[float, int, bool]] = []
        for change in list(self._changes.get(("scaledobjects", namespace, name), [])):
            status = change.body.get("status", {}).get("health", {}).get(metric)
            if status is None:
                continue
            now = (int(status["numberOfFailures"]), condition(change.body, "Fallback"))
            if not found or found[-1][1:] != now:
                found.append((change.at, *now))
        return found

    def latest(self, resource: str, namespace: str, name: str) -> Any:
        """An object as it is now; empty when there is none."""
        changes = self._changes.get((resource, namespace, name))
        return changes[-1].body if changes else {}

    def was(self, namespace: str, name: str, kind: str) -> bool:
        """Whether a condition of a ScaledObject has been True at any time."""
        changes = list(self._changes.get(("scaledobjects", namespace, name), []))
        return any(condition(change.body, kind) for change in changes)

    def _follow(self, resource: str) -> None:
        stream = self._processes[resource].stdout
        assert stream is not None
        for event in watched(stream):
            one = event["object"]
            metadata = one["metadata"]
            key = (resource, metadata["namespace"], metadata["name"])
            self._changes.setdefault(key, []).append(Change(time.time(), one))


class KedaLab:
    """Start on entry, stop on exit."""

    def __init__(self) -> None:
        need_time_zones()
        self.plane = ControlPlane(nodes=3, extra_arguments=ARGUMENTS)
        self.keda = Keda(self.plane)
        self._cleanup = ExitStack()

    def __enter__(self) -> KedaLab:
        with ExitStack() as cleanup:
            self.client = cleanup.enter_context(self.plane).client
            cleanup.enter_context(self.keda)
            self.prometheus = Prometheus()
            cleanup.callback(self.prometheus.stop)
            self.metrics = ResourceMetrics(self._pods, *self.keda.certificates)
            cleanup.callback(self.metrics.stop)
            self.client.apply([alias(RESOURCE_METRICS), self.metrics.registration(RESOURCE_METRICS, NAMESPACE)])
            self.history = History(self.client)
            cleanup.callback(self.history.stop)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def logs(self) -> str:
        """The end of every program's log."""
        return f"{self.keda.logs()}\n{self.plane.logs()}"

    # -- doing things ------------------------------------------------------------------------------

    def namespace(self, name: str) -> str:
        """Make a namespace that pods can be made in."""
        self.client.apply([namespace_object(name)])
        wait_until("the service account", lambda: bool(self.client.get("serviceaccounts", "-n", name)))
        return name

    def apply(self, *objects: Object, dry_run: bool = False, limit_s: float = 30.0) -> Output:
        """Apply, as often as it takes KEDA's webhook to have seen the workload."""
        ends = time.monotonic() + limit_s
        while True:
            try:
                return self.client.apply(objects, dry_run=dry_run)
            except KubectlError as error:
                if NOT_SEEN_YET not in error.stderr or time.monotonic() > ends:
                    raise
            time.sleep(0.2)

    def remove(self, *objects: Object) -> None:
        """Delete and wait."""
        self.client.delete(objects)

    def say(self, name: str, answer: Answer | float) -> float:
        """Change what the Prometheus of a ScaledObject says; the moment of it."""
        self.prometheus.say(name, answer)
        return time.time()

    # -- looking at things -------------------------------------------------------------------------

    def autoscaler(self, one: Object, *, limit_s: float = PATIENCE_S) -> dict[str, Any]:
        """The HorizontalPodAutoscaler that KEDA made of a ScaledObject."""
        metadata = one["metadata"]

        def made() -> dict[str, Any]:
            owner = [{"kind": "ScaledObject", "name": metadata["name"]}]
            for hpa in self.client.get("hpa", "-n", metadata["namespace"]):
                found = hpa["metadata"].get("ownerReferences", [])
                if [{key: entry[key] for key in ("kind", "name")} for entry in found] == owner:
                    return dict(hpa)
            return {}

        return wait_until(f"the autoscaler of {metadata['name']}", made, limit_s=limit_s)

    def conditions(self, one: Object) -> dict[str, dict[str, str]]:
        """The conditions of a ScaledObject by their type."""
        metadata = one["metadata"]
        live = self.client.get("scaledobject", metadata["name"], "-n", metadata["namespace"])
        return {entry["type"]: entry for entry in live.get("status", {}).get("conditions", [])}

    def ready(self, one: Object, wanted: str = "True", *, limit_s: float = PATIENCE_S) -> dict[str, str]:
        """The condition Ready once it is what is wanted."""
        name = one["metadata"]["name"]

        def found() -> dict[str, str]:
            live = self.history.latest("scaledobjects", one["metadata"]["namespace"], name)
            entries = live.get("status", {}).get("conditions", []) if live else []
            ready = [dict(entry) for entry in entries if entry["type"] == "Ready" and entry["status"] == wanted]
            return ready[0] if ready else {}

        return wait_until(f"{name} to be Ready={wanted}", found, limit_s=limit_s)

    def was_ready(self, one: Object, *, limit_s: float = PATIENCE_S) -> None:
        """Wait until the condition Ready has been True at least once.

        KEDA soon writes an older Unknown over it, and then it takes up to a polling interval.
        """
        metadata = one["metadata"]
        key = (metadata["namespace"], metadata["name"])
        wait_until(f"{key[1]} to be ready", lambda: self.history.was(*key, "Ready"), limit_s=limit_s)

    def reaches(self, namespace: str, name: str, count: int, *, limit_s: float = PATIENCE_S) -> float:
        """Wait until a workload has so many replicas and they exist; the moment it was told."""

        def there() -> bool:
            live = self.history.latest("deployments", namespace, name)
            return bool(live) and live["spec"]["replicas"] == count == live["status"].get("readyReplicas", 0)

        try:
            wait_until(f"{name} to have {count} replicas", there, limit_s=limit_s, every_s=0.05)
        except TimeoutError as error:
            raise AssertionError(f"{error}; replicas were {self.history.replicas(namespace, name)}") from error
        return self.history.replicas(namespace, name)[-1][0]

    def holds(self, namespace: str, names: Iterable[str], count: int, since: float) -> None:
        """The workloads were never told anything but this count since a moment."""
        told = {name: self.history.replicas(namespace, name, since) for name in names}
        wrong = {name: steps for name, steps in told.items() if [replicas for _, replicas in steps] != [count]}
        assert not wrong, f"not held at {count}: {wrong}"

    def _pods(self, namespace: str) -> list[dict[str, Any]]:
        return list(self.client.get("pods", "-n", namespace))
