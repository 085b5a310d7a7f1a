"""What a region that is lost or drained means for the others: who takes its clients, and whether they can. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from . import planning
from .edge.dns import drained_by_removal, weight
from .planned_stacks import Served, served_together

if TYPE_CHECKING:
    from .planned_stacks import PlannedStack
    from .server_plan import ServerPlan
    from .settings.keys.edge import Dns

BY_WEIGHT = "by weight"
"""How clients of a weighted record go to the others."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """One of the other regions, with what it takes over at the peak of both."""

    stack: str
    own_sessions: int
    """Sessions at its own peak, with those that came from regions which are drained already."""
    taken_sessions: int
    """Sessions that come from the lost region, rounded up."""
    own_pods: int
    """Pods that its own peak needs."""
    needed_pods: int
    """Pods that both need, planned as any load of that size is."""
    min_pods: int
    max_pods: int
    drained: bool
    """Whether it takes no clients itself just now, so that nothing comes to it."""

    @property
    def carries(self) -> bool:
        """Whether its maximum is enough."""
        return self.needed_pods <= self.max_pods


@dataclass(frozen=True, kw_only=True)
class Takeover:
    """One server behind one host, with one of its regions lost."""

    host: str
    server: str
    lost: str
    """Name of the stack."""
    sessions: int
    """Sessions at the peak of the lost region, with those that came from regions which are drained already."""
    stateful: bool
    """Whether sessions live in pods: these end with the region, and clients begin new ones elsewhere."""
    split: str
    """How its clients go to the others, in words."""
    shares: tuple[Share, ...]

    @property
    def carried(self) -> bool:
        """Whether somebody takes the clients, and everybody who does has the pods for it."""
        return any(share.taken_sessions for share in self.shares) and all(share.carries for share in self.shares)


def takeovers(stacks: Sequence[PlannedStack]) -> tuple[Takeover, ...]:
    """Every server that several stacks serve behind one host, with each of these lost in turn."""
    return tuple(
        _takeover(host, lost, [one for one in regions if one is not lost])
        for host, regions in served_together(stacks)
        for lost in regions
    )


def _takeover(host: str, lost: Served, others: Sequence[Served]) -> Takeover:
    gone, peak = lost.server, _peak(lost)
    dns = [one.server.dns for one in others]
    # What is drained already has its clients elsewhere: at the lost region too, and they are lost with it once more.
    came = sum((_peak(one) for one in others if _is_drained(one)), Fraction(0))
    brought, had = _before(gone.dns, dns)
    parts, split = _parts(gone.dns, dns)
    sessions = peak + came * brought
    return Takeover(
        host=host,
        server=gone.name,
        lost=lost.stack.name,
        sessions=ceil(sessions),
        stateful=gone.era_profile.sessions,
        split=split,
        shares=tuple(
            _share(one.stack.name, one.server, _peak(one) + came * before, sessions * part)
            for one, before, part in zip(others, had, parts, strict=True)
        ),
    )


def _peak(one: Served) -> Fraction:
    return Fraction(one.server.plan.load.exact_peak)


def _is_drained(one: Served) -> bool:
    return one.server.dns is not None and one.server.dns.drained


def _weights(others: Sequence[Dns | None]) -> list[Fraction]:
    return [Fraction(0 if dns is None else weight(dns) or 0) for dns in others]


def _before(lost: Dns | None, others: Sequence[Dns | None]) -> tuple[Fraction, list[Fraction]]:
    """The part of the clients of drained regions that the lost one has, and each of the others.

    Where no weight says it, the lost one may have all of them.
    """
    if lost is None or lost.routing != "weighted":
        return Fraction(1), [Fraction(0)] * len(others)
    weights, own = _weights(others), Fraction(lost.weight or 0)
    total = own + sum(weights)
    return (own / total, [one / total for one in weights]) if total else (Fraction(1), [Fraction(0)] * len(others))


def _parts(lost: Dns | None, others: Sequence[Dns | None]) -> tuple[list[Fraction], str]:
    """The part of the lost region's clients that each other one gets, and why.

    Only weights say it beforehand. By latency and by place all may go to the nearest one, so each has to bear all.
    """
    open_ones = [dns is None or not dns.drained for dns in others]
    if lost is not None and lost.routing == "weighted":
        weights = _weights(others)
        total = sum(weights)
        return [one / total if total else Fraction(0) for one in weights], BY_WEIGHT
    if lost is not None and lost.routing == "failover":
        number = sum(open_ones)
        return [Fraction(1, number) if one else Fraction(0) for one in open_ones], "to the region that is left"
    words = "all to one of them, the nearest" if len(others) > 1 else "to the region that is left"
    return [Fraction(int(one)) for one in open_ones], words


def _share(stack: str, server: ServerPlan, own: Fraction, taken: Fraction) -> Share:
    both = replace(server.inputs, workload=replace(server.inputs.workload, peak_sessions=float(own + taken)))
    return Share(
        stack=stack,
        own_sessions=ceil(own),
        taken_sessions=ceil(taken),
        own_pods=int(server.plan.replicas.steady_replicas.value),
        needed_pods=int(planning.plan(both).replicas.steady_replicas.value),
        min_pods=server.replicas,
        max_pods=server.max_replicas,
        drained=server.dns is not None and server.dns.drained,
    )


@dataclass(frozen=True, kw_only=True)
class Drain:
    """What happens when a region gets no new clients any more."""

    takeover: Takeover
    record_seconds: int
    """How long resolvers go on naming the region."""
    session_seconds: int
    """Length of a session: how long one whose client keeps a connection open may go on."""
    withdrawn: bool
    """Whether the record is taken back; otherwise its weight is 0."""

    @property
    def empty_after_seconds(self) -> int:
        """When nearly nobody is left: resolvers forget, and sessions of usual length on open connections end."""
        return self.record_seconds + (self.session_seconds if self.takeover.stateful else 0)


def drains(stacks: Sequence[PlannedStack], name: str) -> Iterator[Drain]:
    """The servers of a stack that several stacks serve, with what draining it does."""
    by_server = {server.name: server for stack in stacks if stack.name == name for server in stack.plan.servers}
    for takeover in takeovers(stacks):
        server = by_server.get(takeover.server)
        dns = None if server is None else server.dns
        if takeover.lost != name or server is None or dns is None:
            continue
        yield Drain(
            takeover=takeover,
            record_seconds=dns.ttl_seconds,
            session_seconds=round(server.settings.workload.session_minutes * 60),
            withdrawn=drained_by_removal(dns),
        )
