"""What a verified server answers, and what it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Finding, Rule, Severity
from ..words import listed, number
from .note import NOTE

NO_ROUTE = Rule(
    code="MCP612",
    slug="verified-route-missing",
    severity=Severity.ERROR,
    title="a probe asks a route that the server does not have",
    meaning="`healthPath` or `livenessPath` was asked when the server was verified, and did not answer 200.",
    why="A pod whose readiness probe fails gets no traffic; one whose liveness probe fails is restarted for ever.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /health
          verified: profiles/orders.verified.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
          verified: profiles/orders.verified.yaml
        """,
    note=NOTE,
)


NO_GAUGE = Rule(
    code="MCP613",
    slug="verified-metric-missing",
    severity=Severity.ERROR,
    title="the autoscaler follows a metric that the server does not emit",
    meaning="""
        The metric that KEDA is to follow was looked for when the server was verified: it was not among its metrics, or
        a stream and a call that were opened did not move it, or moved it for good.
        """,
    why="""
        A query without an answer holds the number of pods where the fallback has it. A gauge that stands still, or only
        grows, scales by nothing that happens.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          verified: profiles/orders.verified.yaml
        mcp:edge: {host: mcp.example.com, affinity: gateway}
        mcp:scaling: {prometheusAddress: "http://prometheus.monitoring:9090", follow: sessions, dialect: community}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          verified: profiles/orders.verified.yaml
        mcp:edge: {host: mcp.example.com, affinity: gateway}
        mcp:scaling: {prometheusAddress: "http://prometheus.monitoring:9090", follow: sessions}
        """,
    note=NOTE,
)


HOST_REFUSED = Rule(
    code="MCP614",
    slug="verified-host-refused",
    severity=Severity.ERROR,
    title="the server refuses the name that the edge sends",
    meaning="""
        When the server was verified it refused a request with the public name as Host, of which a stack tells it in
        `MCP_ALLOWED_HOSTS`, or the name of `mcp:edge.host` itself.
        """,
    why="""
        A server of the Python SDK that is started by uvicorn's command line allows loopback names only, and answers
        everything behind a real name with 421; Express' helper in TypeScript with 403.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          verified: profiles/refusing.verified.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          verified: profiles/orders.verified.yaml
        """,
    note=NOTE,
)


OTHER_ERAS = Rule(
    code="MCP616",
    slug="verified-era-not-spoken",
    severity=Severity.ERROR,
    title="an era that the server does not speak",
    meaning="""
        `mcp:server.eras` names an era in which the server did not answer when it was verified; 'legacy-stateless' for a
        server that opens sessions is one of these.
        """,
    why="""
        Affinity, drain and scaling follow from the eras. A server that is declared stateless and keeps sessions gets no
        affinity, and loses every session whose next request reaches another pod.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, legacy-stateless]
          verified: profiles/orders.verified.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern]
          verified: profiles/orders.verified.yaml
        """,
    note=f"The server of `profiles/orders.verified.yaml` speaks `modern` and `legacy-stateful`. {NOTE}",
)


STATE_IN_POD = Rule(
    code="MCP617",
    slug="verified-state-in-pod",
    severity=Severity.WARNING,
    title="more than one pod of a server that keeps state in itself",
    meaning="""
        When the server was verified three processes answered a sequence of calls otherwise than one, or files changed
        on its disk during the calls; and the stack may run more than one pod.
        """,
    why="""
        What one pod remembers the next one does not know: answers depend on the pod that a call reaches, and a rollout
        forgets. Affinity keeps sessions together, and helps no client that comes back.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          verified: profiles/memory.verified.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          verified: profiles/orders.verified.yaml
        """,
    note=NOTE,
)


OTHER_AUTHORIZATION = Rule(
    code="MCP618",
    slug="verified-authorization-differs",
    severity=Severity.WARNING,
    title="the stack and the server disagree about tokens",
    meaning="""
        `mcp:server.authorization` is true and the server publishes no metadata of a protected resource; or the server
        publishes them, and it is false, so that their path is not routed.
        """,
    why="Clients learn from the metadata where to get a token. Without them they stop at the 401.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          authorization: true
          verified: profiles/orders.verified.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          authorization: false
          verified: profiles/orders.verified.yaml
        """,
    note=NOTE,
)


OTHER_IMAGE = Rule(
    code="MCP619",
    slug="verified-another-image",
    severity=Severity.WARNING,
    title="another image was verified than runs",
    meaning="The file of `mcp:server.verified` names an image, and `mcp:server.image` is another one.",
    why="What was seen of one release says nothing about the next: a new SDK changes drain, metrics and Host checks.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.5.0
          verified: profiles/orders.verified.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          verified: profiles/orders.verified.yaml
        """,
    note=f"`profiles/orders.verified.yaml` is of `ghcr.io/acme/mcp-server:1.4.2`. {NOTE}",
)


