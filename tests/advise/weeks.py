"""Weeks of a server as Prometheus would have them: played by the simulator, with one planted pattern each."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from pulumi_kubernetes_mcp import rehearsal
from pulumi_kubernetes_mcp.advise.history import DAY, STEP, History
from pulumi_kubernetes_mcp.advise.patterns import Known, Pattern
from pulumi_kubernetes_mcp.server_plan import ServerPlan
from pulumi_kubernetes_mcp.simulation.load import Load, day
from pulumi_kubernetes_mcp.simulation.pods import PodModel
from pulumi_kubernetes_mcp.simulation.policy import Policy
from pulumi_kubernetes_mcp.simulation.run import simulate
from tests.load_test.samples import server

MONDAY = datetime(2026, 11, 16, tzinfo=UTC).timestamp()
PER_DAY = DAY // STEP
DAYS = 7
WEEKEND = 0.45
"""Load of a day of the weekend over that of a working day."""
NOISE = 0.04
"""Standard deviation of what is recorded, as a part of it."""
TOOLS = [{"name": "search", "sharePercent": 100, "durationMilliseconds": 200, "cpuMilliseconds": 20}]

GROWTHS = (0.2, 0.4, 0.6)
"""Of the load in a week: a third of the days of one are those of another."""

Row = dict[str, float]


@dataclass(frozen=True)
class World:
    """A server with its load: what is played."""

    peak: float = 300
    minimum: int = 2
    eras: tuple[str, ...] = ("modern", "legacy-stateful")
    flat: bool = False
    """A load that stands still, day and night."""

    @property
    def plan(self) -> ServerPlan:
        """The plan of it."""
        return _plan(self.peak, self.minimum, self.eras)

    @property
    def known(self) -> Known:
        """What the stack says of it."""
        return Known(
            min_replicas=self.minimum,
            follows_sessions="legacy-stateful" in self.eras,
            sessions_per_pod=float(self.plan.plan.capacity.sessions_target.value),
            cpu_limit=2.5,
            memory_limit=320 * 2**20,
        )


@cache
def _plan(peak: float, minimum: int, eras: tuple[str, ...]) -> ServerPlan:
    return server(
        server={"eras": list(eras)},
        workload={"peakSessions": peak, "sessionsPerPod": 40, "tools": TOOLS},
        scaling={"minReplicas": minimum, "prometheusAddress": "http://prometheus.monitoring:9090"},
    )


@cache
def played(world: World, share: float = 1.0) -> tuple[Row, ...]:
    """One day of a world at a part of its load. It is what all of this costs, so worlds and shares are few."""
    plan = world.plan
    return tuple(_rows(rehearsal.policy(plan), rehearsal.pod_model(plan), _load(world, share), plan))


def _load(world: World, share: float) -> Load:
    if world.flat:
        return Load((0.0, float(DAY)), (world.peak * share, world.peak * share))
    return day(world.peak * share)


def _rows(policy: Policy, model: PodModel, load: Load, plan: ServerPlan) -> Sequence[Row]:
    result = simulate(policy, load, model, rehearsal.options(plan, seed=None))
    rows, every = [], len(result.samples) // PER_DAY
    for sample in result.samples[::every][:PER_DAY]:
        calls = sample.sessions * model.calls_per_session
        ready = max(1, sample.ready)
        rows.append(
            {
                "pods": float(sample.ready),
                "sessions": sample.sessions,
                "calls": calls,
                "cpu": (ready * model.base_cpu + calls * model.cpu_per_call) / 1000,
                "memory": (model.base_memory + model.session_memory * sample.sessions / ready) * 2**20,
                "latency": 3 * model.call_seconds + sample.wait,
                "restarts": 0.0,
                "version": 1.0,
            }
        )
    return rows


def week(
    world: World,
    *,
    seed: int,
    growth: float = 0.0,
    change: Callable[[int, Row], Row] = lambda _, row: row,
) -> History:
    """Seven days from a Monday on, with the noise of what is recorded.

    :param growth: of the load of the working days in a week, as a part of it.
    :param change: what is planted: the number of the value and the value.
    """
    chance = random.Random(seed)
    rows: list[Row] = []
    for number in range(DAYS):
        share = WEEKEND if number >= 5 and not world.flat else 1 + growth * number / DAYS
        rows += played(world, round(share, 4))
    rows = [change(place, dict(row)) for place, row in enumerate(rows)]
    noisy = ("sessions", "calls", "cpu", "memory", "latency")
    for row in rows:
        for figure in noisy:
            row[figure] *= max(0.0, 1 + chance.gauss(0, NOISE))
    return History(start=MONDAY, series={figure: [row[figure] for row in rows] for figure in rows[0]})


def slowing(share: float) -> Callable[[int, Row], Row]:
    """Calls that take longer by a part of their time in a week, whatever the load: they wait for something."""

    def change(place: int, row: Row) -> Row:
        return {**row, "latency": row["latency"] * (1 + share * place / PER_DAY / DAYS)}

    return change


def together(*changes: Callable[[int, Row], Row]) -> Callable[[int, Row], Row]:
    """One change after the other."""

    def change(place: int, row: Row) -> Row:
        for one in changes:
            row = one(place, row)
        return row

    return change


def leaking(share: float) -> Callable[[int, Row], Row]:
    """Memory that grows by a part of itself in a week, whatever the load."""

    def change(place: int, row: Row) -> Row:
        return {**row, "memory": row["memory"] * (1 + share * place / PER_DAY / DAYS)}

    return change


def deployed(
    moment: float, *, latency: float = 1.0, cpu: float = 1.0, memory: float = 1.0
) -> Callable[[int, Row], Row]:
    """Another version from a day on, whose calls and pods cost so many times as much."""

    def change(place: int, row: Row) -> Row:
        if place < moment * PER_DAY:
            return row
        changed = {"latency": row["latency"] * latency, "cpu": row["cpu"] * cpu, "memory": row["memory"] * memory}
        return {**row, **changed, "version": 2.0}

    return change


def restarting(hours: float) -> Callable[[int, Row], Row]:
    """A container that is started again every so many hours, and is missing for five minutes."""
    every = round(hours * 3600 / STEP)

    def change(place: int, row: Row) -> Row:
        missing = {"pods": max(0.0, row["pods"] - 1)} if place % every == every // 2 else {}
        return {**row, **missing, "restarts": float((place + every // 2) // every)}

    return change


def planted(pattern: Pattern | None, seed: int) -> tuple[History, Known]:
    """A week with a pattern, or a healthy one; the strength and the world follow from the seed."""
    chance = random.Random(1000 + seed)
    strength = chance.uniform(0.15, 0.6)
    world = World(peak=chance.choice((240, 300, 420)), eras=chance.choice((("modern",), ("modern", "legacy-stateful"))))
    match pattern:
        case None:
            return week(world, seed=seed, change=deployed(3.5) if seed % 2 else deployed(99)), world.known
        case Pattern.LOW:
            world = World(peak=chance.choice((20, 30, 40)), minimum=chance.choice((4, 5, 6)), flat=True)
            return week(world, seed=seed), world.known
        case Pattern.SCHEDULE:
            world = replace(world, eras=("modern", "legacy-stateful"))
            world = replace(world, minimum=max(4, round(world.peak / world.known.sessions_per_pod)))
            return week(world, seed=seed), world.known
        case Pattern.GROWTH:
            world = World(eras=(("modern",), ("modern", "legacy-stateful"))[seed % 2])
            return week(world, seed=seed, growth=GROWTHS[seed % len(GROWTHS)]), world.known
        case Pattern.SLOWER:
            return week(world, seed=seed, change=slowing(strength)), world.known
        case Pattern.LEAK:
            return week(world, seed=seed, change=leaking(strength)), world.known
        case Pattern.DEPLOY:
            cost = chance.choice(("latency", "cpu", "memory"))
            at = chance.choice((1.4, 2.6, 3.3))
            return week(world, seed=seed, change=deployed(at, **{cost: 1 + 0.1 + strength})), world.known
        case Pattern.GAPS:
            return week(world, seed=seed, change=restarting(chance.choice((5, 9, 14)))), world.known


PAIRED = World(peak=240)
"""What two patterns are planted in."""
CHANGES: dict[Pattern, Callable[[int, Row], Row]] = {
    Pattern.LEAK: leaking(0.4),
    Pattern.SLOWER: slowing(0.4),
    Pattern.GAPS: restarting(9),
    Pattern.DEPLOY: deployed(2.6, cpu=1.5),
}
PAIRS: tuple[tuple[Pattern, Pattern], ...] = (
    *((world, change) for world in (Pattern.GROWTH, Pattern.SCHEDULE) for change in CHANGES),
    *((Pattern.LOW, change) for change in CHANGES if change is not Pattern.SLOWER),
    *((Pattern.GAPS, change) for change in (Pattern.LEAK, Pattern.SLOWER, Pattern.DEPLOY)),
    *((Pattern.DEPLOY, change) for change in (Pattern.LEAK, Pattern.SLOWER)),
    (Pattern.LEAK, Pattern.SLOWER),
    (Pattern.GROWTH, Pattern.SCHEDULE),
)
"""Every two that can be there at once. Neither a load that grows nor calls that get slower are a reason to keep fewer
pods, and a flat load has no quiet hours."""


def planted_together(pair: tuple[Pattern, Pattern], seed: int) -> tuple[History, Known]:
    """A week with two patterns."""
    world, growth = PAIRED, 0.4 if Pattern.GROWTH in pair else 0.0
    if Pattern.SCHEDULE in pair:
        world = replace(world, minimum=max(4, round(world.peak / world.known.sessions_per_pod)))
    if Pattern.LOW in pair:
        world = World(peak=30, minimum=5, flat=True)
    changes = [CHANGES[one] for one in pair if one in CHANGES]
    if Pattern.LEAK in pair and growth:
        # What a load explains is no leak: it must grow twice as fast.
        changes[0] = leaking(1.2)
    if Pattern.SLOWER in pair and growth:
        changes[0] = slowing(1.2)
    return week(world, seed=seed, growth=growth, change=together(*changes)), world.known
