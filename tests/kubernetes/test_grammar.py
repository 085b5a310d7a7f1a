"""The longest text that a field takes is the longest, and one character more is not."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.kubernetes import grammar

PREFIX = ".".join(["a" * 63] * 3 + ["a" * 61])
"""A DNS subdomain of 253 characters, which is the longest."""
LONGEST = {
    "DATA_KEY": "a" * 253,
    "OBJECT_NAME": PREFIX,
    "LABEL_KEY": f"{PREFIX}/{'a' * 63}",
    "API_VERSION": f"{PREFIX}/{'a' * 63}",
}


@pytest.mark.parametrize("name", LONGEST)
def test_the_longest_is_taken_and_no_longer_one(name: str) -> None:
    taken: grammar.Grammar = getattr(grammar, name)
    longest = LONGEST[name]
    assert taken.takes(longest)
    assert not taken.takes(f"a{longest}")
    assert not taken.takes(f"{longest}a")


@pytest.mark.parametrize("name", [name for name, text in LONGEST.items() if "/" in text])
def test_a_prefix_of_one_character_more_is_not_taken(name: str) -> None:
    prefix, _, rest = LONGEST[name].rpartition("/")
    longer = f"{prefix.removesuffix('a' * 61)}{'a' * 62}"
    assert len(longer) == 254
    assert not getattr(grammar, name).takes(f"{longer}/{rest}")
