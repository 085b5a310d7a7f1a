"""What a key takes, in words, from its fragment of the JSON Schema: for pages and for the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ..kubernetes import grammar
from . import amounts, fields, named_file
from .names import FILE, SURGE
from .schema import ADDRESS_RANGE

NAMED: Mapping[str, str] = MappingProxyType(
    {
        amounts.CPU: "CPU",
        amounts.MEMORY: "memory",
        fields._PATH: "path",
        fields._ENDPOINT: "path",
        fields._PROBED: "path, with a query or without",
        fields._ADDRESS: "name or address of a host",
        f"^{fields.DNS_LABEL}$": "DNS label",
        fields.OBJECT_NAME: "name of an object",
        fields.DIRECTORY: "directory",
        named_file.RELATIVE_PATH: "relative path",
        FILE: "relative path",
        SURGE: "number or percentage",
        amounts.RESOURCE: "resource of a container",
        ADDRESS_RANGE: "address range",
    }
)
"""What a pattern of the schema is called, beside those of the grammar of Kubernetes; others are shown as they are."""


@dataclass(frozen=True, kw_only=True)
class Style:
    """How words of a kind are written where they are shown."""

    code: Callable[[str], str] = str
    """A value as it is typed."""
    group: Callable[[str], str] = "group".format
    """A group of keys, by the path of it."""
    rule: str = "code or name of a rule"


PLAIN = Style()


def kind(given: Mapping[str, Any], path: str, style: Style = PLAIN) -> str:
    """What a fragment of the schema takes.

    :param path: the place of the key, for the style's group.
    """
    if "anyOf" in given:
        return " or ".join(kind(one, path, style) for one in given["anyOf"] if one.get("type") != "null")
    if "allOf" in given:
        return kind(given["allOf"][0], path, style)
    if "$ref" in given:
        return style.group(path)
    if "enum" in given:
        if _RULE_CODE.fullmatch(str(given["enum"][0])):
            return style.rule
        return ", ".join(style.code(str(value)) for value in given["enum"] if value is not None)
    if "const" in given:
        return style.code(str(given["const"]))
    return _plain(given, path, style)


def _plain(given: Mapping[str, Any], path: str, style: Style) -> str:
    kinds = given.get("type")
    # Where null is taken too, it removes the key of a layer below.
    match next(one for one in kinds if one != "null") if isinstance(kinds, list) else kinds:
        case "array":
            return f"list of {re.sub('^map ', 'maps ', kind(given['items'], path, style))}"
        case "object":
            values = given.get("additionalProperties")
            secure = isinstance(values, dict) and "secure" in values.get("properties", {})
            if values is True:
                return "map in the words of Kubernetes"
            return "map to " + ("encrypted text" if secure else kind(values or {}, path, style))
        case "integer":
            return f"whole number{_range(given)}"
        case "number":
            return f"number{_range(given)}"
        case "boolean":
            return f"{style.code('true')} or {style.code('false')}"
        case _:
            pattern = given.get("pattern")
            known = "host name" if given.get("format") == "hostname" else _patterns().get(str(pattern))
            return known or (f"text like {style.code(str(pattern))}" if pattern else "text")


_RULE_CODE = re.compile(r"MCP\d{3}")


@cache
def _patterns() -> Mapping[str, str]:
    of_kubernetes = {f"^({form.pattern})$": re.sub(r"^(the|an?) ", "", form.is_not) for form in grammar.ALL.values()}
    return {**of_kubernetes, **NAMED}


def _range(given: Mapping[str, Any]) -> str:
    low, high = given.get("minimum"), given.get("maximum")
    above = given.get("exclusiveMinimum")
    parts = [f"from {low:g}" if low is not None else "", f"above {above:g}" if above is not None else ""]
    parts.append(f"to {high:,.0f}".replace(",", " ") if high is not None else "")
    return "".join(f" {part}" for part in parts if part)
