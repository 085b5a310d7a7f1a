"""Rules about the way from the client to the pod: eras, affinity, timeouts, controllers."""

from __future__ import annotations

from collections.abc import Sequence

from ..eras import ROUTE_MARGIN_SECONDS
from .model import Finding, Rule, Severity

EXCLUDED_ERAS = Rule(
    code="MCP301",
    severity=Severity.ERROR,
    title="two eras that exclude each other",
    why="A legacy server hands out session ids or it does not: the choice is made when it starts, for all its clients.",
)
SSE_DEPRECATED = Rule(
    code="MCP302",
    severity=Severity.WARNING,
    title="HTTP+SSE is deprecated",
    why="The 2025-03-26 revision replaced this transport. A session is an open stream, so every lost "
    "connection loses it.",
)
NO_AFFINITY = Rule(
    code="MCP303",
    severity=Severity.ERROR,
    title="sessions without affinity",
    why="A session lives in one pod. Measured over three pods without affinity, 449 of 3200 calls reached theirs.",
)
COOKIE_AFFINITY = Rule(
    code="MCP304",
    severity=Severity.WARNING,
    title="affinity by cookie",
    why="TypeScript clients, which are most desktop hosts, do not send cookies back: measured, 187 of "
    "their 1600 calls succeed. Python clients do: 1600 of 1600.",
)
HASH_AFFINITY = Rule(
    code="MCP305",
    severity=Severity.ERROR,
    title="affinity by a hash of the session id",
    why="The first request has no session id yet, and the pod that answers it mints one that hashes "
    "elsewhere: measured over three pods, 71 % of the sessions never work.",
)
SOURCE_IP_AFFINITY = Rule(
    code="MCP306",
    severity=Severity.WARNING,
    title="affinity by source address",
    why="It keeps every session (measured, 1600 of 1600 calls), but spreads badly: everybody behind one "
    "address shares one pod, and 20 addresses spread 3, 5 and 12 over three pods.",
)
REQUEST_TIMEOUT = Rule(
    code="MCP307",
    severity=Severity.ERROR,
    title="the route ends before the slowest tool",
    why="The request timeout counts until the end of the answer. Truncated answers leave Python v1 and "
    "TypeScript clients waiting for ever.",
)
IDLE_TIMEOUT = Rule(
    code="MCP308",
    severity=Severity.ERROR,
    title="silent streams are cut",
    why="Between two keep-alives, or without them until the result, a stream carries nothing. A limit "
    "that survives two lost keep-alives is sound.",
)
UNKNOWN_CONTROLLER = Rule(
    code="MCP309",
    severity=Severity.WARNING,
    title="an edge whose behaviour is not set",
    why="Buffering, stream timeouts and affinity have no portable spelling. Without settings for the "
    "controller its defaults hold; 15 s for a whole answer and 60 s of silence are usual.",
)
AFFINITY_NOT_SET = Rule(
    code="MCP312",
    severity=Severity.ERROR,
    title="affinity that nothing keeps",
    why="Affinity has no portable spelling in the Gateway API or the Ingress: only the settings of a known controller "
    "can keep a client on its pod. Without them sessions break as if no affinity were asked for.",
)
USELESS_AFFINITY = Rule(
    code="MCP311",
    severity=Severity.WARNING,
    title="affinity without sessions",
    why="Without sessions any pod serves any request; affinity only makes the load uneven and drains slower.",
)

KEEPALIVES_PER_IDLE_TIMEOUT = 3
"""An idle limit of three periods survives two lost keep-alives: 45 s at the 15 s of the SDKs."""
_SET_UP = frozenset({("gateway", "envoy-gateway"), ("ingress", "nginx")})


def era_findings(eras: Sequence[str], *, path: str) -> list[Finding]:
    """MCP301 for a pair that one URL cannot serve, MCP302 for the deprecated transport."""
    found = []
    if {"legacy-stateless", "legacy-stateful"} <= set(eras):
        found.append(
            EXCLUDED_ERAS.at(
                path,
                "'legacy-stateless' and 'legacy-stateful' cannot be served on one URL.",
                "Keep the one that the server was started with: 'legacy-stateful' if it sends Mcp-Session-Id.",
            )
        )
    if "sse" in eras:
        found.append(
            SSE_DEPRECATED.at(
                path,
                "The era 'sse' is deprecated, and its clients lose their session with every connection.",
                "Serve 'modern' besides and move clients over; accept this warning until the last one has moved.",
            )
        )
    return found


