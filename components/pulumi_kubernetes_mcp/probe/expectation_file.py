"""The file that says what the tools of a server are: written by ``--save-schema``, kept beside a release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .drift import contract
from .refused import ProbeError
from .round import Round
from .watched import MAX_BYTES, Expectation

VERSION = 1


def expectation_text(one: Round) -> str:
    """The file for what a round found: sorted, so that two of them can be compared by line."""
    tools = one.seen.tools or {}
    data = {
        "version": VERSION,
        "server": one.seen.server,
        "eras": list(one.seen.eras),
        "protocolVersions": list(one.seen.versions),
        "tools": {name: contract(tool) for name, tool in tools.items()},
    }
    return f"{json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)}\n"


def read_expectation(path: Path, *, strict: bool) -> Expectation:
    """The content of such a file, or :class:`ProbeError` that says what is wrong with it."""
    try:
        with path.open("rb") as content:
            text = content.read(MAX_BYTES + 1)
    except OSError as problem:
        raise ProbeError(
            f"The schema file '{path}' cannot be read: {(problem.strerror or 'unknown').lower()}. Write it with: "
            f"mcp-stack probe URL --save-schema {path}"
        ) from None
    return parse_expectation(text, str(path), strict=strict)


def parse_expectation(text: bytes | str, shown: str, *, strict: bool) -> Expectation:
    """The same of its text; ``shown`` is its name in messages."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    wrong = _fault(data)
    if wrong is not None:
        raise ProbeError(
            f"The schema file '{shown}' is not one: {wrong}. Write it with: mcp-stack probe URL --save-schema FILE"
        )
    return Expectation(data["tools"], strict)


def _fault(data: Any) -> str | None:
    if not isinstance(data, dict):
        return "it is no JSON object"
    if data.get("version") != VERSION or isinstance(data.get("version"), bool):
        return f"its version is not {VERSION}"
    tools = data.get("tools")
    if not isinstance(tools, dict) or not all(isinstance(tool, dict) for tool in tools.values()):
        return "'tools' does not hold an object for each tool"
    return None
