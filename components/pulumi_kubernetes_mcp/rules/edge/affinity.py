"""Rules about affinity: whether a client stays on the pod that holds its session."""

from __future__ import annotations

from ...edge.implementations import KEPT, Implementation
from ...hashing import HASHES, by_growth
from ..model import Finding, Rule, Severity

NO_AFFINITY = Rule(
    code="MCP303",
    slug="sessions-without-affinity",
    severity=Severity.ERROR,
    title="sessions without affinity",
    meaning="An era with sessions is served by more than one pod, and the affinity is `none`.",
    why="A session lives in one pod. Measured over three pods without affinity, 449 of 3200 calls reached theirs.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: none
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


COOKIE_AFFINITY = Rule(
    code="MCP304",
    slug="cookie-affinity",
    severity=Severity.WARNING,
    title="affinity by cookie",
    meaning="The affinity is `cookie`. It is right where every client keeps cookies; then accept the warning.",
    why="""
        TypeScript clients, which are most desktop hosts, do not send cookies back: measured, 187 of their 1600 calls
        succeed. Python clients do: 1600 of 1600.
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
          affinity: cookie
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          affinity: gateway
        """,
)


HASH_AFFINITY = Rule(
    code="MCP305",
    slug="session-hash-affinity",
    severity=Severity.ERROR,
    title="affinity by a hash of the session id",
    meaning="""
        The affinity is `session-hash`. It can be named, so that a file that comes from elsewhere gets an answer, but
        never used.
        """,
    why="""
        The first request has no session id yet, and the pod that answers it mints one that hashes elsewhere: measured
        over three pods, 71 % of the sessions never work.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          affinity: session-hash
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          affinity: gateway
        """,
)


SOURCE_IP_AFFINITY = Rule(
    code="MCP306",
    slug="source-ip-affinity",
    severity=Severity.WARNING,
    title="affinity by source address",
    meaning="""
        The affinity is `source-ip`, which `auto` chooses for eras with sessions. For HTTP+SSE it is the only measured
        way that serves all clients.
        """,
    why="""
        While the pods stay the same it keeps every session (measured, 1600 of 1600 calls), but it spreads badly:
        everybody behind one address shares one pod, and 20 addresses spread 3, 5 and 12 over three pods. And most
        proxies find the pod by a hash of the address and remember nothing: another number of pods sends clients to
        pods that do not know their sessions. 4 pods instead of 3 end 25 % of the sessions with Maglev (Envoy Gateway)
        and ingress-nginx, 35 % with Envoy's ring (Istio), 75 % where the pod is the remainder of the hash (HAProxy,
        `ip_hash`).
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          affinity: gateway
        """,
    note="""
        `gateway` says that an MCP-aware gateway in front keeps each session on its pod; nothing is emitted for it here.
        """,
)


def affinity_findings(
    *,
    affinity: str,
    sessions: bool,
    max_replicas: int,
    sse: bool,
    path: str,
    row: Implementation | None = None,
    min_replicas: int = 1,
) -> list[Finding]:
    """MCP303 to MCP306 and MCP311: whether a client stays on the pod that holds its session.

    ``affinity`` is ``none``, ``source-ip``, ``cookie``, ``envelope``, ``agentgateway``, ``session-hash`` or ``gateway``
    (an MCP-aware gateway does it, and nothing is emitted). ``row`` is what stands behind the edge, where that is known.
    ``sse`` says whether HTTP+SSE is served. With one pod there is nothing to miss.
    """
    if affinity == "session-hash":
        return [
            HASH_AFFINITY.at(
                path,
                "A hash of Mcp-Session-Id sends most sessions to a pod that does not know them.",
                f"Use {_better(row)}.",
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
                f"Use {_better(row)}; or serve eras without sessions.",
            )
        ]
    moving = _moving(affinity, row, min_replicas, max_replicas)
    if affinity == "cookie":
        measured = "33 of their 400 calls" if sse else "187 of their 1600 calls"
        better = _for_streams(row) if sse else _better(row)
        return [
            COOKIE_AFFINITY.at(
                path,
                f"TypeScript clients do not send cookies back: measured, {measured} succeed.{moving}",
                f"Use {better}. Accept this warning only if every client keeps cookies.",
            )
        ]
    if affinity == "source-ip":
        alternative = (
            "For HTTP+SSE it is the only measured way that serves all clients: accept this warning, and "
            "watch sessions per pod."
            if sse
            else "Use 'envelope' behind Envoy Gateway, 'gateway' with an MCP-aware gateway, or accept this warning and "
            "watch sessions per pod."
        )
        return [
            SOURCE_IP_AFFINITY.at(
                path,
                f"All clients behind one address (an office, a proxy, a NAT) share one pod.{moving}",
                alternative,
            )
        ]
    return []


def _moving(affinity: str, row: Implementation | None, min_replicas: int, max_replicas: int) -> str:
    """What the pods that come cost, where a hash finds the pod: of a fixed number one that comes back."""
    if row is None or row.hash is None or affinity not in row.hashed:
        return ""
    fixed = min_replicas >= max_replicas
    before = max_replicas - 1 if fixed else max(min_replicas, -(-max_replicas // 2))
    share = 100 * by_growth(HASHES[row.hash], before, max_replicas)
    when = "when one pod that was gone comes back" if fixed else f"where {before} pods become {max_replicas} at once"
    return f" And a hash finds the pod, so that another number of pods ends sessions: {share:.0f} % {when}."


USELESS_AFFINITY = Rule(
    code="MCP311",
    slug="affinity-without-sessions",
    severity=Severity.WARNING,
    title="affinity without sessions",
    meaning="No era holds sessions, and the affinity is `cookie`, `envelope` or `source-ip`.",
    why="Without sessions any pod serves any request; affinity only makes the load uneven and drains slower.",
    fails="""
        mcp:edge:
          host: mcp.example.com
          affinity: source-ip
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          affinity: none
        """,
)


def _better(row: Implementation | None) -> str:
    """Affinities that keep sessions, those of the row itself only as far as it keeps them."""
    own = [one for one in ("agentgateway", "source-ip") if one in ({"source-ip"} if row is None else row.affinities)]
    return ", ".join(
        ["'envelope' behind Envoy Gateway", *(f"'{one}'" for one in own), "or 'gateway' with an MCP-aware gateway"]
    )


def _for_streams(row: Implementation | None) -> str:
    """What keeps those of HTTP+SSE."""
    kept = row is None or "source-ip" in row.affinities
    return f"'source-ip'{'' if kept else ' behind an implementation that keeps it'}"


def _useless_affinity(affinity: str, path: str) -> list[Finding]:
    if affinity not in KEPT:
        return []
    return [
        USELESS_AFFINITY.at(
            path,
            f"The eras hold no sessions, and the affinity '{affinity}' ties clients to pods all the same.",
            "Use 'none', or 'auto'.",
        )
    ]


RULES = (
    NO_AFFINITY,
    COOKIE_AFFINITY,
    HASH_AFFINITY,
    SOURCE_IP_AFFINITY,
    USELESS_AFFINITY,
)
