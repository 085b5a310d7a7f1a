"""``scripts/install`` and ``scripts/provide``: how pip is called, told by a Python that writes down its arguments, and
what an environment can do afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
import venv
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.scripts.locks import ROOT, Lock

FAKE = """#!/bin/bash
printf '%s\\n' "$(basename "$0") $*" >>"$CALLS"
case "$*" in
  "--version") echo "Python $VERSION" ;;
  "-c import sys; sys.exit("*) [ "$VERSION" != 3.10.12 ] ;;
  "-c if True:"*) [ "$PIP" = new ] && printf "runner.py\\tbundled.whl\\n" ;;
  "-c import sysconfig;"*) echo packages ;;
  "-m zipfile "*) mkdir -p packages/pip && touch packages/pip/__init__.py ;;
  "-m venv --without-pip "*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
  *"-m pip --disable-pip-version-check --version") [ -e "$0.pip" ] ;;
  "-m ensurepip"*) [ "$PIP" != none ] || { echo "No module named ensurepip"; exit 1; }; touch "$0.pip" ;;
  *" install "*) cat "${@: -1}" >>"$SEEN"; ! grep -q "$FAILS" "${@: -1}" ;;
  *" check") [ "$CHECK" = fits ] || { echo "click 9 has requirement x"; exit 1; } ;;
esac
"""
TEXT = """# a comment
one==1.0 \\
    --hash=sha256:01
two==2.0 \\
    --hash=sha256:02 \\
    --hash=sha256:03

three==3.0 \\
    --hash=sha256:04
four==4.0 \\
    --hash=sha256:05
