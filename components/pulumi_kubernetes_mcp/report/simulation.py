"""A simulation as a report: what an on-call engineer asks, for each scenario and each policy. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len

from ..simulation.load import DAY
from ..simulation.waits import QUANTILES
from .document import Block, Column, Document, Facts, Section, Table, counted, significant
from .simulation_ranges import pods_span, runs_note, runs_text, span
from .sparkline import axis, bars, marks
from .terminal import GAP, INDENT

if TYPE_CHECKING:
    from ..simulation.hpa import MetricSpec
    from ..simulation.pods import PodModel
    from ..simulation.policy import Policy
    from ..simulation.ranges import Range
    from ..simulation.result import Result
    from ..simulation.scenarios import Scenario

CHART = 48
"""Columns of a chart of one scenario."""
SMALL_CHART = 16
"""Columns of a chart in a table."""
APPROXIMATE = (
    "The autoscaler decides as the real one does; traffic is approximate. docs/simulation.md says what is exact."
)
_LIMITS = {
    "TooManyReplicas": "at the maximum",
    "ScaleUpLimit": "by the scale-up limit",
    "ScaleDownLimit": "by the scale-down limit",
}
"""Reasons of the autoscaler that hold pods back; being at the minimum is none."""
MOVED = "moved"
"""Column that is there where a hash can send sessions to other pods."""
_NUMBERS = ("pod-hours", "to scale", "lost min", "wait s", "queue", "slow", "failed", MOVED, "dropped", "refused")

COURSE = "pods over time"
LEAST_FIRST = ("queue", "wait s", COURSE, "slow", "to scale", "refused", "failed")
"""Columns that a narrow terminal leaves out, the least important first."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """One scenario, and what each policy did with it."""

    scenario: Scenario
    results: tuple[Result, ...]
    """The middle run of each policy."""
    ranges: tuple[Mapping[str, Range], ...]
    """For each of them its figures over all runs."""


@dataclass(frozen=True, kw_only=True)
class SimulatedStack:
    """Everything that was simulated for one stack."""

    stack: str
    peak: float
    """Sessions at the peak, as the scenarios take it."""
    model: PodModel
    policies: tuple[Policy, ...]
    """The stack's own first."""
    played: tuple[Played, ...]
    seeds: tuple[int, ...]
    """One for each run."""
    planned_peak: bool = True
    """Whether the peak is that of the plan."""
    start_assumed: bool = True
    """Whether the start of a pod was not given."""
    begins: datetime | None = None
    """When a load that was given begins, in the zone of the schedules."""
    notes: tuple[str, ...] = ()


def simulation_document(simulated: SimulatedStack, width: int | None = None) -> Document:
    """The whole report. Tables leave out what does not fit into ``width`` columns."""
    hidden = _hidden(simulated, width)
    single = len(simulated.policies) == 1
    if single and len(simulated.played) == 1:
        sections: tuple[Section, ...] = (_chart(simulated.played[0], len(simulated.seeds)),)
    elif single:
        sections = (_all_scenarios(simulated, hidden),)
    else:
        sections = tuple(_compared(played, hidden) for played in simulated.played)
    return Document(
        title=f"Simulation of {simulated.stack}",
        blocks=(_basis(simulated),),
        sections=(*sections, *_titles(simulated)),
        notes=(
            *_not_simulated(simulated),
            *simulated.notes,
            *_left_out(hidden),
            *(() if single and len(simulated.played) == 1 else runs_note(simulated.seeds)),
            APPROXIMATE,
        ),
    )


def _basis(simulated: SimulatedStack) -> Facts:
    model, mine = simulated.model, simulated.policies[0]
    start = f"{significant(model.start_seconds)} s after they are made"
    whose = " of the plan, without its headroom" if simulated.planned_peak else ", given"
    peak = f"{_things(simulated.peak, 'sessions')} at the peak{whose}"
    sticky = {0.0: "", 1.0: "; they stay with their pod"}.get(model.sticky, "; a part of them stays with its pod")
    if model.hashing is not None:
        sticky = sticky.replace("they stay", "a hash keeps them").replace("stays", "is kept by a hash")
    begins = () if simulated.begins is None else (("Begins", begins_text(simulated.begins)),)
    return Facts(
        pairs=(
            ("Load", f"{peak}{sticky}"),
            *begins,
            ("Calls", f"{significant(model.calls_per_session)} a second and session; a pod finishes {_rate(model)}"),
            ("Pods", policy_text(mine)),
            ("New pods", f"answer {start}{' (assumed; --start-seconds)' if simulated.start_assumed else ''}"),
            ("Objective", f"95 % of the calls wait {significant(model.waits.objective * 1000)} ms at most"),
        )
    )


