"""The comparison page says what the tools say today; times are the machine's and are not asserted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.gomodules import MissingError
from tests.missing import leave_out
from tests.peers.mistakes import MISTAKES
from tests.scanners import stacks, tools
from tools.docs import comparison as table

TEXT = table.PAGE.read_text(encoding="utf-8")


@pytest.mark.grid
def test_the_page_has_our_rows_with_the_lines_and_objects_of_the_stacks(tmp_path: Path) -> None:
    rows = table.cells_of(TEXT)
    assert set(rows) == set(table.OURS)
    for name, cells in rows.items():
        assert cells[2] == str(len(list(stacks.render(name, tmp_path).glob("*.yaml"))))
        assert cells[8] == str(table.lines(name))
        assert cells[9] == "13 of 13"


def test_the_page_lists_every_mistake() -> None:
    assert [line for line in TEXT.splitlines() if line.endswith("` |")] == [
        f"| {mistake.name} | `{mistake.path}` |" for mistake in MISTAKES
    ]


def test_the_goals_of_the_minimal_row_hold() -> None:
    cells = table.cells_of(TEXT)["minimal"]
    assert int(cells[8]) <= 15
    assert int(cells[3].partition("/")[2]) <= 1
    assert cells[4] == "0/0"
    assert cells[5] == "0 (0)"


@pytest.mark.scanners
def test_the_page_is_what_the_scanners_say(tmp_path: Path) -> None:
    try:
        ours = {name: table.figures(name, tmp_path) for name in table.OURS}
    except (tools.MissingToolError, MissingError) as missing:
        leave_out(str(missing))
    assert table.page(ours, table.timings_of(TEXT), table.measured_of(TEXT)) == TEXT
