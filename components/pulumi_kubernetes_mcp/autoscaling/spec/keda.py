"""A KEDA ScaledObject, and the TriggerAuthentication that it may need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pulumi

from ...kubernetes.objects import Spec, text
from .behavior import behavior_spec, floor_value
from .hpa import scale_target
from .model import Authentication, AutoscalerSpec, Growth
from .schedules import Schedule, crons

GROWTH = "growth"
"""Name of the trigger that lets pods come before the sessions do."""
TAKE_OVER = {"scaledobject.keda.sh/transfer-hpa-ownership": "true"}
"""Lets KEDA make an existing HorizontalPodAutoscaler its own, which is then named in the ScaledObject."""


def scaled_object(autoscaler: AutoscalerSpec) -> Spec:
    """The spec of a ScaledObject: sessions, schedules and CPU together, so that no second autoscaler is needed.

    The sum of the sessions with ``AverageValue`` makes the controller ask for sum / target pods. A missing
    metric is an error, not a zero, and the fallback then never goes below the present count.

    What is KEDA's default is left out where KEDA minds it: it drops ``restoreToOriginalReplicaCount: false`` when it
    labels the object, and warns at each apply about an interval that it does not need.
    """
    config: Spec = {"behavior": behavior_spec(autoscaler.behavior)}
    if autoscaler.hpa_name is not None:
        config["name"] = autoscaler.hpa_name
    return {
        "scaleTargetRef": scale_target(autoscaler),
        **({} if autoscaler.polling_seconds is None else {"pollingInterval": autoscaler.polling_seconds}),
        "minReplicaCount": autoscaler.min_replicas,
        "maxReplicaCount": autoscaler.max_replicas,
        **_fallback(autoscaler),
        "advanced": {"horizontalPodAutoscalerConfig": config},
        "triggers": [
            *_source_trigger(autoscaler),
            *_cpu_triggers(autoscaler),
            *_cron_triggers(autoscaler),
            *_growth_trigger(autoscaler),
        ],
    }


def trigger_authentication(authentication: Authentication) -> Spec:
    """The spec of a TriggerAuthentication: which key of the Secret is which parameter of KEDA."""
    return {
        "secretTargetRef": [
            {"parameter": parameter, "name": authentication.secret_name, "key": key}
            for parameter, key in authentication.keys
        ]
    }


def trigger_names(schedules: Sequence[Schedule]) -> list[str]:
    """The names of the triggers that schedules become, in order."""
    return [name for schedule in schedules for name, _, _ in _named_pairs(schedule)]


def _fallback(autoscaler: AutoscalerSpec) -> Spec:
    """None for CPU and schedules, which are never missing; KEDA refuses one for CPU alone.

    It counts from the failed read *after* ``failureThreshold`` of them in a row, one at each sync of the controller.
    The present count wins over a greater one only: ``static`` would take pods away from a load that nobody sees.
    """
    if autoscaler.source is None:
        return {}
    return {
        "fallback": {
            "failureThreshold": autoscaler.fallback_failures,
            "replicas": autoscaler.fallback_replicas,
            "behavior": "currentReplicasIfHigher",
        }
    }


def _source_trigger(autoscaler: AutoscalerSpec) -> Iterator[Spec]:
    source = autoscaler.source
    if source is not None:
        yield _prometheus(autoscaler, source.name, source.query, _number(source.target_per_pod))


def _growth_trigger(autoscaler: AutoscalerSpec) -> Iterator[Spec]:
    source, growth = autoscaler.source, autoscaler.growth
    if source is not None and growth is not None:
        yield _prometheus(autoscaler, GROWTH, growth_query(growth, source.query), "1")


def _prometheus(autoscaler: AutoscalerSpec, name: str, query: pulumi.Input[str], threshold: str) -> Spec:
    authentication = autoscaler.authentication
    metadata: Spec = {
        "serverAddress": autoscaler.prometheus_address,
        "query": query,
        "threshold": threshold,
        "ignoreNullValues": "false",
    }
    trigger: Spec = {"type": "prometheus", "name": name, "metricType": "AverageValue", "metadata": metadata}
    if authentication is not None:
        metadata["authModes"] = ",".join(authentication.modes)
        trigger["authenticationRef"] = {"name": authentication.name, "kind": authentication.kind}
    return trigger


def growth_query(growth: Growth, query: pulumi.Input[str]) -> pulumi.Input[str]:
    """The pods of a step while there is more of what ``query`` counts, and 0 while there is not."""
    before, after = f"{growth.pods} * ((", f") > bool {_number(growth.above)})"
    return text(before, query, after)


def _cpu_triggers(autoscaler: AutoscalerSpec) -> list[Spec]:
    wanted = {"cpu": autoscaler.cpu_percent, "memory": autoscaler.memory_percent}
    return [
        {
            "type": resource,
            "name": resource,
            "metricType": "Utilization",
            "metadata": {"value": str(percent), "containerName": autoscaler.container},
        }
        for resource, percent in wanted.items()
        if percent is not None
    ]


def _cron_triggers(autoscaler: AutoscalerSpec) -> Iterator[Spec]:
    tolerance = autoscaler.behavior.up.tolerance
    for schedule in autoscaler.schedules:
        for name, start, end in _named_pairs(schedule):
            yield {
                "type": "cron",
                "name": name,
                "metricType": "AverageValue",
                "metadata": {
                    "timezone": schedule.time_zone,
                    "start": start,
                    "end": end,
                    "desiredReplicas": str(floor_value(schedule.replicas, tolerance)),
                },
            }


def _named_pairs(schedule: Schedule) -> Iterator[tuple[str, str, str]]:
    for number, (start, end) in enumerate(crons(schedule), start=1):
        yield schedule.name if number == 1 else f"{schedule.name}-{number}", start, end


def _number(value: float) -> str:
    """Without a fraction where there is none, as a person would write it."""
    return str(int(value)) if value == int(value) else repr(float(value))
