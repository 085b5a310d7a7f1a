"""Random single decisions for the HPA oracle: one metric, one world, one call of the replica calculator."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from pulumi_kubernetes_mcp.simulation.hpa import (
    ControllerConfig,
    MetricError,
    MetricSpec,
    Observation,
    Pod,
    PodUsage,
    Proposal,
    Target,
    Tolerances,
)
from pulumi_kubernetes_mcp.simulation.hpa.calculator import propose
from pulumi_kubernetes_mcp.simulation.hpa.model import Source, TargetKind
from tests.cluster.hpa_worlds import (
    CONTAINERS,
    MAX_INT64,
    Json,
    World,
    any_pod,
    any_requests,
    grouped,
    milliseconds,
    near,
)

METHODS: dict[str, tuple[Source, TargetKind]] = {
    "utilization": ("Resource", "Utilization"),
    "raw": ("Resource", "AverageValue"),
    "pods": ("Pods", "AverageValue"),
    "object": ("Object", "Value"),
    "object_average": ("Object", "AverageValue"),
    "external": ("External", "Value"),
    "external_average": ("External", "AverageValue"),
}
"""Method of the real calculator to source and target."""
METRIC = "metric"


@dataclass
class Case:
    """One decision: what it is asked with, and both answers as ``(replicas, usage, utilization)`` or an error."""

    method: str
    spec: MetricSpec
    current: int
    now: float
    config: ControllerConfig
    tolerances: Tolerances
    world: World
    beyond: bool = False
    """Figures that overflow, where the processors that Go runs on differ."""

    def json(self) -> Json:
        resource = self.spec.name if self.spec.source in ("Resource", "ContainerResource") else ""
        return {
            "propose": {
                "method": self.method,
                "current": self.current,
                "target": self.spec.target.value,
                "resource": resource,
                "container": self.spec.container,
                "down": self.tolerances.down,
                "up": self.tolerances.up,
                "now_ms": milliseconds(self.now),
                "cpu_init_ms": milliseconds(self.config.cpu_initialization_period),
                "readiness_ms": milliseconds(self.config.initial_readiness_delay),
                "world": self.world.json(),
            }
        }

    def simulated(self, *, fast: bool = False) -> Proposal | None:
        """The answer of the simulator, pod by pod or in groups; ``None`` for an error."""
        readings = [self.world.reading(self.spec)]
        seen = Observation(
            spec_replicas=self.current, status_replicas=self.current, readings=readings, pods=self.world.pods
        )
        if fast:
            groups, readings = grouped(self.world.pods, readings)
            seen = replace(seen, pods=(), groups=groups, readings=readings)
        try:
            return propose(self.spec, readings[0], seen, self.now, self.config, self.tolerances)
        except MetricError:
            return None


def any_case(chance: random.Random, method: str) -> Case:
    """One random case; half of them are quiet enough for the ratio to decide."""
    source, kind = METHODS[method]
    name, container = METRIC, ""
    if source == "Resource":
        name = chance.choice(["cpu", "cpu", "memory"])
        container = chance.choice(["", "", *CONTAINERS])
    now = 10_000.0
    quiet = chance.random() < 0.5
    config = ControllerConfig(
        cpu_initialization_period=chance.choice([300.0, 300.0, 0.0, 120.0]),
        initial_readiness_delay=chance.choice([30.0, 30.0, 0.0, 10.0]),
    )
    edges = [(0.1, 0.1)] * 4 + [(0.0, 0.0), (0.05, 0.2), (0.57, 0.01), (0.3, 0.0)]
    world, target = _world(chance, kind, now, quiet=quiet)
    case = Case(
        method,
        MetricSpec("ContainerResource" if container else source, name, Target(kind, target), container),
        max(0, len(world.pods) + chance.choice([0, 0, 0, 0, 1, -1, 3, -len(world.pods), 40])),
        now,
        config,
        Tolerances(*chance.choice(edges)),
        world,
    )
    _totals(chance, case)
    if chance.random() < 0.04:
        _exaggerate(chance, case)
    if chance.random() < 0.02:
        world.failing.add("resource" if source == "Resource" else METRIC)
    return case


def _world(chance: random.Random, kind: str, now: float, *, quiet: bool) -> tuple[World, int]:
    count = chance.choice([0, 1, 2, 3, 4, 5, 8, 12, 25])
    requests = any_requests(chance)
    world = World()
    for i in range(count):
        own = requests if quiet or chance.random() < 0.7 else any_requests(chance)
        name = f"server-{i}"
        pod = Pod(name=name, ready_since=5.0, requests=own) if quiet else any_pod(chance, name, now, own)
        if not quiet and chance.random() < 0.1:
            some = {"cpu": 500, "memory": 10**9, "example.com/gpu": 1000}
            pod = replace(pod, pod_requests={key: some[key] for key in chance.sample(list(some), chance.randint(1, 3))})
        world.pods.append(pod)
    target = chance.randint(1, 200) if kind == "Utilization" else chance.choice([1, 77, 1000, 50_000, 3 * 10**8])
    goal = target * 10**6
    if kind == "Utilization":
        goal = target * requests["server"].get("cpu", 100) * 10**4
    _samples(chance, world, goal, now)
    return world, target


def _samples(chance: random.Random, world: World, goal: int, now: float) -> None:
    """Usage of the pods, one level for all or one for each; now and then some is missing or too much."""
    level = near(chance, goal)
    absent = chance.choice([0.0, 0.0, 0.2])
    samples: dict[str, int] = {}
    for name in [pod.name for pod in world.pods] + ["gone"] * (chance.random() < 0.08):
        if chance.random() < absent:
            continue
        samples[name] = level if chance.random() < 0.6 else near(chance, goal)
        pods = [pod for pod in world.pods if pod.name == name]
        since = pods[0].ready_since if pods else 0.0
        containers = {
            c: {"cpu": samples[name], "memory": samples[name]} for c in (pods[0].requests if pods else CONTAINERS)
        }
        if chance.random() < 0.02:
            containers.popitem()
        if containers and chance.random() < 0.02:
            del containers[next(iter(containers))]["cpu"]
        window = chance.choice([10.0, 15.0, 30.0])
        at = chance.choice([now - 15, now - 30, since + window, since + window - 0.125])
        world.usages[name] = PodUsage(timestamp=at, window=window, containers=containers)
    world.custom[METRIC] = samples


def _totals(chance: random.Random, case: Case) -> None:
    """Object and External values around what the pods, or the replicas, would need."""
    per = case.current if case.spec.target.kind == "AverageValue" else 1
    goal = case.spec.target.value * 10**6 * max(1, per)
    case.world.objects[METRIC] = near(chance, goal) * chance.choice([1, 1, 1, 1, 1, 1, -1])
    parts = [near(chance, goal) // 3 for _ in range(chance.choice([0, 1, 2, 3, 3, 3]))]
    case.world.external[METRIC] = [part * chance.choice([1, 1, 1, 1, 1, 1, 1, -1]) for part in parts]


def _exaggerate(chance: random.Random, case: Case) -> None:
    """Figures at the ends of int64 and int32. Negative ones have 18 digits at most: the quantities of the API machinery
    read longer ones wrongly, which is not the autoscaler's doing."""
    case.beyond = True
    huge = [(MAX_INT64 - chance.randint(0, 5)) * 10**6, (MAX_INT64 // 2 + chance.randint(0, 9)) * 10**6, 10**24, 10**17]
    signed = [*huge, *huge, -(10**17 - 1) * 10**7, -(10**17)]
    case.world.objects[METRIC] = chance.choice(signed)
    case.world.external[METRIC] = [chance.choice(signed) for _ in range(chance.randint(1, 4))]
    for name in case.world.custom[METRIC]:
        case.world.custom[METRIC][name] = chance.choice(huge)
    for name, usage in case.world.usages.items():
        some = {c: {"cpu": chance.choice(huge), "memory": chance.choice(huge)} for c in usage.containers}
        case.world.usages[name] = replace(usage, containers=some)
    if chance.random() < 0.3:
        case.current = 2**31 - 1 - chance.randint(0, 2)
