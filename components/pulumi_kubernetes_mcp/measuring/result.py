"""What was found, as the profile that a stack file can name. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import yaml

from ..settings.profile import Measured, MeasuredEra, MeasuredLatency, MeasuredProcess, MeasuredTool, Profile
from .costs import Cost
from .fit import mean, percentile
from .request import Request

if TYPE_CHECKING:
    from .found import EraFound, Found
    from .paced import Paced
    from .tools import ToolFound

_DIGITS = 3
_CLIENT_BOUND = 0.8
"""Share of a core below which the server was not the bottleneck."""


def profile(found: Found, request: Request, when: datetime) -> Profile:
    """The profile of what was found. It holds no address and no header."""
    eras = {era.era: _era(era) for era in found.eras}
    return Profile(
        server=_plain(found.spoken.server),
        runtime=cast(Any, request.runtime),
        measured_at=when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        source=cast(Any, found.source),
        process=_process(found, request),
        eras=cast(Any, eras),
        tools=[_tool(tool) for tool in found.tools],
        notes=[_plain(note) for note in notes(found, request)],
    )


def text(made: Profile) -> str:
    """The file: YAML with the keys of a stack file."""
    data = made.model_dump(mode="json", by_alias=True, exclude_none=True)
    head = "# What 'mcp-stack measure' found. A stack file names it: mcp:server.profile\n"
    return head + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)


def notes(found: Found, request: Request) -> list[str]:
    """What a reader must know."""
    said = list(found.notes)
    for era in found.eras:
        said += era.notes
    if found.source == "none":
        said.append(
            "Memory, descriptors and CPU were not measured, since the server's process was out of reach: latency and "
            "rates only. Measure with --start or --pid where the server runs, or with --metrics URL."
        )
        return said
    if found.source == "metrics":
        said.append("Read from metrics: peaks between two readings were not seen.")
    if not request.start:
        said.append(
            "The process was not started for the measurement: what it had freed before hides memory. --start measures "
            "each era in a fresh process."
        )
    for era in found.eras:
        if era.cost and era.cost.lower_bound:
            said.append(
                f"{era.era}: memory per session was not found, since the process used memory that it had freed before; "
                f"it is at least {era.cost.session_kib.value:.0f} KiB. Use --start, or more --sessions."
            )
    if any(era.live for era in found.eras):
        said.append(
            "V8: memory per session is what lives after a collection. Most of the baseline is garbage that comes and "
            "goes; its error reaches up to the highest peak."
        )
    waiting = [era.era for era in found.eras if (busy := _busy_cores(era)) is not None and busy < _CLIENT_BOUND]
    if waiting:
        said.append(
            f"{', '.join(waiting)}: the server had time left while all callers were busy, so the client was the "
            "bottleneck, and the server can do more calls per second than stated. CPU per call is the server's alone."
        )
    said += _short_of_half(found)
    if any(era.points and era.points[-1].descriptors is None for era in found.eras):
        said.append("The metrics hold no 'process_open_fds', so descriptors were not measured.")
    return said


def _short_of_half(found: Found) -> Iterator[str]:
    """Where CPU per call could not be measured at half load."""
    eras = [(era.era, era.paced) for era in found.eras]
    for name, paced in [*eras, *((f"tool {tool.name}", tool.paced) for tool in found.tools)]:
        if paced is not None and paced.limit:
            yield (
                f"{name}: CPU per call was measured at {paced.millicores:.0f} millicores, short of half a core: "
                f"{paced.limit}. A busier server takes less for a call, so CPU is planned too high rather than too low."
            )


def _process(found: Found, request: Request) -> MeasuredProcess | None:
    costs = [era.cost for era in found.eras if era.cost is not None]
    levels = [era.idle_mib for era in found.eras if era.idle_mib is not None]
    if not levels:
        return None
    # Without a fresh process only the first era began with no past.
    begun = [cost.baseline_mib for cost in (costs if request.start else costs[:1])] or [Cost(max(levels))]
    baseline = max(begun, key=_upper)
    idle = [era.idle_descriptors for era in found.eras if era.idle_descriptors is not None]
    return MeasuredProcess(
        baseline_mib=_measured(baseline),
        baseline_descriptors=max(idle) if idle else None,
        idle_cpu_millicores=_rounded(max(era.idle_millicores or 0.0 for era in found.eras)),
        processes=max(era.processes for era in found.eras),
    )


def _era(era: EraFound) -> MeasuredEra:
    taken = [seconds for burst in era.bursts for seconds in burst.taken]
    lasted = sum(burst.seconds for burst in era.bursts)
    cpu = [burst.cpu_milliseconds for burst in era.bursts if burst.cpu_milliseconds is not None]
    return MeasuredEra(
        # A plan from a lower bound would be too small; without a number it takes that of the runtime.
        session_kib=_measured(era.cost.session_kib) if era.cost and not era.cost.lower_bound else None,
        stream_kib=_measured(era.stream_kib) if era.stream_kib else None,
        session_descriptors=_rounded(era.cost.descriptors) if era.cost and era.cost.descriptors is not None else None,
        sessions=era.most_sessions,
        call_cpu_milliseconds=_paced(era.paced) or (_measured(Cost(*mean(cpu))) if cpu else None),
        call_cpu_at_millicores=_rounded(era.paced.millicores) if era.paced else None,
        calls_per_second=_rounded(len(taken) / lasted) if lasted else None,
        callers=era.callers,
        latency_milliseconds=_latency(taken) if taken else None,
    )


def _tool(tool: ToolFound) -> MeasuredTool:
    return MeasuredTool(
        name=tool.name,
        era=cast(Any, tool.era),
        calls=len(tool.taken),
        latency_milliseconds=_latency(tool.taken),
        cpu_milliseconds=_paced(tool.paced) or _alone(tool),
        cpu_at_millicores=_rounded(tool.paced.millicores) if tool.paced else None,
        response_kib=_rounded(tool.response_kib),
        in_flight_kib=None if tool.in_flight_kib is None else _rounded(tool.in_flight_kib),
    )


def _alone(tool: ToolFound) -> Measured | None:
    return _measured(Cost(*mean([seconds * 1000 for seconds in tool.cpu_seconds]))) if tool.cpu_seconds else None


def _paced(found: Paced | None) -> Measured | None:
    return None if found is None else _measured(Cost(found.milliseconds, found.error))


def _latency(taken: Sequence[float]) -> MeasuredLatency:
    milliseconds = [seconds * 1000 for seconds in taken]
    return MeasuredLatency(
        mean=_rounded(mean(milliseconds)[0]),
        p50=_rounded(percentile(milliseconds, 50)),
        p95=_rounded(percentile(milliseconds, 95)),
        p99=_rounded(percentile(milliseconds, 99)),
    )


def _busy_cores(era: EraFound) -> float | None:
    used = [burst.cpu_seconds for burst in era.bursts if burst.cpu_seconds is not None]
    lasted = sum(burst.seconds for burst in era.bursts)
    return sum(used) / lasted if used and lasted else None


def _upper(cost: Cost) -> float:
    return cost.value + cost.error


def _measured(cost: Cost) -> Measured:
    return Measured(value=_rounded(cost.value), error=_rounded(cost.error))


def _rounded(value: float) -> float:
    return round(value, _DIGITS)


def _plain(words: str) -> str:
    """Printable text: what a server says of itself ends up in a file and on a terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in words)
