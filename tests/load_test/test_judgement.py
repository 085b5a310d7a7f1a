"""What is said of a test: the knee, the memory, the change that follows."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.load_test.judgement import kendall, knee, loaded, passes, trend
from pulumi_kubernetes_mcp.load_test.proposal import propose
from pulumi_kubernetes_mcp.load_test.refused import LoadTestError
from pulumi_kubernetes_mcp.load_test.result_file import load_result, notes, path_for, text
from pulumi_kubernetes_mcp.load_test.results import Outcome, StageResult
from pulumi_kubernetes_mcp.report.load_test import load_test_data, load_test_document
from pulumi_kubernetes_mcp.settings.load_result import LoadResult
from pulumi_kubernetes_mcp.settings.yaml_text import parse_yaml
from tests.load_test.samples import made, outcome, server, step, times

MIB = 2**20


def steps(*found: StageResult) -> Outcome:
    """Steps of a server with 5 pods of 20 sessions: 100 % are 100 sessions."""
    return outcome(made("steps", pods=5), found)


def test_the_knee_is_the_last_step_that_keeps_the_objective() -> None:
    """The limit is that of the slower tool, 1500 ms."""
    found = knee(steps(step(50, p95=300), step(100, p95=600), step(150, p95=1400), step(200, p95=1600)))
    assert found.last is not None
    assert found.first is not None
    assert (found.last.name, found.first.name, found.sessions_per_pod) == ("step-150", "step-200", 30)
    assert found.why == "P95 is 1,600 ms, 1,500 ms are allowed"


def test_failures_and_a_rate_that_stays_behind_show_the_knee_too() -> None:
    failing = knee(steps(step(50, p95=300), step(100, p95=300, failed=2.5)))
    assert failing.sessions_per_pod == 10
    assert failing.why == "2.5 % of the requests fail, 1 % may"
    stalled = knee(steps(step(50, p95=300), step(100, p95=320), step(150, p95=400, each=0.08)))
    assert stalled.sessions_per_pod == 20
    assert stalled.why == "a session is answered 80% of the calls that one of the first step is"


def test_a_step_with_few_calls_is_no_knee_by_chance() -> None:
    """Of 12 calls that are expected 4 are chance, and a P95 of 4 calls is none; of 1,200 and 400 neither is."""
    few = replace(step(100, p95=9000), times=times(9000, 4))
    assert knee(steps(replace(step(50, p95=300), times=times(300, 6)), few)).first is None
    many = replace(step(100, p95=900), times=times(900, 400))
    assert knee(steps(step(50, p95=300), many)).first == many


def test_first_steps_that_were_too_short_for_a_call_say_nothing() -> None:
    empty = replace(step(25, p95=1), times=None, seconds=2.4, planned_calls_per_second=0.4)
    found = knee(steps(empty, step(50, p95=300), step(100, p95=1600)))
    assert found.last is not None
    assert (found.last.name, found.why) == ("step-50", "P95 is 1,600 ms, 1,500 ms are allowed")
    silent = replace(empty, planned_calls_per_second=4)
    assert knee(steps(silent, step(50, p95=300))).why == "no call is answered"
    assert knee(steps(replace(empty, failed_percent=100.0), step(50, p95=300))).first is not None


def test_without_a_step_behind_it_the_knee_is_further_up() -> None:
    found = knee(steps(step(50, p95=300), step(300, p95=310)))
    assert (found.first, found.sessions_per_pod) == (None, 60)
    assert knee(steps(step(50, p95=9000))).sessions_per_pod is None


def test_the_loaded_p95_is_of_the_planned_load_and_in_front_of_the_knee() -> None:
    held = steps(step(50, p95=300), step(100, p95=600), step(150, p95=1400), step(200, p95=1600))
    assert loaded(held) == held.stages[1]
    early = steps(step(50, p95=300), step(100, p95=1600))
    assert loaded(early) == early.stages[0]
    assert loaded(outcome(made("spike"), [step(100, p95=1)])) is None


def test_a_knee_beside_the_plan_is_proposed_with_what_the_plan_says_of_it() -> None:
    plan = server(workload={"tools": [{"name": "search", "sharePercent": 100, "durationMilliseconds": 200}]})
    proposal = propose(plan, steps(step(50, p95=300), step(75, p95=400), step(100, p95=1600)))
    assert proposal.data["sessionsPerPod"] == 15
    assert proposal.data["targetPerPod"] == 11
    assert proposal.texts[0].startswith("mcp:workload.sessionsPerPod: 15 instead of 20: a pod serves so many")
    near = propose(plan, steps(step(100, p95=400), step(125, p95=1600)))
    assert near.texts == ("Nothing of the sessions per pod: 20 were found, 20 are planned.",)
    # What the test did not go beyond says nothing of a lower number.
    assert propose(plan, steps(step(50, p95=300))).texts == ()


def test_a_plan_that_a_resource_binds_is_told_to_measure() -> None:
    """Calls of 400 ms CPU: the plan holds few of the 20 sessions, and the test saw 15 of them served."""
    heavy = {"name": "search", "sharePercent": 100, "durationMilliseconds": 500, "cpuMilliseconds": 400}
    plan = server(workload={"tools": [heavy], "workers": 1})
    held = int(plan.plan.capacity.sessions_per_pod.value)
    assert held < 15
    (text,) = propose(plan, steps(step(50, p95=300), step(75, p95=400), step(100, p95=9000))).texts
    assert text.startswith(f"The plan takes {held} of the 20 sessions per pod that are asked for, bound by cpu")


Grow = Callable[[float, random.Random], float]


def soaked(memory: Grow, *, seconds: float = 1950, every: float = 5, seed: int = 1) -> Outcome:
    """A soak with the memory of a function of the seconds, in MiB."""
    chance = random.Random(seed)
    samples: Sequence[tuple[float, float]] = [
        (number * every, memory(number * every, chance) * MIB) for number in range(int(seconds / every))
    ]
    return outcome(made("soak"), [], memory=tuple(samples))


@pytest.mark.parametrize(
    ("memory", "growing"),
    [
        (lambda _, chance: 100 + chance.gauss(0, 0.5), False),
        (lambda at, chance: 100 + 30 * (1 - math.exp(-at / 100)) + chance.gauss(0, 0.5), False),
        (lambda at, _: 100 + 20 * (at % 60) / 60, False),
        (lambda at, chance: 100 + 3 * chance.random() + at / 200, True),
        (lambda at, _: 100 + 20 * (at % 60) / 60 + at / 100, True),
        (lambda at, _: 100 + at / 3600, False),
        (lambda at, _: 100 - at / 100, False),
    ],
    ids=["level", "warm-up", "saw", "leak", "saw-and-leak", "grain", "falls"],
)
def test_a_trend_is_told_from_a_warm_up_and_from_a_collector(memory: Grow, growing: bool) -> None:
    found = trend(soaked(memory))
    assert found is not None
    assert found.growing is growing


@pytest.mark.grid
def test_level_memory_is_hardly_ever_called_a_leak() -> None:
    """A walk by chance is the hardest: allocators do not do it. Noise of 2 MiB around a level is what they do."""
    found = [trend(soaked(lambda _, chance: 100 + chance.gauss(0, 2), seed=seed)) for seed in range(40)]
    assert not any(one is None or one.growing for one in found)


def test_the_pace_of_a_leak_and_the_hours_until_its_end() -> None:
    """18 MiB an hour; at 30 min it has 109 MiB, and to 200 MiB it is 91 / 18 hours."""
    found = trend(soaked(lambda at, _: 100 + at / 200))
    assert found is not None
    assert found.mib_per_hour == pytest.approx(18, rel=0.01)
    assert found.hours_to(200) == pytest.approx((200 - found.end_mib) / 18, rel=0.01)
    assert trend(soaked(lambda *_: 100, every=200)) is None


def test_kendalls_tau() -> None:
    assert kendall([1, 2, 3, 4]) == 1
    assert kendall([4, 3, 2, 1]) == -1
    assert kendall([1, 3, 2]) == pytest.approx(1 / 3)


def test_the_result_is_written_and_read_back() -> None:
    found = (step(50, p95=300), step(100, p95=612.3456, failed=0.25), step(150, p95=1600))
    held = outcome(made("steps", pods=5, scale=0.75), found)
    result = load_result(held)
    assert result.model_dump() == {
        "version": 1,
        "stack": "dev",
        "region": "here",
        "server": "orders",
        "scenario": "steps",
        "measured_at": "2026-11-29T09:00:00.000Z",
        "sessions": 100,
        "pods": 5,
        "calls_per_second": 10,
        "failed_percent": 0.25,
        "scale": 0.75,
        "latency": {"unit": "milliseconds", "p50": 204.1, "p95": 612.3, "p99": 918.5},
        "exchange": {"unit": "milliseconds", "p50": 20.41, "p95": 61.23, "p99": 91.85},
        "knee": {"sessions_per_pod": 20, "reached": True},
        "memory": None,
        "notes": [],
    }
    assert load_result(replace(held, started_at=None)).measured_at > "2026-11-29"
    again = LoadResult.model_validate(parse_yaml(text(result)), by_alias=True, by_name=False)
    assert again == result
    assert str(path_for(server())) == "profiles/orders-load.yaml"
    with pytest.raises(LoadTestError, match="The scenario 'spike' has no 95th percentile under load"):
        load_result(outcome(made("spike"), []))


def test_a_tool_that_was_never_called_is_named() -> None:
    """Its threshold holds, since there is nothing that could break it."""
    said = [note for note in notes(outcome(made("peak"), [], tools={"search": times(100)})) if "Never called" in note]
    assert said == ["Never called, so that nothing is said of it: read. Play longer, or more sessions."]
    both = outcome(made("peak"), [], tools={"search": times(100), "read": times(10)})
    assert not [note for note in notes(both) if "Never called" in note]


def test_the_report_says_what_was_missed() -> None:
    held = outcome(
        made("peak"),
        [step(100, p95=1600, failed=0.5)],
        missed=("mcp_call_duration{tool:search,stage:hold}: p(95)<=1500",),
        failures={"timeout": 3},
    )
    assert not passes(held.stages[0], held)
    document = load_test_document(held, None)
    assert document.title == "dev/orders: the load test 'peak' did not keep what it promises"
    assert [section.title for section in document.sections] == ["Stages", "Tools", "Failures"]
    data = load_test_data(held, None)
    assert data["passed"] is False
    assert data["missedThresholds"] == ["mcp_call_duration{tool:search,stage:hold}: p(95)<=1500"]
