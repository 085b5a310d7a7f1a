"""Stacks in which other keys leave some without effect, and what a changed value moves in each: objects and figures."""

from __future__ import annotations

import copy
import gc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from typing import Any

from pulumi_kubernetes_mcp import McpRegion
from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS
from pulumi_kubernetes_mcp.inputs.checked import ArgumentsError
from pulumi_kubernetes_mcp.keys import in_file
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.rules.applied.unread import CODES
from pulumi_kubernetes_mcp.rules.model import Finding, errors
from pulumi_kubernetes_mcp.settings import SettingsError
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.settings.tree import Key
from pulumi_kubernetes_mcp.testing import record
from tests.components.case import PROJECT

from . import walk
from .changed import values

TRIED = 2
"""Values of a key that are tried in one stack."""
LONG: Mapping[str, tuple[Any, ...]] = {"request_timeout_seconds": (7200,), "idle_timeout_seconds": (7200,)}
"""Values that no rule refuses, where those of a walk are too short."""
FACTS: Mapping[str, str] = {
    "region.name": "it is what the region is called",
    "region.kubernetes_version": "rules hold what is emitted against it",
    "server.max_tool_seconds": "rules hold timeouts against it",
    "server.keepalive_seconds": "rules hold the silence that an edge bears against it",
    "server.idle_connection_seconds": "rules hold the proxies against it",
    "server.authorization": "rules ask for a way to the identity provider",
    "server.verified": "rules hold what is assumed of the server against it",
    "workload.session_minutes": "the rehearsal plays sessions of that length",
    "workload.tools[].name": "it is what the tool is called",
    "workload.tools[].share_percent": "a single tool has all calls",
    "database.host": "stacks and servers that name one are counted together",
    "prices.currency": "it is for the eye",
    "accept[].code": "it is about findings",
    "accept[].reason": "it is for the next reader",
}
"""Keys that say what is so and ask for nothing: rules, the rehearsal or other stacks read them besides."""

AS_DERIVED = (
    ("follow", "cpu"),
    ("affinity", "none"),
    ("cluster_user_id", True),
    ("queries", 0.0),
    ("kind", "duckdb"),
    ("kind", "single-writer"),
)
"""Keys with a value that says what is so anyway, or differs from another one by its name alone."""

