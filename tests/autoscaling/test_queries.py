"""What an autoscaler follows in each dialect: the exact query, or why there is none."""

from __future__ import annotations

import re
from itertools import product

import pulumi
import pytest

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.eras import Era
from pulumi_kubernetes_mcp.testing import record
from tests.table import table

M, LS, LF, SSE = Era.MODERN, Era.LEGACY_STATELESS, Era.LEGACY_STATEFUL, Era.SSE
PODS = 'namespace="shop",pod=~"orders-[a-z0-9]+-[a-z0-9]{5}"'
STREAMS = f"sum(mcp_active_sse_connections{{{PODS}}})"
CALLS = f"sum(mcp_in_flight_calls{{{PODS}}})"
GETS = f'sum(http_server_active_requests{{{PODS},http_method="GET"}})'
POSTS = f'sum(http_server_active_requests{{{PODS},http_method="POST"}})'
SESSIONS = f"sum(mcp_active_sessions{{{PODS}}})"
TOOLHIVE = 'sum(toolhive_mcp_active_connections{namespace="shop",server="orders",connection_type=""})'
ENVOY = 'sum(envoy_cluster_upstream_rq_active{envoy_cluster_name=~"httproute/shop/orders/rule/[0-9]+"})'

EXPECTED: dict[tuple[str, str], dict[tuple[Era, ...], str | None]] = {
    ("reference", "sessions"): {(M,): None, (LS,): None, (M, LF): STREAMS, (LF,): STREAMS, (SSE,): STREAMS},
    ("reference", "streams"): {(M,): STREAMS, (LS,): STREAMS, (M, LF): STREAMS, (LF,): STREAMS, (SSE,): STREAMS},
    ("reference", "in-flight"): {(M,): CALLS, (LS,): CALLS, (M, LF): CALLS, (LF,): CALLS, (SSE,): None},
    ("opentelemetry", "sessions"): {(M,): None, (LS,): None, (M, LF): None, (LF,): None, (SSE,): None},
    ("opentelemetry", "streams"): {(M,): None, (LS,): GETS, (M, LF): GETS, (LF,): GETS, (SSE,): GETS},
    ("opentelemetry", "in-flight"): {(M,): POSTS, (LS,): POSTS, (M, LF): POSTS, (LF,): POSTS, (SSE,): None},
    ("community", "sessions"): {(M,): None, (LS,): None, (M, LF): SESSIONS, (LF,): SESSIONS, (SSE,): SESSIONS},
    ("community", "streams"): {(M,): None, (LS,): None, (M, LF): None, (LF,): None, (SSE,): None},
    ("community", "in-flight"): {(M,): None, (LS,): None, (M, LF): None, (LF,): None, (SSE,): None},
    ("toolhive", "sessions"): {(M,): None, (LS,): None, (M, LF): None, (LF,): None, (SSE,): None},
    ("toolhive", "streams"): {(M,): None, (LS,): None, (M, LF): TOOLHIVE, (LF,): TOOLHIVE, (SSE,): None},
    ("toolhive", "in-flight"): {(M,): TOOLHIVE, (LS,): TOOLHIVE, (M, LF): None, (LF,): None, (SSE,): None},
    ("envoy", "sessions"): {(M,): None, (LS,): None, (M, LF): None, (LF,): None, (SSE,): None},
    ("envoy", "streams"): {(M,): None, (LS,): None, (M, LF): ENVOY, (LF,): ENVOY, (SSE,): ENVOY},
    ("envoy", "in-flight"): {(M,): ENVOY, (LS,): ENVOY, (M, LF): None, (LF,): None, (SSE,): None},
}
CASES = [(*key, eras, query) for key, rows in EXPECTED.items() for eras, query in rows.items()]


def test_the_table_has_every_pair() -> None:
    assert set(EXPECTED) == set(product(specs.DIALECTS, [word for word in specs.FOLLOWS if word != "cpu"]))


@table("dialect, follow, eras, query", CASES)
def test_the_query(dialect: str, follow: str, eras: tuple[Era, ...], query: str | None) -> None:
    found = specs.gauge(follow, dialect, eras)
    if query is None:
        assert isinstance(found, specs.Missing)
        assert found.why[-1] not in ".,"
        assert found.instead[-1] == "."
        with pytest.raises(ValueError, match=re.escape(found.why)):
            specs.keda_query(follow, dialect, "shop", "orders", eras=eras)
    else:
        assert isinstance(found, specs.Gauge)
        assert specs.keda_query(follow, dialect, "shop", "orders", eras=eras) == query
        assert specs.single_series(query) is True
        assert specs.read(query) == specs.Reading(specs.Series.BARE)


