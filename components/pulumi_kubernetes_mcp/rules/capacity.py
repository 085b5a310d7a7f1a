"""Rules about room: in one pod, and in the namespace."""

from __future__ import annotations

from collections.abc import Mapping

from ..kubernetes.quantities import format_cpu, format_memory
from .model import Finding, Rule, Severity

MEMORY = Rule(
    code="MCP501",
    slug="memory-limit-too-low",
    severity=Severity.ERROR,
    title="the sessions of one pod do not fit its memory limit",
    meaning="""
        The memory that the planned sessions need in one pod, with 25 % for garbage collection, is above the memory
        limit.
        """,
    why="Above the limit the kernel kills the container (OOMKilled), and all its sessions are lost.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            limits: {cpu: 2500m, memory: 192Mi}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            limits: {cpu: 2500m, memory: 512Mi}
        """,
)


ASSUMED_MEMORY = Rule(
    code="MCP526",
    slug="memory-limit-below-assumption",
    severity=Severity.WARNING,
    title="a memory limit below what is assumed of an unknown runtime",
    meaning="""
        The number of pods is fixed and the runtime is `other`, so that the memory of its process is the sizing guide's,
        80 MiB and 30 for the tools, and with that the sessions at the peak do not fit the memory limit. Where the
        runtime is known, or was measured, or an autoscaler fills the pods, this is an error (MCP501).
        """,
    why="""
        A server in Go may take 15 MiB where one in Java takes 300. Above the limit the kernel kills the container
        (OOMKilled), and all its sessions are lost.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: other
          resources:
            limits: {cpu: 2500m, memory: 128Mi}
        mcp:region: {name: us-east, environment: development}
        mcp:workload: {peakSessions: 5}
        mcp:scaling: {autoscaler: none, replicas: 1}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: other
          resources:
            limits: {cpu: 2500m, memory: 192Mi}
        mcp:region: {name: us-east, environment: development}
        mcp:workload: {peakSessions: 5}
        mcp:scaling: {autoscaler: none, replicas: 1}
        """,
)


DESCRIPTORS = Rule(
    code="MCP502",
    slug="too-many-descriptors",
    severity=Severity.WARNING,
    title="more descriptors than the process may open",
    meaning="""
        The sessions, connections and libraries of one pod need more file descriptors than the usual soft limit of 1024.
        """,
    why="""
        Each stream and each database connection takes one. The soft limit is usually 1024; neither a pod nor a
        Dockerfile can raise it, only the process itself.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          sessionsPerPod: 1200
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          sessionsPerPod: 200
        """,
)


QUOTA = Rule(
    code="MCP503",
    slug="quota-too-small",
    severity=Severity.ERROR,
    title="the quota does not hold the maximum",
    meaning="""
        `quota` is below the sum of the requests at the greatest number of pods, with the surge of a rollout and the
        pooler. Left out, the quota is derived.
        """,
    why="""
        Pods above the quota are refused: the autoscaler stops below its maximum, or a rollout hangs for want of surge.
        """,
    fails="""
        mcp:region:
          name: us-east
          quota: {cpu: '4', memory: 8Gi, pods: 4}
        """,
    passes="""
        mcp:region:
          name: us-east
          quota: {cpu: '40', memory: 64Gi, pods: 40}
        """,
)


CPU = Rule(
    code="MCP504",
    slug="cpu-limit-too-low",
    severity=Severity.WARNING,
    title="the CPU limit is below what the calls need",
    meaning="The CPU that the heaviest calls of one pod need, is above the CPU limit.",
    why="Above its limit a container is throttled: every call gets slower, and timeouts follow.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {cpu: 500m, memory: 192Mi}
            limits: {cpu: '1', memory: 256Mi}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {cpu: 500m, memory: 192Mi}
            limits: {cpu: 2500m, memory: 256Mi}
        """,
)


MIB = 2**20


