"""Quantities of every spelling as the controller reads them; the numbers are reckoned by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pulumi_kubernetes_mcp.simulation.hpa.quantity import approximate_float, exact, milli_value
from tests.table import table

MOST = (2**63 - 1) // 1000
"""The controller counts milli-units in an int64."""


@table(
    "text, value",
    [
        ("1n", Fraction(1, 10**9)),
        ("1u", Fraction(1, 10**6)),
        ("1m", Fraction(1, 1000)),
        ("1", 1),
        ("1k", 1000),
        ("1M", 10**6),
        ("1G", 10**9),
        ("1T", 10**12),
        ("1P", 10**15),
        ("0.001E", 10**15),
        ("1Ki", 2**10),
        ("1Mi", 2**20),
        ("1Gi", 2**30),
        ("1Ti", 2**40),
        ("1Pi", 2**50),
        ("0.001Ei", Fraction(2**60, 1000)),
        ("2e3", 2000),
        ("2E-3", Fraction(2, 1000)),
        ("-1.5Ki", -1536),
        ("+.5", Fraction(1, 2)),
        ("0.1n", Fraction(1, 10**9)),
        (0.57, Fraction(57, 100)),
    ],
)
def test_every_suffix(text: str | float, value: Fraction | int) -> None:
    assert exact(text) == value


@pytest.mark.parametrize("text", ["", "1K", "1mi", "5 GB", "1e1234", "0x1", "1.2.3", "Ki1"])
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity, such as"):
        exact(text)


def test_a_suffix_alone_is_nothing() -> None:
    assert exact("m") == exact("Ki") == 0


def test_the_most_that_the_controller_counts() -> None:
    assert exact(str(MOST)) == MOST
    for text in (str(MOST + 1), "1Ei", "1E"):
        with pytest.raises(ValueError, match="more than the controller can count"):
            exact(text)


def test_milli_units_round_away_from_zero() -> None:
    assert [milli_value(text) for text in ("1", "1.0001", "-1.0001", "1u", "0")] == [1000, 1001, -1001, 1, 0]


def test_a_tolerance_is_read_as_it_is_stored() -> None:
    assert approximate_float("0.57") == 570 * float("1e-3")
    assert approximate_float("2") == 2.0
