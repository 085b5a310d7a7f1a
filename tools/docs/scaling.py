"""Tables of the page about autoscaling, made by the functions that decide."""

from __future__ import annotations

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.eras import Era

from .regions import table

WORDS: tuple[tuple[tuple[str, ...], str, str, int], ...] = (
    (("weekdays",), "08:00", "18:00", 10),
    (("weekdays",), "22:00", "06:00", 0),
    (("mon",), "00:05", "06:00", 15),
    (("weekends",), "00:00", "24:00", 0),
    (("weekdays",), "20:00", "19:00", 90),
    (("11-27", "11-28", "12-24"), "06:00", "23:00", 30),
    (("12-31",), "20:00", "06:00", 0),
)
"""Days, from, to and ramp of the schedules that the page translates."""


def dialects() -> str:
    """Every dialect and what it counts, by era; what no dialect counts is left out."""
    rows = []
    for dialect in specs.DIALECTS:
        for follow in specs.FOLLOWS[1:]:
            answers: dict[tuple[str, str], list[str]] = {}
            for era in Era:
                if len({_answer(follow, other, era) for other in specs.DIALECTS}) > 1:
                    answers.setdefault(_answer(follow, dialect, era), []).append(f"`{era}`")
            for (metric, note), eras in answers.items():
                rows.append([f"`{dialect}`", f"`{follow}`", ", ".join(eras), metric, note])
    return table(["dialect", "follow", "eras", "metric", "what to know"], rows)


def _answer(follow: str, dialect: str, era: Era) -> tuple[str, str]:
    found = specs.gauge(follow, dialect, [era])
    if isinstance(found, specs.Missing):
        return "none", f"{found.why[0].upper()}{found.why[1:]}."
    matchers = f"{{{found.matchers}}}" if found.matchers else ""
    return f"`{found.metric}{matchers}`", f"It {found.besides}." if found.besides else ""


def queries() -> str:
    """One query of each kind, as it is sent."""
    lines = [
        str(specs.keda_query(follow, dialect, "mcp-prod", "orders", eras=[era]))
        for follow, dialect, era in (
            ("sessions", "reference", Era.LEGACY_STATEFUL),
            ("streams", "opentelemetry", Era.LEGACY_STATEFUL),
            ("in-flight", "toolhive", Era.LEGACY_STATELESS),
            ("streams", "envoy", Era.LEGACY_STATEFUL),
        )
    ]
    return "\n".join(["```promql", *lines, "```"])


def behavior(*, sessions: bool) -> str:
    """Every number of the behaviour of a server with 30 pods at most, and its reason."""
    basis = specs.Basis(
        sessions=sessions,
        session_minutes=20,
        max_replicas=30,
        scale_down_window_seconds=1200 if sessions else 300,
        drain_seconds=80 if sessions else None,
    )
    units = {"window_seconds": " s", "period_seconds": " s", "pods": ""}
    rows = [
        [f"`{one.key}`", f"{one.value}{units[one.key.partition('.')[2]]}", one.reason] for one in specs.explained(basis)
    ]
    return table(["number", "value", "why"], rows)


def translated() -> str:
    """Schedules in words, and the crons that KEDA gets."""
    rows = []
    for days, begin, end, ramp in WORDS:
        one = specs.Schedule(
            name="a",
            time_zone="UTC",
            replicas=8,
            days=days,
            from_time=begin,
            to_time=end,
            ramp_minutes=ramp,
        )
        pairs = [f"`{start}` to `{stop}`" for start, stop in specs.crons(one)]
        rows.append([", ".join(f"`{day}`" for day in days), begin, end, str(ramp), "; ".join(pairs)])
    return table(["days", "from", "to", "ramp, minutes", "start and end for KEDA"], rows)
