"""Dashboards: JSON as Grafana reads it, queries that Prometheus takes, and the plan's own bounds as lines."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from pulumi_kubernetes_mcp import wiring
from pulumi_kubernetes_mcp.monitoring.alerts.model import Watched
from pulumi_kubernetes_mcp.monitoring.args import patched_objects
from pulumi_kubernetes_mcp.monitoring.dashboards.catalogue import dashboards
from pulumi_kubernetes_mcp.monitoring.dashboards.model import document
from pulumi_kubernetes_mcp.monitoring.sources import METRICS, Source
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack

from .stacks import POOLED, direct, pooled, watched_in
from .test_alerts import promtool

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "grafana-dashboard.json").read_text(encoding="utf-8"))
NAME = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{")
EVERY = pytest.mark.parametrize("stack", ["pooled", "direct"])


def known(stack: str) -> Watched:
    """What a stack's dashboards are made from."""
    return watched_in({"pooled": pooled, "direct": direct}[stack]())


def made(watched: Watched) -> list[dict[str, Any]]:
    """The dashboards as Grafana gets them."""
    return [document(one, watched) for one in dashboards(watched)]


def panels(watched: Watched) -> dict[str, dict[str, Any]]:
    """Every panel by its title."""
    return {panel["title"]: panel for one in made(watched) for panel in one["panels"]}


def queries(watched: Watched) -> list[str]:
    """Every query."""
    return [target["expr"] for panel in panels(watched).values() for target in panel["targets"]]


@EVERY
def test_a_dashboard_is_json_that_grafana_knows(stack: str) -> None:
    for one in made(known(stack)):
        assert list(Draft202012Validator(SCHEMA).iter_errors(one)) == []


@EVERY
def test_prometheus_takes_every_query(stack: str, tmp_path: Path) -> None:
    found = queries(known(stack))
    rules = [{"record": f"q{number}", "expr": text} for number, text in enumerate(found)]
    path = tmp_path / "queries.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    assert f"{len(found)} rules found" in promtool("check", "rules", str(path))


@EVERY
def test_a_panel_reads_only_what_is_scraped(stack: str) -> None:
    watched = known(stack)
    emitted = {name for source in watched.sources for name in METRICS[source]}
    emitted |= {one.metric for one in (watched.sessions, watched.calls) if one is not None}
    read = {name for text in queries(watched) for name in NAME.findall(text)}
    assert read <= emitted


@EVERY
def test_no_panel_lies_over_another(stack: str) -> None:
    for one in made(known(stack)):
        cells = [
            (x, y)
            for place in (panel["gridPos"] for panel in one["panels"])
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
        assert len(cells) == len(set(cells))
        assert max(x for x, _ in cells) < 24


def test_the_lines_are_the_bounds_of_the_plan() -> None:
    plan, shown = pooled(), panels(known("pooled"))

    def red(title: str) -> Any:
        return shown[title]["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"]

    server = plan.first
    assert red("Memory of each pod") == 1000 * 2**20
    assert red("CPU of each pod, cores") == 2
    assert red("Pods") == server.max_replicas == 8
    assert red("Sessions of each pod") == int(server.plan.capacity.sessions_per_pod_limit.value)
    assert red("Sessions") == plan.planned_sessions
    assert red("Connections to the database") == plan.shared.poolers[0].budget == 210
    assert red("Exchanges from outside, P95 of half an hour") == 0.8
    assert {target["legendFormat"]: target["expr"] for target in shown["Pods"]["targets"]} == {
        "pods": 'sum(kube_deployment_status_replicas_ready{namespace="shop",deployment="orders"})',
        "minimum": "vector(2)",
        "maximum": "vector(8)",
    }


def test_units_are_those_of_the_metrics() -> None:
    units = {title: panel["fieldConfig"]["defaults"]["unit"] for title, panel in panels(known("pooled")).items()}
    assert units["Memory of each pod"] == "bytes"
    assert units["File descriptors"] == units["Availability, one day"] == "percentunit"
    assert units["Phases of the exchanges, P95"] == units["Certificate"] == "s"


def test_what_is_not_scraped_has_no_panel() -> None:
    alone = replace(known("pooled"), sources=frozenset({Source.SERVER}))
    assert [one["title"] for one in made(alone)] == ["MCP orders: service", "MCP orders: capacity against plan"]
    # Where the kubelet is not read, the process itself says what it takes.
    assert "process_resident_memory_bytes" in panels(alone)["Memory of each pod"]["targets"][0]["expr"]
    assert made(replace(alone, sources=frozenset())) == []


def test_two_servers_and_two_stacks_never_meet_in_one_grafana() -> None:
    first = known("pooled")
    others = [first, replace(first, server="billing"), replace(first, namespace="other")]
    uids = [one["uid"] for watched in others for one in made(watched)]
    assert len(uids) == len(set(uids)) == 9
    assert max(len(uid) for uid in uids) <= 40


def test_the_sidecar_finds_the_config_map_and_its_files() -> None:
    monitoring = {**POOLED["mcp:monitoring"], "dashboards": True, "dashboardLabels": {"grafana_dashboard": "mcp"}}
    plan = plan_region(load_stack({**POOLED, "mcp:monitoring": monitoring}, where="stack"), rehearse=False)
    found = patched_objects(wiring.monitoring_args(plan.first, "shop", plan.shared))[0]["dashboards"]
    assert found.name == "orders-dashboards"
    assert found.body["metadata"]["labels"]["grafana_dashboard"] == "mcp"
    files = found.body["data"]
    assert [json.loads(text)["uid"] + ".json" for text in files.values()] == list(files)
    assert len(files) == 3
    assert sum(map(len, files.values())) < 2**20
