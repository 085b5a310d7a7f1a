"""What is wrong with the form of a stack file has a stable name, as a rule has, for programs that read it."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.region_plan import load
from pulumi_kubernetes_mcp.rules.catalogue import find
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.settings.problems import SettingsError

GOOD: dict[str, Any] = {
    "mcp:region": {"name": "here"},
    "mcp:server": {"image": "registry.example/mcp:1.0.0"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}


def refused(**groups: Any) -> list[Finding]:
    with pytest.raises(SettingsError) as error:
        load({**GOOD, **{f"mcp:{group}": keys for group, keys in groups.items()}}, where="here")
    return list(error.value.problems)


@pytest.mark.parametrize(
    ("groups", "slug"),
    [
        ({"region": {}}, "missing-key"),
        ({"awaits": {"edgee": True}}, "unknown-key"),
        ({"region": {"name": "here", "environment": "prodution"}}, "unknown-word"),
        ({"workload": {"dailyUsers": "many"}}, "wrong-type"),
        ({"awaits": []}, "wrong-type"),
        ({"workload": {"dailyUsers": -1}}, "out-of-range"),
        ({"region": {"name": "Not_A_Label"}}, "invalid-value"),
    ],
)
def test_what_is_wrong_with_the_form_has_a_name(groups: dict[str, Any], slug: str) -> None:
    (found,) = refused(**groups)
    assert (found.code, found.slug, found.severity) == ("", slug, "error")
    assert find(slug) is None


def test_what_a_rule_says_beside_keeps_its_code_and_name() -> None:
    found = refused(awaits={"edgee": True}, server={"image": "registry.example/mcp:latest"})
    assert [(one.path, one.code, one.slug) for one in found] == [
        ("mcp:awaits.edgee", "", "unknown-key"),
        ("mcp:server.image", "MCP101", "image-not-pinned"),
    ]
    assert str(found[1]).startswith("mcp:server.image: 'registry.example/mcp:latest' has the tag 'latest'")
