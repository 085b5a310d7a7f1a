"""Alerts about the pods: whether there are some, and what they come near."""

from __future__ import annotations

from ..sources import Source
from .model import Alert, Severity, Watched
from .scaling import at_maximum

STATE = (Source.KUBE_STATE_METRICS,)
OWN = (Source.SERVER,)
NEAR = 0.9
"""A tenth is what is left: a limit is not to be met between two looks at it."""
NEAR_DESCRIPTORS = 0.8
READY = 'ready="true"'
RESTARTS = 3
LATE_SECONDS = 5
"""Left of the grace period when the kubelet is about to kill: a drain that works has ended before."""


def _none_ready(watched: Watched) -> str | None:
    if watched.idle:
        # No client meets it: that its rollout makes no progress is told, and nobody is woken.
        return None
    ready, wanted = watched.ready_and_wanted()
    if watched.workload != "Rollout":
        return f"max({ready}) == 0 and max({wanted}) > 0"
    # Of a Rollout each revision has a number of its own: the one that clients reach is the one behind the Service.
    return f"({_reached(watched)} or sum({ready})) == 0 and sum({wanted}) > 0"


def _reached(watched: Watched) -> str:
    """How many ready pods are behind the Service, by the slices of its endpoints or by its Endpoints, whichever
    kube-state-metrics reads. No pod has no series: that the object is known is the zero."""
    slices, endpoints = f'endpointslice=~"{watched.server}-[a-z0-9]+"', f'endpoint="{watched.server}"'
    counted = (
        ("kube_endpointslice_endpoints", "kube_endpointslice_info", slices),
        ("kube_endpoint_address", "kube_endpoint_info", endpoints),
    )
    return " or ".join(
        f"count({watched.here(each, of, READY)}) or 0 * max({watched.here(known, of)})" for each, known, of in counted
    )


NO_PODS = Alert(
    name="McpNoReadyPods",
    severity=Severity.CRITICAL,
    sources=STATE,
    watches="a workload that clients reach",
    summary="no pod of the server is ready",
    expression=_none_ready,
    hold="1m",
    meaning="""
        Pods are wanted and none is ready for a minute: the edge answers 503 to everybody. Of two colours it is the one
        that clients reach; of the other `McpRolloutStalled` tells.
        """,
    steps="""
        - `kubectl get pods -n NAMESPACE`, and `kubectl describe` of one: image, quota, Secret, probes.
        - After a rollout: `kubectl rollout undo deployment/SERVER -n NAMESPACE`; `statefulset/SERVER` where each pod
          has a claim, `kubectl argo rollouts undo SERVER -n NAMESPACE` with Argo Rollouts.
        - With Argo Rollouts the pods behind the Service are counted: ready ones that wait for their promotion serve
          nobody. Where kube-state-metrics reads neither Endpoints nor EndpointSlices all revisions are counted, and
          `McpEndpointDown` of the probe sees what that hides.
        """,
)

RESTARTING = Alert(
    name="McpContainerRestarting",
    severity=Severity.WARNING,
    sources=STATE,
    watches="a workload",
    summary="the server in {{ $labels.pod }} was restarted {{ $value | humanize }} times within an hour",
    expression=lambda watched: (
        f"max by (pod) (increase({watched.containers('kube_pod_container_status_restarts_total')}[1h])) >= {RESTARTS}"
    ),
    meaning=f"""
        A container was restarted at least {RESTARTS} times within an hour: killed by the liveness probe, for
        memory, or ended by itself. Each time its sessions end and its calls fail.
        """,
    steps="""
        - `kubectl describe pod`: `OOMKilled` asks for memory, exit 137 with a failed liveness probe for a route that
          answers while tools work.
        - `kubectl logs --previous`.
        """,
)

KILLED = Alert(
    name="McpKilledAtGraceEnd",
    severity=Severity.WARNING,
    sources=STATE,
    watches="a workload",
    summary="{{ $labels.pod }} is killed at the end of its grace period, with what it still does",
    expression=lambda watched: (
        f"max by (pod) ({watched.pods('kube_pod_deletion_timestamp')}) - time() < {LATE_SECONDS}"
    ),
    meaning=f"""
        A pod that was told to end still runs when less than {LATE_SECONDS} s of its grace period are left: its
        drain has not ended, and the kubelet kills it with the calls and sessions that it has. It is a sign that
        is seen by chance, as state is read every half minute; one pod stands for several.
        """,
    steps="""
        - Which call lasted so long: `mcp:server.maxToolSeconds` has to be the slowest one's.
        - Whether the server ends on SIGTERM at all, with a call in flight.
        """,
)


