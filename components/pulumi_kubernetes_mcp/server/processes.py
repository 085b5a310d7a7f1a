"""How many processes a container starts, as far as its command, its arguments and its variables say. Pure.

Uvicorn, Gunicorn, Hypercorn, Granian and FastAPI take ``--workers``, Gunicorn and Hypercorn ``-w`` too. What a command
line says comes before what a variable says; of variables Uvicorn reads ``UVICORN_WORKERS`` before ``WEB_CONCURRENCY``,
and Gunicorn ``GUNICORN_CMD_ARGS`` before it. Node has no convention: any ``NODE_CLUSTER...`` with a number counts, and
PM2 takes ``-i`` and ``--instances``.
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
PM2 = ("pm2", "pm2-runtime")
PM2_FLAGS = ("-i", "--instances")
BY_CORES = ("auto", "max")
"""Words that make a server count the cores of its node; to PM2 0 and -1 are such too."""
IN_ORDER = ("UVICORN_WORKERS", "GUNICORN_CMD_ARGS", "GRANIAN_WORKERS", "WEB_CONCURRENCY")
"""Variables that a server reads the number from, the first that is there."""
CLUSTER = "NODE_CLUSTER"
MOST = 1000
"""A greater number is no number of processes."""
_REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
_RUNS = re.compile(r"-[a-z]*c")
_OF_SHELL = re.compile(r"\$(?:\{(?P<name>[A-Za-z_]\w*)(?::?-(?P<default>[^}$]*))?\}|(?P<plain>[A-Za-z_]\w*))")


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
    line = list(line_of(command or (), args or (), known))
    words = [word for _, word in line]
    found = _flag(words, _flags(command, words))
    if found is not None:
        return Declared(number=found.number, key=line[found.place][0], words=found.words)
    for name in (*IN_ORDER, *sorted(name for name in known if name.startswith(CLUSTER))):
        text = known.get(name, "").strip()
        of_flags = _flag(_split(text), ("--workers", "-w")) if name == "GUNICORN_CMD_ARGS" else None
        number = of_flags.number if of_flags is not None else _number(text)
        if number is not None:
            return Declared(number=number, key="env", words=f"{name}={text}")
    return None


def by_cores(command: Sequence[str] | None, args: Sequence[str] | None, env: Mapping[str, object]) -> Declared | None:
    """What makes a container start a process for each core that it sees, which are those of the node; the number, which
    nobody knows, is 0."""
    known = {name: text for name, value in env.items() if (text := plain(value)) is not None}
    line = list(line_of(command or (), args or (), known))
    words = [word for _, word in line]
    for place, value, shown in values_of(words, _flags(command, words)):
        of_pm2 = shown.startswith(PM2_FLAGS) and value in ("0", "-1")
        if value in BY_CORES or "nproc" in value or of_pm2:
            return Declared(number=0, key=line[place][0], words=shown)
    for name in sorted(name for name in known if name.startswith(CLUSTER)):
        if known[name].strip().lower() in BY_CORES:
            return Declared(number=0, key="env", words=f"{name}={known[name]}")
    return None


def _flags(command: Sequence[str] | None, words: Sequence[str]) -> tuple[str, ...]:
    """The options that are a number of processes to what is run."""
    programs = {basename(word) for word in words}
    short = command is None or not programs.isdisjoint(SHORT_FLAG)
    return ("--workers", *(("-w",) if short else ()), *(PM2_FLAGS if not programs.isdisjoint(PM2) else ()))


def line_of(command: Sequence[str], args: Sequence[str], env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The words of the command line, those that a shell is given to run too, with the key that each is of."""
    shell = runs = False
    for key, item in [*(("command", one) for one in command), *(("args", one) for one in args)]:
        text = _REFERENCE.sub(lambda found: env.get(found[1], found[0]), item)
        yield from ((key, word) for word in (_split(_expanded(text, env)) if shell and runs else (text,)))
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


def _expanded(script: str, env: Mapping[str, str]) -> str:
    """What a shell is given to run, with the variables that are known, or their defaults."""

    def value(found: re.Match[str]) -> str:
        given = env.get(found["name"] or found["plain"], found["default"])
        return found[0] if given is None else given

    return _OF_SHELL.sub(value, script)


def _flag(words: Sequence[str], flags: Sequence[str]) -> _Flag | None:
    """The number of workers among ``words``; of several the last one counts."""
    found = None
    for place, value, shown in values_of(words, flags):
        number = _number(value)
        if number is not None:
            found = _Flag(number, place, shown)
    return found


def values_of(words: Sequence[str], flags: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Place, value and words of each of the options."""
    for place, word in enumerate(words):
        name, joined, value = word.partition("=")
        if name in flags:
            value = value if joined else (words[place + 1] if place + 1 < len(words) else "")
            yield place, value, word if joined else f"{word} {value}"
        else:
            short = next((flag for flag in flags if len(flag) == 2 and word.startswith(flag)), None)
            if short is not None:
                yield place, word[2:].removeprefix("="), word


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST and len(text) < 9 else None
