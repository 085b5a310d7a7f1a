"""One region stack, inspected: settings to plan to findings. Pure; no resource is registered here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from . import planning, protocol, wiring
from .arguments import autoscaling, ingress, pooler, service
from .design import Design, design, figure, needed, quota_amounts
from .findings import capacity, database, environment, scaling
from .findings import secrets as secret_rules
from .findings.model import Finding, accept, errors
from .findings.workload import egress_findings, name_findings, namespace_findings
from .inputs import raise_errors
from .settings.load import load_settings
from .settings.models import Settings
from .settings.problems import Problem, SettingsError
from .settings.salvage import covers, salvage

ACCEPT_PATH = "mcp:accept"
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
    "memory_percent": "mcp:scaling.memoryPercentOfRequest",
    "prometheus_address": "mcp:scaling.prometheusAddress",
    "scale_down_window_seconds": "mcp:scaling.scaleDownWindowSeconds",
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


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """Everything that is known about a stack before any resource is registered."""

    design: Design
    findings: tuple[Finding, ...]
    """What is wrong, errors first, without the accepted warnings."""

    @property
    def settings(self) -> Settings:
        """What the stack says."""
        return self.design.settings

    @property
    def plan(self) -> planning.Plan:
        """The capacity plan."""
        return self.design.plan

    @property
    def consequences(self) -> protocol.Consequences:
        """What follows from the protocol eras."""
        return self.design.follows

    def raise_errors(self, where: str) -> None:
        """Raise FindingsError with every error; ``where`` names the stack."""
        raise_errors(list(self.findings), f"{where} cannot work:")


def load(values: Mapping[str, object], *, where: str) -> Settings:
    """The settings in ``values`` (full key, such as ``mcp:server``, to plain data).

    :raises SettingsError: with every problem, and with every error that the rules find in the rest: one run
        reports all mistakes of a file.
    """
    try:
        return load_settings(values, where=where)
    except SettingsError as error:
        rest = salvage(values, error.problems)
        found = errors(inspect(rest).findings) if rest is not None else []
        besides = [
            Problem(finding.path, f"{finding.problem} ({finding.code})", finding.remedy)
            for finding in found
            if not covers(error.problems, finding.path)
        ]
        raise SettingsError([*error.problems, *besides], where=where) from None


def inspect(settings: Settings) -> Inspection:
    """Derive, plan, and apply every rule; the whole way from settings to findings."""
    this = design(settings)
    found = dict.fromkeys([*component_findings(this), *capacity_findings(this), *database_findings(this)])
    kept = accept(found, {item.code: item.reason for item in settings.accept}, ACCEPT_PATH)
    return Inspection(design=this, findings=tuple(sorted(kept)))


def component_findings(this: Design) -> list[Finding]:
    """What the components themselves refuse or warn of, at the paths of the stack file."""
    settings, namespace = this.settings, this.namespace
    args = wiring.service_args(this, namespace, _secret(this), this.pooler_name if this.pooled else None)
    paths = SERVICE_PATHS if this.autoscaled else {**SERVICE_PATHS, "min_replicas": "mcp:scaling.replicas"}
    found = located(service.service_findings(service.server_spec("", args), args), paths)
    ingress_args = wiring.ingress_args(this, namespace, settings.server.name)
    found += located(ingress.ingress_findings(ingress_args), INGRESS_PATHS)
    if this.autoscaled:
        scaler_args = wiring.autoscaling_args(this, namespace, settings.server.name)
        found += located(autoscaling.autoscaling_findings(scaler_args), AUTOSCALING_PATHS)
    if this.pooled:
        pooler_args = wiring.pooler_args(this, namespace, this.secret_name)
        found += located(pooler.pooler_findings(pooler.pooler_spec("", pooler_args), pooler_args), POOLER_PATHS)
    return found + _secrets_findings(this)


def capacity_findings(this: Design) -> list[Finding]:
    """Whether the pods, the namespace and the maximum hold the planned load."""
    plan, quota = this.plan, this.settings.region.quota
    found = name_findings(this.namespace, path="mcp:region.namespace")
    found += namespace_findings(
        this.namespace,
        others={
            wiring.client_namespace(this),
            this.settings.edge.gateway.namespace,
            this.settings.monitoring.namespace,
        },
        path="mcp:region.namespace",
    )
    server = this.settings.server
    found += environment.argument_findings(server.args or [], path="mcp:server.args")
    found += environment.argument_findings(server.command or [], path="mcp:server.command")
    found += environment.variable_findings(
        given=server.env,
        secret=this.settings.secrets.env if this.settings.secrets.source != "none" else (),
        derived=wiring.derived_environment(this, this.pooler_name if this.pooled else None),
        path="mcp:server.env",
        secret_path="mcp:secrets.env",
    )
    found += egress_findings(
        authorization=server.authorization, destinations=len(server.egress), path="mcp:server.egress"
    )
    found += scaling.fixed_replicas_findings(
        replicas=this.settings.scaling.replicas,
        autoscaler=this.settings.scaling.autoscaler,
        path="mcp:scaling.replicas",
    )
    found += scaling.maximum_findings(
        maximum=this.max_replicas,
        needed_for_peak=figure(plan.steady_replicas),
        needed_for_burst=figure(plan.burst_replicas),
        path="mcp:scaling.maxReplicas" if this.autoscaled else "mcp:scaling.replicas",
    )
    found += capacity.memory_findings(
        needed_mib=plan.memory_with_headroom_mib.value,
        limit_mib=plan.memory_limit_mib.value,
        sessions_per_pod=this.settings.workload.sessions_per_pod,
        path="mcp:server.resources.limits.memory",
    )
    found += capacity.cpu_findings(
        needed_millicores=figure(plan.cpu_needed_millicores),
        limit_millicores=figure(plan.cpu_limit_millicores),
        path="mcp:server.resources.limits.cpu",
    )
    found += capacity.descriptor_findings(
        needed=figure(plan.descriptors),
        soft_limit=planning.DESCRIPTOR_SOFT_LIMIT,
        path="mcp:workload.sessionsPerPod",
    )
    if quota is not None:
        need, given = needed(this), quota_amounts(quota)
        found += capacity.quota_findings(
            pods=need.pods,
            cpu_millicores=need.cpu_millicores,
            memory_bytes=need.memory_bytes,
            quota_pods=given.pods,
            quota_cpu_millicores=given.cpu_millicores,
            quota_memory_bytes=given.memory_bytes,
            path="mcp:region.quota",
        )
    return found


def database_findings(this: Design) -> list[Finding]:
    """Whether the database bears the greatest number of pods."""
    given, plan = this.settings.database, this.plan
    if given is None:
        return []
    found = database.single_writer_findings(
        kind=given.kind, max_replicas=this.max_replicas, path="mcp:scaling.maxReplicas"
    )
    found += database.reserve_findings(
        max_connections=given.max_connections,
        reserved=given.reserved_connections,
        path="mcp:database.reservedConnections",
    )
    if given.kind == "sqlite":
        return found
    found += database.budget_findings(
        kind=given.kind,
        pool_size=figure(plan.pool_size),
        max_replicas=this.max_replicas,
        budget=figure(plan.connection_budget),
        max_connections=given.max_connections,
        share_percent=given.share_percent,
        pooler=given.pooler,
        remedies=plan.remedies,
        path="mcp:database",
    )
    if this.pooled:
        found += database.single_pooler_findings(
            instances=given.pooler_instances, production=this.production, path="mcp:database.poolerInstances"
        )
        found += database.pooler_findings(
            server_connections=figure(plan.pooler_server_connections),
            budget=figure(plan.connection_budget),
            client_connections=figure(plan.pooler_client_connections),
            max_client_conn_total=figure(plan.pooler_max_client_conn) * max(1, given.pooler_instances - 1),
            path="mcp:database.poolerPoolSize",
        )
    return found


def located(findings: Iterable[Finding], paths: Mapping[str, str]) -> list[Finding]:
    """The findings with the argument at the head of each path replaced by its place in the stack file."""
    return [replace(finding, path=_place(finding.path, paths)) for finding in findings]


def _place(path: str, paths: Mapping[str, str]) -> str:
    head, dot, rest = path.partition(".")
    return f"{paths[head]}{dot}{rest}".replace("ephemeral-storage", "ephemeralStorage") if head in paths else path


def _secret(this: Design) -> str | None:
    return None if this.settings.secrets.source == "none" else this.secret_name


def _secrets_findings(this: Design) -> list[Finding]:
    given = this.settings.secrets
    wanted = given.env if given.source == "none" else wiring.secret_environment(this)
    found = secret_rules.secrets_findings(
        source=given.source,
        store_name=None if given.store is None else given.store.name,
        env_keys=sorted(wanted.values()),
        remote_keys=sorted(given.remote),
        value_keys=sorted(given.values),
        path=lambda key: key,
    )
    if this.pooled:
        found += secret_rules.pooler_secret_findings(source=given.source, path="source")
    return located(found, SECRETS_PATHS)
