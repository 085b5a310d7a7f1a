"""What external-dns is told, and what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.edge.dns import dns_endpoint, route_annotations
from pulumi_kubernetes_mcp.settings.keys.edge import Dns
from tests.region.test_stack_agreement import LEAST, codes, planned
from tests.rules.test_checks import inspected

NEW, OLD = "external-dns.kubernetes.io/", "external-dns.alpha.kubernetes.io/"
CHECK = "4c2c1a9e-0000-4000-8000-5f7f0a3d1e11"


def said(dns: dict[str, Any], prefix: str = NEW, *, targets: bool = False) -> dict[str, str]:
    """The annotations under one prefix, without it."""
    found = route_annotations(Dns(**dns), targets=targets)
    return {name.removeprefix(prefix): value for name, value in found.items() if name.startswith(prefix)}


@pytest.mark.parametrize(
    ("dns", "annotations"),
    [
        ({}, {"ttl": "60"}),
        ({"ttl_seconds": 30, "set_identifier": "x"}, {"ttl": "30"}),
        (
            {"routing": "weighted", "weight": 70, "set_identifier": "us", "health_check_id": CHECK},
            {"ttl": "60", "set-identifier": "us", "aws-weight": "70", "aws-health-check-id": CHECK},
        ),
        (
            {"routing": "latency", "aws_region": "us-east-1", "set_identifier": "us"},
            {"ttl": "60", "set-identifier": "us", "aws-region": "us-east-1"},
        ),
        (
            {"routing": "failover", "failover": "secondary", "set_identifier": "eu"},
            {"ttl": "60", "set-identifier": "eu", "aws-failover": "SECONDARY"},
        ),
        (
            {"routing": "geolocation", "geolocation": {"country": "US", "subdivision": "CA"}, "set_identifier": "us"},
            {
                "ttl": "60",
                "set-identifier": "us",
                "aws-geolocation-country-code": "US",
                "aws-geolocation-subdivision-code": "CA",
            },
        ),
        # A drained region keeps its record where a weight can say so, and has none otherwise.
        (
            {"routing": "weighted", "weight": 70, "set_identifier": "us", "drained": True},
            {"ttl": "60", "set-identifier": "us", "aws-weight": "0"},
        ),
        (
            {"routing": "latency", "aws_region": "us-east-1", "set_identifier": "us", "drained": True},
            {"controller": "none"},
        ),
        # The record is an object of its own, and the route must not make another one.
        ({"form": "endpoint", "targets": ["192.0.2.1"]}, {"controller": "none"}),
    ],
)
def test_the_annotations_of_a_route(dns: dict[str, Any], annotations: dict[str, str]) -> None:
    assert said(dns) == said(dns, OLD) == annotations


def test_targets_are_read_at_an_ingress_and_not_at_a_route() -> None:
    dns = {"targets": ["192.0.2.1", "lb.example.net"]}
    assert said(dns, targets=True) == {"ttl": "60", "target": "192.0.2.1,lb.example.net"}
    assert said(dns) == {"ttl": "60"}


def test_one_prefix_may_be_enough() -> None:
    assert set(route_annotations(Dns(annotation_prefixes=[OLD]), targets=False)) == {f"{OLD}ttl"}


def test_a_record_of_each_kind_for_each_host() -> None:
    dns = Dns(
        form="endpoint",
        routing="weighted",
        weight=40,
        set_identifier="us",
        targets=["192.0.2.1", "2001:db8::1", "lb.example.net", "192.0.2.2"],
    )
    shared = {"recordTTL": 60, "setIdentifier": "us", "providerSpecific": [{"name": "aws/weight", "value": "40"}]}
    kinds = {"A": ["192.0.2.1", "192.0.2.2"], "AAAA": ["2001:db8::1"], "CNAME": ["lb.example.net"]}
    assert dns_endpoint(dns, ["a.example.com", "b.example.com"]) == {
        "endpoints": [
            {"dnsName": host, "recordType": kind, "targets": targets, **shared}
            for host in ("a.example.com", "b.example.com")
            for kind, targets in kinds.items()
        ]
    }


def at(**place: str) -> dict[str, Any]:
    return {"routing": "geolocation", "geolocation": place, "healthCheckId": CHECK}


def found(dns: dict[str, Any]) -> list[tuple[str, str]]:
    plan = inspected(rehearse=False, edge={"implementation": "envoy-gateway", "dns": dns})
    return [(one.code, one.path) for one in plan.findings]


@pytest.mark.parametrize(
    ("dns", "expected"),
    [
        ({}, []),
        ({"routing": "weighted", "weight": 0, "healthCheckId": CHECK}, []),
        ({"routing": "weighted", "healthCheckId": CHECK}, [("MCP332", "routing")]),
        ({"routing": "latency", "healthCheckId": CHECK}, [("MCP332", "routing")]),
        ({"routing": "failover", "healthCheckId": CHECK}, [("MCP332", "routing")]),
        ({"routing": "geolocation", "healthCheckId": CHECK}, [("MCP332", "routing")]),
        (at(continent="EU"), []),
        (at(country="*"), []),
        (at(country="US", subdivision="CA"), []),
        (at(continent="EU", country="DE"), [("MCP333", "geolocation")]),
        (at(continent="NA", subdivision="CA"), [("MCP333", "geolocation")]),
        (at(subdivision="CA"), [("MCP332", "geolocation")]),
        (at(), [("MCP332", "geolocation")]),
        ({"form": "endpoint"}, [("MCP332", "form")]),
        ({"form": "endpoint", "targets": ["192.0.2.1"]}, []),
        ({"weight": 10}, [("MCP333", "routing")]),
        (
            {
                "routing": "latency",
                "awsRegion": "us-east-1",
                "weight": 10,
                "failover": "primary",
                "healthCheckId": CHECK,
            },
            [("MCP333", "routing")],
        ),
        ({"routing": "weighted", "weight": 10}, [("MCP334", "")]),
    ],
)
def test_a_record_is_complete_and_has_one_policy(dns: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """The set identifier of a stack is the name of its region."""
    assert found(dns) == [(code, f"mcp:edge.dns.{key}".rstrip(".")) for code, key in expected]


@pytest.mark.parametrize(
    ("eras", "dns", "expected"),
    [
        (["legacy-stateful"], {"weight": 50}, ["MCP370"]),
        (["modern", "sse"], {"weight": 0}, ["MCP370"]),
        (["legacy-stateful"], {"weight": 50, "drained": True}, []),
        (["modern", "legacy-stateless"], {"weight": 50}, []),
        (["legacy-stateful"], {"routing": "latency", "awsRegion": "us-east-1"}, []),
    ],
)
def test_regions_that_are_drawn_by_weight_lose_sessions(
    eras: list[str], dns: dict[str, Any], expected: list[str]
) -> None:
    """The lab's ``test_region_drain`` shows what becomes of one whose client is led elsewhere."""
    edge = {"implementation": "envoy-gateway", "dns": {"routing": "weighted", "healthCheckId": CHECK, **dns}}
    scaling = {"prometheusAddress": "http://prometheus.monitoring:9090"}
    plan = inspected(rehearse=False, edge=edge, server={**LEAST["mcp:server"], "eras": eras}, scaling=scaling)
    assert [one.code for one in plan.findings if one.path == "mcp:edge.dns.routing"] == expected


