"""McpAutoscaling as a program uses it: what is chosen, what is made, and every wrong input with its code and place."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any, get_args

import pulumi
import pytest

from pulumi_kubernetes_mcp import ArgumentsError, FindingsError, McpAutoscaling
from pulumi_kubernetes_mcp.autoscaling import args as autoscaling
from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.autoscaling.args import check
from pulumi_kubernetes_mcp.autoscaling.keys import AutoscalingKeys
from pulumi_kubernetes_mcp.eras import Era
from pulumi_kubernetes_mcp.inputs.checked import checked
from pulumi_kubernetes_mcp.rules.doors import in_arguments
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.testing import Recording, record


def keys(args: dict[str, Any]) -> AutoscalingKeys:
    return checked(AutoscalingKeys, "test", args)


HPA: dict[str, Any] = {"namespace": "shop", "target": "orders", "max_replicas": 12, "min_replicas": 3}
KEDA: dict[str, Any] = {**HPA, "eras": ["legacy-stateful"], "prometheus_address": "https://prometheus:9090"}
OFFICE: dict[str, Any] = {
    "name": "office",
    "replicas": 8,
    "time_zone": "Europe/Berlin",
    "days": ["weekdays"],
    "from_time": "08:00",
    "to_time": "18:00",
}
CRONS: dict[str, Any] = {
    "name": "office",
    "replicas": 8,
    "time_zone": "Europe/Berlin",
    "start": "0 8 * * 1-5",
    "end": "0 18 * * 1-5",
}
MODERN = ["modern"]


def make(args: dict[str, Any], **run: Any) -> Recording:
    return record(lambda: McpAutoscaling("a", args), **run)  # type: ignore[arg-type]


def without(args: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in args.items() if key not in keys}


# What is chosen


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, "hpa"),
        ({"eras": ["legacy-stateless"]}, "hpa"),
        ({"eras": ["modern", "sse"]}, "keda"),
        ({"follow": "in-flight"}, "keda"),
        ({"follow": "cpu"}, "hpa"),
        ({"query": "sum(x)", "target_per_pod": 3.0}, "keda"),
        ({"schedules": [OFFICE]}, "keda"),
        ({"metrics": [{"type": "external", "name": "q", "value": "3"}]}, "hpa"),
        # The sessions come from a metrics API then.
        ({"eras": ["sse"], "metrics": [{"type": "external", "name": "q", "value": "3"}]}, "hpa"),
        ({"kind": "keda", "schedules": [OFFICE]}, "keda"),
    ],
)
def test_the_kind_follows_from_what_is_wanted(change: dict[str, Any], kind: str) -> None:
    args = {**HPA, "prometheus_address": "https://prometheus:9090", **change}
    assert autoscaling.chosen_kind(keys(args)) == kind
    made = make(args)
    assert {one.kind for one in made.resources if one.kubernetes} == {
        {"hpa": "HorizontalPodAutoscaler", "keda": "ScaledObject"}[kind]
    }


def triggers(args: dict[str, Any]) -> list[Any]:
    found: list[Any] = make(args).manifest("ScaledObject")["spec"]["triggers"]
    return found


@pytest.mark.parametrize(
    ("change", "name", "threshold"),
    [
        ({}, "sessions", "50"),
        ({"sessions_per_pod": 70}, "sessions", "70"),
        ({"sessions_per_pod": 70, "target_per_pod": 62.5}, "sessions", "62.5"),
        ({"follow": "streams", "sessions_per_pod": 70}, "streams", "70"),
        ({"eras": MODERN, "follow": "in-flight", "sessions_per_pod": 70}, "in-flight", "10"),
        ({"eras": MODERN, "query": "sum(x)", "target_per_pod": 3.0}, "query", "3"),
    ],
)
def test_one_pod_takes_so_much(change: dict[str, Any], name: str, threshold: str) -> None:
    trigger = triggers({**KEDA, **change})[0]
    assert (trigger["name"], trigger["metadata"]["threshold"]) == (name, threshold)


def test_a_query_of_ones_own_is_asked() -> None:
    assert triggers({**KEDA, "query": "sum(x)"})[0]["metadata"]["query"] == "sum(x)"


def test_cpu_counts_beside_what_is_followed() -> None:
    assert [one["name"] for one in triggers({**KEDA, "memory_percent": 90, "schedules": [OFFICE]})] == [
        "sessions", "cpu", "memory", "office",
    ]  # fmt: skip


@pytest.mark.parametrize(("change", "replicas"), [({}, 3), ({"fallback_replicas": 5}, 5)])
def test_the_fallback_is_the_minimum_or_more(change: dict[str, Any], replicas: int) -> None:
    fallback = make({**KEDA, **change}).manifest("ScaledObject")["spec"]["fallback"]
    assert fallback == {"failureThreshold": 3, "replicas": replicas, "behavior": "currentReplicasIfHigher"}


@pytest.mark.parametrize(("change", "interval"), [({}, None), ({"polling_seconds": 10}, 10)])
def test_the_polling_interval_is_kedas_unless_it_is_given(change: dict[str, Any], interval: int | None) -> None:
    """KEDA's webhook warns about every interval that does not scale, its own default included."""
    assert make({**KEDA, **change}).manifest("ScaledObject")["spec"].get("pollingInterval") == interval


