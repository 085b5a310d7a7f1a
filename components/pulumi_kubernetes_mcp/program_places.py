"""Where in the files of a program a component is made, as findings of that component name it. Nothing is run."""

from __future__ import annotations

import ast
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from .rules.model import Finding

COMPONENT = re.compile(r'(?P<kind>Mcp\w+) "(?P<name>[^"]*)"')
"""A component as messages call it, class and name."""
_ELSEWHERE = frozenset({"venv", "node_modules", "__pycache__"})
_ENVIRONMENT = "pyvenv.cfg"
"""The file that marks a directory of installed packages."""

Made = tuple[str, str]
"""Class and name."""
Place = tuple[str, int]
"""File, from the directory of the project, and line."""


def placed(findings: Iterable[Finding], directory: Path) -> tuple[Finding, ...]:
    """The findings of components at the line that makes each; where that cannot be told, as they are."""
    found = list(findings)
    if not any(one.file is None and COMPONENT.match(one.path) for one in found):
        return tuple(found)
    places = _places(directory)
    return tuple(_at_home(one, places) for one in found)


def _at_home(finding: Finding, places: Mapping[Made, list[Place]]) -> Finding:
    component = COMPONENT.match(finding.path)
    if component is None or finding.file is not None:
        return finding
    here = places.get((component["kind"], component["name"]), [])
    return replace(finding, file=here[0][0], line=here[0][1]) if len(here) == 1 else finding


def _places(directory: Path) -> Mapping[Made, list[Place]]:
    """Every component whose name is plain text where it is made, and all places that make one of that name."""
    found: defaultdict[Made, list[Place]] = defaultdict(list)
    for file in _files(directory):
        try:
            tree = ast.parse(file.read_bytes())
        except (OSError, SyntaxError, ValueError):
            continue
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and (made := _made(call)) is not None:
                found[made].append((file.relative_to(directory).as_posix(), call.lineno))
    return found


def _files(directory: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(directory):
        folders[:] = sorted(
            one
            for one in folders
            if not one.startswith(".") and one not in _ELSEWHERE and not Path(where, one, _ENVIRONMENT).exists()
        )
        yield from (Path(where, one) for one in sorted(files) if one.endswith(".py"))


def _made(call: ast.Call) -> Made | None:
    kind = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    given = call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "name"), None)
    if kind is None or not isinstance(given, ast.Constant) or not isinstance(given.value, str):
        return None
    return kind, given.value
