"""From what the metrics want to what is done: stabilisation, then rates, then the bounds (horizontal.go).

The memory of the controller, :class:`HpaState`, belongs to whoever runs the passes. Its slots are reused as the
controller reuses them, since a slot that is reused too early is an event forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .arithmetic import MAX_INT32, MIN_INT32, ceil32, to_int32, wrap32
from .clock import Seconds, nanoseconds
from .model import SCALE_UP_FACTOR, SCALE_UP_LEAST, Behavior, Policy, ScalingRules


@dataclass(slots=True)
class Recommendation:
    """What the metrics wanted at a time, before anything was done to it."""

    replicas: int
    at: Seconds
    moment: int = field(init=False, repr=False)
    """``at`` in nanoseconds."""

    def __post_init__(self) -> None:
        self.moment = nanoseconds(self.at)


@dataclass(slots=True)
class ScaleEvent:
    """A change that was written: how many replicas were added, or removed, and when. Never negative."""

    change: int
    at: Seconds
    outdated: bool = False
    moment: int = field(init=False, repr=False)
    """``at`` in nanoseconds."""

    def __post_init__(self) -> None:
        self.moment = nanoseconds(self.at)


@dataclass(slots=True)
class HpaState:
    """What one autoscaler remembers between passes, and the conditions of its status.

    A restart of the controller forgets all but the conditions: ``HpaState(conditions=old.conditions)``.
    """

    recommendations: list[Recommendation] = field(default_factory=list)
    scale_ups: list[ScaleEvent] = field(default_factory=list)
    scale_downs: list[ScaleEvent] = field(default_factory=list)
    conditions: dict[str, tuple[bool, str]] = field(default_factory=dict)
    """Type of a condition to its status and reason."""

    def remember_first(self, replicas: int, now: Seconds) -> None:
        """The replicas at the first pass stand as a recommendation (recordInitialRecommendation)."""
        if not self.recommendations:
            self.recommendations.append(Recommendation(replicas, now))

    def _store(self, replicas: int, now: Seconds, old: int | None) -> None:
        made = Recommendation(replicas, now)
        if old is None:
            self.recommendations.append(made)
        else:
            self.recommendations[old] = made


class Limited(NamedTuple):
    """Replicas after a limit, and the reason of the condition ScalingLimited."""

    replicas: int
    reason: str


WITHIN_RANGE = "DesiredWithinRange"


def stabilize(state: HpaState, wanted: int, now: Seconds, window: Seconds) -> int:
    """Without behavior: the largest recommendation not older than ``window`` seconds (stabilizeRecommendation)."""
    cutoff, largest, old = nanoseconds(now) - nanoseconds(window), wanted, None
    for i, one in enumerate(state.recommendations):
        if one.moment < cutoff:
            old = i
        elif one.replicas > largest:
            largest = one.replicas
    state._store(wanted, now, old)
    return largest


def stabilize_with_behavior(
    state: HpaState, behavior: Behavior, current: int, wanted: int, now: Seconds, down_window: Seconds
) -> int:
    """With behavior: ``current``, moved as little as the recommendations inside both windows allow.

    A recommendation exactly as old as a window is outside it, unlike without behavior
    (stabilizeRecommendationWithBehaviors). ``down_window`` is the controller's own, in seconds.
    """
    moment = nanoseconds(now)
    up_cutoff = moment - nanoseconds(behavior.up.window or 0)
    down_cutoff = moment - nanoseconds(int(down_window) if behavior.down.window is None else behavior.down.window)
    lowest = highest = wanted
    old = None
    cutoff = min(up_cutoff, down_cutoff)
    for i, one in enumerate(state.recommendations):
        at = one.moment
        if at < cutoff:
            old = i
            continue
        replicas = one.replicas
        if replicas < lowest and at > up_cutoff:
            lowest = replicas
        elif replicas > highest and at > down_cutoff:
            highest = replicas
    stable = min(max(current, lowest), highest)
    state._store(wanted, now, old)
    return stable


def limit(current: int, wanted: int, least: int, most: int) -> Limited:
    """Without behavior: twice the replicas or four, and the bounds (convertDesiredReplicasWithRules)."""
    ceiling = to_int32(max(SCALE_UP_FACTOR * float(current), SCALE_UP_LEAST))
    allowed, reason = (ceiling, "ScaleUpLimit") if most > ceiling else (most, "TooManyReplicas")
    if wanted < least:
        return Limited(least, "TooFewReplicas")
    if wanted > allowed:
        return Limited(allowed, reason)
    return Limited(wanted, WITHIN_RANGE)


def limit_with_behavior(
    state: HpaState, behavior: Behavior, current: int, wanted: int, now: Seconds, least: int, most: int
) -> Limited:
    """With behavior: the policies of the direction, and its bound (convertDesiredReplicasWithBehaviorRate).

    Only the bound of the direction is applied, and nothing where nothing changes.
    """
    if wanted > current:
        ceiling = max(scale_up_limit(state, behavior.up, current, now), current)
        allowed, reason = (ceiling, "ScaleUpLimit") if most > ceiling else (most, "TooManyReplicas")
        if wanted > allowed:
            return Limited(allowed, reason)
    elif wanted < current:
        floor = min(scale_down_limit(state, behavior.down, current, now), current)
        allowed, reason = (floor, "ScaleDownLimit") if least < floor else (least, "TooFewReplicas")
        if wanted < allowed:
            return Limited(allowed, reason)
    return Limited(wanted, WITHIN_RANGE)


def changed(events: Sequence[ScaleEvent], period: int, now: Seconds) -> int:
    """Replicas changed in the last ``period`` seconds; an event exactly so old is outside (…ChangePerPeriod)."""
    cutoff = nanoseconds(now) - nanoseconds(period)
    return wrap32(sum(event.change for event in events if event.moment > cutoff))


def _period_start(state: HpaState, policy: Policy, current: int, now: Seconds) -> int:
    """Replicas at the start of a policy's period; changes of both directions count."""
    added = changed(state.scale_ups, policy.period, now)
    removed = changed(state.scale_downs, policy.period, now)
    return wrap32(wrap32(current - added) + removed)


