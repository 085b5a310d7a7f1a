"""What the package offers, and how little it loads until something of it is used."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

import pulumi_kubernetes_mcp as package
from tests.table import table

HEAVY = ("pulumi_kubernetes", "pydantic", "pydantic_core", "rich", "typer", "yaml", "google.protobuf", "grpc", "pulumi")


def loaded_after(statement: str) -> list[str]:
    """Which heavy modules a new interpreter has loaded after a statement."""
    program = f"{statement}; import sys, json; print(json.dumps([n for n in {HEAVY!r} if n in sys.modules]))"
    components = str(Path(package.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": components, "PATH": ""},
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_after("import pulumi_kubernetes_mcp") == []


@pytest.mark.grid
def test_using_an_argument_type_does_not_load_the_settings() -> None:
    found = loaded_after("from pulumi_kubernetes_mcp import McpServiceArgs")
    assert "pydantic" not in found
    assert "pulumi_kubernetes" not in found
    assert "pulumi" in found


@pytest.mark.grid
def test_using_a_component_loads_the_kubernetes_sdk_and_no_loading_of_stack_files() -> None:
    found = loaded_after("from pulumi_kubernetes_mcp import McpService")
    assert "pulumi_kubernetes" in found
    # The declaration of its keys is pydantic's; what reads, merges and plans a stack is not needed.
    assert not {name for name in found if name.startswith("pulumi_kubernetes_mcp.planning")}
    assert "pulumi_kubernetes_mcp.settings.layers" not in found


def test_all_is_sorted_and_true() -> None:
    assert package.__all__ == sorted(set(package.__all__))
    assert dir(package) == package.__all__
    for name in package.__all__:
        assert getattr(package, name).__name__ == name


def test_names_are_written_once_for_tools_and_once_for_python() -> None:
    """Editors read the imports under TYPE_CHECKING, the interpreter reads the homes: they must agree."""
    tree = ast.parse(Path(package.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert seen == package._HOMES
    assert sorted(seen) == package.__all__


@table("name", package.__all__)
def test_a_name_lives_where_it_is_said_to(name: str) -> None:
    home = importlib.import_module(f"{package.__name__}.{package._HOMES[name]}")
    assert getattr(home, name) is getattr(package, name)
    assert getattr(home, name).__module__ == home.__name__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'pulumi_kubernetes_mcp' has no attribute 'McpServer'$"):
        package.__getattr__("McpServer")


def test_the_package_says_that_it_is_typed() -> None:
    assert resources.files(package).joinpath("py.typed").is_file()


@pytest.mark.grid
def test_each_name_can_be_the_first_that_a_program_imports() -> None:
    """Modules that import each other work from one side only."""
    program = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    for module in [one for one in sys.modules if one.startswith('pulumi_kubernetes_mcp')]:\n"
        "        del sys.modules[module]\n"
        "    getattr(importlib.import_module('pulumi_kubernetes_mcp'), name)\n"
    )
    components = str(Path(package.__file__).parents[1])
    words = [sys.executable, "-c", program, *package.__all__]
    done = subprocess.run(
        words, capture_output=True, text=True, env={"PYTHONPATH": components, "PATH": ""}, check=False
    )
    assert done.returncode == 0, done.stderr
