"""``mcp-stack probe``: a table for people, JSON for programs, an exit status for both."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app
from tests.measuring.conftest import Answer, Asked, Serve, free_port

TOOL = {"name": "read", "inputSchema": {"type": "object"}}


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["probe", *words], env={"COLUMNS": "160"})


def modern(asked: Asked) -> Answer:
    """A modern server whose tools want the token that the test gives."""
    data = json.loads(asked.body)
    if asked.headers.get("authorization") != "Bearer s3cret":
        return 401, "application/json", "{}"
    value = {
        "server/discover": {"supportedVersions": ["2026-07-28"], "serverInfo": {"name": "small", "version": "1"}},
        "tools/list": {"tools": [TOOL]},
    }[data["method"]]
    return 200, "application/json", json.dumps({"jsonrpc": "2.0", "id": data["id"], "result": value})


def test_a_round_for_people_and_for_programs(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "s3cret")
    url, header = f"{serve(modern)}/mcp?token=hidden", ("--header-env", "Authorization=TOKEN")
    schema = tmp_path / "tools.json"

    table = run(url, *header, "--save-schema", str(schema))
    assert table.exit_code == 0, table.output
    assert re.search(r"^handshake +\d+\.\d  modern 2026-07-28; small 1$", table.output, re.MULTILINE)
    assert re.search(r"^tools +\d+\.\d  1: read$", table.output, re.MULTILINE)
    assert f"Written to {schema}" in table.output

    found = run(url, *header, "--schema", str(schema), "--strict", "--json")
    # What others can read of the call is told beside the report, and is no part of it.
    data = json.loads(found.stdout)
    assert "The address seems to hold a secret in its query" in found.stderr
    assert (found.exit_code, data["success"], data["reason"], data["message"]) == (0, True, None, None)
    assert set(data["phases"]) == {"resolve", "connect", "handshake", "tools"}
    assert data["found"]["drift"] == {"added": [], "removed": [], "changed": [], "breaking": []}

    refused = run(url, "--json")
    data = json.loads(refused.stdout)
    assert (refused.exit_code, data["reason"], data["phase"]) == (1, "authorization", "handshake")
    for output in (table.output, found.output, refused.output):
        assert "s3cret" not in output
        assert "hidden" not in output


@pytest.mark.grid
def test_watching_is_a_line_for_each_round_and_fails_if_one_did(serve: Serve) -> None:
    rounds = 0

    def second_fails(asked: Asked) -> Answer:
        nonlocal rounds
        rounds += 1
        status, kind, text = modern(Asked(asked.method, asked.path, {"authorization": "Bearer s3cret"}, asked.body))
        return (500, kind, "oops") if rounds == 3 else (status, kind, text)

    options = ("--watch", "--interval", "0.5", "--timeout", "0.5", "--rounds", "2")
    result = run(f"{serve(second_fails)}/mcp", *options, "--json")
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [line["reason"] for line in lines] == [None, "server-error"]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--interval", "5", "--watch"), "--interval is 5 s and --timeout is 10 s: rounds may not overlap"),
        (("--interval", "nan", "--watch"), "--interval is nan s and --timeout is 10 s"),
        (("--rounds", "2"), "--rounds ends --watch"),
        (("--rounds", "0", "--watch"), "--rounds is 0"),
        (("--ca-file", "no-such.pem"), "cannot be read as certificates"),
        (("--save-schema", "no/such/dir.json"), "cannot be written"),
        (("--header-env", "Authorization=NOT_SET_ANYWHERE"), "the variable 'NOT_SET_ANYWHERE' is empty"),
    ],
)
def test_what_cannot_be_is_refused(options: tuple[str, ...], words: str) -> None:
    result = run(f"http://127.0.0.1:{free_port()}/mcp", *options)
    assert result.exit_code == 1
    assert words in result.stderr


def test_an_exporter_is_told_which_of_its_addresses_others_can_read(tmp_path: Path) -> None:
    config, token = tmp_path / "probe.json", tmp_path / "token"
    token.write_text("s3cret")
    headers = [{"name": "Authorization", "file": str(token)}]
    endpoints = [
        {"name": "queried", "url": "https://a.example.com/mcp?token=s3cret"},
        {"name": "heard", "url": "http://b.example.com/mcp", "headers": headers},
        {"name": "fine", "url": "https://c.example.com/mcp", "headers": headers},
        {"name": "inside", "url": "https://10.0.0.7/mcp"},
    ]
    config.write_text(json.dumps({"watcher": "here", "endpoints": endpoints}))
    # No such port: the file is read, and nothing is watched.
    result = run("--serve", "--config", str(config), "--listen", "127.0.0.1:99999")
    assert result.exit_code == 1
    assert "queried: The address seems to hold a secret in its query" in result.stderr
    assert "heard: A header with a secret goes to http://b.example.com/mcp in clear" in result.stderr
    assert "inside: 10.0.0.7 is no public address" in result.stderr
    assert "fine" not in result.stderr
    assert "s3cret" not in result.stderr
