"""What the pages refer to exists: links and their anchors, files, make verbs, commands of mcp-stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main

import pulumi_kubernetes_mcp
from pulumi_kubernetes_mcp.cli import app
from tests.table import table

ROOT = Path(__file__).parents[2]
PACKAGE = Path(pulumi_kubernetes_mcp.__file__).parent
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "tests/**/*.md", "tools/**/*.md", "benchmarks/**/*.md")
    for path in ROOT.glob(pattern)
)

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
        "profiles/orders.verified.yaml",
        "profiles/cut.verified.yaml",
        "/mcp/",
        "kubernetes-mcp/",
        "openshift/deployment.yaml",
    }
)
"""Names that look like files of this repository and are not: files of others, paths of a server, a prefix of labels."""
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^\.?[\w.<>*/-]+(\.(py|md|ya?ml|toml|json|txt|in|ini|sh|mod|sum)|/)$")


def prose(page: Path) -> str:
    """The page without fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Path and anchor of every relative link; what stands in backquotes is no link, but may be the words of one."""
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]+`", "``", prose(page))):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield path, anchor


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them from headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def named_files(page: Path) -> list[str]:
    """What stands in backquotes and looks like a file or a folder."""
    return [text for text in re.findall(r"`([^`\n]+)`", prose(page)) if _FILE.match(text) and text not in ELSEWHERE]


@cache
def is_there(name: str, folder: Path) -> bool:
    """Whether a file is there, seen from the root, the page's folder, or the package; ``<x>`` stands for any name."""
    pattern = re.sub(r"<[^>]+>", "*", name.strip("/"))
    return any(next(base.glob(pattern), None) is not None for base in (ROOT, folder, PACKAGE))


@cache
def verbs() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", ROOT.joinpath("Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_there_are_pages() -> None:
    assert {ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md"} <= set(PAGES)


@cache
def commands() -> set[str]:
    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def wrong_links(page: Path) -> Iterator[str]:
    """Links that lead nowhere, and anchors that are no headings."""
    for path, anchor in links(page):
        target = page.parent / path if path else page
        if not target.exists():
            yield f"link {path}"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            yield f"anchor {path}#{anchor}"


def wrong_names(page: Path) -> Iterator[str]:
    """Files, verbs and commands that a page names and that are not there."""
    text = page.read_text(encoding="utf-8")
    yield from (f"file {name}" for name in named_files(page) if not is_there(name, page.parent))
    named = {verb for words in re.findall(r"`make ([a-z-]+)\b|^make ([a-z-]+)\b", text, re.MULTILINE) for verb in words}
    yield from (f"verb {verb}" for verb in sorted(named - {""} - verbs()))
    shown = set(re.findall(r"`(?:\.venv/bin/)?mcp-stack ([a-z]+)", text))
    yield from (f"command {command}" for command in sorted(shown - commands()))


@pytest.mark.grid
@table("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_refers_to_is_there(page: Path) -> None:
    assert [*wrong_links(page), *wrong_names(page)] == []


def test_the_checks_find_what_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A\n[a](b.md) [c](#d) [e](#a) `no/such.py` `Makefile`\n"
        "`make teest` `make test` `mcp-stack chek` `mcp-stack check`\n"
    )
    assert [*wrong_links(page), *wrong_names(page)] == [
        "link b.md",
        "anchor #d",
        "file no/such.py",
        "verb teest",
        "command chek",
    ]


def test_every_verb_is_explained() -> None:
    text = "".join(ROOT.joinpath(name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    operations = ROOT.joinpath("docs", "operations.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`?make ([a-z-]+)", text + operations))
    assert verbs() - {"help", "setup", "setup-dev", "clean"} - explained == set()
