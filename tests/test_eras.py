"""What follows from the eras: a table by hand for every combination, properties, and the page made from it."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.eras import (
    LEGACY_ERAS,
    SESSION_ERAS,
    Era,
    EraProfile,
    ScalingMetric,
    derive,
    excluded_pair,
    parse_eras,
)
from pulumi_kubernetes_mcp.report import eras as report
from tests.table import table
from tools.docs import eras as era_page

M, LS, LF, SSE = Era.MODERN, Era.LEGACY_STATELESS, Era.LEGACY_STATEFUL, Era.SSE

# At a slowest tool of 60 s, sessions of 20 minutes, keep-alives every 15 s; by hand from the facts.
# pre-stop = 10, and 60 for a legacy era; graceful = 60 for modern, else 5; grace = the sum and 5.
# eras: (pre-stop, graceful, grace, sessions, scale-in window, probe from outside)
GOLDEN = {
    (M,): (10, 60, 75, False, 300, "server/discover"),
    (LS,): (70, 5, 80, False, 300, "initialize"),
    (LF,): (70, 5, 80, True, 1200, "initialize, ping, DELETE"),
    (SSE,): (70, 5, 80, True, 1200, "GET stream, initialize, close"),
    (M, LS): (70, 60, 135, False, 300, "server/discover"),
    (M, LF): (70, 60, 135, True, 1200, "server/discover"),
    (M, SSE): (70, 60, 135, True, 1200, "server/discover"),
    (LS, LF): (70, 5, 80, True, 1200, "initialize"),
    (LS, SSE): (70, 5, 80, True, 1200, "initialize"),
    (LF, SSE): (70, 5, 80, True, 1200, "initialize, ping, DELETE"),
    (M, LS, LF): (70, 60, 135, True, 1200, "server/discover"),
    (M, LS, SSE): (70, 60, 135, True, 1200, "server/discover"),
    (M, LF, SSE): (70, 60, 135, True, 1200, "server/discover"),
    (LS, LF, SSE): (70, 5, 80, True, 1200, "initialize"),
    (M, LS, LF, SSE): (70, 60, 135, True, 1200, "server/discover"),
}
ALL = [subset for size in range(1, 5) for subset in combinations(Era, size)]
some_eras = st.sampled_from(ALL)
tools = st.integers(1, 86_400)


def test_the_golden_table_has_every_combination() -> None:
    assert list(GOLDEN) == ALL


@table("eras", ALL, ids="+".join)
def test_the_golden_table(eras: tuple[Era, ...]) -> None:
    pre_stop, graceful, grace, sessions, window, probe = GOLDEN[eras]
    assert derive(eras, max_tool_seconds=60, session_minutes=20, keepalive_seconds=15) == EraProfile(
        eras=eras,
        sessions=sessions,
        needs_affinity=sessions,
        scaling_metric=ScalingMetric.SESSIONS if sessions else ScalingMetric.CPU,
        scale_down_window_seconds=window,
        scale_down_pods_per_minute=1,
        disruption_max_unavailable=1 if sessions else None,
        pre_stop_seconds=pre_stop,
        graceful_timeout_seconds=graceful,
        grace_period_seconds=grace,
        route_timeout_seconds=0,
        stream_idle_timeout_seconds=60,
        request_headers=(
            ("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Authorization", "traceparent")
            + (() if eras == (M,) else ("Mcp-Session-Id", "Last-Event-ID"))
        ),
        well_known_paths=(),
        external_probe=probe,
    )


@pytest.mark.parametrize(
    ("eras", "tool", "pre_stop", "graceful", "grace"),
    [
        ([M], 1, 10, 1, 30),
        ([M], 15, 10, 15, 30),
        ([M], 16, 10, 16, 31),
        ([M], 300, 10, 300, 315),
        ([LF], 1, 11, 5, 30),
        ([LF], 300, 310, 5, 320),
        ([M, LF], 1, 11, 1, 30),
        ([M, LF], 300, 310, 300, 615),
        ([M, SSE], 3600, 3610, 3600, 7215),
    ],
)
def test_the_drain_by_hand(eras: list[Era], tool: int, pre_stop: int, graceful: int, grace: int) -> None:
    era_profile = derive(eras, max_tool_seconds=tool)
    assert (era_profile.pre_stop_seconds, era_profile.graceful_timeout_seconds, era_profile.grace_period_seconds) == (
        pre_stop,
        graceful,
        grace,
    )


@pytest.mark.parametrize(
    ("tool", "keepalive", "idle"),
    [(60, 15, 60), (600, 15, 60), (60, 16, 63), (60, 30, 105), (60, 0, 75), (10, 0, 60), (45, 0, 60), (600, 0, 615)],
)
def test_how_long_a_stream_may_be_silent(tool: int, keepalive: int, idle: int) -> None:
    era_profile = derive([M], max_tool_seconds=tool, keepalive_seconds=keepalive)
    assert era_profile.stream_idle_timeout_seconds == idle


@pytest.mark.parametrize(
    ("minutes", "window"), [(0.5, 600), (10, 600), (10.01, 601), (20, 1200), (60, 3600), (61, 3600), (1440, 3600)]
)
def test_scale_in_waits_for_a_session(minutes: float, window: int) -> None:
    assert derive([LF], max_tool_seconds=60, session_minutes=minutes).scale_down_window_seconds == window
    assert derive([M], max_tool_seconds=60, session_minutes=minutes).scale_down_window_seconds == 300


def test_an_authorization_server_publishes_its_metadata_at_both_places() -> None:
    assert derive([M], max_tool_seconds=60, authorization=True, path="/tools/mcp").well_known_paths == (
        "/.well-known/oauth-protected-resource/tools/mcp",
        "/.well-known/oauth-protected-resource",
    )


def test_eras_are_read_in_order_and_once() -> None:
    assert parse_eras(["sse", "modern", "sse"]) == (M, SSE)
    assert derive([SSE, M], max_tool_seconds=1) == derive([M, SSE, M], max_tool_seconds=1)
    with pytest.raises(ValueError, match=r"^'modren' is not a valid Era$"):
        parse_eras(["modren"])
    with pytest.raises(ValueError, match=r"^a server serves at least one protocol era$"):
        derive([], max_tool_seconds=60)


@given(some_eras)
def test_only_the_two_legacy_eras_of_one_transport_exclude_each_other(eras: tuple[Era, ...]) -> None:
    assert excluded_pair(eras) == ((LS, LF) if LS in eras and LF in eras else None)


@given(some_eras, tools, st.integers(0, 3600), st.floats(0.01, 1440))
def test_what_must_hold_for_every_server(eras: tuple[Era, ...], tool: int, keepalive: int, minutes: float) -> None:
    era_profile = derive(eras, max_tool_seconds=tool, keepalive_seconds=keepalive, session_minutes=minutes)
    assert era_profile.grace_period_seconds >= era_profile.pre_stop_seconds + era_profile.graceful_timeout_seconds + 5
    assert era_profile.grace_period_seconds >= 30
    assert era_profile.pre_stop_seconds >= 5
    if LEGACY_ERAS & set(eras):
        assert era_profile.pre_stop_seconds >= tool + 5
        assert {"Mcp-Session-Id", "Last-Event-ID"} < set(era_profile.request_headers)
    if M in eras:
        assert era_profile.graceful_timeout_seconds >= tool
    assert {"MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Authorization"} < set(era_profile.request_headers)
    assert len(set(era_profile.request_headers)) == len(era_profile.request_headers)
    assert 0 <= era_profile.scale_down_window_seconds <= 3600
    assert era_profile.stream_idle_timeout_seconds > 45
    assert era_profile.stream_idle_timeout_seconds > (2 * keepalive or tool)
    assert era_profile.route_timeout_seconds == 0 or era_profile.route_timeout_seconds >= tool + 15
    assert era_profile.sessions == era_profile.needs_affinity == bool(SESSION_ERAS & set(eras))
    assert era_profile.external_probe


@given(some_eras, tools, tools)
def test_a_slower_tool_never_shortens_anything(eras: tuple[Era, ...], one: int, other: int) -> None:
    fast, slow = (derive(eras, max_tool_seconds=tool, keepalive_seconds=0) for tool in sorted((one, other)))
    assert fast.pre_stop_seconds <= slow.pre_stop_seconds
    assert fast.graceful_timeout_seconds <= slow.graceful_timeout_seconds
    assert fast.grace_period_seconds <= slow.grace_period_seconds
    assert fast.stream_idle_timeout_seconds <= slow.stream_idle_timeout_seconds


@given(some_eras, st.sampled_from(Era), tools)
def test_a_further_era_never_shortens_the_drain(eras: tuple[Era, ...], more: Era, tool: int) -> None:
    one, both = derive(eras, max_tool_seconds=tool), derive({*eras, more}, max_tool_seconds=tool)
    assert one.grace_period_seconds <= both.grace_period_seconds
    assert one.pre_stop_seconds <= both.pre_stop_seconds
    assert one.sessions <= both.sessions


# The page


def test_the_page_is_up_to_date() -> None:
    assert era_page.PAGE.read_text(encoding="utf-8") == era_page.page(), "make docs"


def test_the_table_has_one_row_for_each_list_that_can_be_served() -> None:
    assert [eras for eras in ALL if excluded_pair(eras) is None] == list(report.combined())
    rows = report.table().splitlines()
    assert len(rows) == 2 + 11
    assert rows[0] == (
        "| eras | pre-stop sleep | graceful timeout | grace period | affinity | metric | scale-in window "
        "| evictions at once | probe from outside |"
    )
    assert rows[2] == (
        "| `modern` | 10 s | 60 s | 75 s | none | cpu | 300 s | down to the minimum less one | `server/discover` |"
    )
    assert "| `modern` + `legacy-stateful` | 70 s | 60 s | 135 s | needed | sessions | 1200 s | 1 |" in report.table()


def test_the_page_states_the_constants() -> None:
    page = " ".join(era_page.PAGE.read_text(encoding="utf-8").split())
    for words in (
        "10 s until the last proxy has heard",
        "the sum of both and 5 s, at least 30 s",
        "600 s at least and 3600 s at most",
        "Scale-in removes one pod a minute",
    ):
        assert words in page


def test_what_is_wanted_of_the_drain_is_in_force_and_the_grace_period_fits_it() -> None:
    wanted = derive([M, LF], max_tool_seconds=60, pre_stop_seconds=20, graceful_timeout_seconds=40)
    assert (wanted.pre_stop_seconds, wanted.graceful_timeout_seconds, wanted.grace_period_seconds) == (20, 40, 65)
    none = derive([M], max_tool_seconds=60, pre_stop_seconds=0, graceful_timeout_seconds=0)
    assert (none.pre_stop_seconds, none.graceful_timeout_seconds, none.grace_period_seconds) == (0, 0, 30)
    assert derive([M], max_tool_seconds=60, grace_period_seconds=10).grace_period_seconds == 10
    assert derive([M], max_tool_seconds=60, grace_period_seconds=10).pre_stop_seconds == 10
