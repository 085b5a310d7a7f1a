"""What came of a simulation, second by second and in sum."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from .waits import STEP, Spread

MISSED_SHARE = 0.05
"""Part of the calls that may wait longer than the objective, or fail; above it the objective is missed."""
QUIET_SECONDS = 120.0
"""So long the objective must be met for a trouble to be over."""
NOTICEABLE = 0.5
"""Sessions below which there is none: the numbers are means."""


@dataclass(slots=True)
class Sample:
    """The state at one pass of the autoscaler."""

    at: float
    wanted: int
    """Pods that the autoscaler asks for."""
    ready: int
    """Pods that answer requests."""
    there: int
    """Pods that exist, those that start or end included."""
    clients: float
    """People and programs that have a session or want one."""
    sessions: float
    """Open sessions."""
    in_flight: float
    """Calls that run or wait."""
    waiting: float
    """Calls that wait, a mean."""
    wait: float
    """95th percentile of the wait, in seconds, where it is longest."""
    utilisation: float
    """Calls that would begin if nothing waited, over those that the ready pods can finish; infinite without pods."""
    dropped: float = 0.0
    """Sessions that were lost until now because pods went."""
    moved: float = 0.0
    """The same because pods came."""


@dataclass(slots=True)
class Result:
    """What a policy did with a load. Calls and sessions are expected numbers, and not whole."""

    policy: str
    notes: tuple[str, ...] = ()
    """What the simulation could not take over from a manifest."""
    patience: float = inf
    """Seconds after which a call is given up."""
    samples: list[Sample] = field(default_factory=list)
    duration: float = 0.0
    pod_seconds: float = 0.0
    """Seconds of all pods on nodes, those that start and end included."""
    calls: float = 0.0
    """Calls that arrived, and those that were there at the start."""
    finished_calls: float = 0.0
    slow_calls: float = 0.0
    """Calls that waited longer than the objective, and were served."""
    failed_calls: float = 0.0
    """Calls that were given up, cut, or sent to a pod that did not answer."""
    open_calls: float = 0.0
    """Calls that run or wait at the end."""
    sessions_begun: float = 0.0
    """Clients that came, and those that were there at the start."""
    sessions_ended: float = 0.0
    """Clients that left."""
    clients: float = 0.0
    """Clients that are there at the end."""
    dropped_sessions: float = 0.0
    """Sessions that were lost because pods went: cut off with their pod, or sent to another pod by a hash."""
    moved_sessions: float = 0.0
    """Sessions that a hash sent to another pod, which does not know them, because pods came."""
    refused_sessions: float = 0.0
    """Clients that no pod took at their first attempt; further attempts are not counted."""
    refused_seconds: float = 0.0
    """Time in which clients were without a session because no pod took them."""
    bad_minutes: list[int] = field(default_factory=list)
    """Minutes in which the objective was missed, clients were refused, or nothing answered."""
    bad_seconds: list[float] = field(default_factory=list)
    """Beginning of each step in which that was so."""
    longest_queue: float = 0.0
    """Most calls that waited."""
    longest_wait: float = 0.0
    """Greatest 95th percentile of the wait, in seconds."""
    longest_wait_at: float = 0.0
    spread: Spread = field(default_factory=Spread, repr=False, compare=False)
    """How long all calls waited that began."""
    rescales: int = 0
    limits: dict[str, float] = field(default_factory=dict)
    """Seconds in which the autoscaler wanted more or fewer pods and was held back, by the reason that it gives."""
    blind_seconds: float = 0.0
    """Time in which the autoscaler did not know enough to act."""
    lost_pods: tuple[int, int] | None = None
    """Pods that were lost with their nodes, and how many there were."""
    _minute: _Minute = field(default_factory=lambda: _Minute(), repr=False)

    @property
    def pod_hours(self) -> float:
        """Hours of all pods."""
        return self.pod_seconds / 3600

    def wait(self, part: float) -> float:
        """The wait that this part of all calls did not exceed, in seconds."""
        return min(self.patience, self.spread.quantile(part))

    @property
    def first(self) -> int:
        """Pods that were wanted at the beginning."""
        return self.samples[0].wanted if self.samples else 0

    @property
    def least(self) -> int:
        """Fewest pods that were wanted."""
        return min((sample.wanted for sample in self.samples), default=0)

    @property
    def most(self) -> int:
        """Most pods that were wanted."""
        return max((sample.wanted for sample in self.samples), default=0)

    @property
    def lost_minutes(self) -> int:
        """Minutes in which the objective was missed."""
        return len(self.bad_minutes)

    @property
    def lost_sessions(self) -> float:
        """Sessions that were lost because pods came or went."""
        return self.dropped_sessions + self.moved_sessions

    @property
    def lost_share(self) -> float:
        """Part of all sessions that was lost."""
        return self.lost_sessions / self.sessions_begun if self.sessions_begun else 0.0

    def troubles(self, since: float = 0.0) -> list[tuple[float, float]]:
        """From when to when the objective was missed, after ``since``; what two quiet minutes part are two."""
        found: list[tuple[float, float]] = []
        for moment in self.bad_seconds:
            if moment < since:
                continue
            if found and moment - found[-1][1] < QUIET_SECONDS:
                found[-1] = (found[-1][0], moment + STEP)
            else:
                found.append((moment, moment + STEP))
        return found

    def recovered(self, since: float) -> float | None:
        """Seconds until the longest trouble after ``since`` was over: enough pods ready, and what waited worked off.

        0 if there was none, ``None`` if it is not over. Counted from ``since`` if it began within two minutes of it.
        """
        troubles = self.troubles(since)
        if not troubles:
            return 0.0
        begin, end = max(troubles, key=lambda trouble: trouble[1] - trouble[0])
        if end >= self.duration:
            return None
        return end - (since if begin - since < QUIET_SECONDS else begin)

    def missed_seconds(self, since: float) -> float:
        """Seconds after ``since`` in which the objective was missed."""
        return STEP * sum(moment >= since for moment in self.bad_seconds)

    def judge(
        self,
        now: float,
        started: float,
        late: float,
        failed: float,
        *,
        refused: bool,
        silent: bool,
        seconds: float = STEP,
    ) -> None:
        """Count one step. ``refused``: clients are without a session; ``silent``: clients are there and no pod is."""
        calls = started + failed
        self.slow_calls += late
        self.failed_calls += failed
        if refused:
            self.refused_seconds += seconds
        if refused or silent or late + failed > MISSED_SHARE * calls:
            self.bad_seconds += [now + STEP * number for number in range(round(seconds / STEP))]
        minute = self._minute
        if now >= (minute.number + 1) * 60:
            self.close()
            minute.number, minute.calls, minute.bad, minute.out = int(now // 60), 0.0, 0.0, False
        minute.calls += calls
        minute.bad += late + failed
        minute.out = minute.out or refused or silent

    def close(self) -> None:
        """Judge the last minute."""
        minute = self._minute
        if minute.out or minute.bad > MISSED_SHARE * minute.calls:
            self.bad_minutes.append(minute.number)


@dataclass(slots=True)
class _Minute:
    """Calls of the minute that is under way."""

    number: int = 0
    calls: float = 0.0
    bad: float = 0.0
    out: bool = False
