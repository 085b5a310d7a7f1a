"""Patches as Kubernetes applies them. The goldens are worked by hand; the cluster tier asks kubectl for the same."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from pulumi_kubernetes_mcp.kubernetes import api
from pulumi_kubernetes_mcp.kubernetes.merge import PatchError, json_merge, strategic_merge
from tools import kubernetes_api

POD = "core.v1.PodSpec"
BEFORE: dict[str, Any] = {
    "containers": [
        {
            "name": "server",
            "image": "mcp:1",
            "args": ["--a", "--b"],
            "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            "ports": [{"name": "http", "containerPort": 8000}],
        }
    ],
    "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}, {"name": "cache", "emptyDir": {}}],
    "securityContext": {"runAsNonRoot": True, "fsGroup": 10001},
    "tolerations": [{"key": "a", "operator": "Exists"}],
}
MERGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a map is merged, and null removes": (
        {"securityContext": {"fsGroup": None, "runAsUser": 7}},
        {"securityContext": {"runAsNonRoot": True, "runAsUser": 7}},
    ),
    "a list without a key is replaced": (
        {"tolerations": [{"key": "b", "operator": "Exists"}]},
        {"tolerations": [{"key": "b", "operator": "Exists"}]},
    ),
    "an item is found by its key, and what is new goes first": (
        {"containers": [{"name": "proxy", "image": "p:1"}, {"name": "server", "args": ["--c"]}]},
        {"containers": [{"name": "proxy", "image": "p:1"}, {**BEFORE["containers"][0], "args": ["--c"]}]},
    ),
    "an item is deleted": (
        {"volumes": [{"name": "tmp", "$patch": "delete"}]},
        {"volumes": [{"name": "cache", "emptyDir": {}}]},
    ),
    "a list is replaced": (
        {"volumes": [{"$patch": "replace"}, {"name": "only", "emptyDir": {}}]},
        {"volumes": [{"name": "only", "emptyDir": {}}]},
    ),
    "a map is replaced": (
        {"securityContext": {"$patch": "replace", "runAsUser": 7}},
        {"securityContext": {"runAsUser": 7}},
    ),
    "a map is emptied": ({"securityContext": {"$patch": "delete"}}, {"securityContext": {}}),
    "only some fields are retained": (
        {"volumes": [{"name": "tmp", "$retainKeys": ["name", "configMap"], "configMap": {"name": "c"}}]},
        {"volumes": [{"name": "tmp", "configMap": {"name": "c"}}, {"name": "cache", "emptyDir": {}}]},
    ),
    "an order is set": (
        {"$setElementOrder/volumes": [{"name": "cache"}, {"name": "tmp"}]},
        {"volumes": [{"name": "cache", "emptyDir": {}}, {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}]},
    ),
    "a nested list in an item": (
        {"containers": [{"name": "server", "env": [{"name": "B", "value": "3"}, {"name": "C", "value": "4"}]}]},
        {
            "containers": [
                {
                    **BEFORE["containers"][0],
                    "env": [
                        {"name": "A", "value": "1"},
                        {"name": "B", "value": "3"},
                        {"name": "C", "value": "4"},
                    ],
                }
            ]
        },
    ),
}
"""What the patch is, and what it changes in the pod above."""


@pytest.mark.parametrize("name", MERGES)
def test_a_strategic_merge_patch(name: str) -> None:
    patch, changed = MERGES[name]
    before = json.dumps(BEFORE)
    assert strategic_merge(BEFORE, patch, POD) == {**BEFORE, **changed}
    assert json.dumps(BEFORE) == before, "the original is left as it was"


def test_a_selector_of_a_disruption_budget_is_replaced() -> None:
    """The one map of an object we make that the API says is replaced, in its schema."""
    spec = {"selector": {"matchLabels": {"a": "1"}}, "minAvailable": 1}
    merged = strategic_merge(spec, {"selector": {"matchLabels": {"b": "2"}}}, "policy.v1.PodDisruptionBudgetSpec")
    assert merged["selector"] == {"matchLabels": {"b": "2"}}


def test_plain_values_are_merged_and_deleted() -> None:
    meta = {"finalizers": ["a", "b"]}
    assert strategic_merge(meta, {"finalizers": ["c", "a"]}, "meta.v1.ObjectMeta")["finalizers"] == ["c", "a", "b"]
    gone = strategic_merge(meta, {"$deleteFromPrimitiveList/finalizers": ["a"]}, "meta.v1.ObjectMeta")
    assert gone == {"finalizers": ["b"]}


@pytest.mark.parametrize(
    ("patch", "path", "words"),
    [
        ({"$patch": "remove"}, "$patch", "'remove' is no directive."),
        ({"securityContext": {"$patch": "merge"}}, "securityContext.$patch", "'merge' is no directive."),
        ({"containers": [{"image": "a"}]}, "containers[0]", "merged by 'name', which is missing"),
        ({"containers": ["server"]}, "containers[0]", "merged by 'name', and this is no map"),
        ({"containers": [{"name": {"a": 1}}]}, "containers[0].name", "it must be known now"),
        ({"securityContext": {"$retainKeys": ["a"], "b": 1}}, "securityContext.$retainKeys", "gives b too"),
        ({"securityContext": {"$retainKeys": 7}}, "securityContext.$retainKeys", "It is no list."),
    ],
)
def test_what_cannot_be_merged_says_where(patch: dict[str, Any], path: str, words: str) -> None:
    with pytest.raises(PatchError) as refused:
        strategic_merge(BEFORE, patch, POD)
    assert refused.value.path == path
    assert words in refused.value.problem


def test_a_json_merge_patch_replaces_lists_and_removes_null() -> None:
    """The example of RFC 7396, chapter 3, in short."""
    before = {"title": "Goodbye!", "author": {"givenName": "John", "familyName": "Doe"}, "tags": ["a", "b"]}
    patch = {"title": "Hello!", "author": {"familyName": None}, "tags": ["a"], "phone": {"x": None, "y": 1}}
    assert json_merge(before, patch) == {
        "title": "Hello!", "author": {"givenName": "John"}, "tags": ["a"], "phone": {"y": 1}
    }  # fmt: skip
    with pytest.raises(PatchError, match="has no directives"):
        json_merge(before, {"author": {"$patch": "delete"}})


# The table of fields


def test_the_table_is_that_of_the_locked_schema() -> None:
    path = files("pulumi_kubernetes_mcp.kubernetes") / "api.json"
    assert path.read_text(encoding="utf-8") == kubernetes_api.text(), "python -m tools.kubernetes_api --write"


def test_every_merge_key_of_the_schema_is_in_the_table() -> None:
    """Read from the schema in another way than the table is made."""
    types = kubernetes_api.definitions()
    known = json.loads(kubernetes_api.text())["types"]
    missing = [
        (name, field)
        for name, schema in types.items()
        for field, one in schema.get("properties", {}).items()
        for short in [name.replace("io.k8s.api.", "").replace("io.k8s.apimachinery.pkg.apis.", "")]
        if short in known and field in known[short]
        if api.fields_of(short)[field].merge_key != one.get("x-kubernetes-patch-merge-key")
        and "x-kubernetes-patch-merge-key" in one
    ]
    assert missing == []
    assert api.fields_of(POD)["containers"].merge_key == "name"
    assert api.fields_of("core.v1.ServiceSpec")["ports"].merge_key == "port"
    assert api.fields_of(POD)["tolerations"].merge_key is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({}, [".containers: It is missing, and Kubernetes demands it."]),
        ({"containers": [{}]}, [".containers[0].name: It is missing, and Kubernetes demands it."]),
        ({"containers": {}}, [".containers: It is a map."]),
        ({"containers": [], "hostPid": True}, [".hostPid: Kubernetes has no field 'hostPid' here."]),
        ({"containers": [], "priority": "high"}, [".priority: It is a text."]),
        ({"containers": [], "hostPID": "true"}, [".hostPID: It is a text."]),
        ({"containers": [], "nodeSelector": {"a": 1}}, [".nodeSelector.a: It is a number."]),
        ({"containers": [], "overhead": {"cpu": "1 core"}}, [".overhead.cpu: It is a text."]),
        ({"containers": [], "overhead": {"cpu": "250m", "memory": 64}}, []),
        ({"containers": [], "priority": 7.0, "tolerations": None}, []),
    ],
)
def test_what_is_wrong_with_a_value_of_the_api(value: dict[str, Any], found: list[str]) -> None:
    assert [f"{one.path}: {one.problem}" for one in api.wrong_values(value, POD, "")] == found


def test_a_near_word_is_the_remedy() -> None:
    (wrong,) = api.wrong_values({"containers": [], "tolerence": []}, POD, "spec")
    assert wrong.remedy == "Did you mean 'tolerations'?"
