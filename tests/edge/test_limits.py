"""Sizes and rates at the edge, by hand and by implementation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS
from pulumi_kubernetes_mcp.edge.limits import body_size, envoy_buffer, envoy_rates, per_minute, undone
from pulumi_kubernetes_mcp.settings.keys.edge_limits import RateLimit
from tests.edge.test_cases import found, made, planned, spec, way_in

ENVOY: dict[str, Any] = {"host": "mcp.example.com", "implementation": "envoy-gateway"}
INGRESS: dict[str, Any] = {"host": "mcp.example.com", "kind": "ingress"}
FAMILY = "nginx.ingress.kubernetes.io/"
SIZE = re.compile(r"(\d+)(k|m|Ki|Mi)")


def limit(requests: int = 60, **keys: Any) -> RateLimit:
    return RateLimit.model_validate({"requests": requests, **keys})


def notes(edge: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = made(edge, idleConnectionSeconds=75).manifest("Ingress", "mcp-server")["metadata"][
        "annotations"
    ]
    return found


def test_a_largest_body_in_the_words_of_each() -> None:
    assert spec(way_in({**ENVOY, "maxBody": "2Mi"}), "BackendTrafficPolicy")["requestBuffer"] == {"limit": "2Mi"}
    assert "requestBuffer" not in spec(way_in(ENVOY), "BackendTrafficPolicy")
    assert notes({**INGRESS, "maxBody": "1536Ki"})[f"{FAMILY}proxy-body-size"] == "1536k"
    assert notes(INGRESS)[f"{FAMILY}proxy-body-size"] == "4m"
    fabric = way_in({"host": "mcp.example.com", "implementation": "nginx-gateway-fabric", "maxBody": "1Mi"})
    assert spec(fabric, "ClientSettingsPolicy")["body"] == {"maxSize": "1m"}


@given(size=st.integers(1, 2**32))
def test_no_size_is_written_smaller_than_it_was_given(size: int) -> None:
    """A request of exactly the size passes, and the next KiB does not."""
    for text in (body_size(size), envoy_buffer(size)["requestBuffer"]["limit"]):
        match = SIZE.fullmatch(text)
        assert match is not None
        written = int(match[1]) * (2**20 if match[2][0].lower() == "m" else 2**10)
        assert size <= written < size + 1024


def test_calls_of_tools_are_counted_for_each_address_of_both_families() -> None:
    header = {"name": "Mcp-Method", "type": "Exact", "value": "tools/call"}
    assert envoy_rates([limit(methods=["tools/call"])]) == {
        "rateLimit": {
            "local": {
                "rules": [
                    {
                        "clientSelectors": [{"headers": [header], "sourceCIDR": {"type": "Distinct", "value": family}}],
                        "limit": {"requests": 60, "unit": "Minute"},
                    }
                    for family in ("0.0.0.0/0", "::/0")
                ]
            }
        }
    }


def test_several_methods_share_one_number_and_the_route_has_one_of_its_own() -> None:
    told = envoy_rates(
        [
            limit(by="route", unit="second"),
            limit(by="route", methods=["tools/call", "prompts/get"], counted="together", unit="hour"),
        ]
    )["rateLimit"]
    assert told["local"]["rules"] == [{"limit": {"requests": 60, "unit": "Second"}}]
    (rule,) = told["global"]["rules"]
    (header,) = rule["clientSelectors"][0]["headers"]
    assert re.fullmatch(header["value"], "tools/call")
    assert re.fullmatch(header["value"], "prompts/get")
    assert not re.fullmatch(header["value"], "tools/list")
    assert rule["limit"] == {"requests": 60, "unit": "Hour"}


@pytest.mark.grid
def test_annotations_count_addresses() -> None:
    told = notes({**INGRESS, "rateLimits": [{"requests": 5, "unit": "second"}, {"requests": 100}]})
    assert (told[f"{FAMILY}limit-rps"], told[f"{FAMILY}limit-rpm"]) == ("5", "100")
    told = notes({**INGRESS, "implementation": "haproxy", "rateLimits": [{"requests": 900, "unit": "hour"}]})
    assert told["haproxy.org/rate-limit-requests"] == "900"
    assert told["haproxy.org/rate-limit-period"] == "1h"
    assert told["haproxy.org/rate-limit-status-code"] == "429"


@pytest.mark.parametrize(("unit", "expected"), [("second", 3600), ("minute", 60), ("hour", 1)])
def test_what_passes_in_a_minute(unit: str, expected: float) -> None:
    assert per_minute(limit(60, unit=unit)) == expected


@pytest.mark.parametrize(
    ("implementation", "limits", "expected"),
    [
        ("envoy-gateway", [{}, {"methods": ["tools/call"]}, {"by": "route", "counted": "together"}], []),
        ("envoy-gateway", [{"by": "route"}, {"by": "route"}], [1]),
        ("envoy-gateway", [{"by": "route"}, {"by": "route", "counted": "together"}], []),
        ("envoy-gateway", [{"by": "route"}, {"by": "route", "methods": ["tools/call"]}], []),
        ("nginx", [{}, {"unit": "second"}], []),
        ("nginx", [{}, {}], [1]),
        ("nginx", [{"unit": "hour"}], [0]),
        ("nginx", [{"methods": ["tools/call"]}], [0]),
        ("nginx", [{"by": "route"}], [0]),
        ("nginx", [{"counted": "together"}], [0]),
        ("haproxy", [{}], []),
        ("haproxy", [{"unit": "hour"}, {"unit": "second"}], [1]),
        ("istio", [{}], [0]),
        ("gke", [{}], [0]),
    ],
)
def test_which_limits_an_edge_keeps(implementation: str, limits: list[dict[str, Any]], expected: list[int]) -> None:
    rules = [limit(**one) for one in limits]
    assert [place for place, _ in undone(IMPLEMENTATIONS[implementation], rules)] == expected


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        ({**ENVOY, "maxBody": "4Mi"}, []),
        ({**ENVOY, "maxBody": "4097Ki"}, ["warning MCP345 mcp:edge.maxBody"]),
        ({**ENVOY, "maxBody": "0Mi"}, ["error MCP344 mcp:edge.maxBody"]),
        ({**ENVOY, "implementation": "istio", "maxBody": "4Mi"}, ["error MCP344 mcp:edge.maxBody"]),
        ({**INGRESS, "rateLimits": [{"requests": 9000, "by": "route"}]}, ["error MCP346 mcp:edge.rateLimits[0]"]),
    ],
)
def test_what_is_said_of_sizes_and_rates(edge: dict[str, Any], expected: list[str]) -> None:
    told = found(planned(edge, idleConnectionSeconds=75), "MCP34")
    assert [f"{one.severity} {one.code} {one.path}" for one in told] == expected


def test_a_method_is_not_seen_in_a_legacy_era() -> None:
    edge = {**ENVOY, "rateLimits": [{"requests": 9, "methods": ["tools/call"]}, {"requests": 9}]}
    assert found(planned(edge), "MCP348") == []
    (finding,) = found(planned(edge, eras=["modern", "legacy-stateless"]), "MCP348")
    assert finding.path == "mcp:edge.rateLimits[0].methods"
