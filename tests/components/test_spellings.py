"""What the API server stores in another spelling than it was given would be a difference at each refresh."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from pulumi_kubernetes_mcp.settings.fields import OPAQUE_KEYS
from tests.components.case import Case
from tests.components.cases import CASES, QUICK, by_id, plain_run

SMALLER = {"Mi": "Ki", "Gi": "Mi"}


def respelt(value: Any, key: str = "") -> Any:
    """The value with each amount in a unit below its own: ``256Mi`` as ``262144Ki``, ``500m`` of CPU as ``0.5``."""
    if isinstance(value, dict):
        return {name: item if name in OPAQUE_KEYS else respelt(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [respelt(item, key) for item in value]
    if not isinstance(value, str):
        return value
    if match := re.fullmatch(r"(\d+)(Mi|Gi)", value):
        return f"{int(match[1]) * 1024}{SMALLER[match[2]]}"
    if key in ("cpu", "cpu_limit") and (match := re.fullmatch(r"(\d+)(m?)", value)):
        return str(int(match[1]) / 1000) if match[2] else f"{int(match[1]) * 1000}m"
    return value


RESPELT = [replace(case, args=respelt(case.args)) for case in CASES if respelt(case.args) != case.args]


@pytest.mark.parametrize(
    "case", [pytest.param(one, id=by_id(one), marks=[pytest.mark.grid] * (one.id not in QUICK)) for one in RESPELT]
)
def test_an_amount_in_another_spelling_makes_the_same_objects(case: Case) -> None:
    assert case.run().manifests() == plain_run(case.id).manifests()


def test_every_kind_of_amount_is_respelt() -> None:
    """The components that take amounts, and the quick ones that are tried before a commit."""
    assert {"McpService", "McpNamespace", "McpAutoscaling", "McpRegion", "McpMonitoring"} <= {
        case.component for case in RESPELT
    }
