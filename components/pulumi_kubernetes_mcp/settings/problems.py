"""What is wrong with a stack file, as records and as one screen of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pulumi

from ..rules.forms import redacted
from ..rules.model import Finding

NAMESPACE = "mcp"
"""Namespace of the keys that are read here, and name of the project where there is no Pulumi.yaml."""
SECRET_PLACEHOLDER = "[secret]"
"""Stands for every encrypted value; nothing here decrypts."""
UNKNOWN_KEY = "unknown-key"
"""Name of the problem of a key that there is not."""
SHOWN_PROBLEMS = 12
"""Problems that a message lists. With two lines each, a heading and a closing line they fit 30 lines."""
SHOWN_CHARACTERS = 60
"""Longest text that a message repeats. Longer ones help nobody, and may be tokens."""
READ_AT_ONCE = 12
"""Names that are listed in one sentence. The server has five times as many, which fill a screen and hide the rest."""
_MEANT = re.compile(r"Did you mean '(?:mcp:)?(\w+)'\?")
_STEP = re.compile(r'\["(?P<quoted>.*?)"\]|\[(?P<index>\d+)\]|(?P<word>[^.\[\]]+)')
_PLAIN = re.compile(rf"[\w-]{{1,{SHOWN_CHARACTERS}}}")
"""A member that a path names without quotes."""
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
"""A part of a key in camel case."""
_MARK = re.compile(r"line (\d+)(?:, column (\d+))?")
_IN_A_FILE = re.compile(r" \(.*\)$", re.DOTALL)
"""A place in another file that a setting names, behind the setting: ``mcp:server.profile (orders.yaml: eras)``."""


@dataclass(frozen=True)
class Problem(Finding):
    """A finding about the form of a stack file, for which no rule is needed.

    ``path`` is the place, such as ``mcp:server.resources.requests.memory`` or ``line 3, column 5``, or ``""``
    for the file itself. ``file`` and ``line`` are where the value was given, if that is known.
    """

    slug: str = "invalid-form"

    def __str__(self) -> str:
        place = located(self.path, self.file, self.line)
        return f"{place}: {self.problem}\n    {self.remedy}" if place else f"{self.problem}\n    {self.remedy}"


def located(path: str, file: str | None, line: int | None) -> str:
    """A path behind the place of its value, which terminals open: ``stacks/Pulumi.dev.yaml:12 mcp:server``."""
    if file is None or line is None:
        return path
    mark = _MARK.fullmatch(path)
    return ":".join([file, *filter(None, mark.groups())]) if mark else f"{file}:{line} {path}".rstrip()


def as_problem(found: Finding) -> Problem:
    """What a rule finds, told among mistakes of form: with its code, which is in no other place there."""
    if isinstance(found, Problem):
        return found
    return Problem(found.path, f"{found.problem} ({found.code})", found.remedy, code=found.code, slug=found.slug)


class Refused(pulumi.RunError):
    """What was described cannot be used, or cannot work; the message says all of it.

    A :class:`pulumi.RunError`, so that the Pulumi CLI prints the message alone and no traceback.
    """

    messages: tuple[Any, ...] = ()
    """What the program logged before, where the offline engine ran it."""


class SettingsError(Refused):
    """A stack file that cannot be used: ``problems`` holds all that is wrong, the message is one screen."""

    def __init__(self, problems: Iterable[Problem], *, where: str) -> None:
        """Collect ``problems``, in reading order; ``where`` is the file that they are in, for the heading."""
        self.problems = tuple(problems)
        self.where = where
        count = len(self.problems)
        lines = [f"{where} cannot be used: {count} {'problem' if count == 1 else 'problems'}."]
        lines += [f"  {problem}" for problem in self.problems[:SHOWN_PROBLEMS]]
        if count > SHOWN_PROBLEMS:
            lines.append(f"  {count - SHOWN_PROBLEMS} more are shown when these are mended.")
        super().__init__("\n".join(lines))


def an(word: str) -> str:
    """A word behind its article; ``Mcp`` is spelt in letters."""
    return f"{'an' if word.startswith((*'AEIOUaeiou', 'Mcp')) else 'a'} {word}"


def kind_of(value: object) -> str:
    """A value's type in words; never the value, which may be a secret."""
    words = {str: "text", int: "a number", float: "a number", bool: "true or false"}
    return words.get(type(value), an(type(value).__name__))


def quoted(text: str) -> str:
    """Text as a message repeats it: cut at 60 characters, control characters escaped."""
    text = redacted(text)
    cut = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "..."
    return f"'{cut}'" if cut.isprintable() else ascii(cut)


def join(path: str, part: str | int) -> str:
    """The path of a member as ``pulumi config set --path`` writes it: ``a.b``, ``a[0]``, ``a["b.c"]``."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    if _PLAIN.fullmatch(part):
        return f"{path}.{part}"
    return f"{path}[{quoted(part)}]".replace("['", '["').replace("']", '"]')


def split(path: str) -> tuple[str | int, ...]:
    """The steps of a path below the namespace: ``("server", "eras", 0)`` of ``mcp:server.eras[0]``, else none."""
    namespace, _, rest = _IN_A_FILE.sub("", path).partition(":")
    if namespace != NAMESPACE:
        return ()
    return tuple(
        int(match["index"]) if match["index"] else match["quoted"] or match["word"] for match in _STEP.finditer(rest)
    )


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelt most like ``word``, if one is near."""
    folded = {candidate.lower().replace("_", ""): candidate for candidate in known}
    matches = get_close_matches(word[:SHOWN_CHARACTERS].lower().replace("_", ""), folded, n=1, cutoff=0.7)
    return folded[matches[0]] if matches else None


def suggest(
    word: str, known: Iterable[str], noun: str, elsewhere: Sequence[str] = (), listed_by: str | None = None
) -> str:
    """A remedy for a word that is not known: the nearest one, the one that means most of it, or all of them.

    :param elsewhere: places that have this very word.
    :param listed_by: the command that lists all of them; it stands for those that nobody would read in a line.
    """
    words = list(known)
    match = nearest(word, words)
    if match is None and elsewhere:
        return f"There is one at {' and at '.join(elsewhere)}."
    match = match or _alike(word, words)
    if match:
        return f"Did you mean '{match}'?"
    if listed_by is None or len(words) <= READ_AT_ONCE:
        return f"Known {noun}: {', '.join(words)}."
    near = get_close_matches(word[:SHOWN_CHARACTERS], words, n=3, cutoff=0.5)
    spelt = f"Spelt most like it: {', '.join(near)}. " if near else ""
    return f"{spelt}'{listed_by}' lists the {len(words)} {noun} that there are."


def meant(problem: Problem) -> str | None:
    """The place of the key that a misspelt one most likely means, as its remedy says."""
    word = _MEANT.match(problem.remedy) if problem.slug == UNKNOWN_KEY else None
    return None if word is None else re.sub(r"\w+$", word[1], problem.path)


def _alike(word: str, known: Iterable[str]) -> str | None:
    """The known word most of whose parts are in the word, two at least: 'gracePeriodSeconds' of
    'terminationGracePeriodSeconds'."""
    given = _parts(word)
    shared = {one: len(_parts(one) & given) for one in known}
    best = max(shared, key=lambda one: (shared[one], -len(_parts(one))), default="")
    return best if shared.get(best, 0) > 1 and 2 * shared[best] > len(_parts(best)) else None


def _parts(word: str) -> frozenset[str]:
    return frozenset(part.lower() for part in _PART.findall(word[:SHOWN_CHARACTERS]))
