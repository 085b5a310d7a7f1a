"""A rule about ways in that hand the server another path than the client asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..model import Finding, Rule, Severity
from ..words import listed, quoted

REWRITTEN = Rule(
    code="MCP368",
    slug="path-rewritten",
    severity=Severity.WARNING,
    title="an edge that changes the path of a request",
    meaning="""
        An annotation or a patch of one's own rewrites the path of a request or sends the client to another address:
        `rewrite-target` or a redirect of ingress-nginx, `path-rewrite` and `request-redirect` of HAProxy,
        `rewrite-target` of OpenShift, a url-rewrite of an Application Load Balancer, a middleware of Traefik by whose
        name it does, `URLRewrite` or `RequestRedirect` of an HTTPRoute. One that leaves the MCP path as it is, where
        nothing else is routed, is no finding.
        """,
    why="""
        Only what the server answers is routed, under the paths that it answers at. After a rewrite it is asked for
        another one, and says 404. The OAuth metadata are routed by the same object and are rewritten too, so that
        clients find no authorization server; and addresses in what the server says, such as the endpoint of HTTP+SSE,
        have the path that it knows. After a redirect most clients send a POST as a GET.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          annotations: {nginx.ingress.kubernetes.io/rewrite-target: /}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          path: /orders/mcp
        mcp:edge:
          host: mcp.example.com
          kind: ingress
        """,
    note="""
        A server learns its path from its own configuration (FastMCP `path`, `streamable_http_path` of the Python SDK,
        the route of an Express app). Accept the warning where it cannot, serves no OAuth metadata, and was tried
        through the edge: `mcp-stack probe`.
        """,
)

_TARGETS = ("rewrite-target", "path-rewrite", "backend-path-prefix", "rewrite-uri")
"""Ends of annotations whose value is the new path: ingress-nginx, haproxy-ingress, OpenShift, nginx.org
('rewrite-target'), HAProxy ('path-rewrite'), Application Gateway ('backend-path-prefix')."""
_REDIRECTS = ("permanent-redirect", "temporal-redirect", "request-redirect", "app-root")
"""Ends of annotations that send the client elsewhere; 'app-root' does so for '/' alone."""
_LINE = re.compile(r"(?:^|[;{\n])\s*(rewrite|return)\s+[^;]+")
_HAPROXY_LINE = re.compile(r"^\s*http-request\s+(?:set-path|replace-path|set-uri|replace-uri|redirect)\b", re.MULTILINE)
_MIDDLEWARE = re.compile(r"(?i)strip|rewrite|replace-?path|add-?prefix|redirect-?regex")
_FILTERS: Mapping[str, str] = MappingProxyType({"URLRewrite": "urlRewrite", "RequestRedirect": "requestRedirect"})
_REMEDY = "Leave it out, and let ⟦path⟧ be the path that the server answers at."


def rewritten_findings(
    given: Mapping[str, str], *, path: str, routed: Sequence[str], place: Callable[[str], str]
) -> list[Finding]:
    """MCP368 for each annotation that changes the path of a request, or answers it with another address.

    :param path: the MCP path.
    :param routed: every path that is routed, with that one.
    :param place: the path of an annotation.
    """
    found = []
    for name, value in given.items():
        if why := _changes(name, value, path.rstrip("/"), routed):
            found.append(REWRITTEN.at(place(name), f"{name} {why}.", _REMEDY))
    return found


def _changes(name: str, value: str, path: str, routed: Sequence[str]) -> str:
    end = name.partition("/")[2]
    new = value.strip()
    if not new:
        return ""
    if end in _TARGETS:
        fixed = new.split()[-1] if end == "path-rewrite" else new
        if fixed.rstrip("/") == path and all(one.rstrip("/") == path for one in routed):
            return ""
        return f"makes {quoted(new.splitlines()[0])} of each path that is routed ({listed(routed, 4)})"
    if end in _REDIRECTS and (end != "app-root" or not path):
        return f"sends clients to {quoted(new.splitlines()[0])}, and most send no POST after a redirect"
    if end in ("configuration-snippet", "server-snippet", "location-snippets", "server-snippets"):
        line = _LINE.search(value)
        return "" if line is None else f"has {quoted(line[0].strip('; {').strip())}, which changes what is asked for"
    if end == "backend-config-snippet" and (line := _HAPROXY_LINE.search(value)) is not None:
        return f"has {quoted(line[0].strip())}, which changes what is asked for"
    if end == "router.middlewares":
        names = [one.strip() for one in value.split(",") if _MIDDLEWARE.search(one)]
        return f"names the middleware {quoted(names[0])}, which changes the path of each request" if names else ""
    if name.startswith("alb.ingress.kubernetes.io/transforms.") and _rewrites_url(value):
        return f"rewrites the URL of each path that is routed ({listed(routed, 4)})"
    if name in ("konghq.com/strip-path", "konghq.com/rewrite", "nginx.org/rewrites") and new.lower() != "false":
        return f"is {quoted(new)}, and changes each path that is routed ({listed(routed, 4)})"
    return ""


def _rewrites_url(value: str) -> bool:
    try:
        given = json.loads(value)
    except (ValueError, RecursionError):
        return False
    return isinstance(given, list) and any(isinstance(one, dict) and one.get("type") == "url-rewrite" for one in given)


def rewriting_object_findings(kind: str, spec: Any, *, path: str) -> Iterator[Finding]:
    """MCP368 for an HTTPRoute as a patch left it; nothing where it left no map."""
    if kind != "HTTPRoute" or not isinstance(spec, Mapping):
        return
    filters = [one for rule in _mappings(spec.get("rules")) for one in _mappings(rule.get("filters"))]
    for name, field in _FILTERS.items():
        told = [one[field] for one in filters if isinstance(one.get(field), Mapping)]
        if any(name == "RequestRedirect" or one.get("path") is not None for one in told):
            does = "sends clients elsewhere" if name == "RequestRedirect" else "changes the path of each request"
            yield REWRITTEN.at(path, f"{kind}: a rule has the filter {name}, which {does}.", _REMEDY)


def _mappings(items: object) -> list[Mapping[str, Any]]:
    return [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []


RULES = (REWRITTEN,)
