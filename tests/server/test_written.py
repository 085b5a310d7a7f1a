"""Keys of a server as people write them: what cannot work is refused with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic.alias_generators import to_snake

from pulumi_kubernetes_mcp import McpService
from pulumi_kubernetes_mcp.inputs.checked import ArgumentsError
from pulumi_kubernetes_mcp.inputs.outputs import FindingsError
from pulumi_kubernetes_mcp.kubernetes.api import own_resources
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.rules.model import errors
from pulumi_kubernetes_mcp.settings import SettingsError
from pulumi_kubernetes_mcp.settings.arguments import FREE_KEYS
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record
from tests import mutation
from tests.rendered import kubernetes_schemas

CASES = yaml.load((Path(__file__).parent / "written.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
SERVER = {"image": "ghcr.io/acme/orders:1.4.2", "name": "orders", "healthPath": "/healthz", "livenessPath": "/livez"}


def stack(server: dict[str, Any], **groups: Any) -> dict[str, Any]:
    """A stack with some keys of its server."""
    return {
        "mcp:region": {"name": "us-east", "kubernetesVersion": "1.36"},
        "mcp:server": {**SERVER, **server},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        **{f"mcp:{name}": value for name, value in groups.items()},
    }


def plan(values: dict[str, Any]) -> RegionPlan:
    """The plan of a stack."""
    return plan_region(load_stack(values, where="stack"), rehearse=False)


def refused(values: dict[str, Any]) -> list[str]:
    """Where a stack is refused when it is read."""
    with pytest.raises(SettingsError) as caught:
        load_stack(values, where="stack")
    assert all(problem.problem and problem.remedy for problem in caught.value.problems)
    assert "_" not in " ".join(f"{one.problem} {one.remedy}" for one in caught.value.problems if "_" not in one.path)
    return [problem.path for problem in caught.value.problems]


@pytest.mark.parametrize("case", CASES["form"], ids=lambda case: str(case["server"])[:60])
def test_what_is_refused_when_it_is_read(case: dict[str, Any]) -> None:
    assert refused(stack(case["server"])) == [case["at"]]


@pytest.mark.parametrize("case", CASES["form"][:3], ids=lambda case: str(case["server"])[:60])
def test_the_place_is_that_of_the_server_that_says_it(case: dict[str, Any]) -> None:
    of_one = stack({"name": None}, servers={"a": {"server": case["server"]}, "b": {"server": {"path": "/b"}}})
    assert refused(of_one) == [case["at"].replace("mcp:server", "mcp:servers.a.server")]


@pytest.mark.parametrize("case", CASES["rule"], ids=lambda case: case["code"])
def test_what_a_rule_refuses(case: dict[str, Any]) -> None:
    assert [(one.code, one.path) for one in errors(plan(stack(case["server"])).findings)] == [
        (case["code"], case["at"])
    ]


@pytest.mark.grid
@pytest.mark.parametrize("case", CASES["right"], ids=lambda case: str(case["server"])[:60])
def test_what_is_right(case: dict[str, Any]) -> None:
    made = plan(stack(case["server"]))
    assert errors(made.findings) == []
    for body in mutation.rendered([made])[0]:
        if body["kind"] in ("Deployment", "Role"):
            assert kubernetes_schemas.problems(body, kubernetes_schemas.MINORS[-1]) == []


def in_program(value: Any, *, free: bool = False) -> Any:
    """Keys as a program has them; those of a free map are the user's."""
    if isinstance(value, dict):
        return {
            key if free else to_snake(key): in_program(item, free=not free and to_snake(key) in FREE_KEYS)
            for key, item in value.items()
        }
    return [in_program(item) for item in value] if isinstance(value, list) else value


def place_in_program(case: dict[str, Any]) -> str:
    """The place of a case among the arguments of McpService."""
    steps = case["at"].removeprefix("mcp:server").removeprefix(".")
    return to_snake(steps) if steps != "name" else "server_name"


@pytest.mark.parametrize("case", [*CASES["form"], *CASES["rule"]], ids=lambda case: str(case["server"])[:60])
def test_a_program_is_refused_in_its_own_words(case: dict[str, Any]) -> None:
    args = in_program(case["server"])
    args |= {"server_name": args.pop("name")} if "name" in args else {}
    refused = {"image": "ghcr.io/acme/orders:1.4.2", "namespace": "tools", "health_path": "/healthz", **args}
    with pytest.raises((ArgumentsError, FindingsError)) as caught:
        record(lambda: McpService("web", refused))
    assert place_in_program(case) in str(caught.value)


@pytest.mark.grid
def test_a_number_is_what_its_text_is() -> None:
    as_numbers = {"requests": {"cpu": 0.25, "memory": "256Mi"}, "limits": {"cpu": 4, "memory": "256Mi"}}
    as_texts = {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "4", "memory": "256Mi"}}
    for one, other in ((as_numbers, as_texts),):
        first, second = plan(stack({"resources": one})), plan(stack({"resources": other}))
        assert first.servers[0].plan == second.servers[0].plan
    surge = [mutation.rendered([plan(stack({"rollout": {"maxSurge": given}}))])[0] for given in (1, "1")]
    assert surge[0] == surge[1]


def test_resources_of_the_api_are_known_by_their_plural() -> None:
    own = own_resources()
    assert own["ingresses"] == {"networking.k8s.io"}
    assert own["networkpolicies"] == {"networking.k8s.io"}
    assert own["endpoints"] == {""}
    assert own["events"] == {"", "events.k8s.io"}
    assert own["storageclasses"] == {"storage.k8s.io"}
    assert own["replicasets"] == {"apps"}
