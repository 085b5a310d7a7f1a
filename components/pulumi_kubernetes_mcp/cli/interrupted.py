"""Verbs that take minutes and hold something open: progress, and an end in order when somebody asks for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..report.console import clean, progress

if TYPE_CHECKING:
    from ..measuring.server import Say

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""
Result = TypeVar("Result")


async def until_asked_to_end(work: Callable[[Say], Coroutine[Any, Any, Result]], say: Say) -> Result:
    """Work until it is done; SIGTERM, as from a job that is cancelled, ends it in order as Ctrl-C does."""
    import asyncio
    import signal

    task, asked = asyncio.current_task(), False

    def end() -> None:
        nonlocal asked
        asked = True
        if task is not None:
            task.cancel()

    def still(said: str) -> None:
        # A cancellation that falls into the end of another scope of a client can be lost there: it is asked for again.
        if asked:
            raise asyncio.CancelledError
        say(said)

    with contextlib.suppress(NotImplementedError, ValueError):
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, end)
    return await work(still)


@contextlib.contextmanager
def lines(first: str) -> Iterator[Say]:
    """A line that changes on a terminal, lines elsewhere; on standard error, so that the result stays clean."""
    console = progress()
    if not console.is_terminal:
        yield lambda text: console.print(clean(text), soft_wrap=True)
        return
    with console.status(first) as status:
        yield lambda text: status.update(clean(text))


def check_output(option: str, output: Path | None) -> None:
    """Refuse before minutes of work what could not be written after them."""
    from ..measuring.refused import MeasureError

    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise MeasureError(f"{option} {output} cannot be written: give a file in a directory that exists.")
