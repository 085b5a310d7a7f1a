"""Alerts about what clients meet, by the probe from outside."""

from __future__ import annotations

from collections.abc import Iterable

from ...probe import metric_names as probe
from ...probe.reasons import Reason
from ..sources import Source
from .model import Alert, Severity, Watched
from .released import released

PROBE = (Source.PROBE,)
OF_THE_PROBE = "the probe from outside among `exporters`"
BY = "by (server, region)"
BROKEN = (
    Reason.HOST_ACCEPTED,
    Reason.ORIGIN_ACCEPTED,
    Reason.AUTHORIZATION_METADATA,
    Reason.AUTHORIZATION_MISSING,
    Reason.SESSION_LEFT,
    Reason.TOOL_FAILED,
)
"""Reasons of a server that answers, and does not keep what it promises."""
OTHERWISE = (Reason.WRONG_PROTOCOL_VERSION, Reason.WRONG_ERA)
"""Reasons of a server that answers in another protocol."""
ANSWERED = (Reason.SCHEMA_DRIFT, Reason.SCHEMAS_DIFFER, Reason.SLOW, *OTHERWISE, *BROKEN)
"""Reasons of a failed round in which the server did answer."""


def _reasons(some: Iterable[Reason]) -> str:
    return f'{probe.REASON}=~"{"|".join(some)}"'


EXPIRY_DAYS = 14
"""ACME certificates of 90 days are renewed 30 days before their end: half of that time is lost by then."""
SILENT_ROUNDS = 5
STEP = 1.5
"""A step after a rollout is half as slow again: with 30 rounds a P95 moves by a fifth by chance."""
GROWTH = 1.1
"""The guides' 10 % a week."""
REFUSALS = 3
"""Refused rounds that are no accident of one moment."""
GAPS = 3
"""Gaps in six hours that are no accident."""


ITSELF = (Reason.PROBE,)
"""Reasons that say nothing of the server: such a round is none."""


def _seen(success: str, failure: str) -> str:
    """Rounds that say something of the server, good or bad."""
    return f"({success} unless ignoring ({probe.REASON}) {failure} == 1)"


def failed(watched: Watched, window: str) -> str:
    """The share of a window's rounds that the server failed; one that the probe could not make is none."""
    success = watched.probed(probe.SUCCESS)
    itself = f"sum(sum_over_time({watched.probed(probe.FAILURE, _reasons(ITSELF))}[{window}])) or vector(0)"
    return f"1 - sum(sum_over_time({success}[{window}])) / (sum(count_over_time({success}[{window}])) - ({itself}))"


def _down(watched: Watched) -> str:
    here = _seen(watched.probed(probe.SUCCESS), watched.probed(probe.FAILURE, _reasons(ITSELF)))
    # One that answers with another schema or version is a server that is there.
    elsewhere = (
        f"max by (server) ({watched.probed_anywhere(probe.SUCCESS)}) == 1"
        f" or max by (server) ({watched.probed_anywhere(probe.FAILURE, _reasons(ANSWERED))}) == 1"
    )
    return (
        f"(max {BY} ({here}) == 0"
        f" unless on (server, region) ({watched.probed(probe.FAILURE, _reasons(ANSWERED))} == 1))"
        f" and on (server) ({elsewhere})"
    )


def _down_everywhere(watched: Watched) -> str:
    failed = watched.probed_anywhere(probe.FAILURE, _reasons(ITSELF))
    return (
        f"max by (server) ({_seen(watched.probed_anywhere(probe.SUCCESS), failed)}) == 0"
        f" unless on (server) ({watched.probed_anywhere(probe.FAILURE, _reasons(ANSWERED))} == 1)"
    )


def _silent(watched: Watched) -> str:
    last = watched.probed(probe.LAST_RUN)
    itself = watched.probed(probe.FAILURE, _reasons(ITSELF))
    nobody = _seen(watched.probed(probe.SUCCESS), itself)
    return (
        f"time() - max {BY} ({last}) > {SILENT_ROUNDS * max(60, watched.probe_seconds):g} or absent({last})"
        f" or (max {BY} ({itself}) == 1 unless on (server, region) max {BY} {nobody} >= 0)"
    )


