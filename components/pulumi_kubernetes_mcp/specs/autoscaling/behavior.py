"""How fast the number of pods may move: each number with the reason for it, and anyone may say another.

The numbers follow from what a pod holds. A call ends by itself, so a pod without sessions can go as soon as it is not
needed; a session ends with its pod. And a new pod relieves the others only where calls are free to go to it: a client
with a session stays where it is, so new pods take new sessions alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, floor

from ..common import Spec

PERIOD_SECONDS = 60
SYNC_SECONDS = 15
"""The controller looks every 15 s and stamps a step after it has written it, so a period of 60 s acts as up to 75."""
LEAST_STEP_UP = 4
STEADY_SHARE = 3
"""The plan's maximum is three times its steady state, so a third of it is what a doubled load adds."""
DOUBLING_MINUTES = 3
SWEEP_DOWN_MINUTES = 30
SWING_SECONDS = 24 * 3600
"""Within a day a third of the maximum, the planned steady state, can go; a day's rise and fall is less."""
LONGEST_PERIOD_SECONDS = 1800
GLOBAL_TOLERANCE = 0.1
"""The controller's default: within a tenth of the target nothing moves."""
START_SECONDS = 120
"""Image, start and readiness of a pod on a node that exists; the startup probe alone allows one minute."""


@dataclass(frozen=True)
class Policy:
    """So many pods, or percent of the pods, in a period."""

    kind: str
    """'Pods' or 'Percent'."""
    value: int
    period_seconds: int


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How fast the number moves in one direction."""

    window_seconds: int
    policies: tuple[Policy, ...]
    select: str = "Max"
    tolerance: float | None = None
    """Share of the target within which nothing moves; the controller's own where it is ``None``."""


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """How fast the number of pods may move."""

    up: Rules
    down: Rules


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a caller says about one direction; ``None`` leaves the derived number."""

    window_seconds: int | None = None
    pods: int | None = None
    percent: int | None = None
    period_seconds: int | None = None
    select: str | None = None
    tolerance: float | None = None


@dataclass(frozen=True)
class Explained:
    """One number of the behaviour, and why it is so."""

    key: str
    value: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What the behaviour is derived from."""

    sessions: bool
    """Whether the server holds sessions."""
    session_minutes: float
    max_replicas: int
    scale_down_window_seconds: int
    """What follows from the eras."""
    drain_seconds: int | None = None
    """Grace period of the pods, where it is known."""


def step_up(basis: Basis) -> int:
    """Pods that may be added each minute."""
    steps = [LEAST_STEP_UP, ceil(basis.max_replicas / STEADY_SHARE / DOUBLING_MINUTES)]
    if basis.sessions:
        steps.append(ceil(basis.max_replicas / STEADY_SHARE / basis.session_minutes))
    return max(steps)


def step_down(basis: Basis) -> int:
    """Pods that may be taken each period."""
    return 1 if basis.sessions else max(1, ceil(basis.max_replicas / SWEEP_DOWN_MINUTES))


def drained_period(basis: Basis) -> int:
    """Seconds after which a pod that was told to go has ended: the least period in which pods go one by one."""
    return min(LONGEST_PERIOD_SECONDS, max(PERIOD_SECONDS, basis.drain_seconds or 0))


def period_down(basis: Basis) -> int:
    """Seconds for each step down. With sessions a session's length, so that the people of one pod are back elsewhere
    before the next one goes; shorter where a day's fall would take longer than a day; never shorter than a drain."""
    if not basis.sessions:
        return PERIOD_SECONDS
    swing = floor(SWING_SECONDS * STEADY_SHARE / basis.max_replicas) if basis.max_replicas > 0 else SWING_SECONDS
    pace = min(floor(basis.session_minutes * 60), swing)
    return min(LONGEST_PERIOD_SECONDS, max(drained_period(basis), pace))


