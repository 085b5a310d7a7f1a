"""Schedules in words to crons: by hand, and against an oracle that looks at every minute of a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.autoscaling.spec import clock
from tests.autoscaling.cron_oracle import DAY, decided, wall_minutes
from tests.autoscaling.cron_oracle import days as days_of
from tests.sizes import examples
from tests.table import table

BERLIN = "Europe/Berlin"


def schedule(*days: str, at: tuple[str, str] = ("08:00", "18:00"), ramp: int = 0, **more: Any) -> specs.Schedule:
    values: dict[str, Any] = {"name": "a", "time_zone": BERLIN, "replicas": 10, **more}
    return specs.Schedule(days=days, from_time=at[0], to_time=at[1], ramp_minutes=ramp, **values)


def as_crons(start: str, end: str, **more: Any) -> specs.Schedule:
    values: dict[str, Any] = {"name": "a", "time_zone": BERLIN, "replicas": 10, **more}
    return specs.Schedule(start=start, end=end, **values)


@table(
    "days, at, ramp, expected",
    [
        (["daily"], ("08:00", "18:00"), 0, [("0 8 * * *", "0 18 * * *")]),
        (["weekdays"], ("08:30", "18:00"), 10, [("20 8 * * 1-5", "0 18 * * 1-5")]),
        (["weekends"], ("10:00", "16:05"), 0, [("0 10 * * 0,6", "5 16 * * 0,6")]),
        (["tue", "mon", "fri", "fri"], ("08:00", "18:00"), 0, [("0 8 * * 1,2,5", "0 18 * * 1,2,5")]),
        # Over midnight the end is on the next day, of the next week for Saturday.
        (["weekdays"], ("22:00", "06:00"), 0, [("0 22 * * 1-5", "0 6 * * 2-6")]),
        (["sat"], ("22:00", "06:00"), 0, [("0 22 * * 6", "0 6 * * 0")]),
        # A ramp before midnight moves the start to the day before.
        (["mon"], ("00:05", "06:00"), 15, [("50 23 * * 0", "0 6 * * 1")]),
        (["sun"], ("00:05", "06:00"), 15, [("50 23 * * 6", "0 6 * * 0")]),
        (["daily"], ("00:05", "06:00"), 15, [("50 23 * * *", "0 6 * * *")]),
        # To the end of a day; what touches becomes one window.
        (["mon"], ("20:00", "24:00"), 0, [("0 20 * * 1", "0 0 * * 2")]),
        (["weekends"], ("00:00", "24:00"), 0, [("0 0 * * 6", "0 0 * * 1")]),
        (["mon", "wed", "thu"], ("00:00", "24:00"), 0, [("0 0 * * 1", "0 0 * * 2"), ("0 0 * * 3", "0 0 * * 5")]),
        # A ramp that reaches into the window before: one pair with its own end would lose the pods in between.
        (["weekdays"], ("20:00", "19:00"), 90, [("30 18 * * 1", "0 19 * * 6")]),
        # Dates come back every year.
        (["11-27"], ("06:00", "23:00"), 30, [("30 5 27 11 *", "0 23 27 11 *")]),
        (["11-27", "11-28", "11-29", "12-24"], ("06:00", "23:00"), 0,
         [("0 6 27-29 11 *", "0 23 27-29 11 *"), ("0 6 24 12 *", "0 23 24 12 *")]),
        (["12-31"], ("20:00", "06:00"), 0, [("0 20 31 12 *", "0 6 1 1 *")]),
        (["01-01"], ("00:10", "06:00"), 20, [("50 23 31 12 *", "0 6 1 1 *")]),
        (["11-30", "12-01"], ("00:00", "24:00"), 0, [("0 0 30 11 *", "0 0 2 12 *")]),
        # In a leap year this one stays open for a day more, since cron cannot say 29 February or 1 March.
        (["02-28"], ("22:00", "06:00"), 0, [("0 22 28 2 *", "0 6 1 3 *")]),
        (["sun", "11-27"], ("08:00", "18:00"), 0,
         [("0 8 * * 0", "0 18 * * 0"), ("0 8 27 11 *", "0 18 27 11 *")]),
    ],
)  # fmt: skip
def test_words_to_crons(days: list[str], at: tuple[str, str], ramp: int, expected: list[tuple[str, str]]) -> None:
    assert specs.crons(schedule(*days, at=at, ramp=ramp)) == expected


def test_crons_stay_as_they_are_but_for_spaces() -> None:
    assert specs.crons(as_crons("0  8 * * 1-5", " 0 18 * * mon-fri")) == [("0 8 * * 1-5", "0 18 * * mon-fri")]


@pytest.mark.parametrize(
    ("days", "at", "ramp"),
    [
        (["daily"], ("00:00", "24:00"), 0),
        (["daily"], ("20:00", "19:00"), 60),
        (["daily"], ("20:00", "19:00"), 90),
        (["weekdays", "weekends"], ("08:00", "07:59"), 1),
        (["daily", "11-27"], ("00:00", "24:00"), 0),
    ],
)
def test_windows_without_a_gap(days: list[str], at: tuple[str, str], ramp: int) -> None:
    endless = schedule(*days, at=at, ramp=ramp)
    assert specs.crons(endless) == []
    assert specs.always(endless)


def test_equal_times_are_no_window() -> None:
    assert specs.always(as_crons("0 8 * * *", "00 8 * * *"))
    assert specs.always(as_crons("0 8 * * 1-5", "0 8 * * mon-fri"))
    assert not specs.always(as_crons("0 8 * * 1-5", "0 8 * * 1-4"))
    assert specs.length_minutes(schedule("daily", at=("08:00", "08:00"))) == 0
    assert specs.length_minutes(schedule("daily", at=("00:00", "24:00"))) == 1440
    assert specs.length_minutes(schedule("daily", at=("22:00", "06:00"))) == 480
    assert specs.length_minutes(schedule("daily", at=("20:00", "24:00"))) == 240


@pytest.mark.parametrize("ramp", [0, 10])
def test_a_window_without_length_is_always_wrong(ramp: int) -> None:
    """With a ramp there would be a window, of the minutes before it was wanted."""
    assert specs.always(schedule("daily", at=("08:00", "08:00"), ramp=ramp))


@table(
    "wrong, key, words",
    [
        (schedule("mon", start="0 8 * * *"), "start", "The window is given twice, in cron expressions and in words."),
        (as_crons("0 8 * * *", "x"), "end", "'x' is no cron expression. It has 1 field and needs five: minute, hour, "
         "day of the month, month, day of the week."),
        (specs.Schedule(name="a", time_zone=BERLIN, replicas=3, start="0 8 * * *"), "end",
         "It is missing: a window needs a start and an end."),
        (as_crons("0 8 30 2 *", "0 9 * * *"), "start", "'0 8 30 2 *' never comes: no year has that day."),
        (specs.Schedule(name="a", time_zone=BERLIN, replicas=3), "days", "The schedule says nowhere when it holds."),
        (schedule(), "days", "No day is given."),
        (schedule("monday"), "days", "'monday' is neither a word for days nor a date."),
        (schedule("27-11"), "days", "'27-11' is no day of a year; month comes before day."),
        (schedule("02-30"), "days", "'02-30' is no day of a year; month comes before day."),
        (schedule("02-29"), "days", "29 February is not in every year, and cron knows no years: the window would stay "
         "open until the next."),
        (schedule("mon", at=("8:00", "18:00")), "from_time", "'8:00' is no time of day."),
        (schedule("mon", at=("24:00", "18:00")), "from_time", "'24:00' is no time of day."),
        (schedule("mon", at=("08:00", "18:60")), "to_time", "'18:60' is no time of day."),
        (specs.Schedule(name="a", time_zone=BERLIN, replicas=3, days=("mon",), from_time="08:00"), "to_time",
         "It is missing: a window needs both times."),
    ],
)  # fmt: skip
def test_what_cannot_be_read(wrong: specs.Schedule, key: str, words: str) -> None:
    (found,) = specs.unreadable(wrong)
    assert (found.key, found.problem) == (key, words)
    assert found.remedy.endswith(".")
    with pytest.raises(specs.CronError):
        specs.crons(wrong)


# Against every minute of a year

times = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
week_days = st.lists(st.sampled_from(specs.DAY_WORDS), min_size=1, max_size=4)
dates = st.lists(st.dates(date(2027, 1, 1), date(2027, 12, 31)).map(lambda day: f"{day:%m-%d}"), min_size=1, max_size=4)
zones = st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Sydney", "America/Sao_Paulo"])


@st.composite
def schedules(draw: st.DrawFn) -> specs.Schedule:
    at = (draw(times), draw(st.one_of(times, st.just("24:00"))))
    return schedule(
        *draw(st.one_of(week_days, dates)),
        at=at,
        ramp=draw(st.sampled_from([0, 15, 45, 120, 1440])),
        time_zone=draw(zones),
    )


def wanted(one: specs.Schedule, year: int) -> bytearray:
    """For each UTC minute of the year, whether a clock on the wall is in a window, as the words say it."""
    begin, end = (int(text[:2]) * 60 + int(text[3:]) for text in (str(one.from_time), str(one.to_time)))
    if end <= begin and not (begin == 0 and end == DAY):
        end += DAY
    words = {"daily": range(7), "weekdays": range(5), "weekends": range(5, 7)}
    inside = set()
    for offset in range(-3, days_of(year) + 3):
        day = date(year, 1, 1) + timedelta(days=offset)
        names = {word for word, numbers in words.items() if day.weekday() in numbers}
        if {f"{day:%a}".lower(), f"{day:%m-%d}", *names} & set(one.days):
            inside |= set(range(offset * DAY + begin - one.ramp_minutes, offset * DAY + end))
    walls = wall_minutes(one.time_zone, year)
    first = 10 * DAY
    return bytearray(minute in inside for minute in walls[first : first + days_of(year) * DAY])


def repeated(zone: str, year: int) -> set[int]:
    """UTC minutes around a repeated hour, where the clock on the wall says the same twice."""
    walls = wall_minutes(zone, year)[10 * DAY :]
    turns = [place for place in range(1, days_of(year) * DAY) if walls[place] < walls[place - 1]]
    return {minute for turn in turns for minute in range(turn - 60, turn + 60)}


@pytest.mark.grid
@examples(16)
@given(schedules())
def test_keda_opens_what_the_words_say_at_every_minute_of_a_year(one: specs.Schedule) -> None:
    year = 2027
    if specs.always(one):
        assert specs.length_minutes(one) == 0 or all(wanted(one, year))
        return
    keda = decided(specs.crons(one), one.time_zone, year)
    different = {minute for minute, (a, b) in enumerate(zip(keda, wanted(one, year), strict=True)) if a != b}
    if not specs.lost_edges(one, specs.zones()):
        assert different <= repeated(one.time_zone, year)


@pytest.mark.grid
@examples(10)
@given(schedules())
def test_the_windows_of_a_year_are_kedas(one: specs.Schedule) -> None:
    """What the package computes from crons, against the oracle; a leap year, with lost edges and all."""
    if specs.always(one):
        return
    year = 2028
    begin = datetime(year, 1, 1, tzinfo=UTC)
    found = bytearray(days_of(year) * DAY)
    for since, until in specs.year_windows(one):
        first, last = (int((moment - begin).total_seconds()) // 60 for moment in (since, until))
        found[max(0, first) : max(0, last)] = b"\1" * (max(0, last) - max(0, first))
    keda = decided(specs.crons(one), one.time_zone, year)
    margin = DAY
    assert found[margin : days_of(year) * DAY - margin] == keda[margin:-margin]


@pytest.mark.parametrize(
    ("one", "lost"),
    [
        (schedule("daily", at=("02:30", "06:00")), [("start", datetime(2026, 3, 29, 2, 30))]),
        (schedule("daily", at=("22:00", "02:00")), [("end", datetime(2026, 3, 29, 2, 0))]),
        (schedule("sun", at=("02:15", "02:45")), [
            ("start", datetime(2026, 3, 29, 2, 15)), ("end", datetime(2026, 3, 29, 2, 45))]),
        # The clock changes on a Sunday.
        (schedule("weekdays", at=("02:30", "06:00")), []),
        (schedule("daily", at=("03:00", "02:00"), time_zone="UTC"), []),
        (schedule("daily", at=("22:00", "03:00")), []),
        (schedule("daily", at=("22:00", "01:45")), []),
        (schedule("03-28", at=("02:30", "06:00")), [("start", datetime(2027, 3, 28, 2, 30))]),
        (schedule("weekends", at=("00:00", "24:00"), time_zone="America/Santiago"), []),
        (schedule("sun", at=("00:30", "24:00"), time_zone="America/Santiago"),
         [("start", datetime(2026, 9, 6, 0, 30))]),
        (schedule("daily", at=("02:30", "06:00"), time_zone="Nowhere/Atall"), []),
        (as_crons("30 2 * * *", "0 3 * * *"), [("start", datetime(2026, 3, 29, 2, 30))]),
    ],
)  # fmt: skip
def test_edges_that_the_clock_skips(one: specs.Schedule, lost: list[tuple[str, datetime]]) -> None:
    assert specs.lost_edges(one, specs.zones()) == lost


@pytest.mark.grid
def test_a_lost_end_costs_the_window_and_a_lost_start_opens_it_early() -> None:
    """What the finding says of both, minute by minute."""
    night, morning = schedule("daily", at=("22:00", "02:30")), schedule("daily", at=("02:30", "06:00"))
    begin = datetime(2027, 1, 1, tzinfo=UTC)

    def inside(one: specs.Schedule, moment: datetime) -> bool:
        return bool(decided(specs.crons(one), BERLIN, 2027)[int((moment - begin).total_seconds()) // 60])

    assert inside(night, datetime(2027, 3, 26, 23, tzinfo=UTC))
    assert not inside(night, datetime(2027, 3, 27, 23, tzinfo=UTC))
    assert not inside(morning, datetime(2027, 3, 26, 12, tzinfo=UTC))
    assert inside(morning, datetime(2027, 3, 27, 12, tzinfo=UTC))


# Several schedules


@pytest.mark.grid
def test_which_of_two_wins() -> None:
    office = schedule("weekdays", name="office", replicas=10)
    launch = schedule("11-27", at=("06:00", "20:00"), name="launch", replicas=40)
    assert specs.overlaps([office, launch]) == (
        "'launch' and 'office' overlap (11-27 08:00 to 18:00 in years in which both have that day, Europe/Berlin; "
        "about 10 h a year); the highest floor wins, so at least 40 pods run and 'office' with its 10 "
        "does nothing then."
    )
    assert specs.overlaps([launch, office]) == specs.overlaps([office, launch])
    same = schedule("mon", name="monday", replicas=10)
    assert specs.overlaps([office, same]).startswith(
        "'office' and 'monday' overlap (Mondays 08:00 to 18:00, Europe/Berlin; "
    )
    assert specs.overlaps([office, same]).endswith("both ask for 10 pods.")


@pytest.mark.parametrize(
    ("first", "second", "when"),
    [
        (
            schedule("mon", at=("22:00", "02:00")),
            schedule("mon", at=("20:00", "01:00")),
            "Mondays 22:00 to Tuesdays 01:00",
        ),
        (schedule("weekdays"), schedule("daily", at=("17:00", "22:00")), "Mondays 17:00 to 18:00 among others"),
        (schedule("daily"), schedule("daily", at=("17:00", "22:00")), "daily 17:00 to 18:00"),
        (schedule("daily", at=("20:00", "24:00")), schedule("daily", at=("22:00", "24:00")), "daily 22:00 to 24:00"),
        (schedule("11-27"), schedule("daily", at=("17:00", "22:00")), "11-27 17:00 to 18:00"),
        (schedule("11-27"), schedule("11-27", "11-28"), "11-27 08:00 to 18:00"),
        (schedule("11-27", "12-24"), schedule("11-27", "12-24"), "11-27 08:00 to 18:00 among others"),
        (as_crons("0 8 * * 1", "0 12 * * 1"), schedule("mon", at=("10:00", "18:00")), "Mondays 10:00 to 12:00"),
        (as_crons("0 8 1 * *", "0 12 1 * *"), schedule("daily"), "01-01 08:00 to 12:00 among others"),
        # The first of them in the year is a Sunday, and not the date.
        (schedule("sun", "11-27"), schedule("daily"), "Sundays 08:00 to 18:00 among others"),
        (schedule("11-27"), schedule("sun", "11-27"), "11-27 08:00 to 18:00"),
    ],
)
def test_an_overlap_is_said_in_words_of_every_year(first: specs.Schedule, second: specs.Schedule, when: str) -> None:
    (found,) = specs.overlapping([first, second], specs.zones())
    assert f"overlap ({when}, Europe/Berlin; about " in found.text


@pytest.mark.grid
def test_what_does_not_overlap() -> None:
    office = schedule("weekdays", name="office")
    assert specs.overlaps([office]) == ""
    assert specs.overlaps([office, schedule("weekends", name="weekend")]) == ""
    assert specs.overlaps([office, schedule("weekdays", at=("18:00", "20:00"), name="evening")]) == ""
    # A ramp is no part of what was asked for.
    assert specs.overlaps([office, schedule("weekdays", at=("18:00", "20:00"), ramp=30, name="evening")]) == ""
    # The same hours by another clock.
    assert specs.overlaps([office, schedule("weekdays", time_zone="Asia/Tokyo", name="tokyo")]) != ""
    assert specs.overlaps([office, schedule("weekdays", time_zone="Nowhere/Atall", name="x")]) == ""
    assert specs.overlaps([office, schedule("nonsense", name="x")]) == ""


def test_windows_of_a_week_and_of_a_year_are_one() -> None:
    every_day = schedule("daily")
    assert specs.year_windows(schedule("daily", "11-27", "12-24")) == specs.year_windows(every_day)
    longer = schedule("11-27", at=("06:00", "20:00"))
    assert len(specs.year_windows(longer)) == 1
    assert len(specs.crons(schedule("daily", "11-27"))) == 2


def test_three_schedules_are_compared_two_by_two() -> None:
    three = [schedule("mon", name=name, replicas=count) for name, count in (("a", 3), ("b", 4), ("c", 5))]
    assert [(one.first.name, one.second.name) for one in specs.overlapping(three, specs.zones())] == [
        ("a", "b"), ("a", "c"), ("b", "c"),
    ]  # fmt: skip


@pytest.mark.grid
def test_a_hundred_schedules_are_one_sentence_and_few_comparisons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that grows with their number, and not with its square: two of them are compared only to be named."""
    many = [schedule("weekdays", at=("08:00", f"1{one % 10}:00"), name=f"s{one}") for one in range(100)]
    compared: list[int] = []
    compare = clock._intersections
    monkeypatch.setattr(clock, "_intersections", lambda *two: compared.append(1) or compare(*two))
    text = specs.overlaps([*many, schedule("sun", name="alone")])
    assert text.startswith("100 of 101 schedules overlap, and the highest floor wins. The first of them: 's0' and 's")
    assert len(text) < 800
    assert len(compared) == clock.MOST_PAIRS


