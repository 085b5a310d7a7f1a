"""Rules about what an autoscaler follows, each at its boundary and with its exact words."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.rules import metrics
from pulumi_kubernetes_mcp.rules.doors import in_arguments
from pulumi_kubernetes_mcp.rules.model import Finding, Severity
from tests.table import table


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


def test_a_metric_that_nobody_emits() -> None:
    (finding,) = metrics.absent_metric_findings(
        follow="sessions",
        dialect="opentelemetry",
        why="there is none",
        follows=["streams", "in-flight", "cpu"],
        dialects=["reference", "community"],
        path="dialect",
    )
    assert str(finding) == (
        "error MCP219 at dialect: In the dialect 'opentelemetry' nothing counts 'sessions': there is none. Follow "
        "'streams', 'in-flight' or 'cpu', or take the dialect 'reference' or 'community' where its metrics are there, "
        "or give a query of your own in place of a dialect."
    )


def test_where_nothing_else_counts_the_reference_does() -> None:
    (finding,) = metrics.absent_metric_findings(
        follow="sessions", dialect="envoy", why="there is none", follows=[], dialects=[], path="dialect"
    )
    assert finding.remedy == (
        "Follow 'sessions' in the dialect 'reference', or give a query of your own in place of a dialect."
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
    (finding,) = in_arguments(metrics.said_twice_findings([("query", "dialect", "what Prometheus is asked for")]))
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
        (False, False, 0.0009, "A target of 0.0009 per pod asks for pods without end."),
        (False, False, 0.001, None),
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
    (finding,) = in_arguments(metrics.metric_findings([metric], autoscaler="hpa", path="metrics"))
    assert str(finding) == f"error MCP240 at metrics[0]{path}: {words}"


@pytest.mark.parametrize("text", ["many", "-1", "1 k", "1K", "1,5", "", ".5", "5x"])
def test_a_target_is_a_quantity(text: str) -> None:
    odd = {"type": "pods", "name": "x", "average_value": text}
    (finding,) = metrics.metric_findings([odd], autoscaler="hpa", path="metrics")
    assert str(finding) == (
        f"error MCP240 at metrics[0].average_value: '{text}' is no quantity. Write a number, such as '10', '500m' or "
        "'2k'."
    )


@table("kind", ["pods", "object", "external"])
@table("name", ["", ".", "..", "a/b", "50%"])
def test_a_name_is_a_part_of_a_path(kind: str, name: str) -> None:
    more = {"described_object": OBJECT} if kind == "object" else {}
    odd = {"type": kind, "name": name, "average_value": "5", **more}
    (finding,) = metrics.metric_findings([odd], autoscaler="hpa", path="metrics")
    assert str(finding) == (
        f"error MCP240 at metrics[0].name: '{name}' cannot be a part of a path. Give a name without '/' and '%'."
    )


@pytest.mark.parametrize(
    ("key", "value", "wrong"),
    [
        ("app", "orders", None),
        ("app.kubernetes.io/name", "Orders_1.2", None),
        ("app", "", None),
        ("a" * 63, "b" * 63, None),
        ("a" * 64, "b", "key"),
        ("", "b", "key"),
        ("a/b/c", "d", "key"),
        ("Upper.io/a", "d", "key"),
        ("/a", "d", "key"),
        ("my app", "d", "key"),
        ("app", "b" * 64, "value"),
        ("app", "two words", "value"),
        ("app", "-a", "value"),
    ],
)
def test_a_selector_has_labels(key: str, value: str, wrong: str | None) -> None:
    one = {"type": "pods", "name": "x", "average_value": "5", "selector": {key: value}}
    found = metrics.metric_findings([one], autoscaler="hpa", path="metrics")
    text = key if wrong == "key" else value
    assert [finding.problem for finding in found] == (
        [] if wrong is None else [f"'{text}' cannot be the {wrong} of a label."]
    )
    assert all((finding.code, finding.path) == ("MCP240", "metrics[0].selector") for finding in found)


def test_a_container_that_is_not_the_servers() -> None:
    one = {"type": "container-resource", "name": "cpu", "container": "app", "utilization": 70}
    (finding,) = metrics.metric_findings([one], autoscaler="hpa", path="metrics", container="server")
    assert str(finding) == (
        "warning MCP254 at metrics[0].container: The container 'app' is not 'server', the one of the server. Leave it "
        "out, or accept this where a container of that name is added to every pod."
    )
    memory = {"type": "container-resource", "name": "memory", "container": "server", "utilization": 70}
    assert metrics.metric_findings([memory], autoscaler="hpa", path="metrics", container="server") == []


def test_the_cpu_of_the_server_is_a_metric_already() -> None:
    one = {"type": "container-resource", "name": "cpu", "utilization": 70}
    (finding,) = in_arguments(metrics.metric_findings([one], autoscaler="hpa", path="metrics", container="server"))
    assert finding.remedy == "Leave it out, and say with cpu_percent at what share pods are added."


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
    assert credentials("tls", "tls") == ["MCP246 a.modes"]
    assert credentials("bearer", secret=False) == ["MCP246 a"]
    assert credentials("bearer", existing=True) == ["MCP246 a"]


def named(names: dict[str, str], keys: dict[str, str]) -> list[str]:
    found = metrics.authentication_findings(
        modes=["bearer"], secret=True, existing=False, address=None, path="a", address_path="x", names=names, keys=keys
    )
    return [f"{finding.code} {finding.path}: {finding.problem}" for finding in found]


def test_names_and_keys_that_can_be() -> None:
    assert named({"secret_name": "prometheus.monitoring-2"}, {"token_key": "Token_1.key-a"}) == []
    for name in ("", "Prom", "a_b", "a b", "-a", "a.", "a" * 254):
        assert named({"secret_name": name}, {}) == [f"MCP246 a.secret_name: '{name}' cannot be the name of an object."]
    for key in ("", "a b", "a/b", "ü", "a" * 254):
        assert named({}, {"token_key": key}) == ["MCP246 a.token_key: It cannot be the key of a Secret."]


def test_words_about_queries() -> None:
    def words(**read: Any) -> list[str]:
        given = {"single": True, "averages": False, "hides_outage": False, "path": "query", **read}
        return [str(finding) for finding in metrics.query_findings(**given)]

    assert words(averages=True, part="quantile") == [
        "error MCP223 at query: 'quantile( )' gives no total over all pods. Give the total over all pods: sum( )."
    ]
    assert words(partial=True, part="max") == [
        "warning MCP252 at query: 'max( )' takes one of the series, which is no total where each pod has its own. Give "
        "the total over all pods: sum( ). Accept this where the metric is a total already."
    ]
    assert words(filters=True) == [
        "warning MCP253 at query: The query has no answer while its comparison does not hold. Leave the comparison "
        "out; with 'bool' behind its sign it is 0 or 1."
    ]
    assert words(hides_outage=True, hider="vector") == [
        "warning MCP224 at query: 'vector( )' answers also when the metric is missing. Ask for the metric without "
        "'vector( )': without an answer the fallback holds the pods."
    ]
    assert words(single=None, wrong="The query is empty.") == [
        "error MCP221 at query: The query is empty. Write an expression that returns one number, such as sum(calls)."
    ]
    assert words(single=None) == [
        "warning MCP222 at query: Whether the query returns one series cannot be read from it. Put sum( ) around it, "
        "or try it in Prometheus and accept this with what you saw."
    ]
    assert words(single=None, unread="It has the function 'holt', which is not known here.") == [
        "warning MCP222 at query: It has the function 'holt', which is not known here. Try it in Prometheus and accept "
        "this with what you saw."
    ]


def test_credentials_in_clear() -> None:
    assert credentials("bearer", address="http://p") == ["MCP242 address"]
    assert credentials("basic", "tls", address="http://p") == ["MCP242 address"]
    assert credentials("tls", address="http://p") == []
    assert credentials("bearer", address=None) == []
