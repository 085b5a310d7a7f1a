"""Alerts about what a server shares with others: connections, Secrets, certificates, quota."""

from __future__ import annotations

from ...autoscaling.spec.queries import pods_of
from ..sources import Source
from .model import Alert, Severity, Watched

NEAR = 0.9
USED, HARD = 'type="used"', 'type="hard"'
SERVER_STATES = ("active", "idle", "used", "testing", "login")
"""States of a pooler's connection to the database; each is one that the database counts."""

POOL_WAIT = Alert(
    name="McpPoolWait",
    severity=Severity.WARNING,
    sources=(Source.SERVER,),
    watches="a database, and the dialect 'opentelemetry'",
    summary="{{ $value }} calls in {{ $labels.pod }} wait for a connection of the pool",
    expression=lambda watched: (
        f"max by (pod) ({watched.pods('db_client_connection_pending_requests')}) > 0" if watched.counted_pool else None
    ),
    hold="2m",
    meaning="""
        For two minutes on end calls have waited for a connection of the pod's own pool: it is smaller than the calls
        that are in flight need, or queries take longer than was planned.
        """,
    steps="""
        - The duration of queries against `mcp:database.queryMilliseconds`.
        - `mcp-stack plan` says the pool that the load needs, and whether the budget allows it.
        """,
)

WAITING = Alert(
    name="McpPoolerClientsWaiting",
    severity=Severity.WARNING,
    sources=(Source.PGBOUNCER,),
    watches="a pooler",
    summary="{{ $value }} clients of the pooler wait for a connection to the database",
    expression=lambda watched: (
        None if watched.pooler is None else f"sum({pools(watched, 'pgbouncer_pools_client_waiting_connections')}) > 0"
    ),
    hold="2m",
    meaning="""
        For two minutes on end clients of PgBouncer have waited for a connection: all that the budget allows work, or
        hang in transactions.
        """,
    steps="""
        - `pgbouncer_pools_client_maxwait_seconds`: how long the first has waited.
        - Long transactions in the database (`pg_stat_activity`), and statements without a timeout.
        """,
)


def pools(watched: Watched, metric: str) -> str:
    # The console of the pooler is a database of its own.
    matchers = [f'database="{watched.database}"' if watched.database else 'database!="pgbouncer"']
    if watched.own_pooler_metrics and watched.pooler is not None:
        # Another pooler of the namespace may be in front of a database of the same name.
        matchers.append(f'pod=~"{pods_of(watched.pooler, "Deployment")}"')
    return watched.here(metric, *matchers)


def _connections(watched: Watched) -> str | None:
    if watched.pooler is None or watched.connection_budget is None:
        return None
    counted = " + ".join(
        f"sum({pools(watched, f'pgbouncer_pools_server_{state}_connections')})" for state in SERVER_STATES
    )
    return f"{counted} > {NEAR * watched.connection_budget:g}"


POOLED = Alert(
    name="McpPooledConnectionsNearBudget",
    severity=Severity.WARNING,
    sources=(Source.PGBOUNCER,),
    watches="a pooler with a connection budget",
    summary="the poolers have {{ $value }} connections to the database, near what they may",
    expression=_connections,
    hold="10m",
    meaning="""
        The poolers together have more than nine tenths of the connections that the plan gives to this region. Above
        it they take those of others, or the database refuses.
        """,
    steps="""
        - Whether a rollout of the pooler runs: two generations are there for its time, which the budget counts.
        - The load: `mcp-stack plan` says at how many pods the budget binds.
        """,
)

DIRECT = Alert(
    name="McpConnectionsNearBudget",
    severity=Severity.WARNING,
    sources=(Source.POSTGRES,),
    watches="a PostgreSQL without a pooler, with its name and a connection budget",
    summary="the database {{ $labels.datname }} has {{ $value }} connections, near what the plan allows",
    expression=lambda watched: (
        None
        if watched.pooler is not None or watched.database is None or watched.connection_budget is None
        else f"max by (datname) ("
        f'pg_stat_database_numbackends{{datname="{watched.database}"}}) > {NEAR * watched.connection_budget:g}'
    ),
    hold="10m",
    meaning="""
        The database has more than nine tenths of the connections that the plan gives to this region, or to all regions
        where several share it: it counts theirs together. The next pods that start may get none.
        """,
    steps="""
        - Pods times their pool against the budget: `mcp-stack plan`.
        - A pooler (`mcp:database.pooler: pgbouncer`), a smaller pool, or a database that allows more.
        """,
)


