"""Exact arithmetic, and workings that compute to the figure they stand beside."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.planning import Bounds, Database, Figure, RuntimeProfile, Workload, plan
from pulumi_kubernetes_mcp.planning.working import equals, exact, round_down, round_up, show

from .cases import bounds, databases, runtimes, workloads


def test_floats_stand_for_the_decimal_they_print_as() -> None:
    assert ceil(100 * 1.1) == 111  # what binary floats make of it
    assert round_up(100 * exact(1.1)) == 110


def test_rounding_to_multiples() -> None:
    assert [round_up(n, 64) for n in (0, 0.5, 64, 64.01)] == [0, 64, 64, 128]
    assert [round_down(n, 10) for n in (0, 9.99, 10, 204.8)] == [0, 0, 10, 200]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_plan_from_a_number_that_is_none(value: float) -> None:
    with pytest.raises(ValueError, match="Invalid literal for Fraction"):
        exact(value)


def test_numbers_for_the_eye() -> None:
    assert [show(n) for n in (0, 62.5, 1e9, Fraction(1, 3), -0.0001, 100)] == [
        "0",
        "62.5",
        "1000000000",
        "0.333",
        "0",
        "100",
    ]
    assert equals(62.5, 63) == "= 62.5 → 63"
    assert equals(63, 63) == "= 63"
    assert equals(Fraction(1, 3)) == "≈ 0.333"


def test_a_figure_cannot_be_changed() -> None:
    source = {"a": 1.0}
    figure = Figure(name="n", value=1, unit="pods", formula="f", working="w", inputs=source, source="s")
    source["a"] = 2.0
    assert figure.inputs["a"] == 1.0
    with pytest.raises(TypeError):
        figure.inputs["a"] = 3.0  # type: ignore[index]
    assert str(figure) == "n: 1 pods (w)"


def computed(text: str) -> Fraction:
    """An arithmetic expression of a working, read by a parser of its own."""
    expression = text.replace("×", "*").replace("⌈", "up(").replace("⌉", ")")
    assert re.fullmatch(r"[0-9.\s*/+()up-]+", expression), expression
    expression = re.sub(r"\d+(\.\d+)?", lambda match: f"F('{match[0]}')", expression)
    return Fraction(eval(expression, {"F": Fraction, "up": lambda value: Fraction(ceil(value))}))


Inputs = TypeVar("Inputs", Workload, Database, Bounds)


def whole(inputs: Inputs) -> Inputs:
    """The same with whole numbers, which a working shows without dropping decimals."""
    floats: dict[str, Any] = {
        name: max(1, round(value)) for name, value in vars(inputs).items() if isinstance(value, float)
    }
    return replace(inputs, **floats)


@settings(max_examples=60, deadline=None)
@given(workloads, st.none() | databases, bounds, runtimes)
def test_every_working_computes_and_ends_at_its_figure(
    load: Workload, database: Database | None, limits: Bounds, sdk: RuntimeProfile
) -> None:
    result = plan(whole(load), None if database is None else whole(database), whole(limits), sdk)
    checked = 0
    for figure in result.figures():
        match = re.fullmatch(r"(?P<sum>[^=≈,→]+) (?P<sign>[=≈]) (?P<result>[\d.]+)(?P<rest>.*)", figure.working)
        if match is None:
            continue
        checked += 1
        if match["sign"] == "=":
            assert float(computed(match["sum"])) == pytest.approx(float(match["result"]), rel=1e-3, abs=0.01), figure
        if not re.search("at least|but|not below", figure.working):
            last = re.findall(r"[\d.]+", figure.working.partition(",")[0])[-1]
            assert last == show(figure.value), figure
    assert checked >= 12
