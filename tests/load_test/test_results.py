"""What is read of k6: summaries, logs of runner pods, points; and what is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.load_test.refused import LoadTestError
from pulumi_kubernetes_mcp.load_test.results import quantile, read
from tests.load_test.samples import made


def trend(count: int, p95: float) -> dict[str, Any]:
    values = {"count": count, "min": 1, "avg": p95 / 2, "med": p95 / 3, "p(95)": p95, "p(99)": p95 * 2, "max": p95 * 3}
    return {"type": "trend", "contains": "time", "values": values}


def summary(p95: float = 300, failed: int = 2, count: int = 950, **changes: Any) -> dict[str, Any]:
    """A summary of a peak as one runner writes it."""
    metrics: dict[str, Any] = {
        "mcp_call_duration": trend(count, p95),
        "mcp_call_duration{stage:hold}": trend(count, p95),
        "mcp_call_duration{tool:search}": trend(count, p95),
        "mcp_exchange_duration{phase:list}": trend(10, 5),
        "mcp_exchange_duration{phase:opening,stage:hold}": trend(10, 25),
        "mcp_failed{stage:hold}": {"type": "rate", "contains": "default", "values": {"passes": failed, "fails": 98}},
        "mcp_failures{reason:timeout}": {"type": "counter", "contains": "default", "values": {"count": failed}},
        "mcp_sessions": {"type": "counter", "contains": "default", "values": {"count": 10}},
        "mcp_sessions_closed": {"type": "counter", "contains": "default", "values": {"count": 10}},
        "http_reqs": {"type": "counter", "contains": "default", "values": {"count": 1}, "thresholds": {}},
    }
    metrics["mcp_failed{stage:hold}"]["thresholds"] = {"rate<=0.01": {"ok": failed == 0}}
    plan = made("peak").document()
    return {
        "mcpLoadTest": 1,
        "startedAt": "2026-11-29T09:00:00Z",
        "seconds": 750,
        "plan": plan,
        "metrics": metrics,
    } | changes


def write(path: Path, *lines: object) -> Path:
    path.write_text(
        "".join(f"{one if isinstance(one, str) else json.dumps(one, separators=(',', ':'))}\n" for one in lines)
    )
    return path


def test_a_summary_is_read(tmp_path: Path) -> None:
    found = read([write(tmp_path / "a.json", summary())])
    hold = found.stages[1]
    assert (hold.name, hold.seconds, hold.mean_sessions, hold.judged) == ("hold", 600, 100, True)
    assert hold.times is not None
    assert hold.openings is not None
    assert hold.openings.p95 == 25
    assert (hold.times.p95, hold.calls_per_second, hold.failed_percent) == (300, 950 / 600, 2)
    assert (found.failures, found.sessions, found.exact) == ({"timeout": 2}, 10, True)
    assert found.missed == ("mcp_failed{stage:hold}: rate<=0.01",)
    assert list(found.tools) == ["search"]


def test_runners_are_added_up_and_their_percentiles_are_not(tmp_path: Path) -> None:
    """Logs have other lines around it, and times before it. Of the percentiles the highest is an upper bound."""
    one = write(tmp_path / "1.log", "time=9 level=info msg=x", f"2026-11-29T09:00Z stdout F {dumped(summary(p95=300))}")
    two = write(tmp_path / "2.log", summary(p95=400, failed=0))
    found = read([one, two])
    hold = found.stages[1]
    assert hold.times is not None
    assert (hold.times.p95, hold.times.count, hold.failed_percent) == (400, 1900, 100 * 2 / 198)
    assert (found.runners, found.exact, found.sessions) == (2, False, 20)


def dumped(data: dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"))


def test_points_make_percentiles_exact(tmp_path: Path) -> None:
    """A hundred calls of 1 to 100 ms: the 95th percentile lies between the 95th and the 96th, at 95.05."""
    points = [
        {
            "metric": "mcp_call_duration",
            "type": "Point",
            "data": {"value": value, "tags": {"stage": "hold", "tool": "search"}},
        }
        for value in range(1, 101)
    ]
    other = {"metric": "http_reqs", "type": "Point", "data": {"value": 1, "tags": {}}}
    files = [write(tmp_path / "a.json", summary(count=100)), write(tmp_path / "b.ndjson", *points, other, "{broken")]
    files[1].write_bytes(gzip.compress(files[1].read_bytes()))
    found = read(files)
    assert found.stages[1].times is not None
    assert found.stages[1].times.p95 == pytest.approx(95.05)
    assert found.times is not None
    assert (found.times.count, found.times.most) == (100, 100)
    with pytest.raises(LoadTestError, match="the points hold 100 calls, and the summaries 950"):
        read([write(tmp_path / "a.json", summary()), files[1]])
    files[1].write_bytes(files[1].read_bytes()[:-9])
    with pytest.raises(LoadTestError, match="cannot be read to its end"):
        read(files)


def test_a_summary_may_have_been_given_lines(tmp_path: Path) -> None:
    assert read([write(tmp_path / "a.json", json.dumps(summary(), indent=2))]).sessions == 10


def test_a_quantile_lies_between_its_neighbours() -> None:
    assert quantile([1, 2, 3, 4], 0.5) == 2.5
    assert quantile([7], 0.95) == 7


def in_seconds() -> dict[str, Any]:
    data = summary()
    data["metrics"]["mcp_call_duration"]["contains"] = "default"
    return data


def changed(metrics: dict[str, Any]) -> dict[str, Any]:
    data = summary()
    data["metrics"] |= metrics
    return data


def point(**changes: Any) -> dict[str, Any]:
    data = {"value": 1, "tags": {"stage": "hold", "tool": "search"}} | changes
    return {"metric": "mcp_call_duration", "type": "Point", "data": data}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["nothing of it"], "there is no summary of a load test"),
        (
            ['{"metric":"mcp_call_duration","type":"Point","data":{"value":1,"tags":{"stage":"hold","tool":"a"}}}'],
            "points of k6 without the test",
        ),
        ([dumped(summary())[:200]], "the summary is cut off"),
        ([summary() | {"mcpLoadTest": 2}], "its format is 2, not 1"),
        ([{"mcpLoadTest": 1, "metrics": {}}], "there is no plan in it"),
        (["metric_name,timestamp,metric_value", "mcp_call_duration,1,2"], "points of k6 as CSV"),
        (['{"metrics": {}, "root_group": {}}'], "k6's own summary"),
        ([point(tags={"tool": "search"}), summary()], "line 1: a point of mcp_call_duration without its value or its"),
        ([point(tags=None), summary()], "without its value or its tags"),
        ([point(value="a"), summary()], "without its value or its tags"),
        (
            [changed({"mcp_call_duration": {"contains": "time", "values": {"count": 1}}})],
            "metrics: .* no time as its 'med'",
        ),
        ([changed({"mcp_sessions": {"values": {"count": "a"}}})], "metrics.mcp_sessions.values.count: input"),
        ([changed({"mcp_sessions": None})], "metrics.mcp_sessions: input should be"),
        ([summary(seconds="a", memory=[[0]])], "seconds: input should be .*; memory.0.1: field required"),
        ([summary(plan={**made("peak").document(), "pods": 0})], "plan.pods: input should be greater"),
        ([in_seconds()], "mcp_call_duration holds 'default', not times in milliseconds"),
        ([summary(), summary(plan={**made("soak").document()})], "The files are not of one test: 'peak' of dev/orders"),
    ],
)
def test_what_is_no_result_is_refused(tmp_path: Path, lines: list[object], words: str) -> None:
    with pytest.raises(LoadTestError, match=words):
        read([write(tmp_path / "a.json", *lines)])


def test_calls_that_found_nobody_took_no_time(tmp_path: Path) -> None:
    """k6 counts the time after the connection, and most calls to a server that died have none."""
    metrics = summary()["metrics"]
    metrics["mcp_call_duration{stage:hold}"]["values"] |= {"med": 0, "min": 0}
    times = read([write(tmp_path / "a.json", changed(metrics))]).stages[1].times
    assert times is not None
    assert (times.p50, times.p95) == (0, 300)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(LoadTestError, match="there is no such file"):
        read([tmp_path / "none.json"])
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LoadTestError, match="it is no text in UTF-8"):
        read([tmp_path / "b.json"])
