"""Many rows of a table in one test: each is tried, and every row that fails is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

T = TypeVar("T")


def every_row(rows: Iterable[T], check: Callable[[T], None], *, name: Callable[[T], str] = str) -> None:
    """Check each row. An item of its own for a row costs more than most checks; fails with all rows that do.

    :param name: what a row is called where it fails.
    """
    failed, count = [], 0
    for row in rows:
        count += 1
        try:
            check(row)
        except Exception as wrong:
            failed.append(f"{name(row)}: {type(wrong).__name__}: {wrong}")
    assert count, "the table has no row"
    if failed:
        pytest.fail(f"{len(failed)} of {count} rows fail.\n" + "\n".join(failed), pytrace=False)
