"""The API schemas of three Kubernetes minors, strict: an unknown field is an error.

The same files and the same validator as ``kubernetes_validate.validate(..., strict=True)``, read once per kind.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import referencing
from jsonschema import Draft202012Validator

MINORS = ("1.35", "1.36", "1.37")
_SCHEMAS = files("kubernetes_validate") / "kubernetes-json-schema"


class UnknownKindError(LookupError):
    """Kubernetes itself has no such kind."""


@cache
def _definitions(minor: str) -> Any:
    return referencing.Resource.from_contents(
        json.loads((_SCHEMAS / f"v{minor}.0-local-strict" / "_definitions.json").read_text(encoding="utf-8"))
    )


@cache
def _validator(minor: str, kind: str, api_version: str) -> Draft202012Validator:
    version = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    file = _SCHEMAS / f"v{minor}.0-local-strict" / f"{kind.lower()}-{version}.json"
    if not file.is_file():
        raise UnknownKindError(f"Kubernetes {minor} has no {kind} in {api_version}")
    schema = json.loads(file.read_text(encoding="utf-8"))
    registry: Any = referencing.Registry()
    registry = _definitions(minor) @ (referencing.Resource.from_contents(schema) @ registry)
    return Draft202012Validator(schema, registry=registry)


def problems(body: dict[str, Any], minor: str) -> list[str]:
    """What is wrong with an object, each with its path. UnknownKindError for a kind that is not Kubernetes' own."""
    validator = _validator(minor, body["kind"], body["apiVersion"])
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
