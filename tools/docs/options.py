"""Tables of options: of a component from its argument types, of a stack file from its JSON Schema."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, get_origin

from pulumi_kubernetes_mcp.keys import COMPONENTS
from pulumi_kubernetes_mcp.rules.model import Rule
from pulumi_kubernetes_mcp.settings import schema as stack_schema
from pulumi_kubernetes_mcp.settings.fields import Group
from pulumi_kubernetes_mcp.settings.help import help_of, in_program
from pulumi_kubernetes_mcp.settings.key_help import REQUIRED, WORDS_OF_DEFAULTS, default_in_words
from pulumi_kubernetes_mcp.settings.kinds import Style, kind
from pulumi_kubernetes_mcp.settings.models import Settings
from pulumi_kubernetes_mcp.settings.problems import NAMESPACE
from pulumi_kubernetes_mcp.settings.tree import group_in, groups, keys, ordered
from tools import argument_types, source
from tools.argument_help import path_text

from .regions import table

PACKAGE = "pulumi_kubernetes_mcp."
STYLE = Style(
    code=lambda text: f"`{text}`",
    group=lambda path: f"[group](#{_anchor(path)})",
    rule="code or name of a [rule](findings/README.md)",
)


# Components


@cache
def _components() -> dict[str, type]:
    return dict(source.components())


def component_options(component: str) -> str:
    """The options of a component, then those of every nested argument type, each in a table."""
    if component not in COMPONENTS:
        return _region_options()
    first, *nested = groups(COMPONENTS[component])
    parts = [options(first)]
    for group in nested:
        summary = in_program(" ".join((group.__doc__ or "").split()))
        parts.append(f"### {argument_types.name_of(group)}\n\n{summary}\n\n{options(group)}")
    return "\n\n".join(parts)


def options(group: type[Group]) -> str:
    """The table of one group of arguments: key, type, default, meaning."""
    schema = group.model_json_schema(by_alias=False, ref_template="#/definitions/{model}")["properties"]
    rows = []
    for key in ordered(group):
        inner = group_in(group.model_fields[key].annotation)
        place = "" if inner is None else argument_types.name_of(inner)
        taken = kind(schema[key], place, STYLE)
        if argument_types.takes_output(argument_types.hint_of(group.model_fields[key])):
            taken = f"{taken}, or an Output"
        rows.append([f"`{key}`", taken, default_cell(group, key), help_of(group, key)])
    return table(["option", "type", "default", "meaning"], rows)


def _region_options() -> str:
    """The groups of a region, which are those of a stack file."""
    rows = []
    for key, info in Settings.model_fields.items():
        place = f"../settings.md#{_anchor(f'{NAMESPACE}:{info.alias}')}"
        taken = f"[group]({place})"
        if get_origin(info.annotation) is list:
            taken = f"list of [{'groups' if group_in(info.annotation) else 'objects'}]({place})"
        rows.append([f"`{key}`", taken, "**required**" if info.is_required() else "not set", help_of(Settings, key)])
    rows.append(["`servers`", "mapping to groups", "not set", argument_types.SERVERS])
    return table(["option", "type", "default", "meaning"], rows)


def region_outputs() -> str:
    """Every key of a region that may be an Output, with what it is for."""
    rows = [
        [f"`{path_text(key)}`", in_program(help_of(key.group, key.name))]
        for key in keys(Settings)
        if argument_types.takes_output(argument_types.hint_of(key.info))
    ]
    return table(["key", "meaning"], rows)


def default_cell(group: type[Group], key: str) -> str:
    """The default of a key as a table shows it, from the declaration."""
    word = default_in_words(group.model_fields[key], help_of(group, key))
    if word == REQUIRED:
        return f"**{word}**"
    return word if word in WORDS_OF_DEFAULTS else f"`{word}`"


def outputs(component: str) -> str:
    """The outputs of a component."""
    rows = [
        [f"`{key}`", f"`{re.sub(r'pulumi.', '', ast.unparse(annotation))}`", " ".join((text or "").split())]
        for key, annotation, text in source.annotated(_components()[component])
        if not key.startswith("_")
    ]
    return table(["output", "type", "meaning"], rows)


def components() -> str:
    """A link to the page of each component."""
    return ",\n".join(f"[{name}](components/{name}.md)" for name in sorted(_components())) + "."


def findings(component: str) -> str:
    """The rules that a component can apply while it is made, linked to their pages."""
    found = sorted(set(rules(_components()[component].__init__)), key=lambda rule: rule.code)
    rows = [[f"[{r.code}](../findings/{r.code}.md)", str(r.severity), r.title] for r in found]
    return table(["code", "severity", "finding"], rows)


def rules(check: Callable[..., object]) -> Iterator[Rule]:
    """Every rule that a function of the package names, itself or through functions of the package that it calls."""
    if not isinstance(check, FunctionType):
        raise TypeError(f"{check} is not a function")
    left, seen = [check], {check}
    while left:
        for value in _reached(left.pop()):
            if isinstance(value, Rule):
                yield value
            elif isinstance(value, FunctionType) and value not in seen and value.__module__.startswith(PACKAGE):
                seen.add(value)
                left.append(value)


@cache
def _reached(check: FunctionType) -> tuple[Any, ...]:
    """What the code of a function names: globals of its module, and those of modules that it uses."""
    names = set(_code_names(check.__code__))
    text = ast.parse(textwrap.dedent(inspect.getsource(check)))
    reached = {name: check.__globals__[name] for name in names if name in check.__globals__}
    reached |= _imported_inside(check, text)
    for node in ast.walk(text):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = reached.get(node.value.id)
            if isinstance(module, ModuleType) and module.__name__.startswith(PACKAGE):
                reached[f"{module.__name__}.{node.attr}"] = vars(module).get(node.attr)
    return tuple(reached.values())


def _imported_inside(check: FunctionType, text: ast.Module) -> dict[str, Any]:
    """What a function imports when it runs, from the package itself."""
    found = {}
    for node in ast.walk(text):
        if isinstance(node, ast.ImportFrom) and node.level:
            home = check.__module__ if _is_package(check.__module__) else check.__module__.rpartition(".")[0]
            module = importlib.import_module("." * node.level + (node.module or ""), home)
            for alias in node.names:
                found[alias.name] = getattr(module, alias.name, None) or importlib.import_module(
                    f"{module.__name__}.{alias.name}"
                )
    return found


def _is_package(module: str) -> bool:
    return hasattr(importlib.import_module(module), "__path__")


def _code_names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code_names(constant)


# Stack file


def settings() -> str:
    """Every key of a stack file: one section per top-level key, one per nested group."""
    schema = stack_schema.stack_file_schema()
    definitions: Mapping[str, Any] = schema["definitions"]
    keys: Mapping[str, Any] = schema["properties"]["config"]["properties"]
    parts = [_overview(keys, definitions)]
    groups_alone = {f"{NAMESPACE}:{field.alias}" for field in Settings.model_fields.values()}
    for key, given in keys.items():
        if key in groups_alone:
            parts += _sections(key, given, definitions, "##")
    return "\n\n".join(parts)


def _overview(keys: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    rows = []
    for key, given in keys.items():
        # 'mcp:servers' is no group itself: it maps names to the groups below.
        field = next((f for f in Settings.model_fields.values() if f"{NAMESPACE}:{f.alias}" == key), None)
        needed = "**required**" if field is not None and field.is_required() else "optional"
        place = f"#{_anchor(key)}" if field is not None else "many-servers.md"
        rows.append([f"[`{key}`]({place})", needed, _meaning(given, definitions)])
    return table(["key", "", "meaning"], rows)


def _sections(path: str, given: Mapping[str, Any], definitions: Mapping[str, Any], level: str) -> list[str]:
    name = _group(given)
    if name is None:
        # A key of the top level has a section whatever it is; deeper ones have their row.
        whole = f"{level} {path}\n\n{_meaning(given, definitions)} It is a {kind(given, path, STYLE)}."
        return [whole] if level == "##" else []
    group = definitions[name]
    rows, deeper = [], []
    declared = next(one for one in groups(Settings) if one.__name__ == name)
    names = {info.alias or key: key for key, info in declared.model_fields.items()}
    for key, value in group["properties"].items():
        default = default_cell(declared, names[key])
        rows.append([f"`{key}`", kind(value, f"{path}.{key}", STYLE), default, _meaning(value, definitions)])
        deeper += _sections(f"{path}.{key}", value, definitions, "###")
    heading = f"{level} {path}\n\n{' '.join(group['description'].split())}"
    return [f"{heading}\n\n{table(['key', 'type', 'default', 'meaning'], rows)}", *deeper]


def _group(given: Mapping[str, Any]) -> str | None:
    """The definition that a value refers to, itself, in a list, in a map or where it may be left out."""
    text = json.dumps({key: value for key, value in given.items() if key not in ("default", "description")})
    found = re.findall(r'"#/definitions/(\w+)"', text)
    return found[0] if found else None


def _meaning(given: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """The description; pydantic leaves out one that only repeats its group's."""
    text = given.get("description") or definitions[str(_group(given))]["description"]
    return " ".join(text.split())


def _anchor(path: str) -> str:
    return re.sub(r"[^\w\- ]", "", path.lower()).replace(" ", "-")
