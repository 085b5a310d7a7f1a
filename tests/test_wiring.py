"""What the wiring hands on, argument by argument, where a value is worked out on the way. No object is made."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp import wiring
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack

GROUPS: dict[str, Any] = {
    "region": {"name": "us-east"},
    "server": {"image": "ghcr.io/acme/orders:1.4.2"},
    "workload": {"dailyUsers": 500},
    "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "database": {"host": "db.example.com", "maxConnections": 420, "pooler": "pgbouncer", "queryMilliseconds": 500},
    "secrets": {"source": "existing", "name": "database"},
}


def planned(**groups: Any) -> RegionPlan:
    """The plan of the stack with some keys over it."""
    values = {f"mcp:{name}": {**GROUPS.get(name, {}), **groups.get(name, {})} for name in {*GROUPS, *groups}}
    return plan_region(load_stack(values, where="stack"), rehearse=False)


@pytest.mark.parametrize(
    ("groups", "server", "pooler"),
    [
        ({}, 600, 600),
        ({"awaits": {"timeoutSeconds": 599}}, 600, 599),
        ({"awaits": {"timeoutSeconds": 601}}, 601, 601),
        ({"server": {"startupSeconds": 150}}, 600, 600),
        ({"server": {"startupSeconds": 151}}, 604, 600),
    ],
    ids=str,
)
def test_a_deployment_is_waited_for_ten_minutes_or_as_long_as_it_needs(
    groups: dict[str, Any], server: int, pooler: int
) -> None:
    plan = planned(**groups)
    (shared,) = plan.shared.poolers
    assert wiring.service_args(plan.first, "ns", "database", "pooler").await_timeout_seconds == server
    assert wiring.pooler_args(shared, plan, "ns", "database").await_timeout_seconds == pooler


def test_a_pooler_is_told_what_the_plan_says_of_it() -> None:
    plan = planned()
    (shared,) = plan.shared.poolers
    args, figures = wiring.pooler_args(shared, plan, "ns", "database"), shared.figures
    assert (args.pool_size, args.reserve_pool_size) == (figures.pool_size.value, figures.reserve.value)
    assert args.max_client_conn == figures.max_client_conn.value
    assert args.client_connections == figures.client_connections.value
    assert (args.budget, args.secret_name, args.namespace) == (shared.budget, "database", "ns")
    assert [opening.workload for opening in args.allow_from if opening.workload] == ["mcp-server"]


@pytest.mark.parametrize(
    ("region", "server", "expected"),
    [
        ({}, {}, None),
        ({"platform": "openshift"}, {}, True),
        ({"platform": "openshift"}, {"userId": 1001}, None),
        ({"platform": "openshift"}, {"clusterUserId": False}, None),
        ({}, {"clusterUserId": True}, True),
    ],
    ids=str,
)
def test_the_cluster_chooses_the_user_where_its_platform_or_the_stack_says_so(
    region: dict[str, Any], server: dict[str, Any], expected: bool | None
) -> None:
    plan = planned(region=region, server=server)
    (shared,) = plan.shared.poolers
    assert wiring.by_cluster(plan.settings) is expected
    service = wiring.service_args(plan.first, "ns", "database", "pooler")
    made = wiring.pooler_args(shared, plan, "ns", "database")
    assert {service.cluster_user_id, made.cluster_user_id} == {bool(expected)}


def test_a_budget_is_what_may_be_used_and_its_ceiling_what_there_is() -> None:
    (database,) = planned(database={"pooler": "none", "maxConnections": 4000, "sharePercent": 10}).shared.databases
    assert (database.budget, database.ceiling > database.budget) == (400, True)
