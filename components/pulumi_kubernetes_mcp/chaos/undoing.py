"""What must be undone: written down before anything is done, undone in the reverse order, and kept where it could not
be."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ..doctor.read import reason
from .model import Action, Command, Restart, Signal, Step
from .processes import Fleet, send, watchdog
from .refused import ChaosError

JOURNAL = Path("mcp-chaos-undo.sh")
COMMAND_SECONDS = 60
"""Of one command. A database that stops in order takes some seconds."""
WATCHDOG_SECONDS = 5
"""After the end of the fault what stands still goes on, even if this program has been killed."""
_HEAD = "# What undoes an experiment of 'mcp-stack chaos' that has not come to its end. Run it, and delete it.\n"


class Undoing:
    """The steps that are done, and their way back. Everything here blocks: nothing interrupts it in the middle."""

    def __init__(self, journal: Path, say: Callable[[str], None], hold: float, fleet: Fleet | None = None) -> None:
        self._journal = journal
        self._say = say
        self._hold = hold
        self._fleet = fleet
        self._open: list[Step] = []
        self._watching: list[subprocess.Popen[bytes]] = []

    def do(self, steps: Sequence[Step]) -> None:
        """Do everything, one after another; what is to be undone stands in the file before it is done."""
        check_journal(self._journal)
        for step in steps:
            if step.undo is not None:
                self._open.append(step)
                self._write()
                if not isinstance(step.undo, Restart):
                    self._say(f"To undo it by hand: {step.undo.shown.splitlines()[0]}")
            self._say(step.says[:1].upper() + step.says[1:])
            if isinstance(step.undo, Signal):
                self._watching.append(watchdog(step.undo, self._hold + WATCHDOG_SECONDS))
            self._run(step.do)

    @property
    def left(self) -> list[str]:
        """The commands of what is done and not undone."""
        return [step.undo.shown for step in reversed(self._open) if step.undo is not None]

    def undo(self) -> None:
        """Undo everything that is done, the last first; what cannot be undone stays in :attr:`left`."""
        left: list[Step] = []
        while self._open:
            step = self._open.pop()
            assert step.undo is not None
            try:
                self._run(step.undo)
            except ChaosError as problem:
                self._say(str(problem))
                left.insert(0, step)
        for process in self._watching:
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._watching.clear()
        self._open = left
        self._write()

    def _write(self) -> None:
        commands = [step.undo for step in reversed(self._open) if isinstance(step.undo, Command | Signal)]
        if not commands:
            self._journal.unlink(missing_ok=True)
            return
        self._journal.write_text(_HEAD + "".join(f"{one.shown}\n" for one in commands), encoding="utf-8")

    def _run(self, action: Action) -> None:
        if isinstance(action, Signal):
            send(action)
        elif isinstance(action, Restart):
            if self._fleet is not None:
                self._fleet.restart(action.pid)
        else:
            _run_command(action)


def check_journal(journal: Path) -> None:
    """Refuse to begin where an experiment before was not undone, or where nothing can be written down."""
    if journal.exists():
        raise ChaosError(
            f"{journal} says that an experiment before was not undone. Look at it, run it (sh {journal}), and "
            "delete it."
        )
    if not journal.parent.is_dir():
        raise ChaosError(f"--journal {journal} cannot be written: give a file in a directory that exists.")


def _run_command(action: Command) -> None:
    # A file, not a pipe: a server that the command leaves running keeps what it inherits open.
    with tempfile.TemporaryFile() as complaints:
        try:
            done = subprocess.run(
                action.words,
                input=action.given.encode(),
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                timeout=COMMAND_SECONDS,
                check=False,
                # Ctrl-C of the terminal is for this program, which then undoes.
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            raise ChaosError(f"It did not end within {COMMAND_SECONDS} s: {action.line}") from None
        except OSError as problem:
            raise ChaosError(f"'{action.words[0]}' cannot be run: {problem.strerror}.") from None
        if done.returncode:
            complaints.seek(0)
            said = reason(complaints.read().decode(errors="replace"))
            raise ChaosError(f"{action.line}: {said}")
