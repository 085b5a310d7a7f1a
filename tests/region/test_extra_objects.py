"""Further objects of a region: where they go, and what is refused."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp import McpRegion
from pulumi_kubernetes_mcp.inputs.outputs import FindingsError
from pulumi_kubernetes_mcp.kubernetes import api
from pulumi_kubernetes_mcp.kubernetes.extra import CLUSTER_WIDE
from pulumi_kubernetes_mcp.region_objects import made_names
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import Recording, record
from tests.rendered.sets import STACKS, objects, stack_file

NAMESPACE = "mcp-prod-us-east"
LEAST: dict[str, Any] = {
    "region": {"name": "us-east"},
    "server": {"image": "ghcr.io/acme/mcp-server:1.4.2"},
    "workload": {"daily_users": 500},
    "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}
CONFIG: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "prompts", "labels": {"snake-case.example/and_camel": "kept"}},
    "data": {"some_key": "a"},
}
ROLE: dict[str, Any] = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "mcp:reader"},
    "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
}
PLUGIN: dict[str, Any] = {
    "apiVersion": "example.com/v1alpha1",
    "kind": "Plugin",
    "metadata": {"name": "quota"},
    "config": {"minute": 5},
}


def made(given: Any) -> Recording:
    """A region with further objects; Outputs are made inside of the program, by a function."""

    def program() -> None:
        McpRegion("mcp", {**LEAST, "extra_objects": given() if callable(given) else given})  # type: ignore[typeddict-item]

    return record(program)


def told(given: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Code and path of what a stack is told of its further objects."""
    return [(one.code, one.path.removeprefix("mcp:extraObjects")) for one in findings(given)]


def findings(given: list[dict[str, Any]]) -> list[Finding]:
    """What a stack is told of its further objects."""
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {"image": "ghcr.io/acme/mcp-server:1.4.2"},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        "mcp:extraObjects": given,
    }
    found = plan_region(load_stack(values, where="test"), rehearse=False).findings
    return [one for one in found if "extraObjects" in one.path]


@pytest.mark.grid
def test_they_are_placed_labelled_and_ordered_after_the_namespace() -> None:
    run = made([CONFIG, ROLE, PLUGIN, {**PLUGIN, "metadata": {"name": "all", "namespace": None}}])
    found = {f"{body['kind']} {body['metadata']['name']}": body for body in run.manifests()}
    config = found["ConfigMap prompts"]
    assert config["metadata"]["namespace"] == NAMESPACE
    assert config["data"] == CONFIG["data"]
    assert config["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "pulumi",
        "app.kubernetes.io/part-of": "mcp",
        "snake-case.example/and_camel": "kept",
    }  # fmt: skip
    assert "namespace" not in found["ClusterRole mcp:reader"]["metadata"]
    assert found["Plugin quota"]["config"] == {"minute": 5}
    assert found["Plugin quota"]["metadata"]["namespace"] == NAMESPACE
    assert "namespace" not in found["Plugin all"]["metadata"]
    own = run.resource("kubernetes:core/v1:ConfigMap", "mcp-extra-configmap-prompts")
    assert [urn for urn in own.options.dependencies if urn.endswith("::mcp-namespace-namespace")]


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no version": ({"kind": "ConfigMap", "metadata": {"name": "a"}}, "MCP177", "[0].apiVersion"),
    "no kind": ({"apiVersion": "v1", "metadata": {"name": "a"}}, "MCP177", "[0].kind"),
    "no metadata": ({"apiVersion": "v1", "kind": "ConfigMap"}, "MCP177", "[0].metadata"),
    "a bad name": ({**CONFIG, "metadata": {"name": "My_Prompts"}}, "MCP177", "[0].metadata.name"),
    "a name that is no text": ({**CONFIG, "metadata": {"name": 7}}, "MCP177", "[0].metadata.name"),
    "an unknown field": ({**CONFIG, "value": {}}, "MCP177", "[0].value"),
    "a wrong type": ({**CONFIG, "data": {"a": 1}}, "MCP177", "[0].data.a"),
    "another namespace": ({**CONFIG, "metadata": {"name": "a", "namespace": "b"}}, "MCP177", "[0].metadata.namespace"),
    "an object of the server": (
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "mcp-server"}, "spec": {}}, "MCP178", "[0]",
    ),
    "a policy of the namespace": (
        {
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "default-deny"},
            "spec": {"podSelector": {}},
        },
        "MCP178",
        "[0]",
    ),
    "a Secret in clear": (
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"a": "aHVudGVyMg=="}},
        "MCP179",
        "[0]",
    ),
    "a secret in a ConfigMap": ({**CONFIG, "data": {"API_KEY": "hunter2-example"}}, "MCP107", "[0].data.API_KEY"),
    "a secret in the environment of a Job": (
        {
            "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "a"},
            "spec": {
                "template": {
                    "spec": {"containers": [{"name": "a", "env": [{"name": "API_KEY", "value": "hunter2-example"}]}]}
                }
            },
        },
        "MCP107",
        "[0].API_KEY",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_object_that_is_refused(name: str) -> None:
    given, code, path = REFUSED[name]
    assert (code, path) in told([given])


def test_what_is_there_already_is_named_with_who_makes_it() -> None:
    of_the_server = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "mcp-server"}, "spec": {}}
    assert [(one.problem, one.remedy) for one in findings([of_the_server])] == [
        ("There is a Service 'mcp-server' already. The region makes it.", "Patch it instead: patches of kind Service.")
    ]
    assert [(one.problem, one.remedy) for one in findings([CONFIG, CONFIG])] == [
        ("There is a ConfigMap 'prompts' already. Another item is it.", "Keep one of the two.")
    ]


def test_the_same_twice_is_refused_and_two_of_a_kind_are_not() -> None:
    assert told([CONFIG, CONFIG]) == [("MCP178", "[1]")]
    assert told([CONFIG, {**CONFIG, "metadata": {"name": "other"}}, ROLE, PLUGIN]) == []


@pytest.mark.grid
def test_a_secret_output_is_a_value_of_a_secret_and_of_nothing_else() -> None:
    def secret() -> Any:
        values = {"token": pulumi.Output.secret("hunter2")}
        return [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": values}]

    assert made(secret).resource("kubernetes:core/v1:Secret", "mcp-extra-secret-a").secret_paths
    with pytest.raises(FindingsError, match=r"MCP107 extra_objects\[0\]\.data\.a: It is a secret Output"):
        made(lambda: [{**CONFIG, "data": {"a": pulumi.Output.secret("hunter2")}}])


@pytest.mark.parametrize("name", STACKS)
def test_what_a_region_makes_is_known_by_kind_and_name(name: str) -> None:
    """So that no object which a region makes can be named a second time."""
    stack = stack_file(name)
    plan = plan_region(load_stack(stack.values, where=name, directory=stack.directory), rehearse=False)
    rendered = {(body["kind"], body["metadata"]["name"]) for body in objects(name)}
    by_content = {one for one in rendered if one[0] == "ConfigMap" or (one[0] == "Secret" and "-" in one[1])}
    assert rendered - by_content <= made_names(plan)


def test_the_kinds_of_the_whole_cluster_are_kinds_of_the_api() -> None:
    known = {name.split()[1] for name in api.kinds()}
    assert {kind for kind in CLUSTER_WIDE if kind not in known} <= {"CSINode"} | set()
