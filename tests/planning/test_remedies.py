"""Each remedy says numbers and changes keys; following it to the letter closes the budget."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from pulumi_kubernetes_mcp.planning import (
    Bounds,
    Database,
    Inputs,
    Plan,
    Remedy,
    RuntimeProfile,
    Workload,
    plan,
)
from pulumi_kubernetes_mcp.planning import remedies as module
from tests.sizes import examples

from .cases import GUIDE, SLOW, crowded, inputs, planned

TWENTY = Bounds(max_replicas=20)


def texts(result: Plan) -> list[str]:
    return [remedy.text for remedy in result.remedies]


def changes(result: Plan) -> list[dict[str, int | str | None]]:
    return [dict(remedy.change) for remedy in result.remedies]


def test_remedies_of_the_guide() -> None:
    result = planned(bounds=TWENTY)
    # 2 instances in 2 generations: 50 / 4 = 12 each, 2 of them in reserve, and 4 × 12 = 48.
    assert texts(result) == [
        "put a transaction-mode PgBouncer in front of the database: 2 instances with 10 connections each, "
        "48 of the 50 at most, serve all 375 connections of the pods",
        "use a pool of at most 2 per pod instead of 15: 2 × 20 pods = 40; 20 calls at a time then wait for "
        "each other if one holds a connection for more than 50 ms",
        "use a database with at least 600 connections instead of 100 (1600 is a common managed size): "
        "50 % of it hold 300",
        "lower the maximum to 3 pods instead of 20: 15 × 3 = 45, enough for the planned 82 sessions "
        "but not for a burst",
    ]
    assert changes(result) == [
        {"mcp:database.pooler": "pgbouncer"},
        {"mcp:database.poolSize": 2},
        {"mcp:database.maxConnections": 600},
        {"mcp:scaling.maxReplicas": 3},
    ]
    assert [str(remedy) for remedy in result.remedies] == texts(result)


def test_no_remedy_where_none_is_needed() -> None:
    assert planned(database=Database()).remedies == ()
    assert planned(database=None).remedies == ()


def test_a_rollout_that_does_not_fit_asks_for_remedies_too() -> None:
    # 15 × 6 = 90 of 97, and 15 × 8 = 120 during a rollout. 12 × 8 = 96; a pool of 12 serves 40 sessions, in 3 pods.
    result = planned(database=replace(SLOW, share_percent=100), bounds=Bounds(max_replicas=6))
    assert result.connections.budget_closes
    assert changes(result)[1:] == [
        {"mcp:database.poolSize": 12},
        {"mcp:database.maxConnections": 123},
        {"mcp:scaling.maxReplicas": 4},
    ]


def test_two_colours_are_planned_through() -> None:
    # 210 of 420, 15 × 10 × 2 = 300: 210 / 20 = 10, and 7 pods of each colour.
    result = planned(database=replace(SLOW, max_connections=420, colours=2), bounds=Bounds(max_replicas=10, colours=2))
    assert texts(result)[1].startswith("use a pool of at most 10 per pod instead of 15: 10 × 20 pods = 200;")
    assert texts(result)[3].startswith("lower the maximum to 7 pods instead of 10: 15 × 14 = 210,")
    assert changes(result)[2] == {"mcp:database.maxConnections": 600}


def test_a_pooler_is_no_remedy_for_connections_that_are_really_in_use() -> None:
    # 82 sessions × 20/50 calls × 5 s = 164 connections in use, and PgBouncer would have 2 × 10.
    result = planned(database=replace(SLOW, query_milliseconds=5000), bounds=TWENTY)
    assert result.connections.busy_connections
    assert result.connections.busy_connections.value == 164
    assert {"mcp:database.pooler": "pgbouncer"} not in changes(result)
    # With a larger database it is: 82 for each of 2 instances are 103 with a reserve of a fifth, in 2 generations 412.
    assert {"mcp:database.pooler": "pgbouncer", "mcp:database.maxConnections": 824} in changes(result)
    # Exactly enough of 2 × 10 is enough: 82 × 20/50 × 0.6 = 19.7 → 20.
    enough, short = (
        planned(database=replace(SLOW, query_milliseconds=milliseconds), bounds=TWENTY) for milliseconds in (600, 620)
    )
    assert {"mcp:database.pooler": "pgbouncer"} in changes(enough)
    assert {"mcp:database.pooler": "pgbouncer"} not in changes(short)


def test_a_pooler_takes_its_planned_pool() -> None:
    result = planned(database=replace(SLOW, pooler_pool_size=99), bounds=TWENTY)
    assert changes(result)[0] == {"mcp:database.pooler": "pgbouncer", "mcp:database.poolerPoolSize": None}


def test_a_maximum_below_the_peak_is_not_proposed() -> None:
    result = planned(replace(GUIDE, daily_users=5000))
    assert not result.connections.budget_closes
    assert not any(text.startswith("lower the maximum") for text in texts(result))


def test_a_maximum_below_the_minimum_is_not_proposed() -> None:
    # 100 users fit one pod, the database bears 3; production has at least 2, and 4 were asked for.
    few = replace(GUIDE, daily_users=100)
    assert {"mcp:scaling.maxReplicas": 3} in changes(planned(few, bounds=TWENTY))
    asked = replace(TWENTY, min_replicas=4)
    assert not any(text.startswith("lower the maximum") for text in texts(planned(few, bounds=asked)))
    # It bears one of 30: for production too few, elsewhere enough.
    one = replace(SLOW, pool_size=30)
    assert not any(text.startswith("lower the maximum") for text in texts(planned(few, one, TWENTY)))
    elsewhere = planned(few, one, replace(TWENTY, production=False))
    assert changes(elsewhere)[-1] == {"mcp:scaling.maxReplicas": 1}
    assert not any(
        text.startswith("lower the maximum")
        for text in texts(planned(few, replace(SLOW, pool_size=60), replace(TWENTY, production=False)))
    )


def test_what_a_lower_maximum_is_short_of() -> None:
    # The burst of the guide's 82 sessions takes 4 pods, and 5 are allowed.
    result = planned(database=replace(SLOW, max_connections=150), bounds=TWENTY)
    assert texts(result)[-1].endswith("but not for more than a burst of twice the load")


def test_a_smaller_pool_that_needs_more_pods_in_turn_is_not_proposed() -> None:
    # 15 × 6 pods = 90 of 50. A pool of 8 serves 20 sessions, so the maximum grows to 15 and 8 × 15 = 120.
    derived = planned()
    assert derived.connections.connections_at_maximum
    assert derived.connections.connections_at_maximum.value == 90
    assert not any(text.startswith("use a pool") for text in texts(derived))


def test_a_smaller_pool_that_the_given_maximum_cannot_make_up_for_is_not_proposed() -> None:
    # 15 × 2 = 30 of 20. A pool of 10 serves 30 sessions, and 82 sessions then need 3 pods.
    result = planned(database=replace(SLOW, max_connections=40), bounds=Bounds(max_replicas=2))
    assert not result.connections.budget_closes
    assert not any(text.startswith("use a pool") for text in texts(result))
    # A maximum of 5 does make up for it: 10 × 5 = 50.
    enough = planned(bounds=Bounds(max_replicas=5))
    assert any(text.startswith("use a pool of at most 10 per pod") for text in texts(enough))


def test_calls_that_wait_for_a_slot_do_not_wait_for_a_connection() -> None:
    # 8 of the 20 calls run: (4 × 1.25 + 2 = 7) of 20 pods are too many, and a pool of 2 has one in use.
    result = planned(replace(GUIDE, call_slots=8), bounds=TWENTY)
    smaller = next(text for text in texts(result) if text.startswith("use a pool"))
    assert smaller.endswith(
        "; 8 calls at a time then wait for each other if one holds a connection for more than 125 ms"
    )


def test_a_bigger_database_leaves_the_reserved_connections_alone() -> None:
    # 15 × (20 + 5) = 375 during a rollout, and 30.
    database = replace(SLOW, share_percent=100, reserved_connections=30)
    assert {"mcp:database.maxConnections": 405} in changes(planned(database=database, bounds=TWENTY))


def test_a_database_that_nobody_can_buy_is_not_proposed() -> None:
    # 15 × 166 = 2490, half of 4980; 15 × 167 are more than half of the 5000 that managed PostgreSQL has at most.
    most = Bounds(max_replicas=166)
    assert {"mcp:database.maxConnections": 4980} in changes(planned(bounds=most))
    beyond = planned(bounds=replace(most, max_replicas=167))
    assert not any("mcp:database.maxConnections" in change for change in changes(beyond))
    assert {"mcp:database.pooler": "pgbouncer"} in changes(beyond)


def test_several_databases_where_no_other_way_helps() -> None:
    # 1083333 sessions × 40 % × 50 ms = 21667 connections in use: 10834 for each of two instances are 13543 with a
    # reserve, 54172 in both generations, and half of 108344. That are 22 databases of 5000.
    load = Workload(daily_users=2_000_000, peak_factor=10)
    (only,) = planned(load, Database()).remedies
    assert only.text == (
        "divide the data over 22 databases, with a PgBouncer in front of each, for regions or groups of servers of "
        "their own: one would need 108344 connections, and managed ones have 5000 at most"
    )
    assert dict(only.change) == {}
    # No PgBouncer before another kind: 325005 connections in a half of 650010, of 16000 each.
    (other,) = planned(load, Database(kind="mysql")).remedies
    assert other.text.startswith("divide the data over 41 databases, for regions")


def test_regions_share_the_bigger_database() -> None:
    result = planned(database=replace(SLOW, shared_by_regions=3), bounds=TWENTY)
    bigger = next(text for text in texts(result) if text.startswith("use a database"))
    assert bigger == "use a database with at least 1800 connections instead of 100: 50 % of it hold 900"


def test_remedies_for_a_pooler_that_is_too_big() -> None:
    database = Database(pooler="pgbouncer", pooler_instances=4, pooler_pool_size=12)
    # 4 instances in 2 generations: 8 × 12 = 96 of 50, and 50 / 8 = 6 each, 1 of them in reserve.
    # 3 instances: 6 × 12 = 72, too many; 2 instances: 4 × 12 = 48. Half of 192 is 96.
    result = planned(database=database)
    assert texts(result) == [
        "use a pool of at most 6 per pooler instance instead of 12, or none given for 5 and a reserve of 1",
        "use 2 pooler instances instead of 4, each with a pool of 12: 48 of the 50 connections",
        "use a database with at least 192 connections instead of 100 (420 is a common managed size): "
        "50 % of it hold 96",
    ]
    assert changes(result) == [
        {"mcp:database.poolerPoolSize": None},
        {"mcp:database.poolerInstances": 2, "mcp:database.poolerPoolSize": 12},
        {"mcp:database.maxConnections": 192},
    ]
    # The pool that the first one names closes the budget as well.
    assert planned(database=replace(database, pooler_pool_size=6)).closes
    assert not planned(database=replace(database, pooler_pool_size=7)).closes


def test_fewer_instances_and_their_planned_pool_together() -> None:
    database = Database(pooler="pgbouncer", pooler_instances=50, pooler_pool_size=20)
    # A pool of 20 is too big even for 2 instances: 2 × 2 × 20 = 80 of 50. With a pool of 1, 2 × 25 × 1 = 50.
    assert texts(planned(database=database))[0] == (
        "use 25 pooler instances instead of 50, each with a pool of 1: 50 of the 50 connections"
    )


def test_no_number_of_instances_helps_where_there_is_no_budget() -> None:
    none = Database(pooler="pgbouncer", pooler_instances=3, max_connections=5, reserved_connections=4)
    # 6 poolers with one connection each: half of 12, and 2 more than what is reserved.
    assert changes(planned(database=none)) == [{"mcp:database.maxConnections": 12}]


KEYS = {
    "mcp:database.pooler": ("database", "pooler"),
    "mcp:database.poolSize": ("database", "pool_size"),
    "mcp:database.maxConnections": ("database", "max_connections"),
    "mcp:database.poolerPoolSize": ("database", "pooler_pool_size"),
    "mcp:database.poolerInstances": ("database", "pooler_instances"),
    "mcp:scaling.maxReplicas": ("bounds", "max_replicas"),
}


def follow(before: Inputs, remedy: Remedy) -> Inputs:
    """The inputs with the keys changed as the remedy says."""
    for key, value in remedy.change.items():
        owner, field = KEYS[key]
        before = replace(before, **{owner: replace(getattr(before, owner), **{field: value})})
    return before


def check_remedies(of: Inputs) -> None:
    """Each remedy of these inputs closes the budget, costs what it says, and asks for no more than it must."""
    before = plan(of)
    assert not (before.closes and before.remedies)
    steady = before.replicas.steady_replicas.value
    for remedy in before.remedies:
        if not remedy.change:
            assert "divide the data" in remedy.text
            continue
        after = plan(follow(of, remedy))
        assert after.connections.budget_closes, remedy
        assert after.connections.rollout_fits, remedy
        assert after.replicas.steady_replicas.value <= max(after.replicas.max_replicas.value, steady), remedy
        if remedy.monthly is not None:
            assert before.cost is not None
            assert after.cost is not None
            difference = after.cost.steady.value - before.cost.steady.value
            assert remedy.monthly.value == pytest.approx(difference, rel=1e-6, abs=0.01), remedy
        for key, step in (("mcp:database.maxConnections", -1), ("mcp:scaling.maxReplicas", 1)):
            value = remedy.change.get(key)
            if isinstance(value, int):
                other = follow(of, replace(remedy, change={key: value + step}))
                assert not plan(other).closes, remedy


@pytest.mark.grid
@examples(60)
@given(inputs)
def test_every_remedy_closes_the_budget(of: Inputs) -> None:
    check_remedies(of)


@pytest.mark.grid
@examples(150)
@given(crowded)
def test_every_remedy_of_a_crowded_database_closes_the_budget(of: Inputs) -> None:
    check_remedies(of)


@pytest.mark.grid
@examples(60)
@given(crowded | inputs)
def test_no_plan_takes_many_attempts(of: Inputs) -> None:
    attempts = 0
    derive_again = module.derive_again

    def counted(*arguments: object) -> object:
        nonlocal attempts
        attempts += 1
        return derive_again(*arguments)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "derive_again", counted)
        plan(of)
    assert attempts <= 64 + 3


@pytest.mark.grid
def test_attempts_at_a_smaller_pool_have_an_end() -> None:
    # A pool of p serves (p - 2) / 1.25 sessions, so that 260000 of them take 975000 × p / (p - 2) connections in all
    # pods: a smaller one needs as many more pods, and 970000 are never enough.
    load = Workload(
        peak_sessions=200_000,
        sessions_per_pod=1000,
        concurrent_calls=1000,
        heavy_calls=0,
        session_mib=0,
        era_percent={"modern": 1},
    )
    free = RuntimeProfile(name="free", baseline_mib=1, session_descriptors={"modern": 0}, source="made up")
    database = Database(query_milliseconds=1000, max_connections=970_003, share_percent=100)
    result = planned(load, database, Bounds(surge_percent=0), free)
    assert result.pool.size == 1252
    assert not any(text.startswith("use a pool") for text in texts(result))
