"""Answers of Prometheus: what is read of them, and what is named and refused."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import threading
import time
import urllib.error
import urllib.parse
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp import asking
from pulumi_kubernetes_mcp.advise import prometheus
from pulumi_kubernetes_mcp.advise.answers import check_length, check_units, gaps, history_of, without_gaps
from pulumi_kubernetes_mcp.advise.history import DAY, FIGURES, STEP
from pulumi_kubernetes_mcp.advise.patterns import Known
from pulumi_kubernetes_mcp.advise.prometheus import check_address, fetch, recorded
from pulumi_kubernetes_mcp.advise.queries import queries
from pulumi_kubernetes_mcp.advise.refused import AdviseError
from pulumi_kubernetes_mcp.autoscaling.spec.queries import pods_of
from tests.load_test.samples import server
from tests.measuring.conftest import Answer, Asked, Serve, serve

START = 1_700_000_100 // STEP * STEP

__all__ = ["serve"]


def answer(*values: float, start: float = START, **changes: Any) -> dict[str, Any]:
    """An answer of query_range with one series."""
    pairs = [[start + STEP * place, str(value)] for place, value in enumerate(values)]
    return {
        "status": "success",
        "data": {"resultType": "matrix", "result": [{"metric": {}, "values": pairs}]},
    } | changes


def spaced(seconds: int, count: int = 30) -> dict[str, Any]:
    """The same with another step."""
    pairs = [[START + seconds * place, "2"] for place in range(count + 1)]
    return {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": pairs}]}}


def test_values_stand_on_one_grid() -> None:
    found = history_of({"pods": answer(2, 3, 2), "sessions": answer(50, start=START + 2 * STEP)})
    assert found.series == {"pods": [2, 3, 2], "sessions": [None, None, 50]}
    assert history_of({"pods": answer(2, float("nan"), 2)}).series == {"pods": [2, None, 2]}


def test_what_is_missing_is_said_and_left_out() -> None:
    found = history_of({"pods": answer(*[2.0] * 100), "memory": answer(*[1e8] * 40), "sessions": answer(*[9.0] * 80)})
    said = gaps(found)
    assert "'memory' has values for 40% of the time." in said
    assert "'latency' is not there: what is seen by it is not looked for." in said
    used = without_gaps(found)
    assert set(used.series) == {"pods", "sessions"}
    assert [note for note in gaps(used) if "memory" in note] == [
        "'memory' has values for 40% of the time, too few to compare days: it is left out."
    ]


def test_what_prometheus_warns_of_is_said() -> None:
    found = history_of({"pods": answer(2, 2), "sessions": answer(9, 9, warnings=["No StoreAPIs matched"], infos=["a"])})
    assert gaps(without_gaps(found))[0] == "'sessions' came with a warning, and may lack a part: No StoreAPIs matched"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "Prometheus knows none of the figures"),
        ({"sessions": answer(3)}, "There is no 'pods'"),
        ({"pods": answer(2, 2), "cpu": answer(*[0.1] * 10)}, "'pods' has values for 20% of the time only"),
        ({"pods": answer(2), "memory": answer(180)}, "'memory' goes from 180 to 180: bytes are expected"),
        ({"pods": answer(2), "cpu": answer(2500)}, "cores are expected, and these look like millicores"),
        ({"pods": answer(2), "latency": answer(30_000)}, "seconds are expected, and these look like milliseconds"),
        ({"pods": answer(-1)}, "'pods' goes down to -1, and can only be 0 or more"),
        ({"pods": answer(2), "calls": answer(-0.5)}, "'calls' goes down to -0.5"),
        ({"pods": answer(2, start=START * 1000)}, "seconds since 1970 are expected"),
        ({"pods": answer(2, start=float("nan"))}, "pods: a time of it is nan"),
        (
            {"pods": answer(*[2] * 9), "cpu": answer(*[1] * 9, start=START - DAY)},
            "'cpu' is of 2023-11-13 .* the same days",
        ),
        ({"pods": spaced(3600)}, "'pods' has a value each 3600 s, .* record it with step=300"),
        ({"pods": spaced(STEP, 63 * DAY // STEP)}, "The answers go over 63 days. Record 62 at most"),
        ({"pods": {"status": "error", "error": "parse error"}}, "Prometheus refused the query: parse error"),
        ({"pods": answer(1, isPartial=True)}, "pods: the answer is partial"),
        ({"pods": {"data": []}}, "it is no answer of Prometheus' query_range"),
        ({"pods": answer(1, data={"resultType": "vector", "result": []})}, r"a range of values is needed \(matrix\)"),
        ({"pods": answer(1, data={"resultType": "matrix", "result": [{"values": [[1]]}]})}, "are not pairs of a time"),
        (
            {"pods": answer(1, data={"resultType": "matrix", "result": [{}, {}]})},
            "2 series came back, and one is meant",
        ),
    ],
)
def test_answers_of_another_kind_are_refused(answers: dict[str, Any], words: str) -> None:
    with pytest.raises(AdviseError, match=words):
        history_of(answers)


def test_each_bound_of_an_answer_has_two_sides() -> None:
    """The middle value counts, and of pods the most."""
    pods = answer(*[2] * 9)
    for figure, right, wrong in (
        ("memory", [1.0] * 4 + [2.0**20] * 5, [2.0**20 - 1] * 5 + [2.0**30] * 4),
        ("cpu", [1000.0] * 5 + [9999.0] * 4, [1.0] * 4 + [1001.0] * 5),
        ("latency", [3600.0] * 5 + [9999.0] * 4, [1.0] * 4 + [3601.0] * 5),
        ("pods", [1.0] * 8 + [100_000.0], [1.0] * 8 + [100_001.0]),
        ("calls", [0.0] * 9, [1.0] * 8 + [-0.001]),
    ):
        assert history_of({"pods": pods, figure: answer(*right)}).known(figure) == right
        with pytest.raises(AdviseError, match=f"'{figure}'"):
            history_of({"pods": pods, figure: answer(*wrong)})
    assert history_of({"pods": answer(2, 2, 2), "cpu": answer(*[0.1] * 6)}).coverage("pods") == 0.5
    with pytest.raises(AdviseError, match=r"'pods' has values for 4\d% of the time only"):
        history_of({"pods": answer(2, 2, 2), "cpu": answer(*[0.1] * 7)})


@pytest.mark.parametrize(
    ("figure", "value", "words"),
    [
        ("cpu", 2 * 300, "'cpu' is 300 for each pod, whose limit is 1: cores are expected"),
        ("latency", 200, "'latency' is 200 for the most part, and a call may take 60 s: seconds are expected"),
        ("memory", 21 * 2**30, "'memory' is 2.25486e.10 for the most part, .* look like those of many"),
        ("memory", 19 * 2**30, None),
        ("cpu", 2 * 1.2, None),
        ("latency", 60, None),
    ],
)
def test_what_pods_of_the_stack_cannot_take_is_of_another_unit(figure: str, value: float, words: str | None) -> None:
    found = history_of({"pods": answer(2, 2, 2), figure: answer(value, value, value)})
    known = Known(min_replicas=2, sessions_per_pod=50, cpu_limit=1, call_seconds=60, memory_limit=2**30)
    if words is None:
        check_units(found, known)
        return
    with pytest.raises(AdviseError, match=words):
        check_units(found, known)


def test_an_hour_is_no_history() -> None:
    with pytest.raises(AdviseError, match=r"over 1.0 hours. Record a day at least"):
        check_length(history_of({"pods": answer(*[2] * 12)}))
    check_length(history_of({"pods": answer(*[2] * (DAY // STEP))}))


def test_files_are_called_after_their_figure_or_hold_several(tmp_path: Path) -> None:
    (tmp_path / "pods.json").write_text(json.dumps(answer(2, 2)))
    (tmp_path / "all.json").write_text(json.dumps({"sessions": answer(5, 6)}))
    assert recorded([tmp_path]).series == {"pods": [2, 2], "sessions": [5, 6]}
    (tmp_path / "other.json").write_text(json.dumps(answer(2)))
    with pytest.raises(AdviseError, match=r"other.json: it is called after no figure"):
        recorded([tmp_path])
    with pytest.raises(AdviseError, match=r"none: there is no such file"):
        recorded([tmp_path / "none"])
    (tmp_path / "other.json").write_text("<html>")
    with pytest.raises(AdviseError, match="an HTML page came back"):
        recorded([tmp_path / "other.json"])
    (tmp_path / "other.json").write_text("[" * 100_000)
    with pytest.raises(AdviseError, match="no JSON came back"):
        recorded([tmp_path / "other.json"])


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("prometheus:9090", "neither a file nor the address"),
        ("http://", "neither a file nor the address"),
        ("http://a:b:c", "neither a file nor the address"),
        ("https://me:secret@prometheus", "The address holds credentials"),
    ],
)
def test_addresses_without_a_scheme_are_refused(address: str, words: str) -> None:
    with pytest.raises(AdviseError, match=words) as refused:
        check_address(address)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, "<html>Log in</html>", "an HTML page came back, not an answer of Prometheus"),
        (200, "ok", "no JSON came back"),
        (502, "<html>bad gateway</html>", "answers 502 with a page that is not Prometheus'"),
        (401, "", "answers 401: give a token that may read it in PROMETHEUS_TOKEN"),
        (400, '{"status":"error","error":"bad_data: parse error"}', "does not take the query of 'pods': bad_data"),
    ],
)
def test_what_is_no_prometheus_is_named(serve: Serve, status: int, body: str, words: str) -> None:
    def reply(_asked: Asked) -> Answer:
        return status, "text/plain", body

    with pytest.raises(AdviseError, match=words):
        fetch(serve(reply), {"pods": "up"}, days=1)


@contextlib.contextmanager
def writing(head: str, drop: bytes = b"") -> Iterator[str]:
    """A server on loopback that takes one request and writes these bytes, then drop after drop; its address."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as stack:
        stack.callback(over.set)

        def write() -> None:
            taken, _ = listener.accept()
            with taken, contextlib.suppress(OSError):
                taken.recv(65536)
                taken.sendall(head.replace("\n", "\r\n").encode())
                while drop and not over.wait(0.02):
                    taken.sendall(drop)

        threading.Thread(target=write, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_token_goes_nowhere_else(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """urllib follows a redirect with every header."""
    monkeypatch.setenv(prometheus.TOKEN_VARIABLE, "the-token")
    asked: list[Asked] = []

    def reply(one: Asked) -> Answer:
        asked.append(one)
        return 200, "text/html", "<html>"

    sent_on = f"HTTP/1.1 302 Found\nLocation: {serve(reply)}/login?key=hidden\nContent-Length: 0\n\n"
    words = r"answers 302 and sends on to http://.*/login, where the token"
    with writing(sent_on) as here, pytest.raises(AdviseError, match=words) as refused:
        fetch(here, {"pods": "up"}, days=1)
    assert "hidden" not in str(refused.value)
    assert not asked


SECURED = "https://prometheus.example/api/v1/query_range"
ANY_LOGIN = ": give the address of Prometheus itself, behind any login."
CARRIED = ", where the token would go too"


@pytest.mark.parametrize(
    ("place", "token", "words"),
    [
        (f"{SECURED}?QUERY", "", None),
        (f"{SECURED}?QUERY", "the-token", f"{SECURED}{CARRIED}: begin the address with https."),
        ("https://login.example/?QUERY", "", f"https://login.example/{ANY_LOGIN}"),
        ("https://login.example/?QUERY", "the-token", f"https://login.example/{CARRIED}{ANY_LOGIN}"),
        ("/login", "", f"http://prometheus.example/login{ANY_LOGIN}"),
        (SECURED, "", f"{SECURED}{ANY_LOGIN}"),
        ("http://[", "", f"what is no address{ANY_LOGIN}"),
    ],
)
def test_only_the_same_address_with_https_is_asked_instead_and_no_token_goes_along(
    monkeypatch: pytest.MonkeyPatch, place: str, token: str, words: str | None
) -> None:
    asked: list[str] = []

    def get(url: str, _headers: object, **_limits: object) -> bytes:
        asked.append(url)
        if url.startswith("https:"):
            return json.dumps(answer(2, 2)).encode()
        headers = Message()
        headers["Location"] = place.replace("QUERY", url.partition("?")[2])
        raise urllib.error.HTTPError(url, 301, "Moved Permanently", headers, io.BytesIO())

    monkeypatch.setattr(asking, "get", get)
    monkeypatch.setenv(prometheus.TOKEN_VARIABLE, token)
    if words is None:
        found = fetch("http://prometheus.example", {"pods": "up"}, days=2 * STEP / DAY, end=START + 2 * STEP)
        assert found.series["pods"][:2] == [2, 2]
        assert asked[1] == asked[0].replace("http:", "https:")
        return
    with pytest.raises(AdviseError) as refused:
        fetch("http://prometheus.example", {"pods": "up"}, days=1)
    assert str(refused.value) == f"http://prometheus.example/api/v1/query_range answers 301 and sends on to {words}"
    assert len(asked) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "LOCALHOST", "localhost.", "u@localhost", "a.localhost"])