def begins_text(moment: datetime) -> str:
    """A moment with its day and zone: windows of schedules go by it."""
    return f"{moment:%Y-%m-%d %H:%M}, a {moment:%A}, {moment.tzinfo}"


def _rate(model: PodModel) -> str:
    return f"{significant(model.capacity)} a second at most" if model.waits.stops else "as many as come"


def policy_text(policy: Policy) -> str:
    """What moves the number of pods, in a line."""
    if policy.fixed is not None:
        return f"{counted(str(policy.fixed), 'pods')}, no autoscaler"
    kind = "ScaledObject" if policy.keda is not None else "HorizontalPodAutoscaler"
    parts = [
        _metric_text(metric, source.measure, source.step)
        for metric, source in zip(policy.spec.metrics, policy.sources, strict=True)
    ]
    return f"{policy.minimum} to {policy.maximum}, {kind} on {', '.join(parts)}"


def _metric_text(metric: MetricSpec, measure: str, step: tuple[float, float] | None) -> str:
    if metric.target.kind == "Utilization":
        return f"{metric.name} {metric.target.value} %"
    if measure == "cron":
        return "a schedule"
    if step is not None:
        return f"{significant(step[1])} pods above {significant(step[0])} {measure}"
    each = "" if metric.target.kind == "Value" else " a pod"
    name = {"unknown": metric.name, "calls": "calls per second"}.get(measure, measure)
    return f"{name} {significant(metric.target.value / 1000)}{each}"


def _all_scenarios(simulated: SimulatedStack, hidden: Set[str]) -> Section:
    """One row for each scenario."""
    rows = tuple((played.scenario.name, *_row(played, place)) for played, place in _all_results(simulated))
    return Section(title="Scenarios", blocks=(_without(_table("scenario", rows), hidden),))


def _compared(played: Played, hidden: Set[str]) -> Section:
    """One row for each policy."""
    rows = tuple((result.policy, *_row(played, place)) for place, result in enumerate(played.results))
    table = _table("policy", rows)
    return Section(title=f"{played.scenario.name}: {played.scenario.title}", blocks=(_without(table, hidden),))


def _all_results(simulated: SimulatedStack) -> list[tuple[Played, int]]:
    """Every scenario with the place of each policy."""
    return [(played, place) for played in simulated.played for place in range(len(played.results))]


def _row(played: Played, place: int) -> tuple[str, ...]:
    """All cells of a row besides its name."""
    result, found = played.results[place], played.ranges[place]
    course = bars([sample.wanted for sample in result.samples], SMALL_CHART)
    return (pods_span(found), *_numbers(result, played.scenario, found), course)


def _table(name: str, rows: tuple[tuple[str, ...], ...]) -> Table:
    columns = (Column(title=name), Column(title="pods"), *_number_columns(), Column(title=COURSE))
    return Table(columns=columns, rows=rows)


def _left_out(hidden: Set[str]) -> list[str]:
    """Which columns do not fit, in the order of the table."""
    titles = [title for title in (*_NUMBERS, COURSE) if title in hidden and title != MOVED]
    return [f"Not shown in so narrow a terminal: {', '.join(titles)}. --json has all."] if titles else []


def _without(table: Table, hidden: Set[str]) -> Table:
    """The table without these columns."""
    kept = [place for place, column in enumerate(table.columns) if column.title not in hidden]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
    )


def _hidden(simulated: SimulatedStack, width: int | None) -> Set[str]:
    """Columns that go, the least important first, until each row is a line of this width."""
    hidden = set() if simulated.model.hashing is not None else {MOVED}
    if width is None or len(simulated.policies) * len(simulated.played) == 1:
        return hidden
    alone = len(simulated.policies) == 1
    rows = tuple(
        (played.scenario.name if alone else played.results[place].policy, *_row(played, place))
        for played, place in _all_results(simulated)
    )
    table = _table("scenario" if alone else "policy", rows)
    for title in LEAST_FIRST:
        if _width(_without(table, hidden)) <= width:
            break
        hidden.add(title)
    return hidden


