"""Lives worked by hand: what each pass must leave, for the simulated and the real autoscaler alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pulumi_kubernetes_mcp.simulation.hpa import KUBERNETES_1_36, Controller, from_manifest
from tests.cluster.hpa_scenarios import Scenario, one_pass, opened
from tests.cluster.hpa_worlds import Json, World

AT_ONCE = {"stabilizationWindowSeconds": 0}


@dataclass(frozen=True)
class Golden:
    """One External metric in replicas needed, a pass every 15 s, and the replicas after each pass."""

    name: str
    start: int
    demands: Sequence[int]
    replicas: Sequence[int]
    behavior: Json | None = None
    least: int = 1
    surge: int = 0
    """Pods in the status beyond the replicas."""
    write_ms: int = 0
    edits: Mapping[int, Json] = field(default_factory=dict)
    """Pass to what of the spec is changed before it."""

    def __str__(self) -> str:
        return self.name


def policies(kind: str, value: int, period: int = 60) -> Json:
    return {"policies": [{"type": kind, "value": value, "periodSeconds": period}]}


GOLDENS = (
    Golden("no behavior, from one", 1, [100] * 5, [4, 8, 16, 32, 64]),
    Golden("empty behavior, from one", 1, [100] * 5, [5, 10, 20, 40, 80], {}),
    Golden("default behavior, from ten", 10, [100], [20], {}),
    Golden("window edge without behavior", 10, [10] + [1] * 21, [10] * 21 + [1]),
    Golden("window edge with behavior", 10, [10] + [1] * 20, [10] * 20 + [1], {}),
    Golden("the first count is a wish on the way down", 10, [1] * 22, [10] * 21 + [1]),
    Golden("and on the way up", 2, [100] * 5, [2] * 4 + [6], {"scaleUp": {"stabilizationWindowSeconds": 60}}),
    Golden("four pods a minute", 10, [100] * 6, [14] * 4 + [18] * 2, {"scaleUp": policies("Pods", 4)}),
    # the event is stamped after the write, but the next pass waits for its end too
    Golden("slow writes", 10, [100] * 6, [14] * 4 + [18] * 2, {"scaleUp": policies("Pods", 4)}, write_ms=125),
    Golden("ten percent up in float64", 100, [1000], [111], {"scaleUp": policies("Percent", 10)}),
    Golden("ten percent down", 7, [0] * 4, [6, 5, 4, 3], {"scaleDown": AT_ONCE | policies("Percent", 10, 1)}),
    Golden("eighty percent down in float64", 5, [0], [1], {"scaleDown": AT_ONCE | policies("Percent", 80)}),
    Golden(
        "the other direction counts too",
        10,
        [100, 5, 100],
        [14, 5, 14],
        {"scaleUp": policies("Pods", 4), "scaleDown": AT_ONCE},
    ),
    Golden(
        "a slot reused too early",
        10,
        [20, 30, 40, 1],
        [20, 30, 40, 19],
        {"scaleUp": policies("Pods", 100, 15), "scaleDown": AT_ONCE | policies("Pods", 1, 300)},
    ),
    Golden("a surge ratchets once, within the tolerance", 10, [10] * 3, [11, 11, 11], surge=1),
    Golden("its own zero is left again", 2, [0, 0, 3], [0, 0, 3], {"scaleDown": AT_ONCE}, least=0),
    Golden(
        "its own zero and a raised minimum",
        2,
        [0, 0, 0, 9],
        [0, 0, 3, 7],
        {"scaleDown": AT_ONCE},
        least=0,
        edits={2: {"minReplicas": 3}},
    ),
    Golden(
        "a behavior taken away and given back",
        10,
        [100, 100, 100, 100],
        [14, 28, 28, 28],
        {"scaleUp": policies("Pods", 4)},
        edits={1: {"behavior": None}, 2: {"behavior": {"scaleUp": policies("Pods", 4)}}},
    ),
)


def played(golden: Golden) -> Scenario:
    """The golden life as the simulated controller lives it."""
    target = {"type": "AverageValue", "averageValue": "1"}
    spec: Json = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "server"},
        "minReplicas": golden.least,
        "maxReplicas": 1000,
        "metrics": [{"type": "External", "external": {"metric": {"name": "m"}, "target": target}}],
        "behavior": golden.behavior,
    }
    written: Json = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "spec": spec}
    zero = golden.least == 0
    config = replace(KUBERNETES_1_36, scale_to_zero=zero)
    scenario = opened(written, config, golden.start)
    controller = Controller(from_manifest(written, scale_to_zero=zero), config)
    now, replicas = config.sync_period, golden.start
    for index, demand in enumerate(golden.demands):
        world = World(external={"m": [demand * 10**9]})
        step: Json = {"write_ms": golden.write_ms, "write_fails": False, "world": world.json()}
        step["status"] = replicas + golden.surge
        if index in golden.edits:
            written = written | {"spec": written["spec"] | golden.edits[index]}
            step["edit"] = written
            controller.spec = from_manifest(written, scale_to_zero=zero)
        scenario.json["steps"].append(step)
        now, replicas = one_pass(scenario, controller, None, world, now, replicas, step)
    return scenario
