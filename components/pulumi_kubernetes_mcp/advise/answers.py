"""Answers of a Prometheus as series on one grid; what is missing, of other days or in other units, in words. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from statistics import median
from typing import Any

from .history import DAY, FIGURES, STEP, History, quantile
from .patterns import Known
from .refused import AdviseError

REQUIRED = ("pods",)
LEAST_DAYS, MOST_DAYS = 1.0, 62.0
LONG_STEPS = 3
"""Values that are so far apart were recorded with another step; one scrape in two is a gap."""
LEAST_COVERAGE = 0.5
"""Of a figure that is used: with less of it days cannot be compared."""
WHOLE_COVERAGE = 0.9
LEAST_MEMORY = 2**20
"""A process takes more than a MiB; smaller numbers are KiB, MiB or GiB themselves."""
MOST_CORES = 1000
"""No deployment of one server; larger numbers are millicores."""
MOST_LATENCY = 3600
"""Seconds; larger numbers are milliseconds."""
MOST_PODS = 100_000
LATEST = 2**32
"""Seconds since 1970, in the year 2106; larger numbers are milliseconds."""
ABOVE_THE_LIMIT = 20.0
"""A cgroup throttles at the limit of a pod; what is that far above it is no limit that was another one before, but
millicores, or the cores of other pods."""
_SHOWN = 200


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
    if start is None:
        _check_times(points)
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
    notes = tuple(note for figure, answer in answers.items() for note in _warnings(answer, figure))
    history = History(start=first, series=series, zone=zone, notes=notes)
    _check(history)
    return history


def _warnings(answer: Mapping[str, Any], figure: str) -> list[str]:
    """What Prometheus, or what stands before several, warns of: most of it says that a part is missing."""
    listed = answer.get("warnings")
    said = [str(one) for one in listed if str(one)] if isinstance(listed, list) else []
    return [f"'{figure}' came with a warning, and may lack a part: {said[0][:_SHOWN]}"] if said else []


def _points(answer: Any, figure: str) -> list[tuple[float, float]]:
    """The values of one answer; several series of it are one too many."""
    if not isinstance(answer, Mapping) or "status" not in answer:
        raise AdviseError(f"{figure}: it is no answer of Prometheus' query_range: it has no status.")
    if answer["status"] != "success":
        raise AdviseError(
            f"{figure}: Prometheus refused the query: {str(answer.get('error', answer['status']))[:_SHOWN]}"
        )
    if answer.get("isPartial") is True:
        raise AdviseError(
            f"{figure}: the answer is partial (isPartial): a part of the storage did not answer, and what is missing "
            "looks like less load. Ask again when all of it does."
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
    strange = next((at for at, _ in values if not 0 < at < LATEST), None)
    if strange is not None:
        raise AdviseError(
            f"{figure}: a time of it is {strange:.6g}, and seconds since 1970 are expected, as query_range gives them."
        )
    return [(at, value) for at, value in values if math.isfinite(value)]


def _check_times(points: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Refuse files of other days, of a longer step, and of less or more than can be looked at."""
    for figure, values in points.items():
        apart = median([after - before for (before, _), (after, _) in pairwise(values)]) if len(values) > 1 else 0
        if apart >= LONG_STEPS * STEP:
            raise AdviseError(
                f"'{figure}' has a value each {apart:.0f} s, and one each {STEP} s is needed: record it with "
                f"step={STEP}."
            )
    spans = {figure: (min(values)[0], max(values)[0]) for figure, values in points.items() if values}
    begin, end = spans.get(REQUIRED[0], (0.0, 0.0))
    for figure, (first, last) in spans.items():
        if end and (last < begin or first > end):
            raise AdviseError(
                f"'{figure}' is of {_days(first, last)}, and '{REQUIRED[0]}' of {_days(begin, end)}: record all "
                "of them over the same days."
            )
    days = (max(last for _, last in spans.values()) - min(first for first, _ in spans.values())) / DAY
    if days > MOST_DAYS:
        raise AdviseError(f"The answers go over {days:,.0f} days. Record {MOST_DAYS:g} at most.")


