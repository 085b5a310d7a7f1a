"""Policies from what a person has: a HorizontalPodAutoscaler or a ScaledObject as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..autoscaling.spec import read as read_query
from ..server.spec import CONTAINER
from . import hpa
from .cron import CronError, Window, parse
from .policy import Fallback, FallbackBehavior, Follows, Keda, Policy, Source

FIRST_API_VERSION = "autoscaling/v1"
LISTS = ("List", "HorizontalPodAutoscalerList", "ScaledObjectList")
KEDA_API_VERSION = "keda.sh/v1alpha1"
KEDA_MIN_REPLICAS = 0
KEDA_MAX_REPLICAS = 100
KEDA_POLLING_SECONDS = 30
KEDA_COOLDOWN_SECONDS = 300
"""What KEDA takes where a ScaledObject does not say."""

Known = Mapping[str, Follows]
"""A query, or the name of a metric, to what it measures, where the words do not say it."""

_FOLLOWS: tuple[tuple[str, Follows], ...] = (
    (r"active_requests\W.*method\s*=~?\s*[\"']GET", "sessions"),
    (r"in_?flight|active_requests|rq_active|concurren|pending|queue", "in-flight"),
    (r"\b(i?rate|increase)\s*\(|_rps\b|per_second|requests_per", "calls"),
    (r"session|sse|stream|connection|client", "sessions"),
)
_AVERAGE = re.compile(r"^\s*avg\b|/\s*(count|sum|scalar)\b")
_RANGE = re.compile(r"\[\s*(\d+)\s*([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
RESOURCES = ("cpu", "memory")
_NOT_SIMULATED = ("scalingModifiers", "scalingStrategy")


class PolicyError(ValueError):
    """A manifest that is no autoscaler, or one that the API refuses; the message begins with the path."""


_STEP = re.compile(r"(\d+(?:\.\d+)?) \* \(\((.+)\) > bool (\d+(?:\.\d+)?)\)", re.DOTALL)
"""So many pods while a query says more than a number, as the growth of a ScaledObject does."""


def from_document(document: object, name: str, known: Known | None = None) -> Policy:
    """The policy of an autoscaling/v2 or v1 HorizontalPodAutoscaler or a keda.sh/v1alpha1 ScaledObject.

    A metric that the simulation does not know, by its name or query, is one that always fails; a note says so.

    :param name: what the report calls it.
    :param known: metrics whose names do not say what they measure.
    :raises PolicyError: with the path of what is wrong.
    """
    if not isinstance(document, Mapping):
        raise PolicyError("it is no Kubernetes object; give one HorizontalPodAutoscaler or ScaledObject")
    kind = document.get("kind")
    try:
        if kind == "HorizontalPodAutoscaler":
            return _of_hpa(document, name, known or {})
        if kind == "ScaledObject":
            return _of_scaled_object(document, name, known or {})
    except PolicyError:
        raise
    except ValueError as problem:
        raise PolicyError(str(problem)) from None
    raise PolicyError(f"kind: {kind!r} is no autoscaler; give a HorizontalPodAutoscaler or a ScaledObject")


def unlisted(documents: Iterable[object]) -> Iterator[object]:
    """The objects of a file: those of a ``kind: List`` one by one, and nothing for empty documents."""
    for document in documents:
        items = document.get("items") if isinstance(document, Mapping) and _is_list(document) else None
        if isinstance(items, list):
            yield from unlisted(items)
        elif document is not None:
            yield document


def _is_list(document: Mapping[str, object]) -> bool:
    return document.get("kind") in LISTS


def _of_hpa(document: Mapping[str, Any], name: str, known: Known) -> Policy:
    bare = {key: document[key] for key in ("apiVersion", "kind", "spec") if key in document}
    spec = hpa.from_manifest(_second(bare) if bare.get("apiVersion") == FIRST_API_VERSION else bare)
    sources, notes = [], []
    for metric in spec.metrics:
        source, note = _source_of(metric, known)
        sources.append(source)
        notes += note
    return Policy(name=name, spec=spec, sources=tuple(sources), notes=tuple(notes))


def _second(first: Mapping[str, Any]) -> dict[str, Any]:
    """An autoscaling/v1 HorizontalPodAutoscaler as autoscaling/v2, as the API server turns it."""
    spec = dict(_map(first.get("spec"), "spec"))
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    if percent is not None:
        if not isinstance(percent, int) or isinstance(percent, bool) or percent < 1:
            raise PolicyError(f"spec.targetCPUUtilizationPercentage: {percent!r} is no whole number from 1 on")
        target = {"type": "Utilization", "averageUtilization": percent}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    return {**first, "apiVersion": "autoscaling/v2", "spec": spec}


def _source_of(metric: hpa.MetricSpec, known: Known) -> tuple[Source, list[str]]:
    if metric.source in ("Resource", "ContainerResource"):
        if metric.container and metric.container != CONTAINER:
            return _of_no_container(metric.container)
        if metric.name in ("cpu", "memory"):
            return Source(measure=cast(Follows, metric.name), external=False), []
        return Source(measure="unknown"), [f"the resource {metric.name} is not simulated: the metric always fails"]
    source, notes = _by_words(metric.name, known)
    if metric.source == "Pods":
        source = Source(measure=source.measure, per_pod=True)
    return source, notes


def _of_no_container(name: str | None) -> tuple[Source, list[str]]:
    """A resource of a container that the pods do not have. It fails in the controller: no fallback of KEDA answers."""
    note = f"the pods have the container '{CONTAINER}' and no '{name}': the metric always fails"
    return Source(measure="unknown", external=False), [note]


def _by_words(text: str, known: Known) -> tuple[Source, list[str]]:
    average = bool(_AVERAGE.search(text))
    found = _RANGE.search(text)
    window = float(int(found[1]) * _SECONDS[found[2]]) if found else 120.0
    for metric, measure in known.items():
        if text == metric or re.search(rf"(?<![\w:]){re.escape(metric)}(?![\w:])", text):
            return Source(measure=measure, average=average, rate_seconds=window), []
    for pattern, measure in _FOLLOWS:
        if re.search(pattern, text, re.IGNORECASE | re.DOTALL):
            return Source(measure=measure, average=average, rate_seconds=window), []
    return Source(measure="unknown"), [f"it is not known what '{_cut(text)}' counts: the metric always fails"]


def counts_calls(query: str) -> bool:
    """Whether the words of a query say that it counts calls per second."""
    return _by_words(query, {})[0].measure == "calls"


def _by_query(query: str, known: Known) -> tuple[Source, list[str]]:
    """What a query of a prometheus trigger counts. KEDA takes exactly one series, and fails on any other answer."""
    if stepped := _STEP.fullmatch(query):
        source, notes = _by_query(stepped[2], known)
        return replace(source, step=(float(stepped[3]), float(stepped[1]))), notes
    if query not in known and (reading := read_query(query)).single is False:
        note = f"KEDA takes one series, and '{_cut(query)}' returns {reading.series.value}"
        return Source(measure="unknown"), [f"{note}: the metric always fails"]
    return _by_words(query, known)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _of_scaled_object(document: Mapping[str, Any], name: str, known: Known) -> Policy:
    if document.get("apiVersion", KEDA_API_VERSION) != KEDA_API_VERSION:
        raise PolicyError(f"apiVersion: must be {KEDA_API_VERSION}, not {document.get('apiVersion')!r}")
    spec = _map(document.get("spec"), "spec")
    triggers = spec.get("triggers") or []
    if not isinstance(triggers, Sequence) or isinstance(triggers, str) or not triggers:
        raise PolicyError("spec.triggers: a ScaledObject has a list of at least one trigger")
    metrics: list[dict[str, Any]] = []
    sources: list[Source] = []
    notes: list[str] = []
    for place, trigger in enumerate(triggers):
        metric, source, note = _trigger(_map(trigger, f"spec.triggers[{place}]"), place, known)
        metrics.append(metric)
        sources.append(source)
        notes += note
    advanced = _map(spec.get("advanced") or {}, "spec.advanced")
    notes += [f"spec.advanced.{key} is not simulated" for key in _NOT_SIMULATED if advanced.get(key)]
    notes += _paused(document)
    config = _map(advanced.get("horizontalPodAutoscalerConfig") or {}, "spec.advanced.horizontalPodAutoscalerConfig")
    least = _whole(spec, "spec", "minReplicaCount", KEDA_MIN_REPLICAS)
    resources_only = all(trigger.get("type") in RESOURCES for trigger in triggers)
    _check_least(spec, least, resources_only=resources_only)
    written: dict[str, Any] = {
        "scaleTargetRef": spec.get("scaleTargetRef") or {},
        "minReplicas": max(1, least),
        "maxReplicas": _whole(spec, "spec", "maxReplicaCount", KEDA_MAX_REPLICAS),
        "metrics": metrics,
    }
    if config.get("behavior"):
        written["behavior"] = config["behavior"]
    try:
        made = hpa.from_manifest({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "spec": written})
    except ValueError as problem:
        raise PolicyError(f"the HorizontalPodAutoscaler that KEDA makes: {problem}") from None
    keda = Keda(
        polling_seconds=_polling(spec),
        cooldown_seconds=_whole(spec, "spec", "cooldownPeriod", KEDA_COOLDOWN_SECONDS),
        # Where only resources scale KEDA keeps the workload active, whatever idleReplicaCount says.
        to_zero=not resources_only and (least == 0 or spec.get("idleReplicaCount") == 0),
        fallback=_fallback(spec),
    )
    return Policy(name=name, spec=made, sources=tuple(sources), keda=keda, notes=tuple(notes))


def _check_least(spec: Mapping[str, Any], least: int, *, resources_only: bool) -> None:
    """What KEDA's webhook refuses, in its words: cpu and memory of no pods can wake none."""
    if resources_only and least == 0:
        raise PolicyError(
            "spec.minReplicaCount: scaledobject has only cpu/memory triggers AND minReplica is 0 "
            "(scale to zero doesn't work in this case)"
        )
    # Of a minimum of 0 that is written KEDA makes 1 here; of one that is left out it does not.
    bound = max(1, least) if "minReplicaCount" in spec else 0
    idle = _whole(spec, "spec", "idleReplicaCount", -1) if "idleReplicaCount" in spec else -1
    if idle >= bound:
        raise PolicyError(f"spec.idleReplicaCount: IdleReplicaCount={idle} must be less than MinReplicaCount={bound}")


