"""Pods start only once the account they run as is there: every workload of every component waits for it."""

from __future__ import annotations

import pytest

from tests.components.case import Case
from tests.components.cases import CASES, by_id
from tests.rendered.objects import WORKLOADS

WITH_PODS = [case for case in CASES if case.component in ("McpService", "McpPgBouncer")]


@pytest.mark.parametrize("case", WITH_PODS, ids=by_id)
def test_a_workload_waits_for_its_account(case: Case) -> None:
    run = case.run()
    (workload,) = [one for kind in WORKLOADS for one in run.of_type(kind)]
    accounts = {one.physical_name: one.urn for one in run.of_type("ServiceAccount")}
    wanted = workload.inputs["spec"]["template"]["spec"]["serviceAccountName"]
    assert accounts[wanted] in workload.options.dependencies
