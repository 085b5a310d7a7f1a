"""Which paths of a server are routed: the endpoint, streams, metadata, and what the keys name besides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..eras import PROTECTED_RESOURCE_PATH

EXACT, PREFIX = "Exact", "PathPrefix"
AUTHORIZATION_SERVER_PATH = "/.well-known/oauth-authorization-server"
METADATA = (PROTECTED_RESOURCE_PATH, AUTHORIZATION_SERVER_PATH)
"""Metadata of a host as a whole."""
OAUTH_PROXY_PATHS = ("/authorize", "/token", "/register", "/revoke", "/consent", "/auth/callback")
"""What an OAuth proxy in the server answers: FastMCP's ``OAuthProxy`` with its default paths, and the routes of the
Python SDK's authorization server."""


class Match(NamedTuple):
    """One path, and how much of what is below it belongs to it, in the words of the Gateway API."""

    kind: str
    path: str


def bare(path: str) -> str:
    """A path without the slash behind it; the root stays."""
    return path.rstrip("/") or "/"


def routed(
    path: str,
    *,
    prefixes: Sequence[str] = (),
    authorization: bool = False,
    oauth_proxy: bool = False,
    further: Iterable[Match] = (),
) -> list[Match]:
    """Everything that the server answers, each once: the endpoint with and without a slash, streams, metadata, the
    rest.

    The metadata of a protected resource are routed at the path of this server too (RFC 9728 puts them there), so that
    two servers of one host each answer for themselves.
    """
    endpoint = bare(path)
    found = [Match(EXACT, endpoint)]
    if endpoint != "/":
        found.append(Match(EXACT, f"{endpoint}/"))
    found += [Match(PREFIX, prefix) for prefix in prefixes]
    return list(dict.fromkeys([*found, *public(path, authorization=authorization, oauth_proxy=oauth_proxy), *further]))


def public(path: str, *, authorization: bool = False, oauth_proxy: bool = False) -> list[Match]:
    """What clients read and call before they have a token: the metadata, and the paths of an OAuth proxy."""
    endpoint, found = bare(path), []
    if authorization or oauth_proxy:
        found += metadata(PROTECTED_RESOURCE_PATH, endpoint)
    if oauth_proxy:
        found += metadata(AUTHORIZATION_SERVER_PATH, endpoint)
        found += [Match(EXACT, one) for one in OAUTH_PROXY_PATHS]
    return list(dict.fromkeys(found))


def metadata(root: str, endpoint: str) -> list[Match]:
    """The metadata of a host, and those of one server on it."""
    own = [Match(PREFIX, f"{root}{endpoint}")] if endpoint != "/" else []
    return [Match(PREFIX, root), *own]


def as_prefixes(matches: Iterable[Match]) -> list[Match]:
    """The same where only prefixes can be routed: what is below another one already is left out."""
    values = list(dict.fromkeys(bare(one.path) for one in matches))
    return [Match(PREFIX, value) for value in values if not any(below(value, one) for one in values if one != value)]


def below(path: str, prefix: str) -> bool:
    """Whether a prefix matches a path, segment by segment."""
    return prefix == "/" or path == prefix or path.startswith(f"{prefix}/")
