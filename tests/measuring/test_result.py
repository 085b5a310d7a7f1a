"""From what was found to the profile, its notes and its table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp.measuring.costs import Cost, SessionCost
from pulumi_kubernetes_mcp.measuring.eras import Spoken
from pulumi_kubernetes_mcp.measuring.found import Burst, EraFound, Found
from pulumi_kubernetes_mcp.measuring.paced import Paced
from pulumi_kubernetes_mcp.measuring.report import rows
from pulumi_kubernetes_mcp.measuring.request import Request
from pulumi_kubernetes_mcp.measuring.result import profile, text
from pulumi_kubernetes_mcp.measuring.target import target
from pulumi_kubernetes_mcp.measuring.tools import ToolFound
from pulumi_kubernetes_mcp.measuring.watch import Point
from pulumi_kubernetes_mcp.settings.profile import Measured, Profile

WHEN = datetime(2026, 11, 21, 14, 5, 7, tzinfo=UTC)
TARGET = target("https://mcp.example.com/mcp", headers=["Authorization: Bearer hunter2"])
STARTED = Request(target=TARGET, start=("server",), runtime="python-v2")
ATTACHED = Request(target=TARGET, pid=1)


def era(name: str, baseline: float, **changed: Any) -> EraFound:
    found = EraFound(
        era=name,
        points=[Point(8, 71.0, 71.5, 15), Point(40, 74.0, 74.0, 47)],
        bursts=[
            Burst(seconds=1.0, taken=[0.010] * 99 + [0.110], cpu_seconds=0.9),
            Burst(seconds=1.0, taken=[0.010] * 100, cpu_seconds=1.1),
        ],
        callers=8,
        most_sessions=40,
        cost=SessionCost(Cost(baseline, 0.5), Cost(98.4, 2.0), 1.0),
        idle_mib=70.0,
        idle_descriptors=7,
        idle_millicores=2.5,
        after_descriptors=7,
    )
    for key, value in changed.items():
        setattr(found, key, value)
    return found


def found(*eras: EraFound, source: str = "process", **others: Any) -> Found:
    return Found(spoken=Spoken("orders 2.1", tuple(e.era for e in eras)), source=source, eras=list(eras), **others)


def test_the_numbers() -> None:
    made = profile(found(era("modern", 69.0), era("legacy-stateful", 70.0)), STARTED, WHEN)
    assert made.server == "orders 2.1"
    assert made.runtime == "python-v2"
    assert made.measured_at == "2026-11-21T14:05:07Z"
    assert made.process is not None
    # The dearest era decides: a pod that serves both has both.
    assert (made.process.baseline_mib.value, made.process.baseline_mib.error) == (70.0, 0.5)
    assert made.process.baseline_descriptors == 7
    assert made.process.idle_cpu_millicores == 2.5
    modern = made.eras["modern"]
    assert modern.calls_per_second == 100
    assert modern.latency_milliseconds is not None
    assert modern.latency_milliseconds.mean == pytest.approx(10.5)
    assert (modern.latency_milliseconds.p50, modern.latency_milliseconds.p99) == (10, 10)
    assert modern.call_cpu_milliseconds is not None
    # Bursts of 9 and 11 ms a call: 10, ± t(1) × √2 / √2.
    assert modern.call_cpu_milliseconds.value == pytest.approx(10)
    assert modern.call_cpu_milliseconds.error == pytest.approx(12.706)
    assert modern.sessions == 40


def test_a_process_with_a_past_has_the_baseline_of_the_first_era() -> None:
    made = profile(found(era("modern", 69.0), era("legacy-stateful", 90.0)), ATTACHED, WHEN)
    assert made.process is not None
    assert made.process.baseline_mib.value == 69
    assert any("--start measures" in note for note in made.notes)


def test_cpu_at_half_load_comes_before_that_of_calls_in_a_burst_or_alone() -> None:
    half = Paced(milliseconds=1.25, error=0.1, millicores=480, per_second=380)
    short = Paced(milliseconds=2.5, error=0.2, millicores=120, per_second=48, limit="256 calls were in flight")
    tool = ToolFound(name="search", era="modern", taken=[0.5], cpu_seconds=[0.008], paced=short)
    made = profile(found(era("modern", 69.0, paced=half), tools=[tool]), STARTED, WHEN)
    modern, search = made.eras["modern"], made.tools[0]
    assert modern.call_cpu_milliseconds == Measured(value=1.25, error=0.1)
    assert modern.call_cpu_at_millicores == 480
    assert search.cpu_milliseconds == Measured(value=2.5, error=0.2)
    assert search.cpu_at_millicores == 120
    (said,) = made.notes
    assert said.startswith("tool search: CPU per call was measured at 120 millicores, short of half a core: 256 calls")


def test_the_file_is_read_back_as_it_was_and_holds_no_address_and_no_token() -> None:
    tool = ToolFound(
        name="search", era="modern", taken=[0.1, 0.2], cpu_seconds=[0.002, 0.004], response_kib=3.5, in_flight_kib=12.0
    )
    made = profile(found(era("modern", 69.0), tools=[tool]), STARTED, WHEN)
    written = text(made)
    assert Profile.model_validate(yaml.safe_load(written), by_alias=True, by_name=False) == made
    assert made.tools[0].cpu_milliseconds is not None
    assert made.tools[0].cpu_milliseconds.value == pytest.approx(3)
    for secret in ("hunter2", "example.com", "Authorization"):
        assert secret not in written


def test_text_of_the_server_cannot_break_the_file_or_the_terminal() -> None:
    odd = found(era("modern", 69.0), notes=["a\x1b[31m: b\n- c"])
    odd = Found(spoken=Spoken("x\x1b]0;title\x07: [", ("modern",)), source="process", eras=odd.eras, notes=odd.notes)
    made = profile(odd, STARTED, WHEN)
    assert "\x1b" not in text(made)
    assert (
        yaml.safe_load(text(made))["server"]
        == made.server
        == "x\N{REPLACEMENT CHARACTER}]0;title\N{REPLACEMENT CHARACTER}: ["
    )


def notes(made: Found, request: Request = STARTED) -> str:
    return "\n".join(profile(made, request, WHEN).notes)


def test_nothing_to_tell() -> None:
    assert notes(found(era("modern", 69.0))) == ""


def test_a_client_that_was_the_bottleneck_is_told() -> None:
    slow = [Burst(seconds=1.0, taken=[0.01] * 10, cpu_seconds=0.5)]
    assert "modern: the server had time left" in notes(found(era("modern", 69.0, bursts=slow)))


def test_a_lower_bound_is_told_and_not_planned_with() -> None:
    hidden = SessionCost(Cost(70.0), Cost(3.0), 1.0, lower_bound=True)
    both = found(era("modern", 69.0), era("sse", 69.0, cost=hidden))
    said = notes(both, ATTACHED)
    assert "sse: memory per session was not found" in said
    assert "at least 3 KiB" in said
    assert "modern: memory" not in said
    made = profile(both, ATTACHED, WHEN)
    assert made.eras["sse"].session_kib is None, "a plan from it would be too small"
    assert made.eras["sse"].session_descriptors == 1


def test_garbage_is_told() -> None:
    assert "V8: memory per session is what lives" in notes(found(era("modern", 69.0, live=[(233, 31.0), (266, 33.0)])))


def test_without_a_source_nothing_but_rates_is_said() -> None:
    bare = era("modern", 0, points=[], cost=None, idle_mib=None, idle_descriptors=None, idle_millicores=None)
    bare.bursts = [Burst(seconds=1.0, taken=[0.01] * 10, cpu_seconds=None)]
    made = profile(found(bare, source="none"), Request(target=TARGET), WHEN)
    assert made.process is None
    assert made.eras["modern"].session_kib is None
    assert made.eras["modern"].call_cpu_milliseconds is None
    assert made.eras["modern"].calls_per_second == 10
    assert "were not measured" in "\n".join(made.notes)


def test_metrics_without_descriptors_are_told() -> None:
    points = [Point(8, 71.0, 71.0, None), Point(40, 74.0, 74.0, None)]
    said = notes(found(era("modern", 69.0, points=points, idle_descriptors=None), source="metrics"), ATTACHED)
    assert "no 'process_open_fds'" in said
    assert "peaks between two readings" in said


def test_a_refused_first_step_leaves_what_was_read_idle() -> None:
    made = profile(found(era("legacy-stateful", 0, cost=None, points=[Point(8, 71.0, 71.0, 15)])), STARTED, WHEN)
    assert made.process is not None
    assert made.process.baseline_mib.value == 70


def test_the_table_has_every_figure() -> None:
    tool = ToolFound(
        name="search", era="modern", taken=[0.1], cpu_seconds=[0.002], response_kib=3.5, in_flight_kib=12.0
    )
    both = found(era("modern", 69.0), era("legacy-stateful", 70.0, stream_kib=Cost(58.0, 4.0)), tools=[tool])
    both.eras[0].processes = 3
    shown = {what: (value, error) for what, value, error in rows(profile(both, STARTED, WHEN))}
    assert shown["process: memory with no session"] == ("70 MiB", "± 0.5")
    assert shown["process: processes counted together"] == ("3", "")
    assert shown["modern: memory per listen stream"] == ("98.4 KiB", "± 2")
    assert shown["legacy-stateful: memory per session"] == ("98.4 KiB", "± 2")
    assert shown["legacy-stateful: of it, the stream"] == ("58 KiB", "± 4")
    assert shown["modern: CPU per call"] == shown["legacy-stateful: CPU per call"] == ("10 ms", "± 12.71")
    assert shown["modern: latency, 8 callers"] == ("10.5 ms", "P50 10, P95 10, P99 10")
    assert shown["tool search (modern, 1 calls): answer"] == ("3.5 KiB", "")
    assert shown["tool search (modern, 1 calls): memory per further call in flight"] == ("12 KiB", "")
