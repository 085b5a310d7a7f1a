"""Every alert by promtool: it fires on its case with its labels and words, and is silent on the neighbour."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp.autoscaling.spec.queries import DIALECTS, FOLLOWS, Gauge, gauge
from pulumi_kubernetes_mcp.eras import Era
from pulumi_kubernetes_mcp.monitoring import rules
from pulumi_kubernetes_mcp.monitoring.alerts.catalogue import ALERTS, left_out
from pulumi_kubernetes_mcp.monitoring.sources import METRICS, Source
from pulumi_kubernetes_mcp.region_plan import RegionPlan
from tests.missing import leave_out

from .alert_cases import CASES, VARIANTS, Case, Series
from .stacks import coloured, direct, pooled, revised, stateful, switched, watched_in

STACKS = {
    "pooled": pooled,
    "direct": direct,
    "revised": revised,
    "stateful": stateful,
    "coloured": coloured,
    "switched": switched,
}
RUNBOOKS = "https://runbooks.example.com/mcp/"
OF_STACK = {
    "pooled": {"namespace": "shop", "server": "orders", "region": "us-east"},
    "direct": {"namespace": "shop-eu", "server": "orders", "region": "eu-west"},
    "stateful": {"namespace": "shop-eu", "server": "orders", "region": "eu-west"},
    "revised": {"namespace": "shop-west", "server": "orders", "region": "us-west"},
    "coloured": {"namespace": "shop-south", "server": "orders-green", "region": "us-south"},
    "switched": {"namespace": "shop-south", "server": "orders", "workload": "orders-green", "region": "us-south"},
}


def promtool(*arguments: str) -> str:
    """What promtool says; the test fails where it does."""
    program = which("promtool")
    if program is None:
        leave_out("promtool is not installed (Debian: prometheus)")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def groups(plan: RegionPlan) -> list[dict[str, Any]]:
    """The rules of a stack."""
    return rules.groups(watched_in(plan), RUNBOOKS)


def only(stack: str, name: str, step: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """One alert of a stack with what is recorded for it, and the alert itself."""
    (alert,) = [one for group in groups(STACKS[stack]()) for one in group["rules"] if one.get("alert") == name]
    needed = [
        one
        for group in groups(STACKS[stack]())
        for one in group["rules"]
        # What is recorded as long as a stack is as it is would be there from the first moment on: cases give it.
        if "record" in one and one["record"] in alert["expr"] and one["expr"] != "vector(1)"
    ]
    return [{"name": "one", "interval": step, "rules": [*needed, alert]}], alert


def scene(case: Case, series: Series, alert: Mapping[str, Any], *, fires: bool) -> dict[str, Any]:
    """A test of promtool."""
    own = {"server": "orders"} if case.everywhere else OF_STACK[case.stack]
    expected = {
        "exp_labels": {"severity": alert["labels"]["severity"], **own, **case.labels},
        "exp_annotations": {**alert["annotations"], "summary": case.says},
    }
    return {
        "interval": case.step,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [
            {"eval_time": case.at, "alertname": alert["alert"], "exp_alerts": [expected] if fires else []}
        ],
    }


def files(folder: Path) -> Iterator[str]:
    """A file of tests for each alert, and for each other workload that it watches in another way."""
    for number, (name, case) in enumerate([*CASES.items(), *VARIANTS]):
        found, alert = only(case.stack, name, case.step)
        (folder / f"{number}.rules.yaml").write_text(yaml.safe_dump({"groups": found}))
        loud = [scene(case, series, alert, fires=True) for series in (case.fires, *case.fires_too)]
        quiet = [scene(case, series, alert, fires=False) for series in (case.silent, *case.silent_too)]
        tests = [*loud, *quiet]
        body = {"rule_files": [f"{number}.rules.yaml"], "evaluation_interval": case.step, "tests": tests}
        path = folder / f"{name}.{number}.test.yaml"
        path.write_text(yaml.safe_dump(body))
        yield str(path)


@pytest.mark.grid
def test_each_alert_fires_on_its_case_and_is_silent_on_the_neighbour(tmp_path: Path) -> None:
    said = promtool("test", "rules", *files(tmp_path))
    assert said.count("SUCCESS") == len(ALERTS) + len(VARIANTS)


def test_there_is_a_case_for_every_alert() -> None:
    assert [alert.name for alert in ALERTS] == list(CASES)
    assert len({alert.name for alert in ALERTS}) == len(ALERTS)
    page = (Path(__file__).parents[2] / "docs" / "monitoring.md").read_text(encoding="utf-8")
    assert f"There are {len(ALERTS)} alerts" in page


@pytest.mark.grid
@pytest.mark.parametrize("stack", sorted(STACKS))
def test_prometheus_takes_the_whole_file(stack: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": groups(STACKS[stack]())}))
    count = sum(len(group["rules"]) for group in groups(STACKS[stack]()))
    assert f"{count} rules found" in promtool("check", "rules", str(path))


NAME = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{")


@pytest.mark.parametrize("stack", sorted(STACKS))
def test_what_a_rule_reads_is_emitted_by_what_is_scraped(stack: str) -> None:
    watched = watched_in(STACKS[stack]())
    gauges = [gauge(follow, dialect, [Era(era)]) for follow in FOLLOWS[1:] for dialect in DIALECTS for era in Era]
    known = {name for source in watched.sources for name in METRICS[source]}
    known |= {one.metric for one in gauges if isinstance(one, Gauge)}
    found = groups(STACKS[stack]())
    known |= {rule["record"] for group in found for rule in group["rules"] if "record" in rule}
    read = {name for group in found for rule in group["rules"] for name in NAME.findall(rule["expr"])}
    assert read <= known
    assert read


def test_every_listed_metric_is_read_by_some_rule_or_panel() -> None:
    read = {
        name
        for plan in (pooled(), direct(), revised(), stateful())
        for group in groups(plan)
        for rule in group["rules"]
        for name in NAME.findall(rule["expr"])
    }
    listed = {name for names in METRICS.values() for name in names}
    assert listed - read <= {
        "keda_scaled_object_errors_total",
        "mcp_probe_phase_duration_seconds_bucket",
        "pgbouncer_pools_client_maxwait_seconds",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
    }


def test_what_has_nothing_to_watch_is_left_out_and_told() -> None:
    assert left_out(watched_in(pooled())) == {
        "McpPoolWait": "it needs a database, and the dialect 'opentelemetry'",
        "McpConnectionsNearBudget": "it needs a PostgreSQL without a pooler, with its name and a connection budget",
        "McpReleaseFailed": "it needs a Rollout of Argo Rollouts",
        "McpReleaseWaiting": "it needs a Rollout of Argo Rollouts",
        "McpColourWaiting": "it needs an idle colour",
    }
    of_direct = left_out(watched_in(direct()))
    assert of_direct["McpEndpointDown"] == "it reads probe, which nothing is said to scrape"
    assert of_direct["McpScalerErrors"] == "it needs a ScaledObject"
    assert left_out(watched_in(revised()))["McpRolloutStalled"] == "it needs a Deployment or a StatefulSet"
    unread = replace(watched_in(revised()), sources=frozenset({Source.KUBE_STATE_METRICS}))
    assert left_out(unread)["McpReleaseFailed"] == "it reads argo-rollouts, which nothing is said to scrape"
    made = {rule["alert"] for group in groups(direct()) for rule in group["rules"] if "alert" in rule}
    assert made.isdisjoint(of_direct)
    assert made | set(of_direct) == {alert.name for alert in ALERTS}


def test_without_a_load_test_the_alert_says_that_the_objective_stands_in() -> None:
    known = watched_in(pooled())
    text = {
        loaded: next(
            rule
            for group in rules.groups(replace(known, loaded_p95_milliseconds=loaded), None)
            for rule in group["rules"]
            if rule.get("alert") == "McpProbeSlow"
        )
        for loaded in (400.0, None)
    }
    assert text[400.0]["annotations"]["description"].endswith("Here it is the load test: 0.4 s.")
    assert text[None]["annotations"]["description"].endswith("the objective, as no load test is named: 1 s.")
    assert text[None]["expr"].endswith("> 2")


def test_alerts_of_the_probe_wait_for_its_rounds() -> None:
    """Until the next round a failed one is the last: an hour of a probe that looks once an hour."""
    found = {
        seconds: {
            rule["alert"]: (rule.get("for"), rule["expr"], rule["annotations"]["description"])
            for group in rules.groups(replace(watched_in(pooled()), probe_seconds=seconds), None)
            for rule in group["rules"]
            if "alert" in rule
        }
        for seconds in (5, 60, 90, 3600)
    }
    assert {seconds: made["McpEndpointDown"][0] for seconds, made in found.items()} == {
        5: "2m", 60: "2m", 90: "3m", 3600: "120m"
    }  # fmt: skip
    assert found[3600]["McpSchemaDrift"][0] == "300m"
    assert found[3600]["McpEndpointDown"][2].endswith("each 3600 s, and it holds for 120m.")
    assert found[5]["McpProbeSilent"] == found[60]["McpProbeSilent"]
    for seconds, silent in ((60, 300), (90, 450), (3600, 18000)):
        assert f" > {silent} or absent(" in found[seconds]["McpProbeSilent"][1]


@pytest.mark.parametrize("cap", [1, 9, 50, 1000])
def test_a_pod_that_the_autoscaler_fills_is_not_called_full(cap: int) -> None:
    (alert,) = [one for one in ALERTS if one.name == "McpSessionsNearCap"]
    watched = replace(watched_in(pooled()), sessions_per_pod=cap)
    for filled in (None, cap / 2, 0.9 * cap, cap * 1.1):
        asked = alert.expression(replace(watched, filled_sessions=filled, autoscaler=None))
        assert float(str(asked).rpartition(" > ")[2]) == pytest.approx(max(0.9 * cap, filled or 0))


def test_sources_are_those_that_a_stack_can_name() -> None:
    from typing import get_args

    from pulumi_kubernetes_mcp.settings.keys.monitoring import Exporter

    assert {*get_args(Exporter), "server"} == {str(source) for source in Source}
