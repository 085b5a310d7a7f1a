"""When a run has nothing more to tell: nothing moves, and whatever could make something move has been forgotten."""

from __future__ import annotations

from .fleet import SETTLED_SECONDS
from .hpa import ControllerConfig
from .load import Load
from .policy import Policy

SCRAPES_SECONDS = 60.0
"""What Prometheus and the metrics server may still have of the time before: some scrapes."""


def remembered_seconds(policy: Policy, config: ControllerConfig) -> float | None:
    """How long an autoscaler remembers what was: its windows, periods and rates, KEDA's cooldown, and how long a pod is
    young to it. ``None`` where time itself moves it, as a schedule does."""
    if policy.fixed is not None:
        return SCRAPES_SECONDS
    if any(source.measure == "cron" for source in policy.sources):
        return None
    longest = [SETTLED_SECONDS, float(config.downscale_stabilization)]
    if policy.spec.behavior is not None:
        for rules in (policy.spec.behavior.up, policy.spec.behavior.down):
            longest += [float(rules.window or 0), *(float(one.period) for one in rules.policies)]
    longest += [source.rate_seconds for source in policy.sources if source.measure == "calls"]
    if policy.keda is not None:
        longest.append(policy.keda.cooldown_seconds + policy.keda.polling_seconds)
    return SCRAPES_SECONDS + max(longest)


def level_from(load: Load) -> float:
    """Since when a load stays as it is to its end, in seconds."""
    since = load.times[-1]
    for time, sessions in zip(reversed(load.times), reversed(load.sessions), strict=True):
        if sessions != load.sessions[-1]:
            break
        since = time
    return since


class Rest:
    """Watches for how long nothing has changed: the pods, what is wanted, and whether the objective is met."""

    def __init__(self, policy: Policy, load: Load, config: ControllerConfig) -> None:
        self.needed = remembered_seconds(policy, config)
        """Seconds without a change after which there will be none; ``None``: never known."""
        self.since = level_from(load)
        self._last: tuple[int, int | None] | None = None

    def reached(self, now: float, replicas: int, wanted: int | None, *, moving: bool) -> bool:
        """Whether nothing has changed for so long at ``now`` that nothing will.

        :param wanted: what the metrics of the last pass ask for.
        :param moving: whether pods, queues or clients without a session still change, or the objective is missed.
        """
        if self.needed is None:
            return False
        if moving or self._last != (replicas, wanted):
            self.since, self._last = max(self.since, now), (replicas, wanted)
        return now - self.since > self.needed
