"""What each key moves and what it is when left out, as it was reviewed: ``python -m tools.key_moves`` writes it anew.

``--together`` writes anew only which keys are changed in one run: after lines of single keys were written.

``tests/keys/moved/`` holds a file for each group of a stack and for each component. A key that is not handed on any
more, arrives elsewhere or has another default shows there as a changed line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from pulumi_kubernetes_mcp.keys import COMPONENTS
from pulumi_kubernetes_mcp.settings.tree import Key
from tests.keys import together, walk

FOLDER = Path(__file__).parents[1] / "tests" / "keys" / "moved"
DEFAULTS = FOLDER / "defaults.txt"
TOGETHER = FOLDER / "together.txt"
"""Which keys can be changed in one run, as ``tests/keys/together.py`` says."""
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


@cache
def _lines(path: Path) -> dict[str, list[str]]:
    """The lines of a file by the key that they are about."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("  "):
            own = found.setdefault(line.partition(" in ")[0], [])
        own.append(line)
    return found


def reviewed(component: str | None, key: Key) -> list[str]:
    """The lines that say what a key moves."""
    return _lines(file_of(component, key)).get(walk.name_of(component, key), [])


def reviewed_changes() -> Iterator[together.Change]:
    """Every change that was reviewed."""
    for component, key in walked():
        yield from together.changes(component, key, reviewed(component, key))


def reviewed_batches(known: Mapping[tuple[tuple[str, str], str], together.Change]) -> Iterator[list[together.Change]]:
    """The changes that are known, those together that can be."""
    for line in TOGETHER.read_text(encoding="utf-8").splitlines():
        use, _, names = line.partition(": ")
        of, _, where = use.partition(" in ")
        if found := [known[(of, where), one] for one in names.split() if ((of, where), one) in known]:
            yield found


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
    _lines.cache_clear()
    write_together()


def write_together() -> None:
    """Write which keys are changed in one run, from what was reviewed of each."""
    TOGETHER.write_text(text(map(together.line, together.batches(reviewed_changes()))), encoding="utf-8")


if __name__ == "__main__":
    write_together() if "--together" in sys.argv[1:] else write()
