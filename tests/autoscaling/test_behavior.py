"""How fast the number of pods moves: each number, by hand, and its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.autoscaling.spec import Given, Policy, Rules


def basis(sessions: bool = False, maximum: int = 30, minutes: float = 20, drain: int | None = None) -> specs.Basis:
    window = min(3600, max(600, round(minutes * 60))) if sessions else 300
    return specs.Basis(
        sessions=sessions,
        session_minutes=minutes,
        max_replicas=maximum,
        scale_down_window_seconds=window,
        drain_seconds=drain,
    )


def up(*policies: Policy, select: str = "Max") -> Rules:
    return Rules(window_seconds=0, policies=policies, select=select)


@pytest.mark.parametrize(
    ("sessions", "maximum", "minutes", "step"),
    [
        (False, 1, 20, 4),
        (False, 36, 20, 4),
        (False, 37, 20, 5),
        (False, 100, 20, 12),
        (False, 100, 0.5, 12),
        (True, 30, 20, 4),
        (True, 30, 3, 4),
        (True, 30, 2, 5),
        (True, 30, 1, 10),
        (True, 100, 20, 12),
        (True, 100, 1, 34),
    ],
)
def test_a_doubled_load_is_there_in_three_minutes(sessions: bool, maximum: int, minutes: float, step: int) -> None:
    """A third of the maximum in three minutes, at least four; with sessions as many as their arrivals fill."""
    assert specs.step_up(basis(sessions, maximum, minutes)) == step


@pytest.mark.parametrize(
    ("sessions", "maximum", "step"), [(True, 30, 10), (True, 69, 23), (True, 6, 4), (False, 30, 4)]
)
def test_where_a_hash_finds_the_pods_a_doubled_load_is_there_in_one_step(
    sessions: bool, maximum: int, step: int
) -> None:
    """Each change ends sessions: fewer and larger ones end fewer."""
    hashed = replace(basis(sessions, maximum), hashed=True)
    assert specs.step_up(hashed) == step
    said = next(one for one in specs.explained(hashed) if one.key == "scale_up.pods")
    assert ("in one step" in said.reason) == sessions


@pytest.mark.parametrize(
    ("policies", "select", "rate"),
    [
        # A third of 30 is 10 pods, and 3 × 4 more are wanted.
        ([Policy("Pods", 4, 60)], "Max", 4),
        ([Policy("Pods", 1, 15)], "Max", 4),
        ([Policy("Pods", 8, 120)], "Max", 4),
        # The controller looks every 15 s: 80 s act as 90, and 5 as 15.
        ([Policy("Pods", 4, 80)], "Max", 8 / 3),
        ([Policy("Pods", 1, 5)], "Max", 4),
        # 10 → 20 → 40 in two steps of 15 s
        ([Policy("Percent", 100, 15)], "Max", 60),
        # 10 → 11 → … → 22: one more each time, since 1 % is rounded up
        ([Policy("Percent", 1, 60)], "Max", 1),
        ([Policy("Pods", 8, 60), Policy("Percent", 1, 60)], "Min", 1),
        ([Policy("Pods", 1, 1800), Policy("Percent", 1, 1800)], "Max", 1 / 30),
        ([Policy("Pods", 4, 60)], "Disabled", 0),
    ],
)
def test_pods_per_minute(policies: list[Policy], select: str, rate: float) -> None:
    assert specs.rate_up(basis(maximum=30), up(*policies, select=select)) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("sessions", "maximum", "step"),
    [(False, 1, 1), (False, 30, 1), (False, 31, 2), (False, 100, 4), (True, 30, 1), (True, 1000, 1)],
)
def test_pods_with_sessions_go_one_by_one(sessions: bool, maximum: int, step: int) -> None:
    assert specs.step_down(basis(sessions, maximum)) == step


@pytest.mark.parametrize(("drain", "period"), [(None, 60), (30, 60), (130, 130), (4000, 1800)])
def test_one_pod_has_ended_before_the_next_one_begins(drain: int | None, period: int) -> None:
    assert specs.drained_period(basis(True, drain=drain)) == period
    assert specs.period_down(basis(True, minutes=1, drain=drain)) == period


@pytest.mark.parametrize(
    ("sessions", "maximum", "minutes", "drain", "period"),
    [
        (False, 30, 20, 600, 60),
        (True, 30, 20, None, 1185),
        (True, 30, 20, 1300, 1300),
        (True, 30, 0.5, None, 60),
        (True, 30, 60, None, 1800),
        # 24 h × 3 / 273 = 949: 91 pods, a third, in a day, at every 63rd look of the controller.
        (True, 273, 20, None, 945),
        (True, 273, 20, 1000, 1000),
        (True, 100_000, 20, None, 60),
    ],
)
def test_a_pod_with_sessions_goes_once_in_their_length(
    sessions: bool, maximum: int, minutes: float, drain: int | None, period: int
) -> None:
    assert specs.period_down(basis(sessions, maximum, minutes, drain=drain)) == period


@pytest.mark.parametrize(
    ("window", "drain", "derived", "period"),
    [(1200, None, 1200, 1185), (1200, 1500, 1515, 1500), (600, 900, 915, 900), (3600, 4000, 3600, 1800)],
)
def test_the_window_is_longer_than_the_period(window: int, drain: int | None, derived: int, period: int) -> None:
    """The controller counts back what it added within a period: with a shorter window all of it would go at once."""
    era_profile = replace(basis(True, minutes=20, drain=drain), scale_down_window_seconds=window)
    assert specs.window_down(era_profile) == derived
    assert specs.period_down(era_profile) == min(period, derived - 15)
    given = specs.behavior_of(era_profile, down=Given(window_seconds=700)).down
    assert given.policies[0].period_seconds == max(685, specs.drained_period(era_profile))


def test_the_derived_behavior() -> None:
    assert specs.behavior_spec(specs.derived(basis(True, drain=130))) == {
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "selectPolicy": "Max",
            "policies": [{"type": "Pods", "value": 4, "periodSeconds": 60}],
        },
        "scaleDown": {
            "stabilizationWindowSeconds": 1200,
            "selectPolicy": "Max",
            "policies": [{"type": "Pods", "value": 1, "periodSeconds": 1185}],
        },
    }


def test_every_number_can_be_said() -> None:
    said = specs.behavior_of(
        basis(True),
        Given(window_seconds=30, pods=8, percent=100, period_seconds=15, select="min", tolerance=0.05),
        Given(window_seconds=3600, pods=2, period_seconds=300, select="disabled", tolerance=0.0),
    )
    assert specs.behavior_spec(said) == {
        "scaleUp": {
            "stabilizationWindowSeconds": 30,
            "selectPolicy": "Min",
            "policies": [
                {"type": "Pods", "value": 8, "periodSeconds": 15},
                {"type": "Percent", "value": 100, "periodSeconds": 15},
            ],
            "tolerance": "50m",
        },
        "scaleDown": {
            "stabilizationWindowSeconds": 3600,
            "selectPolicy": "Disabled",
            "policies": [{"type": "Pods", "value": 2, "periodSeconds": 300}],
            "tolerance": "0",
        },
    }


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (1, "1"), (0.1, "100m"), (0.055, "55m"), (1.5, "1500m")])
def test_a_quantity_in_the_servers_own_spelling(number: float, text: str) -> None:
    from pulumi_kubernetes_mcp.autoscaling.spec.behavior import quantity

    assert quantity(number) == text


@pytest.mark.parametrize(
    ("rules", "begin", "goal", "minutes"),
    [
        (up(Policy("Pods", 4, 60)), 10, 10, 0),
        (up(Policy("Pods", 4, 60)), 10, 5, 0),
        # One step and 120 s for the pods to start.
        (up(Policy("Pods", 4, 60)), 3, 7, 2),
        # Five steps, each of them a minute after the one before; a period of 61 s acts as 75.
        (up(Policy("Pods", 4, 60)), 3, 20, 6),
        (up(Policy("Pods", 4, 61)), 3, 20, 7),
        (up(Policy("Pods", 4, 60), Policy("Percent", 100, 60)), 4, 64, 5),
        (up(Policy("Pods", 4, 60), Policy("Percent", 100, 60), select="Min"), 4, 16, 4),
        (up(Policy("Percent", 10, 60)), 0, 5, None),
        (up(Policy("Pods", 4, 60), select="Disabled"), 3, 7, None),
        (up(Policy("Pods", 4, 60), select="Disabled"), 7, 7, 0),
    ],
)
def test_how_long_the_way_up_takes(rules: Rules, begin: int, goal: int, minutes: int | None) -> None:
    assert specs.minutes_between(begin, goal, rules) == minutes


@pytest.mark.parametrize(
    ("replicas", "tolerance", "value"),
    [
        (1, None, 1),
        (2, None, 2),
        (10, None, 10),
        (11, None, 12),
        (40, None, 43),
        (100, None, 109),
        (100, 0.0, 100),
        (100, 0.05, 104),
    ],
)
def test_a_floor_holds_in_spite_of_the_tolerance(replicas: int, tolerance: float | None, value: int) -> None:
    assert specs.floor_value(replicas, tolerance) == value


@pytest.mark.grid
@given(st.integers(1, 2000), st.sampled_from([None, 0.0, 0.01, 0.05, 0.1, 0.5]))
def test_no_count_below_a_floor_is_left_alone(replicas: int, tolerance: float | None) -> None:
    """The controller's own comparison: value / (target 1 x pods) within 1 + tolerance moves nothing."""
    value, share = specs.floor_value(replicas, tolerance), 1 + (0.1 if tolerance is None else tolerance)
    assert all(value / pods > share for pods in range(1, replicas))
    assert value == replicas or (value - 1) / (replicas - 1) <= share


