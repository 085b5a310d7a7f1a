"""Eras are derived and capacity is planned once for each server of a run, whoever asks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from pulumi_kubernetes_mcp import McpAutoscaling, McpIngress, McpRegion, McpService, eras, planning, rehearsal
from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.eras import EraProfile
from pulumi_kubernetes_mcp.inputs.served import ServedKeys
from pulumi_kubernetes_mcp.keys import COMPONENTS
from pulumi_kubernetes_mcp.testing import record

GROUPS: dict[str, Any] = {
    "region": {"name": "here"},
    "server": {
        "image": "registry.example.com/acme/orders:1.4.2",
        "name": "orders",
        "healthPath": "/ready",
        "livenessPath": "/live",
        "eras": ["modern", "legacy-stateful"],
    },
    "workload": {"dailyUsers": 500},
    "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "scaling": {"prometheusAddress": "http://prometheus.monitoring:9090", "maxReplicas": 12},
    "database": {"host": "db.example.com", "maxConnections": 900},
    "secrets": {"source": "config", "values": {"username": {"secure": "v1:a"}, "password": {"secure": "v1:b"}}},
}
SEVERAL = {"orders": {"server": {"path": "/orders"}}, "billing": {"server": {"path": "/billing", "eras": ["modern"]}}}
OWN = """
from pulumi_kubernetes_mcp import McpRegion
McpRegion("here", {
    "region": {"name": "here"},
    "server": {"image": "registry.example.com/acme/orders:1.4.2", "name": "orders", "health_path": "/ready"},
    "workload": {"daily_users": 500},
    "edge": {"host": "mcp.example.com"},
})
"""


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often something was derived and planned."""
    counted: Counter[str] = Counter()

    def counting(name: str, decide: Callable[..., Any]) -> Callable[..., Any]:
        def count(*given: Any, **named: Any) -> Any:
            counted[name] += 1
            return decide(*given, **named)

        return count

    monkeypatch.setattr(eras, "derive", counting("derived", eras.derive))
    monkeypatch.setattr(planning, "plan", counting("planned", planning.plan))
    return counted


