"""preview, up or recover one stack: with the Pulumi CLI where it is installed and logged in; a preview also without."""

from __future__ import annotations

import difflib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import failures

USAGE = "usage: scripts/pulumi-or-offline preview|up|recover STACK"
VERBS = ("preview", "up", "recover")
MCP_STACK = ".venv/bin/mcp-stack"
UPSERT = {"PULUMI_K8S_UPSERT_EXISTING_OBJECTS": "true"}
"""Has the Kubernetes provider take over an object that is there already, instead of failing."""
EVENT_LOG = {"PULUMI_DEBUG_COMMANDS": "true"}
"""What the CLI needs to know its flag --event-log, as Pulumi's own automation API sets it."""
NO_EVENT_LOG = "unknown flag: --event-log"


@dataclass(frozen=True)
class Outcome:
    """How a command of the CLI ended, and what it reported."""

    status: int
    stderr: str = ""
    events: list[dict[str, object]] = field(default_factory=list)


def main(words: list[str]) -> int:
    """Run one verb for one stack; the exit status is that of what failed, or 0."""
    if len(words) != 2:
        say(USAGE)
        return 2
    verb, stack = words
    if verb not in VERBS:
        say(f"unknown verb {verb}: {', '.join(VERBS[:-1])} or {VERBS[-1]}")
        return 2
    missing, known = why_not_the_cli(stack)
    files = stack_files()
    if stack not in files and stack not in known:
        say(no_such_stack(verb, stack, sorted({*files, *known})))
        return 1
    if missing:
        return without_the_cli(verb, stack, missing)
    version = subprocess.run(["pulumi", "version"], capture_output=True, text=True, check=False).stdout.strip()
    say(f"Engine: the Pulumi CLI {version}, stack {stack}.")
    if verb == "preview":
        return preview(stack, files.get(stack))
    if not confirmed() and not (sys.stdin.isatty() and sys.stdout.isatty()):
        say(f"make {verb} asks before it changes anything, and there is no terminal to ask at. Nothing was changed.")
        say(f"Read 'make preview STACK={stack}', then: make {verb} STACK={stack} YES=1")
        return 1
    return up(stack) if verb == "up" else recover(stack)


# What there is


def why_not_the_cli(stack: str) -> tuple[str, list[str]]:
    """Why the CLI cannot work on the stack, empty if it can; and the stacks that its backend knows."""
    if shutil.which("pulumi") is None:
        return "the Pulumi CLI is not installed", []
    if subprocess.run(["pulumi", "whoami", "--non-interactive"], capture_output=True, check=False).returncode:
        return "the Pulumi CLI is not logged in (pulumi login, or pulumi login --local)", []
    listed = subprocess.run(["pulumi", "stack", "ls", "--json"], capture_output=True, text=True, check=False)
    try:
        found, _ = json.JSONDecoder().raw_decode(listed.stdout.lstrip())
        known = [str(one["name"]).rpartition("/")[2] for one in found]
    except (ValueError, TypeError, KeyError):
        known = []
    if stack not in known:
        return f"the stack {stack} does not exist in this backend (pulumi stack init {stack})", known
    return "", known


def stack_files() -> dict[str, Path]:
    """Name to file of the stacks that the project has."""
    project = Path("Pulumi.yaml").read_text(encoding="utf-8") if Path("Pulumi.yaml").is_file() else ""
    given = re.search(r"^stackConfigDir:\s*(['\"]?)(.+?)\1\s*(?:#.*)?$", project, re.MULTILINE)
    folder = Path(given[2] if given else ".")
    return {path.name[len("Pulumi.") : -len(".yaml")]: path for path in sorted(folder.glob("Pulumi.*.yaml"))}


def no_such_stack(verb: str, stack: str, there: list[str]) -> str:
    """What to say about a name that is neither a stack file nor a stack of the backend."""
    near = difflib.get_close_matches(stack, there, n=1)
    meant = f" Did you mean {near[0]}? make {verb} STACK={near[0]}" if near else ""
    listed = (
        f"There are: {', '.join(there)}." if there else "There is no stack file yet: 'mcp-stack init' writes the first."
    )
    return f"There is no stack {stack}: no file Pulumi.{stack}.yaml, and no stack of that name.{meant}\n{listed}"


def confirmed() -> bool:
    """Whether the user said yes in advance: YES=1, or a pipeline."""
    return os.environ.get("YES") == "1" or os.environ.get("CI") == "true"


# The verbs


def without_the_cli(verb: str, stack: str, missing: str) -> int:
    """A preview by the offline engine; for the rest, what is missing."""
    if verb == "preview":
        say(f"Engine: offline, because {missing}. No cluster is asked; encrypted values stay [secret].")
        return subprocess.run([MCP_STACK, "preview", "--stack", stack], check=False).returncode
    say(f"make {verb} needs the Pulumi CLI and a cluster: {missing}.")
    say(f"What the stack would be without them: make preview STACK={stack}")
    return 1


def preview(stack: str, file: Path | None) -> int:
    """Plan and findings first, which the CLI does not show; then what the engine would change."""
    summary = subprocess.run([MCP_STACK, "preview", "--summary", "--stack", stack], check=False).returncode
    if summary and file is not None and not re.search(r"^environment:", file.read_text(encoding="utf-8"), re.MULTILINE):
        say("The stack cannot work, so pulumi preview is not asked.")
        return summary
    if summary:
        say("Part of the configuration is not in the stack file, so only pulumi knows all of it.")
    return told("preview", stack, call(["pulumi", "preview", "--stack", stack, "--diff"]))


