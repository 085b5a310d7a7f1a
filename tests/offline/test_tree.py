"""The tree holds every resource once, under its component, always in the same order."""

import pulumi
import pulumi_kubernetes as k8s
import pytest

from pulumi_kubernetes_mcp.offline.tree import Node, tree
from pulumi_kubernetes_mcp.testing import record

from .programs import Box, server


def shape(node: Node):
    return (node.kind, node.name, node.physical_name, node.notes, [shape(child) for child in node.children])


def test_components_come_first_and_children_in_order_of_application():
    def program():
        server(ignore_changes=["spec.replicas"], protect=True)
        k8s.core.v1.Service("web", metadata={"name": "svc"}, spec={})
        box = Box("box")
        Box("inner", opts=pulumi.ResourceOptions(parent=box))

    run = record(program)
    outer = run.resource("ConfigMap", "box-settings").physical_name
    inner = run.resource("ConfigMap", "inner-settings").physical_name
    assert [shape(node) for node in tree(run)] == [
        (
            "Box",
            "box",
            None,
            (),
            [
                ("Box", "inner", None, (), [("ConfigMap", "inner-settings", inner, (), [])]),
                ("ConfigMap", "box-settings", outer, (), []),
            ],
        ),
        ("Service", "web", "svc", (), []),
        ("Deployment", "server", "web", ("protected", "ignores spec.replicas"), []),
    ]


def test_what_the_engine_does_otherwise_with_a_resource_is_noted():
    def program():
        server(
            import_="default/web",
            retain_on_delete=True,
            delete_before_replace=True,
            transforms=[lambda _: None],
        )

    (node,) = tree(record(program))
    assert node.notes[:3] == ("kept on delete", "deleted before it is replaced", "imports default/web")
    assert node.notes[3].startswith("transforms: ")


def count(nodes):
    return sum(1 + count(node.children) for node in nodes)


@pytest.mark.grid
def test_every_resource_but_the_stack_is_in_it_once():
    def program():
        parent = None
        for number in range(30):
            parent = Box(f"box-{number}", opts=pulumi.ResourceOptions(parent=parent))

    run = record(program)
    assert len(run.resources) == 61
    assert count(tree(run)) == 60
