"""A rule as a report: what its page under ``docs/findings`` says, without the page."""

from __future__ import annotations

import re

from ..rules.catalogue import AREAS, CATALOGUE
from ..rules.model import Rule, Severity
from .document import Block, Code, Column, Document, Section, Table

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
"""A link of Markdown; pages are not at hand in a terminal."""


def explain_document(rule: Rule) -> Document:
    """One rule: when it speaks, why it exists, and what to change."""
    passes: list[Block] = [Code(text=rule.passes), *_paragraphs(rule.note)]
    return Document(
        title=f"{rule.code} {rule.slug}: {rule.title}",
        blocks=(_severity(rule),),
        sections=(
            Section(title="What it means", blocks=tuple(_paragraphs(rule.meaning))),
            Section(title="Why", blocks=tuple(_paragraphs(rule.why))),
            Section(title=f"Fails ({_form(rule)})", blocks=(Code(text=rule.fails),)),
            Section(title="Passes", blocks=tuple(passes)),
        ),
    )


def rules_document() -> Document:
    """Every rule in a line, by area."""
    columns = (Column(title="code"), Column(title="name"), Column(title="severity"), Column(title="finding"))
    return Document(
        title=f"{len(CATALOGUE)} rules",
        blocks=("'mcp-stack explain CODE' or 'mcp-stack explain NAME' says more of one.",),
        sections=tuple(
            Section(
                title=area,
                blocks=(
                    Table(
                        columns=columns,
                        rows=tuple(
                            (rule.code, rule.slug, str(rule.severity), rule.title)
                            for rule in CATALOGUE
                            if rule.code[3] == digit
                        ),
                        beside=3,
                        header=False,
                    ),
                ),
            )
            for digit, area in AREAS.items()
        ),
    )


def _severity(rule: Rule) -> str:
    if rule.severity is Severity.ERROR:
        return "An error: the preview stops."
    return f"A warning: mend it, or accept it with a reason under mcp:accept, as {rule.code} or {rule.slug}."


def _form(rule: Rule) -> str:
    return "in a stack file" if rule.language == "yaml" else "in a program"


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each in one line, without the targets of its links."""
    return [_LINK.sub(r"\1", " ".join(part.split())) for part in text.split("\n\n") if part]
