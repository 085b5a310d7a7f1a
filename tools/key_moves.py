"""What each key moves and what it is when left out, as it was reviewed: ``python -m tools.key_moves`` writes it anew.

``tests/keys/moved/`` holds a file for each group of a stack and for each component. A key that is not handed on any
more, arrives elsewhere or has another default shows there as a changed line.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
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


def write(only: Collection[str] = (), jobs: int = 2) -> None:
    """Write the files, and remove those of what is gone.

    :param only: names of files, such as ``server`` and ``McpProbe``. Default: all.
    :param jobs: processes. They are forked, so that each has what is imported here.
    """
    FOLDER.mkdir(exist_ok=True)
    made: dict[Path, list[str]] = {}
    wanted = [name for name, keys in parts() if not only or file_of(*keys[0]).stem in only]
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for number, (path, lines) in enumerate(pool.imap(_told, wanted), start=1):
            made.setdefault(path, []).extend(lines)
            print(f"\r{number} of {len(wanted)} parts", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if not only:
        made[DEFAULTS] = walk.defaults()
        for path in set(FOLDER.glob("*.txt")) - set(made):
            path.unlink()
    for path, lines in made.items():
        path.write_text(text(lines), encoding="utf-8")
    _lines.cache_clear()
    write_together()


def _told(part: str) -> tuple[Path, list[str]]:
    """The file of a part, and its lines."""
    keys = dict(parts())[part]
    return file_of(*keys[0]), [line for one in keys for line in walk.told(*one, walk.moves(*one))]


def write_together() -> None:
    """Write which keys are changed in one run, from what was reviewed of each."""
    TOGETHER.write_text(text(map(together.line, together.batches(reviewed_changes()))), encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.key_moves", description=str(__doc__).partition("\n\n")[0])
    files = sorted({file_of(*one).stem for one in walked()})
    parser.add_argument("file", nargs="*", choices=[*files, []], help=f"only these: {', '.join(files)}", metavar="file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes [%(default)s]")
    parser.add_argument(
        "--together", action="store_true", help="only which keys are changed in one run, from what is written"
    )
    given = parser.parse_args()
    if given.together:
        write_together()
    else:
        write(given.file, given.jobs)


if __name__ == "__main__":
    main()
