"""What a load test plays: stages of so many seconds at so many percent of the planned sessions. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .refused import LoadTestError

MINUTE = 60.0
RAMP_SECONDS = 2 * MINUTE
"""Sessions come over two minutes, so that an autoscaler follows and no stage begins with a crowd."""
DOWN_SECONDS = MINUTE / 2
PEAK_SECONDS = 10 * MINUTE
SOAK_SECONDS = 30 * MINUTE
"""The guides' soak: half an hour at 80 %."""
LAUNCH_SOAK_SECONDS = 60 * MINUTE
"""Before a first launch an hour: a leak of a few MiB a minute does not show in less."""
SOAK_PERCENT = 80.0
SPIKE_PERCENT = 200.0
"""What the plan's maximum holds: a burst of twice the load."""
SPIKE_RAMP_SECONDS = 30.0
"""As in the rehearsal: within half a minute."""
SPIKE_BEFORE_SECONDS = 5 * MINUTE
SPIKE_SECONDS = 2 * MINUTE
"""The guides' limit: pods must have been added two minutes after the jump. Until then the objective may be missed."""
SPIKE_AFTER_SECONDS = 8 * MINUTE
FALL_SECONDS = MINUTE
FALL_PERCENT = 25.0
LEAST_DRAIN_SECONDS = 15 * MINUTE
STEP_SECONDS = 2 * MINUTE
STEP_RAMP_SECONDS = 20.0
STEPS = (25, 50, 75, 100, 125, 150, 175, 200, 250, 300)
"""Percent of the sessions that the pods are planned for. The knee is looked for on both sides of the plan."""
LEAST_SECONDS = 1.0
"""A shorter test has no call in it."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A part of a test: over ``ramp`` seconds to a level, and there until the end."""

    name: str
    seconds: float
    percent: float
    """Of the planned sessions, at its end."""
    ramp: float = 0.0
    judged: bool = False
    """Whether the objective holds in it."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A named load test."""

    name: str
    title: str
    stages: tuple[Stage, ...]

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def percent(self) -> float:
        """Its highest level, of the planned sessions."""
        return max(stage.percent for stage in self.stages)

    def scaled(self, factor: float) -> Scenario:
        """The same in so many times the time."""
        stages = (replace(one, seconds=one.seconds * factor, ramp=one.ramp * factor) for one in self.stages)
        return replace(self, stages=tuple(stages))


PEAK, SOAK, SPIKE, SCALE_IN, STEPS_TO_KNEE = "peak", "soak", "spike", "scale-in", "steps"
NAMES = (PEAK, SOAK, SPIKE, SCALE_IN, STEPS_TO_KNEE)
DOWN = Stage(name="down", seconds=DOWN_SECONDS, percent=0, ramp=DOWN_SECONDS)


def scenario(
    name: str, *, first_launch: bool = False, hold_minutes: float | None = None, drain_seconds: float = 0
) -> Scenario:
    """One of :data:`NAMES`.

    :param first_launch: whether the soak takes an hour instead of half of one.
    :param hold_minutes: how long the judged stage takes, of each step for the steps. Default: that of the guides.
    :param drain_seconds: until an autoscaler has removed the pods that a fall of the load leaves without work.
    """
    check_name(name)
    soak = LAUNCH_SOAK_SECONDS if first_launch else SOAK_SECONDS
    defaults = {PEAK: PEAK_SECONDS, SOAK: soak, SPIKE: SPIKE_AFTER_SECONDS, STEPS_TO_KNEE: STEP_SECONDS}
    defaults[SCALE_IN] = max(LEAST_DRAIN_SECONDS, drain_seconds)
    hold = defaults[name] if hold_minutes is None else hold_minutes * MINUTE
    match name:
        case "peak":
            return _held(PEAK, f"the planned peak for {_minutes(hold)}", 100, hold)
        case "soak":
            return _held(SOAK, f"{SOAK_PERCENT:g} % of the peak for {_minutes(hold)}", SOAK_PERCENT, hold)
        case "spike":
            return _spike(hold)
        case "scale-in":
            return _scale_in(hold)
        case _:
            return _steps(hold)


def check_name(name: str, names: Sequence[str] = NAMES) -> None:
    """Refuse a scenario that does not exist, with the nearest one."""
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise LoadTestError(f"There is no scenario '{name}'.{hint} There are: {', '.join(names)}.")


def _held(name: str, title: str, percent: float, hold: float) -> Scenario:
    ramp = Stage(name="ramp", seconds=RAMP_SECONDS, percent=percent, ramp=RAMP_SECONDS)
    return Scenario(
        name=name, title=title, stages=(ramp, Stage(name="hold", seconds=hold, percent=percent, judged=True), DOWN)
    )


def _spike(hold: float) -> Scenario:
    stages = (
        Stage(name="ramp", seconds=RAMP_SECONDS, percent=100, ramp=RAMP_SECONDS),
        Stage(name="before", seconds=SPIKE_BEFORE_SECONDS, percent=100, judged=True),
        Stage(name="jump", seconds=SPIKE_SECONDS, percent=SPIKE_PERCENT, ramp=SPIKE_RAMP_SECONDS),
        Stage(name="hold", seconds=hold, percent=SPIKE_PERCENT, judged=True),
        DOWN,
    )
    title = f"from the peak to {SPIKE_PERCENT / 100:g} times it within {SPIKE_RAMP_SECONDS:g} s, for {_minutes(hold)}"
    return Scenario(name=SPIKE, title=title, stages=stages)


def _scale_in(hold: float) -> Scenario:
    stages = (
        Stage(name="ramp", seconds=RAMP_SECONDS, percent=100, ramp=RAMP_SECONDS),
        Stage(name="before", seconds=PEAK_SECONDS, percent=100, judged=True),
        Stage(name="fall", seconds=FALL_SECONDS, percent=FALL_PERCENT, ramp=FALL_SECONDS, judged=True),
        Stage(name="drain", seconds=hold, percent=FALL_PERCENT, judged=True),
        DOWN,
    )
    title = f"from the peak to {FALL_PERCENT:g} % of it, and {_minutes(hold)} while pods go"
    return Scenario(name=SCALE_IN, title=title, stages=stages)


def _steps(hold: float) -> Scenario:
    stages = [
        Stage(name=f"step-{percent}", seconds=hold, percent=percent, ramp=min(STEP_RAMP_SECONDS, hold / 2))
        for percent in STEPS
    ]
    title = f"{STEPS[0]} to {STEPS[-1]} % of the planned sessions in {len(STEPS)} steps of {_minutes(hold)}"
    return Scenario(name=STEPS_TO_KNEE, title=title, stages=(*stages, DOWN))


def _minutes(seconds: float) -> str:
    return f"{seconds / MINUTE:g} min" if seconds >= MINUTE else f"{seconds:g} s"
