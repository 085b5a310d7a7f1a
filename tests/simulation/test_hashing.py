"""Whom another number of pods moves, against tables and rings that are really built."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp import hashing, rehearsal
from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS, NONE
from pulumi_kubernetes_mcp.hashing import HASHES, Hash, HashName
from pulumi_kubernetes_mcp.server_plan import ServerPlan, plan_server
from pulumi_kubernetes_mcp.settings.load import load_settings
from pulumi_kubernetes_mcp.simulation import load
from pulumi_kubernetes_mcp.simulation.policy import Policy
from pulumi_kubernetes_mcp.simulation.result import Result
from pulumi_kubernetes_mcp.simulation.run import Options, simulate
from tests.simulation import hash_rings, worlds
from tests.table import table

CASE = Path(__file__).parents[1] / "cases" / "growth-moves-sessions.yaml"
WHO = hash_rings.clients(2000)
OPTIONS = Options(session_seconds=1200, seed=None)
PODS = st.integers(1, 300)


@cache
def shuffled(pods: tuple[str, ...]) -> hash_rings.Chooser:
    """A remainder of pods in no order: proxies do not say in which one they list them."""
    return hash_rings.ip_hash(Random(len(pods) * 1000 + len(pods[0])).sample(pods, len(pods)))


BUILT: dict[HashName, Callable[[Sequence[str]], hash_rings.Chooser]] = {
    "maglev": cache(hash_rings.maglev),
    "ring": cache(hash_rings.ring),
    "points": cache(hash_rings.ketama),
    "modulo": shuffled,
    "score": cache(hash_rings.highest_score),
}


def test_the_hash_of_traefik_is_fnv1a() -> None:
    assert hash_rings.fnv1a(b"") == 0xCBF29CE484222325
    assert hash_rings.fnv1a(b"foobar") == 0x85944171F73967E8


def test_the_hash_of_envoy_is_xxh64() -> None:
    assert hash_rings.xxh64(b"") == 0xEF46DB3751D8E999
    assert hash_rings.xxh64(b"abc") == 0x44BC2CF5AD770999
    assert hash_rings.xxh64(b"Nobody inspects the spammish repetition") == 0xFBCEA83C8A378BF1


@pytest.mark.grid
@pytest.mark.parametrize("name", list(BUILT))
@pytest.mark.parametrize(("before", "after"), [(3, 4), (3, 7), (10, 13), (19, 57), (57, 19), (7, 3)])
def test_as_many_are_moved_as_by_a_table_or_ring_that_is_built(name: HashName, before: int, after: int) -> None:
    """Rings of three networks, since their arcs differ; a table spreads evenly, and one is enough."""
    found = []
    for network in range(1, 2 if name == "maglev" else 4):
        pods = hash_rings.addresses(max(before, after), network)
        choosers = [BUILT[name](tuple(pods[:number])) for number in (before, after)]
        found.append(hash_rings.moved(*choosers, set(pods[after:before]), WHO)[1])
    kept, gone, come = min(before, after), max(0, before - after), max(0, after - before)
    assert sum(hashing.moved(HASHES[name], kept, gone, come)) == pytest.approx(sum(found) / len(found), abs=0.025)


@given(name=st.sampled_from(list(HASHES)), before=PODS, come=st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_more_steps_never_move_fewer(name: HashName, before: int, come: list[int]) -> None:
    found, counts = HASHES[name], [before]
    for more in come:
        counts.append(counts[-1] + more)
    in_steps = sum(hashing.by_growth(found, low, high) for low, high in pairwise(counts))
    at_once = hashing.by_growth(found, counts[0], counts[-1])
    assert 1 - counts[0] / counts[-1] - 1e-9 <= at_once <= min(1, in_steps + 1e-9)


@given(name=st.sampled_from(list(HASHES)), kept=st.integers(0, 300), gone=st.integers(0, 300), come=st.integers(0, 300))
def test_parts_are_parts(name: HashName, kept: int, gone: int, come: int) -> None:
    parts = hashing.moved(HASHES[name], kept, gone, come)
    assert all(0 <= part <= 1 for part in parts)
    assert sum(parts) <= 1 + 1e-9
    if not gone and not come:
        assert parts == (0, 0)
    if not come:
        assert parts[1] == 0


@cache
def played(found: Hash | None, step: int = 4, rise: float = 1800) -> Result:
    """300 sessions that become 900, at 30 a pod."""
    wanted = load.Load((0, 1800, 1800 + rise, 7200), (300, 300, 900, 900))
    policy = worlds.by_sessions(30, 2, 60, behavior=worlds.pace(step, 1))
    return simulate(policy, wanted, worlds.pods(sticky=1, hashing=found), OPTIONS)


@pytest.mark.grid
@pytest.mark.parametrize("name", ["ring", "points"])
def test_a_run_loses_the_sessions_of_clients_that_a_ring_really_moves(name: HashName) -> None:
    result = played(HASHES[name])
    pods = hash_rings.addresses(60)
    lost = 0.0
    for before, after in pairwise(result.samples):
        if after.ready > before.ready:
            choosers = [BUILT[name](tuple(pods[: one.ready])) for one in (before, after)]
            lost += before.sessions * hash_rings.moved(*choosers, set(), WHO)[1]
    assert result.moved_sessions == pytest.approx(lost, rel=0.05)
    assert result.moved_sessions > 500
    assert result.dropped_sessions == 0


@pytest.mark.grid
def test_proxies_that_remember_move_nobody() -> None:
    assert played(None).moved_sessions == played(None).dropped_sessions == 0
    assert played(HASHES["points"]).clients == pytest.approx(played(None).clients)


@pytest.mark.grid
def test_fewer_and_larger_steps_lose_fewer() -> None:
    lost = [played(HASHES["maglev"], step, rise=5).moved_sessions for step in (1, 4, 60)]
    assert lost == sorted(lost, reverse=True)
    assert lost[-1] == pytest.approx(900 * (1 - 10 / 30), rel=0.02)


@pytest.mark.grid
def test_after_growth_all_pods_have_as_many_sessions_again() -> None:
    """Clients that are moved go where the hash sends them, and not to all pods alike."""
    at_once = worlds.by_sessions(30, 2, 60, behavior=worlds.pace(60, 1))
    wanted = load.Load((0, 1800, 1830, 3600), (300, 300, 900, 900))
    waits = [
        simulate(at_once, wanted, worlds.pods(sticky=1, hashing=found), OPTIONS).samples[-1].wait
        for found in (HASHES["maglev"], None)
    ]
    assert waits[0] < waits[1]


def case(**edge: object) -> ServerPlan:
    groups = yaml.safe_load(CASE.read_text(encoding="utf-8"))["config"]
    groups["mcp:edge"] = {"host": "mcp.example.com", **(edge or {"implementation": "envoy-gateway"})}
    return plan_server(load_settings(groups, where="case"))


def grown(server: ServerPlan) -> Result:
    """300 sessions that grow to 900 within half an hour."""
    wanted = load.Load((0, 1800, 3600, 7200), (300, 300, 900, 900))
    policy: Policy = rehearsal.policy(server)
    return simulate(policy, wanted, rehearsal.pod_model(server), rehearsal.options(server, seed=None))


def test_growth_moves_sessions() -> None:
    """The case of that name: about sessions x (1 - old / new) of each step are counted as lost by growth."""
    result = grown(case())
    steps = [(low, high) for low, high in pairwise(result.samples) if high.ready > low.ready]
    assert sum(one.sessions * (1 - one.ready / other.ready) for one, other in steps) == pytest.approx(
        result.moved_sessions, rel=0.05
    )
    assert result.moved_sessions > 250
    assert result.dropped_sessions < 1


@pytest.mark.grid
def test_pods_that_come_before_the_sessions_do_lose_fewer_at_hardly_more_pods() -> None:
    """On an office day, against an autoscaler that keeps the headroom at each number of pods, without that step."""
    server = case()
    ours = rehearsal.policy(server)
    kept = [place for place, source in enumerate(ours.sources) if source.step is None]
    assert len(kept) < len(ours.sources)
    metrics = [ours.spec.metrics[place] for place in kept]
    held = round(1000 * float(server.plan.capacity.sessions_target.value))
    assert metrics[0].target.value > held
    metrics[0] = replace(metrics[0], target=replace(metrics[0].target, value=held))
    spec = replace(ours.spec, metrics=tuple(metrics))
    without = replace(ours, spec=spec, sources=tuple(ours.sources[place] for place in kept))
    model, options = rehearsal.pod_model(server), rehearsal.options(server, seed=None)
    early, late = (simulate(one, load.day(rehearsal.peak(server)), model, options) for one in (ours, without))
    assert early.lost_sessions < 0.6 * late.lost_sessions
    assert early.pod_hours < 1.2 * late.pod_hours
    assert early.lost_minutes <= late.lost_minutes


@pytest.mark.grid
@table(
    "implementation, kind, affinity, found",
    [
        ("envoy-gateway", "gateway", "auto", "maglev"),
        ("envoy-gateway", "gateway", "cookie", "maglev"),
        ("envoy-gateway", "gateway", "gateway", None),
        ("istio", "gateway", "source-ip", "ring"),
        ("kgateway", "gateway", "auto", "ring"),
        ("nginx-gateway-fabric", "gateway", "auto", "modulo"),
        ("gke", "gateway", "auto", "maglev"),
        ("nginx", "ingress", "auto", "points"),
        ("nginx", "ingress", "cookie", None),
        ("haproxy", "ingress", "auto", "modulo"),
        ("haproxy", "ingress", "cookie", None),
        ("openshift", "route", "auto", "modulo"),
        ("openshift", "route", "cookie", None),
        ("alb", "ingress", "cookie", None),
        ("traefik", "gateway", "auto", "score"),
        ("traefik", "gateway", "cookie", None),
        ("traefik", "ingress", "cookie", None),
    ],
)
def test_which_edge_hashes(implementation: str, kind: str, affinity: str, found: HashName | None) -> None:
    server = case(implementation=implementation, kind=kind, affinity=affinity)
    assert rehearsal.pod_model(server).hashing == (None if found is None else HASHES[found])


def test_what_hashes_is_an_affinity_of_the_row_with_a_source() -> None:
    for row in (*(one.of(kind) for one in IMPLEMENTATIONS.values() for kind in one.kinds), NONE):
        assert row.hashed <= row.affinities
        assert bool(row.hashed) == (row.hash is not None) == bool(row.hash_source)


def test_without_sessions_a_hash_loses_none() -> None:
    edge = {"host": "mcp.example.com", "affinity": "source-ip", "kind": "ingress"}
    server = {"image": "registry.example.com/acme/mcp:1.4.2"}
    groups = {"region": {"name": "us-east"}, "server": server, "workload": {"dailyUsers": 500}, "edge": edge}
    plan = plan_server(load_settings({f"mcp:{name}": group for name, group in groups.items()}, where="modern"))
    assert rehearsal.pod_model(plan).hashing is None
