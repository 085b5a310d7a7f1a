"""``mcp-stack check``: one shape for everything that is wrong, in JSON and as SARIF."""

from __future__ import annotations

import json

import jsonschema
import pytest

from pulumi_kubernetes_mcp.report.refusals import refused_findings
from tests.report.sarif_schema import LOG

LATEST = {"image": "registry.example/mcp:latest", "name": "orders"}
KEYS = {"code", "slug", "severity", "file", "line", "path", "problem", "remedy"}


def test_rules_forms_and_files_are_refused_in_one_shape(project) -> None:
    project.stack("rule", server=LATEST)
    project.stack("form", workload={"dailyUsers": -1})
    project.stacks.joinpath("Pulumi.text.yaml").write_text("config: [")
    result = project.run("check", "--all", "--json")
    assert result.exit_code == 1
    stacks = {one["stack"]: one["findings"] for one in json.loads(result.stdout)["stacks"]}
    assert sorted(stacks) == ["form", "rule", "text"]
    for findings in stacks.values():
        assert findings
        assert all(set(one) == KEYS and one["slug"] and one["problem"] for one in findings)
    assert [(one["code"], one["slug"]) for one in stacks["rule"] if one["severity"] == "error"] == [
        ("MCP101", "image-not-pinned")
    ]
    assert [one["path"] for one in stacks["form"]] == ["mcp:workload.dailyUsers"]


@pytest.mark.parametrize("text", ["", "config: 7\n", "config: ["])
def test_one_stack_that_cannot_be_read_has_the_same_shape(project, text) -> None:
    project.stacks.joinpath("Pulumi.dev.yaml").write_text(text)
    result = project.run("check", "--stack", "dev", "--json")
    data = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (data["stack"], len(data["findings"]), data["findings"][0]["severity"]) == ("dev", 1, "error")
    assert data["findings"][0]["file"] == "stacks/Pulumi.dev.yaml"
    plain = project.run("check", "--stack", "dev")
    assert (plain.stdout, plain.exit_code) == ("", 1)
    assert plain.stderr.startswith("stacks/Pulumi.dev.yaml cannot be used: 1 problem.\n")


def test_sarif_is_printed_instead_of_text(project) -> None:
    project.stack("dev", server=LATEST)
    project.stack("other", workload={"dailyUsers": -1})
    result = project.run("check", "--all", "--sarif", "-")
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    jsonschema.Draft7Validator(LOG).validate(data)
    (run,) = data["runs"]
    found = {(one["properties"]["stack"], one["ruleId"]) for one in run["results"] if one["level"] == "error"}
    assert ("dev", "MCP101") in found
    assert "other" in {stack for stack, _ in found}
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"] for one in run["results"]]
    assert all(place["uri"].endswith((".dev.yaml", ".other.yaml")) for place in places)


def test_what_is_refused_as_a_whole_is_told_of_its_file() -> None:
    """So that a line of SARIF has a place, where the refusal itself names none."""
    refused = RuntimeError("It cannot be read.")
    (told,) = refused_findings(refused, "stacks/Pulumi.dev.yaml")
    assert (told.file, told.problem, told.slug) == ("stacks/Pulumi.dev.yaml", "It cannot be read.", "refused")
    assert [one.file for one in refused_findings(refused)] == [None]


def test_sarif_is_written_beside_the_text(project) -> None:
    project.stack("dev", server=LATEST)
    target = project.root / "check.sarif"
    result = project.run("check", "--stack", "dev", "--sarif", str(target))
    assert result.exit_code == 1
    assert "error MCP101 image-not-pinned" in result.stdout
    jsonschema.Draft7Validator(LOG).validate(json.loads(target.read_text(encoding="utf-8")))


def test_json_and_printed_sarif_exclude_each_other(project) -> None:
    project.stack("dev")
    result = project.run("check", "--json", "--sarif", "-")
    assert result.exit_code == 2
    assert "--json and '--sarif -' both print: give one of them." in " ".join(result.output.split())


def test_a_finding_names_the_file_and_the_line_of_its_value(project) -> None:
    """Also of a value that comes from the defaults of the project, and of one that is not there: the group's line."""
    manifest = project.root / "Pulumi.yaml"
    text = manifest.read_text() + "config:\n  mcp:defaults:\n    value:\n      server:\n        image: a/mcp:latest\n"
    manifest.write_text(text)
    file = project.stack("dev", server={"name": "orders"})
    (stack,) = [json.loads(project.run("check", "--stack", "dev", "--json").stdout)]
    places = {one["path"]: (one["file"], one["line"]) for one in stack["findings"]}
    assert places["mcp:server.image"] == ("Pulumi.yaml", text.splitlines().index("        image: a/mcp:latest") + 1)
    server = file.read_text().splitlines().index("  mcp:server:") + 1
    missing_file, missing_line = places["mcp:server.healthPath"]
    assert missing_file == "stacks/Pulumi.dev.yaml"
    assert missing_line in (server, server + 1)
