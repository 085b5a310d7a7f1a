"""The pages of the rules: one for each, and the index. Everything in them stands in the rules themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from pulumi_kubernetes_mcp.rules.catalogue import AREAS, CATALOGUE
from pulumi_kubernetes_mcp.rules.model import Rule, Severity

from .regions import table

FOLDER = "docs/findings"
ROOT = Path(__file__).parents[2]
NAMES = "schemas/rules.txt"
"""Code and name of every rule that there ever was."""
WIDTH = 120
"""Characters of a line of prose."""


def pages() -> Mapping[str, Callable[[], str]]:
    """Path of each page to the function that makes it."""
    return {NAMES: partial(names, ROOT / NAMES), f"{FOLDER}/README.md": index} | {
        f"{FOLDER}/{rule.code}.md": partial(page, rule) for rule in CATALOGUE
    }


def names(path: Path) -> str:
    """Code and name of each rule: those that the file holds already, which stay as they are, and the new ones.

    ValueError for a rule that is gone or has another name: a stack may accept its warning by either.
    """
    given = dict(line.split() for line in path.read_text(encoding="utf-8").splitlines()) if path.is_file() else {}
    known = {rule.code: rule.slug for rule in CATALOGUE}
    for code, slug in given.items():
        if known.get(code) != slug:
            raise ValueError(
                f"{code} is called '{slug}' in {path.name}, and a stack may accept it by that name: keep both"
            )
    return "".join(f"{code} {slug}\n" for code, slug in known.items())


def index() -> str:
    """Every rule in one table, linked to its page."""
    head = (
        "What the preview refuses (error) or warns of (warning). Each page says what the finding means and why the "
        "rule exists, with an example that fails and one that passes; `mcp-stack explain` shows the same in the "
        "terminal. A "
        "warning can be accepted with a reason under `mcp:accept`, by its code or its name; an error cannot."
    )
    rows = [
        [f"[{rule.code}]({rule.code}.md)", f"`{rule.slug}`", str(rule.severity), AREAS[rule.code[3]], rule.title]
        for rule in CATALOGUE
    ]
    return f"# Findings\n\n{prose(head)}\n\n{table(['code', 'name', 'severity', 'area', 'finding'], rows)}\n"


def page(rule: Rule) -> str:
    """The page of one rule."""
    if rule.severity is Severity.ERROR:
        severity = f"An error: the preview stops. Its name is `{rule.slug}`."
    else:
        severity = (
            "A warning: the preview shows it; it can be accepted with a reason under `mcp:accept`, as "
            f"`{rule.code}` or `{rule.slug}`."
        )
    parts = [
        f"# {rule.code}: {rule.title}",
        prose(severity),
        f"## What it means\n\n{prose(rule.meaning)}",
        f"## Why\n\n{prose(rule.why)}",
        f"## Fails\n\n```{rule.language}\n{rule.fails}\n```",
        f"## Passes\n\n```{rule.language}\n{rule.passes}\n```",
        *([prose(rule.note)] if rule.note else []),
    ]
    return "\n\n".join(parts) + "\n"


def prose(text: str) -> str:
    """Paragraphs in lines of one width."""
    return "\n\n".join(
        textwrap.fill(" ".join(paragraph.split()), WIDTH, break_long_words=False, break_on_hyphens=False)
        for paragraph in text.split("\n\n")
    )
