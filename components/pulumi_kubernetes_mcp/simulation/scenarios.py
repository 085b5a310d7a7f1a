"""The situations that an on-call engineer knows: a load, and what happens besides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from . import load as loads
from .load import Load
from .run import Events

MINUTE = 60
SPIKE_AT = 1800.0
"""When a spike begins: the service is at rest before it."""
SLOW_START_SECONDS = 180
"""A large image on a new node: pulled, scheduled and ready after three minutes."""
OUTAGE = (3600.0, 3600.0 + 1800)
"""Half an hour without an answer of Prometheus, in the middle of a rising load."""
RESOURCE_OUTAGE = "resource-outage"
"""For an autoscaler that asks both; only played where it is asked for."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A load with its events, and the moment that reports count from."""

    name: str
    title: str
    load: Load
    events: Events = field(default_factory=Events)
    since: float = 0.0
    """When the trouble begins, in seconds: 'time to scale' counts from here."""


def scenarios(
    *,
    peak: float,
    zones: int = 3,
    by_hour: Sequence[float] = (),
    mean: float | None = None,
    session_seconds: float | None = None,
    prometheus: bool = True,
) -> dict[str, Scenario]:
    """Every built-in scenario by its name, for a service with that many sessions at its peak.

    :param by_hour: the greatest number of sessions in each hour of the day, for 'day'; an office day without.
    :param mean: sessions open on the mean of that day.
    :param session_seconds: mean length of a session, which ``by_hour`` comes with.
    :param prometheus: whether the autoscaler asks Prometheus; 'metric-outage' silences what it asks.
    """
    peak = max(1.0, peak)
    half = peak / 2
    doubling = Load((0, 3000, 4500, 9000, 10_800), (half, half, peak, peak, half))
    silence = Scenario(
        name="metric-outage",
        title="Prometheus silent for half an hour while the load doubles to the peak",
        load=doubling,
        events=Events(outage=OUTAGE),
        since=OUTAGE[0],
    )
    resources = replace(
        silence,
        name=RESOURCE_OUTAGE,
        title="the metrics server silent for half an hour while the load doubles to the peak",
        events=Events(resource_outage=OUTAGE),
    )
    twice = _spike("slow-start", peak, 2, "from the peak to twice it; new pods take 3 minutes")
    found = [
        Scenario(
            name="day", title="a working day", load=loads.day(peak, by_hour, mean=mean, session_seconds=session_seconds)
        ),
        _spike("spike", peak, 2, "from the peak to twice it"),
        _spike("spike-10", peak / 10, 10, "from a tenth of the peak to the peak"),
        Scenario(
            name="launch",
            title="an announcement: from a tenth of the peak to twice the peak in 15 minutes, then a slow fall",
            load=loads.launch(peak / 10, 2 * peak),
            since=3600,
        ),
        silence if prometheus else replace(resources, name="metric-outage"),
        resources,
        Scenario(
            name="zone-loss",
            title=f"one of {zones} zones lost at the peak" if zones > 1 else "the only zone lost at the peak",
            load=loads.level(peak, 3 * 3600),
            events=Events(lost=(3600.0, 1 / max(1, zones))),
            since=3600,
        ),
        replace(twice, events=Events(start_seconds=SLOW_START_SECONDS)),
        Scenario(
            name="rollout",
            title="a new version at the peak",
            load=loads.level(peak, 2 * 3600),
            events=Events(rollout=3600.0),
            since=3600,
        ),
    ]
    return {scenario.name: scenario for scenario in found}


def _spike(name: str, base: float, factor: float, words: str) -> Scenario:
    return Scenario(
        name=name,
        title=f"{factor:g} times the load within half a minute, for half an hour: {words}",
        load=loads.spike(base, factor, at=SPIKE_AT),
        since=SPIKE_AT,
    )
