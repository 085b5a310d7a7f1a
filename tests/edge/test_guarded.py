"""A service that is asked before the server, and the largest headers: by implementation."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.edge.abilities import AUTHORIZATION, HEADERS, NO_AUTHORIZATION, NO_HEADERS
from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS
from pulumi_kubernetes_mcp.rules.edge import server_header_findings
from tests.edge.test_cases import found, planned, spec, way_in

ENVOY: dict[str, Any] = {"host": "mcp.example.com", "implementation": "envoy-gateway"}
ASKED: dict[str, Any] = {"service": "keeper", "port": 9000}
SEEN = ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Authorization", "traceparent"]


def test_every_implementation_can_or_has_a_reason() -> None:
    for can, cannot in ((AUTHORIZATION, NO_AUTHORIZATION), (HEADERS, NO_HEADERS)):
        assert {*can, *cannot} == set(IMPLEMENTATIONS)
        assert set(can).isdisjoint(cannot)


def test_envoy_asks_by_http_and_lets_nothing_pass_without_an_answer() -> None:
    told = {**ASKED, "path": "/check", "headers": ["X-Tenant", "authorization"], "passed": ["X-User"]}
    policy = spec(way_in({**ENVOY, "externalAuthorization": told}), "SecurityPolicy")
    assert policy["targetRefs"] == [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "mcp-server"}]
    assert policy["extAuth"] == {
        "http": {
            "backendRefs": [{"group": "", "kind": "Service", "name": "keeper", "port": 9000}],
            "pathOverride": "/check",
            "headersToBackend": ["X-User"],
        },
        "headersToExtAuth": [*SEEN, "X-Tenant"],
        "timeout": "5s",
        "failOpen": False,
    }


def test_envoy_asks_by_grpc() -> None:
    told = {**ASKED, "protocol": "grpc", "namespace": "access", "timeoutSeconds": 1}
    asked = spec(way_in({**ENVOY, "externalAuthorization": told}), "SecurityPolicy")["extAuth"]
    (backend,) = asked["grpc"]["backendRefs"]
    assert (backend["namespace"], asked["timeout"], asked["failOpen"]) == ("access", "1s", False)
    assert "http" not in asked


def test_what_everybody_may_read_is_a_rule_of_its_own() -> None:
    run = way_in({**ENVOY, "externalAuthorization": ASKED, "cors": {"origins": ["https://a.example.com"]}},
               authorization=True)  # fmt: skip
    rules = {rule["name"]: rule for rule in spec(run, "HTTPRoute")["rules"]}
    assert list(rules) == ["mcp", "metadata"]
    paths = {name: [match["path"]["value"] for match in rule["matches"]] for name, rule in rules.items()}
    assert paths["mcp"] == ["/mcp", "/mcp/"]
    assert all(path.startswith("/.well-known/") for path in paths["metadata"])
    assert rules["mcp"]["backendRefs"] == rules["metadata"]["backendRefs"]
    asked = spec(run, "SecurityPolicy")
    opened = spec(run, "SecurityPolicy", "mcp-server-open")
    assert (asked["targetRefs"][0]["sectionName"], opened["targetRefs"][0]["sectionName"]) == ("mcp", "metadata")
    assert {key: value for key, value in asked.items() if key not in ("extAuth", "targetRefs")} == {
        key: value for key, value in opened.items() if key != "targetRefs"
    }
    assert "extAuth" in asked


def test_the_paths_of_an_oauth_proxy_are_open_and_further_ones_are_not() -> None:
    edge = {**ENVOY, "externalAuthorization": ASKED, "oauthProxy": True, "paths": [{"path": "/files"}]}
    rules = {
        rule["name"]: [match["path"]["value"] for match in rule["matches"]]
        for rule in spec(way_in(edge), "HTTPRoute")["rules"]
    }
    assert "/files" in rules["mcp"]
    assert {"/authorize", "/token", "/register"} <= set(rules["metadata"])


def test_kgateway_names_an_extension() -> None:
    edge = {"host": "mcp.example.com", "implementation": "kgateway", "externalAuthorization": ASKED}
    run = way_in(edge, authorization=True)
    extension = spec(run, "GatewayExtension")["extAuth"]
    assert extension["failOpen"] is False
    assert extension["httpService"]["backendRef"] == {"group": "", "kind": "Service", "name": "keeper", "port": 9000}
    reference = {"extensionRef": {"name": "mcp-server"}}
    asking = spec(run, "TrafficPolicy", "mcp-server-asking")
    assert (asking["targetRefs"][0]["sectionName"], asking["extAuth"]) == ("mcp", reference)
    assert asking["timeouts"] == spec(run, "TrafficPolicy")["timeouts"]
    assert "extAuth" not in spec(run, "TrafficPolicy")
    assert spec(way_in(edge), "TrafficPolicy")["extAuth"] == reference


def test_istio_asks_a_provider_about_the_hosts_of_the_server_alone() -> None:
    edge = {"host": "mcp.example.com", "implementation": "istio", "externalAuthorization": {"provider": "keeper"}}
    run = way_in(edge, authorization=True)
    policy = run.manifest("AuthorizationPolicy", "mcp-prod-us-east-mcp-server-authorization")
    assert policy["metadata"]["namespace"] == "gateway-system"
    assert (policy["spec"]["action"], policy["spec"]["provider"]) == ("CUSTOM", {"name": "keeper"})
    ((operation,),) = [[one["operation"] for one in rule["to"]] for rule in policy["spec"]["rules"]]
    assert operation["hosts"] == ["mcp.example.com", "mcp.example.com:*"]
    assert "/.well-known/oauth-protected-resource" in operation["notPaths"]
    assert not any(path.startswith("/mcp") for path in operation["notPaths"])


def test_nginx_asks_in_one_ingress_and_not_in_the_other() -> None:
    edge = {"host": "mcp.example.com", "kind": "ingress", "clusterIssuer": "letsencrypt",
            "externalAuthorization": {**ASKED, "path": "/check", "passed": ["X-User"]}}  # fmt: skip
    run = way_in(edge, authorization=True, idleConnectionSeconds=75)
    family, ingress = "nginx.ingress.kubernetes.io/", run.manifest("Ingress", "mcp-server")
    notes = ingress["metadata"]["annotations"]
    assert notes[f"{family}auth-url"] == "http://keeper.mcp-prod-us-east.svc.cluster.local:9000/check"
    assert notes[f"{family}auth-response-headers"] == "X-User"
    opened = run.manifest("Ingress", "mcp-server-open")
    assert f"{family}auth-url" not in opened["metadata"]["annotations"]
    assert "cert-manager.io/cluster-issuer" not in opened["metadata"]["annotations"]
    assert opened["spec"]["tls"] == ingress["spec"]["tls"]
    served = [{path["path"] for path in one["spec"]["rules"][0]["http"]["paths"]} for one in (ingress, opened)]
    assert served[0] == {"/mcp", "/mcp/"}
    assert "/.well-known/oauth-protected-resource" in served[1]


def test_largest_headers_are_a_patch_of_the_listener_or_a_field_of_it() -> None:
    patch = way_in({**ENVOY, "maxHeaders": "1100k"}).manifest("EnvoyPatchPolicy", "mcp-prod-us-east-mcp-server-headers")
    assert patch["metadata"]["namespace"] == "gateway-system"
    ((kind, operation),) = [(one["type"], one["operation"]) for one in patch["spec"]["jsonPatches"]]
    assert kind == "type.googleapis.com/envoy.config.listener.v3.Listener"
    assert (operation["path"], operation["value"]) == ("/typed_config/max_request_headers_kb", 1075)
    run = way_in({"host": "mcp.example.com", "implementation": "kgateway", "maxHeaders": "16Ki"})
    policy = run.manifest("ListenerPolicy")
    assert policy["spec"]["default"] == {"httpSettings": {"maxRequestHeadersKb": 16}}


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        ({**ENVOY, "externalAuthorization": {"port": 9000}}, ["MCP353 mcp:edge.externalAuthorization.service"]),
        ({**ENVOY, "implementation": "istio", "externalAuthorization": ASKED},
         ["MCP353 mcp:edge.externalAuthorization.provider"]),
        ({**ENVOY, "implementation": "gke", "externalAuthorization": ASKED}, ["MCP353 mcp:edge.externalAuthorization"]),
        ({**ENVOY, "kind": "ingress", "implementation": "nginx",
          "externalAuthorization": {**ASKED, "protocol": "grpc"}},
         ["MCP353 mcp:edge.externalAuthorization.protocol"]),
        ({**ENVOY, "maxHeaders": "16Ki"}, []),
        ({**ENVOY, "maxHeaders": "16Ki", "gateway": {"section": None}}, ["MCP354 mcp:edge.maxHeaders"]),
        ({**ENVOY, "maxHeaders": "1Ki"}, []),
        ({**ENVOY, "maxHeaders": "8Mi"}, []),
        ({**ENVOY, "maxHeaders": "9Mi"}, ["MCP354 mcp:edge.maxHeaders"]),
        ({**ENVOY, "maxHeaders": "0"}, ["MCP354 mcp:edge.maxHeaders"]),
        ({**ENVOY, "implementation": "istio", "maxHeaders": "16Ki"}, ["MCP354 mcp:edge.maxHeaders"]),
    ],
)  # fmt: skip
def test_what_an_edge_is_not_told_is_refused(edge: dict[str, Any], expected: list[str]) -> None:
    plan = planned(edge, idleConnectionSeconds=75)
    assert [f"{one.code} {one.path}" for one in found(plan, "MCP35") if one.severity == "error"] == expected


def test_a_patch_of_headers_is_one_that_the_platform_has_to_allow() -> None:
    (finding,) = found(planned({**ENVOY, "maxHeaders": "16Ki"}), "MCP337")
    assert finding.path == "mcp:edge.maxHeaders"
    assert found(planned({**ENVOY, "implementation": "kgateway", "maxHeaders": "16Ki"}), "MCP337") == []


@pytest.mark.parametrize(
    ("told", "implementation", "unread"),
    [
        ({**ASKED, "provider": "keeper"}, "envoy-gateway", ["provider"]),
        ({**ASKED, "protocol": "grpc", "path": "/check", "passed": ["X-User"]}, "envoy-gateway", ["path", "passed"]),
        ({"provider": "keeper", "port": 9000}, "istio", ["port"]),
        ({**ASKED, "headers": ["X-Tenant"], "timeoutSeconds": 9}, "nginx", ["headers", "timeoutSeconds"]),
        (ASKED, "kgateway", []),
    ],
)
def test_what_nobody_hands_on_is_told_of(told: dict[str, Any], implementation: str, unread: list[str]) -> None:
    kind = {"kind": "ingress"} if implementation == "nginx" else {}
    edge = {"host": "mcp.example.com", "implementation": implementation, **kind, "externalAuthorization": told}
    places = [one.path for one in found(planned(edge, idleConnectionSeconds=75), "MCP324")]
    assert places == [f"mcp:edge.externalAuthorization.{key}" for key in sorted(unread)]


@pytest.mark.parametrize(
    ("size", "taken", "told_of"), [(16384, 16384, False), (16385, 16384, True), (10**6, None, False), (None, 1, False)]
)
def test_headers_that_the_server_refuses(size: int | None, taken: int | None, told_of: bool) -> None:
    assert bool(server_header_findings(size=size, taken=taken, runtime="node", path="p")) == told_of


def test_the_runtime_of_the_stack_decides() -> None:
    edge = {"host": "mcp.example.com", "implementation": "kgateway", "maxHeaders": "32Ki"}
    (finding,) = found(planned(edge, runtime="typescript-v2"), "MCP355")
    assert finding.problem == "The edge takes 32 KiB of headers, and a server on 'typescript-v2' 16 KiB."
    assert found(planned(edge, runtime="python-v2"), "MCP355") == []


@pytest.mark.parametrize("passed", [[], ["X-User"]])
def test_kgateway_hands_on_what_it_is_told_to_of_the_answer(passed: list[str]) -> None:
    edge = {**ENVOY, "implementation": "kgateway", "externalAuthorization": {**ASKED, "passed": passed}}
    asked = spec(way_in(edge), "GatewayExtension")["extAuth"]["httpService"]
    assert asked.get("authorizationResponse") == ({"headersToBackend": passed} if passed else None)
