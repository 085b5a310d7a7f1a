"""How long calls wait in one pod, by its load. The number of clients is finite: who waits does not call again.

The capacity plan asks for a pod that has an unlimited number of clients, which is the safe side for a plan, and says
nothing of a pod with more than it can serve. A rehearsal has to go there, so it counts with the clients that there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..planning.queueing import wait
from .several import eased

STEP = 5.0
"""Seconds of one step of the simulation: a third of the autoscaler's period."""
CALM_STEP = 15.0
"""Seconds of a step while nothing moves but a load that changes slowly."""
_FINE = [step / 100 for step in range(151)]
LEVELS = (*_FINE, *(1.5 * 1.03**step for step in range(1, 98)))
"""Utilisations that are worked out: each hundredth as far as chance matters, and up to 26 in steps of 3 %."""
MANY = 20
"""Pods from which on one more makes no difference to the waits in each."""
QUANTILES = (0.5, 0.95, 0.99)
"""Of the waits of all calls, in a report."""
SETTLED = 5
"""Stages in which the queues of pods that share their clients become as unequal as they are in the long run: at each of
them their variance is half of that at the next."""
LONGEST = 1e6
"""A wait in seconds that nothing exceeds."""
ACCEPTED = 0.05
"""Part of the calls that may wait longer than the objective."""
_NODES = ((-2.0, 0.054489), (-1.0, 0.244201), (0.0, 0.402620), (1.0, 0.244201), (2.0, 0.054489))
"""Places and weights that stand for a normal distribution: its density there, made to add up to 1."""
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One thing in a pod that calls queue for, as the capacity plan has it."""

    servers: int
    service: float
    """Mean time that a call holds it, in seconds; above 0."""
    cv2: float = 1.0
    """Squared coefficient of variation of that time."""
    rest_cv2: float = 1.0
    """The same of what is left of it when another call comes: few long calls among short ones make it great."""
    asking: float = 1.0
    """Part of the calls that need it at all; above 0."""

    @property
    def capacity(self) -> float:
        """Calls per second that keep it busy all the time."""
        return self.servers / (self.service * self.asking)

    @property
    def step(self) -> float:
        """How unevenly a queue moves: by Allen and Cunneen's factor as if so many calls came and went at once."""
        return (1 + self.cv2) / 2

    def eased(self, busy: float) -> float:
        """How much shorter than by that factor calls wait while its servers are so busy."""
        return eased(self.servers, self.cv2, self.rest_cv2, busy)


