"""Rules about what KEDA refuses or lets pass, each at its boundary and with its exact words."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.rules import keda
from pulumi_kubernetes_mcp.rules.model import Severity


@pytest.mark.parametrize(
    ("replicas", "prometheus", "why"),
    [
        (None, False, None),
        (3, True, None),
        (12, True, None),
        (2, True, "the minimum of 3 holds at all times"),
        (13, True, "the maximum is 12"),
        (5, False, "no metric from Prometheus is followed, which could be missing"),
    ],
)
def test_a_fallback_has_an_effect(replicas: int | None, prometheus: bool, why: str | None) -> None:
    found = keda.fallback_findings(
        replicas=replicas, minimum=3, maximum=12, follows_prometheus=prometheus, path="fallback_replicas"
    )
    expected = [] if why is None else [f"A fallback of {replicas} pods has no effect: {why}."]
    assert [finding.problem for finding in found] == expected
    assert all((finding.code, finding.severity) == ("MCP239", Severity.WARNING) for finding in found)


def test_numbers_that_keda_takes() -> None:
    assert keda.number_findings(polling_seconds=1, fallback_failures=0) == []
    assert keda.number_findings(polling_seconds=None, fallback_failures=0) == []
    polling, failures = keda.number_findings(polling_seconds=0, fallback_failures=-1)
    assert str(polling) == (
        "error MCP243 at polling_seconds: An interval of 0 s is below one second. Set it to at least 1."
    )
    assert str(failures) == "error MCP243 at fallback_failures: -1 failures cannot be counted. Set it to 0."
    assert keda.no_pods_findings(replicas=1, path="r") == []
    (none,) = keda.no_pods_findings(replicas=0, path="r")
    assert (none.code, none.problem) == ("MCP243", "A floor of 0 pods is none.")


@pytest.mark.parametrize(
    ("seconds", "minimum", "autoscaler", "why"),
    [
        (None, 2, "keda", None),
        (None, 2, "hpa", None),
        (0, 2, "keda", None),  # MCP243 has it.
        (30, 0, "keda", None),
        (1, 1, "keda", "with a minimum of 1 the controller asks every 15 s by itself"),
        (30, 3, "keda", "with a minimum of 3 the controller asks every 15 s by itself"),
        (30, 0, "hpa", "a HorizontalPodAutoscaler has none, and the controller asks every 15 s"),
    ],
)
def test_a_polling_interval_scales_to_and_from_zero_only(
    seconds: int | None, minimum: int, autoscaler: str, why: str | None
) -> None:
    found = keda.polling_findings(polling_seconds=seconds, minimum=minimum, autoscaler=autoscaler, path="p")
    said = f"warning MCP249 at p: An interval of {seconds} s changes no scaling: {why}. Leave it out."
    assert [str(finding) for finding in found] == ([] if why is None else [said])


@pytest.mark.parametrize(
    ("take_over", "named", "autoscaler", "words"),
    [
        (False, False, "hpa", None),
        (True, True, "keda", None),
        (True, False, "keda", "What is taken over has no name."),
        (True, True, "hpa", "A HorizontalPodAutoscaler is made, which takes nothing over."),
    ],
)
def test_a_take_over_has_a_name_and_keda(take_over: bool, named: bool, autoscaler: str, words: str | None) -> None:
    found = keda.take_over_findings(take_over=take_over, named=named, autoscaler=autoscaler, path="take_over")
    assert [finding.problem for finding in found] == ([] if words is None else [words])
    assert all(finding.code == "MCP247" for finding in found)


def test_a_fallback_that_comes_after_an_hour() -> None:
    late = keda.late_fallback_findings
    assert late(failures=240, follows_prometheus=True, path="f") == []
    assert late(failures=999, follows_prometheus=False, path="f") == []
    (finding,) = late(failures=480, follows_prometheus=True, path="f")
    assert str(finding) == (
        "warning MCP239 at f: 480 failed reads are tolerated, one every 15 s: the fallback has no effect for 2.0 hours."
        " Leave it out, or set it to at most 240, which is an hour."
    )
    (one,) = keda.fallback_findings(replicas=1, minimum=2, maximum=9, follows_prometheus=True, path="f")
    assert one.problem.startswith("A fallback of 1 pod has")
