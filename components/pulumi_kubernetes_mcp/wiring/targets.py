"""How much of what an autoscaler follows one pod takes, by the plan. Pure."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from ..autoscaling.args import followed
from ..autoscaling.spec import GLOBAL_TOLERANCE

if TYPE_CHECKING:
    from ..autoscaling.keys import AutoscalingKeys
    from ..planning import Figure
    from ..server_plan import ServerPlan

REFUSING = ("memory", "descriptors", "pool", "slots")
"""What a pod has only so much of; CPU is followed besides, and adds pods by itself."""


def target_per_pod(server: ServerPlan, follow: str) -> Figure | None:
    """How much of what is followed leaves the planned headroom free in a pod; ``None`` for CPU."""
    held = server.plan.capacity
    targets = {"sessions": held.sessions_target, "streams": held.sessions_target, "in-flight": held.calls_target}
    return targets.get(follow)


def hashed_targets(server: ServerPlan, keys: AutoscalingKeys, held: float) -> dict[str, float]:
    """Where a hash finds the pods: those of the planned peak, and the target of a pod.

    Those of the peak come at once, or are the least number: so they have the headroom, and pods that come above them
    end sessions. So there pods fill up before more are added.

    A given target holds, and the pods of the planned peak are those that it asks for.

    :param held: what leaves the planned headroom free in a pod.
    """
    peak = float(server.plan.load.peak_sessions.value)
    counted = keys.query is None and followed(keys) != "in-flight"
    if keys.target_per_pod is not None:
        wanted = peak / keys.target_per_pod if counted and keys.target_per_pod > 0 else None
        return {} if wanted is None or wanted > keys.max_replicas else {"peak_replicas": ceil(wanted)}
    most = ceil(peak / held)
    ahead = counted and most <= keys.max_replicas
    return {"target_per_pod": max(held, _full(server, keys)) if ahead else held, "peak_replicas": most}


def _full(server: ServerPlan, keys: AutoscalingKeys) -> float:
    """Sessions of a full pod; less what the controller leaves alone above its target, where a pod would refuse them."""
    capacity = server.plan.capacity
    given = None if keys.scale_up is None else keys.scale_up.tolerance
    share = 1 + (GLOBAL_TOLERANCE if given is None else given)
    ends = [number for name, number in capacity.sessions_per_pod_candidates.items() if name in REFUSING]
    return float(min(int(capacity.sessions_per_pod.value), *(floor(number / share) for number in ends)))
