"""Exact arithmetic, and workings that compute to the figure they stand beside."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.planning import (
    RUNTIMES,
    Bounds,
    Database,
    Figure,
    Inputs,
    Prices,
    StateStore,
    Tool,
    Workload,
    plan,
)
from pulumi_kubernetes_mcp.planning.working import equals, exact, plain, round_down, round_up, show
from tests.sizes import examples

from .cases import MIB, inputs


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
    assert [show(n) for n in (1e15, 10**15 - 1, Fraction(10**25, 3))] == ["1.000e+15", "999999999999999", "3.333e+24"]
    assert [plain(n) for n in (2.0, Fraction(1, 2), 7)] == [2, 0.5, 7]
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
    expression = re.sub(r"\d+(\.\d+)?(e\+\d+)?", lambda match: f"F('{match[0]}')", expression)
    names = {"F": Fraction, "max": max, "up": lambda value: Fraction(ceil(value))}
    return Fraction(eval(expression, {"__builtins__": {}, **names}))


ARITHMETIC = re.compile(
    r"(?:a = )?(?P<sum>(?:max\([^)]*\)|[0-9.e⌈⌉\s×/+()-])+?) (?P<sign>[=≈]) (?P<result>[\d.e+]+)(?P<rest>.*)"
)
whole_tools = st.lists(
    st.builds(
        Tool,
        name=st.sampled_from(["search", "report", "update"]),
        share_percent=st.integers(1, 100),
        duration_milliseconds=st.integers(1, 20_000),
        cpu_milliseconds=st.integers(0, 2000),
        response_kib=st.integers(0, 500),
        queries=st.integers(0, 10),
    ),
    max_size=3,
    unique_by=lambda tool: tool.name,
).map(tuple)
whole_inputs = st.builds(
    lambda workload, runtime, database, store, bounds, prices: Inputs(
        workload=workload, runtime=runtime, database=database, store=store, bounds=bounds, prices=prices
    ),
    st.builds(
        Workload,
        daily_users=st.integers(1, 100_000),
        sessions_per_user=st.integers(1, 20),
        session_minutes=st.integers(1, 240),
        peak_factor=st.integers(1, 10),
        headroom_percent=st.integers(0, 100),
        peak_sessions=st.none() | st.integers(1, 10_000),
        sessions_per_pod=st.integers(1, 500),
        tools=whole_tools,
        think_seconds=st.integers(0, 60),
        session_mib=st.integers(0, 5),
        workers=st.none() | st.integers(1, 8),
        call_slots=st.none() | st.integers(1, 100),
    ),
    st.sampled_from(list(RUNTIMES.values())),
    st.none()
    | st.builds(
        Database,
        max_connections=st.integers(1, 2000),
        share_percent=st.integers(1, 100),
        query_milliseconds=st.integers(1, 2000),
        pooler=st.sampled_from(["none", "pgbouncer"]),
        pooler_pool_size=st.none() | st.integers(1, 50),
    ),
    st.none() | st.builds(StateStore, connections_per_pod=st.integers(1, 100)),
    st.builds(
        Bounds,
        max_replicas=st.none() | st.integers(1, 100),
        cpu_percent_of_limit=st.integers(1, 100),
        cpu_limit_millicores=st.none() | st.integers(0, 8000),
        cpu_request_millicores=st.none() | st.integers(0, 8000),
        memory_request_bytes=st.none() | st.integers(0, 1024).map(lambda mib: mib * MIB),
    ),
    st.none() | st.just(Prices(core_hour=0.03, gib_hour=0.004)),
)


@pytest.mark.grid
@examples(100)
@given(whole_inputs)
def test_every_working_computes_and_ends_at_its_figure(of: Inputs) -> None:
    checked = 0
    for figure in plan(of).figures():
        match = ARITHMETIC.fullmatch(figure.working.replace(" colours", ""))
        if match is None:
            continue
        checked += 1
        if match["sign"] == "=":
            assert float(computed(match["sum"])) == pytest.approx(float(match["result"]), rel=2e-3, abs=0.02), figure
        if not re.search("at least|but|not below|C\\(", figure.working):
            last = re.findall(r"[\d.]+(?:e\+\d+)?", figure.working.partition(", of")[0])[-1]
            assert last == show(figure.value), figure
    assert checked >= 12


@pytest.mark.grid
@examples(100)
@given(inputs)
def test_no_working_prints_absurd_digits(of: Inputs) -> None:
    result = plan(of)
    texts = {figure.name: figure.working for figure in result.figures()}
    texts |= {str(rank): str(remedy) for rank, remedy in enumerate(result.remedies)}
    for name, text in texts.items():
        assert not re.search(r"\d{16}", text), (name, text)
        if not name.startswith("cost of"):
            assert not re.search(r"\.\d{4}", text), (name, text)
        assert not re.search(r"nan|inf(?!t)|None|Fraction|/ 0(?![.\d])", text), (name, text)
