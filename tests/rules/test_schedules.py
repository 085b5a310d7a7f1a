"""Rules about schedules, each at its boundary and with its exact words."""

from __future__ import annotations

from datetime import datetime

import pytest

from pulumi_kubernetes_mcp.rules import schedules
from pulumi_kubernetes_mcp.rules.doors import in_arguments
from pulumi_kubernetes_mcp.rules.model import Finding, Severity

KNOWN = ("Europe/Berlin", "Europe/London", "Europe/Jersey", "America/New_York", "UTC", "Etc/GMT-2", "Etc/GMT+5")


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


@pytest.mark.parametrize(
    ("count", "autoscaler", "said"),
    [
        (0, "hpa", None),
        (2, "keda", None),
        (
            1,
            "hpa",
            "1 schedule is given, and a HorizontalPodAutoscaler, which knows no time of day, scales the server.",
        ),
        (
            2,
            "hpa",
            "2 schedules are given, and a HorizontalPodAutoscaler, which knows no time of day, scales the server.",
        ),
    ],
)
def test_schedules_need_keda(count: int, autoscaler: str, said: str | None) -> None:
    found = schedules.keda_findings(count=count, autoscaler=autoscaler, path="schedules")
    assert [finding.problem for finding in found] == ([] if said is None else [said])
    assert codes(found) == ["MCP225"] * len(found)


def test_what_cannot_be_read_is_named_by_its_key() -> None:
    (finding,) = schedules.unreadable_findings([("start", "It is wrong.", "Mend it.")], path="schedules[1]")
    assert str(finding) == "error MCP226 at schedules[1].start: It is wrong. Mend it."


def test_windows_open_and_close() -> None:
    (same,) = schedules.gap_findings(at_once="0 8 * * *", path="p")
    (endless,) = in_arguments(schedules.gap_findings(at_once=None, path="p"))
    assert (same.code, same.problem) == ("MCP227", "It opens and closes at '0 8 * * *'.")
    assert (endless.problem, endless.remedy) == (
        "Its windows leave no gap between them.",
        "Raise min_replicas, or shorten the windows.",
    )


@pytest.mark.parametrize(
    ("zone", "remedy"),
    [
        ("Europe/Berlin", None),
        ("Europe/Brelin", "Did you mean 'Europe/Berlin'?"),
        ("new york", "Did you mean 'America/New_York'?"),
        ("europe/berlin", "Did you mean 'Europe/Berlin'?"),
        ("Europe/Nowhere", "Give a name of the IANA database, such as 'Europe/Berlin'."),
        ("UTC+2", "Give a city, whose clock may change, or 'Etc/GMT-2', whose sign is the other way round."),
        ("GMT -05:00", "Give a city, whose clock may change, or 'Etc/GMT+5', whose sign is the other way round."),
        ("+02", "Give a city, whose clock may change, or 'Etc/GMT-2', whose sign is the other way round."),
        ("UTC+5:30", "Give a city with that clock, such as 'Asia/Kolkata' for five hours and a half."),
        ("UTC+20", "Give a city with that clock, such as 'Asia/Kolkata' for five hours and a half."),
        ("Mars/Olympus", "Give a name of the IANA database, such as 'Europe/Berlin'."),
    ],
)
def test_time_zones_exist(zone: str, remedy: str | None) -> None:
    found = schedules.zone_findings(zone, known=KNOWN, path="z")
    assert [(finding.code, finding.remedy) for finding in found] == ([] if remedy is None else [("MCP228", remedy)])


def test_a_machine_without_zones_says_so_and_refuses_nothing() -> None:
    (finding,) = schedules.zone_findings("Europe/Berlin", known=(), path="z")
    assert (finding.code, finding.severity) == ("MCP229", Severity.WARNING)
    assert finding.problem == (
        "Whether there is a time zone 'Europe/Berlin' cannot be said: this machine has no time zone database."
    )


def test_edges_that_the_clock_skips() -> None:
    assert schedules.edge_findings([], time_zone="Europe/Berlin", path="p") == []
    start, end = schedules.edge_findings(
        [("start", datetime(2027, 3, 28, 2, 30)), ("end", datetime(2027, 3, 28, 2, 5))],
        time_zone="Europe/Berlin",
        path="p",
    )
    assert (start.code, start.severity) == ("MCP230", Severity.WARNING)
    assert start.problem == (
        "The start at 02:30 does not exist in Europe/Berlin in the night when the clock is put forward: the window "
        "opens as soon as the one before has closed."
    )
    assert end.problem == (
        "The end at 02:05 does not exist in Europe/Berlin in the night when the clock is put forward: the window of "
        "that night never opens."
    )


def test_start_and_end_take_turns() -> None:
    assert schedules.turn_findings(takes_turns=True, start="a", end="b", path="p") == []
    (finding,) = schedules.turn_findings(takes_turns=False, start="0 8 * * *", end="0 9 * * 1", path="p")
    assert (finding.code, finding.severity) == ("MCP231", Severity.WARNING)
    assert finding.problem.startswith("'0 8 * * *' and '0 9 * * 1' do not take turns,")


