"""The set-ups of the tiers: one that fails leaves its tests out and says so, and fails in CI; what a verb sets up."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.missing import leave_out
from tests.scripts.locks import ROOT

pytestmark = pytest.mark.grid

INSTALL = """#!/bin/bash
echo "install $*" >>"$CALLS"
case "$*" in *"$FAILS"*) exit 1 ;; esac
mkdir -p "$1/bin"
{ echo '#!/bin/bash'; echo 'echo "run $*" >>"$CALLS"'; echo 'case "$*" in *"$FAILS"*) exit "${STATUS:-1}" ;; esac'; } \\
  >"$1/bin/python"
chmod +x "$1/bin/python"
"""
PROGRAM = """#!/bin/bash
echo "$(basename "$0") $*" >>"$CALLS"
case "$*" in *"$FAILS"*) exit "${STATUS:-1}" ;; esac
"""
GO = (
    PROGRAM
    + """[ "$1" = install ] || exit 0
mkdir -p "$GOBIN" && program="${!#}" && program="${program##*/}" && cp "$0" "$GOBIN/${program%@*}"
"""
)
SERVERS = ROOT / "tests" / "lab" / "servers"
TOGETHER = "run -m pytest -n 3 --dist loadfile -m lab and not alone tests/lab -x"
ALONE = "run -m pytest -m lab and alone tests/lab -x"
LAB = [TOGETHER, ALONE]
SCANNERS = "run -m pytest -m scanners tests/scanners tests/peers -x"
NEEDED = (
    "bash",
    "env",
    "dirname",
    "sha256sum",
    "cut",
    "cat",
    "rm",
    "mkdir",
    "cp",
    "touch",
    "basename",
    "chmod",
    "nice",
)


class Checkout:
    """The scripts and locks of the repository, with an installer, an npm and a go that only write down their calls."""

    def __init__(self, root: Path) -> None:
        self.root, self.programs, self.calls = root, root / "programs", root / "calls"
        self.programs.mkdir(parents=True)
        for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
            self._copy(name)
        for name in ("lab", "lab-set-up.sh", "scanners"):
            self._copy(f"scripts/{name}")
        for path in ROOT.glob("tests/**/*"):
            if path.name in (
                "requirements.txt",
                "package-lock.json",
                "package.json",
                "go-tools.txt",
            ) or path.parent in (SERVERS / "go", SERVERS / "drivers_go"):
                self._copy(str(path.relative_to(ROOT)))
        self._program(root / "scripts" / "install", INSTALL)
        for name in ("npm", "make"):
            self._program(self.programs / name, PROGRAM)
        self._program(self.programs / "go", GO)
        for name in NEEDED:
            self.programs.joinpath(name).symlink_to(str(shutil.which(name)))
        self._program(root / ".venv" / "bin" / "python", PROGRAM.replace('$(basename "$0")', "run"))

    def _copy(self, name: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, self.root / name)

    def _program(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def run(
        self, script: str, *, without: str = "", fails: str = "nothing", ci: str = "", status: int = 1
    ) -> tuple[int, str]:
        """Status of the script and what it said."""
        if without:
            self.programs.joinpath(without).unlink()
        told = {"PATH": str(self.programs), "HOME": str(self.root), "CALLS": str(self.calls), "FAILS": fails, "CI": ci}
        told["STATUS"] = str(status)
        command = [str(self.root / "scripts" / script), "-x"]
        done = subprocess.run(command, env=told, capture_output=True, text=True, timeout=30, check=False)
        return done.returncode, done.stderr

    @property
    def called(self) -> list[str]:
        """What was called, in order."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


@pytest.mark.parametrize(
    ("fails", "status", "whole"),
    [
        ("not alone", 1, 1),
        ("lab and alone", 1, 1),
        # No test was chosen: of one part, and of both.
        ("not alone", 5, 0),
        ("lab and alone", 5, 0),
        ("-m lab", 5, 5),
    ],
)
def test_a_failure_of_either_part_of_the_lab_is_one_of_the_lab(
    checkout: Checkout, fails: str, status: int, whole: int
) -> None:
    assert checkout.run("lab", fails=fails, status=status)[0] == whole
    assert checkout.called[-2:] == LAB, "the second part runs whatever the first found"


