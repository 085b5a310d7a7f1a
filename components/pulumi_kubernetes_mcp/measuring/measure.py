"""The measurement: one era after the other, then the tools that were named; every session is closed."""

from __future__ import annotations

import asyncio

from .era import Era, measure_era
from .eras import ERAS, Spoken, find_eras
from .found import Counts, Found
from .readers import Reader
from .refused import MeasureError
from .request import Request
from .server import Say, server
from .tools import check_names, measure_tool
from .watch import watching


async def measure(request: Request, counts: Counts, say: Say) -> Found:
    """Measure a server, or :class:`MeasureError`. All sessions are closed, also if this is cancelled."""
    try:
        async with asyncio.timeout(request.time_limit):
            return await _measure(request, counts, say)
    except TimeoutError:
        raise MeasureError(
            f"The measurement took longer than {request.time_limit:g} s and was ended. Lower --sessions or --seconds, "
            "or raise --time-limit."
        ) from None


async def _measure(request: Request, counts: Counts, say: Say) -> Found:
    async with server(request, say) as first:
        spoken = await find_eras(request.target)
        eras = _chosen(request, spoken)
        say(f"{spoken.server} speaks {', '.join(spoken.eras)}")
        found = Found(spoken=spoken, source=first.reader.source if first.reader else "none", notes=list(spoken.notes))
        highest = 0.0
        for era in eras[:1] if request.start else eras:
            highest = await measure_era(Era(request, era, counts, say), first, found, highest)
        if request.tools and not request.start:
            await _tools(request, eras[0], first.reader, counts, say, found)
    if request.start:
        for era in eras[1:]:
            async with server(request, say) as fresh:
                await measure_era(Era(request, era, counts, say), fresh, found, 0.0)
        if request.tools:
            async with server(request, say) as fresh:
                await _tools(request, eras[0], fresh.reader, counts, say, found)
    return found


def _chosen(request: Request, spoken: Spoken) -> list[str]:
    eras = [era for era in ERAS if era in spoken.eras and (not request.eras or era in request.eras)]
    if not eras:
        raise MeasureError(
            f"The server speaks {', '.join(spoken.eras)}, but --era names {', '.join(request.eras)}. Leave out --era "
            "to measure all that it speaks."
        )
    return eras


async def _tools(request: Request, era: str, reader: Reader | None, counts: Counts, say: Say, found: Found) -> None:
    """The tools that were named, in the first era."""
    unit = Era(request, era, counts, say)
    async with watching(reader) as watch, unit.sessions(listen=False) as sessions:
        await sessions.open_all(request.callers)
        await check_names(sessions.clients[0], request.tools)
        idle = max(measured.idle_millicores or 0.0 for measured in found.eras)
        for tool in request.tools:
            unit.say(f"tool {tool.name}")
            found.tools.append(await measure_tool(tool, sessions, watch, request, idle))
