"""The simulation itself: load, pods, metrics and autoscaler, step by step. Deterministic by seed; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ..hashing import moved
from ..server.spec import CONTAINER
from . import hpa
from .calls import Calls, Flow
from .chance import Chance
from .cron import highest
from .fleet import UNNOTICED_SECONDS, Fleet, Nodes, Reach
from .hpa.clock import NANOSECONDS, nanoseconds
from .keda import OUTSIDE, Operator
from .load import MOST_SESSIONS, Load, level
from .metrics import MEBIBYTE, MILLI, Prometheus, Resources
from .pods import PodModel
from .policy import Policy, Source, joined
from .rest import Rest
from .result import NOTICEABLE, Result, Sample
from .traffic import Clients
from .waits import CALM_STEP, STEP

NOTE_SECONDS = 15
"""Seconds between two samples of a report."""
SETTLED_SHARE = 0.02
"""Change of a queue in a step, as a part of the calls begun, below which it is settled."""
SLOW_SHARE = 0.01
"""Change of the load in a long step below which it changes slowly."""
PASS_NANOSECONDS = 10_000_000
"""What one pass of the autoscaler takes: the next one begins so much later than the sync period. With 10 ms the real
controller's own timing was met; 15.01 to 15.3 s between two passes were seen."""
WRITE_NANOSECONDS = 5_000_000
"""From the beginning of a pass to the stamp of the change that it writes."""
TRIALS, TRIAL_STEP, TRIAL_SECONDS = 30, 0.02, 900.0
"""How often a number of sessions is tried that may make an autoscaler move, by how much more each, and how long."""
WARM_SECONDS = 900.0
"""What goes before the first second of a report, so that it begins with a service that runs."""
BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
"""A Monday at midnight: schedules are seen from there."""


@dataclass(frozen=True, kw_only=True)
class Events:
    """What happens besides the load. Times are in seconds from the start."""

    outage: tuple[float, float] | None = None
    """From when to when Prometheus does not answer."""
    resource_outage: tuple[float, float] | None = None
    """From when to when the metrics server does not answer."""
    empty: bool = False
    """Whether Prometheus answers during the outage, but with nothing, as after a renamed metric."""
    lost: tuple[float, float] | None = None
    """When a part of the nodes vanishes, and which part of the pods was there, from 0 to 1: the loss of a zone."""
    rollout: float | None = None
    """When a new version is rolled out."""
    start_seconds: float | None = None
    """Start of a pod, instead of the model's: an image that is pulled slowly."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the simulation runs."""

    session_seconds: float
    """Mean length of a session; exponential."""
    timeout_seconds: float = 60.0
    """A call that waits longer is given up by its client, and counts as failed."""
    retry_seconds: float = 5.0
    """Mean time until a client that lost its session, or was refused, tries again; doubled by each refusal."""
    scrape_seconds: float = 15.0
    """Prometheus scrapes this often, so that a gauge is this old at most."""
    nodes: Nodes | None = None
    """New nodes for new pods. Default: there is always room."""
    seed: int | None = 1
    """The same seed, the same result; ``None``: no chance, everything as it is on the mean."""
    begin: datetime = BEGIN
    skipped_seconds: float = 0.0
    """So much of a load that is level until then is left out: what runs at rest needs no longer to be shown so. A
    multiple of 15."""
    until_rest: bool = False
    """End when nothing changes any more. What a trouble does is all there then; sums over the whole time are not, such
    as pod-hours and calls. Only without chance and events."""
    config: hpa.ControllerConfig = hpa.KUBERNETES_1_36


def simulate(
    policy: Policy, load: Load, model: PodModel, options: Options, events: Events = Events(), *, warm: bool = True
) -> Result:
    """What ``policy`` does with ``load``.

    :param warm: begin with the pods that the first load needs, as a service that has run for long; otherwise with
        the policy's minimum.
    """
    return _Simulation(policy, load, model, options, events, warm).run()


