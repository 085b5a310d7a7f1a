"""What is given and read by nothing, and only that: MCP160, MCP250, MCP324, MCP416, MCP521, MCP703, MCP809.

That nothing is missing here `tests/keys/test_effects.py` sees, which changes every key in every kind of stack.
"""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.autoscaling.args import check
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.rules.applied import autoscaler
from pulumi_kubernetes_mcp.rules.applied.unread import CODES
from pulumi_kubernetes_mcp.settings.models import ScalingSettings
from pulumi_kubernetes_mcp.settings.servers import load_stack
from tests.rules.test_checks import inspected, the, tool

NONE: dict[str, Any] = {"autoscaler": "none", "replicas": 3}
ADDRESS = {"prometheusAddress": "https://prometheus.monitoring:9090"}
OFFICE = {
    "name": "office", "replicas": 10, "timeZone": "Europe/Berlin", "days": ["weekdays"], "fromTime": "08:00",
    "toTime": "18:00",
}  # fmt: skip


def unread(**scaling: Any) -> list[str]:
    found = [finding for finding in inspected(scaling=scaling).findings if finding.code == "MCP250"]
    return sorted(finding.path.removeprefix("mcp:scaling.") for finding in found)


@pytest.mark.parametrize(
    ("scaling", "keys"),
    [
        (NONE, []),
        ({**NONE, **ADDRESS}, ["prometheusAddress"]),
        ({**NONE, "schedules": [], "follow": None}, []),
        ({**NONE, "minReplicas": 2, "maxReplicas": 7, "takeOver": True}, ["minReplicas", "maxReplicas", "takeOver"]),
        ({"autoscaler": "none", "minReplicas": 3, "maxReplicas": 7, "takeOver": False}, []),
        ({"targetPerPod": 4}, ["targetPerPod"]),
        ({**ADDRESS, "follow": "in-flight", "sessionsMetric": "mine"}, ["sessionsMetric"]),
        ({**NONE, "schedules": [OFFICE], "scaleDown": {"pods": 1}}, ["schedules", "scaleDown"]),
        ({**NONE, "query": "sum(up)", "targetPerPod": 4, "dialect": "community"}, ["targetPerPod", "dialect", "query"]),
        ({"minReplicas": 3}, []),
        (ADDRESS, ["prometheusAddress"]),
        ({"dialect": "envoy", "hpaName": "mine"}, ["dialect", "hpaName"]),
        ({"scaleDown": {"pods": 1}, "scaleUp": {"pods": 9}, "memoryPercentOfRequest": 90}, []),
        ({**ADDRESS, "follow": "in-flight", "dialect": "envoy", "fallbackFailures": 5, "hpaName": "mine"}, []),
        ({"maxReplicas": 12, "schedules": [OFFICE], "dialect": "envoy", "hpaName": "mine"}, ["dialect"]),
        ({**ADDRESS, "query": "sum(up)", "targetPerPod": 4, "fallbackFailures": 5}, []),
    ],
)
def test_what_nothing_reads_is_told(scaling: dict[str, Any], keys: list[str]) -> None:
    assert unread(**scaling) == sorted(keys)


def test_the_words() -> None:
    (found,) = [one for one in inspected(scaling={**NONE, "follow": "in-flight"}).findings if one.code == "MCP250"]
    assert found.problem == "follow is 'in-flight', and nothing reads it: autoscaler is 'none'."
    assert found.remedy == "Remove it, or choose another autoscaler."


