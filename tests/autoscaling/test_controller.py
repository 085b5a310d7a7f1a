"""What the pages say about floors, ramps and surges, from the controller's own arithmetic and our own manifests."""

from __future__ import annotations

import copy
from collections.abc import Callable
from math import ceil
from typing import Any

import pytest

from pulumi_kubernetes_mcp.autoscaling import args as arguments
from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.autoscaling.keys import AutoscalingKeys
from pulumi_kubernetes_mcp.inputs.checked import checked
from pulumi_kubernetes_mcp.server import spec as service
from pulumi_kubernetes_mcp.simulation.hpa.controller import Controller
from pulumi_kubernetes_mcp.simulation.hpa.manifest import from_manifest
from pulumi_kubernetes_mcp.simulation.hpa.model import MetricSample, Observation, Pod

SYNC = 15
ARGS: dict[str, Any] = {
    "namespace": "shop",
    "target": "orders",
    "min_replicas": 3,
    "max_replicas": 200,
    "schedules": [
        {
            "name": "launch",
            "replicas": 40,
            "time_zone": "UTC",
            "days": ["11-27"],
            "from_time": "08:00",
            "to_time": "20:00",
        }
    ],
}


def scaled_object(args: dict[str, Any]) -> dict[str, Any]:
    spec = specs.scaled_object(arguments.autoscaler_spec(checked(AutoscalingKeys, "test", args)))
    return {"metadata": {"name": "orders", "namespace": "shop"}, "spec": copy.deepcopy(spec)}


def counts(one: dict[str, Any], begin: int, seconds: int, external: list[int], surge: int = 0) -> list[int]:
    """The numbers of pods of each pass, with idle pods and these external values."""
    return seen(one, begin, seconds, lambda _: external, lambda _: surge)


def blind(one: dict[str, Any], begin: int, seconds: int, surge: Callable[[int], int]) -> list[int]:
    """The same during a rollout without Prometheus: KEDA reports so much that it stands for the count of the
    Deployment, or the fallback if that is more."""
    fallback, target = one["spec"]["fallback"], int(one["spec"]["triggers"][0]["metadata"]["threshold"])
    assert fallback["behavior"] == "currentReplicasIfHigher"
    return seen(one, begin, seconds, lambda count: [target * max(count, fallback["replicas"])], surge)


def seen(
    one: dict[str, Any],
    begin: int,
    seconds: int,
    external: Callable[[int], list[int]],
    surge: Callable[[int], int],
) -> list[int]:
    """The numbers of pods of each pass; the metrics and the surge of a rollout follow from the number before."""
    controller = Controller(from_manifest(specs.generated_hpa(one)))
    count, found = begin, []
    for now in range(0, seconds, SYNC):
        pods = [Pod(name=f"p{number}", started=-1000.0, requests={"server": {"cpu": 1000}}) for number in range(count)]
        samples = {pod.name: MetricSample(10, now - 10.0, 15.0) for pod in pods}
        now_seen = Observation(
            spec_replicas=count,
            status_replicas=count + surge(count),
            pods=pods,
            readings=[samples, *([value * 1000] for value in external(count))],
        )
        count = controller.reconcile(float(now), now_seen).desired
        found.append(count)
    return found


@pytest.mark.grid
def test_a_window_holds_its_floor_and_little_more() -> None:
    one = scaled_object(ARGS)
    value = int(one["spec"]["triggers"][-1]["metadata"]["desiredReplicas"])
    end = counts(one, 3, 3600, [value])[-1]
    assert 40 <= end <= value == 43


@pytest.mark.parametrize("begin", range(3, 40))
def test_the_floor_holds_from_every_number_of_pods(begin: int) -> None:
    one = scaled_object(ARGS)
    assert counts(one, begin, 1800, [43])[-1] >= 40


def test_without_the_little_more_the_tolerance_would_stop_short() -> None:
    one = scaled_object(ARGS)
    assert counts(one, 37, 1800, [40])[-1] == 37


@pytest.mark.parametrize(("maximum", "replicas"), [(30, 20), (200, 40), (200, 150)])
def test_the_derived_ramp_is_long_enough(maximum: int, replicas: int) -> None:
    """All pods are asked for two minutes before the window opens, which is what they need to start."""
    args = {**ARGS, "max_replicas": maximum, "schedules": [{**ARGS["schedules"][0], "replicas": replicas}]}
    ramp = arguments.autoscaler_spec(checked(AutoscalingKeys, "test", args)).schedules[0].ramp_minutes
    value = specs.floor_value(replicas, None)
    asked = counts(scaled_object(args), 3, ramp * 60, [value])
    assert asked[(ramp - 2) * 60 // SYNC] >= replicas
    assert asked[-1] <= maximum


@pytest.mark.parametrize("surge", [1, 2, 3])
@pytest.mark.parametrize("sessions", range(450, 556, 15))
def test_a_rollouts_surge_adds_at_most_a_tenth_to_what_is_needed(sessions: int, surge: int) -> None:
    """Per-pod external metrics are held against the pods that there are, surge included."""
    args = {**ARGS, "eras": ["legacy-stateful"], "prometheus_address": "https://p", "schedules": []}
    end = counts(scaled_object(args), 10, 600, [sessions], surge=surge)
    assert max(end) <= max(10, sessions / 50 / 0.9)
    assert counts(scaled_object(args), 10, 600, [500], surge=1)[0] == 11


def test_a_missing_metric_takes_no_pod_away() -> None:
    """The fallback of KEDA reports the present number; without an answer at all nothing goes down either."""
    args = {**ARGS, "eras": ["legacy-stateful"], "prometheus_address": "https://p", "schedules": []}
    one = scaled_object(args)
    assert one["spec"]["fallback"] == {"failureThreshold": 3, "replicas": 3, "behavior": "currentReplicasIfHigher"}
    assert set(counts(one, 20, 3600, [20 * 50])) == {20}


BLIND: dict[str, Any] = {
    **ARGS,
    "max_replicas": 40,
    "eras": ["legacy-stateful"],
    "prometheus_address": "https://p",
    "schedules": [],
}


def test_a_small_surge_adds_pods_for_as_long_as_the_rollout_lasts_without_prometheus() -> None:
    """One more of twelve is within a tenth, so the number with it is proposed, which is what KEDA reports next."""
    found = blind(scaled_object(BLIND), 12, 900, lambda _: 1)
    assert found[:4] == [13, 14, 15, 16]
    assert found[-1] == 40, "the maximum, and no more"


def test_the_surge_of_our_deployment_adds_none() -> None:
    """A quarter, rounded up, is outside the tolerance for every number of pods."""
    share = int(service.MAX_SURGE.removesuffix("%"))
    for begin in (3, 12, 39):
        assert set(blind(scaled_object(BLIND), begin, 900, lambda count: ceil(count * share / 100))) == {begin}


@pytest.mark.parametrize(("begin", "adds"), [(8, False), (9, True)])
def test_a_surge_of_one_pod_matters_from_nine_pods_on(begin: int, adds: bool) -> None:
    assert (blind(scaled_object(BLIND), begin, 60, lambda _: 1)[-1] > begin) is adds
