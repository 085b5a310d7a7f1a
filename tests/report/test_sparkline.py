"""The times below a chart of one line."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.report.sparkline import axis

HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("seconds", "times"),
    [
        (5 * HOUR, ["0:00", "1:00", "2:00", "3:00", "4:00"]),
        (DAY, ["0:00", "6:00", "12:00", "18:00"]),
        (3 * DAY, ["0 d", "1 d", "2 d"]),
        (5 * DAY, ["0 d", "1 d", "2 d", "3 d", "4 d"]),
        (6 * DAY, ["0 d", "2 d", "4 d"]),
        (35 * DAY, ["0 d", "7 d", "14 d", "21 d", "28 d"]),
    ],
)
def test_there_are_five_round_times_at_most(seconds: float, times: list[str]) -> None:
    line = axis(seconds, 100)
    assert line.replace(" d", "d").split() == [time.replace(" d", "d") for time in times]
    assert [line.index(time) for time in times[:2]] == [0, round(100 * (seconds_of(times[1]) / seconds))]


def seconds_of(time: str) -> float:
    return float(time.split()[0]) * DAY if "d" in time else float(time.split(":")[0]) * HOUR
