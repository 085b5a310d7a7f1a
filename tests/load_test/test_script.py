"""The script is one file of JavaScript that holds its plan; what k6 and targets are refused with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pulumi_kubernetes_mcp.load_test.arguments import arguments_of, read_arguments
from pulumi_kubernetes_mcp.load_test.k6 import Ended, check_room, program, run
from pulumi_kubernetes_mcp.load_test.keys import LoadTestComponentKeys
from pulumi_kubernetes_mcp.load_test.model import runners
from pulumi_kubernetes_mcp.load_test.refused import LoadTestError
from pulumi_kubernetes_mcp.load_test.script import script
from pulumi_kubernetes_mcp.load_test.spec import EVERYWHERE, policy, port_of
from pulumi_kubernetes_mcp.load_test.target import check_production, check_target
from pulumi_kubernetes_mcp.production import ProductionError
from tests.load_test.samples import made


def k6(folder: Path, *lines: str) -> str:
    """A program that writes down its words, and does what these lines of a shell do."""
    path = folder / "k6"
    path.write_text("\n".join(["#!/bin/sh", f'printf "%s|" "$@" > {folder}/words', *lines, ""]))
    path.chmod(0o755)
    return str(path)


def test_k6_sends_nothing_to_others_and_its_summary_is_what_counts(tmp_path: Path) -> None:
    summary = 'printf \'{"a": 1}\' > "$MCP_SUMMARY"'
    assert run(k6(tmp_path, summary), "text", tmp_path) == Ended(0, '{"a":1}\n')
    script = tmp_path / "loadtest.js"
    assert script.read_text() == "text"
    assert (tmp_path / "words").read_text() == f"run|--no-usage-report|--address||{script}|"
    points = tmp_path / "points.json"
    assert run(k6(tmp_path, summary, "exit 99"), "text", tmp_path, ndjson=points).status == 99
    assert (tmp_path / "words").read_text() == f"run|--no-usage-report|--address||--out|json={points}|{script}|"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["printf '{}' > \"$MCP_SUMMARY\"", "exit 98"], "k6 ended with 98: it said nothing"),
        (["echo a; echo b >&2", "exit 99"], "k6 ended with 99: a b"),
        (["echo 'level=info a'; echo 'level=error b'"], "k6 ended with 0: level=error b"),
        (['echo \'level=error msg="test aborted: no \\"x\\""\'', "exit 1"], 'k6 ended with 1: no "x"'),
        (["printf '{' > \"$MCP_SUMMARY\""], "k6 ended with 0 and left no whole summary"),
        (["printf '[]' > \"$MCP_SUMMARY\""], "k6 ended with 0 and left no whole summary"),
    ],
)
def test_a_run_without_a_summary_is_told_with_what_k6_said(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(LoadTestError) as refused:
        run(k6(tmp_path, *lines), "text", tmp_path)
    assert str(refused.value).startswith(words)


def test_the_script_holds_the_plan_and_nothing_to_fetch() -> None:
    test = made("peak", arguments={"search": [{"query": "</script>\u2028${x}"}]})
    text = script(test)
    (plan,) = re.findall(r"^const PLAN = (\{.*?^\});", text, re.MULTILINE | re.DOTALL)
    assert json.loads(re.sub(r",\n\}$", "\n}", plan)) == json.loads(json.dumps(test.document()))
    assert text.isascii()
    assert "__PLAN__" not in text
    assert set(re.findall(r"from '([^']+)'", text)) == {"k6", "k6/encoding", "k6/execution", "k6/http", "k6/metrics"}


@pytest.mark.parametrize(
    ("url", "given", "port", "where"),
    [
        ("https://mcp.example.com/mcp", {}, 443, None),
        ("http://mcp.example.com/mcp", {}, 80, None),
        ("https://mcp.example.com:8443/mcp", {}, 8443, None),
        ("http://web.mcp.svc/mcp", {"server_port": 3000}, 3000, "server"),
    ],
)
def test_the_runners_get_to_the_server_and_to_one_another(
    url: str, given: dict[str, int], port: int, where: str | None
) -> None:
    keys = LoadTestComponentKeys.model_validate(
        {"namespace": "mcp", "server_name": "web", "url": url, "scenario": "peak", "sessions": 100,
         "tools": [{"name": "search", "share_percent": 100}], "environment": "staging", **given}
    )  # fmt: skip
    assert port_of(url) == (80 if given else port)
    spec = policy(keys, "k6-web", port_of(url))
    own = [{"podSelector": {"matchLabels": {"app": "k6", "k6_cr": "k6-web"}}}]
    assert spec["podSelector"] == own[0]["podSelector"]
    operator = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": keys.operator_namespace}}}]
    came = [(rule["from"], [one["port"] for one in rule["ports"]]) for rule in spec["ingress"]]
    assert came == [(operator, [6565]), (own, [6565])]
    labels = {"app.kubernetes.io/name": "web", "app.kubernetes.io/component": "server"}
    to = [{"podSelector": {"matchLabels": labels}}] if where else [{"ipBlock": {"cidr": one}} for one in EVERYWHERE]
    assert [(rule["to"], [one["port"] for one in rule["ports"]]) for rule in spec["egress"]] == [
        (own, [6565]),
        (to, [port]),
    ]


def test_more_users_than_a_machine_bears_are_refused_with_the_number_of_runner_pods() -> None:
    """100 MiB of k6 and 1 of each of 1,500 users; 500 users to a runner."""
    test = made("peak", sessions=1500)
    check_room(test, 1600, 100_000)
    with pytest.raises(LoadTestError, match=r"about 1,600 MiB of memory, and 1,599 MiB are free.* 3 runner pods"):
        check_room(test, 1599, 100_000)
    with pytest.raises(
        LoadTestError, match=r"up to 3,100 connections, and a process may open 1,024 files.* 3 runner pods"
    ):
        check_room(test, None, 1024)
    assert [runners(users) for users in (1, 500, 501)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mcp.example.com/mcp", "has no scheme"),
        ("localhost:8000/mcp", "has no scheme"),
        ("ftp://a/mcp", "has the scheme 'ftp'"),
        ("https:///mcp", "names no host"),
        ("http://a:99999/mcp", "has a port or a host that cannot be read"),
        ("https://me:secret@a/mcp", "holds credentials"),
    ],
)
def test_an_address_without_scheme_or_host_is_refused(url: str, words: str) -> None:
    with pytest.raises(LoadTestError, match=words) as refused:
        check_target(url)
    assert "secret" not in str(refused.value)


def test_production_is_tested_by_its_name_only() -> None:
    check_production("live", True, "live")
    check_production("dev", False, None)
    with pytest.raises(ProductionError, match="say so by its name: --production live"):
        check_production("live", True, None)
    with pytest.raises(ProductionError, match="--production names 'prod', and the stack is 'live'"):
        check_production("live", True, "prod")


def test_arguments_are_read(tmp_path: Path) -> None:
    path = tmp_path / "arguments.yaml"
    path.write_text("search: {query: a}\nread: [{id: 1}, {id: 2}]\n")
    assert read_arguments(path) == {"search": [{"query": "a"}], "read": [{"id": 1}, {"id": 2}]}


@pytest.mark.parametrize("data", [[], {"search": "secret"}, {"search": []}, {"search": ["secret"]}, {1: {}}])
def test_arguments_of_another_form_are_refused_without_their_values(data: object) -> None:
    with pytest.raises(LoadTestError, match="write for each tool a map of its arguments") as refused:
        arguments_of(data, "arguments.yaml")
    assert "secret" not in str(refused.value)


def test_arguments_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("search: [")
    for name in ("a.yaml", "none.yaml"):
        with pytest.raises(LoadTestError, match=name):
            read_arguments(tmp_path / name)


def test_a_k6_that_is_not_there_is_refused_by_its_name() -> None:
    with pytest.raises(LoadTestError, match="--k6 no-such-k6: there is no such program"):
        program("no-such-k6")