SECRET = {"source": "existing", "name": "database"}
FILLED = {
    "source": "external", "name": "database", "store": {"name": "vault"}, "env": {"TOKEN": "token"},
    "remote": {name: {"key": "mcp/orders"} for name in ("username", "password", "token", "old")},
}  # fmt: skip
DB = {"host": "db.example.com", "maxConnections": 4000}
POD = {"scaling": {"autoscaler": "none", "replicas": 1}, "region": {"environment": "development"}}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"edge": {"ingressClass": "public"}}, {"mcp:edge.ingressClass"}),
        ({"edge": {"tlsSecret": "own", "clusterIssuer": "own"}}, {"mcp:edge.tlsSecret", "mcp:edge.clusterIssuer"}),
        (
            {"edge": {"implementation": "nginx", "kind": "ingress", "gateway": {"name": "own", "namespace": "own"}}},
            {"mcp:edge.gateway.name", "mcp:edge.gateway.namespace"},
        ),
        ({"edge": {"implementation": "nginx", "kind": "ingress", "idleTimeoutSeconds": 600}},
         {"mcp:edge.idleTimeoutSeconds"}),
        ({"edge": {"implementation": "nginx", "kind": "ingress", "idleTimeoutSeconds": 7200}}, set()),
        ({"edge": {"implementation": "istio", "idleTimeoutSeconds": 600, "requestTimeoutSeconds": 600}},
         {"mcp:edge.idleTimeoutSeconds"}),
        ({"edge": {"kind": "none", "implementation": None, "hosts": ["b.example.com"], "paths": [{"path": "/b"}]}},
         {"mcp:edge.hosts", "mcp:edge.paths"}),
        ({"server": {"ssePaths": ["/events"]}}, {"mcp:server.ssePaths"}),
        ({"server": {"eras": ["sse"], "ssePaths": ["/events"]}, "scaling": ADDRESS}, set()),
        ({"server": {"healthPath": None, "probes": {"host": "mcp.example.com"}}}, {"mcp:server.probes.host"}),
        ({"server": {"healthPath": None, "livenessPath": "/livez", "probes": {"host": "mcp.example.com"}}}, set()),
        ({"server": {"probes": {"readiness": {"command": ["/ready"]}}}}, {"mcp:server.healthPath"}),
        (
            {
                "server": {"probes": {"readiness": {"command": ["/ready"]}}},
                "edge": {"implementation": "gke", "clientCidrs": ["10.0.0.0/9"]},
            },
            set(),
        ),
        (
            {"region": {"mesh": "istio-ambient"}, "server": {"podLabels": {"istio.io/dataplane-mode": "none"}}},
            {'mcp:server.podLabels["istio.io/dataplane-mode"]'},
        ),
        ({"region": {"mesh": "istio-ambient"}, "server": {"podLabels": {"istio.io/dataplane-mode": "ambient"}}}, set()),
        ({"awaits": {"customResources": False}}, {"mcp:awaits.customResources"}),
        ({"awaits": {"edge": True}}, set()),
        ({**POD, "workload": {"dailyUsers": 5}, "scaling": {"autoscaler": "none", "replicas": 1, "minAvailable": 1}},
         {"mcp:scaling.minAvailable"}),
        ({"scaling": {"minReplicas": 3, "minAvailable": 1}}, set()),
        ({"secrets": {**SECRET, "store": {"name": "vault"}, "refreshInterval": "5m"}},
         {"mcp:secrets.store", "mcp:secrets.refreshInterval"}),
        ({"secrets": {"name": "database", "version": "2"}}, {"mcp:secrets.name", "mcp:secrets.version"}),
        (
            {"secrets": SECRET, "database": {**DB, "poolerInstances": 3, "trackedParameters": ["search_path"]}},
            {"mcp:database.poolerInstances", "mcp:database.trackedParameters"},
        ),
        ({"secrets": SECRET, "database": {**DB, "pooler": "pgbouncer", "poolerInstances": 3}}, set()),
        (
            {"secrets": SECRET, "database": {**DB, "preset": "django", "poolMinIdle": 1, "statementSeconds": 5}},
            {"mcp:database.poolMinIdle"},
        ),
        (
            {
                "secrets": SECRET,
                "database": {**DB, "preset": "django", "poolMinIdle": 1, "variables": {"poolMinIdle": "IDLE"}},
            },
            set(),
        ),
        (
            {"secrets": SECRET, "database": {**DB, "urlKey": "url", "userKey": "login", "tlsMode": "verify-full"}},
            {"mcp:database.userKey"},
        ),
        ({"secrets": SECRET, "database": {**DB, "variables": {"url": "URL"}}}, {"mcp:database.variables.url"}),
        # TLS of another kind is in no variable unless one is named.
        ({"secrets": SECRET, "database": {**DB, "kind": "mysql", "tlsMode": "verify-full"}}, {"mcp:database.tlsMode"}),
        ({"secrets": SECRET, "database": {**DB, "preset": "sqlalchemy", "tlsMode": "verify-full"}}, set()),
        ({"secrets": FILLED}, {"mcp:secrets.remote.username", "mcp:secrets.remote.password", "mcp:secrets.remote.old"}),
        ({"secrets": FILLED, "database": DB}, {"mcp:secrets.remote.old"}),
        ({"secrets": FILLED, "database": {**DB, "preset": "none", "pooler": "pgbouncer"}}, {"mcp:secrets.remote.old"}),
        ({"secrets": FILLED, "server": {"envFrom": [{"secret": "database"}]}}, set()),
        ({"edge": {"hosts": ["b.example.com", "mcp.example.com"]}}, {"mcp:edge.hosts"}),
        ({"edge": {"hosts": ["b.example.com", "c.example.com"]}}, set()),
        ({"stateStore": {"port": 6380}}, {"mcp:stateStore.port"}),
        ({"stateStore": {"port": 6380, "namespace": "redis"}}, set()),
        ({"workload": {"tools": [tool(queries=2)]}}, {"mcp:workload.tools[0].queries"}),
        ({"workload": {"tools": [tool(queries=2)]}, "database": DB, "secrets": SECRET}, set()),
        ({"workload": {"tools": [tool(queries=0)]}}, set()),
    ],
)  # fmt: skip
def test_what_a_stack_says_in_vain(groups: dict[str, Any], expected: set[str]) -> None:
    found = {one.path for one in inspected(rehearse=False, **groups).findings if one.code in CODES}
    assert found == expected