def reasons(
    sessions: bool, up: Given | None = None, down: Given | None = None, **more: Any
) -> dict[str, tuple[str, str]]:
    found = specs.explained(basis(sessions, **more), up, down)
    return {one.key: (one.value, one.reason) for one in found}


def test_the_reasons_are_those_of_the_numbers() -> None:
    for sessions in (False, True):
        moves = specs.derived(basis(sessions, drain=130))
        found = reasons(sessions, drain=130)
        assert list(found) == [
            f"{direction}.{key}"
            for direction in ("scale_up", "scale_down")
            for key in ("window_seconds", "pods", "period_seconds")
        ]
        for direction, rules in (("scale_up", moves.up), ("scale_down", moves.down)):
            (policy,) = rules.policies
            assert found[f"{direction}.window_seconds"][0] == str(rules.window_seconds)
            assert found[f"{direction}.pods"][0] == str(policy.value)
            assert found[f"{direction}.period_seconds"][0] == str(policy.period_seconds)
        assert all(reason[0].isupper() and reason.endswith(".") for _, reason in found.values())


def test_the_reasons_in_words() -> None:
    found = reasons(True)
    assert found["scale_up.pods"][1] == (
        "A third of the maximum (10 pods), which is what a doubled load adds, within 3 minutes; never fewer than 4. "
        "New sessions of a doubled load fill 0.5 pods a minute at 20 minutes each, and only new pods take them."
    )
    assert found["scale_down.pods"][1].startswith("One at a time: each pod that goes ends its sessions")
    assert found["scale_down.window_seconds"][1].startswith("The length of a session (20 minutes) between 600 and 3600")
    assert reasons(False)["scale_down.window_seconds"][1].startswith("The controller's own default: calls end within")


