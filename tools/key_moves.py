"""What each key moves and what it is when left out, as it was reviewed: ``python -m tools.key_moves`` writes it anew.

``tests/keys/moved/`` holds a file for each group of a stack and for each component. A key that is not handed on any
more, arrives elsewhere or has another default shows there as a changed line.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pulumi_kubernetes_mcp.keys import COMPONENTS
from pulumi_kubernetes_mcp.settings.tree import Key
from tests.keys import walk

FOLDER = Path(__file__).parents[1] / "tests" / "keys" / "moved"
DEFAULTS = FOLDER / "defaults.txt"
AT_ONCE = 16
"""Keys that one test walks."""

Walked = tuple[str | None, Key]
"""The component of a key, or none for a stack, and the key."""


def walked() -> list[Walked]:
    """Every key at both doors."""
    of_stacks = [(None, key) for key in walk.stack_keys()]
    return [*of_stacks, *((name, key) for name in COMPONENTS for key in walk.component_keys(name))]


def file_of(component: str | None, key: Key) -> Path:
    """Where it stands what a key moves."""
    return FOLDER / f"{component or key.path[0]}.txt"


def parts() -> list[tuple[str, list[Walked]]]:
    """All keys, a few at a time, with a name for each part."""
    by_file: dict[str, list[Walked]] = {}
    for one in walked():
        by_file.setdefault(file_of(*one).stem, []).append(one)
    return [
        (f"{name}-{begin // AT_ONCE + 1}", found[begin : begin + AT_ONCE])
        for name, found in by_file.items()
        for begin in range(0, len(found), AT_ONCE)
    ]


def text(lines: Iterable[str]) -> str:
    """Lines as they are committed."""
    return "".join(f"{line}\n" for line in lines)


def write() -> None:
    """Write all files, and remove those of what is gone."""
    FOLDER.mkdir(exist_ok=True)
    made: dict[Path, list[str]] = {DEFAULTS: walk.defaults()}
    for one in walked():
        made.setdefault(file_of(*one), []).extend(walk.told(*one, walk.moves(*one)))
    for path in set(FOLDER.glob("*.txt")) - set(made):
        path.unlink()
    for path, lines in made.items():
        path.write_text(text(lines), encoding="utf-8")


if __name__ == "__main__":
    write()
