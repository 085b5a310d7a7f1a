"""The failing example of a rule raises its finding, the passing one no error at all; its page has all that it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import pulumi_kubernetes_mcp as package
from pulumi_kubernetes_mcp import FindingsError
from pulumi_kubernetes_mcp.autoscaling.args import autoscaling_findings
from pulumi_kubernetes_mcp.autoscaling.keys import AutoscalingKeys
from pulumi_kubernetes_mcp.edge.checks import ingress_findings
from pulumi_kubernetes_mcp.edge.keys import IngressKeys
from pulumi_kubernetes_mcp.inputs.checked import checked
from pulumi_kubernetes_mcp.planned_stacks import PlannedStack
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.rules.applied import OF_THE_REHEARSAL
from pulumi_kubernetes_mcp.rules.blue_green import switch_findings
from pulumi_kubernetes_mcp.rules.catalogue import CATALOGUE, rule
from pulumi_kubernetes_mcp.rules.database import pooler_findings
from pulumi_kubernetes_mcp.rules.model import Finding, errors
from pulumi_kubernetes_mcp.rules.schedules import zone_findings
from pulumi_kubernetes_mcp.server.args import server_spec, service_findings
from pulumi_kubernetes_mcp.server.keys import ServiceKeys
from pulumi_kubernetes_mcp.settings.problems import SettingsError
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.stack_agreement import agreement
from pulumi_kubernetes_mcp.target import target_of
from pulumi_kubernetes_mcp.testing import record
from tests.table import table

PAGES = Path(__file__).parents[2] / "docs" / "findings"
CODES = [known.code for known in CATALOGUE]
PLAYED_ELSEWHERE = ("MCP601", "MCP602")
"""Rules whose example plays for seconds, and which the tests of the rehearsal raise and mend too."""
MINIMAL: Mapping[str, object] = {
    "mcp:region": {"name": "us-east"},
    "mcp:server": {"image": "ghcr.io/acme/mcp-server:1.4.2"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}
"""The least stack file. An example replaces whole keys of it, as Pulumi does."""

BESIDES = {"MCP405": {"MCP401"}, "MCP902": {"MCP206"}}
"""Errors that cannot be kept apart: no connection left is no budget either; an accepted error is still one."""


def stack_findings(example: str, *, rehearse: bool = False) -> list[Finding]:
    """What a stack says that differs from the least one by the keys of ``example``."""
    first, *others = [{**MINIMAL, **changed} for changed in yaml.safe_load_all(example)]
    if others:
        return together_findings([first, *others])
    values = first
    settings = load_stack(values, where="example", directory=Path(__file__).parent)
    return list(plan_region(settings, rehearse=rehearse, target=target_of(values)).findings)


def together_findings(stacks: list[Mapping[str, object]]) -> list[Finding]:
    """What several stacks are told, each one document of an example."""
    planned = []
    for place, values in enumerate(stacks):
        plan = plan_region(load_stack(values, where="example", directory=Path(__file__).parent), rehearse=False)
        context = values.get("kubernetes:context")
        name = f"stack-{place}"
        planned.append(PlannedStack(name=name, plan=plan, context=None if context is None else str(context)))
        assert not errors(plan.findings), plan.findings
    return [one.finding for one in agreement(planned)]


def program_findings(example: str) -> list[Finding]:
    """What the one call of ``example`` is told before it registers anything."""

    if "server=" in example or "McpRegion(" in example:
        return refused_findings(example)

    def service(name: str, args: Any) -> list[Finding]:
        # A port out of range is refused before a rule sees it.
        port = args.get("port", 8000)
        keys = checked(ServiceKeys, name, {**args, "port": 8000}).model_copy(update={"port": port})
        return service_findings(server_spec(name, keys), keys)

    def autoscaling(name: str, args: Any) -> list[Finding]:
        return autoscaling_findings(checked(AutoscalingKeys, name, args))

    def ingress(name: str, args: Any) -> list[Finding]:
        return ingress_findings(checked(IngressKeys, name, args))

    found: list[Finding] = eval(
        example,
        {
            "McpService": service,
            "McpAutoscaling": autoscaling,
            "McpIngress": ingress,
            "pooler_findings": pooler_findings,
            "switch_findings": switch_findings,
            "zone_findings": zone_findings,
        },
    )
    return found


def refused_findings(example: str) -> list[Finding]:
    """What a program of components that are handed to each other is refused for."""
    components = {name: getattr(package, name) for name in ("McpService", "McpAutoscaling", "McpIngress", "McpRegion")}
    try:
        record(lambda: eval(example, components))
    except FindingsError as refused:
        return refused.findings
    return []


def examples(code: str) -> dict[str, tuple[str, str]]:
    """``Fails`` and ``Passes`` to language and text of the examples of a rule."""
    known = rule(code)
    return {"Fails": (known.language, known.fails), "Passes": (known.language, known.passes)}


def run(code: str, heading: str) -> list[Finding]:
    """What an example is told. Only the rules of the rehearsal need it: its findings are warnings."""
    language, example = examples(code)[heading]
    if language == "python":
        return program_findings(example)
    return stack_findings(example, rehearse=code in OF_THE_REHEARSAL)


def test_the_least_stack_file_has_no_errors() -> None:
    assert errors(stack_findings("{}")) == []


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=[pytest.mark.grid] * (code in PLAYED_ELSEWHERE)) for code in CODES]
)
def test_the_examples_of_a_rule(code: str) -> None:
    """The failing one raises its finding, at a key of the stack file, and fails for no other reason; the passing one
    has no error and not this finding.
    """
    failing, passing = run(code, "Fails"), run(code, "Passes")
    assert rule(code).fails != rule(code).passes
    assert code in {finding.code for finding in failing}
    assert {finding.code for finding in errors(failing)} - {code} == BESIDES.get(code, set())
    if rule(code).language == "yaml":
        paths = [finding.path for finding in failing]
        key = r"(mcp|kubernetes):[a-zA-Z]+(\.[\w-]+|\[\d+\]|\[\"[\w./-]+\"\])*"
        assert [path for path in paths if not re.fullmatch(key, path)] == []
    assert errors(passing) == []
    assert code not in {finding.code for finding in passing}


@pytest.mark.grid
@table("code", CODES)
def test_a_page_has_everything_that_the_rule_says(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    known = rule(code)
    assert text.startswith(f"# {code}: {known.title}\n\n")
    assert text.split("\n\n")[1].startswith("An error: " if known.severity.value == "error" else "A warning: ")
    assert f"`{known.slug}`" in text.split("\n\n")[1]
    for prose in (known.meaning, known.why, known.note):
        assert " ".join(prose.split()) in " ".join(text.split())
    for example in (known.fails, known.passes):
        assert f"\n```{known.language}\n{example}\n```\n" in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## What it means",
        "## Why",
        "## Fails",
        "## Passes",
    ]


def test_there_is_no_page_of_a_rule_that_is_gone() -> None:
    assert sorted(path.name for path in PAGES.iterdir()) == sorted([*(f"{code}.md" for code in CODES), "README.md"])


@pytest.mark.parametrize(
    ("example", "place"),
    [
        ("mcp:server: {image: 'mcp:1', name: MCP_Server}", "mcp:server.name"),
        ("mcp:server: {image: 'mcp:1', port: 70000}", "mcp:server.port"),
        (
            "mcp:server: {image: 'mcp:1', resources: {requests: {memory: 192MB}}}",
            "mcp:server.resources.requests.memory",
        ),
    ],
)
def test_what_only_a_program_can_get_wrong_is_refused_when_a_stack_file_is_read(example: str, place: str) -> None:
    with pytest.raises(SettingsError) as refused:
        stack_findings(example)
    assert [problem.path for problem in refused.value.problems] == [place]
