"""Clients, their sessions and their calls: who is where, what waits, what fails."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .chance import Chance
from .fleet import Fleet, Reach
from .load import Load
from .pods import Cohort, PodModel
from .result import Result
from .waits import STEP, Entry

TRIES = 5
"""After so many refusals in a row the time between two attempts no longer doubles."""
LONGEST_PAUSE = 60.0
"""Seconds between two attempts at most."""
_NOTHING = 1e-9


@dataclass(slots=True)
class Flow:
    """Calls of one step, over all pods."""

    arrived: float = 0.0
    started: float = 0.0
    """Calls that began to be served."""
    finished: float = 0.0
    late: float = 0.0
    """Part of these that waited longer than the objective."""
    failed: float = 0.0
    waiting: float = 0.0
    """Calls that wait at its end because more came than could be served."""
    queued: float = 0.0
    """Calls that wait at its end, also those that wait by chance."""
    running: float = 0.0
    """Calls that are served at its end."""
    wait: float = 0.0
    """95th percentile of the wait in the pods where it is longest."""
    offered: float = 0.0
    """Calls that the sessions would begin if nothing waited."""


class Clients:
    """The people and programs behind the load. A client keeps its session until it leaves or loses it.

    ``free`` are those whose calls any pod takes; sticky sessions are in the cohorts, and ``away`` are clients of such
    sessions without a pod: the first entry lost theirs, the others were refused so many times.
    """

    def __init__(
        self, model: PodModel, load: Load, chance: Chance, *, session_seconds: float, retry_seconds: float
    ) -> None:
        self.model, self.load, self.chance = model, load, chance
        self.keep = math.exp(-STEP / session_seconds)
        self.free = 0.0
        self.away = [0.0] * (TRIES + 1)
        pauses = [min(LONGEST_PAUSE, retry_seconds * 2**number) for number in range(TRIES + 1)]
        self.tries = [-math.expm1(-STEP / max(pause, STEP / 10)) for pause in pauses]

    def begin(self, now: float, fleet: Fleet) -> None:
        """Place the clients of the first moment."""
        there = self.load.at(now)
        self.free = there * (1 - self.model.sticky)
        pods = sum(cohort.count for cohort in fleet.cohorts)
        wanted = there * self.model.sticky
        for cohort in fleet.cohorts:
            cohort.sessions = min(wanted / pods, self.model.session_cap)
        self.away[1] = max(0.0, wanted - sum(cohort.sessions * cohort.count for cohort in fleet.cohorts))

    def there(self, fleet: Fleet) -> float:
        """All clients, with and without a session."""
        return self.free + sum(self.away) + sum(cohort.sessions * cohort.count for cohort in fleet.cohorts)

    def lost(self, sessions: float) -> None:
        """Sessions that went with their pod: their clients open new ones."""
        self.away[0] += sessions

    def step(self, now: float, fleet: Fleet, reach: Reach, result: Result) -> float:
        """Clients that leave, come and come back. How many are without a session at its end."""
        before, after = self.load.at(now), self.load.at(now + STEP)
        keep = min(self.keep, after / before) if before > 0 else self.keep
        there = self.there(fleet)
        coming = self.chance.arrivals(max(0.0, after - before * keep))
        leaving = min(there, self.chance.arrivals(there * (1 - keep)))
        keep = 1 - leaving / there if there > 0 else keep
        for cohort in fleet.cohorts:
            cohort.sessions *= keep
        self.free *= keep
        result.sessions_begun += coming
        result.sessions_ended += leaving
        self.free += coming * (1 - self.model.sticky)
        if not self.model.sticky:
            return 0.0
        self.away = [number * keep for number in self.away] if any(self.away) else self.away
        self._open(reach, coming * self.model.sticky, result)
        return sum(self.away[1:])

    def _open(self, reach: Reach, coming: float, result: Result) -> None:
        """Open sessions, for clients that come and for those that try again."""
        if not any(self.away):
            refused, unheard = self._place(reach, coming)
            self.away[0] += unheard
            self.away[1] += refused
            result.refused_sessions += refused
            return
        trying = [number * share for number, share in zip(self.away, self.tries, strict=True)]
        first = coming + trying[0]
        wanted = coming + sum(trying)
        if wanted <= _NOTHING:
            self.away[0] += coming
            return
        refused, unheard = self._place(reach, wanted)
        not_taken, not_answered = refused / wanted, unheard / wanted
        away = [number - tried for number, tried in zip(self.away, trying, strict=True)]
        away[0] += wanted * not_answered
        away[1] += first * not_taken
        for place, tried in enumerate(trying[1:], start=1):
            away[min(place + 1, TRIES)] += tried * not_taken
        self.away = away
        result.refused_sessions += first * not_taken

    def _place(self, reach: Reach, wanted: float) -> tuple[float, float]:
        """Each proxy gives new sessions to the pods in turn; a full one refuses, and another takes it. A hash gives
        those that it has moved to the pods that lack them, so that all have as many again.

        How many no pod took, and how many were sent to pods that do not answer.
        """
        serving, deaf = reach.serving, reach.deaf
        unheard = wanted * deaf / (deaf + reach.pods) if deaf else 0.0
        left, cap = wanted - unheard, self.model.session_cap
        while left > _NOTHING:
            room = [cohort for cohort in serving if cohort.sessions < cap - _NOTHING]
            pods = sum(cohort.count for cohort in room)
            if not pods:
                break
            if self.model.hashing is not None:
                room, left = _fill(room, left)
                pods = sum(cohort.count for cohort in room)
            each, left = left / pods, 0.0
            for cohort in room:
                taken = min(each, cap - cohort.sessions)
                cohort.sessions += taken
                left += (each - taken) * cohort.count
        return left, unheard


def _fill(room: list[Cohort], left: float) -> tuple[list[Cohort], float]:
    """Raise the emptiest pods to the next emptier ones, as far as ``left`` goes: the pods on the lowest level then, and
    what is left for them."""
    ordered = sorted(room, key=lambda one: one.sessions)
    level, pods = ordered[0].sessions, 0
    for place, cohort in enumerate(ordered):
        lacking = (cohort.sessions - level) * pods
        if lacking > left:
            return ordered[:place], left
        if lacking > 0:
            left -= lacking
            for lower in ordered[:place]:
                lower.sessions = cohort.sessions
        level = cohort.sessions
        pods += cohort.count
    return ordered, left


class Calls:
    """The calls of all clients in the pods, as flows: exact for the mean, waits from the tables of the pod.

    A session has as many calls open as it can have at most, so that clients who wait begin no others; a queue ends
    when it is worked off or when calls are given up.
    """

    def __init__(self, model: PodModel, timeout: float) -> None:
        self.model = model
        self.cycle, self.pause = model.waits.cycle, model.waits.pause
        self.most = model.capacity * timeout
        """Calls that wait in a pod at most: the last of them is given up."""
        self.linger = math.exp(-STEP / model.call_seconds) if model.call_seconds > 0 else 0.0
        self.fade = math.exp(-STEP / self.pause) if self.pause < math.inf else 1.0

    def step(self, reach: Reach, free: float) -> Flow:
        """Calls that arrive, are served and wait. ``free`` clients use all pods alike."""
        model, flow = self.model, Flow()
        guests = 0.0
        for cohort in reach.serving:
            guests += cohort.count * cohort.guests
        for cohort in reach.others:
            guests += cohort.count * cohort.guests
        reached = reach.pods + reach.deaf
        each = max(0.0, free - guests) / reached if reached else 0.0
        # Clients whom nobody answers: no pod is there, or the proxy does not know yet that theirs is gone.
        turned_away = each * reach.deaf if reach.pods else free
        # And those whose session is in a pod that is lost, until that is noticed.
        turned_away += sum(one.count * one.sessions for one in reach.others if one.dead_at is not None)
        flow.failed = flow.arrived = flow.offered = turned_away * model.calls_per_session * STEP
        for cohort in reach.serving:
            self._serve(cohort, each, cohort.count if model.sticky else reach.pods, flow)
        for cohort in reach.others:
            if cohort.running or cohort.waiting:
                self._serve(cohort, None, 1, flow)
        return flow

    def _serve(self, cohort: Cohort, visitors: float | None, alike: int, flow: Flow) -> None:
        """The calls of one cohort.

        ``visitors``: clients that come to each pod; ``None`` where no call comes any more. ``alike``: pods that share
        their clients with it by chance.
        """
        model, count, before = self.model, cohort.count, cohort.waiting
        demand = clients = own = 0.0
        if visitors is not None:
            own = visitors + cohort.guests
            clients = cohort.sessions + own
            demand = clients * model.calls_per_session
        offered = demand / model.waits.capacity
        cohort.level += (offered - cohort.level) * model.waits.blend(offered)
        entry = model.waits.entry(cohort.level, alike)
        started = demand * entry.pace * STEP
        if before > 0 or demand > model.waits.capacity:
            started, failed = self._queue(cohort, demand)
            flow.failed += failed * count
            flow.arrived += (failed + cohort.waiting - before) * count
            flow.waiting += cohort.waiting * count
            if visitors is None:
                cohort.guests *= cohort.waiting / before
            else:
                cohort.guests = cohort.waiting / model.parallel * own / clients if clients else 0.0
        rate, ran = started / STEP, cohort.running
        # What begins within the step is spread over it: the mean of exp(-t / duration) of it still runs.
        cohort.running = ran * self.linger + rate * model.call_seconds * (1 - self.linger)
        flow.arrived += started * count
        flow.started += started * count
        flow.finished += (ran + started - cohort.running) * count
        flow.running += cohort.running * count
        flow.offered += demand * STEP * count
        self._judge(cohort, entry, started, flow)

    def _judge(self, cohort: Cohort, entry: Entry, started: float, flow: Flow) -> None:
        """How long the calls waited: by chance, and at least for the queue that is there."""
        waits = self.model.waits
        flow.queued += max(entry.queue, cohort.waiting) * cohort.count
        if started <= 0:
            return
        late, wait = entry.late, entry.p95
        if cohort.waiting > 0:
            queued = cohort.waiting / waits.capacity
            late, wait = 1.0 if queued > waits.objective else late, max(wait, queued)
        flow.late += late * started * cohort.count
        flow.wait = max(flow.wait, wait)

    def _queue(self, cohort: Cohort, demand: float) -> tuple[float, float]:
        """A pod with more than it can serve: calls begun, and calls given up.

        While it is busy the queue q follows q' = (q_end - q) / pause, with q_end = (demand - capacity) x cycle: clients
        that wait begin no other call.
        """
        capacity, before = self.model.capacity, cohort.waiting
        end = (demand - capacity) * self.cycle
        after = end + (before - end) * self.fade
        if after <= 0 or after < before - capacity * STEP:
            # It is worked off within the step, or as fast as the pod can; then calls begin as they come.
            time = STEP
            if end < 0 < before:
                time = self.pause * math.log((before - end) / -end)
            time = min(STEP, max(time, before / capacity)) if before > 0 else 0.0
            cohort.waiting = max(0.0, before - capacity * STEP)
            return capacity * time + min(demand, capacity) * (STEP - time), 0.0
        if after > self.most:
            time = self.pause * math.log((end - before) / (end - self.most)) if before < self.most else 0.0
            cohort.waiting = self.most
            return capacity * STEP, (end - self.most) / self.pause * (STEP - time)
        cohort.waiting = after
        return capacity * STEP, 0.0
