"""What the components themselves refuse or warn of, at the paths of the stack file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic.alias_generators import to_camel

from ... import wiring
from ...autoscaling import args as autoscaling
from ...edge import args as ingress
from ...pooler import args as pooler
from ...server import args as service
from ...server_plan import ServerPlan
from .. import secrets as secret_rules
from ..doors import in_keys
from ..model import Finding
from ..workload import version_findings

if TYPE_CHECKING:
    from ...region_plan import RegionPlan
    from ...region_shared import SharedPooler


def _members(args: type, argument: str, key: str) -> dict[str, str]:
    """An argument with arguments inside, which a stack file has under the same names in camelCase."""
    return {argument: key, **{f"{argument}.{name}": f"{key}.{to_camel(name)}" for name in args.__annotations__}}


SERVICE_KEYS: Mapping[str, str] = {
    "server_name": "mcp:server.name",
    "image": "mcp:server.image",
    "port": "mcp:server.port",
    "env": "mcp:server.env",
    "secret_env": "mcp:secrets.env",
    "resources": "mcp:server.resources",
    "resources.requests.ephemeral-storage": "mcp:server.resources.requests.ephemeralStorage",
    "resources.limits.ephemeral-storage": "mcp:server.resources.limits.ephemeralStorage",
    "health_path": "mcp:server.healthPath",
    "liveness_path": "mcp:server.livenessPath",
    "pre_stop_seconds": "mcp:server.preStopSeconds",
    "graceful_timeout_seconds": "mcp:server.gracefulTimeoutSeconds",
    "grace_period_seconds": "mcp:server.gracePeriodSeconds",
    "min_available": "mcp:scaling.minAvailable",
    "min_replicas": "mcp:scaling.minReplicas",
}
AUTOSCALING_KEYS: Mapping[str, str] = {
    "min_replicas": "mcp:scaling.minReplicas",
    "max_replicas": "mcp:scaling.maxReplicas",
    "kind": "mcp:scaling.autoscaler",
    "target": "mcp:server.name",
    "requests": "mcp:server.resources.requests",
    "cpu_percent": "mcp:scaling.cpuPercentOfLimit",
    "memory_percent": "mcp:scaling.memoryPercentOfRequest",
    "prometheus_address": "mcp:scaling.prometheusAddress",
    "sessions_metric": "mcp:scaling.sessionsMetric",
    "kubernetes_version": "mcp:region.kubernetesVersion",
    "implementation": "mcp:edge.implementation",
    "dialect": "mcp:scaling.dialect",
    **{name: f"mcp:scaling.{to_camel(name)}" for name in wiring.AUTOSCALING_AS_SAID},
    **_members(autoscaling.AuthenticationArgs, "authentication", "mcp:scaling.authentication"),
    **_members(autoscaling.ScheduleArgs, "schedules[]", "mcp:scaling.schedules[]"),
    **_members(autoscaling.MetricArgs, "metrics[]", "mcp:scaling.metrics[]"),
    **_members(autoscaling.DescribedObjectArgs, "metrics[].described_object", "mcp:scaling.metrics[].describedObject"),
    **_members(autoscaling.ScalingRulesArgs, "scale_up", "mcp:scaling.scaleUp"),
    **_members(autoscaling.ScalingRulesArgs, "scale_down", "mcp:scaling.scaleDown"),
}
INGRESS_KEYS: Mapping[str, str] = {
    "eras": "mcp:server.eras",
    "kind": "mcp:edge.kind",
    "affinity": "mcp:edge.affinity",
    "implementation": "mcp:edge.implementation",
    "request_timeout_seconds": "mcp:edge.requestTimeoutSeconds",
    "idle_timeout_seconds": "mcp:edge.idleTimeoutSeconds",
}
POOLER_KEYS: Mapping[str, str] = {
    "image": "mcp:database.poolerImage",
    "pooler_name": "mcp:server.name",
    "database_port": "mcp:database.port",
    "pool_size": "mcp:database.poolerPoolSize",
}
SECRETS_KEYS: Mapping[str, str] = {
    "store_name": "mcp:secrets.store",
    "source": "mcp:secrets.source",
    "env": "mcp:secrets.env",
    "remote": "mcp:secrets.remote",
    "values": "mcp:secrets.values",
}
DOORS: Mapping[str, Mapping[str, str]] = {
    "McpService": SERVICE_KEYS,
    "McpAutoscaling": AUTOSCALING_KEYS,
    "McpIngress": INGRESS_KEYS,
    "McpPgBouncer": POOLER_KEYS,
    "McpSecrets": SECRETS_KEYS,
}
"""Component to the key of the stack file that holds the value of each argument, as far as a rule names it."""


def component_findings(server: ServerPlan) -> list[Finding]:
    """What the components themselves refuse or warn of, at the paths of the stack file."""
    settings, namespace = server.settings, server.namespace
    args = wiring.service_args(server, namespace, _secret(server), server.pooler_name if server.pooled else None)
    keys = SERVICE_KEYS if server.autoscaled else {**SERVICE_KEYS, "min_replicas": "mcp:scaling.replicas"}
    found = in_keys(service.service_findings(service.server_spec("", args), args), keys)
    ingress_args = wiring.ingress_args(server, namespace, settings.server.name)
    found += in_keys(ingress.ingress_findings(ingress_args), INGRESS_KEYS)
    if server.autoscaled:
        found += in_keys(autoscaling.autoscaling_findings(wiring.known_autoscaling_args(server)), AUTOSCALING_KEYS)
    found += version_findings(settings.region.kubernetes_version, path="mcp:region.kubernetesVersion")
    return found + _secrets_findings(server)


def pooler_findings(one: SharedPooler, plan: RegionPlan) -> list[Finding]:
    """What the component of a pooler refuses or warns of, at the paths of the stack file."""
    args = wiring.pooler_args(one, plan, plan.first.namespace, "" if one.secret is None else one.secret.name)
    return in_keys(pooler.pooler_findings(pooler.pooler_spec("", args), args), POOLER_KEYS)


def _secret(server: ServerPlan) -> str | None:
    return None if server.settings.secrets.source == "none" else server.secret_name


def _secrets_findings(server: ServerPlan) -> list[Finding]:
    given = server.settings.secrets
    wanted = given.env if given.source == "none" else wiring.secret_environment(server)
    found = secret_rules.secrets_findings(
        source=given.source,
        store_name=None if given.store is None else given.store.name,
        env_keys=sorted(wanted.values()),
        remote_keys=sorted(given.remote),
        value_keys=sorted(given.values),
        path=lambda key: key,
    )
    if server.pooled:
        found += secret_rules.pooler_secret_findings(source=given.source, path="source")
    return in_keys(found, SECRETS_KEYS)
