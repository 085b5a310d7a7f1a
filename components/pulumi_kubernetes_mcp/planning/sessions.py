"""From users to sessions that are open at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from .inputs import ERAS, HOURS, Workload
from .queueing import lognormal_cv2, peak_by_hour
from .working import Figure, equals, exact, figure, round_up, show

MINUTES_PER_DAY = 1440
HEAVIEST_CV2 = 13.96
"""exp(1.645²) - 1: no lognormal with a greater variation has its P95 further above its mean."""
_DIGITS = 12
"""Significant digits of a number that was computed in floats: the rest is rounding, which must not buy a pod."""
_WHOLE = Fraction(1, 10**6)
"""A part of a session that is less than a millionth of all of them is none: no load is known so well."""
_LITTLE = "Little's law: open = arrivals per minute × minutes each stays"


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """Sessions open at the same time: mean of the day, peak, and peak with headroom."""

    average: Fraction
    """The mean exactly: the figure holds the nearest float, which may round up to one pod more."""
    average_sessions: Figure
    peak_sessions: Figure
    exact_peak: Fraction
    """The peak before it is rounded up."""
    planned_sessions: Figure
    by_hour: tuple[Fraction, ...]
    """The greatest number of open sessions in each hour of the day; empty without an hourly profile."""


def sessions(workload: Workload) -> Sessions:
    """The sessions of ``workload``. A measured peak wins, then the profile by hour, then the estimate from users."""
    profile = _profile(workload)
    by_hour: tuple[Fraction, ...] = ()
    if workload.peak_sessions is not None:
        peak = exact(workload.peak_sessions)
        mean, average, peak_figure = _measured(workload, peak, profile)
        if profile is not None:
            # The profile has the shape of the day, the measured peak its height.
            by_hour = tuple(hour / profile.highest * peak for hour in profile.by_hour)
    elif profile is not None:
        mean, peak, by_hour = profile.mean, profile.highest, profile.by_hour
        average, peak_figure = _profiled(workload, profile)
    else:
        mean, average, peak_figure = _estimated(workload)
        peak = mean * exact(workload.peak_factor)
    return Sessions(
        average=mean,
        average_sessions=average,
        peak_sessions=peak_figure,
        exact_peak=peak,
        planned_sessions=_planned(workload, peak),
        by_hour=by_hour,
    )


def by_era(workload: Workload, costs: Mapping[str, float], *, unlisted: float = 0) -> Fraction:
    """A cost of one session or call: the mean over the eras by their shares of the sessions.

    Where no shares are given it is the greatest of the eras that are served: which era takes most differs by resource.

    :param unlisted: the cost of an era that ``costs`` does not list.
    """
    shares = {era: exact(share) for era, share in workload.era_percent.items()}
    if not shares:
        return max(exact(costs.get(era, unlisted)) for era in workload.eras or ERAS)
    whole = sum((share * exact(costs.get(era, unlisted)) for era, share in shares.items()), Fraction(0))
    return whole / sum(shares.values())


def session_cv2(workload: Workload) -> float | None:
    """Squared coefficient of variation of a session's length; ``None`` is the exponential."""
    if workload.session_p95_minutes is None:
        return None
    return spread(workload.session_minutes, workload.session_p95_minutes)


def spread(mean: float, p95: float) -> float:
    """Squared coefficient of variation of the lognormal with this mean and 95th percentile.

    A percentile below the mean counts as the mean. Above 3.87 × the mean no lognormal has it: the heaviest is taken.
    """
    found = lognormal_cv2(mean, max(p95, mean))
    return HEAVIEST_CV2 if found is None else found


@dataclass(frozen=True, kw_only=True)
class _Profile:
    begun: Fraction
    """Sessions that begin in a day."""
    mean: Fraction
    """Sessions open on the mean."""
    highest: Fraction
    """Sessions open at the peak."""
    by_hour: tuple[Fraction, ...]