@pytest.mark.parametrize(
    ("replicas", "expected"),
    [(2, ["MCP233"]), (3, ["MCP233"]), (4, []), (12, []), (13, ["MCP232"])],
)
def test_a_floor_is_between_minimum_and_maximum(replicas: int, expected: list[str]) -> None:
    assert codes(schedules.floor_findings(replicas=replicas, minimum=3, maximum=12, path="r")) == expected


def test_words_about_floors() -> None:
    (above,) = schedules.floor_findings(replicas=40, minimum=3, maximum=12, path="r")
    (at,) = schedules.floor_findings(replicas=3, minimum=3, maximum=12, path="r")
    assert above.problem == "40 pods are wanted, and the maximum is 12: they never come."
    assert at.problem == "3 pods are wanted, and the minimum of 3 holds at all times."
    (one,) = schedules.floor_findings(replicas=1, minimum=2, maximum=12, path="r")
    assert one.problem == "1 pod is wanted, and the minimum of 2 holds at all times."
    assert (above.severity, at.severity) == (Severity.ERROR, Severity.WARNING)


def floors(*replicas: int) -> list[Finding]:
    """The findings of so many schedules, called a, b and so on, between a minimum of 3 and a maximum of 12."""
    found = [
        one
        for place, number in enumerate(replicas)
        for one in schedules.floor_findings(replicas=number, minimum=3, maximum=12, path=f"schedules[{place}].replicas")
    ]
    return schedules.once(found, [chr(ord("a") + place) for place in range(len(replicas))])


def test_what_several_schedules_have_alike_is_said_once() -> None:
    (one,) = floors(5, 2, 6)
    assert one.problem == "2 pods are wanted, and the minimum of 3 holds at all times."
    (two,) = floors(2, 5, 3)
    assert (two.path, two.problem) == (
        "schedules[0].replicas",
        "2 pods are wanted, and the minimum of 3 holds at all times. So it is with 'c'.",
    )
    (many,) = floors(2, 3, 1, 2, 3, 3)
    assert many.problem.endswith("So it is with 'b', 'c', 'd' and 2 more.")
    assert many.remedy == two.remedy == one.remedy


def test_each_error_of_a_schedule_stays() -> None:
    assert [(one.code, one.path) for one in floors(40, 2, 50, 3)] == [
        ("MCP232", "schedules[0].replicas"),
        ("MCP232", "schedules[2].replicas"),
        ("MCP233", "schedules[1].replicas"),
    ]


def test_two_warnings_of_one_schedule_are_two() -> None:
    found = [
        one
        for place in range(2)
        for one in schedules.edge_findings(
            [("start", datetime(2027, 3, 28, 2, 30)), ("end", datetime(2027, 3, 28, 2, 5))],
            time_zone="Europe/Berlin",
            path=f"schedules[{place}]",
        )
    ]
    start, end = schedules.once(found, ["a", "b"])
    assert start.problem.startswith("The start at 02:30 does not exist")
    assert end.problem.startswith("The end at 02:05 does not exist")
    assert start.problem.endswith("So it is with 'b'.")
    assert end.problem.endswith("So it is with 'b'.")


def test_each_overlap_is_a_warning() -> None:
    found = schedules.overlap_findings(["One.", "Two."], path="schedules")
    assert [(finding.code, finding.severity, finding.problem) for finding in found] == [
        ("MCP234", Severity.WARNING, "One."),
        ("MCP234", Severity.WARNING, "Two."),
    ]


@pytest.mark.parametrize(
    ("ramp", "needed", "length", "expected"),
    [
        (0, 0, 60, []),
        (7, 7, 60, []),
        (6, 7, 60, ["MCP236"]),
        (60, 7, 60, []),
        (61, 7, 60, ["MCP235"]),
        (0, 7, 60, ["MCP236"]),
    ],
)
def test_a_ramp_fits(ramp: int, needed: int, length: int, expected: list[str]) -> None:
    assert codes(schedules.ramp_findings(ramp=ramp, needed=needed, length=length, path="r")) == expected


def test_words_about_one_minute() -> None:
    (long,) = schedules.ramp_findings(ramp=2, needed=1, length=1, path="r")
    (short,) = schedules.ramp_findings(ramp=1, needed=2, length=9, path="r")
    assert long.problem == "The window of 1 minute opens 2 minutes early."
    assert short.problem == "The window opens 1 minute early, and all pods serve after 2 minutes."


def test_names_of_triggers() -> None:
    assert schedules.name_findings(["cpu", "sessions", "office"], path="s") == []
    found = schedules.name_findings(["cpu", "office", "office", "cpu", "x"], path="s")
    assert [finding.problem for finding in found] == [
        "Two triggers would be called 'cpu'.",
        "Two triggers would be called 'office'.",
    ]
    assert codes(found) == ["MCP237", "MCP237"]
    (numbered,) = schedules.name_findings(["o", "o-2", "o-2"], path="s", numbered={"o-2": "o"})
    assert numbered.problem == (
        "Two triggers would be called 'o-2': the schedule 'o' needs several triggers, which are numbered."
    )
