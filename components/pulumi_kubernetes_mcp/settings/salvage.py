"""What is left of a stack file or of arguments without their mistakes, so that the rules can report the others in the
same run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from ..rules.doors import in_arguments
from ..rules.model import Finding, errors
from .load import layered
from .problems import NAMESPACE, SECRET_PLACEHOLDER, Problem, SettingsError, as_problem, meant
from .servers import StackSettings, load_stack

T = TypeVar("T")

_STEP = re.compile(r'\["(?P<quoted>.*?)"\]|[^.\[\]]+|\[\d+\]')
_INDEX = re.compile(r"\[\d+\]")
"""The step to an item of a list; a member whose name has brackets is none."""
_IN_A_FILE = re.compile(r" \(.*\)$", re.DOTALL)
"""A place in another file that a setting names, behind the setting: ``mcp:server.profile (orders.yaml: eras)``."""
_SECRET_VALUE = re.compile(r"mcp:(?:servers\.[^.]+\.)?secrets\.values\.[^.]+")
"""A value that is wrong only in being written in clear: what refers to its key is right."""
_ROUNDS = 3
"""Without an item a list may have too few: the second round leaves such a list out too, or puts what has to be there in
its place; the third does what the second found."""
_OF_SERVER = re.compile(r"mcp:servers\.([^.]+)\.")
_REMOTE = re.compile(r"mcp:secrets\.remote\.[^.\[]+(?P<part>\.(key|property))?")
"""What a store has for a key of the Secret: what refers to the key is right."""
_NAME = "stand-in"
_HOST, _LOAD = "host.example", {"peakSessions": 1}
_STAND_INS: Mapping[str, Any] = {
    "mcp:region": {"name": "region"},
    "mcp:region.name": "region",
    "mcp:server": {"image": "registry.example.com/server:1.0.0"},
    "mcp:server.image": "registry.example.com/server:1.0.0",
    "mcp:workload": _LOAD,
    "mcp:edge": {"host": _HOST},
    "mcp:edge.host": _HOST,
    "mcp:database.host": _HOST,
}
"""What stands for a key without which there is no plan. What a rule says of it is not told: the mistake is there."""


@dataclass(frozen=True)
class Rest(Generic[T]):
    """What is left, and what was left out."""

    read: T
    """The stack, or the arguments of a component."""
    left_out: tuple[tuple[tuple[str, ...], ...], ...]
    """The places that went, round by round, each as it was called before its round."""
    gone: tuple[tuple[str, ...], ...] = ()
    """Keys that are not there any more, and lists that are empty for want of their wrong items."""

    def given(self, path: str) -> str:
        """A place in the rest as the file has it: items of a list count that were left out before it."""
        for places in reversed(self.left_out):
            for *above, last in sorted(places, key=_order):
                if _INDEX.fullmatch(last):
                    path = _shifted(path, above, int(last[1:-1]))
        return path


def salvage(
    values: Mapping[str, object], problems: Iterable[Problem], directory: Path | None = None
) -> Rest[StackSettings] | None:
    """The settings in ``values`` without the places that ``problems`` name, or ``None`` if that is not enough.

    A secret in clear is taken for an encrypted one, so that the keys which refer to it are not reported besides.
    """
    groups = {f"{NAMESPACE}:{group}": value for group, value in layered(values)[0].values.items()}
    return rest_of(groups, problems, lambda rest: load_stack(rest, where="the rest", directory=directory), of_stack)


def rest_of(
    tree: Mapping[str, Any],
    problems: Iterable[Problem],
    read: Callable[[Any], T],
    stand_in: Callable[[str], Any] = lambda _: None,
) -> Rest[T] | None:
    """What is read of a tree without the places that ``problems`` name, or ``None`` if that is not enough.

    :param read: raises a SettingsError with what is still wrong.
    :param stand_in: what is put in the place of a value that is wrong or missing; ``None`` leaves it out.
    """
    rest: Any = tree
    left_out = []
    for _ in range(_ROUNDS):
        instead: dict[tuple[str, ...], Any] = {}
        for path in (problem.path for problem in problems):
            other = SECRET_PLACEHOLDER if _SECRET_VALUE.fullmatch(path) else stand_in(path)
            instead[_place(path) if other is not None else _there(rest, _place(path))] = other
        left_out.append(tuple(instead))
        for place in sorted(instead, key=_order, reverse=True):
            rest = _without(rest, list(place), instead[place])
        try:
            return Rest(read(rest), tuple(left_out), tuple(_gone(rest, left_out)))
        except SettingsError as error:
            problems = error.problems
    return None


def of_stack(path: str) -> Any:
    """What stands for a key of a stack file; a host is that of one server alone."""
    server = _OF_SERVER.match(path)
    if remote := _REMOTE.fullmatch(whole(path)):
        return _NAME if remote["part"] else {"key": _NAME}
    other = _STAND_INS.get(whole(path))
    return f"{server[1]}.{_HOST}" if other == _HOST and server else other


def whole(path: str) -> str:
    """A place of one of several servers as that of a stack with one."""
    return _OF_SERVER.sub(f"{NAMESPACE}:", path)


def besides(
    rest: Rest[T] | None, problems: Sequence[Problem], judge: Callable[[T], Iterable[Finding]]
) -> list[Problem]:
    """What the rules refuse in the rest, each at its place in the whole, without what follows from the problems.

    :param judge: what the rules say of what was read; only errors count.
    """
    if rest is None:
        return []
    at_home = [replace(finding, path=rest.given(finding.path)) for finding in in_arguments(errors(judge(rest.read)))]
    return [
        as_problem(one)
        for one in at_home
        if not covers(problems, one.path) and not any(_asks_for(one, gone) for gone in rest.gone)
    ]


def _asks_for(finding: Finding, gone: Sequence[str]) -> bool:
    """Whether a finding wants what is not there for its mistakes: beside it, with its name in the remedy."""
    *group, key = gone
    name = rf"(?<!\w){re.escape(key)}(?!\w)"
    return _meets(group, _steps(finding.path)) and re.search(name, finding.remedy) is not None


def _shifted(path: str, above: list[str], gone: int) -> str:
    """A path whose item of the list ``above`` is counted with one that went from it, if that was before it."""
    steps = list(_STEP.finditer(path))
    if len(steps) <= len(above) or [step[0] for step in steps[: len(above)]] != above:
        return path
    item = steps[len(above)]
    if not _INDEX.fullmatch(item[0]) or int(item[0][1:-1]) < gone:
        return path
    return f"{path[: item.start()]}[{int(item[0][1:-1]) + 1}]{path[item.end() :]}"


def covers(problems: Iterable[Problem], path: str) -> bool:
    """Whether one of the problems is at ``path``, above it or below it, or is a misspelling of it: what a rule says
    there is a consequence."""
    wanted = _steps(path)
    return any(
        _meets(_steps(place), wanted) for problem in problems for place in (problem.path, meant(problem)) if place
    )


def _meets(one: list[str], other: list[str]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _steps(path: str) -> list[str]:
    return [step["quoted"] or step[0] for step in _STEP.finditer(_IN_A_FILE.sub("", path))]


def _place(path: str) -> tuple[str, ...]:
    """What to leave out for a problem: the place itself, or the whole item of the list that it is in."""
    steps = _steps(path)
    item = next((index for index, step in enumerate(steps) if _INDEX.fullmatch(step)), len(steps))
    return tuple(steps[: item + 1])


def _there(tree: Any, place: tuple[str, ...]) -> tuple[str, ...]:
    """The place, or of a missing key the innermost thing around it that there is."""
    found = tree
    for count, step in enumerate(place):
        if isinstance(found, Mapping) and step in found:
            found = found[step]
        elif not isinstance(found, list):
            return place[: max(count, 1)]
    return place


def _gone(tree: Any, left_out: Iterable[Iterable[tuple[str, ...]]]) -> Iterator[tuple[str, ...]]:
    """Keys of the places that were left out, where nothing is left of them."""
    for place in dict.fromkeys(place for places in left_out for place in places):
        key = place[:-1] if _INDEX.fullmatch(place[-1]) else place
        found = tree
        for step in key:
            found = found.get(step) if isinstance(found, Mapping) else None
        if key and (found is None or found == []):
            yield key


def _order(place: tuple[str, ...]) -> list[tuple[int, str]]:
    """Sorts the items of a list by number: those behind go first, so that the others keep theirs."""
    return [(int(step[1:-1]), "") if _INDEX.fullmatch(step) else (-1, step) for step in place]


def _without(tree: Any, steps: list[str], instead: Any = None) -> Any:
    """A copy of the tree without the place that the steps lead to; the tree itself where they lead nowhere.

    :param instead: what stands there then, instead of nothing.
    """
    if not steps:
        return tree
    step, deeper = steps[0], steps[1:]
    key: Any = int(step[1:-1]) if _INDEX.fullmatch(step) else step
    if isinstance(tree, list) and isinstance(key, int):
        return tree[:key] + tree[key + 1 :]
    if isinstance(tree, Mapping) and (key in tree or instead is not None):
        if deeper:
            return {**tree, key: _without(tree.get(key, {}), deeper, instead)}
        rest = {name: value for name, value in tree.items() if name != key}
        return rest if instead is None else {**rest, key: instead}
    return tree
