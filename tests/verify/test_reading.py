"""How answers, metrics and sequences are read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from pulumi_kubernetes_mcp.autoscaling.spec.queries import Gauge
from pulumi_kubernetes_mcp.measuring.process import ProcessReader
from pulumi_kubernetes_mcp.measuring.target import Target
from pulumi_kubernetes_mcp.probe.answer import Answer
from pulumi_kubernetes_mcp.verify.gauges import known_gauges, like_gauges, value
from pulumi_kubernetes_mcp.verify.observed import Observed
from pulumi_kubernetes_mcp.verify.replicas import Disk, Recorded, compare, content
from pulumi_kubernetes_mcp.verify.request import Request
from pulumi_kubernetes_mcp.verify.routes import NOBODYS_PATH, look_at_routes
from pulumi_kubernetes_mcp.verify.wire import Wire, answered, modern, parsed, result
from tests.measuring.conftest import Child, child
from tests.table import table

__all__ = ["child"]

RESULT = {"jsonrpc": "2.0", "id": 1, "result": {"tools": []}}
TEXT = json.dumps(RESULT)
EVENT = f"event: message\r\ndata: {TEXT}\r\n\r\n"
JSON_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SSE_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(text: str) -> str:
    return f"{len(text.encode()):x}\r\n{text}\r\n"


@table(
    "raw, status, finished",
    [
        (f"{JSON_HEAD}Content-Length: {len(TEXT)}\r\n\r\n{TEXT}", 200, True),
        (f"{JSON_HEAD}Content-Length: {len(TEXT)}\r\n\r\n{TEXT[:-3]}", 200, False),
        (SSE_HEAD + chunk(EVENT) + "0\r\n\r\n", 200, True),
        # A chunk may end in the middle of a message, and a comment may come before it.
        (SSE_HEAD + chunk(": ping\r\n\r\n") + chunk(EVENT[:20]) + chunk(EVENT[20:]), 200, True),
        (SSE_HEAD + chunk(": ping\r\n\r\n"), 200, False),
        (SSE_HEAD + chunk(EVENT)[:30], 200, False),
        ("HTTP/1.1 500 Internal Server Error\r\n\r\nInternal Server Error", 500, False),
        ("", 0, False),
        ("SSH-2.0-OpenSSH_9.2\r\n", 0, False),
    ],
)
def test_an_answer_as_far_as_it_has_come(raw: str, status: int, finished: bool) -> None:
    answer = parsed(raw.encode())
    assert (answer.status, result(answer) is not None) == (status, finished)


def test_requests_speak_what_the_handshake_has_chosen() -> None:
    """An older server refuses the version that was offered, in the header of what follows."""
    wire = Wire(Target(url="http://127.0.0.1:9/mcp"), version="2025-11-25")
    for chosen, spoken in (({}, "2025-11-25"), ({"protocolVersion": "2025-06-18"}, "2025-06-18")):
        wire.agree(answered(200, {}, json.dumps({**RESULT, "result": chosen}).encode()))
        assert wire.legacy("tools/list", {}, "a").headers == {"MCP-Protocol-Version": spoken, "Mcp-Session-Id": "a"}


def test_a_modern_request_names_what_it_calls() -> None:
    call = modern("tools/call", {"name": "echo", "arguments": {}})
    assert call.headers == {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "echo"}
    assert call.body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"


METRICS = """\
# HELP mcp_active_sse_connections Open streams.
# TYPE mcp_active_sse_connections gauge
mcp_active_sse_connections 3.0
http_server_active_requests{http_method="GET",http_host="a:1"} 2
http_server_active_requests{http_method="GET",http_host="b\\"} x"} 1 1700000000
http_server_active_requests{http_method="POST"} 7
toolhive_mcp_active_connections{server="a"} 4
toolhive_mcp_active_connections{server="a",connection_type="sse"} 9
acme_open_sessions 5
acme_sessions_total 50
acme_session_seconds_bucket{le="1"} 5
acme_nan_active NaN
"""


@table(
    "selector, expected",
    [
        ("mcp_active_sse_connections", 3),
        ('http_server_active_requests{http_method="GET"}', 3),
        ('http_server_active_requests{http_method="POST"}', 7),
        # A matcher for an empty label selects the samples that do not have it.
        ('toolhive_mcp_active_connections{connection_type=""}', 4),
        ("mcp_active_sessions", None),
    ],
)
def test_the_sum_that_a_dialect_selects(selector: str, expected: float | None) -> None:
    assert value(METRICS, known_gauges()[selector]) == expected


def test_a_value_that_is_no_number_is_no_sample() -> None:
    assert value(METRICS, Gauge("acme_nan_active")) is None


def test_metrics_under_other_names_are_named() -> None:
    assert like_gauges(METRICS, known_gauges()) == ["acme_nan_active", "acme_open_sessions"]
    assert like_gauges(METRICS, known_gauges(["acme_open_sessions"])) == ["acme_nan_active"]


def test_every_gauge_of_a_servers_own_metrics_is_known() -> None:
    """Those of the table in docs/autoscaling.md but Envoy's, which are the gateway's."""
    assert sorted(known_gauges()) == [
        'http_server_active_requests{http_method="GET"}',
        'http_server_active_requests{http_method="POST"}',
        "mcp_active_sessions",
        "mcp_active_sse_connections",
        "mcp_in_flight_calls",
        'toolhive_mcp_active_connections{connection_type=""}',
    ]


def recorded(*contents: str) -> list[Recorded]:
    return [Recorded(f"call {number}", one) for number, one in enumerate(contents, 1)]


@table(
    "first, second, spread, differing, varying",
    [
        ("abc", "abc", "abc", [], []),
        ("abc", "abc", "abX", ["call 3"], []),
        # What one process answers otherwise each time says nothing.
        ("abc", "aYc", "aZc", [], ["call 2"]),
        ("abc", "Xbc", "abY", ["call 3"], ["call 1"]),
    ],
)
def test_only_what_one_process_answers_alike_is_compared(
    first: str, second: str, spread: str, differing: list[str], varying: list[str]
) -> None:
    assert compare(recorded(*first), recorded(*second), recorded(*spread)) == (differing, varying)


def test_what_belongs_to_the_exchange_is_not_compared() -> None:
    def answer(message: object, status: int = 200) -> Answer:
        return answered(status, {"content-type": "application/json"}, json.dumps(message).encode())

    one = {"jsonrpc": "2.0", "id": 1, "result": {"content": ["a"], "_meta": {"at": 1}}}
    other = {"jsonrpc": "2.0", "id": 9, "result": {"content": ["a"], "_meta": {"at": 2}}}
    assert content(answer(one)) == content(answer(other))
    refused = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "not at 10:01"}}
    assert content(answer(refused)) == '{"error": -32601}'
    assert content(answered(404, {}, b"gone")) == '{"status": 404}'


def test_what_others_write_into_the_directory_is_no_state_of_the_server(tmp_path: Path, child: Child) -> None:
    """The output of the command itself, where it is sent to a file there, or the log of another program."""
    ours = tmp_path / "verify.out"
    disk = Disk(tmp_path)
    lines = (
        "import sys, time",
        f"open({str(tmp_path / 'counter.txt')!r}, 'w').write('1')",
        f"kept = open({str(tmp_path / 'kept.db')!r}, 'w')",
        "print('ready', flush=True)",
        "time.sleep(60)",
    )
    with ours.open("w") as output:
        output.write("routes")
        output.flush()
        server: Any = SimpleNamespace(reader=ProcessReader(child("\n".join(lines)).pid))
        assert disk.changed(server) == ["counter.txt", "kept.db"]


@table(
    "found, alike",
    [
        (("text/plain", "ok"), False),
        (("text/plain", "nothing"), True),
        (("text/html", "<html>Welcome to /healthz</html>"), False),
    ],
)
def test_a_route_is_one_if_it_is_not_answered_as_every_path(found: tuple[str, str], alike: bool) -> None:
    asked: list[str] = []

    class Everything:
        """A program that answers every path, and some otherwise."""

        target = Target("http://127.0.0.1:8000/mcp")

        async def get(self, path: str, _headers: Mapping[str, str]) -> Answer:
            asked.append(path)
            kind, body = found if path in ("/healthz", "/livez") else ("text/plain", "nothing")
            return Answer(200, {"content-type": kind}, body.encode())

    seen = Observed(started=False)
    request = Request(target=Everything.target, start=())
    asyncio.run(look_at_routes(cast("Wire", Everything()), request, seen))
    assert seen.health_path == (None if alike else "/healthz")
    assert ("/healthz" in seen.catch_all) is alike
    assert seen.metrics_path is None
    assert NOBODYS_PATH in asked
