"""Whether the load test of a stack can be played, at the keys of the stack file."""

from __future__ import annotations

from ... import wiring
from ...load_test import args as load_test
from ...server_plan import ServerPlan
from ...settings.fields import given
from ...settings.models import LoadTestSettings
from .. import load_test as rules
from ..doors import in_keys
from ..model import Finding
from ..unread import Unread, unread_findings
from .components import door

GROUP = "mcp:loadTest"
OF_A_RUN = (
    *("first_launch", "hold_minutes", "arguments", "p95_milliseconds", "failed_percent", "production", "parallelism"),
    *("paused", "runner_image", "token_secret", "token_key", "operator_namespace", "runner_node_selector"),
    *("runner_tolerations", "patches"),
)
"""Keys that only a TestRun reads."""


def load_test_findings(server: ServerPlan) -> list[Finding]:
    """What the component says, what nothing reads without a scenario, and what a result says of the plan."""
    asked = server.settings.load_test
    return [] if asked is None else [*_result_findings(server, asked), *_run_findings(server, asked)]


def _result_findings(server: ServerPlan, asked: LoadTestSettings) -> list[Finding]:
    """What a load test found that the plan does not say."""
    if asked.result is None:
        return []
    found = asked.result.content
    knee = found.knee.sessions_per_pod if found.knee is not None and found.knee.reached else None
    return rules.result_findings(
        of=(found.region, found.server),
        expected=(server.settings.region.name, server.name),
        planned=int(server.plan.capacity.sessions_per_pod.value),
        knee=knee,
        growth=found.memory.mib_per_hour if found.memory is not None and found.memory.growing else None,
        path="mcp:loadTest.result",
    )


def _run_findings(server: ServerPlan, asked: LoadTestSettings) -> list[Finding]:
    """What the component refuses or warns of, and what nothing reads without a scenario."""
    table = door("McpLoadTest")
    if asked.scenario is None:
        row = Unread(keys=OF_A_RUN, why="no ⟦scenario⟧ is given", instead="give ⟦scenario⟧")
        return in_keys(unread_findings(rules.UNREAD, [row], given(asked)), table)
    found = in_keys(load_test.load_test_findings(wiring.load_test_args(server, server.namespace)), table)
    if server.settings.workload.tools:
        return found
    # Arguments are of tools that nobody has named yet.
    others = [one for one in found if one.code != rules.UNKNOWN_TOOL.code]
    return [*rules.tool_findings(tools=0, path="mcp:workload.tools"), *others]
