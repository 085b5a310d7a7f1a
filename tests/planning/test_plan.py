"""The plan as a whole: its figures in reading order, as plain data, and one set of colours."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.planning import (
    Bounds,
    Database,
    Inputs,
    PlanInputError,
    Prices,
    StateStore,
    Workload,
    plan,
)

from .cases import GUIDE, NODE, SLOW, planned

EVERYTHING = {
    "workload": replace(GUIDE, sessions_by_hour=(60.0,) * 24, call_slots=40),
    "store": StateStore(),
    "prices": Prices(core_hour=0.03, gib_hour=0.004),
}


def test_figures_are_in_reading_order() -> None:
    result = planned(**EVERYTHING)  # type: ignore[arg-type]
    sections = result.sections()
    assert list(sections) == ["Load", "One pod", "Waiting", "Pods", "Database", "State store", "Cost"]
    assert [figure.name for figure in sections["Load"]] == [
        "average sessions",
        "peak sessions",
        "planned sessions",
        "calls in flight of a pod",
        "calls in flight at the busiest",
        "calls per second of a pod",
        "CPU per call",
    ]
    assert [figure.name for figure in sections["One pod"]][:4] == [
        "connection pool by the guide",
        "connection pool by queueing",
        "connection pool",
        "memory per session",
    ]
    assert result.figures() == tuple(figure for figures in sections.values() for figure in figures)
    names = [figure.name for figure in result.figures()]
    assert len(names) == len(set(names))


def test_headings_without_figures_are_left_out() -> None:
    assert list(planned(database=None).sections()) == ["Load", "One pod", "Waiting", "Pods"]


@pytest.mark.grid
def test_plain_data() -> None:
    result = planned(**EVERYTHING, bounds=Bounds(max_replicas=20))  # type: ignore[arg-type]
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert data["load"]["peak_sessions"]["value"] == 20
    assert data["load"]["by_hour"] == [20.0] * 24
    assert data["calls"]["mix"]["hold_milliseconds"] == 500.0
    assert data["calls"]["mix"]["assumed"] is True
    assert [station["name"] for station in data["waiting"]["stations"]] == ["slots", "cpu", "pool"]
    assert data["replicas"]["max_replicas_candidates"] == {"given": 20, "load": 3, "minimum": 2, "database": 3}
    assert data["connections"]["pooler_reserve"] is None
    assert data["replicas_by_hour"] == [2] * 24
    assert data["floors"] == []
    assert data["cost"]["pooler"] is None
    assert data["remedies"][0]["change"] == {"mcp:database.pooler": "pgbouncer"}
    assert data["remedies"][0]["monthly"]["unit"] == "units/month"
    assert data["remedies"][2]["monthly"] is None


def test_floors_as_plain_data() -> None:
    day = (0.0,) * 9 + (120.0,) + (0.0,) * 14
    busy = Workload(sessions_by_hour=day, sessions_per_pod=5, headroom_percent=0)
    result = planned(busy, None, Bounds(production=False))
    assert result.to_dict()["floors"] == [{"start_hour": 9, "end_hour": 11, "replicas": 8}]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"database": Database(colours=2)}, "colours is 2 in database, but must be 1 as in bounds"),
        ({"store": StateStore(colours=2)}, "colours is 2 in store, but must be 1 as in bounds"),
        ({"database": SLOW, "bounds": Bounds(colours=2)}, "colours is 1 in database, but must be 2 as in bounds"),
    ],
)
def test_colours_are_the_same_everywhere(parts: dict[str, object], message: str) -> None:
    with pytest.raises(PlanInputError) as refused:
        Inputs(workload=GUIDE, runtime=NODE, **parts)  # type: ignore[arg-type]
    assert str(refused.value) == message


def test_the_same_inputs_have_the_same_plan() -> None:
    inputs = Inputs(workload=GUIDE, runtime=NODE, database=SLOW, bounds=Bounds(max_replicas=20))
    assert plan(inputs) == plan(inputs)
    assert plan(inputs).to_dict() == plan(inputs).to_dict()
