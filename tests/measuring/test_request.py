"""Bounds, tools and addresses: what is refused, and that no token is in a message."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.measuring.refused import MeasureError
from pulumi_kubernetes_mcp.measuring.request import Request, tool_calls
from pulumi_kubernetes_mcp.measuring.started import words
from pulumi_kubernetes_mcp.measuring.target import target

URL = "http://127.0.0.1:8080/mcp"
TARGET = target(URL)


@pytest.mark.parametrize(
    ("options", "words_of_it"),
    [
        ({"sessions": 24}, "--sessions is 24. Give 25 to 5000"),
        ({"sessions": 5001}, "--sessions is 5001. Give 25 to 5000"),
        ({"callers": 0}, "--callers is 0. Give 1 to 256"),
        ({"callers": 257, "sessions": 5000}, "--callers is 257"),
        ({"seconds": 0.5}, "--seconds is 0.5. Give 1 to 60"),
        ({"seconds": 61}, "--seconds is 61"),
        ({"time_limit": 3601}, "--time-limit is 3601. Give 10 to 3600"),
        ({"callers": 9, "sessions": 44}, "Give at least 45 sessions"),
        ({"pid": 1, "metrics": "http://a/metrics"}, "Give one"),
        ({"pid": 1, "start": ("server",)}, "Give one"),
    ],
)
def test_what_is_out_of_bounds_is_refused(options: dict[str, Any], words_of_it: str) -> None:
    with pytest.raises(MeasureError, match=words_of_it.replace(".", r"\.")):
        Request(target=TARGET, **options)


@pytest.mark.parametrize("options", [{"sessions": 25, "callers": 5}, {"sessions": 5000, "callers": 256, "seconds": 60}])
def test_the_bounds_themselves_are_taken(options: dict[str, Any]) -> None:
    steps = Request(target=TARGET, **options).steps()
    assert len(steps) >= 5
    assert steps[0] == options["callers"]
    assert steps[-1] == options["sessions"]


def test_the_steps_begin_with_the_callers() -> None:
    assert Request(target=TARGET).steps() == [8, 40, 80, 120, 160, 200]
    assert Request(target=TARGET, sessions=40).steps() == [8, 16, 24, 32, 40]


def test_arguments_belong_to_tools_in_order() -> None:
    calls = tool_calls(["a", "b"], ['{"x": 1}', "{}"])
    assert [(call.name, call.arguments) for call in calls] == [("a", {"x": 1}), ("b", {})]
    assert [call.arguments for call in tool_calls(["a", "b"], [])] == [{}, {}]


@pytest.mark.parametrize(
    ("names", "arguments", "words_of_it"),
    [
        (["a", "b"], ["{}"], "There are 2 --tool and 1 --arguments"),
        ([], ["{}"], "There are 0 --tool and 1 --arguments"),
        (["a"], ["[1]"], "tool 'a' are not a JSON object"),
        (["a"], ["{"], "tool 'a' are not a JSON object"),
    ],
)
def test_arguments_that_belong_to_nothing_are_refused(names: list[str], arguments: list[str], words_of_it: str) -> None:
    with pytest.raises(MeasureError, match=words_of_it):
        tool_calls(names, arguments)


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8080/mcp", "ftp://a/mcp", "http:///mcp", "http://a:x/mcp", "http://a:0/", ""]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(MeasureError, match="not the address of a server"):
        target(url)


def test_credentials_in_the_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(MeasureError, match="holds credentials") as refused:
        target("https://user:hunter2@mcp.example.com/mcp")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("header", ["hunter2", ": hunter2", "Bad Name: hunter2", "A: hunter2\nB: c", "A: hünter2"])
def test_what_is_no_header_is_refused_and_not_repeated(header: str) -> None:
    with pytest.raises(MeasureError, match="not 'Name: value'") as refused:
        target(URL, headers=[header])
    assert "hunter2" not in str(refused.value)


def test_headers_of_the_client_are_refused() -> None:
    with pytest.raises(MeasureError, match="'Mcp-Session-Id' is set by the MCP client itself"):
        target(URL, headers=["Mcp-Session-Id: 1"])


def test_a_token_goes_to_its_own_origin_only_and_is_in_no_representation() -> None:
    found = target("https://mcp.example.com/mcp?key=s3cret", headers=["Authorization: Bearer hunter2"])
    token = (("Authorization", "Bearer hunter2"),)
    assert found.headers_for("https://MCP.example.com:443/metrics") == token
    for other in ("http://mcp.example.com/metrics", "https://mcp.example.com:8443/metrics", "https://example.com/"):
        assert found.headers_for(other) == ()
    assert "hunter2" not in repr(found)
    assert "s3cret" not in found.shown


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1/mcp", True),
        ("http://127.1.2.3/mcp", True),
        ("http://[::1]:80/mcp", True),
        ("http://localhost:8080/mcp", True),
        ("http://10.0.0.1/mcp", False),
        ("http://localhost.example.com/mcp", False),
    ],
)
def test_the_addresses_of_this_machine(url: str, loopback: bool) -> None:
    assert target(url).loopback is loopback


def test_a_command_is_split_as_a_shell_splits_it() -> None:
    assert words("python 'my server.py' --port 80") == ["python", "my server.py", "--port", "80"]
    with pytest.raises(MeasureError, match="cannot be split"):
        words("python 'server.py")
    with pytest.raises(MeasureError, match="is empty"):
        words("  ")
