"""The JSON Schemas of a stack file and of Pulumi.yaml, from the same models that load them, for editors and for CI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .explain import keys_at
from .fields import DNS_LABEL
from .help import help_of, in_stack
from .layers import SERVERS
from .load import INTERNAL
from .models import Settings
from .problems import NAMESPACE
from .servers import HELP, MOST_SERVERS, SERVER_GROUPS
from .tree import groups, ordered

_DRAFT = "http://json-schema.org/draft-07/schema#"
_DEFINITIONS = "definitions"
_NULL = {"type": "null"}
_IN_POD = r"^([Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt]\.?|127\.0\.0\.1|::1)$"
_SECURE = {
    "type": "object",
    "description": "Encrypted value, written by 'pulumi config set --secret'.",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}
_ENCRYPTED = {
    "type": "object",
    "required": ["secure"],
    "maxProperties": 1,
    "properties": {"secure": {"type": "string"}},
}
"""What Pulumi takes for an encrypted value, and therefore no map of texts with the one key 'secure'."""
_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(\.{_BYTE}){{3}}"
ADDRESS_RANGE = (
    rf"^({_IPV4}(/(0*([12]?[0-9]|3[0-2])|{_IPV4}))?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[^/%]+)?(/[0-9]{{1,3}})?)$"
)
"""An address range as loading takes it: IPv4 exactly but for odd masks, IPv6 only by its characters."""
_ADDRESS_RANGES = (
    ("RegionSettings", "nodeCidrs"),
    ("Egress", "cidrs"),
    ("Egress", "exceptCidrs"),
    ("Ingress", "cidrs"),
    ("Ingress", "exceptCidrs"),
    ("StateStoreSettings", "cidrs"),
    ("DatabaseSettings", "cidrs"),
    ("EdgeSettings", "clientCidrs"),
)


def stack_file_schema() -> dict[str, Any]:
    """JSON Schema of a ``Pulumi.<stack>.yaml``: draft-07, which every YAML editor plugin reads.

    A stack is one layer of several, so no key is required outside of lists, which are not merged, and ``null`` takes
    away what Pulumi.yaml gives. What is missing in the end is told by :func:`~.load.load_settings`. Keys of other
    namespaces are allowed. Where loading wants an encrypted value, so does the schema.
    """
    # Imported where it is needed: reading a stack file needs no rules.
    from ..rules.catalogue import CATALOGUE

    raw = Settings.model_json_schema(by_alias=True, ref_template=f"#/{_DEFINITIONS}/{{model}}")
    settings = _plain(_described(raw))
    definitions = settings.pop("$defs")
    kinds = [kind for kind in definitions["DatabaseSettings"]["properties"]["kind"]["enum"] if kind != "postgres"]
    definitions["SecretsSettings"]["properties"]["values"]["additionalProperties"] = _SECURE
    definitions["WorkloadSettings"]["properties"]["sessionsByHour"]["contains"] = {"exclusiveMinimum": 0}
    for group, key in _ADDRESS_RANGES:
        ranges = definitions[group]["properties"][key]
        next(one for one in (ranges, *ranges.get("anyOf", ())) if "items" in one)["items"]["pattern"] = ADDRESS_RANGE
    for group, words in (
        ("Egress", [{"required": ["internet"], "properties": {"internet": {"const": True}}}]),
        ("Ingress", []),
    ):
        pods = {"anyOf": [_given("namespace"), _given("podLabels")]}
        definitions[group]["oneOf"] = [{"anyOf": [_given("cidrs"), *words]}, pods]
    for one in groups(Settings):
        if (short := getattr(one, "SHORT", None)) is not None:
            _or_alone(definitions, one.__name__, short)
    for name in _layered(settings["properties"], definitions):
        definition = definitions[name]
        definition.pop("required", None)
        definition["properties"] = {key: _or_null(one, definitions) for key, one in definition["properties"].items()}
    pooler = {"not": {"enum": ["none", None]}}
    without = {"kind": {"enum": kinds}, "host": {"type": "string", "pattern": _IN_POD}}
    definitions["DatabaseSettings"]["not"] = {
        "anyOf": [
            {"required": [key, "pooler"], "properties": {key: value, "pooler": pooler}}
            for key, value in without.items()
        ]
    }
    sources = ("configMap", "secret", "file")
    definitions["CertificateAuthority"]["oneOf"] = [{"required": [one]} for one in sources]
    definitions["ScrapeAuthority"]["oneOf"] = [{"required": [one]} for one in sources[:2]]
    definitions["SecretsSettings"]["anyOf"] = [
        {"properties": {"source": {"not": {"const": "config"}}}},
        {"properties": {"name": {"type": "null"}}},
    ]
    definitions["Acceptance"]["properties"]["code"]["enum"] = [
        *(rule.code for rule in CATALOGUE),
        *(rule.slug for rule in CATALOGUE),
    ]
    keys = {key: _or_null(schema, definitions) for key, schema in settings["properties"].items()}
    description = keys["edge"].pop("description", "")
    word = {"const": INTERNAL, "description": "No way in: for other workloads of the cluster."}
    keys["edge"] = {"description": description, "anyOf": [keys["edge"], word]}
    keys[SERVERS] = {
        "description": HELP,
        "type": ["object", "null"],
        "minProperties": 1,
        "maxProperties": MOST_SERVERS,
        "propertyNames": {"pattern": f"^{DNS_LABEL}$"},
        "additionalProperties": {
            "description": "The groups of one server, merged over those of the stack.",
            "type": ["object", "null"],
            "properties": {group: keys[group] for group in SERVER_GROUPS},
            "additionalProperties": False,
        },
    }
    return {
        "$schema": _DRAFT,
        "title": "Stack of an MCP server",
        "type": "object",
        "properties": {
            "config": {
                "description": "Configuration of this stack, merged over mcp:defaults of Pulumi.yaml.",
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


def project_file_schema() -> dict[str, Any]:
    """JSON Schema of a ``Pulumi.yaml``: what ``defaults`` may hold, as the schema of a stack file beside it says.

    In a project of another name the key is ``mcp:defaults``. Everything else is Pulumi's.
    """
    stack_keys = "stack.schema.json#/properties/config/properties"
    groups = {
        "description": "The groups that every stack is merged over.",
        "type": "object",
        "properties": {key: {"$ref": f"{stack_keys}/{NAMESPACE}:{key}"} for key in (*keys_at(()), SERVERS)},
        "additionalProperties": False,
    }
    declaration = {
        "description": "What all stacks share; a stack's groups are merged over it, key by key.",
        "type": "object",
        "properties": {
            "type": {"description": "The type of the value, for Pulumi.", "const": "object"},
            "description": {"description": "What the value is for.", "type": "string"},
            "default": groups,
            "value": groups,
        },
        "additionalProperties": False,
    }
    return {
        "$schema": _DRAFT,
        "title": "Project of MCP servers",
        "type": "object",
        "properties": {
            "name": {"description": "Name of the project.", "type": "string"},
            "config": {
                "description": "What all stacks share.",
                "type": ["object", "string", "null"],
                "properties": {"defaults": declaration, f"{NAMESPACE}:defaults": declaration},
            },
        },
        "required": ["name"],
    }


def schema_files() -> dict[str, str]:
    """Name of a file to its text: the schemas of a stack file and of Pulumi.yaml, as they are committed."""
    schemas = {"stack.schema.json": stack_file_schema(), "project.schema.json": project_file_schema()}
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in schemas.items()}


def write_schemas(directory: Path) -> list[Path]:
    """Write the schemas that are missing in a directory or differ; returns their paths."""
    written = []
    for name, text in schema_files().items():
        path = directory / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            directory.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def _given(key: str) -> dict[str, Any]:
    """That a key is given, and not as nothing."""
    return {"required": [key], "properties": {key: {"not": _NULL}}}


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


def _or_alone(definitions: dict[str, Any], name: str, key: str) -> None:
    """Let a text stand for a group of which it is one key, in every list of such groups."""
    alone = definitions[name]["properties"][key]
    for definition in definitions.values():
        for schema in definition.get("properties", {}).values():
            if schema.get("items") == {"$ref": f"#/{_DEFINITIONS}/{name}"}:
                schema["items"] = {"anyOf": [alone, {"$ref": f"#/{_DEFINITIONS}/{name}"}]}
                schema["default"] = [one[key] for one in schema.get("default", [])]


def _layered(node: Any, definitions: dict[str, Any]) -> set[str]:
    """The definitions that are merged key by key: all that are not only used in lists."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            name = str(item.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting += [value for key, value in item.items() if key != "items"]
    return found


