"""An answer over HTTP, and the reason if it is none that a client can work with. Nothing here does I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from . import page
from .messages import error_of, message
from .metric_names import Phase
from .reasons import Reason
from .status import accepted


class FailedError(Exception):
    """The round has failed: the one reason, and what was seen, as the beginning of a sentence about the address."""

    def __init__(self, reason: Reason, seen: str) -> None:
        """``seen`` without a full stop."""
        self.reason = reason
        self.seen = seen
        self.status = 0
        self.headers: Mapping[str, str] = {}
        """Status and headers of an answer that began."""
        self.phase: Phase | None = None
        """Where it failed, if more was done after it."""
        self.answer: Answer | None = None
        """The whole answer, where that is what failed."""
        super().__init__(f"{reason}: {seen}")


@dataclass(frozen=True)
class Answer:
    """An answer: its status, its headers in small letters, and what was read of its body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    data: Mapping[str, Any] | None = None
    """The JSON-RPC message that answers the request, from either content type."""

    @property
    def accepted(self) -> bool:
        """Whether the request was taken, be it with a result, with 202 or with nothing to say."""
        return accepted(self.status)

    @property
    def content_type(self) -> str:
        """Without parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def payload(self) -> Mapping[str, Any] | None:
        """The JSON-RPC message, or the one of an error whose id is not the request's."""
        return self.data if self.data is not None else message(self.body)


_SESSIONS_FULL = ("too many", "session limit", "maximum number of sessions", "session cap")
_INTERNAL = -32603
_OF_ORIGIN = re.compile(r"(?<![a-z])origins?(?![a-z])", re.IGNORECASE)
_OF_HOST = re.compile(r"(?<![a-z])hosts?(?![a-z])|misdirected", re.IGNORECASE)
_DRAINING = re.compile(r"\bdraining\b|\bshutting[ _-]down\b|\bterminating\b", re.IGNORECASE)
"""What a server says that ends; a Retry-After says as much."""
_LOGIN = re.compile(
    r"/(o?auth2?|login|log-in|signin|sign-in|sso|saml2?|authorize|openid-connect)(?![a-z])", re.IGNORECASE
)
"""In the address that an edge sends browsers to that are not logged in."""


def check(answer: Answer, url: str, *, session: bool = False) -> None:
    """:class:`FailedError` unless a server itself answered, be it with an error that belongs to the protocol.

    :param session: the request named a session, so that an unknown one is that session.
    """
    try:
        _check(answer, url, session=session)
    except FailedError as failed:
        failed.answer = answer
        raise


def _check(answer: Answer, url: str, *, session: bool) -> None:
    status = answer.status
    if 300 <= status < 400:
        login = status in (302, 303) and _LOGIN.search(answer.headers.get("location", "").partition("?")[0])
        raise FailedError(Reason.AUTHORIZATION if login else Reason.REDIRECT, _redirect(answer, url))
    if status in (401, 403, 407, 421, 429):
        raise _refused(answer)
    if status >= 500:
        raise _broken(answer)
    if status == 408:
        raise FailedError(Reason.TIMEOUT, f"the edge waited no longer for the request (HTTP 408{_quoted(answer)})")
    if page.is_page(answer.content_type, answer.body):
        raise _page(answer, Reason.NOT_FOUND if status in (404, 405, 410) else Reason.EDGE_ERROR_PAGE)
    if session and status in (400, 404):
        raise FailedError(
            Reason.SESSION_LOST, f"HTTP {status} to a request of a session that was opened before{_quoted(answer)}"
        )
    if status in (404, 405, 410) and answer.payload is None:
        raise FailedError(Reason.NOT_FOUND, f"HTTP {status}{_quoted(answer)}")


def _redirect(answer: Answer, url: str) -> str:
    location = answer.headers.get("location", "")
    try:
        to = urlsplit(urljoin(url, location))
        there = f"{to.scheme}://{to.netloc.rpartition('@')[2]}{to.path}" if location else "nowhere"
    except ValueError:
        return f"HTTP {answer.status} to what is no address"
    lost = ", which loses TLS" if urlsplit(url).scheme == "https" and to.scheme == "http" else ""
    clean = "".join(character for character in there if character.isprintable())
    return f"HTTP {answer.status} to {clean[:200]}{lost}"


def _refused(answer: Answer) -> FailedError:
    """Why a request was refused that has reached somebody."""
    status, text = answer.status, answer.body[:2000].decode(errors="replace")
    seen = f"HTTP {status}{_quoted(answer)}"
    if status == 429:
        return FailedError(Reason.RATE_LIMITED, seen)
    if status == 421:
        return FailedError(Reason.HOST_REFUSED, seen)
    if status == 401:
        return FailedError(Reason.AUTHORIZATION, seen)
    if page.is_page(answer.content_type, answer.body):
        return _page(answer, Reason.EDGE_ERROR_PAGE)
    if "www-authenticate" in answer.headers:
        return FailedError(Reason.AUTHORIZATION, seen)
    if _OF_ORIGIN.search(text):
        return FailedError(Reason.ORIGIN_REFUSED, seen)
    if _OF_HOST.search(text):
        return FailedError(Reason.HOST_REFUSED, seen)
    return FailedError(Reason.AUTHORIZATION, seen)


def _broken(answer: Answer) -> FailedError:
    """Why a server, or what stands before it, says that it cannot answer."""
    status = answer.status
    error = error_of(answer.payload)[1].lower()
    seen = f"HTTP {status}{_quoted(answer)}"
    if status == 503 and any(words in error for words in _SESSIONS_FULL):
        return FailedError(Reason.SESSION_CAP, seen)
    if page.no_pods(answer.body) or (status == 502 and page.is_bad_gateway(answer.body)) or status in page.UNREACHED:
        return FailedError(Reason.NO_PODS, seen)
    if status in (504, page.WAITED):
        return FailedError(Reason.TIMEOUT, f"the edge waited no longer for the server ({seen})")
    if page.is_page(answer.content_type, answer.body) or (answer.payload is None and status in page.OF_A_CDN):
        return _page(answer, Reason.EDGE_ERROR_PAGE)
    if status == 503 and "retry-after" in answer.headers:
        return FailedError(Reason.DRAINING, f"{seen}, Retry-After {answer.headers['retry-after'][:20]}")
    if status == 503 and _DRAINING.search(answer.body[:2000].decode(errors="replace")):
        return FailedError(Reason.DRAINING, f"{seen}, without Retry-After")
    # Envoy, and load balancers of clouds, answer so for a Service without endpoints.
    if status == 503 and not answer.body.strip():
        return FailedError(Reason.NO_PODS, f"{seen} without a body")
    return FailedError(Reason.SERVER_ERROR, seen)


def own_error(answer: Answer) -> bool:
    """Whether a server says in JSON-RPC that it failed, which HTTP reports as 200 in most SDKs."""
    return error_of(answer.payload)[0] == _INTERNAL


def _page(answer: Answer, reason: Reason) -> FailedError:
    author = page.author(answer.headers)
    by = f" by '{author}'" if author else ""
    return FailedError(reason, f"HTTP {answer.status} with a page{by} that says '{page.shown(answer.body)}'")


def _quoted(answer: Answer) -> str:
    code, text = error_of(answer.payload)
    words = page.shown(text.encode()) if text else page.shown(answer.body)
    if code is not None:
        return f" with JSON-RPC error {code} '{words}'"
    return f" that says '{words}'" if words else ""


def quoted(answer: Answer) -> str:
    """Status and words of an answer, for a message."""
    return f"HTTP {answer.status}{_quoted(answer)}"
