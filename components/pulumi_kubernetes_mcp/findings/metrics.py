"""Rules about what an autoscaler follows: queries, dialects, further metrics, and who may read them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from .model import Finding, Rule, Severity

NO_METRIC = Rule(
    code="MCP219",
    severity=Severity.ERROR,
    title="a metric that no part of the stack emits",
    why="A query for a metric that is not there has no answer: the number of pods stays where the fallback holds it, "
    "and the load goes unseen.",
)
INEXACT_METRIC = Rule(
    code="MCP220",
    severity=Severity.WARNING,
    title="a metric that is not quite what is followed",
    why="What is counted besides asks for pods that nobody needs; what is not seen gets none.",
)
NOT_ONE_SERIES = Rule(
    code="MCP221",
    severity=Severity.ERROR,
    title="a query that does not return one series",
    why="KEDA takes exactly one series from a query. It fails on a second one, which comes with the second pod, and it "
    "cannot decode a plain number.",
)
UNKNOWN_SERIES = Rule(
    code="MCP222",
    severity=Severity.WARNING,
    title="a query that cannot be read here",
    why="Whether it returns one series shows only in Prometheus, and KEDA fails on a second one.",
)
AVERAGE = Rule(
    code="MCP223",
    severity=Severity.ERROR,
    title="an average where the total is wanted",
    why="The controller divides by the target per pod. A query that divides by the number of pods itself divides "
    "twice: ten pods with 100 calls each and a target of 50 become two pods.",
)
HIDDEN_OUTAGE = Rule(
    code="MCP224",
    severity=Severity.WARNING,
    title="a query that turns an outage into a number",
    why="When the metric is missing it still answers, mostly with zero: KEDA sees no failure, the fallback never "
    "holds, and the pods go to the minimum while clients are connected.",
)
SAID_TWICE = Rule(
    code="MCP238",
    severity=Severity.ERROR,
    title="one thing is said in two ways",
    why="Only one of them can hold, and which one would be a guess.",
)
REFUSED_METRIC = Rule(
    code="MCP240",
    severity=Severity.ERROR,
    title="a metric that Kubernetes refuses",
    why="Each kind of metric has its own kinds of target: a share of the request for CPU and memory, a value per pod "
    "for all, a value of the whole for objects and external metrics. Nothing is zero, and no metric comes twice.",
)
METRICS_BESIDE_KEDA = Rule(
    code="MCP241",
    severity=Severity.ERROR,
    title="metrics of a HorizontalPodAutoscaler beside KEDA",
    why="KEDA writes the HorizontalPodAutoscaler and its metrics. A second one for the same pods would stop both.",
)
CLEAR_CREDENTIALS = Rule(
    code="MCP242",
    severity=Severity.WARNING,
    title="credentials over plain HTTP",
    why="A bearer token or a password crosses the network in clear, with every read of the metric.",
)
NO_TARGET = Rule(
    code="MCP245",
    severity=Severity.ERROR,
    title="a query without a target",
    why="How much of it one pod takes is what turns a metric into a number of pods.",
)
PROMETHEUS_WITHOUT_KEDA = Rule(
    code="MCP248",
    severity=Severity.ERROR,
    title="a metric from Prometheus without KEDA",
    why="A HorizontalPodAutoscaler asks the metrics APIs of the cluster, and no Prometheus: what is said would have no "
    "effect at all.",
)
BAD_CREDENTIALS = Rule(
    code="MCP246",
    severity=Severity.ERROR,
    title="credentials that KEDA cannot use",
    why="KEDA sends one Authorization header, from a bearer token or from user and password; the keys come from one "
    "Secret, or from a TriggerAuthentication that exists.",
)

TARGETS: Mapping[str, tuple[str, ...]] = {
    "resource": ("utilization", "average_value"),
    "container-resource": ("utilization", "average_value"),
    "pods": ("average_value",),
    "object": ("value", "average_value"),
    "external": ("value", "average_value"),
}
"""Kind of a metric to the targets that it takes."""
RESOURCES = ("cpu", "memory")
LEAST_TARGET = 0.001
"""Quantities of the metrics APIs have three decimals."""
OF_CONTAINERS = ("resource", "container-resource")
"""Kinds of metrics that the metrics server has."""
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(?:[numkMGTPE]|[KMGTPE]i)?")


def absent_metric_findings(*, follow: str, dialect: str, why: str, instead: str, path: str) -> list[Finding]:
    """MCP219: the dialect has no metric for what is followed, and ``why``."""
    return [NO_METRIC.at(path, f"In the dialect '{dialect}' nothing counts '{follow}': {why}.", instead)]


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


def query_findings(
    *, single: bool | None, averages: bool, hides_outage: bool, path: str, ours: bool = False
) -> list[Finding]:
    """MCP221 to MCP224, from what could be read in a query. ``single`` is ``None`` where that is not known."""
    found = []
    if averages:
        found.append(
            AVERAGE.at(path, "The query divides by the number of pods.", "Give the total: sum(...) without a division.")
        )
    elif single is False:
        found.append(
            NOT_ONE_SERIES.at(
                path,
                "The query can return several series, or none that is a vector.",
                "Put sum( ) around it; around a plain number, vector( ).",
            )
        )
    elif single is None and not ours:
        found.append(
            UNKNOWN_SERIES.at(
                path,
                "Whether the query returns one series cannot be read from it.",
                "Put sum( ) around it, or try it in Prometheus and accept this with what you saw.",
            )
        )
    if hides_outage:
        found.append(
            HIDDEN_OUTAGE.at(
                path,
                "The query has an answer also when the metric is missing.",
                "Leave out 'or vector(...)' and absent(...): without an answer the fallback holds the pods.",
            )
        )
    return found


def reader_findings(*, wanted: str | None, autoscaler: str, path: str) -> list[Finding]:
    """MCP248 if something from Prometheus is ``wanted`` by name, and no KEDA is there to read it."""
    if wanted is None or autoscaler == "keda":
        return []
    return [
        PROMETHEUS_WITHOUT_KEDA.at(
            path,
            f"A HorizontalPodAutoscaler is to follow {wanted}, which is in Prometheus.",
            "Choose kind 'keda' (or 'auto'), or serve it through a metrics API and name it in metrics.",
        )
    ]


def said_twice_findings(pairs: Sequence[tuple[str, str, str]]) -> list[Finding]:
    """MCP238 for each pair of arguments that say the same: path, the other one's name, and what is meant."""
    return [
        SAID_TWICE.at(path, f"It is given beside {other}; both say {meant}.", f"Keep one of them, {path} or {other}.")
        for path, other, meant in pairs
    ]


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
                "Give target_per_pod, or say with follow what the query counts.",
            )
        ]
    return []


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
                "Choose kind 'hpa', or say with query what Prometheus counts.",
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
                    "Leave it out, and say with cpu_percent at what share of the request pods are added.",
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
        words = " and ".join(given) or "none"
        yield REFUSED_METRIC.at(
            path, f"The kind '{kind}' takes {' or '.join(allowed)}, and {words} is given.", f"Give {allowed[0]}."
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
    if "container" in metric and kind != "container-resource":
        yield REFUSED_METRIC.at(f"{path}.container", f"The kind '{kind}' names no container.", "Leave it out.")
    if ("described_object" in metric) != (kind == "object"):
        yield REFUSED_METRIC.at(
            f"{path}.described_object",
            f"The kind '{kind}' {'names the object that it describes' if kind == 'object' else 'describes none'}.",
            "Give api_version, kind and name." if kind == "object" else "Leave it out.",
        )


def authentication_findings(
    *,
    modes: Collection[str],
    secret: bool,
    existing: bool,
    address: str | None,
    path: str,
    address_path: str,
) -> list[Finding]:
    """MCP246 if KEDA cannot use the credentials, MCP242 if they cross the network in clear.

    ``address`` is ``None`` where it is not known yet.
    """
    found = []
    if {"bearer", "basic"} <= set(modes):
        found.append(
            BAD_CREDENTIALS.at(
                f"{path}.modes",
                "Both 'bearer' and 'basic' are given, and there is one Authorization header.",
                "Keep one.",
            )
        )
    if not modes:
        found.append(BAD_CREDENTIALS.at(f"{path}.modes", "No mode is given.", "Give 'bearer', 'basic' or 'tls'."))
    if secret == existing:
        said = "Both secret_name and existing_name are" if secret else "Neither secret_name nor existing_name is"
        found.append(BAD_CREDENTIALS.at(path, f"{said} given.", "Give one of them."))
    if address is not None and address.startswith("http://") and set(modes) - {"tls"}:
        found.append(
            CLEAR_CREDENTIALS.at(
                address_path,
                "The address begins with http://, and credentials are sent to it.",
                "Reach Prometheus over https://, or accept this where a mesh encrypts what pods say.",
            )
        )
    return found
