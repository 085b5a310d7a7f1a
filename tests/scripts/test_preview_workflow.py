"""The workflow of pull requests: its steps are run as they stand, with a ``gh`` that writes down how it was called."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import GOOD, Project

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "preview.yml"
MARK = "<!-- mcp-stack diff -->\n"
FAKE_GH = """#!/bin/bash
printf '%s\\n' "$*" >> "$CALLS"
case "$*" in *--paginate*) printf '%s' "${KNOWN:-}" ;; esac
"""
pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("git", "bash", "jq")), reason="missing: git, bash or jq"
)


def jobs() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    return found


def step(name: str) -> dict[str, Any]:
    (found,) = [one for one in jobs()["changes"]["steps"] if one.get("name") == name]
    return found


class Runner:
    """A checkout with two stacks, and what a runner of GitHub gives to a step."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root / "checkout")
        self.root = root
        for name in ("a", "b"):
            self.project.stack(name)
        self.git("init")
        self.git("add", "-A")
        self.git("commit", "-m", "as it is")
        self.script(self.project.root / ".venv" / "bin" / "mcp-stack", self.command)
        self.script(root / "bin" / "gh", FAKE_GH)
        self.temp = root / "temp"
        self.temp.mkdir()

    @property
    def command(self) -> str:
        return f'#!/bin/sh\nexec {sys.executable} -m pulumi_kubernetes_mcp.cli "$@"\n'

    def script(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True)
        path.write_text(text)
        path.chmod(0o755)

    def git(self, *words: str) -> None:
        options = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *options, *words], cwd=self.project.root, check=True, capture_output=True)

    def run(self, name: str, **environment: str) -> dict[str, str]:
        """Run a step as GitHub does; what it wrote to its output."""
        output = self.root / "output"
        output.write_text("")
        subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step(name)["run"]],
            cwd=self.project.root,
            env={
                "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT / "components"),
                "RUNNER_TEMP": str(self.temp),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(self.root / "summary"),
                "GITHUB_REPOSITORY": "acme/mcp",
                "CALLS": str(self.root / "calls"),
                "BASE": "HEAD",
                "NUMBER": "7",
                **environment,
            },
            check=True,
            capture_output=True,
        )
        return dict(line.split("=", 1) for line in output.read_text().splitlines())

    def said(self) -> str:
        """What the comment would say; the summary says the same."""
        text = self.temp.joinpath("changes.md").read_text()
        assert self.root.joinpath("summary").read_text().endswith(text)
        return text


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_no_stack_is_named_in_it() -> None:
    names = [path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in ROOT.glob("stacks/Pulumi.*.yaml")]
    assert names
    assert [name for name in names if name in WORKFLOW.read_text()] == []
    assert jobs()["pulumi"]["strategy"]["matrix"]["stack"] == "${{ fromJSON(needs.changes.outputs.stacks) }}"
    assert jobs()["changes"]["outputs"]["stacks"] == "${{ steps.stacks.outputs.stacks }}"


@pytest.mark.grid
def test_the_matrix_is_every_stack_that_is_there(runner: Runner) -> None:
    assert json.loads(runner.run("List the stacks")["stacks"]) == ["a", "b"]
    for path in runner.project.stacks.glob("Pulumi.*.yaml"):
        path.unlink()
    assert runner.run("List the stacks") == {"stacks": "[]"}


@pytest.mark.grid
def test_nothing_changes(runner: Runner) -> None:
    assert runner.run("Say what changes") == {"status": "0"}
    assert runner.said() == f"{MARK}No change in a, b.\n"


@pytest.mark.grid
def test_a_change_and_a_stack_that_cannot_work(runner: Runner) -> None:
    runner.project.stack("a", server={**GOOD["mcp:server"], "image": "registry.example/mcp:2.0.0"})
    assert runner.run("Say what changes") == {"status": "0"}
    assert runner.said().startswith(f"{MARK}## a: 1 updated; pods of 1 restart\n")
    assert runner.said().endswith("\nNo change in b.\n")
    assert len(re.findall("^```", runner.said(), re.M)) == 2
    runner.project.stack("b", server={**GOOD["mcp:server"], "image": "registry.example/mcp:latest"})
    assert runner.run("Say what changes") == {"status": "1"}
    assert "## b: cannot work\n" in runner.said()
    assert step("Fail where a stack cannot work")["if"] == "steps.diff.outputs.status != '0'"


@pytest.mark.grid
def test_a_base_that_cannot_be_read_is_not_an_empty_comment(runner: Runner) -> None:
    assert runner.run("Say what changes", BASE="origin/nosuch") == {"status": "1"}
    assert runner.said() == f"{MARK}The stacks could not be compared: the log of the run says why.\n"


@pytest.mark.grid
def test_the_comment_is_made_once_and_then_written_anew(runner: Runner) -> None:
    body = f"-F body=@{runner.temp / 'changes.md'}"
    runner.run("Comment on the pull request")
    _, made = runner.root.joinpath("calls").read_text().splitlines()
    assert made == f"api --method POST repos/acme/mcp/issues/7/comments {body}"
    runner.run("Comment on the pull request", KNOWN="41\n42\n")
    asked, written = runner.root.joinpath("calls").read_text().splitlines()[2:]
    assert MARK.strip() in asked
    assert written == f"api --method PATCH repos/acme/mcp/issues/comments/42 {body}"


def test_what_it_reads_is_on_the_page_about_operations() -> None:
    read = set(re.findall(r"\b(?:secrets|vars)\.(\w+)", WORKFLOW.read_text()))
    assert read == {"PULUMI_ORGANIZATION", "PULUMI_ACCESS_TOKEN", "KUBECONFIG_DATA"}
    page = ROOT.joinpath("docs", "operations.md").read_text()
    assert [name for name in sorted(read) if f"| `{name}` |" not in page] == []
