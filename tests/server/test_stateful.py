"""A claim of each pod: the workload is a StatefulSet, and everything that looks at a workload looks at it."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp import ArgumentsError, McpAutoscaling, McpService
from pulumi_kubernetes_mcp.region import McpRegion
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.rules.workload import name_findings
from pulumi_kubernetes_mcp.testing import Recording, record

from .test_pod import IMAGE, made, planned, refused, told

OWN = {"volumes": [{"path": "/data", "claim": {"size": "10Gi", "perPod": True, "storageClassName": "fast"}}]}
PROGRAM = {
    "image": IMAGE,
    "namespace": "mcp",
    "volumes": [{"path": "/data", "claim": {"size": "10Gi", "per_pod": True, "storage_class_name": "fast"}}],
}


def run(server: dict[str, Any], **groups: Any) -> Recording:
    """What a stack makes whose server has some keys."""
    plan = planned(server, **groups)
    assert not [one for one in plan.findings if one.severity.value == "error"]
    return record(lambda: McpRegion.planned("mcp", plan) and None)


@pytest.mark.grid
def test_the_pods_are_those_of_a_deployment_and_each_has_its_claim() -> None:
    found = run(OWN)
    spec = found.manifest("StatefulSet")["spec"]
    template = spec["template"]["spec"]
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["spec"]["resources"] == {"requests": {"storage": "10Gi"}}
    assert claim["spec"]["storageClassName"] == "fast"
    assert claim["metadata"]["name"] not in [one["name"] for one in template.get("volumes", [])]
    (server,) = template["containers"]
    assert {"name": claim["metadata"]["name"], "mountPath": "/data"} in server["volumeMounts"]
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert spec["podManagementPolicy"] == "Parallel"
    assert {"strategy", "progressDeadlineSeconds"} & set(spec) == set()
    plain = run({}).manifest("Deployment")["spec"]
    for key in ("terminationGracePeriodSeconds", "topologySpreadConstraints", "affinity", "securityContext"):
        assert template[key] == plain["template"]["spec"][key]
    for key in ("lifecycle", "readinessProbe", "livenessProbe", "startupProbe"):
        assert server[key] == plain["template"]["spec"]["containers"][0][key]
    with pytest.raises(LookupError):
        found.manifest("Deployment")
    with pytest.raises(LookupError):
        found.manifest("PersistentVolumeClaim")


@pytest.mark.grid
def test_its_pods_have_names_by_a_service_without_an_address() -> None:
    services = {body["metadata"]["name"]: body["spec"] for body in run(OWN).manifests() if body["kind"] == "Service"}
    assert services["mcp-server-pods"]["clusterIP"] == "None"
    assert services["mcp-server-pods"]["selector"] == services["mcp-server"]["selector"]
    assert run(OWN).manifest("StatefulSet")["spec"]["serviceName"] == "mcp-server-pods"


@pytest.mark.grid
@pytest.mark.parametrize(
    ("kind", "scaling"),
    [
        ("HorizontalPodAutoscaler", {"autoscaler": "hpa"}),
        ("ScaledObject", {"autoscaler": "keda", "prometheusAddress": "http://p.monitoring:9090"}),
    ],
)
def test_the_autoscaler_names_the_kind(kind: str, scaling: dict[str, Any]) -> None:
    reference = run(OWN, scaling=scaling).manifest(kind)["spec"]["scaleTargetRef"]
    assert reference == {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "mcp-server"}


def test_a_program_hands_the_kind_on() -> None:
    def program() -> None:
        service = McpService("web", PROGRAM)
        McpAutoscaling("web", max_replicas=4, server=service)

    found = record(program)
    assert found.manifest("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["kind"] == "StatefulSet"


@pytest.mark.grid
def test_the_order_is_a_key() -> None:
    ordered = run({**OWN, "rollout": {"podManagement": "OrderedReady"}}).manifest("StatefulSet")["spec"]
    assert ordered["podManagementPolicy"] == "OrderedReady"


def test_a_rollout_has_no_surge_and_the_plan_counts_none() -> None:
    with_surge, without = planned({}).plan.replicas, planned(OWN).plan.replicas
    assert with_surge.surge_pods.value > 0
    assert without.surge_pods.value == 0


def test_the_quota_counts_no_pods_that_drain_beside_their_successors() -> None:
    """A pod of the same name starts when the old one has gone."""
    stateful, other = planned(OWN).shared, planned({}).shared
    assert stateful.need_draining.pods == stateful.need.pods
    assert other.need_draining.pods > other.need.pods


def test_a_claim_of_each_pod_is_no_claim_of_one_node() -> None:
    assert "MCP143" not in [code for code, _ in told(OWN)]
    shared = {"volumes": [{"path": "/data", "claim": {"size": "10Gi"}}]}
    assert "MCP143" in [code for code, _ in told(shared)]


def test_one_writer_keeps_its_file_and_every_rollout_is_an_outage() -> None:
    found = planned(OWN, database={"kind": "sqlite"})
    codes = {one.code for one in found.findings}
    assert "MCP130" in codes
    assert codes.isdisjoint({"MCP129", "MCP143", "MCP402"})


@pytest.mark.parametrize(
    "rollout", [{"strategy": "Recreate"}, {"maxSurge": "1"}, {"strategy": "RollingUpdate"}, {"maxUnavailable": "1"}]
)
def test_what_a_stateful_set_does_not_have_is_refused(rollout: dict[str, Any]) -> None:
    (problem,) = refused({**OWN, "rollout": rollout})
    assert "ends a pod before its successor starts" in problem[1]


def test_an_order_without_claims_and_a_name_beside_them_are_refused() -> None:
    (problem,) = refused({"rollout": {"podManagement": "Parallel"}})
    assert "orders the pods of a StatefulSet" in problem[1]
    (problem,) = refused({"volumes": [{"path": "/data", "claim": {"name": "data", "perPod": True}}]})
    assert "each pod is to have its own" in problem[1]


def test_its_name_leaves_room_for_the_digest_in_a_label_of_its_pods() -> None:
    assert not [code for code, _ in told({**OWN, "name": "a" * 52}) if code == "MCP108"]
    assert ("MCP108", "mcp:server.name") in told({**OWN, "name": "a" * 53})
    assert not [code for code, _ in told({"name": "a" * 53}) if code == "MCP108"]


@pytest.mark.parametrize(
    "patch",
    [
        {"spec": {"replicas": 9}},
        {"spec": {"podManagementPolicy": "OrderedReady"}},
        {"spec": {"volumeClaimTemplates": []}},
        {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 5}}}},
    ],
)
def test_what_has_a_key_is_not_patched(patch: dict[str, Any]) -> None:
    patched = {**OWN, "patches": [{"kind": "StatefulSet", "patch": patch}]}
    assert "MCP175" in [code for code, _ in told(patched)]


def test_a_pooler_leaves_room_for_its_ending() -> None:
    """The name that is offered for a server is one that its pooler's fits too."""
    database = {"host": "db.example.com", "maxConnections": 400, "pooler": "pgbouncer"}
    secrets = {"source": "existing", "name": "s"}
    long = planned({"name": "a" * 60}, database=database, secrets=secrets)
    (found,) = [one for one in long.findings if one.code == "MCP108"]
    offered = found.remedy.split("'")[-2]
    assert (found.path, offered) == ("mcp:server.name", "a" * 56)
    again = planned({"name": offered}, database=database, secrets=secrets)
    assert "MCP108" not in [one.code for one in again.findings]
    (plain,) = name_findings("A" * 70, path="x")
    assert f"'{'a' * 63}' would do" in plain.remedy


def test_a_deployment_is_what_a_server_without_claims_has() -> None:
    assert made()["spec"]["strategy"]["type"] == "RollingUpdate"
    assert plan_region(planned(OWN).stack, rehearse=True).first.autoscaled


def test_a_program_is_told_the_same_of_the_rollout() -> None:
    for keys in (
        {**PROGRAM, "rollout": {"max_surge": "1"}},
        {"image": IMAGE, "namespace": "mcp", "rollout": {"pod_management": "Parallel"}},
    ):
        with pytest.raises(ArgumentsError, match="StatefulSet"):
            record(lambda keys=keys: McpService("web", keys) and None)
