"""Small real processes and HTTP servers for the tests of the measurement."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

LOOPBACK = "127.0.0.1"

Child = Callable[[str], "subprocess.Popen[str]"]
Answer = tuple[int, str, str]
"""Status, content type, body."""
Serve = Callable[[Callable[["Asked"], Answer]], str]


class Asked:
    """A request as a small server saw it."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body


def free_port() -> int:
    """A TCP port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def child() -> Iterator[Child]:
    """Run a line of Python in a process of its own, until it has printed something; it is ended after the test."""
    with contextlib.ExitStack() as stack:

        def run(code: str) -> subprocess.Popen[str]:
            popen = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
            stack.callback(_end, popen)
            assert popen.stdout is not None
            popen.stdout.readline()
            return popen

        yield run


def _end(popen: subprocess.Popen[str]) -> None:
    popen.kill()
    popen.communicate()


class Quiet(ThreadingHTTPServer):
    """A client that goes away while it is answered is no fault; whatever else fails is told at the end."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.faults: list[BaseException] = []

    def handle_error(self, *_: object) -> None:
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self.faults.append(error)

    def raise_faults(self) -> None:
        """Raise what failed while something was answered."""
        if self.faults:
            raise AssertionError("the server of the test failed") from self.faults[0]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve HTTP on loopback with a function that answers; the address without a path."""
    with contextlib.ExitStack() as stack:

        def start(answer: Callable[[Asked], Answer]) -> str:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    self._do()

                def do_POST(self) -> None:
                    self._do()

                def do_DELETE(self) -> None:
                    self._do()

                def _do(self) -> None:
                    body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    status, kind, text = answer(Asked(self.command, self.path, headers, body))
                    self.send_response(status)
                    kind, _, session = kind.partition("|")
                    self.send_header("Content-Type", kind)
                    if session:
                        self.send_header("Mcp-Session-Id", session)
                    self.send_header("Content-Length", str(len(text.encode())))
                    self.end_headers()
                    self.wfile.write(text.encode())

                def log_message(self, *_: object) -> None:
                    """Say nothing."""

            server = Quiet((LOOPBACK, 0), Handler)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            thread.start()
            stack.callback(server.raise_faults)
            stack.callback(thread.join)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return f"http://{LOOPBACK}:{server.server_port}"

        yield start
