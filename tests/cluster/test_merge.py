"""Strategic merge patches beside the real one: `kubectl patch --local` merges the same cases, with no server asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_kubernetes_mcp.kubernetes.merge import strategic_merge
from tests.cluster import build
from tests.cluster.gomodules import MissingError
from tests.cluster.kubectl import Kubectl
from tests.kubernetes.test_merge import BEFORE, MERGES
from tests.missing import leave_out

FURTHER: dict[str, dict[str, Any]] = {
    "several new items, some of them old": {
        "containers": [{"name": "a", "image": "a:1"}, {"name": "server", "tty": True}, {"name": "b", "image": "b:1"}]
    },
    "an item in front and one behind": {
        "volumes": [{"name": "cache", "emptyDir": {}}, {"name": "new", "emptyDir": {}}]
    },
    "null in what is new": {"affinity": {"nodeAffinity": None, "podAffinity": {}}},
    "a list that is deleted item by item": {
        "volumes": [{"name": "tmp", "$patch": "delete"}, {"name": "cache", "$patch": "delete"}]
    },
}
CASES = {**{name: patch for name, (patch, _) in MERGES.items()}, **FURTHER}


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    """kubectl without a server."""
    home = tmp_path_factory.mktemp("kubectl")
    # The file has to be there, though nobody is asked.
    (home / "none.yaml").write_text("apiVersion: v1\nkind: Config\n", encoding="utf-8")
    try:
        return Kubectl(build.binaries()["kubectl"], home / "none.yaml", home)
    except MissingError as error:
        leave_out(f"cluster tier cannot run: {error}")


@pytest.mark.parametrize("name", CASES)
def test_kubectl_merges_the_same(name: str, kubectl: Kubectl) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": BEFORE}
    arguments = ("--type", "strategic", "--patch", json.dumps({"spec": CASES[name]}), "-o", "json")
    answer = kubectl.run("patch", "--local", "-f", "-", *arguments, text=json.dumps(pod))
    theirs = json.loads(answer.stdout)["spec"]
    assert without_empty(theirs) == without_empty(strategic_merge(BEFORE, CASES[name], "core.v1.PodSpec"))


def without_empty(value: Any) -> Any:
    """A value without what kubectl fills in or leaves out: empty maps, and null."""
    if isinstance(value, dict):
        kept = {key: without_empty(item) for key, item in value.items() if item is not None}
        return {key: item for key, item in kept.items() if item != {}}
    return [without_empty(item) for item in value] if isinstance(value, list) else value
