"""A profile is of the server that is planned."""

from __future__ import annotations

from pulumi_kubernetes_mcp.rules import profile


def test_another_runtime_is_told() -> None:
    assert profile.runtime_findings(measured="fastmcp", runtime="fastmcp", path="p") == []
    (finding,) = profile.runtime_findings(measured="fastmcp", runtime="python-v2", path="p")
    assert str(finding) == (
        "warning MCP523 at p: It was measured of the runtime 'fastmcp', and mcp:server.runtime is 'python-v2'. Set "
        "mcp:server.runtime to 'fastmcp' if that is what runs, or measure this server again."
    )


def test_what_is_missing_is_listed() -> None:
    assert profile.lack_findings([], path="p") == []
    (finding,) = profile.lack_findings(["the era 'sse'", "the CPU of a call of 'modern'"], path="p")
    assert str(finding) == (
        "warning MCP524 at p: It lacks the era 'sse', the CPU of a call of 'modern'. Measure again with the server's "
        "process or its metrics in reach and every era switched on, or accept that constants stand in."
    )
