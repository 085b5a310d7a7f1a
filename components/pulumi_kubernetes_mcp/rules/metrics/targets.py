"""Rules about the target of a metric, and about one thing that is given in two ways."""

from __future__ import annotations

from collections.abc import Sequence

from ..doors import marked
from ..model import Finding, Rule, Severity

LEAST_TARGET = 0.001
"""Quantities of the metrics APIs have three decimals."""


NO_TARGET = Rule(
    code="MCP245",
    slug="query-without-target",
    severity=Severity.ERROR,
    title="a query without a target",
    meaning="""
        `query` is given, `follow` does not say what it counts, and `target_per_pod` is missing; or a target is not
        above zero.
        """,
    why="How much of it one pod takes is what turns a metric into a number of pods.",
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "prometheus_address": "https://prometheus.monitoring:9090",
                "query": "sum(queue_length)",
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
                "prometheus_address": "https://prometheus.monitoring:9090",
                "query": "sum(queue_length)",
                "target_per_pod": 30,
            },
        )
        """,
)


def target_findings(*, query: bool, follows_cpu: bool, target: float | None, path: str) -> list[Finding]:
    """MCP245 if a query of one's own has no target, or a target is not above zero when it has three decimals."""
    if target is not None and target < LEAST_TARGET:
        return [
            NO_TARGET.at(
                path,
                f"A target of {target:g} per pod asks for pods without end.",
                f"Set it to {LEAST_TARGET:g} or more.",
            )
        ]
    if query and follows_cpu and target is None:
        return [
            NO_TARGET.at(
                path,
                "A query is given, and not how much of it one pod takes.",
                "Give ⟦target_per_pod⟧, or say with ⟦follow⟧ what the query counts.",
            )
        ]
    return []


SAID_TWICE = Rule(
    code="MCP238",
    slug="given-in-two-ways",
    severity=Severity.ERROR,
    title="one thing is said in two ways",
    meaning="""
        `query` is given beside `dialect` or `sessions_metric`, a window of scale-in is given twice and differently, or
        `memory_percent` beside a metric of the memory.
        """,
    why="Only one of them can hold, and which one would be a guess.",
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "query": "sum(mcp_sessions)",
                "dialect": "community",
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


def said_twice_findings(pairs: Sequence[tuple[str, str, str]]) -> list[Finding]:
    """MCP238 for each pair of arguments that say the same: path, the other one's name, and what is meant."""
    return [
        SAID_TWICE.at(
            path,
            f"It is given beside {marked(other)}; both say {meant}.",
            f"Keep one of them, {marked(path)} or {marked(other)}.",
        )
        for path, other, meant in pairs
    ]


RULES = (
    NO_TARGET,
    SAID_TWICE,
)
