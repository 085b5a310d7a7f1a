"""Whether the controller behind a kind runs: its definition alone takes objects, and nothing is done about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .model import Line, Question, Snapshot, State

LABEL = "app.kubernetes.io/component=rollouts-controller"
"""The label that the manifests and the chart of Argo Rollouts put on its controller."""
ARGO_ROLLOUTS: Question = ("get", "deployments.apps", "--all-namespaces", "--selector", LABEL)
KEY = "mcp:server.rollout.argoRollouts"
WHAT = "Argo Rollouts: controller"
NAMESPACED = "--namespaced"
"""The argument of a controller that sees its own namespace alone."""


def argo_rollouts(namespace: str, snapshot: Snapshot) -> Line:
    """Whether a controller of Argo Rollouts runs that sees a namespace."""
    answer = snapshot.of(ARGO_ROLLOUTS)
    if answer.refused:
        return Line(State.UNSURE, WHAT, answer.refused, KEY)
    found = (answer.value or {}).get("items") or []
    if not found:
        return Line(State.UNSURE, WHAT, f"no Deployment has the label {LABEL}, which its chart gives it", KEY)
    seeing = [one for one in found if _sees(one, namespace)]
    if not seeing:
        where = ", ".join(sorted(_namespace(one) for one in found))
        return Line(State.MISSING, WHAT, f"that of {where} sees its own namespace alone ({NAMESPACED})", KEY)
    for one in seeing:
        if ready := (one.get("status") or {}).get("readyReplicas"):
            version = (one["metadata"].get("labels") or {}).get("app.kubernetes.io/version", "")
            which = f", {version}" if version else ""
            detail = f"{_namespace(one)}/{one['metadata']['name']} has {ready} ready{which}"
            return Line(State.OK, WHAT, detail, KEY)
    return Line(State.MISSING, WHAT, f"{_namespace(seeing[0])}/{seeing[0]['metadata']['name']} has no ready pod", KEY)


def _sees(deployment: Mapping[str, Any], namespace: str) -> bool:
    return _namespace(deployment) == namespace or NAMESPACED not in set(_arguments(deployment))


def _arguments(deployment: Mapping[str, Any]) -> Iterator[str]:
    for container in deployment["spec"]["template"]["spec"]["containers"]:
        yield from (str(one).removesuffix("=true") for one in container.get("args") or ())


def _namespace(one: Mapping[str, Any]) -> str:
    return str(one["metadata"].get("namespace", "default"))
