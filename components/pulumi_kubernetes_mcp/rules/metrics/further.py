"""Rules about further metrics of a HorizontalPodAutoscaler."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..doors import marked
from ..model import Finding, Rule, Severity
from .credentials import is_name

TARGETS: Mapping[str, tuple[str, ...]] = {
    "resource": ("utilization", "average_value"),
    "container-resource": ("utilization", "average_value"),
    "pods": ("average_value",),
    "object": ("value", "average_value"),
    "external": ("value", "average_value"),
}
"""Kind of a metric to the targets that it takes."""


RESOURCES = ("cpu", "memory")


OF_CONTAINERS = ("resource", "container-resource")
"""Kinds of metrics that the metrics server has."""


_LABEL_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:[numkMGTPE]|[KMGTPE]i)?")


REFUSED_METRIC = Rule(
    code="MCP240",
    slug="invalid-metric",
    severity=Severity.ERROR,
    title="a metric that Kubernetes refuses",
    meaning="""
        An item of `metrics` has a target that its kind does not take, no target or two, a target of zero, a name that
        cannot be a part of a path, a selector that is no label, or comes twice.
        """,
    why="""
        Each kind of metric has its own kinds of target: a share of the request for CPU and memory, a value per pod for
        all, a value of the whole for objects and external metrics. Nothing is zero, no metric comes twice, names are
        parts of a path, and selectors are labels.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "metrics": [{"type": "pods", "name": "calls", "value": "10"}],
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
                "metrics": [{"type": "pods", "name": "calls", "average_value": "10"}],
            },
        )
        """,
)


METRICS_BESIDE_KEDA = Rule(
    code="MCP241",
    slug="metrics-beside-keda",
    severity=Severity.ERROR,
    title="metrics of a HorizontalPodAutoscaler beside KEDA",
    meaning="`metrics` are given, and the autoscaler is KEDA.",
    why="KEDA writes the HorizontalPodAutoscaler and its metrics. A second one for the same pods would stop both.",
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "kind": "keda",
                "metrics": [{"type": "pods", "name": "calls", "average_value": "10"}],
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
                "kind": "hpa",
                "metrics": [{"type": "pods", "name": "calls", "average_value": "10"}],
            },
        )
        """,
)


FOREIGN_CONTAINER = Rule(
    code="MCP254",
    slug="metric-of-foreign-container",
    severity=Severity.WARNING,
    title="a metric of a container that the workload may not have",
    meaning="""
        A `container-resource` metric names a container other than `container`, the one of the server; in a stack that
        is `server`.
        """,
    why="""
        The autoscaler fails to read the metric of a container that is not in every pod. While one metric fails, the
        number of pods does not fall.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "metrics": [{"type": "container-resource", "name": "cpu", "container": "app", "utilization": 70}],
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
                "metrics": [{"type": "resource", "name": "cpu", "utilization": 70}],
            },
        )
        """,
    note="Accept it for a sidecar that is added to every pod, such as that of a mesh.",
)


def metric_findings(
    metrics: Sequence[Mapping[str, Any]], *, autoscaler: str, path: str, container: str | None = None
) -> list[Finding]:
    """MCP240 for each metric that the API refuses or that is there already, MCP241 for all of them beside KEDA.

    :param container: the container whose CPU is a metric anyway. Default: none.
    """
    if metrics and autoscaler == "keda":
        return [
            METRICS_BESIDE_KEDA.at(
                path,
                "Metrics for a HorizontalPodAutoscaler are given, and KEDA scales the server.",
                "Choose ⟦kind⟧ 'hpa', or say with ⟦query⟧ what Prometheus counts.",
            )
        ]
    found = [finding for place, one in enumerate(metrics) for finding in _refused(one, f"{path}[{place}]")]
    seen: list[Mapping[str, Any]] = []
    for place, one in enumerate(metrics):
        if container and (one["type"], one["name"], one.get("container", container)) == (
            "container-resource",
            "cpu",
            container,
        ):
            found.append(
                REFUSED_METRIC.at(
                    f"{path}[{place}]",
                    f"The CPU of the container '{container}' is a metric already.",
                    "Leave it out, and say with ⟦cpu_percent⟧ at what share pods are added.",
                )
            )
        if container and one["type"] == "container-resource" and one.get("container", container) != container:
            found.append(
                FOREIGN_CONTAINER.at(
                    f"{path}[{place}].container",
                    f"The container '{one['container']}' is not '{container}', the one of the server.",
                    "Leave it out, or accept this where a container of that name is added to every pod.",
                )
            )
        identity = {key: one.get(key) for key in ("type", "name", "container", "selector", "described_object")}
        if identity in seen:
            found.append(REFUSED_METRIC.at(f"{path}[{place}]", f"The metric '{one['name']}' comes twice.", "Keep one."))
        seen.append(identity)
    return found


