"""Two plans side by side: what differs first, with the difference. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

from ..planning.inputs import HOURS
from .assumptions import outputs_title
from .document import Block, Column, Document, Section, Table, counted, significant, span
from .findings import count_text
from .plan import ENVIRONMENT_NOTE, Planned, plan_data, value_text

if TYPE_CHECKING:
    from ..planning import Figure, Plan
    from ..settings.models import Settings

_NONE = "–"
_STATIONS = ("slots", "cpu", "pool")
_PLANNED: Mapping[str, tuple[str, ...] | None] = {
    "region": ("environment", "zones", "quota"),
    "server": ("runtime", "eras", "resources"),
    "workload": None,
    "database": (
        "kind",
        "max_connections",
        "reserved_connections",
        "share_percent",
        "shared_by_regions",
        "region_share_percent",
        "query_milliseconds",
        "pool_size",
        "pooler",
        "pooler_instances",
        "pooler_pool_size",
    ),
    "state_store": None,
    "prices": None,
    "scaling": ("autoscaler", "min_replicas", "max_replicas", "replicas", "colours", "cpu_percent_of_limit"),
}
"""Groups of a stack file to those of their keys that the plan is made from; ``None`` is all of them."""

Place = tuple[int, ...]
"""Where a figure stands in the plan: the same in every plan, so that the order does not depend on which is first."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A figure of the first plan beside that of the other; ``None`` where a plan has no such figure."""

    section: str
    first: Figure | None
    other: Figure | None

    @property
    def name(self) -> str:
        """Name of the figure."""
        return self._any.name

    @property
    def unit(self) -> str:
        """Unit of both, or of the one that there is."""
        units = [figure.unit for figure in (self.first, self.other) if figure is not None]
        return units[0] if len(set(units)) == 1 else ""

    @property
    def _any(self) -> Figure:
        found = self.other if self.first is None else self.first
        assert found is not None
        return found

    @property
    def equal(self) -> bool:
        """Whether both plans have the figure, with the same value in the same unit."""
        first, other = self.first, self.other
        return first is not None and other is not None and (first.value, first.unit) == (other.value, other.unit)

    @property
    def difference(self) -> float | None:
        """The other value less the first."""
        if self.first is None or self.other is None or not self.unit:
            return None
        return float(Fraction(str(self.other.value)) - Fraction(str(self.first.value)))

    @property
    def percent(self) -> float | None:
        """The difference over the first value; ``None`` where that is zero."""
        if self.difference is None or self.first is None or not self.first.value:
            return None
        return 100 * self.difference / self.first.value

    def to_dict(self) -> dict[str, Any]:
        """The pair as plain data."""
        return {
            "section": self.section,
            "figure": self.name,
            "unit": self.unit,
            "first": None if self.first is None else self.first.value,
            "other": None if self.other is None else self.other.value,
            "difference": self.difference,
            "percent": self.percent,
        }


@dataclass(frozen=True, kw_only=True)
class Words:
    """Something that is said and not counted, or a setting, in both."""

    name: str
    first: str
    other: str

    def to_dict(self) -> dict[str, Any]:
        """The two as plain data."""
        return {"name": self.name, "first": self.first, "other": self.other}


def pairs(first: Plan, other: Plan) -> tuple[Pair, ...]:
    """Every figure of both plans, in reading order."""
    here, there = places(first), places(other)
    titles = list(_sections())
    return tuple(
        Pair(section=titles[place[0]], first=here.get(place), other=there.get(place))
        for place in sorted({*here, *there})
    )


def verdicts(first: Plan, other: Plan) -> tuple[Words, ...]:
    """What binds each plan, and whether it holds."""
    here, there = _verdicts(first), _verdicts(other)
    return tuple(Words(name=name, first=text, other=there[name]) for name, text in here.items())


def settings_pairs(first: Settings, other: Settings) -> tuple[Words, ...]:
    """The settings that differ, of those that the plan is made from."""
    here, there = _settings(first), _settings(other)
    return tuple(
        Words(name=path, first=here.get(path, _NONE), other=there.get(path, _NONE))
        for path in sorted({*here, *there})
        if here.get(path) != there.get(path)
    )


