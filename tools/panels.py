"""A picture of the dashboards' panels from what Prometheus answered: ``python -m tools.panels ANSWERS PICTURE``.

Grafana is not there to draw them. The answers are what its panels would be drawn from: the lab test of the dashboards
keeps them in the file that ``MCP_PANELS`` names. Needs the extra ``plot``.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COLUMNS = 3
BYTES = 2**20
SCALE: Mapping[str, tuple[float, str]] = {
    "bytes": (BYTES, "MiB"),
    "percentunit": (0.01, "%"),
    "s": (1, "s"),
    "short": (1, ""),
}
"""Unit of Grafana to the divisor and the word that is drawn."""
MARGIN = 0.06
"""Of the height of a field, left free below and above."""
WIDTHS = (3.2, 2.0, 1.2, 0.6)
"""Of the lines in their order: of those that lie on one another, each is seen."""
LEAST_DAYS = 2 * 86_400
"""Seconds above this are drawn in days, as Grafana does."""


def main(arguments: list[str] | None = None) -> None:
    """Draw the answers in a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answers", type=Path)
    parser.add_argument("picture", type=Path)
    given = parser.parse_args(arguments)
    draw(json.loads(given.answers.read_text(encoding="utf-8")), given.picture)


def draw(found: Mapping[str, Any], path: Path) -> None:
    """One picture with a part for each dashboard and a field for each panel."""
    from matplotlib.figure import Figure

    rows = {title: -(-len(panels) // COLUMNS) for title, panels in found.items()}
    figure = Figure(figsize=(13, 2.6 * sum(rows.values()) + 0.5 * len(rows)), layout="constrained")
    parts = figure.subfigures(len(rows), 1, height_ratios=[count + 0.25 for count in rows.values()])
    for part, (title, panels) in zip(list(parts), found.items(), strict=True):
        part.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
        fields = part.subplots(rows[title], COLUMNS, squeeze=False).flatten()
        for field, one in zip(fields, panels, strict=False):
            _panel(field, one)
        for field in fields[len(panels) :]:
            field.axis("off")
    figure.savefig(path, dpi=80)


def _panel(field: Any, one: Mapping[str, Any]) -> None:
    defaults = one["panel"]["fieldConfig"]["defaults"]
    divisor, unit = _scale(defaults["unit"], one["lines"])
    highest = 0.0
    for number, line in enumerate(one["lines"]):
        points = [(at, value / divisor) for at, value in line["values"]]
        if points:
            width = WIDTHS[min(number, len(WIDTHS) - 1)]
            field.plot(*zip(*points, strict=True), linewidth=width, label=_legend(line))
            highest = max(highest, *(value for _, value in points))
    for step in defaults["thresholds"]["steps"]:
        if step["value"] is not None:
            field.axhline(step["value"] / divisor, color=step["color"], linestyle="--", linewidth=0.8)
            highest = max(highest, step["value"] / divisor)
    top = highest or 1
    # What is 0 lies above the edge, and what is the most below it.
    field.set_ylim(-MARGIN * top, (1 + MARGIN) * top)
    field.set_title(f"{one['panel']['title']}{f' ({unit})' if unit else ''}", fontsize=9, loc="left")
    field.xaxis.set_major_formatter("{x:.0f} s")
    field.locator_params(axis="x", nbins=6)
    field.tick_params(labelsize=7)
    field.grid(alpha=0.3)
    field.legend(fontsize=7, loc="upper left", bbox_to_anchor=(0, -0.1), ncols=2, frameon=False, borderaxespad=0.2)


def _scale(unit: str, lines: list[Any]) -> tuple[float, str]:
    most = max((value for line in lines for _, value in line["values"]), default=0)
    return (86_400, "d") if unit == "s" and most > LEAST_DAYS else SCALE[unit]


def _legend(line: Mapping[str, Any]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda name: str(line["labels"].get(name[1], "")), line["legend"])


if __name__ == "__main__":
    main()
