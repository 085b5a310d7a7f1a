"""The capacity plan as a report: the summary, each figure with its working, and how sure it is. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .assumptions import Assumption, assumptions, assumptions_section, ranges_text
from .document import Block, Column, Document, Facts, Items, Section, Table, counted, listed, significant
from .findings import count_text
from .monitoring import monitoring_data, monitoring_sections
from .pod import pod_data, pod_sections
from .release import release_data, release_sections
from .scaling import scaling_data, scaling_section

if TYPE_CHECKING:
    from ..planning import Figure, Plan, Station, Uncertainty
    from ..region_plan import RegionPlan
    from ..settings import StackFile

BAR = 24
"""Columns of the longest bar of a chart."""
ENVIRONMENT_NOTE = (
    "This stack imports Pulumi ESC environments. They are not opened here: what they set is missing below."
)
MAIN = (
    "peak sessions",
    "planned sessions",
    "sessions per pod",
    "memory limit",
    "CPU limit",
    "connection pool",
    "connections at the maximum",
    "database connections of the pooler",
    "state store clients at the maximum",
)
"""Figures that a preview shows, in the order of the plan."""
_STATIONS = {"slots": "call slots", "cpu": "CPU", "pool": "connections"}


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One stack with its plan, and how sure that is."""

    stack: StackFile
    region: RegionPlan
    uncertainty: Uncertainty

    @property
    def name(self) -> str:
        """Name of the stack."""
        return self.stack.name

    @property
    def plan(self) -> Plan:
        """The capacity plan."""
        return self.region.plan

    def assumptions(self) -> tuple[Assumption, ...]:
        """Every input that moves the plan, with its path and its origin."""
        from ..settings import layered

        server = self.region.first
        merged, _ = layered(self.stack.values, self.stack.sources)
        own = merged.server(server.name) if self.region.stack.many else merged
        return assumptions(server, self.uncertainty, own.origin_of)


def planned(stack: StackFile, region: RegionPlan) -> Planned:
    """A stack with the uncertainty of its plan; takes a tenth of a second."""
    from ..plan_inputs import given
    from ..planning import uncertainty

    found = uncertainty(region.first.inputs, given=given(region.settings))
    return Planned(stack=stack, region=region, uncertainty=found)


def plan_document(planned: Planned, *, sources: bool = False, all_inputs: bool = False) -> Document:
    """Everything that ``mcp-stack plan`` shows.

    :param sources: whether each figure says where its rule comes from.
    :param all_inputs: whether inputs that hardly count are shown as well.
    """
    plan = planned.plan
    inputs = assumptions_section(planned.assumptions(), planned.uncertainty, every=all_inputs)
    return Document(
        title=f"Capacity plan of {planned.name}",
        blocks=(*_environment(planned), summary(plan, planned.uncertainty)),
        sections=(
            *plan_sections(plan, sources=sources),
            scaling_section(planned.region.first),
            *release_sections(planned.region.first),
            *pod_sections(planned.region.first),
            *monitoring_sections(planned.region, planned.region.first),
            inputs,
        ),
        notes=_notes(planned),
    )


def plan_sections(plan: Plan, *, sources: bool = False) -> tuple[Section, ...]:
    """The figures of a plan under their headings, what binds it, its day, and what would close its budget."""
    figures = (_section(title, plan, sources) for title in plan.sections())
    return (*figures, _binding(plan), *_by_hour(plan), *_remedies(plan))


def preview_document(planned: Planned) -> Document:
    """The plan in short, for a preview."""
    plan = planned.plan
    main = [figure for figure in plan.figures() if figure.name in MAIN]
    return Document(
        title="Plan",
        blocks=(summary(plan, planned.uncertainty),),
        sections=(
            Section(title="Main figures", blocks=(figures_table(main, plan),)),
            Section(title="What binds", blocks=_binding(plan).blocks),
        ),
        notes=("'mcp-stack plan' shows all figures, and which input to measure first.",),
    )


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan as plain data: snake_case keys as in the library, one object per part."""
    return plan.to_dict()


def planned_data(planned: Planned) -> dict[str, Any]:
    """A stack's plan with its uncertainty as plain data."""
    rows = planned.assumptions()
    return {
        "stack": planned.name,
        "plan": plan_data(planned.plan),
        "release": release_data(planned.region.first),
        "pod": pod_data(planned.region.first),
        "autoscaler": scaling_data(planned.region.first),
        "monitoring": monitoring_data(planned.region, planned.region.first),
        "uncertainty": {
            "inputs": [row.to_dict() for row in rows],
            "ranges": [dict(vars(one)) for one in planned.uncertainty.ranges],
        },
        "assumed": [row.path for row in rows if row.origin == "assumed"],
    }


def summary(plan: Plan, uncertainty: Uncertainty) -> Facts:
    """The plan in a few lines: what a design review asks first."""
    pairs = [
        ("Pods", _pods(plan)),
        ("One pod", _one_pod(plan)),
        ("Waiting", _waiting(plan)),
        ("Connections", _connections(plan)),
        ("Cost", _cost(plan)),
        ("How sure", f"nine times in ten the planned sessions take {ranges_text(uncertainty)}"),
    ]
    return Facts(pairs=tuple((label, text) for label, text in pairs if text))


