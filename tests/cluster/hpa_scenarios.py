"""Random lives of an autoscaler for the HPA oracle.

The simulated controller runs first, in a small world that follows it: pods start slowly, become ready, fall out and
take time to go; metrics are late and fail. Then the real controller is shown the same world, pass by pass.
"""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi_kubernetes_mcp.simulation.hpa import (
    KUBERNETES_1_36,
    KUBERNETES_1_37,
    Controller,
    ControllerConfig,
    Decision,
    MetricError,
    Observation,
    Pod,
    PodUsage,
    from_manifest,
)
from pulumi_kubernetes_mcp.simulation.hpa.controller import WRITE_FAILED
from tests.cluster.hpa_worlds import Json, World, grouped, milliseconds

REQUESTS = {"server": {"cpu": 500, "memory": 256 * 2**20 * 1000}, "proxy": {"cpu": 100, "memory": 64 * 2**20 * 1000}}
PASSES = 60
SWINGS = 150


@dataclass
class Scenario:
    """One life: what the real controller is to be shown, and what the simulated one decided."""

    json: Json
    decisions: list[Decision] = field(default_factory=list)
    fast: list[Decision] = field(default_factory=list)


def metric(kind: str, index: int, chance: random.Random) -> Json:
    """A metric of the spec of any kind; ``m<index>`` where it has a name of its own."""
    name = {"name": f"m{index}"}
    per = {"type": "AverageValue", "averageValue": chance.choice(["10", "2500m", "1k", 3])}
    total = {"type": "Value", "value": chance.choice(["50", "1500m", 2000])}
    used = {"type": "Utilization", "averageUtilization": chance.choice([30, 50, 60, 75, 100, 150])}
    resource = chance.choice(["cpu", "cpu", "memory"])
    bodies: dict[str, Json] = {
        "Resource": {"name": resource, "target": used},
        "RawResource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "300m"}},
        "ContainerResource": {"name": resource, "container": chance.choice(["server", "proxy"]), "target": used},
        "Pods": {"metric": name, "target": per},
        "Object": {
            "metric": name,
            "target": chance.choice([per, total]),
            "describedObject": {"kind": "Service", "name": "s"},
        },
        "External": {"metric": name, "target": chance.choice([per, per, total])},
    }
    source = kind.removeprefix("Raw")
    body = bodies[kind]
    if source != "Object" and chance.random() < 0.1:
        body["target"] = body["target"] | {"type": chance.choice(["Utilization", "AverageValue", "Value"])}
    return {"type": source, source[0].lower() + source[1:]: body}


def rules(chance: random.Random, *, lively: bool = False) -> Json:
    """One direction of a behavior, with any part of it left out; ``lively`` ones seldom hold still."""
    made: Json = {}
    if lively or chance.random() < 0.7:
        windows = [0, 0, 15, 30] if lively else [0, 15, 30, 60, 90, 120, 300, 600]
        made["stabilizationWindowSeconds"] = chance.choice(windows)
    if chance.random() < 0.7:
        made["policies"] = [
            {
                "type": chance.choice(["Pods", "Percent"]),
                "value": chance.choice([1, 2, 3, 4, 10, 10, 10, 25, 50, 80, 100, 200]),
                "periodSeconds": chance.choice([15, 15, 30, 45, 60, 90, 120, 300, 1800]),
            }
            for _ in range(chance.randint(1, 3))
        ]
    if chance.random() < 0.5:
        made["selectPolicy"] = chance.choice(["Max", "Min"] if lively else ["Max", "Min", "Max", "Min", "Disabled"])
    if chance.random() < 0.3:
        made["tolerance"] = chance.choice(["0", "0.05", "200m", 0.57, 0])
    return made


def swinging(chance: random.Random) -> Json:
    """A behavior with both directions, lively two times in three."""
    lively = chance.random() < 0.67
    return {key: rules(chance, lively=lively) for key in ("scaleUp", "scaleDown")}


