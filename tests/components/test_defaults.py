"""What a component takes for a key that is left out is what the key's declaration says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pulumi_kubernetes_mcp.keys import COMPONENTS
from pulumi_kubernetes_mcp.settings import keys
from pulumi_kubernetes_mcp.settings.fields import Group
from tests.components.case import Case
from tests.components.cases import MINIMAL, by_id, plain_run


def declared(component: str) -> dict[str, Any]:
    """Every key that it shares with the stack file whose default is a value: not derived, and not nothing. A region's
    keys go to these."""
    return {
        key: field.default
        for group in COMPONENTS.get(component, Group).__mro__
        if group.__module__.startswith(f"{keys.__name__}.") and issubclass(group, Group)
        for key, field in group.model_fields.items()
        if not field.is_required() and field.default not in (None, [], {})
    }


OF_ITS_OWN = {("McpMonitoring", "monitor")}
"""Keys with another default than in a stack: a component that makes nothing would be of no use."""
AS_GIVEN = {("McpProbe", "interval_seconds"), ("McpProbe", "timeout_seconds")}
"""Keys of the exporter's file, which repeats what is given and leaves the rest to the exporter."""


def with_defaults(case: Case) -> list[str]:
    """The keys of a component that have a default, and that the least use leaves out."""
    found = set(case.args_type.__annotations__) & set(declared(case.component)) - set(case.args)
    return sorted(key for key in found if (case.component, key) not in OF_ITS_OWN | AS_GIVEN)


def test_there_are_keys_with_defaults() -> None:
    (service,) = [case for case in MINIMAL if case.component == "McpService"]
    assert {"port", "user_id", "writable_paths", "max_tool_seconds", "eras"} <= set(with_defaults(service))


@pytest.mark.grid
@pytest.mark.parametrize("case", [case for case in MINIMAL if declared(case.component)], ids=by_id)
def test_a_key_that_is_left_out_has_its_declared_default(case: Case) -> None:
    plain = plain_run(case.id).manifests()
    differing = []
    for key in with_defaults(case):
        given = replace(case, args={**case.args, key: declared(case.component)[key]})
        if given.run().manifests() != plain:
            differing.append((key, declared(case.component)[key]))
    assert differing == []
