"""Pods as the simulation has them: what one pod does, and cohorts of pods that behave alike."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from ..hashing import Hash
from . import hpa
from .waits import Waits

PROPAGATION_SECONDS = 5.0
"""From the deletion of a pod to the last proxy that has noticed. Proxies find a session by its pod: it ends then."""
BOOT_SHARE = 0.5
"""Part of the start of a pod in which its container runs and is not ready; before it the pod is Pending."""


REMEMBERED = 120
"""Steps of which a pod knows how many calls came: ten minutes."""


@dataclass(frozen=True, kw_only=True)
class PodModel:
    """What one pod does with its load. CPU is in millicores, memory in MiB."""

    sticky: float
    """Part of the sessions that stay with their pod, from 0 to 1: those of legacy-stateful and HTTP+SSE."""
    calls_per_session: float
    """Calls that one open session begins per second while none of them waits."""
    call_seconds: float
    """Mean duration of a call without waiting."""
    waits: Waits
    """Calls that a pod finishes per second at most, and how long calls wait."""
    base_cpu: float
    cpu_per_call: float
    """CPU of a call, in millicore-seconds: 100 is 100 ms of one core."""
    cpu_limit: float
    cpu_request: float
    base_memory: float
    session_memory: float
    memory_request: float
    session_cap: float
    """Sticky sessions above which a pod refuses new ones, as one that keeps to its memory limit does."""
    call_cpu_cv2: float = 1.0
    """Squared coefficient of variation of the CPU of a call."""
    boot_cpu: float = 0.0
    """CPU of a pod whose container runs and is not ready."""
    start_seconds: float = 20.0
    """From the creation of a pod to the first request it gets: scheduling, pull, start, readiness."""
    pre_stop_seconds: float = 0.0
    """From the deletion of a pod to SIGTERM; what it has goes on."""
    graceful_seconds: float = 30.0
    """From SIGTERM to the end: what calls that SIGTERM does not cut may still take."""
    cut_share: float = 0.0
    """Part of the calls that SIGTERM cuts at once: those of legacy eras."""
    returns_memory: bool = False
    """Whether resident memory falls when sessions close; that of Python servers does not."""
    hashing: Hash | None = None
    """How proxies find the pod of a sticky session by a hash of its client; ``None`` where they remember the pod, so
    that nothing but its end parts a session from it."""

    @property
    def capacity(self) -> float:
        """Calls that a pod finishes per second with everything busy."""
        return self.waits.capacity

    @property
    def parallel(self) -> int:
        """Calls that a session has open at the same time at most: one, unless it begins more than it could so."""
        return int(self.calls_per_session * self.call_seconds) + 1


@dataclass(slots=True)
class Cohort:
    """So many pods that were created, got ready and got their sessions alike. Numbers are those of each pod."""

    count: int
    created: float
    runs_at: float
    """When its container runs; before it the pod is Pending."""
    ready_at: float
    generation: int = 0
    """Of the pod template: a rollout replaces those of an older one."""
    sessions: float = 0.0
    """Open sticky sessions."""
    waiting: float = 0.0
    """Calls that wait in the pod, a mean."""
    guests: float = 0.0
    """Part of these that belong to sessions which are not sticky."""
    running: float = 0.0
    """Calls that are served now."""
    guests_running: float = 0.0
    """Part of these that belong to sessions which are not sticky."""
    variance: float = 0.0
    """Of the number of calls that wait, where pods share their clients."""
    came: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED), repr=False)
    """Calls that came in each of the last steps, while calls wait longer than one second."""
    level: float = 0.0
    """Where the table of waits has as many calls that wait."""
    memory: float = 0.0
    cpu: float = 0.0
    cpu_sum: float = 0.0
    """Sum of that over the steps since the last sample."""
    cpu_parts: float = 0.0
    """How many steps of five seconds these were."""
    deleted_at: float | None = None
    sigterm_at: float = 0.0
    ends_at: float = 0.0
    """When a deleted pod is killed."""
    terminated: bool = False
    """Whether SIGTERM has cut what it cuts."""
    dead_at: float | None = None
    """When the node of the pods was lost."""
    listed: bool = False
    """Whether proxies sent requests to the pods in the last step."""
    sample: tuple[float, float] | None = None
    """CPU and memory that the metrics API last had."""
    sampled_at: float = 0.0
    _seen: tuple[object, hpa.Pod] | None = field(default=None, repr=False)

    @property
    def guests_there(self) -> float:
        """Calls of sessions which are not sticky, waiting or served."""
        return self.guests + self.guests_running

    def serving(self, now: float) -> bool:
        """Whether the pods get requests and answer them."""
        if now < self.ready_at or self.dead_at is not None:
            return False
        return self.deleted_at is None or now < min(self.sigterm_at, self.deleted_at + PROPAGATION_SECONDS)

    def deaf(self, now: float, unnoticed: float) -> bool:
        """Whether the pods still get requests that nobody answers. ``unnoticed``: so long after a node is lost."""
        if self.dead_at is not None:
            return now < self.dead_at + unnoticed and now >= self.ready_at
        if self.deleted_at is None or now < self.ready_at:
            return False
        return self.sigterm_at <= now < self.deleted_at + PROPAGATION_SECONDS

    def ready(self, now: float, unnoticed: float) -> bool:
        """Whether the API says that the pods are ready; those that end are until the kubelet says otherwise."""
        return now >= self.ready_at and (self.dead_at is None or now < self.dead_at + unnoticed)

    def pod(self, now: float, unnoticed: float, requests: dict[str, dict[str, int]]) -> hpa.Pod:
        """One of the pods as the autoscaler sees it."""
        ready = self.ready(now, unnoticed)
        state = (ready, now >= self.runs_at, self.deleted_at)
        if self._seen is not None and self._seen[0] == state:
            return self._seen[1]
        since = self.ready_at if now >= self.ready_at else self.created
        if self.dead_at is not None and not ready:
            since = self.dead_at + unnoticed
        made = hpa.Pod(
            phase="Running" if now >= self.runs_at else "Pending",
            ready="True" if ready else "False",
            ready_since=float(int(since)),
            started=self.created,
            deleting=self.deleted_at is not None,
            requests=requests,
        )
        self._seen = (state, made)
        return made

    def split(self, number: int) -> Cohort:
        """So many of the pods as a cohort of their own; fewer than there are."""
        self.count -= number
        return replace(self, count=number, came=self.came.copy(), _seen=None)
