"""Whether a Prometheus of the operator selects what a stack makes for it: an object that none selects is never read.

``podMonitorSelector``, ``serviceMonitorSelector`` and ``ruleSelector``, each with one for namespaces beside it: left
out, the first selects nothing and the second the Prometheus' own namespace alone; ``{}`` selects all
(prometheus-operator v0.94.0, monitoring.coreos.com/v1, PrometheusSpec).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..kubernetes.selectors import matches
from .model import Answer, Line, Question, State

PROMETHEUSES: Question = ("get", "prometheuses.monitoring.coreos.com", "--all-namespaces")
SELECTORS: Mapping[str, str] = {
    "PodMonitor": "podMonitor",
    "ServiceMonitor": "serviceMonitor",
    "PrometheusRule": "rule",
}
"""Kind to the beginning of its two selectors."""
KEY = "mcp:monitoring.labels"
Labels = Mapping[str, str]


def selection(
    wanted: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...],
    answer: Answer,
    *,
    namespace: str,
    namespace_labels: Labels,
) -> Iterator[Line]:
    """A line for each object: kind, name and labels in ``wanted``."""
    if answer.refused:
        yield Line(State.UNSURE, "Prometheus", answer.refused, KEY)
        return
    found = (answer.value or {}).get("items", [])
    for kind, name, labels in wanted:
        what = f"{kind} {name}"
        by = [one for one in found if _selects(one, kind, dict(labels), namespace, namespace_labels)]
        if by:
            yield Line(State.OK, what, f"is read by Prometheus {', '.join(map(_name, by))}", KEY)
        elif found:
            asked = "; ".join(f"{_name(one)} asks for {_asked(one, kind)}" for one in found)
            yield Line(State.MISSING, what, f"is read by no Prometheus: {asked}", KEY)
        else:
            yield Line(State.MISSING, what, "is read by no Prometheus: the operator runs none", KEY)


def _selects(one: Mapping[str, Any], kind: str, labels: Labels, namespace: str, namespace_labels: Labels) -> bool:
    spec, begin = one["spec"], SELECTORS[kind]
    selector, spaces = spec.get(f"{begin}Selector"), spec.get(f"{begin}NamespaceSelector")
    if selector is None or not matches(selector, labels):
        return False
    if spaces is None:
        return bool(one["metadata"].get("namespace") == namespace)
    return matches(spaces, {**namespace_labels, "kubernetes.io/metadata.name": namespace})


def _asked(one: Mapping[str, Any], kind: str) -> str:
    selector = one["spec"].get(f"{SELECTORS[kind]}Selector")
    if selector is None:
        return "none at all"
    words = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    words += [
        " ".join([item["key"], item["operator"], *(", ".join(item.get("values") or []),)]).strip()
        for item in selector.get("matchExpressions") or []
    ]
    return " and ".join(words) or "any in other namespaces"


def _name(one: Mapping[str, Any]) -> str:
    return f"{one['metadata'].get('namespace', 'default')}/{one['metadata']['name']}"