@dataclass(frozen=True, slots=True)
class _Tail:
    """The wait of the calls that wait, beside that of the other stops, which comes before.

    Of one pod alone it has a Weibull distribution: exponential below its capacity and nearly certain above it, and
    with a longer tail where few calls take much longer than the others. Where
    pods share their clients it is in the long run (1 - t / longest)^k: exponential below the capacity, since k is great
    there, and above it the part that one pod has of a given number of calls, k being the number of the other pods.
    """

    probability: float
    mean: float
    cv2: float
    """Squared coefficient of variation."""
    before: tuple[float, float]
    """Part of the calls that wait at the stops that are not the slowest, and how long these wait there on the mean."""
    shared: bool

    def beyond(self, seconds: float) -> float:
        """Part of all calls that waits longer."""
        share, earlier = self.before
        alone = self._beyond(seconds)
        return alone if share <= 0 else (1 - share) * alone + share * self._beyond(seconds - earlier)

    def _beyond(self, left: float) -> float:
        """Part of the calls that waits longer at the slowest stop."""
        if left < 0:
            return 1.0
        if self.mean <= 0 or self.probability <= 0:
            return 0.0
        if 0.98 < self.cv2 < 1.02:
            return self.probability * math.exp(-left / self.mean)
        if self.shared and self.cv2 < 1:
            exponent = 2 * self.cv2 / (1 - self.cv2)
            share = left / (self.mean * (exponent + 1))
            return self.probability * (1 - share) ** exponent if share < 1 else 0.0
        # The exponent that a Weibull distribution has for a coefficient of variation, and the mean of one with scale 1.
        exponent = self.cv2 ** (-0.543 if self.cv2 < 1 else -0.45)
        scale = self.mean / math.gamma(1 + 1 / exponent)
        return self.probability * math.exp(-((left / scale) ** exponent))


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
    variance: float = 0.0
    """That of the number of calls that an arrival finds waiting, in the long run, where pods share their clients."""
    parts: tuple[tuple[float, _Tail], ...] = ()
    """Parts of the calls, and how long they wait: in pods with more clients longer than in those with fewer."""

    def beyond(self, seconds: float) -> float:
        """Part of the calls that waits longer."""
        return math.fsum(weight * tail.beyond(seconds) for weight, tail in self.parts)


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
        tightest = min(self.stops, key=lambda stop: stop.capacity, default=None)
        self.step = tightest.step if tightest is not None else 1.0
        """That of the stop that is the first to be busy all the time."""
        self.sticky = sticky
        parallel = int(calls_per_session * call_seconds) + 1
        self.cycle = parallel / calls_per_session if calls_per_session > 0 else math.inf
        """Seconds between the beginnings of two calls of a client that has one at a time."""
        self.pause = max(self.cycle - call_seconds, 1e-3)
        """Seconds from the end of a call to its next one."""
        self._tables: dict[int, Table] = {}

    def __repr__(self) -> str:
        """What it was made of, so that equal models look equal; not what was worked out since."""
        made_of = (self.stops, self.objective, self.cycle, self.pause, self.sticky)
        return f"Waits{made_of!r}"

    def entry(self, utilisation: float, pods: int) -> Entry:
        """The waits in one of ``pods`` alike, which have this utilisation on the mean. It may be above 1.

        Sticky sessions are unequally many in each pod, by chance about the mean; other calls go to pods by chance.
        """
        place = min(range(len(LEVELS)), key=lambda number: abs(LEVELS[number] - utilisation))
        return self.table(pods).entry(place)

    def table(self, pods: int) -> Table:
        """The waits of all loads, in one of ``pods`` alike."""
        many = max(1, min(pods, MANY))
        found = self._tables.get(many)
        if found is None:
            found = self._tables[many] = Table(self, many)
        return found

    def worked_out(self, utilisation: float, pods: int, stage: int = SETTLED) -> Entry:
        """The waits of one load, worked out. ``stage``: how unequal queues of pods that share their clients are yet."""
        if utilisation <= 0:
            return Entry(0.0, 0.0, 0.0, 1.0)
        if pods == 1:
            return self._summed([(1.0, utilisation)], utilisation)
        if self.sticky:
            deviation = min(0.45, math.sqrt((1 - 1 / pods) / (utilisation * self.capacity * self.cycle)))
            loads = [(weight, utilisation * (1 + deviation * node)) for node, weight in _NODES]
            return self._summed(loads, utilisation)
        tail = self._shared(utilisation, pods)
        waiting = tail.mean * min(utilisation, 1.0) * self.capacity
        variance = tail.cv2 * waiting * waiting
        queues = tail.cv2 if stage >= SETTLED else max(1e-3, tail.cv2 * 2.0 ** (stage - SETTLED))
        tail = replace(tail, cv2=queues, shared=stage >= SETTLED)
        tail = replace(tail, cv2=self._uneven(tail, utilisation, 1.0))
        return replace(self._for_calls([(1.0, utilisation, tail)], utilisation), variance=variance)

    def _summed(self, loads: Sequence[tuple[float, float]], utilisation: float) -> Entry:
        """The waits over pods of unequal load, each alone with its clients."""
        return self._for_calls([(weight, load, self._closed(load)) for weight, load in loads], utilisation)

    def _for_calls(self, pods: Sequence[tuple[float, float, _Tail]], utilisation: float) -> Entry:
        """From parts of the pods to parts of the calls: clients that wait begin fewer."""
        begun = [weight * load * self.pace(tail.probability * tail.mean) for weight, load, tail in pods]
        total = math.fsum(begun)
        parts = tuple((calls / total, tail) for calls, (_, _, tail) in zip(begun, pods, strict=True))
        late = math.fsum(weight * tail.beyond(self.objective) for weight, tail in parts)
        mean = math.fsum(weight * tail.probability * tail.mean for weight, tail in parts)
        rate = min(total, 1.0) * self.capacity
        return Entry(min(1.0, late), _percentile(parts), rate * mean, rate / self.capacity / utilisation, parts=parts)

    def pace(self, mean: float) -> float:
        """How fast clients call who wait so long on the mean."""
        return self.cycle / (self.cycle + mean) if mean else 1.0

    def _shared(self, utilisation: float, pods: int) -> _Tail:
        """One of some pods that share all clients: between one that is alone with its own, and one of countless."""
        alone, among = self._closed(utilisation), self._open(utilisation)
        share = 1 / pods
        probability = share * alone.probability + (1 - share) * among.probability
        waited = share * alone.probability * alone.mean + (1 - share) * among.probability * among.mean
        own = 2 / (pods + 1)
        return _Tail(
            probability,
            waited / probability if probability else 0.0,
            own * min(1.0, alone.cv2) + (1 - own),
            among.before,
            shared=True,
        )

    def _uneven(self, tail: _Tail, utilisation: float, part: float) -> float:
        """The squared variation of such a wait where calls take more unequally long than exponential ones.

        Few wait for many calls, whose times add up, and those that wait for one meet a long one rarely and for long:
        r (1 - busy) + busy for one server and endless clients, by Pollaczek and Khinchine. ``part``: how much of what
        the times of many calls add is not in the tail yet.
        """
        if tail.mean <= 0:
            return tail.cv2
        stop, _ = self._slowest(utilisation)
        queued = tail.cv2 + part * max(0.0, stop.cv2 - 1) * stop.service / stop.servers / tail.mean
        busy = min(1.0, utilisation * self.pace(tail.probability * tail.mean))
        return max(min(1.0, queued), tail.cv2 + max(0.0, stop.rest_cv2 - 1) * (1 - busy))

    def _closed(self, utilisation: float) -> _Tail:
        """A pod with clients of its own, M/M/c with so many sources; by the states around the likeliest one."""
        if not self.stops or utilisation <= 0:
            return _Tail(0.0, 0.0, 1.0, (0.0, 0.0), shared=False)
        stop, before = self._slowest(utilisation)
        asking = self.cycle / stop.asking
        away = max(asking - stop.service, 1e-3)
        sources = max(0.0, utilisation * self.capacity * self.cycle - 1)
        step = stop.step
        states = _likely_states(stop.servers, stop.service, away, sources, step)
        total = sum(weight for _, weight in states)
        # Nobody waits for more than all the others.
        most = max(1e-6, (sources + 1 - stop.servers) / step)
        late = [
            (min(most, number - stop.servers + 1), weight / total)
            for number, weight in states
            if number >= stop.servers
        ]
        probability = sum(weight for _, weight in late)
        if probability <= _NEGLIGIBLE:
            return _Tail(0.0, 0.0, 1.0, before, shared=False)
        mean = sum(number * weight for number, weight in late) / probability
        square = sum(number * number * weight for number, weight in late) / probability
        each = step * stop.service / stop.servers * stop.eased(utilisation)
        cv2 = (mean + square - mean * mean) / (mean * mean)
        found = _Tail(stop.asking * probability, mean * each, min(1.0, cv2), before, shared=False)
        return replace(found, cv2=self._uneven(found, utilisation, 0.5))

    def _open(self, utilisation: float) -> _Tail:
        """One of many pods: its calls come by chance from all clients, who wait anywhere."""
        if not self.stops or utilisation <= 0:
            return _Tail(0.0, 0.0, 1.0, (0.0, 0.0), shared=False)
        low, high = 0.0, min(utilisation, 1 - 1e-6)
        # Clients that wait call less often: busy = offered x cycle / (cycle + wait).
        for _ in range(24):
            busy = (low + high) / 2
            if busy * (self.cycle + self._mean(busy)) < utilisation * self.cycle:
                low = busy
            else:
                high = busy
        stop, before = self._slowest(high)
        found = wait(stop.servers, high * self.capacity * stop.asking, stop.service, service_cv2=stop.cv2)
        mean = (found.mean or 0.0) / found.probability * stop.eased(high) if found.probability else 0.0
        return _Tail(stop.asking * found.probability, mean, 1.0, before, shared=True)

    def _mean(self, busy: float) -> float:
        """Mean wait of a call at all stops."""
        found = (
            (stop, wait(stop.servers, busy * self.capacity * stop.asking, stop.service, service_cv2=stop.cv2))
            for stop in self.stops
        )
        return sum(
            stop.asking * (one.mean * stop.eased(busy * self.capacity / stop.capacity) if one.mean is not None else 1e6)
            for stop, one in found
        )

    def _slowest(self, utilisation: float) -> tuple[Stop, tuple[float, float]]:
        """The stop that calls wait longest for; and at the others, how many wait and how long these do on the mean."""
        rate = min(utilisation, 0.999) * self.capacity
        found = [wait(stop.servers, rate * stop.asking, stop.service, service_cv2=stop.cv2) for stop in self.stops]
        most = min(range(len(found)), key=lambda place: self.stops[place].capacity)
        if utilisation < 0.9:
            most = max(range(len(found)), key=lambda place: found[place].p95 or 0.0)
        probability = mean = 0.0
        for place, (stop, one) in enumerate(zip(self.stops, found, strict=True)):
            if place != most:
                probability = 1 - (1 - probability) * (1 - stop.asking * one.probability)
                mean += stop.asking * (one.mean or 0.0)
        return self.stops[most], (probability, mean / probability if probability else 0.0)


