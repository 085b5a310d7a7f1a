"""Rules about what an autoscaler follows, each at its boundary and with its exact words."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.findings import metrics
from pulumi_kubernetes_mcp.findings.model import Finding, Severity


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


def test_a_metric_that_nobody_emits() -> None:
    (finding,) = metrics.absent_metric_findings(
        follow="sessions", dialect="opentelemetry", why="there is none", instead="Follow 'streams'.", path="dialect"
    )
    assert str(finding) == (
        "error MCP219 at dialect: In the dialect 'opentelemetry' nothing counts 'sessions': there is none. Follow "
        "'streams'."
    )


@pytest.mark.parametrize(
    ("dialect", "implementation", "expected"),
    [
        ("envoy", "envoy-gateway", []),
        ("envoy", None, []),
        ("envoy", "nginx", ["MCP219"]),
        ("envoy", "other", ["MCP219"]),
        ("reference", "nginx", []),
    ],
)
def test_envoys_metric_needs_envoy(dialect: str, implementation: str | None, expected: list[str]) -> None:
    assert codes(metrics.gateway_findings(dialect=dialect, implementation=implementation, path="d")) == expected


def test_a_metric_that_is_not_quite_it() -> None:
    assert metrics.inexact_metric_findings(follow="streams", dialect="envoy", besides="", path="d") == []
    (finding,) = metrics.inexact_metric_findings(
        follow="streams", dialect="envoy", besides="counts calls too", path="d"
    )
    assert (finding.code, finding.severity) == ("MCP220", Severity.WARNING)
    assert finding.problem == "In the dialect 'envoy' the metric for 'streams' counts calls too."


@pytest.mark.parametrize(
    ("single", "averages", "hides", "expected"),
    [
        (True, False, False, []),
        (False, False, False, ["error MCP221"]),
        (None, False, False, ["warning MCP222"]),
        (True, True, False, ["error MCP223"]),
        (False, True, False, ["error MCP223"]),
        (True, False, True, ["warning MCP224"]),
        (None, False, True, ["warning MCP222", "warning MCP224"]),
    ],
)
def test_what_a_query_returns(single: bool | None, averages: bool, hides: bool, expected: list[str]) -> None:
    found = metrics.query_findings(single=single, averages=averages, hides_outage=hides, path="query")
    assert [f"{finding.severity} {finding.code}" for finding in found] == expected


@pytest.mark.parametrize(
    ("wanted", "autoscaler", "expected"),
    [(None, "hpa", []), ("'streams'", "keda", []), ("'streams'", "hpa", ["MCP248"])],
)
def test_prometheus_needs_keda(wanted: str | None, autoscaler: str, expected: list[str]) -> None:
    found = metrics.reader_findings(wanted=wanted, autoscaler=autoscaler, path="follow")
    assert codes(found) == expected
    for finding in found:
        assert finding.problem == "A HorizontalPodAutoscaler is to follow 'streams', which is in Prometheus."


def test_one_thing_in_two_ways() -> None:
    assert metrics.said_twice_findings([]) == []
    (finding,) = metrics.said_twice_findings([("query", "dialect", "what Prometheus is asked for")])
    assert str(finding) == (
        "error MCP238 at query: It is given beside dialect; both say what Prometheus is asked for. Keep one of them, "
        "query or dialect."
    )


@pytest.mark.parametrize(
    ("query", "cpu", "target", "words"),
    [
        (False, True, None, None),
        (True, False, None, None),
        (True, True, 3.0, None),
        (True, True, None, "A query is given, and not how much of it one pod takes."),
        (False, False, 0.0, "A target of 0 per pod asks for pods without end."),
        (False, False, -1.0, "A target of -1 per pod asks for pods without end."),
    ],
)
def test_a_query_needs_a_target(query: bool, cpu: bool, target: float | None, words: str | None) -> None:
    found = metrics.target_findings(query=query, follows_cpu=cpu, target=target, path="target_per_pod")
    assert [finding.problem for finding in found] == ([] if words is None else [words])
    assert codes(found) == ["MCP245"] * len(found)


OBJECT = {"api_version": "v1", "kind": "Service", "name": "orders"}
FINE: list[dict[str, Any]] = [
    {"type": "resource", "name": "cpu", "utilization": 80},
    {"type": "resource", "name": "memory", "average_value": "1Gi"},
    {"type": "container-resource", "name": "cpu", "container": "proxy", "utilization": 1},
    {"type": "pods", "name": "calls", "average_value": "500m", "selector": {"a": "b"}},
    {"type": "object", "name": "rps", "described_object": OBJECT, "value": "1k"},
    {"type": "object", "name": "rps", "described_object": OBJECT, "average_value": "10", "selector": {"a": "b"}},
    {"type": "external", "name": "queue", "average_value": "0.5"},
    {"type": "external", "name": "queue", "value": "5", "selector": {"a": "b"}},
]


def test_what_each_kind_of_metric_takes() -> None:
    assert metrics.metric_findings(FINE, autoscaler="hpa", path="metrics") == []


@pytest.mark.parametrize(
    ("metric", "path", "words"),
    [
        ({"type": "pods", "name": "x", "value": "3"}, "",
         "The kind 'pods' takes average_value, and value is given. Give average_value."),
        ({"type": "pods", "name": "x", "utilization": 3}, "",
         "The kind 'pods' takes average_value, and utilization is given. Give average_value."),
        ({"type": "resource", "name": "cpu", "value": "3"}, "",
         "The kind 'resource' takes utilization or average_value, and value is given. Give utilization."),
        ({"type": "external", "name": "x"}, "",
         "The kind 'external' takes value or average_value, and none is given. Give value."),
        ({"type": "external", "name": "x", "value": "3", "average_value": "3"}, "",
         "The kind 'external' takes value or average_value, and average_value and value is given. Give value."),
        ({"type": "resource", "name": "cpu", "utilization": 0}, ".utilization",
         "A target of zero is never reached. Set it above zero."),
        ({"type": "pods", "name": "x", "average_value": "0m"}, ".average_value",
         "A target of zero is never reached. Set it above zero."),
        ({"type": "resource", "name": "disk", "utilization": 3}, ".name",
         "'disk' is no resource of a pod. Give 'cpu' or 'memory'."),
        ({"type": "resource", "name": "cpu", "utilization": 3, "selector": {}}, ".selector",
         "The kind 'resource' has no series to pick. Leave it out."),
        ({"type": "resource", "name": "cpu", "utilization": 3, "container": "a"}, ".container",
         "The kind 'resource' names no container. Leave it out."),
        ({"type": "object", "name": "x", "value": "3"}, ".described_object",
         "The kind 'object' names the object that it describes. Give api_version, kind and name."),
        ({"type": "external", "name": "x", "value": "3", "described_object": OBJECT}, ".described_object",
         "The kind 'external' describes none. Leave it out."),
    ],
)  # fmt: skip
def test_what_no_kind_takes(metric: dict[str, Any], path: str, words: str) -> None:
    (finding,) = metrics.metric_findings([metric], autoscaler="hpa", path="metrics")
    assert str(finding) == f"error MCP240 at metrics[0]{path}: {words}"


@pytest.mark.parametrize("text", ["many", "-1", "1 k", "1K", "1,5", "", ".5", "5x"])
def test_a_target_is_a_quantity(text: str) -> None:
    odd = {"type": "pods", "name": "x", "average_value": text}
    (finding,) = metrics.metric_findings([odd], autoscaler="hpa", path="metrics")
    assert str(finding) == (
        f"error MCP240 at metrics[0].average_value: '{text}' is no quantity. Write a number, such as '10', '500m' or "
        "'2k'."
    )


def test_no_metric_comes_twice() -> None:
    twice = [FINE[3], FINE[0], {**FINE[3], "average_value": "9"}]
    (finding,) = metrics.metric_findings(twice, autoscaler="hpa", path="metrics")
    assert str(finding) == "error MCP240 at metrics[2]: The metric 'calls' comes twice. Keep one."
    other = [FINE[3], {**FINE[3], "selector": {"a": "c"}}]
    assert metrics.metric_findings(other, autoscaler="hpa", path="metrics") == []


def test_keda_writes_its_own_metrics() -> None:
    assert codes(metrics.metric_findings(FINE[:1], autoscaler="keda", path="metrics")) == ["MCP241"]
    assert metrics.metric_findings([], autoscaler="keda", path="metrics") == []


def credentials(
    *modes: str, secret: bool = True, existing: bool = False, address: str | None = "https://p"
) -> list[str]:
    found = metrics.authentication_findings(
        modes=modes, secret=secret, existing=existing, address=address, path="a", address_path="address"
    )
    return [f"{finding.code} {finding.path}" for finding in found]


def test_credentials() -> None:
    for modes in (["bearer"], ["basic"], ["tls"], ["tls", "basic"]):
        assert credentials(*modes) == []
    assert credentials("bearer", secret=False, existing=True) == []
    assert credentials("bearer", "basic") == ["MCP246 a.modes"]
    assert credentials() == ["MCP246 a.modes"]
    assert credentials("bearer", secret=False) == ["MCP246 a"]
    assert credentials("bearer", existing=True) == ["MCP246 a"]


def test_credentials_in_clear() -> None:
    assert credentials("bearer", address="http://p") == ["MCP242 address"]
    assert credentials("basic", "tls", address="http://p") == ["MCP242 address"]
    assert credentials("tls", address="http://p") == []
    assert credentials("bearer", address=None) == []
