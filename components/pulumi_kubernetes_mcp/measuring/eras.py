"""Which protocol eras a server speaks: asked of it with plain requests, which leave no session behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

from ..eras import NAMES
from ..system_errors import system_error, words
from .refused import MeasureError
from .target import Target

ERAS = NAMES
"""In the order in which they are measured: what takes least memory first."""
MODERN = MODERN_PROTOCOL_VERSIONS[-1]
LEGACY = HANDSHAKE_PROTOCOL_VERSIONS[-1]
PROBE_SECONDS = 10
"""How long one probe may take."""
_ENDPOINT_SECONDS = 2
"""How long HTTP+SSE may take to name its endpoint; a stateless server may answer a GET with a stream that is silent."""
_ACCEPT = "application/json, text/event-stream"
_META = "io.modelcontextprotocol/"
_MODERN_ERRORS = frozenset({-32020, -32021, -32022})
_CLIENT = {"name": "mcp-stack-measure", "version": "1"}


@dataclass(frozen=True)
class Spoken:
    """What the server says of itself."""

    server: str
    eras: tuple[str, ...]
    notes: tuple[str, ...] = ()
    version: str = LEGACY
    """What it has chosen in a handshake, where it has one."""


@dataclass(frozen=True)
class _Answer:
    status: int
    message: Mapping[str, Any]
    session: str | None = None

    @property
    def result(self) -> Mapping[str, Any]:
        result = self.message.get("result")
        return result if isinstance(result, dict) else {}

    @property
    def error_code(self) -> int | None:
        error = self.message.get("error")
        return error.get("code") if isinstance(error, dict) else None


def probe_client(target: Target) -> httpx2.AsyncClient:
    """A plain HTTP client for probes; a proxy of the environment is never asked for this machine's own addresses."""
    return httpx2.AsyncClient(
        headers=list(target.headers), timeout=PROBE_SECONDS, trust_env=not target.loopback, follow_redirects=False
    )


async def answers(target: Target) -> bool:
    """Whether something answers at the address at all, whatever it says."""
    async with probe_client(target) as http:
        try:
            await _discover(http, target.url)
        except httpx2.TransportError:
            return False
        except httpx2.HTTPError:
            return True
    return True


async def find_eras(target: Target) -> Spoken:
    """The eras that the server speaks, or :class:`MeasureError` that says why none could be found."""
    async with probe_client(target) as http:
        try:
            return await _find(http, target)
        except httpx2.HTTPError as problem:
            raise MeasureError(unreachable(target, problem)) from None


async def _find(http: httpx2.AsyncClient, target: Target) -> Spoken:
    eras: list[str] = []
    notes: list[str] = []
    discovered = await _discover(http, target.url)
    _check_access(target, discovered.status)
    if MODERN in (discovered.result.get("supportedVersions") or ()):
        eras.append("modern")
    elif discovered.result.get("supportedVersions") or discovered.error_code in _MODERN_ERRORS:
        notes.append(f"The server speaks a modern revision other than {MODERN}; it was not measured.")
    initialized = await _initialize(http, target.url)
    if initialized.result.get("protocolVersion"):
        eras.append("legacy-stateful" if initialized.session else "legacy-stateless")
    sse_url = target.sse_url or (None if eras else target.url)
    if sse_url is not None and await _names_endpoint(http, sse_url):
        eras.append("sse")
    elif target.sse_url is not None:
        raise MeasureError(
            f"{target.sse_url.partition('?')[0]} does not speak HTTP+SSE: no event named an endpoint. Leave out "
            "--sse-url, or give the address of its event stream, usually /sse"
        )
    if not eras:
        raise MeasureError(_not_mcp(target, discovered, notes))
    version = str(initialized.result.get("protocolVersion") or LEGACY)
    return Spoken(_server_name(discovered, initialized), tuple(eras), tuple(notes), version)


def _check_access(target: Target, status: int) -> None:
    if status == 401:
        raise MeasureError(
            f"{target.shown} wants a token (HTTP 401). Send one with --header 'Authorization: Bearer TOKEN'; it is "
            "neither shown nor written."
        )
    if status == 421:
        raise MeasureError(
            f"{target.shown} refuses the host name of this address (HTTP 421). Add it to the server's allowed hosts, "
            "or measure through an address that the server allows, such as http://127.0.0.1:8080/mcp"
        )
    if status == 403:
        raise MeasureError(
            f"{target.shown} refuses the request (HTTP 403). Its host name may not be in the server's allowed hosts, "
            "or the token of --header may not be enough."
        )
    if 300 <= status < 400:
        raise MeasureError(
            f"{target.shown} sends clients elsewhere (HTTP {status}). Give the final address; mind the slash at its "
            "end."
        )
    if status >= 500:
        raise MeasureError(
            f"{target.shown} is not ready, or broken (HTTP {status}). See its output, and measure again when it "
            "serves; behind a proxy, measure the server itself."
        )


