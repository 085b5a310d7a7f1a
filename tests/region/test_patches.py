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


@pytest.mark.grid
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


DATABASE = {"host": "db.example.com", "maxConnections": 400, "pooler": "pgbouncer"}
EXTERNAL = {
    "source": "external",
    "store": {"name": "vault"},
    "remote": {"username": {"key": "a"}, "password": {"key": "b"}},
}
GROUPS: dict[str, dict[str, Any]] = {
    "edge": {},
    "database": {"mcp:database": DATABASE, "mcp:secrets": EXTERNAL},
    "secrets": {"mcp:secrets": EXTERNAL},
}


def beside(group: str, patch: dict[str, Any], more: dict[str, Any] | None = None) -> Any:
    """The plan of a stack with one patch of an edge, a pooler or a Secret."""
    values = {**STACK, **GROUPS[group], **(more or {})}
    key = "poolerPatches" if group == "database" else "patches"
    values[f"mcp:{group}"] = {**values[f"mcp:{group}"], key: [patch]}
    return plan_region(load_stack(values, where="test"), rehearse=False)


def annotated(kind: str) -> dict[str, Any]:
    return {"kind": kind, "patch": {"metadata": {"annotations": {"a/b": "c"}}}}


NGINX = {"mcp:edge": {"kind": "ingress", "host": "mcp.example.com", "implementation": "nginx"}}
OPENSHIFT = {"mcp:edge": {"kind": "route", "host": "mcp.example.com", "implementation": "openshift"}}
CONFIG = {"mcp:secrets": {"source": "config", "values": {"a": {"secure": "v1:x"}}, "env": {"A": "a"}}}


@pytest.mark.grid
@pytest.mark.parametrize(
    ("group", "patch", "more"),
    [
        ("edge", annotated("BackendTrafficPolicy"), {}),
        ("edge", {"kind": "HTTPRoute", "patch": {"metadata": {"labels": {"a/b": "c"}}}}, {}),
        ("edge", {"kind": "Ingress", "patch": {"metadata": {"labels": {"a/b": "c"}}}}, NGINX),
        ("edge", {"kind": "Route", "patch": {"metadata": {"labels": {"a/b": "c"}}}}, OPENSHIFT),
        ("database", annotated("ConfigMap"), {}),
        ("database", {"kind": "Pod", "patch": {"metadata": {"annotations": {"a/b": "c"}}}}, {}),
        ("database", annotated("Service"), {}),
        ("database", annotated("PodDisruptionBudget"), {}),
        ("secrets", annotated("ExternalSecret"), {}),
        ("secrets", annotated("Secret"), CONFIG),
    ],
)
def test_a_patch_reaches_every_object_of_edge_pooler_and_secret(
    group: str, patch: dict[str, Any], more: dict[str, Any]
) -> None:
    region = beside(group, patch, more)
    assert not [one for one in region.findings if one.severity.value == "error"]
    made = record(lambda: McpRegion.planned("mcp", region) and None).manifests()
    kind = "Deployment" if patch["kind"] == "Pod" else patch["kind"]
    hit = [body for body in made if "a/b" in str(body) and body["kind"] == kind]
    assert hit, [body["kind"] for body in made]


