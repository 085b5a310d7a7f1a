"""Rules about the database: connections are counted at the maximum number of pods."""

from __future__ import annotations

from collections.abc import Sequence

from ..planning import SINGLE_WRITERS
from .model import Finding, Rule, Severity
from .words import choice, number

BUDGET = Rule(
    code="MCP401",
    severity=Severity.ERROR,
    title="more connections than the database allows",
    why="Every pod opens its pool. At the maximum, which is reached when load is highest, the database "
    "refuses new connections, to all its users.",
)
SINGLE_WRITER = Rule(
    code="MCP402",
    severity=Severity.ERROR,
    title="a single writer with more than one pod",
    why="SQLite and DuckDB have one writer and one file, and so has every store of one process. Pods on several nodes "
    "would each have their own file, or corrupt a shared one.",
)
POOLER_ABOVE_BUDGET = Rule(
    code="MCP403",
    severity=Severity.ERROR,
    title="the pooler opens more connections than the database allows",
    why="Each pooler pod opens its own pool and reserve, and one more pod runs while it is replaced.",
)
POOLER_CLIENTS = Rule(
    code="MCP404",
    severity=Severity.ERROR,
    title="the pooler does not take all clients",
    why="Above max_client_conn PgBouncer refuses clients; all pods at the maximum must fit when one "
    "pooler pod is lost.",
)
SINGLE_POOLER = Rule(
    code="MCP406",
    severity=Severity.WARNING,
    title="a single pooler",
    why="Every call that needs the database goes through the pooler: with one instance a lost node is an outage.",
)
ROLLOUT = Rule(
    code="MCP407",
    severity=Severity.ERROR,
    title="a rollout with more connections than the database has",
    why="During a rollout old and new pods hold their pools at the same time. Beyond what is not reserved the database "
    "refuses connections, to all its users; new pods do not become ready, and the rollout stands still.",
)
RESERVE = Rule(
    code="MCP405",
    severity=Severity.ERROR,
    title="the reserve leaves no connection",
    why="Reserved connections serve administrators only; what is left of max_connections is all that services can use.",
)


def budget_findings(
    *,
    kind: str,
    pool_size: int,
    max_replicas: int,
    budget: int,
    max_connections: int,
    share_percent: float,
    pooler: str,
    remedies: Sequence[str],
    path: str,
    colours: int = 1,
) -> list[Finding]:
    """MCP401 if the pools of all pods at the maximum exceed the budget of the service and no pooler stands
    between.

    ``budget`` is the share of ``max_connections`` in connections, ``share_percent`` that share.
    ``remedies`` are texts, best first, each with its numbers. A single writer has no connections to count.
    ``colours`` of the server run at the same time.
    """
    needed = pool_size * max_replicas * colours
    if kind in SINGLE_WRITERS or pooler != "none" or needed <= budget:
        return []
    return [
        BUDGET.at(
            path,
            f"{number(pool_size)} connections per pod × {number(max_replicas)} pods{_times(colours)} = "
            f"{number(needed)}, above the budget of {number(budget)} ({share_percent:g} % of max_connections "
            f"{number(max_connections)}).",
            choice(remedies, _WAYS),
        )
    ]


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
) -> list[Finding]:
    """MCP407 if the pools of a rollout exceed what the database has at all.

    :param connections: of a rollout at the maximum: ``pool_size`` × (``pods`` of all colours + ``surge``).
    :param ceiling: connections of this region that are not reserved.
    """
    if connections <= ceiling:
        return []
    return [
        ROLLOUT.at(
            path,
            f"During a rollout at the maximum {number(pool_size)} connections per pod × ({number(pods)} + "
            f"{number(surge)}) pods = {number(connections)}, above the {number(ceiling)} of max_connections "
            f"{number(max_connections)} that are not reserved ({number(reserved)} are).",
            choice(remedies, _WAYS),
        )
    ]


def _times(colours: int) -> str:
    return f" × {colours} colours" if colours > 1 else ""


_WAYS = "Use a pooler, a smaller pool, a lower maximum or a database that allows more connections."
_NAMES = {"sqlite": "SQLite", "duckdb": "DuckDB"}


def single_writer_findings(*, kind: str, max_replicas: int, path: str, colours: int = 1) -> list[Finding]:
    """MCP402 if a database with one writer would be used by more than one pod."""
    pods = max_replicas * colours
    if kind not in SINGLE_WRITERS or pods <= 1:
        return []
    also = f" ({number(max_replicas)} of each of {colours} colours)" if colours > 1 else ""
    return [
        SINGLE_WRITER.at(
            path,
            f"{_NAMES.get(kind, 'A database of one process')} has one writer, and up to {number(pods)} pods{also} "
            "would use it.",
            "Use 'postgres'; or, outside production, run one fixed pod.",
        )
    ]


def pooler_findings(
    *, server_connections: int, budget: int, client_connections: int, max_client_conn_total: int, path: str
) -> list[Finding]:
    """MCP403 if the pooler's own connections exceed the budget, MCP404 if it cannot take all clients.

    ``server_connections`` are those that all pooler pods open, the surging one included;
    ``client_connections`` those that all server pods at the maximum open; ``max_client_conn_total`` what
    the pooler pods take when one is lost.
    """
    found = []
    if server_connections > budget:
        found.append(
            POOLER_ABOVE_BUDGET.at(
                path,
                f"The pooler opens up to {number(server_connections)} connections, above the budget of "
                f"{number(budget)}.",
                "Lower its pool size or its number of pods, or leave both out: they are then derived.",
            )
        )
    if client_connections > max_client_conn_total:
        found.append(
            POOLER_CLIENTS.at(
                path,
                f"The pods open up to {number(client_connections)} connections, and the pooler takes "
                f"{number(max_client_conn_total)}.",
                "Add pooler pods, lower the pool size per server pod, or lower the maximum of server pods.",
            )
        )
    return found


def single_pooler_findings(*, instances: int, production: bool, path: str) -> list[Finding]:
    """MCP406 if one pooler instance carries a production service."""
    if instances > 1 or not production:
        return []
    return [SINGLE_POOLER.at(path, "One pooler instance carries the service.", "Use 2 instances or more.")]


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
