"""Connections to the database and clients of the state store against what they allow, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.planning import Bounds, Clients, Database, Plan, StateStore

from .cases import GUIDE, SLOW, number, planned

TWENTY = Bounds(max_replicas=20)


def test_the_hard_ceiling_of_a_rollout() -> None:
    # 6 pods of 15 are 90 of 97; with a surge of 2 they are 120, and PostgreSQL refuses the last 23.
    every = replace(SLOW, share_percent=100)
    result = planned(database=every, bounds=Bounds(max_replicas=6)).connections
    assert result.connections_with_surge is not None
    assert result.connections_with_surge.working == "15 × (6 + 2) = 120"
    assert number(result.connection_ceiling) == 97
    assert (result.budget_closes, result.rollout_fits, result.close) == (True, False, False)
    # 123 less 3 is exactly enough.
    for size, fits in ((122, False), (123, True)):
        found = planned(database=replace(every, max_connections=size), bounds=Bounds(max_replicas=6)).connections
        assert (found.rollout_fits, found.close) == (fits, fits)


def test_the_ceiling_is_divided_among_the_regions() -> None:
    two = planned(database=replace(SLOW, shared_by_regions=2)).connections
    assert two.connection_ceiling is not None
    assert two.connection_ceiling.working == "100 - 3 = 97; / 2 regions → 48"
    none = planned(database=replace(SLOW, reserved_connections=101)).connections
    assert none.connection_ceiling is not None
    assert none.connection_ceiling.working == "100 - 101 → 0"
    assert none.connection_budget is not None
    assert none.connection_budget.working == "100 × 0.5 → 50, but only 0 are not reserved"
    three = planned(database=replace(SLOW, shared_by_regions=3)).connections
    assert three.connection_budget is not None
    assert three.connection_budget.working == "100 × 0.5 → 50; / 3 regions → 16"


def test_two_colours_hold_their_pools_at_the_same_time() -> None:
    both = planned(database=replace(SLOW, colours=2), bounds=replace(TWENTY, colours=2)).connections
    assert both.connections_at_maximum is not None
    assert both.connections_at_maximum.working == "15 × 20 × 2 colours = 600"
    assert number(both.connections_with_surge) == 15 * (40 + 5)
    assert number(both.connections_while_draining) == 15 * 20 * 3


def test_while_all_old_pods_drain() -> None:
    one = planned(bounds=TWENTY).connections
    assert one.connections_while_draining is not None
    assert one.connections_while_draining.working == "15 × 20 × 2 = 600"


def test_connections_in_use_at_the_planned_sessions() -> None:
    # 82 sessions × 20 / 50 calls × half of their time
    found = planned().connections.busy_connections
    assert found is not None
    assert found.working == "82 × 20 / 50 × 500 / 1000 = 16.4 → 17"


def test_the_pooler_has_two_sides() -> None:
    def of(**changes: object) -> Plan:
        return planned(database=replace(SLOW, pooler="pgbouncer", **changes), bounds=TWENTY)  # type: ignore[arg-type]

    # To the database 2 × 2 × (10 + 2) = 48 of 50; from the pods 15 × (20 + 5) = 375, all on one of the two instances.
    result = of().connections
    assert result.pooler_server_connections is not None
    assert result.pooler_server_connections.working == "2 × 2 × (10 + 2) = 48"
    assert result.pooler_pool_size is not None
    assert result.pooler_pool_size.working == "50 / (2 × 2) → 12, less 2 → 10"
    assert number(result.pooler_client_connections) == 375
    assert result.pooler_max_client_conn is not None
    assert result.pooler_max_client_conn.working == "375 / 1 = 375"
    assert result.close
    # Pods do not connect to the database: it bounds no number of them.
    assert "database" not in of().replicas.max_replicas_candidates
    # Two colours share it: from the pods (40 + 5) × 15.
    both = planned(database=replace(SLOW, pooler="pgbouncer", colours=2), bounds=replace(TWENTY, colours=2)).connections
    assert number(both.pooler_client_connections) == 675
    assert number(both.pooler_server_connections) == 48
    # Never less than PgBouncer's own default; one instance alone holds all of them too.
    few = planned(database=replace(SLOW, pooler="pgbouncer", pooler_instances=5)).connections.pooler_max_client_conn
    assert few is not None
    assert few.working == "120 / 4 = 30, at least 100"
    assert number(of(pooler_instances=1).connections.pooler_max_client_conn) == 375


def test_a_given_pooler_pool_and_the_reserve_that_it_leaves() -> None:
    def of(size: int) -> Plan:
        return planned(database=replace(SLOW, pooler="pgbouncer", pooler_pool_size=size))

    workings = []
    for size in (8, 11, 12):
        reserve = of(size).connections.pooler_reserve
        assert reserve is not None
        workings.append(reserve.working)
    assert workings == ["12 × 0.2 → 2", "12 × 0.2 → 2, but the pool leaves 1", "12 × 0.2 → 2, but the pool leaves 0"]
    # 4 × 13 = 52 of 50, though 97 are not reserved; 4 × 25 = 100 are more than those.
    for size, fits in ((13, True), (24, True), (25, False)):
        found = of(size).connections
        assert (found.budget_closes, found.rollout_fits) == (False, fits)


def test_a_budget_without_a_connection_for_each_pooler() -> None:
    # 3 for 4 pods: each has one all the same, and the budget does not close.
    result = planned(database=replace(SLOW, pooler="pgbouncer", max_connections=7)).connections
    assert (number(result.pooler_pool_size), number(result.pooler_server_connections)) == (1, 4)
    assert not result.close


def test_sessions_that_a_pool_serves() -> None:
    # (15 - 2) / 1.25 = 10.4 → 10 in use, of calls that hold one half of the time: 20 calls, of 50 sessions
    assert planned().capacity.sessions_per_pod_candidates["pool"] == 50
    # At least one is in use, however small the pool.
    assert planned(database=replace(SLOW, pool_size=1)).capacity.sessions_per_pod_candidates["pool"] == 5


def clients(store: StateStore | None, bounds: Bounds = TWENTY) -> Clients:
    found = planned(database=None, store=store, bounds=bounds).clients
    assert found is not None
    return found


def test_clients_of_a_stock_store() -> None:
    found = clients(StateStore())
    assert found.client_budget.working == "min(10000 × 0.5 → 5000, 9990)"
    assert found.client_ceiling.working == "10000 - 10 → 9990"
    assert found.clients_at_maximum.working == "10 × 20 = 200"
    assert found.clients_with_surge.working == "10 × (20 + 5) = 250"
    assert (found.budget_closes, found.rollout_fits) == (True, True)
    assert planned().clients is None


def test_clients_of_two_colours_and_regions() -> None:
    both = clients(StateStore(colours=2, shared_by_regions=3), replace(TWENTY, colours=2))
    assert both.clients_at_maximum.working == "10 × 20 × 2 colours = 400"
    assert both.clients_with_surge.value == 10 * (40 + 5)
    assert both.client_budget.working.endswith("; / 3 regions → 1666")
    assert (both.client_budget.value, both.client_ceiling.value) == (1666, 3330)


@pytest.mark.parametrize(
    ("store", "budget", "closes", "fits"),
    [
        (StateStore(max_clients=400), 200, True, True),
        (StateStore(max_clients=399), 199, False, True),
        (StateStore(max_clients=260, share_percent=100), 250, True, True),
        (StateStore(max_clients=259, share_percent=100), 249, True, False),
        (StateStore(max_clients=209, share_percent=100), 199, False, False),
        (StateStore(max_clients=5), 0, False, False),
    ],
)
def test_the_clients_budget_closes_up_to_its_last(store: StateStore, budget: int, closes: bool, fits: bool) -> None:
    found = clients(store)
    assert found.client_budget.value == budget
    assert (found.budget_closes, found.rollout_fits) == (closes, fits)


def test_the_state_store_asks_for_no_remedy_of_the_database() -> None:
    result = planned(replace(GUIDE), database=None, store=StateStore(max_clients=5))
    assert result.closes
    assert result.remedies == ()


@pytest.mark.grid
def test_each_process_has_its_part_of_the_pool() -> None:
    # 20 calls of 500 ms take 15 in a pod: 4 in each of four processes. 11.825 × 0.5 / 4 = 1.478 are in use in one:
    # C(4) = 0.06 and C(5) = 0.016, so that it needs five by itself.
    four = replace(GUIDE, workers=4)
    found = planned(four, SLOW, sdk="python-v2").pool
    assert (found.of_process, found.size) == (5, 20)
    assert planned(four, Database(), sdk="python-v2").pool.of_process == 2
    # A given pool is of all processes together, and each has one connection at least.
    for given, each, size in ((15, 3, 12), (3, 1, 4)):
        found = planned(four, replace(SLOW, pool_size=given), sdk="python-v2").pool
        assert (found.of_process, found.size) == (each, size)
    # Who is told none takes five.
    found = planned(four, Database(pool_is_told=False), sdk="python-v2").pool
    assert (found.of_process, found.size) == (5, 20)
    # Workers of a runtime whose threads share a pool are no processes, unless the command starts some.
    assert planned(four, SLOW, sdk="other").pool.process_pool_size is None
    assert planned(replace(four, processes=2), SLOW, sdk="other").pool.size == 16


def test_a_smaller_pool_is_one_that_processes_can_share() -> None:
    # Half of 300 are 150: of 20 pods with four processes each at most 7, and so one for each process, 4 × 20.
    four = replace(GUIDE, workers=4)
    result = planned(four, replace(SLOW, max_connections=300), Bounds(max_replicas=20), "python-v2")
    assert all(remedy.change.get("mcp:database.poolSize") in (None, 4) for remedy in result.remedies)
