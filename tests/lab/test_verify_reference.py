"""The reference servers keep every line of the contract, as ``mcp-stack verify`` looks at it, and log no secret."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.probe import messages
from tests.missing import leave_out

from .conftest import Note
from .processes import free_port, running
from .reference import ORIGIN_LISTS, SOURCE, http, let_in, post_call, reference_server
from .servers.environments import TYPESCRIPT_V2
from .test_verify import outcomes, seen, verify

TYPESCRIPT = SOURCE.parent / "server-typescript"
ALONE = """\
import fcntl, os, socket, struct, sys
with socket.socket() as one:
    fcntl.ioctl(one, 0x8914, struct.pack("16sH14x", b"lo", 0x41))
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Brings up loopback, the only interface of a fresh network namespace (SIOCSIFFLAGS, IFF_UP and IFF_RUNNING)."""
ECHO = ("--tool", "echo", "--arguments", '{"text": "a"}')


def alone() -> tuple[str, ...]:
    """What runs Python in a network of its own, where 0.0.0.0 is reached by nobody else; a skip where that is not
    allowed."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-n", "true"], check=False, capture_output=True).returncode:
        leave_out("missing: the right to make a network namespace (unshare -n)")
    return unshare, "-n", sys.executable, "-c", ALONE


def typescript() -> Sequence[str]:
    """The twin, beside the packages that its lock names too."""
    node, server = TYPESCRIPT_V2.command()
    return [node, str(shutil.copy(TYPESCRIPT / "server.mjs", Path(server).parent / "reference.mjs"))]


def test_the_twin_has_the_packages_of_the_lab() -> None:
    def wanted(folder: Path) -> Mapping[str, Any]:
        content: dict[str, Any] = json.loads((folder / "package-lock.json").read_text())
        return {name: package for name, package in content["packages"].items() if name}

    lab = Path(__file__).parent / "servers" / "typescript_v2"
    # The lab has the SDK's client besides.
    own, with_clients = wanted(TYPESCRIPT), wanted(lab)
    assert own == {name: with_clients.get(name) for name in own}
    dependencies = [json.loads((folder / "package.json").read_text())["dependencies"] for folder in (TYPESCRIPT, lab)]
    assert dependencies[0].items() <= dependencies[1].items()


def test_the_python_server_keeps_all_of_it(tmp_path: Path, note: Note) -> None:
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(SOURCE), "server:app"]
    environment = {"UVICORN_HOST": "0.0.0.0", "MCP_MAX_SESSIONS": "20"}
    data = verify(command, tmp_path, *ECHO, environment=environment, prefix=alone())
    assert outcomes(data)["fail"] == set()
    assert outcomes(data)["not-verified"] == {"conformance"}
    sessions = data["verified"]["sessions"]
    assert (sessions["cap"], sessions["capStatus"], sessions["retryAfter"]) == (20, 503, True)
    note("; ".join(seen(data, check) for check in ("start", "drain-call", "drain-exit")))


def test_the_typescript_server_keeps_all_of_it(tmp_path: Path, note: Note) -> None:
    data = verify(typescript(), tmp_path, *ECHO, prefix=alone())
    assert outcomes(data)["fail"] == set()
    assert outcomes(data)["not-verified"] == {"conformance", "session-cap", "session-end"}
    assert data["verified"]["eras"] == ["modern", "legacy-stateless"]
    note("; ".join(seen(data, check) for check in ("start", "drain-call", "drain-exit")))


async def _ask(base: str) -> None:
    async with http(base) as client:
        assert (await post_call(client, "echo", {"text": "a"})).status_code == 200
        assert (await client.get("/livez?access_token=hunter2")).status_code == 200
        assert (await client.post("/mcp?access_token=hunter2", json={})).status_code in (400, 406)


def records(text: str) -> list[dict[str, Any]]:
    """Every line of a log is an object."""
    return [json.loads(line) for line in text.splitlines()]


def test_the_python_server_logs_objects_without_a_query(tmp_path: Path) -> None:
    import asyncio

    with reference_server(tmp_path) as server:
        asyncio.run(_ask(server.base))
    text = server.process.output()
    assert "hunter2" not in text
    found = records(text)
    assert all({"time", "level", "logger"} <= set(record) for record in found)
    requests = [(record["method"], record["path"], record["status"]) for record in found if "method" in record]
    assert ("POST", "/mcp", 200) in requests
    assert ("GET", "/livez", 200) in requests


