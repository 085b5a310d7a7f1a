"""The tables of docs/cli.md, read off the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import typer

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.report.markdown import code, escape

_EXAMPLE = re.compile(r"^\s*Example: (mcp-stack .*)$", re.MULTILINE)


def verbs() -> str:
    """A row for each verb: what it does, and its example."""
    rows = [["verb", "what it does", "example"], ["---"] * 3]
    for name, command in _commands().items():
        (example,) = _EXAMPLE.findall(command.help)
        rows.append([f"[`{name}`](#{name})", escape(command.short_help), code(example)])
    return _lines(rows)


def options() -> str:
    """Every option of every verb."""
    return "\n".join(f"### {name}\n\n{_lines(_options(command))}" for name, command in _commands().items())


def _options(command: Any) -> Iterator[list[str]]:
    context = typer.Context(command)
    yield ["option", "what it does"]
    yield ["---", "---"]
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None and parameter.name != "help":
            # An argument with a name of its own needs no type beside it.
            names = re.sub(r" <.*>$", "", record[0]) if parameter.param_type_name == "argument" else record[0]
            yield [code(names), escape(parameter.help or "")]


def _commands() -> dict[str, Any]:
    """The verbs in the order of the help."""
    group: Any = typer.main.get_command(app)
    return {name: group.commands[name] for name in group.list_commands(typer.Context(group))}


def _lines(rows: Iterable[list[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
