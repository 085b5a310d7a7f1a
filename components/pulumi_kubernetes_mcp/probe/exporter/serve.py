"""The exporter as a process: rounds in one event loop, pages from threads beside it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ..refused import ProbeError
from ..trust import trust
from .configuration import Configuration
from .pages import Page, Pages
from .watching import Watching

READ_SECONDS = 10
"""How long a client may take to ask."""
SWITCH_SECONDS = 0.001
"""How long one thread computes before another has its turn."""
PROBE_MARGIN_SECONDS = 5.0
"""What a round that is asked for over HTTP may wait for others, besides its own time."""


def listen_address(text: str) -> tuple[str, int]:
    """Host and port of ``--listen``."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise ProbeError(
            f"--listen '{text[:60]}' is not HOST:PORT. Write 127.0.0.1:9810 for this machine alone, 0.0.0.0:9810 for "
            f"all."
        )
    return host, int(port)


async def serve(configuration: Configuration, listen: tuple[str, int], said: threading.Event | None = None) -> None:
    """Watch what a configuration names until SIGTERM or SIGINT.

    :param said: set when everything is up.
    """
    # Where a page is made, the rounds get their turn after a thousandth of a second instead of five.
    sys.setswitchinterval(SWITCH_SECONDS)
    watching = Watching(configuration, trust(configuration.ca_file))
    loop = asyncio.get_running_loop()

    def run_now(number: int) -> None:
        target = configuration.targets[number]
        asked = asyncio.run_coroutine_threadsafe(watching.round(target, watching.states[number]), loop)
        with contextlib.suppress(TimeoutError):
            asked.result(target.watched.timeout_seconds + PROBE_MARGIN_SECONDS)

    pages = Pages(
        states=watching.states,
        addresses=[target.watched.url for target in configuration.targets],
        interval_seconds=configuration.interval_seconds,
        turned=lambda: watching.turned,
        run_now=run_now,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(number, watching.stop)
    with serving(pages, listen) as port:
        logging.getLogger("mcp_probe").warning(
            "%d endpoint%s every %g s, metrics on port %d",
            len(pages.states),
            "" if len(pages.states) == 1 else "s",
            configuration.interval_seconds,
            port,
        )
        if said is not None:
            said.set()
        await watching.run()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, listen: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        import socket

        self.address_family = socket.AF_INET6 if ":" in listen[0] else socket.AF_INET
        super().__init__(listen, handler)

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no fault."""
        if not isinstance(sys.exception(), OSError):
            logging.getLogger("mcp_probe").exception("a page could not be made")


@contextlib.contextmanager
def serving(pages: Pages, listen: tuple[str, int]) -> Iterator[int]:
    """Answer with the pages for the length of the block; the port that it is."""

    class Handler(BaseHTTPRequestHandler):
        timeout = READ_SECONDS
        server_version = "mcp-stack-probe"
        sys_version = ""

        def do_GET(self) -> None:
            self._send(pages.answer(self.path))

        def _send(self, page: Page) -> None:
            self.send_response(page.status)
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of what is read every few seconds."""

    try:
        server = _Server(listen, Handler)
    except OSError as problem:
        raise ProbeError(
            f"--listen {listen[0]}:{listen[1]} cannot be used: {problem.strerror or problem}. Give another port."
        ) from None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
