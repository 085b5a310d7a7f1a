"""A project of its own folder, state and plugins, and the Pulumi CLI on it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.engine.build import programs

ROOT = Path(__file__).parents[2]
LIMIT_S = 300
PASSPHRASE = "only for this test"


CONTEXTS = ("mcp-us-east", "mcp-eu-west", "mcp-staging")
"""What the example's stacks call their clusters; here each is the one that there is."""


def with_contexts(kubeconfig: Path, folder: Path) -> Path:
    """A kubeconfig that has the contexts of the stacks, all of them for the one cluster."""
    given = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    (context,) = given["contexts"]
    given["contexts"] = [{**context, "name": name} for name in (context["name"], *CONTEXTS)]
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    path.chmod(0o600)
    return path


@dataclass(frozen=True)
class Done:
    """How a command ended, and all that it printed."""

    status: int
    text: str


class Project:
    """A copy of the example's project in a folder, with a backend in files and the plugins on the path."""

    def __init__(self, folder: Path, kubeconfig: Path) -> None:
        self.folder = folder / "project"
        self.folder.mkdir()
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, self.folder / name)
        for name in ("stacks", "scripts"):
            shutil.copytree(ROOT / name, self.folder / name)
        self.folder.joinpath("components").symlink_to(ROOT / "components")
        self.folder.joinpath(".venv").symlink_to(sys.prefix)
        self.state = folder / "state"
        home, found = folder / "home", folder / "bin"
        self._programs = found
        for one in (self.state, home, found):
            one.mkdir()
        for name, path in programs().items():
            found.joinpath(name).symlink_to(path)
        host = found / "pulumi-language-python"
        host.write_text(
            f'#!/bin/sh\nexec {shlex.join([sys.executable, str(ROOT / "tests/engine/language_host.py")])} "$@"\n'
        )
        host.chmod(0o755)
        self._environment = {
            "PATH": f"{found}:{os.environ['PATH']}",
            "HOME": str(home),
            "PULUMI_HOME": str(home / "pulumi"),
            "PULUMI_BACKEND_URL": self.state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "KUBECONFIG": str(kubeconfig),
            "CI": "false",
        }

    def start(self, *words: str, extra: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """A command in the project's folder; whoever starts it ends it."""
        return subprocess.Popen(
            words,
            cwd=self.folder,
            env={**self._environment, **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, extra: Mapping[str, str] | None = None, limit_s: float = LIMIT_S) -> Done:
        """A command to its end, however it ends."""
        process = self.start(*words, extra=extra)
        try:
            text, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            text, _ = process.communicate()
            raise AssertionError(f"{shlex.join(words)} did not end within {limit_s} s:\n{text}") from None
        return Done(process.returncode, text)

    def pulumi(self, *words: str) -> str:
        """A command of the CLI that has to succeed; what it printed."""
        done = self.run("pulumi", *words, "--non-interactive")
        assert done.status == 0, f"pulumi {shlex.join(words)} ended with {done.status}:\n{done.text}"
        return done.text

    def steps(self, verb: str, stack: str, *words: str) -> dict[str, str]:
        """What the engine does, by the name of each object that it touches: create, update, replace, delete.

        :param verb: preview, up, refresh or destroy; all but a preview do it.
        """
        log = self.folder / "events.json"
        log.unlink(missing_ok=True)
        yes = () if verb == "preview" else ("--yes", "--skip-preview")
        command = ["pulumi", verb, "--stack", stack, *yes, *words, "--non-interactive", "--event-log", str(log)]
        done = self.run(*command, extra={"PULUMI_DEBUG_COMMANDS": "true"})
        assert done.status == 0, f"{shlex.join(command)} ended with {done.status}:\n{done.text}"
        found = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        pre = [one["resourcePreEvent"]["metadata"] for one in found if "resourcePreEvent" in one]
        return {
            one["urn"].rpartition("::")[2]: one["op"] for one in pre if one["op"] not in ("same", "read", "refresh")
        }

    def exported(self, stack: str) -> dict[str, Any]:
        """The state of a stack."""
        state: dict[str, Any] = json.loads(self.pulumi("stack", "export", "--stack", stack))
        return state

    def end_what_is_left(self) -> None:
        """End plugins and language hosts that outlived a killed engine: each has a group of its own, and the folder of
        this project's programs in its command, or first on its path."""
        own = str(self._programs).encode()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = entry.joinpath("cmdline").read_bytes()
                variables = entry.joinpath("environ").read_bytes().split(b"\0")
            except OSError:
                continue
            hosted = b"language_host" in command and any(one.startswith(b"PATH=" + own) for one in variables)
            if command.startswith(own) or hosted:
                with suppress(ProcessLookupError):
                    os.kill(int(entry.name), signal.SIGKILL)

    def killed_after(self, seconds: float, words: Sequence[str]) -> Done:
        """A command whose whole group is killed as `kill -9` does, after some seconds."""
        process = self.start(*words)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        text, _ = process.communicate()
        return Done(process.returncode, text)
