"""The readiness sidecar: what it asks of which server, where it stands, what it counts, and what is refused."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp.kubernetes.made import Made
from pulumi_kubernetes_mcp.pod_amounts import around, server_pod
from pulumi_kubernetes_mcp.server.args import patched_objects, server_spec, service_findings
from pulumi_kubernetes_mcp.server.keys import ServiceKeys
from tests.probe_runner.test_objects import STACK, planned

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "registry.example.com/acme/mcp-probe:1.0.0"
LEAST: dict[str, Any] = {"image": "registry.example.com/acme/orders:1.0.0", "namespace": "mcp"}
RULES = {"MCP105", "MCP627", "MCP628", "MCP629"}


def pod(**given: Any) -> dict[str, Any]:
    keys = ServiceKeys.model_validate({**LEAST, **given}, by_name=True)
    made: Made = patched_objects(server_spec("orders", keys), keys)[0]["deployment"]
    spec: dict[str, Any] = made.body["spec"]["template"]["spec"]
    return spec


def codes(**given: Any) -> set[tuple[str, str]]:
    """The codes of the rules about readiness, each with its path."""
    keys = ServiceKeys.model_validate({**LEAST, **given}, by_name=True)
    found = service_findings(server_spec("orders", keys), keys)
    return {(one.code, one.path) for one in found if one.code in RULES}


def asking(**given: Any) -> dict[str, Any]:
    return {"readiness_sidecar": {"image": IMAGE, **given}}


@pytest.mark.parametrize(
    ("eras", "asked"),
    [
        (["modern"], "modern"),
        # Never initialize where it can be avoided.
        (["legacy-stateful", "modern"], "modern"),
        (["legacy-stateful", "legacy-stateless"], "legacy-stateless"),
        (["sse", "legacy-stateful"], "legacy-stateful"),
    ],
)
def test_it_asks_in_the_era_that_leaves_least(eras: list[str], asked: str) -> None:
    spec = pod(eras=eras, path="/orders", port=8080, **asking(interval_seconds=20, timeout_seconds=7, port=9000))
    (sidecar,) = spec["initContainers"]
    words = (
        "mcp-stack probe http://localhost:8080/orders --era {} --serve --listen 0.0.0.0:9000 --interval 20 --timeout 7"
    )
    assert shlex.join(sidecar["command"]) == words.format(asked)
    assert sidecar["restartPolicy"] == "Always"
    probe = sidecar["readinessProbe"]
    (port,) = sidecar["ports"]
    assert (probe["httpGet"]["path"], probe["httpGet"]["port"]) == ("/ready", port["name"])
    assert (port["containerPort"], probe["periodSeconds"]) == (9000, 20)
    # The server would wait for it for ever.
    assert "startupProbe" not in sidecar
    assert sidecar["securityContext"] == spec["containers"][0]["securityContext"]


def test_it_stands_behind_all_that_starts_before_the_server() -> None:
    beside = {
        "sidecars": [{"name": "proxy", "image": "registry.example.com/proxy:1.0.0"}],
        "init_containers": [{"name": "migrate", "image": "registry.example.com/migrate:1.0.0"}],
    }
    assert [one["name"] for one in pod(**beside, **asking())["initContainers"]] == ["proxy", "migrate", "readiness"]


def test_without_the_key_there_is_none() -> None:
    assert "initContainers" not in pod()


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, {("MCP105", "health_path")}),
        (asking(), set()),
        ({**asking(), "health_path": "/healthz"}, {("MCP627", "readiness_sidecar")}),
        ({**asking(), "probes": {"readiness": {"command": ["ask"]}}}, {("MCP627", "readiness_sidecar")}),
        ({**asking(), "probes": {"liveness": {"command": ["ask"]}}}, set()),
        ({**asking(), "eras": ["legacy-stateful"]}, {("MCP628", "readiness_sidecar.interval_seconds")}),
        ({**asking(), "eras": ["legacy-stateful", "modern"]}, set()),
        (asking(interval_seconds=5, timeout_seconds=5), set()),
        (asking(interval_seconds=5, timeout_seconds=6), {("MCP629", "readiness_sidecar.timeout_seconds")}),
        ({**asking(), "port": 9810}, {("MCP629", "readiness_sidecar.port")}),
        ({**asking(), "metrics_port": 9810}, {("MCP629", "readiness_sidecar.port")}),
        ({**asking(), "serves_tls": True}, {("MCP629", "readiness_sidecar")}),
        ({**asking(), "eras": ["sse"]}, {("MCP629", "readiness_sidecar")}),
        (
            {**asking(), "sidecars": [{"name": "readiness", "image": IMAGE, "port": 9810}]},
            {("MCP629", "readiness_sidecar.port"), ("MCP629", "readiness_sidecar")},
        ),
    ],
)
def test_what_cannot_ask_or_costs_is_said(given: dict[str, Any], found: set[tuple[str, str]]) -> None:
    assert codes(**given) == found


def test_sessions_are_counted_in_words() -> None:
    keys = ServiceKeys.model_validate(
        {**LEAST, "eras": ["legacy-stateful"], **asking(interval_seconds=30)}, by_name=True
    )
    (said,) = [one for one in service_findings(server_spec("orders", keys), keys) if one.code == "MCP628"]
    assert "120 sessions an hour" in said.problem


def test_the_example_of_the_page_is_planned_with_what_it_requests() -> None:
    page = (ROOT / "docs" / "probing.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"<!-- readiness: .*? -->\n\n```yaml\n(.*?)```", page, re.DOTALL)
    without = planned().servers[0].settings
    beside = (
        planned(**{"mcp:server": {**STACK["mcp:server"], **yaml.safe_load(text)["mcp:server"]}}).servers[0].settings
    )
    requests = {"requests": {"cpu": "100m", "memory": "256Mi"}}
    assert around(beside).beside == (20, 80 * 2**20)
    less, more = server_pod(without, requests), server_pod(beside, requests)
    assert (more[0] - less[0], more[1] - less[1]) == (20, 80 * 2**20)