def _not_synced(watched: Watched) -> str | None:
    if watched.external_secret is None:
        return None

    def found(*matchers: str, each: str = "{}", joined: str = "or") -> str:
        own = f'name="{watched.external_secret}"', 'condition="Ready"'
        return watched.of_controller("externalsecret_status_condition", *own, *matchers, each=each, joined=joined)

    failed, unknown = found('status="False"'), found(each="max by (name) (absent({}))", joined="and")
    return f"max by (name) ({failed}) == 1 or {unknown}"


SECRET = Alert(
    name="McpSecretNotSynced",
    severity=Severity.WARNING,
    sources=(Source.EXTERNAL_SECRETS,),
    watches="a Secret of source `external`",
    summary="the Secret {{ $labels.name }} is not filled from its store",
    expression=_not_synced,
    hold="15m",
    meaning="""
        The External Secrets Operator has not filled the Secret for a quarter of an hour, or has no word of the
        ExternalSecret at all. Pods go on with the last value; what was rotated in the store they do not have, and new
        pods may not start.
        """,
    steps="""
        - `kubectl describe externalsecret -n NAMESPACE`: what the store answered.
        - Rights of the store's identity, and the name of the entry.
        - No condition there: no operator looks at it. Either none runs, or it watches other namespaces, or leaves the
          store to another controller (`spec.controller` of the store). With a condition, `up` of its target says
          whether it is only not scraped.
        """,
)


def _not_ready(watched: Watched) -> str | None:
    if watched.certificate is None:
        return None

    def found(each: str, joined: str) -> str:
        return watched.of_controller(
            "certmanager_certificate_ready_status",
            f'name="{watched.certificate}"',
            'condition="True"',
            each=each,
            joined=joined,
            namespace=watched.certificate_namespace,
        )

    known, unknown = found("{}", "or"), found("max by (name) (absent({}))", "and")
    return f"max by (name) ({known}) == 0 or {unknown}"


CERTIFICATE = Alert(
    name="McpCertificateNotReady",
    severity=Severity.WARNING,
    sources=(Source.CERT_MANAGER,),
    watches="an Ingress, a Gateway of its own or a listener of its own with `clusterIssuer`",
    summary="the certificate {{ $labels.name }} is not ready",
    expression=_not_ready,
    hold="15m",
    meaning="""
        cert-manager has no valid certificate for the host for a quarter of an hour, or no Certificate of that name at
        all. Behind an Ingress clients meet that of the controller, and refuse it; a listener of a Gateway serves nobody
        until its Secret is there.
        """,
    steps="""
        - `kubectl describe certificate,order,challenge -n NAMESPACE`: which challenge fails. The namespace is that of
          the Ingress, of the Gateway or of the ListenerSet which names the Secret.
        - No Certificate there: cert-manager does not look at what asks for it. Gateways and ListenerSets have to be
          turned on in its configuration (`enableGatewayAPI`), and its own log says what it refuses. `up` of its target
          says whether it is only not scraped.
        - HTTP-01 asks from outside: DNS of the host, and port 80 of the edge.
        """,
)

QUOTA = Alert(
    name="McpQuotaNear",
    severity=Severity.WARNING,
    sources=(Source.KUBE_STATE_METRICS,),
    watches="a ResourceQuota",
    summary="{{ $value | humanizePercentage }} of the quota of {{ $labels.resource }} is used",
    expression=lambda watched: (
        None
        if not watched.quota
        # Each quota by itself: the platform may have one of its own in the namespace, and the tightest binds.
        else f"max by (resource) ({watched.here('kube_resourcequota', USED)}"
        f" / ignoring (type) ({watched.here('kube_resourcequota', HARD)} > 0)) > {NEAR}"
    ),
    hold="15m",
    meaning="""
        More than nine tenths of what the namespace may request are requested for a quarter of an hour. At the end of
        it no pod is made: neither by the autoscaler nor by a rollout.
        """,
    steps="""
        - What else runs in the namespace: `kubectl get pods -n NAMESPACE`. The quota has room for the planned maximum
          and a rollout, and for nothing else.
        - `mcp:region.quota`, where the platform imposes it; otherwise it follows the plan.
        """,
)

ALERTS = (POOL_WAIT, WAITING, POOLED, DIRECT, SECRET, CERTIFICATE, QUOTA)
