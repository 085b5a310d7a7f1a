"""A server that is started to be measured: in a process group of its own, ended by its id, its output kept aside."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import IO

from .refused import MeasureError

START_SECONDS = 60
"""How long a server may take until it answers."""
STOP_SECONDS = 5
"""How long it may take to end after SIGTERM; SIGKILL follows."""
_SHOWN_LINES = 20
_POLL_SECONDS = 0.1
_ENDING_SECONDS = 2.0


class Started:
    """A process that was started here."""

    def __init__(self, popen: subprocess.Popen[bytes], output: IO[bytes]) -> None:
        self.pid = popen.pid
        self._popen = popen
        self._output = output

    def running(self) -> bool:
        """Whether it has not ended. It is not waited for, so that its id stays its own."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def killed_by(self, number: signal.Signals) -> bool:
        """Whether it has ended by a signal that nothing in it handled to the end."""
        found = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return found is not None and found.si_code == os.CLD_KILLED and found.si_status == number

    async def ends(self, seconds: float) -> bool:
        """Whether it has ended within so many seconds."""
        end = time.monotonic() + seconds
        while self.running():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return True

    def last_words(self) -> str:
        """The end of what it has written."""
        self._output.seek(0)
        lines = self._output.read().decode(errors="replace").splitlines()[-_SHOWN_LINES:]
        return "\n".join(lines) if lines else "It wrote nothing."

    async def stop(self) -> None:
        """End the whole group: SIGTERM, then SIGKILL for what is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)
        await self.ends(STOP_SECONDS)
        # Until the leader is waited for, no other group can have its number.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait(STOP_SECONDS)


def words(command: str) -> list[str]:
    """The command as words, as a shell would split it; no shell runs it."""
    try:
        parts = shlex.split(command)
    except ValueError as problem:
        raise MeasureError(f"--start cannot be split into words: {problem}. Check its quotes.") from None
    if not parts:
        raise MeasureError("--start is empty. Give the command of the server, such as --start 'python server.py'")
    return parts


@contextlib.asynccontextmanager
async def started(command: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator[Started]:
    """Run a command in this directory for the length of the block."""
    with tempfile.TemporaryFile() as output:
        try:
            popen = subprocess.Popen(
                list(command),
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as problem:
            raise MeasureError(
                f"--start cannot run '{command[0]}': {problem.strerror}. Give a program that is in PATH, or its path. "
                "No shell runs it: put variables before mcp-stack, and pipes into a script."
            ) from None
        process = Started(popen, output)
        try:
            yield process
        except MeasureError as problem:
            # Its sockets close a moment before it has ended.
            if not await process.ends(_ENDING_SECONDS):
                raise
            raise MeasureError(
                f"The started server has ended, see its last lines. {problem}\n{process.last_words()}"
            ) from None
        finally:
            await process.stop()