def _not_mcp(target: Target, discovered: _Answer, notes: list[str]) -> str:
    if notes:
        return f"{notes[0]} Update the 'mcp' package of this environment."
    return (
        f"{target.shown} does not speak MCP: it answered HTTP {discovered.status} to server/discover, refused "
        "initialize, and sends no event stream. Give the path of the MCP endpoint, usually /mcp, or /sse for HTTP+SSE."
    )


def unreachable(target: Target, problem: Exception) -> str:
    """Why no answer came, with what to do."""
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "verify_message", "") or cause.reason or "TLS failed"
            return (
                f"The TLS certificate of {target.shown} is not accepted: {reason}. Give the name that the certificate "
                "holds; for an authority of your own, set SSL_CERT_FILE to its certificate."
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(problem, httpx2.TimeoutException):
        return (
            f"{target.shown} did not answer within {PROBE_SECONDS} s. Is the server busy, or a firewall in the way? "
            "Measure a server that carries no load."
        )
    return (
        f"{target.shown} cannot be reached: {_said(problem)}. Is the server running, and the "
        "port right? --start 'COMMAND' starts it, and ends it afterwards."
    )


def _said(problem: BaseException) -> str:
    own = system_error(problem)
    return words(own) if own is not None else str(problem).rstrip(".") or type(problem).__name__


def _server_name(*answers: _Answer) -> str:
    for answer in answers:
        meta = answer.result.get("_meta")
        stamped = meta.get(f"{_META}serverInfo") if isinstance(meta, dict) else None
        for info in (stamped, answer.result.get("serverInfo")):
            if isinstance(info, dict) and isinstance(info.get("name"), str):
                return f"{info['name']} {info.get('version') or ''}".strip()[:200]
    return "unnamed"


async def _discover(http: httpx2.AsyncClient, url: str) -> _Answer:
    meta = {
        f"{_META}protocolVersion": MODERN,
        f"{_META}clientCapabilities": {},
        f"{_META}clientInfo": _CLIENT,
    }
    headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "server/discover"}
    answer = await _post(http, url, "server/discover", {"_meta": meta}, headers)
    # Servers open one for whatever comes without; several have discarded it already, and answer 404.
    await _let_go(http, url, answer.session, LEGACY)
    return answer


async def _initialize(http: httpx2.AsyncClient, url: str) -> _Answer:
    """A handshake; its session is ended at once."""
    params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": _CLIENT}
    answer = await _post(http, url, "initialize", params, {})
    await _let_go(http, url, answer.session, str(answer.result.get("protocolVersion") or LEGACY))
    return answer


async def _let_go(http: httpx2.AsyncClient, url: str, session: str | None, version: str) -> None:
    if session:
        with contextlib.suppress(httpx2.HTTPError):
            await http.delete(url, headers={"Mcp-Session-Id": session, "MCP-Protocol-Version": version})


async def _post(
    http: httpx2.AsyncClient, url: str, method: str, params: Mapping[str, Any], headers: Mapping[str, str]
) -> _Answer:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    answer = await http.post(url, headers={"Accept": _ACCEPT, **headers}, json=body)
    said = message(answer.headers.get("content-type", ""), answer.text)
    return _Answer(answer.status_code, said, answer.headers.get("mcp-session-id"))


def message(content_type: str, text: str) -> Mapping[str, Any]:
    """The JSON-RPC message of an answer, or of the first event that holds one."""
    texts = [text]
    if content_type.startswith("text/event-stream"):
        texts = [row[5:] for row in text.splitlines() if row.startswith("data:")]
    for candidate in texts:
        try:
            found = json.loads(candidate)
        except ValueError:
            continue
        if isinstance(found, dict) and ("result" in found or "error" in found):
            return found
    return {}


async def _names_endpoint(http: httpx2.AsyncClient, url: str) -> bool:
    """Whether a GET opens an event stream whose first event names the endpoint of a 2024-11-05 server."""
    try:
        async with asyncio.timeout(_ENDPOINT_SECONDS):
            async with http.stream("GET", url, headers={"Accept": "text/event-stream"}) as answer:
                if answer.status_code != 200:
                    return False
                async for row in answer.aiter_lines():
                    if row.startswith("event:"):
                        return row[6:].strip() == "endpoint"
    except TimeoutError:
        return False
    return False
