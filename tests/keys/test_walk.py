"""Every key moves something, at the stack file and at the component: what was reviewed, by the name of the key."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.keys import readers
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.rules.model import errors
from pulumi_kubernetes_mcp.settings.arguments import settings_from_arguments
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.settings.tree import Key
from tests.components.case import PROJECT
from tools import key_moves

from . import uses, walk

PARTS = key_moves.parts()


@pytest.mark.grid
@pytest.mark.parametrize("keys", [keys for _, keys in PARTS], ids=[name for name, _ in PARTS])
def test_a_changed_value_moves_what_was_reviewed(keys: list[key_moves.Walked]) -> None:
    """A key that moves nothing, or not each of those who read it by the correspondence, is a cut wire.

    The changes that were reviewed are made again; all others are tried where these move anything else than they did.
    """
    wrong = {}
    for component, key in keys:
        name, then = walk.name_of(component, key), key_moves.reviewed(component, key)
        moves = walk.moves(component, key, set(then).__contains__)
        if not moves or _unread(component, key, moves) or walk.told(component, key, moves) != then:
            moves = walk.moves(component, key)
        unread = _unread(component, key, moves)
        if name in uses.NOTHING:
            assert not moves, f"{name} moves something: take it out of NOTHING"
        elif not moves:
            wrong[name] = "it moves nothing"
        elif unread:
            wrong[name] = f"it does not move {', '.join(sorted(unread))}"
        elif (now := walk.told(component, key, moves)) != then:
            wrong[name] = (
                f"it moves other things than what was reviewed: {[*_without(then, now), *_without(now, then)]}"
            )
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())


def _unread(component: str | None, key: Key, moves: list[walk.Moved]) -> set[str]:
    """Who should read a key of a stack, and was not seen to."""
    read = {walk.reader_of(place) for moved in moves for place in moved.effects}
    return set(readers()[walk.name_of(component, key)]) - read if component is None else set()


def _without(lines: list[str], others: list[str]) -> list[str]:
    return [line for line in lines if line not in others][:3]


@pytest.mark.grid
@pytest.mark.parametrize("name", uses.stacks())
def test_every_stack_that_keys_are_changed_in_is_one_that_check_accepts(name: str) -> None:
    """In a stack with an error a changed value may only move the error."""
    plan = plan_region(load_stack(walk.in_file(uses.stacks()[name]), where=name, directory=PROJECT), rehearse=False)
    assert [(one.code, one.path) for one in errors(plan.findings)] == []


def test_every_key_that_moves_nothing_is_one() -> None:
    assert set(uses.NOTHING) <= {walk.name_of(*one) for one in key_moves.walked()}


def test_what_is_left_out_is_what_was_reviewed() -> None:
    """Each default with the help of its key, which says why; ``make docs`` writes them anew."""
    reviewed = key_moves.DEFAULTS.read_text(encoding="utf-8").splitlines()
    now = walk.defaults()
    assert [line for line in now if line not in reviewed] == []
    assert [line for line in reviewed if line not in now] == []
    assert len(now) > 300


@pytest.mark.parametrize("name", ["two colours", "released", "coloured"])
def test_both_colours_are_walked_and_nothing_of_them_is_refused(name: str) -> None:
    loaded = load_stack(walk.in_file(uses.stacks()[name]), where="stack", directory=PROJECT)
    plan = plan_region(loaded, rehearse=False)
    assert [one.code for one in plan.findings if one.severity == "error"] == []
    seen = walk.arguments(plan)
    active, idle = plan.first.active, plan.first.idle
    assert idle is not None
    for colour, of in ((active, ""), (idle, walk.IDLE)):
        assert seen[f"McpService{of}"]["image"] == colour.image
        assert {seen[f"{one}{of}"]["server_name"] for one in ("McpService", "McpMonitoring")} == {colour.server_name}
        assert seen[f"McpAutoscaling{of}"]["target"] == colour.server_name
    assert seen["McpIngress"]["service_name"] == active.server_name
    assert seen[f"McpIngress{walk.PREVIEW}"]["service_name"] == idle.server_name
    assert walk.reader_of(f"McpService{walk.IDLE}.image") == "McpService.image"
    assert walk.reader_of(f"McpIngress{walk.PREVIEW}.match_headers.X-Preview") == "McpIngress.match_headers"


@pytest.mark.grid
@pytest.mark.parametrize("name", uses.stacks())
def test_a_region_of_a_program_says_the_same(name: str) -> None:
    """Every key of every stack as an argument of McpRegion; what is encrypted is so only in a file."""
    args = {group: value for group, value in uses.stacks()[name].items() if group != "secrets"}
    program = settings_from_arguments(args, where="McpRegion").servers
    assert program == load_stack(walk.in_file(args), where="stack", directory=PROJECT).servers
