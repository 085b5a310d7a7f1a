"""Rules about the metrics that a dialect names, and who reads them."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Finding, Rule, Severity
from ..words import alternatives

NO_METRIC = Rule(
    code="MCP219",
    slug="metric-not-emitted",
    severity=Severity.ERROR,
    title="a metric that no part of the stack emits",
    meaning="""
        What `follow` names is counted by no metric of the `dialect`, for a server of these `eras`; or the dialect is
        `envoy`, and the `implementation` of the edge is another one, where an autoscaler, rules or dashboards read it.
        """,
    why="""
        A query for a metric that is not there has no answer: the number of pods stays where the fallback holds it, and
        the load goes unseen; panels are empty, and alerts silent.
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
                "follow": "sessions",
                "dialect": "opentelemetry",
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
                "follow": "streams",
                "dialect": "opentelemetry",
            },
        )
        """,
    note="[Autoscaling](../autoscaling.md#dialects) has the whole table.",
)


def absent_metric_findings(
    *, follow: str, dialect: str, why: str, follows: Sequence[str], dialects: Sequence[str], path: str
) -> list[Finding]:
    """MCP219: nothing counts what is followed.

    :param follows: what can be followed instead, in the same dialect; ``dialects`` are those that count it.
    """
    ways = [
        *([f"follow {alternatives(follows)}"] if follows else []),
        *([f"take the dialect {alternatives(dialects)} where its metrics are there"] if dialects else []),
        # Without sessions CPU can be followed, so what is left are eras with sessions, which the reference counts.
        *([] if follows or dialects else ["follow 'sessions' in the dialect 'reference'"]),
        "give a query of your own in place of a dialect",
    ]
    text = ", or ".join(ways)
    return [
        NO_METRIC.at(
            path,
            f"In the dialect '{dialect}' nothing counts '{follow}': {why}.",
            f"{text[0].upper()}{text[1:]}.",
        )
    ]


def gateway_findings(*, dialect: str, implementation: str | None, path: str) -> list[Finding]:
    """MCP219 if the metric is Envoy Gateway's, and another controller serves the edge."""
    if dialect != "envoy" or implementation in (None, "envoy-gateway"):
        return []
    return [
        NO_METRIC.at(
            path,
            f"The dialect 'envoy' counts at Envoy Gateway, and the edge is served by '{implementation}'.",
            "Take the dialect of the server's own metrics, such as 'reference', or Envoy Gateway.",
        )
    ]


INEXACT_METRIC = Rule(
    code="MCP220",
    slug="inexact-metric",
    severity=Severity.WARNING,
    title="a metric that is not quite what is followed",
    meaning="The metric of the `dialect` counts something besides what `follow` names, or misses a part of it.",
    why="What is counted besides asks for pods that nobody needs; what is not seen gets none.",
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "follow": "streams",
                "dialect": "envoy",
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
                "follow": "streams",
                "dialect": "reference",
            },
        )
        """,
    note="Accept it where the difference is small: calls are few beside streams, or no client listens.",
)


def inexact_metric_findings(*, follow: str, dialect: str, besides: str, path: str) -> list[Finding]:
    """MCP220 if the metric counts something ``besides``, or does not see all."""
    if not besides:
        return []
    return [
        INEXACT_METRIC.at(
            path,
            f"In the dialect '{dialect}' the metric for '{follow}' {besides}.",
            "Take the dialect 'reference', give a query of your own, or accept this with the reason why it is little.",
        )
    ]


PROMETHEUS_WITHOUT_KEDA = Rule(
    code="MCP248",
    slug="prometheus-without-keda",
    severity=Severity.ERROR,
    title="a metric from Prometheus without KEDA",
    meaning="`follow` or `query` names something in Prometheus, and `kind` is `hpa`.",
    why="""
        A HorizontalPodAutoscaler asks the metrics APIs of the cluster, and no Prometheus: what is said would have no
        effect at all.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "kind": "hpa",
                "follow": "in-flight",
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
                "follow": "in-flight",
                "prometheus_address": "https://prometheus.monitoring:9090",
            },
        )
        """,
)


def reader_findings(*, wanted: str | None, autoscaler: str, path: str) -> list[Finding]:
    """MCP248 if something from Prometheus is ``wanted`` by name, and no KEDA is there to read it."""
    if wanted is None or autoscaler == "keda":
        return []
    return [
        PROMETHEUS_WITHOUT_KEDA.at(
            path,
            f"A HorizontalPodAutoscaler is to follow {wanted}, which is in Prometheus.",
            "Choose ⟦kind⟧ 'keda' (or 'auto'), or serve it through a metrics API and name it in ⟦metrics⟧.",
        )
    ]


RULES = (
    NO_METRIC,
    INEXACT_METRIC,
    PROMETHEUS_WITHOUT_KEDA,
)
