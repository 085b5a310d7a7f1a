"""Clients of the state store: 20 connections of 6 pods and a surge of 2."""

from __future__ import annotations

from typing import Any

from pulumi_kubernetes_mcp import planning
from pulumi_kubernetes_mcp.planning import clients as planned
from pulumi_kubernetes_mcp.rules import store
from pulumi_kubernetes_mcp.rules.model import Finding
from tests.table import table


def clients(**changed: Any) -> list[Finding]:
    given: dict[str, Any] = {
        "per_pod": 20,
        "maximum": 6,
        "surge": 2,
        "colours": 1,
        "budget": 120,
        "ceiling": 160,
        "max_clients": 240,
        "reserved": 80,
        "share_percent": 50,
        "regions": 1,
        "least_pods": 2,
        "maximum_path": "m",
        "path": "s",
    }
    return store.client_findings(**{**given, **changed})


def test_budget_and_ceiling_may_be_used_up() -> None:
    assert clients() == []
    assert [finding.code for finding in clients(budget=119)] == ["MCP408"]
    assert [finding.code for finding in clients(ceiling=159)] == ["MCP409"]
    assert [finding.code for finding in clients(budget=119, ceiling=159)] == ["MCP408"]
    assert [finding.code for finding in clients(colours=2)] == ["MCP408"]


def test_what_is_missing_is_said_with_what_would_do() -> None:
    (budget,) = clients(budget=100, ceiling=190, max_clients=200, reserved=10)
    assert str(budget) == (
        "error MCP408 at s: 20 connections per pod × 6 pods = 120, above the budget of 100 (50 % of maxclients 200). "
        "Choose one: (1) open at most 16 per pod instead of 20 (connectionsPerPod); (2) lower m to 5; (3) use a store "
        "with maxclients of at least 240."
    )
    (rollout,) = clients(ceiling=150, max_clients=160, reserved=10)
    assert str(rollout) == (
        "error MCP409 at s: During a rollout at the maximum 20 × (6 + 2) = 160 clients, above the 150 of maxclients "
        "160 that are not reserved. Choose one: (1) open at most 18 per pod instead of 20 (connectionsPerPod); (2) "
        "lower m to 5; (3) use a store with maxclients of at least 240."
    )


def test_colours_and_regions_are_named() -> None:
    (both,) = clients(colours=2, regions=3, budget=100, ceiling=400)
    assert both.problem == (
        "20 connections per pod × 6 pods × 2 colours = 240, above the budget of 100 (50 % of maxclients 240, shared by "
        "3 regions)."
    )


def test_no_remedy_leaves_too_little() -> None:
    (nothing,) = clients(per_pod=100, budget=5, ceiling=10, least_pods=2)
    assert nothing.remedy == "Use a store with maxclients of at least 1200."


@table("share", [3, 33.3, 50, 90, 100])
@table("maximum, colours, regions", [(6, 1, 1), (7, 2, 3), (101, 2, 1)])
@table("size", [60, 500, 3001])
def test_every_remedy_is_enough_when_it_is_planned(
    share: float, maximum: int, colours: int, regions: int, size: int
) -> None:
    """The remedies are held against the plan's own count, which knows how a surge is rounded."""

    def count(max_clients: int, per_pod: int, pods: int) -> planning.Clients:
        found = planned.clients(
            planning.StateStore(
                max_clients=max_clients,
                connections_per_pod=per_pod,
                share_percent=share,
                shared_by_regions=regions,
                colours=colours,
            ),
            maximum=pods,
            surge=-(-pods // 4),
        )
        assert found is not None
        return found

    now = count(size, 20, maximum)
    found = clients(
        maximum=maximum,
        surge=-(-maximum // 4),
        colours=colours,
        budget=int(now.client_budget.value),
        ceiling=int(now.client_ceiling.value),
        max_clients=size,
        reserved=10,
        share_percent=share,
        regions=regions,
        least_pods=1,
    )
    assert bool(found) is not (now.budget_closes and now.rollout_fits)
    for finding in found:
        for text in finding.remedy.replace(",", "").split("; "):
            words = text.rstrip(".").split()
            tried = now
            if "open" in words:
                tried = count(size, int(words[words.index("most") + 1]), maximum)
            elif "lower" in words:
                tried = count(size, 20, int(words[-1]))
            else:
                tried = count(int(words[-1]), 20, maximum)
            assert tried.budget_closes, text
            assert tried.rollout_fits, text


def test_the_reserve_leaves_something() -> None:
    assert store.reserve_findings(max_clients=11, reserved=10, path="r") == []
    (finding,) = store.reserve_findings(max_clients=10, reserved=10, path="r")
    assert str(finding) == (
        "error MCP410 at r: 10 of maxclients 10 are reserved; none is left for the server. Lower the reserve (10 is "
        "the default here), or raise maxClients above 10."
    )
