"""What nobody may switch on unseen: retries of calls that reached the server, compression of streams."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.edge.args import edge_spec
from pulumi_kubernetes_mcp.edge.checks import ingress_findings
from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS
from pulumi_kubernetes_mcp.edge.keys import IngressKeys
from pulumi_kubernetes_mcp.edge.objects import derived_annotations, edge_objects
from pulumi_kubernetes_mcp.rules.edge import annotation_findings, object_findings
from tests.table import table

NGINX, HAPROXY, TRAEFIK = "nginx.ingress.kubernetes.io/", "haproxy.org/", "traefik.ingress.kubernetes.io/"


@table(
    "name, value, expected",
    [
        (f"{NGINX}proxy-next-upstream", "error timeout", []),
        (f"{NGINX}proxy-next-upstream", "error timeout non_idempotent", ["MCP349"]),
        (f"{NGINX}proxy-next-upstream-tries", "3", []),
        (f"{NGINX}configuration-snippet", "gzip on;", ["MCP361", "MCP350"]),
        (f"{NGINX}configuration-snippet", "gzip off;", ["MCP361"]),
        (f"{NGINX}server-snippet", "brotli on; gzip_types text/html;", ["MCP361", "MCP350"]),
        (f"{NGINX}custom-headers", "ingress-nginx/headers", []),
        (f"{HAPROXY}backend-config-snippet", "retry-on conn-failure\noption http-no-delay", []),
        (f"{HAPROXY}backend-config-snippet", "retries 2\nretry-on conn-failure 503", ["MCP349"]),
        (f"{HAPROXY}backend-config-snippet", "retry-on all-retryable-errors\ncompression algo gzip",
         ["MCP349", "MCP350"]),
        (f"{TRAEFIK}router.middlewares", "edge-retry@kubernetescrd", ["MCP349"]),
        (f"{TRAEFIK}router.middlewares", "edge-compress@kubernetescrd", ["MCP350"]),
        (f"{TRAEFIK}router.middlewares", "edge-headers@kubernetescrd", []),
        ("example.com/note", "gzip on; retry-on 503", []),
    ],
)  # fmt: skip
def test_annotations(name: str, value: str, expected: list[str]) -> None:
    found = annotation_findings({name: value}, place=lambda name: f"annotations.{name}")
    assert [one.code for one in found] == expected
    assert all(one.path == f"annotations.{name}" for one in found)


def retry(**keys: Any) -> dict[str, Any]:
    return {"retry": {"numRetries": 2, "retryOn": keys}}


@table(
    "kind, spec, expected",
    [
        ("BackendTrafficPolicy", retry(triggers=["connect-failure", "refused-stream"]), []),
        ("BackendTrafficPolicy", retry(triggers=["connect-failure", "5xx"]), ["MCP349"]),
        ("BackendTrafficPolicy", retry(triggers=["connect-failure"], httpStatusCodes=[503]), ["MCP349"]),
        ("BackendTrafficPolicy", {"retry": {"numRetries": 2}}, ["MCP349"]),
        ("BackendTrafficPolicy", {"compressor": [{"type": "Gzip"}]}, ["MCP350"]),
        ("BackendTrafficPolicy", {"compression": []}, []),
        ("HTTPRoute", {"rules": [{"retry": {"attempts": 2}}]}, ["MCP349"]),
        ("HTTPRoute", {"rules": [{"timeouts": {"request": "0s"}}]}, []),
        ("Ingress", retry(triggers=["5xx"]), []),
    ],
)
def test_objects(kind: str, spec: dict[str, Any], expected: list[str]) -> None:
    assert [one.code for one in object_findings(kind, spec, path="p")] == expected


@pytest.mark.parametrize("implementation", [*IMPLEMENTATIONS])
def test_nothing_that_is_emitted_repeats_a_call_or_compresses_a_stream(implementation: str) -> None:
    """Whatever the kind, with sessions and without."""
    for kind in IMPLEMENTATIONS[implementation].kinds:
        for eras in (["modern"], ["modern", "legacy-stateful"]):
            keys = IngressKeys.model_validate(
                {
                    "namespace": "shop", "host": "mcp.example.com", "service_name": "orders", "kind": kind,
                    "implementation": implementation, "eras": eras,
                }
            )  # fmt: skip
            edge = edge_spec("orders", keys)
            told = {name: str(value) for name, value in derived_annotations(edge, keys).items()}
            assert annotation_findings(told, place=str) == []
            for one in edge_objects(edge, keys).values():
                assert list(object_findings(one.kind, one.body["spec"], path="p")) == []


def test_a_patch_is_told_of_at_its_place() -> None:
    owner = {"kind": "HTTPRoute", "patch": {"metadata": {"labels": {"team": "orders"}}}}
    keys = IngressKeys.model_validate(
        {
            "namespace": "shop", "host": "mcp.example.com", "service_name": "orders", "implementation": "envoy-gateway",
            "patches": [owner, {"kind": "BackendTrafficPolicy",
                                "patch": {"spec": {"retry": {"retryOn": {"triggers": ["gateway-error"]}}}}}],
        }
    )  # fmt: skip
    found = [f"{one.code} {one.path}" for one in ingress_findings(keys)]
    assert found == ["MCP349 patches[1].patch"]
