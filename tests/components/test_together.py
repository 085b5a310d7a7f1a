"""Components that are handed to each other: what they tell, what need not be said twice, and what contradicts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp import FindingsError, McpAutoscaling, McpIngress, McpService
from pulumi_kubernetes_mcp.autoscaling.args.told import told as autoscaling_told
from pulumi_kubernetes_mcp.autoscaling.keys import TOLD_BY_SERVER as OF_AUTOSCALING
from pulumi_kubernetes_mcp.edge.keys import TOLD_BY_SERVER as OF_INGRESS
from pulumi_kubernetes_mcp.edge.told import told as ingress_told
from pulumi_kubernetes_mcp.testing import Recording, record
from tools.slices import Slice, slices

PROMETHEUS = "http://prometheus-operated.monitoring:9090"
GATEWAY = [{"port": 8101, "namespace": "envoy-gateway-system"}]
REQUESTS = {"cpu": "250m", "memory": "192Mi", "ephemeral-storage": "64Mi"}


def server(**keys: Any) -> McpService:
    """A server in which nothing is a default of another component."""
    given: dict[str, Any] = {
        "image": "registry.example/orders:1.4.2",
        "namespace": "shop",
        "server_name": "mcp-orders",
        "port": 8101,
        "health_path": "/healthz",
        "eras": ["legacy-stateful"],
        "path": "/orders/mcp",
        "max_tool_seconds": 90,
        "min_replicas": 3,
        "resources": {"requests": REQUESTS, "limits": {"cpu": "1", "memory": "256Mi"}},
        "allow_from": GATEWAY,
        **keys,
    }
    return McpService("orders", given)


def handed(**keys: Any) -> Callable[[], None]:
    """The program that says each thing once."""

    def build() -> None:
        service = server(**keys)
        scaler = McpAutoscaling("orders", server=service, max_replicas=9, prometheus_address=PROMETHEUS)
        route = McpIngress(
            "orders",
            {"host": "mcp.example.com", "implementation": "envoy-gateway"},
            server=service,
            autoscaling=scaler,
        )
        pulumi.export("url", route.url)

    return build


def apart() -> None:
    """The same program without handing anything on: everything said again."""
    service = server()
    McpAutoscaling(
        "orders",
        {
            "namespace": "shop",
            "target": service.deployment_name,
            "eras": ["legacy-stateful"],
            "min_replicas": 3,
            "max_replicas": 9,
            "requests": REQUESTS,
            # 10 s until nobody sends any more, 90 s for the slowest tool, 5 s to end, 5 s of margin.
            "drain_seconds": 110,
            "prometheus_address": PROMETHEUS,
        },
    )
    McpIngress(
        "orders",
        {
            "namespace": "shop",
            "host": "mcp.example.com",
            "service_name": service.service_name,
            "eras": ["legacy-stateful"],
            "path": "/orders/mcp",
            "max_tool_seconds": 90,
            "max_replicas": 9,
            "implementation": "envoy-gateway",
        },
    )


def refused(build: Callable[[], object]) -> list[tuple[str, str]]:
    """Code and path of each error."""
    with pytest.raises(FindingsError) as error:
        record(build)
    return [(finding.code, finding.path) for finding in error.value.findings]


def test_what_is_handed_on_is_what_would_be_said_again() -> None:
    once, again = record(handed()), record(apart)
    assert once.manifests() == again.manifests()
    assert once.outputs == {"url": "https://mcp.example.com/orders/mcp"}

    def needs(run: Recording, kind: str) -> tuple[str, ...]:
        return tuple(sorted(run.resource(kind).options.dependencies))

    assert needs(once, "ScaledObject") == needs(again, "ScaledObject") != ()
    assert needs(once, "HTTPRoute") == needs(again, "HTTPRoute") != ()


def test_a_first_preview_knows_the_same() -> None:
    assert len(record(handed(), preview=True).resources) == len(record(handed()).resources)


def test_everything_that_is_listed_is_told() -> None:
    def build() -> None:
        service = server(autoscaled=False)
        assert tuple(autoscaling_told("McpAutoscaling", service)) == OF_AUTOSCALING
        assert tuple(ingress_told("McpIngress", service, None)) == OF_INGRESS

    record(build)


@pytest.mark.parametrize(
    ("argument", "value", "words"),
    [
        ("namespace", "store", "It is store, and McpService \"orders\" says shop."),
        ("target", "orders", "It is orders, and McpService \"orders\" says mcp-orders."),
        ("eras", ["modern"], "It is modern, and McpService \"orders\" says legacy-stateful."),
        ("min_replicas", 2, "It is 2, and McpService \"orders\" says 3."),
        ("requests", {"cpu": "1"}, "It is cpu 1, and McpService \"orders\" says cpu 250m, ephemeral-storage 64Mi, "
         "memory 192Mi."),
        ("drain_seconds", 30, "It is 30, and McpService \"orders\" says 110."),
        ("production", False, "It is false, and McpService \"orders\" says true."),
    ],
)  # fmt: skip
def test_an_autoscaler_that_says_something_else_is_refused(argument: str, value: object, words: str) -> None:
    keys: dict[str, Any] = {argument: value}

    def build() -> None:
        McpAutoscaling("a", {"max_replicas": 9, "prometheus_address": PROMETHEUS, **keys}, server=server())

    with pytest.raises(FindingsError) as error:
        record(build)
    (finding,) = error.value.findings
    assert (finding.code, finding.path, finding.problem) == ("MCP131", argument, words)
    assert finding.remedy == 'Leave it out: McpService "orders" tells it. Or change it there.'


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("namespace", "store"),
        ("service_name", "orders"),
        ("eras", ["modern"]),
        ("path", "/mcp"),
        ("max_tool_seconds", 60),
        ("max_replicas", 20),
    ],
)
def test_a_route_that_says_something_else_is_refused(argument: str, value: object) -> None:
    keys: dict[str, Any] = {argument: value}

    def build() -> None:
        fixed = server(autoscaled=False)
        McpIngress("a", {"host": "h.example.com", "implementation": "envoy-gateway", **keys}, server=fixed)

    assert refused(build) == [("MCP131", argument)]


def test_what_is_said_again_in_other_words_is_no_contradiction() -> None:
    def build() -> None:
        service = server(eras=["legacy-stateful", "sse"])
        McpAutoscaling(
            "a",
            {"eras": ["sse", "legacy-stateful"], "requests": {**REQUESTS, "cpu": "0.25"}, "namespace": "shop"},
            server=service,
            max_replicas=9,
            prometheus_address=PROMETHEUS,
        )

    assert record(build).resource("ScaledObject")


def test_all_contradictions_are_told_at_once_and_with_other_mistakes() -> None:
    def build() -> None:
        McpAutoscaling("a", server=server(autoscaled=False), eras=["modern"], min_replicas=2, max_replicas=2)

    assert refused(build) == [
        ("MCP131", "eras"), ("MCP131", "min_replicas"), ("MCP132", "server"), ("MCP201", "max_replicas"),
        ("MCP208", "prometheus_address"),
    ]  # fmt: skip


@pytest.mark.parametrize("preview", [False, True])
def test_an_output_is_compared_when_it_is_known(preview: bool) -> None:
    def build(name: str) -> Callable[[], None]:
        return lambda: (
            McpIngress("a", server=server(), host="h.example.com", implementation="envoy-gateway",
                       namespace=pulumi.Output.from_input(name)),
            None,
        )[1]  # fmt: skip

    assert record(build("shop"), preview=preview).manifest("HTTPRoute")["metadata"]["namespace"] == "shop"
    with pytest.raises(FindingsError, match=r'MCP131 namespace: It is store, and McpService "orders" says shop\.'):
        record(build("store"), preview=preview)


def test_the_namespace_of_the_server_may_be_an_output() -> None:
    run = record(lambda: handed(namespace=pulumi.Output.from_input("shop"))())
    assert {body["metadata"]["namespace"] for body in run.manifests()} == {"shop"}


def test_the_servers_name_is_known_to_the_rules_of_the_autoscaler() -> None:
    def build() -> None:
        McpAutoscaling("a", server=server(server_name="o" * 60), max_replicas=9, prometheus_address=PROMETHEUS)

    assert ("MCP204", "target") in refused(build)


@pytest.mark.parametrize("part", [one for one in slices() if one.told], ids=lambda one: one.component)
def test_what_a_server_tells_may_be_left_out_of_its_type(part: Slice) -> None:
    import pulumi_kubernetes_mcp as package

    whole = getattr(package, f"{part.component}Args")
    rest = getattr(package, f"{part.component}ServerArgs")
    assert whole.__required_keys__ - rest.__required_keys__ == whole.__required_keys__ & set(part.told)
    assert list(whole.__annotations__) == list(rest.__annotations__)
