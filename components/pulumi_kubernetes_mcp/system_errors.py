"""What the system said of a failure, below what libraries made of it."""

from __future__ import annotations

import os
import socket
import ssl


def system_error(problem: BaseException) -> OSError | None:
    """The error with a number that caused another one; the first where several connections failed."""
    seen: BaseException | None = problem
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno is not None:
            return seen
        if isinstance(seen, BaseExceptionGroup):
            return next(filter(None, (system_error(one) for one in seen.exceptions)), None)
        seen = seen.__cause__ or seen.__context__
    return None


def words(error: OSError) -> str:
    """Its words: of a socket those of its number, since asyncio writes the call and the address in their place."""
    if isinstance(error, socket.gaierror | ssl.SSLError) or error.errno is None or error.errno <= 0:
        return error.strerror or str(error)
    return os.strerror(error.errno)
