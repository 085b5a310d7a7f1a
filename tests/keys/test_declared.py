"""What a declaration says of itself."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from pulumi_kubernetes_mcp.keys import COMPONENTS, readers
from pulumi_kubernetes_mcp.settings.fields import Group
from pulumi_kubernetes_mcp.settings.models import Settings


def groups(model: type[Group]) -> Iterator[type[Group]]:
    """A group and those inside of it."""
    yield model
    for field in model.model_fields.values():
        yield from inside(field.annotation)


def inside(annotation: Any) -> Iterator[type[Group]]:
    if isinstance(annotation, type) and issubclass(annotation, Group):
        yield from groups(annotation)
    for one in typing.get_args(annotation):
        yield from inside(one)


def test_what_is_taken_where_a_key_is_left_out_may_be_given() -> None:
    """A default is within the bounds of its own key; nothing at all is not a value."""
    refused = []
    for group in dict.fromkeys(one for root in (Settings, *COMPONENTS.values()) for one in groups(root)):
        for name, field in group.model_fields.items():
            default = None if field.is_required() else field.get_default(call_default_factory=True)
            if default in (None, [], {}, ()):
                continue
            bounded: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
            try:
                taken = TypeAdapter(bounded).validate_python(default)
            except ValidationError as error:
                taken = error
            if taken != default:
                refused.append((f"{group.__qualname__}.{name}", default, taken))
    assert refused == []


def test_who_reads_a_key_is_known_of_each_of_its_kinds() -> None:
    """One of each way: handed on as it is, decided on the way, read in a group, by the plan, by a rule."""
    found = readers()
    assert all(found.values())
    assert {key: set(found[key]) for key in READ} == READ


READ = {
    "server.image": {"McpService.image"},
    "edge.host": {"McpChaos.url", "McpIngress.host", "McpLoadTest.url", "McpProbe.endpoints"},
    "scaling.max_replicas": {
        "McpAutoscaling.max_replicas",
        "McpIngress.max_replicas",
        "McpMonitoring.max_replicas",
        "the plan",
    },
    "workload.tools[].name": {"McpLoadTest.tools", "the plan"},
    "region.quota.pods": {"McpNamespace.quota", "the plan"},
    "server.resources.limits.cpu": {"McpMonitoring.cpu_limit", "McpService.resources", "the plan"},
    "load_test.result": {"McpMonitoring.loaded_p95_milliseconds", "a rule"},
    "prices.currency": {"the plan"},
    "accept[].code": {"a rule"},
    "extra_objects": {"the objects of the region"},
}
