"""Where a hash finds the pods: those of the planned peak come at once, before the sessions do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.autoscaling.args import autoscaler_spec, autoscaling_findings
from pulumi_kubernetes_mcp.autoscaling.keys import AutoscalingKeys
from pulumi_kubernetes_mcp.simulation.documents import from_document

SESSIONS: dict[str, Any] = {
    "namespace": "mcp-prod",
    "target": "orders",
    "eras": ["legacy-stateful"],
    "min_replicas": 3,
    "max_replicas": 30,
    "target_per_pod": 38,
    "prometheus_address": "http://prometheus:9090",
    "hashed_affinity": True,
    "peak_replicas": 10,
}


def growth(**changed: Any) -> specs.Growth | None:
    return autoscaler_spec(AutoscalingKeys.model_validate({**SESSIONS, **changed})).growth


def test_as_soon_as_the_minimum_is_too_few_the_pods_of_the_peak_come() -> None:
    spec = autoscaler_spec(AutoscalingKeys.model_validate(SESSIONS))
    assert spec.growth == specs.Growth(pods=10, above=3 * 38)
    triggers = specs.scaled_object(spec)["triggers"]
    first, second = triggers[0], triggers[-1]
    assert (first["name"], second["name"]) == ("sessions", "growth")
    assert second["metadata"]["query"] == f"10 * (({first['metadata']['query']}) > bool 114)"
    assert (second["metadata"]["threshold"], second["metadata"]["ignoreNullValues"]) == ("1", "false")
    assert {key: second[key] for key in second if key not in ("name", "metadata")} == {
        key: first[key] for key in first if key not in ("name", "metadata")
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"hashed_affinity": False},
        {"peak_replicas": None},
        {"peak_replicas": 3},
        {"peak_replicas": 31},
        {"query": "sum(my_sessions)"},
        {"eras": ["modern"]},
        {"follow": "in-flight"},
        {"follow": "cpu"},
    ],
)
def test_where_it_would_end_no_fewer_sessions_there_is_none(changed: dict[str, Any]) -> None:
    assert growth(**changed) is None


def test_no_schedule_takes_its_name() -> None:
    office = {
        "name": "growth",
        "replicas": 8,
        "time_zone": "Europe/Berlin",
        "days": ["weekdays"],
        "from_time": "08:00",
        "to_time": "18:00",
    }
    codes = [
        [one.code for one in autoscaling_findings(AutoscalingKeys.model_validate({**SESSIONS, **keys}))]
        for keys in ({"schedules": [office]}, {"schedules": [office], "hashed_affinity": False})
    ]
    assert ["MCP237" in found for found in codes] == [True, False]


@given(sessions=st.integers(0, 2000))
def test_the_simulation_reads_it_as_prometheus_does(sessions: int) -> None:
    document = {
        "kind": "ScaledObject",
        "spec": specs.scaled_object(autoscaler_spec(AutoscalingKeys.model_validate(SESSIONS))),
    }
    policy = from_document(document, "a")
    assert policy.notes == ()
    plain, stepped = policy.sources[0], policy.sources[-1]
    assert (plain.measure, stepped.measure) == ("sessions", "sessions")
    assert (plain.says(sessions), stepped.says(sessions)) == (sessions, 10 if sessions > 114 else 0)
