"""The same objects without components: what a program costs that registers them by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pulumi

from pulumi_kubernetes_mcp.offline.model import Resource

Program = Callable[[], None]


@dataclass(frozen=True)
class Item:
    """One object, ready to be registered: everything that is not the registration is done before."""

    urn: str
    make: Callable[..., pulumi.Resource]
    name: str
    arguments: Mapping[str, Any]
    ignore_changes: list[str]
    timeouts: Mapping[str, str]
    waits_for: tuple[str, ...]
    parent: str | None


def items(resources: Sequence[Resource]) -> list[Item]:
    """The Kubernetes objects of a run, each after what it waits for."""
    return [
        Item(
            urn=one.urn,
            make=_class(one.type),
            name=one.name,
            arguments=_arguments(one),
            ignore_changes=list(one.options.ignore_changes),
            timeouts=dict(one.options.custom_timeouts),
            waits_for=one.options.dependencies,
            parent=one.parent,
        )
        for one in _in_order(resources)
    ]


def flat(resources: Sequence[Resource]) -> Program:
    """A program that registers the same objects by hand: plain data, the same options and order, no component."""
    prepared = items(resources)

    def program() -> None:
        made: dict[str, pulumi.Resource] = {}
        for item in prepared:
            made[item.urn] = register(item, made, None)

    return program


def grouped(resources: Sequence[Resource]) -> Program:
    """The same by hand, under bare components that do nothing: what the SDK itself takes for a tree."""
    prepared = items(resources)
    components = [one for one in resources if not one.custom and one.parent is not None]

    def program() -> None:
        parents: dict[str, pulumi.Resource] = {}
        for one in sorted(components, key=lambda one: one.urn.count("$")):
            parent = parents.get(one.parent or "")
            parents[one.urn] = pulumi.ComponentResource(one.type, one.name, None, pulumi.ResourceOptions(parent=parent))
        made: dict[str, pulumi.Resource] = {}
        for item in prepared:
            made[item.urn] = register(item, made, parents.get(item.parent or ""))
        for one in components:
            component = parents[one.urn]
            if isinstance(component, pulumi.ComponentResource):
                component.register_outputs(dict(one.registered_outputs or {}))

    return program


def register(item: Item, made: Mapping[str, pulumi.Resource], parent: pulumi.Resource | None) -> pulumi.Resource:
    return item.make(
        item.name,
        **item.arguments,
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=[made[urn] for urn in item.waits_for if urn in made] or None,
            ignore_changes=item.ignore_changes or None,
            custom_timeouts=pulumi.CustomTimeouts(**item.timeouts) if item.timeouts else None,
        ),
    )


def _in_order(resources: Sequence[Resource]) -> Iterator[Resource]:
    waiting = {one.urn: one for one in resources if one.kubernetes}
    while waiting:
        ready = [one for one in waiting.values() if not any(urn in waiting for urn in one.options.dependencies)]
        yield from ready
        for one in ready:
            del waiting[one.urn]


def _class(token: str) -> Callable[..., pulumi.Resource]:
    """The SDK's class for a type: its own where it has the group, else the one for custom resources."""
    _, module, kind = token.split(":")
    group, _, version = module.partition("/")
    name = f"pulumi_kubernetes.{group.partition('.')[0]}"
    home = f"{name}.{version}" if find_spec(name) else "pulumi_kubernetes.apiextensions"
    made: Callable[..., pulumi.Resource] = getattr(import_module(home), kind if find_spec(name) else "CustomResource")
    return made


def _arguments(one: Resource) -> dict[str, Any]:
    custom = _class(one.type).__name__ == "CustomResource"
    return {_snake(key): value for key, value in one.inputs.items() if custom or key not in ("apiVersion", "kind")}


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1].lower()}", key)
