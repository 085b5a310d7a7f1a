"""What Prometheus reads, read by its own client's parser, and the pages beside it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pulumi_kubernetes_mcp.eras import Era
from pulumi_kubernetes_mcp.probe import metric_names as names
from pulumi_kubernetes_mcp.probe.drift import Drift
from pulumi_kubernetes_mcp.probe.exporter.collector import exposition
from pulumi_kubernetes_mcp.probe.exporter.configuration import read_configuration
from pulumi_kubernetes_mcp.probe.exporter.pages import Pages
from pulumi_kubernetes_mcp.probe.exporter.serve import listen_address
from pulumi_kubernetes_mcp.probe.exporter.state import State
from pulumi_kubernetes_mcp.probe.exporter.watching import Watching, one_round
from pulumi_kubernetes_mcp.probe.metric_names import Phase
from pulumi_kubernetes_mcp.probe.reasons import Reason
from pulumi_kubernetes_mcp.probe.refused import ProbeError
from pulumi_kubernetes_mcp.probe.round import Round, Seen
from pulumi_kubernetes_mcp.probe.trust import trust
from pulumi_kubernetes_mcp.probe.watched import Check

LABELS = {"endpoint": 'orders "eu" \\n', "server": "orders", "region": "", "watcher": "us-east"}
GOOD = Round(
    name="orders",
    address="https://orders.example/mcp",
    at=1000.0,
    seconds=0.3,
    phases={Phase.CONNECT: 0.01, Phase.TOOLS: 20.0},
    seen=Seen(
        expires=5000.0,
        versions=["2026-07-28", "2025-11-25"],
        tools={"a": {}, "b": {}},
        drift=Drift(added=("b",), changed=("a",), breaking=("a",)),
    ),
)
BAD = Round(
    name="orders",
    address="https://orders.example/mcp",
    at=1060.0,
    seconds=10.0,
    phases={Phase.CONNECT: 0.003},
    seen=Seen(),
    reason=Reason.DRAINING,
    detail="HTTP 503",
)


def state(*rounds: Round) -> State:
    made = State(dict(LABELS))
    for one in rounds:
        made.take(one)
    return made


def samples(*states: State) -> dict[tuple[str, str], float]:
    """Every sample by its name and its labels besides the common ones, as the parser of the client library has it."""
    text = exposition(states).decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            own = {key: value for key, value in sample.labels.items() if key not in names.LABELS}
            assert {key: sample.labels[key] for key in names.LABELS} == LABELS
            found[sample.name, ",".join(own.values())] = sample.value
    return found


def test_before_the_first_round_there_are_counters_alone() -> None:
    assert samples(state()) == {(names.ROUNDS, "success"): 0, (names.ROUNDS, "failure"): 0}


def test_a_round_says_all_that_it_found() -> None:
    found = samples(state(GOOD))
    buckets = {key: value for key, value in found.items() if key[0].startswith(names.PHASE_DURATION)}
    assert {key: value for key, value in found.items() if key not in buckets} == {
        (names.SUCCESS, ""): 1,
        (names.DURATION, ""): 0.3,
        (names.CERTIFICATE_EXPIRY, ""): 5000,
        (names.PROTOCOL_VERSION, "2026-07-28"): 1,
        (names.PROTOCOL_VERSION, "2025-11-25"): 1,
        (names.TOOLS, ""): 2,
        (names.SCHEMA_DRIFT, "added"): 1,
        (names.SCHEMA_DRIFT, "removed"): 0,
        (names.SCHEMA_DRIFT, "changed"): 1,
        (names.SCHEMA_BREAKING, ""): 1,
        (names.LAST_RUN, ""): 1000,
        (names.ROUNDS, "success"): 1,
        (names.ROUNDS, "failure"): 0,
    }
    bucket = names.PHASE_DURATION + "_bucket"
    assert [buckets[bucket, f"connect,{bound}"] for bound in ("0.005", "0.01", "10.0", "+Inf")] == [0, 1, 1, 1]
    assert [buckets[bucket, f"tools,{bound}"] for bound in ("10.0", "+Inf")] == [0, 1]
    assert buckets[names.PHASE_DURATION + "_sum", "tools"] == 20


def test_a_failure_has_one_reason_and_takes_back_what_is_not_known_any_more() -> None:
    found = samples(state(GOOD, BAD))
    assert found[names.SUCCESS, ""] == 0
    assert {key: value for key, value in found.items() if key[0] == names.FAILURE} == {(names.FAILURE, "draining"): 1}
    assert not {names.TOOLS, names.PROTOCOL_VERSION, names.CERTIFICATE_EXPIRY, names.SCHEMA_DRIFT} & {
        n for n, _ in found
    }
    assert found[names.PHASE_DURATION + "_count", "connect"] == 2
    assert (names.FAILURE, "draining") not in samples(state(GOOD, BAD, GOOD))


def test_every_name_that_is_promised_is_emitted() -> None:
    emitted = {name for name, _ in samples(state(GOOD))} | {name for name, _ in samples(state(BAD))}
    histogram = {names.PHASE_DURATION + end for end in ("_bucket", "_count", "_sum")}
    assert emitted - histogram == set(names.NAMES) - {names.PHASE_DURATION}
    assert histogram <= emitted


def pages(*states: State, interval: float = 60, turned: float | None = None, ran: list[int] | None = None) -> Pages:
    return Pages(
        states=states,
        addresses=[f"https://{number}.example/mcp" for number in range(len(states))],
        interval_seconds=interval,
        turned=lambda: time.monotonic() if turned is None else turned,
        run_now=(ran if ran is not None else []).append,
    )


def named(name: str, *rounds: Round) -> State:
    made = state(*(replace(one, at=time.time()) for one in rounds))
    made.labels = {**LABELS, "endpoint": name}
    return made


def test_ready_means_that_the_last_round_was_good_and_is_not_old() -> None:
    good, bad, new, old = named("good", GOOD), named("bad", BAD), named("new"), named("old", GOOD)
    old.at = time.time() - 181
    made = pages(good, bad, new, old)
    assert made.answer("/ready?endpoint=good").status == 200
    assert made.answer("/ready?endpoint=https://0.example/mcp").status == 200
    refused = made.answer("/ready")
    assert refused.status == 503
    assert refused.body.decode().splitlines()[0].startswith("bad: draining: https://orders.example/mcp: HTTP 503. ")
    assert refused.body.decode().splitlines()[1:] == ["new: there was no round yet", "old: the last round is 181 s old"]
    assert made.answer("/ready?endpoint=other").status == 400


def test_the_other_pages() -> None:
    ran: list[int] = []
    made = pages(named("one", GOOD), named("two", BAD), ran=ran)
    assert made.answer("/healthz").status == 200
    assert pages(turned=time.monotonic() - 60).answer("/healthz").status == 503
    assert made.answer("/").status == 404
    # Only what the configuration names can be asked for: the exporter is no proxy into the network.
    assert made.answer("/probe?target=http://169.254.169.254/").status == 400
    assert made.answer("/probe").status == 400
    assert ran == []
    page = made.answer("/probe?target=two")
    assert (page.status, ran) == (200, [1])
    assert b'endpoint="two"' in page.body
    assert b'endpoint="one"' not in page.body
    assert page.content_type.startswith("text/plain; version=0.0.4")


ENDPOINT = {"name": "orders", "url": "https://mcp.example.com/mcp"}


def read(folder: Path, *endpoints: Mapping[str, Any], **keys: Any) -> Any:
    path = folder / "probe.yaml"
    path.write_text(json.dumps({"watcher": "us-east", "endpoints": list(endpoints), **keys}))
    return read_configuration(path)


def test_a_file_becomes_endpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "s3cret")
    (tmp_path / "tools.json").write_text('{"version": 1, "tools": {"a": {}}}')
    full = {
        **ENDPOINT,
        "server": "orders",
        "region": "eu-west",
        "eras": ["modern"],
        "protocolVersion": "2026-07-28",
        "schemaFile": "tools.json",
        "tool": {"name": "a", "arguments": {"b": 1}},
        "checks": ["origin"],
        "affinity": 1,
        "timeoutSeconds": 5,
        "slowSeconds": 2,
        "headers": [{"name": "Authorization", "variable": "TOKEN"}],
    }
    other = {**ENDPOINT, "name": "other", "schemaFile": "tools.json"}
    made = read(tmp_path, full, other, intervalSeconds=30)
    first, second = (target.watched for target in made.targets)
    assert (made.watcher, made.interval_seconds, first.region, second.region) == ("us-east", 30, "eu-west", "")
    assert (first.eras, first.version, first.checks, first.slow_seconds) == (
        (Era.MODERN,),
        "2026-07-28",
        {Check.ORIGIN},
        2,
    )
    assert (first.timeout_seconds, second.timeout_seconds, second.server) == (5, 10, "other")
    assert first.expectation is second.expectation, "one file is held once"
    assert made.targets[0].now().headers == {"Authorization": "Bearer s3cret"}
    assert "s3cret" not in repr(made)


@pytest.mark.parametrize(
    ("endpoint", "keys", "words"),
    [
        ({"url": "mcp.example.com"}, {}, "endpoints[0] (orders): url 'mcp.example.com' is not the address of a server"),
        ({"protocolVersion": "2026-13-01"}, {}, "protocolVersion '2026-13-01' does not exist"),
        ({"timeoutSeconds": 30}, {"intervalSeconds": 20}, "A round may take 30 s, and the next begins after 20 s"),
        ({"slowSeconds": 10}, {}, "slowSeconds is 10 and the timeout 10 s"),
        ({"eras": ["modem"]}, {}, "endpoints[0].eras[0]: It is 'modem', but takes one of modern"),
        ({"urls": "a"}, {}, "endpoints[0].urls: There is no such key.\n    Did you mean 'url'?"),
        ({"name": "two words"}, {}, "endpoints[0].name: "),
        ({"headers": [{"name": "A"}]}, {}, "needs either variable or file"),
        ({"headers": [{"name": "A", "file": "none"}]}, {}, "cannot be sent: the file"),
        ({"headers": [{"name": "Host", "file": "a"}]}, {}, "is set by the probe itself"),
        ({"headers": [{"name": "A", "variable": "PATH"}, {"name": "a", "variable": "PATH"}]}, {}, "'a' is given twice"),
        ({"strictSchema": True}, {}, "strictSchema compares with the file of schemaFile"),
        ({"eras": ["sse"], "affinity": 2, "checks": ["origin"]}, {}, "the only era: affinity, checks origin"),
        ({"schemaFile": "none.json"}, {}, "cannot be read: no such file or directory"),
        ({}, {"watcher": None}, "watcher: It is empty, but takes text"),
        ({}, {"intervalSeconds": 1}, "intervalSeconds: It is 1, but must be at least 5"),
        ({}, {"endpoints": []}, "endpoints: It has too few items"),
        ({}, {"endpoints": [ENDPOINT, ENDPOINT]}, "Another endpoint has this name"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_in_words(
    endpoint: dict[str, Any], keys: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ProbeError) as refused:
        read(tmp_path, {**ENDPOINT, **endpoint}, **keys)
    assert words in str(refused.value)


def test_what_is_wrong_with_one_endpoint_hides_nothing_of_another(tmp_path: Path) -> None:
    wrong = {**ENDPOINT, "name": "other", "url": "mcp.example.com", "protocolVersion": "2026-07-28"}
    with pytest.raises(ProbeError) as refused:
        read(tmp_path, {**ENDPOINT, "affinity": 50}, wrong, watcher="two words")
    for words in ("3 problems", "watcher: ", "endpoints[0].affinity: ", "endpoints[1] (other): url 'mcp.example.com'"):
        assert words in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "a: [", "{", "endpoints: 1", "\x00"])
def test_what_is_no_configuration_is_refused_in_words(text: str, tmp_path: Path) -> None:
    path = tmp_path / "probe.yaml"
    path.write_text(text)
    for place in (path, tmp_path, tmp_path / "none"):
        with pytest.raises(ProbeError, match="cannot be used: "):
            read_configuration(place)


@pytest.mark.grid
def test_a_secret_that_is_gone_is_a_failure_of_the_probe_and_not_of_the_server(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret")
    target = read(tmp_path, {**ENDPOINT, "headers": [{"name": "A", "file": "token"}]}).targets[0]
    token.unlink()
    one = asyncio.run(one_round(target, trust()))
    assert (one.reason, one.phases) == (Reason.PROBE, {})
    assert f"the file '{token}' cannot be read" in one.sentence


def test_a_name_that_leads_to_a_private_address_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def round_of(*_: object) -> Round:
        seen = Seen(address="10.0.0.7", notes=["mcp.example.com leads to 10.0.0.7"])
        return Round(name="orders", address="https://mcp.example.com/mcp", at=1.0, seconds=1.0, phases={}, seen=seen)

    watching = Watching(read(tmp_path, ENDPOINT), trust())
    monkeypatch.setattr("pulumi_kubernetes_mcp.probe.exporter.watching.one_round", round_of)
    for _ in range(3):
        asyncio.run(watching.round(watching.configuration.targets[0], watching.states[0]))
    assert [record.getMessage() for record in caplog.records] == ["orders: mcp.example.com leads to 10.0.0.7"]


@pytest.mark.grid
def test_nobody_waits_for_a_resolver_that_says_nothing() -> None:
    """asyncio.run joins the threads of its executor, and the interpreter joins them again."""
    lines = (
        "import asyncio, time",
        "from pulumi_kubernetes_mcp.probe.lookups import Lookups",
        "async def main():",
        "    loop = asyncio.get_running_loop()",
        "    loop.set_default_executor(Lookups())",
        "    assert await loop.run_in_executor(None, int, '7') == 7",
        "    loop.run_in_executor(None, time.sleep, 600)",
        "asyncio.run(main())",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, timeout=60)


@pytest.mark.grid
@pytest.mark.parametrize(("number", "at_once"), [(1, True), (3, False)])
def test_an_endpoint_that_is_alone_is_looked_at_without_delay(tmp_path: Path, number: int, at_once: bool) -> None:
    """A pod waits for its sidecar to be ready; many endpoints are spread over the interval."""
    endpoints = [{"url": "http://127.0.0.1:1/mcp", "name": f"orders-{one}"} for one in range(number)]
    watching = Watching(read(tmp_path, *endpoints, intervalSeconds=3600), trust())

    async def briefly() -> None:
        running = asyncio.create_task(watching.run())
        await asyncio.sleep(0.5)
        watching.stop()
        await running

    asyncio.run(briefly())
    assert [state.at is not None for state in watching.states] == [at_once] * number


@pytest.mark.parametrize(
    ("text", "address"), [("127.0.0.1:9810", ("127.0.0.1", 9810)), ("[::]:80", ("::", 80)), ("host:0", ("host", 0))]
)
def test_where_it_listens(text: str, address: tuple[str, int]) -> None:
    assert listen_address(text) == address


@pytest.mark.parametrize("text", ["9810", ":9810", "host:", "host:x", "host:65536", ""])
def test_where_it_cannot_listen(text: str) -> None:
    with pytest.raises(ProbeError):
        listen_address(text)
