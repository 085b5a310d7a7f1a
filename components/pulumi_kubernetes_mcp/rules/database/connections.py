"""Rules about the connections of the database, counted at the maximum number of pods."""

from __future__ import annotations

from collections.abc import Sequence

from ...planning import SINGLE_WRITERS
from ..model import Finding, Rule, Severity
from ..words import choice, number

_WAYS = "Use a pooler, a smaller pool, a lower maximum or a database that allows more connections."
_WAYS_WITHOUT = "Use a smaller pool, a lower maximum or a database that allows more connections."
"""Where no pooler could stand before the database."""


BUDGET = Rule(
    code="MCP401",
    slug="connection-budget-exceeded",
    severity=Severity.ERROR,
    title="more connections than the database allows",
    meaning="""
        The pool of one pod times the greatest number of pods is above the share of `maxConnections`, and no pooler
        stands between. The finding lists what closes the budget, with its numbers.
        """,
    why="""
        Every pod opens its pool. At the maximum, which is reached when load is highest, the database refuses new
        connections, to all its users.
        """,
    fails="""
        mcp:database:
          host: db.example.com
          maxConnections: 100
          queryMilliseconds: 500
        mcp:scaling:
          maxReplicas: 20
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 1600
          queryMilliseconds: 500
        mcp:scaling:
          maxReplicas: 20
        """,
    note="""
        20 calls of 500 ms need a pool of 15; 15 × 20 pods = 300 connections, against half of 100 and half of 1600.
        """,
)


def budget_findings(
    *,
    kind: str,
    pool_size: int,
    max_replicas: int,
    budget: int,
    description: str,
    pooler: str,
    remedies: Sequence[str],
    path: str,
    colours: int = 1,
    poolable: bool = True,
) -> list[Finding]:
    """MCP401 if the pools of all pods at the maximum exceed the budget of the service and no pooler stands
    between.

    ``budget`` is in connections, and ``description`` says what it is a part of.
    ``remedies`` are texts, best first, each with its numbers. A single writer has no connections to count.
    ``colours`` of the server run at the same time; ``poolable`` where a pooler could stand before the database.
    """
    needed = pool_size * max_replicas * colours
    if kind in SINGLE_WRITERS or pooler != "none" or needed <= budget:
        return []
    return [
        BUDGET.at(
            path,
            f"{number(pool_size)} connections per pod × {number(max_replicas)} pods{_times(colours)} = "
            f"{number(needed)}, above the budget of {number(budget)} ({description}).",
            choice(remedies, _WAYS if poolable else _WAYS_WITHOUT),
        )
    ]


def _times(colours: int) -> str:
    return f" × {colours} colours" if colours > 1 else ""


ROLLOUT = Rule(
    code="MCP407",
    slug="rollout-exceeds-connections",
    severity=Severity.ERROR,
    title="a rollout with more connections than the database has",
    meaning="""
        The pools of all old and new pods of a rollout at the maximum are above `maxConnections` less the reserve,
        divided among the regions. The share of the service may be kept at the maximum and broken here: with a share of
        90 % a surge of a quarter is more than the rest.
        """,
    why="""
        During a rollout old and new pods hold their pools at the same time. Beyond what is not reserved the database
        refuses connections, to all its users; new pods do not become ready, and the rollout stands still.
        """,
    fails="""
        mcp:database:
          host: db.example.com
          maxConnections: 100
          sharePercent: 100
          queryMilliseconds: 500
        mcp:scaling:
          maxReplicas: 6
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 200
          sharePercent: 100
          queryMilliseconds: 500
        mcp:scaling:
          maxReplicas: 6
        """,
    note="A pool of 15 makes 15 × 6 = 90 connections at the maximum, and 15 × (6 + 2) = 120 during a rollout.",
)


def rollout_findings(
    *,
    connections: int,
    pool_size: int,
    pods: int,
    surge: int,
    ceiling: int,
    max_connections: int,
    reserved: int,
    remedies: Sequence[str],
    path: str,
    division: str = "",
    poolable: bool = True,
) -> list[Finding]:
    """MCP407 if the pools of a rollout exceed what the database has at all.

    :param connections: of a rollout at the maximum: ``pool_size`` × (``pods`` of all colours + ``surge``).
    :param ceiling: connections of this region that are not reserved, and ``division`` how they are divided, in words.
    :param poolable: whether a pooler could stand before the database.
    """
    if connections <= ceiling:
        return []
    return [
        ROLLOUT.at(
            path,
            f"During a rollout at the maximum {number(pool_size)} connections per pod × ({number(pods)} + "
            f"{number(surge)}) pods = {number(connections)}, above the {number(ceiling)} of max_connections "
            f"{number(max_connections)} that are not reserved ({number(reserved)} are{division}).",
            choice(remedies, _WAYS if poolable else _WAYS_WITHOUT),
        )
    ]


