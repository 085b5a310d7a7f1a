"""What is said of the load, and whether a cluster holds it, each rule from both sides of its boundary."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.rules import load
from pulumi_kubernetes_mcp.rules.model import Finding


def size(**changed: Any) -> list[Finding]:
    given: dict[str, Any] = {
        "load": "5 users",
        "per_pod": "50 sessions",
        "steady": 2,
        "maximum": 6,
        "at_once": 8,
        "load_path": "l",
        "maximum_path": None,
    }
    return load.size_findings(**{**given, **changed})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"maximum": 1000}, []),
        ({"maximum": 1001}, [("MCP506", "l")]),
        ({"maximum": 1001, "maximum_path": "m"}, [("MCP506", "m")]),
        ({"steady": 150_000, "maximum": 1000}, []),
        ({"steady": 150_001, "maximum": 1000}, [("MCP505", "l")]),
        ({"steady": 150_001, "maximum": 1000, "maximum_path": "m"}, [("MCP505", "l")]),
        ({"maximum": 1000, "at_once": 150_000}, []),
        ({"maximum": 1000, "at_once": 150_001}, [("MCP505", "l")]),
        ({"maximum": 1000, "at_once": 150_001, "maximum_path": "m"}, [("MCP505", "m")]),
    ],
)
def test_a_cluster_holds_the_pods(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(finding.code, finding.path) for finding in size(**changed)] == expected


def test_sizes_are_said_in_digits_that_can_be_read() -> None:
    (absurd,) = size(load="1,000,000,000 users", steady=3_250_000, maximum=9_750_000, at_once=12_187_500)
    assert absurd.problem == (
        "1,000,000,000 users need 3,250,000 pods of 50 sessions, and 12,187,500 at the maximum; a cluster holds "
        "150,000."
    )
    (enormous,) = size(steady=10**300, maximum=3 * 10**300, at_once=4 * 10**300)
    assert len(str(enormous)) < 400
    assert "about 10^300 pods" in enormous.problem


def test_the_maximum_that_is_offered_fits() -> None:
    (over,) = size(maximum=100_000, at_once=225_000, maximum_path="m")
    assert over.problem == "The maximum of 100,000 makes 225,000 pods during a rollout; a cluster holds 150,000."
    assert over.remedy == "Lower it to at most 66,666."
    assert size(maximum=66_666, at_once=66_666 * 2 + 16_667, maximum_path="m")[0].code == "MCP506"


def test_a_machine_holds_the_pod() -> None:
    paths = {"cpu_path": "c", "memory_path": "m"}
    assert load.machine_findings(cpu_millicores=1_920_000, memory_mib=32 * 2**20, **paths) == []
    found = load.machine_findings(cpu_millicores=1_920_001, memory_mib=32 * 2**20 + 0.5, **paths)
    assert [(finding.code, finding.path, finding.problem) for finding in found] == [
        ("MCP507", "c", "One pod requests 1921 cores; no machine has more than 1920."),
        ("MCP507", "m", "One pod requests 32,769 GiB; no machine has more than 32,768."),
    ]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({}, []),
        ({"modern": 100}, []),
        ({"modern": 100, "sse": 0}, []),
        ({"modern": 60, "legacy-stateless": 39.5}, []),
        ({"modern": 60, "legacy-stateless": 39.4}, [("MCP519", "e")]),
        ({"modern": 0}, [("MCP519", "e")]),
        ({"modern": 60, "sse": 40}, [("MCP520", "e.sse")]),
    ],
)
def test_shares_of_eras(shares: dict[str, float], expected: list[tuple[str, str]]) -> None:
    found = load.era_findings(shares, served=["modern", "legacy-stateless"], path="e")
    assert [(finding.code, finding.path) for finding in found] == expected


def test_shares_of_eras_in_words() -> None:
    served = ["modern", "legacy-stateless"]
    (sum_,) = load.era_findings({"modern": 40, "legacy-stateless": 10}, served=served, path="e")
    assert str(sum_) == (
        "error MCP519 at e: The shares of 2 eras add up to 50 %. Make it 100: in the same relation modern 80, "
        "legacy-stateless 20; or add the era that is missing."
    )
    (nothing,) = load.era_findings({"modern": 0}, served=served, path="e")
    assert nothing.remedy == "Give each era its part of 100, or leave all out."
    (unserved,) = load.era_findings({"modern": 60, "sse": 40}, served=served, path="e")
    assert str(unserved) == (
        "error MCP520 at e.sse: 40 % of the sessions are of 'sse', and the server serves modern, legacy-stateless. Add "
        "'sse' to mcp:server.eras, or give its share to an era that is served."
    )


def test_what_does_not_count_says_why() -> None:
    (ignored,) = load.ignored_findings("dailyUsers", because="peakSessions counts", remedy="Remove it.", path="w")
    assert str(ignored) == "warning MCP521 at w: dailyUsers does not count: peakSessions counts. Remove it."
