"""One session after the other, one call after the other: an oracle for the traffic that shares no code with it.

Everything is drawn: when sessions come and go, which pod takes them, how long they think, how long each call needs
the CPU and everything else. The number of pods is a script, since the autoscaler has an oracle of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random


@dataclass(frozen=True, kw_only=True)
class World:
    """What is simulated. Times in seconds."""

    sticky: bool
    load: Sequence[tuple[float, float]]
    """Time and wanted sessions; straight in between."""
    pods: Sequence[tuple[float, int]]
    """When there shall be how many pods, in order of time; the first at 0."""
    session: float
    """Mean length of a session."""
    think: float
    """Mean time between two calls of a session."""
    service: float
    """Mean time that a call holds one of the servers."""
    slow: tuple[float, float] | None = None
    """Part of the calls that hold it longer, and for how long on the mean; ``service`` is that of the others then."""
    elsewhere: float
    """Mean time that it takes besides, without one."""
    servers: int
    start: float
    """From the creation of a pod to its first request."""
    noticed: float
    """From its deletion to the last request."""
    pre_stop: float
    """From its deletion until it may end."""
    retry: float
    """Mean time until a client whose session was cut off opens another one."""
    objective: float
    lost: tuple[float, int] | None = None
    """When how many pods vanish with their nodes."""
    unnoticed: float = 50.0
    """From then until no request goes there any more."""
    tolerated: float = 300.0
    """From then until others are made for them."""


@dataclass
class Seen:
    """What came of it."""

    waits: list[float] = field(default_factory=list)
    dropped: int = 0
    begun: int = 0
    pod_seconds: float = 0.0
    finished: int = 0
    failed: int = 0
    """Calls that no pod answered."""


@dataclass(eq=False)
class Pod:
    created: float
    ready: float
    free: int
    line: deque[tuple[float, Session, int]] = field(default_factory=deque)
    sessions: dict[Session, None] = field(default_factory=dict)
    """In the order in which they came, so that a seed always gives the same run."""
    calls: int = 0
    deleted: float | None = None
    closed: bool = False
    lost: bool = False
    unplugged: bool = False


@dataclass(eq=False)
class Session:
    pod: Pod | None = None
    over: bool = False
    turn: int = 0
    """Grows with each new start, so that what was planned before it no longer counts."""


class Run:
    """One run; ``seen`` is what came of it."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random, self.seen = world, Random(seed), Seen()
        self.now = 0.0
        self.calendar: list[tuple[float, int, str, object]] = []
        self.order = 0
        self.pods: list[Pod] = []
        self.end = world.load[-1][0]
        for _ in range(world.pods[0][1]):
            self.pods.append(Pod(-1e9, -1e9, world.servers))
        for at, number in world.pods[1:]:
            self.plan(at, "scale", number)
        if world.lost is not None:
            self.plan(world.lost[0], "lose", world.lost[1])
        for _ in range(round(world.load[0][1])):
            self.arrive()
        self.plan_arrival()

    def run(self) -> Seen:
        while self.calendar:
            at, _, kind, what = heappop(self.calendar)
            if at > self.end:
                break
            self.now = at
            getattr(self, f"on_{kind}")(what)
        for pod in self.pods:
            self.seen.pod_seconds += self.end - max(0.0, pod.created)
        return self.seen

    def plan(self, at: float, kind: str, what: object) -> None:
        self.order += 1
        heappush(self.calendar, (at, self.order, kind, what))

    def after(self, mean: float) -> float:
        return self.now + self.random.expovariate(1 / mean)

    def wanted(self, at: float) -> tuple[float, float]:
        """Sessions that are wanted, and how fast their number grows."""
        for (left, before), (right, value) in zip(self.world.load, self.world.load[1:], strict=False):
            if left <= at < right:
                slope = (value - before) / (right - left)
                return before + slope * (at - left), slope
        return self.world.load[-1][1], 0.0

    def plan_arrival(self) -> None:
        """The next arrival of a Poisson process whose rate keeps the mean at what is wanted, by thinning."""
        highest = max(value for _, value in self.world.load) / self.world.session
        slopes = [self.wanted(at)[1] for at, _ in self.world.load]
        most = highest + max(0.0, *slopes)
        at = self.now
        while at < self.end:
            at += self.random.expovariate(most)
            value, slope = self.wanted(at)
            if self.random.random() * most < value / self.world.session + slope:
                self.plan(at, "arrival", None)
                return

    def on_arrival(self, _: object) -> None:
        self.arrive()
        self.plan_arrival()

    def arrive(self) -> None:
        self.seen.begun += 1
        session = Session()
        self.plan(self.after(self.world.session), "leave", session)
        self.open(session)

    def reachable(self) -> list[Pod]:
        return [
            pod
            for pod in self.pods
            if pod.ready <= self.now
            and not pod.unplugged
            and (pod.deleted is None or self.now < pod.deleted + self.world.noticed)
        ]

    def open(self, session: Session) -> None:
        if self.world.sticky:
            pod = self.random.choice(self.reachable())
            if pod.lost:
                session.turn += 1
                self.plan(self.after(self.world.retry), "retry", session)
                return
            session.pod = pod
            session.pod.sessions[session] = None
        session.turn += 1
        self.plan(self.after(self.world.think), "call", (session, session.turn))

    def on_leave(self, session: object) -> None:
        assert isinstance(session, Session)
        session.over = True
        if session.pod is not None:
            session.pod.sessions.pop(session, None)

    def on_call(self, what: object) -> None:
        session, turn = what  # type: ignore[misc]
        if session.over or session.turn != turn:
            return
        pod = session.pod if self.world.sticky else self.random.choice(self.reachable())
        if pod.lost:
            self.seen.failed += 1
            self.plan(self.after(self.world.think + self.world.service + self.world.elsewhere), "call", what)
            return
        pod.calls += 1
        if pod.free:
            pod.free -= 1
            self.begin(pod, session, turn, 0.0)
        else:
            pod.line.append((self.now, session, turn))

    def begin(self, pod: Pod, session: Session, turn: int, waited: float) -> None:
        self.seen.waits.append(waited)
        share, longer = self.world.slow or (0.0, 0.0)
        mean = longer if share and self.random.random() < share else self.world.service
        self.plan(self.after(mean), "served", (pod, session, turn))

    def on_served(self, what: object) -> None:
        pod, session, turn = what  # type: ignore[misc]
        if pod.lost:
            self.cut(session, turn)
            return
        if pod.line:
            came, following, its_turn = pod.line.popleft()
            self.begin(pod, following, its_turn, self.now - came)
        else:
            pod.free += 1
        self.plan(self.after(self.world.elsewhere), "answer", (pod, session, turn))

    def on_answer(self, what: object) -> None:
        pod, session, turn = what  # type: ignore[misc]
        if pod.lost:
            self.cut(session, turn)
            return
        pod.calls -= 1
        self.seen.finished += 1
        self.close(pod)
        if not session.over and session.turn == turn:
            self.plan(self.after(self.world.think), "call", (session, turn))

    def on_scale(self, number: object) -> None:
        assert isinstance(number, int)
        there = [pod for pod in self.pods if pod.deleted is None]
        for _ in range(number - len(there)):
            self.pods.append(Pod(self.now, self.now + self.world.start, self.world.servers))
        there.sort(key=lambda pod: pod.created)
        for pod in there[number:]:
            pod.deleted = self.now
            self.plan(self.now + self.world.noticed, "unplug", pod)
            self.plan(self.now + self.world.pre_stop, "close", pod)

    def on_lose(self, number: object) -> None:
        """Nodes vanish: what their pods were doing fails, and so does what still comes to them."""
        assert isinstance(number, int)
        for pod in self.random.sample(self.pods, number):
            pod.lost = True
            self.seen.failed += pod.calls
            self.plan(self.now + self.world.unnoticed, "unplug", pod)
            self.plan(self.now + self.world.unnoticed + self.world.tolerated, "replace", pod)
            for _, session, turn in pod.line:
                self.cut(session, turn)
            for session in pod.sessions:
                session.turn += 1
                self.plan(self.after(self.world.think), "call", (session, session.turn))

    def on_replace(self, pod: object) -> None:
        assert isinstance(pod, Pod)
        self.pods.remove(pod)
        self.seen.pod_seconds += self.now - max(0.0, pod.created)
        self.pods.append(Pod(self.now, self.now + self.world.start, self.world.servers))

    def cut(self, session: Session, turn: int) -> None:
        """A call that its pod took with it: its client goes on, unless its session was begun anew meanwhile."""
        if not session.over and session.turn == turn:
            self.plan(self.after(self.world.think), "call", (session, turn))

    def on_unplug(self, pod: object) -> None:
        """No proxy sends anything any more: sessions that live in the pod are lost."""
        assert isinstance(pod, Pod)
        pod.unplugged = True
        for session in pod.sessions:
            self.seen.dropped += 1
            session.turn += 1
            session.pod = None
            self.plan(self.after(self.world.retry), "retry", session)
        pod.sessions.clear()

    def on_retry(self, session: object) -> None:
        assert isinstance(session, Session)
        if not session.over:
            self.open(session)

    def on_close(self, pod: object) -> None:
        assert isinstance(pod, Pod)
        pod.closed = True
        self.close(pod)

    def close(self, pod: Pod) -> None:
        if pod.closed and not pod.calls and pod in self.pods:
            self.pods.remove(pod)
            self.seen.pod_seconds += self.now - max(0.0, pod.created)


def simulate(world: World, seed: int) -> Seen:
    """One run with this seed."""
    return Run(world, seed).run()
