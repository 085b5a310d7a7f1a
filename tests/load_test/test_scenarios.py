"""What is played, and that the load of a test is the one that was planned."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.load_test.model import thresholds
from pulumi_kubernetes_mcp.load_test.of_stack import drain_seconds
from pulumi_kubernetes_mcp.load_test.refused import LoadTestError
from pulumi_kubernetes_mcp.load_test.results import mean_level
from pulumi_kubernetes_mcp.load_test.scenarios import NAMES, scenario
from tests.load_test.samples import TOOLS, made, server


def levels(name: str, **options: Any) -> list[tuple[str, float, float]]:
    return [(stage.name, stage.seconds, stage.percent) for stage in scenario(name, **options).stages]


def test_the_guides_figures() -> None:
    """P95 at the peak, half an hour at 80 %, an hour before a launch, twice the load within half a minute."""
    assert levels("peak")[1] == ("hold", 600, 100)
    assert levels("soak")[1] == ("hold", 1800, 80)
    assert levels("soak", first_launch=True)[1] == ("hold", 3600, 80)
    jump = scenario("spike").stages[2]
    assert (jump.name, jump.seconds, jump.ramp, jump.percent, jump.judged) == ("jump", 120, 30, 200, False)
    assert levels("scale-in", drain_seconds=2000)[3] == ("drain", 2000, 25)
    assert [percent for *_, percent in levels("steps")] == [25, 50, 75, 100, 125, 150, 175, 200, 250, 300, 0]


@pytest.mark.parametrize("name", NAMES)
def test_the_points_are_the_stages(name: str) -> None:
    """By hand: a ramp is straight, and each stage ends at its level."""
    test = made(name)
    assert test.points[0] == (0, 0)
    assert test.points[-1] == (test.scenario.seconds, 0)
    assert all(before[0] <= after[0] for before, after in pairwise(test.points))
    now = 0.0
    for stage in test.scenario.stages:
        now += stage.seconds
        assert (now, test.sessions * stage.percent / 100) in test.points
    assert test.users == max(level for _, level in test.points)


def test_the_mean_of_a_ramp_is_its_middle() -> None:
    points = [[0, 0], [10, 100], [20, 100], [20.5, 0]]
    assert mean_level(points, 0, 10) == 50
    assert mean_level(points, 5, 15) == pytest.approx(87.5)
    assert mean_level(points, 10, 20) == 100


def test_the_rate_that_the_plan_expects_is_littles() -> None:
    """100 sessions, 10 s of thought and 0.75 × 200 + 0.25 × 40 = 160 ms of work: 100 / 10.16 calls a second."""
    test = made("peak")
    assert test.calls_per_second(test.scenario.stages[1]) == pytest.approx(100 / 10.16)


def test_what_a_tool_may_take_is_its_own_time_and_the_objective() -> None:
    """A given P95, three times the mean of an exponential, each with the second that a call may wait."""
    assert [tool.limit_milliseconds for tool in made("peak").traffic.tools] == [1500, 1120]


def test_levels_follow_from_the_plan_and_what_is_given() -> None:
    """A pod holds 20 sessions, and 20 / 1.3 = 15 with the headroom free: 100 / 15 are 7 pods."""
    assert (made("peak").sessions, made("peak").pods) == (100, 7)
    assert (made("peak", pods=2).sessions, made("peak", pods=2).pods) == (40, 2)
    assert (made("peak", sessions=7).sessions, made("steps", sessions=30, pods=1).users) == (7, 90)
    steps = made("steps")
    assert steps.sessions == steps.pods * steps.sessions_per_pod


def test_a_short_test_has_short_sessions_and_pauses() -> None:
    test = made("peak", scale=0.01)
    assert test.scenario.seconds == pytest.approx(7.5)
    assert test.traffic.session_seconds == pytest.approx(12)
    assert test.traffic.think_seconds == pytest.approx(3)
    assert made("peak").traffic.think_seconds == 10


def test_eras_are_mixed_as_the_stack_says() -> None:
    both = server(server={"eras": ["modern", "legacy-stateful", "sse"]}, workload={"eraPercent": {}})
    assert made("peak", both).traffic.eras == {"modern": 1, "legacy-stateful": 1}
    said = server(server={"eras": ["modern", "sse"]}, workload={"eraPercent": {"modern": 90, "sse": 10}})
    assert made("peak", said).traffic.eras == {"modern": 90, "sse": 10}
    assert made("peak", said).traffic.sse_url == "https://mcp.example.com/sse"


def test_a_drain_is_watched_as_long_as_the_autoscaler_takes() -> None:
    """A window of 300 s for the HorizontalPodAutoscaler, and ten minutes at least with sessions; none without one."""
    assert drain_seconds(server()) > 300
    assert drain_seconds(server(server={"eras": ["legacy-stateful"]})) > 600
    assert drain_seconds(server(scaling={"autoscaler": "none", "replicas": 3})) == 0


def test_nothing_may_fail_in_a_drain_where_pods_hold_no_sessions() -> None:
    assert thresholds(made("scale-in"))["mcp_failed{stage:drain}"] == ["rate==0"]
    stateful = server(server={"eras": ["legacy-stateful"]})
    assert thresholds(made("scale-in", stateful))["mcp_failed{stage:drain}"] == ["rate<=0.01"]


def test_the_objective_holds_where_the_load_is_the_planned_one() -> None:
    found = thresholds(made("spike"))
    assert found["mcp_call_duration{tool:search,stage:hold}"] == ["p(95)<=1500"]
    assert "mcp_call_duration{tool:search,stage:jump}" not in found
    assert thresholds(made("peak", p95_milliseconds=250))["mcp_call_duration{stage:hold}"] == ["p(95)<=250"]


def test_a_name_that_k6_cannot_read_is_marked_by_a_digest() -> None:
    odd = server(workload={"tools": [{**TOOLS[0], "name": "a,b}", "sharePercent": 100}]})
    (tool,) = made("peak", odd).traffic.tools
    assert tool.tag.startswith("tool-")
    assert f"mcp_call_duration{{tool:{tool.tag},stage:hold}}" in thresholds(made("peak", odd))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "peek"}, "There is no scenario 'peek'. Did you mean 'peak'?"),
        ({"scale": 0}, "--scale 0: give a number above 0"),
        ({"scale": 2}, "--scale 2: give a number above 0"),
        ({"scale": 0.001}, "would take 0.75 s"),
        ({"arguments": {"serch": [{}]}}, "Arguments are given for the tool 'serch'"),
        ({"plan": server(workload={"tools": []})}, "mcp:workload has no tools"),
    ],
)
def test_what_cannot_be_played_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(LoadTestError, match=words.replace("(", r"\(").replace("?", r"\?")):
        made(**{"name": "peak", **options})


@pytest.mark.grid
@given(st.sampled_from(NAMES), st.integers(1, 5000), st.floats(0.01, 1))
def test_no_user_is_wanted_beyond_the_greatest_level(name: str, sessions: int, scale: float) -> None:
    test = made(name, sessions=sessions, scale=scale)
    assert all(0 <= level <= test.users for _, level in test.points)
    assert test.scenario.seconds == pytest.approx(scale * scenario(name, drain_seconds=drain_seconds(server())).seconds)
