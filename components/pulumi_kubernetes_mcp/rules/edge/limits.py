"""Rules about what an implementation ends by itself: silent streams, whole requests, idle connections, pods that go."""

from __future__ import annotations

from ...edge.implementations import MOST_DEREGISTRATION_SECONDS, Implementation
from ..model import Finding, Rule, Severity

LETS_GO = ("alb", "gke")
"""Load balancers that end the connections to a pod that goes after a time of their own, an hour at most."""

SILENCE = Rule(
    code="MCP316",
    slug="silence-longer-than-edge",
    severity=Severity.WARNING,
    title="the edge ends a silent stream before the server speaks",
    meaning="""
        The implementation ends a stream that is silent for some time, this cannot be set by an object of a route, and
        the server is silent for longer.
        """,
    why="""
        A call that takes longer without a byte ends with 504, or its client waits for ever. The limit stands in the
        controller's own configuration, which the platform team may have raised; then accept the warning.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          keepaliveSeconds: 0
          maxToolSeconds: 360
        mcp:edge:
          host: mcp.example.com
          implementation: cilium
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          keepaliveSeconds: 15
          maxToolSeconds: 360
        mcp:edge:
          host: mcp.example.com
          implementation: cilium
        """,
)


IDLE_CONNECTION = Rule(
    code="MCP317",
    slug="idle-connection-outlives-server",
    severity=Severity.WARNING,
    title="the edge keeps idle connections longer than the server",
    meaning="""
        The implementation keeps an idle connection to a pod for a time that cannot be set by an object of a route, and
        the server closes it earlier. A server of a Python runtime that starts through uvicorn is told by its
        environment, and never warned of.
        """,
    why="""
        A call that is sent at the moment when the server closes the connection is lost, and as a POST it is not
        repeated: the client sees 502 or 503 now and then. uvicorn and Node close after 5 s.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: node
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: node
          idleConnectionSeconds: 75
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
        """,
    note="In Node it is `server.keepAliveTimeout`; say what is set there by `idleConnectionSeconds`.",
)


DEREGISTRATION = Rule(
    code="MCP318",
    slug="deregistration-shorter-than-tool",
    severity=Severity.ERROR,
    title="the load balancer lets go of a pod before its slowest call ends",
    meaning="""
        An annotation gives a target group a `deregistration_delay.timeout_seconds` below `maxToolSeconds`, or above
        3600, which AWS refuses; or `maxToolSeconds` is above that itself, and the implementation is 'alb' or 'gke'.
        """,
    why="""
        After this delay the load balancer closes the connections to a pod that goes, whatever is under way on them, and
        however long the pod itself would wait.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: alb
          clientCidrs: [10.0.0.0/16]
          annotations:
            alb.ingress.kubernetes.io/target-group-attributes: deregistration_delay.timeout_seconds=20
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: alb
          clientCidrs: [10.0.0.0/16]
          annotations:
            alb.ingress.kubernetes.io/target-group-attributes: deregistration_delay.timeout_seconds=60
        """,
)


