"""Waits of a pod whose clients are few: against the exact birth and death process, and against a pod of many."""

from __future__ import annotations

import math
from heapq import heappop, heappush
from itertools import pairwise
from random import Random

import pytest

from pulumi_kubernetes_mcp.planning.queueing import mixture_cv2, rest_cv2, wait
from pulumi_kubernetes_mcp.simulation.several import eased
from pulumi_kubernetes_mcp.simulation.waits import LEVELS, MANY, Stop, Waits

SERVICE, SECONDS = 0.1, 1.0


def waits(servers: int = 2, calls: float = 0.25, *, sticky: bool = True, cv2: float = 1.0) -> Waits:
    return Waits(
        [Stop(servers=servers, service=SERVICE, cv2=cv2)],
        objective=1.0,
        calls_per_session=calls,
        call_seconds=SECONDS,
        sticky=sticky,
    )


def exact_late(servers: int, clients: int, calls: float, seconds: float) -> tuple[float, float]:
    """M/M/c with so many clients: part of the arrivals that waits longer, and the mean number that waits.

    Each client is away for the rest of its cycle; an arrival sees the others (arrival theorem). Who finds n calls
    waits for n - c + 1 of them to end: an Erlang time.
    """
    away = 1 / calls - SERVICE

    def states(sources: int) -> list[float]:
        weights = [1.0]
        for n in range(1, sources + 1):
            weights.append(weights[-1] * (sources - n + 1) / away * SERVICE / min(n, servers))
        total = math.fsum(weights)
        return [weight / total for weight in weights]

    def beyond(steps: int) -> float:
        rate = servers / SERVICE * seconds
        return math.fsum(math.exp(-rate + n * math.log(rate) - math.lgamma(n + 1)) for n in range(steps))

    late = math.fsum(p * beyond(n - servers + 1) for n, p in enumerate(states(clients - 1)) if n >= servers)
    queue = math.fsum(p * max(0, n - servers) for n, p in enumerate(states(clients)))
    return late, queue


@pytest.mark.parametrize("clients", [48, 64, 72, 80, 88, 104, 120])
def test_one_pod_alone_is_the_exact_process(clients: int) -> None:
    """80 clients with a call every 4 s each are what two servers of 100 ms can do."""
    late, queue = exact_late(2, clients, 0.25, 1.0)
    entry = waits().entry(clients / 80, 1)
    assert entry.late == pytest.approx(late, abs=0.015, rel=0.05)
    assert entry.queue == pytest.approx(queue, abs=0.05, rel=0.06)


@pytest.mark.parametrize("utilisation", [0.3, 0.5, 0.7])
def test_one_of_many_pods_below_its_capacity_is_the_plan_s_formula(utilisation: float) -> None:
    """While hardly anybody waits it makes no difference that clients who wait call less often."""
    plan = wait(2, utilisation * 20, SERVICE)
    entry = waits(calls=0.001, sticky=False).entry(utilisation, MANY)
    assert entry.p95 == pytest.approx(plan.p95, rel=0.01)


@pytest.mark.parametrize("utilisation", [1.5, 2.0, 2.9])
def test_beyond_the_capacity_clients_wait_so_long_that_they_call_no_faster(utilisation: float) -> None:
    """Clients x capacity / cycle: 120 clients of which 20 calls a second are served come every 6 s instead of 4."""
    for sticky, pods in ((True, 1), (False, MANY)):
        entry = waits(sticky=sticky).entry(utilisation, pods)
        assert entry.queue / 20 == pytest.approx((utilisation - 1) * 4, rel=0.1)
        assert entry.late > 0.2


def test_pods_with_unequal_sessions_wait_longer_than_one_alone() -> None:
    for utilisation in (0.7, 0.8, 0.9):
        alone, few, many = (waits().entry(utilisation, pods) for pods in (1, 2, MANY))
        assert alone.p95 < few.p95 < many.p95


@pytest.mark.grid
@pytest.mark.parametrize("sticky", [True, False])
@pytest.mark.parametrize("pods", [1, 3, MANY])
def test_waits_grow_with_the_load(sticky: bool, pods: int) -> None:
    entries = [waits(sticky=sticky).entry(step / 50, pods) for step in range(50 * 3)]
    for one, other in pairwise(entries):
        assert one.late <= other.late + 1e-3
        assert one.p95 <= other.p95 + 0.01
        assert one.queue <= other.queue + 0.01


