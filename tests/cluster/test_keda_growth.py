"""How the replicas grow and shrink with the sessions: KEDA and the real controller beside our simulation of them.

The same ScaledObject is read by KEDA and by the simulation, with paces of seconds instead of minutes. The sessions rise
and fall by a script; both have to take the same steps, at the same times but for the seconds in which each looks.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.simulation import hpa
from pulumi_kubernetes_mcp.simulation.documents import from_document
from tests.cluster.keda_lab import SYNC_S, KedaLab
from tests.cluster.keda_objects import Manifest
from tests.cluster.keda_scaled import SETTLE_S, Scaled

PACED = specs.Behavior(
    up=specs.Rules(window_seconds=0, policies=(specs.Policy("Pods", 3, 10),)),
    down=specs.Rules(window_seconds=15, policies=(specs.Policy("Pods", 2, 10),)),
)
SCRIPT = ((0.0, 20.0), (6.0, 95.0), (12.0, 131.0), (42.0, 58.0), (80.0, 33.0))
"""Seconds, and the sessions from then on."""
END_S = 112.0
LATE_S = 4.0
"""A look of the controller, KEDA's answer, and the write: real machines are seldom idle."""
PASS_S = SYNC_S + 0.01


@pytest.fixture
def scaled(keda: KedaLab) -> Iterator[Scaled]:
    one = Scaled(keda, "growth")
    yield one
    one.close()


def sessions(at: float) -> float:
    """What Prometheus says then."""
    return next(value for begin, value in reversed(SCRIPT) if at >= begin)


def simulated(document: Manifest, replicas: int) -> list[tuple[float, int]]:
    """The counts of the simulation, each with the moment from which it is wanted."""
    policy = from_document(document, "a")
    assert policy.notes == ()
    controller = hpa.Controller(policy.spec, hpa.KUBERNETES_1_36)
    counts, now = [(0.0, replicas)], 0.0
    while now < END_S:
        seen = hpa.Observation(
            spec_replicas=replicas,
            status_replicas=replicas,
            readings=[[round(1000 * sessions(now))]],
            groups=[],
        )
        wanted = controller.reconcile(now, seen, written_at=now + 0.005).desired
        if wanted != replicas:
            counts.append((now, wanted))
            replicas = wanted
        now += PASS_S
    return counts


def played(scaled: Scaled, name: str) -> list[tuple[float, int]]:
    """The counts of the cluster, on the same clock."""
    begun = time.time()
    for at, value in SCRIPT:
        time.sleep(max(0.0, begun + at - time.time()))
        scaled.say(value)
    time.sleep(max(0.0, begun + END_S - time.time()))
    return [(max(0.0, at - begun), count) for at, count in scaled.counts(name, begun)]


def steps(counts: Sequence[tuple[float, int]]) -> list[int]:
    return [count for _, count in counts]


def test_the_replicas_take_the_steps_of_the_simulation(scaled: Scaled) -> None:
    scaled.make("paced", SCRIPT[0][1], behavior=PACED, max_replicas=12)
    scaled.start()
    scaled.reach(2)
    time.sleep(SETTLE_S)
    found, wanted = played(scaled, "paced"), simulated(scaled.objects["paced"], 2)
    assert steps(wanted) == [2, 5, 8, 11, 12, 10, 8, 6, 4]
    assert steps(found) == steps(wanted)
    late = [real - ours for (real, _), (ours, _) in zip(found[1:], wanted[1:], strict=True)]
    assert all(-SYNC_S <= one <= LATE_S for one in late), late
    # Never faster than the policy, whatever the machine does.
    for (before, _), (after, _) in pairwise(found[1:5]):
        assert after - before >= 10 - SYNC_S