RESERVE = Rule(
    code="MCP405",
    slug="connection-reserve-too-large",
    severity=Severity.ERROR,
    title="the reserve leaves no connection",
    meaning="`reservedConnections` is not below `maxConnections`.",
    why="""
        Reserved connections serve administrators only; what is left of max_connections is all that services can use.
        """,
    fails="""
        mcp:database:
          host: db.example.com
          maxConnections: 10
          reservedConnections: 10
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          reservedConnections: 3
        """,
)


def reserve_findings(*, max_connections: int, reserved: int, path: str) -> list[Finding]:
    """MCP405 if the reserved connections are all that the database has."""
    if reserved < max_connections:
        return []
    return [
        RESERVE.at(
            path,
            f"{number(reserved)} of max_connections {number(max_connections)} are reserved; none is left for the "
            "server.",
            f"Lower the reserve (3 is the default of PostgreSQL), or raise max_connections above {number(reserved)}.",
        )
    ]


_NAMES = {"sqlite": "SQLite", "duckdb": "DuckDB"}


SINGLE_WRITER = Rule(
    code="MCP402",
    slug="single-writer-with-replicas",
    severity=Severity.ERROR,
    title="a single writer with more than one pod",
    meaning="""
        The database is `sqlite`, `duckdb` or `single-writer`, and more than one pod may run, or one of each of two
        colours, or an old and a new one during a rollout. Left to themselves such servers run one pod without an
        autoscaler, and end it before its successor starts.
        """,
    why="""
        SQLite and DuckDB have one writer and one file, and so has every store of one process. Pods on several nodes
        would each have their own file, or corrupt a shared one.
        """,
    fails="""
        mcp:database:
          kind: sqlite
        mcp:scaling:
          minReplicas: 2
          maxReplicas: 4
        """,
    passes="""
        mcp:region:
          name: us-east
          environment: development
        mcp:workload:
          dailyUsers: 200
        mcp:database:
          kind: sqlite
        mcp:scaling:
          autoscaler: none
          replicas: 1
        """,
)


def single_writer_findings(
    *, kind: str, max_replicas: int, path: str, colours: int = 1, surge: int = 0, rollout_path: str = ""
) -> list[Finding]:
    """MCP402 if a database with one writer would be used by more than one pod, be it only during a rollout."""
    pods = max_replicas * colours
    if kind not in SINGLE_WRITERS or pods + surge <= 1:
        return []
    if pods <= 1:
        return [
            SINGLE_WRITER.at(
                rollout_path,
                f"{_NAMES.get(kind, 'A database of one process')} has one writer, and a rollout starts the new pod "
                "before the old one ends.",
                "Leave rollout out, or set its strategy to 'Recreate'.",
            )
        ]
    also = f" ({number(max_replicas)} of each of {colours} colours)" if colours > 1 else ""
    return [
        SINGLE_WRITER.at(
            path,
            f"{_NAMES.get(kind, 'A database of one process')} has one writer, and up to {number(pods)} pods{also} "
            "would use it.",
            "Use 'postgres'; or, outside production, run one fixed pod.",
        )
    ]


SINGLE_PROCESS = Rule(
    code="MCP417",
    slug="single-writer-with-workers",
    severity=Severity.WARNING,
    title="a single writer with more than one process",
    meaning="""
        The database is `sqlite`, `duckdb` or `single-writer`, and the one pod runs several processes, by
        `mcp:workload.workers` or by what it is started with.
        """,
    why="""
        DuckDB lets one process open a file for writing, and the others end at start. SQLite lets one write at a time:
        the others wait for its lock, and get SQLITE_BUSY when it takes longer than their busy timeout (0 by default in
        many drivers). A store of one process is another store in each of them.
        """,
    fails="""
        mcp:region: {name: us-east, environment: development}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern]
        mcp:workload: {dailyUsers: 200, workers: 4}
        mcp:database: {kind: sqlite}
        """,
    passes="""
        mcp:region: {name: us-east, environment: development}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern]
        mcp:workload: {dailyUsers: 200, workers: 1}
        mcp:database: {kind: sqlite}
        """,
    note="Accept it for SQLite in WAL mode with a busy timeout, whose writes are few and short.",
)


def single_process_findings(*, kind: str, processes: int, path: str) -> list[Finding]:
    """MCP417 if a database with one writer would be used by several processes of its pod."""
    if kind not in SINGLE_WRITERS or processes <= 1:
        return []
    name = _NAMES.get(kind, "A database of one process")
    problem = f"{name} has one writer, and the pod runs {number(processes)} processes that would use it."
    return [SINGLE_PROCESS.at(path, problem, "Start one process, or use 'postgres'.")]


RULES = (
    BUDGET,
    ROLLOUT,
    RESERVE,
    SINGLE_WRITER,
    SINGLE_PROCESS,
)
