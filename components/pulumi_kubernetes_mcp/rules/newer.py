"""Rules about what is newer than the cluster: fields and kinds that its version does not have, or has switched off."""

from __future__ import annotations

from ..kubernetes.since import Minor, Newer, Since
from .model import Finding, Rule, Severity
from .workload.drain import REFUSING_KUBERNETES

SWITCHED_OFF = Rule(
    code="MCP183",
    slug="field-switched-off",
    severity=Severity.WARNING,
    title="a field that the cluster has switched off",
    meaning="""
        A patch of the server, its autoscaler or its pooler, or one of `extraObjects`, has a field that the version in
        `mcp:region.kubernetesVersion` knows and has switched off by default, as 1.31 has `hostUsers`. A field that it
        does not know at all is refused: [MCP136](MCP136.md).
        """,
    why="""
        The API server drops such a field without a word. What it was to bring about, such as a user namespace or a
        limit for the whole pod, is not there, and nothing says so.
        """,
    fails="""
        mcp:region: {name: us-east, kubernetesVersion: '1.32'}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches: [{kind: Pod, patch: {spec: {hostUsers: false}}}]
        """,
    passes="""
        mcp:region: {name: us-east, kubernetesVersion: '1.36'}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches: [{kind: Pod, patch: {spec: {hostUsers: false}}}]
        """,
    note="Accept it where the feature gate is switched on in the cluster, at the API server and at the kubelets.",
)


def newer_findings(one: Newer, *, version: Minor, path: str) -> list[Finding]:
    """MCP136 for a field that a version does not know, MCP183 for one that it has switched off.

    :param path: the place that the field's path begins at.
    """
    since, place = one.since, f"{path}.{one.path}"
    has, first = _words(version), _words(since.on)
    upgrade = f"Take it out, or upgrade the cluster to {first} or newer."
    if version < since.there:
        return [
            REFUSING_KUBERNETES.at(
                place, f"Kubernetes {has} does not know '{one.name}' here, which {first} has first.", upgrade
            )
        ]
    problem = f"Kubernetes {has} drops '{one.name}', which is off before {first} (feature gate {since.gate})."
    return [SWITCHED_OFF.at(place, problem, upgrade)]


def kind_findings(kind: str, since: Since | None, *, version: Minor, path: str) -> list[Finding]:
    """MCP136 for an object of a kind that a version does not serve.

    :param kind: version and kind.
    """
    if since is None or version >= since.on:
        return []
    problem = f"Kubernetes {_words(version)} has no {kind}, which {_words(since.on)} serves first."
    return [REFUSING_KUBERNETES.at(path, problem, "Take it out, or upgrade the cluster.")]


def _words(version: Minor) -> str:
    return ".".join(map(str, version))


RULES = (SWITCHED_OFF,)
"""The rules of this subject."""