def route_findings(
    name: str, wanted: str | None, *, routes: Mapping[str, int], found: Sequence[str], path: str
) -> list[Finding]:
    """MCP612 if a route of a probe was asked, and did not answer 200.

    :param name: 'readiness' or 'liveness'.
    :param routes: HTTP status by route, 0 where no answer came; ``found`` are those that answered 200.
    """
    status = routes.get(wanted or "")
    if status is None or status == 200:
        return []
    said = f"HTTP {status}" if status else "no answer"
    instead = f"Give one that answers 200, such as {listed(found)}" if found else "Add the route to the server"
    return [NO_ROUTE.at(path, f"The {name} probe asks {wanted}, which got {said}.", f"{instead}, and verify again.")]


_HOW = {
    "absent": "is not among its metrics",
    "still": "did not move with a stream and a call that were opened",
    "stuck": "went up with what was opened, and not down again",
}


def metric_findings(*, metric: str, how: str | None, others: Sequence[str], path: str) -> list[Finding]:
    """MCP613 if the metric that is followed was looked for, and is not there or does not follow.

    :param how: what was seen of it; ``None`` where it was not looked for.
    :param others: those that moved.
    """
    if how not in _HOW:
        return []
    instead = f"Follow what it has ({', '.join(others)})" if others else "Emit it in the server"
    return [
        NO_GAUGE.at(
            path,
            f"The autoscaler follows {metric}, which {_HOW[how]}.",
            f"{instead}, or give a query of your own; then verify again.",
        )
    ]


def host_findings(*, name: str, status: int | None, path: str) -> list[Finding]:
    """MCP614 if the server refused a public name as Host."""
    if status not in (403, 421):
        return []
    return [
        HOST_REFUSED.at(
            path,
            f"The server refused the name '{name}' with HTTP {status}, although it was told it in MCP_ALLOWED_HOSTS.",
            "Read the allowed hosts from that variable in the server, or leave the check to the edge; verify again.",
        )
    ]


def era_findings(*, declared: Sequence[str], spoken: Sequence[str], path: str) -> list[Finding]:
    """MCP616 if an era is declared that the server does not speak."""
    missing = [era for era in declared if era not in spoken]
    if not missing:
        return []
    opens = " It opens sessions." if "legacy-stateless" in missing and "legacy-stateful" in spoken else ""
    return [
        OTHER_ERAS.at(
            path,
            f"The server does not speak {listed(missing)}: it speaks {listed(spoken)}.{opens}",
            "Declare what it speaks, or change the server and verify it again.",
        )
    ]


def state_findings(
    *, kept_in: str | None, calls: Sequence[str], files: Sequence[str], most: int, path: str
) -> list[Finding]:
    """MCP617 if the server keeps state in itself, and more than one pod may run.

    :param calls: those that were answered otherwise by three processes; ``files`` those that changed.
    """
    if kept_in not in ("memory", "disk") or most < 2:
        return []
    seen = f"{listed(files)} changed on its disk" if kept_in == "disk" else f"{listed(calls)} depends on the process"
    return [
        STATE_IN_POD.at(
            path,
            f"The server keeps state in itself ({seen}), and up to {number(most)} pods run.",
            "Keep it in a database or a store that all pods reach, and verify again; or run one pod "
            "(mcp:scaling.replicas: 1).",
        )
    ]


def authorization_findings(*, declared: bool, required: bool, metadata: bool, path: str) -> list[Finding]:
    """MCP618 if the stack and the server disagree about the metadata of a protected resource."""
    if declared and not metadata:
        what = "asks for a token and publishes no metadata" if required else "asks for no token"
        return [
            OTHER_AUTHORIZATION.at(
                path,
                f"It is true, and the server {what}.",
                "Publish /.well-known/oauth-protected-resource in the server, or set it to false.",
            )
        ]
    if metadata and not declared:
        return [
            OTHER_AUTHORIZATION.at(
                path,
                "It is false, and the server publishes the metadata of a protected resource, whose path is not routed.",
                "Set it to true.",
            )
        ]
    return []


def image_findings(*, verified: str | None, image: str, path: str) -> list[Finding]:
    """MCP619 if another image was verified. ``None``: the file names none."""
    if verified is None or verified == image:
        return []
    return [
        OTHER_IMAGE.at(
            path,
            f"What was verified is {verified}, and {image} runs.",
            f"Verify the image that runs, with --image {image}.",
        )
    ]


RULES = (
    NO_ROUTE,
    NO_GAUGE,
    HOST_REFUSED,
    OTHER_ERAS,
    STATE_IN_POD,
    OTHER_AUTHORIZATION,
    OTHER_IMAGE,
)
