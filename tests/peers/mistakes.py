"""The thirteen planted mistakes of the comparison: each is a change of a stack that works."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Values = dict[str, Any]


@dataclass(frozen=True)
class Mistake:
    """A mistake, how to make it, and the key that the refusal must name."""

    name: str
    path: str
    make: Callable[[Values], None]

    def planted(self, values: Mapping[str, Any]) -> Values:
        """A copy of a stack's values with the mistake in it."""
        changed = copy.deepcopy(dict(values))
        self.make(changed)
        return changed


def _put(*place: str, value: object) -> Callable[[Values], None]:
    def make(values: Values) -> None:
        *above, last = place
        for key in above:
            values = values.setdefault(key, {})
        values[last] = value

    return make


def _both(*changes: Callable[[Values], None]) -> Callable[[Values], None]:
    def make(values: Values) -> None:
        for change in changes:
            change(values)

    return make


def _fixed_at_minus_one(values: Values) -> None:
    values["mcp:scaling"] = {"autoscaler": "none", "replicas": -1}


def _without_tag(values: Values) -> None:
    values["mcp:server"]["image"] = values["mcp:server"]["image"].rpartition(":")[0]


def _misspelt_key(values: Values) -> None:
    values["mcp:scalling"] = values.pop("mcp:scaling")


def _misspelt_nested_key(values: Values) -> None:
    values["mcp:scaling"]["maxReplica"] = values["mcp:scaling"].pop("maxReplicas")


SERVER, SCALING, DATABASE = "mcp:server", "mcp:scaling", "mcp:database"

MISTAKES = (
    Mistake(
        "HPA minimum 50 above its maximum 30",
        "mcp:scaling.maxReplicas",
        _both(_put(SCALING, "minReplicas", value=50), _put(SCALING, "maxReplicas", value=30)),
    ),
    Mistake(
        "memory request above its limit",
        "mcp:server.resources.requests.memory",
        _put(
            SERVER,
            "resources",
            value={"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2500m", "memory": "512Mi"}},
        ),
    ),
    Mistake(
        "disruption budget's minimum = autoscaler's minimum",
        "mcp:scaling.minAvailable",
        _put(SCALING, "minAvailable", value=3),
    ),
    Mistake(
        "fixed replicas beside an autoscaler",
        "mcp:scaling.replicas",
        _put(SCALING, "replicas", value=3),
    ),
    Mistake("replicas -1", "mcp:scaling.replicas", _fixed_at_minus_one),
    Mistake("misspelt top-level key", "mcp:scalling", _misspelt_key),
    Mistake("misspelt nested key", "mcp:scaling.maxReplica", _misspelt_nested_key),
    Mistake(
        'memory "512MB"',
        "mcp:server.resources.limits.memory",
        _put(SERVER, "resources", value={"limits": {"cpu": "2500m", "memory": "512MB"}}),
    ),
    Mistake("port 70000", "mcp:server.port", _put(SERVER, "port", value=70000)),
    Mistake(
        "pre-stop 180 s within a grace period of 120 s",
        "mcp:server.gracePeriodSeconds",
        _both(_put(SERVER, "preStopSeconds", value=180), _put(SERVER, "gracePeriodSeconds", value=120)),
    ),
    Mistake("image without a tag", "mcp:server.image", _without_tag),
    Mistake(
        "utilisation HPA without CPU requests",
        "mcp:server.resources.requests",
        _put(SERVER, "resources", value={"requests": {"cpu": "0", "memory": "192Mi"}}),
    ),
    Mistake(
        "pooler that may open 5,000 database connections",
        "mcp:database.poolerPoolSize",
        _put(DATABASE, "poolerPoolSize", value=2500),
    ),
)
