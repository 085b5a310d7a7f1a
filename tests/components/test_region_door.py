"""McpRegion in a program: keywords, several servers, and Outputs where only an object takes the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp import ArgumentsError, FindingsError, McpRegion, SettingsError
from pulumi_kubernetes_mcp.testing import record

IMAGE = "registry.example/orders:1.4.2"
TWICE: Any = {"region": {"name": "a"}}


def later(value: str) -> pulumi.Output[str]:
    """A value that the engine gives."""
    return pulumi.Output.from_input(value)


@pytest.mark.grid
def test_a_region_takes_keywords() -> None:
    def build() -> None:
        McpRegion(
            "shop",
            region={"name": "us-east"},
            server={"image": IMAGE, "health_path": "/healthz"},
            workload={"daily_users": 500},
            edge={"host": "mcp.example.com", "implementation": "envoy-gateway"},
        )

    def again() -> None:
        McpRegion(
            "shop",
            {
                "region": {"name": "us-east"},
                "server": {"image": IMAGE, "health_path": "/healthz"},
                "workload": {"daily_users": 500},
                "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
            },
        )

    assert record(build).manifests() == record(again).manifests()


def test_a_region_takes_several_servers() -> None:
    def build() -> None:
        region = McpRegion(
            "shop",
            region={"name": "us-east"},
            workload={"daily_users": 500},
            edge={"host": "mcp.example.com", "implementation": "envoy-gateway"},
            servers={
                "orders": {"server": {"image": IMAGE, "health_path": "/healthz", "path": "/orders/mcp"}},
                "billing": {
                    "server": {"image": "registry.example/billing:2.0.0", "health_path": "/healthz"},
                    "edge": {"host": "billing.example.com"},
                },
            },
        )
        pulumi.export("urls", region.urls)

    run = record(build)
    assert run.outputs["urls"] == {
        "billing": "https://billing.example.com/mcp",
        "orders": "https://mcp.example.com/orders/mcp",
    }
    assert [body["metadata"]["name"] for body in run.manifests() if body["kind"] == "Deployment"] == [
        "billing",
        "orders",
    ]


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: McpRegion("x", servers={"orders": {"server": {"image": IMAGE}}}), "  region: It is missing."),
        (lambda: McpRegion("x", region={"name": "a"}, servers={"a_b": {}}), "  servers.a_b: 'a_b' is not a DNS"),
        (lambda: McpRegion("x", TWICE, region={"name": "b"}), "region: It is given twice."),
        (lambda: McpRegion("x", 5), "args: The arguments are a number."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_words(build: Callable[[], object], words: str) -> None:
    with pytest.raises((SettingsError, ArgumentsError)) as refused:
        record(build)  # type: ignore[arg-type]
    assert words in str(refused.value)


def with_outputs(**server: Any) -> None:
    """A region of which everything comes later that may."""
    McpRegion(
        "shop",
        region={"name": "us-east"},
        server={
            "image": later(IMAGE),
            "health_path": "/healthz",
            "env": {"CACHE_HOST": later("cache.example.com")},
            "service_account_annotations": {"cloud.example/role": later("role-7")},
            **server,  # type: ignore[typeddict-item]
        },
        workload={"daily_users": 500},
        edge={
            "host": later("mcp.example.com"),
            "kind": "ingress",
            "implementation": "nginx",
            "ingress_class": later("public"),
            "client_namespace": "ingress-public",
            "tls_secret": later("shop-certificate"),
            "cluster_issuer": later("letsencrypt"),
            "annotations": {"example.com/zone": later("zone-9")},
        },
        monitoring={"namespace": later("watching")},
        secrets={
            "source": "external",
            "store": {"name": later("vault")},
            "remote": {"token": {"key": later("shop/token"), "property": later("value")}},
            "env": {"API_TOKEN": "token"},
            "version": later("7"),
        },
    )


@pytest.mark.grid
def test_where_the_proxies_of_a_class_that_comes_later_run_has_to_be_said() -> None:
    edge: dict[str, Any] = {"host": "h.example.com", "kind": "ingress", "implementation": "nginx"}
    region: dict[str, Any] = {
        "region": {"name": "us-east"},
        "server": {"image": IMAGE, "health_path": "/healthz"},
        "workload": {"daily_users": 500},
    }
    with pytest.raises(FindingsError) as refused:
        record(lambda: McpRegion("shop", **region, edge={**edge, "ingress_class": later("nginx")}))
    (finding,) = refused.value.findings
    assert (finding.code, finding.path) == ("MCP315", "edge.client_namespace")
    assert finding.problem == (
        "ingress_class comes later and may be another one than that of 'nginx': where its proxies run is not known."
    )
    assert record(lambda: McpRegion("shop", **region, edge={**edge, "ingress_class": "nginx"})).manifests()


@pytest.mark.grid
@pytest.mark.parametrize("preview", [False, True])
def test_what_only_ends_in_an_object_may_be_an_output(preview: bool) -> None:
    run = record(with_outputs, preview=preview)
    ingress = run.manifest("Ingress")
    assert ingress["spec"]["ingressClassName"] == "public"
    assert ingress["spec"]["tls"] == [{"hosts": ["mcp.example.com"], "secretName": "shop-certificate"}]
    assert ingress["metadata"]["annotations"]["cert-manager.io/cluster-issuer"] == "letsencrypt"
    assert ingress["metadata"]["annotations"]["example.com/zone"] == "zone-9"
    container = run.manifest("Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "CACHE_HOST", "value": "cache.example.com"} in container["env"]
    secret = run.manifest("ExternalSecret")["spec"]
    assert secret["secretStoreRef"]["name"] == "vault"
    assert (secret["data"][0]["remoteRef"]["key"], secret["data"][0]["remoteRef"]["property"]) == (
        "shop/token",
        "value",
    )
    assert "watching" in str([body["spec"] for body in run.manifests() if body["kind"] == "NetworkPolicy"])


@pytest.mark.grid
def test_a_gateway_by_an_output() -> None:
    def build() -> None:
        McpRegion(
            "shop",
            region={"name": "us-east"},
            server={"image": IMAGE, "health_path": "/healthz"},
            workload={"daily_users": 500},
            edge={"host": "h.example.com", "implementation": "envoy-gateway", "gateway": {"name": later("front")}},
        )

    assert record(build).manifest("HTTPRoute")["spec"]["parentRefs"][0]["name"] == "front"


@pytest.mark.grid
def test_a_secret_output_in_the_environment_is_refused() -> None:
    with pytest.raises(FindingsError) as refused:
        record(lambda: with_outputs(env={"NOTE": pulumi.Output.secret("hunter2")}))
    assert [finding.code for finding in refused.value.findings] == ["MCP107"]
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("own", [None, "one.example.com,two.example.com"])
def test_names_that_a_server_is_given_are_its_own(own: str | None) -> None:
    given = {} if own is None else {"env": {"MCP_ALLOWED_HOSTS": own}}
    run = record(
        lambda: McpRegion(
            "shop",
            region={"name": "us-east"},
            server={"image": IMAGE, "health_path": "/healthz", **given},
            workload={"daily_users": 500},
            edge={"host": later("mcp.example.com"), "implementation": "envoy-gateway"},
        )
    )
    (container,) = run.manifest("Deployment")["spec"]["template"]["spec"]["containers"]
    env = {one["name"]: one.get("value") for one in container["env"]}
    assert env["MCP_ALLOWED_HOSTS"] == (own or "mcp.example.com")


def with_secret_host(server: dict[str, Any], **edge: Any) -> None:
    """A region whose values ``SECRET`` are hosts that Pulumi keeps secret. An Output belongs to its program."""

    def known(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: known(one) for key, one in value.items()}
        if isinstance(value, list):
            return [known(one) for one in value]
        return pulumi.Output.secret("hunter2.example.com") if value == SECRET else value

    McpRegion(
        "shop",
        region={"name": "us-east"},
        server={"image": IMAGE, "health_path": "/healthz", **known(server)},
        workload={"daily_users": 500},
        edge={"host": "mcp.example.com", "implementation": "envoy-gateway", **known(edge)},
    )


SECRET = "(a secret host)"
PREVIEWED = {
    "strategy": "BlueGreen",
    "blue_green": {"green_image": "registry.example.com/acme/orders:1.5.0", "preview_host": SECRET},
}


@pytest.mark.grid
@pytest.mark.parametrize(
    ("server", "edge", "path"),
    [
        ({}, {"host": SECRET}, "edge.host"),
        ({}, {"hosts": ["b.example.com", SECRET]}, "edge.hosts[1]"),
        ({"rollout": PREVIEWED}, {}, "server.rollout.blue_green.preview_host"),
        # The names are the server's own, and the origins beside them hold the host all the same.
        ({"env": {"MCP_ALLOWED_HOSTS": "*"}}, {"host": SECRET, "cors": {}}, "edge.host"),
    ],
)
def test_a_secret_host_is_refused_at_its_key(server: dict[str, Any], edge: dict[str, Any], path: str) -> None:
    with pytest.raises(FindingsError) as refused:
        record(lambda: with_secret_host(server, **edge))
    assert {(finding.code, finding.path) for finding in refused.value.findings} == {("MCP107", path)}
    assert "hunter2" not in str(refused.value)


@pytest.mark.grid
def test_a_secret_host_that_the_server_is_not_told_is_no_matter_here() -> None:
    """Where both lists are the server's own, the environment holds no host of the edge."""
    own = {"MCP_ALLOWED_HOSTS": "*", "MCP_ALLOWED_ORIGINS": "*"}
    run = record(lambda: with_secret_host({"env": own}, host=SECRET, cors={}))
    (container,) = run.manifest("Deployment")["spec"]["template"]["spec"]["containers"]
    assert own.items() <= {one["name"]: one.get("value") for one in container["env"]}.items()