def _polling(spec: Mapping[str, Any]) -> float:
    """The polling interval, as whole steps of the simulation."""
    seconds = _whole(spec, "spec", "pollingInterval", KEDA_POLLING_SECONDS)
    if seconds < 1:
        raise PolicyError("spec.pollingInterval: must be at least 1")
    return max(5.0, round(seconds / 5) * 5.0)


def _paused(document: Mapping[str, Any]) -> list[str]:
    metadata = document.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(annotations, Mapping):
        return []
    prefix = "autoscaling.keda.sh/"
    return [f"the annotation {key} is not simulated" for key in map(str, annotations) if key.startswith(prefix)]


def _trigger(trigger: Mapping[str, Any], place: int, known: Known) -> tuple[dict[str, Any], Source, list[str]]:
    """The metric that KEDA makes of a trigger, and where it comes from."""
    kind, path = trigger.get("type"), f"spec.triggers[{place}]"
    metadata = _map(trigger.get("metadata") or {}, f"{path}.metadata")
    if kind in RESOURCES:
        return _resource(str(kind), trigger, metadata, path)
    metric_type = trigger.get("metricType", "AverageValue")
    if metric_type not in ("AverageValue", "Value"):
        raise PolicyError(f"{path}.metricType: must be AverageValue or Value, not {metric_type!r}")
    if kind == "cron":
        metric = _external(place, "cron", metric_type, "1")
        return metric, Source(measure="cron", window=_window(metadata, path)), []
    if kind == "prometheus":
        return _prometheus(trigger, metadata, place, known)
    note = f"{path}: the trigger {kind} is not simulated: its metric always fails"
    return _external(place, str(kind), metric_type, "1"), Source(measure="unknown"), [note]


