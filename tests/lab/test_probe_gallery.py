"""Broken servers, each with the one reason that the probe names; none keeps it longer than its time, or a session."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.eras import Era
from pulumi_kubernetes_mcp.probe.metric_names import Phase
from pulumi_kubernetes_mcp.probe.reasons import Reason
from pulumi_kubernetes_mcp.probe.round import Round
from pulumi_kubernetes_mcp.probe.run import probe
from pulumi_kubernetes_mcp.probe.trust import trust
from pulumi_kubernetes_mcp.probe.watched import Call, Check, Expectation, Watched

from . import gallery
from .certificates import authority
from .conftest import Stall
from .gallery import OTHER, TOOL, Handler, Reply, Request, Server, legacy, modern, page, reply, serving
from .processes import free_port

TIMEOUT = 1.5
TRUST = trust()
"""Of no account without TLS, and dear to make."""
DISCOVERED = {"jsonrpc": "2.0", "id": 1, "result": {"supportedVersions": ["2026-07-28"], "capabilities": {}}}


def round_with(url: str, context: ssl.SSLContext = TRUST, **wanted: Any) -> Any:
    return probe(Watched(**{"url": url, "name": "lab", "timeout_seconds": TIMEOUT, **wanted}), context)


def case(name: str, handler: Handler, reason: Reason | None, words: str = "", **wanted: Any) -> Any:
    return pytest.param(handler, reason, words, wanted, id=name)


async def redirected(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return reply(307, Location=f"http://{request.headers['host']}/mcp/?key=hidden")


async def garbage(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return b"SSH-2.0-OpenSSH_9.2\r\n\r\n"


async def other_id(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return reply(200, {"jsonrpc": "2.0", "id": 99, "result": gallery.agreed()})


async def lost(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return gallery.error(request, 404, -32600, "Session not found")


async def not_ended(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return reply(405)


def ended_after(refusals: int, refusal: bytes | None) -> Handler:
    """The DELETE that ends a session is refused so often before: by other pods, the edge, nobody."""
    heard = 0

    async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        nonlocal heard
        heard += 1
        if heard <= refusals:
            return refusal
        server.sessions.discard(request.headers["mcp-session-id"])
        heard = 0
        return reply(204)

    return handler


def opening(status: int, body: Mapping[str, Any] | bytes) -> Handler:
    """An answer that is no handshake, and names a session that it opened."""

    async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        said = {**body, "id": request.data["id"]} if isinstance(body, Mapping) else body
        return reply(status, said, Mcp_Session_Id=gallery.opened(server))

    return handler


def refusing(header: str, answer: bytes | None, server: Handler | None = None) -> Handler:
    """A foreign value of a header is answered so, or by the end of the connection."""
    inner = server or modern()

    async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        return answer if ".invalid" in request.headers.get(header, "") else await inner(server, request, writer)

    return handler


def event_of(text: str) -> Handler:
    """The answer in a stream of this form; ``{}`` is the message."""

    async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        value = {"jsonrpc": "2.0", "id": request.data["id"], "result": {"tools": [TOOL], "resultType": "complete"}}
        return STREAM + gallery.chunk(text.replace("{}", json.dumps(value)).encode()) + gallery.chunk(b"")

    return handler


async def no_end_of_pages(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return gallery.result(request, {"tools": [TOOL], "nextCursor": "again"})


async def no_list(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return gallery.result(request, {"tools": "none"})


async def failing(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return gallery.error(request, 200, -32603, "Internal error")


async def as_text(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    """What a client of an SDK refuses by its head."""
    value = {"jsonrpc": "2.0", "id": request.data["id"], "result": {"tools": [TOOL], "resultType": "complete"}}
    return reply(200, value, "text/plain")


def session(name: str) -> Handler:
    async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        return gallery.result(request, gallery.agreed(), Mcp_Session_Id=name)

    return handler


async def stateless(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    """A server without sessions whose framework writes the header anyway; SDKs take it for none."""
    match request.called:
        case "initialize":
            return gallery.result(request, gallery.agreed(), Mcp_Session_Id="")
        case "tools/list" if "mcp-session-id" not in request.headers:
            return gallery.result(request, {"tools": [TOOL]})
        case "notifications/initialized":
            return reply(202)
    return gallery.error(request, 400, -32600, "no")


async def tool_error(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return gallery.result(request, {"isError": True, "content": [{"type": "text", "text": "no database"}]})


async def two_schemas(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    """Two pods of two releases behind one address: which one answers depends on the connection."""
    return gallery.result(request, {"tools": [TOOL if server.connections % 2 else OTHER]})


async def another_version(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return gallery.error(request, 400, -32022, "Unsupported", supported=["2027-03-01"], requested="2026-07-28")


async def unfinished(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    """The answer to initialize begins, with a session, and does not come to its end."""
    writer.write(gallery.head("text/event-stream", f"Mcp-Session-Id: {gallery.opened(server)}"))
    await writer.drain()
    await asyncio.sleep(60)
    return None


async def stream_with_answer(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    """The answer comes at once, and the stream stays open with keep-alives."""
    writer.write(gallery.head("text/event-stream"))
    value = {"tools": [TOOL], "resultType": "complete"}
    writer.write(gallery.chunk(b": ping\r\n\r\n") + gallery.chunk(gallery.event(request, value)))
    while True:
        writer.write(gallery.chunk(b": ping\r\n\r\n"))
        await writer.drain()
        await asyncio.sleep(0.05)


async def stream_that_ends(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return gallery.head("text/event-stream") + gallery.chunk(b": ping\r\n\r\n") + gallery.chunk(b"")


async def compressed(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    body = {"jsonrpc": "2.0", "id": request.data["id"], "result": {"tools": [TOOL], "resultType": "complete"}}
    return reply(200, gallery.zipped(body), Content_Encoding="gzip")


async def bomb(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return reply(200, gallery.zipped({"a": "x" * 8_000_000}), Content_Encoding="gzip")


async def no_address(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return gallery.head("text/event-stream") + gallery.chunk(b"event: endpoint\ndata: http://[x/m\n\n")


UNREADABLE = reply(401, WWW_Authenticate='Bearer resource_metadata="http://[x/"')
BROKEN_GZIP = reply(200, b"\x1f\x8b\x08not gzip at all", Content_Encoding="gzip")
BROTLI = reply(200, b"\x0b\x02\x80", Content_Encoding="br")
FAULT = {"jsonrpc": "2.0", "error": {"code": -32603, "message": "broken"}}
MISSING = {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Missing session ID"}}
UNKNOWN = reply(400, b"Invalid or missing session ID", "text/plain")
NO_UPSTREAM = reply(503, b"no healthy upstream", "text/plain")
SCOPE = reply(403, {"error": "insufficient_scope", "scope": "hosts:read"}, WWW_Authenticate="Bearer")
SENT_ON = reply(302, Location="https://login.example.com/oauth2/authorize?state=hidden")
FULL = {"jsonrpc": "2.0", "id": None, "error": {"code": -32603, "message": "Too many open sessions"}}
STREAM = gallery.head("text/event-stream")
WITHOUT_END = gallery.head("application/json")
HAPROXY = page(503, "No server is available to handle this request.")
DRAINING = reply(503, {"error": "draining"}, Retry_After="5")
WAITED = reply(504, b"upstream request timeout", "text/plain")
CRASHED = reply(500, b"Internal Server Error", "text/plain")
NO = gallery.error(Request("POST", "/mcp", {}, b""), 400, -32600, "no")
COMMENT = gallery.chunk(b": a\n\n")
NGINX = page(503, "503 Service Temporarily Unavailable", Server="nginx")
TWO = {"a": {"type": "string"}, "b": {"type": "string"}}
GUARDED = frozenset({Check.AUTHORIZATION})
EXPECTED = Expectation({"read": {"inputSchema": {"type": "object", "properties": TWO}}})

CASES = [
    case("healthy modern", modern(), None),
    case("healthy legacy", legacy(), None),
    case("the answer in a stream without an end", modern(tools_list=stream_with_answer), None),
    case("gzip", modern(tools_list=compressed), None),
    case("tool", modern(), None, call=Call("read", {"a": "b"})),
    # Edges
    case("page with 200", gallery.always(page(200, "Sorry")), Reason.EDGE_ERROR_PAGE, "'Sorry'"),
    case("page of a firewall", gallery.always(page(403, "Blocked")), Reason.EDGE_ERROR_PAGE, "'Blocked'"),
    case("page of a CDN", gallery.always(page(530, "Origin DNS error")), Reason.EDGE_ERROR_PAGE, "HTTP 530"),
    case("no pods, Envoy", gallery.always(reply(503, b"no healthy upstream", "text/plain")), Reason.NO_PODS),
    case("no pods, nginx", gallery.always(NGINX), Reason.NO_PODS),
    case("no pods, nginx with its pods gone", gallery.always(page(502, "502 Bad Gateway")), Reason.NO_PODS),
    case("no pods, HAProxy", gallery.always(HAPROXY), Reason.NO_PODS),
    case("no pods, no body", gallery.always(reply(503)), Reason.NO_PODS),
    case("draining", gallery.always(DRAINING), Reason.DRAINING, "Retry-After 5"),
    case("the edge waits no longer", gallery.always(WAITED), Reason.TIMEOUT),
    case("no pods, Traefik", gallery.always(reply(502, b"Bad Gateway", "text/plain")), Reason.NO_PODS),
    case("no pods, Go", gallery.always(reply(502)), Reason.NO_PODS),
    case("the edge waits for no request", gallery.always(reply(408)), Reason.TIMEOUT, "HTTP 408"),
    case("no pods, Cloudflare", gallery.always(reply(522, b"error code: 522", "text/plain")), Reason.NO_PODS),
    case("TLS behind Cloudflare", gallery.always(reply(526, b"error code: 526", "text/plain")), Reason.EDGE_ERROR_PAGE),
    case("draining, in words", gallery.always(reply(503, {"error": "shutting down"})), Reason.DRAINING, "without"),
    case("a login", gallery.always(SENT_ON), Reason.AUTHORIZATION, "to https://login.example.com/oauth2/authorize"),
    case("redirect", redirected, Reason.REDIRECT, "HTTP 307 to http://"),
    case("not found", gallery.always(reply(404, {"detail": "Not Found"})), Reason.NOT_FOUND),
    case("not found, a page", gallery.always(page(404, "404 Not Found")), Reason.NOT_FOUND),
    case("too many requests", gallery.always(reply(429)), Reason.RATE_LIMITED),
    # Servers
    case("error of the server", gallery.always(CRASHED), Reason.SERVER_ERROR),
    case("session cap", legacy(initialize=gallery.always(reply(503, FULL))), Reason.SESSION_CAP, "Too many"),
    case("host, Python", gallery.always(reply(421, b"Invalid Host header", "text/plain")), Reason.HOST_REFUSED),
    case("host, TypeScript", gallery.always(reply(403, {"error": "Invalid Host: a.example"})), Reason.HOST_REFUSED),
    case("words of a scope", gallery.always(SCOPE), Reason.AUTHORIZATION, "hosts:read"),
    case("words of the original", gallery.always(reply(403, b"The original was ghosted")), Reason.AUTHORIZATION),
    case("origin", gallery.always(reply(403, b"ORIGIN_NOT_ALLOWED", "text/plain")), Reason.ORIGIN_REFUSED),
    case("version, modern", modern(("2027-03-01",)), Reason.WRONG_PROTOCOL_VERSION, "it speaks 2027-03-01"),
    case("version, refused", modern(server_discover=another_version), Reason.WRONG_PROTOCOL_VERSION, "2027-03-01"),
    case("version, legacy", legacy("2019-01-01"), Reason.WRONG_PROTOCOL_VERSION, "it speaks 2019-01-01"),
    case("version, older era", legacy(), Reason.WRONG_PROTOCOL_VERSION, "not 2026-07-28", version="2026-07-28"),
    case("version, older", legacy("2025-03-26"), Reason.WRONG_PROTOCOL_VERSION, version="2025-11-25"),
    case("era, no sessions", modern(), Reason.WRONG_ERA, eras=(Era.SSE,)),
    case("era, sessions", legacy(), Reason.WRONG_ERA, "gives sessions", eras=(Era.LEGACY_STATELESS,)),
    case("era, modern", legacy(), Reason.WRONG_ERA, eras=(Era.MODERN,)),
    case("era, named", modern(("2025-11-25",)), Reason.WRONG_ERA, "names 2025-11-25 alone", eras=(Era.MODERN,)),
    case("handshake", legacy(initialize=gallery.always(NO)), Reason.HANDSHAKE_FAILED),
    case("no JSON-RPC", gallery.always(reply(200, {"status": "ok"})), Reason.INVALID_ANSWER),
    case("another id", legacy(initialize=other_id), Reason.INVALID_ANSWER),
    case("no HTTP", garbage, Reason.INVALID_ANSWER),
    case("error in an answer with 200", modern(tools_list=failing), Reason.SERVER_ERROR, "-32603"),
    case("error in the handshake", legacy(initialize=failing), Reason.SERVER_ERROR, "to initialize"),
    case("other content type", modern(tools_list=as_text), Reason.INVALID_ANSWER, "the content type 'text/plain'"),
    case("session beyond headers", legacy(initialize=session("a\u00e9")), Reason.INVALID_ANSWER, "Mcp-Session-Id"),
    case("session without a name", stateless, None),
    case("a session before the handshake", legacy(server_discover=opening(400, MISSING)), None),
    case("handshake refused with a session", legacy(initialize=opening(200, FAULT)), Reason.SERVER_ERROR, "broken"),
    case("handshake broken with a session", legacy(initialize=opening(500, FAULT)), Reason.SERVER_ERROR, "broken"),
    case("no handshake, and a session", legacy(initialize=opening(200, b"ok")), Reason.INVALID_ANSWER, "'ok'"),
    case("end unknown to other pods", legacy(DELETE=ended_after(3, UNKNOWN)), Reason.SESSION_LOST, "does not know it"),
    case("end refused by the edge", legacy(DELETE=ended_after(2, NO_UPSTREAM)), Reason.NO_PODS, "no healthy upstream"),
    case("end cut off", legacy(DELETE=ended_after(1, None)), Reason.CLOSED),
    case("no list", modern(tools_list=no_list), Reason.INVALID_ANSWER),
    case("pages without an end", modern(tools_list=no_end_of_pages), Reason.INVALID_ANSWER, "no end after 20"),
    case("session lost", legacy(tools_list=lost), Reason.SESSION_LOST),
    case("session not ended", legacy(DELETE=not_ended), Reason.SESSION_LEFT),
    case("tool fails", modern(tools_call=tool_error), Reason.TOOL_FAILED, "no database", call=Call("read")),
    case("tool that is not there", modern(), Reason.TOOL_FAILED, "lists no tool", call=Call("write")),
    case("two schemas", modern(tools_list=two_schemas), Reason.SCHEMAS_DIFFER, "1 changed (read)", affinity=2),
    case("two schemas, sessions", legacy(tools_list=two_schemas), Reason.SCHEMAS_DIFFER, affinity=2),
    case("drift", modern(), Reason.SCHEMA_DRIFT, "1 changed (read); breaking: read", expectation=EXPECTED),
    # Bodies
    case("no answer", gallery.silent, Reason.TIMEOUT, "in the phase 'handshake'"),
    case("no answer to a later request", modern(tools_list=gallery.silent), Reason.TIMEOUT, "in the phase 'tools'"),
    case("begun and not finished", legacy(initialize=unfinished), Reason.TIMEOUT),
    case("slow drip", gallery.dripping(WITHOUT_END, gallery.chunk(b" "), 0.02), Reason.TIMEOUT),
    case("stream without the answer", gallery.dripping(STREAM, COMMENT, 0.02), Reason.TIMEOUT),
    case("event of no client", modern(tools_list=event_of("event: x\ndata: {}\n\n")), Reason.INVALID_ANSWER, "'x'"),
    case("carriage returns", modern(tools_list=event_of("\ufeffid: 1\rdata: \r\r: a\rretry: 9\rdata: {}\r\r")), None),
    case("stream that ends", modern(tools_list=stream_that_ends), Reason.CLOSED, "before the answer"),
    case("huge", gallery.dripping(WITHOUT_END, gallery.chunk(b" " * 65536), 0), Reason.TOO_LARGE, max_bytes=1_000_000),
    case("bomb", modern(tools_list=bomb), Reason.TOO_LARGE, max_bytes=1_000_000),
    case("broken gzip", gallery.always(BROKEN_GZIP), Reason.INVALID_ANSWER),
    case("unknown coding", gallery.always(BROTLI), Reason.INVALID_ANSWER, "'br'"),
    case("closed before the answer", gallery.cut(b""), Reason.CLOSED),
    case("closed in the head", gallery.cut(b"HTTP/1.1 200 OK\r\nContent-"), Reason.CLOSED),
    case("closed in the body", gallery.cut(reply(200, DISCOVERED)[:-5]), Reason.CLOSED),
    case("closed in a chunk", gallery.cut(WITHOUT_END + b"ff\r\n{"), Reason.CLOSED),
    # Looks
    case("Origin", modern(), Reason.ORIGIN_ACCEPTED, checks=frozenset({Check.ORIGIN})),
    case("Host", modern(), Reason.HOST_ACCEPTED, checks=frozenset({Check.HOST})),
    case("Origin, closed", refusing("origin", None), None, checks=frozenset({Check.ORIGIN})),
    case("Origin, no pods", refusing("origin", NO_UPSTREAM), Reason.NO_PODS, checks=frozenset({Check.ORIGIN})),
    case("Origin, broken", refusing("origin", CRASHED), Reason.SERVER_ERROR, checks=frozenset({Check.ORIGIN})),
    case("Host, closed", refusing("host", None, legacy()), None, checks=frozenset({Check.HOST})),
    case("Host, no route", refusing("host", HAPROXY), None, checks=frozenset({Check.HOST})),
    case("Host, too many", refusing("host", reply(429)), Reason.RATE_LIMITED, checks=frozenset({Check.HOST})),
    case("authorization", gallery.always(reply(401, WWW_Authenticate="Bearer")), Reason.AUTHORIZATION),
    case("no authorization", modern(), Reason.AUTHORIZATION_MISSING, checks=GUARDED),
    case("metadata at no address", gallery.always(UNREADABLE), Reason.AUTHORIZATION_METADATA, checks=GUARDED),
    case("stream to no address", no_address, Reason.INVALID_ANSWER, "is no address", eras=(Era.SSE,)),
    case("no metadata", gallery.always(reply(401)), Reason.AUTHORIZATION_METADATA, checks=GUARDED),
    case("slow", modern(), Reason.SLOW, slow_seconds=0.0001),
]  # fmt: skip


@pytest.mark.parametrize(("handler", "reason", "words", "wanted"), CASES)
def test_each_has_its_reason_within_its_time_and_leaves_no_session(
    handler: Handler, reason: Reason | None, words: str, wanted: Mapping[str, Any], stall: Stall
) -> None:
    async def run() -> tuple[Server, Round, float]:
        async with serving(handler) as server:
            start = time.monotonic()
            one = await round_with(server.url(), **wanted)
            return server, one, time.monotonic() - start

    server, one, seconds = asyncio.run(run())
    assert (one.reason, one.reason and words in one.sentence) == (reason, reason and True), one.sentence
    assert "hidden" not in one.sentence
    assert seconds < TIMEOUT + 0.5 + stall()
    left = 1 if reason is Reason.SESSION_LEFT else 0
    assert len(server.sessions) == left
    assert one.seen.sessions_opened == server.opened
    assert one.seen.sessions_ended == server.opened - left


def test_the_end_of_a_session_is_asked_for_until_its_pod_hears_it() -> None:
    """Without affinity the DELETE reaches a pod that does not know the session: said, and the session is ended."""
    heard = 0

    async def second(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        nonlocal heard
        heard += 1
        if heard < 3:
            return gallery.error(request, 404, -32600, "Session not found")
        server.sessions.discard(request.headers["mcp-session-id"])
        return reply(204)

    async def run() -> tuple[Server, Round]:
        async with serving(legacy(DELETE=second)) as server:
            return server, await round_with(server.url())

    server, one = asyncio.run(run())
    assert one.reason is Reason.SESSION_LOST
    assert (server.opened, len(server.sessions), one.seen.sessions_ended) == (1, 0, 1)


WELL_KNOWN = "/.well-known/oauth-protected-resource"
METADATA = {"resource": "", "authorization_servers": ["https://login.example.com"]}


@pytest.mark.parametrize(
    ("place", "document", "reason"),
    [
        (f"{WELL_KNOWN}/mcp", METADATA, None),
        (WELL_KNOWN, METADATA, None),
        (WELL_KNOWN, {"resource": ""}, Reason.AUTHORIZATION_METADATA),
        (WELL_KNOWN, {**METADATA, "resource": "https://other.example"}, Reason.AUTHORIZATION_METADATA),
    ],
)
def test_a_guarded_server_is_well_if_clients_find_out_where_to_get_a_token(
    place: str, document: Mapping[str, Any], reason: Reason | None
) -> None:
    async def guarded(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        if request.path == place:
            return reply(200, {**document, "resource": document["resource"] or server.url()})
        if request.headers.get("authorization") != "Bearer right":
            return reply(401, WWW_Authenticate="Bearer") if request.path == "/mcp" else reply(404)
        return await modern()(server, request, writer)

    async def run(**headers: str) -> Round:
        async with serving(guarded) as server:
            return await round_with(server.url(), headers=headers, checks=frozenset({Check.AUTHORIZATION}))

    assert asyncio.run(run()).reason is reason
    with_token = asyncio.run(run(Authorization="Bearer right"))
    assert with_token.reason is reason
    assert with_token.seen.eras == [Era.MODERN]
    refused = asyncio.run(run(Authorization="Bearer wrong"))
    assert refused.reason is Reason.AUTHORIZATION
    assert "wrong" not in json.dumps(refused.sentence)


@dataclass
class Tls:
    """What the certificate is of, and who looks at it."""

    name: str = "localhost"
    days: float = 20
    trusted: bool = True
    reason: Reason | None = None
    words: str = field(default="")


@pytest.mark.parametrize(
    "tls",
    [
        Tls(),
        Tls(name="other.example", reason=Reason.TLS_NAME, words="localhost"),
        Tls(days=-1, reason=Reason.TLS_EXPIRED, words="expired"),
        Tls(trusted=False, reason=Reason.TLS_CHAIN),
    ],
    ids=lambda tls: tls.reason or "good",
)
def test_certificates(tls: Tls, tmp_path: Path) -> None:
    private = authority(tmp_path)

    async def run() -> Round:
        async with serving(modern(), private.issue(tmp_path, tls.name, days=tls.days)) as server:
            context = trust(private.file) if tls.trusted else TRUST
            return await round_with(server.url(scheme="https", host="localhost"), context)

    one = asyncio.run(run())
    assert one.reason is tls.reason
    assert tls.words in one.detail
    if tls.reason is None:
        assert one.seen.expires == pytest.approx(time.time() + tls.days * 86400, abs=60)
        assert one.phases[Phase.TLS] > 0
    else:
        assert (one.phase, one.seen.expires) == (Phase.TLS, None)


def test_what_is_below_http() -> None:
    """Nobody listens, nobody speaks TLS, nobody ends the handshake, and no such name."""

    async def run() -> dict[str, Round]:
        found = {"refused": await round_with(f"http://127.0.0.1:{free_port()}/mcp")}
        found["name"] = await round_with("http://no-such-name.invalid/mcp")
        async with serving(modern()) as server:
            found["plain"] = await round_with(server.url(scheme="https"))
        # A listener whose backlog takes the connection, and which nobody serves.
        with socket.create_server(("127.0.0.1", 0)) as hanging:
            port = hanging.getsockname()[1]
            found["hanging"] = await round_with(f"https://127.0.0.1:{port}/mcp", timeout_seconds=0.6)
        return found

    found = asyncio.run(run())
    assert {name: one.reason for name, one in found.items()} == {
        "refused": Reason.CONNECT,
        "name": Reason.DNS,
        "plain": Reason.TLS_HANDSHAKE,
        "hanging": Reason.TLS_HANDSHAKE,
    }
    assert found["hanging"].seconds < 1
