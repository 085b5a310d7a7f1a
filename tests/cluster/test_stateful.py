"""A server whose pods have a claim each, on the real control plane: controller, scheduler, volumes and autoscaler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from pulumi_kubernetes_mcp.offline.manifests import manifests
from pulumi_kubernetes_mcp.region import McpRegion
from pulumi_kubernetes_mcp.region_plan import load, plan_region
from pulumi_kubernetes_mcp.rules.model import errors
from pulumi_kubernetes_mcp.testing import record
from tests.cluster.control_plane import ControlPlane
from tests.cluster.kubectl import Kubectl, KubectlError, Object, wait_until
from tests.cluster.oracles import Stack

CLASS, NAMESPACE, NAME, PODS = "own-disk", "mcp-prod-us-east", "notes", 3
DISKS: list[Object] = [
    {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": CLASS},
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "Immediate",
    },
    *(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": f"own-disk-{number}"},
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": CLASS,
                "persistentVolumeReclaimPolicy": "Retain",
                "hostPath": {"path": f"/own-disk/{number}"},
            },
        }
        for number in range(PODS + 1)
    ),
]
VALUES: dict[str, Any] = {
    "mcp:region": {"name": "us-east"},
    "mcp:server": {
        "image": "registry.example.com/acme/notes:1.4.2",
        "name": NAME,
        "healthPath": "/healthz",
        "livenessPath": "/livez",
        "volumes": [{"path": "/data", "claim": {"size": "1Gi", "perPod": True, "storageClassName": CLASS}}],
    },
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "notes.example.com", "implementation": "envoy-gateway"},
    "mcp:scaling": {"autoscaler": "hpa", "minReplicas": PODS, "maxReplicas": PODS + 1},
}


def objects() -> list[Object]:
    """What the stack makes."""
    plan = plan_region(load(VALUES, where="here"), rehearse=False)
    assert not errors(plan.findings), plan.findings
    return [dict(one.body) for one in manifests(record(lambda: McpRegion.planned("mcp", plan) and None))]


@pytest.fixture(scope="module")
def client(control_plane: ControlPlane, crds: list[str]) -> Iterator[Kubectl]:
    """The server, applied, with disks for its claims."""
    kubectl, stack = control_plane.client, Stack(control_plane.client, objects())
    kubectl.apply(DISKS)
    stack.apply()
    yield kubectl
    with suppress(KubectlError):
        stack.remove()
    with suppress(KubectlError):
        kubectl.delete(DISKS)


def listed(client: Kubectl, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(kind, "--namespace", NAMESPACE)
    return found


def bound(client: Kubectl) -> list[str]:
    """Names of the claims that have a disk."""
    return sorted(
        one["metadata"]["name"]
        for one in listed(client, "persistentvolumeclaims")
        if one.get("status", {}).get("phase") == "Bound"
    )


def complete(client: Kubectl) -> None:
    """Wait until the autoscaler has lifted the StatefulSet to its minimum, and its pods are ready."""

    def ready() -> bool:
        status = client.get("statefulset", NAME, "--namespace", NAMESPACE).get("status", {})
        return bool(status.get("readyReplicas") == PODS)

    wait_until(f"{PODS} pods of the StatefulSet are ready", ready, limit_s=120)


def test_each_pod_gets_its_claim_and_is_ready(client: Kubectl) -> None:
    complete(client)
    pods = {one["metadata"]["name"]: one for one in listed(client, "pods")}
    assert sorted(pods) == [f"{NAME}-{number}" for number in range(PODS)]
    for name, pod in pods.items():
        (claim,) = [one for one in pod["spec"]["volumes"] if "persistentVolumeClaim" in one]
        assert claim["persistentVolumeClaim"]["claimName"] == f"files-data-{name}"
        assert pod["spec"]["hostname"] == name
        assert pod["spec"]["subdomain"] == f"{NAME}-pods"
    assert bound(client) == [f"files-data-{NAME}-{number}" for number in range(PODS)]


def test_the_autoscaler_and_the_budget_find_the_pods(client: Kubectl) -> None:
    complete(client)

    def able() -> bool:
        scaler = client.get("horizontalpodautoscaler", NAME, "--namespace", NAMESPACE)
        conditions = {one["type"]: one["status"] for one in scaler.get("status", {}).get("conditions", [])}
        return conditions.get("AbleToScale") == "True"

    wait_until("the autoscaler reads the scale of the StatefulSet", able, limit_s=60)

    def counted() -> bool:
        budget = client.get("poddisruptionbudget", NAME, "--namespace", NAMESPACE)
        return budget.get("status", {}).get("currentHealthy") == PODS

    wait_until("the budget counts the pods", counted, limit_s=60)


def test_a_claim_outlives_its_pod_and_its_scale(client: Kubectl) -> None:
    complete(client)
    before = {one["metadata"]["name"]: one["spec"]["volumeName"] for one in listed(client, "persistentvolumeclaims")}
    old = client.get("pod", f"{NAME}-0", "--namespace", NAMESPACE)["metadata"]["uid"]
    client.run("delete", "pod", f"{NAME}-0", "--namespace", NAMESPACE, "--wait=false", "--grace-period=1")

    def replaced() -> bool:
        return any(
            one["metadata"]["name"] == f"{NAME}-0" and one["metadata"]["uid"] != old for one in listed(client, "pods")
        )

    wait_until("the pod is replaced under its name", replaced, limit_s=60)
    after = {one["metadata"]["name"]: one["spec"]["volumeName"] for one in listed(client, "persistentvolumeclaims")}
    assert after == before