def up(stack: str) -> int:
    """Deploy; the CLI asks unless it was told not to."""
    return told("up", stack, call(["pulumi", "up", "--stack", stack, *yes()]))


def recover(stack: str) -> int:
    """Take away the lock of an interrupted run, adopt what it made, and forget what it had begun."""
    say("An interrupted up leaves a lock, objects that are not in the state, and notes of what it had begun to create.")
    say("1 of 3: the lock.")
    if refusal := lock_in_use(stack):
        say(refusal)
        return 1
    if call(["pulumi", "cancel", "--stack", stack, "--yes"], events=False).status:
        say("No lock was taken away. If one is left, the next step stops at it.")
    say("2 of 3: an up that takes over what is there, instead of failing with 'already exists'.")
    if not yes():
        say("Read its preview before you confirm.")
    outcome = call(["pulumi", "up", "--stack", stack, *yes()], UPSERT)
    if outcome.status:
        return told("recover", stack, outcome)
    say("3 of 3: the notes of creations that never ended. The cluster is read, and nothing in it changes.")
    command = ["pulumi", "refresh", "--stack", stack, "--yes", "--clear-pending-creates", "--skip-preview"]
    outcome = call(command)
    if outcome.status:
        say("Everything is deployed; only these notes are left, and each up warns of them. Take them away with:")
        say(f"  {shlex.join(command)}")
        return told("recover", stack, outcome)
    say(f"Recovered. 'make preview STACK={stack}' has no changes now.")
    return 0


def lock_in_use(stack: str) -> str:
    """Why the lock of a stack must stay: its holder runs on this machine. Empty where that is not known.

    Only a backend in files shows who holds a lock.
    """
    for lock in locks(stack):
        holder = f"process {lock.get('pid')} of {lock.get('username')} on {lock.get('hostname')}"
        since = f"since {lock.get('timestamp')}"
        if lock.get("hostname") == socket.gethostname() and runs(lock.get("pid")):
            return (
                f"The lock belongs to a run that goes on: {holder}, {since}. Nothing was interrupted.\n"
                f"Wait until it has ended, or stop it (kill {lock.get('pid')}), then: make recover STACK={stack}"
            )
        say(
            f"The lock was taken by {holder}, {since}. Two runs at once write over each other: make sure that it ended."
        )
    return ""


def locks(stack: str) -> list[dict[str, object]]:
    """The locks of a stack in a backend of files."""
    asked = subprocess.run(["pulumi", "whoami", "--json"], capture_output=True, text=True, check=False)
    try:
        url = urlsplit(json.loads(asked.stdout)["url"])
    except (ValueError, TypeError, KeyError):
        return []
    if url.scheme != "file":
        return []
    root = Path(unquote(f"{url.netloc}{url.path}")).expanduser()
    found = []
    for path in sorted(root.glob(f".pulumi/locks/**/{stack}/*.json")):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
    return [lock for lock in found if isinstance(lock, dict)]


def runs(process: object) -> bool:
    """Whether a process of this machine is there."""
    try:
        os.kill(int(str(process)), 0)
    except PermissionError:
        return True
    except (ValueError, OverflowError, OSError):
        return False
    return True


# Commands


def yes() -> list[str]:
    """What tells the CLI not to ask."""
    return ["--yes"] if confirmed() else []


def call(command: list[str], extra: dict[str, str] | None = None, *, events: bool = True) -> Outcome:
    """Run a command of the CLI at this terminal, and keep what it reports of failures."""
    say(
        f"+ {' '.join(f'{key}={value}' for key, value in (extra or {}).items())} {shlex.join(command)}".replace(
            "+  ", "+ "
        )
    )
    environment = {**os.environ, **(extra or {})}
    if not events:
        return _run(command, environment)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "events")
        outcome = _run([*command, "--event-log", str(log)], {**environment, **EVENT_LOG}, hidden=NO_EVENT_LOG)
        if outcome.status and NO_EVENT_LOG in outcome.stderr:
            return _run(command, environment)
        return Outcome(outcome.status, outcome.stderr, failures.read_events(log))


def _run(command: list[str], environment: dict[str, str], *, hidden: str = "") -> Outcome:
    """Run a command; what it writes to standard error is passed on and kept. Its own terminal stays its own."""
    kept = b""
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        while True:
            try:
                part = os.read(process.stderr.fileno(), 65536)
            except KeyboardInterrupt:
                # The CLI has it too, and ends in its own way: a second one stops it at once.
                continue
            if not part:
                break
            kept += part
            if not hidden or hidden.encode() not in part:
                sys.stderr.buffer.write(part)
                sys.stderr.buffer.flush()
    return Outcome(process.returncode, kept.decode(errors="replace"))


def told(verb: str, stack: str, outcome: Outcome) -> int:
    """The status of a command, after what its failure means was said."""
    if outcome.status:
        for text in failures.explain(outcome.events, outcome.stderr, verb=verb, stack=stack):
            say(f"\n{text}")
    return outcome.status


def say(text: str) -> None:
    """A line of our own; what the CLI prints stays apart on standard output."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
