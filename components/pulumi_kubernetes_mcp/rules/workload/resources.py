"""Rules about requests and limits of a container."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...kubernetes.quantities import (
    HUGE_PAGES,
    RESOURCES,
    QuantityError,
    TooLargeError,
    format_cpu,
    format_memory,
    read_cpu,
    read_memory,
)
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
        A quantity of CPU, memory, huge pages or ephemeral storage cannot be read, or is more than Kubernetes counts
        to (2**63 - 1 millicores or bytes). A stack file refuses it when it is read; a program and a patch meet this
        finding.
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


HUGE_PAGES_REFUSED = Rule(
    code="MCP180",
    slug="huge-pages-refused",
    severity=Severity.ERROR,
    title="huge pages that Kubernetes refuses",
    meaning="""
        The request and the limit of huge pages (`hugepages2Mi`, `hugepages1Gi`) differ, one of them is no whole number
        of pages, or the container names neither CPU nor memory beside.
        """,
    why="""
        Huge pages are set aside on a node before anything runs and are not shared, so that a container gets exactly
        what it asks for. The API server refuses every pod that says otherwise.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {memory: 256Mi, hugepages2Mi: 64Mi}
            limits: {memory: 256Mi, hugepages2Mi: 128Mi}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {memory: 256Mi, hugepages2Mi: 64Mi}
            limits: {memory: 256Mi, hugepages2Mi: 64Mi}
        """,
)


def resource_findings(
    *,
    requests: Mapping[str, str],
    limits: Mapping[str, str],
    path: str,
) -> list[Finding]:
    """MCP111 for a quantity that cannot be read, MCP103 for a request above its limit, MCP180 for huge pages.

    Looks at ``cpu``, ``memory``, ``ephemeral-storage`` and huge pages; other resources pass.
    """
    found = []
    for key in RESOURCES:
        request, wrong_request = _quantity(key, requests.get(key), f"{path}.requests.{key}")
        limit, wrong_limit = _quantity(key, limits.get(key), f"{path}.limits.{key}")
        found += wrong_request + wrong_limit
        if key in HUGE_PAGES:
            found += _huge_page_findings(key, request, limit, {*requests, *limits}, path)
        elif request is not None and limit is not None and request > limit:
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


def _huge_page_findings(
    key: str, request: int | None, limit: int | None, named: Collection[str], path: str
) -> list[Finding]:
    """MCP180 for huge pages that Kubernetes refuses; the same sides, whole pages, and CPU or memory beside."""
    if request is None and limit is None:
        return []
    found = []
    # A limit alone is the request too.
    if request is not None and request != limit:
        beside = "there is no limit" if limit is None else f"the limit is {format_memory(limit)}"
        problem = f"{format_memory(request)} are requested, and {beside}: no pod would be created."
        found.append(HUGE_PAGES_REFUSED.at(f"{path}.limits.{key}", problem, "Give the same amount as both."))
    for side, size in (("requests", request), ("limits", limit)):
        if size is not None and size % HUGE_PAGES[key]:
            problem = f"{format_memory(size)} is no whole number of pages of {format_memory(HUGE_PAGES[key])} each."
            remedy = f"Give a multiple, such as '{format_memory(-(-size // HUGE_PAGES[key]) * HUGE_PAGES[key])}'."
            found.append(HUGE_PAGES_REFUSED.at(f"{path}.{side}.{key}", problem, remedy))
    if not {"cpu", "memory"} & {*named}:
        problem = "Kubernetes takes huge pages only beside CPU or memory, and the container names neither."
        found.append(HUGE_PAGES_REFUSED.at(f"{path}.requests.{key}", problem, "Request CPU or memory too."))
    return found


def _quantity(key: str, text: str | None, path: str) -> tuple[int | None, list[Finding]]:
    """The quantity as a number, or the finding that says why it is none."""
    if text is None:
        return None, []
    try:
        return (read_cpu(text) if key == "cpu" else read_memory(text)), []
    except TooLargeError as error:
        return None, [BAD_QUANTITY.at(path, f"I{str(error)[1:]}.", "Give a smaller quantity.")]
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
    HUGE_PAGES_REFUSED,
)
