"""How long calls wait in one pod, by its load. The number of clients is finite: who waits does not call again.

The capacity plan asks for a pod that has an unlimited number of clients, which is the safe side for a plan, and says
nothing of a pod with more than it can serve. A rehearsal has to go there, so it counts with the clients that there are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from ..planning.queueing import wait

STEP = 5.0
"""Seconds of one step of the simulation: a third of the autoscaler's period."""
GRID = 100
"""Entries for each unit of utilisation."""
HIGHEST = 10
"""Utilisation beyond which only the queue itself counts: it is no matter of chance there."""
MANY = 20
"""Pods from which on one more makes no difference to the waits in each."""
ACCEPTED = 0.05
"""Part of the calls that may wait longer than the objective."""
_NODES = ((-2.0, 0.054489), (-1.0, 0.244201), (0.0, 0.402620), (1.0, 0.244201), (2.0, 0.054489))
"""Places and weights that stand for a normal distribution: its density there, made to add up to 1."""
_NEGLIGIBLE = 1e-12
_NORMAL = NormalDist()


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One thing in a pod that calls queue for, as the capacity plan has it."""

    servers: int
    service: float
    """Mean time that a call holds it, in seconds; above 0."""
    cv2: float = 1.0
    """Squared coefficient of variation of that time."""
    asking: float = 1.0
    """Part of the calls that need it at all; above 0."""

    @property
    def capacity(self) -> float:
        """Calls per second that keep it busy all the time."""
        return self.servers / (self.service * self.asking)


@dataclass(frozen=True, slots=True)
class Entry:
    """The waits of one load."""

    late: float
    """Part of the calls that wait longer than the objective."""
    p95: float
    """95th percentile of the wait, in seconds."""
    queue: float
    """Mean number of calls that wait."""
    pace: float
    """How fast clients call, relative to those who never wait: their cycle over cycle and mean wait."""


@dataclass(frozen=True, slots=True)
class _Tail:
    """The wait of the calls that wait: gamma distributed, of which the exponential is the one with shape 1."""

    probability: float
    mean: float
    shape: float
    others: float
    """95th percentile of the stops that are not the slowest, which comes before."""

    def beyond(self, seconds: float) -> float:
        """Part of all calls that waits longer."""
        left = seconds - self.others
        if left < 0:
            return 1.0
        if self.mean <= 0 or self.probability <= 0:
            return 0.0
        if abs(self.shape - 1) < 1e-9:
            return self.probability * math.exp(-left / self.mean)
        # Wilson and Hilferty: the cube root of a gamma variable is nearly normal.
        spread = 1 / (9 * self.shape)
        z = ((left / self.mean) ** (1 / 3) - (1 - spread)) / math.sqrt(spread)
        return self.probability * 0.5 * math.erfc(z / math.sqrt(2))

    def percentile(self) -> float:
        """The wait that one call in twenty exceeds."""
        if self.probability <= ACCEPTED or self.mean <= 0:
            return self.others
        tail = ACCEPTED / self.probability
        if abs(self.shape - 1) < 1e-9:
            return self.others - self.mean * math.log(tail)
        spread = 1 / (9 * self.shape)
        root = 1 - spread + _NORMAL.inv_cdf(1 - tail) * math.sqrt(spread)
        return self.others + self.mean * max(0.0, root) ** 3


class Waits:
    """Capacity and waits of one pod; each load is worked out when it is first met."""

    def __init__(
        self,
        stops: Sequence[Stop],
        *,
        objective: float,
        calls_per_session: float,
        call_seconds: float,
        sticky: bool,
    ) -> None:
        self.stops = tuple(stops)
        self.objective = objective
        """Seconds that 95 % of the calls may wait."""
        self.capacity = min((stop.capacity for stop in self.stops), default=1e6)
        """Calls per second with everything busy: the least of what calls queue for."""
        self.sticky = sticky
        parallel = int(calls_per_session * call_seconds) + 1
        self.cycle = parallel / calls_per_session if calls_per_session > 0 else math.inf
        """Seconds between the beginnings of two calls of a client that has one at a time."""
        self.pause = max(self.cycle - call_seconds, 1e-3)
        """Seconds from the end of a call to its next one."""
        size = GRID * HIGHEST
        self._entries: list[list[Entry | None]] = [[None] * size for _ in range(MANY + 1)]
        self._blends: list[float | None] = [None] * size

    def __repr__(self) -> str:
        """What it was made of, so that equal models look equal; not what was worked out since."""
        made_of = (self.stops, self.objective, self.cycle, self.pause, self.sticky)
        return f"Waits{made_of!r}"

    def entry(self, utilisation: float, pods: int) -> Entry:
        """The waits in one of ``pods`` alike, which have this utilisation on the mean. It may be above 1.

        Sticky sessions are unequally many in each pod, Poisson about the mean; other calls go to pods by chance.
        """
        place = min(GRID * HIGHEST - 1, int(utilisation * GRID + 0.5))
        many = min(pods, MANY)
        found = self._entries[many][place]
        if found is None:
            found = self._entries[many][place] = self._worked_out(place, many)
        return found

    def _worked_out(self, place: int, pods: int) -> Entry:
        """One pod is alone with its clients, many are as if there were no end of them; some lie in between."""
        utilisation = place / GRID
        if pods == MANY:
            return self._for_many(utilisation)
        if pods <= 1:
            return self._summed([(1.0, self._closed(utilisation))], utilisation)
        alone, among, share = self.entry(utilisation, 1), self.entry(utilisation, MANY), 1 / pods
        return Entry(
            share * alone.late + (1 - share) * among.late,
            share * alone.p95 + (1 - share) * among.p95,
            share * alone.queue + (1 - share) * among.queue,
            share * alone.pace + (1 - share) * among.pace,
        )

    def blend(self, utilisation: float) -> float:
        """How far a queue comes within one step on the way to its waits at that utilisation."""
        place = min(GRID * HIGHEST - 1, int(utilisation * GRID + 0.5))
        found = self._blends[place]
        if found is None:
            found = self._blends[place] = self._settling(place / GRID)
        return found

    def _for_many(self, utilisation: float) -> Entry:
        if utilisation <= 0:
            return Entry(0.0, 0.0, 0.0, 1.0)
        if not self.sticky:
            return self._summed([(1.0, self._open(utilisation))], utilisation)
        sessions = utilisation * self.capacity * self.cycle
        deviation = min(0.45, 1 / math.sqrt(sessions))
        loads = [(weight, 1 + deviation * node) for node, weight in _NODES]
        return self._summed([(weight * by, self._closed(utilisation * by)) for weight, by in loads], utilisation)

    def _summed(self, parts: Sequence[tuple[float, _Tail]], utilisation: float) -> Entry:
        """The waits over pods of unequal load: their parts of all calls, and the waits in each."""
        late = sum(weight * tail.beyond(self.objective) for weight, tail in parts)
        mean = sum(weight * tail.probability * tail.mean for weight, tail in parts)
        p95 = parts[0][1].percentile() if len(parts) == 1 else _percentile(parts)
        pace = self.cycle / (self.cycle + mean) if mean else 1.0
        return Entry(min(1.0, late), p95, min(utilisation * pace, 1.0) * self.capacity * mean, pace)

    def _closed(self, utilisation: float) -> _Tail:
        """A pod with clients of its own, M/M/c with so many sources; by the states around the likeliest one."""
        if not self.stops or utilisation <= 0:
            return _Tail(0.0, 0.0, 1.0, 0.0)
        stop, others = self._slowest(utilisation)
        asking = self.cycle / stop.asking
        away = max(asking - stop.service, 1e-3)
        sources = max(0.0, utilisation * self.capacity * self.cycle - 1)
        states = _likely_states(stop.servers, stop.service, away, sources)
        total = sum(weight for _, weight in states)
        late = [(number - stop.servers + 1, weight / total) for number, weight in states if number >= stop.servers]
        probability = sum(weight for _, weight in late)
        if probability <= _NEGLIGIBLE:
            return _Tail(0.0, 0.0, 1.0, others)
        mean = sum(number * weight for number, weight in late) / probability
        square = sum(number * number * weight for number, weight in late) / probability
        each = stop.service / stop.servers
        shape = mean * mean / (mean + square - mean * mean)
        certain = max(0.0, (utilisation - 1) * self.cycle)
        spread = max(0.0, mean * each - certain) * (1 + stop.cv2) / 2
        return _Tail(stop.asking * probability, certain + spread, shape, others)

    def _open(self, utilisation: float) -> _Tail:
        """One of many pods: its calls come by chance from all clients, who wait anywhere."""
        if not self.stops or utilisation <= 0:
            return _Tail(0.0, 0.0, 1.0, 0.0)
        low, high = 0.0, min(utilisation, 1 - 1e-6)
        # Clients that wait call less often: busy = offered x cycle / (cycle + wait).
        for _ in range(24):
            busy = (low + high) / 2
            if busy * (self.cycle + self._mean(busy)) < utilisation * self.cycle:
                low = busy
            else:
                high = busy
        stop, others = self._slowest(high)
        found = wait(stop.servers, high * self.capacity * stop.asking, stop.service, service_cv2=stop.cv2)
        mean = (found.mean or 0.0) / found.probability if found.probability else 0.0
        return _Tail(stop.asking * found.probability, mean, 1.0, others)

    def _mean(self, busy: float) -> float:
        """Mean wait of a call at all stops."""
        found = (
            (stop.asking, wait(stop.servers, busy * self.capacity * stop.asking, stop.service, service_cv2=stop.cv2))
            for stop in self.stops
        )
        return sum(asking * (one.mean if one.mean is not None else 1e6) for asking, one in found)

    def _slowest(self, utilisation: float) -> tuple[Stop, float]:
        """The stop that calls wait longest for, and the 95th percentile of the others together."""
        rate = min(utilisation, 0.999) * self.capacity
        p95 = [
            wait(stop.servers, rate * stop.asking, stop.service, service_cv2=stop.cv2).p95 or 0.0 for stop in self.stops
        ]
        most = min(range(len(p95)), key=lambda place: self.stops[place].capacity)
        if utilisation < 0.9:
            most = max(range(len(p95)), key=lambda place: p95[place])
        return self.stops[most], sum(p95) - p95[most]

    def _settling(self, utilisation: float) -> float:
        """1 - exp(-step / time to settle): that of an open queue, or the pause of clients who stop to call."""
        longest = self.pause
        for stop in self.stops:
            busy = min(utilisation * self.capacity / stop.capacity, 0.9999)
            gap = (1 - math.sqrt(busy)) ** 2
            longest = min(longest, (1 + stop.cv2) / 2 * stop.service / (stop.servers * gap))
        return -math.expm1(-STEP / longest) if longest < math.inf else 1.0


def _likely_states(servers: int, service: float, away: float, sources: float) -> list[tuple[int, float]]:
    """Calls at a stop and how likely that is, relative to the likeliest number: a birth and death process."""
    offered = service / away

    def ratio(number: int) -> float:
        """How likely ``number`` is, relative to one less."""
        return max(0.0, sources - number + 1) * offered / min(number, servers)

    likeliest = int((sources + 1) * offered / (1 + offered))
    if likeliest >= servers:
        likeliest = max(servers, int(sources + 1 - servers / offered))
    found, weight, number = [(likeliest, 1.0)], 1.0, likeliest
    while weight > _NEGLIGIBLE:
        number += 1
        weight *= ratio(number)
        found.append((number, weight))
    weight, number = 1.0, likeliest
    while number > 0 and weight > _NEGLIGIBLE:
        weight /= max(ratio(number), _NEGLIGIBLE)
        number -= 1
        found.append((number, weight))
    return found


def _percentile(parts: Sequence[tuple[float, _Tail]]) -> float:
    """The wait that one call in twenty exceeds, over all parts, by bisection."""
    low, high = 0.0, max(tail.percentile() for _, tail in parts)
    for _ in range(24):
        middle = (low + high) / 2
        if sum(weight * tail.beyond(middle) for weight, tail in parts) > ACCEPTED:
            low = middle
        else:
            high = middle
    return high
