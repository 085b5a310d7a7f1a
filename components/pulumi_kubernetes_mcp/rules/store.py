"""Rules about the state store: its clients are counted at the maximum number of pods."""

from __future__ import annotations

from fractions import Fraction

from ..planning.connections import least_limit
from .model import Finding, Rule, Severity
from .words import choice, number

STORE_BUDGET = Rule(
    code="MCP408",
    slug="store-budget-exceeded",
    severity=Severity.ERROR,
    title="more clients than the state store allows",
    meaning="""
        The connections of all pods at the maximum are above the share of `maxClients`. The finding says how many each
        pod may open, and which size of the store would do.
        """,
    why="""
        Above maxclients Redis and Valkey close each new connection at once. At the maximum, which is reached when load
        is highest, new pods then find no store, and so does everybody else who uses it.
        """,
    fails="""
        mcp:stateStore:
          maxClients: 100
          connectionsPerPod: 20
        """,
    passes="""
        mcp:stateStore:
          maxClients: 1000
          connectionsPerPod: 20
        """,
    note="6 pods at the maximum open 120 connections, against half of 100 and half of 1000.",
)


STORE_ROLLOUT = Rule(
    code="MCP409",
    slug="rollout-exceeds-store-clients",
    severity=Severity.ERROR,
    title="a rollout with more clients than the state store has",
    meaning="""
        The connections of all old and new pods of a rollout at the maximum are above `maxClients` less the reserve,
        divided among the regions, although those at the maximum keep the share.
        """,
    why="""
        During a rollout old and new pods hold their connections at the same time. New pods that the store refuses do
        not become ready, and the rollout stands still.
        """,
    fails="""
        mcp:stateStore:
          maxClients: 130
          sharePercent: 100
          connectionsPerPod: 20
        """,
    passes="""
        mcp:stateStore:
          maxClients: 200
          sharePercent: 100
          connectionsPerPod: 20
        """,
    note="6 pods open 120 connections, and 6 with a surge of 2 open 160.",
)


STORE_RESERVE = Rule(
    code="MCP410",
    slug="store-reserve-too-large",
    severity=Severity.ERROR,
    title="the reserve leaves no client of the state store",
    meaning="`reservedClients` is at least `maxClients`.",
    why="""
        What is kept for replicas, exporters and people is taken off maxclients; what is left is all that services can
        use.
        """,
    fails="""
        mcp:stateStore:
          maxClients: 10
        """,
    passes="""
        mcp:stateStore:
          maxClients: 1000
        """,
    note="10 clients are reserved by default.",
)


STORE_OUT_OF_REACH = Rule(
    code="MCP411",
    slug="store-out-of-reach",
    severity=Severity.WARNING,
    title="a state store that the server may not connect to",
    meaning="""
        `mcp:stateStore` is given, and `mcp:server.egress` is empty: the server may connect to DNS and to the database,
        and to nothing else.
        """,
    why="""
        The namespace is closed but for DNS and the database. Without an opening no pod reaches the store, and a server
        that needs it never becomes ready.
        """,
    fails="""
        mcp:stateStore: {}
        """,
    passes="""
        mcp:stateStore: {}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          egress:
            - {port: 6379, cidrs: [10.20.0.0/16]}
        """,
    note="Whether an opening leads to the store is not checked. Accept the warning where the store runs in the pod.",
)


MOST_CLIENTS = 10_000_000
"""The largest store that a stack file can name."""


_NO_WAY = "Raise its share, open fewer connections per pod, or plan more sessions per pod."


def reserve_findings(*, max_clients: int, reserved: int, path: str) -> list[Finding]:
    """MCP410 if the reserved clients are all that the store has."""
    if reserved < max_clients:
        return []
    return [
        STORE_RESERVE.at(
            path,
            f"{number(reserved)} of maxclients {number(max_clients)} are reserved; none is left for the server.",
            f"Lower the reserve (10 is the default here), or raise maxClients above {number(reserved)}.",
        )
    ]


def egress_findings(*, destinations: int, path: str) -> list[Finding]:
    """MCP411 if there is a state store and no opening that could lead to it."""
    if destinations:
        return []
    return [
        STORE_OUT_OF_REACH.at(
            path,
            "The server has a state store, and may connect to nothing but DNS and the database.",
            "Add the store, such as {port: 6379, cidrs: [10.20.0.0/16]}; accept this warning if it runs in the pod.",
        )
    ]


def client_findings(
    *,
    per_pod: int,
    maximum: int,
    surge: int,
    colours: int,
    budget: int,
    ceiling: int,
    max_clients: int,
    reserved: int,
    share_percent: float,
    regions: int,
    least_pods: int,
    maximum_path: str,
    path: str,
) -> list[Finding]:
    """MCP408 if the clients at the maximum exceed the share of this service, MCP409 if only those of a rollout exceed
    what is not reserved.

    :param budget: clients that this region may use, ``ceiling`` those that there are for it at all.
    :param least_pods: pods that the planned sessions need, below which no maximum is offered.
    """
    held, with_surge = maximum * colours, maximum * colours + surge
    if held * per_pod > budget:
        sums = f"{_times(per_pod, maximum, colours)} = {number(held * per_pod)}"
        share = f"{share_percent:g} % of maxclients {number(max_clients)}{_shared(regions)}"
        problem = f"{sums}, above the budget of {number(budget)} ({share})."
        rule = STORE_BUDGET
    elif with_surge * per_pod > ceiling:
        sums = f"{number(per_pod)} × ({number(held)} + {number(surge)}) = {number(with_surge * per_pod)}"
        problem = (
            f"During a rollout at the maximum {sums} clients, above the {number(ceiling)} of maxclients "
            f"{number(max_clients)} that are not reserved{_shared(regions)}."
        )
        rule = STORE_ROLLOUT
    else:
        return []
    texts = []
    each = min(budget // held, ceiling // with_surge)
    if each:
        texts.append(f"open at most {number(each)} per pod instead of {number(per_pod)} (connectionsPerPod)")
    most = min(budget // (per_pod * colours), ceiling // per_pod * maximum // with_surge)
    if least_pods <= most < maximum:
        texts.append(f"lower {maximum_path} to {number(most)}")
    size = least_limit(
        at_maximum=held * per_pod,
        whole=with_surge * per_pod,
        share_percent=share_percent,
        reserved=reserved,
        part=Fraction(1, regions),
    )
    if size <= MOST_CLIENTS:
        texts.append(f"use a store with maxclients of at least {number(size)}")
    return [rule.at(path, problem, choice(texts, _NO_WAY))]


def _times(per_pod: int, maximum: int, colours: int) -> str:
    both = f" × {colours} colours" if colours > 1 else ""
    return f"{number(per_pod)} connections per pod × {number(maximum)} pods{both}"


def _shared(regions: int) -> str:
    return f", shared by {regions} regions" if regions > 1 else ""


RULES = (
    STORE_BUDGET,
    STORE_ROLLOUT,
    STORE_RESERVE,
    STORE_OUT_OF_REACH,
)
