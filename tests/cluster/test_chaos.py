"""``mcp-stack chaos`` against the real API server, as its CronJob runs it: the command line and the rights of McpChaos.

Pods are objects here, so the clients call a small server beside the cluster: what a fault costs them is a matter of
``tests/lab``. Here it is what is done to the cluster, by whom, and that it is undone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.chaos_runner.keys import ChaosComponentKeys
from pulumi_kubernetes_mcp.chaos_runner.objects import chaos_objects
from pulumi_kubernetes_mcp.kubernetes.objects import selector
from tests.cluster import sample
from tests.cluster.build import binaries
from tests.cluster.control_plane import ControlPlane
from tests.cluster.kubectl import Object, wait_until
from tests.cluster.processes import quiet_environment

ROOT = Path(__file__).parents[2]
SPACE, SERVER = "chaos", "web"
PODS = 6
SHORT = ["--before", "1", "--clients", "1", "--rate", "4"]
"""Not in the manifest, whose defaults suit a cluster with something behind it."""
LIMIT_S = 120.0


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server of the modern era that nothing happens to."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.probe_server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/modern"
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def pods(control_plane: ControlPlane) -> Iterator[None]:
    """A server's pods in three zones, and a database, in a namespace of their own."""
    control_plane.apply([sample.namespace_object(SPACE), *workloads()])
    for one in (f"deployment/{SERVER}", "statefulset/postgres"):
        control_plane.client.rollout_complete(one, SPACE)
    yield
    control_plane.client.delete([sample.namespace_object(SPACE)])


def workloads() -> list[Object]:
    """Six pods with the labels that a stack gives them, and a StatefulSet."""

    def workload(kind: str, name: str, labels: dict[str, Any], replicas: int) -> Object:
        template = {"metadata": {"labels": labels}, "spec": sample.pod_spec()}
        spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
        named = {"serviceName": name} if kind == "StatefulSet" else {}
        return {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": SPACE},
            "spec": {**spec, **named},
        }

    return [
        workload("Deployment", SERVER, dict(selector(SERVER, "server")), PODS),
        workload("StatefulSet", "postgres", {"app.kubernetes.io/name": "postgres"}, 1),
    ]


