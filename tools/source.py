"""The package as source text: its modules, the keys of its argument types, the docstrings under them."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import is_typeddict

import pulumi

import pulumi_kubernetes_mcp as package

HOME = Path(package.__file__).parent


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module of the package, imported."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return tuple(importlib.import_module(item.name) for item in found if not item.name.endswith("__main__"))


@cache
def tree(module: ModuleType | str) -> ast.Module:
    """The syntax tree of a module, given as itself or by its path inside the package; nobody may change it."""
    path = HOME / module if isinstance(module, str) else Path(str(module.__file__))
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def components() -> dict[str, type[pulumi.ComponentResource]]:
    """Every component that the package defines, found by looking and not by a list."""
    return {
        name: value
        for module in modules()
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, pulumi.ComponentResource)
        and value.__module__ == module.__name__
    }


def argument_types() -> dict[str, type]:
    """Every TypedDict that the package defines."""
    return {
        name: value
        for module in modules()
        for name, value in vars(module).items()
        if is_typeddict(value) and value.__module__ == module.__name__
    }


def class_tree(cls: type) -> ast.ClassDef:
    """The definition of a class."""
    body = tree(importlib.import_module(cls.__module__)).body
    return next(node for node in body if isinstance(node, ast.ClassDef) and node.name == cls.__name__)


def annotated(cls: type) -> Iterator[tuple[str, ast.expr, str | None]]:
    """The annotated names in the body of a class, each with its annotation and the docstring under it."""
    body = class_tree(cls).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.annotation, _text(following)


def docstrings(cls: type) -> dict[str, str]:
    """The docstring under each annotated name, cleaned as :func:`inspect.cleandoc` does; empty where there is none."""
    return {name: inspect.cleandoc(text or "") for name, _, text in annotated(cls)}


def _text(node: ast.stmt | None) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return None
