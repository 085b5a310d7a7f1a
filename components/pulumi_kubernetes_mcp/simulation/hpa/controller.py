"""One pass of the autoscaler, and what it remembers until the next (horizontal.go, reconcileAutoscaler)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .behavior import (
    HpaState,
    limit,
    limit_with_behavior,
    record_change,
    stabilize,
    stabilize_with_behavior,
)
from .calculator import Proposal, propose
from .clock import Seconds
from .model import KUBERNETES_1_36, ControllerConfig, HpaSpec, MetricError, Observation, Tolerances

Conditions = dict[str, tuple[bool, str]]
WRITE_FAILED = "the scale could not be written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one pass did, and why."""

    at: Seconds
    """Seconds; the ``now`` of the pass."""
    current: int
    """``spec.replicas`` of the scale at the start of the pass."""
    desired: int
    """``spec.replicas`` of the scale at its end: ``current``, unless a change was written."""
    rescaled: bool
    """A scale was written."""
    proposals: tuple[Proposal | MetricError, ...] = ()
    """One for each metric of the spec; empty where the metrics were not asked."""
    recommended: int | None = None
    """Largest proposal; ``None`` where the metrics were not asked or did not suffice."""
    stabilized: int | None = None
    """After the stabilisation, before rates and bounds."""
    error: str | None = None
    """What the controller reports as an error. It may still have scaled up."""
    conditions: Conditions = field(default_factory=dict)
    """Type of each condition of the status to its status and reason, after the pass."""


def tolerances_of(spec: HpaSpec, config: ControllerConfig) -> Tolerances:
    """Tolerances in force, as ratios: the controller's, unless the behavior sets one (tolerancesForHpa)."""
    down = up = config.tolerance
    if spec.behavior is not None and config.configurable_tolerance:
        down = down if spec.behavior.down.tolerance is None else spec.behavior.down.tolerance
        up = up if spec.behavior.up.tolerance is None else spec.behavior.up.tolerance
    return Tolerances(down, up)


def largest_proposal(proposals: Sequence[Proposal | MetricError], current: int) -> int | None:
    """The proposal to follow; ``None`` where metrics failed and the others do not suffice (computeReplicasForMetrics).

    With a metric broken only proposals to grow or to stay are followed.
    """
    wanted = failed = 0
    for proposal in proposals:
        if isinstance(proposal, MetricError):
            failed += 1
        elif wanted == 0 or proposal.replicas > wanted:
            wanted = proposal.replicas
    if failed and (failed == len(proposals) or wanted < current):
        return None
    return wanted


class Controller:
    """The controller of one autoscaler: its spec, the flags, and the memory between passes.

    ``spec`` may be replaced between passes, as an edit of the object is. Nothing is shared between instances.
    """

    def __init__(self, spec: HpaSpec, config: ControllerConfig = KUBERNETES_1_36, state: HpaState | None = None):
        self.spec = spec
        self.config = config
        self.state = HpaState() if state is None else state

    def reconcile(
        self, now: Seconds, seen: Observation, *, written_at: Seconds | None = None, write_fails: bool = False
    ) -> Decision:
        """One pass at ``now`` seconds, in which the metrics are read; see :func:`reconcile`."""
        return reconcile(
            self.spec, self.state, seen, now, config=self.config, written_at=written_at, write_fails=write_fails
        )


def reconcile(
    spec: HpaSpec,
    state: HpaState,
    seen: Observation,
    now: Seconds,
    *,
    config: ControllerConfig = KUBERNETES_1_36,
    written_at: Seconds | None = None,
    write_fails: bool = False,
) -> Decision:
    """One pass (reconcileAutoscaler): decide on the replicas and remember what the next passes need in ``state``.

    A change is stamped at ``written_at``, by default ``now``: when the API server has answered. The real queue starts a
    pass 15 s after the end of the one before, so that a policy of 15 s acts as one of 15 and one of 60 as 60; on a
    fixed grid of 15 s any delay of the write would make them 30 and 75. Passes are in order of time.
    """
    current = seen.spec_replicas
    state.conditions["AbleToScale"] = (True, "SucceededGetScale")
    state.remember_first(current, now)
    if current == 0 and not _wakes(spec, state, config):
        state.conditions["ScalingActive"] = (False, "ScalingDisabled")
        if not config.scale_to_zero:
            state.conditions.pop("ScaledToZero", None)
        return _done(state, now, current, current)
    decision = _outside(spec, state, now, current) or _by_metrics(spec, state, seen, now, config)
    if not decision.rescaled:
        return decision
    if write_fails:
        state.conditions["AbleToScale"] = (False, "FailedUpdateScale")
        return replace(decision, desired=current, rescaled=False, error=WRITE_FAILED, conditions=dict(state.conditions))
    state.conditions["AbleToScale"] = (True, "SucceededRescale")
    record_change(state, spec.behavior, current, decision.desired, now if written_at is None else written_at)
    if config.scale_to_zero:
        asleep = current > 0 and decision.desired == 0 and spec.min_replicas == 0 and spec.can_scale_to_zero()
        state.conditions["ScaledToZero"] = (asleep, "ScaledToZero" if asleep else "NotScaledToZero")
    else:
        state.conditions.pop("ScaledToZero", None)
    return replace(decision, conditions=dict(state.conditions))


