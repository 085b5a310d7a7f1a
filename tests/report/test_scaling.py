"""What the plan and the preview say of the autoscaler, held against the manifest and against hand-made stacks."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from pulumi_kubernetes_mcp import wiring
from pulumi_kubernetes_mcp.autoscaling.args import autoscaler_spec
from pulumi_kubernetes_mcp.autoscaling.spec import behavior_spec
from pulumi_kubernetes_mcp.report.document import Facts, Table
from pulumi_kubernetes_mcp.report.plan import plan_document, planned_data
from pulumi_kubernetes_mcp.report.scaling import scaling_data, scaling_line, scaling_section
from pulumi_kubernetes_mcp.settings.models import ScalingSettings

from .stacks import LEAST, RICH, STACKS, plan_of

STICKY = {
    **LEAST,
    "mcp:server": {**LEAST["mcp:server"], "eras": ["legacy-stateful"]},
    "mcp:edge": {**LEAST["mcp:edge"], "implementation": "envoy-gateway"},
    "mcp:scaling": {"prometheusAddress": "http://prometheus:9090"},
}
OFFICE = {
    "name": "office", "replicas": 5, "timeZone": "Europe/Berlin", "days": ["weekdays"], "fromTime": "08:00",
    "toTime": "18:00", "rampMinutes": 30,
}  # fmt: skip


def with_scaling(values: dict[str, Any], **scaling: object) -> dict[str, Any]:
    return {**values, "mcp:scaling": {**values.get("mcp:scaling", {}), **scaling}}


def facts(design) -> dict[str, str]:
    (found,) = [block for block in scaling_section(design).blocks if isinstance(block, Facts)]
    return dict(found.pairs)


def tables(design) -> dict[str, Table]:
    found = [block for block in scaling_section(design).blocks if isinstance(block, Table)]
    return {table.columns[0].title: table for table in found}


def test_sessions_are_followed_until_a_pod_is_full_where_a_hash_finds_it(tmp_path) -> None:
    design = plan_of(tmp_path, STICKY).region.first
    assert facts(design) == {
        "Object": "ScaledObject mcp-server, from which KEDA makes keda-hpa-mcp-server",
        "Pods": "3 to 6",
        "Follows": "50 sessions a pod",
        "Besides": "CPU at 150 % of the request",
        "Query": 'sum(mcp_active_sse_connections{namespace="mcp-prod-here",pod=~"mcp-server-[a-z0-9]+-[a-z0-9]{5}"})',
        "Without it": "as many pods as run, at least 3, after 4 failed reads",
    }
    assert scaling_line(design) == (
        "KEDA on 50 sessions a pod and CPU at 150 % of the request; up by 4 in 60 s, "
        "down by 1 in 1185 s after 1200 s of less load"
    )


def test_cpu_is_followed_without_sessions(tmp_path) -> None:
    design = plan_of(tmp_path, LEAST).region.first
    assert facts(design) == {
        "Object": "HorizontalPodAutoscaler mcp-server",
        "Pods": "3 to 6",
        "Follows": "CPU at 150 % of the request",
    }
    assert scaling_data(design)["target_per_pod"] is None


def test_a_fixed_number_is_said(tmp_path) -> None:
    values = with_scaling(LEAST, autoscaler="none", replicas=3)
    design = plan_of(tmp_path, values).region.first
    assert scaling_section(design).blocks == ("None: 3 pods, always.",)
    assert scaling_line(design) == "none, 3 pods"
    assert scaling_data(design) == {"kind": "none", "replicas": 3}


@pytest.mark.grid
def test_schedules_show_their_windows_with_the_ramp(tmp_path) -> None:
    design = plan_of(tmp_path, with_scaling(STICKY, schedules=[OFFICE])).region.first
    assert tables(design)["schedule"].rows == (("office", "5", "30 7 * * 1-5 to 0 18 * * 1-5", "Europe/Berlin"),)
    broken = plan_of(tmp_path, with_scaling(STICKY, schedules=[{**OFFICE, "days": ["someday"]}])).region.first
    assert tables(broken)["schedule"].rows == (("office", "5", "", "Europe/Berlin"),)


@pytest.mark.parametrize("name", STACKS)
def test_every_number_of_the_manifest_is_explained(tmp_path, name: str) -> None:
    design = plan_of(tmp_path, STACKS[name]).region.first
    data = scaling_data(design)
    json.dumps(data, allow_nan=False)
    spec = autoscaler_spec(wiring.autoscaling_args(design, "ns", "target"))
    said = {one["key"]: one["value"] for one in data["behavior"]}
    for direction, rules in behavior_spec(spec.behavior).items():
        assert said.pop(f"{direction}.windowSeconds") == str(rules["stabilizationWindowSeconds"])
        (policy,) = rules["policies"]
        assert said.pop(f"{direction}.pods") == str(policy["value"])
        assert said.pop(f"{direction}.periodSeconds") == str(policy["periodSeconds"])
    assert said == {}
    assert all(len(one["reason"]) > 20 for one in data["behavior"])


def test_its_keys_are_keys_of_a_stack_file(tmp_path) -> None:
    scaling = {field.alias: field for field in ScalingSettings.model_fields.values()}
    for row in tables(plan_of(tmp_path, STICKY).region.first)["mcp:scaling"].rows:
        group, key = row[0].split(".")
        assert group in scaling
        (rules,) = [one for one in get_args(scaling[group].annotation) if one is not type(None)]
        assert key in {field.alias for field in rules.model_fields.values()}


@pytest.mark.grid
def test_what_is_given_says_what_would_follow(tmp_path) -> None:
    values = with_scaling(STICKY, targetPerPod=20, scaleDown={"periodSeconds": 300}, memoryPercentOfRequest=90)
    design = plan_of(tmp_path, values).region.first
    assert facts(design)["Follows"] == "20 sessions a pod"
    (row,) = [one for one in tables(design)["mcp:scaling"].rows if one[0] == "scaleDown.periodSeconds"]
    assert row[1] == "300"
    assert row[2].startswith("Given; 1185 would follow: ")


def test_the_plan_has_the_section_and_the_data(tmp_path) -> None:
    server = plan_of(tmp_path, RICH)
    assert [one.title for one in plan_document(server).sections].count("Autoscaler") == 1
    assert planned_data(server)["autoscaler"] == scaling_data(server.region.first)


@pytest.mark.parametrize(
    ("scaling", "line"),
    [
        (
            {"autoscaler": "hpa", "metrics": [{"type": "pods", "name": "busy", "averageValue": "4"}]},
            "HPA on CPU at 150 % of the request and pods metric busy at 4 a pod; up by 4 in 60 s, ",
        ),
        ({"scaleDown": {"select": "disabled"}}, "up by 4 in 60 s, down never"),
        ({"scaleUp": {"percent": 100}}, "up by 4 in 60 s or 100 % in 60 s, down by"),
        ({"scaleUp": {"percent": 10, "select": "min"}}, "up by 4 in 60 s or 10 % in 60 s, whichever is less, down"),
    ],
)
def test_the_line_says_what_the_autoscaler_does(tmp_path, scaling: dict[str, Any], line: str) -> None:
    design = plan_of(tmp_path, with_scaling(STICKY, **scaling)).region.first
    assert line in scaling_line(design)
    data = scaling_data(design)
    if "metrics" in scaling:
        assert (data["follows"], data["query"], data["fallback_replicas"]) == (None, None, None)
        assert [one["type"] for one in data["metrics"]] == ["Pods"]
