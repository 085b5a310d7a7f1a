"""Every key moves what was reviewed, in few runs: a cut wire fails by the name of its key."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.keys import COMPONENTS
from tools import key_moves

from . import together, uses, walk


@pytest.mark.grid
@pytest.mark.parametrize("of", [together.STACK, *COMPONENTS])
def test_changed_values_move_what_was_reviewed(of: str) -> None:
    """Many keys at once; ``test_walk.py`` changes each by itself, and looks at all that it moves."""
    known = {(one.use, one.id): one for one in key_moves.reviewed_changes() if one.use[0] == of}
    left = {one.reviewed for one in known.values()}
    wrong: dict[str, str] = {}
    for batch in key_moves.reviewed_batches(known):
        wrong |= together.wrong(batch)
        left -= {one.reviewed for one in batch}
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())
    assert not left, "in no batch: `python -m tools.key_moves --together` writes them anew (a minute)"


def test_every_key_was_reviewed() -> None:
    """A key that moves nothing, at neither door, is a cut wire."""
    names = {walk.name_of(*one) for one in key_moves.walked()}
    assert {one.name for one in key_moves.reviewed_changes()} == names - set(uses.NOTHING)
