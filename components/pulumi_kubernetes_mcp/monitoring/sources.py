"""Who says what in Prometheus: every metric that rules and dashboards read, by its emitter.

The lists hold the names that are read, as each project documents them; a test holds every expression against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ..probe import metric_names as probe


class Source(StrEnum):
    """An emitter of metrics."""

    SERVER = "server"
    """The server's own, of the dialect, and ``process_*`` of its Prometheus client."""
    PROBE = "probe"
    """The probe from outside."""
    KUBE_STATE_METRICS = "kube-state-metrics"
    CADVISOR = "cadvisor"
    """Of the kubelet."""
    KEDA = "keda"
    EXTERNAL_SECRETS = "external-secrets"
    CERT_MANAGER = "cert-manager"
    ARGO_ROLLOUTS = "argo-rollouts"
    PGBOUNCER = "pgbouncer"
    """prometheus-community/pgbouncer_exporter."""
    POSTGRES = "postgres"
    """prometheus-community/postgres_exporter."""


METRICS: Mapping[Source, tuple[str, ...]] = {
    # The dialects' own gauges stand in autoscaling/spec/queries.py. process_*: Prometheus' client libraries
    # ("Process metrics" of the guide for writing clients); db_client_*: OpenTelemetry's conventions for database
    # clients, `db.client.connection.pending_requests`, as its exporter for Prometheus writes it.
    Source.SERVER: (
        "process_open_fds",
        "process_max_fds",
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
        "db_client_connection_pending_requests",
    ),
    Source.PROBE: (
        probe.SUCCESS,
        probe.FAILURE,
        probe.DURATION,
        f"{probe.PHASE_DURATION}_bucket",
        probe.CERTIFICATE_EXPIRY,
        probe.SCHEMA_DRIFT,
        probe.SCHEMA_BREAKING,
        probe.LAST_RUN,
    ),
    # kubernetes/kube-state-metrics, docs/metrics: all of them stable but the deletion timestamp and what is said of
    # slices. A release reads Endpoints or slices by default, not both (pkg/options/resource.go).
    Source.KUBE_STATE_METRICS: (
        "kube_deployment_spec_replicas",
        "kube_deployment_status_replicas_ready",
        "kube_deployment_status_condition",
        "kube_statefulset_replicas",
        "kube_statefulset_status_replicas",
        "kube_statefulset_status_replicas_ready",
        "kube_statefulset_status_replicas_updated",
        "kube_statefulset_status_update_revision",
        "kube_horizontalpodautoscaler_spec_max_replicas",
        "kube_horizontalpodautoscaler_status_condition",
        "kube_horizontalpodautoscaler_status_desired_replicas",
        "kube_pod_container_status_restarts_total",
        "kube_pod_deletion_timestamp",
        "kube_replicaset_created",
        "kube_replicaset_spec_replicas",
        "kube_replicaset_status_ready_replicas",
        "kube_endpoint_address",
        "kube_endpoint_info",
        "kube_endpointslice_endpoints",
        "kube_endpointslice_info",
        "kube_resourcequota",
    ),
    # google/cadvisor, docs/storage/prometheus.md.
    Source.CADVISOR: ("container_memory_working_set_bytes", "container_cpu_usage_seconds_total"),
    # kedacore/keda-docs, operate/prometheus: the counter of a scaler that cannot be read.
    Source.KEDA: ("keda_scaler_detail_errors_total", "keda_scaled_object_errors_total"),
    # external-secrets.io, api/metrics.
    Source.EXTERNAL_SECRETS: ("externalsecret_status_condition",),
    # cert-manager, internal/collectors/certificate_collector.go.
    Source.CERT_MANAGER: ("certmanager_certificate_ready_status",),
    # argoproj/argo-rollouts, controller/metrics/prommetrics.go.
    Source.ARGO_ROLLOUTS: ("rollout_info",),
    # prometheus-community/pgbouncer_exporter, README; the configured size of a pool is `databases.pool_size`.
    Source.PGBOUNCER: (
        "pgbouncer_pools_client_waiting_connections",
        "pgbouncer_pools_client_maxwait_seconds",
        "pgbouncer_pools_server_active_connections",
        "pgbouncer_pools_server_idle_connections",
        "pgbouncer_pools_server_used_connections",
        "pgbouncer_pools_server_testing_connections",
        "pgbouncer_pools_server_login_connections",
    ),
    # prometheus-community/postgres_exporter, collector/pg_stat_database.go.
    Source.POSTGRES: ("pg_stat_database_numbackends",),
}

SCRAPED_ELSEWHERE = (Source.KEDA, Source.EXTERNAL_SECRETS, Source.CERT_MANAGER, Source.ARGO_ROLLOUTS)
"""Controllers whose metrics have a label ``namespace`` of their own: a scrape without ``honorLabels`` calls it
``exported_namespace``, since the target's own comes first."""
