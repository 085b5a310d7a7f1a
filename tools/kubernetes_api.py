"""The fields of Kubernetes' own objects, from the locked API schema: `python -m tools.kubernetes_api --write`.

The package that holds the schema is a hundred megabytes and a dependency of the tests alone. What a patch and a further
object are checked against is one line for each type: its fields, their types, which are required, and how lists merge.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "components" / "pulumi_kubernetes_mcp" / "kubernetes" / "api.json"
MINOR = "1.37"
"""The newest minor that the tests render for; a field that an older cluster does not know is dropped there."""
STABLE = re.compile(r"v\d+")
REFERENCE = "#/$defs/"
WORDS = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean", "object": "object"}
FREE = "any"
SAID_BY_THE_CLUSTER = ("apiVersion", "kind", "status")
"""Fields of a whole object that are told apart already, or that no manifest says."""


def definitions() -> Mapping[str, Any]:
    """Every type of the API, as the locked package has it."""
    file = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{MINOR}.0-local-strict" / "_definitions.json"
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))["$defs"]
    return found


def compact(types: Mapping[str, Any]) -> dict[str, Any]:
    """The stable kinds, and every type that one of them leads to."""
    kinds = {f"{group}{kind}": name for name, schema in types.items() for group, kind in _kinds(name, schema)}
    long = {_short(name): name for name in types}
    if len(long) < len(types):
        raise ValueError("two types would have one short name")
    needed: dict[str, dict[str, str]] = {}
    waiting = sorted(kinds.values())
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed[name] = {}
        required = types[name].get("required", ())
        for field, schema in types[name].get("properties", {}).items():
            if field in SAID_BY_THE_CLUSTER and name in kinds.values():
                continue
            word = _word(schema, types)
            waiting += [long[reference] for reference in re.findall(r"@([\w.]+)", word)]
            needed[name][field] = word + _merge(schema) + ("!" if field in required else "")
    return {
        "kinds": {kind: _short(name) for kind, name in sorted(kinds.items())},
        "types": {_short(name): dict(sorted(fields.items())) for name, fields in sorted(needed.items())},
    }


def _kinds(name: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in schema.get("x-kubernetes-group-version-kind", ()):
        group, version, kind = one["group"], one["version"], one["kind"]
        whole = "metadata" in schema.get("properties", {}) and not kind.endswith("List")
        if whole and STABLE.fullmatch(version) and name.endswith(f".{kind}"):
            yield (f"{group}/{version} " if group else f"{version} "), kind


def _word(schema: Mapping[str, Any], types: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REFERENCE)
        return _scalar(types[name]) or f"@{_short(name)}"
    kinds = [kind for kind in _listed(schema.get("type")) if kind != "null"]
    if kinds == ["array"]:
        return f"[{_word(schema['items'], types)}]"
    if kinds == ["object"] and isinstance(schema.get("additionalProperties"), Mapping):
        return f"{{{_word(schema['additionalProperties'], types)}}}"
    return WORDS[kinds[0]] if len(kinds) == 1 else FREE


def _scalar(schema: Mapping[str, Any]) -> str:
    """The word for a type that has no fields: a quantity, a number or text, a time, anything."""
    if schema.get("properties"):
        return ""
    if "oneOf" in schema:
        kinds = {kind for one in schema["oneOf"] for kind in _listed(one["type"]) if kind != "null"}
        return "quantity" if kinds == {"string", "number"} else "integer-or-text"
    kinds = [kind for kind in _listed(schema.get("type")) if kind != "null"]
    return WORDS[kinds[0]] if len(kinds) == 1 else FREE


def _merge(schema: Mapping[str, Any]) -> str:
    """How a strategic merge patch changes the field, where that is not by replacing a list or merging a map."""
    strategies = str(schema.get("x-kubernetes-patch-strategy", "")).split(",")
    if "merge" in strategies:
        return f"~{schema.get('x-kubernetes-patch-merge-key', '')}"
    return "=" if "replace" in strategies else ""


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [str(value)] if value else []


def _short(name: str) -> str:
    return re.sub(r"^io\.k8s\.(api|apimachinery\.pkg\.(apis|api|util)|[\w-]+\.pkg\.apis)\.", "", name)


def text() -> str:
    """The file as it is committed: a line for each type."""
    api = compact(definitions())
    rows = [
        f"  {json.dumps(name)}: {json.dumps(fields, separators=(',', ':'))}" for name, fields in api["types"].items()
    ]
    kinds = [f"  {json.dumps(kind)}: {json.dumps(name)}" for kind, name in api["kinds"].items()]
    return (
        f'{{\n"minor": "{MINOR}",\n"kinds": {{\n'
        + ",\n".join(kinds)
        + '\n},\n"types": {\n'
        + ",\n".join(rows)
        + "\n}\n}\n"
    )


def main(arguments: list[str]) -> int:
    """Write the file, or say that it is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the file if it is stale")
    write = parser.parse_args(arguments).write
    made = text()
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == made:
        return 0
    if not write:
        print(f"{TARGET.relative_to(ROOT)} is out of date: python -m tools.kubernetes_api --write", file=sys.stderr)
        return 1
    TARGET.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
