"""Rules about who may call through the edge: web pages and their Origin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...edge.abilities import CORS, ORIGIN
from ...edge.implementations import Implementation
from ...probe.status import accepted
from ..model import Finding, Rule, Severity
from ..words import alternatives

ANY = "*"

ANY_WITH_CREDENTIALS = Rule(
    code="MCP340",
    slug="any-origin-trusted",
    severity=Severity.ERROR,
    title="every web page may call with what the browser holds",
    meaning="""
        `cors.origins` has '*', and `cors.credentials` is true or `cors.refuseOthers` wants others refused.
        """,
    why="""
        With credentials a browser sends cookies and certificates along, so any page that a user opens would act in
        their name; browsers refuse the pair, and some proxies get around that by repeating whatever Origin they are
        sent. And where everybody may call there are no others.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          cors: {origins: ["*"], credentials: true}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          cors: {origins: ["https://app.example.com"], credentials: true}
        """,
)

NO_CORS = Rule(
    code="MCP341",
    slug="edge-without-cors",
    severity=Severity.ERROR,
    title="an edge that is not told which web pages may call",
    meaning="`cors.origins` is given, and nothing that is emitted for the controller behind the edge says so.",
    why="""
        The browser's preflight would be answered by the server or by nobody, and the page sees no more than a network
        error. HAProxy's annotations cannot expose a header, so a page would never see its session id; what else is
        missing here has no portable spelling, or nobody has read the controller's.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: haproxy
          cors: {origins: ["https://app.example.com"]}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
          cors: {origins: ["https://app.example.com"]}
        """,
)

NOT_REFUSED = Rule(
    code="MCP342",
    slug="edge-accepts-origins",
    severity=Severity.ERROR,
    title="an edge that cannot refuse an Origin",
    meaning="""
        `cors.refuseOthers` is true, or `cors` has no origin, which leaves nothing else to say; and no object that is
        emitted for the controller behind the edge can refuse a request by its Origin.
        """,
    why="""
        CORS asks the browser to keep an answer from a page; the call has been made by then. Only a refusal keeps a page
        of another site, or one that rebinds a name, from calling a tool.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
          cors: {origins: ["https://app.example.com"], refuseOthers: true}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          cors: {origins: ["https://app.example.com"], refuseOthers: true}
        """,
)

FOREIGN_ANSWERED = Rule(
    code="MCP343",
    slug="foreign-origin-answered",
    severity=Severity.WARNING,
    title="neither the edge nor the server refuses a foreign Origin",
    meaning="""
        When the server was verified it answered a request of a foreign Origin, and the edge does not refuse one either.
        """,
    why="""
        Every HTTP revision of the protocol asks for it: a page that a user opens could otherwise call tools of a server
        that only the user's network reaches. Measured, FastMCP and both TypeScript SDKs answer by default.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          verified: profiles/open.verified.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          verified: profiles/orders.verified.yaml
        """,
)


def cors_findings(
    *, row: Implementation, origins: Sequence[str], credentials: bool, refuse_others: bool | None, path: str
) -> list[Finding]:
    """MCP340 to MCP342: whether what is wanted of web pages is one thing, and the edge can do it."""
    found = []
    if ANY in origins and (credentials or refuse_others):
        what = "credentials" if credentials else "a refusal of other Origins"
        found.append(
            ANY_WITH_CREDENTIALS.at(
                f"{path}.origins", f"'*' lets every web page call, together with {what}.", "Name the origins."
            )
        )
    if origins and row.name not in CORS:
        found.append(
            NO_CORS.at(
                f"{path}.origins",
                f"Nothing tells '{row.name}' of {len(origins)} {'origin' if len(origins) == 1 else 'origins'}.",
                f"Use {_one_of(CORS)}; or let the server answer preflights itself, and leave it out.",
            )
        )
    if (refuse_others or not origins) and row.name not in ORIGIN:
        found.append(
            NOT_REFUSED.at(
                path if refuse_others is None else f"{path}.refuse_others",
                f"No object of the route lets '{row.name}' refuse a request by its Origin.",
                f"Use {_one_of(ORIGIN)}; or let the server refuse it, which 'mcp-stack verify' looks at, and leave it "
                "out.",
            )
        )
    return found


def origin_findings(*, status: int | None, row: Implementation | None, refused: bool, path: str) -> list[Finding]:
    """MCP343 for a server that answered a foreign Origin behind an edge that lets it through.

    :param status: HTTP status of the answer; ``None`` where nobody asked.
    :param row: what stands behind the edge; ``None`` where there is none, and no browser comes.
    """
    if row is None or refused or status is None or not accepted(status):
        return []
    able = "Give the origins that may call, or {} for none: the edge refuses the others then."
    return [
        FOREIGN_ANSWERED.at(
            path,
            f"The server answered a foreign Origin with HTTP {status}, and '{row.name}' lets it through.",
            able if row.name in ORIGIN else "Switch on the server's check of Origin, and verify it again.",
        )
    ]


def _one_of(ways: Iterable[str]) -> str:
    return f"implementation {alternatives(list(ways))}"


RULES = (ANY_WITH_CREDENTIALS, NO_CORS, NOT_REFUSED, FOREIGN_ANSWERED)