def _prometheus(
    trigger: Mapping[str, Any], metadata: Mapping[str, Any], place: int, known: Known
) -> tuple[dict[str, Any], Source, list[str]]:
    path = f"spec.triggers[{place}]"
    for key in ("query", "threshold"):
        if not str(metadata.get(key, "")).strip():
            raise PolicyError(f"{path}.metadata.{key}: a prometheus trigger needs it")
    found, notes = _by_query(str(metadata["query"]), known)
    activation = str(metadata.get("activationThreshold", "0"))
    try:
        above = float(activation)
    except ValueError:
        raise PolicyError(f"{path}.metadata.activationThreshold: '{activation}' is no number") from None
    source = Source(
        measure=found.measure,
        average=found.average,
        rate_seconds=found.rate_seconds,
        step=found.step,
        null_is_zero=str(metadata.get("ignoreNullValues", "true")).lower() == "true",
        cached=trigger.get("useCachedMetrics") is True,
        activation=above,
    )
    metric = _external(place, "prometheus", trigger.get("metricType", "AverageValue"), str(metadata["threshold"]))
    return metric, source, [f"{path}: {note}" for note in notes]


def _resource(
    kind: str, trigger: Mapping[str, Any], metadata: Mapping[str, Any], path: str
) -> tuple[dict[str, Any], Source, list[str]]:
    value, container = str(metadata.get("value", "")), metadata.get("containerName")
    if "type" in metadata:
        raise PolicyError(
            f"{path}.metadata.type: scaler {kind} info: The 'type' setting is DEPRECATED and is removed in v2.18 - "
            "Use 'metricType' instead. KEDA makes no autoscaler of this"
        )
    metric_type = trigger.get("metricType", "")
    if metric_type not in ("Utilization", "AverageValue"):
        raise PolicyError(
            f"{path}.metricType: unknown metric type: {metric_type}, allowed values are 'Utilization' or 'AverageValue'"
        )
    if metric_type == "Utilization":
        if not value.isdecimal():
            raise PolicyError(f"{path}.metadata.value: '{value}' is no percentage")
        target: dict[str, Any] = {"type": "Utilization", "averageUtilization": int(value)}
    else:
        target = {"type": "AverageValue", "averageValue": value}
    source = Source(measure=cast(Follows, kind), external=False)
    if container:
        body = {"name": kind, "container": container, "target": target}
        notes: list[str] = []
        if container != CONTAINER:
            source, notes = _of_no_container(str(container))
        return {"type": "ContainerResource", "containerResource": body}, source, [f"{path}: {one}" for one in notes]
    return {"type": "Resource", "resource": {"name": kind, "target": target}}, source, []


