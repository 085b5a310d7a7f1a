"""Rounds are spread over the interval: never bunched, the same after a restart, and none is made up for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.probe.exporter.schedule import next_round, offsets

NAMES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=60, unique=True)


@pytest.mark.grid
@settings(max_examples=50)
@given(NAMES, st.sampled_from([5.0, 60.0, 3600.0]))
def test_no_two_rounds_are_nearer_than_half_a_slot_of_any_number(names: list[str], interval: float) -> None:
    made = offsets(names, interval)
    assert all(0 <= offset < interval for offset in made)
    ordered = sorted(made)
    around = [*ordered, ordered[0] + interval]
    slot = interval / len(names)
    for earlier, later in pairwise(around):
        assert slot / 2 - 1e-6 <= later - earlier <= slot * 3 / 2 + 1e-6 or len(names) == 1


@settings(max_examples=30)
@given(NAMES, st.randoms())
def test_the_place_follows_from_the_name_and_not_from_the_order(names: list[str], random: object) -> None:
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert dict(zip(names, offsets(names, 60), strict=True)) == dict(zip(shuffled, offsets(shuffled, 60), strict=True))


@settings(max_examples=50)
@given(st.floats(0, 59.9), st.floats(1e9, 2e9), st.floats(0, 500))
def test_the_next_round_is_the_first_of_its_grid_that_is_still_to_come(offset: float, now: float, late: float) -> None:
    coming = next_round(offset, 60, now)
    assert now < coming <= now + 60
    assert abs((coming - offset) / 60 - round((coming - offset) / 60)) < 1e-6
    # Whatever a round takes, what it missed is left out.
    after = next_round(offset, 60, coming + late)
    assert coming + late < after <= coming + late + 60
