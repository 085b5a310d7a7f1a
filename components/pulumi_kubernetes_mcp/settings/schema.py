"""The JSON Schema of a stack file, from the same models that load it, for editors and for CI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .help import help_of, in_stack
from .models import Settings
from .stack_file import NAMESPACE
from .tree import groups, ordered

_DEFINITIONS = "definitions"
_SECURE = {
    "type": "object",
    "description": "Encrypted value, written by 'pulumi config set --secret'.",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}
_ENCRYPTED = {"required": ["secure"], "maxProperties": 1, "properties": {"secure": {"type": "string"}}}
"""What Pulumi takes for an encrypted value, and therefore no map of texts with the one key 'secure'."""
_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(\.{_BYTE}){{3}}"
_ADDRESS_RANGE = (
    rf"^({_IPV4}(/(0*([12]?[0-9]|3[0-2])|{_IPV4}))?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[^/%]+)?(/[0-9]{{1,3}})?)$"
)
"""An address range as loading takes it: IPv4 exactly but for odd masks, IPv6 only by its characters."""
_ADDRESS_RANGES = (
    ("RegionSettings", "nodeCidrs"),
    ("Egress", "cidrs"),
    ("DatabaseSettings", "cidrs"),
    ("EdgeSettings", "clientCidrs"),
)


def stack_file_schema() -> dict[str, Any]:
    """JSON Schema of a ``Pulumi.<stack>.yaml``: draft-07, which every YAML editor plugin reads.

    No top-level key is required, since Pulumi.yaml may provide it; inside a key everything is, since a stack
    replaces whole keys. Keys of other namespaces are allowed. Where :func:`~.load.load_settings` wants an
    encrypted value, so does the schema.
    """
    # Imported where it is needed: reading a stack file needs no rules.
    from ..rules.catalogue import CATALOGUE

    raw = Settings.model_json_schema(by_alias=True, ref_template=f"#/{_DEFINITIONS}/{{model}}")
    settings = _plain(_described(raw))
    definitions = settings.pop("$defs")
    kinds = [kind for kind in definitions["DatabaseSettings"]["properties"]["kind"]["enum"] if kind != "postgres"]
    file: dict[str, Any] = {"required": ["kind"], "properties": {"kind": {"enum": kinds}}}
    definitions["SecretsSettings"]["properties"]["values"]["additionalProperties"] = _SECURE
    definitions["WorkloadSettings"]["anyOf"] = [_given(key) for key in ("dailyUsers", "sessionsByHour", "peakSessions")]
    definitions["WorkloadSettings"]["properties"]["sessionsByHour"]["contains"] = {"exclusiveMinimum": 0}
    definitions["DatabaseSettings"]["anyOf"] = [
        {**_given("host"), "not": file},
        {**file, "properties": {**file["properties"], "pooler": {"const": "none"}}},
    ]
    definitions["SecretsSettings"]["anyOf"] = [
        {"properties": {"source": {"not": {"const": "config"}}}},
        {"properties": {"name": {"type": "null"}}},
    ]
    definitions["Acceptance"]["properties"]["code"]["enum"] = [
        *(rule.code for rule in CATALOGUE),
        *(rule.slug for rule in CATALOGUE),
    ]
    for group, key in _ADDRESS_RANGES:
        definitions[group]["properties"][key]["items"]["pattern"] = _ADDRESS_RANGE
    keys = settings["properties"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Stack of an MCP server",
        "type": "object",
        "properties": {
            "config": {
                "description": "Configuration of this stack; a key replaces the whole key of Pulumi.yaml.",
                "type": ["object", "null"],
                "properties": {f"{NAMESPACE}:{key}": schema for key, schema in keys.items()},
                "patternProperties": {f"^{NAMESPACE}:(?!({'|'.join(keys)})$)": False},
                "additionalProperties": True,
            },
            "environment": {
                "description": "Pulumi ESC environments that this stack imports.",
                "type": ["array", "object", "null"],
            },
            "secretsprovider": {"description": "What encrypts secrets; written by Pulumi.", "type": "string"},
            "encryptedkey": {"description": "Encrypted key of the secrets provider.", "type": "string"},
            "encryptionsalt": {"description": "Salt of the passphrase; written by Pulumi.", "type": "string"},
        },
        "additionalProperties": False,
        _DEFINITIONS: definitions,
    }


def schema_text() -> str:
    """The schema as it is committed: indented by two spaces, with a newline at the end."""
    return json.dumps(stack_file_schema(), indent=2, ensure_ascii=False) + "\n"


def write_schema(path: Path) -> bool:
    """Write the schema to ``path`` if the file is missing or differs; whether it did."""
    text = schema_text()
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the help of every group and key."""
    definitions = schema["$defs"]
    for group in groups(Settings):
        definition = schema if group is Settings else definitions[group.__name__]
        definition["description"] = in_stack(" ".join((group.__doc__ or "").split()))
        properties = definition["properties"]
        definition["properties"] = {
            alias: {**properties[alias], "description": in_stack(help_of(group, name))}
            for name in ordered(group)
            for alias in [group.model_fields[name].alias or name]
        }
    return schema


def _given(key: str) -> dict[str, Any]:
    return {"required": [key], "properties": {key: {"not": {"type": "null"}}}}


def _plain(node: Any) -> Any:
    """Drop generated titles, keep encrypted values out of free maps, and wrap a ``$ref`` that has siblings.

    Draft-07 ignores what stands beside a ``$ref``.
    """
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _plain(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    if isinstance(kept.get("additionalProperties"), dict):
        kept["not"] = _ENCRYPTED
    if "$ref" in kept and len(kept) > 1:
        return {"allOf": [{"$ref": kept.pop("$ref")}], **kept}
    return kept
