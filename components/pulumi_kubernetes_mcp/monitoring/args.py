"""What McpMonitoring is made from: the arguments as what is watched, and the rules applied to them."""

from __future__ import annotations

from ..autoscaling.spec.queries import DEFAULT_SESSIONS_METRIC, Gauge, gauge
from ..kubernetes import quantities as units
from ..kubernetes.made import Made
from ..kubernetes.patches import patched
from ..rules import monitoring as rules
from ..rules.model import Finding
from ..rules.unread import Unread, unread_findings
from ..rules.workload import name_findings
from ..settings.fields import given
from . import objects as made
from .alerts.model import Watched
from .dashboards.catalogue import dashboards
from .keys import MonitoringKeys
from .sources import Source

OF_A_MONITOR = ("scrape_seconds", "path", "scheme", "authority", "token")
"""Arguments that only a monitor reads."""
OF_RULES = ("exporters", "loaded_p95_milliseconds", "availability_percent")
"""Those that only rules and dashboards read."""
OF_THE_PROBE = ("loaded_p95_milliseconds", "availability_percent")


def monitoring_findings(keys: MonitoringKeys) -> list[Finding]:
    """Every rule that the arguments can break."""
    scheme = keys.scheme or "http"
    found = name_findings(keys.server_name, path="server_name")
    if keys.monitor != "none":
        found += rules.token_findings(token=keys.token is not None, scheme=scheme, path="token")
    if keys.pooler_exporter and keys.pooler_name is not None:
        read = keys.monitor != "none" or "pgbouncer" in keys.exporters
        found += rules.unscraped_exporter_findings(pooler=keys.pooler_name, read=read, path="pooler_exporter")
    found += unread_findings(rules.UNREAD, _unread(keys, scheme), given(keys))
    if keys.dashboards:
        # Of a colour that clients do not reach, the probe's panels are those of the other.
        empty = not dashboards(watched(keys, "")) and (keys.probed or "probe" not in keys.exporters)
        found += rules.empty_findings(empty=empty, path="dashboards")
    if made.is_evaluated(keys):
        found += rules.exporter_findings(idle=idle_exporters(keys), path="exporters")
        if keys.pooler_name is not None and not keys.pooler_exporter:
            named = "pgbouncer" in keys.exporters
            found += rules.pooler_findings(pooler=keys.pooler_name, named=named, path="pooler_exporter")
        probed = "probe" in keys.exporters
        found += rules.resolution_findings(
            availability=keys.availability_percent,
            interval_seconds=keys.probe_interval_seconds,
            probed=probed,
            path="availability_percent",
        )
        if probed:
            found += rules.timeout_findings(
                loaded=keys.loaded_p95_milliseconds,
                objective=keys.objective_milliseconds,
                timeout_seconds=keys.probe_timeout_seconds,
            )
    return found + (patched_objects(keys)[1] if keys.patches else [])


def patched_objects(keys: MonitoringKeys) -> tuple[dict[str, Made], list[Finding]]:
    """What is registered, each object by the suffix of its resource, and what is wrong with its patches."""
    objects = made.monitoring_objects(keys, lambda namespace: watched(keys, namespace))
    found, wrong = patched(objects, keys.patches, decided=made.DECIDED)
    # What is patched may have got something to say, but for a colour whose sister the same patch is meant for.
    kept = set() if keys.idle_colour else {patch.kind for patch in keys.patches}
    empty = made.without_words(keys, watched(keys, ""))
    return {suffix: one for suffix, one in found.items() if suffix not in empty or one.kind in kept}, wrong