def manifest(chance: random.Random, *, zero: bool) -> Json:
    """A HorizontalPodAutoscaler with one to three metrics, with or without a behavior."""
    kinds = ["Resource", "RawResource", "ContainerResource", "Pods", "Object", "External"]
    wanted = [chance.choice(kinds) for _ in range(chance.choice([1, 1, 2, 3]))]
    if zero:
        wanted[0] = chance.choice(["Object", "External"])
    spec: Json = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "server"},
        "minReplicas": 0 if zero else chance.choice([1, 1, 2, 3]),
        "maxReplicas": chance.choice([4, 10, 20, 30]),
        "metrics": [metric(kind, i, chance) for i, kind in enumerate(wanted)],
    }
    if chance.random() < 0.05:
        del spec["metrics"]
    if zero and "metrics" not in spec:
        spec["minReplicas"] = 1
    if chance.random() < 0.75:
        spec["behavior"] = {key: rules(chance) for key in ("scaleUp", "scaleDown") if chance.random() < 0.8}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "server"},
        "spec": spec,
    }


class Service:
    """Pods that follow a number of replicas, and the load on them, in replicas that it would need."""

    def __init__(self, chance: random.Random, replicas: int):
        self.chance = chance
        self.pods: dict[str, Pod] = {}
        self.births: dict[str, float] = {}
        self.ends: dict[str, float] = {}
        self.made = 0
        self.load = float(chance.choice([1, 2, 5, 9]))
        self.startup = chance.choice([5, 20, 40, 90])
        self.grace = chance.choice([0, 10, 40])
        for _ in range(replicas):
            self._make(-1000.0)

    def _make(self, now: float) -> None:
        name = f"server-{self.made}"
        self.made += 1
        self.births[name] = now
        self.pods[name] = Pod(name=name, phase="Pending", ready=None, started=None, requests=REQUESTS)

    def follow(self, replicas: int, now: float) -> None:
        """One step of the world: pods come, go, start, break and recover."""
        living = [name for name in self.pods if name not in self.ends]
        for name in living[replicas:][::-1]:
            self.ends[name] = now + self.grace
        for _ in range(replicas - len(living)):
            self._make(now)
        for name in list(self.pods):
            if self.ends.get(name, now + 1) <= now:
                del self.pods[name]
            else:
                self.pods[name] = self._aged(self.pods[name], now)
        self.load = max(0.0, self.load * self.chance.choice([1, 1, 1, 1, 1.05, 0.95, 1.3, 0.7]))
        if self.chance.random() < 0.06:
            self.load = float(self.chance.choice([0, 1, 3, 8, 15, 40]))

    def _aged(self, pod: Pod, now: float) -> Pod:
        birth, end = self.births[pod.name], self.ends.get(pod.name)
        age = now - birth
        if end is not None:
            pod = replace(pod, deleting=True)
        if pod.phase == "Pending" and age >= 3:
            pod = replace(pod, phase="Running", started=birth + 1, ready="False", ready_since=birth + 1)
        if pod.phase == "Running" and pod.ready == "False" and age >= self.startup:
            back = max(birth + self.startup, now - 7.5)
            pod = replace(pod, ready="True", ready_since=back)
        elif pod.phase == "Running" and self.chance.random() < 0.01:
            pod = replace(pod, ready="False", ready_since=now - 5)
        elif pod.phase == "Running" and self.chance.random() < 0.003:
            pod = replace(pod, phase=self.chance.choice(["Failed", "Succeeded"]))
        return pod

    def world(self, spec: Json, now: float) -> World:
        """What one pass sees."""
        ready = [pod for pod in self.pods.values() if pod.phase == "Running" and pod.ready == "True"]
        share = self.load / max(1, len(ready))
        world = World(pods=list(self.pods.values()))
        for pod in self.pods.values():
            if pod.phase == "Running" and now - self.births[pod.name] >= 15 and self.chance.random() < 0.99:
                busy = share if pod.ready == "True" else 0.4
                window = self.chance.choice([10.0, 15.0, 15.25])
                world.usages[pod.name] = PodUsage(
                    timestamp=now - self.chance.choice([0, 7.5, 15]), window=window, containers=self._use(busy)
                )
        for one in spec.get("metrics", ()):
            self._measure(one, share, world)
        failing = ["resource", *world.custom, *world.objects, *world.external]
        if self.chance.random() < 0.06:
            world.failing = set(self.chance.sample(failing, self.chance.randint(1, min(2, len(failing)))))
        return world

    def _use(self, busy: float) -> dict[str, dict[str, int]]:
        """Nano-units; a fraction of a millicore is what metrics-server has."""
        return {
            name: {
                "cpu": int(requests["cpu"] * busy * 0.6 * 10**6) + self.chance.randint(0, 999_999),
                "memory": int(requests["memory"] * (0.5 + busy / 4)) * 10**6,
            }
            for name, requests in REQUESTS.items()
        }

    def _measure(self, one: Json, share: float, world: World) -> None:
        body = next(value for key, value in one.items() if key != "type")
        if "metric" not in body:
            return
        name, target = body["metric"]["name"], body["target"]
        text = str(target.get("averageValue", target.get("value")))
        per = int({"2500m": 2.5, "1k": 1000, "1500m": 1.5}.get(text) or float(text)) or 1
        if one["type"] == "Pods":
            names = [pod.name for pod in world.pods if pod.phase == "Running" and self.chance.random() < 0.98]
            world.custom[name] = {pod: int(per * share * 10**9) for pod in names}
            return
        whole = per * (self.load if "averageValue" in target else share)
        if one["type"] == "Object":
            world.objects[name] = int(whole * 10**9)
        else:
            parts: list[float] = self.chance.choice([[1.0], [0.5, 0.5], [0.1, 0.9], []])
            world.external[name] = [int(whole * part * 10**9) for part in parts]


