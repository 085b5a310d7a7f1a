"""``mcp-stack explain``: a rule in the terminal, with nothing but the package at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.rules.catalogue import CATALOGUE, rule
from pulumi_kubernetes_mcp.rules.model import Rule
from pulumi_kubernetes_mcp.settings.key_help import every_key, key_help
from tests.table import every_row


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No project and no pages are at hand, and reports are as wide as in a pipe."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["explain", *words])


def test_a_rule_is_explained_by_its_code_and_by_its_name() -> None:
    result = run("MCP206")
    assert result.exit_code == 0
    assert run("too-few-production-replicas").output == run("mcp206").output == result.output
    assert result.output == (
        "MCP206 too-few-production-replicas: fewer than two pods in production\n"
        "  An error: the preview stops.\n"
        "\n"
        "What it means\n"
        "  The environment is `production`, which is the default, and the least number of pods is 0 or 1.\n"
        "\n"
        "Why\n"
        "  With one pod every eviction, crash and node upgrade is an outage; with none the first client waits "
        "for a start.\n"
        "\n"
        "Fails (in a stack file)\n"
        "  mcp:scaling:\n"
        "    minReplicas: 1\n"
        "\n"
        "Passes\n"
        "  mcp:scaling:\n"
        "    minReplicas: 2\n"
        "  Three survive the loss of a zone; for a test system, say `environment: staging` under `mcp:region`. There "
        "one pod is enough, and none is not.\n"
    )


def test_a_warning_says_how_it_is_accepted_and_a_program_that_it_is_one() -> None:
    text = run("fallback-without-effect").output
    assert (
        "  A warning: mend it, or accept it with a reason under mcp:accept, as MCP239 or fallback-without-effect.\n"
        in text
    )
    assert "Fails (in a program)\n  McpAutoscaling(\n" in text


def texts_and_examples(known: Rule) -> None:
    text = run(known.code).output
    assert text.startswith(f"{known.code} {known.slug}: {known.title}\n")
    for example in (known.fails, known.passes):
        assert "\n".join(f"  {line}".rstrip() for line in example.splitlines()) in text
    for prose in (known.meaning, known.why, known.note):
        assert all(word in text for word in prose.split() if word.isalpha())
    assert "](" not in text


@pytest.mark.grid
def test_every_rule_has_its_texts_and_examples_in_the_terminal() -> None:
    every_row(CATALOGUE, texts_and_examples, name=lambda known: known.code)


def test_json_has_everything() -> None:
    data = json.loads(run("unknown-controller", "--json").stdout)
    known = rule("MCP309")
    assert data == {
        "code": "MCP309",
        "slug": "unknown-controller",
        "severity": "warning",
        "area": "Edge",
        "title": known.title,
        "meaning": known.meaning,
        "why": known.why,
        "language": "yaml",
        "fails": known.fails,
        "passes": known.passes,
        "note": "",
    }


@pytest.mark.parametrize(
    ("name", "near", "words"),
    [
        ("unkown-controler", ["unknown-controller"], "Did you mean unknown-controller"),
        ("MCP30", ["MCP309", "MCP308", "MCP307"], "Did you mean MCP309 or MCP308 or MCP307?"),
        ("sqlite\x1b", [], "'mcp-stack explain' lists all of them."),
    ],
)
def test_an_unknown_rule_is_refused_with_the_nearest_ones(name: str, near: list[str], words: str) -> None:
    result = run(name)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr
    assert "\x1b" not in result.stderr
    as_json = run(name, "--json")
    assert as_json.exit_code == 2
    error = json.loads(as_json.stdout)["error"]
    assert error["nearest"][: len(near)] == near
    assert words in error["message"]


def test_without_a_name_all_rules_are_listed() -> None:
    text = run().output
    assert text.startswith(f"{len(CATALOGUE)} rules\n")
    for known in CATALOGUE:
        assert f"{known.code}  {known.slug} " in text
    assert [one["slug"] for one in json.loads(run("--json").stdout)["rules"]] == [known.slug for known in CATALOGUE]


@pytest.mark.grid
def test_a_key_is_explained_with_the_keys_below_it() -> None:
    text = run("mcp:edge.dns").output
    assert text.startswith("mcp:edge.dns\n  How external-dns publishes the hosts")
    assert '\nKeys below it\n  routing: simple, weighted, latency, failover, geolocation (default "simple")\n' in text
    assert "  weight: whole number from 0 to 255 (not set)\n" in text
    assert run("edge.dns").output == text
    assert "\n  host: host name (" in run("edge").output


def test_a_member_of_a_map_and_several_servers_are_explained() -> None:
    assert run("mcp:server.env.LEVEL").output == run("mcp:server.env").output
    servers = run("mcp:servers").output
    assert servers.startswith("mcp:servers\n  Name of each of several servers to its groups")
    assert "\n  scaling: group" in servers
    assert "\n  region: " not in servers
    assert run('mcp:servers["a.b"].edge.host').output == run("mcp:edge.host").output


def test_which_server_or_item_is_meant_says_nothing() -> None:
    assert run("mcp:servers.orders.workload.tools[0].name").output == run("mcp:workload.tools.name").output
    data = json.loads(run("mcp:workload.tools[0].name", "--json").stdout)
    assert (data["path"], data["takes"], data["default"]) == ("mcp:workload.tools.name", "text", "required")


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("mcp:edge.dns.weigth", "Did you mean 'weight'?"),
        ("mcp:server.minReadySeconds", "There is one at mcp:server.rollout.minReadySeconds."),
        ("mcp:server.image.tag", "Nothing is below mcp:server.image."),
        ("mcp:", "Known keys: region, server,"),
    ],
)
def test_an_unknown_key_is_told_the_nearest_one(words: str, remedy: str) -> None:
    result = run(words)
    assert result.exit_code == 2
    assert remedy in result.stderr
    assert json.loads(run(words, "--json").stdout)["error"]["message"].endswith(result.stderr.strip()[-40:])


@pytest.mark.grid
def test_every_key_can_be_explained_in_words() -> None:
    every_row(every_key(), said_of_a_key)


def said_of_a_key(path: str) -> None:
    found = key_help(path)
    assert found.path == path
    assert found.meaning
    assert found.takes
    assert found.default
