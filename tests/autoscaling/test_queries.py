"""What an autoscaler follows in each dialect: the exact query, or why there is none."""

from __future__ import annotations

import re
from itertools import product

import pulumi
import pytest

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.autoscaling.spec.queries import revision_of
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


ALPHANUMS = "bcdfghjklmnpqrstvwxz2456789"
"""Of k8s.io/apimachinery, util/rand: what hashes and random names are written in."""
TEMPLATES = (7, 10, 3735928559, 4294967295)
"""What the template of a pod comes to: any number of 32 bits."""


def pods_made(name: str, template: int) -> list[str]:
    """What pods of a Deployment are called, as the controllers and the API server do it.

    The ReplicaSet has the name and the digits of the template's number, each as a letter by its ASCII code; its pods
    ask for a name that begins with the set's and a dash, of which the API server takes 58 characters and adds five.
    """
    replica_set = name + "-" + "".join(ALPHANUMS[ord(digit) % len(ALPHANUMS)] for digit in str(template))
    generate_name = f"{replica_set}-"
    return [generate_name[: 63 - 5] + "".join(drawn) for drawn in zip(*[iter(ALPHANUMS[:25])] * 5, strict=True)]


def pattern_of(name: str) -> str:
    """How a query names the pods."""
    query = specs.keda_query("sessions", "reference", "shop", name, eras={Era.LEGACY_STATEFUL})
    (pattern,) = re.findall(r'pod=~"([^"]+)"', str(query))
    return str(pattern)


@table("length", range(1, 64))
@table("template", TEMPLATES)
def test_the_pods_of_every_name_are_matched(length: int, template: int) -> None:
    name = "a" * length
    pattern = pattern_of(name)
    assert all(re.fullmatch(pattern, pod) for pod in pods_made(name, template))
    assert not any(re.fullmatch(pattern, pod) for pod in pods_made("b" + name[1:], template))
    # The pods of a StatefulSet whose name goes on; a number of five digits is none that anybody has.
    assert not any(re.fullmatch(pattern, f"{name}-jobs-{number}") for number in (0, 9, 10, 4321))


@table("length", range(1, 57))
@table("ending", ["-pooler", "-green"])
def test_the_pods_of_what_is_called_after_a_server_are_not_its_own(length: int, ending: str) -> None:
    """A name with such an ending has 63 characters at most. Of 57 and more all pods have the same 58 before them."""
    name = "a" * length
    pods = [pod for template in TEMPLATES[2:] for pod in pods_made(name + ending, template)]
    assert not any(re.fullmatch(pattern_of(name), pod) for pod in pods)
    assert not any(re.fullmatch(pattern_of(name + ending), pod) for pod in pods_made(name, TEMPLATES[-1]))


@table("length", range(1, 56))
def test_revisions_of_a_rollout_are_told_apart_by_what_is_left_of_their_hash(length: int) -> None:
    """Argo Rollouts takes names of at most 55."""
    pattern, name = revision_of("a" * length), "a" * length
    told = [{re.sub(pattern, r"\1", pod) for pod in pods_made(name, template)} for template in TEMPLATES[2:]]
    assert all(len(one) == 1 for one in told)
    assert told[0] != told[1]
    assert all(1 <= len(one) <= 10 and not one.startswith("a") for one in told[0] | told[1])
