"""Monitors: they select the pods of the stack at a port that these have, and that Prometheus may reach."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pulumi_kubernetes_mcp import program, wiring
from pulumi_kubernetes_mcp.monitoring.args import patched_objects
from pulumi_kubernetes_mcp.monitoring.rules import groups
from pulumi_kubernetes_mcp.monitoring.sources import METRICS, Source
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import Recording, record

from .stacks import DIRECT, POOLED, watched_in

KINDS = {"pod-monitor": ("PodMonitor", "podMetricsEndpoints"), "service-monitor": ("ServiceMonitor", "endpoints")}


def made(monitoring: dict[str, Any], **server: Any) -> Recording:
    """A stack with another monitoring."""
    values = {**POOLED, "mcp:monitoring": monitoring, "mcp:server": {**POOLED["mcp:server"], **server}}
    return record(program.run, config=values, project="mcp", stack="here")


def endpoint(run: Recording, kind: str) -> dict[str, Any]:
    """The one endpoint of the server's monitor."""
    name, field = KINDS[kind]
    (found,) = run.manifest(name, "orders")["spec"][field]
    return dict(found)


@pytest.mark.grid
@pytest.mark.parametrize("port", [None, 9100])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_monitor_finds_the_pods_at_a_port_that_is_open_to_prometheus(kind: str, port: int | None) -> None:
    monitoring = {"monitor": kind, "namespace": "watching", **({"port": port} if port else {})}
    run = made(monitoring)
    template = run.manifest("Deployment", "orders")["spec"]["template"]
    selector = run.manifest(KINDS[kind][0], "orders")["spec"]["selector"]["matchLabels"]
    assert selector.items() <= template["metadata"]["labels"].items()
    if kind == "service-monitor":
        services = [one.inputs for one in run.of_type("Service") if one.inputs["metadata"]["name"] == "orders"]
        assert all(selector.items() <= one["metadata"]["labels"].items() for one in services)
    found = endpoint(run, kind)
    (container,) = template["spec"]["containers"]
    numbers = {one["name"]: one["containerPort"] for one in container["ports"]}
    number = numbers[found["port" if kind == "pod-monitor" else "targetPort"]]
    assert number == (port or 8000)
    opened = [
        rule
        for policy in run.of_type("NetworkPolicy")
        if policy.inputs["metadata"]["name"] == "orders"
        for rule in policy.inputs["spec"].get("ingress", [])
        if any(peer.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name") == "watching"
               for peer in rule.get("from", []))
    ]  # fmt: skip
    assert [numbers[one["port"]] for rule in opened for one in rule["ports"]] == [number]


def planned(monitoring: dict[str, Any], **server: Any) -> dict[str, Any]:
    """The endpoint of the PodMonitor by the plan alone, without a program that runs."""
    values = {**POOLED, "mcp:monitoring": {"monitor": "pod-monitor", **monitoring}}
    values["mcp:server"] = {**POOLED["mcp:server"], **server}
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    objects, _ = patched_objects(wiring.monitoring_args(plan.first, "shop", plan.shared))
    (found,) = objects["pod-monitor"].body["spec"]["podMetricsEndpoints"]
    return dict(found)


def test_a_timeout_is_never_longer_than_the_interval() -> None:
    assert planned({"scrapeSeconds": 5})["scrapeTimeout"] == "5s"
    assert planned({"scrapeSeconds": 60})["scrapeTimeout"] == "10s"


def test_a_server_that_speaks_tls_is_read_so_and_verified_by_the_name_of_its_service() -> None:
    unverified = planned({}, servesTls=True)
    assert (unverified["scheme"], unverified["tlsConfig"]) == ("https", {"insecureSkipVerify": True})
    verified = planned({"authority": {"secret": "orders-tls", "key": "ca.pem"}}, servesTls=True)
    assert verified["tlsConfig"] == {
        "ca": {"secret": {"name": "orders-tls", "key": "ca.pem"}},
        "serverName": "orders.shop.svc",
    }
    # Metrics at a port of their own say nothing of the server's TLS.
    assert planned({"port": 9100}, servesTls=True)["scheme"] == "http"


def test_a_token_is_named_and_never_given() -> None:
    found = planned({"scheme": "https", "token": {"secret": "t"}})
    assert found["authorization"] == {"type": "Bearer", "credentials": {"name": "t", "key": "token"}}


@pytest.mark.grid
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_exporter_of_the_pooler_is_scraped_at_a_port_that_is_open_to_prometheus(kind: str) -> None:
    run = made({"monitor": kind, "namespace": "watching", "rules": "prometheus-rule", "scrapeSeconds": 30})
    name, field = KINDS[kind]
    spec = run.manifest(name, "orders-pooler")["spec"]
    (found,) = spec[field]
    template = run.manifest("Deployment", "orders-pooler")["spec"]["template"]
    selected = spec["selector"]["matchLabels"].items()
    assert selected <= template["metadata"]["labels"].items()
    assert not selected <= run.manifest("Deployment", "orders")["spec"]["template"]["metadata"]["labels"].items()
    (beside,) = [one for one in template["spec"]["containers"] if one["name"] == "exporter"]
    (port,) = beside["ports"]
    assert found["port" if kind == "pod-monitor" else "targetPort"] == port["name"]
    assert (found["path"], found["scheme"], found["interval"]) == ("/metrics", "http", "30s")
    ingress = run.manifest("NetworkPolicy", "orders-pooler")["spec"]["ingress"]
    watching = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "watching"}}}
    opened = [[one["port"] for one in rule["ports"]] for rule in ingress if watching in rule["from"]]
    assert opened == [[port["containerPort"]]]
    if kind == "service-monitor":
        assert selected <= run.manifest("Service", "orders-pooler")["metadata"]["labels"].items()