def _width(table: Table) -> int:
    """Columns of a terminal that it takes."""
    cells = [[column.title, *(row[place] for row in table.rows)] for place, column in enumerate(table.columns)]
    return INDENT + sum(max(map(cell_len, column)) for column in cells) + GAP * (len(cells) - 1)


def _number_columns() -> list[Column]:
    return [Column(title=title, right=True) for title in _NUMBERS]


def _numbers(result: Result, scenario: Scenario, found: Mapping[str, Range]) -> tuple[str, ...]:
    return (
        span(found["pod_hours"], "{:.1f}".format),
        recovery(result, scenario),
        span(found["lost_minutes"], number),
        span(found["longest_wait_seconds"], _seconds),
        number(result.longest_queue),
        number(result.slow_calls),
        number(result.failed_calls),
        number(result.moved_sessions),
        number(result.dropped_sessions),
        number(result.refused_sessions),
    )


def pods_text(result: Result) -> str:
    """Fewest and most pods."""
    return str(result.most) if result.least == result.most else f"{result.least}–{result.most}"


def recovery(result: Result, scenario: Scenario) -> str:
    """Time to scale, as a cell of a table."""
    found = result.recovered(scenario.since)
    return "never" if found is None else "at once" if not found else duration(found)


def _chart(played: Played, runs: int) -> Section:
    """One scenario in full."""
    result, scenario = played.results[0], played.scenario
    samples = result.samples
    hours = f"{samples[-1].at / 3600:.1f} h" if samples else "0 h"
    charts = (
        ("sessions", [sample.sessions for sample in samples], ""),
        ("pods wanted", [float(sample.wanted) for sample in samples], ""),
        ("pods ready", [float(sample.ready) for sample in samples], ""),
        ("calls waiting", [sample.waiting for sample in samples], ""),
        ("wait, P95", [sample.wait for sample in samples], " s"),
    )
    rows = [
        (name, bars(values, CHART, worst=name.startswith(("calls", "wait"))), _span(values, unit))
        for name, values, unit in charts
    ]
    happened = moments(played)
    rows.append(("", axis(result.duration, CHART), f"{hours} in all"))
    if happened:
        rows.append(("", marks([at for at, _ in happened], result.duration, CHART), ""))
    columns = (Column(title="what"), Column(title="over time"), Column(title="from least to most"))
    blocks: list[Block] = [Table(columns=columns, rows=tuple(rows), header=False)]
    blocks += [Facts(pairs=tuple((f"▲ {clock(at)}", text) for at, text in happened))] if happened else []
    blocks.append(Facts(pairs=tuple(answers(played, runs))))
    return Section(title=f"{scenario.name}: {scenario.title}", blocks=tuple(blocks))


def _span(values: Sequence[float], unit: str) -> str:
    shown = _seconds if unit else number
    low, high = shown(min(values, default=0)), shown(max(values, default=0))
    return f"{low if low == high else f'{low} to {high}'}{unit}"


def moments(played: Played) -> list[tuple[float, str]]:
    """What happens besides the load, and when: seconds and words."""
    scenario = played.scenario
    events = scenario.events
    found: list[tuple[float, str]] = []
    if scenario.since and not (events.outage or events.lost or events.rollout is not None):
        found.append((scenario.since, "the load rises"))
    if events.outage is not None:
        found += [(events.outage[0], "Prometheus no longer answers"), (events.outage[1], "Prometheus answers again")]
    if events.resource_outage is not None:
        found += [
            (events.resource_outage[0], "the metrics server no longer answers"),
            (events.resource_outage[1], "the metrics server answers again"),
        ]
    if events.lost is not None:
        found.append((events.lost[0], _lost_text(played.results)))
    if events.rollout is not None:
        found.append((events.rollout, "a rollout begins"))
    return sorted(found)


def _lost_text(results: Sequence[Result]) -> str:
    """The pods that are lost; policies that have more of them lose more."""
    found = {result.lost_pods for result in results if result.lost_pods is not None}
    if len(found) != 1:
        return "the pods of a zone are lost with their nodes"
    lost, alive = found.pop()
    if lost == alive:
        return "all pods are lost with their nodes" if lost > 1 else "the only pod is lost with its node"
    return (
        f"{lost} of {alive} pods {'is' if lost == 1 else 'are'} lost with {'its node' if lost == 1 else 'their nodes'}"
    )


