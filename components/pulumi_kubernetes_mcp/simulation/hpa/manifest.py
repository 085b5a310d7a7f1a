"""A HorizontalPodAutoscaler as it is written, to the spec that the controller sees.

Defaults are the API server's (pkg/apis/autoscaling/v2/defaults.go), and so are the rules
(pkg/apis/autoscaling/validation/validation.go), as far as they touch what the controller computes with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeVar, get_args

from .arithmetic import MAX_INT32
from .model import (
    DEFAULT_SCALE_DOWN,
    DEFAULT_SCALE_UP,
    Behavior,
    HpaSpec,
    MetricSpec,
    Policy,
    PolicyKind,
    ScalingRules,
    Select,
    Source,
    Target,
    TargetKind,
)
from .quantity import approximate_float, exact, milli_value

API_VERSION = "autoscaling/v2"
KIND = "HorizontalPodAutoscaler"
LONGEST_WINDOW_S = 3600
LONGEST_PERIOD_S = 1800

_FIELDS = {source: source[0].lower() + source[1:] for source in get_args(Source)}
_TARGET_FIELDS = {"Utilization": "averageUtilization", "AverageValue": "averageValue", "Value": "value"}
_ALLOWED: Mapping[Source, tuple[TargetKind, ...]] = {
    "Resource": ("AverageValue", "Utilization"),
    "ContainerResource": ("AverageValue", "Utilization"),
    "Pods": ("AverageValue",),
    "Object": ("Value", "AverageValue"),
    "External": ("AverageValue", "Value"),
}
"""Targets of each source, in the order in which the controller looks for them."""

Word = TypeVar("Word", bound=str)
Node = Mapping[str, object]


def from_manifest(hpa: Mapping[str, object], *, scale_to_zero: bool = False) -> HpaSpec:
    """The spec of an autoscaling/v2 HorizontalPodAutoscaler given as a dictionary, defaults put in.

    ``scale_to_zero`` allows ``minReplicas: 0`` (gate HPAScaleToZero). ValueError, beginning with the path, for what
    the API server refuses and for a target that the controller could never read.
    """
    for key, wanted in (("apiVersion", API_VERSION), ("kind", KIND)):
        if hpa.get(key) != wanted:
            _refuse(key, f"must be {wanted}, not {hpa.get(key)!r}")
    spec = _node(hpa, "", "spec", {"scaleTargetRef", "minReplicas", "maxReplicas", "metrics", "behavior"})
    least = _integer(spec, "spec", "minReplicas", 0 if scale_to_zero else 1, MAX_INT32)
    most = _integer(spec, "spec", "maxReplicas", 1, MAX_INT32)
    if most is None:
        _refuse("spec.maxReplicas", "must be set")
    least = 1 if least is None else least
    if most < least:
        _refuse("spec.maxReplicas", f"must be at least minReplicas, {least}")
    metrics = tuple(_metric(item, f"spec.metrics[{i}]") for i, item in enumerate(_items(spec, "spec", "metrics") or ()))
    made = HpaSpec(max_replicas=most, min_replicas=least, behavior=_behavior(spec))
    if metrics:
        made = HpaSpec(max_replicas=most, min_replicas=least, behavior=made.behavior, metrics=metrics)
    if least == 0 and not made.can_scale_to_zero():
        _refuse("spec.metrics", "must have an Object or External metric, since minReplicas is 0")
    return made


def _refuse(path: str, why: str) -> NoReturn:
    raise ValueError(f"{path}: {why}")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _known(node: Node, path: str, keys: set[str]) -> None:
    for key in node:
        if key not in keys:
            _refuse(_join(path, str(key)), f"is not known here; known: {', '.join(sorted(keys))}")


def _mapping(value: object, path: str) -> Node:
    if not isinstance(value, Mapping):
        _refuse(path, "must be a mapping")
    return value


def _node(parent: Node, path: str, key: str, keys: set[str]) -> Node:
    """A mapping that must be there, with no other keys than these."""
    path = _join(path, key)
    if parent.get(key) is None:
        _refuse(path, "must be set")
    node = _mapping(parent[key], path)
    _known(node, path, keys)
    return node


def _items(parent: Node, path: str, key: str) -> Sequence[object] | None:
    value = parent.get(key)
    if value is None:
        return None
    if not isinstance(value, Sequence) or isinstance(value, str):
        _refuse(_join(path, key), "must be a list")
    return value


def _integer(parent: Node, path: str, key: str, least: int, most: int) -> int | None:
    value = parent.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        _refuse(_join(path, key), f"must be a whole number, not {value!r}")
    if not least <= value <= most:
        _refuse(_join(path, key), f"must be from {least} to {most}, not {value}")
    return value


def _text(parent: Node, path: str, key: str) -> str:
    value = parent.get(key)
    if not isinstance(value, str) or not value:
        _refuse(_join(path, key), "must be set, to text")
    return value


def _word(parent: Node, path: str, key: str, words: Sequence[Word]) -> Word:
    value = parent.get(key)
    for word in words:
        if word == value:
            return word
    _refuse(_join(path, key), f"must be one of {', '.join(words)}, not {value!r}")


def _metric(item: object, path: str) -> MetricSpec:
    node = _mapping(item, path)
    _known(node, path, {"type", *_FIELDS.values()})
    source: Source = _word(node, path, "type", get_args(Source))
    field = _FIELDS[source]
    for other in _FIELDS.values():
        if other != field and node.get(other) is not None:
            _refuse(_join(path, other), f"may not be set beside type {source}")
    container = ""
    if source in ("Resource", "ContainerResource"):
        keys = {"name", "target"} | ({"container"} if source == "ContainerResource" else set())
        body = _node(node, path, field, keys)
        name = _text(body, _join(path, field), "name")
        if source == "ContainerResource":
            container = _text(body, _join(path, field), "container")
    else:
        keys = {"metric", "target"} | ({"describedObject"} if source == "Object" else set())
        body = _node(node, path, field, keys)
        name = _text(
            _node(body, _join(path, field), "metric", {"name", "selector"}), _join(path, f"{field}.metric"), "name"
        )
    return MetricSpec(source, name, _target(body, _join(path, field), source), container)


def _target(parent: Node, path: str, source: Source) -> Target:
    """The target in the field that the controller reads; the type decides for Object metrics only."""
    node = _node(parent, path, "target", {"type", *_TARGET_FIELDS.values()})
    path = _join(path, "target")
    named: TargetKind = _word(node, path, "type", get_args(TargetKind))
    values = {kind: value for kind in get_args(TargetKind) if (value := _target_value(node, path, kind)) is not None}
    given = [kind for kind in _ALLOWED[source] if kind in values]
    fields = " or ".join(_TARGET_FIELDS[kind] for kind in _ALLOWED[source])
    if not given:
        _refuse(path, f"must set {fields}")
    if source == "Object":
        if named not in given:
            _refuse(path, f"of type {named} has no {_TARGET_FIELDS[named]} for the controller to read")
        return Target(named, values[named])
    if len(given) > 1:
        _refuse(path, f"may not set both {fields.replace(' or ', ' and ')}")
    return Target(given[0], values[given[0]])


def _target_value(node: Node, path: str, kind: TargetKind) -> int | None:
    field = _TARGET_FIELDS[kind]
    if kind == "Utilization":
        return _integer(node, path, field, 1, MAX_INT32)
    if node.get(field) is None:
        return None
    text = _quantity(node, path, field)
    if exact(text) <= 0:
        _refuse(_join(path, field), "must be positive")
    return milli_value(text)


def _quantity(node: Node, path: str, key: str) -> str | int | float:
    value = node[key]
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        _refuse(_join(path, key), f"must be a quantity, not {value!r}")
    try:
        exact(value)
    except ValueError as error:
        _refuse(_join(path, key), str(error))
    return value


def _behavior(spec: Node) -> Behavior | None:
    if spec.get("behavior") is None:
        return None
    node = _node(spec, "spec", "behavior", {"scaleUp", "scaleDown"})
    return Behavior(
        up=_rules(node, "spec.behavior", "scaleUp", DEFAULT_SCALE_UP),
        down=_rules(node, "spec.behavior", "scaleDown", DEFAULT_SCALE_DOWN),
    )


def _rules(parent: Node, path: str, key: str, default: ScalingRules) -> ScalingRules:
    """One direction: what is not set, or null, has its default; an empty list of policies is refused."""
    if parent.get(key) is None:
        return default
    node = _node(parent, path, key, {"stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance"})
    path = _join(path, key)
    window = _integer(node, path, "stabilizationWindowSeconds", 0, LONGEST_WINDOW_S)
    items = _items(node, path, "policies")
    if items is not None and not items:
        _refuse(_join(path, "policies"), "must have at least one policy")
    tolerance = None
    if node.get("tolerance") is not None:
        text = _quantity(node, path, "tolerance")
        if exact(text) < 0:
            _refuse(_join(path, "tolerance"), "must not be negative")
        tolerance = approximate_float(text)
    select: Select = default.select
    if node.get("selectPolicy") is not None:
        select = _word(node, path, "selectPolicy", get_args(Select))
    return ScalingRules(
        policies=default.policies
        if items is None
        else tuple(_policy(item, f"{path}.policies[{i}]") for i, item in enumerate(items)),
        window=default.window if window is None else window,
        select=select,
        tolerance=tolerance,
    )


def _policy(item: object, path: str) -> Policy:
    node = _mapping(item, path)
    _known(node, path, {"type", "value", "periodSeconds"})
    kind: PolicyKind = _word(node, path, "type", get_args(PolicyKind))
    value = _integer(node, path, "value", 1, MAX_INT32)
    period = _integer(node, path, "periodSeconds", 1, LONGEST_PERIOD_S)
    if value is None:
        _refuse(_join(path, "value"), "must be set")
    if period is None:
        _refuse(_join(path, "periodSeconds"), "must be set")
    return Policy(kind, value, period)
