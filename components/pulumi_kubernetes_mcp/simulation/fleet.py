"""All pods of one Deployment: what the ReplicaSet, the Deployment, the scheduler and the loss of nodes do to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .pods import BOOT_SHARE, Cohort, PodModel

UNNOTICED_SECONDS = 50.0
"""Until a node that answers no more is NotReady and its pods leave the endpoints: node-monitor-grace-period."""
TOLERATED_SECONDS = 300.0
"""Until the pods of such a node are deleted and others are made for them: the default tolerationSeconds."""
UNUSED_NODE_SECONDS = 600.0
"""Until the cluster autoscaler removes a node that nothing needs."""
SETTLED_SECONDS = 330.0
"""Older pods are the same to the autoscaler: the CPU initialisation period is 300 s."""
_ALIKE = 0.02
_DONE = 0.05
"""Calls of a pod below which it has none: numbers are means."""

MIN_READY_SECONDS = 10.0
"""``minReadySeconds`` of the Deployment that is emitted: the propagation that it is planned with."""


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """A cluster whose nodes come when pods need them."""

    seconds: float
    """From a pod that fits nowhere to the new node on which it is scheduled."""
    spare: int = 0
    """Pods for which there is always room beside those that run."""


@dataclass(slots=True)
class Reach:
    """Where requests get to in one step."""

    serving: list[Cohort]
    """Pods that answer."""
    others: list[Cohort]
    """Pods that do not: they start, end, or are lost."""
    pods: int
    """Number of those that answer."""
    deaf: int
    """Pods that still get requests and answer none."""
    at: float
    """When that is so, in seconds."""


class Fleet:
    """The pods of one Deployment, in cohorts."""

    def __init__(self, model: PodModel, replicas: int, now: float, *, nodes: Nodes | None = None) -> None:
        self.model = model
        self.nodes = nodes
        self.wanted = replicas
        self.cohorts: list[Cohort] = []
        self.generation = 0
        self.start_seconds = model.start_seconds
        """May be changed while the simulation runs, for images that are pulled slowly."""
        self.room = float(replicas + (nodes.spare if nodes else 0))
        self._room_needed = now
        self._deleting: list[Cohort] = []
        self._dead: list[Cohort] = []
        self._orphans = 0.0
        """Sessions whose lost pod was deleted before anybody had noticed its loss."""
        self.lost: tuple[int, int] | None = None
        """Pods that were lost with their nodes, and how many there were."""
        self.listed = replicas
        """Pods that proxies sent requests to in the last step."""
        if replicas:
            long_ago = now - 86_400
            self.cohorts.append(Cohort(replicas, long_ago, long_ago, long_ago, memory=model.base_memory, listed=True))

    def reach(self, now: float) -> Reach:
        """Where requests get to now."""
        serving, others = [], []
        pods = deaf = 0
        for cohort in self.cohorts:
            if cohort.serving(now):
                serving.append(cohort)
                pods += cohort.count
            else:
                others.append(cohort)
                if cohort.deaf(now, UNNOTICED_SECONDS):
                    deaf += cohort.count
        return Reach(serving, others, pods, deaf, now)

    def relist(self, reach: Reach) -> tuple[list[Cohort], int, int]:
        """What proxies learn in a step: the pods that they knew and still know, and how many went and came."""
        known = [*reach.serving, *(one for one in reach.others if one.deaf(reach.at, UNNOTICED_SECONDS))]
        kept = [one for one in known if one.listed]
        stayed = sum(one.count for one in kept)
        gone, come = self.listed - stayed, reach.pods + reach.deaf - stayed
        if gone or come:
            for cohort in self.cohorts:
                cohort.listed = False
            for cohort in known:
                cohort.listed = True
            self.listed = reach.pods + reach.deaf
        return kept, gone, come

    def alive(self) -> int:
        """Pods that are not deleted: what the ReplicaSets count."""
        return sum(cohort.count for cohort in self.cohorts if cohort.deleted_at is None)

    def placed(self, now: float) -> int:
        """Pods that are on a node, those that end included: what is paid for."""
        scheduled = now + self.start_seconds * (1 - BOOT_SHARE)
        return sum(cohort.count for cohort in self.cohorts if cohort.runs_at <= scheduled)

    @property
    def rolling(self) -> bool:
        """Whether a rollout is under way."""
        return any(cohort.generation < self.generation and cohort.deleted_at is None for cohort in self.cohorts)

    def still(self, now: float) -> bool:
        """Whether all pods that are wanted are there and serve, and none starts or ends."""
        if self._deleting or self._dead or (self.generation and self.rolling):
            return False
        count = 0
        for cohort in self.cohorts:
            if cohort.ready_at > now:
                return False
            count += cohort.count
        return count == self.wanted

    def advance(self, now: float) -> None:
        """What the controllers do in a step: rollouts, pods that are missing or too many, pods on lost nodes."""
        for cohort in self._dead:
            if cohort.dead_at is not None and cohort.deleted_at is None:
                if now < cohort.dead_at + UNNOTICED_SECONDS + TOLERATED_SECONDS:
                    continue
                self.cohorts = [one for one in self.cohorts if one is not cohort]
        self._dead = [one for one in self._dead if one in self.cohorts]
        if self.generation and self.rolling:
            self._roll(now)
            return
        missing = self.wanted - self.alive()
        if missing > 0:
            self._create(now, missing)
        elif missing < 0:
            self._delete(now, -missing)
        if self.nodes is not None:
            self._tidy(now, self.nodes)

    def begin_rollout(self) -> None:
        """From now on all pods are of an older template."""
        self.generation += 1

    def lose(self, now: float, share: float) -> float:
        """Nodes with that part of the pods vanish. The calls that go with them; sessions follow when it is noticed."""
        alive = self.alive()
        doomed = min(alive, max(1, round(alive * share))) if share > 0 else 0
        self.lost = (doomed, alive)
        calls = 0.0
        there = [one for one in self.cohorts if one.deleted_at is None]
        for cohort, number in zip(there, _shares([one.count for one in there], doomed), strict=True):
            if not number:
                continue
            gone = self._part(cohort, number)
            calls += gone.count * (gone.running + gone.waiting)
            gone.running = gone.waiting = gone.guests = gone.guests_running = gone.cpu = 0.0
            gone.sample, gone.dead_at = None, now
            self._dead.append(gone)
        return calls

    def reap(self, now: float) -> tuple[float, float]:
        """Pods that end: the sessions that are cut off from them, and the calls that do not get their end."""
        sessions, calls = self._noticed(now), 0.0
        if not self._deleting:
            return sessions, calls
        left = []
        for cohort in self._deleting:
            if cohort.sessions and not cohort.serving(now):
                sessions += cohort.count * cohort.sessions
                cohort.sessions = 0.0
            if now >= cohort.sigterm_at:
                calls += self._cut(cohort, now)
            if now >= cohort.sigterm_at and cohort.running + cohort.waiting < _DONE and not cohort.sessions:
                calls += cohort.count * (cohort.running + cohort.waiting)
                self.cohorts = [one for one in self.cohorts if one is not cohort]
            else:
                left.append(cohort)
        self._deleting = left
        return sessions, calls

    def _noticed(self, now: float) -> float:
        """Sessions of lost pods from which requests no longer go: their clients learn that they are gone."""
        sessions, self._orphans = self._orphans, 0.0
        for cohort in self._dead:
            if cohort.sessions and cohort.dead_at is not None and now >= cohort.dead_at + UNNOTICED_SECONDS:
                sessions += cohort.count * cohort.sessions
                cohort.sessions = 0.0
        return sessions

    def _cut(self, cohort: Cohort, now: float) -> float:
        """Calls that SIGTERM cuts at its time, and those that the end of the grace period does."""
        part = 1.0
        if now < cohort.ends_at:
            part = 0.0 if cohort.terminated else self.model.cut_share
            cohort.terminated = True
        lost = part * (cohort.running + cohort.waiting)
        cohort.running -= part * cohort.running
        cohort.waiting -= part * cohort.waiting
        cohort.guests -= part * cohort.guests
        cohort.guests_running -= part * cohort.guests_running
        return lost * cohort.count

    def merge(self, now: float) -> None:
        """Join cohorts that have become alike, so that the work does not grow with the number of scalings."""
        if len(self.cohorts) < 2 or self.rolling:
            return
        settled: Cohort | None = None
        kept = []
        for cohort in self.cohorts:
            old = now - cohort.ready_at > SETTLED_SECONDS and cohort.deleted_at is None and cohort.dead_at is None
            if old and settled is not None and _alike(settled, cohort):
                total = settled.count + cohort.count
                for name in _MEANS:
                    mean = getattr(settled, name) * settled.count + getattr(cohort, name) * cohort.count
                    setattr(settled, name, mean / total)
                settled.count = total
            else:
                kept.append(cohort)
                if old:
                    settled = cohort
        self.cohorts = kept

    def _roll(self, now: float) -> None:
        """One look of the Deployment controller at a rollout: maxUnavailable 0, maxSurge 25 %, rounded up. A new pod
        counts when proxies send to it, which ``minReadySeconds`` waits for."""
        surge = -(-self.wanted // 4)
        alive = [cohort for cohort in self.cohorts if cohort.deleted_at is None]
        old = sum(cohort.count for cohort in alive if cohort.generation < self.generation)
        new = [cohort for cohort in alive if cohort.generation == self.generation]
        fresh = sum(one.count for one in new)
        ready = sum(one.count for one in new if one.serving(now - MIN_READY_SECONDS))
        create = min(self.wanted - fresh, self.wanted + surge - old - fresh)
        if create > 0:
            self._create(now, create)
        spare = old + ready - self.wanted
        for cohort in [one for one in alive if one.generation < self.generation]:
            if spare <= 0:
                break
            gone = self._part(cohort, min(spare, cohort.count))
            spare -= gone.count
            self._end(gone, now)

    def _create(self, now: float, number: int) -> None:
        fitting = number
        if self.nodes is not None:
            fitting = max(0, min(number, int(self.room) - self._present()))
            if number > fitting:
                self._add(now, number - fitting, self.nodes.seconds)
                self.room += number - fitting
                self._room_needed = now
        if fitting:
            self._add(now, fitting, 0.0)

    def _add(self, now: float, number: int, delay: float) -> None:
        runs = now + delay + self.start_seconds * (1 - BOOT_SHARE)
        ready = now + delay + self.start_seconds
        self.cohorts.append(Cohort(number, now, runs, ready, generation=self.generation, memory=self.model.base_memory))

    def _present(self) -> int:
        """Pods that have a place on a node, or wait for one that is on its way."""
        return sum(cohort.count for cohort in self.cohorts)

    def _tidy(self, now: float, nodes: Nodes) -> None:
        """Remove nodes that nothing has needed for long."""
        needed = self._present() + nodes.spare
        if needed >= self.room:
            self._room_needed = now
        elif now - self._room_needed > UNUSED_NODE_SECONDS:
            self.room = float(needed)

    def _delete(self, now: float, number: int) -> None:
        """Those that are not ready go first, then the youngest by powers of two of their age; equals evenly.

        ReplicaSet controller: ActivePodsWithRanks with LogarithmicScaleDown, all nodes with as many pods.
        """
        groups: dict[tuple[bool, int], list[Cohort]] = {}
        for cohort in self.cohorts:
            if cohort.deleted_at is None:
                ready = cohort.serving(now)
                age = int(math.log2(max(1.0, now - cohort.ready_at))) if ready else 0
                groups.setdefault((ready, age), []).append(cohort)
        for key in sorted(groups):
            group = groups[key]
            total = sum(cohort.count for cohort in group)
            taken = min(number, total)
            number -= taken
            for cohort, count in zip(group, _shares([cohort.count for cohort in group], taken), strict=True):
                if count:
                    self._end(self._part(cohort, count), now)
            if not number:
                return

    def _end(self, cohort: Cohort, now: float) -> None:
        if now < cohort.ready_at or cohort.dead_at is not None:
            self._orphans += cohort.count * cohort.sessions
            self.cohorts = [one for one in self.cohorts if one is not cohort]
            return
        cohort.deleted_at = now
        cohort.sigterm_at = now + self.model.pre_stop_seconds
        cohort.ends_at = cohort.sigterm_at + self.model.graceful_seconds
        self._deleting.append(cohort)

    def _part(self, cohort: Cohort, number: int) -> Cohort:
        """So many pods of a cohort as a cohort of their own, the whole if it has no more."""
        if number >= cohort.count:
            return cohort
        part = cohort.split(number)
        self.cohorts.append(part)
        return part


_MEANS = ("sessions", "waiting", "guests", "running", "guests_running", "variance", "level", "memory", "cpu", "cpu_sum")


def _alike(one: Cohort, other: Cohort) -> bool:
    """Whether two cohorts differ by less than 2 % in what they hold."""
    return all(
        abs(getattr(one, name) - getattr(other, name)) <= _ALIKE * max(getattr(one, name), getattr(other, name)) + slack
        for name, slack in (("sessions", 0.5), ("waiting", 0.1), ("memory", 1.0))
    )


def _shares(counts: list[int], number: int) -> list[int]:
    """``number`` divided in proportion to ``counts``, none above its own; what is left over goes to the last ones."""
    total = sum(counts)
    shares = [count * number // total for count in counts]
    for place in range(len(counts) - 1, -1, -1):
        extra = min(number - sum(shares), counts[place] - shares[place])
        shares[place] += extra
    return shares