def derived(basis: Basis) -> Behavior:
    """The behaviour that follows from what the pods hold."""
    return Behavior(
        up=Rules(window_seconds=0, policies=(Policy("Pods", step_up(basis), PERIOD_SECONDS),)),
        down=Rules(
            window_seconds=basis.scale_down_window_seconds,
            policies=(Policy("Pods", step_down(basis), period_down(basis)),),
        ),
    )


def behavior_of(basis: Basis, up: Given | None = None, down: Given | None = None) -> Behavior:
    """The derived behaviour, with what the caller says in its place."""
    follows = derived(basis)
    return Behavior(up=_with(follows.up, up or Given()), down=_with(follows.down, down or Given()))


def _with(rules: Rules, given: Given) -> Rules:
    (policy,) = rules.policies
    period = policy.period_seconds if given.period_seconds is None else given.period_seconds
    policies = [replace(policy, value=policy.value if given.pods is None else given.pods, period_seconds=period)]
    if given.percent is not None:
        policies.append(Policy("Percent", given.percent, period))
    return Rules(
        window_seconds=rules.window_seconds if given.window_seconds is None else given.window_seconds,
        policies=tuple(policies),
        select=rules.select if given.select is None else given.select.capitalize(),
        tolerance=given.tolerance,
    )


def behavior_spec(wanted: Behavior) -> Spec:
    """The ``behavior`` of a HorizontalPodAutoscaler, which KEDA hands on."""
    return {"scaleUp": _rules_spec(wanted.up), "scaleDown": _rules_spec(wanted.down)}


def _rules_spec(rules: Rules) -> Spec:
    spec: Spec = {
        "stabilizationWindowSeconds": rules.window_seconds,
        "selectPolicy": rules.select,
        "policies": [
            {"type": policy.kind, "value": policy.value, "periodSeconds": policy.period_seconds}
            for policy in rules.policies
        ],
    }
    if rules.tolerance is not None:
        spec["tolerance"] = quantity(rules.tolerance)
    return spec


