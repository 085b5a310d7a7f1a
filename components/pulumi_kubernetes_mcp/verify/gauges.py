"""The metrics of a server: which gauges of the dialects it emits, and whether what is opened moves them."""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
from collections.abc import AsyncIterator, Mapping, Sequence

from ..autoscaling.spec.queries import DIALECTS, FOLLOWS, Gauge, gauge
from ..eras import Era
from ..settings.verified import Metric
from .checks import Check
from .event_stream import EventStream, Streamed
from .observed import Observed
from .request import Request
from .routes import session_of
from .wire import Slow, Wire, modern

SETTLE_SECONDS = 5
"""How long a gauge may take until it follows what was opened or closed."""
_POLL_SECONDS = 0.1
_LOOKS_FOR_ANY = 5
"""A labelled gauge may appear with the first request that it counts."""
MOST_NAMED = 5
_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\S+)?$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:\\.|[^"\\])*)"')
_LIKE = re.compile(r"session|stream|connection|in_?flight|active|open", re.IGNORECASE)


def known_gauges(more: Sequence[str] = ()) -> dict[str, Gauge]:
    """Every gauge that a dialect finds in a server's own metrics, by its selector; and ``more`` by their names."""
    found = {name: Gauge(name) for name in more}
    for dialect in DIALECTS:
        for follow in FOLLOWS[1:]:
            for era in Era:
                one = gauge(follow, dialect, {era})
                if isinstance(one, Gauge) and one.place != "route":
                    found[one.selector] = one
    return found


def value(text: str, wanted: Gauge) -> float | None:
    """The sum of the samples that a gauge selects in Prometheus text; ``None`` if there is none.

    A family without samples yet, as of a labelled gauge that nothing has touched, is no sample.
    """
    asked = dict(_LABEL.findall(wanted.matchers))
    total, any_ = 0.0, False
    for row in text.splitlines():
        sample = _SAMPLE.match(row)
        if sample is None or sample[1] != wanted.metric:
            continue
        labels = dict(_LABEL.findall(sample[2] or ""))
        with contextlib.suppress(ValueError):
            number = float(sample[3])
            if math.isfinite(number) and all(labels.get(name, "") == wanted_ for name, wanted_ in asked.items()):
                total, any_ = total + number, True
    return total if any_ else None


def like_gauges(text: str, known: Mapping[str, Gauge]) -> list[str]:
    """Names of other metrics that may count what a dialect wants to know."""
    dialects = {one.metric for one in known.values()}
    names = {sample[1] for row in text.splitlines() if (sample := _SAMPLE.match(row))}
    return sorted(
        name
        for name in names - dialects
        if _LIKE.search(name) and not name.endswith(("_bucket", "_created", "_count", "_sum", "_total"))
    )[:MOST_NAMED]


async def look_at_gauges(wire: Wire, request: Request, seen: Observed) -> None:
    """Which gauges are there, and whether a stream and a call in flight move them up and down again."""
    if seen.metrics_path is None:
        return
    known = known_gauges(request.gauges)
    before = await _values(wire, seen.metrics_path, known)
    async with _opened(wire, seen) as opened:
        during = await _risen(wire, seen.metrics_path, known, before)
    text = (await wire.get(seen.metrics_path)).body.decode(errors="replace")
    seen.like_gauges = like_gauges(text, known)
    names = {name for values in (before, during) for name in values}
    after = await _fallen(wire, seen.metrics_path, known, before, names)
    for name in sorted(known):
        seen.metrics[name] = "absent"
    for name in sorted(names):
        seen.metrics[name] = _verdict(before.get(name, 0), during.get(name, 0), after.get(name, 0), opened)


def _verdict(before: float, during: float, after: float, opened: bool) -> Metric:
    if not opened:
        return "present"
    if during <= before:
        return "still"
    return "moves" if after <= before else "stuck"


async def _values(wire: Wire, path: str, known: Mapping[str, Gauge]) -> dict[str, float]:
    text = (await wire.get(path)).body.decode(errors="replace")
    return {name: found for name, one in known.items() if (found := value(text, one)) is not None}


async def _risen(wire: Wire, path: str, known: Mapping[str, Gauge], before: Mapping[str, float]) -> dict[str, float]:
    """The values once all gauges that are there have risen, or after a while."""
    for attempt in range(round(SETTLE_SECONDS / 2 / _POLL_SECONDS)):
        now = await _values(wire, path, known)
        if not now and attempt >= _LOOKS_FOR_ANY:
            break
        if now and all(found > before.get(name, 0) for name, found in now.items()):
            break
        await asyncio.sleep(_POLL_SECONDS)
    return now


async def _fallen(
    wire: Wire, path: str, known: Mapping[str, Gauge], before: Mapping[str, float], names: set[str]
) -> dict[str, float]:
    for _ in range(round(SETTLE_SECONDS / _POLL_SECONDS)):
        now = await _values(wire, path, known)
        if all(now.get(name, 0) <= before.get(name, 0) for name in names):
            break
        await asyncio.sleep(_POLL_SECONDS)
    return now


@contextlib.asynccontextmanager
async def _streaming(wire: Wire) -> AsyncIterator[bool]:
    """A stream of HTTP+SSE with a call in flight, whose answer would come in it."""
    stream, slow = EventStream(wire), None
    try:
        opened = await stream.begin()
        if opened and wire.target.url.startswith("http:"):
            slow = Streamed(stream, wire.target, "tools/list", {})
            await slow.begin()
        yield opened
    finally:
        if slow is not None:
            await slow.end(5)
            slow.close()
        await stream.close()


@contextlib.asynccontextmanager
async def _opened(wire: Wire, seen: Observed) -> AsyncIterator[bool]:
    """A stream and, over plain HTTP, a call in flight, in the era that has sessions, else in the modern one."""
    if seen.streams_alone:
        async with _streaming(wire) as streaming:
            yield streaming
        return
    session: str | None = None
    if seen.stateful:
        session = session_of(await wire.initialize())
        await wire.initialized(session)
    elif "modern" not in seen.eras:
        seen.unseen[Check.METRICS] = "the server has neither sessions nor streams of the modern era"
        yield False
        return
    slow = None
    try:
        async with wire.stream(session, stateful=seen.stateful) as streaming:
            if wire.target.url.startswith("http:"):
                call = wire.legacy("tools/list", {}, session) if seen.stateful else modern("tools/list", {})
                slow = Slow(wire.target, call)
                await slow.begin()
            yield streaming or slow is not None
    finally:
        if slow is not None:
            await slow.end(5)
            slow.close()
        if session is not None:
            await wire.delete(session)
