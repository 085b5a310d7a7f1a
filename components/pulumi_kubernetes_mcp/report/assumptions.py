"""What the plan rests on: each input under its path in the stack file, who gave it, and how far it moves the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

from .document import Block, Column, Section, Table, significant, span

if TYPE_CHECKING:
    from ..planning import Inputs, Plan, Sensitivity, Uncertainty
    from ..server_plan import ServerPlan
    from ..settings.layers import Origin
    from ..settings.models import Settings

SHOWN = 10
"""Inputs that a plan shows unless all are asked for."""
LEAST_SWING = 1.02
"""An input that moves nothing by more than 2 % is not shown unless all are asked for."""
PROFILE = "mcp:server.profile"
_PROFILE_KEYS = {
    "runtime.baseline_mib": "process.baselineMib",
    "runtime.base_cpu_millicores": "process.idleCpuMillicores",
    "runtime.session_kib": "eras.*.sessionKib",
}
"""What an input of the runtime is called in the file that ``mcp-stack measure`` writes."""
_UNITS = {
    "mib": "MiB",
    "kib": "KiB",
    "milliseconds": "ms",
    "seconds": "s",
    "minutes": "min",
    "millicores": "m",
    "percent": "%",
}
_IN_WORDS = {"memory": "GiB of memory"}
_NONE = "–"
LEAST_EFFECT = 0.01
"""A smaller change of an output is not shown."""


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """One input of the plan, as a person knows it."""

    path: str
    """Its key in the stack file; after ``#`` its key in the measured profile."""
    value: float | None
    """Its value, or the mean of several; ``None`` where there is no single number."""
    unit: str
    origin: str
    """'assumed', 'given' or 'measured'."""
    effect: Sensitivity
    source: str = ""
    """Where it was given, such as ``Pulumi.yaml:24``; empty for what no file gives."""

    def to_dict(self) -> dict[str, Any]:
        """The input as plain data, in the style of the plan."""
        row = self.effect
        return {
            "name": row.name,
            "path": self.path,
            "value": self.value,
            "unit": self.unit,
            "origin": self.origin,
            "source": self.source,
            "factor": row.factor,
            "low": dict(vars(row.low)),
            "high": dict(vars(row.high)),
            "swing": row.swing,
        }


def assumptions(
    design: ServerPlan, found: Uncertainty, origin_of: Callable[[str], Origin | None] | None = None
) -> tuple[Assumption, ...]:
    """The inputs of the plan, those that move it most first.

    :param origin_of: where the value at a path was given. Default: not known.
    """
    means = _means(design.inputs, design.plan)

    def source(path: str, origin: str) -> str:
        place = origin_of(path) if origin_of is not None and origin == "given" else None
        return "" if place is None else str(place)

    named = [(row, path_of(row.name), _origin(design.settings, row)) for row in found.inputs]
    return tuple(
        Assumption(
            path=path,
            value=means.get(row.name) if row.value is None else row.value,
            unit=_UNITS.get(row.name.rpartition("_")[2], ""),
            origin=origin,
            effect=row,
            source=source(path, origin),
        )
        for row, path, origin in named
    )


def path_of(name: str) -> str:
    """The path of an input: ``workload.session_minutes`` is ``mcp:workload.sessionMinutes``."""
    if name in _PROFILE_KEYS:
        return f"{PROFILE}#{_PROFILE_KEYS[name]}"
    group, _, rest = name.partition(".")
    return f"mcp:{to_camel(group)}.{'.'.join(to_camel(part) for part in rest.split('.'))}"


def _origin(settings: Settings, row: Sensitivity) -> str:
    if row.assumed:
        return "assumed"
    group, _, field = row.name.partition(".")
    if group == "runtime":
        return "measured"
    if field.startswith("tools[*]."):
        every = [tool.model_fields_set for tool in settings.workload.tools]
        return "given" if all(field.rpartition(".")[2] in named for named in every) else "measured"
    owner = getattr(settings, group)
    return "given" if owner is not None and field in owner.model_fields_set else "measured"


def _means(inputs: Inputs, plan: Plan) -> Mapping[str, float]:
    """What stands for inputs that are several numbers: their mean over the calls, or over the sessions."""
    per_session = plan.memory.memory_per_session_kib.inputs
    found = {"runtime.session_kib": float(per_session["protocol and stream KiB"])}
    tools = inputs.workload.tools
    whole = sum(tool.share_percent for tool in tools)
    for name in ("duration_milliseconds", "cpu_milliseconds", "response_kib", "queries") if tools else ():
        found[f"workload.tools[*].{name}"] = sum(tool.share_percent * getattr(tool, name) for tool in tools) / whole
    return found


def assumptions_section(rows: tuple[Assumption, ...], found: Uncertainty, *, every: bool) -> Section:
    """The table of the inputs, and the range of the answer with all of them off at the same time.

    :param every: whether inputs that hardly count are shown as well.
    """
    shown = rows if every else tuple(row for row in rows if row.effect.swing >= LEAST_SWING)[:SHOWN]
    ranges = [one for one in found.ranges if one.value]
    columns = (
        Column(title="input", code=True),
        Column(title="value", right=True),
        Column(title="origin"),
        Column(title="tried", right=True),
        *(Column(title=outputs_title(one.name, one.unit), right=True) for one in ranges),
    )
    base = {one.name: one.value for one in ranges}
    table = [_row(row, base) for row in shown]
    blocks: list[Block] = [
        "What carries the planned sessions, if one input is off: assumed ones by half or twice, given and measured "
        "ones by a tenth. Measure first what moves most.",
        Table(columns=columns, rows=tuple(table)),
    ]
    if len(shown) < len(rows):
        blocks.append(f"{len(rows) - len(shown)} more move less: '--all-inputs' shows them.")
    if any(row.origin == "assumed" and row.path.startswith(PROFILE) for row in shown):
        blocks.append(f"'mcp-stack measure' finds what stands under {PROFILE}.")
    return Section(title="Inputs: what to measure first", blocks=tuple(blocks))


def ranges_text(found: Uncertainty) -> str:
    """The 90 % range of each output in a line: ``1.3 to 2 pods and 3.1 to 5.4 cores``."""
    parts = [
        f"{span(significant(one.low, 2), significant(one.high, 2))} {_IN_WORDS.get(one.name, one.unit)}"
        for one in found.ranges
        if one.value
    ]
    return " and ".join([", ".join(parts[:-1]), *parts[-1:]] if len(parts) > 1 else parts)


def outputs_title(name: str, unit: str) -> str:
    """What the sensitivity calls an output, with its unit."""
    return name if name == unit else f"{'CPU' if name == 'cpu' else name} {unit}"


def _row(row: Assumption, base: Mapping[str, float]) -> tuple[str, ...]:
    low, high = row.effect.low, row.effect.high
    value = _NONE if row.value is None else f"{significant(row.value)} {row.unit}".rstrip()
    factor = row.effect.factor
    tried = f"× {significant(1 / factor, 2)}–{factor:g}"
    if row.value is not None:
        tried = f"{significant(row.value / factor)}–{significant(row.value * factor)}"
    return (
        row.path,
        value,
        f"{row.origin}, {row.source}" if row.source else row.origin,
        tried,
        *(_effect(base[name], vars(low)[name], vars(high)[name]) for name in base),
    )


def _effect(base: float, *tried: float) -> str:
    least, most = min(base, *tried), max(base, *tried)
    return _NONE if most - least < LEAST_EFFECT * base else f"{significant(least)}–{significant(most)}"
