"""Every remedy that names a value or a key is followed to the letter, and breaks no other rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.rules.catalogue import CATALOGUE
from pulumi_kubernetes_mcp.rules.model import Finding, errors
from pulumi_kubernetes_mcp.settings.problems import SettingsError
from pulumi_kubernetes_mcp.settings.servers import load_stack

from .test_pages import MINIMAL, PLAYED_ELSEWHERE

Values = dict[str, Any]
Change = tuple[str, object]
"""A path and its value; ``None`` takes it out."""

VALUE = r"'?([\w.:/%-]*[\w/%])'?"
AT_THE_PATH = re.compile(rf"^(?:Set it|Raise it|Lower it|Raise the limit) to (?:at least |at most )?{VALUE}(?! ?and)")
LEFT_OUT = re.compile(r"^(?:Remove it|Leave it out|Leave them out)\b|, or leave it out\b")
SET_KEY = re.compile(rf"[Ss]et (mcp:[\w.]+) to (?:at least |at most )?{VALUE}")
LEAVE_KEY = re.compile(r"[Ll]eave (mcp:[\w.]+) out\b")
FOR_KEY = re.compile(r"(\d[\d,]*) [^();]*\((mcp:[\w.]+)\)")
STACKS: Mapping[str, Mapping[str, Any]] = {
    "least": {},
    "sessions": {
        "mcp:server": {"image": "acme/mcp:1.0.0", "runtime": "python-v2", "eras": ["legacy-stateful"]},
        "mcp:scaling": {"prometheusAddress": "http://prometheus-operated.monitoring:9090"},
    },
    "tools": {
        "mcp:server": {"image": "acme/mcp:1.0.0", "runtime": "python-v2", "eras": ["modern"]},
        "mcp:workload": {
            "dailyUsers": 2000,
            "tools": [{"name": "report", "sharePercent": 100, "durationMilliseconds": 2000, "cpuMilliseconds": 400}],
        },
        "mcp:database": {"host": "db.example.com", "maxConnections": 200},
    },
    "small": {
        "mcp:region": {"name": "lab", "environment": "development"},
        "mcp:server": {"image": "acme/mcp:1.0.0", "runtime": "typescript-v2"},
        "mcp:workload": {"peakSessions": 10, "sessionsPerPod": 10},
        "mcp:scaling": {"autoscaler": "none", "replicas": 1},
    },
}
"""What the failing examples of all rules are merged over, key by key."""


def options(remedy: str) -> list[str]:
    """The ways of a remedy: one sentence, those of a list, and the halves of an 'or'."""
    if remedy.startswith("Choose one: "):
        return [part.strip(" ;.") for part in re.split(r"\(\d+\) ", remedy)[1:]]
    return re.split("; or,? ", remedy.rstrip("."))


def changes(finding: Finding) -> Iterator[list[Change]]:
    """What each way of a remedy changes, as far as it says that in a form that anybody can follow."""
    for option in options(finding.remedy):
        # What is said of a key by its name comes before what is said of the place of the finding.
        named = [(found[1], yaml.safe_load(found[2])) for found in SET_KEY.finditer(option)]
        named += [(found[1], None) for found in LEAVE_KEY.finditer(option)]
        named += [(found[2], int(found[1].replace(",", ""))) for found in FOR_KEY.finditer(option) if not named]
        at = AT_THE_PATH.search(option)
        if named:
            yield named
        elif at is not None:
            yield [(finding.path, yaml.safe_load(at[1]))]
        if LEFT_OUT.search(option):
            yield [(finding.path, None)]


def applied(values: Values, change: list[Change]) -> Values | None:
    """The stack with a change; ``None`` where its place is none that a value can stand at."""
    changed = deepcopy(values)
    for path, value in change:
        group, *keys = re.findall(r'mcp:\w+|(?<=\[")[^"]+(?="\])|\w[\w-]*|(?<=\[)\d+(?=\])', path)
        if not keys:
            return None
        at: Any = changed.setdefault(group, {})
        for key in keys[:-1]:
            at = at[int(key)] if isinstance(at, list) else at.setdefault(key, {})
        if not isinstance(at, dict) or (value is not None and isinstance(at.get(keys[-1]), dict)):
            return None
        if value is None:
            at.pop(keys[-1], None)
        else:
            at[keys[-1]] = value
    return changed


def merged(base: Mapping[str, Any], example: Mapping[str, Any]) -> Values:
    """The keys of an example over those of a stack."""
    over = {**MINIMAL, **base}
    return {**over, **{k: {**over.get(k, {}), **v} if isinstance(v, dict) else v for k, v in example.items()}}


def planned(values: Values) -> RegionPlan:
    return plan_region(load_stack(values, where="example", directory=Path(__file__).parent), rehearse=False)


def broken(values: Values) -> list[str]:
    """What each remedy of a stack breaks, in words; nothing where all can be followed."""
    try:
        before = planned(values)
    except SettingsError:
        return []  # An example that does not fit this stack.
    known = {finding.code for finding in errors(before.findings)}
    ways: list[tuple[str, list[Change]]] = [
        (f"{finding.code}: {finding.remedy}", change) for finding in before.findings for change in changes(finding)
    ]
    for server in before.servers if not before.many else ():
        ways += [(str(remedy), list(remedy.change.items())) for remedy in server.plan.remedies if remedy.change]
    found = []
    for words, change in ways:
        after = applied(values, change)
        if after is None:
            continue
        try:
            raised = {finding.code for finding in errors(planned(after).findings)} - known
        except SettingsError as refused:
            raised = {str(refused)}
        if raised:
            found.append(f"{words} -> {change} raises {sorted(raised)}")
    return found


def stacks() -> Iterator[tuple[str, str, Values]]:
    """Each failing example over each stack."""
    for rule in CATALOGUE:
        if rule.language != "yaml" or rule.code in PLAYED_ELSEWHERE or "\n---\n" in rule.fails:
            continue
        fails = yaml.safe_load(rule.fails)
        for name, base in STACKS.items():
            yield rule.code, name, merged(base, fails)


CASES = list(stacks())
PARTS = 17
"""In how many tests the stacks are tried, so that several workers share them."""


@pytest.mark.grid
@pytest.mark.parametrize("place", range(PARTS))
def test_no_remedy_breaks_another_rule(place: int) -> None:
    found = {f"{code} over {name}": told for code, name, values in CASES[place::PARTS] if (told := broken(values))}
    assert found == {}


EDGES = [
    (kind, name, affinity)
    for kind in ("gateway", "ingress", "route")
    for name in (None, *IMPLEMENTATIONS)
    for affinity in ("auto", "source-ip", "cookie", "envelope", "agentgateway", "gateway", "none")
]
NAMED = re.compile(r"'([\w-]+)'(?: with (client\w+))?(?= |,|\)|;|\.|$)(?! behind | with an MCP-aware)")
TO_BE_TOLD = {"clientNamespace": "proxies", "clientCidrs": ["10.0.0.0/16"]}


def named(finding: Finding) -> Iterator[list[Change]]:
    """What each name in the remedy of an edge stands for: a kind, an implementation or an affinity."""
    for way in options(finding.remedy):
        for found in NAMED.finditer(re.sub(r"where '[\w-]+' keeps it|serves '\w+'", "", way)):
            if re.search(rf"[Ss]et kind to [^;,]*'{found[1]}'", way):
                key = "kind"
            else:
                key = "implementation" if found[1] in IMPLEMENTATIONS and "affinity '" not in way else "affinity"
            told: list[Change] = [(f"mcp:edge.{found[2]}", TO_BE_TOLD[found[2]])] if found[2] else []
            yield [(f"mcp:edge.{key}", found[1]), *told]


@pytest.mark.grid
@pytest.mark.parametrize("kind", ["gateway", "ingress", "route"])
def test_no_name_in_a_remedy_of_an_edge_breaks_another_rule(kind: str) -> None:
    wrong, tried = {}, 0
    for _, name, affinity in (one for one in EDGES if one[0] == kind):
        edge = {"host": "mcp.example.com", "kind": kind, "affinity": affinity}
        edge |= {} if name is None else {"implementation": name}
        values = merged({}, {"mcp:server": {"eras": ["legacy-stateful"]}, "mcp:edge": edge})
        before = planned(values).findings
        known = {finding.code for finding in errors(before)}
        for finding in before:
            if finding.code not in ("MCP303", "MCP304", "MCP305", "MCP309", "MCP312", "MCP314", "MCP324"):
                continue
            for change in named(finding):
                after = applied(values, change)
                assert after is not None
                tried += 1
                if raised := {one.code for one in errors(planned(after).findings)} - known:
                    wrong[name, affinity, finding.code, str(change)] = raised
    assert wrong == {}
    assert tried > 20


def test_what_a_remedy_says_is_understood() -> None:
    def of(remedy: str) -> list[list[Change]]:
        finding = Finding(severity=CATALOGUE[0].severity, path="mcp:a.b", code="", slug="", problem="", remedy=remedy)
        return list(changes(finding))

    assert of("Set it to at least 80 s, or leave it out: it is then derived.") == [
        [("mcp:a.b", 80)],
        [("mcp:a.b", None)],
    ]
    assert of("Choose one: (1) run 3 workers (mcp:workload.workers); (2) plan fewer.") == [
        [("mcp:workload.workers", 3)]
    ]
    assert of("Lower it to 1000m; or, if it runs 2, set mcp:workload.workers to 2; or accept this.") == [
        [("mcp:a.b", "1000m")],
        [("mcp:workload.workers", 2)],
    ]
    assert of("Ask whoever wrote it.") == []


@pytest.mark.grid
def test_remedies_that_name_a_value_are_found() -> None:
    assert sum(1 for _, _, values in CASES[::13] for one in planned(values).findings for _ in changes(one)) > 8
