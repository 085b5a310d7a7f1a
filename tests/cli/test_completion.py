"""Completion in a shell: what a person gets who presses the tabulator key."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASH = shutil.which("bash")
PRESS_TAB = """
eval "$(_MCP_STACK_COMPLETE=source_bash mcp-stack)"
COMP_WORDS=({words}) COMP_CWORD={number}
$(complete -p mcp-stack | sed -E 's/.*-F ([^ ]+) .*/\\1/') mcp-stack
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.grid
@pytest.mark.skipif(BASH is None, reason="missing: bash")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("mcp-stack pre", ["preview"]),
        ("mcp-stack check --str", ["--strict"]),
        ("mcp-stack check --stack prod", ["production-a", "production-b"]),
        ("mcp-stack -x", []),
    ],
)
def test_bash_completes_verbs_options_and_the_stacks_of_the_project(project, tmp_path, words, found):
    for name in ("production-a", "production-b", "dev"):
        project.stack(name)
    script = tmp_path / "mcp-stack"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m pulumi_kubernetes_mcp.cli "$@"\n')
    script.chmod(0o755)
    done = subprocess.run(
        [BASH, "--norc", "-c", PRESS_TAB.format(words=words, number=len(words.split()) - 1)],
        cwd=project.root,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "components")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == found
    assert done.stderr == ""


@pytest.mark.grid
def test_a_broken_project_completes_to_nothing(project, tmp_path):
    project.root.joinpath("Pulumi.yaml").write_text("name: [")
    done = subprocess.run(
        [sys.executable, "-m", "pulumi_kubernetes_mcp.cli"],
        cwd=project.root,
        env={
            "PYTHONPATH": str(ROOT / "components"),
            "_MCP_STACK_COMPLETE": "complete_bash",
            "COMP_WORDS": "mcp-stack plan -s d",
            "COMP_CWORD": "3",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")
