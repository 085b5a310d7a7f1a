"""A round for the eye, and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..report.console import clean
from .metric_names import Phase
from .round import Round, Seen

if TYPE_CHECKING:
    from rich.table import Table

_DAY = 86400
_SHOWN_TOOLS = 12


def table(one: Round) -> Table:
    """Each phase with its time, and what was found in it."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    made.add_column("Phase", no_wrap=True)
    made.add_column("ms", justify="right", no_wrap=True)
    made.add_column("Found")
    for phase, seconds, found in rows(one):
        made.add_row(phase, seconds, Text(clean(found)))
    return made


def rows(one: Round) -> Iterator[tuple[str, str, str]]:
    """The lines of the table; the phase that failed says so."""
    found = _found(one)
    for phase, seconds in one.phases.items():
        failed = one.reason.value if one.reason is not None and phase == one.phase else ""
        yield phase.value, f"{seconds * 1000:.1f}", "; ".join(filter(None, [failed, found.get(phase, "")]))
    yield "total", f"{one.seconds * 1000:.1f}", ""


def _found(one: Round) -> dict[Phase, str]:
    seen = one.seen
    found: dict[Phase, str] = {}
    if seen.address is not None:
        found[Phase.RESOLVE] = seen.address
    if seen.expires is not None:
        until = datetime.fromtimestamp(seen.expires, UTC)
        found[Phase.TLS] = f"certificate until {until:%Y-%m-%d}, {(seen.expires - one.at) / _DAY:.0f} days left"
    if seen.versions:
        spoken = ", ".join(f"{era} {version}" for era, version in zip(seen.eras, seen.versions, strict=True))
        found[Phase.HANDSHAKE] = f"{spoken}; {seen.server or 'unnamed'}"
    if seen.tools is not None:
        found[Phase.TOOLS] = _tools(seen)
    if seen.checks:
        found[Phase.CHECKS] = "; ".join(seen.checks.values())
    if seen.sessions_opened:
        found[Phase.END] = f"{seen.sessions_ended} of {seen.sessions_opened} sessions ended"
    return found


def _tools(seen: Seen) -> str:
    names = sorted(seen.tools or {})
    shown = ", ".join(names[:_SHOWN_TOOLS]) + (", ..." if len(names) > _SHOWN_TOOLS else "")
    words = f"{len(names)}: {shown}" if names else "none"
    if seen.drift is None:
        return words
    return f"{words}; {seen.drift.words}" if seen.drift else f"{words}; as expected"


def line(one: Round) -> str:
    """A round in one line, for whoever watches."""
    moment = datetime.fromtimestamp(one.at, UTC)
    result = "ok" if one.reason is None else one.reason.value
    return f"{moment:%H:%M:%S} {result:<24} {one.seconds * 1000:8.1f} ms  {one.sentence}".rstrip()


def round_data(one: Round) -> dict[str, Any]:
    """The same as plain data that JSON can hold."""
    seen = one.seen
    return {
        "endpoint": one.name,
        "address": one.address,
        "at": datetime.fromtimestamp(one.at, UTC).isoformat(timespec="milliseconds"),
        "success": one.success,
        "reason": None if one.reason is None else one.reason.value,
        "phase": None if one.phase is None else one.phase.value,
        "message": one.sentence or None,
        "seconds": round(one.seconds, 6),
        "phases": {phase.value: round(seconds, 6) for phase, seconds in one.phases.items()},
        "found": {
            "ip": seen.address,
            "certificateExpires": None
            if seen.expires is None
            else datetime.fromtimestamp(seen.expires, UTC).isoformat(),
            "server": seen.server,
            "eras": [str(era) for era in seen.eras],
            "protocolVersions": seen.versions,
            "supportedVersions": seen.supported,
            "tools": None if seen.tools is None else sorted(seen.tools),
            "drift": None if seen.drift is None else {key: list(value) for key, value in vars(seen.drift).items()},
            "checks": seen.checks,
            "notes": seen.notes,
            "sessionsOpened": seen.sessions_opened,
            "sessionsEnded": seen.sessions_ended,
        },
    }
