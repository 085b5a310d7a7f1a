"""From users to sessions that are open at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .inputs import Workload
from .working import Figure, Number, equals, exact, figure, round_up, show

MINUTES_PER_DAY = 1440
_LITTLE = "Little's law: open = arrivals per minute × minutes each stays"


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """Sessions open at the same time: mean of the day, peak, and peak with headroom."""

    average: Fraction
    """The mean exactly: the figure holds the nearest float, which may round up to one pod more."""
    average_sessions: Figure
    peak_sessions: Figure
    planned_sessions: Figure


def sessions(workload: Workload) -> Sessions:
    """The sessions of ``workload``. A measured peak wins; its mean is then the peak over the peak factor."""
    mean, average, peak = _measured(workload) if workload.peak_sessions is not None else _estimated(workload)
    return Sessions(
        average=mean,
        average_sessions=average,
        peak_sessions=peak,
        planned_sessions=_planned(workload, peak),
    )


def _estimated(workload: Workload) -> tuple[Fraction, Figure, Figure]:
    users = workload.daily_users or 0
    mean = exact(users) * exact(workload.sessions_per_user) * exact(workload.session_minutes) / MINUTES_PER_DAY
    peak = mean * exact(workload.peak_factor)
    product = f"{show(users)} × {show(workload.sessions_per_user)} × {show(workload.session_minutes)}"
    inputs = {
        "daily users": users,
        "sessions per user": workload.sessions_per_user,
        "session minutes": workload.session_minutes,
    }
    average_figure = figure(
        "average sessions",
        mean,
        "sessions",
        formula="users × sessions per user × minutes / 1440",
        working=f"{product} / {MINUTES_PER_DAY} {equals(mean)}",
        inputs=inputs,
        source=_LITTLE,
    )
    peak_figure = figure(
        "peak sessions",
        round_up(peak),
        "sessions",
        formula="⌈users × sessions per user × minutes / 1440 × peak factor⌉",
        working=f"{product} / {MINUTES_PER_DAY} × {show(workload.peak_factor)} {equals(peak, round_up(peak))}",
        inputs={**inputs, "peak factor": workload.peak_factor},
        source=f"{_LITTLE}; sized for the peak, not for the mean",
    )
    return mean, average_figure, peak_figure


def _measured(workload: Workload) -> tuple[Fraction, Figure, Figure]:
    peak = exact(workload.peak_sessions or 0)
    mean = peak / exact(workload.peak_factor)
    inputs: dict[str, Number | str] = {"measured peak": peak, "peak factor": workload.peak_factor}
    average_figure = figure(
        "average sessions",
        mean,
        "sessions",
        formula="measured peak / peak factor",
        working=f"{show(peak)} / {show(workload.peak_factor)} {equals(mean)}",
        inputs=inputs,
        source="the measured peak, spread back over the day",
    )
    peak_figure = figure(
        "peak sessions",
        round_up(peak),
        "sessions",
        formula="⌈measured peak⌉",
        working=f"{show(peak)} → {round_up(peak)}",
        inputs={"measured peak": peak},
        source="measured, instead of the estimate from users",
    )
    return mean, average_figure, peak_figure


def _planned(workload: Workload, peak: Figure) -> Figure:
    planned = exact(peak.value) * (100 + exact(workload.headroom_percent)) / 100
    return figure(
        "planned sessions",
        round_up(planned),
        "sessions",
        formula="⌈peak sessions × (1 + headroom)⌉",
        working=f"{show(peak.value)} × {show(1 + exact(workload.headroom_percent) / 100)} "
        f"{equals(planned, round_up(planned))}",
        inputs={"peak sessions": peak.value, "headroom percent": workload.headroom_percent},
        source="headroom covers the minutes until new pods serve",
    )
