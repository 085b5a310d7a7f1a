"""Rules about requests and limits of a container."""

from __future__ import annotations

from collections.abc import Mapping

from ...kubernetes.quantities import QuantityError, format_cpu, format_memory, parse_cpu, parse_memory
from ..model import Finding, Rule, Severity

REQUEST_ABOVE_LIMIT = Rule(
    code="MCP103",
    slug="request-above-limit",
    severity=Severity.ERROR,
    title="a request above its limit",
    meaning="A request of CPU, memory or ephemeral storage is above the limit of the same resource.",
    why="""
        The API server refuses every pod of such a Deployment; the Deployment itself is accepted, so that only the
        missing pods show it.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {cpu: 500m, memory: 512Mi}
            limits: {cpu: '1', memory: 256Mi}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {cpu: 500m, memory: 192Mi}
            limits: {cpu: 2500m, memory: 256Mi}
        """,
)


BAD_QUANTITY = Rule(
    code="MCP111",
    slug="invalid-quantity",
    severity=Severity.ERROR,
    title="a quantity that cannot be read",
    meaning="""
        A quantity of CPU, memory or ephemeral storage cannot be read. A stack file refuses it when it is read; a
        program meets this finding.
        """,
    why="Kubernetes knows its own units only, and takes a bare number of memory as bytes.",
    fails="""
        McpService(
            "web",
            {
                "image": "ghcr.io/acme/mcp-server:1.4.2",
                "namespace": "mcp-prod",
                "resources": {"requests": {"memory": "192MB"}, "limits": {"memory": "256Mi"}},
            },
        )
        """,
    passes="""
        McpService(
            "web",
            {
                "image": "ghcr.io/acme/mcp-server:1.4.2",
                "namespace": "mcp-prod",
                "resources": {"requests": {"memory": "192Mi"}, "limits": {"memory": "256Mi"}},
            },
        )
        """,
)


def resource_findings(
    *,
    requests: Mapping[str, str],
    limits: Mapping[str, str],
    path: str,
) -> list[Finding]:
    """MCP111 for a quantity that cannot be read, MCP103 for a request above its limit.

    Looks at ``cpu``, ``memory`` and ``ephemeral-storage``; other resources pass.
    """
    found = []
    for key in ("cpu", "memory", "ephemeral-storage"):
        request, wrong_request = _quantity(key, requests.get(key), f"{path}.requests.{key}")
        limit, wrong_limit = _quantity(key, limits.get(key), f"{path}.limits.{key}")
        found += wrong_request + wrong_limit
        if request is not None and limit is not None and request > limit:
            show = format_cpu if key == "cpu" else format_memory
            found.append(
                REQUEST_ABOVE_LIMIT.at(
                    f"{path}.requests.{key}",
                    f"The {key} request of {show(request)} is above the limit of {show(limit)}; no pod "
                    "would be created.",
                    f"Lower the request to at most {show(limit)}, or raise the limit to at least {show(request)}.",
                )
            )
    return found


def _quantity(key: str, text: str | None, path: str) -> tuple[int | None, list[Finding]]:
    """The quantity as a number, or the finding that says why it is none."""
    if text is None:
        return None, []
    try:
        return (parse_cpu(text) if key == "cpu" else parse_memory(text)), []
    except QuantityError as error:
        example = "500m" if key == "cpu" else "256Mi"
        return None, [BAD_QUANTITY.at(path, f"'{text}' cannot be read: {error}.", f"Write it like '{example}'.")]


NO_MEMORY = Rule(
    code="MCP114",
    slug="memory-not-declared",
    severity=Severity.ERROR,
    title="a memory request or limit is missing",
    meaning="""
        `resources.requests` or `resources.limits` is given without `memory`. A given side replaces all that is planned
        for that side, its memory too.
        """,
    why="""
        What a container leaves out is filled in behind its back: a request from the limit, a limit from the namespace's
        LimitRange. The pod is then refused by the quota, or for a request above its limit.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {cpu: 500m, memory: 192Mi}
            limits: {cpu: '2'}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {cpu: 500m, memory: 192Mi}
            limits: {cpu: '2', memory: 256Mi}
        """,
)


def memory_declared_findings(*, requests: Mapping[str, str], limits: Mapping[str, str], path: str) -> list[Finding]:
    """MCP114 for each side of the resources that says nothing about memory."""
    return [
        NO_MEMORY.at(
            f"{path}.{side}",
            f"The {side} name no memory, so that something else decides it when the pod is created.",
            f"Add memory to the {side}, such as '256Mi', or leave the {side} out: they are then planned.",
        )
        for side, quantities in (("requests", requests), ("limits", limits))
        if "memory" not in quantities
    ]


RULES = (
    REQUEST_ABOVE_LIMIT,
    BAD_QUANTITY,
    NO_MEMORY,
)
