"""``mcp-stack doctor`` against the real API server: what is there, what is missing, and nothing that changes."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import yaml

from pulumi_kubernetes_mcp.doctor.judge import judge, questions
from pulumi_kubernetes_mcp.doctor.model import State
from pulumi_kubernetes_mcp.doctor.needs import Needs, needs
from pulumi_kubernetes_mcp.doctor.read import read
from tests.cluster.control_plane import ControlPlane
from tests.cluster.processes import quiet_environment

RENDERED = Path(__file__).parents[2] / "stacks" / "rendered"
CONTEXT = "loopback"


def wanted(stack: str) -> Needs:
    files = sorted((RENDERED / stack).glob("*.yaml"))
    return needs(one for path in files for one in yaml.safe_load_all(path.read_bytes()) if one)


def test_a_real_cluster_is_read_and_not_changed(control_plane: ControlPlane, crds: list[str]) -> None:
    """The definitions are there; Gateway, store and metrics API are not, and each is said."""

    def kubectl(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            control_plane.client.argv(*words[1:]),
            capture_output=True,
            text=True,
            env=quiet_environment(control_plane.folder),
            timeout=60,
        )

    before = control_plane.kubectl("get", "namespaces,secrets,customresourcedefinitions", "-A", "-o", "name")
    need = wanted("production-us-east")
    snapshot = read(CONTEXT, questions(need), kubectl)
    found = {line.what: line for line in judge(need, snapshot, zones=1)}
    assert before == control_plane.kubectl("get", "namespaces,secrets,customresourcedefinitions", "-A", "-o", "name")
    assert [line for line in found.values() if line.state is State.UNSURE] == []
    assert found["Kubernetes"].state is State.OK
    assert found["Rights to apply"].state is State.OK
    assert found["Topology labels"].state is State.OK
    assert found["Gateway gateway-system/public"].state is State.MISSING
    assert found["Metrics API"].state is State.MISSING
    assert found["Namespace kube-system"].state is State.OK
    assert found["Namespace mcp-prod-us-east"].detail == "will be made"
    assert found["ClusterSecretStore platform"].state is State.MISSING
    served = [line for what, line in found.items() if what.startswith(("Gateway API:", "External Secrets"))]
    assert [line.state for line in served] == [State.OK] * len(served)
    assert len(served) >= 2
