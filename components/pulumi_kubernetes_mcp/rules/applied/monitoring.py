"""Whether what a stack asks of the monitoring is there, at the keys of the stack file."""

from __future__ import annotations

from ... import wiring
from ...autoscaling.args import autoscaler_spec, chosen_kind, followed
from ...autoscaling.spec.queries import Gauge, gauge
from ...eras import parse_eras
from ...monitoring import args as monitoring
from ...server_plan import ServerPlan
from .. import monitoring as rules
from ..doors import in_keys
from ..metrics import gateway_findings
from ..model import Finding
from ..workload import scheme_findings
from .components import door


def monitoring_findings(server: ServerPlan) -> list[Finding]:
    """What the component refuses or warns of, and whether the autoscaler's metric is scraped."""
    args = wiring.monitoring_args(server, server.namespace)
    found = in_keys(monitoring.monitoring_findings(args), door("McpMonitoring"))
    keys, monitor = server.settings.server, server.settings.monitoring.monitor
    if monitor != "none" and server.settings.monitoring.port in (None, keys.port):
        found += scheme_findings(
            server.settings.monitoring.scheme,
            serves_tls=keys.serves_tls,
            path="mcp:monitoring.scheme",
            asks="The monitor",
            tls_key="mcp:server.servesTls",
        )
    metric = followed_metric(server)
    if metric is not None:
        found += rules.scrape_findings(metric=metric, monitor=monitor, path="mcp:monitoring.monitor")
    return found + _counted_elsewhere(server)


def _counted_elsewhere(server: ServerPlan) -> list[Finding]:
    """MCP219 where panels or rules read what Envoy Gateway counts, and it is not there. Of an autoscaler that follows
    it, its own check says so."""
    told, edge = server.settings.monitoring, server.settings.edge
    if not told.dashboards and told.rules == "none":
        return []
    if server.autoscaled and autoscaler_spec(wiring.known_autoscaling_args(server)).source is not None:
        return []
    served = edge.implementation if edge.kind == "gateway" else edge.implementation or f"kind: {edge.kind}"
    return gateway_findings(dialect=server.settings.scaling.dialect, implementation=served, path="mcp:scaling.dialect")


def followed_metric(server: ServerPlan) -> str | None:
    """The metric of the pods that the autoscaler follows; ``None`` where it follows none, or a query says which."""
    if not server.autoscaled:
        return None
    args = wiring.known_autoscaling_args(server)
    if chosen_kind(args) != "keda" or args.query is not None or autoscaler_spec(args).source is None:
        return None
    follow = followed(args)
    found = gauge(follow, args.dialect, parse_eras(args.eras), args.sessions_metric) if follow != "cpu" else None
    return found.metric if isinstance(found, Gauge) and found.place == "pods" else None
