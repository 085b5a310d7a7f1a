"""Clients of a Redis or Valkey: the same algebra as for the database's connections."""

from __future__ import annotations

from dataclasses import dataclass

from .inputs import StateStore
from .working import Figure, exact, figure, round_down, show


@dataclass(frozen=True, kw_only=True)
class Clients:
    """The store's clients of all pods together, held against the budget."""

    client_budget: Figure
    client_ceiling: Figure
    clients_at_maximum: Figure
    clients_with_surge: Figure
    budget_closes: bool
    """Whether the clients at the maximum fit the share of this service."""
    rollout_fits: bool
    """Whether a rollout at the maximum fits what is not reserved at all."""


def clients(store: StateStore | None, *, maximum: int, surge: int) -> Clients | None:
    """The clients of ``maximum`` pods of each colour; ``None`` without a store."""
    if store is None:
        return None
    free = max(0, store.max_clients - store.reserved_clients)
    share = round_down(store.max_clients * exact(store.share_percent) / 100)
    budget = min(share, free) // store.shared_by_regions
    ceiling = free // store.shared_by_regions
    each, pods = store.connections_per_pod, maximum * store.colours
    colours = f" × {store.colours} colours" if store.colours > 1 else ""
    regions = f"; / {store.shared_by_regions} regions → {{}}" if store.shared_by_regions > 1 else ""
    inputs = {
        "maxclients": store.max_clients,
        "share percent": store.share_percent,
        "reserved clients": store.reserved_clients,
        "regions": store.shared_by_regions,
    }
    counted = {"connections per pod": each, "maximum": maximum, "surge": surge, "colours": store.colours}
    return Clients(
        client_budget=figure(
            "client budget of the state store",
            budget,
            "clients",
            formula="min(⌊maxclients × share⌋, maxclients - reserved) / regions",
            working=f"min({show(store.max_clients)} × {show(exact(store.share_percent) / 100)} → {share}, {free})"
            f"{regions.format(budget)}",
            inputs=inputs,
            source="half by default: the rest is for rollouts, replicas of the store, people and other services",
        ),
        client_ceiling=figure(
            "clients that are not reserved",
            ceiling,
            "clients",
            formula="(maxclients - reserved) / regions",
            working=f"{store.max_clients} - {store.reserved_clients} → {free}{regions.format(ceiling)}",
            inputs=inputs,
            source="above maxclients Redis and Valkey close each new connection with an error",
        ),
        clients_at_maximum=figure(
            "state store clients at the maximum",
            each * pods,
            "clients",
            formula="connections per pod × maximum × colours",
            working=f"{each} × {show(maximum)}{colours} = {show(each * pods)}",
            inputs=counted,
            source="counted at the maximum: the day of the peak is the wrong day to run out",
        ),
        clients_with_surge=figure(
            "state store clients during a rollout at the maximum",
            each * (pods + surge),
            "clients",
            formula="connections per pod × (maximum × colours + surge)",
            working=f"{each} × ({show(maximum)}{colours} + {show(surge)}) = {show(each * (pods + surge))}",
            inputs=counted,
            source="old and new pods hold their connections at the same time",
        ),
        budget_closes=each * pods <= budget,
        rollout_fits=each * (pods + surge) <= ceiling,
    )
