"""Rules about who reads the metrics of a server, and whether what is asked of them is there."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor

from ..probe.watched import TIMEOUT_SECONDS
from .model import Finding, Rule, Severity

ROUNDS_PER_HOUR = 60
"""One round a minute."""
FASTEST_BURN = 14.4
"""Burn rate of the fastest alert on the error budget (SRE workbook, chapter 5)."""

NOT_SCRAPED = Rule(
    code="MCP620",
    slug="unscraped-metric",
    severity=Severity.WARNING,
    title="the autoscaler follows a metric that nothing in the stack scrapes",
    meaning="""
        The autoscaler follows a metric of the pods in Prometheus, by the names of the `dialect`, and
        `mcp:monitoring.monitor` is `none`.
        """,
    why="""
        A metric that nobody reads is not in Prometheus: the query has no answer, and the number of pods stays where the
        fallback holds it, whatever the load. The server looks healthy all the while.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          healthPath: /healthz
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          healthPath: /healthz
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:monitoring:
          monitor: pod-monitor
        """,
    note="""
        Where something else scrapes the pods, such as a job of a Prometheus without the operator, accept it and say
        what: see [monitoring](../monitoring.md#without-the-operator).
        """,
)

UNREAD = Rule(
    code="MCP621",
    slug="unread-monitoring-key",
    severity=Severity.WARNING,
    title="a key of the monitoring that nothing reads",
    meaning="""
        A key of `mcp:monitoring` is given, and another one leaves it without effect: an interval where nothing is
        scraped, an authority where the metrics are read over plain HTTP.
        """,
    why="What is written down reads like a promise, and whoever looks for the data finds none.",
    fails="""
        mcp:monitoring:
          scrapeSeconds: 30
        """,
    passes="""
        mcp:monitoring:
          monitor: pod-monitor
          scrapeSeconds: 30
        """,
)

CLEAR_TOKEN = Rule(
    code="MCP622",
    slug="token-over-http",
    severity=Severity.WARNING,
    title="a token for the metrics goes over plain HTTP",
    meaning="Prometheus sends a bearer token to the metrics port, and the `scheme` is `http`.",
    why="Whoever reads the traffic of the cluster has the token, and with it whatever else it opens.",
    fails="""
        mcp:monitoring:
          monitor: pod-monitor
          token: {secret: metrics-token}
        """,
    passes="""
        mcp:monitoring:
          monitor: pod-monitor
          port: 9464
          scheme: https
          token: {secret: metrics-token}
        """,
)


def scrape_findings(*, metric: str, monitor: str, path: str) -> list[Finding]:
    """MCP620 if the autoscaler reads a ``metric`` of the pods, and there is no monitor."""
    if monitor != "none":
        return []
    return [
        NOT_SCRAPED.at(
            path,
            f"The autoscaler follows {metric} of the pods, and nothing in the stack has Prometheus read it.",
            "Set monitor to 'pod-monitor', or accept this with the reason why something else scrapes the pods.",
        )
    ]


def token_findings(*, token: bool, scheme: str, path: str) -> list[Finding]:
    """MCP622 if a token goes over plain HTTP."""
    if not token or scheme == "https":
        return []
    return [
        CLEAR_TOKEN.at(
            path,
            "The token goes over plain HTTP.",
            "Serve the metrics over TLS and set ⟦scheme⟧ to 'https', or accept this where a mesh encrypts it.",
        )
    ]


IDLE_EXPORTER = Rule(
    code="MCP623",
    slug="exporter-without-subject",
    severity=Severity.WARNING,
    title="an exporter is named, and the stack has nothing that it would say",
    meaning="""
        `mcp:monitoring.exporters` names an exporter, and the stack makes nothing that its alerts could watch: KEDA
        without a ScaledObject, PgBouncer's without a pooler, cert-manager without `clusterIssuer`.
        """,
    why="Whoever reads the list believes that it is watched. No rule is made of it.",
    fails="""
        mcp:monitoring:
          rules: prometheus-rule
          exporters: [kube-state-metrics, cadvisor, pgbouncer]
        """,
    passes="""
        mcp:monitoring:
          rules: prometheus-rule
          exporters: [kube-state-metrics, cadvisor]
        """,
)

COARSE_PROBE = Rule(
    code="MCP624",
    slug="availability-below-resolution",
    severity=Severity.WARNING,
    title="an availability that one look a minute cannot tell",
    meaning=f"""
        Alerts on the error budget count rounds of the probe, {ROUNDS_PER_HOUR} in an hour for each watcher unless
        `mcp:probe.intervalSeconds` says otherwise.
        `availabilityPercent` is so high that a single failed one burns the budget of the fastest alert, which wakes
        somebody.
        """,
    why="""
        A lost packet is then an incident at night. People silence what cries wolf, and the next outage with it.
        """,
    fails="""
        mcp:monitoring:
          rules: prometheus-rule
          exporters: [kube-state-metrics, cadvisor, probe]
          availabilityPercent: 99.95
        """,
    passes="""
        mcp:monitoring:
          rules: prometheus-rule
          exporters: [kube-state-metrics, cadvisor, probe]
          availabilityPercent: 99.8
        """,
    note="With several watchers a failure of one counts for its part; accept it where there are at least three.",
)

BEYOND_TIMEOUT = Rule(
    code="MCP625",
    slug="latency-beyond-probe-timeout",
    severity=Severity.ERROR,
    title="an alert on a latency that the probe never measures",
    meaning=f"""
        Twice `loadedP95Milliseconds`, or twice the objective `workload.waitP95Milliseconds` where it is not given, is
        not below the time after which the probe gives a round up and calls it failed: `probe.timeoutSeconds` of the
        stack's own probe, and {TIMEOUT_SECONDS:g} s otherwise.
        """,
    why="The alert can never fire: what is so slow is no slow round but a failed one, with another reason.",
    fails="""
        mcp:monitoring:
          rules: prometheus-rule
          exporters: [kube-state-metrics, cadvisor, probe]
          loadedP95Milliseconds: 8000
        """,
    passes="""
        mcp:monitoring:
          rules: prometheus-rule
          exporters: [kube-state-metrics, cadvisor, probe]
          loadedP95Milliseconds: 800
        """,
    note="The 95th percentile is of an exchange (handshake and list of tools), not of the slowest tool.",
)


EMPTY = Rule(
    code="MCP626",
    slug="dashboards-without-metrics",
    severity=Severity.ERROR,
    title="dashboards of metrics that nobody emits",
    meaning="""
        `mcp:monitoring.dashboards` is set, and of nothing that a panel could show is said that it is scraped: no
        `monitor`, and no `exporters`.
        """,
    why="An empty dashboard looks like a server without load, when it is looked at for the first time: in an outage.",
    fails="""
        mcp:monitoring:
          dashboards: true
          exporters: []
        """,
    passes="""
        mcp:monitoring:
          monitor: pod-monitor
          dashboards: true
          exporters: []
        """,
)


def empty_findings(*, empty: bool, path: str) -> list[Finding]:
    """MCP626 if no dashboard has a panel."""
    if not empty:
        return []
    return [
        EMPTY.at(
            path,
            "No panel has anything to show: nothing is scraped that one could read.",
            "Set ⟦monitor⟧ to 'pod-monitor', or name in ⟦exporters⟧ whose metrics are in Prometheus.",
        )
    ]


def exporter_findings(*, idle: Mapping[str, str], path: str) -> list[Finding]:
    """MCP623 for each exporter that has nothing to watch; ``idle`` says what it would be for."""
    return [
        IDLE_EXPORTER.at(
            path,
            f"'{name}' is among the exporters, and the stack makes no rule of it: that needs {what}.",
            f"Take '{name}' out.",
        )
        for name, what in idle.items()
    ]


def resolution_findings(*, availability: float, interval_seconds: float, probed: bool, path: str) -> list[Finding]:
    """MCP624 if one failed round in an hour fires the fastest alert on the error budget."""
    rounds = 3600 / interval_seconds
    allowed = FASTEST_BURN * (100 - availability) / 100 * rounds
    if not probed or allowed >= 1:
        return []
    least = floor((100 - 100 / (FASTEST_BURN * rounds)) * 100) / 100
    oftener = ", or let the probe look more often" if rounds < ROUNDS_PER_HOUR else ""
    return [
        COARSE_PROBE.at(
            path,
            f"At {availability:g} % the fastest alert bears {allowed:.2g} failed rounds of {rounds:.3g} in an hour, so "
            "that a single one fires it.",
            f"Ask for at most {least:g} %{oftener}, or accept this where several watchers look.",
        )
    ]


def timeout_findings(*, loaded: float | None, objective: float, timeout_seconds: float) -> list[Finding]:
    """MCP625 if the threshold of a slow round is not below the probe's own timeout.

    :param loaded: the 95th percentile under load, in milliseconds; without one the ``objective`` stands in for it.
    """
    slow = objective if loaded is None else loaded
    if 2 * slow < timeout_seconds * 1000:
        return []
    what = " (the objective, as no measured one is given)" if loaded is None else ""
    most = f"{timeout_seconds * 500:g} ms"
    return [
        BEYOND_TIMEOUT.at(
            "loaded_p95_milliseconds",
            f"A round is slow above 2 × {slow:g} ms{what}, and the probe gives it up after {timeout_seconds:g} s.",
            f"Give the 95th percentile of an exchange, below {most}; or a longer timeout of the probe.",
        )
    ]


POOLER_UNSEEN = Rule(
    code="MCP690",
    slug="pooler-without-exporter",
    severity=Severity.WARNING,
    title="rules need the metrics of PgBouncer, and nothing in the stack emits them",
    meaning="""
        Rules or dashboards are made, a pooler stands before the database, and `mcp:database.poolerExporter` is false.
        Either `mcp:monitoring.exporters` names `pgbouncer`, and the rules read metrics that nothing in the stack emits;
        or it does not, and the alerts on waiting clients and on the connection budget are not made.
        """,
    why="""
        PgBouncer says how many clients wait on its console, and to nobody else. An alert on a metric that nobody emits
        is silent for ever, and the queue at the pooler is found as slow calls.
        """,
    fails="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          pooler: pgbouncer
        mcp:secrets:
          source: existing
          name: orders-database
        mcp:monitoring:
          monitor: pod-monitor
          rules: prometheus-rule
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          pooler: pgbouncer
          poolerExporter: true
        mcp:secrets:
          source: existing
          name: orders-database
        mcp:monitoring:
          monitor: pod-monitor
          rules: prometheus-rule
        """,
    note="Where an exporter of the platform reads the pooler, name `pgbouncer` in `exporters` and accept it.",
)

