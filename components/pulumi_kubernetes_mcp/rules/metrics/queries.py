"""Rules about a query of one's own: whether it returns the one number that KEDA needs."""

from __future__ import annotations

from ..model import Finding, Rule, Severity

NOT_ONE_SERIES = Rule(
    code="MCP221",
    slug="query-not-one-series",
    severity=Severity.ERROR,
    title="a query that does not return one series",
    meaning="""
        `query` returns a series for each pod or label, a plain number, or a range such as `sum(x)[5m:1m]`; or it is
        no expression of PromQL: empty, a bracket or quote that is not closed, `rate( )` of no range. The finding says
        what the parser met.
        """,
    why="""
        KEDA takes exactly one series from a query. It fails on a second one, which comes with the second pod, and it
        cannot decode a plain number or a range. What Prometheus cannot read returns nothing at all.
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
                "query": "mcp_sessions{namespace='mcp-prod'}",
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
                "query": "sum(mcp_sessions{namespace='mcp-prod'})",
            },
        )
        """,
    note="""
        One series is what an aggregation without `by` and `without` leaves, or arithmetic of such. A number needs
        `vector( )` around it: KEDA cannot decode the answer to a scalar.
        """,
)


UNKNOWN_SERIES = Rule(
    code="MCP222",
    slug="query-not-readable",
    severity=Severity.WARNING,
    title="a query that cannot be read here",
    meaning="""
        How many series `query` returns depends on labels that only Prometheus knows, or it has a function or a form
        that is not known here: one of a newer Prometheus, or of another program with its language. The finding names
        it.
        """,
    why="Whether it returns one series shows only in Prometheus, and KEDA fails on a second one.",
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "query": "holt_winters_of_our_own(mcp_sessions)",
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
                "query": "sum(deriv(mcp_sessions[10m]))",
            },
        )
        """,
)


AVERAGE = Rule(
    code="MCP223",
    slug="query-averages",
    severity=Severity.ERROR,
    title="an average where the total is wanted",
    meaning="""
        `query` is no total over all pods: `avg( )`, a sum divided by a count, a quantile (`histogram_quantile( )` too)
        or a deviation.
        """,
    why="""
        The controller divides by the target per pod. A query that divides by the number of pods itself divides twice:
        ten pods with 100 calls each and a target of 50 become two pods. A quantile or a deviation is no total either.
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
                "query": "sum(mcp_sessions) / count(mcp_sessions)",
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
                "query": "sum(mcp_sessions)",
            },
        )
        """,
)


HIDDEN_OUTAGE = Rule(
    code="MCP224",
    slug="query-hides-outage",
    severity=Severity.WARNING,
    title="a query that turns an outage into a number",
    meaning="""
        `query` ends in `or vector(0)`, is `vector( )` or the hour alone, asks for the absence of something, or fills
        in one side of an operator. The finding names the function.
        """,
    why="""
        When the metric is missing it still answers, mostly with zero: KEDA sees no failure, the fallback never holds,
        and the pods go to the minimum while clients are connected.
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
                "query": "sum(mcp_sessions) or vector(0)",
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
                "query": "sum(mcp_sessions)",
            },
        )
        """,
)


PERHAPS_NO_TOTAL = Rule(
    code="MCP252",
    slug="query-not-a-total",
    severity=Severity.WARNING,
    title="a query that may be no total",
    meaning="`query` ends in `max`, `min`, `topk` or another function that takes one of several series.",
    why="""
        The controller divides by the target per pod. The greatest or the least of several series is what one pod has,
        and divided once more it asks for too few pods; of a series that is a total already it is right.
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
                "query": "max(mcp_sessions)",
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
                "query": "sum(mcp_sessions)",
            },
        )
        """,
    note="Accept it where the series is a total already, such as the length of a queue that several pods report.",
)


EMPTY_AT_TIMES = Rule(
    code="MCP253",
    slug="query-empty-at-times",
    severity=Severity.WARNING,
    title="a query that has no answer at times",
    meaning="`query` compares, without `bool`: `sum(mcp_sessions) > 10` returns nothing at 10 and below.",
    why="""
        A comparison drops what it does not hold for. KEDA takes an empty answer for a failure: the number of pods does
        not fall any more, and the fallback is raised, although all is well.
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
                "query": "sum(mcp_sessions) > 10",
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
                "query": "sum(mcp_sessions)",
            },
        )
        """,
)


def query_findings(
    *,
    single: bool | None,
    averages: bool,
    hides_outage: bool,
    path: str,
    wrong: str = "",
    unread: str = "",
    part: str = "avg",
    hider: str = "vector",
    partial: bool = False,
    filters: bool = False,
) -> list[Finding]:
    """MCP221 to MCP224, MCP252 and MCP253, from what could be read in a query.

    :param single: whether it returns one series; ``None`` where that is not known.
    :param wrong: why Prometheus or KEDA cannot read it for certain; empty where they may.
    :param unread: why it could not be read here; empty where it was.
    :param part: the function that ``averages``, or that is no total of several series (``partial``).
    :param hider: the function that answers when the metric is missing.
    :param filters: whether it has no answer while a comparison does not hold.
    """
    found = []
    total = "Give the total over all pods: sum( )."
    if wrong:
        return [NOT_ONE_SERIES.at(path, wrong, "Write an expression that returns one number, such as sum(calls).")]
    if averages:
        found.append(AVERAGE.at(path, f"'{part}( )' gives no total over all pods.", total))
    elif single is False:
        found.append(
            NOT_ONE_SERIES.at(
                path,
                "The query can return several series, or none that is a vector.",
                "Put sum( ) around it; around a plain number, vector( ).",
            )
        )
    elif single is None:
        found.append(
            UNKNOWN_SERIES.at(
                path,
                unread or "Whether the query returns one series cannot be read from it.",
                "Try it in Prometheus and accept this with what you saw."
                if unread
                else "Put sum( ) around it, or try it in Prometheus and accept this with what you saw.",
            )
        )
    if partial and not averages:
        found.append(
            PERHAPS_NO_TOTAL.at(
                path,
                f"'{part}( )' takes one of the series, which is no total where each pod has its own.",
                f"{total} Accept this where the metric is a total already.",
            )
        )
    if filters:
        found.append(
            EMPTY_AT_TIMES.at(
                path,
                "The query has no answer while its comparison does not hold.",
                "Leave the comparison out; with 'bool' behind its sign it is 0 or 1.",
            )
        )
    if hides_outage:
        found.append(
            HIDDEN_OUTAGE.at(
                path,
                f"'{hider}( )' answers also when the metric is missing.",
                f"Ask for the metric without '{hider}( )': without an answer the fallback holds the pods.",
            )
        )
    return found


RULES = (
    NOT_ONE_SERIES,
    UNKNOWN_SERIES,
    AVERAGE,
    HIDDEN_OUTAGE,
    PERHAPS_NO_TOTAL,
    EMPTY_AT_TIMES,
)
