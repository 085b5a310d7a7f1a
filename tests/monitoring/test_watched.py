"""What rules know of a server is what the stack makes: names, limits and figures are those of its objects."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from pulumi_kubernetes_mcp import program, wiring
from pulumi_kubernetes_mcp.autoscaling.spec.generated import generated_hpa
from pulumi_kubernetes_mcp.kubernetes import quantities as units
from pulumi_kubernetes_mcp.monitoring import rules
from pulumi_kubernetes_mcp.monitoring.args import watched
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record

from .stacks import DIRECT, POOLED, direct, pooled, watched_in


@pytest.mark.grid
def test_names_and_limits_are_those_of_the_objects() -> None:
    run, known = record(program.run, config=POOLED, project="mcp", stack="here"), watched_in(pooled())
    (container,) = run.manifest("Deployment", "orders")["spec"]["template"]["spec"]["containers"]
    assert run.manifest("Deployment", "orders")["metadata"]["namespace"] == known.namespace
    assert units.parse_memory(container["resources"]["limits"]["memory"]) == known.memory_limit_bytes
    assert units.parse_cpu(container["resources"]["limits"]["cpu"]) / 1000 == known.cpu_limit_cores
    assert f'container="{container["name"]}"' in known.containers("m")
    assert run.manifest("Ingress")["spec"]["tls"][0]["secretName"] == known.certificate
    assert run.manifest("ExternalSecret")["metadata"]["name"] == known.external_secret
    assert run.manifest("Deployment", known.pooler)["spec"]["replicas"] >= 2
    assert f"{known.database} = host=" in str(run.manifest("ConfigMap")["data"])
    scaled = run.manifest("ScaledObject")
    assert generated_hpa(scaled)["metadata"]["name"] == known.autoscaler
    assert (scaled["spec"]["minReplicaCount"], scaled["spec"]["maxReplicaCount"]) == (
        known.min_replicas,
        known.max_replicas,
    )
    assert known.sessions is not None
    followed = {trigger["metadata"].get("query") for trigger in scaled["spec"]["triggers"]}
    assert f"sum({known.gauge(known.sessions)})" in followed
    assert run.of_type("ResourceQuota")
    assert known.quota


@pytest.mark.grid
def test_a_workload_of_another_kind_is_known_as_such() -> None:
    run, known = record(program.run, config=DIRECT, project="mcp", stack="here"), watched_in(direct())
    assert run.manifest(known.workload)["metadata"]["name"] == known.server
    assert run.manifest("HorizontalPodAutoscaler")["metadata"]["name"] == known.autoscaler
    assert (known.sessions, known.pooler, known.connection_budget) == (None, None, 210)


@pytest.mark.grid
@pytest.mark.parametrize(
    ("edge", "asks", "expected"),
    [
        ({"gateway": {"className": "envoy", "namespace": "edge"}}, "Gateway", ("orders-tls", "edge")),
        ({"gateway": {"className": "envoy"}, "tlsSecret": "shown"}, "Gateway", ("shown", "gateway-system")),
        ({"gateway": {"listenerSet": True}}, "ListenerSet", ("orders-tls", "shop")),
        ({"kind": "ingress", "implementation": "nginx"}, "Ingress", ("orders-tls", "shop")),
    ],
)
def test_the_certificate_that_is_watched_is_that_of_what_asks_for_it(
    edge: dict[str, Any], asks: str, expected: tuple[str, str]
) -> None:
    values = deepcopy(POOLED)
    values["mcp:edge"] = {"host": "mcp.example.com", "implementation": "envoy-gateway", "clusterIssuer": "le", **edge}
    values["mcp:edge"]["affinity"] = "envelope" if asks == "Gateway" else "source-ip"
    values["mcp:region"]["kubernetesVersion"] = "1.35"
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    assert not [one for one in plan.findings if one.code == "MCP623"]
    known = watched_in(plan)
    run = record(program.run, config=values, project="mcp", stack="here")
    manifest = run.manifest(asks)
    if asks == "Ingress":
        named = [one["secretName"] for one in manifest["spec"]["tls"]]
    else:
        named = [one["tls"]["certificateRefs"][0]["name"] for one in manifest["spec"]["listeners"]]
    assert "cert-manager.io/cluster-issuer" in manifest["metadata"]["annotations"]
    assert (named, manifest["metadata"]["namespace"]) == ([expected[0]], expected[1])
    assert (known.certificate, known.certificate_namespace or known.namespace) == expected
    every = [one["expr"] for group in rules.groups(known, "") for one in group["rules"]]
    (text,) = [one for one in every if "certmanager" in one]
    assert f'exported_namespace="{expected[1]}",name="{expected[0]}"' in text
    assert f'{{namespace="{expected[1]}",name="{expected[0]}"' in text


def test_a_certificate_of_the_platform_is_not_watched() -> None:
    values = deepcopy(POOLED)
    values["mcp:edge"] = {"host": "mcp.example.com", "implementation": "envoy-gateway", "affinity": "source-ip"}
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    assert watched_in(plan).certificate is None
    assert [one.code for one in plan.findings if one.code == "MCP623"] == ["MCP623"]


def test_what_servers_share_is_watched_once() -> None:
    values: dict[str, Any] = deepcopy(POOLED)
    del values["mcp:server"]["name"]
    values["mcp:edge"] = {"host": "mcp.example.com", "implementation": "envoy-gateway"}
    values["mcp:servers"] = {name: {"server": {"path": f"/{name}"}} for name in ("a", "b")}
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    first, second = (
        watched(wiring.monitoring_args(server, server.namespace, plan.shared), server.namespace)
        for server in plan.servers
    )
    (pooler,) = plan.shared.poolers
    assert (first.pooler, first.connection_budget, first.external_secret) == (
        pooler.name,
        pooler.budget,
        plan.shared.secrets[0].name,
    )
    assert (second.pooler, second.connection_budget, second.external_secret) == (None, None, None)


@pytest.mark.parametrize("active", ["blue", "green"])
def test_the_probe_is_of_the_colour_that_clients_reach_and_calls_it_by_the_name_of_the_server(active: str) -> None:
    values: dict[str, Any] = deepcopy(POOLED)
    values["mcp:server"]["rollout"] = {
        "strategy": "BlueGreen",
        "blueGreen": {"active": active, "greenImage": "registry.example/orders:1.3.0"},
    }
    values["mcp:probe"] = {"image": "registry.example/probe:1.0.0"}
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    (endpoint,) = wiring.own_endpoints(plan)
    found = {}
    for colour in plan.first.colours:
        known = watched(wiring.monitoring_args(plan.first, "shop", plan.shared, colour), "shop")
        told = [rule for group in rules.groups(known, None) for rule in group["rules"] if "alert" in rule]
        found[colour.name] = {rule["alert"]: rule for rule in told}
    (idle,) = {"blue", "green"} - {active}
    own = {"blue": "orders", "green": "orders-green"}
    down = found[active]["McpEndpointDown"]
    assert endpoint.server == "orders"
    assert f'mcp_probe_success{{server="orders",region="{endpoint.region}"}}' in down["expr"]
    assert down["labels"]["server"] == found[active]["McpErrorBudgetBurn1h"]["labels"]["server"] == "orders"
    # What inhibits and what is inhibited share `server`; the other colour's pods share it with neither.
    labels = found[active]["McpNoReadyPods"]["labels"]
    assert (labels["server"], labels.get("workload")) == ("orders", None if active == "blue" else "orders-green")
    assert not [name for name, rule in found[idle].items() if "mcp_probe" in rule["expr"]]
    assert "McpNoReadyPods" not in found[idle]
    assert found[idle]["McpRolloutStalled"]["labels"]["server"] == own[idle]


@pytest.mark.parametrize("shared", [{"sharedByRegions": 2}, {"sharedByRegions": 2, "regionSharePercent": 25}])
def test_a_database_of_several_regions_is_held_against_what_all_of_them_may_open(shared: dict[str, Any]) -> None:
    """PostgreSQL counts its connections, and not those of a region."""
    values: dict[str, Any] = deepcopy(DIRECT)
    values["mcp:database"] |= shared
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    alone = watched_in(direct()).connection_budget
    assert alone is not None
    assert plan.shared.databases[0].budget < alone
    assert watched_in(plan).connection_budget == pytest.approx(alone, abs=4)


def test_an_autoscaler_without_room_is_not_told_of_its_maximum() -> None:
    values: dict[str, Any] = deepcopy(DIRECT)
    found = []
    for least in (2, 4):
        values["mcp:scaling"] |= {"minReplicas": least, "maxReplicas": 4}
        known = watched_in(plan_region(load_stack(values, where="stack"), rehearse=False))
        told = {rule.get("alert") for group in rules.groups(known, None) for rule in group["rules"]}
        found.append("McpAutoscalerAtMaximum" in told)
    assert found == [True, False]