DOWN = Alert(
    name="McpEndpointDown",
    severity=Severity.CRITICAL,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="{{ $labels.server }} does not answer in {{ $labels.region }}, and does in other regions",
    expression=_down,
    hold="2m",
    rounds=2,
    meaning="""
        No watcher completes a protocol exchange with the endpoint of this region for two minutes, while that of
        another region answers. Clients that are routed here have no server. A round in which the server answered with
        another schema or another version does not count as down: other alerts speak of those. A round that the probe
        itself could not make (`probe`) counts as none.
        """,
    steps="""
        - The reason of the last round: `mcp_probe_failure == 1`. `dns`, `connect` and `tls-*` are the edge's,
          `no-pods` and `draining` the workload's, `authorization` the identity provider's.
        - `kubectl get pods,httproute,ingress -n NAMESPACE`: ready pods, and a route that the controller accepted.
        - Take the region out of the global routing while it is looked at, where that does not happen by itself.
        """,
)

DOWN_EVERYWHERE = Alert(
    name="McpEndpointDownEverywhere",
    severity=Severity.CRITICAL,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="{{ $labels.server }} answers in no region",
    expression=_down_everywhere,
    hold="2m",
    rounds=2,
    everywhere=True,
    meaning="""
        No watcher completes an exchange with any region for two minutes. It is one fault of what the regions share
        rather than one in each: the release, the DNS name, the certificate, the identity provider, a shared database.
        """,
    steps="""
        - What was changed last in all regions: roll it back first, look for the cause afterwards.
        - `mcp_probe_failure == 1` in each region: one reason everywhere names what is shared.
        - `mcp-stack probe URL` from outside the cluster, which says at which step it ends.
        """,
)

SILENT = Alert(
    name="McpProbeSilent",
    severity=Severity.WARNING,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="nobody looks at this server from outside any more",
    expression=_silent,
    hold="5m",
    meaning="""
        The last round is older than five minutes, or than five intervals of a probe that looks less often than once a
        minute; or there is none at all; or for five minutes every watcher failed by a fault of its own (`probe`), such
        as a token file that is gone. Every alert of the probe is silent then, and silence looks like health.
        """,
    steps="""
        - Whether the probe runs, and whether Prometheus reads it: `up` of its target. With `mcp_probe_failure` of the
          reason `probe` its log says what it lacks.
        - Whether this server is among the endpoints that the probe is told of, under this name and region.
        """,
)

VERSION = Alert(
    name="McpWrongProtocolVersion",
    severity=Severity.CRITICAL,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="{{ $labels.server }} speaks another protocol version than is expected",
    expression=lambda watched: f"max {BY} ({watched.probed(probe.FAILURE, _reasons(OTHERWISE))}) == 1",
    hold="2m",
    rounds=2,
    meaning="""
        The server answers, and agrees on another protocol version than the probe expects, or refuses the expected
        one. Pods pass their readiness meanwhile: a health route says nothing of the protocol. Clients of the missing
        version fail at their first request.
        """,
    steps="""
        - Which image runs: `kubectl get deployment SERVER -n NAMESPACE -o yaml`, and which SDK version is in it.
        - Roll back (`kubectl rollout undo`), or say the new eras in `mcp:server.eras` and in the probe's expectation.
        """,
)

CONTRACT = Alert(
    name="McpContractBroken",
    severity=Severity.WARNING,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="{{ $labels.server }} answers and does not keep what it promises: {{ $labels.reason }}",
    expression=lambda watched: (
        f"max by (server, region, reason) ({watched.probed(probe.FAILURE, _reasons(BROKEN))}) == 1"
    ),
    hold="5m",
    rounds=5,
    meaning="""
        The exchange works, and a check beside it fails for five minutes: a foreign Host or Origin is let in, the
        metadata of OAuth are missing, a request without a token is answered, a session stays after its end, or the tool
        that the probe calls fails.
        """,
    steps="""
        - What the reason means: the table in `docs/probing.md`.
        - What the last release changed in the server's settings or its SDK.
        """,
)