def _profile(workload: Workload) -> _Profile | None:
    """The hourly profile as open sessions; ``None`` without one."""
    if not workload.sessions_by_hour:
        return None
    begun = sum((exact(number) for number in workload.sessions_by_hour), Fraction(0))
    mean = begun * exact(workload.session_minutes) / MINUTES_PER_DAY
    peaks = peak_by_hour(workload.sessions_by_hour, workload.session_minutes, cv2=session_cv2(workload))
    by_hour = tuple(Fraction(f"{peak:.{_DIGITS}g}") for peak in peaks)
    # Rounding must not take the peak below the mean.
    return _Profile(begun=begun, mean=mean, highest=max(*by_hour, mean), by_hour=by_hour)


def _profiled(workload: Workload, profile: _Profile) -> tuple[Figure, Figure]:
    hour = max(range(HOURS), key=profile.by_hour.__getitem__)
    average_figure = figure(
        "average sessions",
        profile.mean,
        "sessions",
        formula="sessions begun in a day × minutes / 1440",
        working=f"{show(profile.begun)} × {show(workload.session_minutes)} / {MINUTES_PER_DAY} {equals(profile.mean)}",
        inputs={"sessions begun": profile.begun, "session minutes": workload.session_minutes},
        source=_LITTLE,
    )
    peak_figure = figure(
        "peak sessions",
        whole_sessions(profile.highest),
        "sessions",
        formula="the greatest of m(t) = ∫ λ(t - u) P(length > u) du over the day, rounded up",
        working=f"{hour:02}:00 to {(hour + 1) % HOURS:02}:00: "
        f"{show(profile.highest)} → {whole_sessions(profile.highest)}",
        inputs={"busiest hour": hour, "session minutes": workload.session_minutes},
        source="M(t)/G/∞ (Eick, Massey and Whitt 1993): sessions outlast the hour that they begin in",
    )
    return average_figure, peak_figure


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
        whole_sessions(peak),
        "sessions",
        formula="⌈users × sessions per user × minutes / 1440 × peak factor⌉",
        working=f"{product} / {MINUTES_PER_DAY} × {show(workload.peak_factor)} {equals(peak, whole_sessions(peak))}",
        inputs={**inputs, "peak factor": workload.peak_factor},
        source=f"{_LITTLE}; sized for the peak, not for the mean",
    )
    return mean, average_figure, peak_figure


def _measured(workload: Workload, peak: Fraction, profile: _Profile | None) -> tuple[Fraction, Figure, Figure]:
    factor, source = exact(workload.peak_factor), "the measured peak, spread back over the day"
    if profile is not None:
        factor, source = profile.highest / profile.mean, f"{source} as in the hourly profile"
    mean = peak / factor
    average_figure = figure(
        "average sessions",
        mean,
        "sessions",
        formula="measured peak / peak factor",
        working=f"{show(peak)} / {show(factor)} {equals(mean)}",
        inputs={"measured peak": peak, "peak factor": factor},
        source=source,
    )
    peak_figure = figure(
        "peak sessions",
        whole_sessions(peak),
        "sessions",
        formula="⌈measured peak⌉",
        working=f"{show(peak)} → {whole_sessions(peak)}",
        inputs={"measured peak": peak},
        source="measured, instead of the estimate from users",
    )
    return mean, average_figure, peak_figure


def _planned(workload: Workload, peak: Fraction) -> Figure:
    planned = peak * (100 + exact(workload.headroom_percent)) / 100
    return figure(
        "planned sessions",
        whole_sessions(planned),
        "sessions",
        formula="⌈peak sessions × (1 + headroom)⌉, of the peak before it is rounded",
        working=f"{show(peak)} × {show(1 + exact(workload.headroom_percent) / 100)} "
        f"{equals(planned, whole_sessions(planned))}",
        inputs={"peak sessions": peak, "headroom percent": workload.headroom_percent},
        source="headroom covers the minutes until new pods serve",
    )


def whole_sessions(exactly: Fraction) -> int:
    """Whole sessions: rounded up, once, unless the part that is over is nothing beside them."""
    whole = int(exactly)
    return whole if exactly - whole < exactly * _WHOLE else round_up(exactly)
