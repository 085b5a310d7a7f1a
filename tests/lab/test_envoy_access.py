"""Who may call through the edge, and how much: web pages, sizes and rates of our objects in a real Envoy.

Each answer says who gave it: a request that reached the server is one more in the count of what Envoy sent on.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from .conftest import Note
from .envoy import SECTION, Envoy, Way, configuration, envoy, platform, translated
from .processes import LOOPBACK, Process, free_port, running
from .reference import ACCEPT, MODERN, http, modern_body, reference_server
from .servers.environments import HERE, PYTHON_V2

APP, FOREIGN = "https://app.example.com", "https://evil.example.org"
MIB = 2**20
LIMIT = 3
TOKEN = "a-token-of-the-lab"
METADATA = "/.well-known/oauth-protected-resource/mcp"
PER_CLIENT = [{"requests": LIMIT, "unit": "hour"}]
KEEPER = {"service": "keeper", "port": 9000, "path": "/check", "passed": ["X-User"]}
WAYS = [
    Way(name="pages", arguments={"cors": {"origins": [APP]}}),
    Way(name="sized", arguments={"max_body": "5Mi", "max_headers": "16Ki"}),
    Way(name="rated", arguments={"rate_limits": [{"requests": LIMIT, "unit": "hour", "methods": ["tools/call"]}]}),
    Way(name="hops", arguments={"rate_limits": PER_CLIENT, "client_address": {"trusted_hops": 1}}, section="hops"),
    Way(
        name="ranges",
        arguments={"rate_limits": PER_CLIENT, "client_address": {"trusted_cidrs": ["127.0.0.0/8"]}},
        section="ranges",
    ),
    Way(
        name="elsewhere",
        arguments={"rate_limits": PER_CLIENT, "client_address": {"trusted_cidrs": ["10.0.0.0/16"]}},
        section="elsewhere",
    ),
    Way(
        name="announced",
        arguments={"rate_limits": PER_CLIENT, "client_address": {"proxy_protocol": True}},
        section="announced",
    ),
    Way(name="untold", arguments={"rate_limits": PER_CLIENT}),
    Way(name="guarded", arguments={"authorization": True, "external_authorization": KEEPER}),
]
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "keeper", "namespace": "shop"},
    "spec": {"clusterIP": "192.0.2.2", "ports": [{"name": "http", "port": 9000, "targetPort": 9000}]},
}


@dataclass(frozen=True)
class Edge:
    """Envoy, and the service that it asks."""

    proxy: Envoy
    keeper: Process
    port: int
    """Where the service is."""


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Every way before two servers: one that is told what a stack tells it of pages, and one that takes larger bodies
    than any edge here does."""
    folder, sections = tmp_path_factory.mktemp("access"), [way.section for way in WAYS if way.section != SECTION]
    objects = [*platform(folder, sections), *(one for way in WAYS for one in way.objects()), SERVICE]
    port, asked_at = free_port(), free_port()
    services = {"securitypolicy/shop/guarded/extauth/0": asked_at}
    whole, planned = configuration(translated(objects, folder), WAYS, folder, services)
    command = [*PYTHON_V2.command()[:1], str(HERE / "streaming.py")]
    environment = {"PORT": f"{port}", "MAX_BODY": f"{16 * MIB}"}
    with ExitStack() as stack:
        server = stack.enter_context(running("server", command, folder=folder, environment=environment))
        told = stack.enter_context(
            reference_server(folder, {"MCP_ALLOWED_ORIGINS": f"{APP},https://pages.example.com"})
        )
        words, keeping = [command[0], str(HERE / "keeper.py")], {"PORT": f"{asked_at}", "TOKEN": TOKEN}
        keeper = stack.enter_context(running("keeper", words, folder=folder, environment=keeping))
        server.wait_for_port(port, seconds=120)
        keeper.wait_for_port(asked_at, seconds=120)
        one = stack.enter_context(envoy(whole, planned, folder))
        for way in WAYS:
            one.pods[way.name].become({told.port if way.name == "pages" else port: "UNKNOWN"})
        yield Edge(one, keeper, asked_at)


@pytest.fixture
def proxy(edge: Edge) -> Envoy:
    """Envoy alone."""
    return edge.proxy


def asked(
    proxy: Envoy, way: str, method: str = "tools/list", *, headers: Mapping[str, str] | None = None, **params: Any
) -> Any:
    """One modern request as bare HTTP."""
    names = {"Mcp-Name": params["name"]} if "name" in params else {}
    sent = {"Accept": ACCEPT, "MCP-Protocol-Version": MODERN, "Mcp-Method": method, **names, **(headers or {})}

    async def post() -> Any:
        async with http(proxy.url(way, "")) as client:
            return await client.post("/mcp", headers=sent, json=modern_body(method, **params))

    return asyncio.run(post())


