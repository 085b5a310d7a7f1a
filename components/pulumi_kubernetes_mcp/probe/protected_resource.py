"""OAuth metadata of a protected resource: where clients look for it, and whether it serves them. No I/O."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from ..eras import PROTECTED_RESOURCE_PATH
from ..urls import is_loopback, joined
from .answer import Answer
from .page import shown

_PARAMETER = re.compile(r'resource_metadata\s*=\s*(?:"([^"]*)"|([^\s,]+))', re.IGNORECASE)


def named(answer: Answer) -> str | None:
    """The address that a refusal names in ``WWW-Authenticate``, if it does."""
    found = _PARAMETER.search(answer.headers.get("www-authenticate", ""))
    return (found[1] or found[2] or None) if found else None


def places(answer: Answer, url: str) -> tuple[str, ...]:
    """Where a client asks, in its order: what the refusal names, then the path of the server, then the root.

    Only addresses of the server's own origin: the probe asks no others, wherever an answer sends it.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    wanted = [named(answer), PROTECTED_RESOURCE_PATH + parts.path.rstrip("/"), PROTECTED_RESOURCE_PATH]
    full = [joined(url, place) for place in wanted if place]
    return tuple(dict.fromkeys(place for place in full if place is not None and place.startswith(f"{origin}/")))


def fault(answer: Answer, url: str) -> str | None:
    """What is wrong with a metadata document for clients of this address, or ``None``."""
    if answer.status != 200:
        return f"HTTP {answer.status}"
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        return f"no JSON, but '{shown(answer.body)}'"
    if not isinstance(data, dict):
        return "JSON that is no object"
    resource, servers = data.get("resource"), data.get("authorization_servers")
    if not isinstance(servers, list) or not any(isinstance(server, str) for server in servers):
        return "no 'authorization_servers'"
    if not any(isinstance(server, str) and _secure(server) for server in servers):
        return f"'authorization_servers' holds no address with https, but '{shown(str(servers[0]).encode())}'"
    if not isinstance(resource, str):
        return "no 'resource'"
    if not _covers(resource, url):
        return f"'resource' is '{shown(resource.encode())}', which is not this address"
    return None


def _secure(address: str) -> bool:
    """Whether a client may send its user there (RFC 8414): https, or this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
    except ValueError:
        return False


def _covers(resource: str, url: str) -> bool:
    """Whether a token for the resource is one for the address: same origin, and a path that begins with its own."""
    try:
        one, other = urlsplit(resource), urlsplit(url)
        same = (one.scheme.lower(), one.hostname, one.port or _default(one.scheme)) == (
            other.scheme.lower(),
            other.hostname,
            other.port or _default(other.scheme),
        )
    except ValueError:
        return False
    base = one.path.rstrip("/")
    return same and (other.path == base or other.path.startswith(f"{base}/") or not base)


def _default(scheme: str) -> int:
    return 443 if scheme.lower() == "https" else 80
