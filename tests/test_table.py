"""A table test names each row that fails, and fails without rows."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from tests.table import every_row, table


def test_every_row_that_fails_is_named() -> None:
    tried: list[int] = []

    def check(number: int) -> None:
        tried.append(number)
        assert number % 2, "even"
        [1, 2][number // 3]

    with pytest.raises(pytest.fail.Exception) as failed:
        every_row([1, 2, 3, 4, 7], check, name=lambda number: f"row {number}")
    assert tried == [1, 2, 3, 4, 7]
    lines = str(failed.value).splitlines()
    assert lines[0] == "3 of 5 rows fail."
    assert [line.partition(":")[0] for line in lines if line.startswith("row")] == ["row 2", "row 4", "row 7"]
    assert "IndexError" in lines[-1]


def test_a_table_has_rows() -> None:
    with pytest.raises(AssertionError, match="no row"):
        every_row([], print)


def test_the_rows_of_several_tables_are_combined_and_fixtures_stay(tmp_path: Path) -> None:
    seen = []

    @table("first", ["a", "b"])
    @table("second, third", [(1, 2), (3, 4)], ids=["low", "high"])
    def check(where: Path, first: str, second: int, third: int) -> None:
        seen.append((where, first, second, third))
        assert (first, second) != ("b", 3), "wrong"

    assert list(inspect.signature(check).parameters) == ["where"]
    with pytest.raises(pytest.fail.Exception) as failed:
        check(where=tmp_path)
    assert seen == [(tmp_path, first, *rest) for first in "ab" for rest in ((1, 2), (3, 4))]
    assert "1 of 2 rows fail.\nb: Failed: 1 of 2 rows fail.\nhigh: AssertionError: wrong" in str(failed.value)


def print_first(first: int) -> None:
    print(first)


def test_a_table_of_other_names_is_refused() -> None:
    with pytest.raises(AssertionError, match="other names"):
        table("second", [1])(print_first)