@pytest.mark.parametrize("port", ["", ":9"])
def test_a_proxy_gets_nothing_that_is_for_this_machine(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, host: str, port: str
) -> None:
    seen: list[Asked] = []

    def proxy(one: Asked) -> Answer:
        seen.append(one)
        return 200, "text/plain", ""

    monkeypatch.setenv("http_proxy", serve(proxy))
    monkeypatch.delenv("no_proxy", raising=False)
    with contextlib.suppress(OSError, ValueError):
        asking.get(f"http://{host}{port}/", {"Authorization": "Bearer t"}, silent_seconds=2, seconds=5, most=9)
    assert not seen


@pytest.mark.grid
def test_an_answer_that_drips_ends_in_its_time() -> None:
    """A socket's own timeout begins anew with each byte."""
    begun = time.monotonic()
    with (
        writing("HTTP/1.1 200 OK\nContent-Length: 1000000\n\n", b" ") as here,
        pytest.raises(TimeoutError, match=r"no complete answer within 0\.3 s"),
    ):
        asking.get(here, {}, silent_seconds=5, seconds=0.3, most=2_000_000)
    assert time.monotonic() - begun < 5


def test_each_figure_is_asked_for_by_its_query_and_its_days(serve: Serve) -> None:
    asked: list[Asked] = []

    def reply(one: Asked) -> Answer:
        asked.append(one)
        return 200, "application/json", json.dumps(answer(*[2] * 300))

    fetch(serve(reply), {"pods": 'up{a="b"}', "cpu": "c & d"}, days=1, end=START + DAY + 7)
    parts = [urllib.parse.urlsplit(one.path) for one in asked]
    assert [one.path for one in parts] == ["/api/v1/query_range"] * 2
    span = {"start": [str(START)], "end": [str(START + DAY)], "step": [str(STEP)]}
    assert [urllib.parse.parse_qs(one.query) for one in parts] == [
        {"query": ['up{a="b"}'], **span},
        {"query": ["c & d"], **span},
    ]