def memory_findings(
    *, needed_mib: float, limit_mib: float, sessions_per_pod: int, path: str, known_mib: float | None = None
) -> list[Finding]:
    """MCP501 if the planned memory of one pod, in MiB, is above its limit.

    :param known_mib: the part of it that was given, where the runtime is not known: MCP526 if the rest decides.
    """
    if needed_mib <= limit_mib:
        return []
    if known_mib is not None and known_mib <= limit_mib:
        return [
            ASSUMED_MEMORY.at(
                path,
                f"{sessions_per_pod} {'session is' if sessions_per_pod == 1 else 'sessions are'} assumed to need "
                f"{_mib(needed_mib)} in one pod of an unknown runtime, and its limit is {_mib(limit_mib)}.",
                f"Measure it ('mcp-stack measure') and name the file in mcp:server.profile; or raise the limit to "
                f"{_mib(needed_mib)}; or accept this where it is known to be enough.",
            )
        ]
    return [
        MEMORY.at(
            path,
            f"{sessions_per_pod} {'session needs' if sessions_per_pod == 1 else 'sessions need'} {_mib(needed_mib)} in "
            f"one pod, and its limit is {_mib(limit_mib)}.",
            f"Raise the limit to at least {_mib(needed_mib)}, or plan fewer sessions per pod.",
        )
    ]


def cpu_findings(*, needed_millicores: int, limit_millicores: int, path: str) -> list[Finding]:
    """MCP504 if the planned CPU of one pod, in millicores, is above its limit."""
    if needed_millicores <= limit_millicores:
        return []
    return [
        CPU.at(
            path,
            f"The heaviest calls of one pod need {needed_millicores}m, and its limit is {limit_millicores}m.",
            f"Raise the limit to at least {needed_millicores}m, or plan fewer heavy calls per pod.",
        )
    ]


def descriptor_findings(*, needed: int, soft_limit: int, path: str) -> list[Finding]:
    """MCP502 if one pod needs more file descriptors than its soft limit."""
    if needed <= soft_limit:
        return []
    return [
        DESCRIPTORS.at(
            path,
            f"One pod needs {needed} file descriptors, and the soft limit is {soft_limit}.",
            "Plan fewer sessions per pod; or let the process raise its soft limit at its start, and "
            "accept this warning.",
        )
    ]


_HUGE_PAGES = {"hugepages-2Mi": "hugepages2Mi", "hugepages-1Gi": "hugepages1Gi"}
"""Huge pages to their key in the quota."""


def quota_findings(
    *,
    pods: int,
    cpu_millicores: int,
    memory_bytes: int,
    quota_pods: int | None,
    quota_cpu_millicores: int | None,
    quota_memory_bytes: int | None,
    path: str,
    devices: Mapping[str, tuple[int, int | None]] | None = None,
) -> list[Finding]:
    """MCP503 for each dimension of the quota that the namespace at its fullest exceeds; ``None`` is
    unlimited.

    ``pods``, ``cpu_millicores`` and ``memory_bytes`` are the sums of the requests at the maximum, with the
    surge of a rollout and the pooler. The dimensions are the keys ``pods``, ``cpu`` and ``memory`` under
    ``path``; ``devices`` are extended resources and bytes of huge pages by name, each with what is needed and what is
    allowed.
    """
    found = [
        _over(f"{path}.{_HUGE_PAGES[name]}", format_memory(needed), format_memory(allowed), f"of {name}")
        if name in _HUGE_PAGES
        else _over(f"{path}.extendedResources", str(needed), str(allowed), name)
        for name, (needed, allowed) in (devices or {}).items()
        if allowed is not None and needed > allowed
    ]
    if quota_pods is not None and pods > quota_pods:
        found.append(_over(f"{path}.pods", str(pods), str(quota_pods), "pods"))
    if quota_cpu_millicores is not None and cpu_millicores > quota_cpu_millicores:
        needed, allowed = format_cpu(cpu_millicores), format_cpu(quota_cpu_millicores)
        found.append(_over(f"{path}.cpu", needed, allowed, "of CPU requests"))
    if quota_memory_bytes is not None and memory_bytes > quota_memory_bytes:
        needed, allowed = _mib(memory_bytes / MIB), f"{quota_memory_bytes // MIB}Mi"
        found.append(_over(f"{path}.memory", needed, allowed, "of memory requests"))
    return found


def _over(path: str, needed: str, allowed: str, dimension: str) -> Finding:
    return QUOTA.at(
        path,
        f"At the maximum, with surge and pooler, {needed} {dimension} are needed, and the quota is {allowed}.",
        f"Ask for a quota of at least {needed}, or lower the maximum.",
    )


def _mib(size: float) -> str:
    """MiB as a quantity that can be copied: whole ones, rounded up."""
    return f"{int(-(-size // 1))}Mi"


RULES = (
    MEMORY,
    ASSUMED_MEMORY,
    DESCRIPTORS,
    QUOTA,
    CPU,
)
