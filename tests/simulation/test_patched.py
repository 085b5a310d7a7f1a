"""The rehearsal plays the autoscaler as patches leave it, and says what of a patch it does not see."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp import rehearsal
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.simulation.policy import Policy


def plan(kind: str, autoscaler: str, *patches: dict[str, Any], **scaling: Any) -> RegionPlan:
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {"image": "ghcr.io/acme/mcp-server:1.4.2", "healthPath": "/healthz"},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        "mcp:scaling": {
            "autoscaler": autoscaler,
            **scaling,
            "patches": [{"kind": kind, "patch": patch} for patch in patches],
        },
    }
    return plan_region(load_stack(values, where="case"))


def played(found: RegionPlan) -> Policy:
    return rehearsal.policy(found.first)


def said(found: RegionPlan) -> list[tuple[str, str]]:
    return [(one.path, one.problem) for one in found.findings if one.code == "MCP603"]


def test_the_behaviour_of_a_patched_hpa_is_played() -> None:
    slow = {"spec": {"behavior": {"scaleUp": {"stabilizationWindowSeconds": 900}}}}
    plain, patched = plan("HorizontalPodAutoscaler", "hpa"), plan("HorizontalPodAutoscaler", "hpa", slow)
    before, after = played(plain).spec.behavior, played(patched).spec.behavior
    assert before is not None
    assert after is not None
    assert (before.up.window or 0) < 900 == after.up.window
    assert said(patched) == []


@pytest.mark.grid
def test_the_triggers_of_a_patched_scaled_object_are_played() -> None:
    cpu = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "35", "containerName": "server"}}
    patched = plan("ScaledObject", "keda", {"spec": {"triggers": [cpu]}})
    mine = played(patched)
    assert [
        (source.measure, metric.target.value) for source, metric in zip(mine.sources, mine.spec.metrics, strict=True)
    ] == [("cpu", 35)]
    assert said(patched) == []


def test_what_is_not_seen_is_listed() -> None:
    kafka = {"type": "kafka", "metadata": {"topic": "calls", "lagThreshold": "50"}}
    patched = plan("ScaledObject", "keda", {"spec": {"cooldownPeriod": 60}}, {"spec": {"triggers": [kafka]}})
    ((path, problem),) = said(patched)
    assert path == "mcp:scaling.patches[1].patch"
    assert "spec.triggers[0]: the trigger kafka is not simulated" in problem
    paused = {"metadata": {"annotations": {"autoscaling.keda.sh/paused": "true"}}}
    ((_, problem),) = said(plan("ScaledObject", "keda", paused))
    assert "the annotation autoscaling.keda.sh/paused is not simulated" in problem
    assert said(plan("ScaledObject", "keda", {"metadata": {"labels": {"team": "orders"}}})) == []
