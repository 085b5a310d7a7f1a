"""What a declaration says of itself."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter

from pulumi_kubernetes_mcp.keys import COMPONENTS
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


GROUPS = dict.fromkeys(group for root in (Settings, *COMPONENTS.values()) for group in groups(root))


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__qualname__)
def test_what_is_taken_where_a_key_is_left_out_may_be_given(group: type[Group]) -> None:
    for name, field in group.model_fields.items():
        if not field.is_required():
            default = field.get_default(call_default_factory=True)
            kind = TypeAdapter(Annotated[field.annotation, *field.metadata])  # type: ignore[valid-type]
            assert kind.validate_python(default) == default, name