def watched(keys: MonitoringKeys, namespace: str) -> Watched:
    """What is known of the server, for rules and dashboards."""
    sources = {Source(name) for name in keys.exporters if keys.probed or name != "probe"}
    if keys.monitor != "none":
        sources.add(Source.SERVER)
    if own_pooler_metrics(keys):
        sources.add(Source.PGBOUNCER)
    return Watched(
        namespace=namespace,
        server=keys.server_name,
        probed_name=keys.probed_name,
        region=keys.region,
        workload=keys.target_kind,
        idle=keys.idle_colour,
        other=keys.other_colour,
        sources=frozenset(sources),
        sessions=_gauge(keys, "sessions") or _gauge(keys, "streams"),
        calls=_gauge(keys, "in-flight"),
        autoscaler=_autoscaler(keys),
        scaled_object=keys.autoscaler == "keda",
        follows=keys.follows_metric,
        min_replicas=keys.min_replicas,
        max_replicas=keys.max_replicas,
        planned_sessions=keys.planned_sessions,
        cpu_limit_cores=None if keys.cpu_limit is None else units.parse_cpu(keys.cpu_limit) / 1000,
        memory_limit_bytes=None if keys.memory_limit is None else units.parse_memory(keys.memory_limit),
        sessions_per_pod=keys.sessions_per_pod,
        filled_sessions=keys.filled_sessions,
        objective_milliseconds=keys.objective_milliseconds,
        loaded_p95_milliseconds=keys.loaded_p95_milliseconds,
        availability_percent=keys.availability_percent,
        probe_seconds=keys.probe_interval_seconds,
        counted_pool=keys.dialect == "opentelemetry" and (keys.database_name is not None or bool(keys.pooler_name)),
        pooler=keys.pooler_name,
        own_pooler_metrics=own_pooler_metrics(keys),
        database=keys.database_name,
        connection_budget=keys.connection_budget,
        external_secret=keys.external_secret,
        certificate=keys.certificate,
        certificate_namespace=keys.certificate_namespace,
        quota=keys.quota,
    )


def own_pooler_metrics(keys: MonitoringKeys) -> bool:
    """Whether the pooler's metrics are those of its own exporter, which a monitor beside the server's reads."""
    return keys.monitor != "none" and keys.pooler_exporter and keys.pooler_name is not None


def idle_exporters(keys: MonitoringKeys) -> dict[str, str]:
    """The exporters that are named and have nothing to watch, to what they would be for."""
    wanted = {
        "keda": (keys.autoscaler == "keda", "a ScaledObject"),
        "external-secrets": (keys.external_secret is not None, "an ExternalSecret"),
        "cert-manager": (keys.certificate is not None, "a Certificate"),
        "argo-rollouts": (keys.target_kind == "Rollout", "a Rollout of Argo Rollouts"),
        "pgbouncer": (keys.pooler_name is not None, "a pooler"),
        "postgres": (
            keys.pooler_name is None and keys.database_name is not None,
            "a database with a name and without a pooler",
        ),
    }
    return {name: wanted[name][1] for name in keys.exporters if name in wanted and not wanted[name][0]}


def _gauge(keys: MonitoringKeys, follow: str) -> Gauge | None:
    metric = keys.sessions_metric if keys.sessions_metric != DEFAULT_SESSIONS_METRIC else None
    found = gauge(follow, keys.dialect, keys.era_profile.eras, metric)
    return found if isinstance(found, Gauge) else None


def _autoscaler(keys: MonitoringKeys) -> str | None:
    if keys.autoscaler == "none":
        return None
    return keys.hpa_name or (f"keda-hpa-{keys.server_name}" if keys.autoscaler == "keda" else keys.server_name)


def _unread(keys: MonitoringKeys, scheme: str) -> list[Unread]:
    rows = []
    if keys.monitor == "none":
        instead = "set ⟦monitor⟧ to 'pod-monitor'"
        rows.append(Unread(keys=OF_A_MONITOR, why="⟦monitor⟧ is 'none'", instead=instead))
    elif scheme == "http":
        rows.append(Unread(keys=("authority",), why="the scheme is 'http'", instead="set ⟦scheme⟧ to 'https'"))
    if keys.rules == "none":
        instead = "set ⟦rules⟧ to 'prometheus-rule' or 'config-map'"
        rows.append(Unread(keys=("runbook_url",), why="⟦rules⟧ is 'none'", instead=instead))
    if not keys.dashboards:
        rows.append(
            Unread(keys=("dashboard_labels",), why="no dashboards are made", instead="set ⟦dashboards⟧ to true")
        )
    if not made.is_evaluated(keys):
        instead = "set ⟦rules⟧ or ⟦dashboards⟧"
        rows.append(Unread(keys=OF_RULES, why="neither rules nor dashboards are made", instead=instead))
    elif "probe" not in keys.exporters:
        rows.append(Unread(keys=OF_THE_PROBE, why="only the probe measures it", instead="name 'probe' in ⟦exporters⟧"))
    if not made.is_anything(keys):
        instead = "set ⟦monitor⟧, ⟦rules⟧ or ⟦dashboards⟧"
        rows.append(Unread(keys=("labels",), why="nothing is made that would carry them", instead=instead))
    return rows