def _external(place: int, kind: str, metric_type: str, value: str) -> dict[str, Any]:
    key = "value" if metric_type == "Value" else "averageValue"
    target = {"type": metric_type, key: value}
    return {"type": "External", "external": {"metric": {"name": f"s{place}-{kind}"}, "target": target}}


def _window(metadata: Mapping[str, Any], path: str) -> Window:
    wanted = {key: str(metadata.get(key, "")) for key in ("start", "end", "timezone", "desiredReplicas")}
    for key, value in wanted.items():
        if not value:
            raise PolicyError(f"{path}.metadata.{key}: a cron trigger needs it")
    for key in ("start", "end"):
        try:
            parse(wanted[key])
        except CronError as problem:
            raise PolicyError(f"{path}.metadata.{key}: '{wanted[key]}' is no cron expression. {problem}") from None
    if wanted["start"] == wanted["end"]:
        raise PolicyError(f"{path}.metadata.end: must differ from start, '{wanted['start']}'")
    try:
        ZoneInfo(wanted["timezone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PolicyError(f"{path}.metadata.timezone: '{wanted['timezone']}' is no IANA time zone") from None
    if not wanted["desiredReplicas"].isdecimal():
        raise PolicyError(f"{path}.metadata.desiredReplicas: '{wanted['desiredReplicas']}' is no number of pods")
    return Window(
        start=wanted["start"],
        end=wanted["end"],
        time_zone=wanted["timezone"],
        replicas=int(wanted["desiredReplicas"]),
    )


def _fallback(spec: Mapping[str, Any]) -> Fallback | None:
    given = spec.get("fallback")
    if not given:
        return None
    found = _map(given, "spec.fallback")
    behavior = found.get("behavior", "static")
    if behavior not in get_args(FallbackBehavior):
        raise PolicyError(f"spec.fallback.behavior: must be one of {', '.join(get_args(FallbackBehavior))}")
    for key in ("failureThreshold", "replicas"):
        if key not in found:
            raise PolicyError(f"spec.fallback.{key}: must be set")
    return Fallback(
        failures=_whole(found, "spec.fallback", "failureThreshold", 0),
        replicas=_whole(found, "spec.fallback", "replicas", 0),
        behavior=behavior,
    )


def _map(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{path}: must be a map")
    return value


def _whole(owner: Mapping[str, Any], path: str, key: str, default: int) -> int:
    value = owner.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise PolicyError(f"{path}.{key}: {value!r} is no whole number from 0 on")
    return value
