"""Lost and drained regions as reports, and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..region_takeover import BY_WEIGHT, Drain, Share, Takeover
from .document import Column, Document, Facts, Items, Section, Table

_COLUMNS = (
    Column(title="lost"),
    Column(title="sessions", right=True),
    Column(title="goes to"),
    Column(title="own", right=True),
    Column(title="taken", right=True),
    Column(title="pods needed", right=True),
    Column(title="minimum", right=True),
    Column(title="maximum", right=True),
    Column(title=""),
)
KEY = "mcp:edge.dns.drained"


def loss_document(found: Sequence[Takeover]) -> Document:
    """What each lost region means, a table for each server and host."""
    groups: dict[tuple[str, str], list[Takeover]] = {}
    for one in found:
        groups.setdefault((one.server, one.host), []).append(one)
    return Document(
        title="A lost region",
        blocks=(
            "At the peak of both: what the region that is left has itself, what comes besides, and the pods that both "
            "need. Pods beyond the minimum have to start first; the rehearsal says how long that takes.",
        ),
        sections=tuple(
            Section(
                title=f"{server} behind {host}, clients {several[0].split}",
                blocks=(Table(columns=_COLUMNS, rows=tuple(_rows(several)), beside=2), *_advice(several)),
            )
            for (server, host), several in groups.items()
        ),
        notes=() if found else ("No host is served by two stacks of this project.",),
    )


def _rows(several: Sequence[Takeover]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for one in several:
        for place, share in enumerate(one.shares):
            first = (one.lost, f"{one.sessions:,}") if place == 0 else ("", "")
            rows.append(
                (
                    *first,
                    share.stack,
                    f"{share.own_sessions:,}",
                    f"{share.taken_sessions:,}",
                    f"{share.needed_pods:,}",
                    f"{share.min_pods:,}",
                    f"{share.max_pods:,}",
                    _verdict(share),
                )
            )
    return rows


def _verdict(share: Share) -> str:
    if share.drained:
        return "drained"
    if not share.carries:
        return f"{share.needed_pods - share.max_pods:,} pods short"
    return "at once" if share.needed_pods <= share.min_pods else "after scaling"


def _advice(several: Sequence[Takeover]) -> tuple[Items, ...]:
    needs: dict[str, Share] = {}
    for one in several:
        for share in one.shares:
            before = needs.get(share.stack)
            if share.taken_sessions and (before is None or share.needed_pods > before.needed_pods):
                needs[share.stack] = share
    texts = []
    for stack, share in needs.items():
        if not share.carries:
            texts.append(
                f"{stack}: set mcp:scaling.maxReplicas to {share.needed_pods} or more (it is {share.max_pods}), within "
                "what its database and quota allow; 'mcp-stack check' says so."
            )
        elif share.needed_pods > share.min_pods:
            texts.append(
                f"{stack}: hold {share.needed_pods} pods (mcp:scaling.minReplicas) to take over without waiting for "
                "new ones."
            )
    for one in several:
        if not any(share.taken_sessions for share in one.shares):
            alike = (
                " Where every weight is 0, Route 53 answers with all of them alike, and nothing is drained: bring "
                "another one back first."
                if one.split == BY_WEIGHT
                else ""
            )
            texts.append(
                f"{one.lost}: nobody takes its clients, since the others are drained or have a weight of 0.{alike}"
            )
    return (Items(texts=tuple(texts)),) if texts else ()


def drain_document(name: str, found: Sequence[Drain], *, back: bool) -> Document:
    """The change that drains a region or brings it back, and what it does to sessions."""
    said = "false" if back else "true"
    return Document(
        title=f"{'Bring back' if back else 'Drain'} {name}",
        blocks=(
            f"In the stack file: {KEY}: {said}",
            f"Or: pulumi config set --path {KEY} {said} --stack {name}, then pulumi up.",
        ),
        sections=tuple(
            Section(title=f"{one.takeover.server} behind {one.takeover.host}", blocks=_back(one) if back else _out(one))
            for one in found
        ),
    )


def _out(one: Drain) -> tuple[Facts | Table | Items, ...]:
    gone = one.takeover
    record = "the record is withdrawn, which external-dns does with '--policy=sync'"
    sessions = (
        f"up to {gone.sessions:,} open ones are lost: they live in this region's pods and cannot move, and the next "
        "connection of their client leads elsewhere, where the call is answered 404; a client that starts anew goes on "
        "there. Only what a connection holds that is open, such as a running call, ends here"
        if gone.stateful
        else "none lives in a pod: each call goes where its connection leads"
    )
    facts = Facts(
        pairs=(
            ("record", record if one.withdrawn else "its weight is 0"),
            ("new clients", f"go elsewhere within {one.record_seconds} s, where resolvers keep to the TTL"),
            ("sessions", sessions),
            ("empty", f"after about {_duration(one.empty_after_seconds)} at most; the number of sessions says when"),
            ("others", f"{'carry it' if gone.carried else 'cannot carry it'}; clients go {gone.split}"),
        )
    )
    return (facts, Table(columns=_COLUMNS, rows=tuple(_rows([gone])), beside=2), *_advice([gone]))


def _back(one: Drain) -> tuple[Facts, ...]:
    return (
        Facts(
            pairs=(
                ("record", "is published again" if one.withdrawn else "has its weight again"),
                ("new clients", f"come within {one.record_seconds} s; sessions elsewhere stay where they are"),
                ("sessions", f"up to {one.takeover.sessions:,} at the peak, as planned for this region"),
            )
        ),
    )


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"


def takeover_data(one: Takeover) -> dict[str, Any]:
    """A lost region as plain data that JSON can hold."""
    return {
        "host": one.host,
        "server": one.server,
        "lost": one.lost,
        "sessions": one.sessions,
        "carried": one.carried,
        "split": one.split,
        "others": [
            {
                "stack": share.stack,
                "ownSessions": share.own_sessions,
                "takenSessions": share.taken_sessions,
                "ownPods": share.own_pods,
                "neededPods": share.needed_pods,
                "minPods": share.min_pods,
                "maxPods": share.max_pods,
                "carries": share.carries,
            }
            for share in one.shares
        ],
    }


def drain_data(one: Drain) -> dict[str, Any]:
    """A drained region as plain data that JSON can hold."""
    return {
        **takeover_data(one.takeover),
        "recordSeconds": one.record_seconds,
        "emptyAfterSeconds": one.empty_after_seconds,
        "recordWithdrawn": one.withdrawn,
    }
