"""Quantities, ports and routes as people and Kubernetes write them, in a stack file and in a program alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

import pulumi_kubernetes_mcp as package
from pulumi_kubernetes_mcp.inputs.checked import ArgumentsError
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings import SettingsError, load_settings
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record

from .samples import WHERE, stack

IMAGE = "acme/mcp:1.0.0"
SERVICE = {"namespace": "tools", "image": IMAGE, "eras": ["modern"], "health_path": "/healthz"}


def container(**more: Any) -> dict[str, Any]:
    """The server's container of a service with these arguments."""
    made = record(lambda: package.McpService("web", {**SERVICE, **more}))  # type: ignore[misc]
    (found,) = (one for one in made.resources if one.type == "kubernetes:apps/v1:Deployment")
    spec: dict[str, Any] = found.inputs["spec"]["template"]["spec"]["containers"][0]
    return spec


@pytest.mark.parametrize(
    ("given", "stored"), [(1, "1"), (1.0, "1"), (0.5, "500m"), (0.0001, "1m"), ("0.5", "500m"), (1500, "1500")]
)
def test_a_program_may_give_cores_as_a_number(given: object, stored: str) -> None:
    sides: Mapping[str, object] = {"cpu": given, "memory": "256Mi"}
    assert container(resources={"requests": sides, "limits": sides})["resources"]["limits"]["cpu"] == stored


def test_a_quota_of_a_program_may_be_a_number_of_cores() -> None:
    quota = {"cpu": 1.5, "memory": "4Gi", "pods": 5}
    made = record(lambda: package.McpNamespace("tools", {"quota": quota}))
    (found,) = (one for one in made.resources if one.type == "kubernetes:core/v1:ResourceQuota")
    assert found.inputs["spec"]["hard"]["requests.cpu"] == "1500m"


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        ({"requests": {"cpu": True, "memory": "1Gi"}}, "It is true, but takes text."),
        ({"requests": {"cpu": float("inf")}}, "no number that Kubernetes counts to."),
        ({"requests": {"cpu": 10**400}}, "no number that Kubernetes counts to."),
        ({"requests": {"cpu": 10**5000}}, "no number that Kubernetes counts to."),
        ({"requests": {"nvidia.com/gpu": "1"}}, "'nvidia.com/gpu', which is no resource that stands here."),
        ({"limits": {"ephemeral_storage": "1Gi"}}, "'ephemeral_storage', which is no resource that stands here."),
    ],
)
def test_what_is_no_quantity_or_no_resource_is_refused_with_the_reason(resources: object, words: str) -> None:
    with pytest.raises(ArgumentsError) as caught:
        container(resources=resources)
    assert words in str(caught.value)


@pytest.mark.parametrize("given", [-1, 128, 10**17])
def test_a_number_that_is_no_amount_is_a_finding(given: int) -> None:
    key = "memory" if given == 128 else "cpu"
    with pytest.raises(pulumi.RunError, match=rf"MCP111 resources\.requests\.{key}"):
        container(resources={"requests": {"memory": "256Mi", key: given}, "limits": {"memory": "256Mi"}})


