"""Patches of the objects that a region makes beside its servers."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.region import McpRegion
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.report.patches import patch_lines
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record

STACK: dict[str, dict[str, Any]] = {
    "mcp:region": {"name": "us-east"},
    "mcp:server": {"image": "ghcr.io/acme/mcp-server:1.4.2"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "mcp:scaling": {"autoscaler": "hpa"},
}
HOST_PID = {"kind": "Pod", "patch": {"spec": {"hostPID": True}}}


def lowered(level: str | None) -> dict[str, Any]:
    """A patch of the namespace's Pod Security level."""
    labels = {"pod-security.kubernetes.io/enforce": level}
    return {"kind": "Namespace", "patch": {"metadata": {"labels": labels}}}


def plan(**patches: Any) -> Any:
    """The plan of a stack with patches, by group."""
    groups = {f"mcp:{group}": {**STACK[f"mcp:{group}"], "patches": given} for group, given in patches.items()}
    return plan_region(load_stack({**STACK, **groups}, where="test"), rehearse=False)


def told(**patches: Any) -> list[tuple[str, str]]:
    """Code and path of what is said of patches."""
    return [(one.code, one.path) for one in plan(**patches).findings if ".patches" in one.path]


@pytest.mark.parametrize(
    ("level", "code"),
    [("restricted", "MCP174"), ("baseline", "MCP174"), ("privileged", "MCP173"), (None, "MCP173")],
)
def test_the_level_of_the_patched_namespace_decides_what_its_pods_may_have(level: str | None, code: str) -> None:
    assert told(region=[lowered(level)], server=[HOST_PID]) == [(code, "mcp:server.patches[0].patch")]


@pytest.mark.parametrize(
    ("group", "patch", "code"),
    [
        ("region", {"kind": "ResourceQuota", "patch": {"spec": {"hard": {"pods": "7"}}}}, "MCP175"),
        ("region", {"kind": "Namespace", "patch": {"metadata": {"name": "other"}}}, "MCP172"),
        ("region", {"kind": "RoleBinding", "patch": {"subjects": []}}, "MCP170"),
        ("scaling", {"kind": "HorizontalPodAutoscaler", "patch": {"spec": {"maxReplicas": 7}}}, "MCP175"),
        (
            "scaling",
            {"kind": "HorizontalPodAutoscaler", "patch": {"spec": {"scaleTargetRef": {"name": "a"}}}},
            "MCP172",
        ),
        ("scaling", {"kind": "ScaledObject", "patch": {"spec": {}}}, "MCP170"),
    ],
)
def test_a_patch_that_is_refused(group: str, patch: dict[str, Any], code: str) -> None:
    (found,) = told(**{group: [patch]})
    assert found[0] == code
    assert found[1].startswith(f"mcp:{group}.patches[0]")


def test_patches_reach_the_objects_of_each_group() -> None:
    limits = {"limits": [{"type": "Container", "default": {"memory": "256Mi"}}]}
    region = plan(
        region=[lowered("baseline"), {"kind": "LimitRange", "name": "defaults", "patch": {"spec": limits}}],
        scaling=[{"kind": "HorizontalPodAutoscaler", "patch": {"metadata": {"annotations": {"a/b": "c"}}}}],
    )
    made = {body["kind"]: body for body in record(lambda: McpRegion.planned("mcp", region) and None).manifests()}
    assert made["Namespace"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "baseline"
    assert made["LimitRange"]["spec"] == limits
    assert made["HorizontalPodAutoscaler"]["metadata"]["annotations"]["a/b"] == "c"


def test_a_preview_names_each_patch_and_shows_no_value() -> None:
    pods = {"kind": "Pod", "patch": {"spec": {"nodeName": "a-name"}, "metadata": {"labels": {"a": "b"}}}}
    region = plan(
        server=[pods],
        scaling=[{"kind": "HorizontalPodAutoscaler", "name": "mcp-server", "patch": {"spec": {"behavior": {}}}}],
    )
    assert list(patch_lines(region)) == [
        "Patched   Pod: spec.nodeName, metadata.labels (mcp:server.patches[0])",
        "Patched   HorizontalPodAutoscaler 'mcp-server': spec.behavior (mcp:scaling.patches[0])",
    ]


def test_what_a_namespace_of_others_enforces_is_not_known() -> None:
    values = {**STACK, "mcp:region": {"name": "us-east", "namespace": "tools", "createNamespace": False}}
    values["mcp:server"] = {**STACK["mcp:server"], "patches": [HOST_PID]}
    found = plan_region(load_stack(values, where="test"), rehearse=False).findings
    assert "MCP173" in {one.code for one in found}
    assert "MCP174" not in {one.code for one in found}