DRIFT = Alert(
    name="McpSchemaDrift",
    severity=Severity.WARNING,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="{{ $value }} tools of {{ $labels.server }} are {{ $labels.kind }} beside those that are expected",
    expression=lambda watched: f"max by (server, region, kind) ({watched.probed(probe.SCHEMA_DRIFT)}) > 0",
    hold="5m",
    rounds=5,
    meaning="""
        Tools were added, removed or changed beside the expectation of the probe for five minutes. After a release
        that meant to, the expectation is old; otherwise pods of two releases answer behind one address.
        """,
    steps="""
        - `mcp_probe_schema_drift` by `kind` says how many were added, removed and changed.
        - `mcp-stack probe URL` in each region shows which. Write the expectation anew if the change was meant.
        """,
)

BREAKING = Alert(
    name="McpSchemaBreaking",
    severity=Severity.CRITICAL,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="the tools of {{ $labels.server }} changed so that clients break",
    expression=lambda watched: f"max {BY} ({watched.probed(probe.SCHEMA_BREAKING)}) == 1",
    hold="2m",
    rounds=2,
    meaning="""
        A tool is gone, or takes less than it took: calls that were right are refused. Models do not notice and try
        again.
        """,
    steps="""
        - Roll back to the release whose schema clients know.
        - A change that has to break goes out under a new name of the tool, or by a blue-green switch.
        """,
)

EXPIRY = Alert(
    name="McpCertificateExpiring",
    severity=Severity.WARNING,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="the certificate of {{ $labels.server }} expires in {{ $value | humanizeDuration }}",
    expression=lambda watched: (
        f"min {BY} ({watched.probed(probe.CERTIFICATE_EXPIRY)}) - time() < {EXPIRY_DAYS * 86_400}"
    ),
    hold="1h",
    meaning=f"""
        The first certificate of the chain that clients meet expires within {EXPIRY_DAYS} days. What renews it
        should have done so long before.
        """,
    steps="""
        - `kubectl describe certificate -A`: cert-manager says why it does not renew.
        - Whether the edge serves the renewed Secret: some proxies read it at their start only.
        """,
)


def _p95(watched: Watched, window: str, step: str = "1m", offset: str = "") -> str:
    """The 95th percentile of how long the server took to answer. A round that it did not answer lasts as long as the
    probe waits: it is an error, which other alerts count, and no slow answer."""
    unanswered = watched.probed(probe.FAILURE, f'{probe.REASON}!~"{"|".join(ANSWERED)}"')
    answered = f"{watched.probed(probe.DURATION)} unless ignoring ({probe.REASON}) {unanswered}"
    return f"max {BY} (quantile_over_time(0.95, ({answered})[{window}:{step}]{offset}))"


SLOW = Alert(
    name="McpProbeSlow",
    severity=Severity.WARNING,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="exchanges with {{ $labels.server }} take twice as long as they should, {{ $value | humanizeDuration }}",
    expression=lambda watched: f"{_p95(watched, '30m')} > {2 * watched.p95_seconds:g}",
    hold="10m",
    meaning="""
        The 95th percentile of half an hour of rounds is above twice that of the load test
        (`mcp:monitoring.loadedP95Milliseconds`), or, where none is given, above twice the objective
        (`mcp:workload.waitP95Milliseconds`): the alert's text says which. Rounds without an answer do not count: an
        outage is no latency. Latency that doubles under the planned load means that a resource is exhausted.
        """,
    steps="""
        - `mcp_probe_phase_duration_seconds` by `phase`: `tls` and `connect` are the edge's, `tools` and `call` the
          server's.
        - The dashboard *capacity against plan*: pods at their maximum, CPU at its limit, clients that wait for a
          connection.
        """,
)

GROWING = Alert(
    name="McpLatencyGrowing",
    severity=Severity.WARNING,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="exchanges with {{ $labels.server }} are {{ $value | humanizePercentage }} of a week ago",
    expression=lambda watched: f"{_p95(watched, '1d', '5m')} / {_p95(watched, '1d', '5m', ' offset 1w')} > {GROWTH}",
    hold="1h",
    meaning="""
        The 95th percentile of a day is more than 10 % above that of the same day a week ago. A trend is told long
        before a threshold: data that grows, a query without an index, a leak.
        """,
    steps="""
        - What grew with it: sessions, calls, memory, the duration of queries.
        - Calls that grew alone ask for capacity: `mcp-stack plan` with the new load.
        """,
)

