"""What the components themselves refuse or warn of, at the paths of the stack file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pydantic.alias_generators import to_camel

from ... import wiring
from ...autoscaling import args as autoscaling
from ...edge import args as ingress
from ...inputs.checked import CHOICES
from ...pooler import args as pooler
from ...server import args as service
from ...server_plan import ServerPlan
from .. import secrets as secret_rules
from ..model import Finding
from ..workload import version_findings

SERVICE_PATHS = {
    "server_name": "mcp:server.name",
    "image": "mcp:server.image",
    "port": "mcp:server.port",
    "env": "mcp:server.env",
    "resources": "mcp:server.resources",
    "health_path": "mcp:server.healthPath",
    "liveness_path": "mcp:server.livenessPath",
    "pre_stop_seconds": "mcp:server.preStopSeconds",
    "graceful_timeout_seconds": "mcp:server.gracefulTimeoutSeconds",
    "grace_period_seconds": "mcp:server.gracePeriodSeconds",
    "min_available": "mcp:scaling.minAvailable",
    "min_replicas": "mcp:scaling.minReplicas",
}
AUTOSCALING_PATHS = {
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
    **{key: f"mcp:scaling.{to_camel(key)}" for key in wiring.AUTOSCALING_AS_SAID},
}
INGRESS_PATHS = {
    "eras": "mcp:server.eras",
    "affinity": "mcp:edge.affinity",
    "implementation": "mcp:edge.implementation",
    "request_timeout_seconds": "mcp:edge.requestTimeoutSeconds",
    "idle_timeout_seconds": "mcp:edge.idleTimeoutSeconds",
}
POOLER_PATHS = {
    "image": "mcp:database.poolerImage",
    "pooler_name": "mcp:server.name",
    "database_port": "mcp:database.port",
    "pool_size": "mcp:database.poolerPoolSize",
}
SECRETS_PATHS = {
    "store_name": "mcp:secrets.store",
    "source": "mcp:secrets.source",
    "env": "mcp:secrets.env",
    "remote": "mcp:secrets.remote",
    "values": "mcp:secrets.values",
}

INNER_ARGUMENTS = frozenset(
    key
    for group in (
        autoscaling.ScheduleArgs,
        autoscaling.AuthenticationArgs,
        autoscaling.ScalingRulesArgs,
        autoscaling.MetricArgs,
        autoscaling.DescribedObjectArgs,
    )
    for key in group.__annotations__
)
"""Arguments inside of others; a stack file has the same keys at the same places, in camelCase."""
_ARGUMENT = re.compile(r"(?<![\w'-])[a-z]+(?:_[a-z]+)+(?![\w'-])")
"""A name with an underscore; one in quotes is what the user wrote."""
_AUTOSCALER = re.compile(rf"\bkind (?='(?:{'|'.join(CHOICES['McpAutoscalingArgs.kind'])})')")


def component_findings(server: ServerPlan) -> list[Finding]:
    """What the components themselves refuse or warn of, at the paths of the stack file."""
    settings, namespace = server.settings, server.namespace
    args = wiring.service_args(server, namespace, _secret(server), server.pooler_name if server.pooled else None)
    paths = SERVICE_PATHS if server.autoscaled else {**SERVICE_PATHS, "min_replicas": "mcp:scaling.replicas"}
    found = located(service.service_findings(service.server_spec("", args), args), paths)
    ingress_args = wiring.ingress_args(server, namespace, settings.server.name)
    found += located(ingress.ingress_findings(ingress_args), INGRESS_PATHS)
    if server.autoscaled:
        found += located(autoscaling.autoscaling_findings(wiring.known_autoscaling_args(server)), AUTOSCALING_PATHS)
    if server.pooled:
        pooler_args = wiring.pooler_args(server, namespace, server.secret_name)
        found += located(pooler.pooler_findings(pooler.pooler_spec("", pooler_args), pooler_args), POOLER_PATHS)
    found += version_findings(settings.region.kubernetes_version, path="mcp:region.kubernetesVersion")
    return found + _secrets_findings(server)


def located(findings: Iterable[Finding], paths: Mapping[str, str]) -> list[Finding]:
    """The findings in the words of a stack file: the places and the names of arguments are those of its keys."""
    return [_located(finding, paths) for finding in findings]


def _located(finding: Finding, paths: Mapping[str, str]) -> Finding:
    place = _place(finding.path, paths)
    group = place.partition(".")[0]
    problem, remedy = (_in_keys(text, group, paths) for text in (finding.problem, finding.remedy))
    return replace(finding, path=place, problem=problem, remedy=remedy)


def _place(path: str, paths: Mapping[str, str]) -> str:
    """The place in the stack file: the argument at the head by the table, those inside of it in camelCase."""
    head = re.split(r"[.\[]", path, maxsplit=1)[0]
    if head not in paths:
        return path
    rest = path.removeprefix(head).replace("ephemeral-storage", "ephemeralStorage")
    if head in autoscaling.McpAutoscalingArgs.__annotations__:
        rest = re.sub(r"[a-z_]+", lambda name: to_camel(name[0]) if name[0] in INNER_ARGUMENTS else name[0], rest)
    return f"{paths[head]}{rest}"


def _in_keys(text: str, group: str, paths: Mapping[str, str]) -> str:
    """A text that names arguments, with the keys of the stack file instead; whole where another group has them."""

    def key(name: re.Match[str]) -> str:
        if name[0] in paths:
            return paths[name[0]].removeprefix(f"{group}.")
        return to_camel(name[0]) if name[0] in INNER_ARGUMENTS else name[0]

    if "kind" in paths:
        text = _AUTOSCALER.sub(f"{paths['kind'].rpartition('.')[2]} ", text)
    return _ARGUMENT.sub(key, text)


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
    return located(found, SECRETS_PATHS)