def quantity(number: float) -> str:
    """A small number in the API server's own spelling: ``0.05`` is ``50m``."""
    thousandths = round(number * 1000)
    return str(thousandths // 1000) if thousandths % 1000 == 0 else f"{thousandths}m"


# How long it takes


def steps_between(count: int, goal: int, rules: Rules) -> int | None:
    """Steps from one number of pods up to another one; ``None`` where the rules allow none."""
    if rules.select == "Disabled":
        return None if goal > count else 0
    steps = 0
    while count < goal:
        reached = [_after(policy, count) for policy in rules.policies]
        after = min(reached) if rules.select == "Min" else max(reached)
        if after <= count:
            return None
        count, steps = after, steps + 1
    return steps


def minutes_between(count: int, goal: int, rules: Rules) -> int | None:
    """Minutes until ``goal`` pods serve, beginning with ``count``, as the controller paces them."""
    steps = steps_between(count, goal, rules)
    if steps is None or steps == 0:
        return steps
    pace = max(policy.period_seconds for policy in rules.policies) + SYNC_SECONDS
    return ceil(((steps - 1) * pace + START_SECONDS) / 60)


def _after(policy: Policy, count: int) -> int:
    return count + policy.value if policy.kind == "Pods" else ceil(count * (1 + policy.value / 100))


def floor_value(replicas: int, tolerance: float | None) -> int:
    """What a metric with the target 1 must say so that at least ``replicas`` pods run.

    Within the tolerance the controller leaves the number alone, so 40 would end at 37; the least value that one pod
    fewer is outside of it is a little more.
    """
    share = 1 + (GLOBAL_TOLERANCE if tolerance is None else tolerance)
    value, before = replicas, replicas - 1
    while before > 0 and value / before <= share:
        value += 1
    return value


# Why


def explained(basis: Basis, up: Given | None = None, down: Given | None = None) -> list[Explained]:
    """Every number of the behaviour with its reason, in the order of the object."""
    return [*_explained_up(basis, up or Given()), *_explained_down(basis, down or Given())]


def _explained_up(basis: Basis, given: Given) -> Iterator[Explained]:
    step, third = step_up(basis), basis.max_replicas / STEADY_SHARE
    why = (
        f"a third of the maximum ({third:g} pods), which is what a doubled load adds, within "
        f"{DOUBLING_MINUTES} minutes; never fewer than {LEAST_STEP_UP}"
    )
    if basis.sessions:
        arrive = third / basis.session_minutes
        why += (
            f". New sessions of a doubled load fill {arrive:.1f} pods a minute at {basis.session_minutes:g} minutes "
            "each, and only new pods take them"
        )
    yield _line(
        "scale_up.window_seconds",
        0,
        given.window_seconds,
        "waiting costs latency, and a pod too many costs minutes: the metric is a sum that does not flutter. A window "
        "as long as a rollout would hide its surge, which per-pod external metrics count (at most a tenth too many)",
    )
    yield _line("scale_up.pods", step, given.pods, why)
    if given.percent is not None:
        yield Explained("scale_up.percent", str(given.percent), "Given, besides the pods.")
    yield _line(
        "scale_up.period_seconds",
        PERIOD_SECONDS,
        given.period_seconds,
        "long enough for a pod to start and to show in the metric before the next step; acts as up to 75 s",
    )
    yield from _explained_rest("scale_up", given)


def _explained_down(basis: Basis, given: Given) -> Iterator[Explained]:
    window, sessions = basis.scale_down_window_seconds, basis.sessions
    yield _line(
        "scale_down.window_seconds",
        window,
        given.window_seconds,
        f"the length of a session ({basis.session_minutes:g} minutes) between 600 and 3600 s: a pod goes only after "
        "the load was lower for as long as its sessions last"
        if sessions
        else "the controller's own default: calls end within seconds, so a pod that goes loses nothing",
    )
    yield _line(
        "scale_down.pods",
        step_down(basis),
        given.pods,
        "one at a time: each pod that goes ends its sessions, and their clients come back to the others at once"
        if sessions
        else f"the whole maximum within {SWEEP_DOWN_MINUTES} minutes, so that one quiet minute takes little away",
    )
    if given.percent is not None:
        yield Explained("scale_down.percent", str(given.percent), "Given, besides the pods.")
    yield _line(
        "scale_down.period_seconds",
        period_down(basis),
        given.period_seconds,
        _why_so_slowly(basis) if sessions else "a minute; acts as up to 75 s",
    )
    yield from _explained_rest("scale_down", given)


def _why_so_slowly(basis: Basis) -> str:
    """What the period of a step down is derived from."""
    seconds, swing = period_down(basis), "a third of the maximum can go within a day"
    if seconds == LONGEST_PERIOD_SECONDS:
        return "the longest that the API takes: each pod that goes ends its sessions"
    if seconds == basis.drain_seconds:
        return f"as long as a pod may take to end ({seconds} s): one has drained before the next one begins"
    if seconds < floor(basis.session_minutes * 60):
        return f"{swing}, no faster: each pod that goes ends its sessions"
    return (
        f"the length of a session ({basis.session_minutes:g} minutes): sessions end by themselves meanwhile, so fewer "
        "pods have to go, with fewer sessions in each"
    )


def _explained_rest(direction: str, given: Given) -> Iterator[Explained]:
    if given.select is not None:
        yield Explained(f"{direction}.select", given.select, "Given.")
    if given.tolerance is not None:
        yield Explained(f"{direction}.tolerance", f"{given.tolerance:g}", "Given; without it the cluster's, a tenth.")


def _line(key: str, value: int, given: int | None, why: str) -> Explained:
    if given is None or given == value:
        return Explained(key, str(value), f"{why[0].upper()}{why[1:]}.")
    return Explained(key, str(given), f"Given; {value} would follow: {why}.")
