"""The help of a key is the docstring under its declaration; read from the source when it is asked for, not at import.

A docstring names other keys in backticks as Python has them: ```max_replicas```. Each door shows its own spelling.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Mapping
from functools import cache
from types import ModuleType

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from .fields import origin_of

_NAME = re.compile(r"`([a-z0-9_.]+)`")


def help_of(group: type[BaseModel], key: str) -> str:
    """The help of a key as one line, with the names of keys in backticks; empty if there is none.

    A key that repeats another's declaration (:func:`~.fields.same`) has the help of that one.
    """
    for owner in group.__mro__:
        if key in inspect.get_annotations(owner):
            own = " ".join(docstrings(owner).get(key, "").split())
            origin = origin_of(group.model_fields[key])
            return help_of(origin.group, origin.key) if origin is not None and not own else own
    return ""


def in_stack(text: str) -> str:
    """A help text in the words of a stack file: keys in camelCase."""
    return _NAME.sub(lambda name: ".".join(to_camel(part) for part in name[1].split(".")), text)


def in_program(text: str) -> str:
    """A help text in the words of a program: keys as Python has them."""
    return _NAME.sub(lambda name: name[1], text)


@cache
def docstrings(cls: type) -> Mapping[str, str]:
    """The docstring under each name that is annotated in the body of a class; none where there is no source."""
    module = sys.modules.get(cls.__module__)
    for node in _classes(module) if module is not None else ():
        if node.name == cls.__name__:
            pairs = zip(node.body, node.body[1:], strict=False)
            return {
                before.target.id: inspect.cleandoc(after.value.value)
                for before, after in pairs
                if isinstance(before, ast.AnnAssign)
                and isinstance(before.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
                and isinstance(after.value.value, str)
            }
    return {}


@cache
def _classes(module: ModuleType) -> tuple[ast.ClassDef, ...]:
    """Every class of a module, in one reading of its source."""
    try:
        source = inspect.getsource(module)
    except (OSError, TypeError):
        return ()
    return tuple(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef))


def default_of(info: FieldInfo) -> str:
    """The default of a key in words; empty where it has none, because it is required or derived."""
    value = info.default
    if value is None or info.is_required():
        return ""
    if isinstance(value, BaseModel):
        return "that of its keys"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return ", ".join(f"{name} {item}" for name, item in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return f"'{value}'" if isinstance(value, str) else f"{value}"


def described(group: type[BaseModel], key: str) -> str:
    """The help of a key in the words of a program, and its default."""
    info, text = group.model_fields[key], in_program(help_of(group, key))
    if info.is_required():
        return text
    default = default_of(info)
    if not default:
        return text if re.search(r"\b(Derived|Left out)\b", text) else f"{text} Default: none."
    return f"{text} Default: {default}."