def figures_table(figures: list[Figure] | tuple[Figure, ...], plan: Plan, *, sources: bool = False) -> Table:
    """Figures with their working; the units are padded, so that numbers stand below each other."""
    unit = max(len(figure.unit) for figure in plan.figures())
    columns = [Column(title="figure"), Column(title="value", right=True), Column(title="working")]
    if sources:
        columns.append(Column(title="source"))
    rows = [
        (
            figure.name,
            _value(figure, unit),
            figure.working,
            *((figure.source,) if sources else ()),
        )
        for figure in figures
    ]
    return Table(columns=tuple(columns), rows=tuple(rows), beside=2, header=sources)


def value_text(figure: Figure | None) -> str:
    """The value with its unit, at most three decimals."""
    from ..planning.working import show

    return "–" if figure is None else counted(show(figure.value), figure.unit)


def waiting_table(plan: Plan) -> Table:
    """What calls queue for in one pod, one station in each line."""
    titles = ("station", "servers", "used %", "waits %", "P50 ms", "P95 ms", "P99 ms", "breaks at %")
    columns = tuple(Column(title=title, right=number > 0) for number, title in enumerate(titles))
    rows = [_station(station) for station in plan.waiting.stations]
    if len(rows) > 1:
        total = (plan.waiting.p50, plan.waiting.p95, plan.waiting.p99)
        rows.append(("all of them", "", "", "", *(_milliseconds(figure) for figure in total), ""))
    return Table(columns=columns, rows=tuple(rows))


def _value(figure: Figure, width: int) -> str:
    number, _, unit = value_text(figure).partition(" ")
    return f"{number} {unit.ljust(width)}"


def _section(title: str, plan: Plan, sources: bool) -> Section:
    if title == "Waiting":
        return _waiting_section(plan)
    return Section(
        title=title,
        blocks=(figures_table(plan.sections()[title], plan, sources=sources),),
        folded=True,
    )


def _waiting_section(plan: Plan) -> Section:
    found = plan.waiting
    held = value_text(plan.capacity.sessions_per_pod)
    blocks: list[Block] = [
        f"Of a call in a pod with {held}. The objective: 95 % of the calls wait at most "
        f"{value_text(found.objective)}. A station that is used more than 'breaks at' breaks it by itself.",
        waiting_table(plan) if found.stations else "Calls queue for nothing that the plan knows.",
    ]
    blocks += [_kept(station, plan) for station in found.stations if _breaks(station)]
    if any(station.assumed for station in found.stations):
        blocks.append("* The calls are assumed: give mcp:workload.tools, and it says something of this server.")
    if not found.stable:
        blocks.append("∞ More arrives than is served: the queue grows as long as the load lasts.")
    return Section(title="Waiting", blocks=tuple(blocks))


def _breaks(station: Station) -> bool:
    return station.utilisation.value > station.critical_utilisation.value


def _kept(station: Station, plan: Plan) -> str:
    """With how many sessions a station would keep the objective: its utilisation grows with them.

    In a pod of the same size: with fewer sessions the plan would choose a smaller one.
    """
    sessions = plan.capacity.sessions_per_pod.value * station.critical_utilisation.value / station.utilisation.value
    name = _STATIONS.get(station.name, station.name)
    if sessions < 1:
        return f"{name}: not even with one session does a pod of this size keep the objective."
    return f"{name}: about {counted(str(int(sessions)), 'sessions')} in a pod of this size would keep the objective."


def _station(station: Station) -> tuple[str, ...]:
    probability = "∞" if station.probability is None else significant(station.probability.value)
    return (
        f"{_STATIONS.get(station.name, station.name)}{' *' if station.assumed else ''}",
        str(station.servers),
        significant(station.utilisation.value),
        probability,
        *(_milliseconds(figure) for figure in (station.p50, station.p95, station.p99)),
        significant(station.critical_utilisation.value),
    )


def _milliseconds(figure: Figure | None) -> str:
    return "∞" if figure is None else significant(figure.value)


def _binding(plan: Plan) -> Section:
    """What bounds the plan, with all that was considered."""
    held, counts = plan.capacity, plan.replicas
    by = held.sessions_per_pod_binding
    target = held.sessions_per_pod.inputs["target"]
    if held.sessions_per_pod.value == target:
        by = f"the target of {target:g}; next is {by}"
    return Section(
        title="What binds",
        blocks=(
            Facts(
                pairs=(
                    ("Sessions per pod", f"{by} ({listed(held.sessions_per_pod_candidates)})"),
                    ("Minimum", _minimum(plan)),
                    ("Maximum", f"{counts.max_replicas_binding} ({listed(counts.max_replicas_candidates)})"),
                )
            ),
        ),
    )


def _minimum(plan: Plan) -> str:
    counts = plan.replicas
    by = counts.min_replicas_binding
    return by if by == "given" else f"{by} ({counts.min_replicas.working})"


