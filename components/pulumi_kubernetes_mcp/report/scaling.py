"""The autoscaler as a report: what it follows, when, how fast it moves, and why each number is so. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from pydantic.alias_generators import to_camel

from .. import wiring
from ..autoscaling.args import autoscaler_spec, behavior_reasons, chosen_kind
from ..autoscaling.spec import crons, unreadable
from .document import Block, Column, Facts, Section, Table, counted, significant, span

if TYPE_CHECKING:
    from ..autoscaling.keys import AutoscalingKeys
    from ..autoscaling.spec import AutoscalerSpec, Rules, Schedule, Source
    from ..server_plan import ServerPlan

KINDS = {"hpa": "HorizontalPodAutoscaler", "keda": "ScaledObject"}
_SHORT = {"hpa": "HPA", "keda": "KEDA"}


def scaling_section(server: ServerPlan) -> Section:
    """The autoscaler of a stack, with the reason for each number."""
    if not server.autoscaled:
        return Section(title="Autoscaler", blocks=(f"None: {counted(str(server.replicas), 'pods')}, always.",))
    args, spec = _spec(server)
    blocks: list[Block] = [Facts(pairs=tuple(_facts(args, spec)))]
    if spec.schedules:
        blocks.append(_schedules(spec.schedules))
    blocks.append(_pace(args))
    return Section(title="Autoscaler", blocks=tuple(blocks), folded=True)


def scaling_line(server: ServerPlan) -> str:
    """What a preview says: what the autoscaler follows, and how fast it moves."""
    if not server.autoscaled:
        return f"none, {counted(str(server.replicas), 'pods')}"
    args, spec = _spec(server)
    followed = " and ".join(text for _, text in _followed(args, spec))
    up, down = spec.behavior.up, spec.behavior.down
    after = "" if down.select == "Disabled" else f" after {down.window_seconds} s of less load"
    return f"{_SHORT[chosen_kind(args)]} on {followed}; up {_pace_text(up)}, down {_pace_text(down)}{after}"


def _pace_text(rules: Rules) -> str:
    """How fast the number moves in one direction."""
    if rules.select == "Disabled":
        return "never"
    steps = [f"{step.value}{'' if step.kind == 'Pods' else ' %'} in {step.period_seconds} s" for step in rules.policies]
    which = ", whichever is less" if rules.select == "Min" and len(steps) > 1 else ""
    return f"by {' or '.join(steps)}{which}"


def scaling_data(server: ServerPlan) -> dict[str, Any]:
    """The autoscaler as plain data that JSON can hold."""
    if not server.autoscaled:
        return {"kind": "none", "replicas": server.replicas}
    args, spec = _spec(server)
    source = _source(args, spec)
    return {
        "kind": chosen_kind(args),
        "min_replicas": spec.min_replicas,
        "max_replicas": spec.max_replicas,
        "follows": None if source is None else source.name,
        "target_per_pod": None if source is None else source.target_per_pod,
        "query": source.query if source is not None and isinstance(source.query, str) else None,
        "cpu_percent_of_request": spec.cpu_percent,
        "memory_percent_of_request": spec.memory_percent,
        "metrics": [dict(one) for one in spec.metrics],
        "fallback_replicas": spec.fallback_replicas if source is not None else None,
        "schedules": [
            {"name": one.name, "replicas": one.replicas, "time_zone": one.time_zone, "windows": _windows(one)}
            for one in spec.schedules
        ],
        "behavior": [
            {"key": _camel(one.key), "value": one.value, "reason": one.reason} for one in behavior_reasons(args)
        ],
    }


def _spec(server: ServerPlan) -> tuple[AutoscalingKeys, AutoscalerSpec]:
    args = wiring.known_autoscaling_args(server)
    return args, autoscaler_spec(args)


def _facts(args: AutoscalingKeys, spec: AutoscalerSpec) -> Iterator[tuple[str, str]]:
    kind = chosen_kind(args)
    made = f", from which KEDA makes {spec.hpa_name or f'keda-hpa-{spec.target}'}" if kind == "keda" else ""
    yield "Object", f"{KINDS[kind]} {spec.target}{made}"
    yield "Pods", span(str(spec.min_replicas), str(spec.max_replicas))
    yield from _followed(args, spec)
    source = _source(args, spec)
    if source is not None:
        yield "Query", source.query if isinstance(source.query, str) else "known when it is deployed"
        yield (
            "Without it",
            f"as many pods as run, at least {spec.fallback_replicas}, after {spec.fallback_failures + 1} failed reads",
        )


def _source(args: AutoscalingKeys, spec: AutoscalerSpec) -> Source | None:
    """What Prometheus is asked for; only KEDA asks."""
    return spec.source if chosen_kind(args) == "keda" else None


def _followed(args: AutoscalingKeys, spec: AutoscalerSpec) -> Iterator[tuple[str, str]]:
    """What pods are added on."""
    source = _source(args, spec)
    if source is not None:
        yield "Follows", f"{significant(source.target_per_pod)} {_UNITS.get(source.name, source.name)} a pod"
    if source is not None and spec.growth is not None:
        step = f"{spec.growth.pods} pods at once above {significant(spec.growth.above)}"
        yield "Besides", f"{step} {_UNITS.get(source.name, source.name)}: a hash finds the pods"
    if spec.cpu_percent is not None:
        yield "Follows" if source is None else "Besides", f"CPU at {spec.cpu_percent} % of the request"
    if spec.memory_percent is not None:
        yield "Besides", f"memory at {spec.memory_percent} % of the request"
    for metric in args.metrics:
        given = ((getattr(metric, key), end) for key, end in _TARGETS)
        target = next((f"{value}{end}" for value, end in given if value is not None), "no target")
        yield "Besides", f"{metric.type} metric {metric.name} at {target}"


_TARGETS: tuple[tuple[Literal["utilization", "average_value", "value"], str], ...] = (
    ("utilization", " % of the request"),
    ("average_value", " a pod"),
    ("value", ""),
)
_UNITS = {"in-flight": "calls in flight", "query": "of the query"}


def _schedules(schedules: tuple[Schedule, ...]) -> Table:
    columns = (
        Column(title="schedule"),
        Column(title="pods at least", right=True),
        Column(title="opens and closes"),
        Column(title="time zone"),
    )
    rows = tuple(
        (one.name, str(one.replicas), "; ".join(f"{start} to {end}" for start, end in _windows(one)), one.time_zone)
        for one in schedules
    )
    return Table(columns=columns, rows=rows)


def _windows(schedule: Schedule) -> list[tuple[str, str]]:
    """The cron expressions; none where the schedule cannot be read, which a finding says."""
    return [] if unreadable(schedule) else crons(schedule)


def _pace(args: AutoscalingKeys) -> Table:
    columns = (Column(title="mcp:scaling", code=True), Column(title="value", right=True), Column(title="why"))
    rows = tuple((_camel(one.key), one.value, one.reason) for one in behavior_reasons(args))
    return Table(columns=columns, rows=rows, beside=2)


def _camel(key: str) -> str:
    """A key of the arguments as a stack file has it."""
    return ".".join(to_camel(part) for part in key.split("."))
