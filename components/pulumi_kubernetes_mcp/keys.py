"""The correspondence: every key of a stack file, and what reads it.

Most keys reach a component as they are, under the same name or one that :func:`~.settings.fields.same` says: those rows
follow from the declarations, and :func:`passed` hands their values on. The others are listed in :data:`DECIDED`, where
something is decided on the way, and in :data:`READERS`, where the plan or a rule is who reads them.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from pydantic.alias_generators import to_camel

from .declarations import COMPONENTS
from .settings.fields import Group, origin_of
from .settings.keys.databases import VariableNames
from .settings.models import Settings
from .settings.problems import NAMESPACE
from .settings.tree import ITEM, Key, keys

PLAN, RULES, OBJECTS = "the plan", "a rule", "the objects of the region"
"""Who reads a key besides the arguments of a component: the capacity plan, a rule that asks for nothing else, or
the region that makes them."""

_SECRET_VARIABLES = tuple(f"database.variables.{name}" for name in ("user", "password", "url"))
_CLEAR_VARIABLES = tuple(
    path for name in VariableNames.model_fields if (path := f"database.variables.{name}") not in _SECRET_VARIABLES
)

_OWN_ADDRESSES = (
    "edge.host",
    "edge.hosts",
    "edge.kind",
    "server.path",
    "server.eras",
    "server.authorization",
)

DECIDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "McpNamespace": {
        "namespace": ("region.namespace", "region.name", "region.environment"),
        "quota": ("region.quota",),
    },
    "McpSecrets": {
        "source": ("secrets.source",),
        "secret_name": ("secrets.name",),
        "remote": ("secrets.remote",),
        "await_ready": ("awaits.custom_resources",),
        "await_timeout_seconds": ("awaits.timeout_seconds",),
    },
    "McpPgBouncer": {
        "pooler_name": ("server.name",),
        "pool_size": ("database.pooler_pool_size",),
        "cluster_user_id": ("server.cluster_user_id", "region.platform"),
        "allow_from": (
            "region.node_cidrs",
            "monitoring.namespace",
            "database.pooler_exporter",
            "server.rollout.strategy",
        ),
        "allow_to": ("region.create_namespace", "region.namespace_objects", "region.resolvers", "region.platform"),
        "await_timeout_seconds": ("awaits.timeout_seconds",),
    },
    "McpProbe": {
        "probe_name": ("server.name",),
        "endpoints": ("probe.endpoints", "probe.own", "server.name", "region.name", *_OWN_ADDRESSES),
        "watcher": ("region.name",),
        "cluster_user_id": ("server.cluster_user_id",),
        "allow_from": ("monitoring.namespace", "region.node_cidrs"),
        "allow_to": ("region.create_namespace", "region.namespace_objects", "region.resolvers", "region.platform"),
        "await_timeout_seconds": ("awaits.timeout_seconds",),
    },
    "McpService": {
        "server_name": ("server.name", "server.rollout.blue_green.active"),
        "image": ("server.image", "server.rollout.blue_green.green_image"),
        "metrics_port": ("monitoring.port",),
        "min_replicas": ("scaling.min_replicas",),
        "autoscaled": ("scaling.autoscaler",),
        "production": ("region.environment",),
        "resources": ("server.resources",),
        "rollout": ("server.rollout", "database.kind"),
        "env": (
            "server.env",
            "server.runtime",
            "server.idle_connection_seconds",
            "edge.cors.origins",
            "database.preset",
            *_CLEAR_VARIABLES,
            "database.pool_min_idle",
            "database.pool_idle_seconds",
            "database.pool_acquire_seconds",
            "database.statement_seconds",
        ),
        "secret_env": (
            "secrets.env",
            "database.user_key",
            "database.password_key",
            "database.url_key",
            *_SECRET_VARIABLES,
        ),
        "allow_from": (
            "monitoring.namespace",
            "server.ingress",
            "edge.client_namespace",
            "edge.client_cidrs",
            "edge.gateway.namespace",
            "edge.implementation",
            "region.node_cidrs",
        ),
        "allow_to": (
            "server.egress",
            "state_store.port",
            "state_store.cidrs",
            "state_store.namespace",
            "state_store.pod_labels",
            "database.pooler",
            "database.namespace",
            "database.pod_labels",
            "region.resolvers",
            "region.platform",
            "region.create_namespace",
            "region.namespace_objects",
        ),
        "cluster_user_id": ("server.cluster_user_id", "region.platform"),
        "await_timeout_seconds": ("awaits.timeout_seconds",),
    },
    "McpAutoscaling": {
        "target": ("server.name", "server.rollout.blue_green.active"),
        "target_kind": ("server.volumes[].claim.per_pod", "server.rollout.argo_rollouts"),
        "kind": ("scaling.autoscaler",),
        "min_replicas": ("scaling.min_replicas",),
        "max_replicas": ("scaling.max_replicas",),
        "cpu_percent": ("scaling.cpu_percent_of_limit",),
        "memory_percent": ("scaling.memory_percent_of_request",),
        "python": ("server.runtime",),
        "requests": ("server.resources.requests",),
        "production": ("region.environment",),
        "await_ready": ("awaits.custom_resources",),
        "await_timeout_seconds": ("awaits.timeout_seconds",),
    },
    "McpMonitoring": {
        "loaded_p95_milliseconds": ("load_test.result",),
        "server_name": ("server.name", "server.rollout.blue_green.active"),
        "probed": ("server.rollout.strategy",),
        "probed_name": ("server.name", "server.rollout.blue_green.active"),
        "port_name": ("monitoring.port",),
        "scheme": ("monitoring.scheme", "server.serves_tls"),
        "region": ("region.name",),
        "target_kind": ("server.volumes[].claim.per_pod", "server.rollout.argo_rollouts"),
        "idle_colour": ("server.rollout.strategy",),
        "other_colour": ("server.rollout.strategy", "server.rollout.blue_green.active"),
        "autoscaler": ("scaling.autoscaler",),
        "hpa_name": ("scaling.hpa_name",),
        "follows_metric": ("scaling.follow", "scaling.query"),
        "filled_sessions": ("scaling.target_per_pod", "scaling.scale_up.tolerance"),
        "min_replicas": ("scaling.min_replicas", "scaling.replicas"),
        "max_replicas": ("scaling.max_replicas", "scaling.replicas"),
        "cpu_limit": ("server.resources.limits.cpu",),
        "memory_limit": ("server.resources.limits.memory",),
        "objective_milliseconds": ("workload.wait_p95_milliseconds",),
        "probe_timeout_seconds": ("probe.timeout_seconds", "probe.own"),
        "probe_interval_seconds": ("probe.interval_seconds", "probe.own"),
        "pooler_name": ("database.pooler",),
        "database_name": ("database.name",),
        "external_secret": ("secrets.source", "secrets.name"),
        "certificate": ("edge.cluster_issuer", "edge.tls_secret", "edge.gateway.listener_set"),
        "certificate_namespace": ("edge.gateway.class_name", "edge.gateway.namespace"),
        "quota": ("region.create_namespace", "region.namespace_objects"),
    },
    "McpIngress": {
        "route_name": ("server.name",),
        "host": (
            "edge.host",
            "server.rollout.blue_green.preview_host",
            "server.rollout.argo_rollouts.preview_host",
        ),
        "service_name": ("server.name", "server.rollout.blue_green.active"),
        "match_headers": ("server.rollout.blue_green.preview_header",),
        "canary_service": ("server.rollout.blue_green.canary_percent",),
        "canary_percent": ("server.rollout.blue_green.canary_percent",),
        "leaving_service": ("server.rollout.blue_green.keep_sessions",),
        "max_replicas": ("scaling.max_replicas",),
        "keepalive_seconds": ("server.keepalive_seconds", "server.runtime"),
        "client_namespace": ("edge.client_namespace",),
        "await_ready": ("awaits.edge",),
        "await_timeout_seconds": ("awaits.timeout_seconds",),
    },
    "McpChaos": {
        "server_name": ("server.name",),
        "url": ("edge.host", "edge.kind", "server.path"),
        "region": ("region.name",),
        "cluster_user_id": ("server.cluster_user_id", "region.platform"),
        "server_port": ("edge.kind",),
        "allow_to": ("region.create_namespace", "region.namespace_objects", "region.resolvers", "region.platform"),
    },
    "McpLoadTest": {
        "server_name": ("server.name",),
        "scenario": ("load_test.scenario",),
        "url": ("edge.host", "edge.kind", "server.path"),
        "region": ("region.name",),
        "sessions": ("workload.peak_sessions",),
        "era_percent": ("workload.era_percent", "server.eras"),
        "tools": (
            "workload.tools[].name",
            "workload.tools[].share_percent",
            "workload.tools[].duration_milliseconds",
            "workload.tools[].p95_milliseconds",
            "workload.wait_p95_milliseconds",
        ),
        "pods": ("scaling.min_replicas",),
        "sessions_per_pod": ("workload.sessions_per_pod",),
        "session_seconds": ("workload.session_minutes",),
        "timeout_seconds": ("server.max_tool_seconds",),
        "drain_seconds": ("scaling.scale_down.window_seconds", "server.max_tool_seconds"),
        "sse_path": ("server.sse_paths",),
        "server_port": ("edge.kind",),
        "allow_to": ("region.create_namespace", "region.namespace_objects", "region.resolvers", "region.platform"),
    },
}
"""Component to those of its arguments that follow from keys of a stack without being one: the first key is the one that
a finding about the argument names."""

READERS: Mapping[str, tuple[str, ...]] = {
    PLAN: (
        "region.environment",
        "region.zones",
        "region.quota.cpu",
        "region.quota.memory",
        "region.quota.pods",
        "server.eras",
        "server.runtime",
        "server.profile",
        "server.extended_resources",
        "server.rollout.strategy",
        "server.rollout.max_surge",
        "server.rollout.argo_rollouts",
        "server.resources.requests.cpu",
        "server.resources.requests.memory",
        "server.resources.limits.cpu",
        "server.resources.limits.memory",
        "workload",
        "database.kind",
        "database.max_connections",
        "database.reserved_connections",
        "database.share_percent",
        "database.shared_by_regions",
        "database.region_share_percent",
        "database.query_milliseconds",
        "database.pool_size",
        "database.pooler",
        "database.pooler_instances",
        "database.pooler_pool_size",
        "database.pooler_exporter",
        "state_store",
        "prices",
        "scaling.autoscaler",
        "scaling.min_replicas",
        "scaling.max_replicas",
        "scaling.replicas",
        "scaling.colours",
        "scaling.cpu_percent_of_limit",
    ),
    RULES: ("accept", "server.verified", "load_test.result", "server.rollout.blue_green"),
    OBJECTS: ("extra_objects",),
}


@dataclass(frozen=True)
class Passed:
    """An argument that is a key of the stack file as it is."""

    argument: str
    key: tuple[str, ...]

    def value(self, settings: Settings) -> Any:
        """What a stack gives; ``None`` where it has no such group."""
        found: Any = settings
        for step in self.key:
            found = None if found is None else getattr(found, step)
        return found


def passed(component: type[Group], settings: Settings) -> dict[str, Any]:
    """What a stack says that a component takes as it is. A default is as good as left out."""
    values = {row.argument: row.value(settings) for row in pass_through(component)}
    return {
        argument: value
        for argument, value in values.items()
        if value is not None and value != component.model_fields[argument].default
    }


@cache
def pass_through(component: type[Group]) -> tuple[Passed, ...]:
    """The arguments of a component that are keys of the stack file as they are: both repeat one declaration."""
    declared = _declared()
    rows = ((name, declared.get(_declaration(component, name))) for name in component.model_fields)
    return tuple(Passed(name, path) for name, path in rows if path is not None)


@cache
def _declared() -> Mapping[tuple[type[Group], str], tuple[str, ...]]:
    """Each declaration that the stack file has a plain key for, and where it is."""
    return {_declaration(key.group, key.name): key.path for key in keys(Settings) if _is_plain(key)}


@cache
def _known() -> frozenset[str]:
    """The path of every key of the stack file."""
    return frozenset(_text(key.path) for key in keys(Settings))


def places(component: str) -> dict[str, str]:
    """Path of each argument of a component, and of what is in it, to the key of the stack file that holds its value."""
    group = COMPONENTS[component]
    found = {argument: sources[0] for argument, sources in DECIDED[component].items()}
    found |= {row.argument: ".".join(row.key) for row in pass_through(group)}
    known = _known()
    inner = {
        _text(key.path): f"{found[key.path[0]]}{_text(key.path).removeprefix(key.path[0])}"
        for key in keys(group)
        if key.path[0] in found
    }
    placed = {argument: in_file(key) for argument, key in {**inner, **found}.items() if key in known}
    items = {_item(argument): _item(key) for argument, key in placed.items() if ITEM in argument}
    return {**placed, **items}


@cache
def readers() -> dict[str, tuple[str, ...]]:
    """Every key of the stack file that holds a value, and who reads it: arguments, the plan, a rule."""
    return {_text(key.path): tuple(_readers(key)) for key in keys(Settings) if key.inner is None}


@lru_cache(maxsize=4096)
def in_file(path: str) -> str:
    """A path as the stack file writes it: ``server.user_id`` is ``mcp:server.userId``."""
    return f"{NAMESPACE}:" + ".".join(to_camel(step) for step in path.split("."))


def _readers(key: Key) -> Iterator[str]:
    text = _text(key.path)
    for component, group in COMPONENTS.items():
        for row in pass_through(group):
            if key.path[: len(row.key)] == row.key:
                yield f"{component}.{row.argument}"
        for argument, sources in DECIDED[component].items():
            if any(_within(text, source) for source in sources):
                yield f"{component}.{argument}"
    for reader, sources in READERS.items():
        if any(_within(text, source) for source in sources):
            yield reader


def _item(path: str) -> str:
    """The item of a list that a path leads into."""
    return f"{path.partition(ITEM)[0]}{ITEM}"


def _within(path: str, group: str) -> bool:
    """Whether a path is that of a group, or below it."""
    return path == group or path.startswith((f"{group}.", f"{group}[", f"{group}{{"))


@cache
def _declaration(group: type[Group], name: str) -> tuple[type[Group], str]:
    """The class and the name that a key is declared at, wherever it is repeated."""
    origin = origin_of(group.model_fields[name])
    if origin is not None:
        return _declaration(origin.group, origin.key)
    owner = next(cls for cls in group.__mro__ if name in inspect.get_annotations(cls))
    return owner, name


def _is_plain(key: Key) -> bool:
    """Whether a key stands at one place, in no list and no map."""
    return all(step.isidentifier() for step in key.path)


def _text(path: tuple[str, ...]) -> str:
    return ".".join(path).replace(".[]", "[]").replace(".{}", "{}")