@pytest.mark.parametrize(
    ("server", "path"),
    [
        ({"port": 8000}, "server.port"),
        ({"max_tool_seconds": 60}, "server.max_tool_seconds"),
        ({"name": "orders"}, "server.name"),
        ({"path": "/mcp"}, "server.path"),
    ],
)
def test_what_the_plan_needs_has_to_be_known(server: dict[str, Any], path: str) -> None:
    def build() -> None:
        with_outputs(**{key: pulumi.Output.from_input(value) for key, value in server.items()})

    with pytest.raises(SettingsError) as refused:
        record(build)
    (problem,) = refused.value.problems
    assert (problem.path, problem.problem) == (path, "It is an Output, and has to be known in the preview.")


@pytest.mark.parametrize("pooler", ["none", "pgbouncer"])
def test_what_names_an_object_of_another_resource_may_be_known_later(pooler: str) -> None:
    """A ConfigMap or a Secret that the program makes, and a health check of Route 53, end in a field of an object."""

    def made(give: Callable[[str], Any]) -> object:
        def build() -> None:
            McpRegion(
                "orders",
                region={"name": "us-1"},
                workload={"peak_sessions": 100},
                edge={
                    "host": "mcp.example.com",
                    "implementation": "envoy-gateway",
                    "backend_tls": {"hostname": "orders.internal", "ca_config_map": give("internal")},
                    "dns": {"routing": "failover", "failover": "primary", "health_check_id": give("abc-1")},
                },
                server={"image": "registry.example/mcp:1.2.0", "serves_tls": True},
                secrets={"source": "existing"},
                database={
                    "host": "db.example.com",
                    "pooler": pooler,  # type: ignore[typeddict-item]
                    "tls_mode": "verify-full",
                    "ca": {"config_map": give("database")},
                    "max_connections": 420,
                    "query_milliseconds": 50,
                },
                monitoring={
                    "monitor": "pod-monitor",
                    "scheme": "https",
                    "authority": {"secret": give("metrics")},
                    "token": {"secret": give("token")},
                },
            )

        record(build, preview=True)
        return record(build).manifests()

    assert made(lambda name: pulumi.Output.from_input(name).apply(str)) == made(str)
