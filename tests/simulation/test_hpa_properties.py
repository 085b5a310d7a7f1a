"""What holds for every autoscaler and every load, and the two ways to count that must give one answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.simulation.hpa import (
    KUBERNETES_1_36,
    Behavior,
    Controller,
    HpaSpec,
    MetricError,
    MetricSample,
    MetricSpec,
    Observation,
    Pod,
    PodGroup,
    Policy,
    Proposal,
    ScalingRules,
    Target,
    Tolerances,
)
from pulumi_kubernetes_mcp.simulation.hpa.calculator import propose
from pulumi_kubernetes_mcp.simulation.hpa.pods import Need, ready_in_groups, ready_pods, tally_groups, tally_pods
from tests.sizes import examples

from .hpa_cases import CPU_50, DEMAND, NOW, SERVER, TENTH, Life, pods, usage, wanted

REQUESTS: list[dict[str, dict[str, int]]] = [SERVER, {"server": {"cpu": 333}, "proxy": {"cpu": 7}}, {"server": {}}]
EXAMPLES = examples(150)
demands = st.lists(st.integers(0, 300), min_size=1, max_size=40)
policies = st.builds(
    Policy, st.sampled_from(["Pods", "Percent"]), st.integers(1, 200), st.sampled_from([15, 30, 60, 75, 300])
)
rules = st.builds(
    ScalingRules,
    policies=st.lists(policies, min_size=1, max_size=3).map(tuple),
    window=st.sampled_from([0, 15, 60, 300]),
    select=st.sampled_from(["Max", "Min", "Disabled"]),
)
behaviors = st.none() | st.builds(Behavior, up=rules, down=rules)


@pytest.mark.grid
@EXAMPLES
@given(demands, behaviors, st.integers(1, 10), st.integers(0, 100), st.integers(1, 200), st.sampled_from([5, 15, 40]))
def test_never_outside_the_bounds(
    load: list[int], how: Behavior | None, least: int, room: int, start: int, seconds: int
) -> None:
    life = Life(start, how, least=least, most=least + room)
    for replicas in life.steps_of(load, seconds):
        assert least <= replicas <= least + room


@EXAMPLES
@given(demands, policies, policies, st.integers(1, 100), st.sampled_from([5, 15]))
def test_never_faster_than_the_policies(load: list[int], up: Policy, down: Policy, start: int, seconds: int) -> None:
    # One period for both directions, so that no event is forgotten; the count before it is then the policy's base.
    down = replace(down, period=up.period)
    life = Life(start, Behavior(up=ScalingRules(policies=(up,)), down=ScalingRules(policies=(down,), window=0)))
    history = [(0, start)]
    for index, replicas in enumerate(life.steps_of(load, seconds), start=1):
        before, now = history[-1][1], index * seconds
        base = [count for at, count in history if at <= max(0, now - up.period)][-1]
        grown = base + (up.value if up.kind == "Pods" else base * up.value / 100)
        shrunk = base - (down.value if down.kind == "Pods" else base * down.value / 100)
        assert replicas <= max(before, grown + 1), "a percentage rounds up to the next pod"
        assert replicas >= min(before, max(1, shrunk - 1)), "and down to the next"
        history.append((now, replicas))


@EXAMPLES
@given(demands, st.sampled_from([0, 30, 60]), st.sampled_from([0, 30, 300]), st.integers(1, 100))
def test_windows_allow_only_what_was_wanted_throughout(load: list[int], up: int, down: int, start: int) -> None:
    free = (Policy("Percent", 10**6, 15),)
    how = Behavior(up=ScalingRules(policies=free, window=up), down=ScalingRules(policies=free, window=down))
    life = Life(start, how)
    wishes = [(15, start)]
    for index, demand in enumerate(load, start=1):
        before, now = life.replicas, index * 15
        decision = life.step(demand)
        assert decision.recommended is not None
        wishes.append((now, decision.recommended))
        earlier = wishes[:-1]
        if decision.desired > before:
            assert decision.desired <= min(
                [decision.recommended] + [requested for at, requested in earlier if at > now - up]
            )
        if decision.desired < before:
            assert decision.desired >= max(
                [decision.recommended] + [requested for at, requested in earlier if at > now - down]
            )


@EXAMPLES
@given(st.integers(1, 60), st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 200))
def test_more_load_never_asks_for_fewer(count: int, low: int, high: int, target: int) -> None:
    low, high = sorted((low, high))
    some = pods(count)
    cpu = replace(CPU_50, target=Target("Utilization", target))
    mean = MetricSpec("Pods", "load", Target("AverageValue", target * 10))
    total = MetricSpec("Object", "load", Target("Value", target * 10))
    for spec in (cpu, mean):
        assert wanted(spec, usage(some, low), count, some) <= wanted(spec, usage(some, high), count, some)
    assert wanted(total, low, count, some) <= wanted(total, high, count, some)
    assert wanted(DEMAND, [low * 100], count) <= wanted(DEMAND, [high * 100], count)


@EXAMPLES
@given(st.integers(1, 60), st.integers(0, 3000), st.integers(1, 200))
def test_a_proposal_brings_the_load_to_the_target(count: int, busy: int, target: int) -> None:
    # An oracle without a ratio: the fewest pods at which the mean, as the controller truncates it, fits.
    some = pods(count)
    percent = busy * 100 // 1000
    replicas = wanted(replace(CPU_50, target=Target("Utilization", target)), usage(some, busy), count, some)
    if 9 * target <= 10 * percent <= 11 * target:
        assert replicas == count
    else:
        assert replicas * target >= percent * count
        assert (replicas - 1) * target < percent * count + 1e-6 * count * target


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[PodGroup], list[MetricSample | None], list[Pod], dict[str, MetricSample]]:
    """Groups of pods with their totals, and the same pods one by one."""
    ages = st.sampled_from([0.0, 20.0, 60.0, 299.0, 300.0, 5000.0])
    groups: list[PodGroup] = []
    totals: list[MetricSample | None] = []
    each: list[Pod] = []
    samples: dict[str, MetricSample] = {}
    for number in range(draw(st.integers(0, 5))):
        count, age = draw(st.integers(0, 6)), draw(ages)
        requests = draw(st.sampled_from(REQUESTS))
        one = Pod(
            phase=draw(st.sampled_from(["Running", "Running", "Running", "Pending", "Failed", "Succeeded"])),
            ready=draw(st.sampled_from(["True", "True", "False", "Unknown", None])),
            started=draw(st.sampled_from([NOW - age, NOW - age, NOW - age, None])),
            ready_since=NOW - age + draw(st.sampled_from([0.0, 15.0, 29.0, 30.0])),
            deleting=draw(st.sampled_from([False, False, False, True])),
            requests=requests if draw(st.booleans()) else SERVER,
        )
        values = draw(st.lists(st.integers(0, 5000), min_size=count, max_size=count))
        sampled, stray = draw(st.booleans()), draw(st.integers(0, 9)) == 0
        groups.append(PodGroup(count, None if stray else one))
        totals.append(MetricSample(sum(values), NOW - 15, 15) if sampled else None)
        for index, value in enumerate(values):
            name = f"{number}-{index}"
            each += [] if stray else [replace(one, name=name)]
            samples |= {name: MetricSample(value, NOW - 15, 15)} if sampled else {}
    return groups, totals, each, samples


specs = st.builds(
    MetricSpec,
    st.sampled_from(["Resource", "Pods"]),
    st.sampled_from(["cpu", "memory"]),
    st.builds(Target, st.just("AverageValue"), st.integers(1, 4000)),
) | st.builds(
    MetricSpec,
    st.just("ContainerResource"),
    st.just("cpu"),
    st.builds(Target, st.just("Utilization"), st.integers(1, 300)),
    st.sampled_from(["", "", "server", "proxy"]),
)


def answer(spec: MetricSpec, seen: Observation, tolerances: Tolerances) -> Proposal | None:
    try:
        return propose(spec, seen.readings[0], seen, NOW, KUBERNETES_1_36, tolerances)
    except MetricError:
        return None


World = tuple[list[PodGroup], list[MetricSample | None], list[Pod], dict[str, MetricSample]]


@pytest.mark.grid
@examples(600)
@given(worlds(), specs, st.integers(0, 40), st.sampled_from([TENTH, Tolerances(0.0, 0.3)]))
def test_groups_of_pods_ask_for_the_same(world: World, spec: MetricSpec, current: int, tolerances: Tolerances) -> None:
    groups, totals, each, samples = world
    slow = Observation(spec_replicas=current, readings=[samples], pods=each)
    fast = Observation(spec_replicas=current, readings=[totals], groups=groups)
    assert answer(spec, fast, tolerances) == answer(spec, slow, tolerances)
    total = MetricSpec("External", "load", Target("Value", 700))
    slow, fast = replace(slow, readings=[[current * 900]]), replace(fast, readings=[[current * 900]])
    assert answer(total, fast, tolerances) == answer(total, slow, tolerances)


@pytest.mark.grid
@EXAMPLES
@given(worlds(), st.booleans(), st.sampled_from([100, 137, 250]))
def test_groups_of_pods_count_the_same(world: World, cpu: bool, fallback: int) -> None:
    groups, totals, each, samples = world
    assume(each and all("cpu" in own for pod in each for own in pod.requests.values()))
    need = Need("cpu", "", fallback)
    fast = tally_groups(groups, totals, NOW, KUBERNETES_1_36, cpu=cpu, need=need)
    assert fast == tally_pods(each, samples, NOW, KUBERNETES_1_36, cpu=cpu, need=need)
    assert fast.ready + fast.missing + fast.unready <= len(each)
    assert ready_in_groups(groups) == ready_pods(each)


@pytest.mark.grid
def test_groups_live_the_same_life() -> None:
    """A day of a service in groups and pod by pod; it goes up, down and through slow starts."""
    spec = HpaSpec(min_replicas=2, max_replicas=40, metrics=(CPU_50,), behavior=Behavior())
    slow, fast = Controller(spec), Controller(spec)
    sizes = set()
    births: list[float] = [-1000.0] * 4
    for step in range(600):
        now = 15.0 * step
        each = [Pod(name=str(i), requests=SERVER, started=at, ready_since=at + 20) for i, at in enumerate(births)]
        load = 2000 + 9000 * (step % 150 > 60)
        samples = {one.name: MetricSample(load // len(each), now - 15, 15) for one in each}
        cohorts = sorted(set(births))
        groups = [PodGroup(births.count(at), Pod(requests=SERVER, started=at, ready_since=at + 20)) for at in cohorts]
        totals = [MetricSample(load // len(each) * group.count, now - 15, 15) for group in groups]
        one = slow.reconcile(now, Observation(spec_replicas=len(each), readings=[samples], pods=each))
        two = fast.reconcile(now, Observation(spec_replicas=len(each), readings=[totals], groups=groups))
        assert one == two
        births = births[: one.desired] + [now] * (one.desired - len(births))
        sizes.add(len(births))
    assert max(sizes) >= 20
    assert min(sizes) <= 4
