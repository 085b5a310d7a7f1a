"""Cron windows, against what KEDA's own library decided and against an oracle that asks every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pulumi_kubernetes_mcp.autoscaling.spec.cron import Cron, CronError, parse, takes_turns, windows
from tests.autoscaling.cron_facts import FACTS
from tests.table import table

RECORDED = [
    ("Europe/Berlin", "0 8 * * 1-5", "0 18 * * 1-5", "2027-03-26", 5,
     "03-26T07:00/03-26T17:00 03-29T06:00/03-29T16:00 03-30T06:00/03-30T16:00"),
    ("Europe/Berlin", "30 22 * * *", "30 2 * * *", "2027-03-26", 4,
     "03-25T23:00/03-26T01:30 03-26T21:30/03-27T01:30 03-28T20:30/03-29T00:30 03-29T20:30/03-29T23:00"),
    ("Europe/Berlin", "30 2 * * *", "0 6 * * *", "2027-03-26", 4,
     "03-26T01:30/03-26T05:00 03-27T01:30/03-28T04:00 03-29T00:30/03-29T04:00"),
    ("Europe/Berlin", "30 1 * * *", "30 2 * * *", "2027-10-29", 4,
     "10-28T23:30/10-29T00:30 10-29T23:30/10-30T00:30 10-30T23:30/10-31T01:30 11-01T00:30/11-01T01:30"),
    ("Europe/Berlin", "0 20 * * *", "30 2 * * *", "2027-10-29", 4,
     "10-28T22:00/10-29T00:30 10-29T18:00/10-30T00:30 10-30T18:00/10-31T01:30 10-31T19:00/11-01T01:30 "
     "11-01T19:00/11-01T22:00"),
    ("America/New_York", "0 2 * * *", "0 5 * * *", "2027-03-12", 4,
     "03-12T07:00/03-12T10:00 03-13T07:00/03-14T09:00 03-15T06:00/03-15T09:00"),
    ("America/New_York", "0 9 * * 1-5", "0 17 * * 1-5", "2027-11-04", 6,
     "11-04T13:00/11-04T21:00 11-05T13:00/11-05T21:00 11-08T14:00/11-08T22:00 11-09T14:00/11-09T22:00"),
    ("UTC", "0 8 * * *", "0 18 * * 5", "2027-06-01", 9, "06-04T08:00/06-04T18:00"),
    ("UTC", "0 8 * * 1", "0 18 * * *", "2027-06-01", 9, "06-01T00:00/06-06T18:00 06-07T08:00/06-10T00:00"),
    ("UTC", "0 0 1 * 1", "0 12 1 * 1", "2027-06-01", 9, "06-01T00:00/06-01T12:00 06-07T00:00/06-07T12:00"),
    ("UTC", "0 6 27 11 *", "0 23 27 11 *", "2027-11-25", 5, "11-27T06:00/11-27T23:00"),
    ("UTC", "0 0 * * 6,0", "0 0 * * 0,1", "2027-06-01", 9, "06-05T00:00/06-07T00:00"),
    ("UTC", "0 8 29 2 *", "0 18 29 2 *", "2027-02-26", 6, ""),
    ("UTC", "0,30 8 * * *", "15,45 8 * * *", "2027-06-01", 2,
     "06-01T08:00/06-01T08:15 06-01T08:30/06-01T08:45 06-02T08:00/06-02T08:15 06-02T08:30/06-02T08:45"),
    ("UTC", "0 8 */2 * 1", "0 9 */2 * 1", "2027-06-01", 9,
     "06-01T08:00/06-01T09:00 06-03T08:00/06-03T09:00 06-05T08:00/06-05T09:00 06-07T08:00/06-07T09:00 "
     "06-09T08:00/06-09T09:00"),
    ("UTC", "0 8 * * mon-FRI", "0 9 ? jun,Jul *", "2027-06-01", 5,
     "06-01T08:00/06-01T09:00 06-02T08:00/06-02T09:00 06-03T08:00/06-03T09:00 06-04T08:00/06-06T00:00"),
]  # fmt: skip
"""Zone, start, end, first day, days, and the windows in UTC that robfig/cron v3.0.1 with the condition of KEDA 2.21.0
found when it was asked for each minute."""


@table("zone, start, end, first, count, expected", RECORDED)
def test_windows_are_those_of_kedas_own_library(
    zone: str, start: str, end: str, first: str, count: int, expected: str
) -> None:
    found = windows(parse(start), parse(end), ZoneInfo(zone), date.fromisoformat(first), count)
    assert " ".join(f"{since:%m-%dT%H:%M}/{until:%m-%dT%H:%M}" for since, until in found) == expected
    assert all(moment.tzinfo is UTC for span in found for moment in span)


@table("name", FACTS)
def test_windows_are_what_keda_was_seen_to_do(name: str) -> None:
    """In a window or not at each minute from the first one to the last; edges of the days that were looked at."""
    (start, end, zone, since, until), expected = FACTS[name]
    place = ZoneInfo(zone)
    begin, last = (datetime.fromisoformat(text).replace(tzinfo=place).astimezone(UTC) for text in (since, until))
    first = begin.astimezone(place).date()
    days = (last.astimezone(place).date() - first).days + 1
    spans = windows(parse(start), parse(end), place, first, days)
    found = [(begin, any(opens <= begin < shuts for opens, shuts in spans))]
    edges = {edge: edge == opens for opens, shuts in spans for edge in (opens, shuts)}
    found += [(edge, edges[edge]) for edge in sorted(edges) if begin < edge <= last]
    assert [(f"{moment.astimezone(place):%a %d %H:%M %Z}", active) for moment, active in found] == expected


def test_an_expression_in_parts() -> None:
    assert parse("*/20 9-11 1,15 jan-mar,12 SUN,mon") == Cron(
        (0, 20, 40), (9, 10, 11), frozenset({1, 15}), frozenset({1, 2, 3, 12}), frozenset({0, 1}), either_day=True
    )
    assert parse("50/5 0 * * *").minutes == (50, 55)
    assert parse("3 0-23/6 ? * ?").hours == (0, 6, 12, 18)
    assert not parse("0 0 * * 1").either_day
    assert not parse("0 0 1 * *").either_day
    assert parse("0 0 */2 * 1").either_day
    assert not parse("0 0 */1 * 1").either_day


@table(
    "text, words",
    [
        ("0 8 * *", "It has 4 fields and needs five: minute, hour, day of the month, month, day of the week."),
        ("0 0 8 * * *", "It has 6 fields and needs five: minute, hour, day of the month, month, day of the week."),
        ("@daily", "It has 1 field and needs five: minute, hour, day of the month, month, day of the week."),
        ("60 8 * * *", "'60' is no minute, which is from 0 to 59, or '*', a list, a range or a step."),
        ("0 24 * * *", "'24' is no hour, which is from 0 to 23, or '*', a list, a range or a step."),
        ("0 8 0 * *", "'0' is no day of the month, which is from 1 to 31, or '*', a list, a range or a step."),
        ("0 8 * 13 *", "'13' is no month, which is from 1 to 12, or '*', a list, a range or a step."),
        ("0 8 * * 7", "'7' is no day of the week, which is from 0 to 6, or '*', a list, a range or a step."),
        (
            "0 8 * * fri-mon",
            "'fri-mon' is no day of the week, which is from 0 to 6, or '*', a list, a range or a step.",
        ),
        ("0 8 * * mo", "'mo' is no day of the week, which is from 0 to 6, or '*', a list, a range or a step."),
        ("0 8-6 * * *", "'8-6' is no hour, which is from 0 to 23, or '*', a list, a range or a step."),
        ("*/0 8 * * *", "'*/0' is no minute, which is from 0 to 59, or '*', a list, a range or a step."),
        ("*/x 8 * * *", "'*/x' is no minute, which is from 0 to 59, or '*', a list, a range or a step."),
        ("1,,2 8 * * *", "'' is no minute, which is from 0 to 59, or '*', a list, a range or a step."),
        ("-1 8 * * *", "'-1' is no minute, which is from 0 to 59, or '*', a list, a range or a step."),
        ("٣ 8 * * *", "'٣' is no minute, which is from 0 to 59, or '*', a list, a range or a step."),
        ("L 8 * * *", "'L' is no minute, which is from 0 to 59, or '*', a list, a range or a step."),
    ],
)
def test_what_keda_does_not_read(text: str, words: str) -> None:
    with pytest.raises(CronError) as refused:
        parse(text)
    assert str(refused.value) == words


@pytest.mark.parametrize(("text", "comes"), [("0 8 30 2 *", False), ("0 8 29 2 *", True), ("0 8 31 4,6,9,11 *", False)])
def test_some_days_never_come(text: str, comes: bool) -> None:
    assert parse(text).ever() is comes


@pytest.mark.parametrize(
    ("start", "end", "turns"),
    [
        ("0 8 * * 1-5", "0 18 * * 1-5", True),
        ("0 22 * * 1-5", "0 6 * * 2-6", True),
        ("0 0 * * 6", "0 0 * * 1", True),
        ("0 6 27 11 *", "0 23 27 11 *", True),
        ("0 8 * * *", "0 18 * * 5", False),
        ("0 8 * * 1", "0 18 * * *", False),
        ("0 22 * * 1-5", "0 6 * * 1-5", True),  # Open from Friday to Monday, which is what it says.
        ("0 8 * * *", "0 8 * * *", False),
        ("0 8,12 * * *", "0 12 * * *", False),
        ("0 0 * * 6,0", "0 0 * * 0,1", False),
    ],
)
def test_starts_and_ends_that_take_turns(start: str, end: str, turns: bool) -> None:
    assert takes_turns(parse(start), parse(end)) is turns


def test_a_window_that_is_open_when_the_range_begins_and_ends() -> None:
    zone, first = ZoneInfo("UTC"), date(2027, 6, 2)
    assert windows(parse("0 8 1 6 *"), parse("0 8 4 6 *"), zone, first, 1) == [
        (datetime(2027, 6, 2, tzinfo=UTC), datetime(2027, 6, 3, tzinfo=UTC))
    ]
    whole = windows(parse("0 8 1 3 *"), parse("0 8 1 12 *"), zone, first, 1)
    assert whole == [(datetime(2027, 6, 2, tzinfo=UTC), datetime(2027, 6, 3, tzinfo=UTC))]
    later = first + timedelta(days=3)
    assert windows(parse("0 8 1 6 *"), parse("0 8 4 6 *"), zone, later, 300) == []
