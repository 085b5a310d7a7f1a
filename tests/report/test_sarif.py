"""Findings as SARIF: valid by the standard, each at its file and line, with the help of its rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

import jsonschema
import pytest

from pulumi_kubernetes_mcp.report.refusals import CheckedStack
from pulumi_kubernetes_mcp.report.sarif import sarif
from pulumi_kubernetes_mcp.rules.catalogue import CATALOGUE, rule
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.stack_agreement import Disagreement
from tests.report.sarif_schema import LOG

IMAGE = rule("MCP101").at("mcp:server.image", "It has no tag.", "Give one.")
AFFINITY = replace(
    rule("MCP304").at("mcp:edge.affinity", "Cookies are lost.", "Use another."), file="a b.yaml", line=12
)
FORM = Finding(path="", problem="The file is empty.", remedy="", slug="empty-file")


def log(*checked: CheckedStack, **more: Any) -> dict[str, Any]:
    made = sarif(checked, version="1.2.3", **more)
    jsonschema.Draft7Validator(LOG).validate(made)
    return made


def dev(*findings: Finding) -> CheckedStack:
    return CheckedStack(stack="dev", where="stacks/Pulumi.dev.yaml", findings=findings)


def results(made: dict[str, Any]) -> list[dict[str, Any]]:
    (run,) = made["runs"]
    return list(run["results"])


def test_a_finding_is_a_result_at_its_place() -> None:
    first, second, third = results(log(dev(IMAGE, AFFINITY, FORM)))
    assert (first["ruleId"], first["level"], first["message"]["text"]) == (
        "MCP101",
        "error",
        "It has no tag. Give one.",
    )
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "stacks/Pulumi.dev.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 1},
            },
            "logicalLocations": [{"fullyQualifiedName": "mcp:server.image", "kind": "member"}],
        }
    ]
    physical = second["locations"][0]["physicalLocation"]
    assert (second["level"], physical["artifactLocation"]["uri"], physical["region"]) == (
        *("warning", "a%20b.yaml", {"startLine": 12}),
    )
    assert (third["ruleId"], third["message"], list(third["locations"][0])) == (
        *("empty-file", {"text": "The file is empty."}, ["physicalLocation"]),
    )


def test_each_rule_that_speaks_is_there_once_with_its_help() -> None:
    made = log(dev(IMAGE, AFFINITY, IMAGE, FORM))
    rules = made["runs"][0]["tool"]["driver"]["rules"]
    assert [one["id"] for one in rules] == ["MCP101", "MCP304", "empty-file"]
    assert [rules[one["ruleIndex"]]["id"] for one in results(made)] == ["MCP101", "MCP304", "MCP101", "empty-file"]
    cookie = rule("MCP304")
    assert (rules[1]["name"], rules[1]["shortDescription"]["text"]) == ("cookie-affinity", cookie.title)
    assert rules[1]["fullDescription"]["text"] == " ".join(cookie.why.split())
    assert rules[1]["defaultConfiguration"] == {"level": "warning"}
    for part in (cookie.meaning, cookie.why, f"```yaml\n{cookie.fails}\n```", f"```yaml\n{cookie.passes}\n```"):
        assert part in rules[1]["help"]["markdown"]
    assert cookie.fails in rules[1]["help"]["text"]
    assert rules[1]["properties"] == {"tags": ["Edge"]}
    assert rules[2]["shortDescription"] == {"text": "empty file"}


@pytest.mark.grid
def test_every_rule_makes_a_valid_log() -> None:
    made = log(dev(*(one.at("mcp:server", "It is so.", "Change it.") for one in CATALOGUE)))
    assert len(results(made)) == len(made["runs"][0]["tool"]["driver"]["rules"]) == len(CATALOGUE)


def test_files_are_seen_from_where_the_command_runs() -> None:
    (one,) = results(log(dev(IMAGE), root=Path("services/orders")))
    place = one["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "services/orders/stacks/Pulumi.dev.yaml"
    (other,) = results(log(dev(replace(IMAGE, file="/srv/Pulumi.dev.yaml")), root=PurePath("here")))
    assert other["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///srv/Pulumi.dev.yaml"}


def test_a_finding_keeps_its_identity_when_lines_and_numbers_change_and_no_other_has_it() -> None:
    def prints(*findings: Finding) -> list[str]:
        return [one["partialFingerprints"]["findingPath/v1"] for one in results(log(dev(*findings)))]

    moved = replace(IMAGE, line=99, problem="It has another tag.")
    assert prints(IMAGE) == prints(moved)
    assert len({*prints(IMAGE, AFFINITY, replace(IMAGE, path="mcp:database.poolerImage"))}) == 3


def test_what_stacks_do_not_agree_in_is_at_the_first_of_them() -> None:
    found = Disagreement(stacks=("dev", "other"), finding=AFFINITY)
    (one,) = results(log(dev(), CheckedStack(stack="other", where="b.yaml", findings=()), together=[found]))
    assert one["properties"] == {"stack": "dev", "remedy": "Use another."}


def test_a_run_without_findings_has_an_empty_list() -> None:
    assert results(log()) == []


@pytest.mark.parametrize("wrong", [{"level": "fatal"}, {"mesage": {"text": "a"}}, {"ruleIndex": "1"}])
def test_the_schema_sees_what_is_wrong(wrong: dict[str, Any]) -> None:
    made = log(dev(IMAGE))
    made["runs"][0]["results"][0] |= wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(LOG).validate(made)
