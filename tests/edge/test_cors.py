"""Web pages at the edge: what a browser is answered, and whose Origin is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.edge.args import edge_spec
from pulumi_kubernetes_mcp.edge.checks import ingress_findings
from pulumi_kubernetes_mcp.edge.keys import IngressKeys
from pulumi_kubernetes_mcp.edge.objects import edge_objects
from pulumi_kubernetes_mcp.wiring import environment
from tests.edge.test_cases import found, made, planned, spec, way_in

APP = "https://app.example.com"
ENVOY: Mapping[str, Any] = {"host": "mcp.example.com", "implementation": "envoy-gateway"}


@pytest.mark.grid
def test_a_page_may_send_what_its_era_needs_and_read_what_it_must_answer_with() -> None:
    run = made({**ENVOY, "cors": {"origins": [APP], "headers": ["Mcp-Param-Region", "authorization"]}})
    assert spec(run, "SecurityPolicy") == {
        "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "mcp-server"}],
        "cors": {
            "allowOrigins": [APP],
            "allowMethods": ["POST", "OPTIONS"],
            "allowHeaders": [
                *("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Authorization", "traceparent"),
                *("Content-Type", "Mcp-Param-Region"),
            ],
            "exposeHeaders": ["WWW-Authenticate", "Retry-After"],
            "maxAge": "7200s",
        },
        "authorization": {
            "defaultAction": "Deny",
            "rules": [
                {"name": "no-origin", "action": "Allow", "cel": "!('origin' in request.headers)"},
                {
                    "name": "listed-origins",
                    "action": "Allow",
                    "principal": {"headers": [{"name": "Origin", "values": [APP, "https://mcp.example.com"]}]},
                },
            ],
        },
    }
    container = spec(run, "Deployment")["template"]["spec"]["containers"][0]
    assert {"name": "MCP_ALLOWED_ORIGINS", "value": f"{APP},https://mcp.example.com"} in container["env"]


def test_a_session_id_is_read_and_a_session_is_ended_by_pages_of_legacy_eras() -> None:
    cors = spec(way_in({**ENVOY, "cors": {"origins": [APP]}}, eras=["modern", "legacy-stateless"]), "SecurityPolicy")[
        "cors"
    ]
    assert cors["allowMethods"] == ["GET", "POST", "DELETE", "OPTIONS"]
    assert cors["exposeHeaders"][0] == "Mcp-Session-Id"
    assert {"Mcp-Session-Id", "Last-Event-ID"} <= set(cors["allowHeaders"])


def test_an_edge_that_cannot_is_told_nothing_and_no_fault_of_ours() -> None:
    """What it cannot do is a finding; a patch makes the objects of the route before that is said."""
    patch = {"kind": "HTTPRoute", "patch": {"metadata": {"annotations": {"acme.example.com/team": "orders"}}}}
    keys = IngressKeys.model_validate(
        {
            "namespace": "shop", "host": "mcp.example.com", "service_name": "orders", "implementation": "gke",
            "cors": {"origins": [APP]}, "patches": [patch],
        }
    )  # fmt: skip
    assert "MCP341" in {one.code for one in ingress_findings(keys)}
    assert "filters" not in edge_objects(edge_spec("orders", keys), keys)["route"].body["spec"]["rules"][0]


def test_no_page_at_all() -> None:
    """Nothing to answer to a preflight: every Origin but the server's own is refused."""
    policy = spec(way_in({**ENVOY, "cors": {}}), "SecurityPolicy")
    assert "cors" not in policy
    assert policy["authorization"]["rules"][1]["principal"]["headers"][0]["values"] == ["https://mcp.example.com"]


def test_every_page() -> None:
    policy = spec(way_in({**ENVOY, "cors": {"origins": ["*"]}}), "SecurityPolicy")
    assert policy["cors"]["allowOrigins"] == ["*"]
    assert "authorization" not in policy
    assert "allowCredentials" not in policy["cors"]


def test_names_below_another_are_told_by_their_end() -> None:
    rules = spec(way_in({**ENVOY, "cors": {"origins": ["https://*.example.org:8443"]}}), "SecurityPolicy")[
        "authorization"
    ]["rules"]
    assert rules[-1]["cel"] == (
        "request.headers['origin'].startsWith('https://') && request.headers['origin'].endsWith('.example.org:8443')"
    )


