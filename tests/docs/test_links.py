"""What the pages refer to exists: links and their anchors, files, make verbs, commands of mcp-stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

import pulumi_kubernetes_mcp
from pulumi_kubernetes_mcp.cli import app

ROOT = Path(__file__).parents[2]
PACKAGE = Path(pulumi_kubernetes_mcp.__file__).parent
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "tests/**/*.md", "benchmarks/**/*.md")
    for path in ROOT.glob(pattern)
)
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))

ELSEWHERE = frozenset(
    {
        "pgbouncer.ini",
        "userlist.txt",
        "setup.py",
        "/etc/pgbouncer/",
        "go.mod",
        "go.sum",
        "stacks/Pulumi.<stack>.yaml",
        "profiles/orders.yaml",
    }
)
"""Names that look like files of this repository and are not."""
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^\.?[\w.<>*/-]+(\.(py|md|ya?ml|toml|json|txt|in|ini|sh|mod|sum)|/)$")


def prose(page: Path) -> str:
    """The page without fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Path and anchor of every relative link."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield path, anchor


def anchors(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them from headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def named_files(page: Path) -> list[str]:
    """What stands in backquotes and looks like a file or a folder."""
    return [text for text in re.findall(r"`([^`\n]+)`", prose(page)) if _FILE.match(text) and text not in ELSEWHERE]


def is_there(name: str, page: Path) -> bool:
    """Whether a file is there, seen from the root, the page, or the package; ``<x>`` stands for any name."""
    pattern = re.sub(r"<[^>]+>", "*", name.strip("/"))
    return any(next(base.glob(pattern), None) is not None for base in (ROOT, page.parent, PACKAGE))


def verbs() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", ROOT.joinpath("Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_there_are_pages() -> None:
    assert {ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md"} <= set(PAGES)


@EVERY_PAGE
def test_relative_links_lead_somewhere(page: Path) -> None:
    missing = [path for path, _ in links(page) if path and not (page.parent / path).exists()]
    assert missing == []


@EVERY_PAGE
def test_anchors_are_headings(page: Path) -> None:
    wrong = []
    for path, anchor in links(page):
        target = page.parent / path if path else page
        if anchor and target.suffix == ".md" and target.exists() and anchor not in anchors(target):
            wrong.append(f"{path}#{anchor}")
    assert wrong == []


@EVERY_PAGE
def test_named_files_are_there(page: Path) -> None:
    assert [name for name in named_files(page) if not is_there(name, page)] == []


@EVERY_PAGE
def test_named_verbs_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {verb for words in re.findall(r"`make ([a-z-]+)\b|^make ([a-z-]+)\b", text, re.MULTILINE) for verb in words}
    assert named - {""} <= verbs()


@EVERY_PAGE
def test_named_commands_are_there(page: Path) -> None:
    group = typer.main.get_command(app)
    known = set(group.commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"`(?:\.venv/bin/)?mcp-stack ([a-z]+)", page.read_text(encoding="utf-8")))
    assert named <= known


def test_every_verb_is_explained() -> None:
    text = "".join(ROOT.joinpath(name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    operations = ROOT.joinpath("docs", "operations.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`?make ([a-z-]+)", text + operations))
    assert verbs() - {"help", "setup", "setup-dev", "clean"} - explained == set()
