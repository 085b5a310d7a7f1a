"""What a rule and a finding are. Pure: knows neither Pulumi nor the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from inspect import cleandoc
from typing import Protocol

from .forms import redacted


class Severity(StrEnum):
    """How much a finding matters: an ``error`` stops the preview, a ``warning`` is shown in it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one value: the one record of everything that is refused or warned of.

    ``path`` is where a person can change it: a key of the stack file (``mcp:scaling.maxReplicas``) or an
    argument of a component (``McpAutoscaling "web": max_replicas``). ``problem`` says what is wrong, in
    numbers; ``remedy`` what to change. Neither holds the value of a secret.
    """

    path: str
    problem: str
    remedy: str
    code: str = ""
    """Code of the rule; empty where a form is wrong that no rule is needed for, such as a key that does not exist."""
    slug: str = ""
    """Name of the rule, beside its code, or of what is wrong with the form."""
    severity: Severity = Severity.ERROR
    file: str | None = field(default=None, compare=False)
    """The file that gives the value, relative to the project; ``None`` where it is not known."""
    line: int | None = field(default=None, compare=False)
    """The line in the file, from 1 on."""

    def __post_init__(self) -> None:
        """Take out what can only be a secret, whoever wrote the words: no message, JSON or SARIF repeats one."""
        for text in ("path", "problem", "remedy"):
            object.__setattr__(self, text, redacted(getattr(self, text)))

    def __str__(self) -> str:
        return f"{self.severity} {self.code} at {self.path}: {self.problem} {self.remedy}"

    def __lt__(self, other: Finding) -> bool:
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, ...]:
        """Errors first, then by place."""
        return (self.severity, self.path, self.code, self.problem, self.remedy)


class Place(Protocol):
    """Where a value was given, as far as that is known."""

    @property
    def file(self) -> str | None:
        """The file, relative to the project."""

    @property
    def line(self) -> int | None:
        """The line in it, from 1 on."""


def located(findings: Iterable[Finding], origin_of: Callable[[str], Place | None]) -> list[Finding]:
    """The findings with the file and the line of the values that they are about, where these are known.

    :param origin_of: where the value at a path was given, or the nearest one around it.
    """
    return [
        finding
        if finding.line is not None or (place := origin_of(finding.path)) is None
        else replace(finding, file=place.file, line=place.line)
        for finding in findings
    ]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule as one unit: what it is called, what it means and why it exists, and an example of each side of it.

    Texts are written indented, as the source around them, and kept without the indentation. The page of the rule
    under ``docs/findings`` and ``mcp-stack explain`` are made from them.
    """

    code: str
    """Stable: ``MCP`` and three digits, of which the first is the area."""
    slug: str
    """Stable too, for people: a few words in lower case with hyphens."""
    severity: Severity
    title: str
    """What is wrong, in a few words without a full stop."""
    meaning: str = field(compare=False)
    """When the rule speaks, in Markdown."""
    why: str = field(compare=False)
    """Why it exists."""
    fails: str = field(compare=False)
    """Keys of a stack file in YAML that break it, or a call in Python where only a program can say it."""
    passes: str = field(compare=False)
    """The same without the fault."""
    note: str = field(default="", compare=False)
    """What else helps, in Markdown."""

    def __post_init__(self) -> None:
        """Take the indentation of the source off the texts."""
        for text in ("meaning", "why", "fails", "passes", "note"):
            object.__setattr__(self, text, cleandoc(getattr(self, text)))

    @property
    def language(self) -> str:
        """Language of the examples: ``yaml`` or ``python``."""
        return "yaml" if self.fails.startswith(("mcp:", "kubernetes:")) else "python"

    def at(self, path: str, problem: str, remedy: str) -> Finding:
        """A finding of this rule at ``path``."""
        return Finding(
            severity=self.severity, path=path, code=self.code, slug=self.slug, problem=problem, remedy=remedy
        )


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that stop a preview."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def warnings(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that are only shown."""
    return [finding for finding in findings if finding.severity is Severity.WARNING]