Args = dict[str, Any]
BASE: Args = {
    "region": {"name": "us-east"},
    "server": {"image": "registry.example/one:1.2.0", "health_path": "/healthz"},
    "workload": {"daily_users": 500.0},
    "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}
_PROMETHEUS = {"prometheus_address": "https://prometheus.monitoring:9090"}
_DATABASE = {"host": "db.example.com", "max_connections": 4000}
_SMALL: Args = {"region": {"environment": "development"}, "workload": {"daily_users": 5.0}}
_EDGE = ("edge.", "awaits.", "server.sse_paths", "server.idle_connection_seconds")
_OF_PODS = ("edge.backend_tls", "edge.host")
_SCALING = ("scaling.", "awaits.")
_STORES = ("database.", "secrets.")


@dataclass(frozen=True)
class World:
    """A stack, and the beginnings of the keys that are changed in it."""

    args: Args
    keys: tuple[str, ...]

    @cached_property
    def plan(self) -> RegionPlan:
        """Its plan without a change."""
        return planned(self.args)

    @cached_property
    def figures(self) -> Any:
        """What is planned in it."""
        return _figures(self.plan)

    @cached_property
    def arguments(self) -> Any:
        """What its components are told."""
        return walk.arguments(self.plan)

    @cached_property
    def objects(self) -> Mapping[str, Any]:
        """What it makes."""
        return _objects(self.plan)


def with_keys(args: Args, *others: Args) -> Args:
    """Arguments with others merged over them; ``None`` takes a key away."""
    result = copy.deepcopy(args)
    for other in others:
        for key, value in other.items():
            if value is None:
                result.pop(key, None)
            elif isinstance(value, dict) and isinstance(result.get(key), dict):
                result[key] = with_keys(result[key], value)
            else:
                result[key] = copy.deepcopy(value)
    return result


@cache
def worlds() -> Mapping[str, World]:
    """Every stack by its name."""
    return {**dict(_edges()), **dict(_autoscalers()), **dict(_databases()), **dict(_others())}


def _edges() -> Iterator[tuple[str, World]]:
    reached = {"client_cidrs": ["10.9.0.0/16"], "client_namespace": "proxies"}
    for name, row in IMPLEMENTATIONS.items():
        for kind in row.kinds:
            edge = {"implementation": name, "kind": kind, **reached}
            yield f"{name} by {kind}", World(with_keys(BASE, {"edge": edge}), _EDGE)
            if row.backend_tls is not None and (row.backend_tls == "policy") == (kind == "gateway"):
                certificate = {"backend_tls": {"hostname": "one.internal"}} if row.backend_tls == "policy" else {}
                tls = {"server": {"serves_tls": True}, "edge": {**edge, **certificate}}
                yield f"{name} by {kind} with TLS", World(with_keys(BASE, tls), _OF_PODS)
    yield "no edge", World(with_keys(BASE, {"edge": {"kind": "none", "implementation": None}}), _EDGE)


def _autoscalers() -> Iterator[tuple[str, World]]:
    sessions = {"server": {"eras": ["legacy-stateful"]}, "scaling": {**_PROMETHEUS, "follow": "sessions"}}
    for name, changed in {
        "by cpu": {},
        "no autoscaler": {"scaling": {"autoscaler": "none", "replicas": 3}},
        "one pod": with_keys(_SMALL, {"scaling": {"autoscaler": "none", "replicas": 1}}),
        "at least one pod": with_keys(_SMALL, {"scaling": {"min_replicas": 1}}),
        "keda by cpu": {"scaling": {"autoscaler": "keda"}},
        "by sessions": sessions,
        "by calls": {"scaling": {**_PROMETHEUS, "follow": "in-flight"}},
        "by a query": {"scaling": {**_PROMETHEUS, "query": "sum(calls)", "target_per_pod": 4.0}},
        "at hours": {
            "scaling": {
                "max_replicas": 12,
                "schedules": [
                    {"name": "o", "replicas": 10, "time_zone": "UTC", "start": "0 8 * * *", "end": "0 18 * * *"}
                ],
            }
        },
    }.items():
        yield name, World(with_keys(BASE, changed), _SCALING)


def _databases() -> Iterator[tuple[str, World]]:
    secret = {"secrets": {"source": "existing", "name": "database"}}
    for kind in ("postgres", "mysql", "mongodb", "sqlserver", "redis"):
        yield kind, World(with_keys(BASE, secret, {"database": {**_DATABASE, "kind": kind}}), _STORES)
    pod = with_keys(BASE, _SMALL, secret, {"scaling": {"autoscaler": "none", "replicas": 1}})
    yield "sqlite", World(with_keys(pod, {"database": {"kind": "sqlite"}}), _STORES)
    pooled = {"database": {**_DATABASE, "pooler": "pgbouncer"}}
    yield "a pooler", World(with_keys(BASE, secret, pooled), _STORES)
    for preset in ("url", "prisma", "sqlalchemy", "django", "spring", "generic", "none"):
        url = {"url_key": "url"} if preset in ("url", "prisma", "sqlalchemy") else {}
        database = {**_DATABASE, "preset": preset, **url}
        yield f"preset {preset}", World(with_keys(BASE, secret, {"database": database}), ("database.",))


def _others() -> Iterator[tuple[str, World]]:
    external = {"source": "external", "store": {"name": "vault"}, "remote": {"a": {"key": "k"}}, "env": {"A": "a"}}
    tool = {"name": "find", "share_percent": 100.0, "duration_milliseconds": 400.0}
    command = {"command": ["/bin/well"]}
    hours = [float(10 * hour) for hour in range(24)]
    for name, changed, keys in (
        ("no secrets", {}, ("secrets.", "monitoring.", "prices.")),
        ("a store of secrets", {"secrets": external}, ("secrets.", "awaits.")),
        ("a state store", {"state_store": {}}, ("state_store.",)),
        ("no tools", {}, ("workload.", "region.", "server.")),
        ("tools", {"workload": {"tools": [tool]}}, ("workload.",)),
        ("hours", {"workload": {"daily_users": None, "sessions_by_hour": hours}}, ("workload.",)),
        ("a peak", {"workload": {"daily_users": None, "peak_sessions": 63.0}}, ("workload.",)),
        ("a namespace of others", {"region": {"create_namespace": False, "namespace": "team"}}, ("region.",)),
        ("no route of health", {"server": {"health_path": None}}, ("server.",)),
        (
            "commands ask",
            {"server": {"probes": {"readiness": command, "liveness": command}}},
            ("server.health_path", "server.liveness_path", "server.probes"),
        ),
    ):
        yield name, World(with_keys(BASE, changed), keys)


def planned(args: Args) -> RegionPlan:
    """The plan of a stack."""
    return plan_region(load_stack(walk.in_file(args), where="stack", directory=PROJECT), rehearse=False)


@dataclass(frozen=True)
class Change:
    """Another value of a key in a stack."""

    value: Any
    moved: bool
    """Whether an object, its options or outputs, or a figure of the plan is another."""
    findings: tuple[Finding, ...]
    """What is said of the changed stack and not of the other."""

    def said_at(self, key: Key, *, unread: bool) -> list[Finding]:
        """What is said at the key, or at what it is in, by the rules of what nothing reads or by the others."""
        path = in_file(walk.path_of(key))
        return [
            one
            for one in self.findings
            if (one.code in CODES) is unread
            and (place := _anywhere(one.path)) is not None
            and (path == place or path.startswith(f"{place}.") or place.startswith(path))
        ]


def _anywhere(path: str) -> str:
    """A path with any item of its lists."""
    head, *rest = path.split("[")
    return head + "".join(f"[{part}" if not part[0].isdigit() else f"[]{part.partition(']')[2]}" for part in rest)


def changes(world: World, key: Key) -> Iterator[Change]:
    """Other values of a key in a stack, as far as its declaration and the rules take them."""
    known = {(one.code, one.path, one.problem) for one in world.plan.findings}
    tried = 0
    for place in walk.places(key.path, world.args):
        present = walk.at(world.args, place, key)
        for value in (*LONG.get(key.name, ()), *islice(values(key, present), walk.TRIED)):
            if value in (None, [], {}) or (key.name, value) in AS_DERIVED or tried == TRIED:
                continue
            try:
                after = planned(walk.replaced(world.args, place, value))
            except (SettingsError, ArgumentsError):
                continue
            if errors(after.findings):
                continue
            tried += 1
            new = tuple(one for one in after.findings if (one.code, one.path, one.problem) not in known)
            yield Change(value, _moved(world, after), new)


def _moved(world: World, after: RegionPlan) -> bool:
    if world.figures != _figures(after):
        return True
    if world.arguments == walk.arguments(after):
        return world.plan.settings.extra_objects != after.settings.extra_objects
    return world.objects != _objects(after)


def _figures(plan: RegionPlan) -> Any:
    """What is planned, without what only repeats the settings."""
    kept = {name: value for name, value in walk.figures(plan)["shared"].items() if name not in REPEATED}
    return [walk.figures(plan)["servers"], kept]


REPEATED = ("databases", "poolers", "secret_names")


def _objects(plan: RegionPlan) -> Mapping[str, Any]:
    quiet = replace(plan, findings=())
    collecting = gc.isenabled()
    gc.disable()
    try:
        run = record(lambda: McpRegion.planned("one", quiet), directory=PROJECT)
    finally:
        if collecting:
            gc.enable()
    return {place: value for place, value in walk.registered(run).items() if not place.startswith(walk.RULES)}
