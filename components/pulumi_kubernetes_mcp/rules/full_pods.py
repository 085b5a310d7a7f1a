"""A rule about a pod whose readiness ends when it is full."""

from __future__ import annotations

from .model import Finding, Rule, Severity

VARIABLE = "MCP_UNREADY_WHEN_FULL"
"""What asks the reference server, and who keeps its contract, for a readiness that ends at the cap on sessions."""
SAID = ("1", "true", "yes")

FULL_POD = Rule(
    code="MCP374",
    slug="full-pod-loses-sessions",
    severity=Severity.WARNING,
    title="a pod that is full leaves the endpoints with its sessions",
    meaning=f"""
        Readiness ends when the pod has as many sessions as its cap: `{VARIABLE}` asks the server for it, or a readiness
        sidecar opens a session at each round, which a full server refuses. And the affinity is not 'envelope', which
        alone was seen to lead sessions to a pod that is not ready.
        """,
    why="""
        The endpoint of a pod that is not ready goes. Envoy, nginx and the others then lead its sessions to pods that do
        not know them, which answer 404, so that a pod that becomes full loses all that it has. Behind Envoy Gateway
        with an envelope the endpoint is marked as draining: new sessions go elsewhere and open ones stay.
        """,
    fails=f"""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          env: {{{VARIABLE}: "true"}}
        mcp:edge:
          host: mcp.example.com
          implementation: istio
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes=f"""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          env: {{{VARIABLE}: "true"}}
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: envelope
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    note="""
        A server at its cap answers `initialize` with 503 and `Retry-After` in any case, and the autoscaler follows its
        sessions. Kubernetes takes a full pod for an unhealthy one also behind an envelope: a rollout replaces it first.
        """,
)


def full_pod_findings(*, path: str, what: str, affinity: str, remedy: str) -> list[Finding]:
    """MCP374 for what ends the readiness of a full pod, unless its sessions still find it.

    :param what: what that is, as the beginning of a sentence.
    """
    if affinity == "envelope":
        return []
    return [
        FULL_POD.at(
            path,
            f"{what} a pod at its cap on sessions unready: its endpoint goes, and with the affinity '{affinity}' its "
            "sessions with it.",
            remedy,
        )
    ]


RULES = (FULL_POD,)
