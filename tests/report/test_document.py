"""Numbers and ranges for the eye."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.report.document import counted, listed, significant, span
from tests.sizes import examples


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1, "1"),
        (1.625, "1.62"),
        (20.0, "20"),
        (0.34763, "0.348"),
        (0.000123456, "0.000123"),
        (396.479, "396"),
        (999.7, "1000"),
        (12345.6, "12346"),
        (-2.5, "-2.5"),
        (1e15, "1000000000000000"),
    ],
)
def test_three_digits_count(value, text):
    assert significant(value) == text


@examples(150)
@given(st.floats(1e-9, 1e12))
def test_a_shown_number_is_off_by_less_than_a_hundredth(value):
    text = significant(value)
    assert "e" not in text
    assert abs(float(text) / value - 1) <= 0.005001


def test_fewer_digits():
    assert (significant(0.5303, 2), significant(5.351, 2), significant(20.52, 2)) == ("0.53", "5.4", "21")


def test_a_range_of_one_number_is_that_number():
    assert (span("2", "2"), span("1.3", "2")) == ("2", "1.3 to 2")


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        ("1", "pods", "1 pod"),
        ("2", "pods", "2 pods"),
        ("1", "ms", "1 ms"),
        ("1.5", "cores", "1.5 cores"),
        ("3", "", "3"),
    ],
)
def test_one_pod_is_a_pod(number, unit, text):
    assert counted(number, unit) == text


def test_candidates_from_the_least_on():
    assert listed({"memory": 79, "pool": 50, "cpu": 50}) == "cpu 50, pool 50, memory 79"
