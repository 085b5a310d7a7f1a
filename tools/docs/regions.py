"""Regions of a page that are generated: what stands between two markers is written anew, the rest stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Generators = Mapping[str, Callable[[], str]]

_REGION = re.compile(r"^<!-- generated: (?P<name>.+?) -->\n(?P<body>.*?)^<!-- end -->$", re.MULTILINE | re.DOTALL)
_MARKER = re.compile(r"^<!-- (?:generated: .+|end) -->$", re.MULTILINE)


def renew(text: str, generators: Generators) -> str:
    """The page with every generated region written anew.

    ValueError for a region that nothing generates, and for a marker without its counterpart.
    """
    if len(_MARKER.findall(text)) != 2 * len(_REGION.findall(text)):
        raise ValueError("a generated region begins without an end, or ends without a beginning")

    def written(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in generators:
            raise ValueError(f"nothing generates the region '{name}'; there are {', '.join(sorted(generators))}")
        return f"<!-- generated: {name} -->\n\n{generators[name]().strip()}\n\n<!-- end -->"

    return _REGION.sub(written, text)


def names(text: str) -> list[str]:
    """The names of the generated regions of a page, in order."""
    return [found["name"] for found in _REGION.finditer(text)]


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; bars inside a cell are escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
