"""What servers answer to the probes, and what follows: the eras, or a sentence with a remedy."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Callable

import httpx2
import pytest

from pulumi_kubernetes_mcp.measuring import eras
from pulumi_kubernetes_mcp.measuring.eras import Spoken, answers, find_eras, unreachable
from pulumi_kubernetes_mcp.measuring.refused import MeasureError
from pulumi_kubernetes_mcp.measuring.target import target

from .conftest import Answer, Asked, Serve, free_port

JSON = "application/json"
SSE = "text/event-stream"


def rpc(result: dict[str, object] | None = None, *, error: int | None = None) -> str:
    body: dict[str, object] = {"jsonrpc": "2.0", "id": 1}
    return json.dumps({**body, "result": result} if error is None else {**body, "error": {"code": error}})


DISCOVERED = rpc(
    {
        "supportedVersions": ["2026-07-28"],
        "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "orders", "version": "2.1"}},
    }
)
INITIALIZED = rpc({"protocolVersion": "2025-11-25", "serverInfo": {"name": "orders", "version": "2.1"}})
EVENT = f"event: message\ndata: {INITIALIZED}\n\n"


class Server:
    """A server that answers as told, and remembers what it was asked."""

    def __init__(self, discover: Answer, initialize: Answer, get: Answer = (405, JSON, "")) -> None:
        self.asked: list[Asked] = []
        self.answers = {"server/discover": discover, "initialize": initialize, "GET": get, "DELETE": (200, JSON, "")}

    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.answers[json.loads(asked.body)["method"] if asked.method == "POST" else asked.method]


def find(serve: Serve, server: Callable[[Asked], Answer], sse_url: str | None = None) -> Spoken:
    return asyncio.run(find_eras(target(f"{serve(server)}/mcp", sse_url=sse_url)))


@pytest.mark.grid
@pytest.mark.parametrize(
    ("discover", "initialize", "get", "spoken"),
    [
        ((200, JSON, DISCOVERED), (200, f"{SSE}|abc", EVENT), (400, JSON, ""), ("modern", "legacy-stateful")),
        ((200, JSON, DISCOVERED), (200, SSE, EVENT), (405, JSON, ""), ("modern", "legacy-stateless")),
        ((200, JSON, DISCOVERED), (400, JSON, rpc(error=-32022)), (405, JSON, ""), ("modern",)),
        (
            (400, f"{JSON}|x", rpc(error=-32600)),
            (200, f"{JSON}|abc", INITIALIZED),
            (400, JSON, ""),
            ("legacy-stateful",),
        ),
        ((200, f"{JSON}|x", rpc(error=-32601)), (200, JSON, INITIALIZED), (405, JSON, ""), ("legacy-stateless",)),
        ((404, JSON, ""), (404, JSON, ""), (200, SSE, "event: endpoint\ndata: /messages?session_id=1\n\n"), ("sse",)),
    ],
    ids=["dual", "dual stateless", "modern only", "legacy only", "opens early", "HTTP+SSE"],
)
def test_eras(serve: Serve, discover: Answer, initialize: Answer, get: Answer, spoken: tuple[str, ...]) -> None:
    server = Server(discover, initialize, get)
    found = find(serve, server)
    assert found.eras == spoken
    assert found.server == ("unnamed" if spoken == ("sse",) else "orders 2.1")
    ended = [asked.headers["mcp-session-id"] for asked in server.asked if asked.method == "DELETE"]
    named = [answer[1].partition("|")[2] for answer in (discover, initialize)]
    assert ended == [one for one in named if one], "a probe leaves no session behind"


@pytest.mark.grid
def test_http_and_sse_beside_another_era(serve: Serve) -> None:
    stream = serve(lambda _: (200, SSE, ": comment\n\nevent: endpoint\ndata: /m?session_id=1\n\n"))
    found = find(serve, Server((200, JSON, DISCOVERED), (400, JSON, "")), sse_url=f"{stream}/sse")
    assert found.eras == ("modern", "sse")


def test_an_event_stream_that_names_no_endpoint_is_not_http_and_sse(serve: Serve) -> None:
    stream = serve(lambda _: (200, SSE, "event: message\ndata: {}\n\n"))
    with pytest.raises(MeasureError, match=r"does not speak HTTP\+SSE"):
        find(serve, Server((200, JSON, DISCOVERED), (400, JSON, "")), sse_url=f"{stream}/sse")


@pytest.mark.grid
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "wants a token.*--header"),
        (403, "allowed hosts, or the token"),
        (421, "refuses the host name"),
        (307, "sends clients elsewhere"),
        (503, "is not ready"),
        (500, "or broken \\(HTTP 500\\)"),
    ],
)
def test_a_refusal_is_explained(serve: Serve, status: int, words: str) -> None:
    with pytest.raises(MeasureError, match=words):
        find(serve, Server((status, "text/plain", "no"), (status, "text/plain", "no")))


@pytest.mark.grid
@pytest.mark.parametrize("answer", [(404, "text/html", "<html>"), (200, "text/html", "<html>"), (200, JSON, "[]")])
def test_what_is_not_mcp(serve: Serve, answer: Answer) -> None:
    with pytest.raises(MeasureError, match=f"does not speak MCP: it answered HTTP {answer[0]}.*usually /mcp"):
        find(serve, Server(answer, answer, answer))


@pytest.mark.grid
def test_a_modern_revision_that_the_client_does_not_know(serve: Serve) -> None:
    newer = (400, JSON, rpc(error=-32022))
    with pytest.raises(MeasureError, match=r"a modern revision other than .* Update the 'mcp' package"):
        find(serve, Server(newer, newer))
    found = find(serve, Server(newer, (200, SSE, EVENT)))
    assert found.eras == ("legacy-stateless",)
    assert "it was not measured" in found.notes[0]


@pytest.mark.grid
def test_nothing_listens() -> None:
    where = target(f"http://127.0.0.1:{free_port()}/mcp?key=hunter2")
    with pytest.raises(MeasureError, match=r"cannot be reached: .*Is the server running") as refused:
        asyncio.run(find_eras(where))
    assert "hunter2" not in str(refused.value)
    assert asyncio.run(answers(where)) is False


@pytest.mark.grid
def test_whatever_answers_answers(serve: Serve) -> None:
    assert asyncio.run(answers(target(serve(lambda _: (500, "text/plain", "broken"))))) is True


def test_a_certificate_that_is_not_accepted() -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "self-signed certificate"
    problem = httpx2.ConnectError("failed")
    problem.__cause__ = cause
    said = unreachable(target("https://mcp.example.com/mcp"), problem)
    assert "is not accepted: self-signed certificate" in said
    assert "SSL_CERT_FILE" in said


@pytest.mark.grid
def test_a_server_that_does_not_answer(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eras, "PROBE_SECONDS", 0.2)

    given_up = threading.Event()

    def silent(_: Asked) -> Answer:
        given_up.wait(60)
        return 200, JSON, "{}"

    with pytest.raises(MeasureError, match=r"did not answer within 0.2 s"):
        find(serve, silent)
    given_up.set()


def test_a_name_that_is_no_text_is_not_trusted(serve: Serve) -> None:
    odd = rpc({"supportedVersions": ["2026-07-28"], "_meta": {"io.modelcontextprotocol/serverInfo": ["x"]}})
    assert find(serve, Server((200, JSON, odd), (400, JSON, ""))).server == "unnamed"
