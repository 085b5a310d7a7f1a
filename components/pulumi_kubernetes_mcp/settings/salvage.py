"""What is left of a stack file without its mistakes, so that the rules can report the others in the same run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..rules.model import Finding
from .load import layered
from .problems import NAMESPACE, SECRET_PLACEHOLDER, Problem, SettingsError
from .servers import StackSettings, load_stack

_STEP = re.compile(r"[^.\[\]]+|\[\d+\]")
_IN_A_FILE = re.compile(r" \(.*\)$", re.DOTALL)
"""A place in another file that a setting names, behind the setting: ``mcp:server.profile (orders.yaml: eras)``."""
_SECRET_VALUE = re.compile(r"mcp:(?:servers\.[^.]+\.)?secrets\.values\.[^.]+")
"""A value that is wrong only in being written in clear: what refers to its key is right."""
_ROUNDS = 2
"""Without an item a list may have too few: the second round leaves such a list out too. A value of a wrong type goes in
the first one, and is missing in the second."""
STAND_IN = "stand-in-of-what-is-missing"
"""In every stand-in: what a rule says of one is no finding."""
_STAND_INS: Mapping[str, str] = {
    "image": f"registry.example.com/{STAND_IN}/image:1.0.0",
    "name": STAND_IN,
    "host": f"{STAND_IN}.example.com",
}
"""Last step of a key that must be there to a value from which nothing else follows. A load has none: all follows."""


@dataclass(frozen=True)
class Rest:
    """What is left, and what was left out."""

    stack: StackSettings
    left_out: tuple[tuple[tuple[str, ...], ...], ...]
    """The places that went, round by round, each as it was called before its round."""

    def given(self, path: str) -> str:
        """A place in the rest as the file has it: items of a list count that were left out before it."""
        for places in reversed(self.left_out):
            for *above, last in sorted(places, key=_order):
                if last.startswith("["):
                    path = _shifted(path, above, int(last[1:-1]))
        return path


def salvage(values: Mapping[str, object], problems: Iterable[Problem], directory: Path | None = None) -> Rest | None:
    """The settings in ``values`` without the places that ``problems`` name, or ``None`` if that is not enough.

    A secret in clear is taken for an encrypted one, so that the keys which refer to it are not reported besides.
    Where an image, a host or a name is missing another one stands in. What everything else needs, such as the load,
    cannot be left out: nothing is salvaged then.
    """
    rest: Any = {f"{NAMESPACE}:{group}": value for group, value in layered(values)[0].values.items()}
    left_out = []
    for _ in range(_ROUNDS):
        places = {_place(problem.path) for problem in problems}
        left_out.append(tuple(places))
        sealed = {_place(problem.path) for problem in problems if _SECRET_VALUE.fullmatch(problem.path)}
        for place in sorted(places, key=_order, reverse=True):
            rest = _with_stand_in(rest, place) or _without(
                rest, list(place), SECRET_PLACEHOLDER if place in sealed else None
            )
        try:
            return Rest(load_stack(rest, where="the rest", directory=directory), tuple(left_out))
        except SettingsError as error:
            problems = error.problems
    return None


def _shifted(path: str, above: list[str], gone: int) -> str:
    """A path whose item of the list ``above`` is counted with one that went from it, if that was before it."""
    steps = list(_STEP.finditer(path))
    if len(steps) <= len(above) or [step[0] for step in steps[: len(above)]] != above:
        return path
    item = steps[len(above)]
    if not item[0].startswith("[") or int(item[0][1:-1]) < gone:
        return path
    return f"{path[: item.start()]}[{int(item[0][1:-1]) + 1}]{path[item.end() :]}"


def covers(problems: Iterable[Problem], path: str) -> bool:
    """Whether one of the problems is at ``path``, above it or below it: what a rule says there is a consequence."""
    wanted = _steps(path)
    return any(_meets(_steps(problem.path), wanted) for problem in problems)


def _meets(one: list[str], other: list[str]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _steps(path: str) -> list[str]:
    return _STEP.findall(_IN_A_FILE.sub("", path))


def _place(path: str) -> tuple[str, ...]:
    """What to leave out for a problem: the place itself, or the whole item of the list that it is in."""
    steps = _steps(path)
    item = next((index for index, step in enumerate(steps) if step.startswith("[")), len(steps))
    return tuple(steps[: item + 1])


def _order(place: tuple[str, ...]) -> list[tuple[int, str]]:
    """Sorts the items of a list by number: those behind go first, so that the others keep theirs."""
    return [(int(step[1:-1]), "") if step.startswith("[") else (-1, step) for step in place]


def _with_stand_in(tree: Any, place: tuple[str, ...]) -> Any:
    """A copy of the tree with what is missing at a place; ``None`` where something is there, or nothing stands in."""
    *above, last = (*place, "host") if place[-1].removeprefix(f"{NAMESPACE}:") == "edge" else place
    value = _STAND_INS.get(last)
    return None if value is None else _put(tree, above, last, value)


def _put(tree: Any, above: list[str], last: str, value: str) -> Any:
    if not isinstance(tree, Mapping):
        return None
    if not above:
        return None if last in tree else {**tree, last: value}
    inner = _put(tree.get(above[0], {}), above[1:], last, value)
    return None if inner is None else {**tree, above[0]: inner}


def stands_in(finding: Finding) -> bool:
    """Whether a finding is about a value that stands in for a missing one."""
    return STAND_IN in f"{finding.path} {finding.problem} {finding.remedy}"


def _without(tree: Any, steps: list[str], instead: str | None = None) -> Any:
    """A copy of the tree without the place that the steps lead to; the tree itself where they lead nowhere.

    :param instead: what stands there then, instead of nothing.
    """
    if not steps:
        return tree
    step, deeper = steps[0], steps[1:]
    key: Any = int(step[1:-1]) if step.startswith("[") else step
    if isinstance(tree, list) and isinstance(key, int):
        return tree[:key] + tree[key + 1 :]
    if isinstance(tree, Mapping) and key in tree:
        if deeper:
            return {**tree, key: _without(tree[key], deeper, instead)}
        rest = {name: value for name, value in tree.items() if name != key}
        return rest if instead is None else {**rest, key: instead}
    return tree