@pytest.mark.parametrize("ci", ["", "true"])
def test_the_lab_installs_every_lock_once_and_then_runs(checkout: Checkout, ci: str) -> None:
    assert checkout.run("lab", ci=ci) == (0, "")
    installs = [call.split()[-1] for call in checkout.called if call.startswith("install ")]
    servers = "tests/lab/servers"
    assert installs == [
        "tests/lab/requirements.txt",
        f"{servers}/python_v1/requirements.txt",
        f"{servers}/fastmcp/requirements.txt",
        f"{servers}/drivers_python/requirements.txt",
        f"{servers}/envoy/requirements.txt",
        f"{servers}/conformance/requirements.txt",
    ]
    assert [call.split()[:2] for call in checkout.called if call.startswith("npm")] == [["npm", "ci"]] * 4
    modules = (ROOT / "tests" / "lab" / "go-tools.txt").read_text().split()
    built = [call.split()[3] for call in checkout.called if call.startswith("go build -C ")]
    assert built == [f"{servers}/go", f"{servers}/drivers_go"]
    assert checkout.called[-len(modules) - 2 :] == [*(f"go install -trimpath {module}" for module in modules), *LAB]
    checkout.calls.unlink(missing_ok=True)
    assert checkout.run("lab", ci=ci) == (0, "")
    assert checkout.called == LAB


@pytest.mark.parametrize(
    ("fails", "without", "said"),
    [
        ("fastmcp", "", "The server fastmcp could not be set up: see above.\n"),
        ("typescript_v2", "", "The server typescript_v2 could not be set up: npm ci failed.\n"),
        ("nothing", "npm", "The server typescript_v1 could not be set up: npm is missing.\n"),
        ("k6", "", "k6@v1.8.1 could not be set up: see above.\n"),
        ("servers/go", "", "The program go could not be set up: go build failed.\n"),
        ("nothing", "go", "The program go could not be set up: go is missing.\n"),
    ],
)
def test_a_server_that_cannot_be_set_up_is_left_out_but_fails_in_ci(
    checkout: Checkout, fails: str, without: str, said: str
) -> None:
    status, told = checkout.run("lab", fails=fails, without=without)
    assert (status, told[: len(said)]) == (0, said)
    assert told.count("could not") == told.count("Its tests are skipped.\n")
    assert checkout.called[-2:] == LAB
    checkout.calls.unlink(missing_ok=True)
    # The next run tries again.
    assert checkout.run("lab", fails=fails, ci="true") == (1, said)
    assert TOGETHER not in checkout.called


@pytest.mark.parametrize("ci", ["", "true"])
def test_the_scanners_are_installed_and_then_run(checkout: Checkout, ci: str) -> None:
    assert checkout.run("scanners", ci=ci) == (0, "")
    assert checkout.called[0].endswith(" tests/scanners/requirements.txt")
    assert [call.split()[:2] for call in checkout.called if call.startswith("npm")] == [["npm", "ci"]]
    assert [call for call in checkout.called if call.startswith("go ")] == [
        f"go install {module}" for module in (ROOT / "tests" / "scanners" / "go-tools.txt").read_text().split()
    ]
    assert checkout.called[-2:] == ["make --no-print-directory setup-dev", SCANNERS]
    checkout.calls.unlink()
    assert checkout.run("scanners", ci=ci) == (0, "")
    assert checkout.called == ["make --no-print-directory setup-dev", SCANNERS]


@pytest.mark.parametrize(
    ("fails", "without", "said"),
    [
        ("tests/scanners/requirements", "", "checkov could not be installed: see above.\n"),
        ("ci --prefix", "", "pyright could not be installed: npm ci failed.\n"),
        ("nothing", "npm", "pyright could not be installed: npm is missing.\n"),
        ("actionlint", "", "actionlint@v1.7.12 could not be installed: see above.\n"),
        ("nothing", "go", "kube-score@v1.20.0 could not be installed: go is missing.\n"),
    ],
)
def test_a_scanner_that_cannot_be_installed_is_left_out_but_fails_in_ci(
    checkout: Checkout, fails: str, without: str, said: str
) -> None:
    status, told = checkout.run("scanners", fails=fails, without=without)
    assert (status, told[: len(said)]) == (0, said)
    assert checkout.called[-1] == SCANNERS
    checkout.calls.unlink(missing_ok=True)
    assert checkout.run("scanners", fails=fails, ci="true") == (1, said)
    assert SCANNERS not in checkout.called