@pytest.mark.parametrize(
    ("dialect", "follow", "eras", "besides"),
    [
        ("reference", "sessions", (M, LF), ""),
        ("reference", "in-flight", (M, LF), ""),
        ("reference", "in-flight", (M, SSE), "sees no call of the SSE era, whose POST is answered at once"),
        ("opentelemetry", "streams", (LF,), ""),
        ("opentelemetry", "streams", (M, LF), "sees no stream of a modern client, which is a POST"),
        ("opentelemetry", "in-flight", (LS,), ""),
        ("opentelemetry", "in-flight", (M,), "counts idle subscriptions/listen streams of modern clients too"),
        ("opentelemetry", "in-flight", (M, SSE),
         "counts idle subscriptions/listen streams of modern clients too and sees no call of the SSE era, whose POST "
         "is answered at once"),
        ("community", "sessions", (LF,), ""),
        ("toolhive", "streams", (LF,), "counts calls in flight too"),
        ("toolhive", "in-flight", (LS,), ""),
        ("envoy", "streams", (LF,), "counts calls in flight too"),
        ("envoy", "in-flight", (M,), "counts idle subscriptions/listen streams of modern clients too"),
    ],
)  # fmt: skip
def test_what_is_counted_besides(dialect: str, follow: str, eras: tuple[Era, ...], besides: str) -> None:
    found = specs.gauge(follow, dialect, eras)
    assert isinstance(found, specs.Gauge)
    assert found.besides == besides


def test_another_name_for_the_gauge_of_the_reference() -> None:
    assert (
        specs.keda_query("sessions", "reference", "shop", "orders", eras=[LF], metric="open") == f"sum(open{{{PODS}}})"
    )
    assert specs.keda_query("in-flight", "reference", "shop", "orders", eras=[LF], metric="open") == CALLS
    assert specs.keda_query("sessions", "community", "shop", "orders", eras=[LF], metric="open") == SESSIONS


def test_the_route_names_the_workload_at_the_gateway_and_nowhere_else() -> None:
    assert "httproute/shop/edge/rule/" in str(
        specs.keda_query("streams", "envoy", "shop", "orders", eras=[LF], route="edge")
    )
    assert specs.keda_query("streams", "reference", "shop", "orders", eras=[LF], route="edge") == STREAMS


def test_a_dot_in_a_name_is_no_joker() -> None:
    assert 'pod=~"or[.]ders-[a-z0-9]+-' in str(specs.keda_query("streams", "reference", "shop", "or.ders", eras=[LF]))


def test_names_that_are_known_later() -> None:
    seen: list[str] = []

    def build() -> None:
        later = pulumi.Output.from_input("shop")
        query = specs.keda_query("streams", "reference", later, "orders", eras=[LF])
        pulumi.Output.from_input(query).apply(seen.append)

    record(build)
    assert seen == [STREAMS]


def pod_of(name: str, hashed: str) -> str:
    """What the API server calls a pod of a Deployment: what is before the five random characters is cut at 58."""
    return f"{name}-{hashed}-"[:58] + "x7k2p"


@table("length", range(1, 55))
@table("hashed", ["7", "6d4cf56db6"])
def test_the_pods_of_every_name_are_matched(length: int, hashed: str) -> None:
    name = "a" * length
    query = specs.keda_query("sessions", "reference", "shop", name, eras={Era.LEGACY_STATEFUL})
    (pattern,) = re.findall(r'pod=~"([^"]+)"', str(query))
    assert re.fullmatch(pattern, pod_of(name, hashed))
    assert not re.fullmatch(pattern, pod_of("b" + name[1:], hashed))
    # The pods of a StatefulSet whose name goes on; a number of five digits is none that anybody has.
    assert not any(re.fullmatch(pattern, f"{name}-jobs-{number}") for number in (0, 9, 10, 4321))
    if length <= 39:
        # Up to here the pods of another Deployment have all of their dashes.
        assert not re.fullmatch(pattern, pod_of(f"{name}-pooler", "6d4cf56db6"))