def test_one_that_starts_is_asked_again(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    replies = iter([503, 503])
    said: list[str] = []

    def reply(_asked: Asked) -> Answer:
        status = next(replies, 200)
        return status, "application/json", json.dumps(answer(2, 2)) if status == 200 else "Service Unavailable"

    found = fetch(serve(reply), {"pods": "up"}, days=2 * STEP / DAY, end=START + 2 * STEP, say=said.append)
    assert found.series["pods"][:2] == [2, 2]
    assert pauses == [1, 2]
    assert [line.rpartition("; ")[2] for line in said] == ["Asking for pods", "again in 1 s", "again in 2 s"]


@pytest.mark.parametrize(
    ("body", "tries", "words"),
    [
        ("Service Unavailable", 4, "still answers 503 after 7 s: a Prometheus does so while it starts"),
        ('{"status":"error","errorType":"timeout","error":"query timed out"}', 1, "of 'pods': query timed out"),
    ],
)
def test_one_that_never_starts_is_left(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, body: str, tries: int, words: str
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    asked: list[Asked] = []

    def reply(one: Asked) -> Answer:
        asked.append(one)
        return 503, "text/plain", body

    with pytest.raises(AdviseError, match=words):
        fetch(serve(reply), {"pods": "up"}, days=1)
    assert len(asked) == tries


def test_a_prometheus_that_is_not_there_is_named() -> None:
    with pytest.raises(AdviseError, match=r"cannot be reached: .* Is there a port-forward to it\?"):
        fetch("http://127.0.0.1:9", {"pods": "up"}, days=1)


def test_each_figure_is_asked_for_by_the_stacks_own_names() -> None:
    found = queries(server(server={"eras": ["legacy-stateful"]}))
    assert set(found) == set(FIGURES)
    recorded, _, asked = found["sessions"].partition(" or ")
    assert recorded == 'max(server:mcp_sessions:sum{namespace="mcp-staging-here",server="orders"})'
    assert asked.startswith("sum(mcp_active_sse_connections{")
    assert 'deployment="orders"' in found["pods"]
    calls = queries(server())["sessions"]
    assert calls.startswith("max(server:mcp_calls_in_flight:sum{")
    assert " or sum(mcp_in_flight_calls{" in calls


@pytest.mark.grid
def test_what_is_recorded_is_asked_for_before_what_a_dialect_calls_it() -> None:
    """The names of the rules are those of the stack's own rule file, in a dialect without sessions too."""
    from pulumi_kubernetes_mcp.monitoring.rules import recording
    from tests.monitoring.stacks import pooled, watched_in

    names = {name for name, _ in recording(watched_in(pooled()))}
    assert queries(pooled().first)["sessions"].split("{")[0].removeprefix("max(") in names
    scaled = {"prometheusAddress": "http://prometheus.monitoring:9090"}
    own = server(server={"eras": ["legacy-stateful"]}, scaling={**scaled, "query": "sum(mine)", "targetPerPod": 5})
    assert queries(own)["sessions"] == "sum(mine)"
    volumes = [{"path": "/data", "claim": {"size": "1Gi", "perPod": True}}]
    stateful = server(server={"eras": ["legacy-stateful"], "volumes": volumes})
    # Each figure is of the pods that the stack's own rules mean, and of no StatefulSet whose name goes on.
    for figure in ("sessions", "cpu", "memory", "restarts", "calls", "latency"):
        assert 'pod=~"orders-[0-9]+"' in queries(stateful)[figure]
        assert f'pod=~"{pods_of("orders", "Deployment")}"' in queries(server())[figure]
