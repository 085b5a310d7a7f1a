"""What the system said of a failure, whatever libraries made of it."""

from __future__ import annotations

import errno
import socket

import pytest

from pulumi_kubernetes_mcp.system_errors import system_error, words


def chained(outer: Exception, inner: BaseException) -> BaseException:
    try:
        raise outer from inner
    except Exception as raised:
        return raised


REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)")
FULL = OSError(errno.EMFILE, "Too many open files")
NO_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (REFUSED, "Connection refused"),
        # As anyio tells of one address, and of several.
        (
            chained(RuntimeError("outer"), chained(OSError("All connection attempts failed"), REFUSED)),
            "Connection refused",
        ),
        (
            chained(OSError("All connection attempts failed"), ExceptionGroup("two", [FULL, REFUSED])),
            "Too many open files",
        ),
        (chained(RuntimeError("outer"), NO_NAME), "Name or service not known"),
        (OSError("no number"), None),
        (ValueError("other"), None),
    ],
)
def test_the_error_with_a_number_says_what_its_number_means(problem: BaseException, said: str | None) -> None:
    found = system_error(problem)
    assert (None if found is None else words(found)) == said
