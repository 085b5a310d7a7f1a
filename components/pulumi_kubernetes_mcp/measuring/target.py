"""The server to measure: its address, the headers to send, and what may be said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from ..probe.messages import is_set_by_clients
from ..urls import fault, is_loopback, shown
from .refused import MeasureError

_TOKEN_CHARACTERS = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
HEADER = "a header: --header 'Authorization: Bearer TOKEN'"
HEADER_OF_VARIABLE = "a header whose value a variable holds: --header-env Authorization=VARIABLE"
"""How a token is given, by what the command takes."""


@dataclass(frozen=True)
class Target:
    """One server. The headers may hold tokens: they are in no message and in no representation."""

    url: str
    """Where it speaks Streamable HTTP, or HTTP+SSE."""
    sse_url: str | None = None
    """Where it speaks HTTP+SSE, if that is another address."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def shown(self) -> str:
        """The address for messages: without the query, which may hold a key."""
        return self.url.partition("?")[0]

    @property
    def path(self) -> str:
        """The path, without the query."""
        return urlsplit(self.url).path or "/"

    @property
    def port(self) -> int:
        """The TCP port."""
        return _port(urlsplit(self.url))

    @property
    def loopback(self) -> bool:
        """Whether the address is this machine's own, so that no proxy of the environment is asked."""
        return is_loopback(urlsplit(self.url).hostname or "")

    def headers_for(self, url: str) -> tuple[tuple[str, str], ...]:
        """The headers that may go to another address: a token goes to no other origin."""
        return self.headers if _origin(url) == _origin(self.url) else ()


def target(url: str, *, sse_url: str | None = None, headers: Sequence[str] = ()) -> Target:
    """The server from the words of a command line.

    :param headers: each as ``Name: value``.
    """
    return Target(
        check_url(url, "URL"),
        None if sse_url is None else check_url(sse_url, "--sse-url"),
        tuple(_header(text) for text in headers),
    )


def check_url(url: str, option: str, header: str = HEADER) -> str:
    """An http or https address with a host and without credentials, or :class:`MeasureError`.

    :param header: how credentials are given instead.
    """
    found = fault(url)
    if found is not None and found.credentials:
        raise MeasureError(f"{option} holds credentials, which would be shown in messages. Send them as {header}")
    if found is not None:
        raise MeasureError(f"{option} '{shown(url)}' is not the address of a server: it {found.why}. {found.remedy}")
    return url.partition("#")[0]


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not is_header_name(name) or not is_header_value(value):
        # The text is not shown: it may be a token whose name was forgotten.
        raise MeasureError("A --header is not 'Name: value'. Write it as --header 'Authorization: Bearer TOKEN'")
    if is_set_by_clients(name):
        raise MeasureError(f"The header '{name}' is set by the MCP client itself. Leave it out.")
    return name, value


def is_header_name(name: str) -> bool:
    """Whether HTTP takes it as the name of a header."""
    return bool(name) and set(name) <= _TOKEN_CHARACTERS


def is_header_value(value: str) -> bool:
    """Whether every hop takes it as the value of a header."""
    return value.isprintable() and value.isascii()


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), _port(parts)
