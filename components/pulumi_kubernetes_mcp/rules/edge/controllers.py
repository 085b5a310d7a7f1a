"""Rules about the controller of the edge: whether its settings are known here."""

from __future__ import annotations

from ..model import Finding, Rule, Severity

_SET_UP = frozenset({("gateway", "envoy-gateway"), ("ingress", "nginx")})


UNKNOWN_CONTROLLER = Rule(
    code="MCP309",
    slug="unknown-controller",
    severity=Severity.WARNING,
    title="an edge whose behaviour is not set",
    meaning="""
        The controller behind the edge is not one that is set up here: Envoy Gateway behind an HTTPRoute, or the nginx
        family behind an Ingress. A plain HTTPRoute is enough for a server that sends keep-alives.
        """,
    why="""
        Buffering, stream timeouts and affinity have no portable spelling. Without settings for the controller its
        defaults hold; 15 s for a whole answer and 60 s of silence are usual.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: other
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
        """,
)


AFFINITY_NOT_SET = Rule(
    code="MCP312",
    slug="affinity-not-kept",
    severity=Severity.ERROR,
    title="affinity that nothing keeps",
    meaning="""
        The server holds sessions in several pods, an affinity is wanted, and no setting for the controller behind the
        edge is known that keeps a client on its pod.
        """,
    why="""
        Affinity has no portable spelling in the Gateway API or the Ingress: only the settings of a known controller can
        keep a client on its pod. Without them sessions break as if no affinity were asked for.
        """,
    fails="""
        mcp:server:
          image: registry.example.com/acme/mcp:1.4.2
          healthPath: /healthz
          eras: [legacy-stateful]
        mcp:edge:
          host: mcp.example.com
          implementation: other
          affinity: source-ip
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes="""
        mcp:server:
          image: registry.example.com/acme/mcp:1.4.2
          healthPath: /healthz
          eras: [legacy-stateful]
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: source-ip
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
)


def implementation_findings(
    *, kind: str, implementation: str, affinity: str, needs_affinity: bool, keepalive_seconds: int, path: str
) -> list[Finding]:
    """MCP309 and MCP312: whether the controller behind the edge is one whose settings are known here.

    An HTTPRoute without further settings bears streams with keep-alives, since its request timeout is portable;
    an Ingress does not, and neither bears silence. ``needs_affinity`` says that sessions live in more than one pod.
    """
    if (kind, implementation) in _SET_UP:
        return []
    known = "envoy-gateway" if kind == "gateway" else "nginx"
    if needs_affinity and affinity in ("source-ip", "cookie"):
        return [
            AFFINITY_NOT_SET.at(
                path,
                f"The affinity '{affinity}' is wanted, and the controller '{implementation}' behind ⟦kind⟧ '{kind}' "
                "gets no setting for it.",
                f"Name the controller ('{known}'); or use the affinity 'gateway', if the gateway keeps them itself.",
            )
        ]
    if kind == "gateway" and keepalive_seconds > 0:
        return []
    return [
        UNKNOWN_CONTROLLER.at(
            path,
            f"For the controller '{implementation}' behind ⟦kind⟧ '{kind}' only portable fields are emitted: "
            "no stream idle timeout and no buffering.",
            f"Name the controller ('{known}'), or set these in the controller and accept this warning.",
        )
    ]


RULES = (
    UNKNOWN_CONTROLLER,
    AFFINITY_NOT_SET,
)
