"""A program that runs says where the value stands that it warns of or refuses, as the checks do without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_kubernetes_mcp import FindingsError
from pulumi_kubernetes_mcp.evaluate import inspect_stack, logged_findings, run_quietly
from pulumi_kubernetes_mcp.settings import StackFile, read_stack_file

STACK = """\
config:
  mcp:region: {name: us-east}
  mcp:server:
    image: registry.example.com/acme/orders:1.4.2
    path: /orders/mcp
  mcp:workload: {dailyUsers: 500}
  mcp:edge: {host: mcp.example.com, implementation: envoy-gateway}
  kubernetes:context: dev
"""


def stack(directory: Path, text: str) -> StackFile:
    """A project whose program is the stack program."""
    (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (directory / "__main__.py").write_text("from pulumi_kubernetes_mcp import program\n\nprogram.run()\n")
    path = directory / "Pulumi.dev.yaml"
    path.write_text(text)
    return read_stack_file(directory, file=path)


@pytest.mark.grid
def test_a_warning_of_a_running_program_names_file_and_line(tmp_path: Path) -> None:
    found = stack(tmp_path, STACK)
    (message,) = [one.text for one in run_quietly(found).messages if one.severity == "warning"]
    assert message.startswith("MCP105 Pulumi.dev.yaml:3 mcp:server.healthPath: ")
    (logged,) = logged_findings([one for one in run_quietly(found).messages if one.severity == "warning"])
    (known,) = inspect_stack(found).findings
    assert (logged.code, logged.path, logged.file, logged.line) == (known.code, known.path, known.file, known.line)


def test_a_refusal_of_a_running_program_names_file_and_line(tmp_path: Path) -> None:
    text = STACK.replace("    path: /orders/mcp\n", "    path: /orders/mcp\n    healthPath: /orders/mcp\n")
    with pytest.raises(FindingsError, match=r"\n  MCP104 Pulumi\.dev\.yaml:6 mcp:server\.healthPath: "):
        run_quietly(stack(tmp_path, text))