def configuration(chance: random.Random, *, zero: bool) -> ControllerConfig:
    """The defaults, mostly."""
    base = KUBERNETES_1_37 if zero else KUBERNETES_1_36
    if chance.random() < 0.7:
        return base
    return replace(
        base,
        sync_period=chance.choice([5.0, 10.0, 30.0]),
        tolerance=chance.choice([0.1, 0.0, 0.25]),
        downscale_stabilization=chance.choice([60.0, 300.0, 45.5]),
        cpu_initialization_period=chance.choice([60.0, 300.0]),
        initial_readiness_delay=chance.choice([10.0, 30.0]),
    )


def opened(written: Json, config: ControllerConfig, replicas: int) -> Scenario:
    """A scenario without passes."""
    return Scenario(
        {
            "hpa": written,
            "scale_to_zero": config.scale_to_zero,
            "replicas": replicas,
            "sync_ms": milliseconds(config.sync_period),
            "downscale_ms": milliseconds(config.downscale_stabilization),
            "tolerance": config.tolerance,
            "cpu_init_ms": milliseconds(config.cpu_initialization_period),
            "readiness_ms": milliseconds(config.initial_readiness_delay),
            "steps": [],
        }
    )


def life(seed: int) -> Scenario:
    """A service of some pods with metrics of every kind, and everything that can happen to it."""
    chance = random.Random(seed)
    zero = chance.random() < 0.2
    config = configuration(chance, zero=zero)
    written = manifest(chance, zero=zero)
    replicas = chance.choice([1, 2, 5, 10])
    delays = chance.choice([[0.0], [0.0], [0.125, 0.25, 1.0], [0.0, 3.5]])
    scenario = opened(written, config, replicas)
    spec = from_manifest(written, scale_to_zero=zero)
    slow, fast = Controller(spec, config), Controller(spec, config)
    service = Service(chance, replicas)
    now = config.sync_period
    for _ in range(PASSES):
        step: Json = {"write_ms": milliseconds(chance.choice(delays)), "write_fails": chance.random() < 0.02}
        if chance.random() < 0.04:
            step["edit"] = written = manifest(chance, zero=zero and chance.random() < 0.5)
            slow.spec = fast.spec = from_manifest(written, scale_to_zero=zero)
        if chance.random() < 0.02:
            step["replicas"] = replicas = chance.choice([0, 1, 3, 8, 40])
        service.follow(replicas, now)
        world = service.world(written["spec"], now)
        step |= {"world": world.json(), "status": len(service.pods)}
        scenario.json["steps"].append(step)
        now, replicas = one_pass(scenario, slow, fast, world, now, replicas, step)
    return scenario


