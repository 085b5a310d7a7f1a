"""Days of a server from a Prometheus, or from recorded answers of one; what answers otherwise is refused in words."""

from __future__ import annotations

import json
import math
import os
import time
import urllib.error
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .. import asking
from ..urls import fault, joined, shown
from .answers import history_of
from .history import DAY, FIGURES, STEP, History
from .refused import AdviseError

SILENT_SECONDS = 30
ANSWER_SECONDS = 150
"""Of one answer. A Prometheus gives a query up after two minutes itself (--query.timeout)."""
PAUSES = (1.0, 2.0, 4.0)
"""Seconds before each further try of a 503. A Prometheus answers it until it has read its log, which takes seconds
after a restart and minutes on a large one."""
LARGEST_ANSWER = 64 * 2**20
MOST_SAID = 64 * 1024
"""What is read of a refusal."""
TOKEN_VARIABLE = "PROMETHEUS_TOKEN"
_SHOWN = 200


def fetch(
    address: str,
    queries: Mapping[str, str],
    *,
    days: float,
    end: float | None = None,
    zone: tzinfo = UTC,
    say: Callable[[str], None] = lambda _: None,
) -> History:
    """The figures of the last days.

    :param queries: figure to its PromQL.
    :raises AdviseError: for an address that is none, and for an answer that is not Prometheus'.
    """
    base = check_address(address)
    until = math.floor((time.time() if end is None else end) / STEP) * STEP
    start = until - days * DAY
    answers = {}
    for figure, query in queries.items():
        say(f"Asking for {figure}")
        words = urllib.parse.urlencode({"query": query, "start": start, "end": until, "step": STEP})
        answers[figure] = _ask(f"{base}/api/v1/query_range?{words}", figure, say)
    return history_of(answers, start=start, zone=zone, until=until)


def check_address(address: str) -> str:
    """The address of a Prometheus, without the slash behind it."""
    found = fault(address, example="http://127.0.0.1:9090")
    if found is not None and found.credentials:
        raise AdviseError(f"The address holds credentials: give the token in {TOKEN_VARIABLE} instead.")
    if found is not None:
        raise AdviseError(
            f"'{shown(address)}' is neither a file nor the address of a Prometheus: it {found.why}. {found.remedy}."
        )
    return address.rstrip("/")


def _ask(url: str, figure: str, say: Callable[[str], None]) -> Any:
    headers = {"Accept": "application/json"}
    token = os.environ.get(TOKEN_VARIABLE)
    if token:
        headers["Authorization"] = f"Bearer {token}"
    where = url.partition("?")[0]
    pauses = iter(PAUSES)
    while True:
        try:
            body = asking.get(
                url, headers, silent_seconds=SILENT_SECONDS, seconds=ANSWER_SECONDS, most=LARGEST_ANSWER + 1
            )
            break
        except urllib.error.HTTPError as problem:
            if HTTPStatus.MULTIPLE_CHOICES <= problem.code < HTTPStatus.BAD_REQUEST:
                url = _onward(url, problem, token=bool(token))
                say(f"{where} sends on to https, and is asked there")
                where = url.partition("?")[0]
                continue
            refusal, starting = _http_words(where, figure, problem)
            pause = next(pauses, None) if starting else None
            if pause is None:
                raise AdviseError(refusal) from None
            say(f"{where} answers 503; again in {pause:g} s")
            time.sleep(pause)
        except HTTPException:
            raise AdviseError(f"{where} answers with what is no HTTP. Is it the address of a Prometheus?") from None
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "reason", problem)
            raise AdviseError(f"{where} cannot be reached: {reason}. Is there a port-forward to it?") from None
    if len(body) > LARGEST_ANSWER:
        raise AdviseError(
            f"{where} answers '{figure}' with more than {LARGEST_ANSWER // 2**20} MiB: ask for fewer --days."
        )
    return _parsed(body, f"{where} ({figure})")


def _http_words(where: str, figure: str, problem: urllib.error.HTTPError) -> tuple[str, bool]:
    """What a refusal says, and whether it may be one that only starts. A query that takes too long is a 503 as well."""
    with problem:
        said = problem.read(MOST_SAID).decode(errors="replace")
    if problem.code in (401, 403):
        return f"{where} answers {problem.code}: give a token that may read it in {TOKEN_VARIABLE}.", False
    try:
        reason = str(json.loads(said)["error"])[:_SHOWN]
    except (ValueError, KeyError, TypeError):
        if problem.code != HTTPStatus.SERVICE_UNAVAILABLE:
            wrong = f"{where} answers {problem.code} with a page that is not Prometheus': is it the address of one?"
            return wrong, False
        waited = f"{where} still answers 503 after {sum(PAUSES):g} s: a Prometheus does so while it starts, and a proxy"
        return f"{waited} that has none behind it. Wait until /-/ready answers 200, and ask again.", True
    return f"{where} does not take the query of '{figure}': {reason}", False


def _onward(url: str, problem: urllib.error.HTTPError, *, token: bool) -> str:
    """The same question over https, where a redirect leads there and no token goes along.

    :raises AdviseError: for any other, with the address to give.
    """
    with problem:
        to = joined(url, problem.headers.get("Location", ""))
    secured = to is not None and _is_secured(url, to)
    if to is not None and secured and not token:
        return to
    told = "what is no address" if to is None else shown(to)
    carried = ", where the token would go too" if token else ""
    remedy = "begin the address with https" if secured else "give the address of Prometheus itself, behind any login"
    raise AdviseError(
        f"{url.partition('?')[0]} answers {problem.code} and sends on to {told}{carried}: {remedy}."
    ) from None


def _is_secured(url: str, to: str) -> bool:
    """Whether an answer sends on from http to https alone: to the same host, with the same question."""
    asked, named = urlsplit(url), urlsplit(to)
    schemes = (asked.scheme, named.scheme) == ("http", "https")
    return schemes and (asked.hostname, asked.path, asked.query) == (named.hostname, named.path, named.query)


def _parsed(body: bytes, where: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        kind = "an HTML page" if body.lstrip()[:1] == b"<" else "no JSON"
        raise AdviseError(
            f"{where}: {kind} came back, not an answer of Prometheus. Is something else at this address, such as a "
            "login?"
        ) from None


def recorded(paths: Sequence[Path], zone: tzinfo = UTC) -> History:
    """The same from files: one for each figure, called after it (sessions.json), or one with all of them by name.

    :raises AdviseError: for what cannot be read, or is no answer of Prometheus.
    """
    answers: dict[str, Any] = {}
    for path in _files(paths):
        if path.stat().st_size > LARGEST_ANSWER:
            raise AdviseError(
                f"{path}: larger than {LARGEST_ANSWER // 2**20} MiB; record fewer days, or a longer step."
            )
        data = _parsed(path.read_bytes(), str(path))
        if isinstance(data, Mapping) and "status" not in data and set(data) & set(FIGURES):
            answers |= {str(figure): answer for figure, answer in data.items() if figure in FIGURES}
        elif path.stem in FIGURES:
            answers[path.stem] = data
        else:
            raise AdviseError(f"{path}: it is called after no figure. There are: {', '.join(FIGURES)}.")
    return history_of(answers, zone=zone)


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.glob("*.json"))
        elif path.is_file():
            found.append(path)
        else:
            raise AdviseError(f"{path}: there is no such file.")
    if not found:
        raise AdviseError(f"{', '.join(str(path) for path in paths)}: there is no answer of Prometheus in it (*.json).")
    return found
