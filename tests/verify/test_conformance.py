"""What is made of the official suite, with programs in the place of node and npx."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.measuring.target import Target
from pulumi_kubernetes_mcp.probe.answer import Answer
from pulumi_kubernetes_mcp.verify import conformance
from pulumi_kubernetes_mcp.verify.checks import Check
from pulumi_kubernetes_mcp.verify.conformance import failures, look_at_conformance
from pulumi_kubernetes_mcp.verify.observed import Observed
from pulumi_kubernetes_mcp.verify.request import Request
from pulumi_kubernetes_mcp.verify.wire import Wire

PASSED = [{"id": "a", "status": "SUCCESS"}]


def program(path: Path, *lines: str) -> None:
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)


class Suite:
    """Programs called node and npx, and a server that declares what it offers."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.log = folder, folder / "log"
        self.offers = ["tools"]
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        self.node("v22.20.0")
        self.answers(PASSED)

        async def discover(_: Wire) -> Answer:
            found: dict[str, Any] = {"result": {"capabilities": {name: {} for name in self.offers}}}
            return Answer(200, {}, b"", found)

        monkeypatch.setattr(Wire, "discover", discover)

    def node(self, version: str) -> None:
        program(self.folder / "node", f"echo {version}")

    def answers(self, checks: Sequence[dict[str, str]]) -> None:
        """An npx that leaves these checks of each scenario, as the suite does."""
        (self.folder / "answer.json").write_text(json.dumps(list(checks)))
        program(
            self.folder / "npx",
            f'echo "$*" >> {self.log}',
            'while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done; out=${out:-$1}',
            f'mkdir -p "$out/one" && cp {self.folder}/answer.json "$out/one/checks.json"',
        )

    def look(self, *headers: tuple[str, str], eras: tuple[str, ...] = ("modern",), wanted: bool = True) -> Observed:
        seen = Observed(started=False, eras=eras)
        target = Target(url="http://127.0.0.1:9/mcp", headers=headers)
        asyncio.run(look_at_conformance(Request(target=target, conformance=wanted), seen))
        return seen


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Suite:
    return Suite(tmp_path, monkeypatch)


@pytest.mark.grid
def test_what_the_server_does_not_offer_is_not_asked(suite: Suite) -> None:
    found = suite.look().conformance
    assert found is not None
    assert found.passed == [
        "http-header-validation (2026-07-28)",
        "server-stateless (2026-07-28)",
        "caching (2026-07-28)",
    ]
    assert found.not_offered == ["resources-list (2026-07-28)", "prompts-list (2026-07-28)"]
    suite.offers = ["tools", "resources"]
    found = suite.look().conformance
    assert found is not None
    assert "resources-list (2026-07-28)" in found.passed
    asked = suite.log.read_text().splitlines()
    assert asked[0].startswith(
        "--yes @modelcontextprotocol/conformance@0.2.0-alpha.12 server --url http://127.0.0.1:9/mcp"
    )
    assert "--scenario caching --spec-version 2026-07-28" in asked[2]


@pytest.mark.grid
def test_the_first_check_that_failed_is_named_with_its_words(suite: Suite) -> None:
    suite.answers([{"id": "b", "status": "FAILURE", "errorMessage": "no\nheader"}, {"id": "c", "status": "FAILURE"}])
    found = suite.look().conformance
    assert found is not None
    assert found.passed == []
    assert found.failed[0] == "http-header-validation (2026-07-28): b, no header and 1 more"


@pytest.mark.parametrize(
    ("name", "offered", "failed"),
    [
        ("sep-2549-prompts-list-caching-hints", {"tools"}, False),
        ("sep-2549-prompts-list-caching-hints", {"tools", "prompts"}, True),
        ("sep-2549-tools-list-caching-hints", {"tools"}, True),
        ("sep-2575-missing-capability-http-400", {"tools"}, False),
        ("wire-schema-valid", set(), True),
    ],
)
def test_a_check_of_what_a_server_need_not_have_is_no_failure(name: str, offered: set[str], failed: bool) -> None:
    assert failures([{"id": name, "status": "FAILURE", "description": "says why"}], offered) == (
        [f"{name}, says why"] if failed else []
    )
    assert failures([{"id": name, "status": "WARNING"}, {"id": name, "status": "SKIPPED"}], offered) == []


@pytest.mark.grid
def test_a_suite_that_cannot_run_says_nothing_of_the_server(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that is not reached, a Node that is too old or missing, a scenario that hangs: not verified."""
    reason = Check.CONFORMANCE
    program(suite.folder / "npx", "exit 7")
    left = "the suite left no result of its scenario http-header-validation: npx ended with 7"
    assert suite.look().unseen[reason] == f"{left}; is the npm registry reached?"
    suite.node("v20.20.2")
    assert suite.look().unseen[reason].endswith("needs node 22 or newer, and this is v20.20.2")
    suite.node("v22.20.0")
    program(suite.folder / "npx", "sleep 600")
    monkeypatch.setattr(conformance, "SCENARIO_SECONDS", 0.2)
    assert "did not end its scenario http-header-validation" in suite.look().unseen[reason]
    (suite.folder / "npx").unlink()
    monkeypatch.setenv("PATH", str(suite.folder))
    assert suite.look().unseen[reason] == "node 22 or newer, with npx, is not installed"


def test_it_is_asked_for_and_sends_no_token(suite: Suite) -> None:
    assert suite.look(wanted=False).unseen[Check.CONFORMANCE].startswith("--conformance was not given")
    assert (
        suite.look(("Authorization", "Bearer x")).unseen[Check.CONFORMANCE].startswith("the suite cannot send headers")
    )
    assert not suite.log.exists()
    found = suite.look(eras=("sse",)).conformance
    assert found is not None
    assert (found.passed, found.failed) == ([], [])
