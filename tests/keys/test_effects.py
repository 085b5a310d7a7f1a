"""A key that moves nothing is said to have no effect, and one that moves something is not: in every stack of a grid."""

from __future__ import annotations

import pytest

from . import effects, walk


def test_every_fact_is_a_key() -> None:
    assert set(effects.FACTS) <= {walk.path_of(key) for key in walk.stack_keys()}


@pytest.mark.grid
@pytest.mark.parametrize("name", effects.worlds())
def test_what_has_no_effect_is_said(name: str) -> None:
    world, wrong, seen = effects.worlds()[name], [], 0
    for key in walk.stack_keys():
        path = walk.path_of(key)
        if not path.startswith(world.keys) or path in effects.FACTS:
            continue
        found = list(effects.changes(world, key))
        seen += bool(found)
        moving = [change for change in found if change.moved]
        wrong += [
            f"{path}: {change.value!r} moves something, and is said to be read by nothing: {said[0]}"
            for change in moving
            if (said := change.said_at(key, unread=True))
        ]
        if not moving:
            wrong += [
                f"{path}: {change.value!r} moves nothing, and nothing is said"
                for change in found
                if not change.said_at(key, unread=True) and not change.said_at(key, unread=False)
            ][:1]
    assert seen > 2
    assert wrong == []
