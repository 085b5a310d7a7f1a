"""Pods of further objects of a region: Pod Security, secrets in a command line, what the quota has room for."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.kubernetes.extra import extra_findings
from pulumi_kubernetes_mcp.kubernetes.extra_pods import Asked, asked, pod_findings
from pulumi_kubernetes_mcp.namespace.spec import DEFAULT_REQUESTS
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.rules.doors import marks
from pulumi_kubernetes_mcp.settings.servers import load_stack

MIB = 2**20
STRICT = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
CONTAINER: dict[str, Any] = {"name": "c", "image": "acme/job:1.0.0", "securityContext": STRICT}
WORKLOADS = {
    "CronJob": "batch/v1", "DaemonSet": "apps/v1", "Deployment": "apps/v1", "Job": "batch/v1", "Pod": "v1",
    "ReplicaSet": "apps/v1", "Rollout": "argoproj.io/v1alpha1", "ScaledJob": "keda.sh/v1alpha1",
    "StatefulSet": "apps/v1",
}  # fmt: skip


def workload(kind: str, spec: dict[str, Any] | None = None, /, *, pod: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object of a kind whose pods have one container that every level takes, with more in its spec or its pods."""
    restart = {"restartPolicy": "Never"} if kind in ("CronJob", "Job", "ScaledJob") else {}
    template: dict[str, Any] = {
        "metadata": {"labels": {"app": "beside"}},
        "spec": {**restart, "containers": [CONTAINER], **(pod or {})},
    }
    more: dict[str, Any] = {**(spec or {}), "template": template}
    if kind not in ("CronJob", "Job", "ScaledJob"):
        more["selector"] = {"matchLabels": {"app": "beside"}}
    if kind == "StatefulSet":
        more["serviceName"] = "beside"
    if kind == "CronJob":
        more = {"schedule": "0 3 * * *", "jobTemplate": {"spec": more}}
    if kind == "ScaledJob":
        parallel = more.pop("parallelism", None)
        of_job = {"template": more.pop("template"), **({} if parallel is None else {"parallelism": parallel})}
        more["jobTargetRef"] = of_job
    if kind == "Pod":
        more = template["spec"]
    return {"apiVersion": WORKLOADS[kind], "kind": kind, "metadata": {"name": "beside"}, "spec": more}


def region(*extra: dict[str, Any], **place: Any) -> RegionPlan:
    """A planned region with further objects."""
    stack = {
        "mcp:region": {"name": "us-east", **place},
        "mcp:server": {"image": "ghcr.io/acme/mcp-server:1.4.2"},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        "mcp:extraObjects": list(extra),
    }
    return plan_region(load_stack(stack, where="test"))


def told(plan: RegionPlan) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in plan.findings if one.path.startswith("mcp:extraObjects")]


def test_pods_that_every_level_takes_are_told_nothing_and_others_are_refused_where_our_namespace_enforces() -> None:
    good = region(*({**workload(kind), "metadata": {"name": kind.lower()}} for kind in WORKLOADS))
    assert told(good) == []
    bad = region(*({**workload(kind, pod={"hostPID": True}), "metadata": {"name": kind.lower()}} for kind in WORKLOADS))
    places = {
        "Pod": "spec",
        "CronJob": "spec.jobTemplate.spec.template.spec",
        "ScaledJob": "spec.jobTargetRef.template.spec",
    }
    assert told(bad) == [
        ("MCP174", f"mcp:extraObjects[{index}].{places.get(kind, 'spec.template.spec')}")
        for index, kind in enumerate(WORKLOADS)
    ]


def test_in_a_namespace_of_others_it_is_a_warning() -> None:
    plan = region(workload("Job", pod={"hostNetwork": True}), namespace="tools", createNamespace=False)
    assert [code for code, _ in told(plan)] == ["MCP173"]


def test_a_namespace_that_enforces_nothing_refuses_nothing() -> None:
    level = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}
    plan = region(workload("DaemonSet", pod={"hostPID": True}), patches=[{"kind": "Namespace", "patch": level}])
    assert [code for code, _ in told(plan)] == ["MCP173"]


