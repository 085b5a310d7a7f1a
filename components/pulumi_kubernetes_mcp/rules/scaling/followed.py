"""Rules about what an autoscaler follows: CPU, memory, sessions, and how much of them."""

from __future__ import annotations

from math import ceil

from ...kubernetes.quantities import QuantityError, parse_cpu, parse_memory
from ..model import Finding, Rule, Severity
from ..words import at_least

NO_REQUEST = Rule(
    code="MCP203",
    slug="target-without-request",
    severity=Severity.ERROR,
    title="a utilisation target without a request",
    meaning="""
        The autoscaler follows CPU or memory in percent of the request, and there is no such request, or it is zero. In
        a stack file what `resources.requests` leaves out is planned; in a program nothing is.
        """,
    why="Utilisation is a share of the request. Without one the autoscaler has no metric and never acts.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {cpu: "0", memory: 192Mi}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {cpu: 500m, memory: 192Mi}
        """,
)


def utilisation_findings(
    *, cpu_request: str | None, memory_request: str | None, uses_cpu: bool, uses_memory: bool, path: str
) -> list[Finding]:
    """MCP203 for each resource that is scaled on, but has no request, or a request of zero."""
    found = []
    for resource, request, used in (("cpu", cpu_request, uses_cpu), ("memory", memory_request, uses_memory)):
        if used and _is_nothing(resource, request):
            example = "500m" if resource == "cpu" else "256Mi"
            found.append(
                NO_REQUEST.at(
                    path,
                    f"The autoscaler follows {resource} in percent of its request, and there is no {resource} request.",
                    f"Give a {resource} request, such as '{example}', or do not scale on {resource}.",
                )
            )
    return found


def _is_nothing(resource: str, request: str | None) -> bool:
    if request is None:
        return True
    try:
        return (parse_cpu(request) if resource == "cpu" else parse_memory(request)) == 0
    except QuantityError:
        return request.strip() in ("", "0")


PYTHON_MEMORY = Rule(
    code="MCP205",
    slug="python-scaled-by-memory",
    severity=Severity.ERROR,
    title="memory scales a Python server",
    meaning="`memoryPercentOfRequest` is given, and the runtime is one of Python.",
    why="""
        Python servers keep their peak memory after the sessions have closed (measured with 1000 connections), so the
        autoscaler adds pods and never removes one.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: python-v2
        mcp:scaling:
          memoryPercentOfRequest: 70
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: python-v2
        mcp:scaling:
          cpuPercentOfLimit: 60
        """,
)


MEMORY_METRIC = Rule(
    code="MCP212",
    slug="scaled-by-memory",
    severity=Severity.WARNING,
    title="memory scales the server",
    meaning="`memoryPercentOfRequest` is given. For runtimes of Python it is an error, [MCP205](MCP205.md).",
    why="Most runtimes keep memory that they once took; such a metric adds pods and rarely removes one.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: node
        mcp:scaling:
          memoryPercentOfRequest: 70
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: node
        mcp:scaling:
          cpuPercentOfLimit: 60
        """,
)


def memory_metric_findings(
    *, memory_percent: float | None, python: bool, path: str, given: bool = False
) -> list[Finding]:
    """MCP205 if a Python server, MCP212 if another one is scaled on memory; nothing without such a target.

    :param given: whether there is one that is no share of the request.
    """
    if memory_percent is None and not given:
        return []
    target = "a value of memory" if memory_percent is None else f"{memory_percent:g} % of the memory request"
    rule = PYTHON_MEMORY if python else MEMORY_METRIC
    subject = "A Python server does" if python else "Most runtimes do"
    return [
        rule.at(
            path,
            f"Pods are added at {target}. {subject} not give memory back, so the count grows and does not fall.",
            "Leave it out; scale on CPU, or on sessions where the server holds some.",
        )
    ]


NO_PROMETHEUS = Rule(
    code="MCP208",
    slug="no-prometheus-address",
    severity=Severity.ERROR,
    title="KEDA without a Prometheus address",
    meaning="""
        KEDA scales the server, which is the default for eras with sessions, and `prometheusAddress` is not given.
        """,
    why="KEDA reads what it follows from Prometheus, and cannot find Prometheus by itself.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
)


