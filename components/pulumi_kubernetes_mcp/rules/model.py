"""What a finding is, and how warnings are accepted. Pure: knows neither Pulumi nor the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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

    def __str__(self) -> str:
        return f"{self.severity} {self.code} at {self.path}: {self.problem} {self.remedy}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of the catalogue: a stable code, its severity, a short title and why the rule exists."""

    code: str
    severity: Severity
    title: str
    why: str = field(compare=False)

    def at(self, path: str, problem: str, remedy: str) -> Finding:
        """A finding of this rule at ``path``."""
        return Finding(severity=self.severity, path=path, code=self.code, problem=problem, remedy=remedy)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that stop a preview."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def warnings(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that are only shown."""
    return [finding for finding in findings if finding.severity is Severity.WARNING]


UNUSED_ACCEPTANCE = Rule(
    code="MCP901",
    severity=Severity.WARNING,
    title="an accepted warning does not occur",
    why="An acceptance that matches nothing hides the same warning when it comes back for another reason.",
)
ACCEPTED_ERROR = Rule(
    code="MCP902",
    severity=Severity.ERROR,
    title="an error cannot be accepted",
    why="Errors are states that cannot work; only a change makes them go away.",
)


def accept(findings: Iterable[Finding], accepted: Mapping[str, str], path: str) -> list[Finding]:
    """Drop the warnings whose code is in ``accepted`` (code to reason); report acceptances that do not fit.

    ``path`` is the place of the list of acceptances. The order of the remaining findings is kept.
    """
    found = list(findings)
    kept = [f for f in found if f.severity is Severity.ERROR or f.code not in accepted]
    warned = {f.code for f in warnings(found)}
    failed = {f.code for f in errors(found)}
    for code in accepted:
        if code in failed:
            kept.append(
                ACCEPTED_ERROR.at(
                    path, f"{code} is accepted, but it is an error.", f"Remove {code} here and mend what {code} names."
                )
            )
        elif code not in warned:
            kept.append(
                UNUSED_ACCEPTANCE.at(
                    path, f"{code} is accepted, but this stack does not raise it.", f"Remove {code} from the list."
                )
            )
    return kept
