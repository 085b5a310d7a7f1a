"""Days of a server from a Prometheus, or from recorded answers of one; what answers otherwise is refused in words."""

from __future__ import annotations

import json
import math
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..urls import fault, shown
from .history import DAY, FIGURES, STEP, History
from .refused import AdviseError

TIMEOUT_SECONDS = 30
PAUSES = (1.0, 2.0, 4.0)
"""Seconds before each further try of a 503. A Prometheus answers it until it has read its log, which takes seconds
after a restart and minutes on a large one."""
LARGEST_ANSWER = 64 * 2**20
TOKEN_VARIABLE = "PROMETHEUS_TOKEN"
REQUIRED = ("pods",)
LEAST_COVERAGE = 0.5
"""Of a figure that is used: with less of it days cannot be compared."""
WHOLE_COVERAGE = 0.9
LEAST_MEMORY = 2**20
"""A process takes more than a MiB; smaller numbers are MiB or GiB themselves."""
MOST_CORES = 1000
"""No deployment of one server; larger numbers are millicores."""
MOST_LATENCY = 3600
"""Seconds; larger numbers are milliseconds."""
MOST_PODS = 100_000
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
    if token := os.environ.get(TOKEN_VARIABLE):
        headers["Authorization"] = f"Bearer {token}"
    where = url.partition("?")[0]
    pauses = iter(PAUSES)
    while True:
        try:
            body = _body(urllib.request.Request(url, headers=headers))
            break
        except urllib.error.HTTPError as problem:
            refusal, starting = _http_words(where, figure, problem)
            pause = next(pauses, None) if starting else None
            if pause is None:
                raise AdviseError(refusal) from None
            say(f"{where} answers 503; again in {pause:g} s")
            time.sleep(pause)
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "reason", problem)
            raise AdviseError(f"{where} cannot be reached: {reason}. Is there a port-forward to it?") from None
    if len(body) > LARGEST_ANSWER:
        raise AdviseError(
            f"{where} answers '{figure}' with more than {LARGEST_ANSWER // 2**20} MiB: ask for fewer --days."
        )
    return _parsed(body, f"{where} ({figure})")


def _body(request: urllib.request.Request) -> bytes:
    local = [urllib.request.ProxyHandler({})] if _loopback(request.full_url) else []
    with urllib.request.build_opener(*local).open(request, timeout=TIMEOUT_SECONDS) as answer:
        read: bytes = answer.read(LARGEST_ANSWER + 1)
    return read


def _loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in ("localhost", "127.0.0.1", "::1")


def _http_words(where: str, figure: str, problem: urllib.error.HTTPError) -> tuple[str, bool]:
    """What a refusal says, and whether it may be one that only starts. A query that takes too long is a 503 as well."""
    with problem:
        said = problem.read(LARGEST_ANSWER).decode(errors="replace")
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


def _parsed(body: bytes, where: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
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


def history_of(
    answers: Mapping[str, Any], *, start: float | None = None, until: float | None = None, zone: tzinfo = UTC
) -> History:
    """Answers of range queries as series on one grid."""
    points = {figure: _points(answer, figure) for figure, answer in answers.items()}
    moments = [at for series in points.values() for at, _ in series]
    if not moments:
        raise AdviseError(
            "Prometheus knows none of the figures of this server in these days. Are namespace and name those of the "
            "stack, "
            "and is it scraped (mcp:monitoring.monitor)?"
        )
    first = math.floor(min(moments) / STEP) * STEP if start is None else start
    last = max(moments) if until is None else until
    length = int((last - first) // STEP) + 1
    series: dict[str, list[float | None]] = {}
    for figure, values in points.items():
        grid: list[float | None] = [None] * length
        for at, value in values:
            place = int((at - first) // STEP)
            if 0 <= place < length:
                grid[place] = value
        series[figure] = grid
    history = History(start=first, series=series, zone=zone)
    _check(history)
    return history


def _points(answer: Any, figure: str) -> list[tuple[float, float]]:
    """The values of one answer; several series of it are one too many."""
    if not isinstance(answer, Mapping) or "status" not in answer:
        raise AdviseError(f"{figure}: it is no answer of Prometheus' query_range: it has no status.")
    if answer["status"] != "success":
        raise AdviseError(
            f"{figure}: Prometheus refused the query: {str(answer.get('error', answer['status']))[:_SHOWN]}"
        )
    data = answer.get("data")
    if not isinstance(data, Mapping) or data.get("resultType") != "matrix":
        kind = data.get("resultType") if isinstance(data, Mapping) else "nothing"
        raise AdviseError(f"{figure}: a range of values is needed (matrix), and it holds {kind}. Use query_range.")
    result = data.get("result") or []
    if len(result) > 1:
        raise AdviseError(
            f"{figure}: {len(result)} series came back, and one is meant: sum or take the greatest of them in the "
            "query."
        )
    try:
        values = [(float(at), float(value)) for one in result for at, value in one["values"]]
    except (KeyError, TypeError, ValueError):
        raise AdviseError(f"{figure}: its values are not pairs of a time and a number.") from None
    return [(at, value) for at, value in values if math.isfinite(value)]


def _check(history: History) -> None:
    """Refuse what is missing, has too many gaps, or is in other units."""
    for figure in REQUIRED:
        if not history.has(figure):
            raise AdviseError(
                f"There is no '{figure}': ready pods are what every pattern is seen by (kube-state-metrics, "
                "kube_deployment_status_replicas_ready)."
            )
    for figure in history.series:
        share = history.coverage(figure)
        if 0 < share < LEAST_COVERAGE and figure in REQUIRED:
            raise AdviseError(
                f"'{figure}' has values for {share:.0%} of the time only: days with such gaps cannot be compared. Mend "
                "the "
                "scrape, or ask for the --days since then."
            )
    for figure, bad, words in _UNITS:
        values = history.known(figure)
        if values and bad(values):
            raise AdviseError(f"'{figure}' goes from {min(values):,.6g} to {max(values):,.6g}: {words}")


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


_UNITS: tuple[tuple[str, Callable[[Sequence[float]], bool], str], ...] = (
    ("memory", lambda values: _middle(values) < LEAST_MEMORY, "bytes are expected, and these look like MiB or GiB."),
    ("cpu", lambda values: _middle(values) > MOST_CORES, "cores are expected, and these look like millicores."),
    (
        "latency",
        lambda values: _middle(values) > MOST_LATENCY,
        "seconds are expected, and these look like milliseconds.",
    ),
    ("pods", lambda values: max(values) > MOST_PODS or min(values) < 0, "a number of pods is expected."),
)


def gaps(history: History) -> list[str]:
    """What a reader must know of what is missing."""
    found = []
    for figure in FIGURES:
        share = history.coverage(figure)
        if not share:
            found.append(f"'{figure}' is not there: what is seen by it is not looked for.")
        elif share < WHOLE_COVERAGE:
            found.append(f"'{figure}' has values for {share:.0%} of the time.")
    return found


def without_gaps(history: History) -> History:
    """The history without the figures that have too many gaps to be compared."""
    kept = {figure: values for figure, values in history.series.items() if history.coverage(figure) >= LEAST_COVERAGE}
    return History(start=history.start, series=kept, zone=history.zone)