EMITTERS = {Source.SERVER: "orders", Source.PGBOUNCER: "orders-pooler"}
"""Who emits metrics in a stack, and what its monitor is called."""


@pytest.mark.grid
@pytest.mark.parametrize("values", [POOLED, DIRECT], ids=["pooled", "direct"])
def test_what_rules_read_is_emitted_by_something_in_the_stack_or_said_to_be_elsewhere(values: dict[str, Any]) -> None:
    """An alert on a metric that nobody emits is silent for ever."""
    run = record(program.run, config=values, project="mcp", stack="here")
    monitors = {one.inputs["metadata"]["name"] for one in run.resources if one.kind in ("PodMonitor", "ServiceMonitor")}
    said = {Source(name) for name in values["mcp:monitoring"]["exporters"]}
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    text = json.dumps(groups(watched_in(plan), None))
    read = {source for source, names in METRICS.items() if any(f"{name}{{" in text for name in names)}
    assert read
    assert read - said <= set(EMITTERS)
    assert {EMITTERS[source] for source in read - said} <= monitors
    assert not [one.code for one in plan.findings if one.code in ("MCP620", "MCP690", "MCP691")]


def codes(monitoring: dict[str, Any], **database: Any) -> list[str]:
    """What is said of the exporter of the pooler."""
    values = {**POOLED, "mcp:monitoring": monitoring, "mcp:database": {**POOLED["mcp:database"], **database}}
    found = plan_region(load_stack(values, where="stack"), rehearse=False).findings
    return sorted(one.code for one in found if one.code in ("MCP416", "MCP623", "MCP690", "MCP691"))


RULED = {"monitor": "pod-monitor", "rules": "prometheus-rule"}


def test_rules_without_an_exporter_and_an_exporter_without_a_reader_are_told() -> None:
    assert codes(RULED) == []
    assert codes(RULED, poolerExporter=False) == ["MCP690"]
    assert codes({**RULED, "exporters": ["pgbouncer"]}, poolerExporter=False) == ["MCP690"]
    assert codes({"monitor": "pod-monitor"}, poolerExporter=False) == []
    assert codes({"monitor": "none"}) == ["MCP691"]
    assert codes({"rules": "config-map", "exporters": ["pgbouncer"]}) == []
    assert codes(RULED, poolerExporter=False, poolerExporterImage="registry.example/exporter:1.0.0") == [
        "MCP416",
        "MCP690",
    ]


def test_alerts_tell_the_pooler_by_its_pods_where_its_own_exporter_is_read() -> None:
    def waiting(**monitoring: Any) -> str:
        values = {**POOLED, "mcp:monitoring": {**POOLED["mcp:monitoring"], **monitoring}}
        plan = plan_region(load_stack(values, where="stack"), rehearse=False)
        rules = [rule for group in groups(watched_in(plan), None) for rule in group["rules"]]
        (found,) = [rule["expr"] for rule in rules if rule.get("alert") == "McpPoolerClientsWaiting"]
        return str(found)

    assert 'pod=~"orders-pooler-[a-z0-9]+-[a-z0-9]{5}"' in waiting()
    elsewhere = waiting(monitor="none", exporters=["pgbouncer"])
    assert "pod=~" not in elsewhere
    assert 'database="shop"' in elsewhere


@pytest.mark.grid
def test_nothing_is_made_that_nobody_asked_for() -> None:
    kinds = {one.kind for one in made({}).resources}
    assert kinds.isdisjoint({"McpMonitoring", "PodMonitor", "ServiceMonitor", "PrometheusRule"})


@pytest.mark.grid
def test_the_rule_file_of_a_config_map_is_the_prometheus_rule_in_another_form() -> None:
    import yaml

    def rules(form: str) -> Any:
        values = {**DIRECT, "mcp:monitoring": {**DIRECT["mcp:monitoring"], "rules": form}}
        run = record(program.run, config=values, project="mcp", stack="here")
        if form == "prometheus-rule":
            return run.manifest("PrometheusRule")["spec"]["groups"]
        (found,) = [one.inputs for one in run.of_type("ConfigMap") if one.inputs["metadata"]["name"] == "orders-rules"]
        return yaml.safe_load(found["data"]["orders.rules.yaml"])["groups"]

    assert rules("config-map") == rules("prometheus-rule")


@pytest.mark.grid
def test_the_pods_of_a_stateful_set_are_found_by_their_numbers() -> None:
    sessions = {**POOLED, "mcp:server": {**POOLED["mcp:server"], "volumes": DIRECT["mcp:server"]["volumes"]}}
    scaled = record(program.run, config=sessions, project="mcp", stack="here").manifest("ScaledObject")
    (query,) = {one["metadata"]["query"] for one in scaled["spec"]["triggers"] if one["name"] == "sessions"}
    assert 'pod=~"orders-[0-9]+"' in query


@pytest.mark.grid
def test_each_pod_of_a_stateful_set_is_read_once() -> None:
    """Its headless Service has the labels of the other one, and the same pods behind it."""
    run = record(program.run, config=DIRECT, project="mcp", stack="here")
    spec = run.manifest("ServiceMonitor")["spec"]
    (found,) = spec["endpoints"]
    (keep,) = found["relabelings"]
    services = [one.inputs["metadata"] for one in run.of_type("Service")]
    selected = [one for one in services if spec["selector"]["matchLabels"].items() <= one["labels"].items()]
    assert len(selected) == 2
    assert keep["sourceLabels"] == ["__meta_kubernetes_service_name"]
    assert [one["name"] for one in selected if re.fullmatch(keep["regex"], one["name"])] == ["orders"]
