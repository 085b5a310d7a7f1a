"""A table test names each row that fails, and fails without rows."""

from __future__ import annotations

import pytest

from tests.table import every_row


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