@pytest.mark.parametrize(("key", "words"), [("cpu", "no number of cores."), ("memory", "no unit")])
def test_a_number_that_python_does_not_write_is_no_traceback(key: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(stack(server={"image": IMAGE, "resources": {"limits": {key: 10**5000}}}), where=WHERE)
    assert words in str(caught.value)


def test_a_port_may_stand_in_quotes() -> None:
    assert load_settings(stack(server={"image": IMAGE, "port": "8080"}), where=WHERE).server.port == 8080
    assert container(port="8080")["ports"][0]["containerPort"] == 8080


@pytest.mark.parametrize("port", ["0", "65536", "http", "08080", " 8080", "8080\n", "٨٠٨٠", ""])
def test_a_text_that_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(SettingsError, match=r"mcp:server\.port"):
        load_settings(stack(server={"image": IMAGE, "port": port}), where=WHERE)


@pytest.mark.parametrize(("port", "words"), [("0", "at least 1"), ("65536", "at most 65535")])
def test_a_port_in_quotes_is_told_its_range(port: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(stack(server={"image": IMAGE, "port": port}), where=WHERE)
    assert words in str(caught.value).replace(",", "")


@pytest.mark.grid
def test_huge_pages_reach_the_container() -> None:
    pages = {"memory": "256Mi", "hugepages2Mi": "1024Mi"}
    loaded = load_stack(stack(server={"image": IMAGE, "resources": {"requests": pages, "limits": pages}}), where=WHERE)
    plan = plan_region(loaded)
    assert "MCP180" not in [finding.code for finding in plan.findings]
    sides = {"memory": "256Mi", "hugepages-2Mi": "1Gi"}
    made = container(resources={"requests": sides, "limits": sides})["resources"]
    assert made["requests"] == made["limits"] == {"hugepages-2Mi": "1Gi", "memory": "256Mi"}


@pytest.mark.parametrize("route", ["/healthz?full=1", "/healthz?", "/h/?a=b&c=%20d", "/actuator/health?show=a,b"])
def test_a_route_of_a_probe_may_have_a_query(route: str) -> None:
    assert load_settings(stack(server={"image": IMAGE, "healthPath": route}), where=WHERE).server.health_path == route
    assert container(health_path=route)["readinessProbe"]["httpGet"]["path"] == route


@pytest.mark.parametrize("route", ["/healthz?a b", "/healthz?a=%2", "/healthz?a#b", "/a b?x=1", "healthz?x=1", "/h?\n"])
def test_what_the_kubelet_would_not_ask_is_refused(route: str) -> None:
    with pytest.raises(SettingsError, match=r"mcp:server\.healthPath"):
        load_settings(stack(server={"image": IMAGE, "healthPath": route}), where=WHERE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
        ("token", "hunter2"),
        ("apiKey", "hunter2"),
        ("X-Amz-Signature", "hunter2"),
        ("%74oken", "hunter2"),
    ],
)
def test_a_secret_in_the_query_of_a_route_is_refused_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(stack(server={"image": IMAGE, "healthPath": f"/healthz?full=1&{name}={value}"}), where=WHERE)
    assert "looks like a secret" in str(caught.value)
    assert value not in str(caught.value)


@pytest.mark.parametrize("rest", ["/?token=hunter2", "/?token=Hunter2a9b8c7d6e5f4g3", "/Hunter2a9b8c7d6e5f4g3"])
def test_a_secret_in_an_address_is_answered_with_what_an_address_takes(rest: str) -> None:
    with pytest.raises(SettingsError, match="refer to a Secret where a token or a password can be given") as caught:
        load_settings(stack(scaling={"prometheusAddress": f"http://prometheus:9090{rest}"}), where=WHERE)
    assert "unter2" not in str(caught.value)


def test_sums_beyond_what_kubernetes_counts_to_end_in_no_traceback() -> None:
    most = {"cpu": "9P", "memory": "7E"}
    beside = [{"name": name, "image": "a/b:1", "requests": most, "limits": most} for name in ("one", "two", "three")]
    path = [{"path": f"/data{index}", "size": "7E", "medium": "Memory"} for index in range(3)]
    loaded = load_stack(stack(server={"image": IMAGE, "sidecars": beside, "writablePaths": path}), where=WHERE)
    assert plan_region(loaded).findings


def test_a_patch_of_400_digits_is_a_finding() -> None:
    patch = {"spec": {"containers": [{"name": "server", "resources": {"requests": {"cpu": "9" * 400}}}]}}
    sidecar = {"spec": {"initContainers": [{"name": "x", "image": "a/b:1", "restartPolicy": "Always", "resources": {
        "requests": {"cpu": "9" * 400, "memory": "64Mi"}, "limits": {"memory": "64Mi"}}}]}}  # fmt: skip
    whole = {"spec": {"resources": {"requests": {"cpu": "9" * 400, "memory": f"{'9' * 400}Gi"}}}}
    loaded = load_stack(stack(server={"image": IMAGE, "patches": [{"kind": "Pod", "patch": whole}]}), where=WHERE)
    beyond = [finding.path for finding in plan_region(loaded).findings if "counts to" in finding.problem]
    assert beyond == [f"mcp:server.patches[0].patch.spec.resources.requests.{key}" for key in ("cpu", "memory")]
    for one in (patch, sidecar):
        loaded = load_stack(stack(server={"image": IMAGE, "patches": [{"kind": "Pod", "patch": one}]}), where=WHERE)
        assert "MCP111" in [finding.code for finding in plan_region(loaded).findings]
