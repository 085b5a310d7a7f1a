"""What a component takes for a key that is left out is what the key's declaration says."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any

import pytest

from pulumi_kubernetes_mcp.settings import keys
from pulumi_kubernetes_mcp.settings.fields import Group

from .cases import MINIMAL, Case, by_id, plain_run

SHARED = {
    "McpAutoscaling": ("scaling",),
    "McpIngress": ("server", "edge"),
    "McpNamespace": ("place",),
    "McpPgBouncer": ("stores",),
    "McpSecrets": ("secrets",),
    "McpService": ("server",),
}
"""Component to the modules of keys that it shares with the stack file. A region's keys go to these."""


def declared(component: str) -> dict[str, Any]:
    """Every key with a default that is a value: not derived, and not nothing."""
    found: dict[str, Any] = {}
    for name in SHARED[component]:
        module = importlib.import_module(f"{keys.__name__}.{name}")
        for group in vars(module).values():
            if isinstance(group, type) and issubclass(group, Group) and group.__module__ == module.__name__:
                found |= {
                    key: field.default
                    for key, field in group.model_fields.items()
                    if not field.is_required() and field.default not in (None, [], {})
                }
    return found


def with_defaults(case: Case) -> list[str]:
    """The keys of a component that have a default, and that the least use leaves out."""
    return sorted(set(case.args_type.__annotations__) & set(declared(case.component)) - set(case.args))


def test_there_are_keys_with_defaults() -> None:
    (service,) = [case for case in MINIMAL if case.component == "McpService"]
    assert {"port", "user_id", "writable_paths", "max_tool_seconds", "eras"} <= set(with_defaults(service))


@pytest.mark.parametrize("case", [case for case in MINIMAL if case.component in SHARED], ids=by_id)
def test_a_key_that_is_left_out_has_its_declared_default(case: Case) -> None:
    plain = plain_run(case.id).manifests()
    differing = []
    for key in with_defaults(case):
        given = replace(case, args={**case.args, key: declared(case.component)[key]})
        if given.run().manifests() != plain:
            differing.append((key, declared(case.component)[key]))
    assert differing == []
