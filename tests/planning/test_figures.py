"""Every figure of some plans, and what it was reckoned from, is what was reviewed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pulumi_kubernetes_mcp.planning import plan
from tools import plan_figures


def leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number and text with its place."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, f"{path}/{key}")
    else:
        yield path, data


def test_every_figure_is_what_was_reviewed() -> None:
    """``python -m tools.plan_figures`` writes them anew; its difference shows what a change of the planner does."""
    reviewed = dict(leaves(json.loads(plan_figures.GOLDEN.read_text(encoding="utf-8"))))
    now = dict(leaves(plan_figures.current()))
    assert {
        path: (reviewed.get(path), now.get(path)) for path in {*reviewed, *now} if reviewed.get(path) != now.get(path)
    } == {}
    assert len(now) > 300


def test_what_a_figure_is_reckoned_from_reaches_the_machine_readable_plan() -> None:
    for inputs in plan_figures.examples().values():
        made = plan(inputs)
        told = json.dumps(made.to_dict())
        for figure in made.figures():
            assert all(json.dumps(name) in told for name in figure.inputs)
