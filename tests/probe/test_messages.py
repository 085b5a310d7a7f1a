"""Reading what arrives: events whatever the pieces they come in, codings whatever they blow up to."""

from __future__ import annotations

import gzip
import json
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.probe import messages
from pulumi_kubernetes_mcp.probe.messages import Decoder, Event, Events, UnreadableError

STREAM = (
    b"\xef\xbb\xbfdata: first\n\n"
    b": keep-alive\r\n\r\n"
    b'event: message\r\ndata: {"a": 1}\r\n\r\n'
    b"id: 7\nretry: 100\n\n"
    b"data: two\ndata:lines\n\n"
    b"event: endpoint\rdata: /messages?session_id=\xc3\xa4\r\r"
    b"data: never finished"
)
EVENTS = [
    Event("message", "first"),
    Event("message", '{"a": 1}'),
    Event("message", "two\nlines"),
    Event("endpoint", "/messages?session_id=ä"),
]


@settings(max_examples=40)
@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_events_are_the_same_in_whatever_pieces_they_come(cuts: list[int]) -> None:
    places = sorted({0, *cuts, len(STREAM)})
    reader = Events()
    found = [event for start, end in pairwise(places) for event in reader.feed(STREAM[start:end])]
    assert found == EVENTS
    assert list(reader.feed(b"\r\r"))  # What ends with a carriage return is complete with it.


@settings(max_examples=40)
@given(st.binary(max_size=3000), st.sampled_from(["gzip", "deflate", "identity", ""]), st.integers(1, 500))
def test_a_body_comes_out_as_it_went_in(body: bytes, coding: str, size: int) -> None:
    sent = {"gzip": gzip.compress, "deflate": zlib.compress}.get(coding, bytes)(body)
    decoder = Decoder(coding)
    read = b"".join(decoder.feed(sent[place : place + size], 10_000) for place in range(0, len(sent), size))
    assert read == body
    assert decoder.complete == (coding in ("identity", "") or bool(sent))


def test_what_blows_up_is_cut_where_it_is_said() -> None:
    bomb = gzip.compress(b"x" * 5_000_000)
    assert len(bomb) < 10_000
    decoder = Decoder("gzip")
    assert len(decoder.feed(bomb, 1000)) == 1000
    assert not decoder.complete


@pytest.mark.parametrize(("coding", "body"), [("br", b"abc"), ("gzip", b"abc"), ("gzip, gzip", b"")])
def test_what_cannot_be_read_is_said(coding: str, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        Decoder(coding).feed(body, 10)


def test_a_modern_request_says_in_headers_what_its_body_says() -> None:
    call = messages.modern_call(3, "tools/call", {"name": "größe", "arguments": {}}, name="größe")
    assert dict(call.headers) == {
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": "=?base64?Z3LDtsOfZQ==?=",
    }
    body = json.loads(call.content)
    assert (body["id"], body["method"], body["params"]["name"]) == (3, "tools/call", "größe")
    meta = body["params"]["_meta"]
    assert meta["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"
    assert meta["io.modelcontextprotocol/clientCapabilities"] == {}


def test_arguments_that_a_tool_wants_in_headers_are_there_too() -> None:
    schema = {
        "properties": {"region": {"x-mcp-header": "Region"}, "deep": {"x-mcp-header": "Deep"}, "free": {}, "odd": 1}
    }
    arguments = {"region": "eu", "deep": True, "free": "a", "odd": "b"}
    assert messages.parameter_headers(schema, arguments) == {"Mcp-Param-Region": "eu", "Mcp-Param-Deep": "true"}
    assert messages.parameter_headers(None, arguments) == {}


@pytest.mark.parametrize(
    ("version", "headers"),
    [
        ("2025-11-25", {"MCP-Protocol-Version": "2025-11-25", "Mcp-Session-Id": "s"}),
        ("2025-06-18", {"MCP-Protocol-Version": "2025-06-18", "Mcp-Session-Id": "s"}),
        ("2025-03-26", {"Mcp-Session-Id": "s"}),
    ],
)
def test_a_session_says_its_version_since_there_is_a_header_for_it(version: str, headers: dict[str, str]) -> None:
    assert messages.session_headers("s", version) == headers


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ('{"jsonrpc": "2.0", "id": 1, "result": {}}', True),
        ('{"jsonrpc": "2.0", "id": 2, "result": {}}', False),
        ('{"jsonrpc": "2.0", "id": "1", "result": {}}', False),
        ('{"jsonrpc": "2.0", "id": null, "error": {}}', True),
        ('{"jsonrpc": "2.0", "id": null, "result": {}}', False),
        ('{"jsonrpc": "2.0", "method": "notifications/progress"}', False),
    ],
)
def test_which_message_is_the_answer(text: str, answers: bool) -> None:
    data = messages.message(text)
    assert data is not None
    assert messages.answers(data, 1) is answers


@pytest.mark.parametrize("text", ["", "[]", "null", '{"id": 1, "result": {}}', "[" * 100_000, b"\xff\xfe", "{"])
def test_everything_else_is_no_message(text: str | bytes) -> None:
    assert messages.message(text) is None
