"""Rules about the number of pods, and about what moves it."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from ..kubernetes.quantities import QuantityError, parse_cpu, parse_memory
from .doors import marked
from .model import Finding, Rule, Severity
from .words import at_least

MINIMUM_ABOVE_MAXIMUM = Rule(
    code="MCP201",
    severity=Severity.ERROR,
    title="the minimum is above the maximum",
    why="The API server refuses a HorizontalPodAutoscaler whose minimum is above its maximum.",
)
FIXED_BESIDE_AUTOSCALER = Rule(
    code="MCP202",
    severity=Severity.ERROR,
    title="a fixed count beside an autoscaler",
    why="Every deployment would set the count back to the fixed one, and the autoscaler would move it "
    "again: pods die at each release.",
)
NO_REQUEST = Rule(
    code="MCP203",
    severity=Severity.ERROR,
    title="a utilisation target without a request",
    why="Utilisation is a share of the request. Without one the autoscaler has no metric and never acts.",
)
SCALED_OBJECT_NAME = Rule(
    code="MCP204",
    severity=Severity.ERROR,
    title="a name too long for a ScaledObject",
    why="KEDA names its HorizontalPodAutoscaler 'keda-hpa-' and the name, and uses that as a label value "
    "of at most 63 characters.",
)
PYTHON_MEMORY = Rule(
    code="MCP205",
    severity=Severity.ERROR,
    title="memory scales a Python server",
    why="Python servers keep their peak memory after the sessions have closed (measured with 1000 "
    "connections), so the autoscaler adds pods and never removes one.",
)
PRODUCTION_REPLICAS = Rule(
    code="MCP206",
    severity=Severity.ERROR,
    title="fewer than two pods in production",
    why="With one pod every eviction, crash and node upgrade is an outage; with none the first client "
    "waits for a start.",
)
BLOCKED_DRAIN = Rule(
    code="MCP207",
    severity=Severity.ERROR,
    title="a disruption budget that blocks every drain",
    why="When as many pods must stay as there are, no eviction is allowed: node upgrades and the cluster "
    "autoscaler wait for ever. The minimum counts, since the autoscaler goes there at night.",
)
NO_PROMETHEUS = Rule(
    code="MCP208",
    severity=Severity.ERROR,
    title="KEDA without a Prometheus address",
    why="KEDA reads what it follows from Prometheus, and cannot find Prometheus by itself.",
)
SESSIONS_BY_CPU = Rule(
    code="MCP209",
    severity=Severity.ERROR,
    title="sessions are scaled by CPU",
    why="An open session needs memory and a stream, and hardly any CPU. CPU says that idle pods can go "
    "while they hold sessions, and does not see that pods are full.",
)
BELOW_PEAK = Rule(
    code="MCP210",
    severity=Severity.ERROR,
    title="the maximum does not hold the peak",
    why="The autoscaler stops at the maximum; sessions above it are refused, or push pods over their memory limit.",
)
NO_PODS = Rule(
    code="MCP211",
    severity=Severity.ERROR,
    title="no pods at all",
    why="Without a pod nothing answers, and neither CPU nor sessions, which are measured in pods, can start one.",
)
MEMORY_METRIC = Rule(
    code="MCP212",
    severity=Severity.WARNING,
    title="memory scales the server",
    why="Most runtimes keep memory that they once took; such a metric adds pods and rarely removes one.",
)
BELOW_BURST = Rule(
    code="MCP213",
    severity=Severity.WARNING,
    title="the maximum does not hold a burst",
    why="Traffic of twice the planned load happens: a launch, a retry storm, the loss of another region.",
)
SHORT_WINDOW = Rule(
    code="MCP214",
    severity=Severity.WARNING,
    title="pods go sooner than is safe",
    why="A pod that goes takes its sessions with it, and no official client recovers them; for servers "
    "without sessions a short window makes the count swing.",
)

PRODUCTION_MINIMUM = 2
SCALED_OBJECT_NAME_LENGTH = 54
"""63 characters of a label value less the nine of ``keda-hpa-``."""
LABEL_LENGTH = 63

TARGET_AGAINST_PLAN = Rule(
    code="MCP251",
    severity=Severity.WARNING,
    title="a target that does not fit the plan",
    why="The target decides how many pods run. Above what a pod holds it adds none in time; far below it the count is "
    "at the maximum at every busy hour, and moves no more.",
)
UNREAD = Rule(
    code="MCP250",
    severity=Severity.WARNING,
    title="a key of the autoscaler that nothing reads",
    why="A schedule or a pace that is written down reads like a promise: somebody relies on it, and it never comes.",
)


def replica_findings(*, minimum: int, maximum: int, production: bool, min_path: str, max_path: str) -> list[Finding]:
    """MCP201, MCP206 and MCP211: whether the bounds make sense. MCP201 shows at ``max_path``."""
    found = []
    if minimum > maximum:
        found.append(
            MINIMUM_ABOVE_MAXIMUM.at(
                max_path,
                f"The maximum of {maximum} {_pods(maximum)} is below the minimum of {minimum}.",
                f"Raise the maximum to at least {minimum}, or lower the minimum to at most {maximum}.",
            )
        )
    if production and minimum < PRODUCTION_MINIMUM:
        # Elsewhere one pod is enough, and none is not.
        elsewhere = "; or say that this is not production" if minimum >= 1 else ""
        found.append(
            PRODUCTION_REPLICAS.at(
                min_path,
                f"The minimum of {minimum} {_pods(minimum)} "
                f"{'does not survive the loss of one' if minimum >= 1 else 'leaves nothing that answers'}.",
                f"Set it to at least {PRODUCTION_MINIMUM}, better 3{elsewhere}.",
            )
        )
    elif minimum < 1:
        found.append(
            NO_PODS.at(
                min_path,
                f"The minimum of {minimum} {_pods(minimum)} leaves nothing that answers.",
                "Set it to at least 1.",
            )
        )
    return found


def fixed_replicas_findings(*, replicas: int | None, autoscaler: str, path: str) -> list[Finding]:
    """MCP202 if a fixed count is given although an autoscaler (anything but ``none``) owns the count."""
    if replicas is None or autoscaler == "none":
        return []
    return [
        FIXED_BESIDE_AUTOSCALER.at(
            path,
            f"The count is fixed at {replicas}, and the autoscaler '{autoscaler}' owns it too.",
            "Leave the count out and give the minimum and maximum, or choose the autoscaler 'none'.",
        )
    ]


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


def scaled_object_name_findings(
    name: str | None, *, hpa_name: str | None = None, path: str, hpa_path: str = "hpa_name"
) -> list[Finding]:
    """MCP204 if ``name`` has more than 54 characters; with a name for the autoscaler each of them may have 63.

    ``name`` is ``None`` where it is not known yet.
    """
    longest = SCALED_OBJECT_NAME_LENGTH if hpa_name is None else LABEL_LENGTH
    found = []
    if name is not None and len(name) > longest:
        found.append(
            SCALED_OBJECT_NAME.at(
                path,
                f"'{name}' has {len(name)} characters; a ScaledObject may have {longest}.",
                f"Shorten it by {len(name) - longest}.",
            )
        )
    if hpa_name is not None and len(hpa_name) > LABEL_LENGTH:
        found.append(
            SCALED_OBJECT_NAME.at(
                hpa_path,
                f"'{hpa_name}' has {len(hpa_name)} characters; the name of an autoscaler may have {LABEL_LENGTH}.",
                f"Shorten it by {len(hpa_name) - LABEL_LENGTH}.",
            )
        )
    return found


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


def disruption_findings(*, min_available: int, min_replicas: int, path: str) -> list[Finding]:
    """MCP207 if the budget wants as many pods as the minimum has. A budget of 0 blocks nothing."""
    if min_available <= 0 or min_available < min_replicas:
        return []
    if min_replicas > 1:
        remedy = f"Set it to at most {min_replicas - 1}, or leave it out: it is then derived."
    else:
        remedy = "Set it to 0, or run at least 2 pods."
    return [
        BLOCKED_DRAIN.at(
            path,
            f"{min_available} {_pods(min_available)} must stay available, and the minimum is {min_replicas}: "
            "no pod may ever be evicted.",
            remedy,
        )
    ]


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
        *(["choose [[kind]] 'keda'"] if autoscaler != "keda" else []),
        *(["leave [[metrics]] out"] if metrics else []),
        *(["leave [[follow]] out or follow 'sessions'"] if follows_cpu or autoscaler == "keda" else []),
        *([] if address else ["give the address of Prometheus"]),
    ]
    text = ", and ".join(steps)
    return f"{text[0].upper()}{text[1:]}; or run a fixed number of pods."


def maximum_findings(*, maximum: int, needed_for_peak: int, needed_for_burst: int, path: str) -> list[Finding]:
    """MCP210 if the maximum is below the pods of the planned peak, MCP213 if below those of a burst."""
    if maximum < needed_for_peak:
        return [
            BELOW_PEAK.at(
                path,
                f"The maximum of {maximum} {_pods(maximum)} is below the {needed_for_peak} that the "
                "planned peak needs.",
                "Raise it to at least "
                f"{needed_for_burst if needed_for_burst > needed_for_peak else needed_for_peak}, or let "
                "one pod hold more sessions.",
            )
        ]
    if maximum < needed_for_burst:
        return [
            BELOW_BURST.at(
                path,
                f"The maximum of {maximum} {_pods(maximum)} holds the planned peak ({needed_for_peak}), "
                f"but not a burst ({needed_for_burst}).",
                f"Raise it to at least {needed_for_burst}, or accept this with the reason why bursts do not happen.",
            )
        ]
    return []


def scale_down_findings(*, window: int, derived: int, sessions: bool, path: str) -> list[Finding]:
    """MCP214 if the stabilisation window of scale-in is shorter than the derived one. Both in seconds."""
    if window >= derived:
        return []
    loss = "pods go while their sessions are open" if sessions else "the count swings with every dip"
    return [
        SHORT_WINDOW.at(
            path,
            f"The scale-down window of {window} s is shorter than the derived {derived} s; {loss}.",
            f"Set it to at least {derived} s, or leave it out: it is then derived.",
        )
    ]


def fast_scale_down_findings(
    *,
    pods: int,
    percent: int | None,
    period_seconds: int,
    derived_pods: int,
    drained_period: int,
    window_seconds: int,
    sessions: bool,
    path: str,
) -> list[Finding]:
    """MCP214 if pods with sessions go several at a time, or faster than one has ended. Without sessions it is a matter
    of taste."""
    if not sessions:
        return []
    if percent is not None or pods > derived_pods or period_seconds < drained_period:
        said = f"{pods} {_pods(pods)}" + ("" if percent is None else f" or {percent} % of them")
        return [
            SHORT_WINDOW.at(
                path,
                f"{said} may go each {period_seconds} s, and each pod that goes ends its sessions; one after "
                f"the other is {derived_pods} each {drained_period} s.",
                "Leave [[pods]], [[percent]] and [[period_seconds]] out: they are then derived.",
            )
        ]
    if period_seconds >= window_seconds:
        return [
            SHORT_WINDOW.at(
                f"{path}.period_seconds",
                f"The period of {period_seconds} s is not shorter than the window of {window_seconds} s: the "
                "controller counts back what it added within a period, so what came for a short peak goes at once.",
                f"Set it below {window_seconds} s, or leave it out: it is then derived.",
            )
        ]
    return []


def unread_findings(keys: Iterable[str], *, why: str, instead: str, path: str = "") -> list[Finding]:
    """MCP250 for each key of the autoscaler that nothing reads. ``path`` stands before each key."""
    return [
        UNREAD.at(f"{path}{key}", f"{marked(key)} is given, and nothing reads it: {why}.", f"Remove it, or {instead}.")
        for key in keys
    ]


def target_findings(*, target: float, held: int, planned: int, maximum: int, path: str) -> list[Finding]:
    """MCP251 if a pod cannot hold its target of sessions, or the maximum is reached before the planned peak.

    :param held: sessions that a pod can hold by the plan.
    :param planned: sessions at the peak with the headroom.
    """
    if target > held > 0:
        return [
            TARGET_AGAINST_PLAN.at(
                path,
                f"Pods are added at {target:g} sessions per pod, and one holds {held} by the plan: it is full before "
                "another one comes.",
                f"Set it to at most {held}, or leave it out: it is then derived.",
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


def _pods(count: int) -> str:
    return "pod" if count == 1 else "pods"
