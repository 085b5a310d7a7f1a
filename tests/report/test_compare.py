"""Two plans side by side: what differs, by how much, and the same from the other side."""

from __future__ import annotations

import json

import pytest

from pulumi_kubernetes_mcp.planning.plan import SECTIONS
from pulumi_kubernetes_mcp.report.compare import (
    Pair,
    compare_data,
    compare_document,
    pairs,
    settings_pairs,
    verdicts,
)
from pulumi_kubernetes_mcp.report.document import Table
from pulumi_kubernetes_mcp.report.terminal import lines
from tests.table import first

from .stacks import LEAST, RICH, STACKS, plan_of

TWICE = {**LEAST, "mcp:workload": {"dailyUsers": 1000}, "mcp:database": {"host": "db.example.com"}}


@pytest.fixture
def two(tmp_path):
    return plan_of(tmp_path, LEAST, "one"), plan_of(tmp_path, TWICE, "twice")


def by_name(found: tuple[Pair, ...]) -> dict[str, Pair]:
    return {pair.name: pair for pair in found}


def tables(document) -> dict[str, Table]:
    """The tables of a document by the title of their section."""
    return {
        section.title: block for section in document.sections for block in section.blocks if isinstance(block, Table)
    }


@pytest.mark.grid
def test_differences_are_other_less_first(two):
    """500 and 1000 users: 62.5 → 63 and 125 sessions at the peak; 82 and 163 planned, on 2 and 4 pods."""
    found = by_name(pairs(two[0].plan, two[1].plan))
    peak, steady = found["peak sessions"], found["pods for the planned sessions"]
    assert (peak.first.value, peak.other.value, peak.difference) == (63, 125, 62)
    assert peak.percent == pytest.approx(98.41, abs=0.01)
    assert (steady.difference, steady.percent) == (2, 100)
    assert found["CPU limit"].equal
    assert (found["CPU limit"].difference, found["CPU limit"].percent) == (0, 0)


def test_a_figure_that_only_one_plan_has_differs(two):
    pool = by_name(pairs(two[0].plan, two[1].plan))["connection pool"]
    assert pool.first is None
    assert not pool.equal
    assert (pool.difference, pool.percent, pool.unit) == (None, None, "connections")


def test_nothing_is_divided_by_zero(two):
    wait = by_name(pairs(two[0].plan, two[1].plan))["CPU: median wait"]
    assert (wait.first.value, wait.percent) == (0, None)


def test_every_figure_of_both_is_in_it_once_in_reading_order(tmp_path):
    first, other = (plan_of(tmp_path, STACKS[name]).plan for name in ("least", "rich"))
    found = pairs(first, other)
    assert [pair.first for pair in found if pair.first] == list(first.figures())
    assert [pair.other for pair in found if pair.other] == list(other.figures())
    order = [list(SECTIONS).index(pair.section) for pair in found]
    assert order == sorted(order)


@pytest.mark.grid
@pytest.mark.parametrize(
    ("one", "two"), first(1, [("least", "rich"), ("rich", "endless"), ("endless", "least"), ("rich", "rich")])
)
def test_the_other_way_round_is_the_mirror(tmp_path, one, two):
    here, there = (plan_of(tmp_path, STACKS[name], name) for name in (one, two))
    for a, b in zip(pairs(here.plan, there.plan), pairs(there.plan, here.plan), strict=True):
        assert (a.section, a.name, a.first, a.other, a.equal) == (b.section, b.name, b.other, b.first, b.equal)
        assert a.difference == (None if b.difference is None else -b.difference)
        if a.percent is not None and b.percent is not None:
            assert (1 + a.percent / 100) * (1 + b.percent / 100) == pytest.approx(1) or a.first.value == 0
    for one, two in (
        (verdicts(here.plan, there.plan), verdicts(there.plan, here.plan)),
        (
            settings_pairs(here.region.settings, there.region.settings),
            settings_pairs(there.region.settings, here.region.settings),
        ),
    ):
        assert [(w.name, w.first, w.other) for w in one] == [(w.name, w.other, w.first) for w in two]
    one, two = tables(compare_document(here, there)), tables(compare_document(there, here))
    assert list(one) == list(two)
    for title, table in one.items():
        if len(table.columns) >= 3:
            assert [(row[0], row[1], row[2]) for row in table.rows] == [(r[0], r[2], r[1]) for r in two[title].rows]


def test_a_plan_beside_itself_differs_in_nothing(tmp_path):
    server = plan_of(tmp_path, RICH)
    document = compare_document(server, server)
    titles = [section.title for section in document.sections]
    assert titles[0] == "Figures that differ"
    assert document.sections[0].blocks == ("None: the plans are the same.",)
    assert "Settings that differ" not in titles
    assert len(tables(document)["Figures that are the same"].rows) == len(server.plan.figures())