def _or_null(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value that a layer may also take away; so may it each value of a free map."""
    if isinstance(schema.get("additionalProperties"), dict):
        schema = {**schema, "additionalProperties": _or_null(schema["additionalProperties"], definitions)}
    if "anyOf" in schema:
        options = [
            _or_null(option, definitions) if "additionalProperties" in option else option for option in schema["anyOf"]
        ]
        return {**schema, "anyOf": options if _NULL in options else [*options, _NULL]}
    if "type" in schema:
        more = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return {**schema, "type": [*kinds, "null"], **more}
    group = schema if "$ref" in schema else schema["allOf"][0]
    described = {"description": definitions[group["$ref"].rpartition("/")[2]]["description"], **schema}
    rest = {key: value for key, value in described.items() if key not in ("allOf", "$ref")}
    return {**rest, "anyOf": [group, _NULL]}


def _plain(node: Any) -> Any:
    """Drop generated titles, say what names a map takes, keep encrypted values out of it, and wrap a ``$ref`` that has
    siblings.

    Draft-07 ignores what stands beside a ``$ref``.
    """
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _plain(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    if "patternProperties" in kept and "additionalProperties" not in kept:
        # Pydantic says of keys that do not fit nothing at all.
        ((pattern, member),) = kept.pop("patternProperties").items()
        kept["propertyNames"] = {**kept.get("propertyNames", {}), "pattern": pattern}
        kept["additionalProperties"] = member
    if isinstance(kept.get("additionalProperties"), dict):
        kept["not"] = _ENCRYPTED
    if "$ref" in kept and len(kept) > 1:
        return {"allOf": [{"$ref": kept.pop("$ref")}], **kept}
    return kept
