"""One run reports all mistakes of a file: those of its form, and those the rules find in the rest."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.settings import SettingsError
from pulumi_kubernetes_mcp.settings.problems import Problem
from pulumi_kubernetes_mcp.settings.salvage import covers, salvage
from pulumi_kubernetes_mcp.stack import load

GOOD = {
    "mcp:region": {"name": "us-east"},
    "mcp:server": {"image": "registry.example.com/a/b:1.0.0", "healthPath": "/healthz"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com"},
}


def problems(**changed: object) -> list[str]:
    values = {**GOOD, **{f"mcp:{key}": value for key, value in changed.items()}}
    with pytest.raises(SettingsError) as caught:
        load(values, where="here")
    return [problem.path for problem in caught.value.problems]


def test_mistakes_of_form_and_of_sense_are_reported_together() -> None:
    found = problems(
        server={"image": "registry.example.com/a/b:latest", "helthPath": "/healthz"},
        scaling={"minReplicas": 9, "maxReplicas": 3},
        accept=[{"code": "nonsense", "reason": "short"}],
    )
    assert found[:3] == ["mcp:server.helthPath", "mcp:accept[0].code", "mcp:accept[0].reason"]
    assert sorted(found[3:]) == ["mcp:scaling.maxReplicas", "mcp:server.image"]


def test_what_a_mistake_entails_is_not_reported_besides() -> None:
    eras = ["legacy-stateful"]
    found = problems(
        server={"image": "registry.example.com/a/b:1.0.0", "healthPath": "/healthz", "eras": eras},
        edge={"host": "mcp.example.com", "implementation": "envoy-gateway"},
        scaling={"prometheusAddress": 9090},
    )
    assert found == ["mcp:scaling.prometheusAddress"]


def test_without_a_required_key_only_its_absence_is_reported() -> None:
    assert problems(server={"healthPath": "/healthz", "port": 3000}) == ["mcp:server.image"]


def test_a_list_item_goes_as_a_whole_and_others_stay() -> None:
    values = {**GOOD, "mcp:accept": [{"code": "x"}, {"code": "MCP105", "reason": "a long enough reason"}]}
    rest = salvage(values, [Problem("mcp:accept[0].code", "", ""), Problem("mcp:accept[0].reason", "", "")])
    assert rest is not None
    assert [item.code for item in rest.accept] == ["MCP105"]
    assert len(values["mcp:accept"]) == 2


@pytest.mark.parametrize(
    ("problem", "path", "expected"),
    [
        ("mcp:server", "mcp:server.image", True),
        ("mcp:server.resources.limits", "mcp:server.resources", True),
        ("mcp:server.image", "mcp:server.image", True),
        ("mcp:server.image", "mcp:server.port", False),
    ],
)
def test_a_path_is_covered_by_its_own_line_only(problem: str, path: str, expected: bool) -> None:
    assert covers([Problem(problem, "", "")], path) is expected