@pytest.mark.parametrize(
    ("group", "patch", "more", "code"),
    [
        ("edge", annotated("Ingress"), {}, "MCP170"),
        ("edge", annotated("HTTPRoute"), {"mcp:edge": {"kind": "none"}}, "MCP170"),
        ("edge", annotated("HTTPRoute"), {}, "MCP175"),
        ("edge", {"kind": "HTTPRoute", "patch": {"spec": {"hostnames": ["other.example.com"]}}}, {}, "MCP175"),
        ("edge", {"kind": "HTTPRoute", "patch": {"spec": {"parentRefs": []}}}, {}, "MCP172"),
        ("edge", {"kind": "HTTPRoute", "patch": {"spec": {"rules": []}}}, {}, "MCP172"),
        ("edge", {"kind": "Ingress", "patch": {"spec": {"rules": [{"host": "a.example.com"}]}}}, NGINX, "MCP172"),
        (
            "edge",
            {"kind": "BackendTrafficPolicy", "patch": {"spec": {"timeout": {"http": {"requestTimeout": "5s"}}}}},
            {},
            "MCP175",
        ),
        ("edge", {"kind": "Route", "patch": {"spec": {"to": {"name": "other"}}}}, OPENSHIFT, "MCP172"),
        ("database", {"kind": "Deployment", "patch": {"spec": {"replicas": 9}}}, {}, "MCP175"),
        ("database", {"kind": "ConfigMap", "patch": {"data": {"pgbouncer.ini": ""}}}, {}, "MCP175"),
        ("database", {"kind": "Service", "patch": {"spec": {"ports": [{"port": 6432, "name": "b"}]}}}, {}, "MCP172"),
        ("database", HOST_PID, {}, "MCP174"),
        ("database", annotated("Service"), {"mcp:database": {"host": "db.example.com"}}, "MCP170"),
        ("secrets", {"kind": "ExternalSecret", "patch": {"spec": {"data": []}}}, {}, "MCP175"),
        ("secrets", {"kind": "ExternalSecret", "patch": {"spec": {"target": {"name": "x"}}}}, {}, "MCP172"),
        ("secrets", {"kind": "Secret", "patch": {"data": {"b": "aHVudGVyMg=="}}}, CONFIG, "MCP175"),
        ("secrets", {"kind": "Secret", "patch": {"stringData": {"b": "hunter2"}}}, CONFIG, "MCP175"),
        ("secrets", annotated("Secret"), {"mcp:secrets": {"source": "existing", "name": "s"}}, "MCP170"),
        ("secrets", annotated("Secret"), {"mcp:secrets": {"source": "none"}}, "MCP170"),
    ],
)
def test_what_edge_pooler_and_secret_do_not_take(
    group: str, patch: dict[str, Any], more: dict[str, Any], code: str
) -> None:
    found = [one for one in beside(group, patch, more).findings if "atches[0]" in one.path]
    assert code in {one.code for one in found}
    assert all(one.path.startswith(f"mcp:{group}.") for one in found)
    assert "hunter2" not in str(found)
    assert "aHVudGVyMg" not in str(found)


@pytest.mark.parametrize("kind", ["HTTPRoute", "BackendTrafficPolicy"])
@pytest.mark.parametrize("spec", ["x", ["x"], 1, {"rules": "x", "retry": "x"}, {"rules": ["x"], "retry": ["x"]}])
def test_what_is_no_map_in_a_patch_of_the_edge_ends_in_no_traceback(kind: str, spec: object) -> None:
    """Of a route others rely on its rules; of a policy nothing here knows the types, and the cluster refuses it."""
    found = [one for one in beside("edge", {"kind": kind, "patch": {"spec": spec}}).findings if "atches[0]" in one.path]
    assert kind != "HTTPRoute" or "error" in {one.severity for one in found}


@pytest.mark.grid
def test_a_filter_of_a_route_is_no_change_of_its_paths() -> None:
    plain = beside("edge", {"kind": "HTTPRoute", "patch": {"metadata": {"labels": {"a": "b"}}}})
    made = record(lambda: McpRegion.planned("mcp", plain) and None).manifests()
    (rule,) = next(body for body in made if body["kind"] == "HTTPRoute")["spec"]["rules"]
    header = {"type": "RequestHeaderModifier", "requestHeaderModifier": {"remove": ["x-debug"]}}
    patch = {"kind": "HTTPRoute", "patch": {"spec": {"rules": [{**rule, "filters": [header]}]}}}
    assert not [one for one in beside("edge", patch).findings if "atches" in one.path]
    moved = {**rule, "backendRefs": [{**rule["backendRefs"][0], "name": "other"}]}
    patch = {"kind": "HTTPRoute", "patch": {"spec": {"rules": [moved]}}}
    assert {one.code for one in beside("edge", patch).findings if "atches" in one.path} == {"MCP172"}


def test_the_quota_counts_what_a_patch_adds_to_the_pooler() -> None:
    container = {"name": "pgbouncer", "resources": {"requests": {"cpu": "600m"}}}
    patch = {"kind": "Pod", "patch": {"spec": {"containers": [container]}}}
    plain, more = beside("database", annotated("Service")), beside("database", patch)
    assert more.shared.need.cpu_millicores - plain.shared.need.cpu_millicores == 4 * 500


def test_patches_of_an_autoscaler_that_is_not_there_hit_nothing() -> None:
    values = {**STACK, "mcp:scaling": {"autoscaler": "none", "replicas": 2, "patches": [annotated("ScaledObject")]}}
    found = plan_region(load_stack(values, where="test"), rehearse=False).findings
    assert ("MCP170", "mcp:scaling.patches[0]") in [(one.code, one.path) for one in found]
