"""What a change does to an object that runs: update, replacement, restart; and what is the same resource."""

import pulumi
import pulumi_kubernetes as k8s
import pytest

from pulumi_kubernetes_mcp.offline.diff import (
    ANOTHER_RESOURCE,
    Action,
    by_identity,
    object_changes,
    resources,
)
from pulumi_kubernetes_mcp.offline.lifecycle import REPLACING, replacing, restarts
from pulumi_kubernetes_mcp.offline.manifests import manifests
from pulumi_kubernetes_mcp.testing import record

DEPLOYMENT = ("apps", "Deployment", "mcp", "web")
NAMED = {"name": "web", "namespace": "mcp"}


def body(kind: str, name: str, *, api: str = "v1", **fields: object) -> dict[str, object]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "mcp"}, **fields}


def deployment(image: str = "a:1", config: str = "web-0a1b2c3d", **spec: object) -> dict[str, object]:
    pod = {
        "containers": [{"name": "server", "image": image}],
        "volumes": [{"name": "config", "configMap": {"name": config}}],
    }
    return body("Deployment", "web", api="apps/v1", spec={"template": {"spec": pod}, **spec})


def keyed(*bodies: dict[str, object]) -> dict[tuple[str, str, str, str], dict[str, object]]:
    return {
        (str(b["apiVersion"]).rpartition("/")[0], str(b["kind"]), "mcp", str(b["metadata"]["name"])): b for b in bodies
    }


def between(old, new):
    """The changes between two programs, as the engine would see them."""
    before, after = record(old), record(new)
    return object_changes(by_identity(manifests(before)), by_identity(manifests(after)), resources(before, after))


def seen(changes):
    return [(c.action.value, c.kind, c.name, c.was, c.because, c.restarts, c.restarts_with) for c in changes]


@pytest.mark.parametrize(("kind", "fields"), REPLACING.items())
def test_a_field_that_cannot_be_changed_replaces_and_its_neighbour_does_not(kind, fields):
    identity = (*kind, "mcp", "x")
    for field in fields:
        for path in (field, f"{field}.inner", f"{field}[0]"):
            assert replacing(identity, ["metadata.labels.a", path]) == (path,)
        assert replacing(identity, [f"{field}s", f"x.{field}"]) == ()


@pytest.mark.parametrize(
    ("path", "restarted"),
    [
        ("spec.template.spec.containers[server].image", True),
        ("spec.template.metadata.labels.version", True),
        ("spec.template", True),
        ("spec.replicas", False),
        ("spec.templates", False),
        ("metadata.labels.version", False),
    ],
)
def test_pods_restart_when_their_template_differs(path, restarted):
    assert restarts(DEPLOYMENT, [path]) is restarted
    assert restarts(("apps", "StatefulSet", "mcp", "db"), [path]) is restarted
    assert restarts(("batch", "Job", "mcp", "web"), [path]) is False


def test_an_image_restarts_and_a_count_does_not():
    old = keyed(deployment(), body("Service", "web", spec={"type": "ClusterIP"}))
    new = keyed(deployment("a:2"), body("Service", "web", spec={"type": "NodePort"}))
    assert seen(object_changes(old, new)) == [
        ("changed", "Deployment", "web", "", (), True, ()),
        ("changed", "Service", "web", "", (), False, ()),
    ]
    assert seen(object_changes(keyed(deployment()), keyed(deployment(paused=True)))) == [
        ("changed", "Deployment", "web", "", (), False, ())
    ]


def test_a_new_selector_makes_the_workload_and_its_pods_anew():
    old, new = deployment(selector={"matchLabels": {"a": "1"}}), deployment(selector={"matchLabels": {"a": "2"}})
    assert seen(object_changes(keyed(old), keyed(new))) == [
        ("replaced", "Deployment", "web", "", ("spec.selector.matchLabels.a",), True, ())
    ]


def test_an_object_named_after_its_content_is_replaced_and_restarts_who_names_it():
    old = keyed(body("ConfigMap", "web-0a1b2c3d", data={"n": "1"}), deployment())
    new = keyed(body("ConfigMap", "web-ffffffff", data={"n": "2"}), deployment(config="web-ffffffff"))
    assert seen(object_changes(old, new)) == [
        ("replaced", "ConfigMap", "web-ffffffff", "web-0a1b2c3d", ("metadata.name", "data.n"), False, ()),
        ("changed", "Deployment", "web", "", (), True, ("ConfigMap web-ffffffff",)),
    ]