def reached(proxy: Envoy, way: str) -> int:
    """Requests of a way that Envoy has sent on to the server."""
    name = next(one.cluster for one in WAYS if one.name == way)
    return proxy.count(f"cluster.{name}.upstream_rq_total".replace(".", "\\."))


def test_a_page_of_another_site_is_refused(proxy: Envoy) -> None:
    """By the edge, before the server sees it; a listed page, the host's own and a client without an Origin pass."""
    before = reached(proxy, "pages")
    assert asked(proxy, "pages", headers={"Origin": FOREIGN}).status_code == 403
    assert reached(proxy, "pages") == before
    for origin in ({"Origin": APP}, {"Origin": "https://pages.example.com"}, {}):
        answer = asked(proxy, "pages", headers=origin)
        assert (answer.status_code, "echo" in answer.text) == (200, True), origin
        assert answer.headers.get("access-control-allow-origin") == (APP if origin.get("Origin") == APP else None)
    assert reached(proxy, "pages") == before + 3


def test_a_browser_is_told_what_it_may_send(proxy: Envoy) -> None:
    """The preflight of a listed page is answered by the edge; that of another one names no origin."""

    async def preflight(origin: str) -> Any:
        wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "mcp-method,content-type"}
        async with http(proxy.url("pages", "")) as client:
            return await client.options("/mcp", headers={"Origin": origin, **wanted})

    before = reached(proxy, "pages")
    answer = asyncio.run(preflight(APP))
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == APP
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in ("mcp-protocol-version", "mcp-method", "mcp-name", "authorization"))
    assert "access-control-allow-origin" not in asyncio.run(preflight(FOREIGN)).headers
    assert reached(proxy, "pages") == before


def test_a_body_is_refused_in_one_place(proxy: Envoy, note: Note) -> None:
    """One of 5 MiB is answered by the server; one byte more by Envoy alone, with 413."""

    async def posted(size: int) -> Any:
        async with http(proxy.url("sized", "")) as client:
            body = json.dumps(modern_body("tools/list")).encode().ljust(size)
            headers = {"Accept": ACCEPT, "Content-Type": "application/json", "MCP-Protocol-Version": MODERN}
            return await client.post("/mcp", headers={**headers, "Mcp-Method": "tools/list"}, content=body)

    before = reached(proxy, "sized")
    fits = asyncio.run(posted(5 * MIB))
    assert (fits.status_code, "counting" in fits.text) == (200, True)
    assert reached(proxy, "sized") == before + 1
    larger = asyncio.run(posted(5 * MIB + 1))
    note(f"5 MiB: HTTP {fits.status_code} by the server; one byte more: HTTP {larger.status_code} by Envoy")
    assert larger.status_code == 413
    assert "jsonrpc" not in larger.text
    assert reached(proxy, "sized") == before + 1


def test_calls_of_tools_are_counted_and_lists_are_not(proxy: Envoy) -> None:
    """One call more than the limit is 429; what the limit does not name passes before and after it."""
    call = {"name": "counting", "arguments": {"events": 0, "milliseconds": 0}}
    before = reached(proxy, "rated")
    assert asked(proxy, "rated").status_code == 200
    assert [asked(proxy, "rated", "tools/call", **call).status_code for _ in range(LIMIT + 1)] == [200] * LIMIT + [429]
    assert asked(proxy, "rated").status_code == 200
    assert reached(proxy, "rated") == before + LIMIT + 2


def test_headers_are_refused_in_one_place(proxy: Envoy) -> None:
    """Envoy answers 431 above the limit of the listener; what it has itself, 60 KiB, would let them through."""
    before = reached(proxy, "sized")
    assert asked(proxy, "sized", headers={"X-Large": "x" * (15 * 1024)}).status_code == 200
    assert reached(proxy, "sized") == before + 1
    assert asked(proxy, "sized", headers={"X-Large": "x" * (17 * 1024)}).status_code == 431
    assert reached(proxy, "sized") == before + 1


def as_client(proxy: Envoy, way: str, *addresses: str) -> int:
    """The status of a request that a proxy on loopback sends on, with what it says of whom it comes from."""
    headers = {"X-Forwarded-For": ", ".join(addresses)} if addresses else None
    return int(asked(proxy, way, headers=headers).status_code)


def exhausted(proxy: Envoy, way: str, *addresses: str) -> None:
    """One client uses up what an address may."""
    assert [as_client(proxy, way, *addresses) for _ in range(LIMIT + 1)] == [200] * LIMIT + [429]