EXPORTER_UNREAD = Rule(
    code="MCP691",
    slug="unscraped-pooler-exporter",
    severity=Severity.WARNING,
    title="an exporter of the pooler that nothing scrapes",
    meaning="""
        `mcp:database.poolerExporter` is true, `mcp:monitoring.monitor` is `none`, and `mcp:monitoring.exporters` does
        not name `pgbouncer`.
        """,
    why="Each pod of the pooler then has a container, and its port open to the monitoring, for figures nobody reads.",
    fails="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          pooler: pgbouncer
          poolerExporter: true
        mcp:secrets:
          source: existing
          name: orders-database
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          pooler: pgbouncer
          poolerExporter: true
        mcp:secrets:
          source: existing
          name: orders-database
        mcp:monitoring:
          monitor: pod-monitor
        """,
)


def pooler_findings(*, pooler: str, named: bool, path: str) -> list[Finding]:
    """MCP690: a ``pooler`` has no exporter in the stack; ``named`` says whether its metrics are said to be there."""
    if named:
        problem = f"The rules read PgBouncer's metrics, and nothing in the stack emits those of {pooler}."
    else:
        problem = f"The alerts on waiting clients and connections of {pooler} are not made: nothing emits its metrics."
    return [
        POOLER_UNSEEN.at(
            path,
            problem,
            "Set it to true, or accept this with the name of what else emits them.",
        )
    ]


def unscraped_exporter_findings(*, pooler: str, read: bool, path: str) -> list[Finding]:
    """MCP691 if the exporter of a ``pooler`` is not ``read``."""
    if read:
        return []
    return [
        EXPORTER_UNREAD.at(
            path,
            f"{pooler} has an exporter, and nothing in the stack has Prometheus read it.",
            "Set ⟦monitor⟧ to 'pod-monitor', name 'pgbouncer' in ⟦exporters⟧ where something else reads it, or set "
            "it to false.",
        )
    ]


RULES = (
    NOT_SCRAPED,
    UNREAD,
    CLEAR_TOKEN,
    IDLE_EXPORTER,
    COARSE_PROBE,
    BEYOND_TIMEOUT,
    EMPTY,
    POOLER_UNSEEN,
    EXPORTER_UNREAD,
)