ROLLOUT_STEP = Alert(
    name="McpLatencyStepAfterRollout",
    severity=Severity.WARNING,
    sources=(Source.PROBE, Source.KUBE_STATE_METRICS),
    watches="the probe from outside, and a workload",
    summary="exchanges with {{ $labels.server }} are {{ $value | humanize }} times as slow since the rollout",
    expression=lambda watched: (
        f"({_p95(watched, '30m')} / {_p95(watched, '1h', offset=' offset 90m')} > {STEP})"
        f" and on () ({released(watched)})"
    ),
    hold="5m",
    meaning="""
        The 95th percentile of the last half hour is more than one and a half times that of the hour before the last
        90 minutes, and a release came in these: a new ReplicaSet of a Deployment, a new revision of a StatefulSet, or,
        with Argo Rollouts, pods of another revision behind the Service; of two colours also the switch to the one that
        clients reach. The release made it slower.
        """,
    steps="""
        - `kubectl rollout history deployment/SERVER -n NAMESPACE`: what the revision changed; `statefulset/SERVER`
          where each pod has a claim, `kubectl argo rollouts get rollout SERVER -n NAMESPACE` with Argo Rollouts.
        - Roll back if users feel it. A start with empty caches is over by the time that this fires.
        - With Argo Rollouts the promotion is what counts. Where kube-state-metrics reads no EndpointSlices, it is the
          ReplicaSet, which is made before.
        - With two colours the rules of the active one record `server:mcp_colour_active:info`, which a switch changes.
          The way back is `mcp:server.rollout.blueGreen.active`, while the other colour still runs.
        """,
)


GAP = Alert(
    name="McpRecurringGaps",
    severity=Severity.WARNING,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="{{ $labels.server }} was gone {{ $value }} times within six hours, each time for a moment",
    expression=lambda watched: (
        f"resets((max {BY} ({watched.probed(probe.SUCCESS)}))[6h:1m]) >= {GAPS}"
        f" and on (server, region) max {BY} ({watched.probed(probe.SUCCESS)}) == 1"
    ),
    meaning=f"""
        The endpoint failed at least {GAPS} times within six hours and came back each time. Single rounds never
        fire an alert of an outage; that they recur is the mark of pods that the liveness probe restarts, or of
        a drain that cuts calls.
        """,
    steps="""
        - `McpContainerRestarting` beside it: the liveness probe kills busy pods. Let it ask a route that answers
          while tools work, and give it more time.
        - Gaps at each scale-in or rollout: the drain is shorter than the edge needs (`mcp:server.preStopSeconds`).
        """,
)

REFUSED = Alert(
    name="McpSessionsRefused",
    severity=Severity.CRITICAL,
    sources=PROBE,
    watches=OF_THE_PROBE,
    summary="{{ $labels.server }} refused {{ $value }} of the probe's sessions within ten minutes: its cap is met",
    expression=lambda watched: (
        f"sum {BY} (count_over_time({watched.probed(probe.FAILURE, _reasons((Reason.SESSION_CAP,)))}[10m]))"
        f" >= {REFUSALS}"
    ),
    meaning=f"""
        At least {REFUSALS} rounds of ten minutes met a pod that refuses new sessions because it has as many as it takes
        (503 to `initialize`, reason `session-cap`). Clients are refused as the probe is. Where the cap of the server is
        what the plan says a pod bears, its pods look full and no fuller than that, and the autoscaler may see its
        target met.
        """,
    steps="""
        - Sessions per pod on the dashboard: all at the cap, or one that affinity fills.
        - The autoscaler: at its maximum, more pods need `mcp:scaling.maxReplicas`, quota and connections; below it, its
          target (`mcp:scaling.targetPerPod`) with a tenth of tolerance has to be below the cap.
        - Sessions that nobody ends: an idle time-out in the server, `mcp-stack verify` for those that probes leave.
        """,
)

ALERTS = (
    DOWN,
    DOWN_EVERYWHERE,
    SILENT,
    VERSION,
    CONTRACT,
    DRIFT,
    BREAKING,
    EXPIRY,
    SLOW,
    GROWING,
    ROLLOUT_STEP,
    GAP,
    REFUSED,
)