def test_schedules_need_no_prometheus() -> None:
    made = make({**HPA, "schedules": [OFFICE]}).manifest("ScaledObject")["spec"]
    assert [one["type"] for one in made["triggers"]] == ["cpu", "cron"]
    assert "fallback" not in made


@pytest.mark.parametrize(
    ("change", "start"),
    [
        # From 3 to 8 pods are two steps of four, a minute apart, and two minutes for pods to start: 3 minutes.
        ({}, "57 7 * * 1-5"),
        ({"min_replicas": 7}, "58 7 * * 1-5"),
        ({"scale_up": {"pods": 1}}, "54 7 * * 1-5"),
        ({"scale_up": {"pods": 1, "percent": 100}}, "57 7 * * 1-5"),
        ({"schedules": [{**OFFICE, "ramp_minutes": 30}]}, "30 7 * * 1-5"),
    ],
)
def test_the_ramp_is_what_scale_up_takes(change: dict[str, Any], start: str) -> None:
    args = {**HPA, "schedules": [OFFICE], **change}
    assert triggers(args)[-1]["metadata"]["start"] == start


def test_the_drain_paces_scale_in() -> None:
    args: Any = {**KEDA, "session_minutes": 2, "drain_seconds": 130}
    policy = autoscaling.autoscaler_spec(keys(args)).behavior.down.policies[0]
    assert (policy.value, policy.period_seconds) == (1, 130)
    assert {one.key: one.value for one in autoscaling.behavior_reasons(keys(args))}[
        "scale_down.period_seconds"
    ] == "130"


# What is made


def test_credentials_are_a_child_that_comes_first() -> None:
    made = make({**KEDA, "authentication": {"modes": ["bearer"], "secret_name": "prometheus"}})
    assert made.manifest("TriggerAuthentication") == {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "TriggerAuthentication",
        "metadata": {
            "name": "orders",
            "namespace": "shop",
            "labels": made.manifest("ScaledObject")["metadata"]["labels"],
        },
        "spec": {"secretTargetRef": [{"parameter": "bearerToken", "name": "prometheus", "key": "token"}]},
    }
    child = made.resource("TriggerAuthentication")
    assert child.name == "a-authentication"
    assert child.urn in made.resource("ScaledObject").options.dependencies
    assert triggers_of(made)[0]["authenticationRef"] == {"name": "orders", "kind": "TriggerAuthentication"}


def triggers_of(made: Recording) -> list[Any]:
    found: list[Any] = made.manifest("ScaledObject")["spec"]["triggers"]
    return found


@pytest.mark.parametrize(
    ("modes", "keys"),
    [
        (["bearer"], [("bearerToken", "token")]),
        (["basic"], [("username", "username"), ("password", "password")]),
        (["tls"], [("cert", "tls.crt"), ("key", "tls.key")]),
        (
            ["basic", "tls"],
            [("username", "username"), ("password", "password"), ("cert", "tls.crt"), ("key", "tls.key")],
        ),
    ],
)
def test_each_mode_has_its_keys(modes: list[str], keys: list[tuple[str, str]]) -> None:
    made = make({**KEDA, "authentication": {"modes": modes, "secret_name": "p", "ca_key": "ca.crt"}})
    found = made.manifest("TriggerAuthentication")["spec"]["secretTargetRef"]
    assert [(one["parameter"], one["key"]) for one in found] == [*keys, ("ca", "ca.crt")]
    assert triggers_of(made)[0]["metadata"]["authModes"] == ",".join(modes)