def test_what_differs_stands_first_and_what_is_the_same_last_and_folded(two):
    document = compare_document(*two)
    assert document.title == "Capacity plans of one and twice"
    titles = [section.title for section in document.sections]
    assert titles[:4] == [
        "Settings that differ",
        "What holds and what binds",
        "Figures that differ: Load",
        "Figures that differ: One pod",
    ]
    assert (
        [section.title for section in document.sections if section.folded]
        == titles[-1:]
        == ["Figures that are the same"]
    )
    found = tables(document)
    assert found["Settings that differ"].rows[0] == ("mcp:database.kind", "–", "postgres")
    assert ("mcp:workload.dailyUsers", "500", "1000") in found["Settings that differ"].rows
    assert ("connection budget", "–", "does not close") in found["What holds and what binds"].rows
    assert ("peak sessions", "63 sessions", "125 sessions", "+62", "+98.4") in found["Figures that differ: Load"].rows


def test_a_smaller_figure_has_a_sign_and_a_missing_one_a_dash(two):
    found = tables(compare_document(two[1], two[0]))
    assert ("peak sessions", "125 sessions", "63 sessions", "−62", "−49.6") in found["Figures that differ: Load"].rows
    assert ("connection pool", "5 connections", "–", "–", "–") in found["Figures that differ: One pod"].rows


def test_settings_that_the_plan_is_not_made_from_do_not_count(tmp_path):
    edge = {**LEAST, "mcp:edge": {"host": "other.example.com"}, "mcp:secrets": {"source": "existing"}}
    first, other = plan_of(tmp_path, LEAST), plan_of(tmp_path, edge)
    assert settings_pairs(first.region.settings, other.region.settings) == ()


def test_a_default_that_is_written_out_is_no_difference(tmp_path):
    same = {**LEAST, "mcp:workload": {"dailyUsers": 500, "sessionMinutes": 20, "tools": []}}
    first, other = plan_of(tmp_path, LEAST), plan_of(tmp_path, same)
    assert settings_pairs(first.region.settings, other.region.settings) == ()


@pytest.mark.grid
def test_settings_inside_of_lists_and_groups_have_their_path(tmp_path):
    values = json.loads(json.dumps(RICH))
    values["mcp:workload"]["tools"][1]["durationMilliseconds"] = 2500
    values["mcp:workload"]["sessionsByHour"][9] = 500
    values["mcp:workload"]["eraPercent"] = {"modern": 60, "legacy-stateful": 40}
    values["mcp:server"]["resources"] = {"limits": {"cpu": "2"}}
    found = settings_pairs(plan_of(tmp_path, RICH).region.settings, plan_of(tmp_path, values).region.settings)
    assert [(words.name, words.first, words.other) for words in found] == [
        ("mcp:server.resources.limits.cpu", "–", "2"),
        ("mcp:workload.eraPercent.legacy-stateful", "30", "40"),
        ("mcp:workload.eraPercent.modern", "70", "60"),
        ("mcp:workload.sessionsByHour", "24 numbers, 4020 in all, 400 at most", "24 numbers, 4120 in all, 500 at most"),
        ("mcp:workload.tools[export].durationMilliseconds", "2000", "2500"),
    ]


def test_stacks_of_the_same_name_are_called_first_and_other(tmp_path):
    first, other = plan_of(tmp_path, LEAST), plan_of(tmp_path, TWICE)
    document = compare_document(first, other)
    assert document.title == "Capacity plans of first and other"
    assert document.blocks == (f"first: {first.stack.where}", f"other: {other.stack.where}")


def test_the_ranges_of_both_stand_beside_each_other(two):
    found = tables(compare_document(*two))["How sure: the 90 % range of what the planned sessions take"]
    assert [row[0] for row in found.rows] == ["pods", "memory GiB", "CPU cores", "connections"]
    assert found.rows[3][1] == "–"
    assert " to " in found.rows[3][2]


def test_the_comparison_as_data(two):
    data = json.loads(json.dumps(compare_data(*two)))
    assert set(data) == {"first", "other", "settings", "verdicts", "different", "equal", "ranges"}
    assert (data["first"]["stack"], data["other"]["stack"]) == ("one", "twice")
    row = next(row for row in data["different"] if row["figure"] == "peak sessions")
    assert row == {
        "section": "Load",
        "figure": "peak sessions",
        "unit": "sessions",
        "first": 63,
        "other": 125,
        "difference": 62.0,
        "percent": pytest.approx(98.41, abs=0.01),
    }
    assert all(row["difference"] == 0 for row in data["equal"])
    assert {"name": "mcp:workload.dailyUsers", "first": "500", "other": "1000"} in data["settings"]


@pytest.mark.grid
@pytest.mark.parametrize("width", first(1, [60, 80, 120]))
def test_a_comparison_fits_the_terminal(tmp_path, width):
    here, there = plan_of(tmp_path, LEAST, "production-us-east-1"), plan_of(tmp_path, RICH, "production-eu-west-1")
    assert max(len(line.plain) for line in lines(compare_document(here, there), width)) <= width
