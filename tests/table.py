"""Many rows of a table in one test: each is tried, and every row that fails is named."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

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
        except (Exception, pytest.fail.Exception) as wrong:
            failed.append(f"{name(row)}: {type(wrong).__name__}: {wrong}")
    assert count, "the table has no row"
    if failed:
        pytest.fail(f"{len(failed)} of {count} rows fail.\n" + "\n".join(failed), pytrace=False)


def table(names: str, rows: Iterable[Any], *, ids: Callable[[Any], str] | Sequence[str] | None = None) -> Any:
    """``pytest.mark.parametrize`` with one item for all rows: for checks of a few milliseconds that change nothing.

    Fixtures are made once for all rows. Several on one test give every combination.

    :param ids: what a row is called: a function of one value, or the names in their order. Default: its values.
    """
    keys = [name.strip() for name in names.split(",")]
    listed = list(rows)

    def values(row: Any) -> tuple[Any, ...]:
        return (row,) if len(keys) == 1 else tuple(row)

    def called(place: int) -> str:
        if ids is not None and not callable(ids):
            return ids[place]
        return "-".join(str(ids(value) if ids else value) for value in values(listed[place]))

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def whole(**fixtures: Any) -> None:
            def check(place: int) -> None:
                test(**fixtures, **dict(zip(keys, values(listed[place]), strict=True)))

            every_row(range(len(listed)), check, name=called)

        signature = inspect.signature(test)
        others = [one for key, one in signature.parameters.items() if key not in keys]
        assert len(others) == len(signature.parameters) - len(keys), f"the test takes other names than {names}"
        whole.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return whole

    return decorate


def first(count: int, rows: Iterable[Any]) -> list[Any]:
    """Rows for ``pytest.mark.parametrize``: the first for every run, the others only where the long grids run."""
    return [
        pytest.param(*(row if isinstance(row, tuple) else (row,)), marks=[pytest.mark.grid] * (place >= count))
        for place, row in enumerate(rows)
    ]