def _by_hour(plan: Plan) -> Iterator[Section]:
    """The day in windows of the same number of pods; those above the minimum are its floors."""
    if not plan.replicas_by_hour:
        return
    most = max(plan.replicas_by_hour)
    rows = []
    start = 0
    for hour in range(1, len(plan.replicas_by_hour) + 1):
        pods = plan.replicas_by_hour[start]
        if hour < len(plan.replicas_by_hour) and plan.replicas_by_hour[hour] == pods:
            continue
        floor = any(floor.start_hour == start for floor in plan.floors)
        sessions = max(plan.load.by_hour[start:hour])
        bar = "█" * max(1, round(BAR * pods / most))
        rows.append(
            (f"{start:02}:00–{hour:02}:00", bar, str(pods), significant(float(sessions)), "yes" if floor else "")
        )
        start = hour
    columns = (
        Column(title="hours"),
        Column(title=""),
        Column(title="pods", right=True),
        Column(title="sessions", right=True),
        Column(title="floor"),
    )
    text = (
        f"The pods that each hour's peak needs with its headroom. A window above the minimum of "
        f"{value_text(plan.replicas.min_replicas)} is a floor that a schedule would hold."
    )
    yield Section(title="Pods by hour", blocks=(text, Table(columns=columns, rows=tuple(rows))))


def _remedies(plan: Plan) -> Iterator[Section]:
    if plan.remedies:
        yield Section(
            title="The connection budget does not close. What would close it, best first:",
            blocks=(Items(texts=tuple(str(remedy) for remedy in plan.remedies)),),
        )


def _environment(planned: Planned) -> tuple[str, ...]:
    return (ENVIRONMENT_NOTE,) if planned.stack.environment else ()


def _notes(planned: Planned) -> tuple[str, ...]:
    found = planned.region.findings
    return (f"{count_text(found)}: see 'mcp-stack check'.",) if found else ()


def _pods(plan: Plan) -> str:
    counts = plan.replicas
    return (
        f"{counts.min_replicas.value} at least ({counts.min_replicas_binding}), {counts.steady_replicas.value} for "
        f"the planned {value_text(plan.load.planned_sessions)} ({counts.steady_replicas_binding}), "
        f"{counts.max_replicas.value} at most ({counts.max_replicas_binding})"
    )


def _one_pod(plan: Plan) -> str:
    from ..planning.working import show

    cpu, memory = plan.cpu, plan.memory
    return (
        f"CPU {show(cpu.cpu_request_millicores.value)}m to {show(cpu.cpu_limit_millicores.value)}m, memory "
        f"{show(memory.memory_request_mib.value)} to {show(memory.memory_limit_mib.value)} MiB, "
        f"{value_text(plan.capacity.sessions_per_pod)}"
    )


def _waiting(plan: Plan) -> str:
    found = plan.waiting
    objective = value_text(found.objective)
    if found.p95 is None:
        names = [_STATIONS.get(station.name, station.name) for station in found.stations if not station.stable]
        return f"without end for {' and '.join(names)}: more arrives than is served; the objective is {objective}"
    verdict = "within" if found.meets_objective else "more than"
    assumed = "; of assumed calls" if any(station.assumed for station in found.stations) else ""
    return (
        f"95 % of the calls at most {significant(found.p95.value)} ms, {verdict} the objective of {objective}{assumed}"
    )


def _connections(plan: Plan) -> str:
    found, parts = plan.connections, []
    if found.connections_at_maximum is not None and found.connection_budget is not None:
        direct, allowed = found.connections_at_maximum.value, found.connection_budget.value
        pooled = found.pooler_server_connections
        used = f"{direct} at the maximum" if pooled is None else f"{pooled.value} through the pooler"
        parts.append(f"{used}, {allowed} allowed: {'closes' if found.budget_closes else 'does not close'}")
        if pooled is not None:
            parts.append(f"{direct} without it")
        if not found.rollout_fits and found.connections_with_surge and found.connection_ceiling:
            there = found.connection_ceiling.value
            parts.append(f"a rollout there takes {found.connections_with_surge.value} of the {there} that there are")
    if plan.clients is not None:
        clients, allowed = plan.clients.clients_at_maximum.value, plan.clients.client_budget.value
        closes = "closes" if plan.clients.budget_closes and plan.clients.rollout_fits else "does not close"
        parts.append(f"state store {clients} of {allowed} clients: {closes}")
    return "; ".join(parts)


def _cost(plan: Plan) -> str:
    if plan.cost is None:
        return ""
    found = plan.cost
    by_profile = "" if found.by_profile is None else f", {_money(found.by_profile)} by the day's profile"
    idle = "" if found.second_colour is None else f"; {_money(found.second_colour)} more while both colours run"
    return (
        f"{_money(found.minimum)} {found.minimum.unit} at the minimum, {_money(found.steady)} at the planned sessions, "
        f"{_money(found.maximum)} at the maximum{by_profile}{idle}"
    )


def _money(figure: Figure) -> str:
    return f"{figure.value:.2f}" if figure.value < 100 else f"{figure.value:.0f}"
