"""How much work something is, in executed lines of Python: no other process on the machine changes that."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import FrameType


def executed_lines(call: Callable[[], object]) -> int:
    """Lines that the call runs, also in threads that it starts."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    here, there = sys.gettrace(), threading.gettrace()
    threading.settrace(trace)
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(here)
        threading.settrace(there)  # type: ignore[arg-type]
    return count
