"""The panels, each from what is known of a server. A panel without a query is not shown."""

from __future__ import annotations

from ...probe import metric_names as probe
from ..alerts import budget
from ..alerts.model import Watched, series
from ..alerts.shared import HARD, SERVER_STATES, USED, pools
from ..sources import Source
from .model import Panel, Query

PROBE, OWN, STATE = (Source.PROBE,), (Source.SERVER,), (Source.KUBE_STATE_METRICS,)
NEAR = 0.9
PHASE_BUCKETS = f"{probe.PHASE_DURATION}_bucket"
DAY = 86_400


def availability(watched: Watched) -> Panel:
    """The share of the exchanges that succeeded."""
    failed = f"avg(avg_over_time({watched.probed(probe.SUCCESS)}[1d]))"
    return Panel(
        title="Availability, one day",
        help="Share of the exchanges from outside that succeeded. Amber below the availability that is asked for.",
        unit="percentunit",
        queries=[Query("availability", failed)],
        sources=PROBE,
        kind="stat",
        low_is_bad=True,
        warn=1 - budget.BURNS[2].factor * watched.error_budget,
        limit=watched.availability_percent / 100,
        width=6,
        most=1,
    )


def expiry(watched: Watched) -> Panel:
    """How long the certificate lasts."""
    return Panel(
        title="Certificate",
        help="Until the first certificate of the chain expires.",
        unit="s",
        queries=[Query("left", f"min({watched.probed(probe.CERTIFICATE_EXPIRY)}) - time()")],
        sources=PROBE,
        kind="stat",
        low_is_bad=True,
        warn=7 * DAY,
        limit=14 * DAY,
        width=6,
    )


def duration(watched: Watched) -> Panel:
    """How long exchanges take."""
    last = f"quantile_over_time(0.95, {watched.probed(probe.DURATION)}[30m])"
    return Panel(
        title="Exchanges from outside, P95 of half an hour",
        help="From the resolution of the name to the end of the session. Red from twice the load-tested P95 on, or "
        "twice the objective where no load test is named.",
        unit="s",
        queries=[Query("{{watcher}}", last)],
        sources=PROBE,
        warn=watched.p95_seconds,
        limit=2 * watched.p95_seconds,
    )


def phases(watched: Watched) -> Panel:
    """Where the time goes."""
    buckets = f"rate({watched.probed(PHASE_BUCKETS)}[15m])"
    return Panel(
        title="Phases of the exchanges, P95",
        help="Connect and TLS are the edge's, handshake, tools and call the server's.",
        unit="s",
        queries=[Query("{{phase}}", f"histogram_quantile(0.95, sum by (le, phase) ({buckets}))")],
        sources=PROBE,
    )


def failures(watched: Watched) -> Panel:
    """Whether rounds failed."""
    failed = f"1 - min by (watcher) ({watched.probed(probe.SUCCESS)})"
    return Panel(
        title="Failed rounds",
        help="1 while the last round of a watcher failed. mcp_probe_failure says why.",
        unit="short",
        queries=[Query("{{watcher}}", failed)],
        sources=PROBE,
        most=1,
    )


def sessions_by_pod(watched: Watched) -> Panel:
    """Sessions of each pod."""
    found = watched.sessions if watched.sessions is not None and watched.sessions.place == "pods" else None
    bound = watched.sessions_per_pod
    return Panel(
        title="Sessions of each pod",
        help="Open sessions, or streams in a dialect that counts no sessions. Red from what one pod bears by the plan.",
        unit="short",
        queries=[] if found is None else [Query("{{pod}}", f"sum by (pod) ({watched.gauge(found)})")],
        sources=OWN,
        warn=None if bound is None else round(NEAR * bound, 1),
        limit=bound,
    )


def calls(watched: Watched) -> Panel:
    """Calls in flight."""
    found = watched.calls if watched.calls is not None and watched.calls.place == "pods" else None
    return Panel(
        title="Calls in flight",
        help="Calls that are being answered, in each pod.",
        unit="short",
        queries=[] if found is None else [Query("{{pod}}", f"sum by (pod) ({watched.gauge(found)})")],
        sources=OWN,
    )


