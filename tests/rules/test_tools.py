"""What is said of tools, each rule from both sides of its boundary."""

from __future__ import annotations

from math import exp
from typing import Any

import pytest

from pulumi_kubernetes_mcp.rules import tools
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.rules.tools import Call


def call(**changed: Any) -> Call:
    given: dict[str, Any] = {
        "name": "get",
        "duration_milliseconds": 100,
        "p95_milliseconds": None,
        "cpu_milliseconds": 20,
        "queries": 1,
        "query_milliseconds": None,
    }
    return Call(**{**given, **changed})


def texts(found: list[Finding]) -> list[str]:
    return [str(finding) for finding in found]


@pytest.mark.parametrize(
    ("shares", "refused"),
    [
        ([], False),
        ([100], False),
        ([33.3, 33.3, 33.3], False),
        ([60, 39.5], False),
        ([60, 39.49], True),
        ([60, 40.5], False),
        ([60, 40.51], True),
        ([0.1] * 1000, False),
    ],
)
def test_shares_add_up_to_a_hundred_within_half_a_percent(shares: list[float], refused: bool) -> None:
    named = [(f"t{place}", share) for place, share in enumerate(shares)]
    assert bool(tools.share_findings(named, path="t")) is refused


def test_the_sum_and_the_scaled_shares_are_said() -> None:
    assert texts(tools.share_findings([("search", 70), ("get", 20)], path="t")) == [
        "error MCP510 at t: The shares of 2 tools add up to 90 %. Make it 100: in the same relation search 77.78, "
        "get 22.22; or add the tool that is missing."
    ]
    (long,) = tools.share_findings([(f"t{place}", 100) for place in range(1000)], path="t")
    assert "add up to 100,000 %" in long.problem
    assert long.remedy == (
        "Make it 100: in the same relation t0 0.1, t1 0.1, t2 0.1, t3 0.1, t4 0.1, t5 0.1 and 994 more; or add the "
        "tool that is missing."
    )


def test_a_name_stands_once() -> None:
    assert tools.name_findings(["a", "b", "c"], path="t") == []
    assert texts(tools.name_findings(["a", "b", "a", "a", "b"], path="t")) == [
        "error MCP511 at t[2].name: The tool 'a' is the first entry too. Keep one of the two, with the sum of their "
        "shares.",
        "error MCP511 at t[3].name: The tool 'a' is the first entry too. Keep one of the two, with the sum of their "
        "shares.",
        "error MCP511 at t[4].name: The tool 'b' is the second entry too. Keep one of the two, with the sum of their "
        "shares.",
    ]


def test_a_duration_is_said_or_measured() -> None:
    (alone,) = tools.duration_findings("get", profile=None, path="t[0].durationMilliseconds")
    assert str(alone) == (
        "error MCP512 at t[0].durationMilliseconds: The tool 'get' has no duration. Give its mean in milliseconds; or "
        "measure it with 'mcp-stack measure', and name the file that this writes in mcp:server.profile."
    )
    (beside,) = tools.duration_findings("get", profile="p.yaml", path="t")
    assert beside.problem == "The tool 'get' has no duration, and p.yaml has no tool of that name."


@pytest.mark.parametrize(
    ("mean", "p95", "code"),
    [
        (120, None, None),
        (120, 120, None),
        (120, 119.9, "MCP513"),
        (120, 464.1, None),
        (120, 120 * exp(1.6448536269514722**2 / 2) + 0.01, "MCP515"),
        (120, 2400, "MCP515"),
        (120, 2400.01, "MCP514"),
        (5e-324, 86_400_000, "MCP514"),
        (0.1, 2, "MCP515"),
    ],
)
def test_a_percentile_fits_its_mean(mean: float, p95: float | None, code: str | None) -> None:
    found = tools.percentile_findings(mean=mean, p95=p95, unit="ms", path="t")
    assert [finding.code for finding in found] == ([code] if code else [])


