"""Rules about what nobody may switch on unseen: repeated calls, compressed streams. Nothing emitted does either."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..model import Finding, Rule, Severity
from ..words import listed

REPEATED = Rule(
    code="MCP349",
    slug="calls-repeated",
    severity=Severity.WARNING,
    title="an edge that repeats calls which reached the server",
    meaning="""
        A patch or an annotation of one's own makes the edge send a request again after an answer, a reset or a timeout:
        `retry` of an HTTPRoute, `retryOn` of a BackendTrafficPolicy or of kgateway's TrafficPolicy beyond failed
        connects, `non_idempotent` of nginx, `retry-on` of HAProxy beyond failed connects, a retry middleware of
        Traefik.
        """,
    why="""
        A `tools/call` is a POST that may have been carried out: an order is placed twice, a message sent twice, and
        neither the model nor its user sees it. A connect that failed never reached the server; that alone is repeated
        without being asked for, and removes the failures of a pod that dies.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          annotations: {nginx.ingress.kubernetes.io/proxy-next-upstream: "error timeout non_idempotent"}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          annotations: {nginx.ingress.kubernetes.io/proxy-next-upstream: "error timeout"}
        """,
    note="Accept it where every tool of the server may run twice.",
)

COMPRESSED = Rule(
    code="MCP350",
    slug="streams-compressed",
    severity=Severity.WARNING,
    title="an edge that compresses event streams",
    meaning="""
        A patch or an annotation of one's own switches compression on at the route: `compression` or `compressor` of a
        BackendTrafficPolicy, `gzip on` in a snippet of nginx, `compression` in one of HAProxy, a compress middleware of
        Traefik.
        """,
    why="""
        A compressor holds events back until it has a block, so that progress comes in lumps and a keep-alive may come
        too late. Envoy leaves a stream alone that says `no-transform`, as the streams of the official SDKs do; others
        do not say it, and not every proxy looks.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          patches: [{kind: BackendTrafficPolicy, patch: {spec: {compressor: [{type: Gzip}]}}}]
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
        """,
    note="Accept it where the compressor names its types of content and `text/event-stream` is not among them.",
)

SNIPPET = Rule(
    code="MCP361",
    slug="snippet-switched-off",
    severity=Severity.WARNING,
    title="a snippet that ingress-nginx refuses as it is installed",
    meaning="""
        `mcp:edge.annotations` has an annotation of ingress-nginx that holds configuration itself, such as
        `configuration-snippet` or `server-snippet`.
        """,
    why="""
        A snippet can read every Secret that the controller can read (CVE-2021-25742), so it has been off since
        ingress-nginx 1.9: the admission webhook refuses the Ingress, or the controller leaves the snippet out. From
        1.12 on two switches hold it back.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
          annotations: {nginx.ingress.kubernetes.io/configuration-snippet: 'more_clear_headers Server;'}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
          annotations: {nginx.ingress.kubernetes.io/custom-headers: ingress-nginx/headers}
        """,
    note="""
        Accept it where the ConfigMap of the controller has `allow-snippet-annotations: "true"` and, from 1.12 on,
        `annotations-risk-level: Critical`.
        """,
)
_NGINX_SNIPPET = re.compile(r"nginx\.ingress\.kubernetes\.io/(configuration|server|auth|stream|modsecurity)-snippet")

SAFE_TRIGGERS = frozenset({"connect-failure", "refused-stream", "reset-before-request"})
"""What Envoy repeats only where the request was not processed."""
_SAFE_HAPROXY = frozenset({"none", "conn-failure"})
_RETRY_ON = re.compile(r"^\s*retry-on\s+(.+)$", re.MULTILINE)
_GZIP = re.compile(r"(?:^|[;{\s])(?:gzip|brotli)\s+on\b")
_HAPROXY_COMPRESSION = re.compile(r"^\s*(?:filter\s+compression|compression\s+algo)\b", re.MULTILINE)
_NEVER, _LEAVE = "Repeat failed connects alone, and take this away.", "Take it away."


def annotation_findings(given: Mapping[str, str], *, place: Callable[[str], str]) -> list[Finding]:
    """MCP349, MCP350 and MCP361 for annotations of one's own.

    :param place: the path of an annotation.
    """
    found = []
    for name, value in given.items():
        if repeats := _repeats(name, value):
            found.append(REPEATED.at(place(name), f"{name} {repeats}.", _NEVER))
        if _NGINX_SNIPPET.fullmatch(name):
            found.append(
                SNIPPET.at(
                    place(name),
                    f"{name} holds configuration, which ingress-nginx has not taken from an Ingress since 1.9.",
                    "Use an annotation for it; or let the platform allow snippets, and accept this warning.",
                )
            )
        if compresses := _compresses(name, value):
            found.append(COMPRESSED.at(place(name), f"{name} {compresses}.", _LEAVE))
    return found


def _repeats(name: str, value: str) -> str:
    if name.endswith("/proxy-next-upstream") and "non_idempotent" in value.split():
        return "repeats a POST as well ('non_idempotent')"
    if name.endswith("/router.middlewares") and "retry" in value.lower():
        return f"names the middleware '{value}', which repeats what gets no answer"
    unsafe = {word for line in _RETRY_ON.findall(value) for word in line.split()} - _SAFE_HAPROXY
    if name.endswith("-snippet") and unsafe:
        return f"repeats calls after {listed(sorted(unsafe))}"
    return ""


def _compresses(name: str, value: str) -> str:
    if name.endswith("/router.middlewares") and "compress" in value.lower():
        return f"names the middleware '{value}', which compresses answers"
    if name.endswith("-snippet") and (_GZIP.search(value) or _HAPROXY_COMPRESSION.search(value)):
        return "switches compression on"
    return ""


def object_findings(kind: str, spec: Any, *, path: str) -> Iterator[Finding]:
    """MCP349 and MCP350 for an object as a patch left it; nothing where it left no map."""
    if not isinstance(spec, Mapping):
        return
    for why in _repeating(kind, spec):
        yield REPEATED.at(path, f"{kind}: {why}.", _NEVER)
    if kind == "BackendTrafficPolicy":
        on = [field for field in ("compression", "compressor") if spec.get(field)]
        if on:
            yield COMPRESSED.at(path, f"{kind}: {on[0]} is on for whatever the server answers.", _LEAVE)


def _repeating(kind: str, spec: Mapping[str, Any]) -> Iterator[str]:
    if kind == "HTTPRoute" and any(rule.get("retry") is not None for rule in _mappings(spec.get("rules"))):
        yield "a rule has retry, which repeats after resets and timeouts too"
    if kind == "TrafficPolicy" and isinstance(spec.get("retry"), Mapping):
        wanted = spec["retry"]
        unsafe = [one for one in map(str, wanted.get("retryOn") or ()) if one not in SAFE_TRIGGERS]
        unsafe += [str(code) for code in wanted.get("statusCodes") or ()]
        if unsafe:
            yield f"retry has {listed(unsafe)}"
    if kind != "BackendTrafficPolicy" or not isinstance(spec.get("retry"), Mapping):
        return
    wanted = spec["retry"].get("retryOn")
    if not isinstance(wanted, Mapping) or not (wanted.get("triggers") or wanted.get("httpStatusCodes")):
        yield "retry names no triggers, and Envoy Gateway's own repeat after 503"
        return
    unsafe = [str(one) for one in wanted.get("triggers") or () if one not in SAFE_TRIGGERS]
    codes = [str(code) for code in wanted.get("httpStatusCodes") or ()]
    if unsafe or codes:
        yield f"retryOn has {listed([*unsafe, *codes])}"


def _mappings(items: object) -> list[Mapping[str, Any]]:
    return [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []


RULES = (REPEATED, COMPRESSED, SNIPPET)
