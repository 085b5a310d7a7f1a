"""What users' state files depend on: type tokens, and types and names of children.

A change here renames resources that exist, which replaces them: it needs an alias, a test of the alias, and a line in
CHANGELOG.md.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping

from tests.components.cases import HOMES

CHILDREN: Mapping[str, Mapping[str, str]] = {
    component: importlib.import_module(f"tests.{home}.cases").CHILDREN for component, home in HOMES.items()
}
"""Component to its children, from the cases of its slice."""
SERVER = "<server>"
"""Stands for the name of a server in that of a child."""
TOKENS = {component: f"kubernetes-mcp:index:{component}" for component in CHILDREN}

CHOSEN = {
    r"to-\d+(-\d+)?": "to-<port>",
    r"(from|claim)-.+": r"\1-<name>",
    r"((cluster-)?rights)-\d+": r"\1-<number>",
    r"extra-.+": "extra-<object>",
    r"openshift-.+": "openshift-<path>",
}
"""Names of children that follow from what a caller gives, to how the table has them."""


def without_digest(name: str) -> str:
    """The name of a resource without the digest of its content, which only one of known content has."""
    return re.sub(r"(?<=-config|-script)-[0-9a-f]{8}$|(?<=-testrun)-[0-9a-f]{8}$", "", name)


def child_name(component: str, suffix: str) -> str:
    """A child as the table has it, from the suffix of its name."""
    suffix = without_digest(f"-{suffix}")[1:]
    if component == "McpRegion":
        for general in CHILDREN[component]:
            if general.startswith(SERVER) and suffix.endswith(general.removeprefix(SERVER)):
                return general
    for chosen, general in CHOSEN.items():
        if re.fullmatch(chosen, suffix):
            return re.sub(chosen, general, suffix)
    return suffix