class Runner:
    """What McpChaos makes for an experiment, and its pod's command as its ServiceAccount."""

    def __init__(self, plane: ControlPlane, folder: Path, url: str, **more: Any) -> None:
        given = {"hold_seconds": 3.0, "recover_seconds": 5.0, "calls_lost": 0, **more}
        keys = ChaosComponentKeys.model_validate(
            {
                "namespace": SPACE,
                "server_name": SERVER,
                "url": url,
                "image": sample.IMAGE,
                "environment": "staging",
                **given,
            }
        )
        made = chaos_objects(keys)
        plane.apply([{"apiVersion": one.api_version, "kind": one.kind, **dict(one.body)} for one in made.values()])
        job = made["cronjob"].body["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        (container,) = job["containers"]
        self.folder = folder
        self.words = [*container["command"][1:], *SHORT]
        self.words[self.words.index("--journal") + 1] = str(folder / "mcp-chaos-undo.sh")
        self.config = folder / "kubeconfig"
        self.config.write_text(json.dumps(self._config(plane, job["serviceAccountName"])))

    @staticmethod
    def _config(plane: ControlPlane, account: str) -> dict[str, Any]:
        """The configuration of the administrator with the token of the ServiceAccount."""
        token = plane.kubectl("create", "token", account, "--namespace", SPACE).strip()
        config: dict[str, Any] = json.loads(plane.kubeconfig.read_text())
        config["users"][0]["user"] = {"token": token}
        return config

    def begun(self) -> subprocess.Popen[str]:
        """The command, in a process."""
        path = f"{binaries()['kubectl'].parent}:{os.environ['PATH']}"
        variables = {**quiet_environment(self.folder), "PATH": path, "KUBECONFIG": str(self.config)}
        return subprocess.Popen(
            [sys.executable, "-m", "pulumi_kubernetes_mcp.cli", *self.words],
            cwd=self.folder,
            env={**variables, "PYTHONPATH": str(ROOT / "components")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, status: int = 0) -> dict[str, Any]:
        """Its result, with nothing left to be undone."""
        process = self.begun()
        try:
            output, errors = process.communicate(timeout=LIMIT_S)
        finally:
            process.kill()
        assert "Traceback" not in errors, errors
        assert process.returncode == status, f"{output}\n{errors}"
        assert not (self.folder / "mcp-chaos-undo.sh").exists()
        found: dict[str, Any] = json.loads(output)
        return found


def ready(plane: ControlPlane) -> dict[str, str]:
    """The ready pods of the server: name to zone."""
    nodes = {one["metadata"]["name"]: one["metadata"]["labels"] for one in plane.client.get("nodes")}
    found = plane.client.get("pods", "--namespace", SPACE, "--selector", f"app.kubernetes.io/name={SERVER}")
    return {
        one["metadata"]["name"]: nodes[one["spec"]["nodeName"]]["topology.kubernetes.io/zone"]
        for one in found
        if "deletionTimestamp" not in one["metadata"]
        and any(state["type"] == "Ready" and state["status"] == "True" for state in one["status"]["conditions"])
    }


def all_ready(plane: ControlPlane) -> dict[str, str]:
    return wait_until("six pods", lambda: found if len(found := ready(plane)) == PODS else {})


@pytest.mark.usefixtures("pods")
@pytest.mark.parametrize("experiment", ["kill-pod", "kill-zone"])
def test_what_is_killed_is_what_was_chosen(
    experiment: str, control_plane: ControlPlane, tmp_path: Path, server: str
) -> None:
    before = all_ready(control_plane)
    found = Runner(control_plane, tmp_path, server, experiment=experiment).run()
    after = all_ready(control_plane)
    killed = set(before) - set(after)
    assert killed == set(found["affected"])
    zones = Counter(before[name] for name in killed)
    if experiment == "kill-pod":
        assert zones.total() == 1
    else:
        ((zone, count),) = zones.items()
        assert count == list(before.values()).count(zone)


@pytest.mark.usefixtures("pods")
def test_a_database_is_scaled_down_and_up_again(control_plane: ControlPlane, tmp_path: Path, server: str) -> None:
    runner = Runner(
        control_plane,
        tmp_path,
        server,
        experiment="stop-database",
        workload="statefulset/postgres",
        tool="tool_1",
        hold_seconds=6.0,
    )
    process = runner.begun()
    try:
        wait_until("no database", lambda: replicas(control_plane) == 0, limit_s=LIMIT_S)
        output, errors = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
    assert "Traceback" not in errors, errors
    assert json.loads(output)["experiment"] == "stop-database"
    assert replicas(control_plane) == 1
    control_plane.client.rollout_complete("statefulset/postgres", SPACE)


def replicas(plane: ControlPlane) -> int:
    return int(plane.client.get("statefulset", "postgres", "--namespace", SPACE)["spec"]["replicas"])


@pytest.mark.usefixtures("pods")
@pytest.mark.parametrize("end", [None, signal.SIGTERM], ids=["to its end", "ended by the kubelet"])
def test_a_pod_is_cut_off_and_let_in_again(
    end: signal.Signals | None, control_plane: ControlPlane, tmp_path: Path, server: str
) -> None:
    """Also when the pod of the experiment is deleted in the middle of it."""
    before = all_ready(control_plane)
    runner = Runner(
        control_plane, tmp_path, server, experiment="drop-network", hold_seconds=4.0 if end is None else 60.0
    )
    process = runner.begun()
    try:
        policy = wait_until("a policy", lambda: dropping(control_plane), limit_s=LIMIT_S)
        chosen = policy["spec"]["podSelector"]["matchLabels"]
        words = ",".join(f"{key}={value}" for key, value in chosen.items())
        marked = wait_until(
            "a pod of the policy", lambda: control_plane.client.get("pods", "--namespace", SPACE, "--selector", words)
        )
        assert [one["metadata"]["name"] in before for one in marked] == [True]
        assert (policy["spec"].get("ingress"), policy["spec"].get("egress")) == (None, None)
        assert sorted(policy["spec"]["policyTypes"]) == ["Egress", "Ingress"]
        began = time.monotonic()
        if end is not None:
            process.send_signal(end)
        output, errors = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
    assert "Traceback" not in errors, errors
    assert dropping(control_plane) is None
    assert control_plane.client.get("pods", "--namespace", SPACE, "--selector", words) == []
    assert set(all_ready(control_plane)) == set(before)
    assert not (tmp_path / "mcp-chaos-undo.sh").exists()
    if end is None:
        assert [one["metadata"]["name"] for one in marked] == json.loads(output)["affected"]
    else:
        assert time.monotonic() - began < 60


def dropping(plane: ControlPlane) -> Object | None:
    """The policy of the experiment: it selects pods by a label that no stack gives."""
    found = plane.client.get("networkpolicies", "--namespace", SPACE)
    others = (SERVER, f"{SERVER}-chaos")
    return next((one for one in found if one["metadata"]["name"] not in others), None)


@pytest.mark.usefixtures("pods")
def test_the_account_of_one_experiment_may_do_no_other(
    control_plane: ControlPlane, tmp_path: Path, server: str
) -> None:
    """What kills pods cannot stop the database: the API server refuses it, and nothing is changed."""
    runner = Runner(control_plane, tmp_path, server, experiment="kill-pod")
    runner.words[1] = "stop-database"
    runner.words += ["--workload", "statefulset/postgres"]
    found = runner.run(status=1)
    assert "forbidden" in found["error"]["message"].lower()
    assert replicas(control_plane) == 1