@pytest.mark.parametrize("host", ["mcp.example.com", "127.0.0.1"])
def test_the_typescript_server_logs_objects_without_a_query(host: str, tmp_path: Path) -> None:
    import asyncio

    port = free_port()
    environment = {"HOST": "127.0.0.1", "PORT": str(port)}
    with running(f"twin-{port}", typescript(), folder=tmp_path, environment=environment) as process:
        process.wait_for_port(port)
        asyncio.run(_from(f"http://127.0.0.1:{port}", host))
    text = process.output()
    assert "hunter2" not in text
    assert {record["message"] for record in records(text)} >= {"listening", "draining", "ending"}


@pytest.mark.parametrize(("listed", "expected"), ORIGIN_LISTS)
def test_the_typescript_server_lets_in_the_same_origins(listed: str, expected: list[str], tmp_path: Path) -> None:
    import asyncio

    port = free_port()
    environment = {"HOST": "127.0.0.1", "PORT": str(port), "MCP_ALLOWED_ORIGINS": listed}
    with running(f"twin-{port}", typescript(), folder=tmp_path, environment=environment) as process:
        process.wait_for_port(port)
        assert asyncio.run(let_in(f"http://127.0.0.1:{port}")) == expected


def test_the_typescript_server_keeps_the_lines_that_need_no_verification(tmp_path: Path) -> None:
    """Names with and without a port, HEAD of a route, the cap on streams, and what the alerts read."""
    import asyncio

    port = free_port()
    allowed = "MCP.example.com,api.example.com:8443"
    environment = {"HOST": "127.0.0.1", "PORT": str(port), "MCP_MAX_STREAMS": "1", "MCP_ALLOWED_HOSTS": allowed}
    with running(f"twin-{port}", typescript(), folder=tmp_path, environment=environment) as process:
        process.wait_for_port(port)
        asyncio.run(_lines(f"http://127.0.0.1:{port}"))


async def _lines(base: str) -> None:
    listen = messages.modern_call(1, "subscriptions/listen", {"notifications": {"toolsListChanged": True}})
    headers = {"Accept": messages.ACCEPT, "Content-Type": messages.JSON, **listen.headers}
    async with http(base) as client:
        hosts = ("mcp.example.com", "mcp.example.com:443", "api.example.com:8443", "api.example.com", "other.example")
        found = [(await client.get("/mcp", headers={"Host": host})).status_code for host in hosts]
        assert found == [405, 405, 405, 421, 421]
        assert (await client.head("/healthz")).status_code == 200
        async with client.stream("POST", "/mcp", content=listen.content, headers=headers) as first:
            assert first.status_code == 200
            second = await client.post("/mcp", content=listen.content, headers=headers)
            assert (second.status_code, second.headers["retry-after"]) == (503, "5")
        text = (await client.get("/metrics")).text
    assert {line.split()[0] for line in text.splitlines() if not line.startswith("#")} == {
        "mcp_active_sse_connections",
        "mcp_in_flight_calls",
        "mcp_draining",
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
        "process_open_fds",
        "process_max_fds",
    }


@pytest.mark.parametrize(
    ("variable", "value", "rule"),
    [
        ("UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", "soon", "a number from 0 to 2147483"),
        # 2 ** 31 milliseconds.
        ("UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", "2147484", "a number from 0 to 2147483"),
        ("PORT", "soon", "a number that is not negative"),
        ("MCP_MAX_STREAMS", "-1", "a number that is not negative"),
    ],
)
def test_the_typescript_server_starts_with_no_number_that_a_timer_does_not_take(
    variable: str, value: str, rule: str
) -> None:
    """A timer takes it for a millisecond, and the drain would cut every call."""
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(free_port()), variable: value}
    done = subprocess.run(typescript(), env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr == f"{variable} is '{value}'. Give {rule}.\n"


async def _from(base: str, host: str) -> None:
    async with http(base) as client:
        client.headers["Host"] = f"{host}:{base.rpartition(':')[2]}"
        status = (await post_call(client, "echo", {"text": "a"})).status_code
        assert status == (200 if host == "127.0.0.1" else 421)
        assert (await client.post("/mcp?access_token=hunter2", json={})).status_code >= 400