def answers(played: Played, runs: int) -> list[tuple[str, str]]:
    """What an on-call engineer asks: of the middle run, and how the others went."""
    result, scenario = played.results[0], played.scenario
    minutes = max(1, round(result.duration / 60))
    found = [
        ("Objective", f"missed in {number(result.lost_minutes)} of {_things(minutes, 'minutes')}"),
        ("Time to scale", _recovery_text(result, scenario)),
        ("Longest wait", _longest_wait(result)),
        ("Waits", _waits(result)),
        ("Longest queue", _things(result.longest_queue, "calls")),
        (
            "Calls",
            f"{number(result.calls)}: {number(result.slow_calls)} waited longer than the objective, "
            f"{number(result.failed_calls)} failed",
        ),
        (
            "Sessions",
            f"{number(result.sessions_begun)}: {_lost(result)}"
            + (
                f", {number(result.refused_sessions)} refused at first, somebody without one for "
                f"{duration(result.refused_seconds)}"
                if result.refused_seconds
                else ", 0 refused"
            ),
        ),
        ("Pods", f"{pods_text(result)}, {result.pod_hours:.1f} pod-hours, {_things(result.rescales, 'changes')}"),
    ]
    held = [f"{duration(seconds)} {_LIMITS[why]}" for why, seconds in result.limits.items() if why in _LIMITS]
    if held:
        found.append(("Held back", ", ".join(held)))
    if result.blind_seconds:
        found.append(("Blind", f"for {duration(result.blind_seconds)} the autoscaler knew too little to act"))
    if runs > 1:
        found.append(("Runs", runs_text(played.ranges[0], runs, number)))
    return found


def _lost(result: Result) -> str:
    """Sessions that were lost, by what moved the pods."""
    dropped = f"{number(result.dropped_sessions)} lost as pods went"
    return f"{number(result.moved_sessions)} lost as pods came, {dropped}" if result.moved_sessions else dropped


def _recovery_text(result: Result, scenario: Scenario) -> str:
    found = result.recovered(scenario.since)
    if found is None:
        return "the objective is still missed at the end"
    if not found:
        return "the objective was never missed"
    return f"{duration(found)}, until enough pods were ready and nothing waited any more"


def _waits(result: Result) -> str:
    half, most, nearly_all = (_seconds(result.wait(part)) for part in QUANTILES)
    return f"half of the calls {half} s at most, 95 % {most} s, 99 % {nearly_all} s"


def _longest_wait(result: Result) -> str:
    if result.longest_wait < 0.01:
        return "hardly any"
    at = clock(result.longest_wait_at)
    return f"{_seconds(result.longest_wait)} s at {at} (one call in twenty, in the pods where it was longest)"


def _titles(simulated: SimulatedStack) -> tuple[Section, ...]:
    """What the scenarios are, where the rows have only their names."""
    if len(simulated.policies) > 1 or len(simulated.played) == 1:
        return ()
    pairs = tuple((played.scenario.name, played.scenario.title) for played in simulated.played)
    return (Section(title="What they are", blocks=(Facts(pairs=pairs),)),)


def _not_simulated(simulated: SimulatedStack) -> list[str]:
    return [f"{policy.name}: {note}." for policy in simulated.policies for note in policy.notes]


def number(value: float) -> str:
    """A count for the eye: whole, digits in groups; a little more than nothing is no nothing."""
    if 0 < value < 0.5:
        return "<1"
    return f"{round(value):,}" if round(value) >= 10_000 else str(round(value))


def _things(value: float, unit: str) -> str:
    """A count with its unit: ``1 call``, ``2 calls``."""
    shown = number(value)
    return f"{shown} {unit.removesuffix('s') if shown == '1' else unit}"


def _seconds(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def duration(seconds: float) -> str:
    """A length of time in the fewest words."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def clock(seconds: float) -> str:
    """Time since the start: ``1:05``, or ``3 d 1:05``."""
    days, rest = divmod(int(seconds), DAY)
    text = f"{rest // 3600}:{rest % 3600 // 60:02d}"
    return f"{days} d {text}" if days else text
