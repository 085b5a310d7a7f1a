"""Rendered manifests: the same bytes in every run, valid to apply, no secret, written all or none."""

import os
from pathlib import Path

import pulumi
import pulumi_kubernetes as k8s
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.offline.manifests import (
    HEADER,
    Manifest,
    RenderError,
    files,
    manifests,
    write_manifests,
)
from pulumi_kubernetes_mcp.testing import record

from .programs import generated_secret, server


def rendered(program) -> dict[str, str]:
    return files(manifests(record(program)))


def config_map(name: str, **metadata: str) -> Manifest:
    return Manifest(urn=name, body={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}})


def test_a_file_is_exactly_this():
    assert rendered(lambda: server(ignore_changes=["spec.replicas"])) == {
        "50-deployment-web.yaml": """\
# Rendered by mcp-stack. Change the stack file and render again; do not edit.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: mcp
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: server
          image: registry.example/mcp:1.0.0
"""
    }


@pytest.mark.parametrize(
    ("ignored", "replicas"),
    [
        ([], 4),
        (["metadata.labels"], 4),
        (["spec.replicasets"], 4),
        (["spec.replicas"], None),
        (['spec["replicas"]'], None),
        (["spec"], None),
    ],
)
def test_the_count_is_left_out_only_where_changes_to_it_are_ignored(ignored, replicas):
    body = record(lambda: server(4, ignore_changes=ignored)).manifest("Deployment")
    assert body["spec"].get("replicas") == replicas
    assert "selector" in body["spec"]


def test_objects_come_in_the_order_in_which_they_can_be_applied():
    def program():
        server()
        generated_secret()
        k8s.core.v1.Namespace("ns", metadata={"name": "mcp"})
        k8s.apiextensions.CustomResource("scaler", api_version="keda.sh/v1alpha1", kind="ScaledObject", spec={})
        k8s.core.v1.Service("svc", metadata={"name": "web"}, spec={})

    assert [m.kind for m in manifests(record(program))] == [
        "Namespace",
        "ConfigMap",
        "Secret",
        "Service",
        "Deployment",
        "ScaledObject",
    ]


def test_a_secret_shows_its_keys_and_no_value():
    def program():
        generated_secret()
        k8s.core.v1.Secret("raw", metadata={"name": "raw"}, data={"token": "aHVudGVyMg=="})

    run = record(program)
    password = run.resource("Secret", "credentials").inputs["stringData"].value["password"]
    assert run.manifest("Secret", "credentials")["stringData"] == {"user": "[secret]", "password": "[secret]"}
    # base64 of "[secret]": the API server refuses anything else here.
    assert run.manifest("Secret", "raw")["data"] == {"token": "W3NlY3JldF0="}
    assert run.manifest("ConfigMap")["data"] == {"url": "[secret]"}
    text = "".join(files(manifests(run)).values())
    assert password not in text
    assert "aHVudGVyMg" not in text


def test_a_secret_that_another_sdk_declares_in_clear_is_masked_too():
    def program():
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "raw"}, "stringData": {"token": "hunter2"}}
        pulumi.CustomResource("kubernetes:core/v1:Secret", "raw", body)

    run = record(program)
    assert run.resource("Secret").secret_paths == ()
    assert run.manifest("Secret")["stringData"] == {"token": "[secret]"}


@pytest.mark.grid
def test_what_is_not_one_object_is_left_out():
    def program():
        k8s.core.v1.ConfigMapPatch("patch", metadata={"name": "existing"}, data={"a": "b"})
        k8s.core.v1.ConfigMapList("list", items=[])
        k8s.helm.v3.Release("chart", chart="nginx")
        k8s.core.v1.ConfigMap("real", metadata={"name": "real"}, data={})

    assert list(rendered(program)) == ["30-configmap-real.yaml"]


