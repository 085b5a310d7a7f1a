"""What the rules about the autoscaler say of a stack file: at which key, and in the words of its keys."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pulumi_kubernetes_mcp.autoscaling.args import check
from pulumi_kubernetes_mcp.autoscaling.keys import AutoscalingKeys
from pulumi_kubernetes_mcp.rules import catalogue, doors
from pulumi_kubernetes_mcp.rules.applied import components
from pulumi_kubernetes_mcp.rules.edge import NO_AFFINITY
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.settings.tree import keys
from tests.rules.test_checks import inspected

BOUNDS = {"minReplicas": 3, "maxReplicas": 30}
ADDRESS = {"prometheusAddress": "https://prometheus.monitoring:9090"}
CALLS: dict[str, Any] = {**ADDRESS, "follow": "in-flight"}
HPA = {"autoscaler": "hpa"}
ARGUMENTS = {key.name for key in keys(AutoscalingKeys) if "_" in key.name}
"""Names that a stack file has no keys for."""
RULE = re.compile(r"MCP2(1[5-9]|[234]\d)")


def office(**keys: Any) -> dict[str, Any]:
    words = {"timeZone": "Europe/Berlin", "days": ["weekdays"], "fromTime": "08:00", "toTime": "18:00"}
    return {"name": "office", "replicas": 10, **words, **keys}


def cron(start: str, end: str, **keys: Any) -> dict[str, Any]:
    return {"name": "cron", "replicas": 10, "timeZone": "Europe/Berlin", "start": start, "end": end, **keys}


def floors(*schedules: dict[str, Any]) -> dict[str, Any]:
    return {"schedules": list(schedules)}


def metric(**keys: Any) -> dict[str, Any]:
    return {**HPA, "metrics": [{"type": "external", "name": "other", "averageValue": "5"}, keys]}


def proof(*modes: str, **keys: str) -> dict[str, Any]:
    return {**CALLS, "authentication": {"modes": list(modes), **keys}}


NIGHT = {"days": ["sun"], "fromTime": "02:30", "toTime": "06:00"}
PLACED: list[tuple[str, dict[str, Any], str]] = [
    ("MCP215", {"scaleUp": {"windowSeconds": 3601}}, "scaleUp.windowSeconds"),
    ("MCP215", {"scaleDown": {"periodSeconds": 1801}}, "scaleDown.periodSeconds"),
    ("MCP215", {"scaleUp": {"percent": 0}}, "scaleUp.percent"),
    ("MCP215", {"scaleDown": {"tolerance": -0.1}}, "scaleDown.tolerance"),
    ("MCP216", {"scaleUp": {"select": "disabled"}}, "scaleUp.select"),
    ("MCP218", {"scaleUp": {"tolerance": 0.05}}, "scaleUp.tolerance"),
    ("MCP219", {**CALLS, "dialect": "community"}, "dialect"),
    ("MCP219", {**ADDRESS, "follow": "sessions"}, "follow"),
    ("MCP220", {**CALLS, "dialect": "opentelemetry"}, "dialect"),
    ("MCP221", {**CALLS, "query": "busy"}, "query"),
    ("MCP222", {**CALLS, "query": "my_own(busy)"}, "query"),
    ("MCP223", {**CALLS, "query": "avg(busy)"}, "query"),
    ("MCP224", {**CALLS, "query": "sum(busy) or vector(0)"}, "query"),
    ("MCP225", {**HPA, **floors(office())}, "schedules"),
    ("MCP226", floors(office(fromTime="8:00")), "schedules[0].fromTime"),
    ("MCP226", floors(office(), cron("0 8 * *", "0 9 * * *")), "schedules[1].start"),
    ("MCP226", floors(office(days=["weekday"])), "schedules[0].days"),
    ("MCP227", floors(office(toTime="08:00")), "schedules[0].toTime"),
    ("MCP227", floors(cron("0 8 * * *", "0 8 * * *")), "schedules[0].end"),
    ("MCP228", floors(office(timeZone="Berlin")), "schedules[0].timeZone"),
    ("MCP230", floors(office(**NIGHT)), "schedules[0]"),
    ("MCP231", floors(cron("0 8 * * *", "0 9,10 * * *")), "schedules[0]"),
    ("MCP232", floors(office(replicas=31)), "schedules[0].replicas"),
    ("MCP233", floors(office(replicas=3)), "schedules[0].replicas"),
    ("MCP234", floors(office(), office(name="late", toTime="20:00")), "schedules"),
    ("MCP235", floors(office(rampMinutes=700)), "schedules[0].rampMinutes"),
    ("MCP236", floors(office(rampMinutes=1)), "schedules[0].rampMinutes"),
    ("MCP237", floors(office(name="cpu")), "schedules"),
    ("MCP238", {**CALLS, "query": "sum(busy)", "dialect": "envoy"}, "query"),
    ("MCP238", {**CALLS, "sessionsMetric": "mine", "dialect": "envoy"}, "dialect"),
    ("MCP238", {"scaleDown": {"windowSeconds": 400}, "scaleDownWindowSeconds": 500}, "scaleDown.windowSeconds"),
    ("MCP239", {**CALLS, "fallbackReplicas": 2}, "fallbackReplicas"),
    ("MCP240", metric(type="pods", name="calls", value="5"), "metrics[1]"),
    ("MCP240", metric(type="pods", name="calls", averageValue="5q"), "metrics[1].averageValue"),
    ("MCP240", metric(type="object", name="calls", averageValue="5"), "metrics[1].describedObject"),
    ("MCP241", {"autoscaler": "keda", "metrics": [{"type": "external", "name": "q", "value": "5"}]}, "metrics"),
    (
        "MCP242",
        {**proof("bearer", secretName="prometheus"), "prometheusAddress": "http://prometheus:9090"},
        "prometheusAddress",
    ),
    ("MCP243", {**CALLS, "pollingSeconds": 0}, "pollingSeconds"),
    ("MCP243", {**CALLS, "fallbackFailures": -1}, "fallbackFailures"),
    ("MCP243", floors(office(replicas=0)), "schedules[0].replicas"),
    ("MCP244", {"scaleUp": {"pods": 1}}, "scaleUp"),
    ("MCP245", {**ADDRESS, "query": "sum(busy)"}, "targetPerPod"),
    ("MCP245", {**CALLS, "targetPerPod": 0}, "targetPerPod"),
    ("MCP246", proof("bearer"), "authentication"),
    ("MCP246", proof("bearer", "basic", secretName="prometheus"), "authentication.modes"),
    ("MCP246", proof(secretName="prometheus"), "authentication.modes"),
    ("MCP247", {**CALLS, "takeOver": True}, "takeOver"),
    ("MCP248", {**HPA, "follow": "in-flight"}, "follow"),
    ("MCP248", {**HPA, "query": "sum(busy)", "targetPerPod": 5}, "query"),
    ("MCP249", {**CALLS, "pollingSeconds": 10}, "pollingSeconds"),
]
ELSEWHERE = {
    "MCP217": "needs the version of the cluster, below",
    "MCP229": "needs a machine without time zones, below",
}


def said(**groups: dict[str, Any]) -> list[Finding]:
    groups["scaling"] = {**BOUNDS, **groups.get("scaling", {})}
    return list(inspected(**groups).findings)


@pytest.mark.parametrize(
    ("code", "scaling", "path"), PLACED, ids=[f"{code}-{path}-{place}" for place, (code, _, path) in enumerate(PLACED)]
)
def test_a_rule_speaks_at_the_key_that_breaks_it(code: str, scaling: dict[str, Any], path: str) -> None:
    found = said(scaling=scaling)
    assert (code, f"mcp:scaling.{path}") in [(one.code, one.path) for one in found]
    assert [one for one in found if ARGUMENTS & set(re.findall(r"\w+", str(one)))] == []


def test_every_rule_about_the_autoscaler_is_in_the_table() -> None:
    codes = {rule.code for rule in catalogue.CATALOGUE if RULE.fullmatch(rule.code)}
    assert codes == {code for code, *_ in PLACED} | ELSEWHERE.keys()


def test_nothing_is_said_of_a_sound_autoscaler() -> None:
    calm = {**CALLS, **floors(office()), "scaleDown": {"pods": 2, "periodSeconds": 120}}
    assert said(scaling=calm, monitoring={"monitor": "pod-monitor"}) == []
    assert said(scaling={"scaleUp": {"tolerance": 0.05}}, region={"kubernetesVersion": "1.36"}) == []


@pytest.mark.parametrize("version", ["1.34", "v1.34.2"])
def test_a_tolerance_is_held_against_the_version_of_the_cluster(version: str) -> None:
    (found,) = said(scaling={"scaleUp": {"tolerance": 0.05}}, region={"kubernetesVersion": version})
    assert (found.code, found.path) == ("MCP217", "mcp:scaling.scaleUp.tolerance")


def test_a_machine_without_time_zones_says_so_at_the_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check.specs, "zones", lambda: frozenset())
    found = said(scaling=floors(office()))
    assert ("MCP229", "mcp:scaling.schedules[0].timeZone") in [(one.code, one.path) for one in found]


@pytest.mark.parametrize(
    ("implementation", "served"), [("nginx", "nginx"), ("other", "other"), ("envoy-gateway", "an Ingress")]
)
def test_a_route_of_another_controller_has_no_metric_of_envoy(implementation: str, served: str) -> None:
    edge = {"kind": "ingress", "implementation": implementation}
    (found,) = [one for one in said(scaling={**CALLS, "dialect": "envoy"}, edge=edge) if one.code == "MCP219"]
    assert (found.path, f"served by '{served}'" in found.problem) == ("mcp:scaling.dialect", True)
    for silent in ({**CALLS, "dialect": "reference"}, {**ADDRESS, "query": "sum(busy)", "targetPerPod": 5}, HPA):
        assert "MCP219" not in [one.code for one in said(scaling=silent, edge=edge)]


def test_a_route_of_envoy_gateway_has_its_metric() -> None:
    assert "MCP219" not in [one.code for one in said(scaling={**CALLS, "dialect": "envoy"})]


def test_a_metric_of_sessions_is_missed_where_cpu_is_followed() -> None:
    found = said(scaling={"follow": "cpu"}, server={"eras": ["legacy-stateful"]})
    assert ("MCP209", "mcp:scaling.follow") in [(one.code, one.path) for one in found]


# Words


WORDS: list[tuple[str, dict[str, Any], str]] = [
    ("MCP218", {"scaleUp": {"tolerance": 0.05}}, "Give mcp:region.kubernetesVersion, such as '1.36', or leave the"),
    ("MCP225", {**HPA, **floors(office())}, "Choose autoscaler 'keda' (or 'auto') and leave metrics out; KEDA has to"),
    ("MCP233", floors(office(replicas=3)), "Ask for more, or lower minReplicas to what the quiet hours need."),
    ("MCP236", floors(office(rampMinutes=1)), "leave it out, or let scaleUp add more pods a minute."),
    ("MCP240", metric(type="object", name="x", value="5"), "Give apiVersion, kind and name."),
    ("MCP240", metric(type="pods", name="x", value="5"), "Give averageValue."),
    ("MCP246", proof("tls"), "Give one of them."),
    (
        "MCP240",
        metric(type="container-resource", name="cpu", utilization=70),
        "Leave it out, and say with cpuPercentOfLimit at what share pods are added.",
    ),
]


@pytest.mark.parametrize(("code", "scaling", "words"), WORDS)
def test_the_remedy_names_keys_of_the_stack_file(code: str, scaling: dict[str, Any], words: str) -> None:
    assert any(words in one.remedy for one in said(scaling=scaling) if one.code == code)


def test_the_remedy_for_sessions_by_cpu_has_the_words_of_a_stack_file() -> None:
    (found,) = [one for one in said(scaling=HPA, server={"eras": ["legacy-stateful"]}) if one.code == "MCP209"]
    assert found.remedy == (
        "Choose autoscaler 'keda', and give the address of Prometheus; or run a fixed number of pods."
    )


def test_what_is_given_twice_is_named_as_it_was_written() -> None:
    (found,) = said(scaling={"scaleDown": {"windowSeconds": 400}, "scaleDownWindowSeconds": 500})
    assert found.problem == "It is given beside scaleDownWindowSeconds; both say how long scale-in waits."
    assert found.remedy == "Keep one of them, scaleDown.windowSeconds or scaleDownWindowSeconds."


def test_what_the_user_wrote_is_not_translated() -> None:
    found = said(scaling=floors(office(name="min_replicas"), office(name="min_replicas", days=["sat"])))
    assert [one.problem for one in found if one.code == "MCP237"] == ["Two triggers would be called 'min_replicas'."]
    (kind,) = [one for one in said(scaling=metric(type="pods", name="x", value="5")) if one.code == "MCP240"]
    assert kind.problem.startswith("The kind 'pods' takes averageValue")


def test_a_place_is_translated_only_where_it_holds_arguments() -> None:
    keys = {
        "env": "mcp:server.env",
        "schedules": "mcp:scaling.schedules",
        "schedules[].from_time": "mcp:scaling.schedules[].fromTime",
    }
    given = ["env.from_time", "schedules[12].from_time", "schedules", "other.from_time"]
    found = doors.in_keys([NO_AFFINITY.at(path, "", "") for path in given], keys)
    assert [one.path for one in found] == [
        *("mcp:server.env.from_time", "mcp:scaling.schedules[12].fromTime", "mcp:scaling.schedules", "other.from_time")
    ]


def test_every_argument_of_the_autoscaler_that_a_rule_may_name_has_a_place() -> None:
    placed = {path for path in components.door("McpAutoscaling") if path.isidentifier()}
    hidden = {
        "namespace",
        "container",
        "sessions_per_pod",
        "drain_seconds",
        "hashed_affinity",
        "peak_replicas",
        "route_name",
        "accept",
    }
    assert placed == set(AutoscalingKeys.model_fields) - hidden
