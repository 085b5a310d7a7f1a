"""Each remedy says numbers; following it to the letter closes the budget."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings

from pulumi_kubernetes_mcp.planning import Bounds, Database, RuntimeProfile, Workload, plan, runtime

from .cases import GUIDE, SLOW, bounds, databases, runtimes, workloads

NODE = runtime("node")


def test_remedies_of_the_guide() -> None:
    # 2 instances in 2 generations: 50 / 4 = 12 each, 2 of them in reserve, and 4 × 12 = 48.
    assert plan(GUIDE, SLOW, Bounds(max_replicas=20), NODE).remedies == (
        "put a transaction-mode PgBouncer in front of the database: 2 instances with 10 connections each, "
        "48 of the 50 at most, serve all 375 connections of the pods",
        "use a pool of at most 2 per pod instead of 15: 2 × 20 pods = 40; 20 calls at a time then wait for "
        "each other if one holds a connection for more than 50 ms",
        "use a database with at least 600 connections instead of 100 (1600 is a common managed size): "
        "50 % of it hold 300",
        "lower the maximum to 3 pods instead of 20: 15 × 3 = 45, enough for the planned 82 sessions "
        "but not for a burst",
    )


def test_no_remedy_where_none_is_needed() -> None:
    assert plan(GUIDE, Database(), Bounds(), NODE).remedies == ()
    assert plan(GUIDE, None, Bounds(), NODE).remedies == ()


def test_a_pooler_is_no_remedy_for_connections_that_are_really_in_use() -> None:
    # 82 sessions × 20/50 calls × 5 s = 164 connections in use, and PgBouncer would have 2 × 10.
    result = plan(GUIDE, replace(SLOW, query_milliseconds=5000), Bounds(max_replicas=20), NODE)
    assert result.busy_connections
    assert result.busy_connections.value == 164
    assert not any("PgBouncer" in text for text in result.remedies)


def test_a_maximum_below_the_peak_is_not_proposed() -> None:
    result = plan(replace(GUIDE, daily_users=5000), SLOW, Bounds(), NODE)
    assert not result.budget_closes
    assert not any(text.startswith("lower the maximum") for text in result.remedies)


def test_a_smaller_pool_that_needs_more_pods_in_turn_is_not_proposed() -> None:
    # 15 × 6 pods = 90 of 50. A pool of 8 serves 20 sessions, so the maximum grows to 15 and 8 × 15 = 120.
    derived = plan(GUIDE, SLOW, Bounds(), NODE)
    assert derived.connections_at_maximum
    assert derived.connections_at_maximum.value == 90
    assert not any(text.startswith("use a pool") for text in derived.remedies)


def test_a_smaller_pool_that_the_given_maximum_cannot_make_up_for_is_not_proposed() -> None:
    # 15 × 2 = 30 of 20. A pool of 10 serves 30 sessions, and 82 sessions then need 3 pods.
    result = plan(GUIDE, replace(SLOW, max_connections=40), Bounds(max_replicas=2), NODE)
    assert not result.budget_closes
    assert not any(text.startswith("use a pool") for text in result.remedies)
    # A maximum of 5 does make up for it: 10 × 5 = 50.
    enough = plan(GUIDE, SLOW, Bounds(max_replicas=5), NODE)
    assert any(text.startswith("use a pool of at most 10 per pod") for text in enough.remedies)


def test_a_bigger_database_leaves_the_reserved_connections_alone() -> None:
    database = replace(SLOW, share_percent=100, reserved_connections=30)
    result = plan(GUIDE, database, Bounds(max_replicas=20), NODE)
    assert any(text.startswith("use a database with at least 330 connections") for text in result.remedies)


def test_remedies_for_a_pooler_that_is_too_big() -> None:
    database = Database(pooler="pgbouncer", pooler_instances=4, pooler_pool_size=12)
    # 4 instances in 2 generations: 8 × 12 = 96 of 50, and 50 / 8 = 6 each, 1 of them in reserve.
    # 3 instances: 6 × 12 = 72, too many; 2 instances: 4 × 12 = 48. Half of 192 is 96.
    assert plan(GUIDE, database, Bounds(), NODE).remedies == (
        "use a pool of at most 6 per pooler instance instead of 12, or none given for 5 and a reserve of 1",
        "use 2 pooler instances instead of 4, each with a pool of 12: 48 of the 50 connections",
        "use a database with at least 192 connections instead of 100 (420 is a common managed size): "
        "50 % of it hold 96",
    )


def test_fewer_instances_and_their_planned_pool_together() -> None:
    database = Database(pooler="pgbouncer", pooler_instances=50, pooler_pool_size=20)
    # A pool of 20 is too big even for 2 instances: 2 × 2 × 20 = 80 of 50. With a pool of 1, 2 × 25 × 1 = 50.
    assert plan(GUIDE, database, Bounds(), NODE).remedies[0] == (
        "use 25 pooler instances instead of 50, each with a pool of 1: 50 of the 50 connections"
    )


def follow(text: str, database: Database, limits: Bounds) -> tuple[Database, Bounds]:
    """The change that a remedy asks for, read from its words."""
    if text.startswith("put a transaction-mode PgBouncer"):
        return replace(database, pooler="pgbouncer", pooler_pool_size=None), limits
    if found := re.match(r"use a pool of at most (\d+) per pod", text):
        return replace(database, pool_size=int(found[1])), limits
    if found := re.match(r"use a database with at least (\d+) connections", text):
        return replace(database, max_connections=int(found[1])), limits
    if found := re.match(r"lower the maximum to (\d+) pods", text):
        return database, replace(limits, max_replicas=int(found[1]))
    if found := re.match(r"use a pool of at most (\d+) per pooler instance", text):
        return replace(database, pooler_pool_size=int(found[1])), limits
    found = re.match(r"use (\d+) pooler instances instead of \d+, each with a pool of (\d+)", text)
    assert found, text
    return replace(database, pooler_instances=int(found[1]), pooler_pool_size=int(found[2])), limits


@settings(max_examples=150, deadline=None)
@given(workloads, databases, bounds, runtimes)
def test_every_remedy_closes_the_budget(
    load: Workload, database: Database, limits: Bounds, sdk: RuntimeProfile
) -> None:
    before = plan(load, database, limits, sdk)
    assert not (before.budget_closes and before.remedies)
    for text in before.remedies:
        after = plan(load, *follow(text, database, limits), sdk)
        assert after.budget_closes, text
        assert after.steady_replicas.value <= max(after.max_replicas.value, before.steady_replicas.value), text


@settings(max_examples=60, deadline=None)
@given(workloads, databases)
def test_the_database_that_is_asked_for_is_the_smallest(load: Workload, database: Database) -> None:
    before = plan(load, database, Bounds(), NODE)
    for text in before.remedies:
        if text.startswith("use a database"):
            changed, limits = follow(text, database, Bounds())
            smaller = replace(changed, max_connections=changed.max_connections - 1)
            assert not plan(load, smaller, limits, NODE).budget_closes, text