SECOND = {"routing": "failover", "failover": "secondary"}


def stack(name: str, **dns: Any) -> Any:
    return planned(name, edge={**LEAST["mcp:edge"], "dns": {"healthCheckId": CHECK, **dns}})


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"routing": "weighted", "weight": 50}, {"routing": "weighted", "weight": 50}, []),
        ({"routing": "weighted", "weight": 1}, {"routing": "weighted", "weight": 50, "drained": True}, []),
        ({"routing": "weighted", "weight": 0}, {"routing": "weighted", "weight": 50, "drained": True}, ["MCP823"]),
        ({"routing": "failover", "failover": "primary"}, {"routing": "failover", "failover": "secondary"}, []),
        # While the first region is drained the second one answers.
        (
            {"routing": "failover", "failover": "primary", "drained": True},
            {"routing": "failover", "failover": "secondary"},
            [],
        ),
        ({"routing": "failover", "failover": "primary"}, {"routing": "failover", "failover": "primary"}, ["MCP823"]),
        (
            {"routing": "failover", "failover": "secondary"},
            {"routing": "failover", "failover": "secondary"},
            ["MCP823"],
        ),
        (
            {"routing": "weighted", "weight": 50, "setIdentifier": "a"},
            {"routing": "weighted", "weight": 50, "setIdentifier": "a"},
            ["MCP821"],
        ),
        ({"routing": "weighted", "weight": 50}, {"routing": "latency", "awsRegion": "eu-west-1"}, ["MCP822"]),
        ({"healthCheckId": None}, {"healthCheckId": None}, ["MCP822"]),
    ],
)
def test_regions_of_one_host(one: dict[str, Any], other: dict[str, Any], expected: list[str]) -> None:
    assert [code for code, _ in codes(stack("us-east", **one), stack("eu-west", **other))] == expected


@pytest.mark.parametrize(("drained", "expected"), [(False, ["MCP823"]), (True, [])])
def test_a_failover_has_one_secondary(drained: bool, expected: list[str]) -> None:
    first = stack("us-east", routing="failover", failover="primary")
    found = codes(first, stack("eu-west", **SECOND), stack("ap-east", **SECOND, drained=drained))
    assert [code for code, _ in found] == expected