def test_the_namespace_of_the_provider_is_rendered_and_no_other_default():
    def program():
        provider = k8s.Provider("cluster", namespace="team")
        placed = pulumi.ResourceOptions(provider=provider)
        k8s.core.v1.ConfigMap("a", metadata={"name": "a"}, data={}, opts=placed)
        k8s.core.v1.Namespace("b", metadata={"name": "b"}, opts=placed)
        k8s.core.v1.ConfigMap("c", metadata={"name": "c"}, data={})

    metadata = {m.name: m.body["metadata"] for m in manifests(record(program))}
    assert metadata == {"a": {"name": "a", "namespace": "team"}, "b": {"name": "b"}, "c": {"name": "c"}}


def test_one_object_declared_twice_is_refused():
    def program():
        for name in ("one", "two"):
            k8s.core.v1.ConfigMap(name, metadata={"name": "same", "namespace": "mcp"}, data={})

    with pytest.raises(pulumi.RunError) as refused:
        manifests(record(program))
    urn = "urn:pulumi:test::test::kubernetes:core/v1:ConfigMap::"
    assert str(refused.value) == (
        f'Two resources declare the ConfigMap "same" in the namespace mcp: {urn}one and {urn}two. '
        "The cluster refuses the second one: give each its own name."
    )


def test_equal_names_in_two_namespaces_get_two_files():
    objects = [config_map("a", namespace="x"), config_map("a", namespace="y"), config_map("b")]
    assert list(files(objects)) == ["30-configmap-x-a.yaml", "30-configmap-y-a.yaml", "30-configmap-b.yaml"]


@pytest.mark.parametrize("name", ["../../escape", "system:role", "UPPER", "ö", "..", "a/b"])
def test_a_file_name_never_leaves_the_directory(name):
    (file,) = files([config_map(name)])
    assert file.startswith("30-configmap-")
    assert "/" not in file


BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1, max_size=6), BODIES, max_size=4))
def test_what_is_written_reads_back_the_same(body):
    text = Manifest(urn="u", body=body).text
    assert text.startswith(HEADER)
    assert yaml.safe_load(text) == body


def test_texts_of_several_lines_stay_readable_and_repeats_are_written_out():
    shared = {"app": "web"}
    text = Manifest(urn="u", body={"data": {"a.ini": "[x]\ny = 1\n"}, "one": shared, "two": shared}).text
    assert "  a.ini: |\n    [x]\n    y = 1\n" in text
    assert "&" not in text


def names(directory: Path) -> list[str]:
    return sorted(os.listdir(directory))


def test_writing_replaces_all_files_and_leaves_no_other(tmp_path):
    target = tmp_path / "rendered" / "dev"
    write_manifests([config_map("a"), config_map("b")], target)
    assert names(target) == ["30-configmap-a.yaml", "30-configmap-b.yaml"]
    write_manifests([config_map("b"), config_map("c")], target)
    assert names(target) == ["30-configmap-b.yaml", "30-configmap-c.yaml"]
    assert names(tmp_path / "rendered") == ["dev"]


@pytest.mark.parametrize("step", ["write", "swap"])
def test_a_failure_leaves_the_old_files(tmp_path, monkeypatch, step):
    target = tmp_path / "dev"
    write_manifests([config_map("old")], target)

    def fail(*args, **kwargs):
        raise OSError("no space left")

    if step == "write":
        monkeypatch.setattr(Path, "write_text", fail)
    else:
        rename = Path.rename
        monkeypatch.setattr(Path, "rename", lambda self, to: fail() if self.name == "new" else rename(self, to))
    with pytest.raises(OSError, match="no space left"):
        write_manifests([config_map("new")], target)
    monkeypatch.undo()
    assert names(target) == ["30-configmap-old.yaml"]
    assert names(tmp_path) == ["dev"]


def test_a_directory_with_other_files_is_not_touched(tmp_path):
    tmp_path.joinpath("notes.txt").write_text("mine")
    with pytest.raises(RenderError, match=r"notes\.txt was not rendered by mcp-stack"):
        write_manifests([config_map("a")], tmp_path)
    assert names(tmp_path) == ["notes.txt"]


def test_a_file_in_place_of_the_directory_is_not_touched(tmp_path):
    target = tmp_path / "dev"
    target.write_text("mine")
    with pytest.raises(RenderError, match="is not a directory"):
        write_manifests([config_map("a")], target)
    assert target.read_text() == "mine"
