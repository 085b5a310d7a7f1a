"""Rules about what KEDA itself refuses, or lets pass without an effect."""

from __future__ import annotations

from .model import Finding, Rule, Severity
from .words import pods

USELESS_FALLBACK = Rule(
    code="MCP239",
    slug="fallback-without-effect",
    severity=Severity.WARNING,
    title="a fallback without effect",
    meaning="""
        `fallback_replicas` is below `min_replicas` or above `max_replicas`, or nothing from Prometheus is followed; or
        `fallback_failures` is above 240, which is an hour without a number.
        """,
    why="""
        While the metric is missing nothing takes pods away; the fallback is how many there are at least, from the
        failed read after fallback_failures on, about a minute by default. Below the minimum it changes nothing, above
        the maximum it is never reached, and CPU and schedules have none.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "min_replicas": 4,
                "fallback_replicas": 2,
            },
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "min_replicas": 4,
                "fallback_replicas": 8,
            },
        )
        """,
)


REFUSED_NUMBER = Rule(
    code="MCP243",
    slug="number-refused-by-keda",
    severity=Severity.ERROR,
    title="a number that KEDA refuses",
    meaning="`polling_seconds` is below 1, `fallback_failures` below 0, or a schedule asks for no pod.",
    why="""
        KEDA polls at most once a second, bears no fewer than zero failed reads before the fallback, and asks for at
        least one pod in a window.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "polling_seconds": 0,
            },
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
            },
        )
        """,
)


BAD_TAKE_OVER = Rule(
    code="MCP247",
    slug="impossible-take-over",
    severity=Severity.ERROR,
    title="a take-over that cannot happen",
    meaning="`take_over` is true, and there is no `hpa_name`, or no KEDA.",
    why="""
        KEDA makes an existing HorizontalPodAutoscaler its own only if the ScaledObject names it; a
        HorizontalPodAutoscaler takes nothing over.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "take_over": True,
            },
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "take_over": True,
                "hpa_name": "orders",
            },
        )
        """,
)


USELESS_POLLING = Rule(
    code="MCP249",
    slug="polling-without-effect",
    severity=Severity.WARNING,
    title="a polling interval that paces nothing",
    meaning="""
        `polling_seconds` is given, and the minimum is 1 or more, which it has to be for a server that answers; or the
        autoscaler is a HorizontalPodAutoscaler.
        """,
    why="""
        KEDA scales by its own polls only to and from no pod at all. From one pod on the controller asks KEDA every 15
        s, and KEDA then asks Prometheus, whatever the interval: a short one makes nothing faster, only Prometheus
        busier while it fails. KEDA's webhook warns about it at each apply.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "polling_seconds": 5,
            },
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
            },
        )
        """,
)


READ_SECONDS = 15
"""How often the controller reads a metric."""


MOST_FAILURES = 240
"""Failed reads in an hour."""


def fallback_findings(
    *, replicas: int | None, minimum: int, maximum: int, follows_prometheus: bool, path: str
) -> list[Finding]:
    """MCP239 if a fallback is given that can never show. ``None`` is the derived one, the minimum."""
    if replicas is None:
        return []
    if not follows_prometheus:
        reason, remedy = "no metric from Prometheus is followed, which could be missing", "Leave it out."
    elif replicas < minimum:
        reason, remedy = (
            f"the minimum of {minimum} holds at all times",
            f"Set it to {minimum} or more, or leave it out.",
        )
    elif replicas > maximum:
        reason, remedy = f"the maximum is {maximum}", f"Set it to at most {maximum}."
    else:
        return []
    return [USELESS_FALLBACK.at(path, f"A fallback of {pods(replicas)} has no effect: {reason}.", remedy)]


def late_fallback_findings(*, failures: int, follows_prometheus: bool, path: str) -> list[Finding]:
    """MCP239 if the fallback comes later than an hour after the last answer."""
    if not follows_prometheus or failures <= MOST_FAILURES:
        return []
    return [
        USELESS_FALLBACK.at(
            path,
            f"{failures} failed reads are tolerated, one every {READ_SECONDS} s: the fallback has no effect for "
            f"{failures * READ_SECONDS / 3600:.1f} hours.",
            f"Leave it out, or set it to at most {MOST_FAILURES}, which is an hour.",
        )
    ]


def number_findings(*, polling_seconds: int | None, fallback_failures: int) -> list[Finding]:
    """MCP243 for an interval below a second, or a negative number of failures. ``None`` is KEDA's own interval."""
    found = []
    if polling_seconds is not None and polling_seconds < 1:
        found.append(
            REFUSED_NUMBER.at(
                "polling_seconds", f"An interval of {polling_seconds} s is below one second.", "Set it to at least 1."
            )
        )
    if fallback_failures < 0:
        found.append(
            REFUSED_NUMBER.at("fallback_failures", f"{fallback_failures} failures cannot be counted.", "Set it to 0.")
        )
    return found


def polling_findings(*, polling_seconds: int | None, minimum: int, autoscaler: str, path: str) -> list[Finding]:
    """MCP249 if an interval is given where KEDA does not scale by it; MCP243 has those that KEDA refuses."""
    if polling_seconds is None or polling_seconds < 1 or (autoscaler == "keda" and minimum < 1):
        return []
    if autoscaler == "keda":
        reason = f"with a minimum of {minimum} the controller asks every 15 s by itself"
    else:
        reason = "a HorizontalPodAutoscaler has none, and the controller asks every 15 s"
    return [
        USELESS_POLLING.at(path, f"An interval of {polling_seconds} s changes no scaling: {reason}.", "Leave it out.")
    ]


def no_pods_findings(*, replicas: int, path: str) -> list[Finding]:
    """MCP243 if a schedule asks for no pod at all."""
    if replicas >= 1:
        return []
    return [
        REFUSED_NUMBER.at(
            path, f"A floor of {replicas} pods is none.", "Ask for at least 1; a schedule cannot lower the number."
        )
    ]


def take_over_findings(*, take_over: bool, named: bool, autoscaler: str, path: str) -> list[Finding]:
    """MCP247 if there is nothing that KEDA could take over, or no KEDA."""
    if not take_over or (named and autoscaler == "keda"):
        return []
    if autoscaler != "keda":
        problem, remedy = "A HorizontalPodAutoscaler is made, which takes nothing over.", "Choose ⟦kind⟧ 'keda'."
    else:
        problem, remedy = "What is taken over has no name.", "Give ⟦hpa_name⟧, the name of the one that exists."
    return [BAD_TAKE_OVER.at(path, problem, remedy)]


RULES = (
    USELESS_FALLBACK,
    REFUSED_NUMBER,
    BAD_TAKE_OVER,
    USELESS_POLLING,
)
