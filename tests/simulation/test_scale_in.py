"""Pods with sessions go one after the other, whatever the drain and the sessions: played by the controller."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pulumi_kubernetes_mcp import rehearsal
from pulumi_kubernetes_mcp.server_plan import ServerPlan, plan_server
from pulumi_kubernetes_mcp.settings.load import load_settings
from pulumi_kubernetes_mcp.simulation.load import spike
from pulumi_kubernetes_mcp.simulation.result import Result
from pulumi_kubernetes_mcp.simulation.run import simulate


def service(max_tool_seconds: int, session_minutes: float, **down: int) -> ServerPlan:
    values: dict[str, object] = {
        "mcp:region": {"name": "here"},
        "mcp:server": {
            "image": "registry.example.com/mcp:1.0.0", "runtime": "node", "eras": ["legacy-stateful"],
            "maxToolSeconds": max_tool_seconds,
        },
        "mcp:workload": {"dailyUsers": 20_000, "sessionMinutes": session_minutes},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        "mcp:scaling": {
            "prometheusAddress": "http://prometheus:9090", **({"scaleDown": down} if down else {}),
        },
    }  # fmt: skip
    return plan_server(load_settings(values, where="test"))


def after_a_spike(server: ServerPlan, hold: float) -> Result:
    load = spike(rehearsal.peak(server), 2, at=1800, hold=hold)
    return simulate(rehearsal.policy(server), load, rehearsal.pod_model(server), rehearsal.options(server, seed=None))


def steps_down(result: Result) -> list[tuple[float, int]]:
    """When the wanted number fell, and by how much."""
    return [
        (after.at, before.wanted - after.wanted)
        for before, after in pairwise(result.samples)
        if after.wanted < before.wanted
    ]


@pytest.mark.grid
@pytest.mark.parametrize(("tool", "session", "hold"), [(60, 20, 60), (1500, 20, 300), (60, 60, 1800)])
def test_what_came_for_a_spike_goes_pod_by_pod(tool: int, session: float, hold: float) -> None:
    server = service(tool, session)
    behavior = rehearsal.policy(server).spec.behavior
    assert behavior is not None
    period = behavior.down.policies[0].period
    found = steps_down(after_a_spike(server, hold))
    assert {size for _, size in found} <= {1}
    assert all(later - sooner >= period for (sooner, _), (later, _) in pairwise(found))
    assert found or session == 60


@pytest.mark.grid
@pytest.mark.parametrize("hold", [30, 60, 300, 1800])
@pytest.mark.parametrize(("tool", "session"), [(60, 20), (900, 10), (1500, 20), (60, 60), (60, 5)])
def test_it_does_so_after_any_spike(tool: int, session: float, hold: float) -> None:
    test_what_came_for_a_spike_goes_pod_by_pod(tool, session, hold)


@pytest.mark.grid
def test_with_a_period_as_long_as_the_window_all_of_them_go_at_once() -> None:
    """The rule behind MCP214, so that the test above can fail."""
    found = steps_down(after_a_spike(service(60, 20, periodSeconds=1800), 60))
    assert max(size for _, size in found) > 3