def affinity_findings(*, affinity: str, sessions: bool, max_replicas: int, sse: bool, path: str) -> list[Finding]:
    """MCP303 to MCP306 and MCP311: whether a client stays on the pod that holds its session.

    ``affinity`` is ``none``, ``source-ip``, ``cookie``, ``session-hash`` or ``gateway`` (an MCP-aware
    gateway does it, and nothing is emitted). ``sse`` says whether HTTP+SSE is served. With one pod there is
    nothing to miss.
    """
    if affinity == "session-hash":
        return [
            HASH_AFFINITY.at(
                path,
                "A hash of Mcp-Session-Id sends most sessions to a pod that does not know them.",
                "Use 'gateway' with an MCP-aware gateway, or 'source-ip'.",
            )
        ]
    if not sessions:
        return _useless_affinity(affinity, path)
    if max_replicas <= 1:
        return []
    if affinity == "none":
        return [
            NO_AFFINITY.at(
                path,
                f"The server holds sessions, up to {max_replicas} pods serve it, and nothing keeps a "
                "client on its pod.",
                "Use 'source-ip', or 'gateway' with an MCP-aware gateway; or serve eras without sessions.",
            )
        ]
    if affinity == "cookie":
        measured = "33 of their 400 calls" if sse else "187 of their 1600 calls"
        better = "'source-ip'" if sse else "'source-ip', or 'gateway' with an MCP-aware gateway"
        return [
            COOKIE_AFFINITY.at(
                path,
                f"TypeScript clients do not send cookies back: measured, {measured} succeed.",
                f"Use {better}. Accept this warning only if every client keeps cookies.",
            )
        ]
    if affinity == "source-ip":
        alternative = (
            "For HTTP+SSE it is the only measured way that serves all clients: accept this warning, and "
            "watch sessions per pod."
            if sse
            else "Use 'gateway' with an MCP-aware gateway, or accept this warning and watch sessions per pod."
        )
        return [
            SOURCE_IP_AFFINITY.at(
                path, "All clients behind one address (an office, a proxy, a NAT) share one pod.", alternative
            )
        ]
    return []


def _useless_affinity(affinity: str, path: str) -> list[Finding]:
    if affinity not in ("cookie", "source-ip"):
        return []
    return [
        USELESS_AFFINITY.at(
            path,
            f"The eras hold no sessions, and the affinity '{affinity}' ties clients to pods all the same.",
            "Use 'none', or 'auto'.",
        )
    ]


def timeout_findings(
    *,
    request_timeout: int,
    idle_timeout: int,
    max_tool_seconds: int,
    keepalive_seconds: int | None,
    request_path: str,
    idle_path: str,
    sse: bool = False,
) -> list[Finding]:
    """MCP307 and MCP308: whether the edge waits for the slowest tool. All times are whole seconds.

    A ``request_timeout`` of 0 is off. ``keepalive_seconds`` is how often the server sends a comment on an
    open stream, ``None`` or 0 if it sends nothing until the result.
    """
    found = []
    if sse and request_timeout != 0:
        found.append(
            REQUEST_TIMEOUT.at(
                request_path,
                f"The era 'sse' holds a session in one open request, which the timeout ends after {request_timeout} s.",
                "Set it to 0, which switches it off.",
            )
        )
        request_timeout = 0
    slowest = max_tool_seconds + ROUTE_MARGIN_SECONDS
    if request_timeout != 0 and request_timeout < slowest:
        found.append(
            REQUEST_TIMEOUT.at(
                request_path,
                f"The request timeout of {request_timeout} s is shorter than the slowest tool, "
                f"{max_tool_seconds} s, + margin {ROUTE_MARGIN_SECONDS} s = {slowest} s.",
                f"Set it to 0, which switches it off, or to at least {slowest} s.",
            )
        )
    if not keepalive_seconds:
        least, reason = (
            slowest,
            (
                f"the slowest tool, {max_tool_seconds} s, + margin {ROUTE_MARGIN_SECONDS} s, during which "
                "nothing is sent"
            ),
        )
    else:
        least = KEEPALIVES_PER_IDLE_TIMEOUT * keepalive_seconds
        reason = f"{KEEPALIVES_PER_IDLE_TIMEOUT} keep-alive periods of {keepalive_seconds} s"
    if idle_timeout < least:
        found.append(
            IDLE_TIMEOUT.at(
                idle_path,
                f"The idle timeout of {idle_timeout} s is shorter than {least} s: {reason}.",
                f"Set it to at least {least} s, or leave it out: it is then derived.",
            )
        )
    return found


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
                f"The affinity '{affinity}' is wanted, and the controller '{implementation}' behind [[kind]] '{kind}' "
                "gets no setting for it.",
                f"Name the controller ('{known}'); or use the affinity 'gateway', if the gateway keeps them itself.",
            )
        ]
    if kind == "gateway" and keepalive_seconds > 0:
        return []
    return [
        UNKNOWN_CONTROLLER.at(
            path,
            f"For the controller '{implementation}' behind [[kind]] '{kind}' only portable fields are emitted: "
            "no stream idle timeout and no buffering.",
            f"Name the controller ('{known}'), or set these in the controller and accept this warning.",
        )
    ]
