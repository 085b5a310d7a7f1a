"""Rules about the envelope around a session id, which is a patch of what Envoy Gateway makes."""

from __future__ import annotations

from ...edge.implementations import Implementation
from ..model import Finding, Rule, Severity

ENVELOPE_SSE = Rule(
    code="MCP335",
    slug="envelope-for-sse",
    severity=Severity.ERROR,
    title="an envelope for HTTP+SSE",
    meaning="The affinity is `envelope`, several pods serve, and HTTP+SSE (`sse`) is among the eras.",
    why="""
        The envelope wraps the header `mcp-session-id`, which HTTP+SSE does not have: measured over three pods, 0 of its
        400 calls succeed. The filter's own way for such URLs, `sse_endpoint_message`, is not in Envoy 1.40.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [sse]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: envelope
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [sse]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: source-ip
        """,
)


ENVELOPE_LISTENER = Rule(
    code="MCP336",
    slug="envelope-without-listener",
    severity=Severity.ERROR,
    title="an envelope on no listener in particular",
    meaning="""
        The affinity is `envelope`, and `gateway.section` is null: the route attaches to all listeners of the Gateway.
        """,
    why="""
        What is patched is named after the listener: Envoy Gateway calls it 'namespace/gateway/listener'. A patch of
        another name changes nothing, and sessions break as if no affinity were asked for.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: envelope
          gateway: {section: null}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: envelope
          gateway: {section: https}
        """,
)


ENVELOPE_ALLOWED = Rule(
    code="MCP337",
    slug="envelope-needs-the-platform",
    severity=Severity.WARNING,
    title="a patch that the platform has to allow",
    meaning="""
        The affinity is `envelope`, or `maxHeaders` is given with `envoy-gateway`. Each is an EnvoyPatchPolicy in the
        namespace of the Gateway, and Envoy Gateway ignores it until its configuration has
        `extensionApis.enableEnvoyPatchPolicy: true`. `mcp-stack doctor` asks the cluster; accept the warning once it
        says so.
        """,
    why="""
        The policy is taken without an error and reports `Accepted: False` in its status alone. Headers are limited as
        before, and each session breaks with its first call that reaches another pod: measured over three pods, 449 of
        3200 calls succeed.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: envelope
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: source-ip
        """,
)


LEAVING = Rule(
    code="MCP375",
    slug="sessions-of-a-colour-not-kept",
    severity=Severity.ERROR,
    title="sessions that are to go on in the colour that was left, and do not find it",
    meaning="""
        `blueGreen.keepSessions`, or `leaving_service` of a route, is given, and the affinity is not 'envelope' behind
        `envoy-gateway`.
        """,
    why="""
        What was left stays in the route as pods that are marked as draining. Only an envelope says in the session id
        which pod holds the session, and leads it there all the same; every other affinity finds a pod among those of
        the active colour.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          rollout: {strategy: BlueGreen, blueGreen: {keepSessions: true}}
        mcp:edge: {host: mcp.example.com, implementation: envoy-gateway, affinity: source-ip}
        mcp:scaling: {prometheusAddress: "http://prometheus.monitoring:9090"}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          rollout: {strategy: BlueGreen, blueGreen: {keepSessions: true}}
        mcp:edge: {host: mcp.example.com, implementation: envoy-gateway, affinity: envelope}
        mcp:scaling: {prometheusAddress: "http://prometheus.monitoring:9090"}
        """,
    note="Without it a switch ends all sessions at once ([MCP657](MCP657.md)).",
)


def leaving_findings(*, affinity: str, row: Implementation, path: str) -> list[Finding]:
    """MCP375 if sessions do not find the colour that was left."""
    if affinity == "envelope" and affinity in row.affinities:
        return []
    return [
        LEAVING.at(
            path,
            f"Behind '{row.name}' with the affinity '{affinity}' no session finds the colour that was left.",
            "Use the affinity 'envelope' behind 'envoy-gateway', or leave it out.",
        )
    ]


def envelope_findings(
    *, affinity: str, sessions: bool, sse: bool, row: Implementation, section: str | None, gateway: str
) -> list[Finding]:
    """MCP335 to MCP337: whether an envelope can keep the sessions, and its patch finds what it patches.

    :param sessions: whether the server holds sessions in more than one pod; ``sse``: whether HTTP+SSE is served.
    :param section: listener of the Gateway, ``None`` for all of them.
    :param gateway: namespace of the Gateway.
    """
    if affinity != "envelope" or affinity not in row.affinities or not sessions:
        return []
    if sse:
        return [
            ENVELOPE_SSE.at(
                "affinity",
                "A session of the era 'sse' is in the query of its URL, not in Mcp-Session-Id, and the envelope is "
                "around nothing.",
                "Use 'source-ip', or leave the era out.",
            )
        ]
    if section is None:
        return [
            ENVELOPE_LISTENER.at(
                "gateway_section",
                "The affinity 'envelope' patches the listener of a Gateway by its name, and the route attaches to all.",
                "Name the listener.",
            )
        ]
    return [patch_finding(makes="the envelope", gateway=gateway, path="affinity")]


def patch_finding(*, makes: str, gateway: str, path: str) -> Finding:
    """MCP337: what is a patch of Envoy Gateway's own configuration.

    :param makes: what the patch makes, with its article.
    """
    return ENVELOPE_ALLOWED.at(
        path,
        f"An EnvoyPatchPolicy in the namespace '{gateway}' makes {makes}, and Envoy Gateway ignores it unless its "
        "configuration allows it.",
        "Set extensionApis.enableEnvoyPatchPolicy to true in the configuration of Envoy Gateway, let this stack write "
        "EnvoyPatchPolicies in that namespace, and accept this warning.",
    )


RULES = (ENVELOPE_SSE, ENVELOPE_LISTENER, ENVELOPE_ALLOWED, LEAVING)
