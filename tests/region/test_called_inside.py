"""Load test and chaos call the Service where no public name is known yet: its policies let them in."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp import McpRegion
from pulumi_kubernetes_mcp.rules.environment import argument_findings
from pulumi_kubernetes_mcp.testing import record

REGION: dict[str, Any] = {
    "region": {"name": "us-east", "environment": "staging"},
    "server": {"image": "ghcr.io/acme/orders:1.4.2", "name": "orders", "health_path": "/healthz"},
    "workload": {
        "daily_users": 500,
        "tools": [{"name": "search", "share_percent": 100, "duration_milliseconds": 200, "response_kib": 4}],
    },
    "load_test": {"scenario": "peak"},
    "chaos": {"experiment": "kill-pod", "image": "ghcr.io/acme/chaos:1.4.2"},
}


def callers(host: Any, **server: Any) -> tuple[set[str], str]:
    """Which of our own callers the server's policies let in, and the address that the experiment calls."""

    def program() -> None:
        later = callable(host)
        edge = {"host": pulumi.Output.from_input(host()) if later else host, "implementation": "envoy-gateway"}
        if server:
            edge["backend_tls"] = {"hostname": "orders.internal", "ca_config_map": "authority"}
        McpRegion("mcp", {**REGION, "server": {**REGION["server"], **server}, "edge": edge})

    bodies = list(record(program).manifests())
    origins = [
        peer.get("podSelector", {}).get("matchLabels", {})
        for body in bodies
        if body["kind"] == "NetworkPolicy"
        and body["spec"]["podSelector"].get("matchLabels", {}).get("app.kubernetes.io/component") == "server"
        for rule in body["spec"].get("ingress", [])
        for peer in rule.get("from", [])
    ]
    found = {"k6" for one in origins if one.get("app") == "k6"}
    found |= {"chaos" for one in origins if "chaos" in str(one.get("app.kubernetes.io/component"))}
    return found, str([body for body in bodies if body["kind"] in ("ConfigMap", "Job", "TestRun", "CronJob")])


@pytest.mark.grid
def test_a_host_that_is_known_later_is_called_by_its_service() -> None:
    found, told = callers(lambda: "mcp.example.com")
    assert found == {"k6", "chaos"}
    assert "http://orders." in told


@pytest.mark.grid
def test_a_public_host_is_called_from_outside() -> None:
    found, told = callers("mcp.example.com")
    assert found == set()
    assert "https://mcp.example.com/mcp" in told


@pytest.mark.grid
def test_a_service_whose_pods_speak_tls_is_called_so() -> None:
    _, told = callers(lambda: "mcp.example.com", serves_tls=True)
    assert "https://orders." in told


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        (["--password", "hunter2"], ["args[0]"]),
        (["--token", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"], ["args[0]"]),
        (["--password", "--verbose"], []),
        (["--api-key=abcd1234efgh5678", "--token", "abcd1234efgh5678"], ["args[0]", "args[1]"]),
        (["ghp_16C7e42F292c6912E7710c838347Ae178B4a", "x"], ["args[0]"]),
    ],
)
def test_a_secret_behind_its_option_is_told_of_once(arguments: list[str], places: list[str]) -> None:
    assert [one.path for one in argument_findings(arguments, path="args")] == places
