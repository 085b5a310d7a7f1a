"""Numbers in the texts of findings: short, and never beyond what a person may then give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.rules import words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (5, "5"),
        (0.5, "0.5"),
        (0.0012, "0.0012"),
        (33.3333, "33.33"),
        (2.5, "2.5"),
        (9999, "9999"),
        (10_000, "10,000"),
        (10_000.5, "10,000.5"),
        (999_999_999_999, "999,999,999,999"),
        (10**12, "about 10^12"),
        (10**400, "about 10^300"),
        (float("inf"), "about 10^300"),
    ],
)
def test_a_number_for_the_eye(value: float, shown: str) -> None:
    assert words.number(value) == shown


@given(st.floats(min_value=1e-9, max_value=1e11))
def test_a_bound_may_be_given_as_it_is_said(value: float) -> None:
    low, high = (float(text.replace(",", "")) for text in (words.at_most(value), words.at_least(value)))
    assert low <= value <= high
    assert high - low <= max(0.011, value * 0.2)
    assert words.up(value) - 1 < value <= words.up(value)


def test_remedies_are_one_or_a_list() -> None:
    assert words.choice((), "Otherwise.") == "Otherwise."
    assert words.choice(["use a pooler."], "") == "Use a pooler."
    assert words.choice(["use a", "b"], "") == "Choose one: (1) use a; (2) b."


def test_long_lists_and_names_are_cut() -> None:
    assert words.listed(["a", "b"]) == "a, b"
    assert words.listed([str(n) for n in range(9)]) == "0, 1, 2, 3, 4, 5 and 3 more"
    assert words.quoted("x" * 41) == f"'{'x' * 40}...'"
    assert words.quoted("x" * 40) == f"'{'x' * 40}'"


@pytest.mark.parametrize(
    ("value", "most", "least"),
    [
        (0.012345, "0.012", "0.013"),
        (0.5678, "0.56", "0.57"),
        (0.999, "0.99", "1"),
        (1.2345, "1.23", "1.24"),
        (10_000.001, "10,000", "10,000.01"),
        (7.0, "7", "7"),
    ],
)
def test_two_digits_below_one_and_two_decimals_from_there_on(value: float, most: str, least: str) -> None:
    assert (words.at_most(value), words.at_least(value)) == (most, least)
