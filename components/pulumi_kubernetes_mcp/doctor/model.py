"""What is asked of a cluster, what it answered, and what that means. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Question = tuple[str, ...]
"""Arguments of kubectl, without the context and the form of the answer."""


class State(StrEnum):
    """How one thing that a stack needs stands."""

    OK = "ok"
    MISSING = "missing"
    UNSURE = "unsure"
    """It could not be read, mostly for want of rights."""


@dataclass(frozen=True)
class Answer:
    """What kubectl said: an object, a list, or why there is none."""

    value: Any = None
    """The object; ``None`` where there is none of that name."""
    refused: str = ""
    """Why nothing can be said; empty where the cluster answered."""


@dataclass(frozen=True)
class Snapshot:
    """A cluster at one moment, as far as it was asked."""

    context: str
    """Name of the context that was asked."""
    answers: Mapping[Question, Answer]

    def of(self, question: Question) -> Answer:
        """The answer to a question; one that was not asked is not known."""
        return self.answers.get(question, Answer(refused="it was not asked"))


@dataclass(frozen=True)
class Line:
    """One thing that a stack needs, and whether it is there."""

    state: State
    what: str
    detail: str
    key: str = ""
    """Key of the stack file that names it or does without it."""
