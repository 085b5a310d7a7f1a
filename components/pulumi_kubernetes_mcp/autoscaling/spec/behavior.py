"""How fast the number of pods may move: each number with the reason for it, and anyone may say another.

The numbers follow from what a pod holds. A call ends by itself, so a pod without sessions can go as soon as it is not
needed; a session ends with its pod. And a new pod relieves the others only where calls are free to go to it: a client
with a session stays where it is, so new pods take new sessions alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, floor

from ...kubernetes.objects import Spec

PERIOD_SECONDS = 60
SYNC_SECONDS = 15
"""The controller looks every 15 s, so a period acts at the first look after it: 60 s as 60, 50 s as 60 too. A look
begins 15 s after the end of the one before, so the time of a write, after which a step is stamped, adds nothing."""
LEAST_STEP_UP = 4
STEADY_SHARE = 3
"""The plan's maximum is three times its steady state, so a third of it is what a doubled load adds."""
DOUBLING_MINUTES = 3
SWEEP_DOWN_MINUTES = 30
SWING_SECONDS = 24 * 3600
"""Within a day a third of the maximum, the planned steady state, can go; a day's rise and fall is less."""
LONGEST_PERIOD_SECONDS = 1800
LONGEST_WINDOW_SECONDS = 3600
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
    hashed: bool = False
    """Whether proxies find a client's pod by a hash, so that another number of pods ends sessions."""


def step_up(basis: Basis) -> int:
    """Pods that may be added each minute.

    From n pods to m in one step a hash moves 1 - n/m of the sessions, in many small ones ln(m/n) of them: 50 % and 69 %
    where the pods double. So what a doubled load adds comes at once.
    """
    if basis.sessions and basis.hashed:
        return max(LEAST_STEP_UP, ceil(basis.max_replicas / STEADY_SHARE))
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


def window_down(basis: Basis) -> int:
    """Seconds for which the load must have been lower. With sessions longer than a drain, see :func:`period_down`, and
    by one look of the controller: a step is stamped after its write and so is younger than the wish that it follows."""
    if not basis.sessions:
        return basis.scale_down_window_seconds
    return min(LONGEST_WINDOW_SECONDS, max(basis.scale_down_window_seconds, drained_period(basis) + SYNC_SECONDS))


def period_down(basis: Basis, window: int | None = None) -> int:
    """Seconds for each step down.

    With sessions a session's length: over days with a night that keeps what the next morning needs again. Shorter
    where a day's fall would take longer than a day; never shorter than a drain. And shorter than the window: the
    controller counts back what it added within a period, so pods that came for a short peak would all go at once.

    :param window: the stabilisation window in force. Default: the derived one.
    """
    return _period_down(basis, window_down(basis) if window is None else window)[0]


def _period_down(basis: Basis, window: int) -> tuple[int, str]:
    """The period, and what it comes from."""
    if not basis.sessions:
        return PERIOD_SECONDS, "a minute, which is every fourth look of the controller"
    kept = "what is kept in the afternoon is needed again the next morning, and what goes at night holds few sessions"
    session = floor(basis.session_minutes * 60)
    swing = SWING_SECONDS * STEADY_SHARE // max(1, basis.max_replicas) // SYNC_SECONDS * SYNC_SECONDS
    seconds, why = session, f"the length of a session ({basis.session_minutes:g} minutes): {kept}"
    if swing < seconds:
        seconds, why = swing, f"a third of the maximum can go within a day, no faster: {kept}"
    if seconds < PERIOD_SECONDS:
        seconds, why = PERIOD_SECONDS, "a minute at least: the next step sees what this one did"
    if seconds < drained_period(basis):
        seconds, why = drained_period(basis), "as long as a pod may take to end: one has drained before the next begins"
    if seconds > LONGEST_PERIOD_SECONDS:
        seconds, why = LONGEST_PERIOD_SECONDS, f"the longest that the API takes: {kept}"
    shorter = max(drained_period(basis), window - SYNC_SECONDS)
    if seconds > shorter:
        seconds, why = shorter, f"{why}. Less than the window, or pods that came for a short peak would go all at once"
    return seconds, why


def derived(basis: Basis) -> Behavior:
    """The behaviour that follows from what the pods hold."""
    return behavior_of(basis)


