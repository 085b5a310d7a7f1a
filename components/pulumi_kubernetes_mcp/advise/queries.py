"""What is asked of Prometheus for each figure, by the names that a stack's own metrics have. Pure."""

from __future__ import annotations

from ..autoscaling.args import autoscaler_spec, chosen_kind, followed
from ..autoscaling.spec.queries import Gauge, gauge, keda_query, pods_of
from ..eras import SESSION_ERAS
from ..monitoring.rules import CALLS, SESSIONS
from ..server.spec import CONTAINER
from ..server_plan import ServerPlan
from ..wiring import known_autoscaling_args

WINDOW = "10m"
"""Of rates: two steps, so that one missing scrape is no gap."""
FOLLOWED = ("sessions", "streams", "in-flight")


def queries(server: ServerPlan) -> dict[str, str]:
    """Figure to its PromQL. Calls and latencies are of OpenTelemetry's semantic conventions; a server without them has
    no such figures, and what is seen by them is not looked for."""
    name, namespace = server.name, server.namespace
    stateful, revisions = server.settings.server.stateful, f'namespace="{namespace}",replicaset=~"{name}-[a-z0-9]+"'
    workload = f'namespace="{namespace}",{"statefulset" if stateful else "deployment"}="{name}"'
    kind = "statefulset" if stateful else "deployment"
    pods = f'namespace="{namespace}",pod=~"{pods_of(name, server.settings.server.workload)}"'
    inner = f'{pods},container="{CONTAINER}"'
    operations = f'mcp_server_operation_duration_seconds_%s{{{pods},mcp_method_name="tools/call"}}'
    ready = "kube_statefulset_status_replicas_ready" if stateful else "kube_deployment_status_replicas_ready"
    found = {
        # kube-state-metrics knows the revisions of a Rollout, and not the Rollout.
        "pods": f"sum(kube_replicaset_status_ready_replicas{{{revisions}}})"
        if server.settings.server.workload == "Rollout"
        else f"max({ready}{{{workload}}})",
        "cpu": f"sum(rate(container_cpu_usage_seconds_total{{{inner}}}[{WINDOW}]))",
        "memory": f"avg(container_memory_working_set_bytes{{{inner}}})",
        "restarts": f"sum(kube_pod_container_status_restarts_total{{{inner}}})",
        # A new template is a new image or setting; a change of the number of pods is none.
        "version": f"max(kube_{kind}_status_observed_generation{{{workload}}})",
        "calls": f"sum(rate({operations % 'count'}[{WINDOW}]))",
        "latency": f"histogram_quantile(0.95, sum by (le) (rate({operations % 'bucket'}[{WINDOW}])))",
    }
    if not stateful:
        found["version"] = f"max(kube_replicaset_created{{{revisions}}})"
    sessions = sessions_query(server)
    return found if sessions is None else {**found, "sessions": sessions}


def sessions_query(server: ServerPlan) -> str | None:
    """What counts sessions, or calls in flight of a server without them: what the stack's rules record, whatever the
    dialect is, and before they did, what its autoscaler asks for or the dialect has."""
    keys = known_autoscaling_args(server)
    follow = "sessions" if SESSION_ERAS & set(server.era_profile.eras) else "in-flight"
    if server.autoscaled and chosen_kind(keys) == "keda":
        source = autoscaler_spec(keys).source
        if source is not None and isinstance(source.query, str) and followed(keys) in FOLLOWED:
            if keys.query is not None:
                return source.query
            return f"{_recorded(server, followed(keys))} or {source.query}"
    asked = None
    if isinstance(gauge(follow, keys.dialect, server.era_profile.eras), Gauge):
        kind = server.settings.server.workload
        named, eras = (server.namespace, server.name), server.era_profile.eras
        asked = keda_query(follow, keys.dialect, *named, eras=eras, kind=kind)
    return _recorded(server, follow) + ("" if asked is None else f" or {asked}")


def _recorded(server: ServerPlan, follow: str) -> str:
    """One series without labels, as a sum has none: of two that are alike the first is taken at each moment."""
    name = CALLS if follow == "in-flight" else SESSIONS
    return f'max({name}{{namespace="{server.namespace}",server="{server.name}"}})'
