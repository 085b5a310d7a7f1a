"""Which client keeps its session behind which affinity: Envoy Gateway's translation of our objects, a real Envoy, pods.

Every way is a server of its own behind one Gateway, translated together, so that a policy of one that touched another
would be seen. The table of ``docs/edge-proof.md`` is what this test saw; whether a cell keeps every session has to be
the same in each run, how many sessions a losing one keeps does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from .clients.sessions import CLIENTS
from .conftest import Note
from .envoy import (
    LISTENER,
    Envoy,
    Object,
    Way,
    configuration,
    envoy,
    listener_of,
    manager_of,
    platform,
    translated,
)
from .processes import free_port, running
from .servers.environments import FASTMCP, PYTHON_V1, PYTHON_V2, TYPESCRIPT_V1, TYPESCRIPT_V2, Sdk

PAGE = Path(__file__).parents[2] / "docs" / "edge-proof.md"
PODS = 3
SESSIONS, CALLS = 4, 20
"""Of each cell and server; the servers of a cell have 240 calls at least."""
WITH_SESSIONS = (PYTHON_V1, PYTHON_V2, FASTMCP, TYPESCRIPT_V1)
MODERN = (PYTHON_V2, FASTMCP, TYPESCRIPT_V2)
SERVERS = tuple(dict.fromkeys([*WITH_SESSIONS, *MODERN]))
"""TypeScript SDK 2 has no sessions: its legacy era is stateless."""
HASH, HEADER = "hash of the session id", "`sessionPersistence` by header"
KEPT = {
    "none": (),
    "source-ip": ("Python", "TypeScript"),
    "cookie": ("Python",),
    "envelope": ("Python", "TypeScript"),
    HASH: (),
    HEADER: (),
}
"""Affinity to the clients whose every session it keeps; clients of the modern era have none to lose."""


def by_hash(objects: dict[str, Object]) -> None:
    """What guides recommend, and this project refuses (MCP305)."""
    balancer = {"type": "ConsistentHash", "consistentHash": {"type": "Header", "header": {"name": "mcp-session-id"}}}
    objects["BackendTrafficPolicy"]["spec"]["loadBalancer"] = balancer


def by_header(objects: dict[str, Object]) -> None:
    """The Gateway API's own session persistence, whose id is in the place of the server's."""
    (rule,) = objects["HTTPRoute"]["spec"]["rules"]
    rule["sessionPersistence"] = {"type": "Header", "sessionName": "mcp-session-id"}


CHANGES: dict[str, Any] = {HASH: by_hash, HEADER: by_header}


def way_of(affinity: str, sdk: Sdk) -> str:
    """The name of a way: letters, as a Service has it."""
    return f"{sdk.name.replace('_', '-')}-{list(KEPT).index(affinity)}"


WAYS = [
    Way(
        name=way_of(affinity, sdk),
        affinity="none" if affinity in CHANGES else affinity,
        change=CHANGES.get(affinity),
    )
    for affinity in KEPT
    for sdk in SERVERS
]


@pytest.fixture(scope="module")
def running_envoy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Envoy]:
    """Every way at once, each with the three pods of its server."""
    folder = tmp_path_factory.mktemp("envoy")
    objects = [*platform(folder), *(one for way in WAYS for one in way.objects())]
    whole, planned = configuration(translated(objects, folder), WAYS, folder)
    with ExitStack() as stack:
        pods = {}
        for sdk in SERVERS:
            ports = [free_port() for _ in range(PODS)]
            started = [
                stack.enter_context(
                    running(f"{sdk.name}-{port}", sdk.command(), folder=folder, environment={"PORT": str(port)})
                )
                for port in ports
            ]
            for port, process in zip(ports, started, strict=True):
                process.wait_for_port(port, seconds=120)
            pods[sdk.name] = ports
        proxy = stack.enter_context(envoy(whole, planned, folder))
        for affinity in KEPT:
            for sdk in SERVERS:
                proxy.pods[way_of(affinity, sdk)].become(dict.fromkeys(pods[sdk.name], "UNKNOWN"))
        yield proxy


def test_who_keeps_its_session(running_envoy: Envoy, tmp_path: Path, note: Note) -> None:
    """Sessions whose every call was answered, of all that were opened, by affinity and client."""
    seen: dict[tuple[str, str], tuple[int, int]] = {}
    for client in CLIENTS:
        servers = MODERN if client.modern else WITH_SESSIONS
        names = {way_of(affinity, sdk): affinity for affinity in KEPT for sdk in servers}
        targets = {name: running_envoy.url(name) for name in names}
        ends = client.ends(targets, sessions=SESSIONS, calls=CALLS, folder=tmp_path, seconds=300)
        for affinity in KEPT:
            all_ends = [end for name, of in names.items() if of == affinity for end in ends[name]]
            seen[affinity, client.title] = (all_ends.count(""), len(all_ends))
            if end := next((one for one in all_ends if one), None):
                note(f"{affinity}, {client.title}: {end}")
    note("\n" + table(seen))
    kept = {cell for cell, (good, whole) in seen.items() if good == whole}
    assert kept == {
        (affinity, client.title)
        for affinity, clients in KEPT.items()
        for client in CLIENTS
        if client.modern or client.title.split()[0] in clients
    }
    assert written() == {cell: good == whole for cell, (good, whole) in seen.items()}, table(seen)


def test_an_envelope_touches_its_own_route_alone(tmp_path: Path) -> None:
    """In the translation: a filter that is off for each of them, switched on by the routes of one server, and pods that
    drain addressed in one cluster."""
    mine, other = Way(name="mine", affinity="envelope"), Way(name="mine-2", affinity="envelope")
    alone = translated([*platform(tmp_path), *Way(name="plain").objects()], tmp_path)
    ways = (mine, other, Way(name="plain"))
    found = translated([*platform(tmp_path), *(one for way in ways for one in way.objects())], tmp_path)
    filters = manager_of(found)["httpFilters"]
    names = [f"envoy.filters.http.stateful_session/mcp/shop/{way.name}" for way in (mine, other)]
    assert sorted(one["name"] for one in filters if one.get("disabled")) == names
    assert [one for one in filters if one["name"] not in names] == manager_of(alone)["httpFilters"]
    hosts = found["route_config"][LISTENER]["virtualHosts"]
    switched = {
        host["domains"][0]: sorted({name for route in host["routes"] for name in route.get("typedPerFilterConfig", {})})
        for host in hosts
    }
    assert switched == {mine.host: [names[0]], other.host: [names[1]], "plain.example.com": []}
    for way in (mine, other):
        statuses = found["cluster"][way.cluster]["commonLbConfig"]["overrideHostStatus"]["statuses"]
        assert statuses == ["UNKNOWN", "HEALTHY", "DEGRADED", "DRAINING"]
    plain = "httproute/shop/plain/rule/0"
    assert found["cluster"][plain] == alone["cluster"][plain]
    assert [host for host in hosts if host["domains"] == ["plain.example.com"]] == alone["route_config"][LISTENER][
        "virtualHosts"
    ]


def for_all(objects: dict[str, Object]) -> None:
    """The loader of ``egctl`` drops the labels of namespaces, by which the listener tells who may attach to it."""
    (listener,) = objects["Gateway"]["spec"]["listeners"]
    assert listener["allowedRoutes"]["namespaces"]["selector"]["matchLabels"] == {"kubernetes.io/metadata.name": "shop"}
    listener["allowedRoutes"] = {"namespaces": {"from": "All"}}


def test_a_gateway_of_its_own_keeps_sessions_as_the_platforms_does(tmp_path: Path) -> None:
    """A Gateway that the stack makes has a listener for its host alone, with the certificate of its key; the envelope
    and the limit of headers patch that listener, and every session lasts."""
    arguments = {"gateway_class": "envoy", "tls_secret": "certificate", "cluster_issuer": "le", "max_headers": "16Ki"}
    way = Way(name="own", gateway="own", affinity="envelope", arguments=arguments, change=for_all)
    found = translated([*platform(tmp_path), *way.objects()], tmp_path)
    listener = listener_of(way.section, way.gateway)
    (chain,) = found["listener"][listener]["filterChains"]
    assert chain["filterChainMatch"] == {"serverNames": [way.host]}
    assert "gateway-system/certificate" in str(chain["transportSocket"])
    assert manager_of(found, listener)["maxRequestHeadersKb"] == 16
    assert [one["name"] for one in manager_of(found, listener)["httpFilters"] if one.get("disabled")] == [
        "envoy.filters.http.stateful_session/mcp/shop/own"
    ]
    # The platform's Gateway has nothing of it.
    assert "maxRequestHeadersKb" not in manager_of(found)
    whole, planned = configuration(found, [way], tmp_path)
    with ExitStack() as stack:
        ports = [free_port() for _ in range(PODS)]
        for port in ports:
            pod = running(f"own-{port}", PYTHON_V1.command(), folder=tmp_path, environment={"PORT": str(port)})
            stack.enter_context(pod).wait_for_port(port, seconds=120)
        proxy = stack.enter_context(envoy(whole, planned, tmp_path))
        proxy.pods[way.name].become(dict.fromkeys(ports, "UNKNOWN"))
        for client in CLIENTS[:3]:
            ends = client.ends({way.name: proxy.url(way.name)}, sessions=6, calls=5, folder=tmp_path, seconds=300)
            assert ends[way.name] == [""] * 6, client.title


def table(seen: dict[tuple[str, str], tuple[int, int]]) -> str:
    """The table of the page: sessions that were kept, of those that were opened."""
    titles = [client.title for client in CLIENTS]
    rows = [["affinity", *titles], ["---"] * (len(titles) + 1)]
    for affinity in KEPT:
        shown = f"`{affinity}`" if affinity not in CHANGES else affinity
        rows.append([shown, *("{} of {}".format(*seen[affinity, title]) for title in titles)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def written() -> dict[tuple[str, str], bool]:
    """Whether a cell of the page keeps every session."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| affinity |"))
    titles = [cell.strip() for cell in lines[start].strip("|").split("|")][1:]
    cells = {}
    for line in lines[start + 2 : start + 2 + len(KEPT)]:
        affinity, *row = (cell.strip() for cell in line.strip("|").split("|"))
        name = affinity if affinity in CHANGES else affinity.strip("`")
        for title, cell in zip(titles, row, strict=True):
            good, _, whole = cell.partition(" of ")
            cells[name, title] = good == whole
    return cells
