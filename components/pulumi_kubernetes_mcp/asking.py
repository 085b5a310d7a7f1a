"""A plain GET that ends in its time, and takes a token nowhere else."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPMessage
from typing import IO, TypeVar
from urllib.parse import urlsplit

from .urls import is_loopback

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """What some work comes to, or :class:`TimeoutError`.

    A socket's own timeout begins anew with each byte, so that an answer which drips never runs into it. The thread of
    work that is not done by then is left to itself, and ends with the process.
    """
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as problem:
            failed.append(problem)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    worker.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise TimeoutError(f"no complete answer within {seconds:g} s")
    return done[0]


class _Here(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: urllib would send every header, a token too, to whatever address the answer names."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Nothing, so that the answer itself is the refusal."""


def get(url: str, headers: Mapping[str, str], *, silent_seconds: float, seconds: float, most: int) -> bytes:
    """The body of an answer, at most ``most`` bytes of it. No proxy of the environment is asked for loopback.

    :param silent_seconds: how long nothing may come.
    :param seconds: how long the whole may take.
    :raises urllib.error.HTTPError: for every answer that is no success, a redirect among them.
    """
    request = urllib.request.Request(url, headers=dict(headers))
    local = [urllib.request.ProxyHandler({})] if is_loopback(urlsplit(url).hostname or "") else []
    opener = urllib.request.build_opener(_Here(), *local)

    def body() -> bytes:
        with opener.open(request, timeout=silent_seconds) as answer:
            read: bytes = answer.read(most)
        return read

    return within(seconds, body)