def _scaled_to_zero(state: HpaState, config: ControllerConfig) -> bool:
    return config.scale_to_zero and state.conditions.get("ScaledToZero", (False, ""))[0]


def _wakes(spec: HpaSpec, state: HpaState, config: ControllerConfig) -> bool:
    """Whether zero replicas are the autoscaler's own doing, so that it may end them."""
    return _scaled_to_zero(state, config) and (spec.min_replicas != 0 or spec.can_scale_to_zero())


def _done(state: HpaState, now: Seconds, current: int, desired: int) -> Decision:
    return Decision(
        at=now, current=current, desired=desired, rescaled=desired != current, conditions=dict(state.conditions)
    )


def _outside(spec: HpaSpec, state: HpaState, now: Seconds, current: int) -> Decision | None:
    """Replicas outside the bounds are put back at once: no metric, no window and no rate is asked."""
    if current > spec.max_replicas:
        return _done(state, now, current, spec.max_replicas)
    if 0 < current < spec.min_replicas:
        return _done(state, now, current, spec.min_replicas)
    return None


def _by_metrics(spec: HpaSpec, state: HpaState, seen: Observation, now: Seconds, config: ControllerConfig) -> Decision:
    current = seen.spec_replicas
    proposals = _proposals(spec, seen, now, config)
    failed = [
        (metric, one) for metric, one in zip(spec.metrics, proposals, strict=True) if isinstance(one, MetricError)
    ]
    error = f"{len(failed)} of {len(proposals)} metrics failed, the first: {failed[0][1]}" if failed else None
    wanted = largest_proposal(proposals, current)
    if wanted is None:
        state.conditions["ScalingActive"] = (False, f"FailedGet{failed[0][0].source}Metric")
        return replace(_done(state, now, current, current), proposals=proposals, error=error)
    state.conditions["ScalingActive"] = (True, "ValidMetricFound")
    wanted = max(wanted, 0)
    stabilized, desired = _normalize(spec, state, current, wanted, now, config)
    if current == 0:
        desired = max(desired, spec.min_replicas)
    return replace(
        _done(state, now, current, desired), proposals=proposals, recommended=wanted, stabilized=stabilized, error=error
    )


def _proposals(
    spec: HpaSpec, seen: Observation, now: Seconds, config: ControllerConfig
) -> tuple[Proposal | MetricError, ...]:
    tolerances = tolerances_of(spec, config)
    made: list[Proposal | MetricError] = []
    for metric, reading in zip(spec.metrics, seen.readings, strict=True):
        try:
            made.append(propose(metric, reading, seen, now, config, tolerances))
        except MetricError as error:
            made.append(error)
    return tuple(made)


def _normalize(
    spec: HpaSpec, state: HpaState, current: int, wanted: int, now: Seconds, config: ControllerConfig
) -> tuple[int, int]:
    """Stabilisation, then limits (normalizeDesiredReplicas, normalizeDesiredReplicasWithBehaviors)."""
    least, most, window = spec.min_replicas, spec.max_replicas, config.downscale_stabilization
    if spec.behavior is None:
        stabilized = stabilize(state, wanted, now, window)
        reason = "ScaleDownStabilized"
        limited = limit(current, stabilized, least, most)
    else:
        stabilized = stabilize_with_behavior(state, spec.behavior, current, wanted, now, window)
        reason = "ScaleUpStabilized" if wanted >= current else "ScaleDownStabilized"
        limited = limit_with_behavior(state, spec.behavior, current, stabilized, now, least, most)
    state.conditions["AbleToScale"] = (True, "ReadyForNewScale" if stabilized == wanted else reason)
    state.conditions["ScalingLimited"] = (limited.replicas != stabilized, limited.reason)
    return stabilized, limited.replicas
