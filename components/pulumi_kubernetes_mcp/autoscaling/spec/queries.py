"""What an autoscaler follows, by the names that the metrics have: the query is ours, the user says a word.

Each dialect is a set of names that some server, proxy or gateway really uses. Where a dialect has no such metric, or
has one that counts something else besides, the reason is part of the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pulumi

from ...eras import SESSION_ERAS, Era

FOLLOWS = ("cpu", "sessions", "streams", "in-flight")
DIALECTS = ("reference", "opentelemetry", "community", "toolhive", "envoy")
DEFAULT_SESSIONS_METRIC = "mcp_active_sse_connections"
_STREAM_ERAS = SESSION_ERAS | {Era.LEGACY_STATELESS}
LONGEST_BASE = 58
"""Characters of generateName that the API server keeps (k8s.io/apiserver, storage/names): 63 less the five it adds."""
RANDOM = "[b-df-hj-np-tv-xz24-9]{5}"
"""What the API server makes up for a name (apiserver/pkg/storage/names, randomLength), in the letters and digits that
it takes (apimachinery/pkg/util/rand, alphanums)."""
LONGEST_HASH = 10
"""A pod template's hash is a 32-bit number, one character for each digit."""
HASHED = "[b-df4-9]"
"""What a digit of the hash becomes (apimachinery/pkg/util/rand, SafeEncodeString): one of ten."""


@dataclass(frozen=True)
class Gauge:
    """A metric that counts what is followed."""

    metric: str
    matchers: str = ""
    """Label matchers besides those that name the workload."""
    place: str = "pods"
    """How the workload is named: by its pods, by the route at the gateway, or by the server of a proxy."""
    besides: str = ""
    """What it counts besides, or does not see, as the end of a sentence; empty where it is exact."""

    @property
    def selector(self) -> str:
        """The metric as PromQL selects it, whatever the workload."""
        return f"{self.metric}{{{self.matchers}}}" if self.matchers else self.metric


@dataclass(frozen=True)
class Missing:
    """There is no such metric."""

    why: str
    instead: str


LISTENERS = "idle subscriptions/listen streams of modern clients too"
NO_SESSIONS = "these eras have no sessions"


def gauge(follow: str, dialect: str, eras: Collection[Era], metric: str | None = None) -> Gauge | Missing:
    """The metric for what is followed, in a dialect, for a server of these eras.

    :param metric: another name for the gauge of sessions or streams of the dialect 'reference'.
    """
    eras = frozenset(eras)
    if follow == "sessions" and not eras & SESSION_ERAS:
        return Missing(f"{NO_SESSIONS}, so nothing counts them", "Follow 'cpu', 'streams' or 'in-flight'.")
    if follow == "in-flight" and eras == {Era.SSE}:
        return Missing(
            "the SSE era answers each POST at once and sends the result over the stream, so no request is ever in "
            "flight",
            "Follow 'streams' or 'sessions'.",
        )
    return _DIALECTS[dialect](follow, eras, metric)


def _reference(follow: str, eras: frozenset[Era], metric: str | None) -> Gauge | Missing:
    if follow == "in-flight":
        return Gauge("mcp_in_flight_calls", besides=_unseen(eras))
    return Gauge(metric or DEFAULT_SESSIONS_METRIC)


def _opentelemetry(follow: str, eras: frozenset[Era], _metric: str | None) -> Gauge | Missing:
    name = "http_server_active_requests"
    if follow == "sessions":
        return Missing("OpenTelemetry has no gauge of sessions", "Follow 'streams': each SDK client opens one GET.")
    if follow == "streams":
        if not eras & _STREAM_ERAS:
            return Missing(
                "modern clients open their streams with POST, like calls, and OpenTelemetry tells requests apart by "
                "their method only",
                "Follow 'in-flight', or take the dialect 'reference'.",
            )
        unseen = "no stream of a modern client, which is a POST" if Era.MODERN in eras else ""
        return Gauge(name, 'http_method="GET"', besides=unseen and f"sees {unseen}")
    besides = f"counts {LISTENERS}" if Era.MODERN in eras else ""
    return Gauge(name, 'http_method="POST"', besides=" and ".join(filter(None, (besides, _unseen(eras)))))


def _community(follow: str, _eras: frozenset[Era], _metric: str | None) -> Gauge | Missing:
    if follow == "sessions":
        return Gauge("mcp_active_sessions")
    return Missing(
        "the community names have a gauge of sessions only",
        "Follow 'sessions', or give a query of your own: sum(rate(mcp_tool_duration_seconds_sum[2m])) is the mean "
        "number of calls in flight.",
    )


def _toolhive(follow: str, eras: frozenset[Era], _metric: str | None) -> Gauge | Missing:
    if follow == "sessions":
        return Missing("ToolHive counts open requests, not sessions", "Follow 'streams': each SDK client opens one.")
    if Era.SSE in eras:
        return Missing(
            "ToolHive adds each stream of the SSE era to its count and never takes it away again",
            "Take the dialect 'reference', or give a query of your own.",
        )
    matchers = 'connection_type=""'
    return _open_requests(follow, eras, Gauge("toolhive_mcp_active_connections", matchers, "server"))


