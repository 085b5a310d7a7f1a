"""A stack in the terms of the simulation: its policy, its pods, the line of the preview, and its findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp import rehearsal
from pulumi_kubernetes_mcp.region_plan import load
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.rules.rehearsal import day_findings, spike_findings
from pulumi_kubernetes_mcp.server_plan import ServerPlan, plan_server
from pulumi_kubernetes_mcp.settings import read_stack_file
from pulumi_kubernetes_mcp.settings.load import load_settings
from pulumi_kubernetes_mcp.simulation.load import Load
from pulumi_kubernetes_mcp.simulation.policy import Fallback
from pulumi_kubernetes_mcp.simulation.run import simulate
from tests.rules.test_pages import MINIMAL, examples
from tests.table import table

ROOT = Path(__file__).parents[2]
TOOL = {"name": "search", "sharePercent": 100, "durationMilliseconds": 400, "cpuMilliseconds": 40}
STICKY: Mapping[str, object] = {
    "mcp:server": {"image": "ghcr.io/acme/mcp-server:1.4.2", "eras": ["legacy-stateful"]},
    "mcp:edge": {"host": "mcp.example.com", "kind": "ingress", "affinity": "source-ip"},
    "mcp:scaling": {"prometheusAddress": "http://prometheus:9090"},
}


def of(**groups: object) -> ServerPlan:
    """A stack that differs from the least one by these groups."""
    return plan_server(
        load_settings({**MINIMAL, **{f"mcp:{key}": value for key, value in groups.items()}}, where="test")
    )


def sticky(**groups: object) -> ServerPlan:
    return plan_server(
        load_settings({**MINIMAL, **STICKY, **{f"mcp:{key}": value for key, value in groups.items()}}, where="test")
    )


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


def test_the_policy_is_what_the_manifests_say() -> None:
    by_cpu = rehearsal.policy(of())
    assert by_cpu.keda is None
    assert [source.measure for source in by_cpu.sources] == ["cpu"]
    scaling = {"follow": "in-flight", "targetPerPod": 4, "prometheusAddress": "http://prometheus:9090"}
    for query, measure in (("sum(rate(http_requests_total[5m]))", "calls"), ("sum(my_open_work)", "in-flight")):
        source = rehearsal.policy(of(scaling={**scaling, "query": query})).sources[0]
        assert (source.measure, source.rate_seconds) == (measure, 300 if measure == "calls" else 120)
    by_sessions = rehearsal.policy(sticky())
    assert [source.measure for source in by_sessions.sources] == ["sessions", "cpu"]
    assert by_sessions.keda is not None
    assert by_sessions.keda.fallback == Fallback(
        failures=3, replicas=by_sessions.minimum, behavior="currentReplicasIfHigher"
    )
    assert not by_sessions.sources[0].null_is_zero
    assert (by_cpu.notes, by_sessions.notes) == ((), ())
    none = rehearsal.policy(of(scaling={"autoscaler": "none", "replicas": 4}))
    assert (none.fixed, none.minimum, none.maximum) == (4, 4, 4)


def test_a_gauge_of_any_name_is_known() -> None:
    named = sticky(scaling={"prometheusAddress": "http://prometheus:9090", "sessionsMetric": "acme_things"})
    policy = rehearsal.policy(named)
    assert policy.sources[0].measure == "sessions"
    assert policy.notes == ()


def test_pods_do_what_the_plan_says() -> None:
    """Assumed: 20 calls in flight at the busiest of 50 sessions, so 11.8 of a second on the mean."""
    server = of()
    model, plan = rehearsal.pod_model(server), server.plan
    assert model.calls_per_session * 50 == pytest.approx(float(plan.calls.per_second))
    (cpu,) = plan.waiting.stations
    held = float(plan.capacity.sessions_per_pod.value)
    assert model.calls_per_session * held / model.capacity == pytest.approx(cpu.utilisation.value / 100, rel=0.001)
    assert (model.sticky, model.cut_share) == (0, 0)
    assert rehearsal.pod_model(sticky()).sticky == 1


@pytest.mark.parametrize(("mib", "held"), [(100, 2), (150, 1), (600, 1)])
def test_a_pod_holds_the_sessions_that_its_memory_does_and_one_at_least(mib: int, held: int) -> None:
    memory = {"requests": {"cpu": "1", "memory": "512Mi"}, "limits": {"memory": "512Mi"}}
    server = {"image": "ghcr.io/acme/mcp-server:1.4.2", "eras": ["legacy-stateful"], "resources": memory}
    workload = {"dailyUsers": 50, "sessionsPerPod": 1, "sessionMib": mib}
    assert rehearsal.pod_model(sticky(server=server, workload=workload)).session_cap == held


def test_sigterm_cuts_the_calls_of_legacy_eras_only() -> None:
    server = {"image": "ghcr.io/acme/mcp-server:1.4.2"}
    for eras, cut in ((["modern"], 0), (["legacy-stateless"], 1), (["modern", "legacy-stateless"], 1)):
        model = rehearsal.pod_model(of(server={**server, "eras": eras}))
        assert (model.sticky, model.cut_share) == (0, cut)


def test_what_calls_queue_for_is_that_of_the_plan() -> None:
    """Three slots, and a pool that half of the calls ask for."""
    server = of(
        workload={"dailyUsers": 500, "callSlots": 3, "tools": [{**TOOL, "queries": 0.5, "queryMilliseconds": 100}]},
        database={"host": "db.example.com", "poolSize": 4},
    )
    slots, cpu, pool = rehearsal.pod_model(server).waits.stops
    assert (slots.servers, slots.service, slots.asking) == (3, pytest.approx(0.4), 1)
    assert (pool.servers, pool.asking) == (4, pytest.approx(0.5))
    assert pool.service * pool.asking == pytest.approx(0.05), "half of the calls hold a connection for 100 ms"
    assert cpu.asking == 1


def test_the_part_of_sticky_sessions_follows_the_shares_of_the_eras() -> None:
    server = {**STICKY["mcp:server"], "eras": ["modern", "legacy-stateful"]}  # type: ignore[dict-item]
    assert rehearsal.pod_model(sticky(server=server)).sticky == 1, "the dearest era where no share is given"
    shared = sticky(server=server, workload={"dailyUsers": 500, "eraPercent": {"modern": 75, "legacy-stateful": 25}})
    assert rehearsal.pod_model(shared).sticky == pytest.approx(0.25)


@pytest.mark.grid
def test_the_line_of_the_preview() -> None:
    assert rehearsal.spike_line(of()) == (
        "a 2 × spike is absorbed in 0 s, 1 request waits, 0 sessions dropped (calls assumed)"
    )
    heavy = rehearsal.spike_line(of(workload={"dailyUsers": 500, "heavyCalls": 10}))
    assert heavy == "a 2 × spike is absorbed in 0 s, 1 request waits, 0 sessions dropped"
    one = of(region={"name": "x", "environment": "staging"}, scaling={"autoscaler": "none", "replicas": 1})
    assert rehearsal.spike_line(one).startswith("a 2 × spike is not absorbed, ")


def test_the_line_is_the_same_in_every_run() -> None:
    server = sticky(workload={"dailyUsers": 28_000})
    assert rehearsal.spike_line(server) == rehearsal.spike_line(server)


@pytest.mark.parametrize("name", ["production-us-east", "production-eu-west", "staging"])
def test_the_stacks_of_the_example_have_nothing_held_against_them(name: str) -> None:
    file = read_stack_file(ROOT / "examples" / "regions", stack=name)
    server = plan_server(load(file.values, where=name, directory=file.directory).first)
    assert rehearsal.findings(server) == []


def test_the_least_stack_has_nothing_held_against_it() -> None:
    assert rehearsal.findings(of()) == []
    minimal = yaml.safe_load(ROOT.joinpath("tests", "scanners", "minimal.yaml").read_text(encoding="utf-8"))
    assert rehearsal.findings(plan_server(load_settings(minimal["config"], where="minimal"))) == []


@pytest.mark.grid
@pytest.mark.parametrize("code", ["MCP601", "MCP602"])
def test_the_examples_of_the_pages(code: str) -> None:
    for heading, found in (("Fails", [code]), ("Passes", [])):
        values = yaml.safe_load(examples(code)[heading][1])
        server = plan_server(load_settings({**MINIMAL, **values}, where="example"))
        assert codes(rehearsal.findings(server)) == found


@pytest.mark.grid
def test_assumed_calls_say_nothing_of_the_objective() -> None:
    slow = {"autoscaler": "none", "replicas": 3}
    assert rehearsal.findings(of(workload={"dailyUsers": 5000}, scaling=slow)) == []
    known = rehearsal.findings(of(workload={"dailyUsers": 5000, "heavyCalls": 10}, scaling=slow))
    assert codes(known) == ["MCP601", "MCP602"]
    assert [finding.path for finding in known] == ["mcp:scaling.replicas"] * 2
    assert known[0].remedy == "Run 17 pods (mcp:scaling.replicas)."
    mended = of(workload={"dailyUsers": 5000, "heavyCalls": 10}, scaling={"autoscaler": "none", "replicas": 17})
    assert rehearsal.findings(mended) == []


@pytest.mark.grid
def test_a_maximum_that_is_too_low_is_named_with_one_that_is_not() -> None:
    workload = {"dailyUsers": 5000, "heavyCalls": 10}
    found = rehearsal.findings(of(workload=workload, scaling={"minReplicas": 9, "maxReplicas": 12}))
    assert codes(found) == ["MCP601"]
    assert found[0].remedy == "Allow 17 pods instead of 12 (mcp:scaling.maxReplicas)."
    assert rehearsal.findings(of(workload=workload, scaling={"minReplicas": 9, "maxReplicas": 17})) == []


PYTHON = {"image": "ghcr.io/acme/mcp-server:1.4.2", "runtime": "python-v2", "eras": ["modern"]}
SLOW = {**TOOL, "durationMilliseconds": 600_000, "cpuMilliseconds": 5000}
FULL = {**TOOL, "durationMilliseconds": 800, "cpuMilliseconds": 15}


@pytest.mark.grid
@pytest.mark.parametrize(
    ("eras", "workload", "remedy"),
    [
        (["modern"], {"dailyUsers": 4000, "tools": [FULL], "callSlots": 8, "thinkSeconds": 6}, "Start from 10 pods"),
        (["modern"], {"dailyUsers": 300, "tools": [SLOW], "thinkSeconds": 60}, "Start from 6 pods and"),
        (["legacy-stateful"], {"peakSessions": 300, "tools": [SLOW], "thinkSeconds": 60}, "Start from "),
    ],
    ids=str,
)
def test_what_is_offered_for_a_bad_day_makes_it_a_good_one(
    eras: list[str], workload: dict[str, object], remedy: str
) -> None:
    make, server = sticky if "legacy-stateful" in eras else of, {**PYTHON, "eras": eras}
    scaling: dict[str, object] = {"prometheusAddress": "http://prometheus:9090"}
    found = {one.code: one for one in rehearsal.findings(make(server=server, workload=workload, scaling=scaling))}
    said = found["MCP602"].remedy
    assert said.startswith(remedy)
    keys = re.findall(r"mcp:scaling\.(\w+)", said)
    number = int(re.findall(r"([\d,]+) pods", said)[0].replace(",", ""))
    mended = make(server=server, workload=workload, scaling={**scaling, **dict.fromkeys(keys, number)})
    assert "MCP602" not in codes(rehearsal.findings(mended))


@pytest.mark.grid
def test_a_database_makes_no_assumed_calls_known() -> None:
    heavy = {"peakSessions": 1000, "sessionsPerPod": 10}
    database = {"host": "db.example.com", "maxConnections": 5000}
    assert rehearsal.findings(of(server=PYTHON, workload=heavy, database=database)) == []
    assert rehearsal.spike_line(of(server=PYTHON, workload=heavy, database=database)).endswith("(calls assumed)")
    given = of(server=PYTHON, workload={**heavy, "heavyCalls": 2}, database=database)
    assert "MCP602" in codes(rehearsal.findings(given))
    # What was given of the database counts.
    slow = {**database, "poolSize": 5, "queryMilliseconds": 2000}
    assert "MCP601" in codes(rehearsal.findings(of(server=PYTHON, workload=heavy, database=slow)))


@pytest.mark.grid
def test_remedies_for_sticky_sessions_are_pods_that_are_there_before() -> None:
    workload = {"dailyUsers": 20_000, "heavyCalls": 5}
    edge = {"host": "mcp.example.com", "implementation": "envoy-gateway", "affinity": "gateway"}
    (found,) = rehearsal.findings(sticky(workload=workload, edge=edge))
    assert "Sessions stay with their pod, so that new pods take new ones only." in found.problem
    emptier, more = found.remedy.split("(2) ")
    target, least = int(emptier.split("add pods at ")[1].split()[0]), int(more.split("start from ")[1].split()[0])
    for scaling in ({"targetPerPod": target}, {"minReplicas": least}):
        given = {"prometheusAddress": "http://prometheus:9090", **scaling}
        assert rehearsal.findings(sticky(workload=workload, scaling=given, edge=edge)) == []


ODD: list[dict[str, object]] = [
    {"peakSessions": 1},
    {"peakSessions": 1_000_000},
    {"dailyUsers": 500, "sessionMinutes": 0.5},
    {"dailyUsers": 500, "sessionMinutes": 1440},
    {"dailyUsers": 500, "sessionsPerPod": 1},
    {"dailyUsers": 500, "sessionsPerPod": 5000},
    {"dailyUsers": 500, "concurrentCalls": 1},
    {"dailyUsers": 500, "concurrentCalls": 1000},
    {"dailyUsers": 500, "callSlots": 1},
    {"dailyUsers": 500, "tools": [{**TOOL, "durationMilliseconds": 0.001, "cpuMilliseconds": 0}]},
    {"dailyUsers": 500, "tools": [{**TOOL, "durationMilliseconds": 3_600_000}]},
    {"dailyUsers": 500, "tools": [TOOL], "thinkSeconds": 0.001},
    {"dailyUsers": 500, "waitP95Milliseconds": 1},
    {"sessionsByHour": [0] * 23 + [100]},
]


@pytest.mark.grid
@pytest.mark.parametrize(("make", "workload"), [(sticky, ODD[0]), (of, ODD[6])])
def test_no_load_is_too_odd_to_be_played(make: Any, workload: dict[str, object]) -> None:
    server = make(workload=workload)
    assert "spike is " in rehearsal.spike_line(server)
    assert all(finding.remedy for finding in rehearsal.findings(server))


@pytest.mark.grid
@pytest.mark.parametrize("workload", ODD, ids=str)
@pytest.mark.parametrize("make", [of, sticky])
def test_none_of_many_is_too_odd(make: Any, workload: dict[str, object]) -> None:
    test_no_load_is_too_odd_to_be_played(make, workload)


# The rules, as pure functions


def spiked(**changed: Any) -> list[Finding]:
    values: dict[str, Any] = {
        "factor": 2,
        "absorbed": 300.0,
        "missed_seconds": 300.0,
        "longest_wait": 4.21,
        "longest_queue": 31.4,
        "refused": 0.2,
        "sticky": False,
        "remedies": ["start from 9 pods"],
        "path": "mcp:scaling.minReplicas",
    }
    return spike_findings(**{**values, **changed})


@pytest.mark.parametrize(("absorbed", "found"), [(0.0, 0), (120.0, 0), (120.5, 1), (None, 1)])
def test_two_minutes_are_the_limit(absorbed: float | None, found: int) -> None:
    assert len(spiked(absorbed=absorbed)) == found


def test_the_words_of_a_slow_spike() -> None:
    assert str(spiked()[0]) == (
        "warning MCP601 at mcp:scaling.minReplicas: 2 times the planned peak misses the objective for 300 s: one call "
        "in twenty waits 4.2 s, and up to 31 calls wait. Start from 9 pods."
    )
    stuck = spiked(absorbed=None, missed_seconds=9300, refused=12, sticky=True, remedies=[])[0]
    assert stuck.problem == (
        "2 times the planned peak misses the objective for 155 minutes: one call in twenty waits 4.2 s, and up to 31 "
        "calls wait, and 12 people find no pod with room for their session. Sessions stay with their pod, so that new "
        "pods take new ones only."
    )
    assert stuck.remedy.startswith("See 'mcp-stack simulate spike'")


def lived(**changed: Any) -> list[Finding]:
    values: dict[str, Any] = {
        "lost_minutes": 0,
        "dropped": 10.0,
        "sessions": 1000.0,
        "window_seconds": 600,
        "remedies": [],
        "path": "mcp:scaling.scaleDownWindowSeconds",
    }
    return day_findings(**{**values, **changed})


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, 0),
        ({"dropped": 20.0}, 0),
        ({"dropped": 20.1}, 1),
        ({"lost_minutes": 1}, 1),
        ({"sessions": 0.0}, 0),
    ],
)
def test_one_minute_and_two_percent_are_the_limits(changed: dict[str, float], found: int) -> None:
    assert len(lived(**changed)) == found


def test_the_words_of_a_bad_day() -> None:
    assert lived(lost_minutes=7, dropped=31.0)[0].problem == (
        "On an ordinary day the objective is missed in 7 minutes and scale-in cuts off 31 of 1000 sessions (3.1 %), "
        "after a window of 600 s."
    )


def test_the_window_is_named_by_the_key_that_gives_it() -> None:
    def key(**scaling: object) -> str:
        server = sticky(scaling={"prometheusAddress": "http://prometheus:9090", **scaling})
        return rehearsal._window_key(server)

    assert key() == key(scaleDown={"windowSeconds": 600}) == "mcp:scaling.scaleDown.windowSeconds"
    assert key(scaleDownWindowSeconds=600) == "mcp:scaling.scaleDownWindowSeconds"


@pytest.mark.grid
@pytest.mark.parametrize(
    "zone", ["America/Los_Angeles", *(pytest.param(zone, marks=pytest.mark.grid) for zone in ("UTC", "Asia/Tokyo"))]
)
def test_the_day_goes_by_the_clock_of_the_schedule(zone: str) -> None:
    """A floor from eight to six stands in the office day, wherever the office is."""
    office = {"name": "office", "replicas": 9, "days": ["daily"], "fromTime": "08:00", "toTime": "18:00",
              "timeZone": zone, "rampMinutes": 0}  # fmt: skip
    server = sticky(scaling={"prometheusAddress": "http://prometheus:9090", "maxReplicas": 12, "schedules": [office]})
    result = rehearsal._day(server, rehearsal.policy(server))
    high = [sample.at / 3600 for sample in result.samples if sample.wanted == 9]
    assert 8 <= min(high) < 8.1
    assert rehearsal.midnight(sticky()) == datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.grid
@table(
    "begins, high",
    [
        # Berlin's clock goes forward in the night to this Sunday: eight o'clock is 6:00 UTC, and two hours of the load.
        (datetime(2026, 3, 29, 4, tzinfo=UTC), (2.0, 6.0)),
        (datetime(2026, 3, 29, 6), (2.0, 6.0)),
        (6 * 3600.0, None),
        (datetime(2026, 3, 28, 6), None),
    ],
)
def test_a_recorded_load_is_played_at_its_own_time(begins: datetime | float, high: tuple[float, float] | None) -> None:
    """Windows of schedules follow the clock of the load, and its day of the week."""
    sunday = {"name": "sunday", "replicas": 9, "days": ["sun"], "fromTime": "08:00", "toTime": "12:00",
              "timeZone": "Europe/Berlin", "rampMinutes": 0}  # fmt: skip
    pace = {"prometheusAddress": "http://prometheus:9090", "maxReplicas": 12, "schedules": [sunday],
            "scaleDown": {"windowSeconds": 0, "pods": 12, "periodSeconds": 60}}  # fmt: skip
    server, load = sticky(scaling=pace), Load((0, 8 * 3600), (20, 20), begins)
    options = replace(rehearsal.options(server, seed=None), begin=rehearsal.begin(server, load))
    result = simulate(rehearsal.policy(server), load, rehearsal.pod_model(server), options)
    found = [sample.at / 3600 for sample in result.samples if sample.wanted == 9]
    assert (not found) if high is None else (min(found), max(found)) == pytest.approx(high, abs=0.1)
