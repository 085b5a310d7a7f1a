"""Two regions in one program: in one namespace of one cluster they are told of each other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from pulumi_kubernetes_mcp import FindingsError, McpRegion
from pulumi_kubernetes_mcp.testing import record


def region(name: str, *, provider: pulumi.ProviderResource | None = None, server: str = "web", **place: Any) -> None:
    """A region with the least arguments."""
    McpRegion(
        name,
        {
            "region": {"name": name, **place},
            "server": {"image": "registry.example/mcp:1.2.0", "name": server, "health_path": "/healthz"},
            "workload": {"daily_users": 500.0},
            "edge": {"host": f"{name}.example.com", "implementation": "envoy-gateway"},
        },
        pulumi.ResourceOptions(provider=provider),
    )


def told(*made: Callable[[], None]) -> list[tuple[str, str, str]]:
    """What the program with these regions is refused for."""

    def program() -> None:
        for one in made:
            one()

    try:
        record(program, preview=True)
    except FindingsError as refused:
        return [(one.code, one.path, one.problem) for one in refused.findings]
    return []


@pytest.mark.grid
def test_two_regions_that_make_one_namespace_are_both_named() -> None:
    assert told(lambda: region("orders", namespace="mcp"), lambda: region("billing", namespace="mcp")) == [
        (
            "MCP133",
            "region.namespace",
            "McpRegion 'billing' and McpRegion 'orders' both make the namespace 'mcp' with one provider.",
        )
    ]
    assert told(lambda: region("orders"), lambda: region("billing")) == []


@pytest.mark.grid
def test_what_one_run_made_is_nothing_to_the_next() -> None:
    assert told(lambda: region("orders", namespace="mcp")) == []
    assert told(lambda: region("billing", namespace="mcp")) == []


@pytest.mark.grid
def test_a_namespace_that_is_shared_on_purpose_has_each_name_once() -> None:
    guest = {"namespace": "mcp", "create_namespace": False}

    def first() -> None:
        region("orders", namespace="mcp")

    assert told(first, lambda: region("billing", server="billing", **guest)) == []
    (found,) = told(first, lambda: region("billing", **guest))
    assert found[:2] == ("MCP133", "server.name")
    assert "McpRegion 'billing' and McpRegion 'orders' both have web" in found[2]


@pytest.mark.grid
@pytest.mark.parametrize(("clusters", "refused"), [(("a", "b"), False), (("a", "a"), True), ((None, "a"), False)])
def test_a_provider_stands_for_a_cluster(clusters: tuple[str | None, str | None], refused: bool) -> None:
    def program() -> None:
        providers = {name: kubernetes.Provider(name, context=name) for name in set(clusters) - {None}}
        for name, cluster in zip(("orders", "billing"), clusters, strict=True):
            region(name, namespace="mcp", provider=None if cluster is None else providers[cluster])

    assert bool(told(program)) is refused


UNDER_MOCKS = """
import pulumi
from pulumi.runtime import Mocks, set_mocks
from tests.region.test_neighbours import region

class Echo(Mocks):
    def new_resource(self, args):
        return args.name, args.inputs

    def call(self, args):
        return args.args

set_mocks(Echo())
for name in ("orders", "billing"):
    pulumi.runtime.test(lambda: region(name, namespace="mcp"))()
print("made")
"""


@pytest.mark.grid
def test_programs_under_the_mocks_of_pulumi_are_not_one_run() -> None:
    """Tests of a user's own program: each makes a region as it likes, and all of a process share one stack."""
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", UNDER_MOCKS], cwd=root, capture_output=True, text=True, timeout=120)
    assert ran.stdout.strip().endswith("made"), ran.stderr[-2000:]