def test_uneven_service_makes_calls_wait_longer_and_a_full_pod_no_fuller() -> None:
    assert waits(cv2=4).entry(0.8, 1).p95 > 1.5 * waits(cv2=1).entry(0.8, 1).p95
    assert waits(cv2=4).entry(2.5, 1).queue == pytest.approx(waits(cv2=1).entry(2.5, 1).queue, rel=0.01)


@pytest.mark.parametrize("pods", [1, 3, MANY])
@pytest.mark.parametrize("cv2", [8.0, 146.0])
def test_more_clients_of_uneven_calls_begin_no_fewer(cv2: float, pods: int) -> None:
    """A call in a hundred of 30 s among those of 50 ms: nobody waits for more clients than there are."""
    for sticky in (True, False):
        table = waits(cv2=cv2, sticky=sticky).table(pods)
        for place in range(0, len(LEVELS), 5):
            table.entry(place)
        rates, queues = table.rates[::5], table.queues[::5]
        assert all(one <= other + 1e-6 for one, other in pairwise(rates))
        assert all(one <= other + 1e-6 for one, other in pairwise(queues))


def test_the_narrowest_stop_is_the_capacity() -> None:
    cpu, pool = Stop(servers=2, service=0.1), Stop(servers=5, service=0.5, asking=0.5)
    found = Waits([cpu, pool], objective=1.0, calls_per_session=0.25, call_seconds=1.0, sticky=False)
    assert (cpu.capacity, pool.capacity, found.capacity) == (20, 20, 20)
    same = Waits([cpu, pool], objective=1.0, calls_per_session=0.25, call_seconds=1.0, sticky=False)
    assert repr(found) == repr(same)
    wider = Waits([cpu], objective=1.0, calls_per_session=0.25, call_seconds=1.0, sticky=False)
    assert found.entry(0.8, MANY).p95 > wider.entry(0.8, MANY).p95


def test_without_anything_to_queue_for_nobody_waits() -> None:
    nothing = Waits([], objective=1.0, calls_per_session=0.25, call_seconds=1.0, sticky=False)
    assert nothing.entry(0.9, 1).p95 == nothing.entry(0.9, MANY).late == 0


def waited(servers: int, rate: float, kinds: tuple[float, float, float], calls: int) -> float:
    """The mean wait of those who wait, call by call: each takes the server that is free first."""
    random, (rare, short, long) = Random(5), kinds
    free, now, waits, late = [0.0] * servers, 0.0, 0.0, 0
    for _ in range(calls):
        now += random.expovariate(rate)
        at = heappop(free)
        if at > now:
            waits, late = waits + at - now, late + 1
        mean = long if random.random() < rare else short
        heappush(free, max(at, now) + random.expovariate(1 / mean))
    return waits / late


@pytest.mark.grid
@pytest.mark.parametrize(
    ("kinds", "servers", "busy"),
    [
        ((0.1, 0.05, 0.5), 2, 0.4),
        ((0.1, 0.05, 0.5), 5, 0.6),
        ((0.1, 0.05, 0.5), 10, 0.8),
        ((0.01, 0.05, 2.0), 3, 0.6),
        ((0.01, 0.05, 2.0), 10, 0.6),
        ((0.5, 0.01, 0.2), 5, 0.6),
    ],
)
def test_of_several_calls_that_run_a_long_one_seldom_ends_first(
    kinds: tuple[float, float, float], servers: int, busy: float
) -> None:
    rare, short, long = kinds
    parts = [(1 - rare, short, 1.0), (rare, long, 1.0)]
    service, cv2 = (1 - rare) * short + rare * long, mixture_cv2(parts)
    rate = servers * busy / service
    plain = wait(servers, rate, service, service_cv2=cv2)
    assert plain.mean is not None
    seen = waited(servers, rate, kinds, 300_000) / (plain.mean / plain.probability)
    assert eased(servers, cv2, rest_cv2(parts), busy) == pytest.approx(seen, abs=0.1)


def test_whatever_is_alike_or_always_busy_waits_as_by_the_factor() -> None:
    assert [eased(*one) for one in ((1, 9, 3, 0.5), (4, 1, 3, 0.5), (4, 9, 1, 0.5), (4, 9, 3, 1.0))] == [1.0] * 4
    more = [eased(8, 9, 3, number / 20) for number in range(21)]
    assert more == sorted(more)
    assert 0.1 < more[0] < 0.3
    # More servers than are counted one by one make no leap.
    assert eased(65, 9, 3, 0.9) == pytest.approx(eased(64, 9, 3, 0.9), abs=0.02)
    assert 0 < eased(100_000, 1e200, 1e200, 0.5) <= 1
