"""What a command line asks for, and what it is refused for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.eras import Era
from pulumi_kubernetes_mcp.measuring.refused import MeasureError
from pulumi_kubernetes_mcp.probe.asked import asked
from pulumi_kubernetes_mcp.probe.expectation_file import expectation_text, parse_expectation, read_expectation
from pulumi_kubernetes_mcp.probe.refused import ProbeError
from pulumi_kubernetes_mcp.probe.round import Round, Seen, private_endpoint, private_note
from pulumi_kubernetes_mcp.probe.secret_headers import HeaderSource, UnreadableHeaderError, read_headers, source
from pulumi_kubernetes_mcp.probe.watched import Call, Check, Watched

URL = "https://mcp.example.com/mcp?key=hidden"


def ask(url: str = URL, **options: Any) -> Watched:
    return asked(url, **{"timeout": 10, "max_bytes": 4096, **options})


def test_options_become_the_endpoint() -> None:
    watched = ask(
        eras=["modern"], version="2026-07-28", tool="read", arguments='{"a": 1}', checks=["origin"], affinity=2, slow=3
    )
    assert watched.eras == (Era.MODERN,)
    assert watched.call == Call("read", {"a": 1})
    assert watched.checks == frozenset({Check.ORIGIN})
    assert (watched.affinity, watched.slow_seconds, watched.shown) == (2, 3, "https://mcp.example.com/mcp")
    assert "hidden" not in watched.name
    assert ask(slow=0.2, timeout=0.5).slow_seconds == 0.2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "mcp.example.com/mcp"}, "Begin with the scheme: https://mcp.example.com/mcp"),
        ({"url": "ftp://mcp.example.com"}, "Write it with scheme and path"),
        ({"url": "https://me:secret@mcp.example.com/"}, "holds credentials"),
        ({"timeout": 0.1}, "--timeout is 0.1. Give 0.5 to 120"),
        ({"affinity": 21}, "--affinity is 21. Give 0 to 20"),
        ({"max_bytes": 10}, "--max-bytes is 10. Give 1024"),
        ({"slow": 10}, "--slow is 10 s and --timeout is 10 s"),
        ({"slow": 0}, "--slow is 0 s and --timeout is 10 s"),
        ({"eras": ["modem"]}, "--era 'modem' is not known. Use one of: modern, legacy-stateless"),
        ({"version": "2026-13-01"}, "'2026-13-01' does not exist. The versions of MCP are: 2024-11-05"),
        ({"version": "2025-11-25", "eras": ["modern"]}, "is spoken by none of the eras that are expected (modern)"),
        ({"checks": ["tls"]}, "--check 'tls' is not known"),
        ({"arguments": "{}"}, "Name it with --tool"),
        ({"tool": "a", "arguments": "[1]"}, "not a JSON object"),
        ({"eras": ["sse"], "checks": ["authorization", "host"]}, "HTTP+SSE, the only era: --check host. Leave"),
        ({"strict": True}, "--strict compares with the file of --schema"),
        ({"schema": Path("no-such-file.json")}, "cannot be read: no such file or directory. Write it with"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_remedy(options: dict[str, Any], words: str) -> None:
    with pytest.raises((ProbeError, MeasureError)) as refused:
        ask(**options)
    assert words in str(refused.value)
    assert "secret" not in str(refused.value)


def test_an_expectation_is_what_was_written(tmp_path: Path) -> None:
    tools = {"b": {"name": "b", "inputSchema": {"type": "object"}, "_meta": {"x": 1}}, "a": {"name": "a"}}
    seen = Seen(server="s 1", eras=["modern"], versions=["2026-07-28"], tools=tools)
    one = Round(name="n", address="a", at=0, seconds=1, phases={}, seen=seen)
    path = tmp_path / "tools.json"
    path.write_text(expectation_text(one))
    assert read_expectation(path, strict=True).tools == {"a": {}, "b": {"inputSchema": {"type": "object"}}}
    assert json.loads(path.read_text())["protocolVersions"] == ["2026-07-28"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": true}', '{"version": 1, "tools": []}', "[" * 99999])
def test_what_is_no_expectation_is_said(text: str) -> None:
    with pytest.raises(ProbeError, match=r"The schema file 'tools\.json' is not one: "):
        parse_expectation(text, "tools.json", strict=False)


def test_headers_are_read_where_they_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text("  s3cret\n")
    monkeypatch.setenv("KEY", "Basic abc")
    sources = [
        source(f"Authorization={file}", "--header-file", file=True),
        source("X-Key=KEY", "--header-env", file=False),
        HeaderSource("authorization", variable="KEY"),
    ]
    read = read_headers(sources)
    assert read == {
        "Authorization": "Bearer s3cret",
        "X-Key": "Basic abc",
        "authorization": "Basic abc",
    }
    assert "s3cret" not in repr(Watched(url=URL, name="n", headers=read))


@pytest.mark.parametrize("text", ["token", "=a", "Authorization=", "Bad Name=A", "Host=A", "Mcp-Session-Id=A"])
def test_what_is_no_header_is_refused(text: str) -> None:
    with pytest.raises(ProbeError):
        source(text, "--header-env", file=False)


@pytest.mark.parametrize("value", ["", "two\nlines", "ä"])
def test_a_value_that_no_header_can_hold_is_not_shown(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", value)
    with pytest.raises(UnreadableHeaderError) as refused:
        HeaderSource("Authorization", variable="TOKEN").value()
    assert str(refused.value) == "the variable 'TOKEN' is empty, or holds what no header can"


@pytest.mark.parametrize(
    ("host", "address", "said"),
    [
        ("mcp.example.com", "10.0.0.7", True),
        ("mcp.example.com", "fd00::7", True),
        ("mcp.example.com", "8.8.8.8", False),
        ("10.0.0.7", "10.0.0.7", False),
        ("localhost", "127.0.0.1", False),
    ],
)
def test_a_name_that_leads_to_a_private_address_is_said(host: str, address: str, said: bool) -> None:
    assert (private_note(host, address) is not None) is said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://10.0.0.7:8000/mcp", True),
        ("https://[fd00::7]/mcp", True),
        ("https://8.8.8.8/mcp", False),
        ("http://127.0.0.1:8000/mcp", False),
        ("http://orders.mcp.svc:8000/mcp", True),
        ("http://orders/mcp", True),
        ("https://mcp.example.com/mcp", False),
    ],
)
def test_an_endpoint_of_a_file_that_is_a_private_address_is_said(url: str, said: bool) -> None:
    assert (private_endpoint(url) is not None) is said
