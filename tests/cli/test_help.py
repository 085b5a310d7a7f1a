"""The help: fast, with an example for each verb that can be typed, and one exit status for each kind of end."""

from __future__ import annotations

import gc
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app, main
from pulumi_kubernetes_mcp.collecting import RARE

ROOT = Path(__file__).resolve().parents[2]
GROUP = typer.main.get_command(app)
VERBS = sorted(GROUP.commands)  # type: ignore[attr-defined]
SHORTEST_LINE = 62
"""Columns that the list of verbs leaves for what each does, in a terminal of 80."""


def help_of(verb: str) -> str:
    result = CliRunner(env={"COLUMNS": "100"}).invoke(app, [verb, "--help"])
    assert result.exit_code == 0
    return result.output


@pytest.mark.grid
def test_a_terminal_that_lacks_a_character_shows_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """The console script ends with its own status there, and with no traceback."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "argv", ["mcp-stack", "explain", "MCP515"])
    with pytest.raises(SystemExit) as end:
        main()
    stream.flush()
    assert end.value.code == 0
    assert b"?" in stream.buffer.getvalue()  # type: ignore[attr-defined]


@pytest.mark.grid
def test_a_verb_looks_for_garbage_rarely_and_not_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, seen = gc.get_threshold(), []
    monkeypatch.setattr(gc, "freeze", lambda: seen.append("kept as it is"))
    monkeypatch.setattr(Console, "print", lambda *_, **__: seen.append(gc.get_threshold()[0]))
    monkeypatch.setattr(sys, "argv", ["mcp-stack", "explain", "MCP515"])
    with pytest.raises(SystemExit):
        main()
    assert set(seen[:-1]) == {RARE}
    assert seen[-1] == "kept as it is"
    assert gc.get_threshold() == usual


def test_there_are_verbs() -> None:
    assert {"check", "diff", "measure", "plan", "preview", "render", "schema", "simulate", "stacks"} <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_has_one_example_that_can_be_typed(verb: str) -> None:
    examples = re.findall(r"^  Example: mcp-stack (.*)$", help_of(verb), re.MULTILINE)
    assert len(examples) == 1
    words = shlex.split(examples[0])
    assert words[0] == verb
    command = GROUP.commands[verb]  # type: ignore[attr-defined]
    command.make_context(verb, words[1:])


def test_the_list_of_verbs_says_in_whole_sentences_what_each_does() -> None:
    listed = CliRunner(env={"COLUMNS": "80"}).invoke(app, ["--help"]).output
    for verb in VERBS:
        (text,) = re.findall(rf"^  {verb} +(\S.*)$", listed, re.MULTILINE)
        assert text.endswith(".")
        assert not text.endswith("...")
        assert len(text) <= SHORTEST_LINE


@pytest.mark.grid
def test_the_help_loads_nothing_that_a_verb_works_with() -> None:
    code = (
        "import sys, runpy\nsys.argv = ['mcp-stack', '--help']\n"
        "try:\n    runpy.run_module('pulumi_kubernetes_mcp.cli', run_name='__main__')\nexcept SystemExit:\n    pass\n"
        "print([n for n in ('pulumi', 'pydantic', 'yaml', 'rich', 'asyncio', 'grpc') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "components")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert "Usage: mcp-stack [OPTIONS] COMMAND" in done.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["chek"], 2),
        (["check", "--al"], 2),
        (["plan", "--json", "--markdown"], 2),
        (["check", "--stack", "no-such-stack"], 1),
        (["--help"], 0),
        (["--version"], 0),
    ],
)
def test_wrong_words_end_with_2_and_refusals_with_1(words: list[str], code: int) -> None:
    assert CliRunner().invoke(app, words).exit_code == code


def test_a_misspelt_verb_names_the_nearest() -> None:
    assert "check" in CliRunner().invoke(app, ["chek"]).output
