"""Label selectors of Kubernetes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .untyped import items_of, map_of, maps_of


def matches(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Whether a label selector of Kubernetes matches; the empty one matches everything."""
    named = all(labels.get(key) == value for key, value in map_of(selector.get("matchLabels")).items())
    return named and all(_holds(one, labels) for one in maps_of(selector.get("matchExpressions")))


def _holds(one: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    value, values = labels.get(str(one.get("key"))), items_of(one.get("values"))
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }.get(str(one.get("operator")), False)
