"""What SARIF 2.1.0 asks of the objects that are written here, by hand from the standard (OASIS, sections 3.13 to 3.49).

Stricter than the standard: an object has no property but those that are named, so that a misspelt one is seen.
"""

from __future__ import annotations

from typing import Any


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    """An object with these properties and no others."""
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def listed(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


TEXT = {"type": "string", "minLength": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = closed(["text"], text=TEXT, markdown=TEXT)
ARTIFACT = closed([], uri={**TEXT, "format": "uri-reference"}, uriBaseId=TEXT)
PHYSICAL = closed(
    ["artifactLocation"], artifactLocation=ARTIFACT, region=closed([], startLine={"type": "integer", "minimum": 1})
)
LOGICAL = closed([], fullyQualifiedName=TEXT, kind={"enum": ["function", "member", "module", "object", "property"]})
LOCATION = closed([], physicalLocation=PHYSICAL, logicalLocations=listed(LOGICAL))
RULE = closed(
    ["id"],
    id=TEXT,
    name=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=closed([], level=LEVEL),
    properties={"type": "object", "properties": {"tags": listed(TEXT, uniqueItems=True)}},
)
RESULT = closed(
    ["message"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": -1},
    level=LEVEL,
    message=MESSAGE,
    locations=listed(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    properties={"type": "object"},
)
RUN = closed(
    ["tool"],
    tool=closed(["driver"], driver=closed(["name"], name=TEXT, version=TEXT, rules=listed(RULE, uniqueItems=True))),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=listed(RESULT),
)
LOG: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **closed(
        ["version", "runs"],
        **{"$schema": {**TEXT, "format": "uri"}, "version": {"const": "2.1.0"}, "runs": listed(RUN)},
    ),
}
