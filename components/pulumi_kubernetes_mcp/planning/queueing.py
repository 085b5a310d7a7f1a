"""Queueing theory in plain floats: Poisson quantiles, waiting for a server, sessions that are open together.

Pure functions, standard library only. A finite result, never NaN: an argument that is negative, not finite or
outside its range is a ValueError that names it, and what grows beyond every number is None. The times of one
call share one unit, and its rates are per that unit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, erfc, expm1, inf, isqrt, log, log1p, sqrt
from operator import mul
from statistics import NormalDist

NORMAL_P95 = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""

LARGEST_EXACT_MEAN = 10_000
"""The mean up to which :func:`poisson_quantile` adds probabilities: 2,000 terms, half a millisecond."""

LARGEST_EXACT_SERVERS = 1_000_000
"""The number of servers up to which :func:`erlang_c` runs the recursion: at most 50,000 steps."""

_LARGEST = sys.float_info.max
_DAY = 1440
_OLDER_DAYS = 30


def poisson_quantile(mean: float, probability: float) -> int:
    """The least n with P(X ≤ n) ≥ ``probability`` for a Poisson number X with this ``mean``.

    Up to a mean of :data:`LARGEST_EXACT_MEAN` the probabilities are added: each relative to the likeliest
    number, from the ratios P(n) / P(n − 1) = mean / n, so that nothing underflows and no logarithm of a
    factorial loses digits. Above, the Cornish–Fisher expansion mean + zσ + (z² − 1)/6 + (z − z³)/(72σ), less
    the half of the continuity correction: at most 1 beside the sum, and almost always equal to it.

    Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions, 3rd ed., chapter 4; Cornish and Fisher,
    Revue de l'Institut International de Statistique 5 (1938). ValueError for a probability that is not
    between 0 and 1: the quantile of 1 is infinite.
    """
    _check(mean=mean)
    _check_probability(probability=probability)
    if mean <= LARGEST_EXACT_MEAN:
        return _summed_quantile(mean, probability)
    z, deviation = NormalDist().inv_cdf(probability), sqrt(mean)
    return max(0, ceil(mean + z * deviation + (z * z - 1) / 6 + (z - z**3) / (72 * deviation) - 0.5))


def _summed_quantile(mean: float, probability: float) -> int:
    """:func:`poisson_quantile` by adding: from below, or from above where 1 − probability is the exact number."""
    likeliest = int(mean)
    negligible = 1e-18 * min(probability, 1 - probability)
    below, above = [1.0], [mean / (likeliest + 1)]
    while below[-1] > negligible and len(below) <= likeliest:
        below.append(below[-1] * (likeliest + 1 - len(below)) / mean)
    while above[-1] > negligible:
        above.append(above[-1] * mean / (likeliest + 1 + len(above)))
    total, added = sum(reversed(below)) + sum(reversed(above)), 0.0
    weights = [*reversed(below), *above]
    first = likeliest - len(below) + 1
    if probability <= 0.5:
        for number, weight in enumerate(weights, first):
            added += weight
            if added >= probability * total:
                return number
    for number in range(len(weights) - 1, 0, -1):
        added += weights[number]
        if added > (1 - probability) * total:
            return first + number
    return first


@lru_cache(maxsize=1024)
def poisson_mean(quantile: int, probability: float) -> float:
    """The greatest mean of which :func:`poisson_quantile` is not above ``quantile``.

    Bisection down to neighbouring floats: the quantile never falls when the mean grows. It solves
    P(X ≤ quantile) = probability, thus the mean of a quantile of 0 is −ln(probability). Kept, since servers and
    plans ask for the same few, and one takes five milliseconds.
    """
    _check(quantile=quantile)
    _check_probability(probability=probability)
    # Above this mean the least probability that a float holds, 5e-324, has a greater quantile.
    high = quantile + 40.0 * sqrt(quantile) + 2000
    return _greatest(lambda mean: poisson_quantile(mean, probability) <= quantile, min(high, _LARGEST))


def erlang_c(servers: int, offered: float) -> float:
    """The probability that an arrival waits, in an M/M/c queue: 1 where ``offered`` ≥ ``servers``.

    ``offered`` is the load in Erlang, arrival rate × service time. C = 1 / (ρ + (1 − ρ) / B) with
    ρ = offered / servers and Erlang's loss formula B by its recursion 1/B(n) = 1 + n/offered × 1/B(n − 1).
    The recursion is unrolled from above, 1 + c/a + c(c − 1)/a² + …: only positive terms, and the sum ends
    where the rest no longer counts, some √c terms instead of c.

    Beyond :data:`LARGEST_EXACT_SERVERS` the square-root rule: the probability depends on (1 − ρ)√c alone,
    but for less than 1 % of it (probabilities above 1e-3). It keeps the time bounded.

    Source: Cooper, Introduction to Queueing Theory, 2nd ed., 1981, chapter 3; Halfin and Whitt, Operations
    Research 29 (1981). ValueError for less than one server.
    """
    _check_servers(servers)
    _check(offered=offered)
    capacity = float(servers)
    if offered >= capacity:
        return 1.0
    if offered == 0:
        return 0.0
    if servers <= LARGEST_EXACT_SERVERS:
        return _recursion(servers, offered)
    spare = (capacity - offered) / sqrt(capacity)
    scaled = LARGEST_EXACT_SERVERS - spare * sqrt(LARGEST_EXACT_SERVERS)
    return _recursion(LARGEST_EXACT_SERVERS, scaled) if scaled > 0 else 0.0


def _recursion(servers: int, offered: float) -> float:
    term = inverse_loss = 1.0
    for busy in range(servers, 0, -1):
        term *= busy / offered
        inverse_loss += term
        if (busy < offered and term < 1e-17 * inverse_loss) or inverse_loss == inf:
            break
    spare = (servers - offered) / servers
    return 1 / (1 - spare + spare * inverse_loss)


@dataclass(frozen=True, kw_only=True)
class Wait:
    """How long arrivals wait for a server, in the unit of the service time. None where the queue only grows."""

    probability: float
    """Of waiting at all."""
    mean: float | None
    """Over all arrivals, those that do not wait included."""
    utilisation: float
    """Busy servers / servers; above 1 where more arrives than the servers can do."""
    p50: float | None
    p95: float | None
    p99: float | None
    stable: bool


def wait(servers: int, rate: float, service: float, *, arrival_cv2: float = 1, service_cv2: float = 1) -> Wait:
    """The wait before service at ``servers`` servers with one queue, first come, first served.

    ``rate`` arrivals per unit of time; ``service`` is the mean service time in that unit; the ``cv2`` are
    squared coefficients of variation, 1 for Poisson arrivals and exponential times.

    With the load a = rate × service, the conditional mean w = service / (c − a) × (Ca² + Cs²) / 2 and C from
    :func:`erlang_c`: mean wait C × w, P(W > t) = C × exp(−t / w), percentile w × ln(C / (1 − p)), and 0 where
    C ≤ 1 − p. Exact for M/M/c; for one server with Poisson arrivals the mean is exact whatever the service.

    Otherwise an approximation, the better the busier the servers. Beside simulations of 1 to 20 servers that
    are 50 to 90 % busy, with lognormal service of a cv2 of 2 to 8: P99 is 5 to 45 % too low for one server and
    up to 30 % for two; from five servers on mean and percentiles are mostly too high, up to threefold where few
    wait; C is up to 9 % too low. Arrivals in bursts are worse: with an arrival_cv2 of 4, C is 5 to 90 % too low
    and so is the mean from five servers on. ``python -m benchmarks.waiting`` prints the errors.

    Source: Allen, Probability, Statistics and Queueing Theory, 2nd ed., 1990 (Allen and Cunneen).
    A wait that no float holds counts as not stable.
    """
    _check_servers(servers)
    _check(rate=rate, service=service, arrival_cv2=arrival_cv2, service_cv2=service_cv2)
    offered, capacity = rate * service, float(servers)
    if offered == 0:
        return Wait(probability=0.0, mean=0.0, utilisation=0.0, p50=0.0, p95=0.0, p99=0.0, stable=True)
    probability = erlang_c(servers, min(offered, _LARGEST))
    utilisation = min(offered / capacity, _LARGEST)
    if offered < capacity:
        conditional = service * (arrival_cv2 / 2 + service_cv2 / 2) / (capacity - offered)
        p50, p95, p99 = (conditional * _percentile(probability, tail) for tail in (0.5, 0.05, 0.01))
        if conditional < inf and p99 < inf:
            return Wait(
                probability=probability,
                mean=probability * conditional,
                utilisation=utilisation,
                p50=p50,
                p95=p95,
                p99=p99,
                stable=True,
            )
    return Wait(probability=probability, mean=None, utilisation=utilisation, p50=None, p95=None, p99=None, stable=False)


def _percentile(probability: float, tail: float) -> float:
    """The wait that ``tail`` of the arrivals exceed, in conditional means."""
    return log(probability / tail) if probability > tail else 0.0


def servers_for(rate: float, service: float, *, waiting: float) -> int:
    """The least number of servers, at least 1, at which at most the share ``waiting`` of the arrivals waits.

    ``rate`` per unit of time, ``service`` in that unit; :func:`erlang_c` ≤ ``waiting``, by doubling steps and
    bisection: more servers never make more wait. ValueError for a share that is not between 0 and 1, and for
    a load above 1e300.
    """
    _check(rate=rate, service=service)
    _check_probability(waiting=waiting)
    offered = rate * service
    if offered > 1e300:
        raise ValueError(f"rate × service must not be above 1e300, not {rate} × {service}")
    # As many servers as the load, rounded down, are too few, and so are none.
    few = int(offered)
    step = 1 + isqrt(few)
    while erlang_c(few + step, offered) > waiting:
        few, step = few + step, step * 2
    enough = few + step
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if erlang_c(middle, offered) <= waiting else (middle, enough)
    return enough


def critical_utilisation(
    servers: int,
    service: float,
    *,
    objective: float,
    quantile: float = 0.95,
    arrival_cv2: float = 1,
    service_cv2: float = 1,
) -> float:
    """The utilisation, from 0 to 1, at which the ``quantile`` of the wait reaches ``objective``.

    ``objective`` is in the unit of ``service``. The greatest utilisation at which the percentile of
    :func:`wait` is not above it, by bisection: the percentile never falls when the utilisation grows. 1 where
    no utilisation makes anybody wait: ``service`` or the variability is 0.
    """
    _check_servers(servers)
    _check(service=service, objective=objective, arrival_cv2=arrival_cv2, service_cv2=service_cv2)
    _check_probability(quantile=quantile)
    unit = service * (arrival_cv2 / 2 + service_cv2 / 2)
    if unit == 0:
        return 1.0
    allowed, capacity = objective / unit, float(servers)

    def within(utilisation: float) -> bool:
        offered = utilisation * capacity
        percentile = _percentile(erlang_c(servers, offered), 1 - quantile)
        return offered < capacity and percentile / (capacity - offered) <= allowed

    return _greatest(within, 1.0)


def lognormal_cv2(mean: float, p95: float) -> float | None:
    """The squared coefficient of variation of the lognormal time with this ``mean`` and 95th percentile.

    ln(p95 / mean) = zσ − σ²/2 with z = :data:`NORMAL_P95`, hence σ = z − √(z² − 2 ln(p95 / mean)), the lesser
    root, and cv² = exp(σ²) − 1. 0 where both are equal. None where nothing fits: above exp(z²/2) = 3.868 no
    lognormal has that ratio, and below 1 only one of which the cv² exceeds 50,000, which is not a call time.
    """
    _check(mean=mean, p95=p95)
    if p95 == mean:
        return 0.0
    if p95 < mean or mean == 0:
        return None
    root = NORMAL_P95**2 - 2 * (log(p95) - log(mean))
    if root < 0:
        return None
    # The difference of two near numbers, as a quotient: no digits are lost for a small cv².
    return expm1((2 * (log(p95) - log(mean)) / (NORMAL_P95 + sqrt(root))) ** 2)


def mixture_cv2(parts: Sequence[tuple[float, float, float]]) -> float:
    """The squared coefficient of variation of a mixture: ``(share, mean, cv2)`` for each kind of call.

    Shares count relative to their sum, and means have one unit. With M = Σ pᵢmᵢ:
    cv² = Σ pᵢ ((mᵢ/M)² cvᵢ² + (mᵢ/M − 1)²), the law of total variance; only positive terms. 0 where M is 0.
    The largest float where the result exceeds it.
    """
    for index, (share, mean, cv2) in enumerate(parts):
        _check(**{f"parts[{index}] share": share, f"parts[{index}] mean": mean, f"parts[{index}] cv2": cv2})
    # Relative to the largest: a sum of large numbers does not overflow, one of small ones does not vanish.
    most = max((share for share, _, _ in parts), default=0)
    longest = max((mean for share, mean, _ in parts if share > 0), default=0)
    if most == 0 or longest == 0:
        return 0.0
    total = sum(share / most for share, _, _ in parts)
    kinds = [(share / most / total, mean / longest, cv2) for share, mean, cv2 in parts if share > 0]
    whole = sum(share * mean for share, mean, _ in kinds)
    if whole == 0:
        return 0.0
    squared = 0.0
    for share, mean, cv2 in kinds:
        ratio = min(mean / whole, _LARGEST)
        squared += share * ratio * cv2 * ratio + share * (ratio - 1) * (ratio - 1)
    return min(squared, _LARGEST)


def rest_cv2(parts: Sequence[tuple[float, float, float]]) -> float:
    """The squared coefficient of variation of what is left of a call that an arrival finds running.

    ``parts`` as for :func:`mixture_cv2`; a kind of cv² 1 is taken as exponential, others as lognormal. With the moments
    mᵢ of the mixture the rest has the mean m₂/2m₁ and the second moment m₃/3m₁: 4 m₁m₃ / 3m₂² - 1. 1 where all calls
    are exponential, a third where all are alike, 5 where one in a hundred is forty times as long.

    Source: Cox, Renewal Theory, 1962, chapter 5. 1 where M is 0.
    """
    mixture_cv2(parts)
    longest = max((mean for share, mean, _ in parts if share > 0), default=0)
    if longest == 0:
        return 1.0
    kinds = [(share, mean / longest, cv2) for share, mean, cv2 in parts if share > 0]
    first = sum(share * mean for share, mean, _ in kinds)
    second = sum(share * mean * mean * (1 + cv2) for share, mean, cv2 in kinds)
    third = sum(
        share * mean * mean * mean * (6.0 if cv2 == 1 else (1 + cv2) * (1 + cv2) * (1 + cv2))
        for share, mean, cv2 in kinds
    )
    found = 4 * (first / second) * (third / second) / 3 - 1
    return found if found < _LARGEST else _LARGEST


def open_sessions(
    arrivals_per_hour: Sequence[float], mean_minutes: float, *, cv2: float | None = None
) -> tuple[float, ...]:
    """The expected number of open sessions at the start of each of the 1440 minutes of a day like every other.

    ``arrivals_per_hour`` has the 24 rates from midnight, each constant for its hour; sessions last
    ``mean_minutes`` on average, exponentially, or lognormally where ``cv2`` is given. Nobody waits: the queue
    Mt/G/∞, m(t) = ∫ λ(t − u) P(S > u) du over all u ≥ 0. The number at one time is Poisson with that mean.

    The integral over a lag is E min(S, u), in closed form for both distributions; for exponential lengths the
    days before are a geometric series. For lognormal ones the part of a session that is older than a day is
    linear within each hour, and older than a month it counts with the mean rate of the day.

    Source: Eick, Massey and Whitt, The physics of the Mt/G/∞ queue, Operations Research 41 (1993), theorem 1.
    """
    _check_hours(arrivals_per_hour)
    _check(mean_minutes=mean_minutes, cv2=0 if cv2 is None else cv2)
    if mean_minutes == 0:
        return (0.0,) * _DAY
    passed = _exponential_lags(mean_minutes) if cv2 is None else _lognormal_lags(mean_minutes, cv2)
    # What a session spends in this hour, in each of the 23 before it, and in this hour of the day before.
    edges = [[0.0, *passed[minute:_DAY:60], passed[_DAY]] for minute in range(60)]
    spent = [[max(0.0, late - early) for early, late in pairwise(row)] for row in edges]
    rates = [rate / 60 for rate in arrivals_per_hour]
    before = [[rates[hour - lag] for lag in range(24)] + [rates[hour]] for hour in range(24)]
    return tuple(min(sum(map(mul, back, lags)), _LARGEST) for back in before for lags in spent)


def peak_by_hour(
    arrivals_per_hour: Sequence[float], mean_minutes: float, *, cv2: float | None = None
) -> tuple[float, ...]:
    """The most of :func:`open_sessions` in each hour, from its first minute to the first of the next."""
    minutes = open_sessions(arrivals_per_hour, mean_minutes, cv2=cv2)
    return tuple(max(*minutes[60 * hour : 60 * hour + 60], minutes[(60 * hour + 60) % _DAY]) for hour in range(24))


def _exponential_lags(mean: float) -> list[float]:
    """The minutes that a session spends within so many minutes of its start, modulo days: 0, 1, … 1440."""
    return [mean * (expm1(-lag / mean) / expm1(-_DAY / mean)) for lag in range(_DAY + 1)]


def _lognormal_lags(mean: float, cv2: float) -> list[float]:
    sigma = sqrt(log1p(cv2))

    def spent(minutes: float) -> float:
        """E min(S, minutes)."""
        if minutes == 0 or sigma == 0:
            return min(minutes, mean)
        deviations = (log(minutes) - log(mean)) / sigma + sigma / 2
        return min(mean * _normal(deviations - sigma) + minutes * _normal(-deviations), mean)

    first = [spent(lag) for lag in range(_DAY + 1)]
    days = [[spent(_DAY * day + 60 * hour) for hour in range(25)] for day in range(1, _OLDER_DAYS + 1)]
    rest = mean - days[-1][-1]
    older = [sum(day[hour] - day[0] for day in days) + rest * hour / 24 for hour in range(25)]
    older.append(older[-1])
    return [
        now + older[lag // 60] + (older[lag // 60 + 1] - older[lag // 60]) * (lag % 60) / 60
        for lag, now in enumerate(first)
    ]


def _normal(deviations: float) -> float:
    """The distribution function of the standard normal."""
    return erfc(-deviations / sqrt(2)) / 2


def _greatest(holds: Callable[[float], bool], high: float) -> float:
    """The greatest float from 0 to ``high`` for which ``holds``: it holds for 0, and up to one number."""
    if holds(high):
        return high
    low = 0.0
    while low < (middle := low + (high - low) / 2) < high:
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _check(**arguments: float) -> None:
    for name, value in arguments.items():
        if not 0 <= value <= _LARGEST:
            raise ValueError(f"{name} must be finite and not negative, not {value}")


def _check_probability(**arguments: float) -> None:
    for name, value in arguments.items():
        if not 0 < value < 1:
            raise ValueError(f"{name} must be between 0 and 1, not {value}")


def _check_servers(servers: int) -> None:
    if not 1 <= servers <= _LARGEST:
        raise ValueError(f"servers must be a finite number and at least 1, not {servers}")


def _check_hours(arrivals_per_hour: Sequence[float]) -> None:
    if len(arrivals_per_hour) != 24:
        raise ValueError(f"arrivals_per_hour must have 24 rates, not {len(arrivals_per_hour)}")
    _check(**{f"arrivals_per_hour[{hour}]": rate for hour, rate in enumerate(arrivals_per_hour)})