class Table:
    """Waits, queue and calls begun by utilisation, each worked out when it is first met; straight in between."""

    def __init__(self, waits: Waits, pods: int) -> None:
        self.waits, self.pods = waits, pods
        self._entries: list[Entry | None] = [None] * len(LEVELS)
        self._earlier: dict[tuple[int, int], Entry] = {}
        self.queues = [-1.0] * len(LEVELS)
        """Calls that wait; below 0 where it is not worked out."""
        self.rates = [0.0] * len(LEVELS)
        """Calls begun per second."""
        self.variances = [0.0] * len(LEVELS)

    def entry(self, place: int) -> Entry:
        """The waits at one of the levels."""
        found = self._entries[place]
        if found is None:
            found = self._entries[place] = self.waits.worked_out(LEVELS[place], self.pods)
            self.queues[place], self.variances[place] = found.queue, found.variance
            self.rates[place] = LEVELS[place] * found.pace * self.waits.capacity
        return found

    def at_stage(self, place: int, stage: int) -> Entry:
        """The waits at one of the levels before the queues are as unequal as they are in the long run."""
        if stage >= SETTLED:
            return self.entry(place)
        found = self._earlier.get((place, stage))
        if found is None:
            found = self._earlier[place, stage] = self.waits.worked_out(LEVELS[place], self.pods, stage)
        return found

    def find(self, goal: float, of_queue: float, of_rate: float, near: int) -> tuple[int, float]:
        """The level at which ``of_queue`` x queue + ``of_rate`` x rate is ``goal``: the place below it, and how far on.

        Both grow with the level. ``near`` is where the search begins: a level moves little from step to step.
        """
        queues, rates, last = self.queues, self.rates, len(LEVELS) - 2
        low = min(near, last)
        if queues[low] < 0:
            self.entry(low)
        below = of_queue * queues[low] + of_rate * rates[low]
        while below > goal and low > 0:
            low -= 1
            if queues[low] < 0:
                self.entry(low)
            below = of_queue * queues[low] + of_rate * rates[low]
        while True:
            if queues[low + 1] < 0:
                self.entry(low + 1)
            above = of_queue * queues[low + 1] + of_rate * rates[low + 1]
            if above >= goal or low == last:
                break
            low, below = low + 1, above
        if above <= below:
            return low, 0.0
        part = (goal - below) / (above - below)
        return low, part if low == last else min(1.0, max(0.0, part))