def test_what_is_said_is_said_to_be_said() -> None:
    found = reasons(True, Given(pods=2, percent=50, tolerance=0.05), Given(window_seconds=1200, select="disabled"))
    assert found["scale_up.pods"] == ("2", f"Given; 4 would follow: a{reasons(True)['scale_up.pods'][1][1:]}")
    assert found["scale_up.percent"] == ("50", "Given, besides the pods.")
    assert found["scale_up.tolerance"] == ("0.05", "Given; without it the cluster's, a tenth.")
    assert found["scale_down.window_seconds"] == reasons(True)["scale_down.window_seconds"]
    assert found["scale_down.select"] == ("disabled", "Given.")
    assert reasons(True, None, Given(percent=10))["scale_down.percent"] == ("10", "Given, besides the pods.")


def test_a_third_of_the_maximum_is_said_in_tenths_of_pods() -> None:
    for maximum, words in ((3, "(1 pod)"), (5, "(1.7 pods)"), (6, "(2 pods)"), (30, "(10 pods)")):
        for hashed in (False, True):
            one = specs.Basis(
                sessions=hashed,
                session_minutes=20,
                max_replicas=maximum,
                scale_down_window_seconds=300,
                hashed=hashed,
            )
            (reason,) = (found.reason for found in specs.explained(one) if found.key == "scale_up.pods")
            assert words in reason