SESSIONS_BY_CPU = Rule(
    code="MCP209",
    slug="sessions-scaled-by-cpu",
    severity=Severity.ERROR,
    title="sessions are scaled by CPU",
    meaning="""
        An era with sessions is served, and nothing but CPU moves the pods: the autoscaler is the
        HorizontalPodAutoscaler, or `follow` is `cpu`.
        """,
    why="""
        An open session needs memory and a stream, and hardly any CPU. CPU says that idle pods can go while they hold
        sessions, and does not see that pods are full.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          autoscaler: hpa
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          autoscaler: keda
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
)


def session_metric_findings(
    *,
    sessions: bool,
    autoscaler: str,
    follows_prometheus: bool,
    prometheus_address: str | None,
    autoscaler_path: str,
    address_path: str,
    other_metrics: bool = False,
    counted: str = "sessions",
    follows_cpu: bool = False,
    metrics: bool = False,
) -> list[Finding]:
    """MCP208 if KEDA has no Prometheus to ask, MCP209 if nothing but CPU moves a server with sessions.

    ``autoscaler`` is ``hpa`` or ``keda``; ``other_metrics`` are those of a HorizontalPodAutoscaler that are not CPU.

    :param counted: what Prometheus counts, in a word or two.
    :param follows_cpu: whether the caller says that CPU is followed.
    :param metrics: whether the caller gives metrics of a HorizontalPodAutoscaler.
    """
    if autoscaler == "keda" and follows_prometheus and not prometheus_address:
        return [
            NO_PROMETHEUS.at(
                address_path,
                f"The autoscaler is KEDA, which reads {counted} from Prometheus, and no address is given.",
                "Give the URL of Prometheus, such as 'http://prometheus-operated.monitoring:9090'.",
            )
        ]
    by_cpu = not follows_prometheus if autoscaler == "keda" else not other_metrics
    if sessions and by_cpu:
        name = "ScaledObject" if autoscaler == "keda" else "HorizontalPodAutoscaler"
        return [
            SESSIONS_BY_CPU.at(
                autoscaler_path,
                f"The server holds sessions, and the {name} follows CPU, which says nothing about them.",
                _by_sessions(autoscaler, bool(prometheus_address), follows_cpu, metrics),
            )
        ]
    return []


def _by_sessions(autoscaler: str, address: bool, follows_cpu: bool, metrics: bool) -> str:
    """What is still to be done until the sessions are followed; what is done already is not named."""
    steps = [
        *(["choose ⟦kind⟧ 'keda'"] if autoscaler != "keda" else []),
        *(["leave ⟦metrics⟧ out"] if metrics else []),
        *(["leave ⟦follow⟧ out or follow 'sessions'"] if follows_cpu or autoscaler == "keda" else []),
        *([] if address else ["give the address of Prometheus"]),
    ]
    text = ", and ".join(steps)
    return f"{text[0].upper()}{text[1:]}; or run a fixed number of pods."


TARGET_AGAINST_PLAN = Rule(
    code="MCP251",
    slug="target-against-plan",
    severity=Severity.WARNING,
    title="a target that does not fit the plan",
    meaning="""
        `mcp:scaling.targetPerPod` is more sessions than one pod holds by the plan, or so near to what its memory holds
        that full pods are within the autoscaler's tolerance; or so few that the planned peak asks for more pods than
        the maximum.
        """,
    why="""
        The target decides how many pods run. Above what a pod holds it adds none in time; far below it the count is at
        the maximum at every busy hour, and moves no more. The controller leaves alone what is a tenth above the target:
        a pod that refuses sessions before never shows more.
        """,
    fails="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", eras: [legacy-stateful]}
        mcp:edge: {host: mcp.example.com, implementation: envoy-gateway}
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
          targetPerPod: 500
        """,
    passes="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", eras: [legacy-stateful]}
        mcp:edge: {host: mcp.example.com, implementation: envoy-gateway}
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
          targetPerPod: 30
        """,
)


def target_findings(
    *,
    target: float,
    held: int,
    planned: int,
    maximum: int,
    path: str,
    refused: int | None = None,
    tolerance: float = 0.1,
) -> list[Finding]:
    """MCP251 if a pod cannot hold its target of sessions, or the maximum is reached before the planned peak.

    :param held: sessions that a pod can hold by the plan.
    :param planned: sessions at the peak with the headroom.
    :param refused: sessions above which a pod takes no more; ``None`` where that is not known.
    :param tolerance: share of the target above it within which the controller adds no pod.
    """
    shown = max(1, ceil(refused / (1 + tolerance)) - 1) if refused else held
    if target > held > 0:
        return [
            TARGET_AGAINST_PLAN.at(
                path,
                f"Pods are added at {target:g} sessions per pod, and one holds {held} by the plan: it is full before "
                "another one comes.",
                f"Set it to at most {min(held, shown)}, or leave it out: it is then derived.",
            )
        ]
    if refused is not None and 0 < refused <= target * (1 + tolerance):
        return [
            TARGET_AGAINST_PLAN.at(
                path,
                f"A pod is full at {refused} sessions by its memory, and the controller adds none up to "
                f"{target * (1 + tolerance):g}, {100 * tolerance:g} % above the target of {target:g}: no pod is ever "
                "added for sessions.",
                f"Set it to at most {shown}, or leave it out: it is then derived.",
            )
        ]
    if target > 0 and planned > target * maximum:
        return [
            TARGET_AGAINST_PLAN.at(
                path,
                f"At {target:g} sessions per pod the planned {planned} ask for {ceil(planned / target):,} pods, and "
                f"the maximum is {maximum}: the count stays there.",
                f"Set it to at least {at_least(planned / maximum)}, or leave it out: it is then derived.",
            )
        ]
    return []


RULES = (
    NO_REQUEST,
    PYTHON_MEMORY,
    MEMORY_METRIC,
    NO_PROMETHEUS,
    SESSIONS_BY_CPU,
    TARGET_AGAINST_PLAN,
)
