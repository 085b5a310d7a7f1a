"""How fast, and after how long: windows, policies and the memory they need, worked by hand on a grid of 15 s."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from typing import Any

import pytest

from pulumi_kubernetes_mcp.simulation.hpa import HpaState, Recommendation, ScaleEvent
from pulumi_kubernetes_mcp.simulation.hpa.behavior import (
    changed,
    limit,
    limit_with_behavior,
    scale_down_limit,
    scale_up_limit,
    stabilize,
    stabilize_with_behavior,
)

from .hpa_cases import Life, behavior

EMPTY = behavior()
AT_ONCE = {"stabilizationWindowSeconds": 0}


def policy(kind: str, value: int, period: int = 60) -> dict[str, Any]:
    return {"type": kind, "value": value, "periodSeconds": period}


def test_the_first_step_of_the_defaults() -> None:
    assert Life(10, EMPTY).step(100).desired == 20
    assert Life(1, EMPTY).step(100).desired == 5
    assert Life(1).step(100).desired == 4
    assert Life(10).step(100).desired == 20


def test_without_behavior_a_step_doubles_and_nothing_is_counted() -> None:
    assert Life(1).steps(1000, 6) == [4, 8, 16, 32, 64, 128]
    assert Life(1, EMPTY).steps(1000, 6) == [5, 10, 20, 40, 80, 160]


@pytest.mark.parametrize(("replicas", "after"), [(7, 6), (5, 4), (3, 2)])
def test_ten_percent_down_is_at_least_one_pod(replicas: int, after: int) -> None:
    # truncated: 6.3, 4.5 and 2.7
    assert Life(replicas, behavior(down=AT_ONCE | {"policies": [policy("Percent", 10)]})).step(0).desired == after


def test_float64_has_its_say_in_percentages() -> None:
    # 100 × 1.1 is 110.00000000000001, and 5 × (1 − 0.8) is 0.9999999999999998
    up = behavior(up={"policies": [policy("Percent", 10)]})
    assert Life(100, up).step(1000).desired == 111
    down = behavior(down=AT_ONCE | {"policies": [policy("Percent", 80)]})
    assert scale_down_limit(HpaState(), down.down, 5, 0.0) == 0
    assert Life(5, down).step(0).desired == 1


def test_a_recommendation_as_old_as_the_window_still_counts_without_behavior() -> None:
    life = Life(10)
    life.step(10)
    assert life.steps(1, 20) == [10] * 20, "up to and with 300 s"
    assert life.step(1).desired == 1


def test_a_recommendation_as_old_as_the_window_no_longer_counts_with_behavior() -> None:
    life = Life(10, EMPTY)
    life.step(10)
    assert life.steps(1, 19) == [10] * 19, "up to and with 285 s"
    assert life.step(1).desired == 1


def test_the_first_count_stands_as_a_recommendation() -> None:
    # 10 at 15 s, although one was wanted from the start
    life = Life(10)
    assert life.steps(1, 21) == [10] * 21
    assert life.step(1).desired == 1
    slow = Life(2, behavior(up={"stabilizationWindowSeconds": 60}))
    assert slow.steps(100, 4) == [2] * 4
    assert slow.step(100).desired == 6


@pytest.mark.parametrize("down", [None, AT_ONCE])
def test_the_lowest_wish_in_the_window_is_granted_on_the_way_up(down: dict[str, Any] | None) -> None:
    # whatever the other window is: a wish is forgotten only when it is outside both
    life = Life(10, behavior({"stabilizationWindowSeconds": 60, "policies": [policy("Percent", 900, 15)]}, down))
    life.steps(10, 5)
    assert [life.step(demand).desired for demand in (40, 30, 60, 50, 70)] == [10, 10, 10, 30, 30]
    assert life.step(70).desired == 50


def test_the_highest_wish_in_the_window_is_granted_on_the_way_down() -> None:
    life = Life(60, behavior(down={"stabilizationWindowSeconds": 60}))
    life.steps(60, 5)
    assert [life.step(demand).desired for demand in (40, 50, 30, 20, 20)] == [60, 60, 60, 50, 50]


def test_four_pods_a_minute() -> None:
    life = Life(10, behavior(up={"policies": [policy("Pods", 4)]}))
    assert life.steps(100, 9) == [14, 14, 14, 14, 18, 18, 18, 18, 22]


def test_events_are_stamped_after_the_write() -> None:
    # on a fixed grid a minute then becomes 75 s ...
    life = Life(10, behavior(up={"policies": [policy("Pods", 4)]}))
    seen = [life.step(100, written_at=life.now + 15.125).desired for _ in range(7)]
    assert seen == [14, 14, 14, 14, 14, 18, 18]
    # ... but the queue waits for the end of a pass, and with it the minute is one
    life = Life(10, behavior(up={"policies": [policy("Pods", 4)]}))
    seen = [life.step(100, 15.125, written_at=life.now + 15.25).desired for _ in range(6)]
    assert seen == [14, 14, 14, 14, 18, 18]


def test_changes_of_the_other_direction_count_too() -> None:
    life = Life(10, behavior(up={"policies": [policy("Pods", 4)]}, down=AT_ONCE))
    assert life.step(100).desired == 14
    assert life.step(5).desired == 5
    # 5 − 4 + 9 + 4
    assert life.step(100).desired == 14


def test_a_slot_is_reused_by_the_longest_period_of_its_own_direction() -> None:
    # Ups are kept for 15 s only, so at the fourth pass two of three are left: the limit is 40 − 20 − 1 instead of 9.
    how = behavior(up={"policies": [policy("Pods", 100, 15)]}, down=AT_ONCE | {"policies": [policy("Pods", 1, 300)]})
    life = Life(10, how)
    assert [life.step(demand).desired for demand in (20, 30, 40)] == [20, 30, 40]
    assert [event.change for event in life.controller.state.scale_ups] == [10, 10]
    assert life.step(1).desired == 19
    # the other way round: 40 + 40 + 1 instead of 101
    how = behavior({"policies": [policy("Pods", 1, 300)]}, AT_ONCE | {"policies": [policy("Pods", 100, 15)]})
    life = Life(100, how)
    assert [life.step(demand).desired for demand in (80, 60, 40)] == [80, 60, 40]
    assert life.step(1000).desired == 81


def test_which_policy_wins() -> None:
    pair = [policy("Pods", 4), policy("Percent", 20)]
    for select, up, down in (("Max", 48, 32), ("Min", 44, 36), ("Disabled", 40, 40)):
        rules = {"policies": pair, "selectPolicy": select} | AT_ONCE
        assert Life(40, behavior(rules, rules)).step(100).desired == up, select
        assert Life(40, behavior(rules, rules)).step(1).desired == down, select


def test_a_limit_never_moves_against_the_direction() -> None:
    # ten were added within the period: the limit is 12 − 10 + 4
    how = behavior(up={"policies": [policy("Pods", 4)]}, down={"policies": [policy("Pods", 4)]})
    state = HpaState(scale_ups=[ScaleEvent(10, 90.0)])
    assert scale_up_limit(state, how.up, 12, 100.0) == 6
    assert limit_with_behavior(state, how, 12, 20, 100.0, 1, 100) == (12, "ScaleUpLimit")
    state = HpaState(scale_downs=[ScaleEvent(10, 90.0)])
    assert scale_down_limit(state, how.down, 12, 100.0) == 18
    assert limit_with_behavior(state, how, 12, 5, 100.0, 1, 100) == (12, "ScaleDownLimit")


def test_reasons_of_limits() -> None:
    assert limit(10, 50, 1, 100) == (20, "ScaleUpLimit")
    assert limit(10, 50, 1, 20) == (20, "TooManyReplicas")
    assert limit(10, 0, 2, 20) == (2, "TooFewReplicas")
    assert limit(10, 15, 1, 20) == (15, "DesiredWithinRange")
    state, how = HpaState(), EMPTY
    assert limit_with_behavior(state, how, 10, 50, 0.0, 1, 100) == (20, "ScaleUpLimit")
    assert limit_with_behavior(state, how, 10, 50, 0.0, 1, 20) == (20, "TooManyReplicas")
    assert limit_with_behavior(state, how, 10, 0, 0.0, 2, 20) == (2, "TooFewReplicas")
    assert limit_with_behavior(state, how, 10, 10, 0.0, 1, 20) == (10, "DesiredWithinRange")


def test_an_event_as_old_as_the_period_is_outside() -> None:
    events = [ScaleEvent(4, 40.0), ScaleEvent(2, 40.125)]
    assert changed(events, 60, 100.0) == 2


def test_int32_wraps_as_the_controllers_does() -> None:
    # 2 × 2³⁰ does not fit; a negative ceiling is what the controller gets
    assert limit(2**30, 2**30 + 5, 1, 2**31 - 1) == (-(2**31), "ScaleUpLimit")


@pytest.mark.grid
def test_memory_is_bounded() -> None:
    life = Life(10, behavior(up={"policies": [policy("Pods", 4)]}, down=AT_ONCE))
    for i in range(1000):
        life.step(5 if i % 2 else 100)
    state = life.controller.state
    assert len(state.recommendations) <= 3
    assert len(state.scale_ups) <= 6
    still = Life(10)
    still.steps(10, 1000)
    assert len(still.controller.state.recommendations) <= 23
    assert isinstance(still.controller.state.recommendations[0], Recommendation)


def test_an_age_of_exactly_one_window_is_exactly_that() -> None:
    """In binary floats ten times 0.1 s are not 1 s, and 0.3 − 0.1 s is less than 0.2."""
    rules = behavior(up={"stabilizationWindowSeconds": 1, "policies": [policy("Pods", 4, 1)]})
    passes = list(accumulate([0.1] * 10))
    assert passes[-1] < 1
    assert changed([ScaleEvent(4, 0)], 1, passes[-1]) == 0, "a period old: outside"
    assert changed([ScaleEvent(4, 0)], 1, passes[-2]) == 4
    assert stabilize(HpaState([Recommendation(9, 0.1)]), 1, 0.3, 0.2) == 9, (
        "without behavior as old as the window: inside"
    )
    state = HpaState([Recommendation(9, 0)])
    assert stabilize_with_behavior(state, rules, 9, 20, passes[-1], 300) == 20, "with behavior: outside"
    assert stabilize_with_behavior(HpaState([Recommendation(9, 0)]), rules, 9, 20, passes[-2], 300) == 9


def test_an_age_is_exact_to_the_nanosecond() -> None:
    event, nanosecond = ScaleEvent(3, Fraction(15_005, 1000)), Fraction(1, 10**9)
    assert changed([event], 15, Fraction(30_005, 1000)) == 0
    assert changed([event], 15, Fraction(30_005, 1000) - nanosecond) == 3


def test_the_real_queue_s_pace_keeps_a_minute_a_minute() -> None:
    """Passes 15.01 s apart, the change stamped 5 ms after its pass began."""
    life = Life(10, behavior(up={"policies": [policy("Pods", 4)]}))
    seen = [life.step(100, 15.01, written_at=life.now + 15.015).desired for _ in range(9)]
    assert seen == [14, 14, 14, 14, 18, 18, 18, 18, 22]
    life = Life(10, EMPTY)
    assert [life.step(58, 15.01, written_at=life.now + 15.015).desired for _ in range(3)] == [20, 40, 58]
