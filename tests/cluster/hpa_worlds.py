"""Random worlds for the HPA oracle: each one as the simulated autoscaler sees it and as JSON for the real one.

Times are whole milliseconds. Most are multiples of an eighth of a second, which binary floats hold exactly too; where
they are not, ages of exactly one window show whether the simulated controller counts as the real one does.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi_kubernetes_mcp.simulation.hpa import (
    GroupSamples,
    MetricError,
    MetricSample,
    MetricSpec,
    Pod,
    PodGroup,
    PodUsage,
    Reading,
    Samples,
    milli_of_nano,
    resource_samples,
)

Json = dict[str, Any]
CONTAINERS = ("server", "proxy")
MAX_INT64 = 2**63 - 1


@dataclass
class World:
    """What the API server and the metrics APIs answer at one moment; values of metrics in nano-units."""

    pods: list[Pod] = field(default_factory=list)
    usages: dict[str, PodUsage] = field(default_factory=dict)
    custom: dict[str, dict[str, int]] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    external: dict[str, list[int]] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)

    def reading(self, spec: MetricSpec) -> Reading:
        """What the simulated autoscaler is given for one metric."""
        if spec.source in ("Resource", "ContainerResource"):
            if "resource" in self.failing:
                return MetricError("resource")
            return resource_samples(self.usages, spec.name, spec.container)
        if spec.name in self.failing:
            return MetricError(spec.name)
        if spec.source == "Object":
            return milli_of_nano(self.objects[spec.name])
        if spec.source == "External":
            return [milli_of_nano(value) for value in self.external[spec.name]]
        return {name: MetricSample(milli_of_nano(value)) for name, value in self.custom[spec.name].items()}

    def json(self) -> Json:
        """The same for the real one."""
        return {
            "pods": [_pod(pod) for pod in self.pods],
            "usage": [_usage(name, usage) for name, usage in self.usages.items()],
            "custom": {
                metric: [{"name": name, "value": _nano(value)} for name, value in samples.items()]
                for metric, samples in self.custom.items()
            },
            "object": {metric: _nano(value) for metric, value in self.objects.items()},
            "external": {metric: [_nano(value) for value in values] for metric, values in self.external.items()},
            "failing": sorted(self.failing),
        }


def milliseconds(seconds: float) -> int:
    """An eighth of a second is 125 ms. Sums of others are no binary floats, and mean the nearest millisecond."""
    whole = round(seconds * 1000)
    assert abs(whole - seconds * 1000) < 1e-4, seconds
    return int(whole)


def _pod(pod: Pod) -> Json:
    return {
        "name": pod.name,
        "phase": pod.phase,
        "ready": pod.ready,
        "ready_since_ms": milliseconds(pod.ready_since),
        "started_ms": None if pod.started is None else milliseconds(pod.started),
        "deleting": pod.deleting,
        "containers": [
            {"name": name, "requests": _milli(requests), "sidecar": name == "proxy"}
            for name, requests in pod.requests.items()
        ],
        "requests": None if pod.pod_requests is None else _milli(pod.pod_requests),
    }


def _milli(values: Mapping[str, int]) -> dict[str, str]:
    return {name: f"{value}m" for name, value in values.items()}


def _nano(value: int) -> str:
    """Text that the API machinery reads exactly; very negative nano-units it would not."""
    milli, rest = divmod(value, 10**6)
    return f"{value}n" if rest else f"{milli}m"


def _usage(name: str, usage: PodUsage) -> Json:
    return {
        "name": name,
        "at_ms": milliseconds(usage.timestamp),
        "window_ms": milliseconds(usage.window),
        "containers": [
            {"name": container, "usage": {resource: _nano(value) for resource, value in values.items()}}
            for container, values in usage.containers.items()
        ],
    }


def grouped(pods: Sequence[Pod], readings: Sequence[Reading]) -> tuple[list[PodGroup], list[Reading]]:
    """The same pods and samples in groups: pods that differ in name and usage only, and the samples of no pod."""
    members: dict[tuple[object, ...], list[Pod]] = defaultdict(list)
    for pod in pods:
        seen = [reading.get(pod.name) for reading in readings if isinstance(reading, Mapping)]
        key = (repr(replace(pod, name="")), *((s.timestamp, s.window) if s else None for s in seen))
        members[key].append(pod)
    groups = [PodGroup(len(some), replace(some[0], name="")) for some in members.values()]
    names = {pod.name for pod in pods}
    strays = {name for reading in readings if isinstance(reading, Mapping) for name in reading} - names
    groups += [PodGroup(1, None) for _ in strays]
    keys = [[pod.name for pod in some] for some in members.values()] + [[name] for name in sorted(strays)]
    return groups, [_group(reading, keys) if isinstance(reading, Mapping) else reading for reading in readings]


def _group(samples: Samples, keys: Sequence[Sequence[str]]) -> GroupSamples:
    made: list[MetricSample | None] = []
    for names in keys:
        found = [samples[name] for name in names if name in samples]
        assert len(found) in (0, len(names))
        made.append(found[0]._replace(value=sum(sample.value for sample in found)) if found else None)
    return made


def any_pod(chance: random.Random, name: str, now: float, requests: Mapping[str, Mapping[str, int]]) -> Pod:
    """A pod near one of the edges that its class depends on."""
    age = chance.choice([0, 10, 29.875, 30, 30.125, 100, 299.875, 300, 300.125, 1000, 4000])
    since = now - age + chance.choice([0, 0.125, 5, 29.875, 30, 30.125, 60, 200])
    return Pod(
        name=name,
        phase=_weighted(chance, {"Running": 80, "Pending": 8, "Failed": 5, "Succeeded": 4, "Unknown": 3}),
        ready=_weighted(chance, {"True": 75, "False": 15, "Unknown": 5, None: 5}),
        ready_since=since,
        started=None if chance.random() < 0.05 else now - age,
        deleting=chance.random() < 0.08,
        requests=requests,
    )


def _weighted(chance: random.Random, weights: Mapping[Any, int]) -> Any:
    return chance.choices(list(weights), list(weights.values()))[0]


def any_requests(chance: random.Random) -> dict[str, dict[str, int]]:
    """Requests of both containers; now and then one has none."""
    made = {
        name: {
            "cpu": chance.choice([1, 7, 100, 250, 1000, 3333]),
            "memory": chance.choice([1, 64, 1024]) * 2**20 * 1000,
        }
        for name in CONTAINERS[: chance.randint(1, 2)]
    }
    if chance.random() < 0.02:
        del made[chance.choice(list(made))][chance.choice(["cpu", "memory"])]
    return made


def near(chance: random.Random, goal: int) -> int:
    """A value, in the units of ``goal``, that is often at or beside an edge of the tolerance."""
    factor = chance.choice([0.0, 0.3, 0.5, 0.89, 0.9, 0.91, 0.99, 1.0, 1.0, 1.01, 1.09, 1.1, 1.11, 1.5, 2.0, 7.0])
    return max(0, round(goal * factor) + chance.choice([0, 0, 0, 1, -1, chance.randint(-goal // 9 - 1, goal // 9 + 1)]))
