"""What an editor says of programs: nothing of those that are right, and the place of a wrong word or name.

pyright, without configuration, as an editor asks it. Each wrong program is right but for one word, and the other
half of each pair shows that.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from pulumi_kubernetes_mcp.rules.catalogue import CATALOGUE
from tests.missing import leave_out
from tests.scanners import tools

ROOT = Path(__file__).parents[2]
SERVICE = 'McpService("orders", image="ghcr.io/acme/mcp-orders:1.4.2", namespace="tools"{})'
ROUTE = f'McpIngress("orders", server={SERVICE.format("")}, host="a.example.com"{{}})'
SCALER = f'McpAutoscaling("orders", server={SERVICE.format("")}{{}})'
GROUPS = """McpRegion(
    "here",
    region={{"name": "us-east"}},
    server={{"image": "ghcr.io/acme/mcp-orders:1.4.2"}},
    workload={{"daily_users": 500}},
    edge={{"host": "mcp.example.com"{}}},
)
"""
WORDS: Mapping[str, tuple[str, str, str]] = {
    "a word of a list": (SERVICE, ', eras=["modern"]', ', eras=["modrn"]'),
    "a word": (ROUTE, ', affinity="cookie"', ', affinity="cooky"'),
    "a keyword": (SCALER, ", max_replicas=5", ", max_replica=5"),
    "a key of a mapping": (
        'McpAutoscaling("orders", {{"namespace": "tools", "target": "orders"{}}})',
        ', "max_replicas": 5',
        ', "max_replica": 5',
    ),
    "a key inside": (SERVICE, ', allow_from=[{"port": 8000}]', ', allow_from=[{"prot": 8000}]'),
    "a type": (SERVICE, ", min_replicas=3", ', min_replicas="three"'),
    "what is missing": ('McpService("orders", image="a:1"{})', ', namespace="tools"', ""),
    "a group of a region": (GROUPS, ', "affinity": "cookie"', ', "affinity": "cooky"'),
    "what another component is": (
        'McpIngress("orders", server={}, host="a.example.com")',
        SERVICE.format(""),
        '"orders"',
    ),
}
"""What is wrong: a program with a gap, what fits, and what does not."""


def looked_at(folder: Path, programs: Mapping[str, str]) -> dict[str, list[tools.Found]]:
    """Each program to what an editor says of it."""
    for name, text in programs.items():
        folder.joinpath(f"{name}.py").write_text(text, encoding="utf-8")
    try:
        found = tools.pyright(folder)
    except tools.MissingToolError as missing:
        leave_out(str(missing))
    return {name: [one for one in found if one.object == name] for name in programs}


def with_imports(text: str) -> str:
    """A program that uses components, with what it imports."""
    names = ", ".join(sorted(set(re.findall(r"Mcp[A-Z][A-Za-z]+", text))))
    return f"from pulumi_kubernetes_mcp import {names}\n\n{text}\n"


def documented() -> dict[str, str]:
    """Every program on a page, and every example of a rule that is one: those that fail are written correctly too."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    blocks = {
        f"{page.stem}_{place}": block
        for page in pages
        for place, block in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
        if re.search(r"^(from|import) ", block, re.MULTILINE)
    }
    of_rules = {
        f"{rule.code}_{side}": with_imports(textwrap.dedent(example))
        for rule in CATALOGUE
        if rule.language == "python"
        for side, example in (("passes", rule.passes), ("fails", rule.fails))
        if textwrap.dedent(example).startswith("Mcp")
    }
    examples = {f"example_{path.parent.name}": path.read_text() for path in ROOT.glob("examples/*/__main__.py")}
    return {**blocks, **of_rules, **examples}


def test_nothing_is_said_of_what_is_documented(tmp_path: Path) -> None:
    programs = documented()
    assert len(programs) > 50
    assert {name: found for name, found in looked_at(tmp_path, programs).items() if found} == {}


def test_each_wrong_word_is_seen_and_the_right_one_is_not(tmp_path: Path) -> None:
    programs = {
        f"{name.replace(' ', '_')}_{side}": with_imports(text.format(given))
        for name, (text, right, wrong) in WORDS.items()
        for side, given in (("right", right), ("wrong", wrong))
    }
    found = looked_at(tmp_path, programs)
    assert {name: len(said) for name, said in found.items()} == {name: name.endswith("_wrong") for name in programs}
    assert {one.severity for said in found.values() for one in said} == {"error"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a word of a list", ("modrn", "modern", "legacy-stateful")),
        ("a word", ("cooky", "cookie", "source-ip")),
        ("a group of a region", ("cooky", "cookie", "source-ip")),
    ],
)
def test_a_wrong_word_is_named_with_those_that_fit(name: str, words: tuple[str, ...], tmp_path: Path) -> None:
    text, _, wrong = WORDS[name]
    (found,) = looked_at(tmp_path, {"wrong": with_imports(text.format(wrong))})["wrong"]
    assert [word for word in words if word not in found.message] == []
