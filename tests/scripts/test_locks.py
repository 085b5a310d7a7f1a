"""An install depends on nothing that is published later: locks hold all that is needed, and no command resolves."""

from __future__ import annotations

import json
import re

import pytest
from packaging.requirements import Requirement

from tests.scripts.locks import LOCKS, ROOT, SERVERS, Lock, environments, installed, unmet

pytestmark = pytest.mark.grid

EVERY_LOCK = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.path)
ENTRY = re.compile(r"[a-z0-9][a-z0-9.-]*==[\w.]+( \\\n    --hash=sha256:[0-9a-f]{64})+")
FLAGS = ("--no-deps", "--require-hashes", "--only-binary :all:")
NODE = sorted(
    str(path.parent.relative_to(ROOT))
    for path in ROOT.glob("**/package-lock.json")
    if not {".venv", "node_modules"} & {*path.parts}
)
"""Folders with a lock of npm."""


def commands() -> list[tuple[str, str]]:
    """Every line that a shell runs here, with the name of its file; continued lines are one."""
    patterns = ("Makefile", "scripts/*", ".ci/*", ".github/**/*.yml", "**/Dockerfile", "**/*.sh")
    files = {
        path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file() and ".venv" not in path.parts
    }
    texts = [(path, path.read_text(encoding="utf-8").replace("\\\n", " ")) for path in sorted(files)]
    return [
        (str(path.relative_to(ROOT)), line.strip())
        for path, text in texts
        for line in text.splitlines()
        if not re.match(r"\s*#", line)
    ]


def test_every_lock_of_the_repository_is_known() -> None:
    files = {str(path.relative_to(ROOT)) for path in ROOT.glob("**/requirements*.txt") if ".venv" not in path.parts}
    assert files == {lock.path for lock in LOCKS}


@EVERY_LOCK
def test_an_entry_is_a_version_with_hashes_and_nothing_else(lock: Lock) -> None:
    assert [entry for entry in lock.entries if not ENTRY.fullmatch(entry)] == []


@EVERY_LOCK
def test_a_resolver_would_add_nothing(lock: Lock) -> None:
    needs = {need for environment in environments() for need in unmet(lock.pins, lock.wanted, environment)}
    assert needs == set()


@pytest.mark.parametrize("lock", LOCKS[:2], ids=lambda lock: lock.path)
def test_all_of_it_is_installed_here_so_that_its_metadata_was_read(lock: Lock) -> None:
    differing = {name: version for name, version in lock.pins.items() if installed()[name].version != version}
    assert differing == {}, "make setup-dev"


def test_what_a_lock_lacks_or_holds_too_old_is_seen() -> None:
    pins, environment = LOCKS[1].pins, next(environments())
    coverage = [Requirement("pytest-cov")]
    assert unmet(pins, coverage, environment) == set()
    assert unmet({**pins, "coverage": "7.0.0"}, coverage, environment) == {"coverage[toml]>=7.10.6 of pytest-cov"}
    without = {name: version for name, version in pins.items() if name != "iniconfig"}
    assert {need.split()[-1] for need in unmet(without, [], environment)} == {"pytest"}


def test_a_pin_without_its_extra_still_has_to_bring_what_the_extra_asks_for() -> None:
    pins, environment = LOCKS[1].pins, next(environments())
    assert unmet(pins, [Requirement("pydantic[email]")], environment) == {
        'email-validator>=2.0.0; extra == "email" of pydantic'
    }


@pytest.mark.parametrize(
    "other",
    [lock for lock in LOCKS if lock.path in ("requirements-dev.txt", "tests/lab/requirements.txt")],
    ids=lambda lock: lock.path,
)
def test_what_is_installed_on_top_changes_nothing_below(other: Lock) -> None:
    assert {name: other.pins.get(name) for name in LOCKS[0].pins} == LOCKS[0].pins


def test_the_node_locks_are_found() -> None:
    assert {"tests/scanners/pyright", f"{SERVERS}/typescript_v1"} < set(NODE)


@pytest.mark.parametrize("folder", NODE)
def test_a_node_lock_has_a_checksum_and_no_address_for_each_package(folder: str) -> None:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert len(packages) > 1
    assert [name for name, one in packages.items() if name and ("integrity" not in one or "resolved" in one)] == []


def test_the_readme_says_how_many_packages_are_downloaded() -> None:
    runtime, rest = (len(lock.pins) for lock in LOCKS[:2])
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"`make preview` downloads {runtime} packages (" in text
    assert f"`make test` another {rest - runtime} (" in text


# Commands


def test_pip_installs_only_with_the_options_that_keep_it_from_resolving() -> None:
    lines = [(where, line) for where, line in commands() if re.search(r"\bpip3?\b.* (install|download|wheel)\b", line)]
    assert tuple(where for where, _ in lines) == (
        "examples/server/Dockerfile",
        "images/chaos/Dockerfile",
        "images/probe/Dockerfile",
        "scripts/install",
    )
    assert [line for _, line in lines[:3] if not all(flag in line for flag in FLAGS)] == []


def test_nothing_else_resolves_either() -> None:
    others = re.compile(r"\b(uv|pipx|poetry|npx|yarn|pnpm|easy_install)\b|setup\.py")
    assert [(where, line) for where, line in commands() if others.search(line)] == []
    npm = [(where, line) for where, line in commands() if re.search(r"\bnpm (install|i|add|update|exec)\b", line)]
    assert [(where, "--package-lock-only" in line) for where, line in npm] == [("scripts/lock", True)]


def test_go_programs_are_pinned() -> None:
    lists = [ROOT / "tests" / folder / "go-tools.txt" for folder in ("lab", "scanners")]
    tools = [tool for path in lists for tool in path.read_text(encoding="utf-8").split()]
    assert len(tools) > len(lists)
    assert [tool for tool in tools if not re.search(r"@v\d+\.\d+\.\d+$", tool)] == []
    lines = [line for _, line in commands() if re.search(r"\bgo install\b", line)]
    assert [line for line in lines if '"$module"' not in line] == []
    assert len(lines) == len(lists)
