"""What a rule and a finding are. Pure: knows neither Pulumi nor the settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from inspect import cleandoc


class Severity(StrEnum):
    """How much a finding matters: an ``error`` stops the preview, a ``warning`` is shown in it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """One thing that is wrong with one value.

    ``path`` is where a person can change it: a key of the stack file (``mcp:scaling.maxReplicas``) or an
    argument of a component (``McpAutoscaling "web": max_replicas``). ``problem`` says what is wrong, in
    numbers; ``remedy`` what to change.
    """

    severity: Severity
    path: str
    code: str
    problem: str
    remedy: str
    slug: str = ""
    """Name of the rule, beside its code."""

    def __str__(self) -> str:
        return f"{self.severity} {self.code} at {self.path}: {self.problem} {self.remedy}"


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
