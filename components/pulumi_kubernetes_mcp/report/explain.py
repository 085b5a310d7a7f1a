"""A rule or a key as a report: what its page or its table of the documentation says, without these."""

from __future__ import annotations

import re

from ..rules.catalogue import AREAS, CATALOGUE
from ..rules.model import Rule, Severity
from ..settings.key_help import WORDS_OF_DEFAULTS, KeyHelp
from .document import Block, Code, Column, Document, Facts, Section, Table

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


def key_document(key: KeyHelp) -> Document:
    """One key: what it is for, what it takes, and the keys below it."""
    columns = (Column(title="key"), Column(title="meaning"))
    rows = tuple((f"{one.name}: {one.takes} ({_default(one)})", one.meaning) for one in key.keys)
    below = Section(title="Keys below it", blocks=(Table(columns=columns, rows=rows, header=False),))
    return Document(
        title=key.path,
        blocks=(key.meaning, Facts(pairs=(("takes", key.takes), ("default", key.default)))),
        sections=(below,) if rows else (),
    )


def _default(key: KeyHelp) -> str:
    return key.default if key.default in WORDS_OF_DEFAULTS else f"default {key.default}"


def _severity(rule: Rule) -> str:
    if rule.severity is Severity.ERROR:
        return "An error: the preview stops."
    return f"A warning: mend it, or accept it with a reason under mcp:accept, as {rule.code} or {rule.slug}."


def _form(rule: Rule) -> str:
    return "in a stack file" if rule.language == "yaml" else "in a program"


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each in one line, without the targets of its links."""
    return [_LINK.sub(r"\1", " ".join(part.split())) for part in text.split("\n\n") if part]
