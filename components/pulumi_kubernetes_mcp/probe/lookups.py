"""Threads for what blocks and cannot be ended: the resolver, which asks silent name servers for half a minute."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Lookups(ThreadPoolExecutor):
    """A thread for each lookup, for which nobody waits at the end: neither the event loop, which joins its executor,
    nor the interpreter, which joins every thread of one. For a command that looks up a name or two and then ends."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it in a thread of its own."""
        done: Future[Any] = Future()

        def run() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                done.set_result(fn(*args, **kwargs))
            except BaseException as problem:
                done.set_exception(problem)

        threading.Thread(target=run, name="lookup", daemon=True).start()
        return done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing is waited for."""
