"""Rate limits against the planned load, with figures by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.rules.edge import planned_rate_findings
from pulumi_kubernetes_mcp.settings.keys.edge_limits import RateLimit
from tests.rules.test_checks import inspected
from tests.table import table


def limit(requests: int, **keys: Any) -> RateLimit:
    return RateLimit.model_validate({"requests": requests, **keys})


@table(
    "keys, requests, told_of",
    [
        # A session that thinks 10 s and waits 2 s calls 5 times in a minute; 600 of them 3000 times.
        ({"by": "route"}, 2999, True),
        ({"by": "route"}, 3000, False),
        ({"by": "route", "unit": "second"}, 49, True),
        ({"by": "route", "unit": "second"}, 50, False),
        ({"by": "route", "unit": "hour"}, 179_999, True),
        ({"by": "route", "unit": "hour"}, 180_000, False),
        ({}, 4, True),
        ({}, 5, False),
        ({"methods": ["tools/call"]}, 4, True),
        ({"methods": ["tools/list"]}, 1, False),
    ],
)
def test_a_limit_below_the_plan(keys: dict[str, Any], requests: int, told_of: bool) -> None:
    found = planned_rate_findings(limits=[limit(requests, **keys)], sessions=600, calls_per_minute=5, path="p")
    assert bool(found) == told_of


def test_its_words_have_the_planned_figure() -> None:
    (finding,) = planned_rate_findings(limits=[limit(10, by="route")], sessions=600, calls_per_minute=5, path="p")
    assert finding.problem == "10 calls may pass in a minute, and the 600 planned sessions make 3000."
    assert finding.remedy == "Let at least 3000 pass in a minute, or plan fewer."


def test_the_plan_is_that_of_the_stack() -> None:
    workload = {
        "peakSessions": 600,
        "thinkSeconds": 10,
        "tools": [{"name": "search", "sharePercent": 100, "durationMilliseconds": 2000}],
    }
    edge = {"implementation": "envoy-gateway", "rateLimits": [{"requests": 2999, "by": "route"}]}
    plan = inspected(rehearse=False, workload=workload, edge=edge)
    (finding,) = [one for one in plan.findings if one.code == "MCP347"]
    assert finding.path == "mcp:edge.rateLimits[0].requests"
    assert finding.problem == "2999 calls may pass in a minute, and the 600 planned sessions make 3000."


@pytest.mark.parametrize(("requests", "told"), [(29, True), (30, False)])
def test_without_tools_a_session_calls_once_at_least(requests: int, told: bool) -> None:
    """600 sessions of 20 minutes: 30 calls in a minute."""
    edge = {"implementation": "envoy-gateway", "rateLimits": [{"requests": requests, "by": "route"}]}
    plan = inspected(rehearse=False, workload={"dailyUsers": None, "peakSessions": 600}, edge=edge)
    assert any(one.code == "MCP347" for one in plan.findings) == told


def test_the_nearest_method_is_named() -> None:
    limits = [{"requests": 600, "methods": ["task/update", "toolsCall", "server/discovery", "server/run"]}]
    plan = inspected(rehearse=False, edge={"implementation": "envoy-gateway", "rateLimits": limits})
    assert [one.remedy for one in plan.findings if one.code == "MCP366"] == [
        "Give 'tasks/update'.",
        "Give 'tools/call'.",
        "Give 'server/discover'.",
        "Give 'server/discover', or leave it out.",
    ]
