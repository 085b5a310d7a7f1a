"""Clients and their sessions: who is where, who comes and goes, who finds no pod."""

from __future__ import annotations

import math

from .chance import Chance
from .fleet import Fleet, Reach
from .load import Load
from .pods import Cohort, PodModel
from .result import Result
from .waits import CALM_STEP, STEP

TRIES = 5
"""After so many refusals in a row the time between two attempts no longer doubles."""
LONGEST_PAUSE = 60.0
"""Seconds between two attempts at most."""
_NOTHING = 1e-9


class Clients:
    """The people and programs behind the load. A client keeps its session until it leaves or loses it.

    ``free`` are those whose calls any pod takes; sticky sessions are in the cohorts, and ``away`` are clients of such
    sessions without a pod: the first entry lost theirs, the others were refused so many times.
    """

    def __init__(
        self, model: PodModel, load: Load, chance: Chance, *, session_seconds: float, retry_seconds: float
    ) -> None:
        self.model, self.load, self.chance = model, load, chance
        self.session_seconds = session_seconds
        self.free = 0.0
        self.away = [0.0] * (TRIES + 1)
        pauses = [min(LONGEST_PAUSE, retry_seconds * 2**number) for number in range(TRIES + 1)]
        self.tries = {
            seconds: [-math.expm1(-seconds / max(pause, STEP / 10)) for pause in pauses]
            for seconds in (STEP, CALM_STEP)
        }

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

    def step(self, now: float, fleet: Fleet, reach: Reach, result: Result, seconds: float = STEP) -> float:
        """Clients that leave, come and come back. How many are without a session at its end."""
        before, after = self.load.at(now), self.load.at(now + seconds)
        keep = math.exp(-seconds / self.session_seconds)
        keep = min(keep, after / before) if before > 0 else keep
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
        self._open(reach, coming * self.model.sticky, result, seconds)
        return sum(self.away[1:])

    def _open(self, reach: Reach, coming: float, result: Result, seconds: float) -> None:
        """Open sessions, for clients that come and for those that try again."""
        if not any(self.away):
            refused, unheard = self._place(reach, coming)
            self.away[0] += unheard
            self.away[1] += refused
            result.refused_sessions += refused
            return
        trying = [number * share for number, share in zip(self.away, self.tries[seconds], strict=True)]
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
