"""Queueing theory against values worked by hand, exact fractions, plain integration, and what holds always."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from math import exp, fsum, inf, isfinite, lgamma, log, nan, nextafter, sqrt
from statistics import NormalDist

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.planning.queueing import (
    LARGEST_EXACT_MEAN,
    LARGEST_EXACT_SERVERS,
    NORMAL_P95,
    critical_utilisation,
    erlang_c,
    lognormal_cv2,
    mixture_cv2,
    open_sessions,
    peak_by_hour,
    poisson_mean,
    poisson_quantile,
    rest_cv2,
    servers_for,
    wait,
)
from tests.sizes import examples
from tests.table import table
from tests.work import executed_lines

EXAMPLES = examples(100)
FEWER = examples(40)
LARGEST = 1.7976931348623157e308
anything = st.floats(0, LARGEST)
shares = st.floats(1e-9, 1 - 1e-9)
any_share = st.floats(0, 1, exclude_min=True, exclude_max=True)
any_servers = st.integers(1, 50) | st.integers(1, 10**9) | st.integers(1, 10**308)
kinds = st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.01, 1e3), st.floats(0, 50)), min_size=1)
OFFICE = (0, 0, 0, 0, 0, 0, 0, 4, 20, 60, 80, 60, 40, 60, 80, 60, 30, 10, 4, 2, 0, 0, 0, 0)


def only(hour: int, rate: float) -> list[float]:
    return [rate if one == hour else 0.0 for one in range(24)]


# Poisson


@pytest.mark.parametrize(
    ("mean", "probability", "quantile"),
    [
        # e⁻¹ = 0.36788, then 0.73576, 0.91970, 0.98101
        (1, 0.3678, 0),
        (1, 0.3679, 1),
        (1, 0.9196, 2),
        (1, 0.9198, 3),
        (1, 0.95, 3),
        # Tables: P(X ≤ 14 | 10) = 0.9165, 15: 0.9513, 17: 0.9857, 18: 0.9928
        (10, 0.95, 15),
        (10, 0.99, 18),
        (0, 0.999, 0),
        # 1 − e⁻ᵐ = m beyond 0, and m² / 2 beyond 1
        (1e-9, 1 - 2e-9, 0),
        (1e-9, 1 - 0.5e-9, 1),
    ],
)
def test_poisson_quantile(mean: float, probability: float, quantile: int) -> None:
    assert poisson_quantile(mean, probability) == quantile


def summed(mean: float, number: int) -> float:
    """P(X ≤ number), each term by its logarithm."""
    return fsum(exp(one * log(mean) - mean - lgamma(one + 1)) for one in range(number + 1))


@EXAMPLES
@given(st.floats(0.001, 500), st.floats(1e-6, 1 - 1e-6))
def test_the_quantile_is_the_least_number_with_the_probability(mean: float, probability: float) -> None:
    quantile = poisson_quantile(mean, probability)
    assert summed(mean, quantile) >= probability - 1e-11
    assert quantile == 0 or summed(mean, quantile - 1) < probability + 1e-11


@pytest.mark.parametrize("mean", [0.01, 0.7, 3, 20.5, 60])
def test_the_quantile_steps_at_the_sum(mean: float) -> None:
    for number in range(int(mean + 4 * sqrt(mean)) + 1):
        step = summed(mean, number)
        assert poisson_quantile(mean, step * (1 - 1e-11)) == number
        assert poisson_quantile(mean, step * (1 + 1e-11)) == number + 1


@pytest.mark.grid
@pytest.mark.parametrize("mean", [10_001, 30_000.5, 100_000])
@pytest.mark.parametrize("probability", [1e-6, 0.01, 0.5, 0.95, 0.99, 1 - 1e-6])
def test_the_expansion_for_a_large_mean(mean: float, probability: float) -> None:
    quantile = poisson_quantile(mean, probability)
    assert summed(mean, quantile) >= probability > summed(mean, quantile - 1)


@pytest.mark.parametrize(
    ("quantile", "probability", "mean"),
    [
        (0, 0.95, -log(0.95)),
        (0, 0.5, log(2)),
        # Half of the chi-square quantile of 0.05 with 2 (n + 1) degrees: 2.7326 with 8, 12.338 with 22
        (3, 0.95, 1.3663),
        (10, 0.95, 6.1690),
    ],
)
def test_poisson_mean(quantile: int, probability: float, mean: float) -> None:
    assert poisson_mean(quantile, probability) == pytest.approx(mean, rel=1e-4)


@EXAMPLES
@given(st.integers(0, 2000) | st.integers(9_000, 1_000_000), shares)
def test_the_mean_is_the_greatest_of_that_quantile(quantile: int, probability: float) -> None:
    mean = poisson_mean(quantile, probability)
    assert poisson_quantile(mean, probability) <= quantile
    assert poisson_quantile(nextafter(mean, inf), probability) > quantile


@EXAMPLES
@given(st.floats(0, 2 * LARGEST_EXACT_MEAN), st.floats(0, 100), shares, shares)
def test_the_quantile_grows_with_mean_and_probability(mean: float, more: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert poisson_quantile(mean, low) <= poisson_quantile(mean + more, low)
    assert poisson_quantile(mean, low) <= poisson_quantile(mean, high)


# Erlang C and the wait


@pytest.mark.parametrize(
    ("servers", "probability", "mean"),
    [(9, 0.6533, 0.6533), (10, 0.4092, 0.2046), (12, 0.1398, 0.0350), (16, 0.0090, 0.0011)],
)
def test_a_load_of_8(servers: int, probability: float, mean: float) -> None:
    assert erlang_c(servers, 8) == pytest.approx(probability, abs=5e-5)
    result = wait(servers, 8, 1)
    assert (result.probability, result.mean) == (
        pytest.approx(probability, abs=5e-5),
        pytest.approx(mean, abs=5e-5),
    )


@pytest.mark.parametrize(
    ("servers", "offered", "probability"),
    [(1, 0.3, 0.3), (2, 1, 1 / 3), (2, 1.5, 9 / 14), (3, 2, 4 / 9), (4, 4, 1), (4, 4.2, 1), (4, 1e300, 1), (7, 0, 0)],
)
def test_erlang_c_by_hand(servers: int, offered: float, probability: float) -> None:
    # 2 servers, load 1: 1/2 × 2 = 1 beside 1 + 1; 3 servers, load 2: 8/6 × 3 = 4 beside 1 + 2 + 2
    assert erlang_c(servers, offered) == pytest.approx(probability, rel=1e-14)


@EXAMPLES
@given(st.integers(1, 120), st.floats(1e-3, 1, exclude_max=True))
def test_erlang_c_against_the_recursion_in_fractions(servers: int, utilisation: float) -> None:
    offered = utilisation * servers
    assume(offered < servers)
    load, inverse = Fraction(offered), Fraction(1)
    for busy in range(1, servers + 1):
        inverse = 1 + inverse * busy / load
    expected = 1 / (load / servers + (1 - load / servers) * inverse)
    assert erlang_c(servers, offered) == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("spare", [0.1, 1, 2, 3])
def test_the_square_root_rule_of_more_than_a_million_servers(spare: float) -> None:
    servers = 2 * LARGEST_EXACT_SERVERS
    offered = servers - spare * sqrt(servers)
    inverse = 1.0
    for busy in range(int(offered) - 50_000, servers + 1):
        inverse = 1 + inverse * busy / offered
    expected = 1 / (offered / servers + (1 - offered / servers) * inverse)
    assert erlang_c(servers, offered) == pytest.approx(expected, rel=0.01)
    assert erlang_c(LARGEST_EXACT_SERVERS + 1, LARGEST_EXACT_SERVERS - 1e3 * spare) == pytest.approx(
        erlang_c(LARGEST_EXACT_SERVERS, LARGEST_EXACT_SERVERS - 1e3 * spare), rel=0.01
    )


@EXAMPLES
@given(st.integers(1, 3000), st.floats(0, 3000), st.floats(0, 10))
def test_more_servers_never_make_more_wait_and_more_load_never_less(servers: int, load: float, more: float) -> None:
    slack = 1 + 1e-12
    assert erlang_c(servers + 1, load) <= erlang_c(servers, load) * slack
    assert erlang_c(servers, load) <= erlang_c(servers, load + more) * slack
    before, after = wait(servers, load, 1), wait(servers + 1, load, 1)
    if before.mean is not None and before.p99 is not None:
        assert after.mean is not None
        assert after.p99 is not None
        assert after.mean <= before.mean * slack
        assert after.p99 <= before.p99 * slack


def test_wait_for_one_server() -> None:
    # Load 1/2: half of the arrivals wait, and those wait 2 on average; P(W > t) = e^(−t/2) / 2
    result = wait(1, 0.5, 1)
    assert asdict(result) == pytest.approx(
        {
            "probability": 0.5,
            "mean": 1,
            "utilisation": 0.5,
            "p50": 0,
            "p95": 2 * log(10),
            "p99": 2 * log(50),
            "stable": True,
        }
    )
    # Pollaczek–Khinchine: λE[S²] / (2 (1 − ρ)) with E[S²] = 1 and 5
    assert wait(1, 0.5, 1, service_cv2=0).mean == pytest.approx(0.5)
    assert wait(1, 0.5, 1, service_cv2=4).mean == pytest.approx(2.5)
    assert wait(1, 0.5, 1, arrival_cv2=3, service_cv2=4).mean == pytest.approx(3.5)


def test_percentiles_of_ten_servers() -> None:
    # Load 8 of 10: conditional mean 1/2, corrected (1 + 4) / 2 times
    plain, heavy = wait(10, 80, 0.1), wait(10, 80, 0.1, service_cv2=4)
    assert plain.p50 == heavy.p50 == 0
    assert plain.p95 == pytest.approx(0.05 * log(0.40918 / 0.05), rel=1e-4)
    assert plain.p99 == pytest.approx(0.05 * log(0.40918 / 0.01), rel=1e-4)
    assert (heavy.mean, heavy.p95, heavy.p99) == tuple(
        pytest.approx(2.5 * one) for one in (plain.mean, plain.p95, plain.p99) if one is not None
    )


@pytest.mark.parametrize(("rate", "utilisation"), [(10, 1), (13, 1.3), (1e308, LARGEST)])
def test_too_much_load_has_no_wait(rate: float, utilisation: float) -> None:
    result = wait(10, rate, 1 if rate < 100 else 1e308)
    assert (result.stable, result.probability, result.utilisation) == (False, 1, pytest.approx(utilisation))
    assert result.mean is result.p50 is result.p95 is result.p99 is None


def test_no_load_has_no_wait() -> None:
    for result in (wait(3, 0, 5), wait(3, 5, 0)):
        assert set(asdict(result).values()) == {0, True}
        assert result.stable


@EXAMPLES
@given(st.integers(1, 100), st.floats(0.01, 0.99), st.floats(0, 20), st.floats(0, 20))
def test_percentiles_are_ordered_and_the_unit_does_not_matter(
    servers: int, utilisation: float, arrivals: float, service: float
) -> None:
    seconds = wait(servers, servers * utilisation / 0.25, 0.25, arrival_cv2=arrivals, service_cv2=service)
    milliseconds = wait(servers, servers * utilisation / 250, 250, arrival_cv2=arrivals, service_cv2=service)
    assert seconds.stable
    assert 0 <= (seconds.p50 or 0) <= (seconds.p95 or 0) <= (seconds.p99 or 0)
    for name in ("mean", "p50", "p95", "p99"):
        assert getattr(milliseconds, name) == pytest.approx(1000 * getattr(seconds, name), rel=1e-9, abs=1e-9)
    assert (milliseconds.probability, milliseconds.utilisation) == pytest.approx(
        (seconds.probability, seconds.utilisation)
    )


# Inverses of the wait


def test_servers_for_a_load_of_8() -> None:
    assert servers_for(8, 1, waiting=0.14) == 12
    assert servers_for(8000, 0.001, waiting=0.05) == 14
    assert servers_for(0, 1, waiting=0.05) == 1
    # One server waits as often as it is busy.
    assert (servers_for(0.05, 1, waiting=0.05), servers_for(0.0501, 1, waiting=0.05)) == (1, 2)


@EXAMPLES
@given(st.floats(0, 5000), any_share)
@example(1e9, 0.05)
@example(1e300, 0.05)
def test_servers_for_is_the_least_number(load: float, waiting: float) -> None:
    servers = servers_for(load, 1, waiting=waiting)
    assert erlang_c(servers, load) <= waiting
    assert servers == 1 or erlang_c(servers - 1, load) > waiting


def test_critical_utilisation_of_one_server() -> None:
    # ρ = 1/2 has P95 = 2 ln 10 service times, and nobody of 95 % waits up to ρ = 1/20.
    assert critical_utilisation(1, 3, objective=6 * log(10)) == pytest.approx(0.5)
    assert critical_utilisation(1, 3, objective=6 * log(50), quantile=0.99) == pytest.approx(0.5)
    assert critical_utilisation(1, 3, objective=15 * log(10), service_cv2=4) == pytest.approx(0.5)
    assert critical_utilisation(1, 3, objective=0) == pytest.approx(0.05)
    assert critical_utilisation(1, 1, objective=LARGEST) == pytest.approx(1)
    assert critical_utilisation(1, 0, objective=0) == 1
    assert critical_utilisation(3, 1, objective=0, arrival_cv2=0, service_cv2=0) == 1


@EXAMPLES
@given(st.integers(1, 200), st.floats(0.001, 1000), st.floats(0.001, 10), st.floats(0, 20))
def test_critical_utilisation_inverts_p95(servers: int, service: float, times: float, cv2: float) -> None:
    objective = times * service
    utilisation = critical_utilisation(servers, service, objective=objective, service_cv2=cv2)
    assert 0 < utilisation < 1
    result = wait(servers, utilisation * servers / service, service, service_cv2=cv2)
    assert result.p95 == pytest.approx(objective, rel=1e-6)


@EXAMPLES
@given(st.integers(1, 200), st.floats(0, 10), st.floats(0, 10))
def test_critical_utilisation_grows_with_servers_and_objective(servers: int, objective: float, more: float) -> None:
    utilisation = critical_utilisation(servers, 1, objective=objective)
    slack = 1 + 1e-9
    assert utilisation <= critical_utilisation(servers + 1, 1, objective=objective) * slack
    assert utilisation <= critical_utilisation(servers, 1, objective=objective + more) * slack


# Variability


def test_p95_of_the_normal_distribution() -> None:
    assert NormalDist().cdf(NORMAL_P95) == pytest.approx(0.95, abs=1e-15)


def test_lognormal_cv2_by_hand() -> None:
    # σ = 1: P95 / mean = e^(1.6449 − 1/2) = 3.1418, cv² = e − 1
    assert lognormal_cv2(200, 200 * exp(NORMAL_P95 - 0.5)) == pytest.approx(exp(1) - 1)
    assert lognormal_cv2(7, 7) == lognormal_cv2(0, 0) == 0
    # At σ = z the ratio is the greatest, e^(z²/2) = 3.868.
    assert lognormal_cv2(1, 3.868) == pytest.approx(exp(NORMAL_P95**2) - 1, rel=0.05)
    assert lognormal_cv2(1, 3.869) is lognormal_cv2(1, LARGEST) is lognormal_cv2(0, 1) is None
    assert lognormal_cv2(1, 0.99) is lognormal_cv2(1, 0) is None


@EXAMPLES
@given(st.floats(1e-3, 1e6), st.floats(1e-4, NORMAL_P95 - 1e-4))
def test_lognormal_cv2_inverts_p95(mean: float, sigma: float) -> None:
    p95 = exp(log(mean) - sigma**2 / 2 + sigma * NORMAL_P95)
    assert lognormal_cv2(mean, p95) == pytest.approx(exp(sigma**2) - 1, rel=1e-4)


def test_mixture_cv2_by_hand() -> None:
    # 1 and 3 evenly: mean 2, variance 1. Exponential: E[S²] = 1 + 9 = 10, 10/4 − 1.
    assert mixture_cv2([(1, 1, 0), (1, 3, 0)]) == pytest.approx(0.25)
    assert mixture_cv2([(0.5, 1, 1), (0.5, 3, 1)]) == pytest.approx(1.5)
    assert mixture_cv2([(70, 0.05, 0.5), (0, 9, 9)]) == pytest.approx(0.5)
    # 99 % of 0.1 s and 1 % of 30 s: mean 0.399, E[S²] = 9.0099
    assert mixture_cv2([(0.99, 100, 0), (0.01, 30_000, 0)]) == pytest.approx(9.0099 / 0.399**2 - 1)
    assert isfinite(mixture_cv2([(1, 1e-320, 0), (5e-324, 1, 0)]) or nan)
    assert mixture_cv2([]) == mixture_cv2([(0, 1, 1)]) == mixture_cv2([(1, 0, 5)]) == 0


def test_what_is_left_of_a_call_by_hand() -> None:
    assert rest_cv2([(1, 7, 1), (2, 7, 1)]) == pytest.approx(1)
    # Evenly between 0 and its length: a variance of a twelfth, a squared mean of a quarter.
    assert rest_cv2([(1, 7, 0)]) == pytest.approx(1 / 3)
    # m₁ = 0.0695, m₂ = 0.084950, m₃ = 0.48074 for 99 % of 50 ms and 1 % of 2 s, each exponential
    assert rest_cv2([(99, 50, 1), (1, 2000, 1)]) == pytest.approx(4 * 0.0695 * 0.4807425 / (3 * 0.08495**2) - 1)
    assert rest_cv2([]) == rest_cv2([(1, 0, 5)]) == 1


@EXAMPLES
@given(kinds)
def test_what_is_left_of_a_call_is_finite(parts: list[tuple[float, float, float]]) -> None:
    assert isfinite(rest_cv2(parts))


@EXAMPLES
@given(kinds, st.floats(0.01, 100))
def test_mixture_cv2_is_that_of_its_moments(parts: list[tuple[float, float, float]], factor: float) -> None:
    total = sum(share for share, _, _ in parts)
    mean = sum(share * one for share, one, _ in parts) / total
    second = sum(share * one**2 * (1 + cv2) for share, one, cv2 in parts) / total
    assert mixture_cv2(parts) == pytest.approx(second / mean**2 - 1, rel=1e-9, abs=1e-9)
    assert mixture_cv2([(share * 7, one * factor, cv2) for share, one, cv2 in parts]) == pytest.approx(
        mixture_cv2(parts), rel=1e-9, abs=1e-9
    )


# Open sessions


@EXAMPLES
@given(st.floats(0, 1e4), st.floats(0, 5e4), st.none() | st.floats(0, 50))
def test_an_even_day_is_littles_law(rate: float, minutes: float, cv2: float | None) -> None:
    sessions = open_sessions([rate] * 24, minutes, cv2=cv2)
    assert (min(sessions), max(sessions)) == pytest.approx((rate * minutes / 60,) * 2, rel=1e-9, abs=1e-12)


def test_one_busy_hour() -> None:
    # One a minute from 9 to 10, 20 minutes each: 20 (1 − e⁻³) at 10, and e⁻³ of it an hour later
    sessions = open_sessions(only(9, 60), 20)
    assert len(sessions) == 1440
    assert sessions[540] == pytest.approx(0, abs=1e-12)
    assert sessions[550] == pytest.approx(20 * (1 - exp(-0.5)))
    assert sessions[600] == pytest.approx(20 * (1 - exp(-3)))
    assert sessions[660] == pytest.approx(20 * (1 - exp(-3)) * exp(-3))
    peaks = peak_by_hour(only(9, 60), 20)
    assert (peaks[9], peaks[10], peaks[11]) == (sessions[600], sessions[600], sessions[660])


def test_one_busy_hour_of_sessions_of_the_same_length() -> None:
    sessions = open_sessions(only(9, 60), 30, cv2=0)
    assert [sessions[minute] for minute in (540, 550, 570, 600, 615, 630, 700)] == pytest.approx(
        [0, 10, 30, 30, 15, 0, 0]
    )
    # Across midnight, and for a day and a half: what starts today is open with what started yesterday.
    late = open_sessions(only(23, 60), 30, cv2=0)
    assert (late[0], late[15], late[30]) == pytest.approx((30, 15, 0))
    long = open_sessions(only(0, 60), 2160, cv2=0)
    assert (long[60], long[710], long[780], long[1439]) == pytest.approx((120, 120, 60, 60))


def test_peaks_reach_to_the_end_of_the_hour() -> None:
    minutes = open_sessions(OFFICE, 45, cv2=2)
    peaks = peak_by_hour(OFFICE, 45, cv2=2)
    assert peaks == tuple(max([*minutes, minutes[0]][60 * hour : 60 * hour + 61]) for hour in range(24))
    assert max(peaks) == max(minutes) == minutes[900]


def folded(survival: Callable[[float], float], days: int) -> list[float]:
    """∑ P(S > u + days) at the midpoint of every minute u of a day."""
    return [fsum(survival(lag + 0.5 + 1440 * day) for day in range(days)) for lag in range(1440)]


@pytest.mark.grid
@pytest.mark.parametrize(("mean", "cv2"), [(20, None), (20, 4), (300, 1), (1440, None), (1440, 0.05), (1440, 3)])
def test_open_sessions_against_integration(mean: float, cv2: float | None) -> None:
    def survival(lag: float) -> float:
        if cv2 is None:
            return exp(-lag / mean)
        sigma = sqrt(log(1 + cv2))
        return 1 - NormalDist(log(mean) - sigma**2 / 2, sigma).cdf(log(lag))

    # Lognormal sessions of more than four months are left out: less than 1e-5 of the mean.
    lags = folded(survival, 120)
    sessions = open_sessions(OFFICE, mean, cv2=cv2)
    for minute in (0, 485, 660, 1021):
        integral = fsum(OFFICE[(minute - lag - 1) // 60 % 24] / 60 * open_ for lag, open_ in enumerate(lags))
        assert sessions[minute] == pytest.approx(integral, rel=1e-3, abs=1e-3)


@pytest.mark.grid
@FEWER
@given(st.lists(st.floats(0, 1e3), min_size=24, max_size=24), st.floats(0.1, 1e4), st.none() | st.floats(0, 20))
def test_every_session_is_counted_for_its_length_and_the_day_repeats(
    rates: list[float], minutes: float, cv2: float | None
) -> None:
    sessions = open_sessions(rates, minutes, cv2=cv2)
    assert min(sessions) >= 0
    assert fsum(sessions) / 1440 == pytest.approx(fsum(rates) / 24 * minutes / 60, rel=1e-9, abs=1e-9)
    later = open_sessions(rates[-1:] + rates[:-1], minutes, cv2=cv2)
    assert later[60:] + later[:60] == pytest.approx(sessions, rel=1e-9, abs=1e-9)


# Whatever comes in


@pytest.mark.grid
@FEWER
@given(anything, anything, anything, anything, any_share, any_servers)
@example(1e20, 1.0, 1.0, 0.0, 0.95, 10**20 + 1)
@example(1e308, 1e-308, 1.0, LARGEST, 0.5, 2)
@example(5e-324, 5e-324, 5e-324, 5e-324, 5e-324, 1)
@example(1.0, LARGEST, LARGEST, 5e-324, 1 - 2**-53, 10**9)
def test_every_result_is_finite(a: float, b: float, c: float, d: float, share: float, servers: int) -> None:
    results: list[float | None] = [
        erlang_c(servers, a),
        poisson_quantile(a, share),
        poisson_mean(servers, share),
        *asdict(wait(servers, a, b, arrival_cv2=c, service_cv2=d)).values(),
        critical_utilisation(servers, a, objective=b, quantile=share, arrival_cv2=c, service_cv2=d),
        lognormal_cv2(a, b),
        mixture_cv2([(a, b, c), (d, a, b), (c, d, 0)]),
        *open_sessions([a, b, c, d, 0, 1] * 4, a),
        *peak_by_hour([a, b, c, d, 0, 1] * 4, b, cv2=c),
    ]
    if a * b <= 1e300:
        results.append(servers_for(a, b, waiting=share))
    for result in results:
        # Integers may be beyond the floats: a quantile of the largest mean.
        assert result is None or isinstance(result, int) or (isfinite(result) and result >= 0)


@pytest.mark.grid
@pytest.mark.parametrize(
    ("limit", "call"),
    [
        (300_000, lambda: erlang_c(10**6, 10**6 - 1000)),
        (300_000, lambda: erlang_c(10**6, 970_000)),
        (300_000, lambda: erlang_c(10**6, 999_999.999)),
        (300_000, lambda: erlang_c(10**9, 10**9 - 10_000)),
        (10_000, lambda: poisson_quantile(10_000, 0.95)),
        (10_000, lambda: poisson_quantile(1e9, 0.95)),
        (50_000, lambda: open_sessions(OFFICE, 20)),
        (50_000, lambda: open_sessions(OFFICE, 20, cv2=3)),
        (500_000, lambda: poisson_mean(9_900, 0.95)),
        (500_000, lambda: poisson_mean(10**6, 0.95)),
        (1_000_000, lambda: servers_for(1e6, 1, waiting=0.05)),
        (1_000_000, lambda: servers_for(1e9, 1, waiting=0.05)),
        (3_000_000, lambda: critical_utilisation(10**6, 1, objective=0.001)),
    ],
)
def test_the_work_is_bounded(limit: int, call: Callable[[], object]) -> None:
    assert executed_lines(call) < limit


@table("wrong", [-1, -1e-300, nan, inf])
@table(
    "name, call",
    [
        ("mean", lambda x: poisson_quantile(x, 0.5)),
        ("quantile", lambda x: poisson_mean(x, 0.5)),
        ("probability", lambda x: poisson_quantile(1, x)),
        ("probability", lambda x: poisson_mean(1, x)),
        ("servers", lambda x: erlang_c(x, 1)),
        ("offered", lambda x: erlang_c(1, x)),
        ("servers", lambda x: wait(x, 1, 1)),
        ("rate", lambda x: wait(1, x, 1)),
        ("service", lambda x: wait(1, 1, x)),
        ("arrival_cv2", lambda x: wait(1, 1, 1, arrival_cv2=x)),
        ("service_cv2", lambda x: wait(1, 1, 1, service_cv2=x)),
        ("rate", lambda x: servers_for(x, 1, waiting=0.5)),
        ("service", lambda x: servers_for(1, x, waiting=0.5)),
        ("waiting", lambda x: servers_for(1, 1, waiting=x)),
        ("servers", lambda x: critical_utilisation(x, 1, objective=1)),
        ("service", lambda x: critical_utilisation(1, x, objective=1)),
        ("objective", lambda x: critical_utilisation(1, 1, objective=x)),
        ("quantile", lambda x: critical_utilisation(1, 1, objective=1, quantile=x)),
        ("arrival_cv2", lambda x: critical_utilisation(1, 1, objective=1, arrival_cv2=x)),
        ("service_cv2", lambda x: critical_utilisation(1, 1, objective=1, service_cv2=x)),
        ("mean", lambda x: lognormal_cv2(x, 1)),
        ("p95", lambda x: lognormal_cv2(1, x)),
        (r"parts\[1\] share", lambda x: mixture_cv2([(1, 1, 1), (x, 1, 1)])),
        (r"parts\[1\] mean", lambda x: mixture_cv2([(1, 1, 1), (1, x, 1)])),
        (r"parts\[0\] cv2", lambda x: mixture_cv2([(1, 1, x)])),
        (r"arrivals_per_hour\[3\]", lambda x: open_sessions(only(3, x), 1)),
        ("mean_minutes", lambda x: open_sessions(OFFICE, x)),
        ("cv2", lambda x: peak_by_hour(OFFICE, 1, cv2=x)),
    ],
)
def test_a_wrong_argument_is_named(name: str, call: Callable[[float], object], wrong: float) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be .*, not {wrong}$"):
        call(wrong)


def test_other_limits_of_the_arguments() -> None:
    assert poisson_mean(int(LARGEST), 0.5) == LARGEST
    with pytest.raises(ValueError, match=r"^servers must be a finite number and at least 1, not 0$"):
        erlang_c(0, 0)
    with pytest.raises(ValueError, match=r"^servers must be"):
        wait(10**400, 1, 1)
    with pytest.raises(ValueError, match=r"^quantile must be finite"):
        poisson_mean(10**400, 0.5)
    for share in (0, 1):
        with pytest.raises(ValueError, match=r"^probability must be between 0 and 1, not"):
            poisson_quantile(1, share)
    with pytest.raises(ValueError, match=r"^rate × service must not be above 1e300, not 1e\+200 × 1e\+200$"):
        servers_for(1e200, 1e200, waiting=0.5)
    with pytest.raises(ValueError, match=r"^arrivals_per_hour must have 24 rates, not 23$"):
        open_sessions(OFFICE[1:], 20)