def test_what_a_percentile_may_be_is_said_and_may_be_given() -> None:
    (below,) = tools.percentile_findings(mean=120, p95=90, unit="ms", path="t")
    assert str(below) == (
        "error MCP513 at t: The 95th percentile of 90 ms is below the mean of 120 ms. Give at least 120 ms, or leave "
        "it out: three times the mean is then taken. Check the units."
    )
    (beyond,) = tools.percentile_findings(mean=120, p95=2500.11, unit="ms", path="t")
    assert beyond.remedy == "Give at most 2400 ms, or a mean of at least 125.01; and check the units."
    assert tools.percentile_findings(mean=125.01, p95=2500.11, unit="ms", path="t")[0].code == "MCP515"
    (heavy,) = tools.percentile_findings(mean=120, p95=900, unit="ms", path="t")
    assert heavy.remedy == (
        "Split it into two tools, a quick and a slow one, each with its mean; or give 464.17 ms, with which the plan "
        "counts in any case; or accept this."
    )
    assert tools.percentile_findings(mean=120, p95=464.17, unit="ms", path="t") == []


def test_queries_are_part_of_their_call() -> None:
    assert tools.query_findings(call(queries=2, query_milliseconds=50), path="q") == []
    assert tools.query_findings(call(queries=9), path="q") == []
    assert tools.query_findings(call(queries=0, query_milliseconds=500), path="q") == []
    assert texts(tools.query_findings(call(queries=3, query_milliseconds=33.4), path="q")) == [
        "error MCP516 at q: Its queries take 100.2 ms (3 × 33.4 ms), and a call of 'get' lasts 100 ms. Set queries to "
        "0 if it uses no database, or give queryMilliseconds of at most 33.33; queries side by side count as one."
    ]
    assert tools.query_findings(call(queries=3, query_milliseconds=33.33), path="q") == []


def test_the_drain_waits_for_every_tool() -> None:
    drain = tools.drain_findings
    assert drain(call(duration_milliseconds=60_000), max_tool_seconds=60, path="d") == []
    assert drain(call(duration_milliseconds=90_000, p95_milliseconds=60_000), max_tool_seconds=60, path="d") == []
    (mean,) = drain(call(duration_milliseconds=60_001), max_tool_seconds=60, path="d")
    assert str(mean) == (
        "warning MCP517 at d: The mean call of 'get' lasts 60 s or more, and mcp:server.maxToolSeconds is 60. Set "
        "mcp:server.maxToolSeconds to at least 61, or make the tool a task that is asked for its result."
    )
    (tail,) = drain(call(p95_milliseconds=90_000), max_tool_seconds=60, path="d")
    assert tail.problem.startswith("One call in twenty of 'get' lasts 90 s or more")


@pytest.mark.parametrize(("cpu", "cores", "told"), [(100, 1, 0), (100.1, 1, 1), (200, 2, 0), (201, 2, 1), (20, 0, 0)])
def test_cpu_fits_into_the_time(cpu: float, cores: float, told: int) -> None:
    assert len(tools.cpu_findings(call(cpu_milliseconds=cpu), assumed=False, usable_cores=cores, path="c")) == told


def test_more_cpu_than_time_says_how_many_workers() -> None:
    (given,) = tools.cpu_findings(call(cpu_milliseconds=250), assumed=False, usable_cores=1, path="c")
    assert str(given) == (
        "warning MCP518 at c: A call of 'get' takes 250 ms of CPU in 100 ms, and the server can use 1 core. Give a "
        "duration of at least 250 ms; or, if the work runs in other processes or threads, set mcp:workload.workers to "
        "3 or more, and a CPU limit of that many cores."
    )
    (assumed,) = tools.cpu_findings(call(duration_milliseconds=5), assumed=True, usable_cores=1, path="c")
    assert str(assumed) == (
        "warning MCP518 at c: A call of 'get' is assumed to take 20 ms of CPU, and lasts 5 ms. Give its CPU, at most "
        "5 ms."
    )
