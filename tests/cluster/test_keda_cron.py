"""Cron windows, asked of KEDA's own scaler with a clock that is set: edges, changes of the clock, what never comes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from tests.autoscaling.cron_facts import CHANGES_OF_THE_CLOCK, NEW_YORK, OPEN_WHEN_THE_NEXT_EDGE_IS_AN_END
from tests.cluster.gomodules import MissingError
from tests.cluster.keda_cron import Answer, Asked, ask
from tests.missing import leave_out

SECOND = timedelta(seconds=1)
ZONES = (NEW_YORK, "Europe/Berlin", "Asia/Kathmandu", "Australia/Sydney", "Africa/Casablanca", "Etc/UTC")
"""Not among them: Australia/Lord_Howe, whose clock changes by half an hour, which the library gets wrong."""
CHANGES = ((2026, 3, 6), (2026, 10, 23), (2026, 3, 27), (2026, 10, 30), (2027, 4, 1), (2027, 9, 30), (2028, 2, 27))


def answers(cases: Sequence[Asked]) -> list[Answer]:
    """The answers, or a skip that says what is missing."""
    try:
        return ask(cases)
    except MissingError as error:
        leave_out(f"cluster tier cannot run: {error}")


def changes_of(start: str, end: str, zone: str, since: str, until: str) -> list[tuple[str, bool]]:
    """What holds at first and every change after it, on the clock of the zone, looked at every minute."""
    place = ZoneInfo(zone)
    first, last = (datetime.fromisoformat(text).replace(tzinfo=place).astimezone(UTC) for text in (since, until))
    moments = [first + timedelta(minutes=number) for number in range(int((last - first) / timedelta(minutes=1)) + 1)]
    (answer,) = answers([Asked(start, end, zone, tuple(moments))])
    found: list[tuple[str, bool]] = []
    for moment, active in zip(moments, answer.active, strict=True):
        if not found or found[-1][1] != active:
            found.append((f"{moment.astimezone(place):%a %d %H:%M %Z}", active))
    return found


def test_a_window_holds_its_start_and_not_its_end() -> None:
    """To the second: closed at 08:59:59, open at 09:00:00, open at 16:59:59, closed at 17:00:00."""
    edges = [datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (9, 17)]
    moments = tuple(moment for edge in edges for moment in (edge - SECOND, edge))
    (answer,) = answers([Asked("0 9 * * *", "0 17 * * *", "Etc/UTC", moments)])
    assert answer.values == (0, 5, 5, 0)
    assert answer.active == (False, True, True, False)


@pytest.mark.parametrize("name", OPEN_WHEN_THE_NEXT_EDGE_IS_AN_END)
def test_a_window_is_open_when_the_next_edge_is_an_end(name: str) -> None:
    """KEDA looks ahead, not back: what came last does not matter."""
    window, expected = OPEN_WHEN_THE_NEXT_EDGE_IS_AN_END[name]
    assert changes_of(*window) == expected


@pytest.mark.parametrize("name", CHANGES_OF_THE_CLOCK)
def test_when_the_clock_changes(name: str) -> None:
    """A local time that is skipped never comes, one that comes twice is an edge twice."""
    window, expected = CHANGES_OF_THE_CLOCK[name]
    assert changes_of(*window) == expected


def test_our_windows_are_kedas() -> None:
    """Random pairs of expressions around changes of the clock: the same at every edge of ours, before, and between."""
    chance = random.Random(20261121)
    cases, expected = [], []
    while len(cases) < 200:
        start, end, zone = _expression(chance), _expression(chance), chance.choice(ZONES)
        if start == end:
            continue
        first = datetime(*chance.choice(CHANGES), tzinfo=ZoneInfo(zone))
        spans = specs.windows(specs.parse(start), specs.parse(end), ZoneInfo(zone), first.date(), 10)
        begin = first.astimezone(UTC)
        edges = [edge for span in spans for edge in span]
        edges = chance.sample(edges, min(20, len(edges)))
        some = [begin + timedelta(minutes=chance.randrange(9 * 1440)) for _ in range(20)]
        until = begin + timedelta(days=9)
        moments = sorted({m for edge in (*edges, *some) for m in (edge - SECOND, edge) if begin < m < until})
        cases.append(Asked(start, end, zone, tuple(moments)))
        expected.append([any(since <= moment < to for since, to in spans) for moment in moments])
    wrong = []
    for case, ours, answer in zip(cases, expected, answers(cases), strict=True):
        different = [m for m, one, other in zip(case.at, ours, answer.active, strict=True) if one != other]
        if different:
            wrong.append((case.start, case.end, case.time_zone, different[0].isoformat(), len(different)))
    assert sum(len(case.at) for case in cases) > 8_000
    assert not wrong, wrong[:10]


def _expression(chance: random.Random) -> str:
    def field(low: int, high: int) -> str:
        first, last = sorted(chance.sample(range(low, high + 1), 2))
        forms = [str(first), f"{first},{last}", f"{first}-{last}", f"*/{chance.randint(2, 5)}", f"{first}/3"]
        return chance.choice(forms)

    minute, hour = field(0, 59), chance.choice([field(0, 23), field(0, 3)])
    day = chance.choice(["*", "*", "*", "?", field(1, 28)])
    weekday = chance.choice(["*", "*", field(0, 6), "1-5", "mon-fri", "SUN"])
    return f"{minute} {hour} {day} * {weekday}"


EXPRESSIONS = (
    "0 8 * * *",
    "0 8 * * MON-FRI",
    "*/7 0-23/2 ? jan,Mar *",
    "0 8 29 2 *",
    "5/10 8 * * 0",
    "0 8 1,15 * 1",
    "0 8 * *",
    "0 0 8 * * *",
    "@daily",
    "60 8 * * *",
    "0 24 * * *",
    "0 8 0 * *",
    "0 8 32 * *",
    "0 8 * 13 *",
    "0 8 * * 7",
    "5-1 8 * * *",
    "*/0 8 * * *",
    "*/x 8 * * *",
    "1,,2 8 * * *",
    "-1 8 * * *",
    "0 8 L * *",
    "0 8 * * 1#2",
    "0 8 * * monday",
    "eight 8 * * *",
    "0 8 * * 1-",
    "",
)


def test_we_read_what_keda_reads() -> None:
    """Each of these is an expression for both, or for neither; an empty place in a list we alone refuse."""
    found = answers([Asked(text, "59 23 * * *", "Etc/UTC") for text in EXPRESSIONS])
    theirs = {text for text, answer in zip(EXPRESSIONS, found, strict=True) if not answer.refused}
    assert theirs - {text for text in EXPRESSIONS if _is_read(text)} == {"1,,2 8 * * *"}
    assert {text for text in EXPRESSIONS if _is_read(text)} <= theirs


def _is_read(text: str) -> bool:
    try:
        specs.parse(text)
    except specs.CronError:
        return False
    return True


def test_keda_reads_a_zone_of_its_own_and_we_do_not() -> None:
    """The library takes a zone in front of the fields, which then wins over the trigger's; we refuse it."""
    at = (datetime(2026, 11, 19, 0, tzinfo=UTC),)
    (answer,) = answers([Asked("TZ=Asia/Tokyo 0 8 * * *", "TZ=Asia/Tokyo 0 10 * * *", "Etc/UTC", at)])
    assert answer.active == (True,)
    assert not _is_read("TZ=Asia/Tokyo 0 8 * * *")


