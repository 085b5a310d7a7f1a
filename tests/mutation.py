"""Stack files changed at random by their schema, as people, templates and merges write them. The same for a seed."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from pulumi_kubernetes_mcp.offline.manifests import manifests
from pulumi_kubernetes_mcp.region import McpRegion
from pulumi_kubernetes_mcp.region_plan import RegionPlan, load, plan_region
from pulumi_kubernetes_mcp.rules.model import errors
from pulumi_kubernetes_mcp.settings import SettingsError, stack_file_schema
from pulumi_kubernetes_mcp.testing import record

Values = dict[str, Any]

COMMON: Values = {
    "mcp:region": {"name": "us-east", "kubernetesVersion": "1.36"},
    "mcp:server": {
        "image": "registry.example.com/acme/orders:1.4.2",
        "name": "orders",
        "healthPath": "/healthz",
        "livenessPath": "/livez",
        "env": {"LOG_LEVEL": "info"},
        "egress": [{"port": 443, "cidrs": ["0.0.0.0/0"]}],
    },
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}
BASES: tuple[Values, ...] = (
    COMMON,
    {
        **COMMON,
        "mcp:server": {**COMMON["mcp:server"], "runtime": "python-v1", "eras": ["legacy-stateful", "sse"]},
        "mcp:scaling": {
            "prometheusAddress": "http://prometheus-operated.monitoring:9090",
            "schedules": [
                {
                    "name": "office",
                    "replicas": 4,
                    "timeZone": "Europe/Berlin",
                    "days": ["mon", "tue", "wed", "thu", "fri"],
                    "fromTime": "08:00",
                    "toTime": "18:00",
                }
            ],
        },
        "mcp:secrets": {"source": "existing", "name": "keys", "env": {"API_KEY": "api"}},
        "mcp:stateStore": {"maxClients": 10000},
    },
    {
        **COMMON,
        "mcp:edge": {"host": "mcp.example.com", "kind": "ingress", "implementation": "nginx"},
        "mcp:database": {"host": "db.example.com", "maxConnections": 420, "pooler": "pgbouncer"},
        "mcp:secrets": {
            "source": "external",
            "store": {"name": "platform"},
            "remote": {"username": {"key": "orders", "property": "user"}, "password": {"key": "orders"}},
        },
        "mcp:scaling": {"metrics": [{"type": "pods", "name": "calls", "averageValue": "10"}]},
    },
    {
        **COMMON,
        "mcp:database": {"host": "db.example.com", "maxConnections": 420},
        "mcp:secrets": {"source": "existing", "name": "orders-db"},
        "mcp:servers": {"orders": {"workload": {"dailyUsers": 300}}, "search": {"server": {"path": "/search"}}},
    },
)  # fmt: skip
"""Right stacks, of the kinds that differ most."""

TEXTS = (
    "", " ", "a", "A", "web", "orders-2", "a.b", "a b", "a/b", "a_b", "-a", "a-", "..", ".", "a" * 63, "a" * 64,
    "a" * 254, "1", "0", "true", "null", "~", "500m", "1.5Gi", "256Mi", "\uff15\uff10\uff10", "1e3", "-1", "1.36",
    "v1.30", "1h", "0s", "10.0.0.0/8", "0.0.0.0/0", "::/0", "fd00::/8", "10.0.0.1/33", "db.example.com",
    "http://prometheus:9090", "/mcp", "/", "//", "/a/../b", "registry.example.com/a/b:1", "a:latest",
    "Europe/Berlin", "0 8 * * *", "08:00", "25:00", "sum(mcp_sessions)", "\u00e9", "\u0661", "\n", "a\nb", "\t",
    "\0", "\ud800", "\u202e", "$(A)", "${A}", "{{a}}", "%s", "{0}", "[[a]]", "'", '"',
    "postgres://app:hunter2-Xq9@db/orders", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "example.com/key", "MCP309",
)  # fmt: skip
NUMBERS = (
    0,
    1,
    2,
    3,
    10,
    60,
    100,
    255,
    1800,
    3600,
    8000,
    65535,
    65536,
    100_000,
    2**31,
    2**63,
    10**30,
    -1,
    -(2**40),
    0.5,
    1e-9,
    1e300,
    99.9,
)
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [None],
    {"": ""},
    {"a": None},
    [[]],
    float("inf"),
    float("nan"),
    {1: 2},
)
SECRETS = ("hunter2-Xq9", "16C7e42F292c6912E7710c838347Ae178B4a")
"""What no message may hold."""


@dataclass
class Mutator:
    """Makes values by a schema. ``wild`` is how often one is made that the schema does not ask for."""

    random: Random
    wild: float = 0.15
    schema: dict[str, Any] = field(default_factory=stack_file_schema)

    def stack(self) -> Values:
        """A right stack with one to four changes."""
        values = copy.deepcopy(self.random.choice(BASES))
        for _ in range(self.random.choice((1, 1, 1, 2, 2, 4))):
            self._change(values)
        return values

    def _change(self, values: Values) -> None:
        groups = self.schema["properties"]["config"]["properties"]
        name = self.random.choice([key for key in groups if key != "mcp:servers" or self.random.random() < 0.2])
        if self.random.random() < 0.02:
            values[name] = self._odd()
        else:
            values[name] = self._merged(values.get(name), self._node(groups[name]), depth=0)

    def _merged(self, old: Any, node: dict[str, Any], depth: int) -> Any:
        """A value with one member made anew, or a new value where it has none."""
        properties = node.get("properties")
        if not properties or not isinstance(old, (dict, type(None))):
            return self._value(node, depth)
        old = dict(old or {})
        key = self.random.choice(list(properties))
        chance = self.random.random()
        if chance < 0.05:
            old.pop(self.random.choice([*old, key]), None)
        elif chance < 0.05 + self.wild / 5:
            old[self.random.choice(TEXTS)] = self._odd()
        else:
            old[key] = self._merged(old.get(key), self._node(properties[key]), depth + 1)
        return old

    def _node(self, node: dict[str, Any]) -> dict[str, Any]:
        """A schema without its references, one of its choices taken."""
        while "$ref" in node or "anyOf" in node or "allOf" in node:
            if "$ref" in node:
                node = self.schema["definitions"][node["$ref"].rpartition("/")[2]]
            elif "allOf" in node and "properties" not in node:
                node = node["allOf"][0]
            elif "anyOf" in node and "properties" not in node:
                node = self.random.choice([one for one in node["anyOf"] if one != {"type": "null"}])
            else:
                break
        return node

    def _value(self, node: dict[str, Any], depth: int) -> Any:
        node = self._node(node)
        if depth > 6 or self.random.random() < self.wild:
            return self._odd()
        kinds = node.get("type", "string")
        kind = self.random.choice([one for one in ([kinds] if isinstance(kinds, str) else kinds) if one != "null"])
        if "enum" in node:
            return self.random.choice(node["enum"])
        if kind in ("integer", "number"):
            return self._number(node, kind)
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind == "array":
            least, most = node.get("minItems", 0), min(node.get("maxItems", 3), 24)
            return [self._value(node["items"], depth + 1) for _ in range(self.random.randint(least, max(least, most)))]
        return self._map(node, depth) if kind == "object" else self._text(node)

    def _map(self, node: dict[str, Any], depth: int) -> Any:
        if "properties" in node:
            wanted = set(node.get("required", ()))
            named = [key for key in node["properties"] if key in wanted or self.random.random() < 0.3]
            return {key: self._value(node["properties"][key], depth + 1) for key in named}
        member = node.get("additionalProperties", {})
        names = [self._text(node.get("propertyNames", {})) for _ in range(self.random.randint(0, 3))]
        return {name: self._value(member if isinstance(member, dict) else {}, depth + 1) for name in names}

    def _number(self, node: dict[str, Any], kind: str) -> Any:
        low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum")
        near = [edge + step for edge in (low, high) if edge is not None for step in (-1, 0, 0, 1)]
        if low is not None and high is not None:
            near += [low + (min(high, low + 1000) - low) * self.random.random() for _ in range(6)]
        value = self.random.choice([*near, *near, *NUMBERS])
        return int(value) if kind == "integer" and abs(value) < 1e15 and self.random.random() < 0.95 else value

    def _text(self, node: dict[str, Any]) -> str:
        if "pattern" in node and self.random.random() < 0.7:
            fitting = [text for text in (*TEXTS, *_FITTING) if re.search(node["pattern"], text)]
            if fitting:
                return self.random.choice(fitting)
        return self.random.choice(TEXTS)

    def _odd(self) -> Any:
        chosen = self.random.random()
        return copy.deepcopy(self.random.choice(TEXTS if chosen < 0.4 else NUMBERS if chosen < 0.7 else ODD))


_FITTING = (
    "A",
    "LOG_LEVEL",
    "http://prometheus-operated.monitoring:9090",
    "a" * 63,
    "tls.crt",
    "MCP_X",
    "/sse",
    "nginx",
)


def stacks(seed: int, count: int, *, wild: float = 0.15) -> Iterator[Values]:
    """So many changed stacks, the same for a seed."""
    mutator = Mutator(Random(seed), wild)
    for _ in range(count):
        yield mutator.stack()


def accepted(values: Values) -> RegionPlan | None:
    """The plan of a stack that 'check' has no error for; ``None`` where it is refused in words.

    Anything else that is raised is a fault, and goes through. No message holds a secret, wherever it was written.
    """
    try:
        plan = plan_region(load(values, where="here"), rehearse=False)
        told = repr(plan.findings)
    except SettingsError as refused:
        plan, told = None, f"{refused} {refused.problems!r}"
    leaked = [secret for secret in SECRETS if secret in told]
    assert leaked == [], f"a message shows what a secret is: {told[:500]}"
    return plan if plan is not None and not errors(plan.findings) else None


def rendered(plans: Sequence[RegionPlan]) -> list[list[dict[str, Any]]]:
    """The objects of each of several regions, made in one run of the engine, which costs more than all of them."""
    made = record(lambda: [_elsewhere(place, plan) for place, plan in enumerate(plans)])
    own = [
        replace(made, resources=tuple(one for one in made.resources if one.name.startswith(f"r{place}-")))
        for place in range(len(plans))
    ]
    return [[dict(manifest.body) for manifest in manifests(one)] for one in own]


def _elsewhere(place: int, plan: RegionPlan) -> McpRegion:
    """A region in a cluster of its own: many have the same namespace."""
    cluster = kubernetes.Provider(f"k{place}")
    return McpRegion.planned(f"r{place}", plan, pulumi.ResourceOptions(provider=cluster))
