"""Every stack under the real Pulumi CLI and the real Kubernetes provider, against a real API server."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.cluster.control_plane import ControlPlane
from tests.cluster.kubectl import wait_until
from tests.engine.project import ROOT, Project

STACKS = tuple(
    sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in ROOT.glob("stacks/Pulumi.*.yaml"))
)
PRODUCTION = "production-us-east"
DEPLOYMENT = "mcp-mcp-orders-service-deployment"
SERVER = ("deployment/mcp-orders", "-n", "mcp-prod-us-east")


@contextmanager
def stack(project: Project, plane: ControlPlane, name: str) -> Iterator[str]:
    """A stack in the backend, for a cluster without operators; nothing is left of it after the block."""
    before = namespaces(plane)
    project.pulumi("stack", "init", name)
    project.pulumi("config", "set", "--path", "mcp:awaits.customResources", "false", "--stack", name)
    try:
        yield name
    finally:
        project.steps("destroy", name)
    assert project.exported(name)["deployment"].get("resources") is None
    assert namespaces(plane) == before


def namespaces(plane: ControlPlane) -> set[str]:
    return {one["metadata"]["name"] for one in plane.client.get("namespaces")}


def manifests(name: str) -> int:
    """How many objects the committed manifests of a stack hold."""
    return sum(
        1
        for path in (ROOT / "stacks" / "rendered" / name).glob("*.yaml")
        for one in yaml.safe_load_all(path.read_text(encoding="utf-8"))
        if one
    )


def kinds(steps: dict[str, str]) -> set[str]:
    return set(steps.values())


@pytest.mark.parametrize("name", STACKS)
def test_the_life_of_a_stack(project: Project, plane: ControlPlane, name: str) -> None:
    with stack(project, plane, name):
        planned = project.steps("preview", name)
        assert kinds(planned) == {"create"}
        assert project.steps("up", name) == planned
        state = project.exported(name)["deployment"]["resources"]
        objects = [one for one in state if one["type"].startswith("kubernetes:")]
        assert len(objects) == manifests(name)
        assert project.steps("up", name) == {}
        assert project.steps("refresh", name) == {}
        project.pulumi(
            "config", "set", "--path", "mcp:server.image", "registry.example.com/acme/mcp-orders:9.9.9", "--stack", name
        )
        assert project.steps("up", name) == {DEPLOYMENT: "update"}
        assert project.steps("up", name) == {}


@pytest.mark.parametrize("seconds", [2.0, 3.0, 4.0, 5.0])
def test_what_was_killed_recovers(project: Project, plane: ControlPlane, seconds: float) -> None:
    with stack(project, plane, PRODUCTION):
        killed = project.killed_after(seconds, ("pulumi", "up", "--stack", PRODUCTION, "--yes", "--non-interactive"))
        assert killed.status != 0, killed.text
        recovered = project.run("scripts/pulumi-or-offline", "recover", PRODUCTION, extra={"YES": "1"})
        assert recovered.status == 0, recovered.text
        assert project.exported(PRODUCTION)["deployment"].get("pending_operations") is None
        assert project.steps("up", PRODUCTION) == {}


def test_an_image_after_a_scale_keeps_the_count(project: Project, plane: ControlPlane) -> None:
    with stack(project, plane, PRODUCTION):
        project.steps("up", PRODUCTION)
        plane.kubectl("scale", *SERVER, "--replicas=7")
        project.pulumi(
            "config",
            "set",
            "--path",
            "mcp:server.image",
            "registry.example.com/acme/mcp-orders:1.5.0",
            "--stack",
            PRODUCTION,
        )
        assert project.steps("up", PRODUCTION) == {DEPLOYMENT: "update"}
        assert plane.client.get(*SERVER)["spec"]["replicas"] == 7
        assert project.steps("refresh", PRODUCTION).keys() <= {DEPLOYMENT}
        assert project.steps("up", PRODUCTION) == {}


CHANGES = {
    "pooler off": {
        "mcp:database.pooler": "none",
        "mcp:database.poolerExporter": "false",
        "mcp:scaling.maxReplicas": "12",
    },
    "secret source": {"mcp:secrets.source": "existing", "mcp:secrets.name": "orders-credentials"},
    "session era": {
        "mcp:server.eras[0]": "legacy-stateful",
        "mcp:edge.affinity": "envelope",
        "mcp:edge.implementation": "envoy-gateway",
        "mcp:scaling.prometheusAddress": "http://prometheus-operated.monitoring:9090",
    },
    "more pods": {"mcp:scaling.maxReplicas": "25"},
}
"""Changes of a running stack, each said as a release pipeline says it."""


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_what_the_preview_says_and_comes_to_rest(
    project: Project, plane: ControlPlane, change: str
) -> None:
    with stack(project, plane, PRODUCTION):
        project.steps("up", PRODUCTION)
        uid = plane.client.get(*SERVER)["metadata"]["uid"]
        for key, value in CHANGES[change].items():
            project.pulumi("config", "set", "--path", key, value, "--stack", PRODUCTION)
        planned = project.steps("preview", PRODUCTION)
        assert planned
        assert project.steps("up", PRODUCTION) == planned
        assert project.steps("up", PRODUCTION) == {}
        assert plane.client.get(*SERVER)["metadata"]["uid"] == uid


def test_a_preview_shows_plan_and_findings_before_the_engine(project: Project, plane: ControlPlane) -> None:
    with stack(project, plane, PRODUCTION):
        shown = project.run("scripts/pulumi-or-offline", "preview", PRODUCTION)
        assert shown.status == 0, shown.text
        assert shown.text.index("Findings") < shown.text.index("Previewing update")


def test_a_stack_that_cannot_work_registers_nothing(project: Project, plane: ControlPlane) -> None:
    with stack(project, plane, PRODUCTION):
        for key, value in {
            "mcp:edge.affinity": "cookies",
            "mcp:scaling.minReplicas": "40",
            "mcp:servr.port": "80",
        }.items():
            project.pulumi("config", "set", "--path", key, value, "--stack", PRODUCTION)
        done = project.run("pulumi", "up", "--stack", PRODUCTION, "--yes", "--skip-preview", "--non-interactive")
        assert done.status != 0
        assert "Traceback" not in done.text
        assert all(f"mcp:{word}" in done.text for word in ("edge.affinity", "scaling.maxReplicas", "servr")), done.text
        resources = project.exported(PRODUCTION)["deployment"].get("resources", [])
        assert [one["type"] for one in resources if one["type"].startswith("kubernetes:")] == []


def test_a_program_of_ones_own(project: Project, plane: ControlPlane) -> None:
    """The example that takes the components into another program."""
    for name in ("Pulumi.yaml", "__main__.py"):
        given = Path(ROOT / "examples" / "own_program" / name).read_text(encoding="utf-8")
        project.folder.joinpath(name).write_text(given, encoding="utf-8")
    before = namespaces(plane)
    project.pulumi("stack", "init", "own")
    project.pulumi("config", "set", "tag", "1.4.2", "--stack", "own")
    planned = project.steps("preview", "own")
    assert kinds(planned) == {"create"}
    assert project.steps("up", "own") == planned
    assert project.steps("up", "own") == {}
    assert project.steps("refresh", "own") == {}
    project.steps("destroy", "own")
    assert namespaces(plane) == before


def test_what_no_operator_fulfils_is_explained(project: Project, plane: ControlPlane) -> None:
    """Without the operator that fills the Secret, an update waits, ends, and says which key ends the waiting."""
    with stack(project, plane, PRODUCTION):
        for key, value in {"mcp:awaits.customResources": "true", "mcp:awaits.timeoutSeconds": "20"}.items():
            project.pulumi("config", "set", "--path", key, value, "--stack", PRODUCTION)
        done = project.run("scripts/pulumi-or-offline", "up", PRODUCTION, extra={"YES": "1"})
        assert done.status != 0
        assert "mcp:awaits.customResources" in done.text, done.text
        assert "ExternalSecret" in done.text


def objects_of(plane: ControlPlane, kind: str) -> set[str]:
    return {one["metadata"]["name"] for one in plane.client.get(kind, "-n", SERVER[2])}


def test_a_second_server_comes_and_goes(project: Project, plane: ControlPlane) -> None:
    """It sorts before the first, so it is the one with which the pooler of both is watched."""
    with stack(project, plane, PRODUCTION):
        project.steps("up", PRODUCTION)
        uid = plane.client.get(*SERVER)["metadata"]["uid"]
        before = objects_of(plane, "podmonitors")
        for key, value in {
            "mcp:servers.mcp-orders.server.path": "/mcp",
            "mcp:servers.mcp-billing.server.path": "/billing/mcp",
        }.items():
            project.pulumi("config", "set", "--path", key, value, "--stack", PRODUCTION)
        project.steps("up", PRODUCTION)
        assert project.steps("up", PRODUCTION) == {}
        assert objects_of(plane, "podmonitors") == {"mcp-billing", "mcp-billing-pooler", "mcp-orders"}
        project.pulumi("config", "rm", "mcp:servers", "--stack", PRODUCTION)
        project.steps("up", PRODUCTION)
        assert project.steps("refresh", PRODUCTION) == {}
        assert project.steps("up", PRODUCTION) == {}
        assert objects_of(plane, "podmonitors") == before
        assert plane.client.get(*SERVER)["metadata"]["uid"] == uid


def test_going_back_after_an_update_that_ended_half_way_takes_nothing_away(
    project: Project, plane: ControlPlane
) -> None:
    """The settings of the pooler are named by their content: those of before are wanted again, and still there."""
    with stack(project, plane, PRODUCTION):
        project.steps("up", PRODUCTION)
        before = objects_of(plane, "configmaps")
        for key, value in {"mcp:scaling.maxReplicas": "25", "mcp:server.priorityClassName": "there-is-none"}.items():
            project.pulumi("config", "set", "--path", key, value, "--stack", PRODUCTION)
        # No pod of that class can be made, so the update waits for the pooler.
        update = project.start("pulumi", "up", "--stack", PRODUCTION, "--yes", "--skip-preview", "--non-interactive")
        try:
            wait_until("the new settings", lambda: objects_of(plane, "configmaps") > before)
            time.sleep(2)
        finally:
            os.killpg(update.pid, signal.SIGKILL)
            update.communicate()
        project.pulumi("cancel", "--stack", PRODUCTION, "--yes")
        project.steps("refresh", PRODUCTION, "--clear-pending-creates")
        project.pulumi("config", "set", "--path", "mcp:scaling.maxReplicas", "30", "--stack", PRODUCTION)
        project.pulumi("config", "rm", "--path", "mcp:server.priorityClassName", "--stack", PRODUCTION)
        project.steps("up", PRODUCTION)
        assert objects_of(plane, "configmaps") == before
        assert project.steps("refresh", PRODUCTION) == {}
        assert project.steps("up", PRODUCTION) == {}


def set_all(project: Project, changes: dict[str, str]) -> None:
    for key, value in changes.items():
        project.pulumi("config", "set", "--path", key, value, "--stack", PRODUCTION)


def test_a_release_in_two_colours(project: Project, plane: ControlPlane) -> None:
    """From one Deployment to two, the switch and back: what serves is never replaced, and nothing is left to do."""
    with stack(project, plane, PRODUCTION):
        project.steps("up", PRODUCTION)
        set_all(
            project,
            {
                "mcp:server.rollout.strategy": "BlueGreen",
                "mcp:server.rollout.blueGreen.greenImage": "registry.example.com/acme/mcp-orders:1.5.0",
                "mcp:scaling.maxReplicas": "12",
            },
        )
        uids = {}
        for active in ("blue", "green", "blue"):
            set_all(project, {"mcp:server.rollout.blueGreen.active": active})
            planned = project.steps("preview", PRODUCTION)
            assert project.steps("up", PRODUCTION) == planned
            assert project.steps("up", PRODUCTION) == {}
            found = {
                one["metadata"]["name"]: one["metadata"]["uid"] for one in plane.client.get("deploy", "-n", SERVER[2])
            }
            uids = uids or found
            assert found == uids
        assert project.steps("refresh", PRODUCTION) == {}


def test_the_kind_of_edge_is_changed_with_both_open_in_between(project: Project, plane: ControlPlane) -> None:
    with stack(project, plane, PRODUCTION):
        project.steps("up", PRODUCTION)
        set_all(project, {"mcp:edge.kind": "ingress", "mcp:edge.implementation": "nginx"})
        planned = project.steps("preview", PRODUCTION)
        assert project.steps("up", PRODUCTION) == planned
        assert project.steps("up", PRODUCTION) == {}
        assert objects_of(plane, "ingresses") == {"mcp-orders"}
        assert objects_of(plane, "httproutes") == set()
