"""Calls in the pods: how many come, wait and are served, and how long they waited."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .fleet import Reach
from .pods import Cohort, PodModel
from .waits import CALM_STEP, SETTLED, STEP, Spread

MOST_TRIES = 6
NEAR = 1e-4
"""Newton's steps that look for the calls that come, and how near they must get; as a part of them."""


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
    queued: float = 0.0
    """Calls that wait at its end."""
    running: float = 0.0
    """Calls that are served at its end."""
    wait: float = 0.0
    """95th percentile of the wait in the pods where it is longest."""
    offered: float = 0.0
    """Calls that the sessions would begin if nothing waited."""


class Calls:
    """The calls of all clients in the pods, as flows.

    What is followed is the mean number of calls that wait in a pod, by chance or because more come than can be served.
    How fast calls begin there, and how long they waited, is what the tables of the pod have for a load at which as many
    wait in the long run (the pointwise stationary fluid flow approximation). Clients who wait begin no other call; an
    answered one pauses and calls again: in its own pod where its session stays there, else in any. So a queue stays at
    its pod until that has worked it off or calls are given up, and new pods take the next calls only.

    Source: Wang, Tipper and Banerjee, A simple approximation for modeling nonstationary queues, INFOCOM 1996.
    """

    def __init__(self, model: PodModel, timeout: float) -> None:
        self.model = model
        self.spread = Spread()
        """How long the calls waited that began."""
        self.pause = model.waits.pause
        self.most = model.capacity * timeout
        """Calls that wait in a pod at most: the last of them is given up."""
        self.spans = {seconds: Span(model, seconds) for seconds in (STEP, CALM_STEP)}
        self.span = self.spans[STEP]
        self.coming = 0.0
        """Calls of free clients that came to each pod per second in the last step: where the search begins."""

    def step(self, reach: Reach, free: float, seconds: float = STEP) -> Flow:
        """Calls that arrive, are served and wait. ``free`` clients use all pods alike."""
        model, flow = self.model, Flow()
        self.span = self.spans[seconds]
        reached = reach.pods + reach.deaf
        each = free / reached if reached else 0.0
        # Clients whom nobody answers: no pod is there, or the proxy does not know yet that theirs is gone.
        turned_away = each * reach.deaf if reach.pods else free
        # And those whose session is in a pod that is lost, until that is noticed.
        turned_away += sum(one.count * one.sessions for one in reach.others if one.dead_at is not None)
        flow.failed = flow.arrived = flow.offered = turned_away * model.calls_per_session * seconds
        for cohort in reach.others:
            if cohort.running or cohort.waiting:
                self._end(cohort, flow)
        pods = [_Pod(self, cohort, reach.pods) for cohort in reach.serving]
        coming = self._coming(pods, reach, free, reached) if free > 0 and pods else 0.0
        for pod in pods:
            self._serve(pod, coming, each, flow)
        return flow

    def _coming(self, pods: Sequence[_Pod], reach: Reach, free: float, reached: int) -> float:
        """Calls of free clients that come to each pod per second, on the mean over the step: those who pause call.

        Who pauses at its end depends on how many wait then, and that on how many have come: by Newton's steps.
        """
        parallel, pause = self.model.parallel, self.pause
        there = free * parallel
        busy = sum(one.count * one.guests_there for one in reach.serving) if reach.serving else 0.0
        busy += sum(one.count * (one.guests + one.guests_running) for one in reach.others)
        before = max(0.0, there - busy)
        weight = self.span.late_part
        coming = self.coming
        for _ in range(MOST_TRIES):
            after, slope = there, 0.0
            for pod in pods:
                busy, more = pod.guests_after(coming)
                after -= pod.cohort.count * busy
                slope -= pod.cohort.count * more
            error = (before + weight * (after - before)) / pause / reached - coming
            if abs(error) <= NEAR * (coming + NEAR):
                break
            coming = max(0.0, coming + error / (1 - weight * slope / (pause * reached)))
        self.coming = coming
        return coming

    def _serve(self, pod: _Pod, coming: float, visitors: float, flow: Flow) -> None:
        """The calls of one cohort in which calls arrive."""
        model, cohort, span = self.model, pod.cohort, self.span
        seconds = span.seconds
        count, before = cohort.count, cohort.waiting
        own, after, rate = pod.after(coming)
        failed = 0.0
        if after > self.most:
            failed, after = after - self.most, self.most
        started = max(0.0, rate * seconds)
        guests = self._guests(own, coming)
        # The mix of what waits follows that of what comes, as fast as the queue is replaced.
        kept = min(1.0, max(0.0, before - started) / after) if after > 0 else 0.0
        mixed = guests if before <= 0 or guests in (0.0, 1.0) else cohort.guests / before
        share = kept * mixed + (1 - kept) * guests
        cohort.level, cohort.waiting, cohort.guests = pod.level, after, share * after
        ran = cohort.running
        cohort.running = ran * span.linger + rate * span.rest
        cohort.guests_running = cohort.guests_running * span.linger + rate * span.rest * share
        demand = (cohort.sessions + visitors) * model.calls_per_session
        flow.arrived += (started + failed + after - before) * count
        flow.failed += failed * count
        flow.started += started * count
        flow.finished += (ran + started - cohort.running) * count
        flow.running += cohort.running * count
        flow.queued += after * count
        flow.offered += demand * seconds * count
        if after > rate:
            came = max(0.0, started + failed + after - before)
            cohort.came.extend([came * STEP / seconds] * round(seconds / STEP))
            pod.look_back(after, max(rate, NEAR))
        elif cohort.came:
            cohort.came.clear()
        if started > 0:
            self._judge(pod, started * count, flow)

    def _guests(self, own: float, coming: float) -> float:
        """Part of the calls that come which are of free clients."""
        if self.model.sticky in (0.0, 1.0):
            return 1.0 - self.model.sticky
        came = max(0.0, own) + coming
        return coming / came if came > 0 else 0.0

    def _end(self, cohort: Cohort, flow: Flow) -> None:
        """The calls of one cohort to which none comes any more."""
        model, count, before, span = self.model, cohort.count, cohort.waiting, self.span
        started = min(before, model.capacity * span.seconds)
        cohort.waiting = before - started
        cohort.guests *= cohort.waiting / before if before else 0.0
        ran, rate = cohort.running, started / span.seconds
        cohort.running = ran * span.linger + rate * span.rest
        cohort.guests_running *= cohort.running / ran if ran else 0.0
        flow.started += started * count
        flow.finished += (ran + started - cohort.running) * count
        flow.running += cohort.running * count
        flow.queued += cohort.waiting * count
        if started > 0:
            self.spread.add(model.waits.table(1).entry(round(cohort.level)), started * count)
            waited = before / model.capacity
            flow.late += started * count if waited > model.waits.objective else 0.0
            flow.wait = max(flow.wait, waited)

    def _judge(self, pod: _Pod, calls: float, flow: Flow) -> None:
        """How long the calls waited that began."""
        place, part = pod.found
        stage = self._stage(pod, calls / pod.cohort.count)
        low, high = pod.table.at_stage(place, stage), pod.table.at_stage(place + 1, stage)
        share = min(1.0, part)
        flow.late += calls * ((1 - share) * low.late + share * high.late)
        flow.wait = max(flow.wait, (1 - part) * low.p95 + part * high.p95)
        self.spread.add(high if share > 0.5 else low, calls)

    def _stage(self, pod: _Pod, calls: float) -> int:
        """How far the queues have come on the way to where they are unequal in the long run.

        Calls come and go by chance, and each of them adds one to the variance, more where they take unequally long,
        less the part that all pods have in common, until clients are missing elsewhere for what waits here. Where
        sessions stay with their pod that takes no longer than they pause.
        """
        cohort = pod.cohort
        if self.model.waits.sticky or pod.table.pods == 1:
            return SETTLED
        place, part = pod.found
        variances = pod.table.variances
        last = variances[place] + part * (variances[place + 1] - variances[place])
        if last <= 0:
            return SETTLED
        more = 2 * self.model.waits.step * calls * (1 - 1 / pod.table.pods)
        cohort.variance = min(last, (cohort.variance + more) / (1 + more / last))
        return max(0, SETTLED + round(math.log2(max(1e-9, cohort.variance / last))))


