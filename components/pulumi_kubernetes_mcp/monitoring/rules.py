"""The rules of a server as Prometheus takes them: what is recorded, and what is told. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..kubernetes.objects import Spec
from ..probe import metric_names as probe
from .alerts import budget, outside
from .alerts.catalogue import written
from .alerts.model import Alert, Watched
from .alerts.released import ACTIVE_COLOUR
from .sources import Source

SESSIONS, CALLS = "server:mcp_sessions:sum", "server:mcp_calls_in_flight:sum"
"""What is recorded of all pods together, whatever the dialect calls it; `mcp-stack advise` reads it."""
INTERVAL = "30s"
"""How often the rules are asked: half the shortest time that an alert holds for."""
RUNBOOKS = "docs/runbooks"
"""Where the pages of the alerts are in this project."""


def groups(watched: Watched, runbooks: str | None) -> list[Spec]:
    """The groups of a rule file, or of a PrometheusRule.

    :param runbooks: address of the folder of the runbook pages. Default: they are named by their path in this project.
    """
    recorded = [{"record": name, "expr": text, "labels": labels(watched)} for name, text in recording(watched)]
    told = [alerting(alert, text, watched, runbooks) for alert, text in written(watched)]
    found = ((f"mcp-{watched.server}-recorded", recorded), (f"mcp-{watched.server}-alerts", told))
    return [{"name": name, "interval": INTERVAL, "rules": rules} for name, rules in found if rules]


def labels(watched: Watched) -> dict[str, str]:
    """What every series and alert of the server is found by."""
    region = {} if watched.region is None else {"region": watched.region}
    return {"namespace": watched.namespace, "server": watched.server, **region}


def recording(watched: Watched) -> Iterator[tuple[str, str]]:
    """One set of names for what the dialects call differently, and what several rules read.

    Names are ``level:metric:operations``, as Prometheus' own documentation asks (practices/rules); the level is the
    label that is left, the server.
    """
    if Source.SERVER in watched.sources:
        if watched.sessions is not None:
            yield SESSIONS, f"sum({watched.gauge(watched.sessions)})"
            if watched.sessions.place == "pods":
                yield "server:mcp_sessions:max", f"max({watched.gauge(watched.sessions)})"
        if watched.calls is not None:
            yield CALLS, f"sum({watched.gauge(watched.calls)})"
    if Source.CADVISOR in watched.sources:
        used = watched.containers("container_memory_working_set_bytes")
        yield "server:mcp_memory_working_set_bytes:max", f"max({used})"
        cpu = watched.containers("container_cpu_usage_seconds_total")
        yield "server:mcp_cpu_usage_seconds:rate5m", f"sum(rate({cpu}[5m]))"
    if Source.PROBE in watched.sources:
        if watched.other is not None and not watched.idle:
            # The rules are those of the colour that clients reach: which one that was is in their series.
            yield ACTIVE_COLOUR, "vector(1)"
        success = watched.probed(probe.SUCCESS)
        yield "server:mcp_probe_success:max", f"max({success})"
        for window in budget.WINDOWS:
            yield budget.RECORDED.format(window=window), outside.failed(watched, window)


def alerting(alert: Alert, expression: str, watched: Watched, runbooks: str | None) -> Spec:
    """One alert."""
    own = labels(watched)
    if not watched.idle:
        # One name for all that is told of what clients reach, whatever the colour: the probe's series have it, so that
        # no pods and no answer are known to be one fault, and another colour's pods are not taken for it.
        own["server"] = watched.from_outside
    if watched.server != own["server"]:
        own["workload"] = watched.server
    if alert.everywhere:
        own = {"server": own["server"]}
    where = f"{runbooks.rstrip('/')}/" if runbooks else f"{RUNBOOKS}/"
    rule: Spec = {
        "alert": alert.name,
        "expr": expression,
        "labels": {"severity": str(alert.severity), **own},
        "annotations": {
            "summary": alert.summary,
            "description": _described(alert, watched),
            "runbook_url": f"{where}{alert.name}.md",
        },
    }
    if (hold := alert.held(watched)) != "0m":
        rule["for"] = hold
    return rule


def _described(alert: Alert, watched: Watched) -> str:
    text = " ".join(alert.meaning.split())
    if (hold := alert.held(watched)) != alert.hold:
        text = f"{text} Here a round is made each {watched.probe_seconds:g} s, and it holds for {hold}."
    if alert.name != "McpProbeSlow":
        return text
    loaded = watched.loaded_p95_milliseconds
    known = "the load test" if loaded is not None else "the objective, as no load test is named"
    return f"{text} Here it is {known}: {watched.p95_seconds:g} s."
