"""The table of implementations of the edge, from the rows."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_kubernetes_mcp.edge.implementations import (
    DRAINING_PROPAGATION_SECONDS,
    IMPLEMENTATIONS,
    NONE,
    Implementation,
)

HEAD = (
    "implementation",
    "kinds",
    "beside the route",
    "proxies",
    "pre-stop",
    "idle connections",
    "hashed",
    "cannot",
    "source",
)


def implementations() -> str:
    """One line for each row."""
    lines = [_line(HEAD), _line("---" for _ in HEAD)]
    for row in (*IMPLEMENTATIONS.values(), NONE):
        cells = (
            f"`{row.name}`: {row.title}",
            ", ".join(f"`{kind}`" for kind in row.kinds),
            _beside(row),
            _proxies(row),
            _pre_stop(row),
            _idle(row),
            _hashed(row),
            row.cannot,
            "; ".join(filter(None, (row.source, row.hash_source))),
        )
        lines.append(_line(cells))
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _beside(row: Implementation) -> str:
    policies = list(row.policies)
    if row.backend == "TraefikService":
        policies += ["TraefikService", "ServersTransport"]
    if row.backend == "AgentgatewayBackend":
        policies.append("AgentgatewayBackend")
    if {"ingress", "route"} & set(row.kinds) and row.name != "other":
        policies.append("annotations")
    return ", ".join(policies) or "–"


def _proxies(row: Implementation) -> str:
    if row.opened_by_policy:
        return "the agent's; opened by the policy"
    if not row.pods:
        return ", ".join(row.cidrs) or "asked for: `clientCidrs`"
    if row.in_gateway_namespace:
        return "beside their Gateway"
    return f"`{row.namespace}`" if row.namespace else "asked for: `clientNamespace`"


def _pre_stop(row: Implementation) -> str:
    most = f" to {DRAINING_PROPAGATION_SECONDS}" if row.deregisters else ""
    return f"{row.propagation_seconds}{most} s"


def _idle(row: Implementation) -> str:
    if row.sets_idle:
        return "below the server's"
    if row.idle_is_silence:
        return "as long as a stream may be silent"
    return f"{row.idle_seconds} s" if row.idle_seconds else "not known"


WAYS = {
    "maglev": "Envoy's Maglev",
    "ring": "Envoy's ring",
    "points": "a ring of 160 points a pod",
    "modulo": "the remainder",
    "score": "the highest score",
}


def _hashed(row: Implementation) -> str:
    if row.hash is None:
        return "–"
    return f"{', '.join(f'`{affinity}`' for affinity in sorted(row.hashed))}: {WAYS[row.hash]}"
