"""A profile for the eye."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from ..report.console import clean
from ..settings.profile import Measured, MeasuredEra, MeasuredLatency, MeasuredProcess, MeasuredTool, Profile

if TYPE_CHECKING:
    from .found import Counts, Found

Row = tuple[str, str, str]


def table(profile: Profile) -> Table:
    """Every figure with how far it may be off."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    made.add_column("What")
    made.add_column("Value", justify="right", no_wrap=True)
    made.add_column("±, or distribution")
    for what, value, error in rows(profile):
        made.add_row(Text(clean(what)), Text(clean(value), style="bold"), Text(clean(error)))
    return made


def rows(profile: Profile) -> Iterator[Row]:
    """The lines of the table."""
    if profile.process is not None:
        yield from _process(profile.process)
    for name, era in profile.eras.items():
        yield from _era(name, era)
    for tool in profile.tools:
        yield from _tool(tool)


def closed_text(counts: Counts) -> str:
    """How many sessions were opened and closed, and how many may be left."""
    left = counts.opened - counts.closed
    words = f"{counts.opened} sessions were opened and {counts.closed} closed."
    return f"{words} {left} may be open until the server drops them." if left else words


def descriptors_text(found: Found) -> str:
    """The server's open descriptors before and after, where they are known; begins with a blank."""
    known = [
        f"{era.era} {era.idle_descriptors} → {era.after_descriptors}"
        for era in found.eras
        if era.idle_descriptors is not None and era.after_descriptors is not None
    ]
    return f" The server's open descriptors before and after: {', '.join(known)}." if known else ""


def sessions_data(found: Found, counts: Counts) -> dict[str, Any]:
    """The sessions of each era as plain data, with every reading."""
    return {
        "opened": counts.opened,
        "closed": counts.closed,
        "eras": {
            era.era: {
                "descriptorsBefore": era.idle_descriptors,
                "descriptorsAfter": era.after_descriptors,
                "readings": [vars(point) for point in era.points],
                "live": era.live,
            }
            for era in found.eras
        },
    }


def _process(process: MeasuredProcess) -> Iterator[Row]:
    yield _row("process: memory with no session", process.baseline_mib, "MiB")
    if process.baseline_descriptors is not None:
        yield "process: descriptors with no session", _number(process.baseline_descriptors), ""
    yield "process: idle CPU", f"{_number(process.idle_cpu_millicores)} millicores", ""
    if process.processes > 1:
        yield "process: processes counted together", str(process.processes), ""


def _era(name: str, era: MeasuredEra) -> Iterator[Row]:
    unit = "listen stream" if name == "modern" else "session"
    if era.session_kib is not None:
        yield _row(f"{name}: memory per {unit}", era.session_kib, "KiB")
    if era.stream_kib is not None:
        yield _row(f"{name}: of it, the stream", era.stream_kib, "KiB")
    if era.session_descriptors is not None:
        yield f"{name}: descriptors per {unit}", _number(era.session_descriptors), ""
    if era.sessions:
        yield f"{name}: {unit}s open at most", str(era.sessions), ""
    if era.call_cpu_milliseconds is not None:
        yield _row(f"{name}: CPU per call", era.call_cpu_milliseconds, "ms")
    if era.calls_per_second is not None:
        yield f"{name}: calls per second, {era.callers} callers", _number(era.calls_per_second), ""
    if era.latency_milliseconds is not None:
        yield f"{name}: latency, {era.callers} callers", *_latency(era.latency_milliseconds)


def _tool(tool: MeasuredTool) -> Iterator[Row]:
    name = f"tool {tool.name} ({tool.era}, {tool.calls} calls)"
    yield f"{name}: latency alone", *_latency(tool.latency_milliseconds)
    if tool.cpu_milliseconds is not None:
        yield _row(f"{name}: CPU per call", tool.cpu_milliseconds, "ms")
    yield f"{name}: answer", f"{_number(tool.response_kib)} KiB", ""
    if tool.in_flight_kib is not None:
        yield f"{name}: memory per further call in flight", f"{_number(tool.in_flight_kib)} KiB", ""


def _row(what: str, measured: Measured, unit: str) -> Row:
    return what, f"{_number(measured.value)} {unit}", f"± {_number(measured.error)}" if measured.error else ""


def _latency(latency: MeasuredLatency) -> tuple[str, str]:
    others = ", ".join(
        f"{name} {_number(value)}" for name, value in (("P50", latency.p50), ("P95", latency.p95), ("P99", latency.p99))
    )
    return f"{_number(latency.mean)} ms", others


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value < 100 else f"{value:.0f}"
