"""Loads: their shapes, and a CSV of one's own with every mistake that it can have."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pulumi_kubernetes_mcp.simulation import load as loads
from pulumi_kubernetes_mcp.simulation.load import DAY, HOUR, Load, LoadError, from_csv
from pulumi_kubernetes_mcp.simulation.scenarios import SPIKE_AT, scenarios
from tests.table import table


def test_a_load_is_straight_between_its_points_and_level_outside() -> None:
    load = Load((0, 100, 200), (10, 30, 0))
    assert [load.at(now) for now in (-50, 0, 25, 100, 150, 200, 500)] == [10, 10, 15, 30, 15, 0, 0]
    assert (load.duration, load.peak) == (200, 30)
    assert load.scaled(2).at(25) == 30


@pytest.mark.parametrize(
    ("times", "sessions", "problem"),
    [
        ((), (), "at least one point"),
        ((0, 1), (5,), "one number of sessions for each"),
        ((0, 0), (5, 5), "must ascend"),
        ((0, 1), (5, -1), "not negative"),
        ((0, 1), (5, math.nan), "finite"),
    ],
)
def test_what_is_no_load(times: tuple[float, ...], sessions: tuple[float, ...], problem: str) -> None:
    with pytest.raises(LoadError, match=problem):
        Load(times, sessions)


def test_a_day_has_its_peak_in_the_middle_of_an_hour() -> None:
    day = loads.day(100)
    assert day.duration == DAY
    assert day.peak == 100 == day.at(10.5 * HOUR)
    assert Load((0, 10, 20), (0, 10, 10)).mean == 7.5
    given = loads.day(60, [1] * 12 + [6] * 12)
    assert (given.at(5 * HOUR), given.at(15 * HOUR)) == (10, 60)


@pytest.mark.parametrize("mean", [25.0, 40.0, 60.0, 99.0, 100.0])
def test_an_office_day_has_the_mean_that_is_asked_for_and_keeps_its_peak(mean: float) -> None:
    found = loads.day(100, mean=mean)
    assert found.mean == pytest.approx(mean)
    assert found.peak == 100 == found.at(10.5 * HOUR)


def test_a_mean_that_no_day_with_this_peak_has_is_neared() -> None:
    assert 2 * 100 / 24 <= loads.day(100, mean=1).mean < 11
    assert loads.day(100, mean=500).mean == pytest.approx(100)


def test_a_profile_has_its_greatest_number_in_each_hour_and_no_more() -> None:
    """Sessions of half an hour that begin in one hour: the highest number is at its end, and the fall begins there."""
    greatest = [0.0] * 10 + [86.5, 86.5, 11.7, 1.6] + [0.0] * 10
    found = loads.day(86.5, greatest, session_seconds=1800)
    assert found.at(10 * HOUR) == 0
    assert found.at(11 * HOUR) == 86.5
    assert found.at(11.5 * HOUR) == pytest.approx(11.7 + (86.5 - 11.7) * 0.27, rel=0.02)
    assert [max(found.at(hour * HOUR + at) for at in range(0, HOUR, 300)) <= greatest[hour] for hour in range(24)]
    assert loads.day(86.5, greatest).at(11.5 * HOUR) == pytest.approx((86.5 + 11.7) / 2)


def test_a_valley_between_two_hours_is_as_deep_as_the_mean_says() -> None:
    greatest = [1.0] + [10.0] * 22 + [1.0]
    greatest[12] = 10.0
    flat = loads.day(10, greatest, session_seconds=900)
    deep = loads.day(10, greatest, mean=flat.mean - 0.5, session_seconds=900)
    assert deep.mean == pytest.approx(flat.mean - 0.5, rel=1e-3)
    assert deep.peak == 10


def test_every_scenario_ends_where_it_can_recover() -> None:
    found = scenarios(peak=100)
    assert list(found) == [
        *(
            "day",
            "spike",
            "spike-10",
            "launch",
            "metric-outage",
            "resource-outage",
            "zone-loss",
            "slow-start",
            "rollout",
        )
    ]
    assert {name: scenario.load.peak for name, scenario in found.items()} == {
        "day": 100,
        "spike": 200,
        "spike-10": 100,
        "launch": 200,
        "metric-outage": 100,
        "resource-outage": 100,
        "zone-loss": 100,
        "slow-start": 200,
        "rollout": 100,
    }
    assert found["spike"].since == SPIKE_AT
    assert found["spike"].load.at(SPIKE_AT) == 100
    assert found["spike"].load.at(SPIKE_AT + 30) == 200
    assert found["spike-10"].load.at(SPIKE_AT) == 10
    twice = {name for name, one in found.items() if one.load.peak > 100}
    assert twice == {name for name, one in found.items() if re.search(r"twice (the peak|it)", one.title)}
    assert all(scenario.since <= scenario.load.duration / 2 for scenario in found.values())
    assert all(scenario.title for scenario in found.values())


def test_zones_decide_how_much_is_lost() -> None:
    assert scenarios(peak=1, zones=4)["zone-loss"].events.lost == (3600, 0.25)
    assert scenarios(peak=1, zones=1)["zone-loss"].events.lost == (3600, 1.0)
    assert scenarios(peak=1, zones=1)["zone-loss"].title == "the only zone lost at the peak"
    assert scenarios(peak=1, zones=2)["zone-loss"].title == "one of 2 zones lost at the peak"


@pytest.mark.parametrize(
    "text",
    [
        "0,10\n60,20\n120,0\n",
        "seconds,sessions\n0,10\n60,20\n120,0\n",
        "# from Prometheus\n\nseconds, sessions\n 0 , 10 \n60,20\n\n120,0",
        "1700000000,10\r\n1700000060,20\r\n1700000120,0\r\n",
    ],
)
def test_a_csv_with_or_without_header_and_from_any_zero(text: str) -> None:
    assert from_csv(text.splitlines(), "load.csv") == Load((0, 60, 120), (10, 20, 0))


@table(
    "text, begins",
    [
        ("28800,10\n32400,20\n", 28_800.0),
        ("1774742400,10\n1774746000,20\n", datetime(2026, 3, 29, tzinfo=UTC)),
        ("2026-03-29T00:00:00Z,10\n2026-03-29T01:00:00Z,20\n", datetime(2026, 3, 29, tzinfo=UTC)),
        ("time,sessions\n2026-03-29 00:00,10\n2026-03-29 01:00,20\n", datetime(2026, 3, 29)),
    ],
)
def test_a_csv_begins_when_its_first_line_says(text: str, begins: datetime | float) -> None:
    found = from_csv(text.splitlines(), "load.csv")
    assert found == Load((0, 3600), (10, 20))
    assert found.begins == found.scaled(2).begins == begins


@table(
    "times, hours",
    [
        # The clock is put back at three, so that two to three comes twice; written once, it is the first of them.
        ("10-25T01:00 10-25T02:00 10-25T03:00 10-25T12:00", (0, 1, 3, 12)),
        ("10-25T01:00 10-25T02:00 10-25T02:30 10-25T02:00 10-25T02:30 10-25T03:00", (0, 1, 1.5, 2, 2.5, 3)),
        # It is put forward at two. A file that has half past two is of a clock that is never changed.
        ("03-29T01:00 03-29T03:00 03-29T12:00", (0, 1, 10)),
        ("03-29T01:00 03-29T02:30 03-29T03:00 03-29T12:00", (0, 1.5, 2, 11)),
        ("03-29T00:00Z 03-29T02:00Z 03-29T12:00Z", (0, 2, 12)),
    ],
)
def test_timestamps_without_a_zone_are_of_the_clock_of_the_schedules(times: str, hours: tuple[float, ...]) -> None:
    lines = [f"2026-{time},10" for time in times.split()]
    found = from_csv(lines, "load.csv", ZoneInfo("Europe/Berlin"))
    assert found.times == tuple(hour * HOUR for hour in hours)


@table(
    "text, message",
    [
        ("0,10\n2026-03-29,20\n", "load.csv, line 2: its time is of another form than that of the first line"),
        ("0,10\n60;20\n", "load.csv, line 2: '60;20' is not two numbers; write seconds,sessions"),
        ("a,b\nc,d\n", "load.csv: a load needs two lines at least, 60 seconds apart; write seconds,sessions"),
        ("0,10\nx,y\n", "load.csv, line 2: 'x,y' is not two numbers; write seconds,sessions"),
        ("0,10,3\n60,20,3\n", "load.csv, line 1: '0,10,3' is not two numbers; write seconds,sessions"),
        ("0,10\n\n60,-1\n", "load.csv, line 3: -1 is no number of sessions; it goes from 0 to 10000000"),
        ("0,10\n60,1e12\n", "load.csv, line 2: 1e+12 is no number of sessions; it goes from 0 to 10000000"),
        ("0,10\n60,nan\n", "load.csv, line 2: nan is no number of sessions; it goes from 0 to 10000000"),
        ("0,10\ninf,10\n", "load.csv, line 2: inf is no time"),
        ("60,10\n0,20\n", "load.csv, line 2: 0 s does not come after 60 s; sort the lines by time"),
        ("2026-03-29,1\n2026-03-28,2\n", "load.csv, line 2: 2026-03-28 does not come after the time before it; sort"),
        ("", "load.csv: a load needs two lines at least, 60 seconds apart; write seconds,sessions"),
        ("0,10\n", "load.csv: a load needs two lines at least, 60 seconds apart; write seconds,sessions"),
        ("0,1\n1,2\n", "load.csv: a load needs two lines at least, 60 seconds apart; write seconds,sessions"),
        ("1700000000,1\n1700000001,2\n", "load.csv: a load needs two lines at least, 60 seconds apart"),
        ("0,1\n1e9,2\n", "load.csv: it is longer than 31 days; are its times in seconds?"),
        ("0,10\n60," + "9" * 80 + "x\n", "load.csv, line 2: '60,999"),
    ],
)
def test_mistakes_of_a_csv_are_named_with_their_line(text: str, message: str) -> None:
    with pytest.raises(LoadError) as refused:
        from_csv(text.splitlines(), "load.csv")
    assert str(refused.value).startswith(message)
    assert len(str(refused.value)) < 160


def test_more_lines_than_anybody_needs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loads.MOST_ROWS == 1_000_000
    monkeypatch.setattr(loads, "MOST_ROWS", 100)
    assert len(from_csv((f"{number},1" for number in range(100)), "load.csv").times) == 100
    with pytest.raises(LoadError, match="more than 100 lines; give one per minute, not one per request"):
        from_csv((f"{number},1" for number in range(101)), "load.csv")