def _days(first: float, last: float) -> str:
    begin, end = (datetime.fromtimestamp(at, UTC) for at in (first, last))
    return f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


def check_length(history: History) -> None:
    """Refuse less than a day, in which nothing can be told from the hour that it happened to be."""
    if history.days < LEAST_DAYS:
        raise AdviseError(
            f"The answers go over {history.days * 24:.1f} hours. Record a day at least, and a week to see its weekend."
        )


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
                "the scrape, or ask for the --days since then."
            )
    for figure in FIGURES:
        least = min(history.known(figure), default=0.0)
        if least < 0:
            raise AdviseError(f"'{figure}' goes down to {least:,.6g}, and can only be 0 or more: is it a difference?")
    for figure, bad, words in _UNITS:
        values = history.known(figure)
        if values and bad(values):
            raise AdviseError(f"'{figure}' goes from {min(values):,.6g} to {max(values):,.6g}: {words}")


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


_UNITS: tuple[tuple[str, Callable[[Sequence[float]], bool], str], ...] = (
    (
        "memory",
        lambda values: _middle(values) < LEAST_MEMORY,
        "bytes are expected, and these look like KiB, MiB or GiB.",
    ),
    ("cpu", lambda values: _middle(values) > MOST_CORES, "cores are expected, and these look like millicores."),
    (
        "latency",
        lambda values: _middle(values) > MOST_LATENCY,
        "seconds are expected, and these look like milliseconds.",
    ),
    ("pods", lambda values: max(values) > MOST_PODS, "a number of pods is expected."),
)


def check_units(history: History, known: Known) -> None:
    """Refuse what pods of a stack cannot take: it is in another unit, or of other pods."""
    each = [one for one in history.ratio("cpu", "pods") if one is not None]
    busy = quantile(each, 0.95)
    if known.cpu_limit and busy > ABOVE_THE_LIMIT * known.cpu_limit:
        raise AdviseError(
            f"'cpu' is {busy:,.6g} for each pod, whose limit is {known.cpu_limit:g}: cores are expected, and "
            "these look like millicores, or like the cores of other pods too."
        )
    memory = history.known("memory")
    if memory and known.memory_limit and _middle(memory) > ABOVE_THE_LIMIT * known.memory_limit:
        raise AdviseError(
            f"'memory' is {_middle(memory):,.6g} for the most part, and the limit of a pod is "
            f"{known.memory_limit:,.6g}: bytes of a pod on the mean are expected, and these look like those of many."
        )
    latency = history.known("latency")
    if latency and _middle(latency) > known.call_seconds:
        raise AdviseError(
            f"'latency' is {_middle(latency):,.6g} for the most part, and a call may take {known.call_seconds:g} s: "
            "seconds are expected, and these look like milliseconds. If calls take so long, raise "
            "mcp:server.maxToolSeconds first."
        )


def gaps(history: History) -> list[str]:
    """What a reader must know of what is missing."""
    found = list(history.notes)
    for figure in FIGURES:
        share = history.coverage(figure)
        if not share and not any(note.startswith(f"'{figure}' has") for note in found):
            found.append(f"'{figure}' is not there: what is seen by it is not looked for.")
        elif 0 < share < WHOLE_COVERAGE:
            found.append(f"'{figure}' has values for {share:.0%} of the time.")
    return found


def without_gaps(history: History) -> History:
    """The history without the figures that have too many gaps to be compared."""
    kept, notes = dict(history.series), list(history.notes)
    for figure in history.series:
        share = history.coverage(figure)
        if share < LEAST_COVERAGE:
            del kept[figure]
            if share:
                notes.append(
                    f"'{figure}' has values for {share:.0%} of the time, too few to compare days: it is left out."
                )
    return History(start=history.start, series=kept, zone=history.zone, notes=tuple(notes))
