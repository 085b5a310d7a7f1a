"""Whole passes: bounds, several metrics, failures, zero, edits, and what the status says about them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from pulumi_kubernetes_mcp.simulation.hpa import (
    KUBERNETES_1_36,
    KUBERNETES_1_37,
    Controller,
    HpaSpec,
    HpaState,
    MetricError,
    MetricSpec,
    Observation,
    Proposal,
    Reading,
    Target,
    reconcile,
)

from .hpa_cases import DEMAND, Life, behavior

DOWN = MetricError("no answer")
PODS_4 = {"policies": [{"type": "Pods", "value": 4, "periodSeconds": 60}]}


def decide(*readings: Reading, current: int) -> int:
    metrics = tuple(MetricSpec("External", f"m{i}", Target("AverageValue", 1000)) for i in range(len(readings)))
    spec = HpaSpec(max_replicas=100, metrics=metrics, behavior=behavior(down={"stabilizationWindowSeconds": 0}))
    return reconcile(spec, HpaState(), Observation(spec_replicas=current, readings=readings), 15.0).desired


def test_the_largest_proposal_wins() -> None:
    assert decide([7000], [9000], [8000], current=6) == 9
    assert decide([3000], [2000], current=6) == 3


def test_with_a_metric_down_it_still_grows_and_never_shrinks() -> None:
    assert decide([9000], DOWN, current=6) == 9
    assert decide(DOWN, [3000], current=6) == 6
    assert decide(DOWN, DOWN, current=6) == 6
    assert decide([3000], current=6) == 3


def test_with_a_metric_down_a_proposal_to_stay_is_followed() -> None:
    spec = HpaSpec(max_replicas=9, metrics=(DEMAND, DEMAND))
    decision = Controller(spec).reconcile(15.0, Observation(spec_replicas=6, readings=[[6000], DOWN]))
    assert (decision.desired, decision.recommended) == (6, 6)
    assert decision.error == "1 of 2 metrics failed, the first: no answer"
    assert decision.conditions["ScalingActive"] == (True, "ValidMetricFound")


def test_what_a_pass_with_a_metric_down_reports() -> None:
    life = Life(6)
    decision = life.step(None)
    assert decision.error == "1 of 1 metrics failed, the first: down"
    assert decision.recommended is None
    assert decision.conditions["ScalingActive"] == (False, "FailedGetExternalMetric")
    assert [type(one) for one in decision.proposals] == [MetricError]
    decision = life.step(8)
    assert decision.error is None
    assert decision.proposals == (Proposal(8, 1334),)
    assert decision.conditions["ScalingActive"] == (True, "ValidMetricFound")


def test_outside_the_bounds_it_is_put_back_without_asking() -> None:
    # neither a metric nor a rate is asked
    for how in (None, behavior(PODS_4, PODS_4)):
        above = Life(40, how, most=30)
        assert above.step(None).desired == 30
        below = Life(2, how, least=20)
        decision = below.step(None)
        assert (decision.desired, decision.proposals, decision.error) == (20, (), None)


def test_being_put_back_counts_against_the_rate_of_a_behavior() -> None:
    life = Life(2, behavior(PODS_4), least=8, most=100)
    assert life.step(50).desired == 8
    # six were added: 8 − 6 + 4 is no more than there are
    assert life.steps(50, 3) == [8, 8, 8]
    assert life.step(50).desired == 12


def test_bounds_hold_against_the_metrics() -> None:
    assert Life(5, least=3, most=8).steps(100, 3) == [8, 8, 8]
    assert Life(5, behavior(), least=3, most=8).step(100).desired == 8
    idle = Life(5, behavior(down={"stabilizationWindowSeconds": 0}), least=3)
    assert idle.step(0).desired == 3


def test_zero_replicas_switch_it_off() -> None:
    life = Life(0)
    decision = life.step(50)
    assert (decision.desired, decision.rescaled, decision.error) == (0, False, None)
    assert decision.conditions["ScalingActive"] == (False, "ScalingDisabled")


def test_zero_of_its_own_making_is_left_again() -> None:
    life = Life(2, behavior(down={"stabilizationWindowSeconds": 0}), least=0, config=KUBERNETES_1_37)
    assert life.step(0).desired == 0
    assert life.controller.state.conditions["ScaledToZero"] == (True, "ScaledToZero")
    assert life.step(0).desired == 0
    decision = life.step(3)
    assert decision.desired == 3
    assert decision.conditions["ScaledToZero"] == (False, "NotScaledToZero")


def test_zero_of_somebody_elses_making_is_respected_with_the_gate_on_too() -> None:
    life = Life(2, least=0, config=KUBERNETES_1_37)
    life.step(2)
    life.replicas = 0
    assert life.steps(9, 3) == [0, 0, 0]


def test_a_raised_minimum_ends_its_own_zero() -> None:
    life = Life(2, behavior(down={"stabilizationWindowSeconds": 0}), least=0, config=KUBERNETES_1_37)
    life.step(0)
    life.controller.spec = replace(life.controller.spec, min_replicas=3)
    before = deepcopy(life.controller.state)
    assert life.step(0).desired == 3
    # with a demand the metrics are asked, and four is as far as the first step goes
    life.replicas, life.controller.state = 0, before
    assert life.step(7).desired == 4


def test_without_pods_a_metric_of_pods_cannot_end_its_own_zero() -> None:
    life = Life(2, behavior(down={"stabilizationWindowSeconds": 0}), least=0, config=KUBERNETES_1_37)
    life.step(0)
    spec = replace(life.controller.spec, min_replicas=3, metrics=HpaSpec(max_replicas=1).metrics)
    decision = reconcile(
        spec, life.controller.state, Observation(spec_replicas=0, readings=[{}]), 60.0, config=KUBERNETES_1_37
    )
    assert decision.desired == 0
    assert decision.conditions["ScalingActive"] == (False, "FailedGetResourceMetric")


def test_the_gate_off_forgets_its_own_zero() -> None:
    life = Life(2, behavior(down={"stabilizationWindowSeconds": 0}), least=0, config=KUBERNETES_1_37)
    life.step(0)
    life.controller.config = KUBERNETES_1_36
    assert life.step(5).desired == 0
    assert "ScaledToZero" not in life.controller.state.conditions


def test_a_write_that_fails_leaves_no_event_but_a_recommendation() -> None:
    life = Life(10, behavior(PODS_4))
    decision = life.step(100, write_fails=True)
    assert (decision.desired, decision.rescaled) == (10, False)
    assert decision.conditions["AbleToScale"] == (False, "FailedUpdateScale")
    assert decision.error == "the scale could not be written"
    state = life.controller.state
    assert state.scale_ups == []
    assert [one.replicas for one in state.recommendations] == [10, 100]
    assert life.step(100).desired == 14


def test_an_edited_spec_keeps_the_memory() -> None:
    life = Life(10, behavior(PODS_4))
    assert life.step(100).desired == 14
    life.controller.spec = replace(life.controller.spec, behavior=None)
    # 28 is twice the replicas; the event is not asked
    assert life.step(100).desired == 28
    life.controller.spec = replace(life.controller.spec, behavior=behavior(PODS_4))
    # the first four still count
    assert life.step(100).desired == 28
    # 60 s later they do not, and the fourteen made without a behavior were never kept
    assert life.step(100, 30).desired == 32


def test_tolerances_of_the_behavior_and_of_the_flag() -> None:
    def first(demand: int, how: dict[str, Any], **flags: Any) -> int:
        config = replace(KUBERNETES_1_36, **flags)
        spec = behavior(how, how | {"stabilizationWindowSeconds": 0})
        return Life(100, spec, config=config).step(demand).desired

    assert first(110, {}) == 100
    assert first(111, {}) == 111
    assert first(90, {}) == 100
    assert first(89, {}) == 89
    assert first(101, {"tolerance": "0"}) == 101
    assert first(110, {}, tolerance=0.05) == 110
    assert first(110, {"tolerance": "0.2"}, tolerance=0.05) == 100
    assert first(81, {"tolerance": "0.2"}, tolerance=0.05) == 100
    assert first(79, {"tolerance": "0.2"}, tolerance=0.05) == 79
    assert first(110, {"tolerance": "0.2"}, tolerance=0.05, configurable_tolerance=False) == 110


def test_conditions_of_a_life() -> None:
    life = Life(10, most=30)
    assert life.step(10).conditions == {
        "AbleToScale": (True, "ReadyForNewScale"),
        "ScalingActive": (True, "ValidMetricFound"),
        "ScalingLimited": (False, "DesiredWithinRange"),
    }
    assert life.step(5).conditions["AbleToScale"] == (True, "ScaleDownStabilized")
    decision = life.step(100)
    assert decision.conditions["AbleToScale"] == (True, "SucceededRescale")
    assert decision.conditions["ScalingLimited"] == (True, "ScaleUpLimit")
    assert (decision.recommended, decision.stabilized, decision.desired) == (100, 100, 20)
    assert life.step(100).conditions["ScalingLimited"] == (True, "TooManyReplicas")


def test_a_surge_raises_the_count_within_the_tolerance() -> None:
    # ten at exactly the target, one surge pod during a rollout: eleven, and it stays
    controller = Controller(HpaSpec(max_replicas=20, metrics=(DEMAND,)))
    seen = Observation(spec_replicas=10, status_replicas=11, readings=[[10_000]])
    assert controller.reconcile(15.0, seen).desired == 11


def test_controllers_share_nothing() -> None:
    first, second = Life(10), Life(10)
    first.step(500)
    assert second.controller.state == HpaState()
    assert Life(10).step(1).desired == 10


def test_a_reading_for_each_metric() -> None:
    with pytest.raises(ValueError, match="zip"):
        Controller(HpaSpec(max_replicas=3)).reconcile(15.0, Observation(spec_replicas=1, readings=[]))


def test_negative_proposals_become_the_minimum() -> None:
    spec = HpaSpec(
        max_replicas=9,
        metrics=(MetricSpec("Object", "odd", Target("AverageValue", 1000)),),
        behavior=behavior(down={"stabilizationWindowSeconds": 0}),
    )
    decision = Controller(spec).reconcile(15.0, Observation(spec_replicas=4, readings=[-5000]))
    assert decision.proposals == (Proposal(-5, -1250),)
    assert (decision.recommended, decision.desired) == (0, 1)
