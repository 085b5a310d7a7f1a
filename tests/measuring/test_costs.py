"""From readings to the cost of a session: allocators that grow in steps, freed memory, collectors."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.measuring.costs import no_session_cost, session_cost, stream_cost
from pulumi_kubernetes_mcp.measuring.watch import Point

STEPS = (8, 40, 80, 120, 160, 200)


def points(memory: list[float], *, peaks: list[float] | None = None) -> list[Point]:
    peaks = peaks or memory
    return [
        Point(sessions, mib, peak, 7 + sessions)
        for sessions, mib, peak in zip(STEPS[: len(memory)], memory, peaks, strict=True)
    ]


def test_a_straight_line_is_found_exactly() -> None:
    cost = session_cost(points([70 + 0.1 * sessions for sessions in STEPS]))
    assert cost is not None
    assert cost.baseline_mib.value == pytest.approx(70)
    assert cost.session_kib.value == pytest.approx(102.4)
    assert cost.session_kib.error == pytest.approx(0, abs=1e-6)
    assert cost.descriptors == pytest.approx(1)
    assert not cost.lower_bound


@given(
    base=st.floats(20, 200),
    kib=st.floats(30, 2000),
    quantum=st.sampled_from([0.004, 0.25, 1.0]),
    offset=st.floats(0, 1),
)
def test_what_is_planned_for_more_sessions_is_never_much_too_low(
    base: float, kib: float, quantum: float, offset: float
) -> None:
    """An allocator takes memory from the kernel in arenas; the plan uses the upper ends, for 2.5 times the sessions."""

    def resident(sessions: int) -> float:
        return base + math.ceil((sessions * kib / 1024 + offset * quantum) / quantum) * quantum

    cost = session_cost(points([resident(sessions) for sessions in STEPS]))
    assert cost is not None
    planned = (
        cost.baseline_mib.value
        + cost.baseline_mib.error
        + 500 * (cost.session_kib.value + cost.session_kib.error) / 1024
    )
    assert 0.97 <= planned / resident(500) <= 1.15


def test_the_upper_ends_together_exceed_every_peak_that_was_seen() -> None:
    memory = [70.0, 78.0, 76.0, 84.0, 82.0, 90.0]
    peaks = [71.0, 85.0, 79.0, 86.0, 90.0, 91.0]
    cost = session_cost(points(memory, peaks=peaks))
    assert cost is not None
    base, each = cost.baseline_mib, cost.session_kib
    for sessions, peak in zip(STEPS, peaks, strict=True):
        if sessions >= 101:
            assert base.value + base.error + sessions * (each.value + each.error) / 1024 >= peak


def test_freed_memory_is_used_again_before_anything_grows() -> None:
    """200 sessions were open before; what they freed serves the first of the next ones."""
    memory = [max(90.0, 70 + 0.2 * sessions) for sessions in STEPS]
    hidden = session_cost(points(memory))
    cost = session_cost(points(memory), earlier_mib=90)
    assert hidden is not None
    assert cost is not None
    assert hidden.session_kib.value < 0.2 * 1024 * 0.9
    assert cost.session_kib.value == pytest.approx(0.2 * 1024)
    assert cost.baseline_mib.value == pytest.approx(70)
    assert not cost.lower_bound


def test_a_cost_that_freed_memory_hides_is_a_lower_bound() -> None:
    memory = [100.0, 100.0, 100.0, 100.0, 100.0, 104.0]
    cost = session_cost(points(memory), earlier_mib=100)
    assert cost is not None
    assert cost.lower_bound
    assert cost.session_kib.value == pytest.approx(4 * 1024 / 200)
    assert cost.baseline_mib.value == 100


def test_garbage_is_no_part_of_a_session_where_the_heap_tells_what_lives() -> None:
    """Resident memory climbs and falls; what lives grows by 0.05 MiB a session."""
    memory = [110.0, 118.0, 130.0, 121.0, 131.0, 126.0]
    peaks = [112.0, 120.0, 131.0, 134.0, 132.0, 130.0]
    cost = session_cost(points(memory, peaks=peaks), live=[(233, 31.65), (266, 33.3), (299, 34.95)])
    assert cost is not None
    assert cost.session_kib.value == pytest.approx(51.2)
    garbage = [mib - 0.05 * sessions for mib, sessions in zip(memory, STEPS, strict=True)]
    assert cost.baseline_mib.value == pytest.approx(sum(garbage) / len(garbage))
    highest = max(peak - 0.05 * sessions for peak, sessions in zip(peaks, STEPS, strict=True))
    assert cost.baseline_mib.value + cost.baseline_mib.error == pytest.approx(highest)


def test_one_reading_of_what_lives_is_no_line() -> None:
    memory = [70 + 0.1 * sessions for sessions in STEPS]
    assert session_cost(points(memory), live=[(200, 30.0)]) == session_cost(points(memory))


def test_one_reading_is_no_cost() -> None:
    assert session_cost(points([70.0])) is None
    assert no_session_cost([]) is None


def test_where_nothing_stays_open_the_baseline_is_what_calls_leave() -> None:
    cost = no_session_cost([Point(8, 70.0, 74.0, 12)])
    assert cost is not None
    assert (cost.baseline_mib.value, cost.baseline_mib.error) == (70, 4)
    assert (cost.session_kib.value, cost.descriptors) == (0, 0)


def test_memory_that_shrinks_is_no_negative_cost() -> None:
    cost = session_cost(points([90.0, 88.0, 86.0, 84.0, 82.0, 80.0]))
    assert cost is not None
    assert cost.session_kib.value == 0


def test_the_stream_is_what_a_session_without_one_lacks() -> None:
    session = session_cost(points([70 + 0.1 * sessions for sessions in STEPS]))
    assert session is not None
    stream = stream_cost([(0, 90.0), (33, 91.32), (66, 92.64), (99, 93.96)], session)
    assert stream is not None
    assert stream.value == pytest.approx(102.4 - 0.04 * 1024)
    assert stream_cost([(0, 90.0), (33, 93.3)], session) is None


def test_a_stream_that_drowns_in_noise_is_not_told() -> None:
    session = session_cost(points([70.0, 72.0, 80.0, 79.0, 88.0, 86.0]))
    assert session is not None
    assert stream_cost([(0, 90.0), (33, 95.0), (66, 93.0), (99, 98.0)], session) is None