REQUEST_TIMEOUT_NOT_TAKEN = Rule(
    code="MCP319",
    slug="request-timeout-not-taken",
    severity=Severity.ERROR,
    title="a request timeout that the implementation does not take",
    meaning="`requestTimeoutSeconds` is given, and the implementation ignores the `timeouts` of an HTTPRoute.",
    why="The timeout would stand in the stack file and in no proxy.",
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: nginx-gateway-fabric
          requestTimeoutSeconds: 300
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: kgateway
          requestTimeoutSeconds: 300
        """,
)


STREAMS = Rule(
    code="MCP373",
    slug="streams-above-edge",
    severity=Severity.WARNING,
    title="more calls and streams than a proxy leads to the server at once",
    meaning="""
        The implementation leads a number of requests to the pods of a server at once, no object of a route can raise
        it, and the pods hold more calls and open streams than that at the maximum. An open stream is a request for as
        long as it is open: each session of a legacy client has one.
        """,
    why="""
        The proxy answers what is more with 503 by itself, however many pods are there and however idle they are:
        adding pods does not help. The limit is one proxy's, such as that of a node, so it is met first where the
        clients come through few of them.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: cilium
        mcp:scaling:
          maxReplicas: 60
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: kgateway
        mcp:scaling:
          maxReplicas: 60
        """,
    note="""
        In Cilium these are the Helm values `envoy.clusterMaxConnections` and `envoy.clusterMaxRequests`, 1024 each.
        Where they are raised already, accept the warning.
        """,
)


def streams_findings(*, row: Implementation, parallel: int, path: str) -> list[Finding]:
    """MCP373 if the pods hold more than one proxy leads to them.

    :param parallel: calls and open streams of all pods at the maximum.
    """
    most = row.parallel_streams
    if most is None or parallel <= most:
        return []
    return [
        STREAMS.at(
            path,
            f"The pods hold up to {parallel:,} calls and open streams, and each proxy of '{row.name}' leads {most:,} "
            "to them at once.",
            f"Raise its limit to {parallel:,} in the configuration of '{row.name}' and accept this warning, or use an "
            "implementation that is told ('envoy-gateway', 'kgateway').",
        )
    ]


def limit_findings(
    *,
    row: Implementation,
    kind: str,
    request_timeout: int,
    idle_timeout: int,
    request_path: str,
    idle_path: str,
) -> list[Finding]:
    """MCP316 and MCP319: whether the implementation bears the silence, and takes a request timeout. Whole seconds."""
    found = []
    if row.silence_seconds is not None and idle_timeout > row.silence_seconds:
        can = "which is its most" if row.sets_silence else "by its own configuration"
        raised = (
            "or make the slowest tool shorter or a task"
            if row.sets_silence
            else ("or raise the limit in the controller and accept this warning")
        )
        found.append(
            SILENCE.at(
                idle_path,
                f"A stream may be silent for {idle_timeout} s, and '{row.name}' ends it after {row.silence_seconds} s, "
                f"{can}.",
                f"Let the server send keep-alives (⟦keepalive_seconds⟧), {raised}.",
            )
        )
    takes = row.route_timeouts or "GCPBackendPolicy" in row.policies
    if kind == "gateway" and request_timeout and not takes:
        found.append(
            REQUEST_TIMEOUT_NOT_TAKEN.at(
                request_path,
                f"'{row.name}' takes no request timeout of {request_timeout} s from a route.",
                "Leave it out.",
            )
        )
    return found


def connection_findings(*, row: Implementation, proxy: int | None, server: int, path: str) -> list[Finding]:
    """MCP317 if proxies keep an idle connection at least as long as the server does. Whole seconds.

    :param proxy: how long they keep it; ``None`` where that is set below the server's, or not known.
    """
    if proxy is None or server > proxy:
        return []
    return [
        IDLE_CONNECTION.at(
            path,
            f"'{row.name}' keeps idle connections for {proxy} s, and the server closes them after {server} s.",
            f"Let the server keep them for more than {proxy} s, and say so here.",
        )
    ]


def deregistration_findings(
    *, row: Implementation, delay: int | None, max_tool_seconds: int, path: str
) -> list[Finding]:
    """MCP318 if a target is let go before its slowest call ends, or by a time that the cloud refuses. Whole seconds.

    :param delay: what an annotation says; ``None`` where it is derived.
    """
    most = MOST_DEREGISTRATION_SECONDS
    if max_tool_seconds > most and row.name in LETS_GO:
        return [
            DEREGISTRATION.at(
                "max_tool_seconds",
                f"The slowest tool takes {max_tool_seconds} s, and '{row.name}' lets go of a pod that ends after "
                f"{most} s at most.",
                f"Make the slowest tool a task, or shorter than {most} s; or use another implementation.",
            )
        ]
    if delay is None or max_tool_seconds <= delay <= most:
        return []
    problem = f"is shorter than the slowest tool, {max_tool_seconds} s"
    if delay > most:
        problem = f"is longer than {most} s, the most that AWS takes"
    return [
        DEREGISTRATION.at(
            path,
            f"The deregistration delay of {delay} s {problem}.",
            f"Set it to {max_tool_seconds} to {most}, or leave the annotation out: it is then derived.",
        )
    ]


RULES = (
    SILENCE,
    IDLE_CONNECTION,
    DEREGISTRATION,
    REQUEST_TIMEOUT_NOT_TAKEN,
    STREAMS,
)
