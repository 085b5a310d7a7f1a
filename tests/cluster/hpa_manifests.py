"""Random manifests for the HPA oracle, right ones and ones with a mistake, and quantities of any spelling."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any, cast

from pulumi_kubernetes_mcp.simulation.hpa import HpaSpec, MetricSpec, ScalingRules
from tests.cluster.hpa_scenarios import manifest
from tests.cluster.hpa_worlds import Json

JUNK: list[Any] = [
    None,
    "",
    "x",
    0,
    -1,
    1,
    3.0,
    2.5,
    True,
    10**10,
    [],
    {},
    "1e3",
    "0",
    "-5",
    "1.5Gi",
    "100n",
    0.05,
    1801,
    3601,
    301,
]
JUNK += ["Value", "AverageValue", "Utilization", "Max", "Disabled", "Percent"]
FREE = ("scaleTargetRef", "describedObject", "name", "container", "selector", "metadata")
"""Keys of which the API server checks more than the simulator reads."""
TEXTS = (
    *("1", "01", "1.0", "1.5", ".5", "5.", "0.001", "0.0001", "0.0000000001", "1234567.8915", "+3", "-0.5", "1m"),
    *("999m", "1000m", "1001m", "2500u", "2500001n", "1n", "0.5n", "70m", "0.07", "57e-2", "570m", "0.57", "1e3"),
    *("1E3", "12e-4", "1e-10", "1k", "1.5k", "2M", "3G", "1T", "1P", "1Ki", "1.5Ki", "0.3Ki", "1Mi", "1.1Gi", "7Ti"),
    *("", "m", "1 Gi", "1MB", "1ki", "1e", "--1", "1.2.3", "0x10", "1i", "1Km", "e3", ".", "+", "-", "5. 1"),
)
"""Quantities that are positive, negative, too fine, and none at all."""


def any_manifest(chance: random.Random) -> Json:
    """A manifest, half of the time with one or two things in it replaced, added or taken out."""
    made = manifest(chance, zero=chance.random() < 0.2)
    for one in made["spec"].get("metrics", ()):
        if chance.random() < 0.1:
            body = next(value for key, value in one.items() if key != "type")
            body["target"] = body["target"] | {"type": chance.choice(["Utilization", "AverageValue", "Value"])}
    for _ in range(chance.choice([0, 0, 1, 2])):
        _spoil(chance, made["spec"])
    return made


def _spoil(chance: random.Random, node: Any) -> None:
    places = list(_places(node))
    parent, key = chance.choice(places)
    kind = chance.random()
    if isinstance(parent, dict) and kind < 0.1:
        parent["unheardOf"] = 1
    elif isinstance(parent, dict) and kind < 0.3:
        del parent[key]
    elif isinstance(parent, dict) and kind < 0.4:
        parent[chance.choice(["averageUtilization", "averageValue", "value", "tolerance", "type"])] = chance.choice(
            JUNK
        )
    elif kind < 0.5:
        parent[key] = deepcopy(chance.choice(places)[0])
    else:
        parent[key] = chance.choice(JUNK)


def _places(node: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        if key not in FREE:
            found += [(node, key), *_places(value)]
    return found


def described(spec: HpaSpec) -> Json:
    """A spec in the words of the oracle's verdict."""
    return {
        "min": spec.min_replicas,
        "max": spec.max_replicas,
        "metrics": [_gauge(metric) for metric in spec.metrics],
        "up": _rules(spec.behavior.up) if spec.behavior else None,
        "down": _rules(spec.behavior.down) if spec.behavior else None,
    }


def verdict(answer: Json) -> Json:
    """The oracle's verdict, of each target only what the controller reads first."""
    return answer | {"metrics": [_first(gauge) for gauge in answer["metrics"]]}


def unreadable(answer: Json, given: Json) -> bool:
    """An Object metric whose type names a field that is not set: accepted, but the controller can never read it."""
    fields = {"Value": "value", "AverageValue": "average", "Utilization": None}
    metrics = cast(list[Json], given["spec"].get("metrics") or [])
    return any(
        gauge["type"] == "Object" and ((key := fields[one["object"]["target"]["type"]]) is None or gauge[key] is None)
        for gauge, one in zip(answer["metrics"], metrics, strict=False)
    )


def _first(gauge: Json) -> Json:
    order = ["average", "value"] if gauge["type"] == "External" else ["average", "utilization"]
    shown = {key: gauge[key] for key in ("type", "name", "container")}
    if gauge["type"] == "Object":
        return shown
    kind = next(key for key in order if gauge[key] is not None)
    return shown | {kind: gauge[kind]}


def _gauge(metric: MetricSpec) -> Json:
    shown: Json = {"type": metric.source, "name": metric.name, "container": metric.container}
    if metric.source == "Object":
        return shown
    kinds = {"Utilization": "utilization", "AverageValue": "average", "Value": "value"}
    return shown | {kinds[metric.target.kind]: metric.target.value}


def _rules(rules: ScalingRules) -> Json:
    return {
        "window": rules.window,
        "select": rules.select,
        "policies": [{"type": one.kind, "value": one.value, "periodSeconds": one.period} for one in rules.policies],
        "tolerance": rules.tolerance,
    }
