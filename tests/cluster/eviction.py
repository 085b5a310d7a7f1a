"""Draining nodes through the Eviction API while watching that no disruption budget is broken."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from tests.cluster.kubectl import Kubectl, Object, condition, wait_until, watched

REFUSED = "violate the pod's disruption budget"
ALL_NODES = "kubernetes.io/os=linux"


class HealthWatch:
    """Follows every change of the pods under one budget and keeps the lowest number that were healthy.

    Healthy means what the disruption controller means: ready, and not being deleted.
    """

    def __init__(self, client: Kubectl, budget: Object) -> None:
        metadata, status = budget["metadata"], budget["status"]
        self.name = f"{metadata['namespace']}/{metadata['name']}"
        self.needed: int = status["desiredHealthy"]
        self.lowest: int | None = None
        self._at_first: int = status["currentHealthy"]
        self._healthy: dict[str, bool] = {}
        self._client = client
        self._selector = _selector(budget["spec"]["selector"])

    def __enter__(self) -> HealthWatch:
        namespace = self.name.partition("/")[0]
        flags = ["-n", namespace, "-l", self._selector, "-o", "json", "--watch", "--output-watch-events"]
        self._process = self._client.start("get", "pods", *flags)
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()
        try:
            wait_until(f"a view of the pods under {self.name}", lambda: self.lowest is not None, limit_s=20)
        except TimeoutError:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._thread.join(10)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _follow(self) -> None:
        assert self._process.stdout is not None
        for event in watched(self._process.stdout):
            pod = event["object"]
            alive = event["type"] != "DELETED" and "deletionTimestamp" not in pod["metadata"]
            self._healthy[pod["metadata"]["name"]] = alive and condition(pod, "Ready")
            count = sum(self._healthy.values())
            if self.lowest is not None:
                self.lowest = min(self.lowest, count)
            elif count >= self._at_first:
                self.lowest = count

    def verdict(self) -> str | None:
        """What went wrong, if anything did."""
        if self.lowest is None or self.lowest >= self.needed:
            return None
        return f"{self.name} fell to {self.lowest} healthy pods, its budget needs {self.needed}"


def drain(
    client: Kubectl,
    budgets: list[Any],
    *,
    limit_s: float,
    begin: Callable[[], None] = lambda: None,
    end: Callable[[], None] = lambda: None,
) -> list[str]:
    """Drain all nodes but one per zone, all at once; returns a line per budget, raises when one is broken.

    :param begin: what is done under the eyes of the watches before the drain, and goes on beside it.
    :param end: waits for the end of that.
    """
    pods = client.get("pods", "--all-namespaces")
    targets = _all_but_emptiest_per_zone(client.get("nodes"), pods)
    moved = sum(pod["spec"].get("nodeName") in targets for pod in pods)
    assert moved or not budgets, "no pod stands on a node that is drained"
    with ExitStack() as cleanup:
        cleanup.callback(client.run, "uncordon", "-l", ALL_NODES)
        watches = [cleanup.enter_context(HealthWatch(client, budget)) for budget in budgets]
        begin()
        refusals = _drain_at_once(client, targets, limit_s)
        end()
        wait_until("the budgets to be whole again", lambda: _whole(client, budgets), limit_s=30)
    broken = [verdict for verdict in (watch.verdict() for watch in watches) if verdict]
    assert not broken, "; ".join(broken)
    lines = [f"{watch.name}: never below {watch.lowest} healthy, budget {watch.needed}" for watch in watches]
    return [*lines, f"{len(targets)} nodes drained of {moved} pods, {refusals} evictions refused at first"]


def _drain_at_once(client: Kubectl, nodes: list[str], limit_s: float) -> int:
    """One drain per node, together; the number of evictions that a budget refused on the way."""
    flags = ["--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={limit_s:.0f}s"]
    running = [client.start("drain", node, *flags) for node in nodes]
    ends, failed, refusals = time.monotonic() + limit_s + 10, [], 0
    for node, process in zip(nodes, running, strict=True):
        try:
            _, stderr = process.communicate(timeout=max(1.0, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            _, stderr = process.communicate()
        refusals += stderr.count(REFUSED)
        if process.returncode:
            failed.append(f"{node}: {stderr.strip().splitlines()[-1] if stderr.strip() else 'no answer'}")
    assert not failed, f"drain did not finish within {limit_s:.0f} s: " + "; ".join(failed)
    return refusals


def _whole(client: Kubectl, budgets: list[Any]) -> bool:
    live = [client.get("pdb", one["metadata"]["name"], "-n", one["metadata"]["namespace"]) for one in budgets]
    return all(one["status"]["currentHealthy"] >= one["status"]["expectedPods"] for one in live)


def _all_but_emptiest_per_zone(nodes: list[Any], pods: list[Any]) -> list[str]:
    """Every node except, in each zone, the one with the fewest pods: the drain has to move all it can."""
    load = Counter(pod["spec"].get("nodeName") for pod in pods)
    zones: dict[str, list[str]] = {}
    for node in nodes:
        metadata = node["metadata"]
        zones.setdefault(metadata["labels"]["topology.kubernetes.io/zone"], []).append(metadata["name"])
    return [name for names in zones.values() for name in sorted(names, key=lambda name: load[name])[1:]]


def _selector(selector: Object) -> str:
    parts = [f"{key}={value}" for key, value in selector.get("matchLabels", {}).items()]
    for entry in selector.get("matchExpressions", []):
        values = ",".join(entry.get("values", []))
        forms = {
            "In": f"{entry['key']} in ({values})",
            "NotIn": f"{entry['key']} notin ({values})",
            "Exists": entry["key"],
            "DoesNotExist": f"!{entry['key']}",
        }
        parts.append(forms[entry["operator"]])
    return ",".join(parts)
