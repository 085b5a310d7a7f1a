"""``scripts/pulumi-or-offline``: which command runs, and with what exit status, told by a ``pulumi`` that writes down
how it was called."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "pulumi-or-offline"
FAKE = """#!/bin/bash
{ printf '%s' "$(basename "$0")"; printf ' %s' "$@"
  if [ -n "${PULUMI_K8S_UPSERT_EXISTING_OBJECTS:-}" ]; then
    printf ' [upsert=%s]' "$PULUMI_K8S_UPSERT_EXISTING_OBJECTS"
  fi
  printf '\\n'; } >> "$CALLS"
case "$1" in
  whoami) exit "${WHOAMI:-0}" ;;
  stack)
    printf '%s' "$STACKS"
    if [ -n "${REST:-}" ]; then printf '\\n'; sleep 0.3; printf '%s\\n' "$REST" || exit 1; fi ;;
  version) echo v3.200.0 ;;
  "${FAILS:-none}") exit 7 ;;
esac
"""
QUESTIONS = ("pulumi whoami --non-interactive", "pulumi stack ls --json")
VERSION = "pulumi version"


@dataclass
class Run:
    """What the script did."""

    status: int
    said: str
    calls: list[str]

    @property
    def commands(self) -> list[str]:
        """The calls without the questions about what is there."""
        return [call for call in self.calls if call not in (*QUESTIONS, VERSION)]


class Tree:
    """A copy of the script in a project whose ``pulumi`` and ``mcp-stack`` only write down their calls."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls = root / "calls"
        self.programs = root / "programs"
        for folder in (root / "scripts", root / ".venv" / "bin", self.programs):
            folder.mkdir(parents=True)
        shutil.copy(SCRIPT, root / "scripts")
        for name in ("bash", "env", "dirname", "basename", "grep", "sleep"):
            self.programs.joinpath(name).symlink_to(str(shutil.which(name)))
        self.fake(root / ".venv" / "bin" / "mcp-stack")

    def fake(self, path: Path) -> None:
        path.write_text(FAKE)
        path.chmod(0o755)

    def install_pulumi(self) -> None:
        self.fake(self.programs / "pulumi")

    def run(self, *words: str, stacks: object = ({"name": "staging"},), **environment: str) -> Run:
        """Run the script from elsewhere, with nothing on PATH but what it needs."""
        done = subprocess.run(
            [str(self.root / "scripts" / "pulumi-or-offline"), *words],
            cwd="/",
            env={
                "PATH": str(self.programs),
                "CALLS": str(self.calls),
                "STACKS": json.dumps(stacks, indent=2),
                "HOME": str(self.root),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.stdout == ""
        calls = self.calls.read_text().splitlines() if self.calls.exists() else []
        return Run(done.returncode, done.stderr, calls)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "project")


@pytest.fixture
def installed(tree: Tree) -> Tree:
    tree.install_pulumi()
    return tree


def test_the_script_is_executable() -> None:
    assert os.access(SCRIPT, os.X_OK)


# Without a usable CLI


OFFLINE = "mcp-stack preview --stack staging"
NOT_INSTALLED = "the Pulumi CLI is not installed"
NOT_LOGGED_IN = "the Pulumi CLI is not logged in (pulumi login, or pulumi login --local)"
NO_STACK = "the stack staging does not exist in this backend (pulumi stack init staging)"


def test_a_preview_without_the_cli_is_offline_and_says_so(tree: Tree) -> None:
    run = tree.run("preview", "staging")
    assert (run.status, run.calls) == (0, [OFFLINE])
    assert run.said == (
        f"Engine: offline, because {NOT_INSTALLED}. No cluster is asked; encrypted values stay [secret].\n"
    )


def test_a_preview_without_a_login_is_offline_and_asks_no_further(installed: Tree) -> None:
    run = installed.run("preview", "staging", WHOAMI="255")
    assert (run.status, run.calls) == (0, [QUESTIONS[0], OFFLINE])
    assert f"because {NOT_LOGGED_IN}." in run.said


@pytest.mark.parametrize("stacks", [[], [{"name": "production"}], [{"name": "staging-2"}], [{"name": "old-staging"}]])
def test_a_preview_of_a_stack_that_the_backend_does_not_know_is_offline(installed: Tree, stacks: object) -> None:
    run = installed.run("preview", "staging", stacks=stacks)
    assert (run.status, run.calls) == (0, [*QUESTIONS, OFFLINE])
    assert f"because {NO_STACK}." in run.said


def test_a_dot_in_a_name_stands_for_itself(installed: Tree) -> None:
    run = installed.run("preview", "eu.west", stacks=[{"name": "euxwest"}])
    assert run.commands == ["mcp-stack preview --stack eu.west"]


def test_an_offline_preview_that_refuses_the_stack_fails(tree: Tree) -> None:
    run = tree.run("preview", "staging", FAILS="preview")
    assert (run.status, run.calls) == (7, [OFFLINE])


@pytest.mark.parametrize("verb", ["up", "recover"])
def test_what_needs_a_cluster_ends_without_the_cli_and_says_what_is_missing(tree: Tree, verb: str) -> None:
    run = tree.run(verb, "staging")
    assert (run.status, run.calls) == (1, [])
    assert run.said == (
        f"make {verb} needs the Pulumi CLI and a cluster: {NOT_INSTALLED}.\n"
        "What the stack would be without them: make preview STACK=staging\n"
    )


@pytest.mark.parametrize("verb", ["up", "recover"])
@pytest.mark.parametrize(
    ("whoami", "stacks", "missing"), [("1", [{"name": "staging"}], NOT_LOGGED_IN), ("0", [], NO_STACK)]
)
def test_what_needs_a_cluster_touches_nothing_where_the_cli_cannot_work(
    installed: Tree, verb: str, whoami: str, stacks: object, missing: str
) -> None:
    run = installed.run(verb, "staging", stacks=stacks, WHOAMI=whoami)
    assert (run.status, run.commands) == (1, [])
    assert f"a cluster: {missing}." in run.said


# With the CLI


def test_a_preview_with_the_cli_shows_the_difference(installed: Tree) -> None:
    run = installed.run("preview", "staging")
    assert (run.status, run.calls) == (0, [*QUESTIONS, VERSION, "pulumi preview --stack staging --diff"])
    assert run.said == "Engine: the Pulumi CLI v3.200.0, stack staging.\n+ pulumi preview --stack staging --diff\n"


def test_a_stack_is_found_although_the_cli_goes_on_writing(installed: Tree) -> None:
    run = installed.run("preview", "staging", REST="[]")
    assert run.commands == ["pulumi preview --stack staging --diff"]


def test_the_name_of_an_organisation_may_stand_before_the_stack(installed: Tree) -> None:
    run = installed.run("preview", "staging", stacks=[{"name": "acme/mcp/staging"}])
    assert run.commands == ["pulumi preview --stack staging --diff"]


@pytest.mark.parametrize(
    ("environment", "confirmed"),
    [({}, ""), ({"YES": "1"}, " --yes"), ({"CI": "true"}, " --yes"), ({"YES": "0"}, ""), ({"CI": "false"}, "")],
)
def test_an_up_asks_unless_it_was_told_not_to(installed: Tree, environment: dict[str, str], confirmed: str) -> None:
    run = installed.run("up", "staging", **environment)
    assert (run.status, run.commands) == (0, [f"pulumi up --stack staging{confirmed}"])


@pytest.mark.parametrize(("environment", "confirmed"), [({}, ""), ({"YES": "1"}, " --yes")])
def test_recover_removes_the_lock_and_adopts_for_one_up_only(
    installed: Tree, environment: dict[str, str], confirmed: str
) -> None:
    run = installed.run("recover", "staging", **environment)
    assert run.status == 0
    assert run.commands == [
        "pulumi cancel --stack staging --yes",
        f"pulumi up --stack staging{confirmed} [upsert=true]",
    ]
    assert "Read its preview before you confirm." in run.said


def test_recover_stops_where_the_lock_stays(installed: Tree) -> None:
    run = installed.run("recover", "staging", FAILS="cancel")
    assert (run.status, run.commands) == (7, ["pulumi cancel --stack staging --yes"])


@pytest.mark.parametrize("verb", ["preview", "up"])
def test_the_status_of_the_cli_is_the_status_of_the_verb(installed: Tree, verb: str) -> None:
    assert installed.run(verb, "staging", FAILS=verb).status == 7


# Words


def test_an_unknown_verb_runs_nothing(installed: Tree) -> None:
    run = installed.run("destroy", "staging")
    assert (run.status, run.commands) == (2, [])
    assert run.said.endswith("unknown verb destroy: preview, up or recover\n")


@pytest.mark.parametrize("words", [(), ("preview",)])
def test_a_missing_word_is_named_by_the_usage(tree: Tree, words: tuple[str, ...]) -> None:
    run = tree.run(*words)
    assert run.status != 0
    assert run.calls == []
    assert "usage: scripts/pulumi-or-offline preview|up|recover STACK" in run.said
