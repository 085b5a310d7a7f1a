"""The simulator's cron windows: what KEDA was seen to do, what the manifests' own code expects, what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.simulation import cron, hpa, run
from pulumi_kubernetes_mcp.simulation.cron import Window
from pulumi_kubernetes_mcp.simulation.load import level
from pulumi_kubernetes_mcp.simulation.policy import Keda, Policy, Source
from pulumi_kubernetes_mcp.simulation.run import Options, simulate
from tests.autoscaling import cron_oracle
from tests.autoscaling.cron_facts import FACTS
from tests.autoscaling.test_cron import RECORDED
from tests.simulation import worlds
from tests.sizes import examples
from tests.table import table

MINUTE = timedelta(minutes=1)
YEAR = 2027
OPTIONS = Options(session_seconds=600, seed=None)


def window(start: str, end: str, zone: str) -> Window:
    return Window(start=start, end=end, time_zone=zone, replicas=6)


@table("name", FACTS)
def test_each_minute_is_what_keda_was_seen_to_do(name: str) -> None:
    (start, end, zone, since, until), expected = FACTS[name]
    place = ZoneInfo(zone)
    begin, last = (datetime.fromisoformat(text).replace(tzinfo=place).astimezone(UTC) for text in (since, until))
    minutes = window(start, end, zone).minutes(begin, (last - begin) // MINUTE + 1)
    found: list[tuple[str, bool]] = []
    for number, active in enumerate(minutes):
        if not found or found[-1][1] != active:
            found.append((f"{(begin + number * MINUTE).astimezone(place):%a %d %H:%M %Z}", active))
    assert found == expected


@table("zone, start, end, first, count, expected", RECORDED)
def test_each_minute_is_that_of_kedas_own_library(
    zone: str, start: str, end: str, first: str, count: int, expected: str
) -> None:
    begin = datetime.combine(date.fromisoformat(first), datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    minutes = [False, *window(start, end, zone).minutes(begin, count * 1440), False]
    edges = [begin + (place - 1) * MINUTE for place in range(1, len(minutes)) if minutes[place] != minutes[place - 1]]
    spans = zip(edges[::2], edges[1::2], strict=True)
    assert " ".join(f"{since:%m-%dT%H:%M}/{until:%m-%dT%H:%M}" for since, until in spans) == expected


def fields(low: int, high: int) -> st.SearchStrategy[str]:
    """A number, two of them, or a range: the forms that the oracle reads."""
    pairs = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    return st.one_of(
        st.integers(low, high).map(str),
        pairs.map(lambda pair: f"{pair[0]},{pair[1]}"),
        pairs.map(lambda pair: f"{pair[0]}-{pair[1]}"),
    )


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Expressions in the oracle's forms: one kind of day at a time."""
    day, weekday = draw(st.sampled_from([("*", "*"), ("*", "w"), ("d", "*")]))
    day = draw(fields(1, 28)) if day == "d" else day
    weekday = draw(fields(0, 6)) if weekday == "w" else weekday
    return f"{draw(fields(0, 59))} {draw(fields(0, 23))} {day} * {weekday}"


@pytest.mark.grid
@examples(25)
@given(
    start=expressions(),
    end=expressions(),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
    offset=st.integers(0, 360 * 1440),
    count=st.integers(1, 3 * 1440),
)
def test_a_run_sees_the_windows_that_the_manifests_mean(
    start: str, end: str, zone: str, offset: int, count: int
) -> None:
    """Minute by minute the same as the spec's windows, and as an oracle that asks what edge comes next."""
    begin = datetime(YEAR, 1, 1, tzinfo=UTC) + offset * MINUTE
    seen = window(start, end, zone).minutes(begin, count)
    first = begin.astimezone(ZoneInfo(zone)).date()
    spans = specs.windows(specs.parse(start), specs.parse(end), ZoneInfo(zone), first, 5)
    moments = [begin + number * MINUTE for number in range(count)]
    assert seen == [any(since <= moment < until for since, until in spans) for moment in moments]
    assert seen == [bool(one) for one in cron_oracle.decided([(start, end)], zone, YEAR)[offset : offset + count]]


def test_a_run_that_begins_between_two_minutes_holds_the_start_and_not_the_end() -> None:
    begin = datetime(2027, 6, 1, 7, 58, 40, tzinfo=UTC)
    assert window("0 8 * * *", "2 8 * * *", "UTC").minutes(begin, 5) == [False, False, True, True, False]


