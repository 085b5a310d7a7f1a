"""Proxies that find a client's pod by a hash: whom a change in the number of pods sends to another pod.

A proxy that hashes remembers nobody. Pods that come take their part of the clients from those that are there, and a
session is in the pod that opened it: whoever is sent to another pod has lost it. How many that are follows from the
numbers alone, since a good hash spreads clients and points evenly; ``tests/simulation/test_hashing.py`` holds these
figures against tables and rings that are really built.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol

HashName = Literal["maglev", "ring", "points", "modulo", "score"]
"""How a proxy finds the pod of a hash."""
MAGLEV_TABLE = 65_537
"""Entries of Envoy's table by default (``MaglevTable::DefaultTableSize``); a prime."""
RING_LEAST = 1024
"""``minimum_ring_size`` of Envoy's ring by default: each pod gets as many points as make the ring that large."""
_SPREAD = 0.2
"""Clients of pods that stay and are moved all the same, over the root of pods per entry of the table. From 1 to 272
pods the tables that were built moved 0.12 to 0.22 of it for one further pod, twice as much for twice the pods."""


class Hash(Protocol):
    """One way to find the pod of a hash."""

    def same(self, kept: int, gone: int, come: int) -> float:
        """Part of all clients that have the same pod as before, from 0 to 1.

        :param kept: pods that were there and are; ``gone``: that were, and are not; ``come``: that were not, and are.
        """
        ...


@dataclass(frozen=True)
class Maglev:
    """Envoy's Maglev: each pod walks the table in an order of its own and takes what is free, all in turn.

    Pods have equal shares, and what a new pod takes is hardly more than its share.
    """

    size: int = MAGLEV_TABLE

    def same(self, kept: int, gone: int, come: int) -> float:
        """Almost all that can be: a thousandth to a hundredth of the others is moved from one kept pod to another."""
        if not kept:
            return 0.0
        changed = gone + come
        wandering = (
            _SPREAD * math.sqrt(kept / self.size) * (1 + changed / kept if changed < kept else 2) if changed else 0
        )
        return kept / (kept + changed) * max(0.0, 1 - wandering)


@dataclass(frozen=True)
class Ring:
    """Points of each pod on a ring; a client goes to the next one.

    Envoy gives each of n pods ceil(1024 / n) points, so that a pod that stays loses points too when others come:
    its ring moves more clients than the share of the new pods. nginx gives each 160, whatever their number.
    """

    least: int | None = RING_LEAST
    """Points of the whole ring at least; ``None``: each pod has a number of its own that does not change."""

    def points(self, pods: int) -> int:
        """Points of one pod."""
        return 1 if self.least is None else math.ceil(self.least / pods)

    def same(self, kept: int, gone: int, come: int) -> float:
        """Exact on the mean, for points that lie at random.

        The next point of a client is one of those that are on both rings, or one that only the old or only the new
        ring has. Then the other ring's next point is an independent one of the rest.
        """
        if not kept:
            return 0.0
        before, after = self.points(kept + gone), self.points(kept + come)
        both, left, joined = min(before, after), max(0, before - after), max(0, after - before)
        old, new = gone * before + kept * left, come * after + kept * joined
        total = kept * both + old + new
        by_old = kept * left / total * (both + joined) / (kept * both + new)
        by_new = kept * joined / total * (both + left) / (kept * both + old)
        return kept * both / total + by_old + by_new


@dataclass(frozen=True)
class Modulo:
    """The remainder of the hash by the number of pods: another number is another pod for almost everybody."""

    def same(self, kept: int, gone: int, come: int) -> float:
        """Whoever meets the same pod by chance."""
        if not gone and not come:
            return 1.0 if kept else 0.0
        return kept / ((kept + gone) * (kept + come)) if kept else 0.0


@dataclass(frozen=True)
class Score:
    """Traefik's highest random weight: each pod has a score for each client, and the highest gets it.

    Nothing but the pods that come and go counts: whoever's highest score stays the highest has the same pod.
    """

    def same(self, kept: int, gone: int, come: int) -> float:
        """Exact on the mean: the best of all pods, old and new, is one of those that stay."""
        return kept / (kept + gone + come) if kept else 0.0


HASHES: Mapping[HashName, Hash] = MappingProxyType(
    {"maglev": Maglev(), "ring": Ring(), "points": Ring(least=None), "modulo": Modulo(), "score": Score()}
)
"""How each of them finds a pod."""


def moved(found: Hash, kept: int, gone: int, come: int) -> tuple[float, float]:
    """Part of the clients of pods that stay whom the change sends to another pod: because pods went, and because pods
    came. Each from 0 to 1, together at most 1."""
    if not kept:
        return 0.0, 0.0
    mine = kept / (kept + gone)
    shrunk = max(0.0, 1 - found.same(kept, gone, 0) / mine)
    both = max(shrunk, 1 - found.same(kept, gone, come) / mine)
    return shrunk, both - shrunk


def by_growth(found: Hash, before: int, after: int) -> float:
    """Part of all sessions that is moved when ``before`` pods become ``after`` at once; 0 if they become fewer."""
    return moved(found, before, 0, after - before)[1] if 0 < before < after else 0.0