def test_credentials_that_exist_are_named() -> None:
    made = make({**KEDA, "authentication": {"modes": ["bearer"], "existing_name": "shared"}})
    assert [one.kind for one in made.resources if one.kubernetes] == ["ScaledObject"]
    assert triggers_of(made)[0]["authenticationRef"] == {"name": "shared", "kind": "TriggerAuthentication"}


def test_an_existing_autoscaler_is_taken_over() -> None:
    made = make({**KEDA, "hpa_name": "orders-old", "take_over": True, "await_ready": False}).manifest("ScaledObject")
    assert made["metadata"]["annotations"] == {"scaledobject.keda.sh/transfer-hpa-ownership": "true"}
    assert made["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["name"] == "orders-old"
    assert specs.generated_name(made) == "orders-old"


# What is refused


METRIC = {"type": "external", "name": "q", "average_value": "3"}
ERRORS: list[tuple[dict[str, Any], list[str]]] = [
    ({**KEDA, "scale_up": {"window_seconds": 3601}}, ["MCP215 scale_up.window_seconds"]),
    ({**KEDA, "scale_down": {"window_seconds": 3601}}, ["MCP215 scale_down.window_seconds"]),
    ({**KEDA, "scale_up": {"period_seconds": 1801, "pods": 400}}, ["MCP215 scale_up.period_seconds"]),
    ({**KEDA, "scale_down": {"period_seconds": 0}}, ["MCP215 scale_down.period_seconds"]),
    ({**KEDA, "scale_up": {"percent": 0}}, ["MCP215 scale_up.percent"]),
    ({**HPA, "scale_up": {"percent": 0}}, ["MCP215 scale_up.percent"]),
    ({**HPA, "scale_down": {"tolerance": -0.5}, "kubernetes_version": "1.36"}, ["MCP215 scale_down.tolerance"]),
    ({**HPA, "scale_up": {"select": "disabled"}}, ["MCP216 scale_up.select"]),
    ({**HPA, "scale_up": {"tolerance": 0.05}, "kubernetes_version": "1.34"}, ["MCP217 scale_up.tolerance"]),
    ({**KEDA, "dialect": "opentelemetry"}, ["MCP219 dialect"]),
    ({**KEDA, "eras": MODERN, "follow": "sessions"}, ["MCP219 follow"]),
    ({**KEDA, "follow": "streams", "dialect": "envoy", "implementation": "nginx"}, ["MCP219 dialect"]),
    ({**KEDA, "query": "mcp_sessions"}, ["MCP221 query"]),
    ({**KEDA, "query": "sum by (pod) (mcp_sessions)"}, ["MCP221 query"]),
    ({**KEDA, "query": "avg(mcp_sessions)"}, ["MCP223 query"]),
    ({**HPA, "kind": "hpa", "schedules": [OFFICE]}, ["MCP225 schedules"]),
    ({**HPA, "metrics": [METRIC], "schedules": [OFFICE]}, ["MCP225 schedules"]),
    ({**HPA, "schedules": [{**CRONS, "start": "0 8 * * 7"}]}, ["MCP226 schedules[0].start"]),
    ({**HPA, "schedules": [{**OFFICE, "days": ["monday"]}]}, ["MCP226 schedules[0].days"]),
    ({**HPA, "schedules": [{**OFFICE, "to_time": "25:00"}]}, ["MCP226 schedules[0].to_time"]),
    ({**HPA, "schedules": [without(OFFICE, "to_time")]}, ["MCP226 schedules[0].to_time"]),
    ({**HPA, "schedules": [{**OFFICE, "start": "0 8 * * *"}]}, ["MCP226 schedules[0].start"]),
    ({**HPA, "schedules": [{**CRONS, "end": "0 8 * * mon-fri"}]}, ["MCP227 schedules[0].end"]),
    ({**HPA, "schedules": [{**OFFICE, "to_time": "08:00"}]}, ["MCP227 schedules[0].to_time"]),
    ({**HPA, "schedules": [{**OFFICE, "days": ["daily"], "from_time": "20:00", "to_time": "19:58"}]},
     ["MCP227 schedules[0].to_time"]),
    ({**HPA, "schedules": [{**OFFICE, "time_zone": "Europe/Brelin"}]}, ["MCP228 schedules[0].time_zone"]),
    ({**HPA, "schedules": [OFFICE, {**OFFICE, "name": "b", "replicas": 13, "days": ["sat"]}]},
     ["MCP232 schedules[1].replicas"]),
    ({**HPA, "schedules": [OFFICE, {**OFFICE, "days": ["sat"]}]}, ["MCP237 schedules"]),
    ({**HPA, "schedules": [{**OFFICE, "name": "cpu"}]}, ["MCP237 schedules"]),
    ({**KEDA, "schedules": [{**OFFICE, "name": "sessions"}]}, ["MCP237 schedules"]),
    ({**HPA, "schedules": [{**OFFICE, "replicas": 0}]}, ["MCP243 schedules[0].replicas"]),
    ({**KEDA, "query": "sum(x)", "dialect": "community"}, ["MCP238 query"]),
    ({**KEDA, "query": "sum(x)", "sessions_metric": "open"}, ["MCP238 query"]),
    ({**KEDA, "dialect": "community", "sessions_metric": "open"}, ["MCP238 dialect"]),
    ({**KEDA, "scale_down_window_seconds": 1300, "scale_down": {"window_seconds": 1400}},
     ["MCP238 scale_down.window_seconds"]),
    ({**HPA, "metrics": [{"type": "pods", "name": "q", "value": "3"}]}, ["MCP240 metrics[0]"]),
    ({**HPA, "metrics": [METRIC, METRIC]}, ["MCP240 metrics[1]"]),
    ({**HPA, "metrics": [{"type": "pods", "name": "q"}]}, ["MCP240 metrics[0]"]),
    ({**KEDA, "kind": "keda", "metrics": [METRIC]}, ["MCP241 metrics"]),
    ({**KEDA, "eras": MODERN, "follow": "in-flight", "metrics": [METRIC]}, ["MCP241 metrics"]),
    ({**KEDA, "polling_seconds": 0}, ["MCP243 polling_seconds"]),
    ({**KEDA, "fallback_failures": -1}, ["MCP243 fallback_failures"]),
    ({**KEDA, "eras": MODERN, "query": "sum(x)"}, ["MCP245 target_per_pod"]),
    ({**KEDA, "target_per_pod": 0.0}, ["MCP245 target_per_pod"]),
    ({**KEDA, "authentication": {"modes": ["bearer", "basic"], "secret_name": "p"}}, ["MCP246 authentication.modes"]),
    ({**KEDA, "authentication": {"modes": ["bearer"]}}, ["MCP246 authentication"]),
    ({**KEDA, "authentication": {"modes": ["tls", "tls"], "secret_name": "p"}}, ["MCP246 authentication.modes"]),
    ({**KEDA, "authentication": {"modes": ["tls"], "secret_name": "A_b"}}, ["MCP246 authentication.secret_name"]),
    ({**KEDA, "authentication": {"modes": ["tls"], "existing_name": "A"}}, ["MCP246 authentication.existing_name"]),
    ({**KEDA, "authentication": {"modes": ["bearer"], "secret_name": "p", "token_key": "a/b"}},
     ["MCP246 authentication.token_key"]),
    ({**HPA, "metrics": [{**METRIC, "name": "a/b"}]}, ["MCP240 metrics[0].name"]),
    ({**HPA, "metrics": [{**METRIC, "selector": {"a b": "c"}}]}, ["MCP240 metrics[0].selector"]),
    ({**HPA, "memory_percent": 90, "metrics": [{"type": "resource", "name": "memory", "average_value": "1Gi"}],
      "accept": {"MCP212": "It is so."}}, ["MCP238 metrics[0]"]),
    ({**KEDA, "query": "sum(x"}, ["MCP221 query"]),
    ({**KEDA, "query": "  "}, ["MCP221 query"]),
    ({**KEDA, "query": "sum(x)[5m:1m]"}, ["MCP221 query"]),
    ({**KEDA, "query": "sum(rate(x))"}, ["MCP221 query"]),
    ({**KEDA, "query": "sum(x) / scalar(count(y))"}, ["MCP223 query"]),
    ({**KEDA, "query": "quantile(0.9, x)"}, ["MCP223 query"]),
    ({**KEDA, "take_over": True}, ["MCP247 take_over"]),
    ({**HPA, "take_over": True, "hpa_name": "old"}, ["MCP247 take_over"]),
    ({**HPA, "kind": "hpa", "follow": "in-flight"}, ["MCP248 follow"]),
    ({**HPA, "kind": "hpa", "query": "sum(x)", "target_per_pod": 3.0}, ["MCP248 query"]),
    ({**KEDA, "target": "a" * 55}, ["MCP204 target"]),
    ({**KEDA, "target": "a" * 64, "hpa_name": "b" * 64}, ["MCP204 target", "MCP204 hpa_name"]),
    ({**KEDA, "hpa_name": "orders.hpa"}, ["MCP108 hpa_name"]),
    ({**KEDA, "eras": ["sse"], "kind": "hpa"}, ["MCP209 kind"]),
    ({**KEDA, "follow": "cpu"}, ["MCP209 follow"]),
    ({**KEDA, "follow": "cpu", "kind": "keda"}, ["MCP209 follow"]),
    (without(KEDA, "prometheus_address"), ["MCP208 prometheus_address"]),
    ({**HPA, "follow": "in-flight"}, ["MCP208 prometheus_address"]),
    ({**HPA, "min_replicas": 0, "production": False, "schedules": [OFFICE]}, ["MCP211 min_replicas"]),
    ({**HPA, "requests": {"cpu": "1"}, "metrics": [{"type": "resource", "name": "memory", "utilization": 90}]},
     ["MCP203 requests"]),
]  # fmt: skip


@pytest.mark.parametrize(("args", "expected"), ERRORS)
def test_what_cannot_work_is_refused(args: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(FindingsError) as refused:
        make(args)
    assert [f"{one.code} {one.path}" for one in refused.value.findings] == expected
    assert all(one.remedy.endswith((".", "?")) for one in refused.value.findings)


def test_a_name_that_no_object_can_have_is_refused_before_the_rules_look() -> None:
    with pytest.raises(ArgumentsError) as refused:
        make({**KEDA, "hpa_name": "Orders_HPA"})
    assert [one.path for one in refused.value.problems] == ["hpa_name"]


NIGHT = {**OFFICE, "name": "night", "days": ["daily"], "from_time": "22:00", "to_time": "02:30"}
WARNINGS: list[tuple[dict[str, Any], list[str]]] = [
    (HPA, []),
    (KEDA, []),
    ({**HPA, "schedules": [OFFICE]}, []),
    ({**HPA, "schedules": [CRONS]}, []),
    ({**HPA, "scale_up": {"tolerance": 0.05}}, ["MCP218 scale_up.tolerance"]),
    ({**KEDA, "eras": MODERN, "follow": "in-flight", "dialect": "opentelemetry"}, ["MCP220 dialect"]),
    ({**KEDA, "query": "some_function(x)"}, ["MCP222 query"]),
    ({**KEDA, "query": "sum(some_function(x))"}, ["MCP222 query"]),
    ({**KEDA, "query": "sum(x) or vector(0)"}, ["MCP224 query"]),
    ({**KEDA, "query": "max(x)"}, ["MCP252 query"]),
    ({**KEDA, "query": "sum(x) > 10"}, ["MCP253 query"]),
    ({**HPA, "metrics": [{"type": "container-resource", "name": "cpu", "container": "app", "utilization": 70}]},
     ["MCP254 metrics[0].container"]),
    ({**HPA, "container": "app", "metrics": [
        {"type": "container-resource", "name": "memory", "container": "app", "utilization": 70}
    ]}, ["MCP212 metrics[0]"]),
    ({**HPA, "scale_down": {"tolerance": 1.0}, "kubernetes_version": "1.36"}, ["MCP255 scale_down.tolerance"]),
    ({**KEDA, "fallback_failures": 241}, ["MCP239 fallback_failures"]),
    ({**KEDA, "authentication": {"modes": ["tls"], "secret_name": "p", "token_key": "t"}},
     ["MCP250 authentication.token_key"]),
    ({**KEDA, "authentication": {"modes": ["bearer"], "existing_name": "p", "token_key": "t"}},
     ["MCP250 authentication.token_key"]),
    ({**KEDA, "authentication": {"modes": ["bearer"], "secret_name": "p", "existing_kind": "TriggerAuthentication"}},
     ["MCP250 authentication.existing_kind"]),
    ({**KEDA, "authentication": {"modes": ["bearer"], "secret_name": "p", "token_key": "t", "ca_key": "c"}}, []),
    ({**HPA, "schedules": [NIGHT]}, ["MCP230 schedules[0]"]),
    ({**HPA, "schedules": [{**CRONS, "end": "0 18 * * 5"}]}, ["MCP231 schedules[0]"]),
    ({**HPA, "schedules": [{**OFFICE, "replicas": 3}]}, ["MCP233 schedules[0].replicas"]),
    ({**HPA, "schedules": [OFFICE, {**OFFICE, "name": "monday", "days": ["mon"]}]}, ["MCP234 schedules"]),
    ({**HPA, "schedules": [{**OFFICE, "name": f"s{one}"} for one in range(20)]}, ["MCP234 schedules"]),
    ({**HPA, "schedules": [{**OFFICE, "to_time": "08:20", "ramp_minutes": 30}]},
     ["MCP235 schedules[0].ramp_minutes"]),
    ({**HPA, "schedules": [{**OFFICE, "ramp_minutes": 0}]}, ["MCP236 schedules[0].ramp_minutes"]),
    ({**KEDA, "fallback_replicas": 2}, ["MCP239 fallback_replicas"]),
    ({**KEDA, "fallback_replicas": 13}, ["MCP239 fallback_replicas"]),
    ({**HPA, "schedules": [OFFICE], "fallback_replicas": 5}, ["MCP239 fallback_replicas"]),
    ({**HPA, "fallback_replicas": 5}, ["MCP239 fallback_replicas"]),
    ({**KEDA, "prometheus_address": "http://p", "authentication": {"modes": ["bearer"], "secret_name": "p"}},
     ["MCP242 prometheus_address"]),
    ({**KEDA, "polling_seconds": 30}, ["MCP249 polling_seconds"]),
    ({**HPA, "polling_seconds": 30}, ["MCP249 polling_seconds"]),
    ({**HPA, "scale_up": {"pods": 3}}, ["MCP244 scale_up"]),
    ({**KEDA, "scale_down": {"pods": 2, "select": "disabled"}}, []),
    ({**KEDA, "scale_down": {"period_seconds": 1200}}, ["MCP214 scale_down.period_seconds"]),
    ({**KEDA, "scale_down": {"period_seconds": 1199}}, []),
    ({**KEDA, "drain_seconds": 130, "scale_down_window_seconds": 100}, ["MCP214 scale_down_window_seconds"]),
    ({**KEDA, "scale_down": {"pods": 2, "period_seconds": 60}}, ["MCP214 scale_down"]),
    ({**KEDA, "scale_down_window_seconds": 1300, "scale_down": {"window_seconds": 1300}}, []),
    # A launch of ten minutes: the way up is longer than the window, and that is nobody's mistake.
    ({**HPA, "max_replicas": 120, "schedules": [{**OFFICE, "replicas": 120, "to_time": "08:10"}]}, []),
    ({**HPA, "scale_down": {"pods": 20, "period_seconds": 15}}, []),
    ({**KEDA, "scale_down_window_seconds": 900}, ["MCP214 scale_down_window_seconds"]),
    ({**KEDA, "scale_down": {"window_seconds": 900}}, ["MCP214 scale_down.window_seconds"]),
]  # fmt: skip


@pytest.mark.parametrize(("args", "expected"), WARNINGS)
def test_what_is_doubtful_is_said(args: dict[str, Any], expected: list[str]) -> None:
    made = make(args)
    found = [message for message in made.messages if message.severity != "info"]
    named = [message.text.replace(' McpAutoscaling "a":', "", 1) for message in found]
    assert [text.split(":")[0] for text in named] == expected
    assert all(' McpAutoscaling "a": ' in message.text for message in found)
    accepted = make({**args, "accept": {text.split(" ")[0]: "It is so." for text in expected}})
    assert [message for message in accepted.messages if message.severity != "info"] == []
    assert accepted.manifests() == made.manifests()


ERA_SETS = [list(eras) for count in range(1, 5) for eras in combinations([era.value for era in Era], count)]


@pytest.mark.grid
@pytest.mark.parametrize("follow", [word for word in specs.FOLLOWS if word != "cpu"])
@pytest.mark.parametrize("dialect", specs.DIALECTS)
@pytest.mark.parametrize("implementation", [None, "nginx", "envoy-gateway"])
def test_what_is_offered_in_place_of_a_missing_metric_is_accepted(
    follow: str, dialect: str, implementation: str | None
) -> None:
    edge: Any = {} if implementation is None else {"implementation": implementation}
    if dialect == "envoy" and implementation == "nginx":
        return
    for eras in ERA_SETS:
        args: Any = {**KEDA, "eras": eras, "follow": follow, "dialect": dialect, **edge}
        for finding in autoscaling.autoscaling_findings(keys(args)):
            if finding.code != "MCP219":
                continue
            era_profile, _, dialects = finding.remedy.partition("ake the dialect ")
            changes = [{"follow": word} for word in re.findall(r"'([^']+)'", era_profile)]
            changes += [{"dialect": word} for word in re.findall(r"'([^']+)'", dialects)]
            if " in the dialect " in finding.remedy:
                changes = [{"follow": "sessions", "dialect": "reference"}]
            assert changes
            for change in changes:
                offered: Any = {**args, **change}
                refused = {"MCP208", "MCP209", "MCP219", "MCP248"}
                assert refused.isdisjoint(one.code for one in autoscaling.autoscaling_findings(keys(offered))), change


def the(code: str, args: dict[str, Any]) -> Finding:
    told = in_arguments(autoscaling.autoscaling_findings(keys(args)))
    (found,) = [one for one in told if one.code == code]
    return found


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({}, "sessions"),
        ({"follow": "in-flight"}, "the calls in flight"),
        ({"follow": "streams"}, "streams"),
        ({"query": "sum(x)"}, "what query asks for"),
    ],
)
def test_what_prometheus_is_for_is_said(change: dict[str, Any], counted: str) -> None:
    found = the("MCP208", {**without(KEDA, "prometheus_address"), **change})
    assert found.problem == f"The autoscaler is KEDA, which reads {counted} from Prometheus, and no address is given."


