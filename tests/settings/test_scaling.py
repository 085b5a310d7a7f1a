"""Schedules and the other groups of mcp:scaling, as people write them."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.settings import Settings, SettingsError, load_settings
from pulumi_kubernetes_mcp.settings.arguments import arguments_from_settings, settings_from_arguments
from pulumi_kubernetes_mcp.settings.help import help_of as help_text
from pulumi_kubernetes_mcp.settings.help import in_stack
from pulumi_kubernetes_mcp.settings.models import Group, ScalingMetric, ScalingRules, ScalingSettings, Schedule
from pulumi_kubernetes_mcp.settings.yaml_text import RefusedYamlError, parse_yaml

from .samples import WHERE, stack


def loaded(text: str) -> Settings:
    """A stack with this text below mcp:scaling."""
    return load_settings(stack(scaling=parse_yaml(text)), where=WHERE)


def problems(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(SettingsError) as caught:
        loaded(text)
    return [(one.path.removeprefix("mcp:scaling."), one.problem, one.remedy) for one in caught.value.problems]


def one(times: str) -> str:
    return f"schedules: [{{name: a, replicas: 5, timeZone: Europe/Berlin, {times}}}]"


# Times and dates. To readers of YAML 1.1 an hour from 10 on is a number to the base of 60, and a day may be a date.


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_times_and_days_are_text_with_quotes_and_without(quote: str) -> None:
    times = (
        f"fromTime: {quote}08:30{quote}, toTime: {quote}18:00{quote}, days: [{quote}12-24{quote}, {quote}mon{quote}]"
    )
    (schedule,) = loaded(one(times)).scaling.schedules
    assert schedule == Schedule(
        name="a", replicas=5, time_zone="Europe/Berlin", from_time="08:30", to_time="18:00", days=["12-24", "mon"]
    )


def test_an_expression_without_a_leading_star_needs_no_quotes() -> None:
    (schedule,) = loaded(one("start: 0 8 * * 1-5, end: 0 9 * * *")).scaling.schedules
    assert (schedule.start, schedule.end) == ("0 8 * * 1-5", "0 9 * * *")


@pytest.mark.parametrize(
    ("times", "problem", "remedy"),
    [
        ("fromTime: 0830", "a number with a leading zero is octal to some readers.", "or put it in quotes."),
        ("days: [2026-12-24]", "this is a date to YAML, and Pulumi rewrites it.", "Put it in quotes."),
        ("start: */5 8 * * *", "but found '/'.", "such as a cron expression, goes in quotes."),
    ],
)
def test_what_yaml_reads_as_something_else_is_refused(times: str, problem: str, remedy: str) -> None:
    with pytest.raises(RefusedYamlError) as caught:
        parse_yaml(one(times))
    assert caught.value.problem.endswith(problem)
    assert caught.value.remedy.endswith(remedy)


@pytest.mark.parametrize(("written", "shown"), [("1800", "1800"), ("8.30", "8.3")])
def test_a_time_as_a_number_is_told_to_be_quoted(written: str, shown: str) -> None:
    told = [("schedules[0].toTime", f"It is the number {shown}, but takes text.", "Put it in quotes.")]
    assert problems(one(f"toTime: {written}")) == told


# Mistakes, all at once


def help_of(model: type[Group], key: str) -> str:
    return in_stack(help_text(model, key))


def test_every_mistake_is_told_at_its_place() -> None:
    found = problems(
        """
        follow: inflight
        targetPerPod: ten
        dialect: otel
        query: ""
        authentication: {modes: bearer, secret_name: prometheus}
        metrics: [{type: pod, name: calls, averageValue: [10]}]
        schedules: [{name: a, replica: 5, timeZone: UTC, from_time: "08:00", days: weekdays}]
        scaleUp: fast
        scaleDown: {windowSeconds: -1, periodSecs: 60, pods: 0}
        takeover: true
        """
    )
    assert {path: (problem, remedy) for path, problem, remedy in found if "Seconds" not in path} == {
        "follow": (
            "It is 'inflight', but takes one of cpu, sessions, streams, in-flight.",
            "Did you mean 'in-flight'?",
        ),
        "targetPerPod": ("It is 'ten', but takes a number.", help_of(ScalingSettings, "target_per_pod")),
        "dialect": (
            "It is 'otel', but takes one of reference, opentelemetry, community, toolhive, envoy.",
            help_of(ScalingSettings, "dialect"),
        ),
        "query": ("It is empty.", help_of(ScalingSettings, "query")),
        "authentication.modes": ("It is 'bearer', but takes a list.", "Write one item per line, each after '- '."),
        "authentication.secret_name": ("There is no such key.", "Did you mean 'secretName'?"),
        "metrics[0].type": (
            "It is 'pod', but takes one of resource, container-resource, pods, object, external.",
            "Did you mean 'pods'?",
        ),
        "metrics[0].averageValue": ("It is a list, but takes text.", help_of(ScalingMetric, "average_value")),
        "schedules[0].replica": ("There is no such key.", "Did you mean 'replicas'?"),
        "schedules[0].from_time": ("There is no such key.", "Did you mean 'fromTime'?"),
        "schedules[0].days": ("It is 'weekdays', but takes a list.", "Write one item per line, each after '- '."),
        "scaleUp": (
            "It is 'fast', but takes a map of keys.",
            "Write its keys on lines of their own, indented below it. Its keys: windowSeconds, pods, percent, "
            "periodSeconds, select, tolerance.",
        ),
        "scaleDown.periodSecs": ("There is no such key.", "Did you mean 'periodSeconds'?"),
        "scaleDown.pods": (
            "It is 0, but must be at least 1.",
            f"Give a number from 1 to 1,000,000. {help_of(ScalingRules, 'pods')}",
        ),
        "takeover": ("There is no such key.", "Did you mean 'takeOver'?"),
    }
    (window,) = [entry for entry in found if entry[0] == "scaleDown.windowSeconds"]
    assert window[1] == "It is -1, but must be at least 0."
    assert window[2].startswith("Give a number from 0 to 86,400. Stabilisation window in seconds, 0 to 3600:")


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        (1.36, "It is the number 1.36, but takes text."),
        ("36", "It is '36', which is not a version of Kubernetes."),
        ("latest", "It is 'latest', which is not a version of Kubernetes."),
    ],
)
def test_the_version_of_the_cluster_is_text_with_a_minor(version: object, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(stack(region={"name": "here", "kubernetesVersion": version}), where=WHERE)
    assert [(one.path, one.problem) for one in caught.value.problems] == [("mcp:region.kubernetesVersion", problem)]


@pytest.mark.parametrize("version", ["1.36", "1.36.2", "v1.36.2-gke.100"])
def test_a_version_is_taken_as_clusters_say_it(version: str) -> None:
    region = {"name": "here", "kubernetesVersion": version}
    assert load_settings(stack(region=region), where=WHERE).region.kubernetes_version == version


def test_labels_of_a_selector_keep_their_names() -> None:
    text = "metrics: [{type: pods, name: calls, averageValue: '5', selector: {tool_name: x, toolKind: y}}]"
    assert loaded(text).scaling.metrics[0].selector == {"tool_name": "x", "toolKind": "y"}


def test_labels_keep_their_names_on_the_way_from_a_program_and_back() -> None:
    metric = {"type": "pods", "name": "calls", "average_value": "5", "selector": {"tool_name": "x", "toolKind": "y"}}
    args = {
        "region": {"name": "us-east"},
        "server": {"image": "registry.example.com/mcp:1.2.3"},
        "workload": {"daily_users": 500},
        "edge": {"host": "mcp.example.com"},
        "scaling": {"metrics": [metric]},
    }
    settings = settings_from_arguments(args, where=WHERE).first
    assert settings.scaling.metrics[0].selector == metric["selector"]
    assert arguments_from_settings(settings) == args
