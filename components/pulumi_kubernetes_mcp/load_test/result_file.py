"""The result of a load test as the file that a stack names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..settings.load_result import FoundKnee, FoundTrend, LoadedLatency, LoadResult
from .judgement import knee, loaded, trend
from .model import OPENING
from .refused import LoadTestError
from .scenarios import STEPS_TO_KNEE

if TYPE_CHECKING:
    from ..server_plan import ServerPlan
    from .results import Outcome, Times

_HEADER = "# Written by 'mcp-stack loadtest report --write'. A stack names it in mcp:loadTest.result.\n"
_DIGITS = 4
SHORT = 0.5
"""Below this part of a scenario its P95 says little of a day."""


def load_result(outcome: Outcome) -> LoadResult:
    """The result as a stack takes it.

    :raises LoadTestError: for an outcome without a stage whose times are those under load.
    """
    stage = loaded(outcome)
    if stage is None or stage.times is None:
        raise LoadTestError(
            f"The scenario '{outcome.plan['scenario']}' has no 95th percentile under load: the load of a spike and of "
            "a "
            "scale-in moves. Play 'peak', 'soak' or 'steps', with calls that are answered."
        )
    opened = stage.openings or outcome.exchanges.get(OPENING)
    if opened is None:
        raise LoadTestError("No session was opened: there is no exchange whose time a probe could be held against.")
    found, memory = (knee(outcome) if outcome.plan["scenario"] == STEPS_TO_KNEE else None), trend(outcome)
    return LoadResult(
        stack=outcome.stack,
        region=outcome.region,
        server=outcome.server,
        scenario=str(outcome.plan["scenario"]),
        measured_at=outcome.started_at or datetime.now(UTC).isoformat(timespec="seconds"),
        sessions=round(stage.sessions),
        pods=int(outcome.plan["pods"]),
        calls_per_second=_short(stage.calls_per_second),
        failed_percent=_short(stage.failed_percent),
        scale=float(outcome.plan["scale"]),
        latency=_latency(stage.times),
        exchange=_latency(opened),
        knee=None
        if found is None or found.sessions_per_pod is None
        else FoundKnee(sessions_per_pod=found.sessions_per_pod, reached=found.first is not None),
        memory=None
        if memory is None
        else FoundTrend(growing=memory.growing, mib_per_hour=_short(memory.mib_per_hour), hours=_short(memory.hours)),
        notes=notes(outcome),
    )


def notes(outcome: Outcome) -> list[str]:
    """What a reader of the result must know."""
    found = []
    if not outcome.exact:
        found.append(
            f"Each percentile is the highest of {outcome.runners} runners: theirs cannot be added. k6's points "
            "(NDJSON) of "
            "each make it exact."
        )
    if float(outcome.plan["scale"]) < SHORT:
        found.append(
            f"Shortened to {float(outcome.plan['scale']):g} of the scenario: sessions and pauses are shorter too."
        )
    unheard = [str(tool["name"]) for tool in outcome.plan["tools"] if tool["name"] not in outcome.tools]
    if unheard and outcome.tools:
        found.append(
            f"Never called, so that nothing is said of it: {', '.join(unheard)}. Play longer, or more sessions."
        )
    eras = {era["name"] for era in outcome.plan["eras"]}
    if "sse" in eras:
        found.append(
            "Sessions of the era 'sse' held their stream and called nothing: k6 cannot read a stream as it comes."
        )
    if outcome.sessions - outcome.closed - outcome.lost > 0:
        found.append(f"{outcome.sessions - outcome.closed - outcome.lost} sessions were not closed.")
    return found


def path_for(server: ServerPlan) -> Path:
    """Where it belongs: beside the profile, relative to the directory of Pulumi.yaml."""
    profile = server.settings.server.profile
    folder = Path("profiles") if profile is None else Path(profile.path).parent
    return folder / f"{server.name}-load.yaml"


def text(result: LoadResult) -> str:
    """The file."""
    import yaml

    data = result.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _HEADER + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)


def _latency(times: Times) -> LoadedLatency:
    return LoadedLatency(unit="milliseconds", p50=_short(times.p50), p95=_short(times.p95), p99=_short(times.p99))


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
