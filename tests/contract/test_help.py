"""``help(McpService)`` shows every key of the declarations with its type, its default and its sentence."""

from __future__ import annotations

import pydoc
import re

import pytest

import pulumi_kubernetes_mcp as package
from pulumi_kubernetes_mcp.keys import COMPONENTS
from pulumi_kubernetes_mcp.settings.help import default_of, help_of, in_program
from pulumi_kubernetes_mcp.settings.models import Settings
from pulumi_kubernetes_mcp.settings.tree import ITEM, MEMBER, keys
from tools.argument_help import kind

DECLARED = {**COMPONENTS, "McpRegion": Settings}


def shown(component: str) -> dict[str, str]:
    """Path of each key in what ``help`` prints of a component's constructor, and what stands below it in one line."""
    page = pydoc.plain(pydoc.render_doc(getattr(package, component)))
    text = re.sub(r"^ \|  ", "", page, flags=re.MULTILINE)
    blocks = re.findall(r"^ {4}(\S+): (.+(?:\n {8}\S.*)*)", text, re.MULTILINE)
    return {path: " ".join(block.split()) for path, block in blocks}


@pytest.mark.parametrize("component", sorted(DECLARED))
def test_help_shows_every_key(component: str) -> None:
    found = shown(component)
    for key in keys(DECLARED[component]):
        path = ".".join(key.path).replace(f".{ITEM}", ITEM).replace(f".{MEMBER}", MEMBER)
        assert path in found, path
        assert found[path].startswith(kind(key.info.annotation, key.info.metadata)), path
        assert (", required " in found[path]) is key.info.is_required(), path
        assert in_program(help_of(key.group, key.name)) in found[path], path
        default = "" if key.info.is_required() else default_of(key.info)
        assert not default or found[path].endswith(f" Default: {default}."), path


@pytest.mark.parametrize(
    ("component", "path", "words"),
    [
        ("McpService", "image", "str or Output, required Container image with a fixed tag or a digest; 'latest' and no "
         "tag are refused."),
        ("McpService", "port", "int Port that the server listens on; 8000 is that of the Python SDK. Default: 8000."),
        ("McpIngress", "kind", "'gateway' | 'ingress' | 'route' | 'none' 'gateway' emits an HTTPRoute, 'ingress' an "
         "Ingress, 'route' an OpenShift Route; 'none' emits nothing: the server is for other workloads of the cluster. "
         "Default: 'gateway'."),
        ("McpService", "allow_from[].port", "int, required Port that is open."),
    ],
)  # fmt: skip
def test_a_key_in_words(component: str, path: str, words: str) -> None:
    assert shown(component)[path] == words
