"""Every figure of some plans with what it was reckoned from: ``python -m tools.plan_figures`` writes it anew.

``tests/planning/figures.json`` holds what a person has reviewed: a change of the planner shows there, number by number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_kubernetes_mcp.planning import Inputs, plan

from .docs import capacity

GOLDEN = Path(__file__).parents[1] / "tests" / "planning" / "figures.json"
DIGITS = 9
"""Of a number: enough to see any change, and fewer than machines differ in."""


def examples() -> dict[str, Inputs]:
    """Plans that have every figure in every way in which it is reckoned."""
    names = ("users and a store", "hours and tools", "sessions and no more")
    return dict(zip(names, capacity.variants(), strict=True))


def current() -> dict[str, Any]:
    """Name of the plan, section and figure to its value, its unit and what it was reckoned from."""
    return {
        name: {
            title: {
                one.name: {"value": _short(one.value), "unit": one.unit, "inputs": _all(one.inputs)} for one in figures
            }
            for title, figures in plan(inputs).sections().items()
        }
        for name, inputs in examples().items()
    }


def _all(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value if isinstance(value, str) else _short(value) for key, value in inputs.items()}


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def text(figures: Mapping[str, Any]) -> str:
    """The figures as they are committed."""
    return json.dumps(figures, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    GOLDEN.write_text(text(current()), encoding="utf-8")
