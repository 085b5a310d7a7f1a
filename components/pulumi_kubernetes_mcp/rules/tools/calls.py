"""Rules about one call of a tool: its queries, its length and its CPU."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..model import Finding, Rule, Severity
from ..words import at_least, at_most, number, quoted, up


@dataclass(frozen=True, kw_only=True)
class Call:
    """What is planned of a call of one tool, and the settings that say it."""

    name: str
    duration_milliseconds: float
    p95_milliseconds: float | None
    """``None`` where neither the stack nor a profile says it."""
    cpu_milliseconds: float
    """The least that it takes: of a measured one the lower end of its interval."""
    queries: float
    query_milliseconds: float | None
    """Time that a query holds a connection; ``None`` without a database server."""


LONG_QUERIES = Rule(
    code="MCP516",
    slug="queries-longer-than-call",
    severity=Severity.ERROR,
    title="queries that last longer than their call",
    meaning="""
        `queries` times `queryMilliseconds` of a tool, where it is not given that of `mcp:database`, is above its
        duration. A tool that uses no database has `queries: 0`; the default is one query.
        """,
    why="""
        A call waits for its queries, so it lasts at least as long. The plan would count more connections in use than
        calls in flight.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: get_order, sharePercent: 100, durationMilliseconds: 40}
        mcp:database:
          host: db.example.com
          maxConnections: 400
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: get_order, sharePercent: 100, durationMilliseconds: 40, queryMilliseconds: 12}
        mcp:database:
          host: db.example.com
          maxConnections: 400
        """,
    note="The default of `mcp:database.queryMilliseconds` is 50.",
)


def query_findings(call: Call, *, path: str) -> list[Finding]:
    """MCP516 if the queries of a call last longer than the call."""
    if call.query_milliseconds is None:
        return []
    one, all_queries = Fraction(str(call.query_milliseconds)), Fraction(str(call.queries))
    if one * all_queries <= Fraction(str(call.duration_milliseconds)):
        return []
    most = call.duration_milliseconds / call.queries
    return [
        LONG_QUERIES.at(
            path,
            f"Its queries take {number(float(one * all_queries))} ms ({number(call.queries)} × "
            f"{number(call.query_milliseconds)} ms), and a call of {quoted(call.name)} lasts "
            f"{number(call.duration_milliseconds)} ms.",
            f"Set queries to 0 if it uses no database, or give queryMilliseconds of at most {at_most(most)}; queries "
            "side by side count as one.",
        )
    ]


CUT = Rule(
    code="MCP517",
    slug="tool-slower-than-slowest",
    severity=Severity.WARNING,
    title="a tool slower than the slowest",
    meaning="""
        The 95th percentile of a tool's duration, or its mean where no percentile is known, is above
        `mcp:server.maxToolSeconds`.
        """,
    why="""
        The drain and every timeout are made from mcp:server.maxToolSeconds. Calls that last longer are cut by a
        rollout, and may be cut by the route.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: export_orders, sharePercent: 100, durationMilliseconds: 40000, p95Milliseconds: 90000}
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: export_orders, sharePercent: 100, durationMilliseconds: 40000, p95Milliseconds: 90000}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          maxToolSeconds: 120
        """,
)


def drain_findings(call: Call, *, max_tool_seconds: int, path: str) -> list[Finding]:
    """MCP517 if one call in twenty, or the mean where no more is known, lasts longer than the slowest tool may."""
    slow = call.duration_milliseconds if call.p95_milliseconds is None else call.p95_milliseconds
    if slow <= max_tool_seconds * 1000:
        return []
    which = "The mean call" if call.p95_milliseconds is None else "One call in twenty"
    return [
        CUT.at(
            path,
            f"{which} of {quoted(call.name)} lasts {number(slow / 1000)} s or more, and mcp:server.maxToolSeconds is "
            f"{max_tool_seconds}.",
            f"Set mcp:server.maxToolSeconds to at least {up(slow / 1000)}, or make the tool a task that is "
            "asked for its result.",
        )
    ]


MORE_CPU_THAN_TIME = Rule(
    code="MCP518",
    slug="more-cpu-than-time",
    severity=Severity.WARNING,
    title="a call with more CPU than its time holds",
    meaning="""
        A call takes more CPU than its duration times the cores that the server can use: one where one process runs one
        event loop, otherwise `mcp:workload.workers` or the CPU limit. Where nobody says how much CPU a call takes, 20
        ms are assumed, too much for a quick one.
        """,
    why="""
        A call cannot take more CPU than its duration times the cores that the server can use. Here it lasts longer than
        is said, and the pod holds fewer of them.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: render_label, sharePercent: 100, durationMilliseconds: 300, cpuMilliseconds: 450}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: python-v2
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: render_label, sharePercent: 100, durationMilliseconds: 300, cpuMilliseconds: 200}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: python-v2
        """,
)


def cpu_findings(call: Call, *, assumed: bool, usable_cores: float, path: str, sessions: bool = False) -> list[Finding]:
    """MCP518 if a call takes more CPU than its duration holds on the cores that the server can use.

    :param sessions: whether sessions live in the process, so that there must be one.
    :param assumed: whether nobody said how much CPU it takes.
    """
    if call.cpu_milliseconds <= call.duration_milliseconds * usable_cores or not usable_cores:
        return []
    least = call.cpu_milliseconds / usable_cores
    if assumed:
        return [
            MORE_CPU_THAN_TIME.at(
                path,
                f"A call of {quoted(call.name)} is assumed to take {number(call.cpu_milliseconds)} ms of CPU, and "
                f"lasts {number(call.duration_milliseconds)} ms.",
                f"Give its CPU, at most {at_most(call.duration_milliseconds * usable_cores)} ms.",
            )
        ]
    cores = number(up(call.cpu_milliseconds / call.duration_milliseconds))
    more = (
        "; or, if the work runs in other processes or threads, set mcp:workload.workers to "
        f"{cores} or more, and a CPU limit of that many cores"
    )
    return [
        MORE_CPU_THAN_TIME.at(
            path,
            f"A call of {quoted(call.name)} takes {number(call.cpu_milliseconds)} ms of CPU in "
            f"{number(call.duration_milliseconds)} ms, and the server can use {number(usable_cores)} "
            f"{'core' if usable_cores == 1 else 'cores'}.",
            f"Give a duration of at least {at_least(least)} ms{'' if sessions else more}.",
        )
    ]


RULES = (
    LONG_QUERIES,
    CUT,
    MORE_CPU_THAN_TIME,
)