@pytest.mark.parametrize("kind", sorted(WORKLOADS))
def test_a_secret_in_a_command_line_is_found_in_each_kind(kind: str) -> None:
    line = ["run", "--api-key=ghp_abcdefghijklmnopqrstuvwxyz0123456789"]
    for key in ("command", "args"):
        found = list(pod_findings(workload(kind, pod={"containers": [{**CONTAINER, key: line}]}), "x", None))
        assert [(one.code, one.path.rpartition(".")[2]) for one in found] == [("MCP107", f"{key}[1]")]
        assert "ghp_" not in found[0].problem
        assert "valueFrom.secretKeyRef" in found[0].remedy
        assert not marks(found[0].remedy), "no argument gives it here"


@pytest.mark.parametrize(
    ("container", "code", "at", "words"),
    [
        ({"env": [{"name": "P", "value": "$(NO)"}]}, "MCP124", "env[0].value", "refers to no variable"),
        (
            {"env": [{"name": "P", "value": "$(A)"}, {"name": "A", "value": "a"}]},
            "MCP124",
            "env[0].value",
            "'$(A)' stands before the variable A",
        ),
        ({"args": ["--to=$(NO)"]}, "MCP124", "args[0]", "refers to no variable"),
        ({"command": ["uvx", "tool"]}, "MCP126", "command", "'uvx'"),
        (
            {"lifecycle": {"postStart": {"exec": {"command": ["npx", "-y", "x"]}}}},
            "MCP126",
            "lifecycle.postStart.exec.command",
            "'npx'",
        ),
        ({"env": [{"name": "A", "valueFrom": {}}, {"name": "P", "value": "$(A)$$(B)"}]}, None, "", ""),
        ({"env": [{"name": "P", "value": "$(A)"}], "envFrom": [{"secretRef": {"name": "s"}}]}, None, "", ""),
    ],
)
def test_what_a_container_is_told(container: dict[str, Any], code: str | None, at: str, words: str) -> None:
    found = list(pod_findings(workload("StatefulSet", pod={"containers": [{**CONTAINER, **container}]}), "x", None))
    wanted = [] if code is None else [(code, f"x.spec.template.spec.containers[0].{at}")]
    assert [(one.code, one.path) for one in found] == wanted
    assert all(words in one.problem and not marks(one.remedy) for one in found)


@pytest.mark.parametrize(
    ("one", "pods"),
    [
        (workload("Pod"), 1),
        (workload("Deployment"), 2),  # one, and a quarter of it, rounded up
        (workload("Deployment", {"replicas": 8}), 10),
        (workload("Deployment", {"replicas": 8, "strategy": {"type": "Recreate"}}), 8),
        (workload("Deployment", {"replicas": 8, "strategy": {"rollingUpdate": {"maxSurge": 1}}}), 9),
        (workload("StatefulSet", {"replicas": 3}), 3),
        (workload("Rollout", {"replicas": 4, "strategy": {"blueGreen": {"activeService": "a"}}}), 8),
        (workload("Rollout", {"replicas": 4, "strategy": {"canary": {"maxSurge": "50%"}}}), 6),
        (workload("Job", {"parallelism": 3}), 3),
        (workload("CronJob", {"parallelism": 2}), 2),
        (workload("ScaledJob", {"maxReplicaCount": 5}), 5),
        (workload("ScaledJob", {"maxReplicaCount": 5, "parallelism": 2}), 10),
        (workload("ScaledJob"), 100),  # what KEDA takes where nothing is said
    ],
)
def test_how_many_pods_an_object_has_at_most(one: dict[str, Any], pods: int) -> None:
    assert asked(one, DEFAULT_REQUESTS) == Asked(pods, (50, 64 * MIB), {})


def test_what_nobody_can_count_counts_for_nothing() -> None:
    assert asked(workload("DaemonSet"), DEFAULT_REQUESTS) is None
    assert asked({"apiVersion": "example.com/v1", "kind": "Deployment", "spec": {}}, DEFAULT_REQUESTS) is None
    wrong = {"requests": {"cpu": "9" * 400}, "limits": {"hugepages-2Mi": "much", "nvidia.com/gpu": 1}}
    job = workload("Job", pod={"containers": [{"name": "c", "resources": wrong}]})
    devices = {"nvidia.com/gpu": 1}
    assert asked(job, DEFAULT_REQUESTS) == Asked(1, (0, 64 * MIB), devices), "the rest of the object counts"


