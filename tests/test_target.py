"""Which cluster a stack changes: what its configuration says, what is told of it, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from pulumi_kubernetes_mcp import McpNamespace
from pulumi_kubernetes_mcp.region_plan import load, plan_region
from pulumi_kubernetes_mcp.target import Target, current_context, target_of, target_of_program, target_text
from pulumi_kubernetes_mcp.testing import record
from tests.network.stacks import stack

SECRET = "apiVersion: v1\nusers: [{user: {token: tok-3f9a}}]"


@pytest.mark.parametrize(
    ("values", "more", "said", "text"),
    [
        ({}, {}, False, "whatever the current context of kubectl is: here 'mine'"),
        ({"kubernetes:context": ""}, {}, False, "whatever the current context of kubectl is: here 'mine'"),
        ({"kubernetes:context": "us"}, {}, True, "context 'us' of kubectl's configuration"),
        ({"kubernetes:cluster": "us"}, {}, True, "cluster 'us' of kubectl's configuration"),
        ({"kubernetes:kubeconfig": SECRET}, {}, True, "the current context of the stack's own kubeconfig"),
        (
            {"kubernetes:kubeconfig": SECRET, "kubernetes:context": "us"},
            {},
            True,
            "context 'us' of the stack's own kubeconfig",
        ),
        (
            {"kubernetes:context": "[secret]"},
            {"encrypted": ["kubernetes:context"]},
            True,
            "context that is encrypted of kubectl's configuration",
        ),
        ({"kubernetes:renderYamlToDirectory": "out"}, {}, True, "no cluster: manifests go to the directory 'out'"),
        ({}, {"environment": True}, True, "not known here: it may be in an environment of Pulumi ESC"),
    ],
)
def test_what_a_configuration_says(values: dict[str, str], more: dict[str, Any], said: bool, text: str) -> None:
    target = target_of(values, **more)
    assert (target.is_chosen, target_text(target, "mine")) == (said, text)
    assert "tok-3f9a" not in repr(target)


@pytest.mark.parametrize(
    ("environment", "target", "warned"),
    [
        ("production", target_of({}), True),
        ("staging", target_of({}), False),
        ("production", target_of({"kubernetes:context": "us"}), False),
        ("production", target_of({}, environment=True), False),
        ("production", None, False),
    ],
)
def test_a_production_stack_says_which_cluster_it_changes(
    environment: str, target: Target | None, warned: bool
) -> None:
    settings = load(stack(region={"environment": environment}), where="here")
    found = [one for one in plan_region(settings, rehearse=False, target=target).findings if one.code == "MCP157"]
    assert [(one.severity.value, one.path) for one in found] == [("warning", "kubernetes:context")] * warned


def test_the_current_context_is_of_the_first_file_that_names_one(tmp_path: Path) -> None:
    one, other, broken = tmp_path / "one", tmp_path / "other", tmp_path / "broken"
    one.write_text("clusters: []\n")
    other.write_text("current-context: eu\nusers: [{name: a, user: {token: tok-3f9a}}]\n")
    broken.write_text("{")
    paths = ":".join(str(path) for path in (tmp_path / "absent", broken, one, other))
    assert current_context({"KUBECONFIG": paths}) == "eu"
    assert current_context({"HOME": str(tmp_path)}) is None
    tmp_path.joinpath(".kube").mkdir()
    tmp_path.joinpath(".kube", "config").write_text("current-context: us\n")
    assert current_context({"HOME": str(tmp_path)}) == "us"


def test_a_provider_of_the_program_decides() -> None:
    def own() -> None:
        provider = k8s.Provider("us-east", context="elsewhere")
        McpNamespace("tools", {}, pulumi.ResourceOptions(provider=provider))

    said = target_of({"kubernetes:context": "us"})
    assert target_of_program(said, record(own)) == Target(source="provider", name="us-east")
    assert target_of_program(said, record(lambda: McpNamespace("tools", {}))) == said
