"""What one metric asks for: figures worked by hand, and the edges that the real calculator has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.simulation.hpa import (
    MetricError,
    MetricSample,
    MetricSpec,
    Observation,
    PodGroup,
    PodUsage,
    Target,
    Tolerances,
    milli_of_nano,
    resource_samples,
)
from pulumi_kubernetes_mcp.simulation.hpa.calculator import external_average_sum, external_sum, propose
from pulumi_kubernetes_mcp.simulation.hpa.model import KUBERNETES_1_36, Pod
from pulumi_kubernetes_mcp.simulation.hpa.pods import Need, request_of, standing, tally_groups, tally_pods

from .hpa_cases import CPU_50, NOW, SERVER, TENTH, pod, pods, proposal, usage, wanted

MEMORY_MEAN = MetricSpec("Resource", "memory", Target("AverageValue", 1000))
REQUESTS_MEAN = MetricSpec("Pods", "requests", Target("AverageValue", 1000))
SUM_50 = MetricSpec("External", "sessions", Target("AverageValue", 50_000))
TOTAL_50 = MetricSpec("External", "queue", Target("Value", 50_000))
OBJECT_TOTAL = MetricSpec("Object", "queue", Target("Value", 50_000))
OBJECT_SUM = MetricSpec("Object", "sessions", Target("AverageValue", 50_000))


def test_three_pods_at_eighty_percent_ask_for_five() -> None:
    # (700 + 800 + 900) × 100 / 3000 = 80; 80 / 50 = 1.6; 1.6 × 3 = 4.8
    three = pods(3)
    assert proposal(CPU_50, usage(three, 700, 800, 900), 3, three) == (5, 800, 80)


def test_the_utilization_is_truncated_before_it_is_compared() -> None:
    # 1679 × 100 / 3000 = 55.97 → 55; 55 / 50 = 1.1 is within; 56 would be 1.12 × 3 = 3.36 → 4
    three = pods(3)
    assert proposal(CPU_50, usage(three, 559, 560, 560), 3, three) == (3, 559, 55)
    assert wanted(CPU_50, usage(three, 560, 560, 560), 3, three) == 4


@pytest.mark.parametrize("target", range(10, 101, 5))
def test_the_edge_of_the_tolerance_belongs_to_it(target: int) -> None:
    spec = MetricSpec("Resource", "cpu", Target("Utilization", target))
    some = pods(20)
    inside = [percent for percent in range(1, 201) if wanted(spec, usage(some, percent * 10), 20, some) == 20]
    assert inside == [percent for percent in range(1, 201) if 9 * target <= 10 * percent <= 11 * target]


def test_a_pod_without_a_sample_counts_as_idle_on_the_way_up() -> None:
    # 90 %: 1.8; with the missing one 2700 × 100 / 4000 = 67.5 → 67; 67 / 50 × 4 = 5.36
    ready, missing = pods(3), pods(1, "missing")
    assert wanted(CPU_50, usage(ready, 900), 4, ready + missing) == 6


def test_a_pod_without_a_sample_counts_as_busy_on_the_way_down() -> None:
    # 20 %: 0.4; with the missing one at its whole request (600 + 1000) × 100 / 4000 = 40; 40 / 50 × 4 = 3.2 → 4
    ready, missing = pods(3), pods(1, "missing")
    assert wanted(CPU_50, usage(ready, 200), 4, ready + missing) == 4
    # a target above 100 % is what it is taken to use: (600 + 2000) × 100 / 4000 = 65; 65 / 200 × 4 = 1.3
    double = replace(CPU_50, target=Target("Utilization", 200))
    assert wanted(double, usage(ready, 200), 4, ready + missing) == 2


def test_what_a_pod_without_a_sample_is_taken_to_use_is_truncated_for_each() -> None:
    # 333 × 137 / 100 = 456.21
    odd = pods(3, "missing", requests={"server": {"cpu": 333}})
    need = Need("cpu", "", 137)
    assert tally_pods(odd, {}, NOW, KUBERNETES_1_36, cpu=True, need=need).missing_usage == 3 * 456
    assert tally_groups([PodGroup(3, odd[0])], [None], NOW, KUBERNETES_1_36, need=need).missing_usage == 3 * 456


def test_a_pod_without_a_sample_is_left_out_at_exactly_the_target() -> None:
    ready, missing = pods(3), pods(5, "missing")
    assert proposal(CPU_50, usage(ready, 500), 8, ready + missing) == (8, 500, 50)


def test_unready_pods_count_as_idle_on_the_way_up_only() -> None:
    # 90 %: 1.8; with two idle ones 2700 × 100 / 5000 = 54; 1.08 is within
    ready, unready = pods(3), pods(2, "unready", ready="False", started=NOW - 60)
    everything = usage(ready + unready, 900)
    assert wanted(CPU_50, everything, 5, ready + unready) == 5
    # 20 %: 0.4 × 3 = 1.2, the unready ones neither held nor counted; 45 % of three is within, 27 % of five would not be
    assert wanted(CPU_50, usage(ready + unready, 200), 5, ready + unready) == 2
    assert wanted(CPU_50, usage(ready + unready, 450), 5, ready + unready) == 5


def test_a_second_pass_never_turns_the_direction() -> None:
    # 60 %: 1.2; with two missing 1800 × 100 / 5000 = 36; 0.72 is on the other side
    ready, missing = pods(3), pods(2, "missing")
    assert wanted(CPU_50, usage(ready, 600), 5, ready + missing) == 5
    # 2700 × 100 / 4000 = 67: 1.34 × 4 = 5.36 → 6, which would be fewer than the ten there are to be
    assert wanted(CPU_50, usage(ready, 900), 10, ready + pods(1, "missing")) == 10


def test_the_multiplier_is_the_pods_that_count_not_the_replicas() -> None:
    # A rollout's surge pod counts: 1.6 × 11 = 17.6
    some = pods(11)
    assert wanted(CPU_50, usage(some, 800), 10, some) == 18


def test_float64_has_its_say() -> None:
    # ⌈1.12 × 25⌉ is 28; 56 / 50 × 25 in float64 is 28.000000000000004
    some = pods(25)
    assert wanted(CPU_50, usage(some, 560), 25, some) == 29


def test_external_targets() -> None:
    assert wanted(SUM_50, [1_000_000], 10) == 20
    assert wanted(SUM_50, [400_000, 600_000], 10) == 20
    # the average where the sum belongs: 100 / (50 × 10) = 0.2; ⌈100 / 50⌉
    assert wanted(SUM_50, [100_000], 10) == 2
    ten, half = pods(10), pods(5) + pods(5, "unready", ready="False")
    assert wanted(TOTAL_50, [100_000], 10, ten) == 20
    assert wanted(TOTAL_50, [100_000], 10, half) == 10
    assert wanted(OBJECT_TOTAL, 100_000, 10, half) == 10
    assert wanted(OBJECT_SUM, 1_000_000, 10) == 20


def test_targets_per_pod_see_the_pods_there_are() -> None:
    # ten replicas exactly at the target and one surge pod: 500 / (50 × 11) = 0.909 is within, and proposes eleven
    assert wanted(SUM_50, [500_000], 10, status=11) == 11
    assert wanted(OBJECT_SUM, 500_000, 10, status=11) == 11
    assert proposal(SUM_50, [500_000], 10, status=11).usage == 45_455
    # a target in total looks at spec.replicas
    assert wanted(TOTAL_50, [50_000], 10, pods(11), status=11) == 10
    # no pods at all: nothing to be within
    assert wanted(SUM_50, [120_000], 0, status=0) == 3
    assert wanted(SUM_50, [0], 0, status=0) == 0


def test_pods_being_deleted_are_ready_for_targets_in_total() -> None:
    some = pods(2) + pods(2, "going", deleting=True) + pods(1, "done", phase="Succeeded") + pods(1, "odd", ready=None)
    assert wanted(TOTAL_50, [100_000], 6, some) == 8


def test_targets_in_total_from_zero_need_no_pods() -> None:
    assert wanted(TOTAL_50, [101_000], 0) == 3
    assert wanted(TOTAL_50, [50_000], 3) == 3
    with pytest.raises(MetricError, match="no pods"):
        wanted(TOTAL_50, [101_000], 3)


def test_overflows_of_external_sums() -> None:
    most = 2**63 - 1
    assert external_sum([most, 1, -5]) == most
    assert external_sum([-5, most]) == most - 5
    assert external_average_sum([most, 1]) == most
    # a sum that is negative on the way is taken for an overflow
    assert external_average_sum([-1, 5]) == most
    assert wanted(SUM_50, [-1, 5], 10) == 2**31 - 1
    assert wanted(TOTAL_50, [-1, 5], 10, pods(10)) == 1


def test_failed_and_deleted_pods_are_ignored_and_succeeded_ones_are_not() -> None:
    ready = pods(3)
    gone = pods(2, "gone", deleting=True) + pods(2, "failed", phase="Failed")
    assert wanted(CPU_50, usage(ready + gone, 800), 3, ready + gone) == 5
    # a pod that has ended is missing: 2400 × 100 / 4000 = 60; 1.2 × 4 = 4.8
    ended = pods(1, "ended", phase="Succeeded")
    assert wanted(CPU_50, usage(ready, 800), 3, ready + ended) == 5
    assert wanted(CPU_50, usage(ready, 200), 3, ready + ended) == 3


@pytest.mark.parametrize(
    ("age", "ready", "since", "sampled", "counts"),
    [
        (299, "True", 100, 15, True),
        (299, "False", 100, 15, False),
        (299, "Unknown", 100, 15, True),
        # younger than 300 s: a whole window of the sample must lie after the last transition
        (299, "True", 30, 15, True),
        (299, "True", 29.875, 15, False),
        (299, "Unknown", 29.875, 15, False),
        (300, "True", 29.875, 15, True),
        # older: unready only if it has never been ready, that is, by its transition within 30 s of its start
        (300, "False", 270.125, 15, False),
        (300, "False", 270, 15, True),
        (300, "False", 10, 15, True),
        (300, "Unknown", 300, 15, True),
        (4000, "False", 3999, 15, False),
    ],
)
def test_which_pods_count_for_cpu(age: float, ready: str, since: float, sampled: float, *, counts: bool) -> None:
    one = pod("one", ready=ready, started=NOW - age, ready_since=NOW - since)
    sample = MetricSample(1, NOW - sampled, 15)
    assert standing(one, sample, NOW, KUBERNETES_1_36, cpu=True) == ("ready" if counts else "unready")
    assert standing(one, sample, NOW, KUBERNETES_1_36, cpu=False) == "ready"


def test_pods_without_a_start_or_a_condition_do_not_count_for_cpu() -> None:
    sample = MetricSample(1, NOW, 15)
    for odd in (pod("a", started=None), pod("b", ready=None)):
        assert standing(odd, sample, NOW, KUBERNETES_1_36, cpu=True) == "unready"
        assert standing(odd, sample, NOW, KUBERNETES_1_36, cpu=False) == "ready"
    assert standing(pod("c", phase="Pending"), sample, NOW, KUBERNETES_1_36, cpu=False) == "unready"
    assert standing(pod("d", phase="Pending", deleting=True), None, NOW, KUBERNETES_1_36, cpu=True) == "ignored"
    assert standing(pod("e", phase="Unknown"), None, NOW, KUBERNETES_1_36, cpu=True) == "missing"


def test_memory_and_pods_metrics_count_running_pods_that_are_not_ready() -> None:
    # 3000 + 3000 over two pods: mean 3000, three times the target, two pods that count
    both = [pod("a"), pod("b", ready="False", started=NOW - 5)]
    for spec in (MEMORY_MEAN, REQUESTS_MEAN):
        assert wanted(spec, usage(both, 3000), 2, both) == 6
    cpu = MetricSpec("Resource", "cpu", Target("AverageValue", 1000))
    # cpu: the unready one is idle, mean 1500; 1.5 × 2
    assert wanted(cpu, usage(both, 3000), 2, both) == 3


def test_means_fill_in_the_target_on_the_way_down() -> None:
    # mean 200: 0.2; (600 + 1000) / 4 = 400; 0.4 × 4 = 1.6
    ready, missing = pods(3), pods(1, "missing")
    assert wanted(REQUESTS_MEAN, usage(ready, 200), 4, ready + missing) == 2
    # mean 2000: 2; 6000 / 4 = 1500; 1.5 × 4
    assert wanted(REQUESTS_MEAN, usage(ready, 2000), 4, ready + missing) == 6


def test_samples_of_pods_that_are_gone_enter_means_and_second_passes() -> None:
    two = pods(2)
    samples = usage(two, 1000) | {"gone": MetricSample(7000)}
    # (2000 + 7000) / 3 = 3000; 3 × 2 pods
    assert proposal(REQUESTS_MEAN, samples, 2, two) == (6, 3000, None)
    # with a missing pod the stray one counts as a pod: 9000 / 4 = 2250; 2.25 × 4
    assert wanted(REQUESTS_MEAN, samples, 2, two + pods(1, "missing")) == 9
    # utilization: only its count. 1600 × 100 / 3000 = 53 of two, one missing; 80 %, 1.06 is within
    busy = usage(two, 800) | {"gone": MetricSample(7000)}
    assert wanted(CPU_50, busy, 2, two + pods(1, "missing")) == 2
    # 90 %: 1800 × 100 / 3000 = 60; 1.2 × 4 samples
    busiest = usage(two, 900) | {"gone": MetricSample(7000)}
    assert wanted(CPU_50, busiest, 2, two + pods(1, "missing")) == 5
    assert wanted(CPU_50, usage(two, 900), 2, two + pods(1, "missing")) == 4


def test_what_makes_a_metric_fail() -> None:
    some = pods(2)
    for reading, there, why in (
        ({}, some, "no samples"),
        (usage(some, 1), [], "no pods"),
        (usage(some, 1), pods(2, ready="False", started=NOW), "unready"),
        ({"gone": MetricSample(1)}, pods(2), "known pods"),
        (usage(some, 1), [*some, pod("bare", requests={"server": {}}, deleting=True)], "missing request for cpu"),
        (MetricError("no route"), some, "no route"),
    ):
        with pytest.raises(MetricError, match=why):
            wanted(CPU_50, reading, 2, there)
    with pytest.raises(MetricError, match="no series"):
        wanted(SUM_50, [], 2)
    with pytest.raises(MetricError, match="container proxy not found"):
        wanted(MetricSpec("ContainerResource", "cpu", Target("Utilization", 50), "proxy"), usage(some, 1), 2, some)


def test_requests_of_containers_and_pods() -> None:
    two = Pod(requests={"server": {"cpu": 250, "memory": 5}, "proxy": {"cpu": 50}})
    assert request_of(two, "cpu") == 300
    assert request_of(two, "memory", "server") == 5
    with pytest.raises(MetricError, match="missing request for memory in container proxy"):
        request_of(two, "memory")
    whole = replace(two, pod_requests={"cpu": 900})
    assert request_of(whole, "cpu") == 900
    assert request_of(whole, "cpu", "proxy") == 50
    # what the pod does not say is the sum of the containers that say it
    assert request_of(whole, "memory") == 5
    with pytest.raises(MetricError, match="pod-level"):
        request_of(replace(whole, requests=SERVER), "memory")


def test_nanocores_are_rounded_up_container_by_container() -> None:
    assert [milli_of_nano(value) for value in (0, 1, 10**6, 10**6 + 1, -1, -(10**6) - 1)] == [0, 1, 1, 2, -1, -2]
    use = PodUsage(timestamp=5, window=15, containers={"server": {"cpu": 1_000_001}, "proxy": {"cpu": 1}})
    assert resource_samples({"a": use}, "cpu") == {"a": MetricSample(3, 5, 15)}
    assert resource_samples({"a": use}, "cpu", "server") == {"a": MetricSample(2, 5, 15)}
    assert resource_samples({"a": use}, "memory") == {}
    assert resource_samples({"a": use}, "cpu", "other") == {}
    assert resource_samples({"a": PodUsage(timestamp=5, window=15)}, "cpu") == {}


def test_each_side_has_its_tolerance() -> None:
    some = pods(20)
    uneven = Tolerances(0.5, 0.0)
    assert wanted(CPU_50, usage(some, 260), 20, some, tolerances=uneven) == 20
    assert wanted(CPU_50, usage(some, 510), 20, some, tolerances=uneven) == 21


def test_a_reading_of_the_wrong_kind_is_a_mistake_of_the_caller() -> None:
    some = pods(1)
    grouped = Observation(spec_replicas=1, readings=[{}], groups=[PodGroup(1, some[0])])
    for spec, reading, seen in (
        (CPU_50, [MetricSample(1)], Observation(spec_replicas=1, readings=[], pods=some)),
        (CPU_50, {"a": MetricSample(1)}, grouped),
        (OBJECT_SUM, [1], grouped),
        (SUM_50, 1, grouped),
    ):
        with pytest.raises(TypeError):
            propose(spec, reading, seen, NOW, KUBERNETES_1_36, TENTH)