def compare_document(first: Planned, other: Planned) -> Document:
    """Everything that ``mcp-stack plan --compare`` shows."""
    titles = _titles(first, other)
    return Document(
        title=f"Capacity plans of {titles[0]} and {titles[1]}",
        blocks=tuple(_where(first, other, titles)),
        sections=tuple(_sections_of(first, other, titles)),
        notes=tuple(_notes(first, other, titles)),
        folded_title="What is the same",
    )


def compare_data(first: Planned, other: Planned) -> dict[str, Any]:
    """The comparison as plain data, in the style of the plan, with both plans."""
    found = pairs(first.plan, other.plan)
    return {
        "first": {"stack": first.name, "file": first.stack.where, "plan": plan_data(first.plan)},
        "other": {"stack": other.name, "file": other.stack.where, "plan": plan_data(other.plan)},
        "settings": [words.to_dict() for words in settings_pairs(first.region.settings, other.region.settings)],
        "verdicts": [words.to_dict() for words in verdicts(first.plan, other.plan)],
        "different": [pair.to_dict() for pair in found if not pair.equal],
        "equal": [pair.to_dict() for pair in found if pair.equal],
        "ranges": [
            {"name": here.name, "unit": here.unit, "first": _range_data(here), "other": _range_data(there)}
            for here, there in zip(first.uncertainty.ranges, other.uncertainty.ranges, strict=True)
        ],
    }


def _range_data(one: Any) -> dict[str, float]:
    return {"value": one.value, "low": one.low, "high": one.high}


def _sections_of(first: Planned, other: Planned, titles: tuple[str, str]) -> Iterator[Section]:
    found = pairs(first.plan, other.plan)
    different, equal = [pair for pair in found if not pair.equal], [pair for pair in found if pair.equal]
    settings = settings_pairs(first.region.settings, other.region.settings)
    if settings:
        table = _said_table(Column(title="setting", code=True), settings, titles)
        yield Section(title="Settings that differ", blocks=(table,))
    said = [words for words in verdicts(first.plan, other.plan) if words.first != words.other]
    if said:
        table = _said_table(Column(title="what holds"), said, titles)
        yield Section(title="What holds and what binds", blocks=(table,))
    if different:
        for section in dict.fromkeys(pair.section for pair in different):
            of_section = [pair for pair in different if pair.section == section]
            yield Section(title=f"Figures that differ: {section}", blocks=(_figures(of_section, titles),))
    else:
        yield Section(title="Figures that differ", blocks=("None: the plans are the same.",))
    yield Section(
        title="How sure: the 90 % range of what the planned sessions take", blocks=(_ranges(first, other, titles),)
    )
    if equal:
        yield Section(title="Figures that are the same", blocks=(_same(equal),), folded=True)


def _said_table(head: Column, found: Sequence[Words], titles: tuple[str, str]) -> Table:
    columns = (head, *(Column(title=title) for title in titles))
    return Table(columns=columns, rows=tuple((words.name, words.first, words.other) for words in found))


def _same(found: Sequence[Pair]) -> Table:
    columns = (Column(title="figure"), Column(title="value", right=True))
    return Table(columns=columns, rows=tuple((pair.name, value_text(pair.first)) for pair in found), header=False)


def _figures(found: Sequence[Pair], titles: tuple[str, str]) -> Table:
    columns = (
        Column(title="figure"),
        *(Column(title=title, right=True) for title in titles),
        Column(title="difference", right=True),
        Column(title="%", right=True),
    )
    rows = tuple(
        (pair.name, value_text(pair.first), value_text(pair.other), _signed(pair.difference), _signed(pair.percent))
        for pair in found
    )
    return Table(columns=columns, rows=rows)


def _ranges(first: Planned, other: Planned, titles: tuple[str, str]) -> Table:
    columns = (Column(title="what"), *(Column(title=title, right=True) for title in titles))
    rows = []
    for here, there in zip(first.uncertainty.ranges, other.uncertainty.ranges, strict=True):
        if here.value or there.value:
            rows.append((outputs_title(here.name, here.unit), _range(here), _range(there)))
    return Table(columns=columns, rows=tuple(rows))


def _range(one: Any) -> str:
    return span(significant(one.low, 2), significant(one.high, 2)) if one.value else _NONE


def _signed(value: float | None) -> str:
    if value is None:
        return _NONE
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{significant(abs(value))}"