def _refused(metric: Mapping[str, Any], path: str) -> Iterator[Finding]:
    kind = metric["type"]
    allowed = TARGETS[kind]
    given = [key for key in ("utilization", "average_value", "value") if key in metric]
    if len(given) != 1 or given[0] not in allowed:
        words = " and ".join(map(marked, given)) or "none"
        yield REFUSED_METRIC.at(
            path,
            f"The kind '{kind}' takes {' or '.join(map(marked, allowed))}, and {words} is given.",
            f"Give {marked(allowed[0])}.",
        )
    elif (amount := _QUANTITY.fullmatch(str(metric[given[0]]))) is None:
        yield REFUSED_METRIC.at(
            f"{path}.{given[0]}",
            f"'{metric[given[0]]}' is no quantity.",
            "Write a number, such as '10', '500m' or '2k'.",
        )
    elif float(amount[1]) == 0:
        yield REFUSED_METRIC.at(f"{path}.{given[0]}", "A target of zero is never reached.", "Set it above zero.")
    if kind in ("resource", "container-resource"):
        if metric["name"] not in RESOURCES:
            yield REFUSED_METRIC.at(
                f"{path}.name", f"'{metric['name']}' is no resource of a pod.", "Give 'cpu' or 'memory'."
            )
        if "selector" in metric:
            yield REFUSED_METRIC.at(f"{path}.selector", f"The kind '{kind}' has no series to pick.", "Leave it out.")
    else:
        yield from _refused_name(metric, path)
    if "container" in metric and kind != "container-resource":
        yield REFUSED_METRIC.at(f"{path}.container", f"The kind '{kind}' names no container.", "Leave it out.")
    if ("described_object" in metric) != (kind == "object"):
        yield REFUSED_METRIC.at(
            f"{path}.described_object",
            f"The kind '{kind}' {'names the object that it describes' if kind == 'object' else 'describes none'}.",
            "Give ⟦api_version⟧, ⟦kind⟧ and ⟦name⟧." if kind == "object" else "Leave it out.",
        )


def _refused_name(metric: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """What the metrics APIs cannot be asked for: the name is a part of a path, the selector picks labels."""
    name = metric["name"]
    if name in ("", ".", "..") or set(name) & set("/%"):
        yield REFUSED_METRIC.at(
            f"{path}.name", f"'{name}' cannot be a part of a path.", "Give a name without '/' and '%'."
        )
    for key, value in metric.get("selector", {}).items():
        prefix, slash, last = key.rpartition("/")
        if (slash and not is_name(prefix)) or not _LABEL_NAME.fullmatch(last):
            yield REFUSED_METRIC.at(
                f"{path}.selector",
                f"'{key}' cannot be the key of a label.",
                "Use at most 63 letters, digits, '-', '_' and '.', which begin and end with a letter or digit.",
            )
        if value and not _LABEL_NAME.fullmatch(value):
            yield REFUSED_METRIC.at(
                f"{path}.selector",
                f"'{value}' cannot be the value of a label.",
                "Use at most 63 letters, digits, '-', '_' and '.', which begin and end with a letter or digit.",
            )


RULES = (
    REFUSED_METRIC,
    METRICS_BESIDE_KEDA,
    FOREIGN_CONTAINER,
)
