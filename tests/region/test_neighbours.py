"""Two regions in one program: in one namespace of one cluster they are told of each other."""

from __future__ import annotations

from collections.abc import Callable
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


def test_two_regions_that_make_one_namespace_are_both_named() -> None:
    assert told(lambda: region("orders", namespace="mcp"), lambda: region("billing", namespace="mcp")) == [
        (
            "MCP133",
            "region.namespace",
            "McpRegion 'billing' and McpRegion 'orders' both make the namespace 'mcp' with one provider.",
        )
    ]
    assert told(lambda: region("orders"), lambda: region("billing")) == []


def test_what_one_run_made_is_nothing_to_the_next() -> None:
    assert told(lambda: region("orders", namespace="mcp")) == []
    assert told(lambda: region("billing", namespace="mcp")) == []


def test_a_namespace_that_is_shared_on_purpose_has_each_name_once() -> None:
    guest = {"namespace": "mcp", "create_namespace": False}

    def first() -> None:
        region("orders", namespace="mcp")

    assert told(first, lambda: region("billing", server="billing", **guest)) == []
    (found,) = told(first, lambda: region("billing", **guest))
    assert found[:2] == ("MCP133", "server.name")
    assert "McpRegion 'billing' and McpRegion 'orders' both have web" in found[2]


@pytest.mark.parametrize(("clusters", "refused"), [(("a", "b"), False), (("a", "a"), True), ((None, "a"), False)])
def test_a_provider_stands_for_a_cluster(clusters: tuple[str | None, str | None], refused: bool) -> None:
    def program() -> None:
        providers = {name: kubernetes.Provider(name, context=name) for name in set(clusters) - {None}}
        for name, cluster in zip(("orders", "billing"), clusters, strict=True):
            region(name, namespace="mcp", provider=None if cluster is None else providers[cluster])

    assert bool(told(program)) is refused
