"""The file of what was seen: read back as it was written, and without a secret."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pulumi_kubernetes_mcp.measuring.target import target
from pulumi_kubernetes_mcp.settings.verified_file import read_verified
from pulumi_kubernetes_mcp.verify.judge import judge
from pulumi_kubernetes_mcp.verify.record import record, shown, text
from pulumi_kubernetes_mcp.verify.request import Request
from tests.table import table

from .samples import good

WHEN = datetime(2026, 11, 29, 9, 5, 7, tzinfo=UTC)
REQUEST = Request(
    target=target("http://127.0.0.1:8080/mcp", headers=["Authorization: Bearer hunter2"]),
    start=("python", "server.py", "--api-key", "hunter2", "PASSWORD=hunter2"),
    image="registry.example.com/orders:1.4.2",
)


def test_the_file_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    seen = good(server="orders\x1b[31m 1.4.2")
    made = record(seen, judge(seen), REQUEST, WHEN)
    written = text(made)
    (tmp_path / "orders.verified.yaml").write_text(written, encoding="utf-8")
    assert read_verified("orders.verified.yaml", tmp_path).content == made
    assert written.startswith("# What 'mcp-stack verify' saw. A stack file names it: mcp:server.verified\nversion: 1\n")
    assert "hunter2" not in written
    assert "\x1b" not in written
    assert (made.verified_at, made.image) == ("2026-11-29T09:05:07Z", "registry.example.com/orders:1.4.2")
    assert [one.outcome for one in made.checks] == ["pass"] * 18


@table(
    "command, expected",
    [
        ("uvicorn server:app --port {port}", "uvicorn server:app --port '{port}'"),
        ("server --token abc --port 1", "server --token ... --port 1"),
        ("server --token=abc", "server --token=..."),
        ("server --token --port 1", "server --token --port 1"),
        ("env DATABASE_URL=postgres://u:p@h/d server", "env DATABASE_URL=... server"),
        ("server postgres://u:hunter2@h/d", "server postgres://u:...@h/d"),
        ("server --tokens-per-second 5", "server --tokens-per-second ..."),
    ],
)
def test_a_command_is_shown_without_what_may_be_a_secret(command: str, expected: str) -> None:
    assert shown(command.split(" ")) == expected
