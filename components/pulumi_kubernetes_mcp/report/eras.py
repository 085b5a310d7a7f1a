"""The tables of docs/protocol-eras.md: what follows from each list of eras. Pure: text from :func:`protocol.derive`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from ..eras import Era, EraProfile, derive, excluded_pair
from ..planning import RUNTIMES

MAX_TOOL_SECONDS = 60
SESSION_MINUTES = 20
"""The example of the tables: the defaults of the settings."""

Column = tuple[str, Callable[[EraProfile], str]]

DRAIN: Sequence[Column] = (
    ("pre-stop sleep", lambda era_profile: f"{era_profile.pre_stop_seconds} s"),
    ("graceful timeout", lambda era_profile: f"{era_profile.graceful_timeout_seconds} s"),
    ("grace period", lambda era_profile: f"{era_profile.grace_period_seconds} s"),
)
SCALING: Sequence[Column] = (
    ("affinity", lambda era_profile: "needed" if era_profile.needs_affinity else "none"),
    ("metric", lambda era_profile: era_profile.scaling_metric.value),
    ("scale-in window", lambda era_profile: f"{era_profile.scale_down_window_seconds} s"),
    ("evictions at once", lambda era_profile: _evictions(era_profile.disruption_max_unavailable)),
)
OUTSIDE: Sequence[Column] = (("probe from outside", lambda era_profile: f"`{era_profile.external_probe}`"),)


def combined() -> Iterator[tuple[Era, ...]]:
    """Every list of eras that one server can serve, short ones first."""
    for size in range(1, len(Era) + 1):
        for eras in combinations(Era, size):
            if excluded_pair(eras) is None:
                yield eras


def table(columns: Sequence[Column] = (*DRAIN, *SCALING, *OUTSIDE)) -> str:
    """One row per list of eras, at the slowest tool and the session length of the example."""
    rows = [["eras", *(title for title, _ in columns)], ["---"] * (len(columns) + 1)]
    for eras in combined():
        era_profile = derive(eras, max_tool_seconds=MAX_TOOL_SECONDS, session_minutes=SESSION_MINUTES)
        rows.append([" + ".join(f"`{era.value}`" for era in eras), *(show(era_profile) for _, show in columns)])
    return _lines(rows)


def silence_table() -> str:
    """How long a stream may be silent, with the SDKs' keep-alives and without."""
    rows = [["keep-alive", "stream idle timeout", "request timeout of the route"], ["---"] * 3]
    for keepalive in (15, 30, 0):
        era_profile = derive([Era.MODERN], max_tool_seconds=MAX_TOOL_SECONDS, keepalive_seconds=keepalive)
        rows.append(
            [
                f"every {keepalive} s" if keepalive else "none",
                f"{era_profile.stream_idle_timeout_seconds} s",
                "off" if era_profile.route_timeout_seconds == 0 else f"{era_profile.route_timeout_seconds} s",
            ]
        )
    return _lines(rows)


def keepalive_table() -> str:
    """What each runtime was seen to send while a call works, by era."""
    rows = [["runtime", *(f"`{era.value}`" for era in Era)], ["---"] * (1 + len(Era))]
    for profile in RUNTIMES.values():
        sent = [profile.keepalive_seconds.get(era.value) for era in Era]
        nothing = "nothing" if profile.keepalive_seconds else "not known"
        rows.append([f"`{profile.name}`", *(f"every {seconds} s" if seconds else nothing for seconds in sent)])
    return _lines(rows)


def header_table() -> str:
    """Which headers every hop lets through."""
    modern = derive([Era.MODERN], max_tool_seconds=MAX_TOOL_SECONDS).request_headers
    legacy = derive([Era.LEGACY_STATEFUL], max_tool_seconds=MAX_TOOL_SECONDS).request_headers
    rows = [["header", "modern", "others"], ["---"] * 3]
    rows += [[f"`{name}`", "yes" if name in modern else "no", "yes"] for name in legacy]
    return _lines(rows)


def generated() -> str:
    """All tables, as they stand between the marks of the page."""
    return "\n".join(
        (
            f"At `maxToolSeconds: {MAX_TOOL_SECONDS}` and `sessionMinutes: {SESSION_MINUTES}`:\n",
            table(),
            "A stream may be silent for so long before an edge closes it:\n",
            silence_table(),
            "What a runtime was seen to send while a call works; `keepaliveSeconds` says otherwise:\n",
            keepalive_table(),
            "Headers that every hop lets through:\n",
            header_table(),
        )
    )


def _evictions(at_once: int | None) -> str:
    return "down to the minimum less one" if at_once is None else str(at_once)


def _lines(rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
