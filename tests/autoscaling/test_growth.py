"""Where a hash finds the pods: those of the planned peak come at once, before the sessions do."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp import rehearsal
from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.autoscaling.args import autoscaler_spec, autoscaling_findings
from pulumi_kubernetes_mcp.autoscaling.keys import AutoscalingKeys
from pulumi_kubernetes_mcp.server_plan import ServerPlan, plan_server
from pulumi_kubernetes_mcp.settings.load import load_settings
from pulumi_kubernetes_mcp.simulation.documents import from_document
from pulumi_kubernetes_mcp.simulation.load import day, spike
from pulumi_kubernetes_mcp.simulation.run import simulate
from pulumi_kubernetes_mcp.wiring import known_autoscaling_args
from tests.missing import leave_out

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


def test_as_soon_as_the_minimum_is_half_full_the_pods_of_the_peak_come() -> None:
    spec = autoscaler_spec(AutoscalingKeys.model_validate(SESSIONS))
    assert spec.growth == specs.Growth(pods=10, above=57)
    triggers = specs.scaled_object(spec)["triggers"]
    first, second = triggers[0], triggers[-1]
    assert (first["name"], second["name"]) == ("sessions", "growth")
    assert second["metadata"]["query"] == f"10 * (({first['metadata']['query']}) > bool 57)"
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
    assert (plain.says(sessions), stepped.says(sessions)) == (sessions, 10 if sessions > 57 else 0)


def test_prometheus_answers_it_with_the_pods_or_with_none(tmp_path: Path) -> None:
    program = which("promtool")
    if program is None:
        leave_out("promtool is not installed (Debian: prometheus)")
    query = specs.scaled_object(autoscaler_spec(AutoscalingKeys.model_validate(SESSIONS)))["triggers"][-1]["metadata"]
    pods = [f'mcp_active_sse_connections{{namespace="mcp-prod",pod="orders-5d4f8b9c7-{one}2345"}}' for one in "abc"]
    values = ["19 19 20 _ stale", "19 19 19 _ stale", "19 20 19 _ stale"]
    tests = {
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    *({"series": one, "values": value} for one, value in zip(pods, values, strict=True)),
                    # Of another server, and of another namespace.
                    {"series": pods[0].replace("orders", "bills"), "values": "90x9"},
                    {"series": pods[0].replace("mcp-prod", "mcp-test"), "values": "90x9"},
                ],
                "promql_expr_test": [
                    {"expr": query["query"], "eval_time": at, "exp_samples": samples}
                    for at, samples in (
                        ("0m", [{"labels": "{}", "value": 0}]),
                        ("1m", [{"labels": "{}", "value": 10}]),
                        ("2m", [{"labels": "{}", "value": 10}]),
                        # Without a sample there is no series, which KEDA counts as a failed read and not as a zero.
                        ("5m", []),
                    )
                ],
            }
        ],
    }
    (tmp_path / "growth.yaml").write_text(yaml.safe_dump(tests))
    done = subprocess.run(
        [program, "test", "rules", str(tmp_path / "growth.yaml")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert (query["threshold"], query["ignoreNullValues"]) == ("1", "false")


def stack(**changed: dict[str, Any]) -> ServerPlan:
    groups: dict[str, dict[str, Any]] = {
        "region": {"name": "us-east"},
        "server": {"image": "registry.example.com/acme/mcp:1.4.2", "eras": ["legacy-stateful"], "runtime": "node"},
        "workload": {"peakSessions": 600},
        "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        "scaling": {"prometheusAddress": "http://prometheus:9090"},
    }
    for name, keys in changed.items():
        groups[name] = {**groups.get(name, {}), **keys}
    return plan_server(load_settings({f"mcp:{name}": keys for name, keys in groups.items()}, where="test"))


def targets(**changed: dict[str, Any]) -> tuple[float | None, int | None]:
    args = known_autoscaling_args(stack(**changed))
    return args.target_per_pod, args.peak_replicas


def test_above_the_planned_peak_pods_are_filled_before_more_are_added() -> None:
    # 600 sessions at 38 a pod are 16 pods, which have the headroom; the next ones come when all of them are full.
    assert targets() == (50, 16)
    # Who remembers the pod loses nothing by growth, and keeps the headroom at each number of pods.
    assert targets(edge={"affinity": "envelope"}) == (38, None)
    # What somebody says stays, and the pods that it asks for at the peak come at once.
    assert targets(scaling={"targetPerPod": 20}) == (20, 30)
    assert targets(scaling={"targetPerPod": 20}, edge={"affinity": "envelope"}) == (20, None)
    assert targets(scaling={"targetPerPod": 20, "minReplicas": 3, "maxReplicas": 29}) == (20, None)
    assert targets(scaling={"targetPerPod": 20, "follow": "in-flight", "dialect": "reference"}) == (20, None)
    # Where the maximum holds fewer than these pods, none is there before it is needed.
    assert targets(scaling={"minReplicas": 3, "maxReplicas": 15}) == (38, 16)


def test_a_pod_that_would_refuse_sessions_is_full_earlier() -> None:
    # Memory for 52 sessions, and the controller lets a tenth more than the target come: 52 / 1.1.
    tight = stack(workload={"sessionMib": 2.8})
    assert tight.plan.capacity.sessions_per_pod_candidates["memory"] == 52
    assert known_autoscaling_args(tight).target_per_pod == 47
    assert (
        known_autoscaling_args(
            stack(workload={"sessionMib": 2.8}, scaling={"scaleUp": {"tolerance": 0}})
        ).target_per_pod
        == 50
    )


@pytest.mark.grid
def test_a_given_target_keeps_more_sessions_by_the_step() -> None:
    server = stack(scaling={"targetPerPod": 20})
    mine = rehearsal.policy(server)
    assert len(mine.sources) == 3
    without = replace(
        mine,
        sources=mine.sources[:2],
        spec=replace(mine.spec, metrics=mine.spec.metrics[:2]),
    )
    lost = [
        simulate(one, day(600), rehearsal.pod_model(server), rehearsal.options(server, seed=None)).lost_sessions
        for one in (mine, without)
    ]
    assert lost[0] < 0.5 * lost[1]


@pytest.mark.grid
def test_a_doubled_load_ends_fewer_sessions_with_fewer_pods() -> None:
    full, early = (stack(), stack(scaling={"targetPerPod": 38, "minReplicas": 16}))
    lost, hours, missed = zip(
        *(
            (found.lost_sessions, found.pod_hours, found.lost_minutes)
            for server in (full, early)
            for found in [
                simulate(
                    rehearsal.policy(server),
                    spike(600, 2),
                    rehearsal.pod_model(server),
                    rehearsal.options(server, seed=None),
                )
            ]
        ),
        strict=True,
    )
    assert lost[0] < 0.8 * lost[1]
    assert hours[0] < hours[1]
    assert missed[0] <= missed[1]
