"""The page on capacity planning shows what the plan computes."""

from __future__ import annotations

import re

from pulumi_kubernetes_mcp.planning import connections, cpu, memory, replicas

from . import worked_example


def test_the_worked_example_is_up_to_date() -> None:
    assert worked_example.PAGE.read_text(encoding="utf-8") == worked_example.page()


def test_the_method_states_the_constants() -> None:
    method = re.sub(r"\s+", " ", worked_example.PAGE.read_text(encoding="utf-8").split("## The worked example")[0])
    for words in (
        f"Less than {connections.LEAST_POOL} is never planned",
        f"{memory.GC_HEADROOM_PERCENT} % above that for the garbage collector",
        f"the limit is the next multiple of {memory.MEMORY_STEP_MIB} MiB and the request "
        f"{memory.MEMORY_REQUEST_PERCENT} % of it",
        f"A pool takes {memory.POOL_MIB} MiB, or {memory.POOL_CONNECTION_MIB} MiB per connection",
        f"The Node heap is {memory.HEAP_PERCENT} % of the limit",
        f"{memory.DESCRIPTOR_RESERVE} in reserve, against a soft limit of {memory.DESCRIPTOR_SOFT_LIMIT}",
        f"and {cpu.BASE_CPU_MILLICORES}m for the process; the limit is the next multiple of "
        f"{cpu.CPU_LIMIT_STEP_MILLICORES}m and the request {cpu.CPU_REQUEST_PERCENT} % of it",
        f"in production {replicas.PRODUCTION_MINIMUM};",
    ):
        assert words in method
