"""The cases about the plan, each by its own name."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp import wiring
from pulumi_kubernetes_mcp.region_plan import RegionPlan, load, plan_region
from pulumi_kubernetes_mcp.rules.model import Severity, errors

from .test_pod import case, codes, plan

OF_ANOTHER_SUBJECT = {
    # The grace period cuts calls; the class of the Ingress is of another controller than the one that is named.
    "published-atlassian-server": {"MCP102"},
    "published-openshift-server": {"MCP315"},
}


@pytest.mark.parametrize(
    ("name", "held"),
    [
        # 500m of which 50 are the process: 450 / (20 % × 200) = 11 of the ten that are asked for
        ("published-atlassian-server", 10),
        # 100m and 128Mi are less than what is assumed of an unknown process, which refuses nothing.
        ("published-kubernetes-server", 1),
        ("published-nextcloud-server", 10),
        ("published-openshift-server", 10),
        # One core: (1000 - 50) / 40 = 23
        ("published-workspace-server", 20),
    ],
)
def test_one_replica_of_few_users(name: str, held: int) -> None:
    found = plan(name)
    refused = {finding.code for finding in found.findings if finding.severity is Severity.ERROR}
    assert refused == OF_ANOTHER_SUBJECT.get(name, set())
    assert found.plan.capacity.sessions_per_pod.value == held
    assert "cpu target" not in found.plan.capacity.sessions_per_pod_candidates
    assert ("MCP526" in codes(found)) == (name == "published-kubernetes-server")


@pytest.mark.parametrize(
    ("target", "held", "pods"),
    [
        # 1300 planned sessions; a pod of one core reaches its target of 600m at (600 - 50) / (0.2365 × 100.65) = 23.1
        (50, 23, 57),
        (1000, 23, 57),
        # Pods of five are what was asked for: 500m are enough for ten.
        (5, 5, 260),
    ],
)
def test_a_thousand_sessions_on_one_core_of_python(target: int, held: int, pods: int) -> None:
    found = plan_region(
        load(
            {
                "mcp:region": {"name": "us-east"},
                "mcp:server": {"image": "acme/mcp:1.0.0", "runtime": "python-v2", "eras": ["modern"]},
                "mcp:workload": {"peakSessions": 1000, "sessionsPerPod": target},
                "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
            },
            where="python",
        ),
        rehearse=False,
    )
    assert found.plan.capacity.sessions_per_pod.value == held
    assert found.plan.replicas.steady_replicas.value == pods
    assert not errors(found.findings)
    assert ("MCP527" in codes(found)) == (target == 1000)


def changed(name: str, **groups: dict[str, Any]) -> RegionPlan:
    """What is decided about a case with some keys of its groups changed."""
    values = case(name)
    merged = {
        key: {**values.get(key, {}), **keys} for key, keys in ((f"mcp:{group}", of) for group, of in groups.items())
    }
    return plan_region(load({**values, **merged}, where=name), rehearse=False)


def told(found: RegionPlan) -> dict[str, str]:
    """The codes of the findings that are no hint about a cluster to the paths that they are at."""
    return {finding.code: finding.path for finding in found.findings}


@pytest.mark.grid
def test_workers_and_pool() -> None:
    # One pod's calls need a pool of 5; ten processes have one connection each, and 39 pods 390 of 800.
    found = plan("workers-and-pool")
    assert wiring.derived_environment(found.first, None)["DATABASE_POOL_SIZE"] == "1"
    assert found.plan.connections.connections_at_maximum is not None
    assert found.plan.connections.connections_at_maximum.value == 10 * found.max_replicas == 390
    # A Secret that holds one URL is enough: nothing else has to be in it.
    assert wiring.secret_environment(found.first) == {"DATABASE_URL": "url"}
    # What the stack says of the keys is read, and so is what a value is put together from.
    said = changed("workers-and-pool", database={"userKey": "username"})
    assert wiring.secret_environment(said.first) == {"DATABASE_URL": "url", "PGUSER": "username"}
    named = changed("workers-and-pool", server={"env": {"RO_URL": "postgres://$(PGUSER):$(PGPASSWORD)@replica/x"}})
    assert wiring.secret_environment(named.first).keys() == {"DATABASE_URL", "PGUSER", "PGPASSWORD"}
    # Another thing's URL says nothing of this database's user.
    other_url = changed("workers-and-pool", secrets={"env": {"REDIS_URL": "url"}})
    assert wiring.secret_environment(other_url.first).keys() == {"REDIS_URL", "PGUSER", "PGPASSWORD"}
    beside = {"envValueFrom": {"DATABASE_URL": {"secret": {"name": "other", "key": "uri"}}}}
    of_another = changed("workers-and-pool", server=beside, secrets={"env": {}})
    assert wiring.secret_environment(of_another.first) == {}
    # A server that is told no size takes five in each process: 50 × 39 = 1950, above the budget.
    silent = changed("workers-and-pool", database={"preset": "prisma"})
    assert told(silent)["MCP401"] == "mcp:database"
    assert silent.plan.connections.connections_at_maximum is not None
    assert silent.plan.connections.connections_at_maximum.value == 1950
    # The command counts without workers, and more than what they say.
    alone = changed("workers-and-pool", workload={"workers": None})
    assert alone.plan.pool.size == 10
    assert "MCP528" not in told(alone)
    other = changed("workers-and-pool", workload={"workers": 2})
    assert told(other)["MCP528"] == "mcp:server.args"
    assert other.plan.pool.size == 10


@pytest.mark.grid
def test_workers_and_sessions() -> None:
    assert told(plan("workers-and-sessions"))["MCP529"] == "mcp:workload.workers"
    for workers, codes_told in ((1, {"MCP528", "MCP529"}), (None, {"MCP529"}), (2, {"MCP528", "MCP529"})):
        found = told(changed("workers-and-sessions", workload={"workers": workers}))
        assert codes_told <= set(found)
        assert "MCP528" in codes_told or "MCP528" not in found
        assert found["MCP529"] == ("mcp:workload.workers" if workers == 2 else "mcp:server.command")
    one = changed("workers-and-sessions", workload={"workers": None}, server={"command": ["uvicorn", "server:app"]})
    assert not {"MCP528", "MCP529"} & set(told(one))
    # Eras without sessions may run as many as they like.
    free = changed("workers-and-sessions", server={"eras": ["modern"]})
    assert not {"MCP528", "MCP529"} & set(told(free))
