"""Waiting calls, CPU that nobody uses, and remedies that are planned before they are offered."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from pulumi_kubernetes_mcp import planning
from pulumi_kubernetes_mcp.planning import Inputs
from pulumi_kubernetes_mcp.planning.derivation import derive
from pulumi_kubernetes_mcp.rules import waiting
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.rules.relief import relief


def wait(**changed: Any) -> list[Finding]:
    given: dict[str, Any] = {
        "station": "pool",
        "utilisation": 82.349,
        "critical": 71.04,
        "p95": 900,
        "total": 1200.2,
        "objective": 1000,
        "remedies": (),
        "path": "w",
    }
    return waiting.wait_findings(**{**given, **changed})


def test_a_wait_up_to_the_objective_is_none() -> None:
    assert wait(total=1000) == []
    assert str(wait()[0]) == (
        "warning MCP508 at w: One call in twenty waits 1201 ms or longer, 900 ms of it for a database connection, "
        "which is 82.3 % busy; above 71 % it breaks the objective of 1000 ms. Make the calls shorter, or set "
        "mcp:workload.waitP95Milliseconds to 1201 if that wait is acceptable."
    )
    (alone,) = wait(station="cpu", p95=1001, total=1001, remedies=("run 2 workers",))
    assert "waits 1001 ms or longer for the CPU, which" in alone.problem
    assert alone.remedy == "Run 2 workers."


def test_a_queue_without_end_is_an_error() -> None:
    (endless,) = wait(station="slots", p95=None, total=None, utilisation=118.25)
    assert str(endless) == (
        "error MCP509 at w: Calls that wait for a call slot are served more slowly than they arrive: it is 118.2 % "
        "busy. Plan fewer sessions per pod, or make the calls shorter."
    )


@pytest.mark.parametrize(("limit", "told"), [(1000, 0), (1001, 1)])
def test_a_limit_above_what_can_be_used(limit: int, told: int) -> None:
    found = waiting.usable_findings(limit_millicores=limit, usable_cores=1, workers=None, path="c")
    assert len(found) == told


def test_unused_cpu_in_words() -> None:
    (loop,) = waiting.usable_findings(limit_millicores=2500, usable_cores=1, workers=None, path="c")
    assert str(loop) == (
        "warning MCP522 at c: The limit is 2500m, and with one event loop the server uses 1000m at most; pods are "
        "added by that part. Lower it to 1000m; or, if the image runs 3 processes, set mcp:workload.workers to 3; or "
        "accept this where libraries use more cores."
    )
    (two,) = waiting.usable_findings(limit_millicores=2500, usable_cores=2, workers=2, path="c")
    assert "with 2 workers the server uses 2000m" in two.problem


# Remedies


def inputs(runtime: str = "python-v2", **workload: Any) -> Inputs:
    return Inputs(
        workload=planning.Workload(daily_users=500, eras=("modern",), **workload), runtime=planning.RUNTIMES[runtime]
    )


SLOW = (planning.Tool(name="report", share_percent=100, duration_milliseconds=5000),)
BUSY = (planning.Tool(name="label", share_percent=100, duration_milliseconds=2000, cpu_milliseconds=300),)
QUERYING = (
    planning.Tool(
        name="find",
        share_percent=100,
        duration_milliseconds=2000,
        cpu_milliseconds=1,
        queries=1,
        query_milliseconds=1900,
    ),
)
DATABASE = planning.Database(max_connections=4000, pool_size=2)
CASES = {
    "slots": (inputs(tools=SLOW, call_slots=4), "slots"),
    "workers": (
        replace(inputs(tools=BUSY, wait_p95_milliseconds=900), bounds=planning.Bounds(max_replicas=6)),
        "cpu",
    ),
    "sessions before workers": (inputs(tools=BUSY, wait_p95_milliseconds=900), "cpu"),
    "given limit": (
        replace(
            inputs("other", tools=BUSY, wait_p95_milliseconds=900), bounds=planning.Bounds(cpu_limit_millicores=1000)
        ),
        "cpu",
    ),
    "pool": (replace(inputs(tools=QUERYING, wait_p95_milliseconds=500), database=DATABASE), "pool"),
}


def total(given: Inputs, known: list[str]) -> float:
    found = [one for one in derive(given).waiting.stations if one.name in known]
    assert all(one.p95 is not None for one in found)
    return sum(one.p95.value for one in found if one.p95 is not None)


def changed(given: Inputs, text: str) -> Inputs:
    """The inputs with what a remedy says."""
    first = int(re.findall(r"\d+", text.replace(",", ""))[0])
    if "callSlots" in text:
        return replace(given, workload=replace(given.workload, call_slots=first))
    if "workers" in text:
        return replace(given, workload=replace(given.workload, workers=first))
    if "CPU limit" in text:
        return replace(given, bounds=replace(given.bounds, cpu_limit_millicores=first * 1000))
    if "pool" in text:
        assert given.database is not None
        return replace(given, database=replace(given.database, pool_size=first))
    assert "sessionsPerPod" in text
    return replace(given, workload=replace(given.workload, sessions_per_pod=first))


@pytest.mark.parametrize("name", CASES)
def test_each_remedy_keeps_the_objective_and_one_less_does_not(name: str) -> None:
    given, station = CASES[name]
    known = [one.name for one in derive(given).waiting.stations]
    objective = given.workload.wait_p95_milliseconds
    assert total(given, known) > objective
    offers = relief(given, station, known)
    # More processes are offered only where fewer sessions in a pod would take more pods than there may be.
    assert len(offers) == (1 if "workers" in name else 2)
    assert any("workers" in text for text in offers) == (name == "workers")
    for text in offers:
        assert total(changed(given, text), known) <= objective, text
    nearest = re.sub(r"\d+", lambda found: str(int(found[0]) - 1), offers[0], count=1)
    assert total(changed(given, nearest), known) > objective, nearest


def test_no_second_process_is_advised_where_a_session_lives_in_one() -> None:
    given, station = CASES["workers"]
    stateful = replace(given, workload=replace(given.workload, eras=("modern", "legacy-stateful")))
    assert relief(stateful, station, [station]) == ()


def test_nothing_is_offered_that_does_not_help() -> None:
    """Whatever is changed, a call waits for the one before it longer than a millionth of a millisecond."""
    given = inputs("other", tools=BUSY, call_slots=1, sessions_per_pod=1, wait_p95_milliseconds=1e-6)
    assert all("sessionsPerPod" not in text for text in relief(given, "slots", ["slots"]))
