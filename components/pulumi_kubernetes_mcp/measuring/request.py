"""What is to be measured, within bounds that keep a measurement from becoming an attack."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .refused import MeasureError
from .target import Target

MAX_SESSIONS = 5000
MAX_CALLERS = 256
"""Also the calls in flight at half load: a tool of half a second that takes a millisecond of CPU needs as many."""
MAX_SECONDS = 60
LEAST_TIME_LIMIT = 10
MAX_TIME_LIMIT = 3600
STEPS = 5
"""Readings between no session and all of them, through which a line is laid."""


@dataclass(frozen=True)
class ToolCall:
    """A tool that may be called, and with what."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One measurement."""

    target: Target
    pid: int | None = None
    metrics: str | None = None
    start: tuple[str, ...] = ()
    preload: bool = True
    """Whether a Node server that is started loads the lines of :mod:`.v8`."""
    runtime: str = "other"
    sessions: int = 200
    callers: int = 8
    seconds: float = 5
    time_limit: float = 600
    eras: tuple[str, ...] = ()
    tools: tuple[ToolCall, ...] = ()

    def __post_init__(self) -> None:
        if sum((self.pid is not None, self.metrics is not None, bool(self.start))) > 1:
            raise MeasureError(
                "--pid, --metrics and --start are three ways to read the same server. Give one; --start is the best, "
                "since each era gets a fresh process."
            )
        _bounded("--sessions", self.sessions, 25, MAX_SESSIONS, "fewer tell nothing, and more tell nothing new")
        _bounded("--callers", self.callers, 1, MAX_CALLERS, "the client would be the bottleneck with more")
        _bounded("--seconds", self.seconds, 1, MAX_SECONDS, "longer makes the figures hardly better")
        _bounded("--time-limit", self.time_limit, LEAST_TIME_LIMIT, MAX_TIME_LIMIT, "a measurement takes minutes")
        if self.callers * STEPS > self.sessions:
            raise MeasureError(
                f"{self.callers} --callers have a session each, which leaves too few steps up to {self.sessions} "
                f"--sessions. Give at least {self.callers * STEPS} sessions, or fewer callers."
            )

    def steps(self) -> list[int]:
        """Numbers of open sessions at which the server is read: the callers alone first."""
        numbers = {self.callers, *(round(self.sessions * step / STEPS) for step in range(1, STEPS + 1))}
        return sorted(number for number in numbers if number >= self.callers)


def _bounded(option: str, value: float, least: float, most: float, why: str) -> None:
    if not least <= value <= most:
        raise MeasureError(f"{option} is {value:g}. Give {least:g} to {most:g}: {why}.")


def tool_calls(names: Sequence[str], arguments: Sequence[str]) -> tuple[ToolCall, ...]:
    """The tools of a command line: the first --arguments belongs to the first --tool, and so on."""
    if arguments and len(arguments) != len(names):
        raise MeasureError(
            f"There are {len(names)} --tool and {len(arguments)} --arguments. Give one --arguments for each --tool, in "
            "the same order ('{}' for none), or none at all."
        )
    texts = arguments or ["{}"] * len(names)
    return tuple(ToolCall(name, _object(name, text)) for name, text in zip(names, texts, strict=True))


def _object(name: str, text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise MeasureError(
            f"The --arguments of the tool '{name}' are not a JSON object. Write them in single quotes, such as "
            '--arguments \'{"text": "a"}\''
        )
    return value