def behavior_of(basis: Basis, up: Given | None = None, down: Given | None = None) -> Behavior:
    """The derived behaviour, with what the caller says in its place."""
    down = down or Given()
    window = window_down(basis) if down.window_seconds is None else down.window_seconds
    follows_up = Rules(window_seconds=0, policies=(Policy("Pods", step_up(basis), PERIOD_SECONDS),))
    follows_down = Rules(
        window_seconds=window, policies=(Policy("Pods", step_down(basis), period_down(basis, window)),)
    )
    return Behavior(up=_with(follows_up, up or Given()), down=_with(follows_down, down))


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
    counts = _course(count, goal, rules)
    return None if counts is None else len(counts)


def rate_up(basis: Basis, rules: Rules) -> float:
    """Pods that ``rules`` add per minute to a third of the maximum, while as many come as a doubled load adds."""
    count = ceil(basis.max_replicas / STEADY_SHARE)
    counts = _course(count, count + DOUBLING_MINUTES * step_up(basis), rules)
    period = _pace(rules)
    return (counts[-1] - count) / len(counts) / period * 60 if counts and period > 0 else 0.0


def _course(count: int, goal: int, rules: Rules) -> list[int] | None:
    """The number of pods after each step."""
    if rules.select == "Disabled":
        return None if goal > count else []
    counts: list[int] = []
    while count < goal:
        reached = [_after(policy, count) for policy in rules.policies]
        after = min(reached) if rules.select == "Min" else max(reached)
        if after <= count:
            return None
        count = after
        counts.append(count)
    return counts


def minutes_between(count: int, goal: int, rules: Rules) -> int | None:
    """Minutes until ``goal`` pods serve, beginning with ``count``, as the controller paces them."""
    steps = steps_between(count, goal, rules)
    if steps is None or steps == 0:
        return steps
    return ceil(((steps - 1) * _pace(rules) + START_SECONDS) / 60)


def _pace(rules: Rules) -> int:
    """Seconds from one step to the next: the longest period, and on to the controller's next look."""
    return ceil(max(policy.period_seconds for policy in rules.policies) / SYNC_SECONDS) * SYNC_SECONDS


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


def _pods(number: float) -> str:
    """A number of pods in words, to a tenth."""
    text = f"{number:.1f}".removesuffix(".0")
    return "1 pod" if text == "1" else f"{text} pods"


def _explained_up(basis: Basis, given: Given) -> Iterator[Explained]:
    step, third = step_up(basis), basis.max_replicas / STEADY_SHARE
    why = (
        f"a third of the maximum ({_pods(third)}), which is what a doubled load adds, within "
        f"{DOUBLING_MINUTES} minutes; never fewer than {LEAST_STEP_UP}"
    )
    if basis.sessions and basis.hashed:
        why = (
            f"a third of the maximum ({_pods(third)}), which is what a doubled load adds, in one step; never fewer "
            f"than {LEAST_STEP_UP}. A hash finds the pods: from n pods to m it ends 1 - n/m of the sessions in one "
            "step, and ln(m/n) of them in many"
        )
    elif basis.sessions:
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
        "long enough for a pod to start and to show in the metric before the next step; every fourth look of the "
        "controller",
    )
    yield from _explained_rest("scale_up", given)


def _explained_down(basis: Basis, given: Given) -> Iterator[Explained]:
    window, sessions = window_down(basis), basis.sessions
    in_force = window if given.window_seconds is None else given.window_seconds
    period, why_period = _period_down(basis, in_force)
    yield _line("scale_down.window_seconds", window, given.window_seconds, _why_window(basis))
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
    yield _line("scale_down.period_seconds", period, given.period_seconds, why_period)
    yield from _explained_rest("scale_down", given)


def _why_window(basis: Basis) -> str:
    """What the window of scale-in is derived from."""
    if not basis.sessions:
        return "the controller's own default: calls end within seconds, so a pod that goes loses nothing"
    if window_down(basis) > basis.scale_down_window_seconds:
        return "longer than a pod may take to end, so that pods that came for a short peak go one after the other"
    return (
        f"the length of a session ({basis.session_minutes:g} minutes) between 600 and 3600 s: a pod goes only after "
        "the load was lower for as long as its sessions last"
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