@pytest.mark.parametrize("way", ["hops", "ranges"])
def test_a_limit_counts_the_client_that_a_trusted_proxy_names(proxy: Envoy, way: str) -> None:
    """Each address has a limit of its own, and what a client puts before his own changes nothing."""
    exhausted(proxy, way, "203.0.113.7")
    assert as_client(proxy, way, "203.0.113.8") == 200
    assert as_client(proxy, way, "198.51.100.1", "203.0.113.7") == 429


def test_who_connects_from_elsewhere_names_no_other_client(proxy: Envoy) -> None:
    """From an address that is none of the trusted ones, a header makes no other client."""
    exhausted(proxy, "elsewhere", "203.0.113.7")
    assert as_client(proxy, "elsewhere", "203.0.113.8") == 429


def test_untold_all_clients_behind_a_proxy_are_one(proxy: Envoy) -> None:
    """The default, so that the warning stays true."""
    exhausted(proxy, "untold", "203.0.113.7")
    assert as_client(proxy, "untold", "203.0.113.8") == 429


def test_the_proxy_protocol_says_the_client_and_is_asked_for(proxy: Envoy) -> None:
    """A client is counted by what the connection begins with; a connection without it gets no answer."""

    port = proxy.ports["announced"]

    def announced(address: str | None) -> bytes:
        body = json.dumps(modern_body("tools/list")).encode()
        lines = [
            *("POST /mcp HTTP/1.1", f"Host: {LOOPBACK}:{port}", "Connection: close", f"Accept: {ACCEPT}"),
            *("Content-Type: application/json", f"MCP-Protocol-Version: {MODERN}", "Mcp-Method: tools/list"),
            *(f"Content-Length: {len(body)}", "", ""),
        ]
        begun = b"" if address is None else f"PROXY TCP4 {address} {LOOPBACK} 40000 443\r\n".encode()
        with socket.create_connection((LOOPBACK, port), timeout=20) as one:
            one.sendall(begun + "\r\n".join(lines).encode() + body)
            try:
                return one.recv(64).split(b"\r\n")[0]
            except ConnectionResetError:
                return b""

    answers = [announced("203.0.113.7") for _ in range(LIMIT + 1)]
    assert [one[9:12] for one in answers] == [b"200"] * LIMIT + [b"429"]
    assert announced("203.0.113.8")[9:12] == b"200"
    assert announced(None) == b""


def test_a_service_is_asked_before_the_server(edge: Edge) -> None:
    """What it refuses does not reach the server, and its words reach the client; the metadata need no token."""
    proxy, mine = edge.proxy, {"Authorization": f"Bearer {TOKEN}"}
    before = reached(proxy, "guarded")
    stranger = asked(proxy, "guarded")
    assert (stranger.status_code, stranger.text) == (401, "no token")
    assert "oauth-protected-resource" in stranger.headers["www-authenticate"]
    forbidden = asked(proxy, "guarded", "tools/call", headers=mine, name="forbidden", arguments={})
    assert (forbidden.status_code, forbidden.text) == (403, "not this one")
    assert reached(proxy, "guarded") == before
    times = len(shown(edge))
    assert metadata(proxy).status_code == 200
    assert len(shown(edge)) == times
    # What a client says of itself under a name that the service gives is replaced; what it does not need is not shown.
    claimed = {**mine, "X-User": "mallory", "Cookie": "session=secret"}
    answer = asked(proxy, "guarded", "tools/call", headers=claimed, name="caller", arguments={})
    assert (answer.status_code, "ada" in answer.text, "mallory" in answer.text) == (200, True, False)
    assert {"authorization", "mcp-method", "mcp-name"} <= set(shown(edge)[-1])
    assert {"cookie", "x-user"}.isdisjoint(shown(edge)[-1])
    assert TOKEN not in proxy.process.output()


def test_nothing_passes_a_service_that_does_not_answer(edge: Edge) -> None:
    """The last test here: the service is gone."""
    edge.keeper.stop()
    before = reached(edge.proxy, "guarded")
    assert asked(edge.proxy, "guarded", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 403
    assert reached(edge.proxy, "guarded") == before
    assert metadata(edge.proxy).status_code == 200


def shown(edge: Edge) -> list[list[str]]:
    """The headers that the service was shown, of each request that it was asked about."""

    async def got() -> Any:
        async with http(f"http://{LOOPBACK}:{edge.port}") as client:
            return (await client.get("/seen")).json()

    return list(asyncio.run(got()))


def metadata(proxy: Envoy) -> Any:
    """What a client reads before it has a token."""

    async def got() -> Any:
        async with http(proxy.url("guarded", "")) as client:
            return await client.get(METADATA)

    return asyncio.run(got())