def test_of_several_with_one_base_name_nobody_can_tell_which_is_which():
    old = keyed(*(body("ConfigMap", name) for name in ("web-0a1b2c3d", "web-1a1b2c3d")))
    new = keyed(*(body("ConfigMap", name) for name in ("web-2a1b2c3d", "web-3a1b2c3d")))
    assert [c.action for c in object_changes(old, new)] == [Action.ADDED, Action.ADDED, Action.REMOVED, Action.REMOVED]


def test_names_that_only_look_alike_are_two_objects():
    old, new = keyed(body("ConfigMap", "web-blue")), keyed(body("ConfigMap", "web-green"))
    assert [(c.action, c.name) for c in object_changes(old, new)] == [
        (Action.ADDED, "web-green"),
        (Action.REMOVED, "web-blue"),
    ]


def test_a_new_name_or_namespace_of_one_resource_is_a_replacement():
    def program(name, namespace):
        return lambda: k8s.core.v1.Service("web", metadata={"name": name, "namespace": namespace}, spec={})

    assert seen(between(program("a", "mcp"), program("b", "mcp"))) == [
        ("replaced", "Service", "b", "a", ("metadata.name",), False, ())
    ]
    assert seen(between(program("a", "mcp"), program("a", "other"))) == [
        ("replaced", "Service", "a", "mcp/a", ("metadata.namespace",), False, ())
    ]


class Box(pulumi.ComponentResource):
    def __init__(self, name, *, child=None, opts=None, child_opts=None):
        super().__init__("test:index:Box", name, None, opts)
        options = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(parent=self), child_opts)
        k8s.core.v1.Service(child or f"{name}-service", metadata=NAMED, spec={}, opts=options)
        self.register_outputs({})


def service(name="web", **options):
    return lambda: k8s.core.v1.Service(name, metadata=NAMED, spec={}, opts=pulumi.ResourceOptions(**options))


TYPE = "kubernetes:core/v1:Service"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (service("old"), service("new", aliases=[pulumi.Alias(name="old")])),
        (service("old"), service("new", aliases=[f"urn:pulumi:stack::project::{TYPE}::old"])),
        (
            lambda: Box("a"),
            lambda: Box("b", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="a")])),
        ),
        (
            lambda: Box("a", child="fixed"),
            lambda: Box("b", child="fixed", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="a")])),
        ),
        (
            service("a-service"),
            lambda: Box(
                "a", child_opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)])
            ),
        ),
        (
            lambda: Box("a"),
            lambda: Box(
                "b",
                child="renamed",
                opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="a")]),
                child_opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="a-service")]),
            ),
        ),
    ],
    ids=["name", "urn", "parent", "parent, fixed child", "moved into a component", "both"],
)
def test_what_has_an_alias_of_its_former_place_stays(old, new):
    assert between(old, new) == ()
    assert between(new, new) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (service("old"), service("new")),
        (lambda: Box("a"), lambda: Box("b")),
        (service("a-service"), lambda: Box("a")),
        (service("old"), service("new", aliases=[pulumi.Alias(name="elder")])),
    ],
)
def test_the_same_object_of_another_resource_is_told(old, new):
    assert seen(between(old, new)) == [("replaced", "Service", "web", "", (ANOTHER_RESOURCE,), False, ())]


def test_a_name_that_the_engine_makes_restarts_who_names_it():
    def program(level):
        def run():
            config = k8s.core.v1.ConfigMap("settings", metadata={"namespace": "mcp"}, data={"level": level})
            pod = {
                "containers": [{"name": "server", "image": "a:1"}],
                "volumes": [{"name": "config", "configMap": {"name": config.metadata.name}}],
            }
            labels = {"app": "web"}
            k8s.apps.v1.Deployment(
                "web",
                metadata=NAMED,
                spec={"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
            )

        return run

    (config, web) = between(program("info"), program("debug"))
    assert (config.action, config.because) == (Action.REPLACED, ("data.level",))
    assert (web.action, web.fields, web.restarts, web.restarts_with) == (
        Action.CHANGED,
        (),
        True,
        (f"ConfigMap {config.name}",),
    )
    assert between(program("info"), program("info")) == ()
