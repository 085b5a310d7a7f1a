"""Findings as SARIF 2.1.0, which code hosts and editors show at the line that they are about.

The standard: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0. What it requires and what code
hosts read is written: the tool with its rules and their help, a result per finding with its level, message, file and
line, and the path in the file as a logical location.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..rules.catalogue import AREAS, find
from ..rules.model import Finding, Rule

if TYPE_CHECKING:
    from ..stack_agreement import Disagreement
    from .refusals import CheckedStack

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION = "2.1.0"
TOOL = "mcp-stack"
ROOT = "%SRCROOT%"
"""What code hosts call the directory that files are relative to."""


def sarif(
    checked: Iterable[CheckedStack],
    together: Iterable[Disagreement] = (),
    *,
    version: str,
    root: PurePath | None = None,
) -> dict[str, Any]:
    """One run over some stacks, and over what they do not agree in.

    :param version: that of this package.
    :param root: the directory of the project, seen from the one that files are relative to. Default: the same.
    """
    stacks, root = list(checked), root or PurePath()
    files = {one.stack: one.where for one in stacks}
    pairs = [(one.stack, finding) for one in stacks for finding in one.findings]
    pairs += [(one.stacks[0], one.finding) for one in together]
    names = sorted({_name(finding) for _, finding in pairs})
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {"driver": {"name": TOOL, "version": version, "rules": [_rule(name) for name in names]}},
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(stack, finding, names.index(_name(finding)), root / (finding.file or files[stack]))
                    for stack, finding in pairs
                ],
            }
        ],
    }


def _name(finding: Finding) -> str:
    return finding.code or finding.slug


def _rule(name: str) -> dict[str, Any]:
    rule = find(name)
    if rule is None:
        return {"id": name, "shortDescription": {"text": _words(name)}, "defaultConfiguration": {"level": "error"}}
    return {
        "id": rule.code,
        "name": rule.slug,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": _line(rule.why)},
        "help": {"text": _help(rule), "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": str(rule.severity)},
        "properties": {"tags": [AREAS[rule.code[3]]]},
    }


def _words(slug: str) -> str:
    """A name as words, for what no rule is written about."""
    return slug.replace("-", " ")


def _line(text: str) -> str:
    return " ".join(text.split())


def _help(rule: Rule) -> str:
    parts = [_line(rule.meaning), f"Fails:\n{rule.fails}", f"Passes:\n{rule.passes}", _line(rule.note)]
    return "\n\n".join(part for part in parts if part)


def _markdown(rule: Rule) -> str:
    examples = [
        f"{title}\n\n```{rule.language}\n{text}\n```"
        for title, text in (("Fails:", rule.fails), ("Passes:", rule.passes))
    ]
    return "\n\n".join(part for part in (rule.meaning, rule.why, *examples, rule.note) if part)


def _result(stack: str, finding: Finding, rule_index: int, file: PurePath) -> dict[str, Any]:
    identity = f"{stack}\n{_name(finding)}\n{finding.path}"
    return {
        "ruleId": _name(finding),
        "ruleIndex": rule_index,
        "level": str(finding.severity),
        "message": {"text": f"{finding.problem} {finding.remedy}".strip()},
        "locations": [_location(finding, file)],
        # The same finding keeps its identity when lines are added above it, or its numbers change.
        "partialFingerprints": {"findingPath/v1": sha256(identity.encode()).hexdigest()},
        "properties": {"stack": stack, "remedy": finding.remedy},
    }


def _location(finding: Finding, file: PurePath) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": _artifact(file), "region": {"startLine": finding.line or 1}}
    }
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path, "kind": "member"}]
    return location


def _artifact(path: PurePath) -> Mapping[str, str]:
    """A file as a URI: relative where it is below the directory."""
    return {"uri": path.as_uri()} if path.is_absolute() else {"uri": quote(path.as_posix()), "uriBaseId": ROOT}