def test_an_amount_is_read_in_every_spelling_of_kubernetes() -> None:
    limits = {"memory": 1073741824, "cpu": "5e-1", "hugepages-2Mi": "2097152e0", "nvidia.com/gpu": "1k"}
    pods = workload(
        "Deployment", {"replicas": 200}, pod={"containers": [{"name": "c", "resources": {"limits": limits}}]}
    )
    devices = {"hugepages-2Mi": 250 * 2 * MIB, "nvidia.com/gpu": 250_000}
    assert asked(pods, DEFAULT_REQUESTS) == Asked(250, (500, 1024 * MIB), devices)


def test_the_derived_quota_has_room_for_them() -> None:
    limits = {"nvidia.com/gpu": 2, "hugepages-2Mi": "64Mi"}
    resources = {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": limits}
    job = workload("Job", {"parallelism": 3}, pod={"containers": [{**CONTAINER, "resources": resources}]})
    before, after = region().shared.need_draining, region(job).shared.need_draining
    assert (after.pods, after.cpu_millicores) == (before.pods + 3, before.cpu_millicores + 1500)
    assert after.memory_bytes == before.memory_bytes + 3 * 1024 * MIB
    assert after.devices == {"nvidia.com/gpu": 6, "hugepages-2Mi": 3 * 64 * MIB}


IMAGES = {
    "acme/job": "MCP101", "acme/job:latest": "MCP101", "acme/job:main": "MCP161", "ACME/Job:1.0.0": "MCP101",
    "acme/job:1.0.0": None, f"acme/job@sha256:{'0' * 64}": None,
}  # fmt: skip


@pytest.mark.parametrize("kind", ["CronJob", "Deployment", "Pod", "ScaledJob"])
@pytest.mark.parametrize("where", ["containers", "initContainers"])
def test_an_image_is_judged_as_that_of_a_server_is(kind: str, where: str) -> None:
    for image, code in IMAGES.items():
        one = workload(kind, pod={where: [{**CONTAINER, "image": image}]})
        found = [(finding.code, finding.path) for finding in pod_findings(one, "x", None)]
        assert [code for code, _ in found] == ([] if code is None else [code]), image
        assert all(path.endswith(f"{where}[0].image") for _, path in found)


@pytest.mark.parametrize(
    "one",
    [
        {"metadata": {"name": "a", "labels": ["x"]}},
        {"metadata": {"name": "a", "annotations": {"x": 1}}},
    ],
)
def test_the_metadata_of_a_custom_resource_are_checked_as_those_of_every_kind(one: dict[str, Any]) -> None:
    plan = region({"apiVersion": "example.com/v1", "kind": "Thing", **one})
    assert [code for code, _ in told(plan)] == ["MCP177"]


@pytest.mark.parametrize("kind", sorted({*WORKLOADS} - {"Rollout", "ScaledJob"}))
@pytest.mark.parametrize("spec", [{}, {"spec": None}, {"spec": {}}])
def test_a_workload_without_a_spec_is_refused_as_the_api_server_refuses_it(kind: str, spec: dict[str, Any]) -> None:
    one = {"apiVersion": WORKLOADS[kind], "kind": kind, "metadata": {"name": "beside"}, **spec}
    assert "MCP177" in [finding.code for finding in extra_findings([one], "tools", ())]


def test_what_only_looks_like_a_pod_in_a_custom_resource_is_no_traceback() -> None:
    spec = {"containers": [{"name": "x", "env": {"hostname": "x"}}, "y"], "template": 5}
    plan = region({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": spec})
    assert told(plan) == []


def test_the_pods_of_a_rollout_are_checked_as_those_of_a_deployment() -> None:
    wrong = workload("Rollout", pod={"containers": [{**CONTAINER, "ports": "80"}]})
    assert [code for code, _ in told(region(wrong))] == ["MCP177"]
    elsewhere = {"workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "other"}}
    of_another = {**workload("Rollout"), "spec": elsewhere}
    assert told(region(of_another)) == []
