"""The cases about the plan, each by its own name."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.region_plan import load, plan_region
from pulumi_kubernetes_mcp.rules.model import Severity, errors

from .test_pod import codes, plan

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