def project(root: Path, *names: str, servers: Any = None, program: str | None = None) -> Path:
    """A project of stacks that differ in their region."""
    root.joinpath("Pulumi.yaml").write_text("name: mcp\nruntime: python\n", encoding="utf-8")
    for name in names:
        groups = {**GROUPS, "region": {"name": name}} | ({"servers": servers} if servers else {})
        config = {"config": {f"mcp:{group}": value for group, value in groups.items()}}
        root.joinpath(f"Pulumi.{name}.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    if program is not None:
        root.joinpath("__main__.py").write_text(program, encoding="utf-8")
    return root


STANDARD = "from pulumi_kubernetes_mcp import program\nprogram.run()\n"


@pytest.mark.parametrize(
    ("verb", "program"), [("preview", None), ("preview", STANDARD), ("check", None), ("render", STANDARD)]
)
def test_a_run_decides_once_for_each_server(
    verb: str, program: str | None, decided: Counter[str], tmp_path: Path
) -> None:
    project(tmp_path, "here", servers=SEVERAL, program=program)
    done = CliRunner().invoke(app, [verb, "--project-dir", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert decided == {"derived": 2, "planned": 2}


@pytest.mark.grid
def test_a_preview_plays_the_spike_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    project(tmp_path, "here", servers={"orders": {"workload": {"dailyUsers": 500, "heavyCalls": 10}}})
    played = 0
    spike = rehearsal._spike

    def counting(*places: Any, **named: Any) -> Any:
        nonlocal played
        played += 1
        return spike(*places, **named)

    monkeypatch.setattr(rehearsal, "_spike", counting)
    done = CliRunner().invoke(app, ["preview", "--project-dir", str(tmp_path)])
    assert "a 2 × spike is absorbed in" in done.output
    assert played == 1


@pytest.mark.grid
def test_other_stacks_are_decided_once_too(decided: Counter[str], tmp_path: Path) -> None:
    project(tmp_path, "east", "west", "north")
    assert CliRunner().invoke(app, ["check", "--all", "--project-dir", str(tmp_path)]).exit_code == 0
    assert decided == {"derived": 3, "planned": 3}
    decided.clear()
    assert CliRunner().invoke(app, ["preview", "--stack", "east", "--project-dir", str(tmp_path)]).exit_code == 0
    assert decided == {"derived": 3, "planned": 3}


@pytest.mark.grid
@pytest.mark.parametrize("verb", ["check", "preview"])
def test_a_region_in_a_program_decides_once(verb: str, decided: Counter[str], tmp_path: Path) -> None:
    project(tmp_path, program=OWN)
    assert CliRunner().invoke(app, [verb, "--project-dir", str(tmp_path)]).exit_code == 0
    assert decided == {"derived": 1, "planned": 1}


@pytest.mark.grid
def test_a_program_that_changes_its_configuration_is_planned_as_it_is(decided: Counter[str], tmp_path: Path) -> None:
    changed = (
        "import json, pulumi\nfrom pulumi.runtime import config\n"
        "server = json.loads(config.get_config('mcp:server'))\n"
        "config.set_config('mcp:server', json.dumps({**server, 'name': 'renamed'}))\n"
    )
    project(tmp_path, "here", program=changed + STANDARD)
    done = CliRunner().invoke(app, ["preview", "--json", "--project-dir", str(tmp_path)])
    assert done.exit_code == 0, done.output
    names = {one["metadata"]["name"] for one in json.loads(done.output)["manifests"] if one["kind"] == "Deployment"}
    assert (names, decided["planned"]) == ({"renamed"}, 2)


def test_a_component_of_its_own_derives_once(decided: Counter[str]) -> None:
    served = {"namespace": "shop", "eras": ["modern", "legacy-stateful"], "max_replicas": 4}

    def build() -> None:
        image, server = "registry.example.com/shop:1.0.0", {key: served[key] for key in ("namespace", "eras")}
        McpService("shop", {**server, "image": image, "health_path": "/ready"})
        assert decided["derived"] == 1
        McpIngress(
            "shop",
            {**served, "host": "mcp.example.com", "service_name": "shop", "implementation": "nginx", "kind": "ingress"},
        )
        assert decided["derived"] == 2
        McpAutoscaling("shop", {**served, "target": "shop", "prometheus_address": "http://prometheus:9090"})

    record(build)
    assert decided == {"derived": 3}


@pytest.mark.grid
def test_a_region_of_its_own_takes_the_plan_of_nobody_else() -> None:
    def build() -> None:
        for name in ("east", "west"):
            McpRegion(
                name,
                {
                    "region": {"name": name},
                    "server": {"image": "registry.example.com/shop:1.0.0", "health_path": "/ready"},
                    "workload": {"daily_users": 500},
                    "edge": {"host": f"{name}.example.com"},
                },
            )

    made = record(build).resources
    assert {one.inputs["metadata"]["name"] for one in made if one.type.endswith(":Namespace")} == {
        "mcp-prod-east",
        "mcp-prod-west",
    }


SERVED = [group for group in COMPONENTS.values() if issubclass(group, ServedKeys)]


@pytest.mark.parametrize("group", SERVED, ids=lambda group: group.__name__)
def test_what_is_derived_is_handed_on_and_dropped_where_something_else_is_said(group: type[ServedKeys]) -> None:
    needed = {"namespace": "n", "target": "t", "max_replicas": 2, "image": "i:1", "host": "a.example.com"}
    needed |= {"service_name": "s", "server_name": "s"}
    given = {key: value for key, value in needed.items() if key in group.model_fields}
    keys = group.model_validate(given, by_name=True)
    another: EraProfile = eras.derive([eras.Era.SSE], max_tool_seconds=7)
    handed = keys.with_profile(another)
    assert handed.era_profile is another
    assert keys.era_profile.eras == (eras.Era.MODERN,)
    assert handed.model_copy(update={"accept": {}}).era_profile is another
    assert handed.model_copy(update={"eras": ["legacy-stateful"]}).era_profile.sessions


def test_each_component_that_knows_eras_can_be_handed_what_follows() -> None:
    assert len(SERVED) == sum("eras" in group.model_fields for group in COMPONENTS.values()) == 4
