"""Open sessions from an hourly profile, and the floors of the day, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import exp

import pytest

from pulumi_kubernetes_mcp.planning import Bounds, Floor, Plan, Workload

from .cases import number, planned

FLAT = (60.0,) * 24


def only(hour: int, sessions: float) -> tuple[float, ...]:
    """A day whose sessions all begin in one hour."""
    return tuple(sessions if one == hour else 0.0 for one in range(24))


def day(hours: tuple[float, ...], bounds: Bounds | None = None, **changes: object) -> Plan:
    load = Workload(sessions_by_hour=hours, sessions_per_pod=5, headroom_percent=0)
    return planned(replace(load, **changes), None, bounds or Bounds(production=False))  # type: ignore[arg-type]


def test_a_flat_day() -> None:
    # 60 an hour for 20 minutes each: 20 are open, always.
    result = planned(Workload(sessions_by_hour=FLAT), None)
    assert result.load.average_sessions.working == "1440 × 20 / 1440 = 20"
    assert result.load.peak_sessions.working == "00:00 to 01:00: 20 → 20"
    assert result.load.planned_sessions.value == 26
    assert result.load.by_hour == (20,) * 24


def test_sessions_outlast_the_hour_that_they_begin_in() -> None:
    # 2 a minute from nine on: 40 (1 - e^(-60 / 20)) at ten, then e^(-t / 20) of it
    load = day(only(9, 120)).load
    peak = 40 * (1 - exp(-3))
    assert float(load.by_hour[9]) == pytest.approx(peak, rel=1e-9)
    assert load.by_hour[10] == load.by_hour[9]
    assert float(load.by_hour[11]) == pytest.approx(peak * exp(-3), rel=1e-9)
    assert load.by_hour[8] == pytest.approx(0, abs=1e-9)
    assert load.peak_sessions.working == "09:00 to 10:00: 38.009 → 39"
    assert load.average_sessions.value == pytest.approx(120 * 20 / 1440)


def test_sessions_of_one_length_and_of_heavy_tails() -> None:
    # Exactly 20 minutes: 40 are open from 20 past nine on.
    assert day(only(9, 120), session_p95_minutes=20).load.peak_sessions.value == 40
    assert day(only(9, 120), session_p95_minutes=1).load.peak_sessions.value == 40
    # Most are short and few are very long, so that fewer of this hour are still open at its end.
    exponential, heavy, heaviest = (
        float(day(only(9, 120), session_p95_minutes=p95).load.exact_peak) for p95 in (None, 70, 100_000)
    )
    assert heaviest < heavy < exponential


def test_the_profile_wins_over_users_and_a_measured_peak_over_its_height() -> None:
    assert planned(Workload(sessions_by_hour=FLAT, daily_users=5000), None).load.peak_sessions.value == 20
    load = day(only(9, 120), peak_sessions=100).load
    peak = 40 * (1 - exp(-3))
    assert load.exact_peak == load.by_hour[9] == 100
    assert float(load.by_hour[11]) == pytest.approx(100 * exp(-3), rel=1e-9)
    # The mean is as far below the peak as in the profile, not by the assumed peak factor.
    assert load.average_sessions.value == pytest.approx(100 * (120 * 20 / 1440) / peak, rel=1e-9)
    assert load.average_sessions.working == "100 / 22.805 ≈ 4.385"
    assert day(FLAT, peak_sessions=100).load.average == 100


def test_a_profile_of_next_to_nothing() -> None:
    for hours in ((5e-324,) * 24, only(3, 1e-9)):
        assert day(hours).load.peak_sessions.value == 1
        assert day(hours, peak_sessions=7).load.exact_peak == 7
    instant = day(FLAT, session_minutes=5e-324, peak_sessions=7)
    assert instant.load.exact_peak == 7


def test_rounding_buys_no_pod_and_hides_none() -> None:
    # A third of a session on the mean is 33.333… for 100 an hour; no hour's float may fall below the mean.
    load = day((100.0,) * 24).load
    assert load.exact_peak >= load.average == Fraction(100, 3)
    # 20 at the peak of a flat day is 4 pods of 5, and 3 sessions at a time are 3, not the 3.0000000000000013 of floats.
    assert day(FLAT).replicas.steady_replicas.value == 4
    assert day((2.0,) * 24, session_minutes=90).load.peak_sessions.value == 3


def test_floors_join_the_hours_with_the_same_number() -> None:
    # At most 38.01 in the hours from nine and from ten, 8 pods of 5; 1.9 at eleven.
    result = day(only(9, 120))
    assert result.replicas.min_replicas.value == 1
    assert result.replicas_by_hour == (*(1,) * 9, 8, 8, *(1,) * 13)
    assert result.floors == (Floor(start_hour=9, end_hour=11, replicas=8),)


def test_floors_of_different_heights_follow_each_other() -> None:
    hours = (0.0,) * 8 + (60.0, 120.0, 60.0) + (0.0,) * 13
    result = day(hours)
    assert [(floor.start_hour, floor.end_hour, floor.replicas) for floor in result.floors] == [
        (8, 9, 4),  # 20 (1 - e⁻³) = 19.0
        (9, 11, 8),  # 40 (1 - e⁻³) + 19.0 e⁻³ = 39.0
        (11, 12, 5),  # 20 (1 - e⁻³) + 39.0 e⁻³ = 20.9
    ]


def test_no_floor_goes_over_midnight() -> None:
    result = day(only(23, 120))
    assert result.floors == (
        Floor(start_hour=0, end_hour=1, replicas=8),
        Floor(start_hour=23, end_hour=24, replicas=8),
    )


def test_floors_stay_within_the_bounds() -> None:
    capped = day(only(9, 120), Bounds(production=False, max_replicas=3))
    assert capped.floors == (Floor(start_hour=9, end_hour=11, replicas=3),)
    raised = day(only(9, 120), Bounds(production=False, min_replicas=8))
    assert raised.floors == ()
    assert raised.replicas_by_hour == (8,) * 24


def test_floors_have_headroom() -> None:
    # 38.01 × 1.3 = 49.4
    result = day(only(9, 120), headroom_percent=30)
    assert result.floors == (Floor(start_hour=9, end_hour=11, replicas=10),)


def test_no_floors_without_a_profile() -> None:
    result = planned(Workload(daily_users=50_000), None)
    assert (result.load.by_hour, result.replicas_by_hour, result.floors) == ((), (), ())
    assert number(result.load.peak_sessions) == 6250
