"""The difference to the rendered files: by object, by field, complete, and silent where nothing differs."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.offline.diff import ABSENT, Action, FieldChange, compare, field_changes
from pulumi_kubernetes_mcp.offline.manifests import HEADER, Manifest, RenderError, write_manifests


def thing(name: str, **fields: object) -> Manifest:
    return Manifest(
        urn=name,
        body={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "mcp"}, **fields},
    )


DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "x", "y"]), inner, max_size=3)
        | st.lists(st.fixed_dictionaries({"name": st.sampled_from("pqr"), "v": inner}), max_size=3)
    ),
    max_leaves=10,
)


def same(a: object, b: object) -> bool:
    """Equality as YAML sees it: ``true`` is not ``1``."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


@given(DATA, DATA)
def test_there_is_a_change_exactly_where_two_values_differ(old, new):
    assert bool(list(field_changes(old, new))) is not same(old, new)
    assert list(field_changes(old, copy.deepcopy(old))) == []


@given(DATA, DATA)
def test_the_way_back_names_the_same_places(old, new):
    there = {(c.path, repr(c.old), repr(c.new)) for c in field_changes(old, new)}
    back = {(c.path, repr(c.new), repr(c.old)) for c in field_changes(new, old)}
    assert there == back


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"spec": {"minReplicas": 2}}, {"spec": {"minReplicas": 3}}, [("spec.minReplicas", 2, 3)]),
        ({"a": 1}, {}, [("a", 1, ABSENT)]),
        ({}, {"a": None}, [("a", ABSENT, None)]),
        ({"a": True}, {"a": 1}, [("a", True, 1)]),
        (
            {"labels": {"app.kubernetes.io/name": "x"}},
            {"labels": {"app.kubernetes.io/name": "y"}},
            [('labels["app.kubernetes.io/name"]', "x", "y")],
        ),
        (
            {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
            {"env": [{"name": "B", "value": "3"}]},
            [("env[A]", {"name": "A", "value": "1"}, ABSENT), ("env[B].value", "2", "3")],
        ),
        ({"args": ["a", "b"]}, {"args": ["a", "c", "d"]}, [("args[1]", "b", "c"), ("args[2]", ABSENT, "d")]),
        (
            {"env": [{"name": "A"}, {"name": "B"}]},
            {"env": [{"name": "B"}, {"name": "A"}]},
            [("env (order)", "A, B", "B, A")],
        ),
    ],
)
def test_places_and_values(old, new, expected):
    assert list(field_changes(old, new)) == [FieldChange(path=p, old=o, new=n) for p, o, n in expected]


def test_objects_are_added_changed_and_removed(tmp_path):
    write_manifests([thing("kept", data={"a": "1"}), thing("edited", data={"a": "1"}), thing("gone")], tmp_path)
    difference = compare([thing("added"), thing("edited", data={"a": "2"}), thing("kept", data={"a": "1"})], tmp_path)
    assert [(c.action, c.name, [f.path for f in c.fields]) for c in difference.objects] == [
        (Action.ADDED, "added", []),
        # The provider replaces a ConfigMap whose data changes.
        (Action.REPLACED, "edited", ["data.a"]),
        (Action.REMOVED, "gone", []),
    ]
    assert difference.stale_files == (
        "30-configmap-added.yaml",
        "30-configmap-edited.yaml",
        "30-configmap-gone.yaml",
    )
    assert not difference.up_to_date


def test_right_after_rendering_nothing_differs(tmp_path):
    objects = [thing("a", data={"x": "line\nline\n", "n": 1}), thing("b")]
    write_manifests(objects, tmp_path)
    difference = compare(objects, tmp_path)
    assert (difference.objects, difference.stale_files, difference.up_to_date) == ((), (), True)


def test_a_file_that_says_the_same_in_other_words_is_stale(tmp_path):
    write_manifests([thing("a")], tmp_path)
    file = tmp_path / "30-configmap-a.yaml"
    file.write_text(file.read_text() + "\n")
    difference = compare([thing("a")], tmp_path)
    assert (difference.objects, difference.stale_files) == ((), ("30-configmap-a.yaml",))
    assert not difference.up_to_date


def test_without_rendered_files_everything_is_added(tmp_path):
    difference = compare([thing("a")], tmp_path / "never")
    assert not difference.rendered
    assert not difference.up_to_date
    assert [c.action for c in difference.objects] == [Action.ADDED]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b: c", "is not YAML in line 2. Somebody edited it: render again."),
        ("- list", "holds something else than a Kubernetes object. Somebody edited it: render again."),
    ],
)
def test_a_broken_file_is_named(tmp_path, text, message):
    file = tmp_path / "30-configmap-a.yaml"
    file.write_text(HEADER + text)
    with pytest.raises(RenderError) as refused:
        compare([thing("a")], tmp_path)
    assert str(refused.value) == f"{file} {message}"