ZONE_NAMES = {
    "Europe/Berlin": True,
    "Etc/GMT+5": True,
    "EST": True,
    "UTC": True,
    "Local": True,
    "europe/berlin": False,
    "+02:00": False,
    "CEST": False,
    "Mars/Olympus": False,
}


def test_names_of_time_zones() -> None:
    """They are read as the time zone database spells them, when the metric is asked for and not before."""
    at = (datetime(2026, 11, 19, tzinfo=UTC),)
    found = answers([Asked("0 8 * * *", "0 9 * * *", name, at) for name in ZONE_NAMES])
    assert [answer.refused for answer in found] == [""] * len(ZONE_NAMES)
    assert {name: not answer.error for name, answer in zip(ZONE_NAMES, found, strict=True)} == ZONE_NAMES
    assert found[-1].error == "unable to load timezone: unknown time zone Mars/Olympus"


def test_what_a_window_asks_for() -> None:
    """A negative number passes and asks for nothing; zero, fractions and equal texts make no scaler."""
    noon = (datetime(2026, 11, 19, 12, tzinfo=UTC),)
    wanted = {"5": 5, "-3": 0, "0": None, "2.5": None}
    found = answers([Asked("0 8 * * *", "0 18 * * *", "Etc/UTC", noon, replicas) for replicas in wanted])
    assert [answer.values[0] if answer.values else None for answer in found] == list(wanted.values())
    (same,) = answers([Asked("0 8 * * *", "0 8 * * *", "Etc/UTC", noon)])
    assert "start and end can not have exactly same time input" in same.refused


def test_our_names_of_metrics_are_kedas() -> None:
    """The name holds zone, start and end, with every sign replaced that a name may not hold."""
    chance = random.Random(7)
    cases = [Asked(_expression(chance), _expression(chance), zone) for zone in ZONES for _ in range(20)]
    cases.append(Asked("0 8 * * *", "0 18 * * *", "America/Argentina/Buenos_Aires"))
    for case, answer in zip(cases, answers(cases), strict=True):
        metadata = {"start": case.start, "end": case.end, "timezone": case.time_zone, "desiredReplicas": "5"}
        trigger = {"type": "cron", "metadata": metadata}
        one = {"metadata": {"name": "x", "namespace": "y"}, "spec": {"triggers": [trigger]}}
        (metric,) = specs.generated_metrics(one)
        assert metric["external"]["metric"]["name"] == answer.metric
        assert metric["external"]["target"]["averageValue"] == answer.target == "1"