class Spread:
    """The waits of many calls, whatever the load was when they began."""

    def __init__(self) -> None:
        self.calls: dict[int, tuple[Entry, float]] = {}

    def add(self, entry: Entry, calls: float) -> None:
        """So many calls that waited so."""
        key = id(entry)
        known = self.calls.get(key)
        self.calls[key] = (entry, calls if known is None else known[1] + calls)

    def quantile(self, part: float) -> float:
        """The wait that all but ``1 - part`` of the calls stay below, in seconds."""
        found = [(calls, entry) for entry, calls in self.calls.values()]
        total = math.fsum(calls for calls, _ in found)
        if not total:
            return 0.0

        def longer(seconds: float) -> float:
            return math.fsum(calls * entry.beyond(seconds) for calls, entry in found) / total

        return _exceeded_by(longer, 1 - part)


def _likely_states(servers: int, service: float, away: float, sources: float, step: float) -> list[tuple[int, float]]:
    """What an arrival finds at a stop and how likely that is, relative to the likeliest: a birth and death process.

    Up to the servers a state is one call more; above, one more stands for ``step`` calls that wait: a queue whose calls
    take unequally long grows and falls as one in larger steps that come less often, with the mean of Allen and Cunneen
    where clients are without end, and never more of them than there are.
    """
    offered = service / away

    def ratio(number: int) -> float:
        """How likely ``number`` is, relative to one less."""
        waiting = max(0, number - servers)
        return max(0.0, sources - number + 1 - (step - 1) * waiting) * offered / min(number, servers)

    likeliest = int((sources + 1) * offered / (1 + offered))
    if likeliest >= servers:
        likeliest = servers + max(0, int((sources + 1 - servers - servers / offered) / step))
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

    def longer(seconds: float) -> float:
        return math.fsum(weight * tail.beyond(seconds) for weight, tail in parts)

    return _exceeded_by(longer, ACCEPTED)


def _exceeded_by(longer: Callable[[float], float], part: float) -> float:
    """The wait that this part of the calls exceeds, by bisection; ``longer`` is how many exceed a wait."""
    if longer(0.0) <= part:
        return 0.0
    low, high = 0.0, 1e-3
    while longer(high) > part and high < LONGEST:
        low, high = high, 2 * high
    for _ in range(10):
        middle = (low + high) / 2
        low, high = (middle, high) if longer(middle) > part else (low, middle)
    return high
