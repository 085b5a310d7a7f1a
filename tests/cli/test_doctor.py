"""``mcp-stack doctor`` with a kubectl that answers as a cluster does where almost nothing is installed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence

import pytest

from pulumi_kubernetes_mcp.doctor import read

from .conftest import Project


class Kubectl:
    """Allows everything, has three nodes, and nothing else."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    def __call__(self, words: Sequence[str], _given: str = "") -> subprocess.CompletedProcess[str]:
        self.asked.append(words)
        answers = {
            "auth": "yes",
            "version": json.dumps({"serverVersion": {"gitVersion": "v1.36.3", "minor": "36"}}),
            "current-context": "of-kubectl",
            "get-contexts": "there",
        }
        said = next((answer for word, answer in answers.items() if word in words), "")
        return subprocess.CompletedProcess(list(words), 0, said, "")


@pytest.fixture
def kubectl(monkeypatch: pytest.MonkeyPatch) -> Kubectl:
    found = Kubectl()
    monkeypatch.setattr(read, "run_words", found)
    return found


def test_what_is_missing_is_told_with_its_key_and_fails(project: Project, kubectl: Kubectl) -> None:
    project.stack()
    result = project.run("doctor", "--stack", "dev", "--json")
    said = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (said["stack"], said["context"]) == ("dev", "here")
    lines = {one["what"]: one for one in said["lines"]}
    gateway = next(one for what, one in lines.items() if "Gateway" in what and one["state"] == "missing")
    assert gateway["key"].startswith("mcp:edge")
    assert all(one["key"] for one in said["lines"] if one["state"] == "missing")


@pytest.mark.grid
def test_the_terminal_says_the_same(project: Project, kubectl: Kubectl) -> None:
    project.stack()
    result = project.run("doctor", "--stack", "dev")
    data = json.loads(project.run("doctor", "--stack", "dev", "--json").stdout)
    count = sum(1 for one in data["lines"] if one["state"] == "missing")
    assert result.stdout.startswith("Cluster here, namespace mcp-prod-here: ")
    assert f"{count} missing" in result.stdout.splitlines()[0]


@pytest.mark.grid
@pytest.mark.parametrize(("words", "context"), [((), "here"), (("--context", "there"), "there")])
def test_the_cluster_is_the_one_of_the_stack_or_the_one_that_is_named(
    project: Project, kubectl: Kubectl, words: tuple[str, ...], context: str
) -> None:
    project.stack()
    assert json.loads(project.run("doctor", "--stack", "dev", "--json", *words).stdout)["context"] == context
    assert {asked[2] for asked in kubectl.asked if asked[1] == "--context"} == {context}
