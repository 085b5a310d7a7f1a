"""An Output in a patch, or in an object beside the region, is held to the field of the API as soon as it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp import FindingsError, McpAutoscaling, McpRegion, McpService
from pulumi_kubernetes_mcp.testing import record
from tests.components.test_refusals import LEAST
from tests.region.test_extra_pods import CONTAINER
from tests.table import table

Build = Callable[[], object]
REGION: dict[str, Any] = {
    "region": {"name": "us-east"},
    "server": {"image": "registry.example/orders:1.4.2", "health_path": "/healthz"},
    "workload": {"daily_users": 500},
    "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}


def known(value: Any) -> Any:
    """The value with each pair in it as an Output of its second: a program makes them, and a table cannot."""
    if isinstance(value, tuple):
        return pulumi.Output.from_input(value[1])
    if isinstance(value, Mapping):
        return {key: known(item) for key, item in value.items()}
    return [known(item) for item in value] if isinstance(value, list) else value


def server(kind: str, patch: dict[str, Any]) -> Build:
    """A program of a server with a patch."""
    return lambda: McpService("web", {**LEAST["McpService"], "patches": [{"kind": kind, "patch": known(patch)}]})


def autoscaler(patch: dict[str, Any]) -> Build:
    """A program of an autoscaler with a patch."""
    patches = [{"kind": "HorizontalPodAutoscaler", "patch": patch}]
    return lambda: McpAutoscaling("web", {**LEAST["McpAutoscaling"], "kind": "hpa", "patches": known(patches)})


def beside(body: dict[str, Any]) -> Build:
    """A program of a region with a further object."""
    one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "notes"}, **body}
    return lambda: McpRegion("shop", **REGION, extra_objects=[known(one)])


def later(value: Any) -> tuple[str, Any]:
    """Stands for an Output."""
    return ("later", value)


@pytest.mark.grid
@table(
    "build, code, path, problem",
    [
        (
            server("Pod", {"spec": {"priorityClassName": later(7)}}),
            *("MCP171", "patches[0].patch.spec.priorityClassName", "It is a number."),
        ),
        (
            server("Pod", {"spec": {"tolerations": later([{"keys": "x"}])}}),
            *("MCP171", "patches[0].patch.spec.tolerations[0].keys", "Kubernetes has no field 'keys' here."),
        ),
        (
            server("Pod", {"spec": {"containers": [{"name": "server", "env": [{"name": "A", "value": later(1)}]}]}}),
            *("MCP171", "patches[0].patch.spec.containers[0].env[0].value", "It is a number."),
        ),
        (
            autoscaler({"spec": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": later("300")}}}}),
            *("MCP171", "patches[0].patch.spec.behavior.scaleDown.stabilizationWindowSeconds", "It is a text."),
        ),
        (beside({"data": {"level": later(3)}}), "MCP177", "extra_objects[0].data.level", "It is a number."),
        (
            beside({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w", "uid": later(7)}}),
            *("MCP177", "extra_objects[0].metadata.uid", "It is a number."),
        ),
    ],
)
def test_a_value_that_its_field_does_not_take_is_refused(build: Build, code: str, path: str, problem: str) -> None:
    with pytest.raises(FindingsError) as refused:
        record(build)  # type: ignore[arg-type]
    assert [(one.code, one.path, one.problem) for one in refused.value.findings] == [(code, path, problem)]


def test_what_the_api_server_demands_of_a_value_is_demanded_when_it_is_known() -> None:
    with pytest.raises(FindingsError, match=r"MCP171 patches\[0\]\.patch\.metadata\.labels") as refused:
        record(server("Service", {"metadata": {"labels": {"team": later("a b")}}}))  # type: ignore[arg-type]
    assert len(refused.value.findings) == 1


@pytest.mark.grid
@table(
    "body, place",
    [
        ({"kind": "Service", "spec": {"type": later("Nope"), "ports": [{"port": 80}]}}, "spec.type"),
        ({"kind": "Service", "spec": {"ports": [{"port": later(99999)}]}}, "spec.ports[0].port"),
        ({"kind": "Service", "spec": later({"ports": [{"name": "web"}]})}, "spec.ports[0].port"),
        ({"metadata": {"name": "notes", "labels": {"team": later("a b")}}}, "metadata.labels"),
        (
            {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Rollout",
                "spec": {
                    "selector": {"matchLabels": {"app": "a"}},
                    "template": {
                        "metadata": {"labels": {"app": "a"}},
                        "spec": {"containers": [{**CONTAINER, "imagePullPolicy": later("Now")}]},
                    },
                },
            },
            "spec.template.spec.containers[0].imagePullPolicy",
        ),
    ],
)
def test_an_object_beside_the_region_is_held_to_what_the_api_server_demands(body: dict[str, Any], place: str) -> None:
    with pytest.raises(FindingsError) as refused:
        record(beside(body))  # type: ignore[arg-type]
    assert [one.code for one in refused.value.findings] == ["MCP177"]
    assert refused.value.findings[0].path.startswith(f"extra_objects[0].{place}")


SECRET = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"


def pods(**container: Any) -> Build:
    """A program of a region with a Pod beside it."""
    return beside({"kind": "Pod", "spec": {"containers": [{**CONTAINER, **container}]}})


@pytest.mark.grid
@table(
    "build, code, path",
    [
        (pods(image=later("acme/job:latest")), "MCP101", "extra_objects[0].spec.containers[0].image"),
        (pods(args=[later(f"--token={SECRET}")]), "MCP107", "extra_objects[0].spec.containers[0].args[0]"),
        (pods(env=[{"name": "A", "value": later(SECRET)}]), "MCP107", "extra_objects[0].A"),
        (pods(securityContext=later({"privileged": True})), "MCP174", "extra_objects[0].spec"),
        (beside({"data": later({"API_TOKEN": SECRET})}), "MCP107", "extra_objects[0].data.API_TOKEN"),
        (
            server("Pod", {"spec": {"initContainers": [{**CONTAINER, "args": later(["--token", SECRET])}]}}),
            *("MCP107", "patches[0].patch.spec.initContainers[0].args[0]"),
        ),
        (
            server("Pod", {"spec": {"initContainers": [{**CONTAINER, "image": later("acme/job")}]}}),
            *("MCP101", "patches[0].patch.spec.initContainers[0].image"),
        ),
    ],
)
def test_other_rules_judge_a_value_as_they_judge_a_plain_one(build: Build, code: str, path: str) -> None:
    with pytest.raises(FindingsError) as refused:
        record(build)  # type: ignore[arg-type]
    assert {(one.code, one.path) for one in refused.value.findings} == {(code, path)}
    assert "ghp_" not in str(refused.value)


@pytest.mark.grid
def test_a_value_that_fits_stands_in_the_object() -> None:
    patch = {"spec": {"tolerations": later([{"key": "spot", "operator": "Exists"}]), "nodeSelector": {"a": later("b")}}}
    run = record(server("Pod", patch))  # type: ignore[arg-type]
    pod = run.manifest("Deployment")["spec"]["template"]["spec"]
    assert pod["tolerations"] == [{"key": "spot", "operator": "Exists"}]
    assert pod["nodeSelector"]["a"] == "b"


def test_what_is_not_known_in_a_preview_is_not_refused() -> None:
    def build() -> None:
        name = McpService("other", LEAST["McpService"]).service_name
        patch = {"spec": {"priorityClassName": name.apply(len)}}
        McpService("web", {**LEAST["McpService"], "patches": [{"kind": "Pod", "patch": patch}]})

    assert record(build, preview=True).resources
