"""The resources of a run as a tree: every component over its children."""

from __future__ import annotations

from dataclasses import dataclass

from .manifests import apply_order
from .model import STACK_TYPE, Deployment, Resource


@dataclass(frozen=True, kw_only=True)
class Node:
    """One resource and what it holds."""

    kind: str
    """``McpService``, ``Deployment``."""
    name: str
    """Name in the program."""
    physical_name: str | None
    """Name in the cluster; ``None`` for components and where only a deployment knows it."""
    namespace: str | None
    notes: tuple[str, ...]
    """What is special about its life: protection, ignored changes, aliases."""
    children: tuple[Node, ...]

    def to_dict(self) -> dict[str, object]:
        """The node as plain data that JSON can hold."""
        return {
            "kind": self.kind,
            "name": self.name,
            "physicalName": self.physical_name,
            "namespace": self.namespace,
            "notes": list(self.notes),
            "children": [child.to_dict() for child in self.children],
        }


def tree(deployment: Deployment) -> tuple[Node, ...]:
    """The top resources of the stack, each with everything below it.

    Components come before single resources, and Kubernetes objects in order of application, so that the tree of
    one program always reads the same.
    """
    root = deployment.root
    return _below(root, deployment) if root is not None else ()


def _below(parent: Resource, deployment: Deployment) -> tuple[Node, ...]:
    children = sorted(deployment.children(parent), key=_order)
    return tuple(_node(child, deployment) for child in children if child.type != STACK_TYPE)


def _node(resource: Resource, deployment: Deployment) -> Node:
    return Node(
        kind=resource.kind,
        name=resource.name,
        physical_name=resource.physical_name,
        namespace=resource.namespace,
        notes=_notes(resource),
        children=_below(resource, deployment),
    )


def _order(resource: Resource) -> tuple[bool, int, str, str]:
    return resource.custom, apply_order(resource.kind), resource.kind, resource.name


def _notes(resource: Resource) -> tuple[str, ...]:
    options = resource.options
    notes = []
    if options.protect:
        notes.append("protected")
    if options.ignore_changes:
        notes.append(f"ignores {', '.join(options.ignore_changes)}")
    if options.retain_on_delete:
        notes.append("kept on delete")
    if options.delete_before_replace:
        notes.append("deleted before it is replaced")
    if options.import_id:
        notes.append(f"imports {options.import_id}")
    if options.transforms:
        notes.append(f"transforms: {options.transforms}")
    return tuple(notes)
