"""Whether a rollout leaves enough pods: the boundary from both sides, in pods and in percent."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.rules.rollout import need_findings

from .test_checks import inspected, told

PATH = "mcp:server.rollout.maxUnavailable"


@pytest.mark.parametrize(
    ("unavailable", "minimum", "needed", "speaks"),
    [
        (None, 4, 4, False),
        ("0", 4, 4, False),
        ("1", 4, 4, True),
        ("1", 5, 4, False),
        ("2", 5, 4, True),
        # 24 % of 4 pods is none, 25 % is one.
        ("24%", 4, 4, False),
        ("25%", 4, 4, True),
        # Where more are needed than the minimum, the autoscaler holds those.
        ("1", 2, 4, True),
        ("100%", 4, 1, True),
        ("9", 4, 1, True),
    ],
)
def test_what_is_left_is_held_against_the_need(
    unavailable: str | None, minimum: int, needed: int, speaks: bool
) -> None:
    found = need_findings(unavailable=unavailable, minimum=minimum, needed=needed, path=PATH)
    assert [one.code for one in found] == ["MCP660"] * speaks


def test_it_is_told_of_a_stack() -> None:
    plan = inspected(rehearse=False).first
    slack = plan.replicas - int(plan.plan.replicas.steady_replicas.value)
    assert slack > 0
    for gone, expected in ((slack, []), (slack + 1, [("MCP660", PATH)])):
        rollout = {"maxUnavailable": str(gone)}
        assert [one for one in told(rehearse=False, server={"rollout": rollout}) if one[0] == "MCP660"] == expected
    assert ("MCP660", PATH) not in told(rehearse=False, server={"rollout": {"strategy": "Recreate"}})
