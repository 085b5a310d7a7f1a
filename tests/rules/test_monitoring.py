"""Rules about who reads the metrics of a server: each from both sides of its boundary."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.rules import monitoring as rules
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.settings.servers import load_stack

SESSIONS = {
    "mcp:server": {"image": "registry.example/one:1.2.0", "healthPath": "/healthz", "eras": ["legacy-stateful"]}
}
ADDRESS = {"prometheusAddress": "https://prometheus.monitoring:9090"}
BASE: dict[str, Any] = {
    "mcp:region": {"name": "us-east"},
    "mcp:server": {"image": "registry.example/one:1.2.0", "healthPath": "/healthz"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}
OWN = {code.code for code in rules.RULES}


def said(**groups: Any) -> list[tuple[str, str]]:
    """Code and place of what is said about the monitoring of a stack."""
    return [(one.code, one.path) for one in told(**groups)]


def told(**groups: Any) -> list[Finding]:
    """What is said about the monitoring of a stack."""
    values = {**BASE, **{f"mcp:{name}": value for name, value in groups.items()}}
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    return [one for one in plan.findings if one.code in OWN]


FOLLOWED = ("MCP620", "mcp:monitoring.monitor")


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        (ADDRESS, [FOLLOWED]),
        ({**ADDRESS, "follow": "in-flight"}, [FOLLOWED]),
        # The gateway counts, and is read by whoever runs it.
        ({**ADDRESS, "follow": "streams", "dialect": "envoy"}, []),
        # Nobody knows what the query reads.
        ({**ADDRESS, "query": "sum(calls)", "targetPerPod": 4}, []),
        ({"autoscaler": "hpa"}, []),
        ({"autoscaler": "none", "replicas": 2}, []),
    ],
)
def test_what_the_autoscaler_follows_in_the_pods_has_to_be_scraped(
    scaling: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert said(server=SESSIONS["mcp:server"], scaling=scaling) == expected
    assert said(server=SESSIONS["mcp:server"], scaling=scaling, monitoring={"monitor": "service-monitor"}) == []


def test_the_metric_that_is_followed_is_named() -> None:
    (found,) = [one for one in told(server=SESSIONS["mcp:server"], scaling=ADDRESS) if one.code == "MCP620"]
    assert found.problem.startswith("The autoscaler follows mcp_active_sse_connections of the pods")


@pytest.mark.grid
def test_one_server_may_have_what_the_stack_has_not() -> None:
    servers = {"a": {"monitoring": {"monitor": "pod-monitor"}}, "b": {}}
    found = said(
        server={**SESSIONS["mcp:server"], "path": "/mcp"},
        scaling=ADDRESS,
        servers={name: {**own, "server": {"path": f"/{name}"}} for name, own in servers.items()},
    )
    assert found == [("MCP620", "mcp:servers.b.monitoring.monitor")]


@pytest.mark.parametrize(
    ("monitoring", "unread"),
    [
        ({"scrapeSeconds": 30, "labels": {"a": "b"}}, ["labels", "scrapeSeconds"]),
        ({"monitor": "pod-monitor", "authority": {"secret": "s"}}, ["authority"]),
        ({"monitor": "pod-monitor", "scheme": "https", "authority": {"secret": "s"}}, []),
        ({"monitor": "pod-monitor", "labels": {"a": "b"}, "runbookUrl": "https://r"}, ["runbookUrl"]),
        ({"dashboards": True, "runbookUrl": "https://r"}, ["runbookUrl"]),
        ({"rules": "config-map", "dashboardLabels": {"a": "b"}}, ["dashboardLabels"]),
        ({"rules": "prometheus-rule", "labels": {"a": "b"}, "availabilityPercent": 99.0}, ["availabilityPercent"]),
        ({"rules": "prometheus-rule", "exporters": ["probe"], "availabilityPercent": 99.0}, []),
    ],
)
def test_what_nothing_reads_is_told(monitoring: dict[str, Any], unread: list[str]) -> None:
    assert said(monitoring=monitoring) == [("MCP621", f"mcp:monitoring.{key}") for key in unread]


def test_a_token_goes_over_tls() -> None:
    token = {"monitor": "pod-monitor", "token": {"secret": "t"}}
    assert said(monitoring=token) == [("MCP622", "mcp:monitoring.token")]
    assert said(monitoring={**token, "scheme": "https"}) == []
    assert said(monitoring=token, server={**BASE["mcp:server"], "servesTls": True}) == []


@pytest.mark.parametrize("name", ["keda", "external-secrets", "cert-manager", "argo-rollouts", "pgbouncer", "postgres"])
def test_an_exporter_has_something_to_watch(name: str) -> None:
    assert said(monitoring={"rules": "prometheus-rule", "exporters": [name]}) == [
        ("MCP623", "mcp:monitoring.exporters")
    ]


def test_a_database_with_a_name_is_something_to_watch() -> None:
    database = {"host": "db.example.com", "name": "one", "maxConnections": 420}
    watching = {"rules": "prometheus-rule", "exporters": ["postgres"]}
    secrets = {"source": "existing", "name": "one"}
    assert said(monitoring=watching, database=database, secrets=secrets) == []
    assert said(monitoring=watching, database={**database, "pooler": "pgbouncer"}, secrets=secrets) != []


def test_one_failed_round_may_not_wake_anybody() -> None:
    def at(percent: float) -> list[tuple[str, str]]:
        return said(monitoring={"rules": "config-map", "exporters": ["probe"], "availabilityPercent": percent})

    # 14.4 × 0.116 % of 60 rounds are 1.002, and 0.115 % are 0.994.
    assert at(99.884) == []
    assert at(99.885) == [("MCP624", "mcp:monitoring.availabilityPercent")]
    (found,) = rules.resolution_findings(availability=99.95, interval_seconds=60, probed=True, path="p")
    assert found.problem.startswith("At 99.95 % the fastest alert bears 0.43 failed rounds of 60 in an hour")
    assert found.remedy.startswith("Ask for at most 99.88 %")
    # 14.4 × 0.5 % of 12 rounds are 0.86, and of 15 they are 1.08: the stack's own probe says how often it looks.
    watching = {"rules": "config-map", "exporters": ["probe"]}
    probe = {"image": "registry.example.com/acme/mcp-probe:1.0.0"}
    assert said(monitoring=watching, probe={**probe, "intervalSeconds": 240}) == []
    here = [("MCP624", "mcp:monitoring.availabilityPercent")]
    assert said(monitoring=watching, probe={**probe, "intervalSeconds": 300}) == here
    (found,) = rules.resolution_findings(availability=99, interval_seconds=3600, probed=True, path="p")
    assert found.remedy.startswith("Ask for at most 93.05 %, or let the probe look more often, or accept")


@pytest.mark.grid
def test_a_slow_round_ends_before_the_probe_gives_it_up() -> None:
    def at(milliseconds: float | None, **groups: Any) -> list[tuple[str, str]]:
        loaded = {} if milliseconds is None else {"loadedP95Milliseconds": milliseconds}
        return said(monitoring={"rules": "config-map", "exporters": ["probe"], **loaded}, **groups)

    here = [("MCP625", "mcp:monitoring.loadedP95Milliseconds")]
    assert at(4999) == []
    assert at(5000) == here
    # The stack's own probe says how long it waits, where it is what watches the stack.
    probe = {"image": "registry.example.com/acme/mcp-probe:1.0.0"}
    assert at(1499, probe={**probe, "timeoutSeconds": 3}) == []
    assert at(1500, probe={**probe, "timeoutSeconds": 3}) == here
    assert at(14_999, probe={**probe, "timeoutSeconds": 30}) == []
    other = {**probe, "own": False, "endpoints": [{"name": "x", "url": "https://x.example.com/mcp"}]}
    assert at(5000, probe={**other, "timeoutSeconds": 30}) == here
    # The objective stands in for what was not measured.
    assert at(None, workload={"dailyUsers": 500, "waitP95Milliseconds": 4999}) == []
    assert at(None, workload={"dailyUsers": 500, "waitP95Milliseconds": 5000}) == here
    assert at(100, workload={"dailyUsers": 500, "waitP95Milliseconds": 5000}) == []


def test_a_dashboard_has_something_to_show() -> None:
    empty = {"dashboards": True, "exporters": []}
    assert said(monitoring=empty) == [("MCP626", "mcp:monitoring.dashboards")]
    assert said(monitoring={**empty, "monitor": "pod-monitor"}) == []
    assert said(monitoring={"dashboards": True}) == []


def test_what_rules_read_of_the_dialect_is_read() -> None:
    def unread(monitoring: dict[str, Any]) -> list[str]:
        values = {**BASE, "mcp:scaling": {"dialect": "opentelemetry"}, "mcp:monitoring": monitoring}
        plan = plan_region(load_stack(values, where="stack"), rehearse=False)
        return [one.path for one in plan.findings if one.code == "MCP250"]

    assert unread({"monitor": "pod-monitor"}) == ["mcp:scaling.dialect"]
    assert unread({"monitor": "pod-monitor", "rules": "prometheus-rule"}) == []


@pytest.mark.parametrize(
    ("monitoring", "edge", "told"),
    [
        ({"dashboards": True}, {"implementation": "istio"}, True),
        ({"rules": "config-map"}, {"kind": "none", "clientNamespace": "agents"}, True),
        ({"dashboards": True}, {"implementation": "envoy-gateway"}, False),
        # Whoever serves it may be Envoy Gateway, and nobody reads it.
        ({"dashboards": True}, {"clientNamespace": "edge"}, False),
        ({}, {"implementation": "istio"}, False),
    ],
)
def test_what_envoy_gateway_counts_is_read_behind_it_alone(
    monitoring: dict[str, Any], edge: dict[str, Any], told: bool
) -> None:
    values = {
        **BASE,
        "mcp:edge": {"host": "mcp.example.com", **edge},
        "mcp:scaling": {"dialect": "envoy"},
        "mcp:monitoring": {"monitor": "pod-monitor", **monitoring},
    }
    found = plan_region(load_stack(values, where="stack"), rehearse=False).findings
    assert [one.path for one in found if one.code == "MCP219"] == (["mcp:scaling.dialect"] if told else [])
