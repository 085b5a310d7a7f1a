"""What a command line asks for, as processes and as an endpoint; and the wait for servers that were started."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import Sequence

from ..eras import NAMES, Era
from ..measuring.refused import MeasureError
from ..measuring.started import START_SECONDS, words
from ..measuring.target import HEADER_OF_VARIABLE, check_url
from ..probe.asked import asked as probe_asked
from ..probe.secret_headers import UnreadableHeaderError, read_headers, source
from ..probe.watched import MAX_BYTES, Watched
from .bounds import numbered
from .model import Pace, Pod
from .processes import Fleet, process_pod
from .refused import ChaosError

MOST_PID = 2**22
"""The kernel's own bound (proc(5), pid_max)."""
MOST_PORT = 65_535
PATH = "/mcp"
_POLL_SECONDS = 0.1


def running(pids: Sequence[str], direct: Sequence[str]) -> list[Pod]:
    """Processes that run already, each with the address of its own where that is given."""
    urls: list[str | None] = [check_url(url, "--direct", HEADER_OF_VARIABLE) for url in direct]
    urls = urls or [None] * len(pids)
    return [
        process_pod(pid, zone, url) for (pid, zone), url in zip(numbered(pids, "--pid", MOST_PID), urls, strict=True)
    ]


def fleet(start: str, ports: Sequence[str], url: str | None) -> tuple[Fleet, str]:
    """Servers that are to be started, and where clients call: where no URL is given there is one, at its own port."""
    zones = dict(numbered(ports, "--port", MOST_PORT))
    address = url or f"http://127.0.0.1:{next(iter(zones))}{PATH}"
    return Fleet(words(start), address, zones), address


async def listening(one: Fleet) -> None:
    """Wait until started servers take connections."""
    end = time.monotonic() + START_SECONDS
    for port in one.ports:
        while not await _takes(port):
            one.check()
            if time.monotonic() > end:
                raise MeasureError(
                    f"Nothing listens at port {port} after the start. Write {{port}} where the command names its port; "
                    "the variables PORT, UVICORN_PORT and FASTMCP_PORT have it too."
                )
            await asyncio.sleep(_POLL_SECONDS)


async def _takes(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def endpoint(
    url: str,
    pace: Pace,
    *,
    tool: str | None,
    arguments: str | None,
    header_env: Sequence[str],
    header_file: Sequence[str],
) -> Watched:
    """Where clients call, what they call, and with which headers."""
    found = probe_asked(url, tool=tool, arguments=arguments, timeout=pace.timeout, max_bytes=MAX_BYTES)
    sources = [source(text, "--header-env", file=False) for text in header_env]
    sources += [source(text, "--header-file", file=True) for text in header_file]
    try:
        return dataclasses.replace(found, headers=read_headers(sources))
    except UnreadableHeaderError as problem:
        raise ChaosError(f"A header cannot be sent: {problem}. Put the value there, and try again.") from None


def known_eras(names: Sequence[str]) -> list[Era]:
    """Eras by their names, each once."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise ChaosError(f"--era '{unknown[0][:40]}' is not known. Use one of: {', '.join(NAMES)}")
    return [Era(name) for name in dict.fromkeys(names)]