@pytest.mark.parametrize("implementation", ["istio", "kgateway"])
def test_a_filter_of_the_route_says_the_same(implementation: str) -> None:
    run = way_in({"host": "mcp.example.com", "implementation": implementation, "cors": {"origins": [APP]}})
    (rule,) = spec(run, "HTTPRoute")["rules"]
    (told,) = rule["filters"]
    assert told["type"] == "CORS"
    assert told["cors"]["maxAge"] == 7200
    assert told["cors"]["allowOrigins"] == [APP]


def test_nginx_is_told_that_credentials_are_off() -> None:
    edge = {"host": "mcp.example.com", "kind": "ingress", "implementation": "nginx"}
    run = way_in({**edge, "cors": {"origins": [APP, "https://b.example.com"]}}, idleConnectionSeconds=75)
    notes = run.manifest("Ingress", "mcp-server")["metadata"]["annotations"]
    family = "nginx.ingress.kubernetes.io/"
    assert notes[f"{family}enable-cors"] == "true"
    assert notes[f"{family}cors-allow-origin"] == f"{APP}, https://b.example.com"
    assert notes[f"{family}cors-allow-credentials"] == "false"


def test_the_server_lets_in_what_the_edge_does() -> None:
    plan = planned({**ENVOY, "hosts": ["b.example.com"], "cors": {"origins": [APP]}})
    own = "https://mcp.example.com,https://b.example.com"
    assert environment(plan.first, None)["MCP_ALLOWED_ORIGINS"] == f"{APP},{own}"
    assert environment(planned({**ENVOY, "cors": {}}).first, None)["MCP_ALLOWED_ORIGINS"] == "https://mcp.example.com"
    assert "MCP_ALLOWED_ORIGINS" not in environment(planned(ENVOY).first, None)


NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)


@pytest.mark.grid
@given(names=st.lists(NAMES, min_size=1, max_size=4), port=st.integers(1, 65535).filter(lambda port: port != 443))
def test_every_listed_origin_is_let_in_and_no_name_that_only_ends_alike(names: list[str], port: int) -> None:
    """Judged by the words of the expression itself: a beginning and an end, which Python has too."""
    below = ".".join([*names, "example", "org"])
    keys = IngressKeys.model_validate(
        {
            "namespace": "shop", "host": "mcp.example.com", "service_name": "orders", "implementation": "envoy-gateway",
            "cors": {"origins": [f"https://*.{below}:{port}"]},
        }
    )  # fmt: skip
    cel = edge_objects(edge_spec("orders", keys), keys)["access"].body["spec"]["authorization"]["rules"][-1]["cel"]

    def allowed(origin: str) -> bool:
        words = cel.replace("&&", "and").replace("startsWith", "startswith").replace("endsWith", "endswith")
        return bool(eval(words, {"request": type("Request", (), {"headers": {"origin": origin}})}))

    assert allowed(f"https://a.{below}:{port}")
    for other in (f"https://a{below}:{port}", f"http://a.{below}:{port}", f"https://a.{below}", f"https://{below}:1"):
        assert not allowed(other)


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("https://app.example.com/", "is not an origin"),
        ("app.example.com", "is not an origin"),
        ("https://App.example.com", "in lower case"),
        ("https://app.example.com:443", "Leave out the default port"),
        ("http://app.example.com:80", "Leave out the default port"),
        ("https://*", "is not an origin"),
    ],
)
def test_what_is_no_origin(origin: str, words: str) -> None:
    with pytest.raises(Exception, match=words):
        planned({**ENVOY, "cors": {"origins": [origin]}})


@pytest.mark.parametrize(
    ("implementation", "cors", "expected"),
    [
        ("envoy-gateway", {"origins": ["*"], "credentials": True}, ["MCP340 mcp:edge.cors.origins"]),
        ("envoy-gateway", {"origins": ["*"], "refuseOthers": True}, ["MCP340 mcp:edge.cors.origins"]),
        ("envoy-gateway", {"origins": ["*"]}, []),
        ("cilium", {"origins": [APP]}, ["MCP341 mcp:edge.cors.origins"]),
        ("istio", {"origins": [APP]}, []),
        ("istio", {"origins": [APP], "refuseOthers": True}, ["MCP342 mcp:edge.cors.refuseOthers"]),
        ("istio", {}, ["MCP342 mcp:edge.cors"]),
        ("istio", {"origins": [APP], "refuseOthers": False}, []),
        ("envoy-gateway", {"origins": [APP], "refuseOthers": False}, []),
    ],
)
def test_what_an_edge_cannot_do_is_refused(implementation: str, cors: object, expected: list[str]) -> None:
    plan = planned({"host": "mcp.example.com", "implementation": implementation, "cors": cors})
    assert [f"{one.code} {one.path}" for one in found(plan, "MCP34")] == expected
