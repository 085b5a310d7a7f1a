"""Rules about room in a pod and in the namespace, each at its boundary."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.rules import capacity
from pulumi_kubernetes_mcp.rules.model import Severity

MIB = 2**20


def test_memory_of_one_pod() -> None:
    assert capacity.memory_findings(needed_mib=219.06, limit_mib=219.06, sessions_per_pod=50, path="m") == []
    (finding,) = capacity.memory_findings(needed_mib=219.06, limit_mib=192, sessions_per_pod=50, path="m")
    assert str(finding) == (
        "error MCP501 at m: 50 sessions need 220Mi in one pod, and its limit is 192Mi. "
        "Raise the limit to at least 220Mi, or plan fewer sessions per pod."
    )


def test_cpu_of_one_pod() -> None:
    assert capacity.cpu_findings(needed_millicores=2300, limit_millicores=2300, path="c") == []
    (finding,) = capacity.cpu_findings(needed_millicores=2300, limit_millicores=2299, path="c")
    assert str(finding) == (
        "warning MCP504 at c: The heaviest calls of one pod need 2300m, and its limit is 2299m. "
        "Raise the limit to at least 2300m, or plan fewer heavy calls per pod."
    )


def test_descriptors_of_one_pod() -> None:
    assert capacity.descriptor_findings(needed=1024, soft_limit=1024, path="d") == []
    (finding,) = capacity.descriptor_findings(needed=1025, soft_limit=1024, path="d")
    assert (finding.code, finding.severity) == ("MCP502", Severity.WARNING)
    assert finding.problem == "One pod needs 1025 file descriptors, and the soft limit is 1024."


def quota(pods: int | None, cpu: int | None, memory: int | None) -> list[str]:
    found = capacity.quota_findings(
        pods=25,
        cpu_millicores=25_500,
        memory_bytes=4800 * MIB,
        quota_pods=pods,
        quota_cpu_millicores=cpu,
        quota_memory_bytes=memory,
        path="q",
    )
    assert all(finding.code == "MCP503" and finding.severity is Severity.ERROR for finding in found)
    return [f"{finding.path}: {finding.problem} {finding.remedy}" for finding in found]


def test_a_quota_that_just_fits_or_does_not_exist_passes() -> None:
    assert quota(25, 25_500, 4800 * MIB) == []
    assert quota(None, None, None) == []


@pytest.mark.parametrize(
    ("pods", "cpu", "memory", "expected"),
    [
        (
            24,
            None,
            None,
            "q.pods: At the maximum, with surge and pooler, 25 pods are needed, and the quota is 24. "
            "Ask for a quota of at least 25, or lower the maximum.",
        ),
        (
            None,
            25_000,
            None,
            "q.cpu: At the maximum, with surge and pooler, 25500m of CPU requests are needed, and the quota is 25. "
            "Ask for a quota of at least 25500m, or lower the maximum.",
        ),
        (
            None,
            None,
            4800 * MIB - 1,
            "q.memory: At the maximum, with surge and pooler, 4800Mi of memory requests are needed, and the quota "
            "is 4799Mi. Ask for a quota of at least 4800Mi, or lower the maximum.",
        ),
    ],
)
def test_each_dimension_of_the_quota(pods: int | None, cpu: int | None, memory: int | None, expected: str) -> None:
    assert quota(pods, cpu, memory) == [expected]


def test_all_dimensions_at_once() -> None:
    assert [text.partition(":")[0] for text in quota(1, 1, 1)] == ["q.pods", "q.cpu", "q.memory"]
