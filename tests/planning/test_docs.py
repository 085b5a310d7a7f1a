"""The page on capacity planning says what the planner does: constants, functions, and what its examples teach."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp import region_plan as stack
from pulumi_kubernetes_mcp.planning import (
    Plan,
    calls,
    connections,
    cost,
    cpu,
    memory,
    pooler,
    replicas,
    sensitivity,
)
from pulumi_kubernetes_mcp.planning.queueing import poisson_mean, poisson_quantile, servers_for
from pulumi_kubernetes_mcp.planning.working import round_up, show
from pulumi_kubernetes_mcp.report.plan import plan_document
from tests.table import table
from tools.docs import capacity as worked_example

TEXT = re.sub(r"\s+", " ", worked_example.PAGE.read_text(encoding="utf-8"))


@table(
    "words",
    [
        f"the guide's {calls.GUIDE_CALLS} calls at 50 sessions count as that percentile",
        f"a pod is sized for its {100 * calls.BUSIEST:g}th percentile",
        f"makes at most {100 * connections.POOL_WAIT_PROBABILITY:g} % of the queries wait",
        f"Less than {connections.LEAST_POOL} is never planned",
        f"{memory.GC_HEADROOM_PERCENT} % above that for the garbage collector",
        f"the limit is the next multiple of {memory.MEMORY_STEP_MIB} MiB and the request "
        f"{memory.MEMORY_REQUEST_PERCENT} % of it",
        f"A pool takes {memory.POOL_MIB} MiB, or {memory.POOL_CONNECTION_MIB} MiB per connection",
        f"The Node heap is {memory.HEAP_PERCENT} % of the limit",
        f"{memory.DESCRIPTOR_RESERVE} in reserve, against a soft limit of {memory.DESCRIPTOR_SOFT_LIMIT}",
        f"all calls of a pod on the mean are {cpu.PLANNED_UTILISATION_PERCENT} % of the limit",
        f"The limit is the next multiple of {cpu.CPU_LIMIT_STEP_MILLICORES}m and the request "
        f"{cpu.CPU_REQUEST_PERCENT} % of it",
        f"in production {replicas.PRODUCTION_MINIMUM};",
        f"and in production {replicas.ZONE_MINIMUM} if there are three zones",
        f"{replicas.MAXIMUM_FACTOR} times the pods for the planned sessions, which holds a burst of "
        f"{replicas.BURST_FACTOR} times",
        f"{pooler.POOLER_GENERATIONS} × instances × (pool + reserve)",
        f"{pooler.RESERVE_PERCENT} % of an instance's share is its reserve",
        f"Requests × prices × {cost.HOURS_PER_MONTH} hours",
        f"within a factor of {sensitivity.ASSUMED_FACTOR:g} nine times in ten",
    ],
)
def test_the_method_states_the_constants(words: str) -> None:
    assert words in TEXT


def test_a_tenth_is_the_factor_of_what_was_given() -> None:
    assert sensitivity.GIVEN_FACTOR == 1.1
    assert "One that was given or measured is taken to be right within a tenth." in TEXT


def test_every_constant_has_a_row_and_a_reason() -> None:
    rows = dict(re.findall(r"^\| `(\w+\.\w+)` \| (\S+) \| .+ \|$", worked_example.constants(), re.MULTILINE))
    assert len(rows) > 25
    assert rows["memory.GC_HEADROOM_PERCENT"] == str(memory.GC_HEADROOM_PERCENT)
    assert rows["connections.POOL_FACTOR"] == show(connections.POOL_FACTOR)
    assert not [name for name in rows if name.startswith("queueing.")]


@pytest.mark.grid
def test_every_figure_of_the_examples_has_a_row_among_the_rules() -> None:
    rules = set(re.findall(r"^\| (.+?) \| ", worked_example.rules().replace("\\|", ""), re.MULTILINE))
    for plan in (worked_example.example(), worked_example.tool_mix().plan):
        names = {figure.name for figure in plan.figures() if figure.formula != "given"}
        ordinary = {name for name in names if ": " not in name or name.startswith(worked_example.STATION)}
        assert {name for name in ordinary if name not in rules} == set()


def test_a_figure_that_is_reckoned_in_three_ways_has_three_rows() -> None:
    assert len(re.findall(r"^\| peak sessions \| ", worked_example.rules(), re.MULTILINE)) == 3


def test_the_second_example_is_a_stack_that_is_planned_as_it_stands() -> None:
    shown = re.findall(r"```yaml\n(.+?)```", worked_example.PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert yaml.safe_load(shown[0]) == yaml.safe_load(worked_example.STACK.read_text(encoding="utf-8"))


# What the page reads from the second example.


def mix(change: Callable[[dict[str, Any]], object] = lambda _: None) -> Plan:
    """The second example with a change of its stack."""
    values = copy.deepcopy(yaml.safe_load(worked_example.STACK.read_text(encoding="utf-8"))["config"])
    change(values)
    return stack.plan_region(stack.load(values, where="tool_mix.yaml")).plan


@pytest.mark.grid
def test_the_objective_is_broken_at_a_third_of_the_cpu() -> None:
    plan = mix()
    assert not plan.waiting.meets_objective
    assert 30 < plan.waiting.stations[0].utilisation.value < 37
    tools = worked_example.tool_mix().region.first.inputs.workload.tools
    export = next(tool for tool in tools if tool.name == "export")
    whole = sum(tool.share_percent * tool.cpu_milliseconds for tool in tools)
    assert export.share_percent == 10
    assert export.share_percent * export.cpu_milliseconds / whole == pytest.approx(0.8, abs=0.05)


def steady_cost(plan: Plan) -> float:
    assert plan.cost is not None
    return plan.cost.steady.value


@pytest.mark.grid
def test_a_whole_core_mends_it_at_a_fifth_more() -> None:
    def core(values: dict[str, Any]) -> None:
        values["mcp:server"]["resources"] = {
            "requests": {"cpu": "250m", "memory": "192Mi"},
            "limits": {"cpu": "1", "memory": "256Mi"},
        }

    assert mix(core).waiting.meets_objective
    assert steady_cost(mix(core)) / steady_cost(mix()) == pytest.approx(1.2, abs=0.05)


@pytest.mark.grid
def test_half_the_sessions_mend_it_at_twice_the_cost() -> None:
    plan = mix(lambda values: values["mcp:workload"].update(sessionsPerPod=18))
    assert plan.waiting.meets_objective
    assert steady_cost(plan) / steady_cost(mix()) == pytest.approx(2, abs=0.2)


def test_without_the_exports_hardly_anybody_waits() -> None:
    plan = mix(lambda values: values["mcp:workload"]["tools"].pop())
    assert plan.waiting.p95 is not None
    assert plan.waiting.p95.value < 50


@pytest.mark.grid
def test_a_greater_maximum_changes_no_wait() -> None:
    assert mix(lambda values: values["mcp:scaling"].update(maxReplicas=100)).waiting == mix().waiting


def test_a_third_of_the_busiest_hours_sessions_is_open() -> None:
    plan = mix()
    assert max(worked_example.tool_mix().region.first.inputs.workload.sessions_by_hour) == 1300
    assert plan.load.peak_sessions.value / 1300 == pytest.approx(1 / 3, abs=0.02)


@pytest.mark.grid
def test_the_database_bounds_the_maximum_and_the_pooler_is_the_cheaper_remedy() -> None:
    plan = mix()
    assert plan.replicas.max_replicas_binding == "database"
    pooler_remedy, smaller_pool = plan.remedies[:2]
    assert "PgBouncer" in pooler_remedy.text
    assert "a pool of at most" in smaller_pool.text
    assert pooler_remedy.monthly is not None
    assert smaller_pool.monthly is not None
    assert pooler_remedy.monthly.value < smaller_pool.monthly.value


def test_the_queries_are_what_to_measure_first() -> None:
    first = worked_example.tool_mix().assumptions()[0]
    assert (first.path, first.origin) == ("mcp:workload.tools[*].queries", "assumed")
    inputs = next(one for one in plan_document(worked_example.tool_mix()).sections if one.title.startswith("Inputs"))
    assert inputs.blocks[1].rows[0][0] == first.path  # type: ignore[union-attr]


# What the traps say in numbers.


def test_more_than_twenty_calls_are_in_flight_one_percent_of_the_time_at_a_mean_of_twelve() -> None:
    assert poisson_mean(20, calls.BUSIEST) == pytest.approx(11.8, abs=0.05)
    assert "With a mean of 11.8 calls in flight there are more than 20 of them 1 % of the time." in TEXT


@table("share", [0.01, 0.05, 0.2, 0.5, 1])
@table("mean", [0.5, 2, 5, 11.8, 20, 50, 100, 300])
def test_the_guides_pool_is_hardly_ever_below_that_of_erlang_c(mean: float, share: float) -> None:
    in_use = round_up(round(poisson_quantile(mean, calls.BUSIEST) * share, 9))
    by_guide = round_up(in_use * connections.POOL_FACTOR + connections.POOL_SPARE)
    by_queueing = servers_for(1, mean * share, waiting=connections.POOL_WAIT_PROBABILITY)
    assert by_guide >= by_queueing - 1
    if mean * share > 100:
        assert by_guide > 1.2 * by_queueing
