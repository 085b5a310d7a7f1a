"""What rules know of a server is what the stack makes: names, limits and figures are those of its objects."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from pulumi_kubernetes_mcp import program, wiring
from pulumi_kubernetes_mcp.autoscaling.spec.generated import generated_hpa
from pulumi_kubernetes_mcp.kubernetes import quantities as units
from pulumi_kubernetes_mcp.monitoring.args import watched
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record

from .stacks import DIRECT, POOLED, direct, pooled, watched_in


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


def test_a_workload_of_another_kind_is_known_as_such() -> None:
    run, known = record(program.run, config=DIRECT, project="mcp", stack="here"), watched_in(direct())
    assert run.manifest(known.workload)["metadata"]["name"] == known.server
    assert run.manifest("HorizontalPodAutoscaler")["metadata"]["name"] == known.autoscaler
    assert (known.sessions, known.pooler, known.connection_budget) == (None, None, 210)


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