@pytest.mark.parametrize(
    "args",
    [
        {**KEDA, "kind": "keda", "follow": "cpu"},
        {**KEDA, "follow": "cpu"},
        {**KEDA, "kind": "hpa"},
        {**without(KEDA, "prometheus_address"), "kind": "hpa", "follow": "cpu"},
        {**KEDA, "metrics": [{"type": "resource", "name": "cpu", "utilization": 70}]},
    ],
)
def test_the_remedy_for_sessions_by_cpu_is_one(args: dict[str, Any]) -> None:
    remedy = the("MCP209", args).remedy
    mended = dict(args)
    if "kind 'keda'" in remedy:
        mended["kind"] = "keda"
    if "metrics" in remedy:
        del mended["metrics"]
    if "follow" in remedy:
        del mended["follow"]
    if "address" in remedy:
        mended["prometheus_address"] = "https://p"
    assert autoscaling.autoscaling_findings(keys(mended)) == []


def test_a_number_that_makes_a_name_twice_is_explained() -> None:
    both = [{**OFFICE, "name": "o", "days": ["sun", "11-27"]}, {**OFFICE, "name": "o-2", "days": ["sat"]}]
    assert the("MCP237", {**HPA, "schedules": both}).problem == (
        "Two triggers would be called 'o-2': the schedule 'o' needs several triggers, which are numbered."
    )


