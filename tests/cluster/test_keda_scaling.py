"""What the replicas do: they follow Prometheus, they hold when it is gone, and they keep to the hours.

Nothing here is paced, and the HPA controller looks every second instead of every 15; so what takes a test a second
takes a cluster up to a quarter of a minute, plus what the behaviour says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from tests.cluster.keda_lab import SYNC_S, KedaLab
from tests.cluster.keda_objects import METRIC, REQUEST_MILLI, cron
from tests.cluster.keda_prometheus import FAILURES, HANGS, Prometheus, samples
from tests.cluster.keda_scaled import SETTLE_S, Scaled
from tests.cluster.kubectl import wait_until

THRESHOLD = 3
"""Of our ScaledObjects: the fallback comes with the failure after so many."""
BROKEN = FAILURES["an error"]
KATHMANDU = ZoneInfo("Asia/Kathmandu")
"""Five hours and three quarters from UTC: hours read in another zone would be seen at once."""
MINUTE = timedelta(minutes=1)
Spaces = Callable[[str], Scaled]


def hours(start: datetime, end: datetime, replicas: int) -> specs.Schedule:
    """A window between two minutes of every day, on the clock of Kathmandu."""
    edges = (moment.astimezone(KATHMANDU) for moment in (start, end))
    return cron(*(f"{edge.minute} {edge.hour} * * *" for edge in edges), replicas, KATHMANDU.key)


@pytest.fixture
def space(keda: KedaLab) -> Iterator[Spaces]:
    """Makes a namespace to scale in, which goes after the test."""
    made: list[Scaled] = []

    def make(name: str) -> Scaled:
        made.append(Scaled(keda, name))
        return made[-1]

    yield make
    for scaled in made:
        scaled.close()


@pytest.fixture(scope="module", autouse=True)
def clock(keda: KedaLab) -> Iterator[tuple[Scaled, datetime]]:
    """A window of the next minute or the one after, begun now and looked at last, since it takes its time."""
    scaled = Scaled(keda, "hours")
    start = datetime.now(UTC).replace(second=0, microsecond=0) + MINUTE
    if (start - datetime.now(UTC)).total_seconds() < 20:
        start += MINUTE
    for name, says, replicas in (("floor", 20, 5), ("busy", 70, 5), ("capped", 20, 50)):
        scaled.make(name, says, schedules=(hours(start, start + MINUTE, replicas),))
    scaled.start()
    yield scaled, start
    scaled.close()


# -- following -----------------------------------------------------------------------------------------------------


def test_replicas_follow_the_sum(space: Spaces) -> None:
    """Sum over target, rounded up, between the bounds; within a tenth of the target nothing moves."""
    scaled = space("following")
    scaled.make("follow", 35)
    scaled.start()
    scaled.reach(4)
    for says, replicas in ((80, 8), (41, 5), (500, 8), (0, 2), (23, 3)):
        scaled.say(says)
        scaled.reach(replicas)
    for says in (27, 33):
        scaled.hold(3, scaled.say(says))


def test_a_metric_is_asked_for_when_the_autoscaler_asks(keda: KedaLab, space: Spaces) -> None:
    """The polling interval adds no query while a minimum stands; on the way to and from zero it does."""
    scaled = space("asking")
    scaled.make("standing", 20, polling_seconds=1)
    scaled.make("seldom", 20, polling_seconds=300)
    scaled.make("to-zero", 20, polling_seconds=1, min_replicas=0)
    scaled.start()
    scaled.reach(2)
    time.sleep(SETTLE_S)
    before = {name: keda.prometheus.count(name) for name in scaled.objects}

    def asked() -> dict[str, int]:
        return {name: keda.prometheus.count(name) - count for name, count in before.items()}

    def polled() -> bool:
        now = asked()
        return now["seldom"] >= 4 and now["to-zero"] >= now["standing"] + 4

    wait_until("the autoscaler and the poll to zero to have asked", polled)
    now = asked()
    assert abs(now["standing"] - now["seldom"]) <= 2


def test_from_zero_and_back(space: Spaces) -> None:
    """KEDA itself goes from zero to one above the activation threshold, and back after the cooldown period."""
    scaled = space("zero")
    changes = {"spec.triggers.0.metadata.activationThreshold": "5", "spec.cooldownPeriod": 3}
    scaled.make("sleeper", 0, replicas=1, min_replicas=0, polling_seconds=1, changes=changes)
    scaled.start()
    scaled.reach(0)
    since = scaled.say(5)
    scaled.hold(0, since)
    scaled.say(35)
    scaled.reach(4)
    assert [count for _, count in scaled.counts("sleeper", since)] == [0, 1, 4]
    ends = scaled.say(4)
    scaled.reach(0)
    assert [count for _, count in scaled.counts("sleeper", ends)] == [4, 1, 0]
    # The moment it was last active is kept in whole seconds.
    assert scaled.counts("sleeper")[-1][0] >= ends + 2


# -- when Prometheus has no answer ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outage(keda: KedaLab) -> Iterator[tuple[Scaled, float]]:
    """Workloads at four replicas, and then every kind of failure at once."""
    scaled, gone = Scaled(keda, "outage"), Prometheus()
    for number in range(len(FAILURES)):
        scaled.make(f"failure-{number}", 40, replicas=4)
    for name in ("hangs", "null"):
        scaled.make(name, 40, replicas=4)
    scaled.make("gone", 40, replicas=4, prometheus=gone)
    scaled.make("often", 40, replicas=4, polling_seconds=1)
    scaled.make("higher", 40, replicas=4, fallback_replicas=6)
    static = {f"static-{replicas}": {"failureThreshold": THRESHOLD, "replicas": replicas} for replicas in (3, 6)}
    for name, fallback in {**static, "none": None}.items():
        scaled.make(name, 40, replicas=4, changes={"spec.fallback": fallback})
    scaled.make("zeroed", 40, replicas=4, changes={"spec.triggers.0.metadata.ignoreNullValues": "true"})
    scaled.start()
    scaled.reach(4)
    time.sleep(SETTLE_S)
    since = scaled.say(BROKEN)
    for number, answer in enumerate(FAILURES.values()):
        scaled.say(answer, f"failure-{number}")
    for name, answer in {"hangs": HANGS, "null": samples(None), "zeroed": FAILURES["no series"]}.items():
        scaled.say(answer, name)
    gone.stop()
    yield scaled, since
    scaled.close()


@pytest.mark.parametrize(
    "name", [*(f"failure-{number}" for number in range(len(FAILURES))), "gone"], ids=[*FAILURES, "nobody listening"]
)
def test_the_count_is_held(outage: tuple[Scaled, float], name: str) -> None:
    """Every kind of failure counts, one each time the autoscaler asks; the fourth brings the fallback."""
    scaled, since = outage
    scaled.falls_back(name)
    counted = [entry[1:] for entry in scaled.failures(name, since) if entry[1]]
    assert counted[: THRESHOLD + 1] == [(1, False), (2, False), (3, False), (4, True)]
    scaled.hold(4, since, name, settle_s=SYNC_S)


def test_a_failure_is_two_queries(outage: tuple[Scaled, float], keda: KedaLab) -> None:
    """The scaler is made anew and asked again before it counts."""
    scaled, since = outage
    scaled.falls_back("failure-0")
    third = next(at for at, failures, _ in scaled.failures("failure-0", since) if failures == THRESHOLD)
    asked = [request for request in keda.prometheus.requests["failure-0"] if since <= request.at <= third]
    assert len(asked) == 2 * THRESHOLD


def test_a_silent_prometheus_takes_longer(outage: tuple[Scaled, float]) -> None:
    """Each of the two queries waits three seconds."""
    scaled, since = outage
    scaled.falls_back("hangs")
    moments = [since, *(at for at, failures, _ in scaled.failures("hangs", since) if failures)]
    assert all(after - before >= 5.5 for before, after in pairwise(moments)), moments
    scaled.hold(4, since, "hangs", settle_s=0)


def test_the_polling_interval_counts_failures_too(outage: tuple[Scaled, float]) -> None:
    """While the autoscaler has no metric KEDA asks by itself as well, so a short interval comes sooner."""
    scaled, since = outage
    assert scaled.falls_back("often") < scaled.falls_back("failure-0")
    scaled.hold(4, since, "often", settle_s=SYNC_S)


@pytest.mark.parametrize(("name", "replicas"), [("higher", 6), ("static-6", 6), ("static-3", 3)])
def test_the_fallback_comes_with_the_fourth_failure(outage: tuple[Scaled, float], name: str, replicas: int) -> None:
    """Not before; a static one also takes replicas away, ours never does."""
    scaled, since = outage
    scaled.falls_back(name)
    scaled.reach(replicas, name)
    counts = scaled.counts(name, since)
    assert [count for _, count in counts] == [4, replicas]
    assert counts[1][0] > next(at for at, failures, _ in scaled.failures(name, since) if failures == THRESHOLD)


def test_without_a_fallback_the_autoscaler_holds(outage: tuple[Scaled, float]) -> None:
    """Without the metric it does nothing at all."""
    scaled, since = outage
    scaled.falls_back("failure-0")
    scaled.hold(4, since, "none", settle_s=SYNC_S)
    assert scaled.autoscaling("none")["reason"] == "FailedGetExternalMetric"
    assert scaled.failures("none", since) == []


@pytest.mark.parametrize("name", ["zeroed", "null"])
def test_what_is_no_failure_is_a_zero(outage: tuple[Scaled, float], name: str) -> None:
    """No series with `ignoreNullValues`, and a sample of null even without it: down to the minimum."""
    scaled, _ = outage
    scaled.reach(2, name)
    assert scaled.lab.keda.metric(scaled.namespace, name, METRIC) == "0"


def test_prometheus_is_back(outage: tuple[Scaled, float], keda: KedaLab) -> None:
    """One good answer ends the fallback and is followed at once."""
    scaled, _ = outage
    names = ("failure-0", "static-6", "none")
    for name in names[:2]:
        scaled.falls_back(name)
    back = scaled.say(30, *names)
    scaled.reach(3, *names)
    assert scaled.failures("failure-0", back)[-1][1:] == (0, False)
    assert keda.conditions(scaled.objects["failure-0"])["Fallback"]["status"] == "False"


def test_cpu_and_sessions_together(keda: KedaLab, space: Spaces) -> None:
    """The larger proposal wins; without Prometheus cpu may still add pods, and no missing metric takes any away."""
    scaled, idle, busy = space("together"), REQUEST_MILLI // 10, 3 * REQUEST_MILLI
    scaled.make("both", 40, cpu_percent=150)
    keda.metrics.use(scaled.namespace, idle)
    scaled.start()
    scaled.reach(4)
    since = scaled.say(BROKEN)
    scaled.falls_back("both")
    scaled.hold(4, since)
    keda.metrics.use(scaled.namespace, busy)
    scaled.reach(8)
    keda.metrics.use(scaled.namespace, idle)
    scaled.hold(8, time.time())
    scaled.say(40)
    scaled.reach(4)
    keda.metrics.forget(scaled.namespace)
    scaled.hold(4, scaled.say(20))
    assert scaled.autoscaling("both")["reason"] == "FailedGetContainerResourceMetric"
    scaled.say(60)
    scaled.reach(6)


# -- what nobody refuses -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def odd(keda: KedaLab) -> Iterator[Scaled]:
    """Workloads with something about them that only shows when they are scaled."""
    scaled = Scaled(keda, "odd")
    keda.metrics.use(scaled.namespace, REQUEST_MILLI)
    mistyped = {"spec.triggers.1.metadata.containerName": "sevrer"}
    scaled.make("typo", 50, cpu_percent=150, changes=mistyped)
    scaled.make("lost", 50, schedules=(cron("0 8 * * *", "0 18 * * *", 6, "Mars/Olympus"),))
    now = datetime.now(UTC)
    open_now = (hours(now - 60 * MINUTE, now + 60 * MINUTE, 12),)
    plain = {"spec.triggers.1.metadata.desiredReplicas": "12"}
    scaled.make("ours", 20, replicas=11, max_replicas=20, schedules=open_now)
    scaled.make("plain", 20, replicas=11, max_replicas=20, schedules=open_now, changes=plain)
    for name, surge in (("surge-one", 1), ("surge-quarter", "25%")):
        scaled.make(name, BROKEN, replicas=12, max_replicas=40)
        scaled.surge(name, surge)
    scaled.start()
    yield scaled
    scaled.close()


def test_cpu_of_a_container_that_does_not_exist(odd: Scaled) -> None:
    """Replicas go up with the sessions and never come down again."""
    odd.reach(5, "typo")
    odd.hold(5, odd.say(20, "typo"), "typo")
    assert odd.autoscaling("typo")["reason"] == "FailedGetContainerResourceMetric"


def test_a_time_zone_that_does_not_exist(odd: Scaled) -> None:
    """Ready all the same; its window falls back to the present count, so replicas never come down again."""
    odd.lab.was_ready(odd.objects["lost"])
    odd.reach(5, "lost")
    odd.falls_back("lost", metric="s1-cron-Mars-Olympus-08xxx-018xxx")
    odd.hold(5, odd.say(20, "lost"), "lost")


def test_a_floor_is_reached_in_spite_of_the_tolerance(odd: Scaled) -> None:
    """A window that asks for 12 leaves 11 alone; ours asks for so much more that it does not."""
    odd.reach(13, "ours")
    odd.hold(11, 0, "plain")


def test_a_rollout_during_an_outage(odd: Scaled) -> None:
    """The fallback is the count that is wanted, and the autoscaler compares it with the pods there are.

    A surge of less than a tenth is within the tolerance, so the count becomes that of the pods, which is the next
    fallback: one more each time, for as long as the rollout goes on. Ours surges by a quarter and is within the
    tolerance for a moment only, which adds a pod or two.
    """
    for name in ("surge-one", "surge-quarter"):
        odd.falls_back(name)
        odd.lab.client.run("rollout", "restart", f"deployment/{name}", "-n", odd.namespace)
    odd.passes(18, "surge-one")
    assert [count for _, count in odd.counts("surge-one")][:7] == [12, 13, 14, 15, 16, 17, 18]
    odd.lab.client.run("rollout", "status", "deployment/surge-quarter", "-n", odd.namespace)
    assert odd.counts("surge-quarter")[-1][1] <= 15


# -- hours ---------------------------------------------------------------------------------------------------------


def test_a_window_opens_and_closes(clock: tuple[Scaled, datetime]) -> None:
    """At its minute and not before, in its own time zone: a floor under the other triggers, within the bounds."""
    scaled, start = clock
    opens, closes = start.timestamp(), (start + MINUTE).timestamp()
    time.sleep(max(0.0, closes + SETTLE_S - time.time()))
    scaled.reach(2, "floor", "capped")
    for name, most in (("floor", 5), ("capped", 8)):
        (_, before), (opened, during), (closed, after) = scaled.counts(name)
        assert (before, during, after) == (2, most, 2)
        assert opens <= opened < closes <= closed
    assert [count for _, count in scaled.counts("busy")] == [2, 7]


# -- when KEDA is gone ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", ["operator", "adapter"])
def test_the_count_is_held_without_keda(keda: KedaLab, space: Spaces, program: str) -> None:
    """No metric, no change; it follows again when KEDA is back."""
    scaled = space(f"without-{program}")
    scaled.make(f"alone-{program}", 40)
    scaled.start()
    scaled.reach(4)
    keda.keda.end(program)
    scaled.hold(4, scaled.say(20))
    keda.keda.start(program)
    scaled.reach(2, limit_s=60)
