"""Schemas for kubeconform without a download: Kubernetes' own from a Python package, the others from their CRDs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

from tests.cluster.crds import crd_files

_PACKAGE = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
_FOREIGN_REFERENCE = "/api/_definitions.json"
"""The package refers to an absolute address that it resolves itself; beside each other a bare name does."""


def write_schemas(target: Path, version: str) -> Path:
    """Write the strict schemas of one Kubernetes version (``1.34.0``) and of the custom resources to ``target``.

    RuntimeError (of the cluster tier) if the definitions of the custom resources cannot be had.
    """
    target.mkdir(parents=True)
    for source in (_PACKAGE / f"v{version}-local-strict").glob("*.json"):
        schema = json.loads(source.read_text(encoding="utf-8").replace(_FOREIGN_REFERENCE, "_definitions.json"))
        schema.pop("$id", None)  # references would be resolved against it, over the network
        target.joinpath(source.name).write_text(json.dumps(schema), encoding="utf-8")
    for definition in _definitions():
        spec = definition["spec"]
        for served in spec["versions"]:
            name = f"{spec['names']['kind']}-{spec['group'].split('.')[0]}-{served['name']}.json".lower()
            target.joinpath(name).write_text(json.dumps(strict(served["schema"]["openAPIV3Schema"])))
    return target


def _definitions() -> Iterator[Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where libyaml is there
    for path in crd_files():
        yield from filter(None, yaml.load_all(path.read_bytes(), Loader=loader))


def strict(schema: Any) -> Any:
    """An OpenAPI schema of a custom resource as a JSON schema that refuses unknown fields, as the API server does."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: strict(value) for key, value in schema.items() if key not in ("properties", "default", "example")}
    if isinstance(schema.get("properties"), dict):
        result["properties"] = {name: strict(value) for name, value in schema["properties"].items()}
        if "additionalProperties" not in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
            result["additionalProperties"] = False
    if schema.get("x-kubernetes-int-or-string"):
        result.pop("type", None)
    if schema.get("nullable") and "type" in result:
        result["type"] = [result["type"], "null"]
    return result