def test_a_query_that_is_known_later_is_checked_then() -> None:
    def build(query: str) -> dict[str, Any]:
        return {**KEDA, "query": pulumi.Output.from_input(query)}

    assert record(lambda: McpAutoscaling("a", build("sum(x)"))).manifests()  # type: ignore[arg-type]
    with pytest.raises(FindingsError) as refused:
        record(lambda: McpAutoscaling("a", build("x")))  # type: ignore[arg-type]
    assert [finding.code for finding in refused.value.findings] == ["MCP221"]


def test_a_machine_without_zones_refuses_no_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check.specs, "zones", frozenset)  # type: ignore[attr-defined]
    made = make({**HPA, "schedules": [{**OFFICE, "time_zone": "Mars/Olympus"}, NIGHT]})
    found = [message.text.split(" ")[0] for message in made.messages if message.severity != "info"]
    # One warning for all schedules.
    assert found == ["MCP229"]
    assert len(triggers_of(made)) == 3


def test_the_words_of_the_arguments_are_those_of_the_specs() -> None:
    from pulumi_kubernetes_mcp.rules.metrics import TARGETS
    from pulumi_kubernetes_mcp.settings.keys.scaling import Dialect, Follow, MetricType

    assert get_args(Follow) == specs.FOLLOWS
    assert get_args(Dialect) == specs.DIALECTS
    assert get_args(MetricType) == tuple(TARGETS)
