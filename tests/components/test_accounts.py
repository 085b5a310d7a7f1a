"""Pods start only once the account they run as is there: every Deployment of every component waits for it."""

from __future__ import annotations

import pytest

from .cases import CASES, Case, by_id

WITH_PODS = [case for case in CASES if case.component in ("McpService", "McpPgBouncer")]


@pytest.mark.parametrize("case", WITH_PODS, ids=by_id)
def test_a_deployment_waits_for_its_account(case: Case) -> None:
    run = case.run()
    (deployment,) = run.of_type("Deployment")
    accounts = {one.physical_name: one.urn for one in run.of_type("ServiceAccount")}
    wanted = deployment.inputs["spec"]["template"]["spec"]["serviceAccountName"]
    assert accounts[wanted] in deployment.options.dependencies