def cpu(watched: Watched) -> Panel:
    """CPU of each pod."""
    contained = Source.CADVISOR in watched.sources
    used = (
        watched.containers("container_cpu_usage_seconds_total")
        if contained
        else watched.pods("process_cpu_seconds_total")
    )
    limit = watched.cpu_limit_cores
    return Panel(
        title="CPU of each pod, cores",
        help="Cores in use. Red from the limit on, where the kernel slows the server down.",
        unit="short",
        queries=[Query("{{pod}}", f"sum by (pod) (rate({used}[5m]))")],
        sources=(Source.CADVISOR,) if contained else OWN,
        warn=None if limit is None else round(NEAR * limit, 3),
        limit=limit,
    )


def memory(watched: Watched) -> Panel:
    """Memory of each pod."""
    contained = Source.CADVISOR in watched.sources
    used = (
        watched.containers("container_memory_working_set_bytes")
        if contained
        else watched.pods("process_resident_memory_bytes")
    )
    limit = watched.memory_limit_bytes
    return Panel(
        title="Memory of each pod",
        help="The working set, or the resident memory of the process. Red from the limit on, which kills it.",
        unit="bytes",
        queries=[Query("{{pod}}", f"max by (pod) ({used})")],
        sources=(Source.CADVISOR,) if contained else OWN,
        warn=None if limit is None else int(NEAR * limit),
        limit=limit,
    )


def descriptors(watched: Watched) -> Panel:
    """File descriptors."""
    share = f"max by (pod) ({watched.pods('process_open_fds')} / {watched.pods('process_max_fds')})"
    return Panel(
        title="File descriptors",
        help="Share of the soft limit. Each stream and each connection takes one.",
        unit="percentunit",
        queries=[Query("{{pod}}", share)],
        sources=OWN,
        warn=0.8,
        limit=1,
    )


def restarts(watched: Watched) -> Panel:
    """Restarts of the server's container."""
    counted = watched.containers("kube_pod_container_status_restarts_total")
    return Panel(
        title="Restarts within an hour",
        help="Of the server's container. Each ends its sessions.",
        unit="short",
        queries=[Query("{{pod}}", f"max by (pod) (increase({counted}[1h]))")],
        sources=STATE,
        limit=3,
    )


def pods(watched: Watched) -> Panel:
    """Pods against the bounds."""
    if Source.KUBE_STATE_METRICS in watched.sources:
        ready, sources = watched.ready_and_wanted()[0], STATE
    else:
        ready, sources = f"count({watched.pods('process_open_fds')})", OWN
    return Panel(
        title="Pods",
        help="Pods that are ready, or that answer a scrape where no state of the cluster is there. Between minimum and "
        "maximum the autoscaler chooses.",
        unit="short",
        queries=[Query("pods", f"sum({ready})"), *_lines(minimum=watched.min_replicas, maximum=watched.max_replicas)],
        sources=sources,
        limit=watched.max_replicas,
    )


def sessions(watched: Watched) -> Panel:
    """Sessions against what the region is sized for."""
    return Panel(
        title="Sessions",
        help="All pods together. 'planned' is the peak with its headroom, which the region is sized for.",
        unit="short",
        queries=[]
        if watched.sessions is None
        else [Query("sessions", f"sum({watched.gauge(watched.sessions)})"), *_lines(planned=watched.planned_sessions)],
        sources=OWN,
        limit=watched.planned_sessions,
    )


def fullest(watched: Watched) -> Panel:
    """How much of the plan's bounds the fullest pod uses."""
    shares = []
    if watched.sessions is not None and watched.sessions.place == "pods" and watched.sessions_per_pod:
        shares.append(Query("sessions", f"max({watched.gauge(watched.sessions)}) / {watched.sessions_per_pod}"))
    if watched.memory_limit_bytes:
        shares.append(Query("memory", f"max({_first(memory(watched))}) / {watched.memory_limit_bytes}"))
    if watched.cpu_limit_cores:
        shares.append(Query("CPU", f"max({_first(cpu(watched))}) / {watched.cpu_limit_cores:g}"))
    return Panel(
        title="The fullest pod against what one bears",
        help="What comes near 100 % first is what binds. The plan expects sessions to.",
        unit="percentunit",
        queries=shares,
        sources=tuple(dict.fromkeys([*OWN, *memory(watched).sources])),
        warn=NEAR,
        limit=1,
    )


