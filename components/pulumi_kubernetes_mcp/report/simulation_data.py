"""A simulation as plain data that JSON can hold. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..simulation.waits import QUANTILES
from .simulation import moments, policy_text
from .simulation_ranges import ranges_data

if TYPE_CHECKING:
    from ..simulation.result import Result, Sample
    from ..simulation.scenarios import Scenario
    from .simulation import SimulatedStack

MOST_SAMPLES = 1500
"""Samples of a result as data; of longer runs every second one, or fewer."""


def simulation_data(simulated: SimulatedStack) -> dict[str, Any]:
    """The simulation as plain data that JSON can hold: snake_case keys as in the library."""
    return {
        "stack": simulated.stack,
        "peak_sessions": simulated.peak,
        "objective_seconds": simulated.model.waits.objective,
        "start_seconds": simulated.model.start_seconds,
        "seed": simulated.seeds[0] if len(simulated.seeds) == 1 else None,
        "seeds": list(simulated.seeds),
        "begins": None if simulated.begins is None else simulated.begins.isoformat(),
        "notes": list(simulated.notes),
        "policies": [
            {"name": policy.name, "text": policy_text(policy), "notes": list(policy.notes)}
            for policy in simulated.policies
        ],
        "scenarios": [
            {
                "name": played.scenario.name,
                "title": played.scenario.title,
                "peak_sessions": round(played.scenario.load.peak, 3),
                "events": [{"at": at, "what": text} for at, text in moments(played)],
                "results": [
                    result_data(result, played.scenario) | {"range": ranges_data(found)}
                    for result, found in zip(played.results, played.ranges, strict=True)
                ],
            }
            for played in simulated.played
        ],
    }


def result_data(result: Result, scenario: Scenario) -> dict[str, Any]:
    """One result as plain data; numbers rounded to what they mean."""
    return {
        "policy": result.policy,
        "duration_seconds": result.duration,
        "pods": {"first": result.first, "least": result.least, "most": result.most},
        "pod_hours": round(result.pod_hours, 3),
        "lost_pods": None if result.lost_pods is None else list(result.lost_pods),
        "lost_minutes": result.lost_minutes,
        "recovered_seconds": result.recovered(scenario.since),
        "wait_seconds": {f"p{part * 100:.0f}": round(result.wait(part), 3) for part in QUANTILES},
        "longest_wait_seconds": round(result.longest_wait, 3),
        "longest_queue": round(result.longest_queue, 1),
        "calls": round(result.calls),
        "slow_calls": round(result.slow_calls, 1),
        "failed_calls": round(result.failed_calls, 1),
        "sessions": round(result.sessions_begun),
        "dropped_sessions": round(result.dropped_sessions, 1),
        "moved_sessions": round(result.moved_sessions, 1),
        "refused_sessions": round(result.refused_sessions, 1),
        "refused_seconds": result.refused_seconds,
        "rescales": result.rescales,
        "blind_seconds": result.blind_seconds,
        "limited_seconds": dict(sorted(result.limits.items())),
        "samples": [_sample_data(sample) for sample in thinned(result.samples)],
    }


def thinned(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Evenly fewer samples, where there are more than anybody needs."""
    return samples[:: -(-len(samples) // MOST_SAMPLES) or 1]


def _sample_data(sample: Sample) -> dict[str, float]:
    return {
        "at": sample.at,
        "pods_wanted": sample.wanted,
        "pods_ready": sample.ready,
        "sessions": round(sample.sessions, 1),
        "sessions_dropped": round(sample.dropped, 1),
        "sessions_moved": round(sample.moved, 1),
        "calls_in_flight": round(sample.in_flight, 2),
        "calls_waiting": round(sample.waiting, 2),
        "wait_p95_seconds": round(sample.wait, 3),
    }
