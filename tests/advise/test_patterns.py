"""Weeks of the simulator with one planted pattern each: it is named, nothing else is, and a healthy week is left "
"alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.advise.history import DAY, STEP, History, quantile, trend
from pulumi_kubernetes_mcp.advise.patterns import Known, Pattern, observe
from tests.advise.weeks import (
    MONDAY,
    PAIRS,
    PER_DAY,
    World,
    deployed,
    leaking,
    planted,
    planted_together,
    restarting,
    slowing,
    together,
    week,
)

KINDS: tuple[Pattern | None, ...] = (None, *Pattern)
WEEKS = 6
"""Of each kind in the grid: 48 in all."""
SMALL = World(peak=240, eras=("modern",))


def named(history: History, known: Known) -> list[Pattern]:
    return [one.pattern for one in observe(history, known)]


@pytest.mark.grid
def test_nineteen_of_twenty_weeks_are_named_right_and_every_healthy_one() -> None:
    """Of 48 weeks, by the strength and the world of each: growth of 15 to 60 % a week, restarts every 5 to 14 hours."""
    wrong = []
    for pattern in KINDS:
        for seed in range(WEEKS):
            found = named(*planted(pattern, seed))
            if found != ([] if pattern is None else [pattern]):
                wrong.append((pattern, seed, found))
    assert [one for one in wrong if one[0] is None] == []
    assert len(wrong) <= 0.05 * WEEKS * len(KINDS), wrong


@pytest.mark.grid
def test_two_patterns_at_once_are_both_named_and_nothing_else_is() -> None:
    """Of three weeks of each pair."""
    weeks = [(pair, seed, set(named(*planted_together(pair, seed)))) for pair in PAIRS for seed in range(3)]
    wrong = [(pair, seed, found) for pair, seed, found in weeks if found != set(pair)]
    assert len(weeks) == 54
    assert len(wrong) <= 0.05 * len(weeks), wrong


@pytest.mark.grid
@pytest.mark.parametrize(
    ("change", "pattern"),
    [
        (lambda _, row: row, None),
        (deployed(3.5), None),
        (leaking(0.4), Pattern.LEAK),
        (deployed(2.5, latency=1.4), Pattern.DEPLOY),
        (deployed(2.5, memory=1.5), Pattern.DEPLOY),
        (restarting(9), Pattern.GAPS),
        (together(deployed(2.5, latency=1.4), leaking(0.4)), (Pattern.DEPLOY, Pattern.LEAK)),
        (together(deployed(2.5, memory=1.5), slowing(0.4)), (Pattern.DEPLOY, Pattern.SLOWER)),
        # What a deploy changed is no trend.
        (together(deployed(2.5, memory=1.5), leaking(0.1)), Pattern.DEPLOY),
    ],
    ids=[
        "healthy",
        "a deploy that costs nothing",
        "leak",
        "slower deploy",
        "larger deploy",
        "restarts",
        "slower deploy and a leak",
        "larger deploy and slower calls",
        "larger deploy and a little more",
    ],
)
def test_a_week_is_named_by_what_was_planted(change: object, pattern: Pattern | tuple[Pattern, ...] | None) -> None:
    history = week(SMALL, seed=7, change=change)  # type: ignore[arg-type]
    wanted = [] if pattern is None else [pattern] if isinstance(pattern, Pattern) else list(pattern)
    assert named(history, SMALL.known) == wanted


def flat(**figures: float) -> dict[str, list[float | None]]:
    """A week in which figures stand still."""
    return {name: [value] * (7 * PER_DAY) for name, value in figures.items()}


@pytest.mark.grid
def test_pods_that_nobody_needs() -> None:
    """60 sessions of 30 a pod need two; eight are there all week. At 121 they need more than half of them."""
    known = Known(min_replicas=8, sessions_per_pod=30)
    (one,) = observe(History(start=MONDAY, series=flat(pods=8, sessions=60)), known)
    assert (one.pattern, one.figures["needed"], one.figures["pods"]) == (Pattern.LOW, 2, 8)
    assert named(History(start=MONDAY, series=flat(pods=8, sessions=121)), known) == []
    # Two stay in any case, and an autoscaler that adds pods is at work.
    few = replace(known, min_replicas=2)
    assert named(History(start=MONDAY, series=flat(pods=2, sessions=3)), few) == []
    assert named(History(start=MONDAY, series=flat(pods=12, sessions=60)), known) == []


def test_a_load_that_grows_explains_the_memory_that_grows_with_it() -> None:
    series = flat(pods=4, sessions=100, memory=2e8)
    for place in range(7 * PER_DAY):
        more = 1 + 0.3 * place / (7 * PER_DAY)
        series["sessions"][place], series["memory"][place] = 100 * more, 2e8 * more
    known = Known(min_replicas=2, sessions_per_pod=30)
    assert named(History(start=MONDAY, series=series), known) == [Pattern.GROWTH]
    alone = {**series, "sessions": flat(sessions=100)["sessions"]}
    assert named(History(start=MONDAY, series=alone), known) == [Pattern.LEAK]


def test_one_restart_or_all_of_one_day_is_no_recurring_gap() -> None:
    def restarted(*days: float) -> History:
        series = flat(pods=4, restarts=0, sessions=100)
        for number, at in enumerate(days):
            place = round(at * PER_DAY)
            series["pods"][place] = 3
            series["restarts"][place:] = [number + 1.0] * (7 * PER_DAY - place)
        return History(start=MONDAY, series=series)

    known = Known(min_replicas=2, sessions_per_pod=30)
    assert named(restarted(2.1), known) == []
    assert named(restarted(2.1, 2.2, 2.3), known) == []
    assert named(restarted(2.1, 3.2, 4.3), known) == [Pattern.GAPS]


def test_trends_and_quantiles() -> None:
    """A line of one a day through seven days of level 13: 7 / 13 in a week."""
    found = trend([(day, 10.0 + day) for day in range(7)])
    assert found is not None
    assert (found.per_day, found.tau, found.growth) == (1, 1, pytest.approx(7 / 13))
    assert trend([(day, 1.0) for day in range(4)]) is None
    assert quantile([1, 2, 3, 4], 0.5) == 2.5
    assert quantile([], 0.5) == 0


def test_days_that_are_half_missing_are_not_compared() -> None:
    series = flat(pods=2, memory=1e8)
    for place in range(PER_DAY, PER_DAY + PER_DAY // 2 + 1):
        series["memory"][place] = None
    history = History(start=MONDAY, series=series)
    assert [day for day, _ in history.by_day(history.series["memory"], max)] == [0, 2, 3, 4, 5, 6]
    assert history.coverage("memory") == pytest.approx(1 - (PER_DAY // 2 + 1) / (7 * PER_DAY))
    assert history.days == 7 * PER_DAY * STEP / DAY
