"""Rules about how much may come through the edge: the size of a request, and how many of them."""

from __future__ import annotations

from collections.abc import Sequence

from ...edge.abilities import BODY, RATE
from ...edge.implementations import Implementation
from ...edge.limits import SDK_BODY_BYTES, per_minute, undone
from ...settings.keys.edge_limits import RateLimit
from ..model import Finding, Rule, Severity
from ..words import alternatives, number
from .methods import method_findings

BODY_NOT_TAKEN = Rule(
    code="MCP344",
    slug="body-limit-not-taken",
    severity=Severity.ERROR,
    title="a largest body that the edge does not refuse above",
    meaning="""
        `maxBody` is given, and no object that is emitted for the controller behind the edge says it; or it is 0, which
        the nginx family reads as no limit.
        """,
    why="""
        The limit would stand in the stack file and in no proxy. Traefik's middleware for it buffers answers too, which
        holds back every event of a stream, so it is not used here.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: istio
          maxBody: 2Mi
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          maxBody: 2Mi
        """,
)

BODY_ABOVE_SERVER = Rule(
    code="MCP345",
    slug="body-limit-above-server",
    severity=Severity.WARNING,
    title="the edge lets through bodies that the server refuses",
    meaning="`maxBody` is above 4 MiB, what the servers of the SDKs take unless their program says otherwise.",
    why="""
        The server answers 413 then, in its own words and after the whole body has crossed the cluster. Measured, the
        Python SDK refuses above 4 MiB; Express in front of a TypeScript server above 100 kB.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          maxBody: 20Mi
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          maxBody: 4Mi
        """,
    note="Accept it where the server's own limit was raised.",
)

RATE_NOT_TAKEN = Rule(
    code="MCP346",
    slug="rate-limit-not-taken",
    severity=Severity.ERROR,
    title="a rate limit that the edge cannot keep",
    meaning="""
        A rule of `rateLimits` is one that nothing emitted for the controller says: by an MCP method or for all clients
        together where only addresses are counted, in a unit that it has not, a second one where it takes one.
        """,
    why="""
        nginx and HAProxy count the requests of an address; the method of a call is in a header of the modern era, which
        their annotations do not read. A limit that nobody keeps reads like protection.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          rateLimits: [{requests: 60, methods: [tools/call]}]
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 60, methods: [tools/call]}]
        """,
)

RATE_BELOW_PLAN = Rule(
    code="MCP347",
    slug="rate-limit-below-plan",
    severity=Severity.WARNING,
    title="a rate limit that the planned load meets",
    meaning="""
        A rule of `rateLimits` that counts tool calls lets pass fewer than the plan expects: of one session where it
        counts by address, of all planned sessions where it counts the route. A session calls once in the time that its
        user thinks and its call takes (`workload.thinkSeconds` and the tools' durations); where no tool is named, once
        in the length of a session at least.
        """,
    why="""
        Clients do not slow down: most show 429 as a failed call. Pods that were planned for the load stand idle
        meanwhile. Several people behind one address share what an address may.
        """,
    fails="""
        mcp:workload:
          peakSessions: 600
          thinkSeconds: 10
          tools: [{name: search, sharePercent: 100, durationMilliseconds: 2000}]
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 1000, by: route}]
        """,
    passes="""
        mcp:workload:
          peakSessions: 600
          thinkSeconds: 10
          tools: [{name: search, sharePercent: 100, durationMilliseconds: 2000}]
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 5000, by: route}]
        """,
)

METHOD_OF_LEGACY = Rule(
    code="MCP348",
    slug="rate-limit-method-unseen",
    severity=Severity.WARNING,
    title="calls of legacy eras pass a limit by method",
    meaning="""
        A rule of `rateLimits` has `methods`, and the server speaks a legacy era too, whose method is in the body.
        """,
    why="""
        Only the modern era sends `Mcp-Method`. A client of an older one is not counted, and neither is whoever leaves
        the header out on purpose, until the server refuses the request.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, legacy-stateless]
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 60, methods: [tools/call]}]
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, legacy-stateless]
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 120}]
        """,
)

TOOL_CALL = "tools/call"


def body_findings(*, row: Implementation, max_body: int | None, path: str) -> list[Finding]:
    """MCP344 and MCP345: whether the largest body is one that the edge refuses above, and the server takes. Bytes."""
    if max_body is None:
        return []
    if row.name not in BODY:
        return [
            BODY_NOT_TAKEN.at(
                path,
                f"No object of the route tells '{row.name}' of a largest body.",
                f"Use implementation {alternatives(list(BODY))}; or leave it out, and the server refuses what is too "
                "large.",
            )
        ]
    if max_body == 0:
        return [
            BODY_NOT_TAKEN.at(path, "A body of 0 bytes is none, or no limit at all.", "Give a size, such as '4Mi'.")
        ]
    if max_body > SDK_BODY_BYTES:
        return [
            BODY_ABOVE_SERVER.at(
                path,
                f"The edge takes {number(max_body / 2**20)} MiB, and the servers of the SDKs 4 MiB.",
                "Give '4Mi', or raise the server's limit and accept this warning.",
            )
        ]
    return []


def rate_findings(
    *, row: Implementation, limits: Sequence[RateLimit], modern: bool, legacy: bool, path: str
) -> list[Finding]:
    """MCP346, MCP348, MCP366 and MCP367: whether the edge keeps each limit, and sees what it counts.

    :param modern: whether the server speaks the modern era; ``legacy``: whether it speaks another one.
    """
    unkept = dict(undone(row, limits))
    found = [
        RATE_NOT_TAKEN.at(
            f"{path}[{place}]",
            f"The limit cannot be kept: {why}.",
            f"Use implementation {alternatives(list(RATE))}, or let the server count."
            if row.name not in RATE
            else "Use implementation 'envoy-gateway', or leave it out."
            if row.name != "envoy-gateway"
            else "Leave one of them out.",
        )
        for place, why in unkept.items()
    ]
    for place, limit in enumerate(limits):
        counted, where = place not in unkept, f"{path}[{place}].methods"
        found += method_findings(limit.methods, modern=modern or not counted, path=where)
        if limit.methods and modern and legacy and counted:
            found.append(
                METHOD_OF_LEGACY.at(
                    where,
                    "Calls of legacy eras name no method in a header, and are not counted.",
                    "Limit all requests of an address besides, or accept this warning.",
                )
            )
    return found


def planned_rate_findings(
    *, limits: Sequence[RateLimit], sessions: float, calls_per_minute: float, path: str
) -> list[Finding]:
    """MCP347 for each limit of tool calls below the planned load.

    :param sessions: the planned sessions of the region.
    :param calls_per_minute: calls that one of them makes in a minute.
    """
    found = []
    for place, limit in enumerate(limits):
        whole = limit.by == "route"
        wanted = calls_per_minute * (sessions if whole else 1)
        passes = per_minute(limit)
        if (limit.methods and TOOL_CALL not in limit.methods) or passes >= wanted:
            continue
        who = f"the {number(sessions)} planned sessions make" if whole else "a planned session makes"
        found.append(
            RATE_BELOW_PLAN.at(
                f"{path}[{place}].requests",
                f"{number(passes)} calls may pass in a minute, and {who} {number(wanted)}.",
                f"Let at least {number(-(-wanted // 1))} pass in a minute, or plan fewer.",
            )
        )
    return found


RULES = (BODY_NOT_TAKEN, BODY_ABOVE_SERVER, RATE_NOT_TAKEN, RATE_BELOW_PLAN, METHOD_OF_LEGACY)
