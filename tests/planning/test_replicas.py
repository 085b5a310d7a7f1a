"""Numbers of pods: what asks for the minimum, what bounds the maximum, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.planning import SINGLE_WRITERS, Bounds, Database, Workload

from .cases import GUIDE, MIB, SLOW, number, planned


@pytest.mark.parametrize(
    ("users", "bounds", "binding", "working"),
    [
        (50, Bounds(production=False), "mean of the day", "mean of the day 1 → 1"),
        # 2083.3 × 1.3 / 50 = 54.2
        (50_000, Bounds(production=False), "mean of the day", "mean of the day 55 → 55"),
        (
            50,
            Bounds(),
            "production",
            "mean of the day 1, production 2, mean after the loss of a node 2, mean after the loss of a zone 2 → 2",
        ),
        (
            50_000,
            Bounds(zones=1),
            "mean after the loss of a node",
            "mean of the day 55, production 2, mean after the loss of a node 56 → 56",
        ),
        (
            50_000,
            Bounds(zones=2),
            "mean after the loss of a zone",
            "mean of the day 55, production 2, mean after the loss of a node 56, "
            "mean after the loss of a zone 110 → 110",
        ),
        (
            500,
            Bounds(),
            "one pod in each of three zones",
            "mean of the day 1, production 2, mean after the loss of a node 2, mean after the loss of a zone 2, "
            "one pod in each of three zones 3 → 3",
        ),
        (500, Bounds(min_replicas=4), "given", "given: 4"),
        (
            500,
            Bounds(zones=1, max_replicas=1),
            "maximum",
            "mean of the day 1, production 2, mean after the loss of a node 2 → 2, but the given maximum is 1",
        ),
    ],
)
def test_reasons_for_the_minimum(users: float, bounds: Bounds, binding: str, working: str) -> None:
    found = planned(Workload(daily_users=users), None, bounds).replicas
    assert found.min_replicas_binding == binding
    assert found.min_replicas.working == working


def test_two_zones_do_not_ask_for_three_pods() -> None:
    assert planned(bounds=Bounds(zones=2), database=None).replicas.min_replicas.value == 2


@pytest.mark.grid
def test_the_database_bounds_the_maximum_by_budget_and_by_rollout() -> None:
    def allowed(database: Database, bounds: Bounds | None = None) -> int:
        return planned(database=database, bounds=bounds).replicas.max_replicas_candidates["database"]

    # Half of 100 hold 3 pools of 15.
    assert allowed(SLOW) == 3
    # All but 3 of 100 hold 6 pools, but a rollout of 4 takes 5, and one of 5 takes 7.
    every = replace(SLOW, share_percent=100)
    assert allowed(every) == 4
    assert allowed(every, Bounds(surge_percent=0)) == 6
    assert allowed(every, Bounds(surge_percent=100)) == 3
    assert allowed(replace(SLOW, max_connections=5)) == 0


def test_two_colours() -> None:
    both = replace(SLOW, max_connections=420, colours=2)
    # 210 hold 14 pools, two colours of 7; a rollout of 7: (14 + 2) × 15 = 240 of 417
    result = planned(database=both, bounds=Bounds(colours=2))
    assert result.replicas.max_replicas_candidates["database"] == 7
    assert result.replicas.pods_at_maximum.working == "6 × 2 colours + 2 = 14"
    assert planned().replicas.pods_at_maximum.working == "6 + 2 = 8"
    # 13 pods: 5 of each colour and 2 surge are 12, 6 and 2 would be 14.
    limits = Bounds(colours=2, quota_pods=13)
    assert planned(database=None, bounds=limits).replicas.max_replicas_candidates["quota"] == 5
    # A rollout that fits the hard ceiling for one colour only: 97 hold 6 pools.
    every = replace(SLOW, share_percent=100, colours=2)
    assert planned(database=every, bounds=Bounds(colours=2)).replicas.max_replicas_candidates["database"] == 2


@pytest.mark.parametrize(
    ("short", "allowed"),
    [
        # Two generations of two poolers take 4 pods, 4 × 250 m and 4 × 64 MiB off.
        (Bounds(quota_pods=12), 6),
        (Bounds(quota_pods=11), 5),
        (Bounds(quota_pods=3), 0),
        (Bounds(quota_cpu_millicores=9000), 6),
        (Bounds(quota_cpu_millicores=8999), 5),
        (Bounds(quota_cpu_millicores=999), 0),
        (Bounds(quota_memory_bytes=(8 * 192 + 4 * 64) * MIB), 6),
        (Bounds(quota_memory_bytes=(8 * 192 + 4 * 64) * MIB - 1), 5),
        (Bounds(quota_memory_bytes=0), 0),
    ],
)
def test_the_pooler_takes_from_the_quota(short: Bounds, allowed: int) -> None:
    pooled = replace(SLOW, pooler="pgbouncer")
    limits = replace(short, pooler_cpu_millicores=250, pooler_memory_bytes=64 * MIB)
    result = planned(database=pooled, bounds=limits)
    assert result.replicas.max_replicas_candidates["quota"] == allowed
    # 6 pods and 2 surge of 1000 m and 192 MiB; without a pooler all of it is theirs.
    alone = planned(database=None, bounds=limits).replicas.max_replicas_candidates["quota"]
    assert alone > allowed or allowed == alone == 0


def test_a_quota_of_what_is_not_requested_bounds_nothing() -> None:
    free = Bounds(quota_cpu_millicores=0, quota_memory_bytes=0, cpu_request_millicores=0, memory_request_bytes=0)
    assert "quota" not in planned(bounds=free).replicas.max_replicas_candidates


@pytest.mark.grid
def test_the_tightest_bound_is_named() -> None:
    # The load asks for 6. The database bears 3, the quota 4.
    both = Bounds(quota_pods=5)
    assert planned(bounds=both).replicas.max_replicas_binding == "database"
    assert (
        planned(database=replace(SLOW, max_connections=150), bounds=Bounds(quota_pods=3)).replicas.max_replicas_binding
        == "quota"
    )
    # What bears exactly what is asked for does not bind.
    enough = replace(SLOW, max_connections=180)
    assert planned(database=enough).replicas.max_replicas_candidates["database"] == 6
    assert planned(database=enough).replicas.max_replicas_binding == "load"
    asked = Bounds(min_replicas=7)
    assert planned(database=None, bounds=asked).replicas.max_replicas_binding == "minimum"
    assert planned(database=enough, bounds=asked).replicas.max_replicas_binding == "database"
    assert planned(database=enough, bounds=Bounds(max_replicas=9)).replicas.max_replicas_candidates["given"] == 9


@pytest.mark.parametrize("kind", SINGLE_WRITERS)
def test_one_writer_is_one_pod(kind: str) -> None:
    result = planned(database=Database(kind=kind, pooler="pgbouncer", pool_size=7))
    assert result.replicas.max_replicas_candidates["database"] == 1
    assert result.replicas.max_replicas_binding == "database"
    assert (result.pool.pool_size, result.pool.size) == (None, 0)
    assert result.connections.connection_budget is None
    assert result.connections.close
    assert result.remedies == ()
    # No pool in memory, no connections as descriptors, nothing to wait for.
    assert result.memory.memory_per_pod_mib.value == 160.25
    assert result.descriptors.value == 50 + 20 + 64
    assert [station.name for station in result.waiting.stations] == ["cpu"]


def test_what_asks_for_the_steady_state() -> None:
    assert planned().replicas.steady_replicas_binding == "load"
    tight = planned(bounds=Bounds(memory_limit_bytes=176 * MIB))
    assert tight.replicas.steady_replicas_binding == "memory"
    assert tight.replicas.burst_replicas.working == "2 × 82 / 15 ≈ 10.933 → 11"


def test_surge_is_rounded_up() -> None:
    assert planned(bounds=Bounds(max_replicas=9)).replicas.surge_pods.working == "9 × 0.25 = 2.25 → 3"
    assert planned(bounds=Bounds(max_replicas=9, surge_percent=0)).replicas.surge_pods.value == 0


def test_a_given_maximum_below_a_given_minimum_is_left_to_the_findings() -> None:
    found = planned(replace(GUIDE), bounds=Bounds(min_replicas=7, max_replicas=4)).replicas
    assert (found.min_replicas.value, found.max_replicas.value) == (7, 4)
    assert number(found.pods_at_maximum) == 5


@pytest.mark.parametrize(
    ("bounds", "database", "binding"),
    [
        # Half of 100 hold 3 pools of 15; 11 pods of quota are 5 with a pooler's and a rollout's.
        (Bounds(quota_pods=3), SLOW, "quota"),
        (Bounds(quota_pods=60), SLOW, "database"),
        (Bounds(quota_pods=60), None, "load"),
        (Bounds(quota_pods=60, max_replicas=9), SLOW, "given"),
    ],
    ids=["a small quota", "a small database", "neither", "given"],
)
def test_what_binds_the_maximum_is_what_is_least(bounds: Bounds, database: Database | None, binding: str) -> None:
    assert planned(database=database, bounds=bounds).replicas.max_replicas_binding == binding