def _titles(first: Planned, other: Planned) -> tuple[str, str]:
    return ("first", "other") if first.name == other.name else (first.name, other.name)


def _where(first: Planned, other: Planned, titles: tuple[str, str]) -> Iterator[Block]:
    for title, planned in zip(titles, (first, other), strict=True):
        yield f"{title}: {planned.stack.where}"
    for title, planned in zip(titles, (first, other), strict=True):
        if planned.stack.environment:
            yield f"{title}: {ENVIRONMENT_NOTE}"


def _notes(first: Planned, other: Planned, titles: tuple[str, str]) -> Iterator[str]:
    for title, planned in zip(titles, (first, other), strict=True):
        if planned.region.findings:
            yield f"{title}: {count_text(planned.region.findings)}, see 'mcp-stack check'."


def _verdicts(plan: Plan) -> dict[str, str]:
    found, counts = plan.connections, plan.replicas
    said = {
        "sessions per pod are bound by": plan.capacity.sessions_per_pod_binding,
        "the pods for the planned sessions are bound by": counts.steady_replicas_binding,
        "the minimum is bound by": counts.min_replicas_binding,
        "the maximum is bound by": counts.max_replicas_binding,
        "objective of the waiting": "kept" if plan.waiting.meets_objective else "not kept",
        "connection budget": _NONE,
        "state store": _NONE,
        "floors of the day": ", ".join(
            f"{floor.start_hour:02}–{floor.end_hour:02} {counted(str(floor.replicas), 'pods')}" for floor in plan.floors
        )
        or "none",
    }
    if found.connection_budget is not None:
        said["connection budget"] = "closes" if found.close else "does not close"
    if plan.clients is not None:
        said["state store"] = "closes" if plan.clients.budget_closes and plan.clients.rollout_fits else "does not close"
    return said


def _sections() -> Mapping[str, tuple[str, ...]]:
    from ..planning.plan import SECTIONS

    return SECTIONS


def places(plan: Plan) -> dict[Place, Figure]:
    """Every figure of a plan under its place."""
    parts = (
        (number, index, part) for number, names in enumerate(_sections().values()) for index, part in enumerate(names)
    )
    return {
        place: figure
        for number, index, part in parts
        for place, figure in _within(getattr(plan, part), (number, index))
    }


def _within(value: object, place: Place) -> Iterator[tuple[Place, Figure]]:
    from ..planning import Figure, Station

    if isinstance(value, Figure):
        yield place, value
    elif isinstance(value, tuple):
        for item in value:
            if isinstance(item, Station):
                yield from _within_fields(item, (*place, _STATIONS.index(item.name)))
    elif is_dataclass(value):
        yield from _within_fields(value, place)


def _within_fields(value: object, place: Place) -> Iterator[tuple[Place, Figure]]:
    for index, field in enumerate(fields(value)):  # type: ignore[arg-type]
        yield from _within(getattr(value, field.name), (*place, index))


def _settings(settings: Settings) -> dict[str, str]:
    """The settings that the plan is made from: path to text. No secret is among them."""
    found: dict[str, str] = {}
    for name, fields_of in _PLANNED.items():
        group = getattr(settings, name)
        if group is not None:
            data = group.model_dump(by_alias=True, include=set(fields_of or type(group).model_fields))
            found |= _flat(f"mcp:{to_camel(name)}", data)
    if settings.server.profile is not None:
        found["mcp:server.profile"] = settings.server.profile.path
    return found


def _flat(path: str, value: Any) -> dict[str, str]:
    """The values inside of a group, each under its path; what is not set is left out."""
    if isinstance(value, dict):
        parts = [_flat(f"{path}.{key}", item) for key, item in value.items()]
        return {key: text for part in parts for key, text in part.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        named = [_flat(f"{path}[{item['name']}]", {k: v for k, v in item.items() if k != "name"}) for item in value]
        return {key: text for part in named for key, text in part.items()}
    return {} if value is None or value == [] else {path: _said(value)}


def _said(value: Any) -> str:
    if isinstance(value, list):
        if len(value) == HOURS:
            return f"24 numbers, {significant(sum(value))} in all, {significant(max(value))} at most"
        return ", ".join(map(_said, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