def _envoy(follow: str, eras: frozenset[Era], _metric: str | None) -> Gauge | Missing:
    if follow == "sessions":
        return Missing("Envoy counts open requests, not sessions", "Follow 'streams': each SDK client opens one.")
    return _open_requests(follow, eras, Gauge("envoy_cluster_upstream_rq_active", "", "route"))


def _open_requests(follow: str, eras: frozenset[Era], found: Gauge) -> Gauge | Missing:
    """A gauge of all open requests: streams and calls in one number."""
    if follow == "streams":
        if not eras & SESSION_ERAS:
            return Missing(
                "this gauge has streams and calls in one number, and without sessions the calls prevail",
                "Follow 'in-flight'.",
            )
        return Gauge(found.metric, found.matchers, found.place, "counts calls in flight too")
    if eras & SESSION_ERAS:
        return Missing(
            "this gauge has streams and calls in one number, and each session holds a stream open while it is idle",
            "Follow 'streams', or take the dialect 'reference'.",
        )
    besides = f"counts {LISTENERS}" if Era.MODERN in eras else ""
    return Gauge(found.metric, found.matchers, found.place, besides)


def _unseen(eras: frozenset[Era]) -> str:
    return "sees no call of the SSE era, whose POST is answered at once" if Era.SSE in eras else ""


_DIALECTS = {
    "reference": _reference,
    "opentelemetry": _opentelemetry,
    "community": _community,
    "toolhive": _toolhive,
    "envoy": _envoy,
}


def keda_query(
    follow: str,
    dialect: str,
    namespace: pulumi.Input[str],
    target: pulumi.Input[str],
    *,
    eras: Collection[Era],
    route: pulumi.Input[str] | None = None,
    metric: str | None = None,
    kind: str = "Deployment",
) -> pulumi.Input[str]:
    """The PromQL that counts what one workload has: the sum over its pods, one series, whatever their number.

    :param kind: of the workload, 'Deployment' or 'StatefulSet', whose pods are called differently.
    :param route: the HTTPRoute, for the dialect 'envoy'; the target's name where it is not given.
    :raises ValueError: where the dialect has no such metric.
    """
    found = gauge(follow, dialect, eras, metric)
    if isinstance(found, Missing):
        raise ValueError(found.why)
    named = target if route is None or found.place != "route" else route
    if isinstance(namespace, str) and isinstance(named, str):
        return f"sum({selector_of(found, namespace, named, kind)})"
    return pulumi.Output.all(namespace, named).apply(
        lambda known: f"sum({selector_of(found, str(known[0]), str(known[1]), kind)})"
    )


def selector_of(found: Gauge, namespace: str, name: str, kind: str = "Deployment") -> str:
    """The series of a gauge that belong to one workload."""
    matchers = ",".join([*_workload(found.place, namespace, name, kind), *filter(None, [found.matchers])])
    return f"{found.metric}{{{matchers}}}"


def _workload(place: str, namespace: str, name: str, kind: str) -> Iterator[str]:
    """Label matchers that single the workload out. Names are DNS labels or subdomains: a dot is all to escape."""
    if place == "route":
        yield f'envoy_cluster_name=~"httproute/{_plain(namespace)}/{_plain(name)}/rule/[0-9]+"'
        return
    yield f'namespace="{namespace}"'
    yield f'server="{name}"' if place == "server" else f'pod=~"{pods_of(name, kind)}"'


def pods_of(name: str, kind: str) -> str:
    """A pattern of the names of a workload's pods, and of no other one's whose name begins alike.

    A StatefulSet numbers them. Of a Deployment:
    Name, hash of the ReplicaSet (up to 10 characters) and five random ones, with dashes between; a StatefulSet of a
    name that goes on has a number in their place, such as ``orders-jobs-0`` beside ``orders``. The API server cuts
    what stands before the random ones at 58 characters: the second dash, the hash, and of a name of 58 and more the
    first dash and the rest of the name. What is left has no dash to go by, so that each character is one that it has.
    """
    if kind == "StatefulSet":
        return f"{_plain(name)}-[0-9]+"
    room = _room(name)
    if room < 0:
        return f"{_plain(name[:LONGEST_BASE])}{RANDOM}"
    if room > LONGEST_HASH:
        return f"{_plain(name)}-[a-z0-9]+-[a-z0-9]{{5}}"
    cut = f"{HASHED}{{{room}}}{RANDOM}" if room else RANDOM
    # A hash that is short enough has its dash all the same.
    return f"{_plain(name)}-({HASHED}{{1,{room - 1}}}-{RANDOM}|{cut})" if room > 1 else f"{_plain(name)}-{cut}"


def revision_of(name: str) -> str:
    """A pattern of the same names with one group, of what is left of the hash: it tells revisions apart."""
    if _room(name) > LONGEST_HASH:
        return f"{_plain(name)}-([a-z0-9]+)-[a-z0-9]+"
    return f"{_plain(name)}-({HASHED}+)-?{RANDOM}"


def _room(name: str) -> int:
    """Characters that the API server keeps behind a name and its dash; below 0 where it cuts the dash or the name."""
    return LONGEST_BASE - len(name) - 1


def _plain(name: str) -> str:
    return name.replace(".", "[.]")