class _Simulation:
    """One run. Each method is one thing that happens in a step, in the order in which ``step`` calls them."""

    def __init__(
        self, policy: Policy, load: Load, model: PodModel, options: Options, events: Events, warm: bool
    ) -> None:
        if policy.drain is not None:
            drain = policy.drain
            model = replace(model, pre_stop_seconds=drain.pre_stop_seconds, graceful_seconds=drain.graceful_seconds)
        policy = joined(policy)
        self.policy, self.load, self.model, self.options, self.events = policy, load, model, options, events
        self.begin = options.skipped_seconds
        self.start = self.begin - (WARM_SECONDS if warm else 0.0)
        self.replicas = first_replicas(policy, load, model) if warm else policy.minimum
        self.fleet = Fleet(model, self.replicas, self.start, nodes=options.nodes)
        if events.start_seconds is not None:
            self.fleet.start_seconds = events.start_seconds
        # Each has chance of its own: what one draws does not depend on what happens in the others.
        clients, resources, gauges = (_chance(options.seed, number) for number in range(3))
        self.clients = Clients(
            model,
            load,
            clients,
            session_seconds=options.session_seconds,
            retry_seconds=options.retry_seconds,
        )
        self.calls = Calls(model, options.timeout_seconds)
        self.resources = Resources(model, resources)
        self.prometheus = Prometheus(gauges, options.scrape_seconds)
        self.controller = hpa.Controller(policy.spec, options.config)
        self.operator = Operator(policy.keda, policy.spec.metrics, policy.sources) if policy.keda else None
        self.windows = self._windows()
        self.requests = self._requests()
        self.result = Result(policy.name, notes=policy.notes)
        self.begun_calls = 0.0
        self.flow, self.queued, self.seconds, self.end = Flow(), 0.0, STEP, 0.0
        # Long steps must not pass over a scrape or a poll.
        periods = [options.scrape_seconds, *([policy.keda.polling_seconds] if policy.keda else [])]
        self.even = not any(period % CALM_STEP for period in periods)
        self.pace = nanoseconds(options.config.sync_period) + PASS_NANOSECONDS
        # Passes come when they would have come without what is skipped.
        self.next_pass = nanoseconds(self.start - self.begin)
        self.next_pass += -(-nanoseconds(self.begin) // self.pace) * self.pace
        self.blind, self.held_back = False, ""
        self.asked: int | None = None
        """What the metrics asked for in the last pass."""
        calm = options.until_rest and options.seed is None and events == Events()
        self.rest = Rest(policy, load, options.config) if calm else None
        self.clients.begin(self.start, self.fleet)

    def run(self) -> Result:
        """All steps, those before the first second without a trace."""
        self.end = self.begin
        self._until(self.start)
        result = self._fresh()
        self.end = math.ceil(self.load.duration / STEP) * STEP
        self._until(self.begin)
        result.close()
        result.duration = self.end
        result.clients = self.clients.there(self.fleet)
        result.open_calls = sum(one.count * (one.running + one.waiting) for one in self.fleet.cohorts)
        return result

    def _until(self, now: float) -> None:
        """All steps from now to the end."""
        while now < self.end:
            now += self.step(now)
            if self.rest is not None and self.rest.reached(now, self.replicas, self.asked, moving=self._moving(now)):
                break

    def _moving(self, now: float) -> bool:
        """Whether anything still changes, or is not as it should be."""
        troubled = bool(self.result.bad_seconds) and self.result.bad_seconds[-1] >= now - CALM_STEP
        return troubled or self.seconds != CALM_STEP or not self.fleet.still(now)

    def _fresh(self) -> Result:
        """A new report, from the state as it is."""
        result = Result(self.policy.name, notes=self.policy.notes, patience=self.options.timeout_seconds)
        result.sessions_begun = self.clients.there(self.fleet)
        result.calls = sum(one.count * (one.running + one.waiting) for one in self.fleet.cohorts)
        self.result, self.calls.spread = result, result.spread
        return result

    def step(self, now: float) -> float:
        """What is seen and decided now, and the seconds after it: how many."""
        fleet, result = self.fleet, self.result
        cut = self._happen(now)
        fleet.advance(now)
        self._control(now)
        sessions, calls = fleet.reap(now)
        if sessions:
            self.clients.lost(sessions)
            result.dropped_sessions += sessions
        reach = fleet.reach(now)
        self._move(reach)
        seconds = CALM_STEP if self._calm(now) else STEP
        self._count_held(seconds)
        without = self.clients.step(now, fleet, reach, result, seconds)
        flow = self.calls.step(reach, self.clients.free, seconds)
        flow.failed += cut + calls
        self._judge(now, flow, reach, without, seconds)
        self.resources.use(now, fleet.cohorts, self.clients.free, reach.pods, seconds)
        self.queued, self.flow, self.seconds = self.flow.queued, flow, seconds
        return seconds

    def _calm(self, now: float) -> bool:
        """Whether nothing moves for a while but a load that changes slowly, so that a long step says the same."""
        if now % CALM_STEP or not self.even or now + CALM_STEP > self.end or not self.fleet.still(now):
            return False
        flow, events = self.flow, self.events
        if any(self.clients.away) or abs(flow.queued - self.queued) > SETTLED_SHARE * (flow.started + 1):
            return False
        if any(
            at is not None and now <= at < now + CALM_STEP for at in (events.rollout, events.lost and events.lost[0])
        ):
            return False
        before, after = self.load.at(now), self.load.at(now + CALM_STEP)
        return abs(after - before) <= SLOW_SHARE * before

    def _move(self, reach: Reach) -> None:
        """Sessions whose clients a hash sends to another pod, since there are other pods than in the step before."""
        if self.model.hashing is None:
            return
        kept, gone, come = self.fleet.relist(reach)
        if gone or come:
            shrunk, grown = moved(self.model.hashing, sum(one.count for one in kept), gone, come)
            there = sum(one.sessions * one.count for one in kept)
            for cohort in kept:
                cohort.sessions *= 1 - shrunk - grown
            self.clients.lost(there * (shrunk + grown))
            self.result.dropped_sessions += there * shrunk
            self.result.moved_sessions += there * grown

    def _control(self, now: float) -> None:
        """Samples, KEDA's poll and the autoscaler's pass, each at its time."""
        noted = not now % NOTE_SECONDS
        if not noted:
            self.resources.sample(now, self.fleet.cohorts)
        passes = self.next_pass < nanoseconds(now + STEP)
        if self.operator is None and not passes and not noted and not self.prometheus.due(now):
            return
        reach = self.fleet.reach(now)
        if self.prometheus.due(now):
            self.prometheus.scrape(
                now,
                sessions=self._sessions(),
                in_flight=self.flow.running + self.flow.queued,
                calls=self.begun_calls,
                pods=reach.pods,
            )
        if self.operator is not None:
            self._resize(now, self.operator.poll(now, lambda source: self._ask(source, now), self.replicas))
        if passes:
            self._autoscale(now, reach)
            self.next_pass += self.pace
        if noted:
            # A sample that a long step has put off: the pass did not see it yet.
            self.resources.sample(now, self.fleet.cohorts)
            self._note(now, reach)
            self.fleet.merge(now)

    def _count_held(self, seconds: float) -> None:
        """The time until the next pass stands under what the last one found."""
        result = self.result
        if self.blind:
            result.blind_seconds += seconds
        if self.held_back:
            result.limits[self.held_back] = result.limits.get(self.held_back, 0.0) + seconds

    def _happen(self, now: float) -> float:
        """What happens besides the load; the calls that are cut by it."""
        events = self.events
        if events.rollout is not None and now <= events.rollout < now + STEP:
            self.fleet.begin_rollout()
        if events.lost is not None and now <= events.lost[0] < now + STEP:
            calls = self.fleet.lose(now, events.lost[1])
            self.result.lost_pods = self.fleet.lost
            return calls
        return 0.0

    def _judge(self, now: float, flow: Flow, reach: Reach, without: float, seconds: float) -> None:
        """Whether the objective was met in this step."""
        result = self.result
        silent = not reach.pods and self.clients.there(self.fleet) > NOTICEABLE
        refused = without > NOTICEABLE
        result.judge(now, flow.started, flow.late, flow.failed, refused=refused, silent=silent, seconds=seconds)
        result.calls += flow.arrived
        result.finished_calls += flow.finished
        result.longest_queue = max(result.longest_queue, flow.queued)
        wait = min(flow.wait, self.options.timeout_seconds)
        if wait > result.longest_wait:
            result.longest_wait, result.longest_wait_at = wait, now
        result.pod_seconds += seconds * self.fleet.placed(now)
        self.begun_calls += flow.started

    def _sessions(self) -> float:
        """Open sessions that a pod knows of."""
        there = (cohort for cohort in self.fleet.cohorts if cohort.dead_at is None)
        return self.clients.free + sum(cohort.sessions * cohort.count for cohort in there)

    def _autoscale(self, now: float, reach: Reach) -> None:
        """One pass of the autoscaler, at its own time: it sees the pods as they are at the beginning of the step."""
        if self.policy.fixed is not None:
            return
        groups = [
            hpa.PodGroup(cohort.count, cohort.pod(now, UNNOTICED_SECONDS, self.requests))
            for cohort in self.fleet.cohorts
        ]
        seen = hpa.Observation(
            spec_replicas=self.replicas,
            status_replicas=self.fleet.alive(),
            readings=[self._reading(place, now, reach) for place in range(len(self.policy.sources))],
            groups=groups,
        )
        at, written = self.next_pass / NANOSECONDS, (self.next_pass + WRITE_NANOSECONDS) / NANOSECONDS
        decision = self.controller.reconcile(at, seen, written_at=written)
        self.blind = decision.conditions.get("ScalingActive", (True, ""))[0] is False
        limited, reason = decision.conditions.get("ScalingLimited", (False, ""))
        self.held_back = reason if limited and decision.recommended is not None else ""
        self.asked = decision.recommended
        self._resize(now, decision.desired)

    def _resize(self, now: float, replicas: int) -> None:
        if replicas != self.replicas:
            self.replicas = self.fleet.wanted = replicas
            self.result.rescales += 1
            if not self.fleet.rolling:
                self.fleet.advance(now)

    def _reading(self, place: int, now: float, reach: Reach) -> hpa.Reading:
        """What one metric answers now."""
        source = self.policy.sources[place]
        if not source.external:
            if source.measure == "unknown":
                return hpa.MetricError("no pod has that container")
            if _within(self.events.resource_outage, now):
                return hpa.MetricError("the metrics server did not answer")
            return self.resources.reading(source.measure, self.fleet.cohorts)
        if source.per_pod:
            return self._per_pod(source, now, reach)
        if self.operator is not None:
            return self.operator.read(place, lambda one: self._ask(one, now), self.replicas, reach.pods)
        try:
            value = self._ask(source, now)
        except hpa.MetricError as error:
            return error
        return hpa.MetricError("no series") if value is None else _milli(value, self.policy.spec.metrics[place])

    def _per_pod(self, source: Source, now: float, reach: Reach) -> hpa.Reading:
        """A Pods metric: each pod's part of what Prometheus knows, evenly among those that serve."""
        try:
            value = self._ask(source, now)
        except hpa.MetricError as error:
            return error
        if value is None or not reach.pods:
            return hpa.MetricError("no samples")
        each = round(value * MILLI / reach.pods)
        return [
            hpa.MetricSample(each * cohort.count, now) if cohort.serving(now) else None for cohort in self.fleet.cohorts
        ]

    def _ask(self, source: Source, now: float) -> float | None:
        """The answer to a query. MetricError where none comes, ``None`` where it is empty."""
        if source.measure == "cron":
            window = self.windows.get(id(source.window))
            if window is None or source.window is None:
                raise hpa.MetricError("a cron trigger without a window")
            return window[int((now - self.start) // 60)] or OUTSIDE
        if source.measure == "unknown":
            raise hpa.MetricError("it is not known what the metric counts")
        if _within(self.events.outage, now):
            if self.events.empty:
                return None
            raise hpa.MetricError("Prometheus did not answer")
        return self.prometheus.value(source)

    def _windows(self) -> dict[int, list[float]]:
        """For each cron window its floor at each minute of the run."""
        count = int((self.load.duration - self.start) // 60) + 2
        begin = self.options.begin + timedelta(seconds=self.start)
        return {
            id(source.window): highest(source.windows or (source.window,), begin, count)
            for source in self.policy.sources
            if source.window is not None
        }

    def _requests(self) -> dict[str, dict[str, int]]:
        cpu, memory = round(self.model.cpu_request), round(self.model.memory_request * MEBIBYTE * MILLI)
        return {CONTAINER: {"cpu": cpu, "memory": memory}}

    def _note(self, now: float, reach: Reach) -> None:
        flow = self.flow
        capacity = reach.pods * self.model.capacity * self.seconds
        idle = math.inf if flow.offered else 0.0
        self.result.samples.append(
            Sample(
                at=now,
                wanted=self.replicas,
                ready=reach.pods,
                there=self.fleet.placed(now),
                clients=self.clients.there(self.fleet),
                sessions=self._sessions(),
                in_flight=flow.running + flow.queued,
                waiting=flow.queued,
                wait=min(flow.wait, self.options.timeout_seconds),
                utilisation=flow.offered / capacity if capacity else idle,
                dropped=self.result.dropped_sessions,
                moved=self.result.moved_sessions,
            )
        )


def _chance(seed: int | None, number: int) -> Chance:
    return Chance(None if seed is None else seed * 3 + number)


def _milli(value: float, metric: hpa.MetricSpec) -> hpa.Reading:
    """A value as the metrics API has it: one number for Object, a list of series for External."""
    milli = round(value * MILLI)
    return milli if metric.source == "Object" else [milli]


def _within(span: tuple[float, float] | None, now: float) -> bool:
    return span is not None and span[0] <= now < span[1]


def first_replicas(policy: Policy, load: Load, model: PodModel) -> int:
    """The pods that a service has that has run with the first load for long."""
    if policy.fixed is not None:
        return policy.fixed
    needed = 0.0
    sessions = load.at(0)
    rate = sessions * model.calls_per_session
    for metric, source in zip(policy.spec.metrics, policy.sources, strict=True):
        target = metric.target
        if source.measure == "cpu" and target.kind == "Utilization":
            room = model.cpu_request * target.value / 100 - model.base_cpu
            needed = max(needed, rate * model.cpu_per_call / room if room > 0 else math.inf)
        elif source.measure in ("sessions", "in-flight", "calls") and not source.average:
            value = {"sessions": sessions, "in-flight": rate * model.call_seconds, "calls": rate}[source.measure]
            needed = max(needed, source.says(value) * MILLI / target.value)
    return max(policy.spec.min_replicas, math.ceil(min(policy.spec.max_replicas, needed)))


def least_that_scales(policy: Policy, model: PodModel, options: Options) -> float | None:
    """The least number of lasting sessions at which more than the minimum of pods is wanted, tolerance included;
    ``None`` where no number does it, such as where nothing that is followed grows with them."""
    behavior = policy.spec.behavior
    given = None if behavior is None else behavior.up.tolerance
    tolerance = hpa.KUBERNETES_1_36.tolerance if given is None else given

    def more(sessions: float) -> bool:
        return first_replicas(policy, level(sessions / (1 + tolerance), 1.0), model) > policy.minimum

    low, high = 0.0, 1.0
    while not more(high):
        low, high = high, high * 2
        if high > MOST_SESSIONS:
            return None
    while high - low > max(0.01, high / 1000):
        middle = (low + high) / 2
        low, high = (low, middle) if more(middle) else (middle, high)
    # Clients that wait call less often, and utilisation is seen in whole percent: the estimate is low, and tried.
    for _ in range(TRIALS):
        tried = simulate(policy, level(high, TRIAL_SECONDS), model, options, warm=False)
        if tried.most > policy.minimum:
            return high
        high *= 1 + TRIAL_STEP
    return None
