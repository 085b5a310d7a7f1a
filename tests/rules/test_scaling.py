"""Rules about the number of pods, each at its boundary and with its exact words."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.rules import scaling
from pulumi_kubernetes_mcp.rules.doors import in_arguments
from pulumi_kubernetes_mcp.rules.model import Finding, Severity


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


def replicas(minimum: int, maximum: int, production: bool = True) -> list[Finding]:
    return scaling.replica_findings(
        minimum=minimum, maximum=maximum, production=production, min_path="min", max_path="max"
    )


@pytest.mark.parametrize(
    ("minimum", "maximum", "production", "expected"),
    [
        (2, 2, True, []),
        (3, 30, True, []),
        (3, 2, True, ["MCP201"]),
        (1, 5, True, ["MCP206"]),
        (0, 5, True, ["MCP206"]),
        (1, 0, True, ["MCP201", "MCP206"]),
        (1, 1, False, []),
        (0, 1, False, ["MCP211"]),
        (-1, 1, False, ["MCP211"]),
    ],
)
def test_bounds(minimum: int, maximum: int, production: bool, expected: list[str]) -> None:
    assert codes(replicas(minimum, maximum, production)) == expected


def test_words_about_bounds() -> None:
    assert str(replicas(50, 30)[0]) == (
        "error MCP201 at max: The maximum of 30 pods is below the minimum of 50. "
        "Raise the maximum to at least 50, or lower the minimum to at most 30."
    )
    assert str(replicas(1, 30)[0]) == (
        "error MCP206 at min: The minimum of 1 pod does not survive the loss of one. "
        "Set it to at least 2, better 3; or say that this is not production."
    )
    assert str(replicas(0, 30)[0]) == (
        "error MCP206 at min: The minimum of 0 pods leaves nothing that answers. Set it to at least 2, better 3."
    )
    assert str(replicas(0, 30, production=False)[0]) == (
        "error MCP211 at min: The minimum of 0 pods leaves nothing that answers. Set it to at least 1."
    )


def test_a_fixed_count_only_without_an_autoscaler() -> None:
    fixed = scaling.fixed_replicas_findings
    assert fixed(replicas=None, autoscaler="hpa", path="r") == []
    assert fixed(replicas=3, autoscaler="none", path="r") == []
    for autoscaler in ("auto", "hpa", "keda"):
        (finding,) = fixed(replicas=0, autoscaler=autoscaler, path="r")
        assert (finding.code, finding.severity, finding.path) == ("MCP202", Severity.ERROR, "r")
        assert finding.problem == f"The count is fixed at 0, and the autoscaler '{autoscaler}' owns it too."


@pytest.mark.parametrize(
    ("cpu", "memory", "uses_cpu", "uses_memory", "expected"),
    [
        ("500m", "256Mi", True, True, []),
        (None, None, False, False, []),
        (None, "256Mi", True, True, ["cpu"]),
        ("500m", None, True, True, ["memory"]),
        (None, None, True, True, ["cpu", "memory"]),
        ("0", "0", True, True, ["cpu", "memory"]),
        ("0m", "0Mi", True, True, ["cpu", "memory"]),
        ("", "", True, True, ["cpu", "memory"]),
        ("one", "one", True, True, []),
    ],
)
def test_a_utilisation_needs_a_request(
    cpu: str | None, memory: str | None, uses_cpu: bool, uses_memory: bool, expected: list[str]
) -> None:
    found = scaling.utilisation_findings(
        cpu_request=cpu, memory_request=memory, uses_cpu=uses_cpu, uses_memory=uses_memory, path="q"
    )
    assert codes(found) == ["MCP203"] * len(expected)
    for finding, resource in zip(found, expected, strict=True):
        assert finding.problem == (
            f"The autoscaler follows {resource} in percent of its request, and there is no {resource} request."
        )


def test_the_name_of_a_scaled_object_leaves_room_for_the_autoscaler() -> None:
    longest = 63 - len("keda-hpa-")
    assert scaling.scaled_object_name_findings("a" * longest, path="n") == []
    (finding,) = scaling.scaled_object_name_findings("a" * (longest + 2), path="n")
    assert (finding.code, finding.remedy) == ("MCP204", "Shorten it by 2.")
    assert finding.problem.endswith("has 56 characters; a ScaledObject may have 54.")


def test_with_a_name_for_the_autoscaler_both_may_have_63_characters() -> None:
    names = scaling.scaled_object_name_findings
    assert names("a" * 63, hpa_name="b" * 63, path="n") == []
    assert names(None, path="n") == []
    long, longer = names("a" * 64, hpa_name="b" * 66, path="n")
    assert (long.path, long.remedy) == ("n", "Shorten it by 1.")
    assert (longer.path, longer.remedy) == ("hpa_name", "Shorten it by 3.")
    assert longer.problem.endswith("has 66 characters; the name of an autoscaler may have 63.")
    assert [finding.path for finding in names(None, hpa_name="b" * 64, path="n")] == ["hpa_name"]


def test_memory_is_no_metric() -> None:
    assert scaling.memory_metric_findings(memory_percent=None, python=True, path="m") == []
    (python,) = scaling.memory_metric_findings(memory_percent=70, python=True, path="m")
    (other,) = scaling.memory_metric_findings(memory_percent=72.5, python=False, path="m")
    assert str(python) == (
        "error MCP205 at m: Pods are added at 70 % of the memory request. A Python server does not give "
        "memory back, so the count grows and does not fall. Leave it out; scale on CPU, or on sessions "
        "where the server holds some."
    )
    assert (other.code, other.severity) == ("MCP212", Severity.WARNING)
    assert other.problem.startswith("Pods are added at 72.5 % of the memory request. Most runtimes do not")


@pytest.mark.parametrize(
    ("available", "minimum", "remedy"),
    [
        (1, 2, None),
        (2, 3, None),
        (0, 1, None),
        (0, 0, None),
        (2, 2, "Set it to at most 1, or leave it out: it is then derived."),
        (4, 3, "Set it to at most 2, or leave it out: it is then derived."),
        (1, 1, "Set it to 0, or run at least 2 pods."),
        (1, 0, "Set it to 0, or run at least 2 pods."),
    ],
)
def test_a_budget_lets_one_pod_go(available: int, minimum: int, remedy: str | None) -> None:
    found = scaling.disruption_findings(min_available=available, min_replicas=minimum, path="b")
    assert [(finding.code, finding.remedy) for finding in found] == ([] if remedy is None else [("MCP207", remedy)])


def test_words_about_a_blocked_drain() -> None:
    (finding,) = scaling.disruption_findings(min_available=2, min_replicas=2, path="b")
    assert finding.problem == "2 pods must stay available, and the minimum is 2: no pod may ever be evicted."


@pytest.mark.parametrize(
    ("sessions", "autoscaler", "follows", "others", "address", "expected"),
    [
        (True, "keda", True, False, "http://prometheus:9090", []),
        (True, "keda", True, False, None, ["MCP208 address"]),
        (True, "keda", True, False, "", ["MCP208 address"]),
        (False, "keda", True, False, None, ["MCP208 address"]),
        # Schedules and CPU need no Prometheus.
        (False, "keda", False, False, None, []),
        (True, "keda", False, False, "http://prometheus:9090", ["MCP209 autoscaler"]),
        (True, "hpa", True, False, "http://prometheus:9090", ["MCP209 autoscaler"]),
        (True, "hpa", True, True, None, []),
        (False, "hpa", False, False, None, []),
    ],
)
def test_sessions_are_counted_in_prometheus(
    sessions: bool, autoscaler: str, follows: bool, others: bool, address: str | None, expected: list[str]
) -> None:
    found = scaling.session_metric_findings(
        sessions=sessions,
        autoscaler=autoscaler,
        follows_prometheus=follows,
        other_metrics=others,
        prometheus_address=address,
        autoscaler_path="autoscaler",
        address_path="address",
    )
    assert [f"{finding.code} {finding.path}" for finding in found] == expected
    assert all(finding.severity is Severity.ERROR for finding in found)


@pytest.mark.parametrize(
    ("autoscaler", "address", "follows_cpu", "metrics", "remedy"),
    [
        ("keda", "http://p", True, False, "Leave follow out or follow 'sessions'"),
        ("keda", None, True, False, "Leave follow out or follow 'sessions', and give the address of Prometheus"),
        ("hpa", "http://p", False, False, "Choose kind 'keda'"),
        ("hpa", None, False, False, "Choose kind 'keda', and give the address of Prometheus"),
        ("hpa", "http://p", False, True, "Choose kind 'keda', and leave metrics out"),
    ],
)
def test_what_is_done_already_is_not_advised(
    autoscaler: str, address: str | None, follows_cpu: bool, metrics: bool, remedy: str
) -> None:
    (finding,) = scaling.session_metric_findings(
        sessions=True,
        autoscaler=autoscaler,
        follows_prometheus=False,
        prometheus_address=address,
        autoscaler_path="a",
        address_path="p",
        follows_cpu=follows_cpu,
        metrics=metrics,
    )
    (finding,) = in_arguments([finding])
    assert (finding.code, finding.remedy) == ("MCP209", f"{remedy}; or run a fixed number of pods.")


def maximum(value: int, peak: int = 4, burst: int = 7) -> list[str]:
    found = scaling.maximum_findings(maximum=value, needed_for_peak=peak, needed_for_burst=burst, path="m")
    return [str(finding) for finding in found]


def test_the_maximum_holds_peak_and_burst() -> None:
    assert maximum(7) == []
    assert maximum(3, peak=3, burst=2) == []
    assert maximum(6) == [
        "warning MCP213 at m: The maximum of 6 pods holds the planned peak (4), but not a burst (7). "
        "Raise it to at least 7, or accept this with the reason why bursts do not happen."
    ]
    assert maximum(4)[0].startswith("warning MCP213")
    assert maximum(3) == [
        "error MCP210 at m: The maximum of 3 pods is below the 4 that the planned peak needs. Raise it to "
        "at least 7, or let one pod hold more sessions."
    ]
    assert "at least 4," in maximum(3, burst=2)[0]


def test_a_short_window_is_a_warning() -> None:
    def window(value: int, sessions: bool) -> list[Finding]:
        return scaling.scale_down_findings(window=value, derived=600, sessions=sessions, path="w")

    assert window(600, True) == []
    (finding,) = window(599, True)
    assert str(finding) == (
        "warning MCP214 at w: The scale-down window of 599 s is shorter than the derived 600 s; pods go "
        "while their sessions are open. Set it to at least 600 s, or leave it out: it is then derived."
    )
    assert "the count swings with every dip" in window(0, False)[0].problem


@pytest.mark.parametrize(
    ("pods", "percent", "period", "sessions", "told"),
    [
        (1, None, 130, True, ""),
        (1, None, 599, True, ""),
        (2, None, 260, True, "scale_down"),
        (20, None, 550, True, "scale_down"),
        (1, None, 129, True, "scale_down"),
        (1, 10, 130, True, "scale_down"),
        (1, None, 600, True, "scale_down.period_seconds"),
        (50, 100, 15, False, ""),
    ],
)
def test_pods_with_sessions_go_one_after_the_other(
    pods: int, percent: int | None, period: int, sessions: bool, told: str
) -> None:
    found = scaling.fast_scale_down_findings(
        pods=pods,
        percent=percent,
        period_seconds=period,
        derived_pods=1,
        drained_period=130,
        window_seconds=600,
        sessions=sessions,
        path="scale_down",
    )
    assert [(finding.code, finding.path) for finding in found] == ([("MCP214", told)] if told else [])


def test_words_about_a_fast_scale_in() -> None:
    (finding,) = scaling.fast_scale_down_findings(
        pods=4,
        percent=10,
        period_seconds=60,
        derived_pods=1,
        drained_period=130,
        window_seconds=600,
        sessions=True,
        path="d",
    )
    assert finding.problem == (
        "4 pods or 10 % of them may go each 60 s, and each pod that goes ends its sessions; "
        "one after the other is 1 each 130 s."
    )


def test_the_target_that_is_advised_is_accepted() -> None:
    for planned, maximum in ((1244, 100), (1_000, 3), (7, 9)):
        (finding,) = scaling.target_findings(target=0.01, held=2_000, planned=planned, maximum=maximum, path="t")
        advised = float(finding.remedy.split(",")[0].rpartition(" ")[2])
        assert scaling.target_findings(target=advised, held=2_000, planned=planned, maximum=maximum, path="t") == []


@pytest.mark.parametrize(("target", "tolerance"), [(50, 0.1), (46, 0.1), (60, 0.1), (48, 0.05)])
def test_a_target_that_full_pods_never_exceed_enough_is_told_which_one_they_do(target: float, tolerance: float) -> None:
    """A pod takes 50 sessions at most: at a target of 46 that is 8.7 % above it, which the controller leaves alone."""
    known = {"held": 55, "planned": 60, "maximum": 9, "path": "t", "refused": 50, "tolerance": tolerance}
    (finding,) = scaling.target_findings(target=target, **known)
    advised = float(finding.remedy.split(",")[0].rpartition(" ")[2])
    assert scaling.target_findings(target=advised, **known) == []
    assert 50 / advised > 1 + tolerance >= 50 / (advised + 1)
