"""Findings, as paragraphs that say what is wrong and what to change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from ..rules.model import Finding, Severity, errors, warnings
from .console import clean

if TYPE_CHECKING:
    from ..stack_agreement import Disagreement
    from .refusals import CheckedStack

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow"}


def findings_view(findings: Sequence[Finding]) -> Group:
    """Each finding with its code, place, problem and remedy; errors first."""
    parts: list[Text | Padding] = []
    for finding in [*errors(findings), *warnings(findings)]:
        head = f"{finding.severity} {finding.code} {finding.slug}".rstrip()
        parts.append(Text.assemble((head, _STYLES[finding.severity]), f"  {clean(place(finding))}"))
        parts.append(Padding(Text(f"{clean(finding.problem)}\n{clean(finding.remedy)}"), (0, 0, 0, 4)))
    return Group(*parts)


def place(finding: Finding) -> str:
    """Where a finding is: its path, behind the file and line where they are known, which terminals open."""
    if finding.file is None or finding.line is None:
        return finding.path
    return f"{finding.file}:{finding.line} {finding.path}".rstrip()


def count_text(findings: Iterable[Finding]) -> str:
    """``1 error, 2 warnings``, or ``no findings``."""
    found = list(findings)
    counts = [(len(errors(found)), "error"), (len(warnings(found)), "warning")]
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n) or "no findings"


def findings_data(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as plain data that JSON can hold: one shape for everything that is refused or warned of."""
    return [
        {
            "code": finding.code,
            "slug": finding.slug,
            "severity": str(finding.severity),
            "file": finding.file,
            "line": finding.line,
            "path": finding.path,
            "problem": finding.problem,
            "remedy": finding.remedy,
        }
        for finding in findings
    ]


def checked_data(checked: Iterable[CheckedStack], together: Iterable[Disagreement]) -> dict[str, Any]:
    """Several stacks that were checked, and what they do not agree in, as plain data."""
    stacks = [{"stack": one.stack, "findings": findings_data(one.findings)} for one in checked]
    return {"stacks": stacks, "together": agreement_data(together)}


def agreement_view(found: Sequence[Disagreement]) -> Group:
    """What several stacks do not agree in, each under the names of the stacks."""
    parts: list[Text | Group] = []
    for one in found:
        parts.append(Text(clean(", ".join(one.stacks)), style="dim"))
        parts.append(findings_view([one.finding]))
    return Group(*parts)


def agreement_data(found: Iterable[Disagreement]) -> list[dict[str, Any]]:
    """The same as plain data: a finding with the names of its stacks."""
    return [{"stacks": list(one.stacks), **findings_data([one.finding])[0]} for one in found]
