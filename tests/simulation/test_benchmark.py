"""benchmarks/policies.py: who is compared, with which settings, and what counts as worse."""

from __future__ import annotations

import pytest

from benchmarks import policies
from benchmarks.policies import CASES, OURS, Case, Row, losses, play, section, stack
from pulumi_kubernetes_mcp.simulation import hpa
from pulumi_kubernetes_mcp.simulation.load import level


def test_the_others_have_the_settings_that_they_come_with() -> None:
    """The figures of the comparison of systems; in percent of the request."""
    found = {policy.name: policy for policy in policies.policies(stack(500, ["modern"]), large=False)}
    assert len(found) >= 5
    expected = {
        "public guides": (2, 20, [("cpu", 60), ("memory", 70)]),
        "ContextForge chart": (2, 10, [("cpu", 90), ("memory", 90)]),
        "stakater/application": (1, 10, [("cpu", 60), ("memory", 60)]),
        "vitorbari/mcp-operator": (1, 10, [("cpu", 80)]),
    }
    for name, (least, most, targets) in expected.items():
        policy = found[name]
        assert (policy.minimum, policy.maximum) == (least, most)
        assert [(metric.name, metric.target.value) for metric in policy.spec.metrics] == targets
    assert found["MCP lifecycle operator, kmcp, Microsoft gateway"].fixed == 1
    assert all(policy.drain is not None for name, policy in found.items() if name in list(expected)[1:])


def test_for_sessions_the_guides_have_their_documented_mistake() -> None:
    guides = policies.policies(stack(500, ["legacy-stateful"]), large=False)[1]
    assert guides.sources[0].average
    assert guides.sources[0].null_is_zero
    assert guides.spec.metrics[0].target == hpa.Target("AverageValue", 50_000)


def test_a_large_service_has_the_same_bounds_for_all() -> None:
    server = stack(28_000, ["modern"])
    found = policies.policies(server, large=True)
    assert {(one.minimum, one.maximum) for one in found if one.fixed is None} == {
        (server.replicas, server.max_replicas)
    }


def test_without_the_step_pods_have_the_headroom_and_come_as_sessions_do() -> None:
    server = stack(28_000, ["legacy-stateful"])
    mine, other = policies.policies(server, large=True)[0], policies.stepless(server)
    assert [one.step is None for one in mine.sources] == [True, True, False]
    assert [one.measure for one in other.sources] == ["sessions", "cpu"]
    assert [one.target.value for one in mine.spec.metrics] == [50_000, 150, 1000]
    assert [one.target.value for one in other.spec.metrics] == [38_000, 150]
    assert (other.minimum, other.maximum, other.spec.behavior) == (mine.minimum, mine.maximum, mine.spec.behavior)


@pytest.mark.grid
def test_one_policy_plays_one_case() -> None:
    server = stack(500, ["modern"])
    case = Case("level", lambda peak: level(peak, 3600))
    row = play(policies.policies(server, large=False)[0], case, server, seeds=2)
    assert (row.lost_minutes, row.lost_sessions, row.pod_hours) == (0, 0, 3)


def test_worse_is_said_and_fewer_pods_are_no_merit_where_the_objective_is_missed() -> None:
    def table(row: Row) -> dict[str, dict[str, Row]]:
        mine = Row(lost_minutes=2, lost_sessions=10, pod_hours=30, failed=0)
        return {OURS: {"day": mine}, "other": {"day": row}}

    assert list(losses(table(Row(2, 5, 31, 0)))) == ["day: other has 5 lost sessions, ours 10"]
    assert list(losses(table(Row(0, 10, 30, 0)))) == ["day: other has 0 lost minutes, ours 2"]
    assert list(losses(table(Row(60, 0, 1, 0)))) == []


def test_a_section_is_a_table_of_all_cases() -> None:
    row = Row(1, 2, 3, 0)
    text = section("A service", {OURS: {case.name: row for case in CASES}})
    assert text[0] == "## A service"
    assert text[-2] == "| **ours** |" + " 1 / 2 / 3.0 |" * len(CASES)