def connections(watched: Watched) -> Panel:
    """Connections to the database against the budget."""
    found: list[Query] = []
    sources = (Source.PGBOUNCER,)
    if watched.pooler is not None:
        counted = " + ".join(
            f"sum({pools(watched, f'pgbouncer_pools_server_{one}_connections')})" for one in SERVER_STATES
        )
        found = [Query("through the pooler", counted)]
    elif watched.database is not None:
        sources = (Source.POSTGRES,)
        named = f'datname="{watched.database}"'
        found = [Query("connections", f"max({series('pg_stat_database_numbackends', named)})")]
    return Panel(
        title="Connections to the database",
        help="Against the budget that the plan gives to this region.",
        unit="short",
        queries=[*found, *_lines(budget=watched.connection_budget)] if found else [],
        sources=sources,
        limit=watched.connection_budget,
    )


def waiting(watched: Watched) -> Panel:
    """Clients of the pooler that wait."""
    waits = pools(watched, "pgbouncer_pools_client_maxwait_seconds")
    return Panel(
        title="Longest wait for a connection",
        help="How long the first client in the pooler's queue has waited. Above nothing for minutes it is too small.",
        unit="s",
        queries=[] if watched.pooler is None else [Query("wait", f"max({waits})")],
        sources=(Source.PGBOUNCER,),
    )


def quota(watched: Watched) -> Panel:
    """What the namespace requests of its quota."""
    used, hard = (watched.here("kube_resourcequota", kind) for kind in (USED, HARD))
    return Panel(
        title="Quota",
        help="Share of the namespace's quota that is requested.",
        unit="percentunit",
        queries=[Query("{{resource}}", f"max by (resource) ({used}) / (max by (resource) ({hard}) > 0)")]
        if watched.quota
        else [],
        sources=STATE,
        warn=NEAR,
        limit=1,
    )


def region_success(watched: Watched) -> Panel:
    """Each region's availability."""
    success = watched.probed_anywhere(probe.SUCCESS)
    return Panel(
        title="Exchanges that succeed, one hour",
        help="Share of the rounds of all watchers, for each region.",
        unit="percentunit",
        queries=[Query("{{region}}", f"avg by (region) (avg_over_time({success}[1h]))")],
        sources=PROBE,
        low_is_bad=True,
        limit=watched.availability_percent / 100,
        most=1,
        width=24,
    )


def region_duration(watched: Watched) -> Panel:
    """Each region's latency."""
    last = f"quantile_over_time(0.95, {watched.probed_anywhere(probe.DURATION)}[30m])"
    return Panel(
        title="Exchanges, P95 of half an hour",
        help="The slowest watcher of each region. One region alone that rises has a fault of its own.",
        unit="s",
        queries=[Query("{{region}}", f"max by (region) ({last})")],
        sources=PROBE,
        limit=2 * watched.p95_seconds,
    )


def region_paths(watched: Watched) -> Panel:
    """Who sees what from where."""
    last = f"avg_over_time({watched.probed_anywhere(probe.DURATION)}[30m])"
    return Panel(
        title="From each watcher to each region, mean",
        help="A row of the network between regions: a watcher that is slow to all is far, or sick itself.",
        unit="s",
        queries=[Query("{{watcher}} to {{region}}", f"max by (watcher, region) ({last})")],
        sources=PROBE,
    )


def region_tools(watched: Watched) -> Panel:
    """Whether regions run the same release."""
    drift = watched.probed_anywhere(probe.SCHEMA_DRIFT)
    return Panel(
        title="Tools beside the expectation",
        help="Tools that were added, removed or changed. Regions that differ run different releases.",
        unit="short",
        queries=[Query("{{region}} {{kind}}", f"max by (region, kind) ({drift})")],
        sources=PROBE,
        width=24,
    )


def _first(panel: Panel) -> str:
    return panel.queries[0].text


def _lines(**bounds: float | None) -> list[Query]:
    """A level line for each bound of the plan that is known."""
    return [Query(name, f"vector({value:g})") for name, value in bounds.items() if value is not None]
