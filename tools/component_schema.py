"""The schema of the components, as Pulumi's own analyser sees them: `python -m tools.component_schema --write`."""

from __future__ import annotations

import argparse
import inspect
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pulumi
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.schema import generate_schema

from . import source
from .compatibility import allowed, breaking

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "schemas" / "components.schema.json"
PACKAGE = "kubernetes-mcp"


def version() -> str:
    """The version of the distribution."""
    project: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return project


def analysed(components: list[type[pulumi.ComponentResource]], package_version: str) -> dict[str, Any]:
    """The package schema of some components."""
    result = Analyzer(PACKAGE).analyze(components)
    spec = generate_schema(
        PACKAGE,
        package_version,
        None,
        result["component_definitions"],
        result["type_definitions"],
        sorted(result["dependencies"], key=lambda dependency: dependency.name),
    )
    plain: dict[str, Any] = json.loads(json.dumps(spec.to_json()), object_hook=_not_indented)
    return plain


def _not_indented(known: dict[str, Any]) -> dict[str, Any]:
    """Descriptions without the indentation of their source, which the compiler keeps before Python 3.13."""
    return {
        key: inspect.cleandoc(value) if key == "description" and isinstance(value, str) else value
        for key, value in known.items()
    }


def current() -> dict[str, Any]:
    """The schema of all components, as the package is now."""
    found = source.components()
    return analysed([found[name] for name in sorted(found)], version())


def text(schema: dict[str, Any]) -> str:
    """A schema as it is committed."""
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def refusal(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Why ``new`` may not take the place of ``old``; empty where it may."""
    broken = breaking(old, new)
    if not broken or allowed(old["version"], new["version"]):
        return ""
    lines = "\n".join(f"  {change}" for change in broken)
    return (
        f"The components break programs that were written for version {old['version']}:\n{lines}\n"
        "Keep the old form beside the new one, or raise the version in pyproject.toml (the second number before 1.0, "
        "then the first), say how to change a program in CHANGELOG.md, and write the schema anew."
    )


def main(arguments: list[str]) -> int:
    """Write the golden file, or say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write schemas/components.schema.json")
    write = parser.parse_args(arguments).write
    new = current()
    old = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else new
    if problem := refusal(old, new):
        print(problem, file=sys.stderr)
        return 1
    if write:
        GOLDEN.write_text(text(new), encoding="utf-8")
        return 0
    if not GOLDEN.exists() or GOLDEN.read_text(encoding="utf-8") != text(new):
        print(f"{GOLDEN.relative_to(ROOT)} is out of date: python -m tools.component_schema --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
