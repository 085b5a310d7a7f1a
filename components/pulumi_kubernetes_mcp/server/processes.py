"""How many processes a container starts, as far as its command, its arguments and its variables say. Pure.

Uvicorn, Gunicorn, Hypercorn, Granian and FastAPI take ``--workers``, Gunicorn and Hypercorn ``-w`` too. What a command
line says comes before what a variable says; of variables Uvicorn reads ``UVICORN_WORKERS`` before ``WEB_CONCURRENCY``,
and Gunicorn ``GUNICORN_CMD_ARGS`` before it. Node has no convention: any ``NODE_CLUSTER...`` with a number counts.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import basename
from typing import NamedTuple

from ..inputs.outputs import plain

SHELLS = ("sh", "bash", "ash", "dash", "zsh")
SHORT_FLAG = ("gunicorn", "hypercorn")
"""Programs whose ``-w`` is the number of workers; of others it may be anything."""
IN_ORDER = ("UVICORN_WORKERS", "GUNICORN_CMD_ARGS", "GRANIAN_WORKERS", "WEB_CONCURRENCY")
"""Variables that a server reads the number from, the first that is there."""
CLUSTER = "NODE_CLUSTER"
MOST = 1000
"""A greater number is no number of processes."""
_REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
_RUNS = re.compile(r"-[a-z]*c")


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A number of processes, and where it stands."""

    number: int
    key: str
    """Key of the server: 'command', 'args' or 'env'."""
    words: str
    """What stands there, such as ``--workers 4``."""


def declared(command: Sequence[str] | None, args: Sequence[str] | None, env: Mapping[str, object]) -> Declared | None:
    """The number of processes that a container starts; ``None`` where nothing says one."""
    known = {name: text for name, value in env.items() if (text := plain(value)) is not None}
    line = list(_line(command or (), args or (), known))
    words = [word for _, word in line]
    short = command is None or not {basename(word) for word in words}.isdisjoint(SHORT_FLAG)
    found = _flag(words, short=short)
    if found is not None:
        return Declared(number=found.number, key=line[found.place][0], words=found.words)
    for name in (*IN_ORDER, *sorted(name for name in known if name.startswith(CLUSTER))):
        text = known.get(name, "").strip()
        of_flags = _flag(_split(text), short=True) if name == "GUNICORN_CMD_ARGS" else None
        number = of_flags.number if of_flags is not None else _number(text)
        if number is not None:
            return Declared(number=number, key="env", words=f"{name}={text}")
    return None


def _line(command: Sequence[str], args: Sequence[str], env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The words of the command line, those that a shell is given to run too, with the key that each is of."""
    shell = runs = False
    for key, item in [*(("command", one) for one in command), *(("args", one) for one in args)]:
        text = _REFERENCE.sub(lambda found: env.get(found[1], found[0]), item)
        yield from ((key, word) for word in (_split(text) if shell and runs else (text,)))
        runs = shell and _RUNS.fullmatch(text) is not None
        shell = shell or basename(text) in SHELLS


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


class _Flag(NamedTuple):
    number: int
    place: int
    words: str


def _flag(words: Sequence[str], *, short: bool) -> _Flag | None:
    """The number of workers among ``words``; of several the last one counts."""
    found = None
    for place, word in enumerate(words):
        name, joined, value = word.partition("=")
        if name == "--workers" or (short and word == "-w"):
            value = value if joined else (words[place + 1] if place + 1 < len(words) else "")
            shown = word if joined else f"{word} {value}"
        elif short and word.startswith("-w"):
            value, shown = word[2:].removeprefix("="), word
        else:
            continue
        number = _number(value)
        if number is not None:
            found = _Flag(number, place, shown)
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST and len(text) < 9 else None
