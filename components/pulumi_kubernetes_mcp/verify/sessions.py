"""Sessions: what ends them, how many there may be, and whether probes leave any."""

from __future__ import annotations

import asyncio
import resource

from ..measuring.metrics import MEMORY, samples
from ..measuring.readers import MIB
from ..probe.answer import Answer
from .checks import Check
from .event_stream import EventStream
from .observed import Observed
from .routes import session_of
from .server import Running
from .wire import Wire, result

PROBES = 100
"""Probes between two looks at the memory: a quarter of an hour of them."""
WARM_PROBES = 50
LEAK_KIB = 20
"""Half of the least that any SDK's session was measured to take (41 KiB, Python 2.x)."""
AT_ONCE = 8
SPARE_DESCRIPTORS = 128
"""Of those that this process may open: for everything but the streams."""
_LOOKS, _LOOK_SECONDS = 10, 0.2
"""How long a server may take until it has noticed that a stream was left."""


async def look_at_the_end(wire: Wire, seen: Observed) -> None:
    """Whether a session is gone after its DELETE."""
    if seen.streams_alone:
        await _look_at_the_end_of_a_stream(wire, seen)
        return
    if not seen.stateful:
        seen.unseen[Check.SESSION_END] = "the server has no sessions that end with DELETE"
        return
    session = session_of(await wire.initialize())
    await wire.initialized(session)
    if session is None:
        seen.unseen[Check.SESSION_END] = "no session could be opened"
        return
    before = await wire.call("tools/list", {}, session, stateful=True)
    await wire.delete(session)
    after = await wire.call("tools/list", {}, session, stateful=True)
    if result(before) is None:
        seen.unseen[Check.SESSION_END] = f"tools/list in a fresh session was answered HTTP {before.status}"
        return
    seen.sessions = seen.sessions.model_copy(update={"ended_by_delete": result(after) is None})


async def _look_at_the_end_of_a_stream(wire: Wire, seen: Observed) -> None:
    """Whether a session of HTTP+SSE is gone with its stream: messages to it are refused then."""
    stream = EventStream(wire)
    try:
        opened = await stream.begin()
        before = await stream.tell(stream.built("tools/list", {}))
    finally:
        await stream.close()
    if not opened or not before.accepted:
        seen.unseen[Check.SESSION_END] = "no session could be opened"
        return
    after = before
    for _ in range(_LOOKS):
        await asyncio.sleep(_LOOK_SECONDS)
        after = await stream.tell(stream.built("tools/list", {}))
        if not after.accepted:
            break
    gone = not after.accepted
    seen.sessions = seen.sessions.model_copy(update={"ended_with_stream": gone})


async def look_for_leaks(wire: Wire, server: Running | None, seen: Observed) -> None:
    """Whether the probes of a kubelet, and ``server/discover``, leave something behind."""
    paths = [path for path in (seen.health_path, seen.liveness_path) if path is not None]
    if not paths and "modern" not in seen.eras:
        seen.unseen[Check.PROBE_LEAK] = "the server has no route that a probe could use"
        return
    if await _level(wire, server, seen) is None:
        seen.unseen[Check.PROBE_LEAK] = (
            f"neither the process nor '{MEMORY}' is in reach; use --start, or expose process metrics"
        )
        return
    await _probe(wire, paths, seen, WARM_PROBES)
    before = await _level(wire, server, seen)
    await _probe(wire, paths, seen, PROBES)
    after = await _level(wire, server, seen)
    if before is None or after is None:
        seen.unseen[Check.PROBE_LEAK] = "the memory could be read once only"
        return
    kib = max(0.0, after - before) * 1024 / PROBES
    update = {"probe_kib": round(kib, 1), "probes_leave_sessions": kib >= LEAK_KIB}
    seen.sessions = seen.sessions.model_copy(update=update)


async def _probe(wire: Wire, paths: list[str], seen: Observed, times: int) -> None:
    for _ in range(times):
        for path in paths:
            await wire.get(path)
        if "modern" in seen.eras:
            await wire.discover()


async def _level(wire: Wire, server: Running | None, seen: Observed) -> float | None:
    if server is not None:
        return await server.level_mib()
    if seen.metrics_path is None:
        return None
    found = samples((await wire.get(seen.metrics_path)).body.decode(errors="replace"), (MEMORY,)).get(MEMORY)
    return None if found is None else found / MIB


async def look_at_the_cap(wire: Wire, seen: Observed, most: int) -> None:
    """Open sessions until one is refused, in a server that was started for it; its end ends them."""
    if seen.streams_alone:
        await _look_at_the_cap_of_streams(wire, seen, min(most, _descriptors() - SPARE_DESCRIPTORS))
        return
    if not seen.stateful:
        seen.unseen[Check.SESSION_CAP] = "the server has no sessions"
        return
    opened, refused = 0, None
    while opened < most and refused is None:
        many = min(AT_ONCE, most - opened)
        for answer in await asyncio.gather(*(wire.initialize() for _ in range(many))):
            if session_of(answer) is None:
                refused = refused or answer
            else:
                opened += 1
    update: dict[str, object] = {"opened": opened}
    if refused is not None:
        update |= {"cap": opened, "cap_status": refused.status, "retry_after": _retry(refused)}
    seen.sessions = seen.sessions.model_copy(update=update)


async def _look_at_the_cap_of_streams(wire: Wire, seen: Observed, most: int) -> None:
    """The same where a session is an open stream: each is one connection, here and in the server."""
    streams: list[EventStream] = []
    refused = None
    try:
        while len(streams) < most and refused is None:
            more = [EventStream(wire) for _ in range(min(AT_ONCE, most - len(streams)))]
            answers = await asyncio.gather(*(one.open() for one in more))
            for one, answer in zip(more, answers, strict=True):
                if one.url is None:
                    refused = refused or answer
                    await one.close()
                else:
                    streams.append(one)
    finally:
        await asyncio.gather(*(one.close() for one in streams))
    update: dict[str, object] = {"opened": len(streams)}
    if refused is not None:
        update |= {"cap": len(streams), "cap_status": refused.status, "retry_after": _retry(refused)}
    seen.sessions = seen.sessions.model_copy(update=update)


def _descriptors() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _retry(answer: Answer) -> bool:
    return bool(answer.headers.get("retry-after"))