def swing(seed: int) -> Scenario:
    """No pods and one External metric that leaps up and down: nothing but windows, policies and their memory."""
    chance = random.Random(seed)
    # Tenths and thousandths are no binary fractions: ages are sums that a float would not hold.
    config = replace(KUBERNETES_1_36, sync_period=chance.choice([15.0, 15.0, 7.5, 15.01]))
    written = manifest(chance, zero=False)
    target = {"type": "AverageValue", "averageValue": "10"}
    written["spec"] |= {
        "metrics": [{"type": "External", "external": {"metric": {"name": "m"}, "target": target}}],
        "maxReplicas": chance.choice([100, 1000]),
        "behavior": swinging(chance),
    }
    replicas = chance.choice([1, 7, 100])
    scenario = opened(written, config, replicas)
    slow = Controller(from_manifest(written), config)
    now, wanted, calm = config.sync_period, replicas, chance.choice([0.3, 0.6, 0.9])
    for _ in range(SWINGS):
        if chance.random() > calm:
            wanted = chance.choice([1, 5, 24, 99, 400, replicas + 1, max(0, replicas - 1), replicas * 2, replicas // 2])
        world = World(external={"m": [wanted * 10 * 10**9]})
        step = {"write_ms": chance.choice([0, 0, 5, 5, 100, 125, 3500]), "write_fails": False, "world": world.json()}
        step["status"] = replicas
        if chance.random() < 0.02:
            step["edit"] = written = deepcopy(written)
            written["spec"]["behavior"] = chance.choice([None, swinging(chance), swinging(chance)])
            slow.spec = from_manifest(written)
        scenario.json["steps"].append(step)
        now, replicas = one_pass(scenario, slow, None, world, now, replicas, step)
    return scenario


def one_pass(
    scenario: Scenario, slow: Controller, fast: Controller | None, world: World, now: float, replicas: int, step: Json
) -> tuple[float, int]:
    """One pass of the simulated controllers; the start of the next one and the replicas there are then."""
    readings = [world.reading(one) for one in slow.spec.metrics]
    seen = Observation(spec_replicas=replicas, status_replicas=step["status"], readings=readings, pods=world.pods)
    delay = step["write_ms"] / 1000
    how: dict[str, Any] = {"written_at": now + delay, "write_fails": step["write_fails"]}
    decision = slow.reconcile(now, seen, **how)
    scenario.decisions.append(decision)
    if fast is not None:
        groups, summed = grouped(world.pods, readings)
        scenario.fast.append(fast.reconcile(now, replace(seen, pods=(), groups=groups, readings=summed), **how))
    wrote = decision.rescaled or decision.error == WRITE_FAILED
    return now + (delay if wrote else 0.0) + slow.config.sync_period, decision.desired


def expected(decision: Decision) -> Json:
    """A decision in the words of the real controller's status."""
    return {
        "at_ms": milliseconds(decision.at),
        "current": decision.current,
        "written": decision.desired if decision.rescaled else None,
        "conditions": {name: f"{status} {reason}" for name, (status, reason) in decision.conditions.items()},
        "usages": [None if isinstance(one, MetricError) else one.usage for one in decision.proposals] or None,
        "failed": decision.error is not None,
    }