@given(
    spans=st.lists(
        st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), min_size=1, max_size=4), min_size=1, max_size=8
    )
)
@examples(200)
def test_whoever_meets_another_one_is_found(spans: list[list[tuple[int, int]]]) -> None:
    """Against every two compared with each other."""
    begin = datetime(2028, 1, 1, tzinfo=UTC)
    laid: list[list[tuple[datetime, datetime]]] = []
    for own in spans:
        end, windows = -1, []
        for gap, length in own:
            windows.append(
                (begin + timedelta(minutes=end + 1 + gap), begin + timedelta(minutes=end + 1 + gap + length))
            )
            end += 1 + gap + length
        laid.append(windows)
    every = {
        (second, first)
        for second in range(len(laid))
        for first in range(second)
        if any(max(a, c) < min(b, d) for a, b in laid[first] for c, d in laid[second])
    }
    assert clock.meetings(laid, 10_000) == (every, {one for pair in every for one in pair})
    few, together = clock.meetings(laid, 2)
    assert few <= every
    assert len(few) == min(2, len(every))
    assert together == {one for pair in every for one in pair}


def test_a_machine_without_a_time_zone_database_knows_nothing() -> None:
    office = schedule("weekdays", name="office")
    assert specs.overlapping([office, office], frozenset()) == []
    assert specs.lost_edges(schedule("daily", at=("02:30", "06:00")), frozenset()) == []


@pytest.mark.parametrize(("text", "refused"), [("*/15 * * * *", False), ("*/14 * * * *", True), ("* * * * *", True)])
def test_a_window_does_not_open_all_the_time(text: str, refused: bool) -> None:
    schedule = specs.Schedule(name="a", time_zone="UTC", replicas=4, start=text, end="7 9 * * *")
    assert [one.key for one in specs.unreadable(schedule)] == (["start"] if refused else [])
