"""The readiness sidecar beside real servers, by the command that its pod has: ready, not ready, and nothing left."""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from pulumi_kubernetes_mcp.eras import Era
from pulumi_kubernetes_mcp.probe import metric_names as names
from pulumi_kubernetes_mcp.server.args import server_spec
from pulumi_kubernetes_mcp.server.keys import ServiceKeys
from pulumi_kubernetes_mcp.server.readiness import readiness_sidecars

from .conftest import Note
from .gallery import Handler, Reply, Request, Server, legacy, modern, reply, serving
from .processes import LOOPBACK, Process, free_port, running, wait_until
from .servers.environments import PYTHON_V1, PYTHON_V2, Sdk
from .test_probe import sessions_at
from .test_probe_exporter import ROOT, read

INTERVAL = 5
"""The shortest that the key takes, in seconds."""
ROUNDS = 3


@contextmanager
def sidecar(folder: Path, eras: Sequence[str], port: int) -> Iterator[tuple[Process, str]]:
    """The sidecar of a server at a port, and the address of its pages."""
    own = free_port()
    asking = {"image": "probe:1.0.0", "port": own, "interval_seconds": INTERVAL, "timeout_seconds": 2}
    given = {"image": "server:1.0.0", "namespace": "lab", "eras": list(eras), "port": port}
    keys = ServiceKeys.model_validate({**given, "readiness_sidecar": asking}, by_name=True)
    (container,) = readiness_sidecars(server_spec("server", keys))
    program, *words = [word.replace("0.0.0.0", LOOPBACK) for word in container["command"]]
    assert program == "mcp-stack"
    command = [sys.executable, "-m", "pulumi_kubernetes_mcp.cli", *words]
    variables = {"PYTHONPATH": str(ROOT / "components"), "PYTHONDONTWRITEBYTECODE": "1"}
    with running("sidecar", command, folder=folder, environment=variables) as process:
        process.wait_for_port(own)
        yield process, f"http://{LOOPBACK}:{own}"


def answers(url: str, status: int) -> str:
    """Wait for a status of the readiness page; what it says."""
    wait_until(lambda: read(f"{url}/ready")[0] == status, seconds=6 * INTERVAL, what=f"{status} of /ready")
    return read(f"{url}/ready")[1]


def rounds(url: str) -> int:
    """How many good rounds the sidecar counts."""
    found = re.search(
        rf'^{names.ROUNDS}\{{[^}}]*result="success"[^}}]*\}} (\S+)$', read(f"{url}/metrics")[1], re.MULTILINE
    )
    return 0 if found is None else int(float(found[1]))


@pytest.mark.parametrize("sdk", [PYTHON_V1, PYTHON_V2], ids=lambda sdk: sdk.name)
def test_a_pod_is_ready_while_its_server_speaks_and_keeps_no_session(sdk: Sdk, tmp_path: Path, note: Note) -> None:
    port = free_port()
    environment = {"PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"}
    with sidecar(tmp_path, sdk.eras, port) as (asking, url):
        assert read(f"{url}/ready")[0] == 503
        with running("server", sdk.command(), folder=tmp_path, environment=environment) as server:
            server.wait_for_port(port)
            answers(url, 200)
            begun = rounds(url)
            wait_until(lambda: rounds(url) >= begun + ROUNDS, seconds=3 * ROUNDS * INTERVAL, what="more rounds")
            assert read(f"{url}/ready")[0] == 200
            # A round may be under way at this moment; its session is gone when it has ended.
            wait_until(lambda: sessions_at(port) == 0, seconds=INTERVAL, what="no session")
            done = rounds(url)
            server.stop()
            assert "connect" in answers(url, 503)
        asking.stop()
        note(f"{sdk.name}: {done} rounds, 0 sessions on the server after them")


def test_a_handshake_that_fails_takes_the_pod_out_and_requests_are_those_of_the_page(tmp_path: Path) -> None:
    asyncio.run(_compare(tmp_path))


async def _compare(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    broken = asyncio.Event()

    def breaking(healthy: Handler) -> Handler:
        async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply | None:
            return reply(500, {"error": "no"}) if broken.is_set() else await healthy(server, request, writer)

        return handler

    async with serving(breaking(modern())) as new, serving(breaking(legacy())) as old:
        with (
            sidecar(folder, [Era.MODERN, Era.LEGACY_STATEFUL], new.port) as (_, of_new),
            sidecar(folder, [Era.LEGACY_STATEFUL], old.port) as (_, of_old),
        ):
            for url in (of_new, of_old):
                await loop.run_in_executor(None, answers, url, 200)
            while old.sessions:
                await asyncio.sleep(0.01)
            opened = old.opened
            good = {server.port: Counter(request.called for request in server.requests) for server in (new, old)}
            broken.set()
            said = [await loop.run_in_executor(None, answers, url, 503) for url in (of_new, of_old)]
        assert all("HTTP 500" in text for text in said), said
        assert old.sessions == set()
        assert opened >= 1
        # A modern server is never asked to initialize, whatever else it speaks.
        assert set(good[new.port]) == {"server/discover", "tools/list"}
        assert set(good[old.port]) == {"initialize", "notifications/initialized", "tools/list", "DELETE"}
        assert set(good[old.port].values()) == {opened}