def scale_up_limit(state: HpaState, rules: ScalingRules, current: int, now: Seconds) -> int:
    """The most replicas that the policies allow now (calculateScaleUpLimitWithScalingRules)."""
    if rules.select == "Disabled":
        return current
    least = rules.select == "Min"
    result = MAX_INT32 if least else MIN_INT32
    for policy in rules.policies:
        start = _period_start(state, policy, current, now)
        if policy.kind == "Pods":
            proposed = wrap32(start + policy.value)
        else:
            proposed = ceil32(float(start) * (1 + float(policy.value) / 100))
        result = min(result, proposed) if least else max(result, proposed)
    return result


def scale_down_limit(state: HpaState, rules: ScalingRules, current: int, now: Seconds) -> int:
    """The fewest replicas that the policies allow now (calculateScaleDownLimitWithBehaviors)."""
    if rules.select == "Disabled":
        return current
    least = rules.select == "Min"
    result = MIN_INT32 if least else MAX_INT32
    for policy in rules.policies:
        start = _period_start(state, policy, current, now)
        if policy.kind == "Pods":
            proposed = wrap32(start - policy.value)
        else:
            proposed = to_int32(float(start) * (1 - float(policy.value) / 100))
        result = max(result, proposed) if least else min(result, proposed)
    return result


def record_change(state: HpaState, behavior: Behavior | None, before: int, after: int, now: Seconds) -> None:
    """Remember a change that was written (storeScaleEvent). Without behavior nothing reads it, so it is not kept.

    A slot is free once it is older than the longest period of its own direction, although the policies of the other
    direction read it too: a longer period there loses events.
    """
    if behavior is None:
        return
    rules, events = (behavior.up, state.scale_ups) if after > before else (behavior.down, state.scale_downs)
    longest = max((policy.period for policy in rules.policies), default=0)
    cutoff, free = nanoseconds(now) - nanoseconds(longest), None
    for i, event in enumerate(events):
        if event.moment < cutoff:
            event.outdated = True
        if event.outdated:
            free = i
    made = ScaleEvent(wrap32(abs(after - before)), now)
    if free is None:
        events.append(made)
    else:
        events[free] = made
