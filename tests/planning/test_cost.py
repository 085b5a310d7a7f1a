"""Monthly money, worked by hand: 730 hours of what is requested."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.planning import Bounds, Cost, Database, Plan, Prices, Workload

from .cases import MIB, SLOW, planned

PRICES = Prices(core_hour=0.03, gib_hour=0.004, currency="EUR")


def cost(result: Plan) -> Cost:
    assert result.cost is not None
    return result.cost


def test_without_prices_there_is_no_cost() -> None:
    assert planned().cost is None
    assert all(remedy.monthly is None for remedy in planned(bounds=Bounds(max_replicas=20)).remedies)


def test_one_pod_and_all_of_them() -> None:
    found = cost(planned(database=None, prices=PRICES))
    # 1 core × 0.03 + 192 / 1024 GiB × 0.004 = 0.03075 an hour, × 730 = 22.4475
    assert found.pod.value == 22.45
    assert found.pod.unit == "EUR/month"
    assert found.pod.working == "730 × (1 × 0.03 + 0.188 × 0.004) ≈ 22.45"
    # At least 3, 2 for the planned sessions and thus 3 as well, 6 at most.
    assert (found.minimum.value, found.steady.value, found.maximum.value) == (67.34, 67.34, 134.68)
    assert found.maximum.working == "6 × 22.45 ≈ 134.68"
    assert (found.pooler, found.by_profile) == (None, None)
    assert cost(planned(prices=replace(PRICES, currency=""))).pod.unit == "units/month"


def test_the_steady_state_is_within_the_bounds() -> None:
    # 5000 users: 813 planned sessions in 17 pods, of 9 at least and 51 at most.
    many = Workload(daily_users=5000)
    assert cost(planned(many, None, prices=PRICES)).steady.inputs["pods"] == 17
    assert cost(planned(many, None, Bounds(max_replicas=12), prices=PRICES)).steady.inputs["pods"] == 12
    assert cost(planned(many, None, Bounds(min_replicas=30), prices=PRICES)).steady.inputs["pods"] == 30


def test_given_requests_are_what_is_paid() -> None:
    limits = Bounds(cpu_request_millicores=2000, memory_request_bytes=1024 * MIB)
    # 2 × 0.03 + 1 × 0.004 = 0.064 × 730
    assert cost(planned(bounds=limits, prices=PRICES)).pod.value == 46.72


def test_the_poolers_are_paid_too() -> None:
    limits = Bounds(pooler_cpu_millicores=200, pooler_memory_bytes=128 * MIB)
    pooled = cost(planned(database=replace(SLOW, pooler="pgbouncer"), bounds=limits, prices=PRICES))
    # 2 × 730 × (0.2 × 0.03 + 0.125 × 0.004) = 9.49
    assert pooled.pooler is not None
    assert (pooled.pooler.value, pooled.pooler.working) == (9.49, "2 × 4.74 ≈ 9.49")
    assert (pooled.minimum.value, pooled.maximum.value) == (76.83, 144.18)
    assert pooled.maximum.working == "6 × 22.45 + 9.49 ≈ 144.18"
    assert (
        cost(planned(database=Database(kind="sqlite", pooler="pgbouncer"), bounds=limits, prices=PRICES)).pooler is None
    )


def test_the_day_of_the_profile() -> None:
    # 8 pods in two hours, 1 in the other 22: 38 / 24 on the mean; × 730 × (0.4 × …) of that pod
    hours = (0.0,) * 9 + (120.0,) + (0.0,) * 14
    load = Workload(sessions_by_hour=hours, sessions_per_pod=5, headroom_percent=0)
    result = planned(load, None, Bounds(production=False), prices=PRICES)
    assert sum(result.replicas_by_hour) == 38
    by_profile = cost(result).by_profile
    assert by_profile is not None
    core, gib = result.cpu.cpu_request_millicores.value / 1000, result.memory.memory_request_mib.value / 1024
    assert by_profile.value == pytest.approx(38 / 24 * 730 * (core * 0.03 + gib * 0.004), abs=0.006)
    assert cost(result).minimum.value < by_profile.value < cost(result).maximum.value


def test_prices_are_shown_as_they_were_given() -> None:
    found = cost(planned(prices=Prices(core_hour=0.0316, gib_hour=0.0035375)))
    assert found.pod.working.startswith("730 × (1 × 0.0316 + 0.188 × 0.0035375)")
    assert cost(planned(prices=Prices(core_hour=0, gib_hour=0))).maximum.value == 0


def remedy_costs(result: Plan) -> dict[str, str]:
    """What each remedy adds, by the first key that it changes."""
    return {next(iter(remedy.change)): str(remedy).removeprefix(remedy.text) for remedy in result.remedies}


def test_what_each_remedy_costs() -> None:
    limits = Bounds(max_replicas=20, pooler_cpu_millicores=200, pooler_memory_bytes=128 * MIB)
    result = planned(bounds=limits, prices=PRICES)
    # Now 3 pods for the planned sessions, 67.34. A pool of 2 serves 5 sessions: 17 pods for 82, 381.61.
    assert remedy_costs(result) == {
        "mcp:database.pooler": " (+9.49 EUR/month)",
        "mcp:database.poolSize": " (+314.27 EUR/month)",
        "mcp:database.maxConnections": "",
        "mcp:scaling.maxReplicas": " (+0 EUR/month)",
    }
    monthly = result.remedies[1].monthly
    assert monthly is not None
    assert monthly.working == "381.61 - 67.34 = 314.27"


def test_a_remedy_that_saves() -> None:
    limits = Bounds(pooler_cpu_millicores=200, pooler_memory_bytes=128 * MIB)
    database = Database(pooler="pgbouncer", pooler_instances=4, pooler_pool_size=12)
    # Two poolers of 4.745 less.
    assert remedy_costs(planned(database=database, bounds=limits, prices=PRICES)) == {
        "mcp:database.poolerPoolSize": " (+0 EUR/month)",
        "mcp:database.poolerInstances": " (−9.49 EUR/month)",
        "mcp:database.maxConnections": "",
    }
