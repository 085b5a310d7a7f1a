"""How far each input moves the answer: what to measure first, and how sure the plan can be."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import Any

from .calls import Calls, calls
from .cpu import PLANNED_UTILISATION_PERCENT
from .derivation import Inputs, pod
from .inputs import PlanInputError, Tool
from .sessions import Sessions, sessions
from .working import exact

ASSUMED_FACTOR = 2.0
"""An assumed input is taken to be right within this factor nine times in ten: guides' figures differ by more."""
GIVEN_FACTOR = 1.1
"""A given or measured input is taken to be right within a tenth nine times in ten."""
OUTPUTS = {
    "pods": "pods",
    "memory": "GiB",
    "cpu": "cores",
    "connections": "connections",
}
"""What is compared, at the planned sessions and before rounding up, with its unit."""


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What the planned sessions take in all, before anything is rounded up to pods or steps."""

    pods: float
    memory: float
    """Memory of all pods with GC headroom, in GiB."""
    cpu: float
    """CPU of all pods, in cores."""
    connections: float
    """Database connections of all pools."""


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """One input, and the answer with less and with more of it."""

    name: str
    """The input as 'workload.session_minutes'; all tools together as 'workload.tools[*].duration_milliseconds'."""
    value: float | None
    """Its value; ``None`` for the tools together."""
    assumed: bool
    """Whether nobody gave it."""
    factor: float
    """What it is divided and multiplied by."""
    low: Effort
    """The answer with the input divided by the factor."""
    high: Effort
    """The answer with the input multiplied by it."""
    swing: float
    """The greatest change of any output, as a factor: 2 is twice or half. The rows are in this order."""


@dataclass(frozen=True, kw_only=True)
class Range:
    """An output with its 90 % range, all inputs off at the same time and independently."""

    name: str
    unit: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """How sure the plan can be."""

    inputs: tuple[Sensitivity, ...]
    """Every input that moves the answer, the one to measure first at the head."""
    ranges: tuple[Range, ...]
    """Each output with its range."""

    def to_dict(self) -> dict[str, object]:
        """Plain data that JSON can hold."""
        return {
            "inputs": [{**vars(row), "low": dict(vars(row.low)), "high": dict(vars(row.high))} for row in self.inputs],
            "ranges": [dict(vars(row)) for row in self.ranges],
        }


def uncertainty(inputs: Inputs, *, given: Collection[str] = ()) -> Uncertainty:
    """The effect of each input, one at a time, and the range of the answer with all of them.

    Each input is divided and multiplied by a factor, 2 if it was assumed and 1.1 if it was given. The combined
    range is the root of the sum of the squares of the effects' logarithms, as of independent lognormal errors.

    :param given: names of the inputs that a person gave or that were measured, such as 'workload.session_minutes'.
    """
    load, flight = sessions(inputs.workload), calls(inputs.workload, inputs.database, inputs.runtime)
    base = effort(inputs, load, flight)

    def changed(name: str, value: float | None, by: float) -> Effort:
        """The answer with one input multiplied; the base where the result is out of its range."""
        try:
            other = _replaced(inputs, name, value, by)
        except PlanInputError:
            return base
        return effort(
            other,
            sessions(other.workload) if name in _LOAD else load,
            flight if name in _LOAD or name in _POD else calls(other.workload, other.database, other.runtime),
        )

    rows = []
    for name, value in _names(inputs, flight):
        assumed = name not in given
        factor = ASSUMED_FACTOR if assumed else GIVEN_FACTOR
        low, high = changed(name, value, 1 / factor), changed(name, value, factor)
        swing = max(_swing(base, low), _swing(base, high))
        if swing > 1:
            rows.append(
                Sensitivity(name=name, value=value, assumed=assumed, factor=factor, low=low, high=high, swing=swing)
            )
    rows.sort(key=lambda row: (-row.swing, row.name))
    return Uncertainty(inputs=tuple(rows), ranges=tuple(_range(base, name, rows) for name in OUTPUTS))


def effort(inputs: Inputs, load: Sessions, flight: Calls) -> Effort:
    """What the planned sessions take in all, from figures that are not rounded up."""
    of, headroom = pod(inputs, flight), 1 + exact(inputs.workload.headroom_percent) / 100
    pods = load.exact_peak * headroom / exact(of.capacity.sessions_per_pod.value)
    heaviest = flight.heavy * flight.heavy_cpu_milliseconds + of.cpu.base
    mean = (of.cpu.calls + of.cpu.base) * 100 / PLANNED_UTILISATION_PERCENT
    pool = flight.running * flight.mix.hold_share if of.pool.size else exact(0)
    return Effort(
        pods=float(pods),
        memory=float(pods * exact(of.memory.memory_with_headroom_mib.value) / 1024),
        cpu=float(pods * max(heaviest, mean) / 1000),
        connections=float(pods * pool),
    )


_WORKLOAD = (
    "daily_users",
    "sessions_per_user",
    "session_minutes",
    "peak_factor",
    "peak_sessions",
    "think_seconds",
    "concurrent_calls",
    "heavy_calls",
    "heavy_call_cpu_milliseconds",
    "response_kib",
    "session_mib",
)
_TOOL = ("duration_milliseconds", "cpu_milliseconds", "response_kib", "queries")
_RUNTIME = ("baseline_mib", "base_cpu_millicores")
_LOAD = frozenset(
    f"workload.{name}"
    for name in (
        "daily_users",
        "sessions_per_user",
        "session_minutes",
        "peak_factor",
        "peak_sessions",
        "sessions_by_hour",
    )
)
"""Inputs that change the number of sessions, and nothing of a pod; no other changes it."""
_POD = frozenset(("workload.session_mib", "runtime.baseline_mib", "runtime.base_cpu_millicores", "runtime.session_kib"))
"""Inputs that change what a pod takes, and not its calls."""


def _names(inputs: Inputs, flight: Calls) -> Iterator[tuple[str, float | None]]:
    """The inputs that can be changed, with their values in force."""
    workload = inputs.workload
    derived = {
        "concurrent_calls": flight.busiest,
        "heavy_calls": flight.heavy,
        "heavy_call_cpu_milliseconds": float(flight.heavy_cpu_milliseconds),
        "response_kib": float(flight.kib),
    }
    if workload.tools:
        derived = {}
    for name in _WORKLOAD:
        value = getattr(workload, name)
        if value is None:
            value = derived.get(name)
        if value is not None and not (name == "think_seconds" and not workload.tools):
            yield f"workload.{name}", value
    if workload.sessions_by_hour:
        yield "workload.sessions_by_hour", None
    if workload.tools:
        for name in _TOOL:
            yield f"workload.tools[*].{name}", None
    if inputs.database is not None and not inputs.database.single_writer:
        yield "database.query_milliseconds", inputs.database.query_milliseconds
    for name in _RUNTIME:
        yield f"runtime.{name}", getattr(inputs.runtime, name)
    yield "runtime.session_kib", None


def _replaced(inputs: Inputs, name: str, value: float | None, by: float) -> Inputs:
    owner, _, field = name.partition(".")
    if field.startswith("tools[*]."):
        tools = tuple(_tool(tool, field.rpartition(".")[2], by) for tool in inputs.workload.tools)
        return replace(inputs, workload=replace(inputs.workload, tools=tools))
    if field == "sessions_by_hour":
        hours = tuple(hour * by for hour in inputs.workload.sessions_by_hour)
        return replace(inputs, workload=replace(inputs.workload, sessions_by_hour=hours))
    if field == "session_kib":
        kib = {era: value * by for era, value in inputs.runtime.session_kib.items()}
        return replace(inputs, runtime=replace(inputs.runtime, session_kib=kib))
    part = getattr(inputs, owner)
    changes: dict[str, Any] = {field: (value or 0) * by}
    if field in ("concurrent_calls", "heavy_calls"):
        changes[field] = max(1 if field == "concurrent_calls" else 0, round(changes[field]))
    if field == "session_minutes" and inputs.workload.session_p95_minutes is not None:
        # The shape stays: longer sessions, not sessions of another spread.
        changes["session_p95_minutes"] = inputs.workload.session_p95_minutes * by
    return replace(inputs, **{owner: replace(part, **changes)})


def _tool(tool: Tool, field: str, by: float) -> Tool:
    changes: dict[str, float] = {field: getattr(tool, field) * by}
    if field == "duration_milliseconds" and tool.p95_milliseconds is not None:
        changes["p95_milliseconds"] = tool.p95_milliseconds * by
    return replace(tool, **changes)  # type: ignore[arg-type]


def _swing(base: Effort, other: Effort) -> float:
    return max(exp(abs(_ratio(base, other, name))) for name in OUTPUTS)


def _ratio(base: Effort, other: Effort, name: str) -> float:
    """Logarithm of an output's change; 0 where there is nothing to compare."""
    before, after = getattr(base, name), getattr(other, name)
    return log(after / before) if before > 0 and after > 0 else 0.0


def _range(base: Effort, name: str, rows: list[Sensitivity]) -> Range:
    up = sqrt(sum(max(0.0, _ratio(base, row.low, name), _ratio(base, row.high, name)) ** 2 for row in rows))
    down = sqrt(sum(min(0.0, _ratio(base, row.low, name), _ratio(base, row.high, name)) ** 2 for row in rows))
    value = getattr(base, name)
    return Range(name=name, unit=OUTPUTS[name], value=value, low=value * exp(-down), high=value * exp(up))
