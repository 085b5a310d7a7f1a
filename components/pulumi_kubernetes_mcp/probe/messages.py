"""What the probe sends and how answers are read: JSON-RPC, event streams, content codings. Nothing here does I/O."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .versions import MODERN

ACCEPT = "application/json, text/event-stream"
EVENT_STREAM = "text/event-stream"
JSON = "application/json"
MESSAGE = "message"
"""What events are called that hold a message, and those without a name. SDKs pass over all others."""
META = "io.modelcontextprotocol/"
CLIENT = {"name": "mcp-stack-probe", "version": "1"}
_FIRST_WITH_HEADER = "2025-06-18"
CODINGS = ("gzip", "deflate", "identity", "")
"""Content codings that are read; the first is asked for, as clients do."""


_HEADERS_OF_CLIENTS = frozenset(
    {"accept", "content-type", "content-length", "connection", "host", "mcp-protocol-version", "mcp-session-id"}
)


def is_set_by_clients(name: str) -> bool:
    """Whether a client of MCP sets this header itself."""
    return name.lower() in _HEADERS_OF_CLIENTS


@dataclass(frozen=True)
class Call:
    """One JSON-RPC message to a server, and the headers that belong to it."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def id(self) -> int | None:
        """What the answer repeats; a notification has none, and no answer."""
        number = self.body.get("id")
        return number if isinstance(number, int) else None

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return json.dumps(self.body, separators=(",", ":")).encode()


def modern_call(
    number: int, method: str, params: Mapping[str, Any], *, name: str | None = None, version: str = MODERN
) -> Call:
    """A request of the revision without sessions: everything a server must know is in it.

    :param name: the value of ``Mcp-Name``, for methods that name what they want.
    """
    meta = {f"{META}protocolVersion": version, f"{META}clientCapabilities": {}, f"{META}clientInfo": CLIENT}
    headers = {"MCP-Protocol-Version": version, "Mcp-Method": method}
    if name is not None:
        headers["Mcp-Name"] = header_value(name)
    return Call(_request(number, method, {**params, "_meta": meta}), headers)


def session_call(
    number: int, method: str, params: Mapping[str, Any], *, session: str | None, version: str | None
) -> Call:
    """A request of a revision with a handshake, after it."""
    return Call(_request(number, method, params), session_headers(session, version))


def initialize(number: int, version: str) -> Call:
    """The handshake."""
    return Call(
        _request(number, "initialize", {"protocolVersion": version, "capabilities": {}, "clientInfo": CLIENT}),
        {},
    )


def initialized(session: str | None, version: str | None) -> Call:
    """The notification that ends the handshake."""
    return Call({"jsonrpc": "2.0", "method": "notifications/initialized"}, session_headers(session, version))


def session_headers(session: str | None, version: str | None) -> dict[str, str]:
    """The headers of everything that belongs to a session; the version is said since 2025-06-18."""
    headers = {} if version is None or version < _FIRST_WITH_HEADER else {"MCP-Protocol-Version": version}
    return headers if session is None else {**headers, "Mcp-Session-Id": session}


def header_value(text: str) -> str:
    """A name as a header carries it: as it is if it is printable ASCII, else in base64 as the protocol has it."""
    if text.isascii() and text.isprintable() and text == text.strip():
        return text
    import base64

    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


def parameter_headers(schema: Any, arguments: Mapping[str, Any]) -> dict[str, str]:
    """The headers ``Mcp-Param-*`` that a tool asks for with ``x-mcp-header`` at its arguments."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    headers: dict[str, str] = {}
    for argument, declared in properties.items() if isinstance(properties, Mapping) else ():
        header = declared.get("x-mcp-header") if isinstance(declared, Mapping) else None
        value = arguments.get(argument)
        if isinstance(header, str) and header.isascii() and isinstance(value, str | int | float):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            headers[f"Mcp-Param-{header}"] = header_value(text)
    return headers


def _request(number: int, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": dict(params)}


@dataclass(frozen=True)
class Event:
    """One event of an event stream."""

    name: str
    data: str


class Events:
    """Cuts an event stream, as it arrives, into events. What is not complete waits for the rest."""

    def __init__(self) -> None:
        self._rest = b""
        self._name = ""
        self._data: list[str] = []
        self._first = True
        self._returned = False
        """Whether the last byte was a carriage return, which a line feed may belong to."""

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that are complete with this chunk. Comments, such as keep-alives, are none."""
        if not chunk:
            return
        if self._returned:
            chunk = chunk.removeprefix(b"\n")
        self._returned = chunk.endswith(b"\r")
        *complete, self._rest = (self._rest + chunk).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in complete:
            text = line.decode(errors="replace")
            # A byte order mark may begin a stream.
            event = self._line(text.removeprefix("\ufeff") if self._first else text)
            self._first = False
            if event is not None:
                yield event

    def _line(self, line: str) -> Event | None:
        if not line:
            event = Event(self._name or MESSAGE, "\n".join(self._data)) if self._data else None
            self._name, self._data = "", []
            return event
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._name = value
        return None


class UnreadableError(ValueError):
    """A body that is not in the coding that it says, or in one that is not read."""


class Decoder:
    """Undoes the content coding of a body as it arrives; no more than what is asked for comes out of a small body."""

    def __init__(self, coding: str) -> None:
        coding = coding.strip().lower()
        if coding not in CODINGS:
            raise UnreadableError(f"content coding '{coding[:40]}'")
        # 47: gzip or zlib, whichever the first bytes say.
        self._inflate = zlib.decompressobj(47) if coding in ("gzip", "deflate") else None

    def feed(self, chunk: bytes, most: int) -> bytes:
        """At most ``most`` bytes of the body, ``most`` being above 0; what exceeds them is gone."""
        if self._inflate is None:
            return chunk[:most]
        try:
            return self._inflate.decompress(chunk, most)
        except zlib.error:
            raise UnreadableError("a body that is not in the content coding it names") from None

    @property
    def complete(self) -> bool:
        """Whether the coding's own end has been seen."""
        return self._inflate is None or self._inflate.eof


def message(text: str | bytes) -> Mapping[str, Any] | None:
    """A JSON-RPC message, or ``None`` for everything else."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("jsonrpc") != "2.0":
        return None
    return data


def answers(data: Mapping[str, Any], number: int | None) -> bool:
    """Whether a message is the answer to the request of this id. An error about an unreadable request has no id."""
    if "result" not in data and "error" not in data:
        return False
    return data.get("id") == number or ("error" in data and data.get("id") is None)


def result_of(data: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The result of an answer, or ``None`` if it has none."""
    result = data.get("result") if data is not None else None
    return result if isinstance(result, Mapping) else None


def error_of(data: Mapping[str, Any] | None) -> tuple[int | None, str]:
    """Code and text of the error of an answer; (None, "") without one."""
    error = data.get("error") if data is not None else None
    if not isinstance(error, Mapping):
        return None, ""
    code, text = error.get("code"), error.get("message")
    return (code if isinstance(code, int) else None), (text if isinstance(text, str) else "")
