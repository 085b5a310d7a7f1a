"""A language host for Python programs: what the engine starts as `pulumi-language-python`, with the SDK's own server.

Pulumi's own is a program of a module that cannot be had. The SDK brings the server of its automation API, which runs a
function; here the function is the program of the project. Dependencies are what the interpreter has.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2_grpc
from pulumi.runtime.proto.language_pb2 import RunResponse

WORKERS = 4
LARGEST_MESSAGE = 400 * 2**20
"""What the SDK and the engine allow of each other."""


class Host(LanguageServer):
    """Runs the program of the project that the engine names."""

    def __init__(self, engine: str) -> None:
        super().__init__(lambda: None)
        self._engine = engine

    def Run(self, request: Any, context: Any) -> Any:
        """One run of the program, a preview or an update; the engine starts a host for each."""
        home = Path(request.info.program_directory)
        entry = home / request.info.entry_point
        program = entry / "__main__.py" if entry.is_dir() else entry
        os.chdir(home)
        self.program = lambda: runpy.run_path(str(program), run_name="__main__")
        request.args[:] = [self._engine]
        result = super().Run(request, context)
        # What went wrong was logged: the engine need not say it again.
        return RunResponse(bail=True) if result.error else result


def main(engine: str) -> None:
    """Serve until the engine ends the process."""
    options = [("grpc.max_receive_message_length", LARGEST_MESSAGE)]
    server = grpc.server(futures.ThreadPoolExecutor(WORKERS), options=options)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: server.stop(0))
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main(next(word for word in reversed(sys.argv) if not word.startswith("-")))
