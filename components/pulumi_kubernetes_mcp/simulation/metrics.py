"""What the metrics server and Prometheus know, and how old it is."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from . import hpa
from .chance import Chance
from .pods import Cohort, PodModel
from .policy import Source
from .waits import STEP

RESOURCE_PERIOD = 15.0
"""The metrics server samples so often; its CPU is the mean over the time between two samples."""
RESOURCE_PHASE = 5.0
"""Seconds from the first pass of the autoscaler to the next sample. Passes come 15.01 s apart, so that what they see is
0 to 15 s old in turn."""
MEBIBYTE = 2**20
MILLI = 1000
_KEPT = 130
"""Scrapes that are kept: rates over half an hour."""


class Resources:
    """The metrics server: CPU and memory of each pod."""

    def __init__(self, model: PodModel, chance: Chance) -> None:
        self.model, self.chance = model, chance
        self.next_sample: float | None = None

    def use(self, now: float, cohorts: Sequence[Cohort], free: float, pods: int, seconds: float = STEP) -> None:
        """What each pod uses in a step. ``free`` clients use all ``pods`` that serve."""
        model, parts = self.model, seconds / STEP
        guests = free / pods if pods else 0.0
        for cohort in cohorts:
            if cohort.dead_at is not None:
                continue
            if now < cohort.ready_at:
                cohort.cpu = model.boot_cpu if now >= cohort.runs_at else 0.0
            else:
                cohort.cpu = model.base_cpu
                if model.call_seconds > 0:
                    cohort.cpu += cohort.running / model.call_seconds * model.cpu_per_call
                cohort.cpu = min(model.cpu_limit, cohort.cpu)
                memory = model.base_memory + model.session_memory * (cohort.sessions + guests)
                cohort.memory = memory if model.returns_memory else max(cohort.memory, memory)
            cohort.cpu_sum += cohort.cpu * parts
            cohort.cpu_parts += parts

    def sample(self, now: float, cohorts: Sequence[Cohort]) -> None:
        """At its time, a sample of each pod that has run for a whole window."""
        if self.next_sample is None:
            self.next_sample = now - now % RESOURCE_PERIOD + RESOURCE_PHASE
        if now < self.next_sample:
            return
        self.next_sample += RESOURCE_PERIOD * (1 + (now - self.next_sample) // RESOURCE_PERIOD)
        for cohort in cohorts:
            if cohort.dead_at is None:
                if now - cohort.runs_at >= RESOURCE_PERIOD:
                    cohort.sample = (self._noisy(cohort), cohort.memory)
                    cohort.sampled_at = now
                cohort.cpu_sum = cohort.cpu_parts = 0.0

    def _noisy(self, cohort: Cohort) -> float:
        """The mean of the window; calls come by chance, and the sum over many pods varies less."""
        mean, model = cohort.cpu_sum / max(1.0, cohort.cpu_parts), self.model
        if not cohort.running or not model.call_seconds:
            return mean
        calls = cohort.running / model.call_seconds
        spread = model.cpu_per_call * math.sqrt(calls * (1 + model.call_cpu_cv2) / (RESOURCE_PERIOD * cohort.count))
        return min(model.cpu_limit, max(0.0, self.chance.near(mean, spread)))

    def reading(self, resource: str, cohorts: Sequence[Cohort]) -> hpa.Reading:
        """The last samples, pod by pod."""
        place, unit = (0, 1.0) if resource == "cpu" else (1, MEBIBYTE * MILLI)
        return [
            None
            if cohort.sample is None
            else hpa.MetricSample(round(cohort.sample[place] * unit) * cohort.count, cohort.sampled_at, RESOURCE_PERIOD)
            for cohort in cohorts
        ]


class Prometheus:
    """Gauges and counters of all pods, as of the last scrape."""

    def __init__(self, chance: Chance, period: float) -> None:
        self.chance = chance
        self.period = period
        self.gauges: dict[str, float] = {}
        self.counted: deque[tuple[float, float]] = deque(maxlen=_KEPT)

    def due(self, now: float) -> bool:
        """Whether it is time for a scrape."""
        return now % self.period == 0

    def scrape(self, now: float, *, sessions: float, in_flight: float, calls: float, pods: int) -> None:
        """Look at all pods. ``calls``: those that began since the start. A gauge is one look at chance."""
        self.counted.append((now, calls))
        seen = max(0.0, self.chance.near(in_flight, math.sqrt(in_flight)))
        self.gauges = {"sessions": sessions, "in-flight": seen, "pods": float(pods)} if pods else {}

    def value(self, source: Source) -> float | None:
        """The answer to a query; ``None`` for an empty one, as of pods that are not there."""
        found = self._rate(source.rate_seconds) if source.measure == "calls" else self.gauges.get(source.measure)
        if found is None or not source.average:
            return None if found is None else source.says(found)
        return found / self.gauges["pods"] if self.gauges.get("pods") else None

    def _rate(self, seconds: float) -> float | None:
        """Calls per second over a window; ``None`` until two scrapes lie in it."""
        if len(self.counted) < 2 or not self.gauges:
            return None
        newest, calls = self.counted[-1]
        for at, before in self.counted:
            if newest - at <= seconds:
                return (calls - before) / (newest - at) if newest > at else None
        return None
