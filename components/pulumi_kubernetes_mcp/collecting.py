"""Garbage collection in work that ends soon and keeps nearly all that it makes: a run of a program, a verb."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

RARE = 200_000
"""Objects between two passes of the garbage collector."""


@contextlib.contextmanager
def collected_rarely() -> Iterator[None]:
    """Collect garbage rarely. Imported modules, and the thousands of objects that the SDK makes for each resource, stay
    until the end; with the usual thresholds the collector looks at all of them again and again.
    """
    usual = gc.get_threshold()
    gc.set_threshold(max(usual[0], RARE) if usual[0] else 0, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
