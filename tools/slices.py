"""The slices of the package, found by looking: a package with a ``component.py`` is one, and nothing else lists it.

From them ``python -m tools.argument_types --write`` makes what names every component: what the package exports, and the
table of declarations.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pulumi_kubernetes_mcp.settings.fields import Group

PACKAGE = Path(__file__).parents[1] / "components" / "pulumi_kubernetes_mcp"
REGION = "McpRegion"
HEAD = '''"""Pulumi components that run Model Context Protocol servers on Kubernetes.

Importing this package is cheap: a component and the Kubernetes SDK are loaded when the component is first used.
Generated from the slices: `python -m tools.argument_types --write`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
'''
TAIL = """

def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
"""
DECLARATIONS = '''"""Component to the declaration of its arguments.

Generated from the slices: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping

'''
ERRORS: Mapping[str, str] = {
    "ArgumentsError": "inputs.checked",
    "FindingsError": "inputs.outputs",
    "SettingsError": "settings.problems",
}
"""What a program catches, and where it is."""


@dataclass(frozen=True)
class Slice:
    """One component, and where its parts are."""

    component: str
    """Name of its class."""
    package: str
    """Name of its package."""
    keys: type[Group]
    """The declaration of its arguments: the class of ``keys.py`` whose name ends with Keys."""
    told: Collection[str]
    """Those of them that a server tells it (``TOLD_BY_SERVER`` of ``keys.py``)."""


@cache
def slices() -> tuple[Slice, ...]:
    """Every slice, sorted by the name of its component. ValueError names what it lacks, or has twice."""
    return tuple(sorted(map(_slice, PACKAGE.glob("*/component.py")), key=lambda one: one.component))


def _slice(file: Path) -> Slice:
    package = file.parent.name
    keys = importlib.import_module(f"{PACKAGE.name}.{package}.keys")
    made = [name for name in _classes(file) if name.startswith("Mcp")]
    declared = [name for name in _classes(file.parent / "keys.py") if name.endswith("Keys")]
    return Slice(
        component=_one(made, f"{package}/component.py", "Mcp..."),
        package=package,
        keys=getattr(keys, _one(declared, f"{package}/keys.py", "...Keys")),
        told=getattr(keys, "TOLD_BY_SERVER", ()),
    )


def _classes(file: Path) -> list[str]:
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return [node.name for node in body if isinstance(node, ast.ClassDef)]


def _one(found: list[str], where: str, name: str) -> str:
    if len(found) != 1:
        raise ValueError(f"{where} has the classes {', '.join(found) or 'none'}: give it one that is called {name}.")
    return found[0]


def exports(argument_types: Mapping[str, Collection[str]]) -> str:
    """``__init__.py`` of the package: components, their argument types, and the errors.

    :param argument_types: module of ``types`` to the names of its classes.
    """
    homes = {**ERRORS, REGION: "region", **{one.component: f"{one.package}.component" for one in slices()}}
    names = tuple(homes)
    for module, classes in argument_types.items():
        own = [name for name in classes if name.removesuffix("ServerArgs").removesuffix("Args") in names]
        homes |= dict.fromkeys(own, f"types.{module}")
    by_module: dict[str, list[str]] = {}
    for name, module in homes.items():
        by_module.setdefault(module, []).append(name)
    imports = [f"    from .{module} import {', '.join(sorted(found))}" for module, found in sorted(by_module.items())]
    home_lines = [f'    "{name}": "{homes[name]}",' for name in sorted(homes)]
    all_lines = [f'    "{name}",' for name in sorted(homes)]
    body = [*imports, "", "_HOMES = {", *home_lines, "}", "", "__all__ = [", *all_lines, "]", ""]
    return HEAD + "\n".join(body) + TAIL


def declarations() -> str:
    """``declarations.py`` of the package."""
    by_package = sorted(slices(), key=lambda one: one.package)
    imports = [f"from .{one.package}.keys import {one.keys.__name__}" for one in by_package]
    rows = [f'    "{one.component}": {one.keys.__name__},' for one in slices()]
    body = [*imports, "from .settings.fields import Group", "", "COMPONENTS: Mapping[str, type[Group]] = {", *rows, "}"]
    return DECLARATIONS + "\n".join(body) + "\n"