def _near_cap(watched: Watched) -> str | None:
    """A pod that the autoscaler fills is not near its cap, even where it fills it with all that the plan says it bears:
    at each peak all pods are as full, and one more comes. At its maximum none comes, and a server that refuses what is
    beyond these sessions never shows more of them."""
    if watched.sessions is None or watched.sessions.place != "pods" or watched.sessions_per_pod is None:
        return None
    held, near = f"max by (pod) ({watched.gauge(watched.sessions)})", NEAR * watched.sessions_per_pod
    full = near if watched.filled_sessions is None else max(near, watched.filled_sessions)
    last = at_maximum(watched) if Source.KUBE_STATE_METRICS in watched.sources and full > near else None
    return f"{held} > {full:g}" + ("" if last is None else f" or {held} > {near:g} and on () ({last})")


SESSIONS = Alert(
    name="McpSessionsNearCap",
    severity=Severity.WARNING,
    sources=OWN,
    watches="a count of sessions in the `dialect`, and a known number that one pod bears",
    summary="{{ $labels.pod }} has {{ $value }} sessions, and bears hardly more",
    expression=_near_cap,
    hold="5m",
    meaning="""
        One pod has more than nine tenths of the sessions that the plan says it bears, whatever binds first: memory,
        CPU, descriptors or connections. Where the autoscaler fills pods further than that before it adds one, as where
        a hash finds them, it has more than these, and more pods should be there; or nine tenths, and the autoscaler
        is at its maximum (kube-state-metrics says so), so that no further pod comes.
        """,
    steps="""
        - All pods alike: the autoscaler is at its maximum or too slow. One alone: affinity holds clients on it.
        - A server whose own cap is as low refuses sessions now: 503 in its log and from outside.
        - `mcp-stack plan` names what binds; `mcp-stack measure` what a session really takes.
        """,
)

DESCRIPTORS = Alert(
    name="McpDescriptorsNearLimit",
    severity=Severity.WARNING,
    sources=OWN,
    watches="metrics of the server",
    summary="{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its file descriptors",
    expression=lambda watched: (
        f"max by (pod) ({watched.pods('process_open_fds')} / {watched.pods('process_max_fds')}) > {NEAR_DESCRIPTORS}"
    ),
    hold="5m",
    meaning="""
        A process uses more than four fifths of its file descriptors. Each stream, client and connection takes one; at
        the limit the server accepts nobody and often cannot even log it.
        """,
    steps="""
        - Whether they fall when clients go: otherwise sessions or connections are leaked.
        - The soft limit is raised by the process itself or by the container runtime, not by a pod's settings.
        """,
)

MEMORY = Alert(
    name="McpMemoryNearLimit",
    severity=Severity.WARNING,
    sources=(Source.CADVISOR,),
    watches="a known memory limit",
    summary="{{ $labels.pod }} uses {{ $value | humanize1024 }}B of memory, and is killed hardly above",
    expression=lambda watched: (
        None
        if watched.memory_limit_bytes is None
        else f"max by (pod) ({watched.containers('container_memory_working_set_bytes')})"
        f" > {int(NEAR * watched.memory_limit_bytes)}"
    ),
    hold="5m",
    meaning="""
        The working set of a server is above nine tenths of its limit. The kernel kills it at the limit, with all its
        sessions.
        """,
    steps="""
        - Sessions of the pod beside it: with more than are planned, memory is the smaller question.
        - `mcp-stack measure` says what a session takes; a profile makes the plan count with it.
        """,
)


def _growing(watched: Watched) -> str | None:
    if watched.memory_limit_bytes is None:
        return None
    used = watched.containers("container_memory_working_set_bytes")
    return (
        f"max by (pod) (predict_linear({used}[12h], 86400)) > {watched.memory_limit_bytes}"
        f" and max by (pod) (min_over_time({used}[1h])) > 1.2 * max by (pod) (max_over_time({used}[1h] offset 11h))"
    )


GROWING = Alert(
    name="McpMemoryGrowing",
    severity=Severity.WARNING,
    sources=(Source.CADVISOR,),
    watches="a known memory limit",
    summary="the memory of {{ $labels.pod }} grows, and meets its limit within a day",
    expression=_growing,
    hold="30m",
    meaning="""
        By the line through twelve hours a pod meets its memory limit within a day, and the least of its last hour is
        a fifth above the most of twelve hours ago: it does not come back when load goes.
        """,
    steps="""
        - Whether sessions grew alike: then it is load. Otherwise it is a leak; `kubectl rollout restart` buys time.
        - A soak of an hour with a load test shows the slope in a quiet place.
        """,
)

ALERTS = (NO_PODS, RESTARTING, KILLED, SESSIONS, DESCRIPTORS, MEMORY, GROWING)
