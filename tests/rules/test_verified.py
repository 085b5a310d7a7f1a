"""What a stack assumes and its server was seen not to do: each rule at its boundary, and at the keys of a stack."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.report.verified import verified_line, verified_rows
from pulumi_kubernetes_mcp.rules import verified
from tests.table import table

from .test_checks import inspected, the, told

GOOD = "profiles/orders.verified.yaml"
CUT = "profiles/cut.verified.yaml"
IMAGE = "ghcr.io/acme/mcp-server:1.4.2"


def of(path: str, **server: Any) -> dict[str, Any]:
    return {"image": IMAGE, "verified": path, **server}


def test_a_server_that_was_seen_to_do_it_adds_nothing() -> None:
    assert told(server=of(GOOD)) == told() == []


def test_without_a_file_it_is_said_once_and_is_no_finding() -> None:
    region = inspected(rehearse=False)
    assert verified_line(region.first) == (
        "drain, metrics, probes, Host check and state of mcp-server are assumed, not verified: 'mcp-stack verify' "
        "looks."
    )
    assert verified_rows(region) == [{"server": "mcp-server", "file": None}]
    looked = inspected(rehearse=False, server=of(CUT))
    assert verified_line(looked.first) == (f"mcp-server on 2026-11-29: 0 passed, 0 failed, 0 not verified ({CUT}).")


@table(
    "granted, finished, pre_stop, tool, told_of",
    [
        (2.1, False, 10, 60, True),
        (2.1, False, 10, 3, True),
        (2.1, False, 10, 2, False),
        (2.1, False, 69, 60, True),
        (2.1, False, 70, 60, False),
        (2.1, True, 10, 60, False),
        (60.0, False, 10, 60, False),
    ],
)
def test_a_call_that_is_cut_earlier_than_the_slowest_tool(
    granted: float, finished: bool, pre_stop: int, tool: int, told_of: bool
) -> None:
    found = verified.drain_findings(
        granted=granted, finished=finished, pre_stop=pre_stop, propagation=10, graceful=tool, tool=tool, path="p"
    )
    assert bool(found) == told_of


def test_the_drain_of_a_stack() -> None:
    finding = the("MCP610", server=of(CUT))
    assert str(finding) == (
        "warning MCP610 at mcp:server.maxToolSeconds: The server cut a call 2.1 s after SIGTERM, and the slowest tool "
        "takes 60 s. The graceful timeout of 60 s in the manifest changes nothing in it. Let the server finish its "
        "calls, and verify it again; or raise preStopSeconds to 70, so that the last of them is over before the signal."
    )
    assert told(server=of(CUT, maxToolSeconds=2)) == []


@table("handled, seconds, told_of", [(True, 10.2, False), (True, None, True), (False, 0.1, True), (False, None, True)])
def test_a_process_that_does_not_end(handled: bool, seconds: float | None, told_of: bool) -> None:
    found = verified.end_findings(handled=handled, exit_seconds=seconds, grace=75, path="p")
    assert bool(found) == told_of
    assert all("after 75 s" in one.problem for one in found)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"healthPath": "/health"}, [("MCP612", "mcp:server.healthPath")]),
        ({"livenessPath": "/health"}, [("MCP612", "mcp:server.livenessPath")]),
        ({"healthPath": "/nobody-asked"}, []),
        ({"startupSeconds": 4}, [("MCP615", "mcp:server.startupSeconds")]),
        ({"startupSeconds": 5}, []),
        ({"eras": ["modern", "legacy-stateless"]}, [("MCP616", "mcp:server.eras")]),
        ({"image": "ghcr.io/acme/mcp-server:1.5.0"}, [("MCP619", "mcp:server.image")]),
    ],
)
def test_keys_of_the_server(keys: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert told(rehearse=False, server=of(GOOD, **keys)) == expected


def test_a_route_names_those_that_answer() -> None:
    finding = the("MCP612", rehearse=False, server=of(GOOD, healthPath="/health"))
    assert finding.problem == "The readiness probe asks /health, which got HTTP 404."
    assert finding.remedy == "Give one that answers 200, such as /healthz, /livez, and verify again."


def test_a_server_that_is_declared_stateless_and_opens_sessions() -> None:
    finding = the("MCP616", rehearse=False, server=of(GOOD, eras=["modern", "legacy-stateless"]))
    assert finding.problem == (
        "The server does not speak legacy-stateless: it speaks modern, legacy-stateful. It opens sessions."
    )


SCALED = {"prometheusAddress": "http://prometheus.monitoring:9090", "follow": "sessions"}


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        ({}, []),
        ({"dialect": "community"}, [("MCP613", "mcp:scaling.dialect")]),
        # Nobody has looked for it.
        ({"sessionsMetric": "acme_sessions"}, []),
        ({"follow": "cpu"}, []),
    ],
)
def test_the_metric_that_is_followed(scaling: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    found = inspected(
        rehearse=False,
        server=of(GOOD, eras=["legacy-stateful"]),
        edge={"affinity": "gateway"},
        scaling={**SCALED, **scaling},
    ).findings
    assert [(one.code, one.path) for one in found if one.code.startswith("MCP61")] == expected


@table(
    "how, told_of",
    [("moves", False), ("present", False), (None, False), ("absent", True), ("still", True), ("stuck", True)],
)
def test_a_gauge_that_does_not_follow(how: str | None, told_of: bool) -> None:
    assert bool(verified.metric_findings(metric="m", how=how, others=["n"], path="p")) == told_of


@table("status, told_of", [(200, False), (401, False), (None, False), (403, True), (421, True), (503, False)])
def test_a_host_that_is_refused(status: int | None, told_of: bool) -> None:
    assert bool(verified.host_findings(name="a.example.com", status=status, path="p")) == told_of


def test_a_refused_host_counts_whatever_the_name_of_the_stack_is_if_the_server_was_told_it() -> None:
    refusing = of("profiles/refusing.verified.yaml")
    assert the("MCP614", rehearse=False, server=refusing).path == "mcp:edge.host"
    assert the("MCP614", rehearse=False, server=refusing, edge={"host": "other.example.com"}).severity == "error"


@pytest.mark.grid
@table(
    "cors, told_of",
    [
        (None, True),
        ({}, False),
        ({"origins": ["https://app.example.com"]}, False),
        ({"origins": ["https://app.example.com"], "refuseOthers": False}, True),
        ({"origins": ["*"]}, True),
    ],
)
def test_a_foreign_origin_that_nobody_refuses(cors: dict[str, Any] | None, told_of: bool) -> None:
    edge = {"implementation": "envoy-gateway", "cors": cors}
    codes = [
        one.code for one in inspected(rehearse=False, server=of("profiles/open.verified.yaml"), edge=edge).findings
    ]
    assert ("MCP343" in codes) == told_of


@pytest.mark.grid
@table(
    "runtime, seconds, verified, told_of",
    [
        ("typescript-v2", 90, None, True),
        ("node", 90, None, True),
        ("other", 90, None, True),
        ("python-v2", 90, None, False),
        ("typescript-v2", None, None, False),
        ("typescript-v2", 90, GOOD, False),
    ],
)
def test_a_drain_that_nobody_has_seen(runtime: str, seconds: int | None, verified: str | None, told_of: bool) -> None:
    keys = {"image": IMAGE, "runtime": runtime, "gracefulTimeoutSeconds": seconds, "verified": verified}
    server = {name: value for name, value in keys.items() if value is not None}
    found = inspected(rehearse=False, server=server).findings
    assert ["mcp:server.gracefulTimeoutSeconds"] * told_of == [one.path for one in found if one.code == "MCP351"]


@pytest.mark.parametrize(
    ("command", "args", "told_of"),
    [
        (["python", "srv.py", "--api-key", "hunter2hunter2"], None, "'python' does not start"),
        (["sh -c 'python srv.py --api-key hunter2hunter2'"], None, "'sh' does not start"),
        (["/usr/bin/tini", "--"], ["uvicorn", "app:app"], None),
        (["tini", "--"], ["python", "srv.py", "--api-key=hunter2hunter2"], "'tini' does not start"),
    ],
)
def test_a_command_is_named_by_its_program_alone(
    command: list[str], args: list[str] | None, told_of: str | None
) -> None:
    """What stands behind it may be a secret."""
    keys = {"image": IMAGE, "runtime": "python-v2", "gracefulTimeoutSeconds": 60, "command": command, "args": args}
    found = inspected(
        rehearse=False, server={name: value for name, value in keys.items() if value is not None}
    ).findings
    assert "hunter2" not in str(found)
    problems = [one.problem for one in found if one.code == "MCP351"]
    assert [told_of in problem for problem in problems if told_of] == [True] * (told_of is not None)
    assert len(problems) == (told_of is not None)


@table(
    "kept, most, told_of",
    [("memory", 2, True), ("disk", 2, True), ("memory", 1, False), ("nowhere", 9, False), (None, 9, False)],
)
def test_state_matters_with_more_than_one_pod(kept: str | None, most: int, told_of: bool) -> None:
    assert bool(verified.state_findings(kept_in=kept, calls=["a"], files=["b"], most=most, path="p")) == told_of


@table(
    "declared, required, metadata, told_of",
    [
        (True, True, True, False),
        (True, True, False, True),
        (True, False, False, True),
        (False, False, False, False),
        (False, True, False, False),
        (False, False, True, True),
    ],
)
def test_tokens(declared: bool, required: bool, metadata: bool, told_of: bool) -> None:
    found = verified.authorization_findings(declared=declared, required=required, metadata=metadata, path="p")
    assert bool(found) == told_of


@table(
    "cap, target, tolerance, most",
    [
        (55, 50, 0.1, "49"),
        (56, 50, 0.1, None),
        (50, 50, 0.0, "49"),
        (51, 50, 0.0, None),
        (1, 1, 0.1, ""),
        (None, 50, 0.1, None),
    ],
)
def test_a_cap_that_no_target_is_above(cap: int | None, target: int, tolerance: float, most: str | None) -> None:
    found = verified.cap_findings(cap=cap, target=target, tolerance=tolerance, path="p")
    assert [f"aim at {most} at most" in one.remedy or not most for one in found] == ([] if most is None else [True])


def test_the_cap_of_a_stack() -> None:
    """The target that is derived counts as well; what CPU scales is not held back by a cap."""
    server = of("profiles/capped.verified.yaml", eras=["legacy-stateful"])
    prometheus = {"prometheusAddress": "http://prometheus-operated.monitoring:9090"}
    workload = {"dailyUsers": 500, "sessionsPerPod": 50}
    found = the("MCP649", server=server, workload=workload, scaling={**prometheus, "targetPerPod": 46})
    assert str(found) == (
        "warning MCP649 at mcp:scaling.targetPerPod: The server refuses sessions above 50, and the autoscaler adds a "
        "pod above 50.6 in each: 46 and a tolerance of 10 %. Raise the cap of the server above 50.6 and verify it "
        "again, or aim at 45 at most."
    )
    for scaling in (
        {**prometheus, "targetPerPod": 45},
        {**prometheus, "targetPerPod": 46, "scaleUp": {"tolerance": 0.01}},
    ):
        assert "MCP649" not in [code for code, _ in told(server=server, workload=workload, scaling=scaling)]
