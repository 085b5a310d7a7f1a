"""The page about autoscaling: its example runs, and what it says in numbers is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from pulumi_kubernetes_mcp import program
from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.autoscaling.keys import AutoscalingKeys
from pulumi_kubernetes_mcp.autoscaling.spec import behavior
from pulumi_kubernetes_mcp.settings.tree import keys
from pulumi_kubernetes_mcp.settings.yaml_text import parse_yaml
from pulumi_kubernetes_mcp.testing import record

PAGE = Path(__file__).parents[2] / "docs" / "autoscaling.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_example_runs_and_nothing_is_held_against_it() -> None:
    (example,) = re.findall(r"^```python\n(.+?)^```", TEXT, re.MULTILINE | re.DOTALL)
    made = record(lambda: exec(compile(example, str(PAGE), "exec"), {}))
    assert [message.text for message in made.messages if message.severity != "info"] == []
    triggers = made.manifest("ScaledObject")["spec"]["triggers"]
    assert [one["name"] for one in triggers] == ["cpu", "office", "launch"]
    assert triggers[-1]["metadata"]["desiredReplicas"] == "43"


@pytest.mark.grid
def test_the_example_of_a_stack_file_is_rendered_as_it_says() -> None:
    (example,) = re.findall(r"^```yaml\n(.+?)^```", TEXT, re.MULTILINE | re.DOTALL)
    config = {
        "kubernetes:context": "us-east",
        "mcp:region": {"name": "us-east"},
        "mcp:server": {"image": "registry.example.com/mcp:1.2.3", "name": "orders", "healthPath": "/healthz"},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        **parse_yaml(example),
    }
    made = record(program.run, config=config, project="mcp", stack="here")
    assert [message.text for message in made.messages if message.severity != "info"] == []
    spec = made.manifest("ScaledObject")["spec"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (3, 30)
    assert [one["name"] for one in spec["triggers"]] == ["in-flight", "cpu", "office"]
    assert spec["triggers"][-1]["metadata"]["desiredReplicas"] == "10"
    down = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"]
    assert down["policies"] == [{"type": "Pods", "value": 2, "periodSeconds": 120}]


def test_the_page_says_how_yaml_reads_a_time() -> None:
    assert "`08:00` as it is meant without them" in TEXT
    assert parse_yaml("18:00") == "18:00"
    assert yaml.safe_load("18:00") == 1080


def test_the_numbers_of_the_page() -> None:
    assert "three by default" in TEXT
    assert AutoscalingKeys.model_fields["fallback_failures"].default == 3
    assert "within a tenth" in TEXT
    assert behavior.GLOBAL_TOLERANCE == 0.1
    assert "40 would end at 37" in TEXT
    assert "43 for 40" in TEXT
    assert specs.floor_value(40, None) == 43
    assert "40 pods at four a minute take eleven minutes" in TEXT
    rules = specs.Rules(window_seconds=0, policies=(specs.Policy("Pods", 4, 60),))
    assert specs.minutes_between(3, 40, rules) == 11
    assert "two\n  minutes more for the pods to start" in TEXT
    assert behavior.START_SECONDS == 120


def test_every_option_that_the_page_names_is_one() -> None:
    known = {key.name for key in keys(AutoscalingKeys)}
    prose = re.sub(r"<!-- generated.+?<!-- end -->", "", TEXT, flags=re.DOTALL)
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", prose)) - {"http_host", "http_server_name"}
    assert named <= known
    assert len(named) >= 12
