"""Rules about what an autoscaler follows: queries, dialects, further metrics, and who may read them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from .doors import marked
from .model import Finding, Rule, Severity
from .words import alternatives

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
    "cannot decode a plain number or a range. What Prometheus cannot read returns nothing at all.",
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
    "twice: ten pods with 100 calls each and a target of 50 become two pods. A quantile or a deviation is no total "
    "either.",
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
    "for all, a value of the whole for objects and external metrics. Nothing is zero, no metric comes twice, names are "
    "parts of a path, and selectors are labels.",
)
METRICS_BESIDE_KEDA = Rule(
    code="MCP241",
    severity=Severity.ERROR,
    title="metrics of a HorizontalPodAutoscaler beside KEDA",
    why="KEDA writes the HorizontalPodAutoscaler and its metrics. A second one for the same pods would stop both.",
)
PERHAPS_NO_TOTAL = Rule(
    code="MCP252",
    severity=Severity.WARNING,
    title="a query that may be no total",
    why="The controller divides by the target per pod. The greatest or the least of several series is what one pod "
    "has, and divided once more it asks for too few pods; of a series that is a total already it is right.",
)
EMPTY_AT_TIMES = Rule(
    code="MCP253",
    severity=Severity.WARNING,
    title="a query that has no answer at times",
    why="A comparison drops what it does not hold for. KEDA takes an empty answer for a failure: the number of pods "
    "does not fall any more, and the fallback is raised, although all is well.",
)
FOREIGN_CONTAINER = Rule(
    code="MCP254",
    severity=Severity.WARNING,
    title="a metric of a container that the workload may not have",
    why="The autoscaler fails to read the metric of a container that is not in every pod. While one metric fails, the "
    "number of pods does not fall.",
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
    "Secret, or from a TriggerAuthentication that exists. A name that no object can have is never found.",
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
LONGEST_NAME = 253
"""Characters of a name, and of a key of a Secret."""
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_SECRET_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(?:[numkMGTPE]|[KMGTPE]i)?")


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
    *,
    single: bool | None,
    averages: bool,
    hides_outage: bool,
    path: str,
    wrong: str = "",
    part: str = "avg",
    hider: str = "vector",
    partial: bool = False,
    filters: bool = False,
) -> list[Finding]:
    """MCP221 to MCP224, MCP252 and MCP253, from what could be read in a query.

    :param single: whether it returns one series; ``None`` where that is not known.
    :param wrong: why Prometheus or KEDA cannot read it for certain; empty where they may.
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
                "Whether the query returns one series cannot be read from it.",
                "Put sum( ) around it, or try it in Prometheus and accept this with what you saw.",
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


def reader_findings(*, wanted: str | None, autoscaler: str, path: str) -> list[Finding]:
    """MCP248 if something from Prometheus is ``wanted`` by name, and no KEDA is there to read it."""
    if wanted is None or autoscaler == "keda":
        return []
    return [
        PROMETHEUS_WITHOUT_KEDA.at(
            path,
            f"A HorizontalPodAutoscaler is to follow {wanted}, which is in Prometheus.",
            "Choose [[kind]] 'keda' (or 'auto'), or serve it through a metrics API and name it in [[metrics]].",
        )
    ]


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
                "Give [[target_per_pod]], or say with [[follow]] what the query counts.",
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
                "Choose [[kind]] 'hpa', or say with [[query]] what Prometheus counts.",
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
                    "Leave it out, and say with [[cpu_percent]] at what share pods are added.",
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
            "Give [[api_version]], [[kind]] and [[name]]." if kind == "object" else "Leave it out.",
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


def is_name(text: str) -> bool:
    """Whether an object of Kubernetes can have this name: a DNS subdomain (RFC 1123)."""
    return len(text) <= LONGEST_NAME and _SUBDOMAIN.fullmatch(text) is not None


def authentication_findings(
    *,
    modes: Collection[str],
    secret: bool,
    existing: bool,
    address: str | None,
    path: str,
    address_path: str,
    names: Mapping[str, str] | None = None,
    keys: Mapping[str, str] | None = None,
) -> list[Finding]:
    """MCP246 if KEDA cannot use the credentials, MCP242 if they cross the network in clear.

    ``address`` is ``None`` where it is not known yet.

    :param names: names of objects by argument, as far as they are known; ``keys`` are those of the Secret.
    """
    found = [
        BAD_CREDENTIALS.at(
            f"{path}.{argument}",
            f"'{name}' cannot be the name of an object.",
            "Use lower-case letters, digits, '-' and '.', which begin and end with a letter or digit.",
        )
        for argument, name in (names or {}).items()
        if not is_name(name)
    ]
    found += [
        BAD_CREDENTIALS.at(
            f"{path}.{argument}",
            f"'{key}' cannot be a key of a Secret.",
            "Use letters, digits, '-', '_' and '.'.",
        )
        for argument, key in (keys or {}).items()
        if not _SECRET_KEY.fullmatch(key)
    ]
    if len(set(modes)) < len(modes):
        found.append(BAD_CREDENTIALS.at(f"{path}.modes", "A mode is given twice.", "Keep each once."))
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
        said = (
            "Both [[secret_name]] and [[existing_name]] are"
            if secret
            else "Neither [[secret_name]] nor [[existing_name]] is"
        )
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