class _Pod:
    """One pod of a cohort within one step: what waits there at its end, by what comes."""

    __slots__ = (
        "cohort",
        "fixed",
        "found",
        "known",
        "lingering",
        "of_queue",
        "of_rate",
        "seconds",
        "span",
        "staying",
        "table",
    )

    def __init__(self, calls: Calls, cohort: Cohort, alike: int) -> None:
        model, span, pause = calls.model, calls.span, calls.pause
        self.cohort, self.span, self.seconds = cohort, span, span.seconds
        self.table = model.waits.table(alike)
        self.found = (0, 0.0)
        self.known = (-1.0, 0.0, 0.0, 0.0)
        self.lingering = cohort.running * span.linger
        waiting = cohort.waiting
        if not model.sticky:
            self.staying, self.fixed, self.of_queue, self.of_rate = 0.0, waiting, 1.0, span.seconds
            return
        own = cohort.sessions * model.parallel
        paused = max(0.0, own - (waiting - cohort.guests) - (cohort.running - cohort.guests_running))
        # Own clients who pause call: those of now, and those of the end of the step, who do not wait or run then.
        self.staying = 1 - cohort.guests / waiting if waiting > 0 else model.sticky
        part = span.seconds * span.late_part / pause
        early = span.seconds * (1 - span.late_part) / pause
        self.fixed = waiting + early * paused + part * (own - self.lingering * self.staying)
        self.of_queue = 1 + part * self.staying
        self.of_rate = span.seconds + part * self.staying * span.rest

    @property
    def level(self) -> float:
        """Where it was found in the table."""
        return float(self.found[0])

    def after(self, coming: float) -> tuple[float, float, float]:
        """Calls of own clients that came per second, calls that wait at the end, and calls begun per second."""
        if self.known[0] == coming:
            return self.known[1:]
        goal = self.fixed + self.seconds * coming
        place, part = self.table.find(goal, self.of_queue, self.of_rate, int(self.cohort.level))
        self.found = (place, part)
        queues, rates = self.table.queues, self.table.rates
        queue = queues[place] + part * (queues[place + 1] - queues[place])
        rate = rates[place] + min(1.0, part) * (rates[place + 1] - rates[place])
        own = (queue - self.cohort.waiting) / self.seconds + rate - coming
        self.known = (coming, own, queue, rate)
        return own, queue, rate

    def look_back(self, waiting: float, rate: float) -> None:
        """Judge by who begins now: it came when those that wait now had not come yet.

        That is longer ago than it takes to serve them where fewer come than before, and less long where more do.
        """
        left, seconds = waiting, 0.0
        for came in reversed(self.cohort.came):
            if left <= came:
                seconds += STEP * left / came
                break
            left -= came
            seconds += STEP
        else:
            seconds += left / rate
        self.found = self.table.find(seconds * rate, 1.0, 0.0, self.found[0])

    def guests_after(self, coming: float) -> tuple[float, float]:
        """Calls of free clients that wait or are served there at the end, and how many more for each that comes."""
        _, queue, rate = self.after(coming)
        place = self.found[0]
        queues, rates = self.table.queues, self.table.rates
        more_queue, more_rate = queues[place + 1] - queues[place], rates[place + 1] - rates[place]
        steep = self.of_queue * more_queue + self.of_rate * more_rate
        guests = 1 - self.staying
        more = self.seconds * (more_queue + self.span.rest * more_rate) / steep if steep > 0 else 0.0
        return guests * (queue + self.lingering + self.span.rest * rate), guests * more


class Span:
    """What follows from the length of a step."""

    def __init__(self, model: PodModel, seconds: float) -> None:
        self.seconds = seconds
        self.linger = math.exp(-seconds / model.call_seconds) if model.call_seconds > 0 else 0.0
        """Part of the calls that run at its beginning and still do at its end."""
        self.rest = model.call_seconds * (1 - self.linger)
        """Calls that run at its end for each that began a second."""
        self.late_part = _late_part(seconds / model.waits.pause)


def _late_part(ratio: float) -> float:
    """How much the mean over a step is that of its end, for what dies away with the step over its time as ``ratio``."""
    if ratio < 1e-3:
        return 0.5
    left = math.exp(-ratio)
    return (1 - (1 - left) / ratio) / (1 - left)
