"""Rules about how fast the number of pods may move, each at its boundary and with its exact words."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.rules import pace
from pulumi_kubernetes_mcp.rules.doors import in_arguments
from pulumi_kubernetes_mcp.rules.model import Finding, Severity

RIGHT: dict[str, Any] = {"window_seconds": 0, "pods": 4, "percent": None, "period_seconds": 60, "tolerance": None}


def refused(**change: Any) -> list[Finding]:
    return pace.pace_findings(**{**RIGHT, **change}, path="scale_up")


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"window_seconds": 3600},
        {"period_seconds": 1},
        {"period_seconds": 1800},
        {"pods": 1},
        {"percent": 1},
        {"tolerance": 0.0},
    ],
)
def test_what_kubernetes_takes(change: dict[str, Any]) -> None:
    assert refused(**change) == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"window_seconds": 3601}, "window_seconds: The window is 3601 s, and may be 0 to 3600 s. Set it to 3600."),
        ({"window_seconds": -1}, "window_seconds: The window is -1 s, and may be 0 to 3600 s. Set it to 3600."),
        ({"period_seconds": 0}, "period_seconds: The period is 0 s, and may be 1 to 1800 s. Leave it out for a minute, "
         "or set it to what it may be."),
        ({"period_seconds": 1801}, "period_seconds: The period is 1801 s, and may be 1 to 1800 s. Leave it out for a "
         "minute, or set it to what it may be."),
        ({"pods": 0}, "pods: A step of 0 pods is none. Set it to at least 1, or leave it out; select 'disabled' "
         "forbids a direction."),
        ({"percent": 0}, "percent: A step of 0 percent is none. Set it to at least 1, or leave it out; select "
         "'disabled' forbids a direction."),
        ({"tolerance": -0.1}, "tolerance: The tolerance of -0.1 is negative. Set it to 0 or more, such as 0.05."),
    ],
)  # fmt: skip
def test_what_kubernetes_refuses(change: dict[str, Any], text: str) -> None:
    (finding,) = in_arguments(refused(**change))
    assert str(finding) == f"error MCP215 at scale_up.{text}"


def test_each_number_is_named_and_the_window_where_it_stands() -> None:
    found = refused(window_seconds=9999, pods=0, percent=0, period_seconds=0, tolerance=-1)
    assert [finding.path.rpartition(".")[2] for finding in found] == [
        "window_seconds", "period_seconds", "pods", "percent", "tolerance",
    ]  # fmt: skip
    (finding,) = pace.pace_findings(**{**RIGHT, "window_seconds": 3601}, path="scale_down", window_path="window")
    assert finding.path == "window"


def test_scale_up_is_never_forbidden() -> None:
    for select in (None, "max", "min"):
        assert pace.direction_findings(scale_up_select=select, path="s") == []
    (finding,) = pace.direction_findings(scale_up_select="disabled", path="s")
    assert (finding.code, finding.severity, finding.problem) == ("MCP216", Severity.ERROR, "Pods may never be added.")


@pytest.mark.parametrize(
    ("tolerance", "version", "code"),
    [
        (None, None, None),
        (None, "1.20", None),
        (0.05, "1.35", None),
        (0.05, "v1.36.3", None),
        (0.05, "1.37.0-gke.100", None),
        (0.0, "1.36+", None),
        (0.05, "1.34", "MCP217"),
        (0.05, "v1.34.9", "MCP217"),
        (0.05, "1.9", "MCP217"),
        (0.05, None, "MCP218"),
        (0.05, "2.0", "MCP218"),
        (0.05, "latest", "MCP218"),
    ],
)
def test_a_tolerance_needs_a_cluster_that_has_it(
    tolerance: float | None, version: str | None, code: str | None
) -> None:
    found = pace.tolerance_findings(tolerance=tolerance, version=version, path="t")
    assert [finding.code for finding in found] == ([] if code is None else [code])


def test_words_about_a_tolerance() -> None:
    (old,) = pace.tolerance_findings(tolerance=0.05, version="1.34", path="t")
    (unknown,) = pace.tolerance_findings(tolerance=0.05, version=None, path="t")
    (odd,) = pace.tolerance_findings(tolerance=0.05, version="new", path="t")
    assert old.problem == "Kubernetes 1.34 has no tolerance of its own for an autoscaler; 1.35 is the first."
    assert unknown.problem == (
        "The version of the cluster is not given, and before 1.35 the tolerance of 0.05 has no effect."
    )
    assert odd.problem.startswith("'new' is no version, and before 1.35")
    assert (old.severity, unknown.severity) == (Severity.ERROR, Severity.WARNING)


SLOW: dict[str, Any] = {"rate": 4.0, "derived": 4, "window_seconds": 0, "tolerance": None, "path": "s"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"rate": 3.99}, ["s"]),
        ({"window_seconds": 120, "tolerance": 0.99}, []),
        ({"window_seconds": 121}, ["s.window_seconds"]),
        ({"tolerance": 1.0}, ["s.tolerance"]),
        ({"rate": 0, "window_seconds": 3600, "tolerance": 5.0}, ["s", "s.window_seconds", "s.tolerance"]),
    ],
)
def test_pods_come_as_fast_as_a_doubled_load_needs(change: dict[str, Any], told: list[str]) -> None:
    found = pace.slow_up_findings(**{**SLOW, **change})
    assert [finding.path for finding in found] == told
    assert {finding.code for finding in found} <= {"MCP244"}


def test_words_about_a_slow_scale_up() -> None:
    (one,) = pace.slow_up_findings(**{**SLOW, "rate": 1.0})
    assert one.problem == "1 pod a minute may be added; a doubled load needs 4."
    (finding,) = pace.slow_up_findings(**{**SLOW, "rate": 2 / 3})
    assert str(finding) == (
        "warning MCP244 at s: 0.67 pods a minute may be added; a doubled load needs 4. Allow at least 4 a minute, or "
        "accept this with the reason why the load grows slowly."
    )


def test_a_tolerance_that_lets_no_pod_go() -> None:
    for tolerance in (None, 0.0, 0.99):
        assert pace.never_down_findings(tolerance=tolerance, path="t") == []
    (finding,) = in_arguments(pace.never_down_findings(tolerance=1.0, path="t"))
    assert str(finding) == (
        "warning MCP255 at t: With a tolerance of 1 no pod goes, even without any load. Leave it out, or set it to a "
        "share such as 0.1. To forbid scale-in, give select 'disabled'."
    )
