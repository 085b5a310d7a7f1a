"""The k6 script of a load test: one file that needs nothing else."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from .model import LoadTest

_PLAN = "__PLAN__"


def script(test: LoadTest) -> str:
    """The text of the script."""
    # ASCII alone: a text of JSON is one of JavaScript then.
    lines = [f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in test.document().items()]
    return _text().replace(_PLAN, f"{{\n{''.join(lines)}}}", 1)


@cache
def _text() -> str:
    return files(__package__).joinpath("script.js").read_text(encoding="utf-8")
