"""MCP250: keys of mcp:scaling that nothing reads, and only those."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.autoscaling.args import check
from pulumi_kubernetes_mcp.rules.applied import autoscaler
from pulumi_kubernetes_mcp.settings.models import ScalingSettings
from tests.rules.test_checks import inspected

NONE: dict[str, Any] = {"autoscaler": "none", "replicas": 3}
ADDRESS = {"prometheusAddress": "https://prometheus.monitoring:9090"}
OFFICE = {
    "name": "office", "replicas": 10, "timeZone": "Europe/Berlin", "days": ["weekdays"], "fromTime": "08:00",
    "toTime": "18:00",
}  # fmt: skip


def unread(**scaling: Any) -> list[str]:
    found = [finding for finding in inspected(scaling=scaling).findings if finding.code == "MCP250"]
    return sorted(finding.path.removeprefix("mcp:scaling.") for finding in found)


@pytest.mark.parametrize(
    ("scaling", "keys"),
    [
        (NONE, []),
        ({**NONE, **ADDRESS}, []),
        ({**NONE, "schedules": [], "follow": None}, []),
        ({**NONE, "minReplicas": 2, "maxReplicas": 7, "takeOver": True}, ["minReplicas", "maxReplicas", "takeOver"]),
        ({"autoscaler": "none", "minReplicas": 3, "maxReplicas": 7, "takeOver": False}, []),
        ({"targetPerPod": 4}, ["targetPerPod"]),
        ({**ADDRESS, "follow": "in-flight", "sessionsMetric": "mine"}, ["sessionsMetric"]),
        ({**NONE, "schedules": [OFFICE], "scaleDown": {"pods": 1}}, ["schedules", "scaleDown"]),
        ({**NONE, "query": "sum(up)", "targetPerPod": 4, "dialect": "community"}, ["targetPerPod", "dialect", "query"]),
        ({"minReplicas": 3}, []),
        (ADDRESS, []),
        ({"dialect": "envoy", "hpaName": "mine"}, ["dialect", "hpaName"]),
        ({"scaleDown": {"pods": 1}, "scaleUp": {"pods": 9}, "memoryPercentOfRequest": 90}, []),
        ({**ADDRESS, "follow": "in-flight", "dialect": "envoy", "fallbackFailures": 5, "hpaName": "mine"}, []),
        ({"maxReplicas": 12, "schedules": [OFFICE], "dialect": "envoy", "hpaName": "mine"}, ["dialect"]),
        ({**ADDRESS, "query": "sum(up)", "targetPerPod": 4, "fallbackFailures": 5}, []),
    ],
)
def test_what_nothing_reads_is_told(scaling: dict[str, Any], keys: list[str]) -> None:
    assert unread(**scaling) == sorted(keys)


def test_the_words() -> None:
    (found,) = [one for one in inspected(scaling={**NONE, "follow": "in-flight"}).findings if one.code == "MCP250"]
    assert found.problem == "follow is given, and nothing reads it: autoscaler is 'none'."
    assert found.remedy == "Remove it, or choose another autoscaler."


def test_the_keys_are_keys() -> None:
    assert {*autoscaler.AUTOSCALERS, *autoscaler.BOUNDS, *check.OF_QUERIES} <= set(ScalingSettings.model_fields)