"""
OPTIONS = "install --quiet --only-binary :all: --no-deps --require-hashes"


@dataclass
class Machine:
    """A machine whose Python only writes down what it is asked."""

    root: Path
    calls: list[str] = field(default_factory=list)
    said: str = ""

    def install(self, *words: str, **environment: str) -> int:
        """Run the script and return its status."""
        python, calls = self.root / "python3", self.root / "calls"
        python.write_text(FAKE)
        python.chmod(0o755)
        calls.write_text("")
        told = {"CALLS": str(calls), "SEEN": str(self.root / "seen"), "FAILS": "nothing", "CHECK": "fits", "PIP": "new"}
        done = subprocess.run(
            [str(ROOT / "scripts" / "install"), *words],
            cwd=self.root,
            env={"PATH": f"{self.root}:{os.environ['PATH']}", "VERSION": "3.11.0", **told, **environment},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.stdout == ""
        self.calls, self.said = calls.read_text().splitlines(), done.stderr
        return done.returncode

    @property
    def installs(self) -> list[str]:
        """The calls that install, without the file that they install from."""
        return sorted(call.rpartition(" -r ")[0] for call in self.calls if " install " in call)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "lock.txt").write_text(TEXT)
    return Machine(tmp_path)


def test_every_entry_is_installed_once_with_its_hashes_and_the_options_that_resolve_nothing(machine: Machine) -> None:
    assert machine.install("env", "lock.txt") == 0
    assert machine.installs == [f"python runner.py --disable-pip-version-check {OPTIONS}"] * 3
    seen = re.split(r"\n(?=\S)", (machine.root / "seen").read_text().strip())
    assert sorted(seen) == sorted(Lock(str(machine.root / "lock.txt"), ()).entries)
    assert machine.calls[-1] == "python runner.py --disable-pip-version-check check"


def test_several_locks_and_no_compiling(machine: Machine) -> None:
    (machine.root / "more.txt").write_text("five==5.0 \\\n    --hash=sha256:06\n")
    assert machine.install("--no-compile", "env", "lock.txt", "more.txt") == 0
    assert all(call.endswith("--require-hashes --no-compile") for call in machine.installs)
    assert "five==5.0" in (machine.root / "seen").read_text()


@pytest.mark.parametrize("pip", ["old", "new"])
def test_a_new_environment_gets_pip(machine: Machine, pip: str) -> None:
    assert machine.install("env", "lock.txt", PIP=pip) == 0
    assert ("python3 -m zipfile -e bundled.whl packages" in machine.calls) == (pip == "new")
    # One that cannot work for other environments leaves that to the environment's own.
    assert ("python -m ensurepip --default-pip" in machine.calls) == (pip == "old")
    begins = "python runner.py" if pip == "new" else "python -m pip"
    assert all(call.startswith(begins) for call in [*machine.installs, machine.calls[-1]])


@pytest.mark.grid
def test_an_environment_that_is_there_is_added_to(machine: Machine) -> None:
    assert machine.install("env", "lock.txt") == 0
    assert machine.install("env", "lock.txt") == 0
    assert not any(f"-m {module}" in call for call in machine.calls for module in ("venv", "ensurepip", "zipfile"))
    assert machine.installs == [f"python runner.py --disable-pip-version-check {OPTIONS}"] * 3


def test_a_share_that_fails_fails_the_install_after_the_others(machine: Machine) -> None:
    assert machine.install("env", "lock.txt", FAILS="two==") == 1
    assert len(machine.installs) == 3
    assert machine.said == "Not every package of lock.txt could be installed into env.\n"


def test_packages_that_do_not_fit_together_fail_the_install(machine: Machine) -> None:
    assert machine.install("env", "lock.txt", CHECK="no") == 1
    assert machine.said == (
        "click 9 has requirement x\n"
        "What is in env does not fit together. If older packages are left in it, remove it and begin anew.\n"
    )


def test_a_python_that_is_too_old_is_refused_before_anything_is_made(machine: Machine) -> None:
    assert machine.install("env", "lock.txt", VERSION="3.10.12") == 1
    assert machine.said == "Python 3.11 or newer is needed; this is Python 3.10.12. Set PYTHON=...\n"
    assert not (machine.root / "env").exists()


def test_a_python_without_pip_says_what_it_lacks(machine: Machine) -> None:
    assert machine.install("env", "lock.txt", PIP="none") == 1
    assert machine.said == "No module named ensurepip\n"
    assert machine.installs == []


@pytest.mark.parametrize("words", [(), ("env",), ("--no-compile", "env")])
def test_a_missing_word_is_named_by_the_usage(machine: Machine, words: tuple[str, ...]) -> None:
    assert machine.install(*words) == 1
    assert "usage: scripts/install [--no-compile] ENVIRONMENT LOCK..." in machine.said
    assert machine.calls == []


# scripts/provide


PROJECT = """
[project]
name = "some-package"
[project.scripts]
some-program = "some_package.cli:main"
[tool.setuptools.packages.find]
where = ["components"]
"""
PROGRAM = """
import sys
def main():
    print(sys.prefix, sys.argv[0], *sys.argv[1:])
    return 3
"""


@pytest.mark.grid
def test_the_package_and_its_program_come_from_the_checkout(tmp_path: Path) -> None:
    checkout, environment = tmp_path / "a checkout", tmp_path / "an environment"
    package = checkout / "components" / "some_package"
    for folder in (package, checkout / "scripts"):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "provide", checkout / "scripts")
    (checkout / "pyproject.toml").write_text(PROJECT)
    (package / "__init__.py").touch()
    (package / "cli.py").write_text(PROGRAM)
    venv.create(environment, with_pip=False, symlinks=True)
    subprocess.run([environment / "bin" / "python", checkout / "scripts" / "provide"], check=True)
    program = environment / "bin" / "some-program"
    done = subprocess.run([program, "one", "two words"], cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, f"{environment} {program} one two words\n")
    # The Pulumi CLI looks for a provider's plugin behind every distribution called pulumi-...
    assert list(environment.rglob("*.dist-info")) == []


def test_the_scripts_are_executable() -> None:
    scripts = [path for path in (ROOT / "scripts").iterdir() if not path.suffix]
    assert {"install", "provide", "lab", "scanners", "lock"} <= {path.name for path in scripts}
    assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []


def test_an_installed_package_says_that_no_plugin_belongs_to_it() -> None:
    name = "pulumi-plugin.json"
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    assert name in data["pulumi_kubernetes_mcp"]
    said = json.loads((ROOT / "components" / "pulumi_kubernetes_mcp" / name).read_text(encoding="utf-8"))
    assert said == {"resource": False}