@pytest.mark.parametrize("ci", ["", "false"])
def test_what_is_missing_skips_a_test(monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(pytest.skip.Exception, match=r"^missing program: pgbouncer$"):
        leave_out("missing program: pgbouncer")


def test_what_is_missing_in_ci_fails_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"^in CI nothing may be missing: missing program: pgbouncer$"):
        leave_out("missing program: pgbouncer")


# Verbs


def planned(checkout: Checkout, verb: str) -> list[str]:
    """The locks that make would install for a verb, in order."""
    make = str(shutil.which("make"))
    done = subprocess.run([make, "-n", verb], cwd=checkout.root, capture_output=True, text=True, check=True)
    return [line.split()[-1] for line in done.stdout.splitlines() if "scripts/install" in line]


def written(path: Path, seconds: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (seconds, seconds))


@pytest.mark.parametrize("verb", ["preview", "up", "recover", "render", "schema"])
def test_a_verb_of_the_product_needs_the_lock_of_the_runtime_only(checkout: Checkout, verb: str) -> None:
    assert planned(checkout, verb) == ["requirements.txt"]


@pytest.mark.parametrize(
    "verb", ["test", "grids", "test-all", "check", "coverage", "cluster", "engine", "docs", "bench", "scanners"]
)
def test_a_verb_of_development_adds_the_rest(checkout: Checkout, verb: str) -> None:
    assert planned(checkout, verb) == ["requirements.txt", "requirements-dev.txt"]


def test_a_preview_after_a_test_sets_up_nothing_and_a_changed_lock_only_itself(checkout: Checkout) -> None:
    runtime, rest = checkout.root / ".venv" / ".ready", checkout.root / ".venv" / ".ready-dev"
    for lock in ("requirements.txt", "requirements-dev.txt"):
        written(checkout.root / lock, 1000)
    written(runtime, 2000)
    assert (planned(checkout, "preview"), planned(checkout, "test")) == ([], ["requirements-dev.txt"])
    written(rest, 3000)
    assert (planned(checkout, "preview"), planned(checkout, "test")) == ([], [])
    written(checkout.root / "requirements-dev.txt", 4000)
    assert (planned(checkout, "preview"), planned(checkout, "test")) == ([], ["requirements-dev.txt"])
    written(checkout.root / "requirements.txt", 4000)
    assert planned(checkout, "preview") == ["requirements.txt"]


def test_the_long_grids_are_left_out_of_make_test_only(checkout: Checkout) -> None:
    make = str(shutil.which("make"))
    lines = {
        verb: subprocess.run([make, "-n", verb], cwd=checkout.root, capture_output=True, text=True, check=True).stdout
        for verb in ("test", "grids", "test-all", "coverage")
    }
    tier = "not lab and not cluster and not engine and not scanners"
    assert f'-m "{tier} and not grid"\n' in lines["test"]
    assert f'-m "{tier} and (grid or hypothesis)"\n' in lines["grids"]
    assert f'-m "{tier}"\n' in lines["test-all"]
    assert f'-m "{tier}" --cov' in lines["coverage"]


def test_ci_installs_every_debian_package_that_the_lab_asks_for() -> None:
    """What is at hand on the machine of whoever writes a test is missing on a new one, where a skip is a failure."""
    asked = {
        str(node.args[1].value)
        for path in (ROOT / "tests" / "lab").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "program"
        if len(node.args) == 2 and isinstance(node.args[1], ast.Constant)
    }
    assert asked == set((ROOT / "tests" / "lab" / "debian.txt").read_text(encoding="utf-8").split())
    assert "$(cat tests/lab/debian.txt)" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