def test_a_file_needs_no_address() -> None:
    said = {
        "kind": "sqlite",
        "host": "db.example.com",
        "preset": "libpq",
        "maxConnections": 50,
        "variables": {"host": "HOST"},
    }
    plan = inspected(rehearse=False, **POD, workload={"dailyUsers": 5}, database=said)
    found = {one.path for one in plan.findings if one.code in CODES}
    keys = ("host", "preset", "maxConnections", "variables.host")
    assert found == {f"mcp:database.{key}" for key in keys}


@pytest.mark.parametrize(
    ("kind", "remedy"), [("postgres", "Remove it, or set pooler to 'pgbouncer'."), ("mysql", "Remove it.")]
)
def test_a_pooler_is_offered_to_who_can_have_one(kind: str, remedy: str) -> None:
    database = {"kind": kind, "host": "db", "maxConnections": 100, "poolerPoolSize": 5}
    assert the("MCP416", rehearse=False, database=database).remedy == remedy


def test_a_message_says_what_is_given_why_nothing_reads_it_and_what_would() -> None:
    found = the("MCP324", rehearse=False, edge={"ingressClass": "public", "implementation": "traefik"})
    assert (
        found.problem
        == "ingressClass is 'public', and nothing reads it: kind is 'gateway', and only an Ingress has a class."
    )
    assert found.remedy == "Remove it, or set kind to 'ingress'."
    found = the("MCP324", rehearse=False, edge={"ingressClass": "public", "implementation": "envoy-gateway"})
    assert found.remedy == "Remove it, or set kind to 'ingress' and implementation to one that serves it."


# What is shared


TWO: dict[str, Any] = {
    "mcp:region": {"name": "us-east"},
    "mcp:server": {"image": "registry.example.com/mcp:1.2.3", "healthPath": "/healthz"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}


def of_two(stack: dict[str, Any], orders: dict[str, Any], billing: dict[str, Any]) -> set[tuple[str, str]]:
    servers = {
        "orders": {"server": {"path": "/orders/mcp"}, **orders},
        "billing": {"server": {"path": "/billing/mcp"}, **billing},
    }
    plan = plan_region(load_stack({**TWO, **stack, "mcp:servers": servers}, where="stack"), rehearse=False)
    codes = {*CODES, "MCP809"}
    return {(one.code, one.path) for one in plan.findings if one.code in codes}


FIXED = {"scaling": {"autoscaler": "none", "replicas": 3}}
CALLS = {"scaling": {"follow": "in-flight"}}


@pytest.mark.grid
def test_what_one_of_several_servers_reads_is_read() -> None:
    shared = {"mcp:scaling": ADDRESS}
    assert of_two(shared, CALLS, FIXED) == set()
    assert of_two(shared, FIXED, FIXED) == {("MCP250", "mcp:scaling.prometheusAddress")}
    own = {"scaling": {**FIXED["scaling"], **ADDRESS}}
    assert of_two({}, own, FIXED) == {("MCP250", "mcp:servers.orders.scaling.prometheusAddress")}


@pytest.mark.grid
def test_what_every_server_replaces_is_said() -> None:
    users = {"workload": {"dailyUsers": 100}}
    assert of_two({}, users, users) == {("MCP809", "mcp:workload.dailyUsers")}
    assert of_two({}, users, {}) == set()
    assert of_two({"mcp:server": {**TWO["mcp:server"], "name": "shared"}}, {}, {}) == set()
    defaults = {"mcp:defaults": {"workload": {"peakFactor": 4}}}
    peak = {"workload": {"peakFactor": 2}}
    assert of_two(defaults, peak, peak) == set()


def test_a_default_of_all_stacks_is_for_those_that_read_it() -> None:
    values = {**TWO, "mcp:defaults": {"edge": {"clusterIssuer": "letsencrypt"}}}
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    assert plan.findings == ()
    assert [(one.code, one.path) for one in plan.unread_here] == [("MCP320", "mcp:edge.clusterIssuer")]


def test_the_keys_are_keys() -> None:
    assert {*autoscaler.AUTOSCALERS, *autoscaler.BOUNDS, *check.OF_QUERIES} <= set(ScalingSettings.model_fields)


@pytest.mark.parametrize(
    ("kind", "metadata", "undone"),
    [
        ("Pod", {"labels": {"istio.io/dataplane-mode": "none"}}, True),
        ("Pod", {"labels": {"istio.io/dataplane-mode": None}}, True),
        ("Pod", {"labels": {"istio.io/dataplane-mode": "ambient", "team": "orders"}}, False),
        ("Pod", {"labels": {"app.kubernetes.io/part-of": "orders"}}, False),
        ("Service", {"annotations": {"pulumi.com/skipAwait": "false"}}, True),
        ("Service", {"annotations": {"team": "orders"}}, False),
    ],
)
def test_a_patch_that_undoes_what_was_derived(kind: str, metadata: dict[str, Any], undone: bool) -> None:
    patches = [{"kind": kind, "patch": {"metadata": metadata}}]
    plan = inspected(rehearse=False, region={"mesh": "istio-ambient"}, server={"patches": patches})
    found = [(one.code, one.path) for one in plan.findings]
    assert found == [("MCP158", "mcp:server.patches[0].patch")] * undone