def scheduled(start: str, end: str) -> Policy:
    """At least one pod, and six in the window."""
    metric = hpa.MetricSpec("External", "s0-cron", hpa.Target("AverageValue", 1000))
    spec = hpa.HpaSpec(min_replicas=1, max_replicas=20, metrics=(metric,), behavior=worlds.AT_ONCE)
    source = Source(measure="cron", window=window(start, end, "UTC"))
    return Policy(name="schedule", spec=spec, sources=(source,), keda=Keda())


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("0 9,12 * * *", "0 17 * * *", (12, 17)),  # Between two starts it is shut.
        # Between two ends it is open.
        pytest.param("0 9 * * *", "0 12,17 * * *", (9, 17), marks=pytest.mark.grid),
        # Since the evening before.
        pytest.param("0 17 * * *", "0 9 * * *", (0, 9), marks=pytest.mark.grid),
    ],
)
def test_a_day_of_odd_windows_runs_as_keda_would_run_it(start: str, end: str, hours: tuple[int, int]) -> None:
    result = simulate(scheduled(start, end), level(10, 16 * 3600), worlds.pods(), OPTIONS)
    many = [sample.at for sample in result.samples if sample.wanted == 6]
    assert 0 <= min(many) - 3600 * hours[0] <= 15, "the next pass sees it"
    assert 0 <= max(many) + 15 - min(3600 * hours[1], 16 * 3600) <= 15


@pytest.mark.grid
def test_an_expression_is_read_once_for_a_run_and_not_at_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hours have 480 passes of the controller; the windows are laid out before the first."""
    calls: list[str] = []

    def counted(text: str) -> specs.Cron:
        calls.append(text)
        return specs.parse(text)

    monkeypatch.setattr(cron, "parse", counted)
    simulate(scheduled("0 8 * * *", "0 18 * * *"), level(10, 2 * 3600), worlds.pods(), OPTIONS)
    assert calls == ["0 8 * * *", "0 18 * * *"]


@pytest.mark.grid
def test_a_window_of_one_pod_wakes_what_sleeps() -> None:
    """Outside its window the trigger reports 0, so that one pod is more than nothing."""
    policy = scheduled("0 8 * * *", "0 10 * * *")
    source = Source(measure="cron", window=Window(start="0 8 * * *", end="0 10 * * *", time_zone="UTC", replicas=1))
    sleeping = replace(policy, sources=(source,), keda=Keda(to_zero=True, cooldown_seconds=300))
    result = simulate(sleeping, level(0, 12 * 3600), worlds.pods(), OPTIONS)
    awake = [sample.at for sample in result.samples if sample.wanted]
    day = [at for at in awake if at > 3600]
    assert (min(day), max(day)) == (8 * 3600, pytest.approx(10 * 3600 + 300, abs=60))


def test_windows_that_are_asked_as_one_move_the_pods_as_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The autoscaler takes the greatest of all proposals, also where floors lie within its tolerance of each other."""
    spans = [("5 0 * * *", "50 1 * * *", 50), ("20 0 * * *", "10 1 * * *", 46), ("0 1 * * *", "30 2 * * *", 55)]
    zones = ("UTC", "UTC", "Europe/London")
    windows = [
        Window(start=start, end=end, time_zone=zone, replicas=replicas)
        for (start, end, replicas), zone in zip(spans, zones, strict=True)
    ]
    metric = hpa.MetricSpec("External", "cron", hpa.Target("AverageValue", 1000))
    of_sessions = worlds.by_sessions(50, 3, 60, behavior=worlds.pace(9, 3, down_window=120))
    policy = replace(
        of_sessions,
        spec=replace(of_sessions.spec, metrics=(metric, *of_sessions.spec.metrics, metric, metric)),
        sources=(
            Source(measure="cron", window=windows[0]),
            *of_sessions.sources,
            *(Source(measure="cron", window=one) for one in windows[1:]),
        ),
    )
    together = simulate(policy, level(200, 4 * 3600), worlds.pods(), OPTIONS)
    monkeypatch.setattr(run, "joined", lambda one: one)
    alone = simulate(policy, level(200, 4 * 3600), worlds.pods(), OPTIONS)
    assert together.samples == alone.samples
    assert (together.most, together.least) == (55, 4)
