"""What a proxy, a firewall or a CDN wrote instead of an answer, told by its text."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from ..rules.forms import redacted

_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
_NO_PODS = (
    # Envoy, Istio, Envoy Gateway
    "no healthy upstream",
    "no_healthy_upstream",
    "upstream connect error",
    # HAProxy
    "no server is available to handle this request",
    # Traefik
    "no available server",
    # nginx, ingress-nginx, ALB, GKE
    "503 service temporarily unavailable",
    "502 bad gateway",
    # Kong
    "failure to get a peer from the ring-balancer",
    "an invalid response was received from the upstream server",
)
"""What proxies say that have nobody to send a request to; in small letters."""
UNREACHED = frozenset({521, 522, 523})
"""Statuses of Cloudflare's that reached nobody behind it: refused, silent, without a route."""
WAITED = 524
OF_A_CDN = range(520, 540)
"""No status of HTTP's, and no server's: what stands before it is at fault with its TLS, its name, its answer."""
_READ = 4096
_SHOWN = 120


def is_page(content_type: str, body: bytes) -> bool:
    """Whether a body is a page for people."""
    start = body[:_READ].lstrip().lower()
    return "html" in content_type.lower() or start.startswith((b"<!doctype html", b"<html"))


def no_pods(body: bytes) -> bool:
    """Whether a proxy says that it has no backend for the request."""
    text = body[:_READ].decode(errors="replace").lower()
    return any(words in text for words in _NO_PODS)


def is_bad_gateway(body: bytes) -> bool:
    """Whether a 502 is a proxy's own: Traefik says these words, and what is built on Go's, such as Caddy, nothing."""
    return body[:_READ].strip().lower() in (b"", b"bad gateway")


def shown(body: bytes) -> str:
    """A line of the body for a message: the title of a page, else how it begins; no control characters."""
    text = body[:_READ].decode(errors="replace")
    title = _TITLE.search(text)
    words = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", title[2] if title else text)).split())
    words = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in words)
    words = redacted(words)
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}..."


def author(headers: Mapping[str, str]) -> str:
    """Who wrote an answer, as its ``Server`` header says, or "" """
    text = headers.get("server", "")[:40]
    return text if text.isprintable() else ""
