"""A release through two colours under load, through a real Envoy: the switch, and the way back.

The objects are those of a whole stack in each state. Envoy Gateway's translator says which Service each of its
clusters leads to and how requests are routed; that is what Envoy is given, as its control plane would send it.
The two colours have the same tool with other arguments and another answer.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.region.test_blue_green import IMAGE, colours
from tests.region.test_blue_green import objects as stack_objects

from .conftest import Note
from .envoy import (
    GATEWAY,
    GATEWAY_NAMESPACE,
    LISTENER,
    SECTION,
    Envoy,
    Object,
    Way,
    configuration,
    envoy,
    platform,
    translated,
)
from .processes import free_port, running, wait_until
from .reference import ACCEPT, MODERN, http, mcp_client, modern_body, text_of
from .servers.environments import HERE, PYTHON_V2
from .sessions import LostError, Session, address, opened

SERVER, NAMESPACE, HOST = "mcp-server", "mcp-prod-us-east", "mcp.example.com"
PREVIEW = f"{SERVER}-preview"
BLUE, GREEN = "blue", "green"
ARGUMENT = {BLUE: "text", GREEN: "words"}
"""What the one tool of each colour takes; that of the other is an error."""
SERVICE = {BLUE: SERVER, GREEN: f"{SERVER}-green"}
KINDS = ("HTTPRoute", "BackendTrafficPolicy", "EnvoyPatchPolicy", "Service")
CLIENTS, SESSIONS = 4, 6
PAUSE_SECONDS = 0.02
BOUND_SECONDS = 90


def state(active: str, **further: Any) -> list[Object]:
    """What a stack with both colours registers for its edge, and the Services of both."""
    found = stack_objects(
        colours(greenImage=f"{IMAGE}1.3.0", active=active, **further),
        server={"eras": ["modern", "legacy-stateful"]},
        edge={
            "affinity": "envelope",
            "gateway": {"name": GATEWAY, "namespace": GATEWAY_NAMESPACE, "section": SECTION},
        },
        scaling={"prometheusAddress": "http://prometheus.monitoring:9090"},
    )
    kept = [one for (kind, _), one in found.items() if kind in KINDS]
    services = [one for one in kept if one["kind"] == "Service"]
    for number, service in enumerate(services, start=1):
        service["spec"]["clusterIP"] = f"192.0.2.{number}"
    return kept


@dataclass
class Seen:
    """What one client met."""

    colours: list[str] = field(default_factory=list)
    straddled: int = 0
    """Calls with the arguments of one colour that the other one refused, in words."""
    failed: list[str] = field(default_factory=list)


@dataclass
class Load:
    """All clients, and what each of them met."""

    stopped: bool = False
    modern: list[Seen] = field(default_factory=list)
    sessions: list[Seen] = field(default_factory=list)
    lost: int = 0

    @property
    def answered(self) -> int:
        """Answers so far."""
        return sum(len(one.colours) for one in (*self.modern, *self.sessions))


def colour_of(properties: dict[str, Any]) -> str:
    """Whose tool has these arguments; a mixture has none."""
    (name,) = properties
    return next(colour for colour, argument in ARGUMENT.items() if argument == name)


async def modern(url: str, seen: Seen, load: Load) -> None:
    """The official client: it lists the tools, calls as it was told, and is answered by one colour."""
    async with mcp_client(url, MODERN) as client:
        while not load.stopped:
            (tool,) = (await client.list_tools(cache_mode="bypass")).tools
            listed = colour_of(tool.input_schema["properties"])
            seen.colours.append(listed)
            result = await client.call_tool(tool.name, {ARGUMENT[listed]: "there"})
            if result.is_error:
                # The other colour has taken over between the list and the call, and says so.
                seen.straddled += 1
            elif text_of(result) == f"{listed}: there":
                seen.colours.append(listed)
            else:
                seen.failed.append(text_of(result))
            await asyncio.sleep(PAUSE_SECONDS)


async def session(base: str, load: Load) -> None:
    """Sessions one after the other, each until it is lost."""
    while not load.stopped:
        seen = Seen()
        load.sessions.append(seen)
        async with address(base) as client:
            try:
                one = await opened(client)
                while not load.stopped:
                    await _listed_and_called(one, seen)
                    await asyncio.sleep(PAUSE_SECONDS)
            except LostError:
                load.lost += 1
            else:
                await one.end()


async def _listed_and_called(one: Session, seen: Seen) -> None:
    """A list of the tools and a call after it, in one session."""
    tools = result_of(await one.tools())["tools"]
    listed = colour_of(tools[0]["inputSchema"]["properties"])
    seen.colours.append(listed)
    result = result_of(await one.call("say", **{ARGUMENT[listed]: "there"}))
    seen.colours.append(result["content"][0]["text"].partition(":")[0])


def result_of(answer: Any) -> Any:
    """The result of an answer, which is JSON or one event."""
    if answer.status_code == 404:
        raise LostError
    assert answer.status_code == 200, answer.text
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith(("data: {", "{"))]
    return json.loads(lines[-1])["result"]


class Route(Way):
    """One of the two routes of the stack: both are at its one host."""

    @property
    def host(self) -> str:
        """Where clients are."""
        return HOST

    @property
    def cluster(self) -> str:
        """What Envoy Gateway calls what the route leads to."""
        return f"httproute/{NAMESPACE}/{self.name}/rule/0"


ROUTES = [Route(name=SERVER), Route(name=PREVIEW)]


@dataclass
class Release:
    """The stack in Envoy, and the pods of each colour."""

    proxy: Envoy
    folder: Path
    states: dict[str, dict[str, dict[str, Object]]]
    """The translation by the active colour."""
    pods: dict[str, list[int]]
    version: int = 0

    def becomes(self, active: str) -> None:
        """Give Envoy what its control plane would send in this state: ends of clusters, and routes."""
        found = self.states[active]
        for route in ROUTES:
            pods: dict[int, str] = {}
            for ends in found["ends"][route.cluster]["endpoints"]:
                (resource,) = ends["metadata"]["filterMetadata"]["envoy-gateway"]["resources"]
                (colour,) = [one for one, service in SERVICE.items() if service == resource["name"]]
                pods |= dict.fromkeys(self.pods[colour], ends["lbEndpoints"][0].get("healthStatus", "UNKNOWN"))
            self.proxy.pods[route.name].become(pods)
        before = self.loaded()
        routed(found, self.folder, self.version)
        self.version += 1
        wait_until(lambda: self.loaded() > before, seconds=30, what="routes in Envoy")

    def loaded(self) -> int:
        """How often Envoy has taken routes of the public listener."""
        return self.proxy.count(f"http.{SERVER}.rds.{SERVER}.update_success")


def routed(found: dict[str, dict[str, Object]], folder: Path, version: int) -> None:
    """Write the routes of a state where Envoy looks for them."""
    (host,) = [one for one in found["route_config"][LISTENER]["virtualHosts"] if HOST in one["domains"]]
    for route in ROUTES:
        resource = {
            "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
            "name": route.name,
            "virtualHosts": [{**host, "domains": ["*"]}],
        }
        new = folder / "routes.new"
        new.write_text(json.dumps({"version_info": f"{version}", "resources": [resource]}), encoding="utf-8")
        new.replace(folder / f"{route.name}-routes.json")


@pytest.fixture
def keeps() -> bool:
    """Whether sessions go on in the colour that was left."""
    return False


@pytest.fixture
def release(tmp_path: Path, keeps: bool) -> Iterator[Release]:
    states = {
        colour: translated([*platform(tmp_path), *state(colour, keepSessions=keeps)], tmp_path) for colour in ARGUMENT
    }
    whole, planned = configuration(states[BLUE], ROUTES, tmp_path)
    routed(states[BLUE], tmp_path, 0)
    for listener in whole["staticResources"]["listeners"]:
        manager = listener["filterChains"][0]["filters"][0]["typedConfig"]
        del manager["routeConfig"]
        source = {
            "resourceApiVersion": "V3",
            "pathConfigSource": {"path": str(tmp_path / f"{listener['name']}-routes.json")},
        }
        manager["rds"] = {"routeConfigName": listener["name"], "configSource": source}
    with ExitStack() as stack:
        pods: dict[str, list[int]] = {}
        for colour, argument in ARGUMENT.items():
            pods[colour] = [free_port() for _ in range(2)]
            for port in pods[colour]:
                environment = {"PORT": f"{port}", "COLOUR": colour, "ARGUMENT": argument}
                command = [PYTHON_V2.command()[0], str(HERE / "coloured.py")]
                process = stack.enter_context(
                    running(f"{colour}-{port}", command, folder=tmp_path, environment=environment)
                )
                process.wait_for_port(port, seconds=120)
        proxy = stack.enter_context(envoy(whole, planned, tmp_path))
        made = Release(proxy, tmp_path, states, pods, version=1)
        made.becomes(BLUE)
        yield made


async def previewed(url: str, colour: str) -> str:
    """Whose tools a request with the header of a colour is told."""
    async with http(url) as client:
        headers = {"Accept": ACCEPT, "MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/list", "X-Mcp-Colour": colour}
        answer = await client.post("/mcp", headers=headers, json=modern_body("tools/list"))
    return colour_of(result_of(answer)["tools"][0]["inputSchema"]["properties"])


async def _work(load: Load) -> None:
    """Wait until every client has done something since now."""
    before = load.answered
    async with asyncio.timeout(BOUND_SECONDS):
        while load.answered < before + 10 * (CLIENTS + SESSIONS):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("keeps", [False, True], ids=["ended", "kept"])
def test_a_switch_and_the_way_back_show_no_client_a_mixture(release: Release, keeps: bool, note: Note) -> None:
    """A client without a session meets one colour until the switch and the other one after it, a session one alone: it
    ends with the colour that it began with, or goes on there. The idle colour is where its header says."""

    async def scenario() -> Load:
        load, url = Load(), release.proxy.url(SERVER)
        base = release.proxy.url(SERVER, "")
        load.modern = [Seen() for _ in range(CLIENTS)]
        tasks = [asyncio.create_task(modern(url, seen, load)) for seen in load.modern]
        tasks += [asyncio.create_task(session(base, load)) for _ in range(SESSIONS)]
        try:
            await _work(load)
            for active in (GREEN, BLUE):
                await asyncio.to_thread(release.becomes, active)
                if keeps:
                    # Those of before go on, so others begin.
                    tasks += [asyncio.create_task(session(base, load)) for _ in range(SESSIONS)]
                await _work(load)
                idle = BLUE if active == GREEN else GREEN
                assert await previewed(base, idle) == idle
                assert await previewed(base, "none") == active
        finally:
            load.stopped = True
            async with asyncio.timeout(BOUND_SECONDS):
                await asyncio.gather(*tasks)
        return load

    load = asyncio.run(scenario())
    straddled = [seen.straddled for seen in load.modern]
    note(
        f"blue to green and back, sessions {'kept' if keeps else 'ended'}: "
        f"{sum(len(seen.colours) for seen in load.modern)} answers to {CLIENTS} modern clients, {sum(straddled)} calls "
        f"between whose list and call a switch was; {load.lost} of {len(load.sessions)} ended with their colour"
    )
    for seen in load.modern:
        assert seen.failed == []
        assert [colour for colour, _ in itertools.groupby(seen.colours)] == [BLUE, GREEN, BLUE]
        # A call that was told its arguments by the colour that is left: one at a switch, and it says what is wrong.
        assert seen.straddled <= 2
    met = [set(seen.colours) for seen in load.sessions]
    assert all(len(one) <= 1 for one in met)
    assert {BLUE} in met
    assert {GREEN} in met
    if keeps:
        assert load.lost == 0
        assert met == [{BLUE}] * SESSIONS + [{GREEN}] * SESSIONS + [{BLUE}] * SESSIONS
    else:
        assert load.lost >= 2 * SESSIONS


@pytest.mark.parametrize(("active", "left"), [(BLUE, GREEN), (GREEN, BLUE)])
def test_the_colour_that_was_left_drains_in_the_cluster_of_the_other(active: str, left: str, tmp_path: Path) -> None:
    """With keepSessions both are one cluster, so that an envelope finds the pods of either; those of the one that was
    left are marked, as a pod that ends is, and get no new session (``test_envoy_restart``)."""
    objects = state(active, keepSessions=True)
    addresses = {one["metadata"]["name"]: one["spec"]["clusterIP"] for one in objects if one["kind"] == "Service"}
    ends = translated([*platform(tmp_path), *objects], tmp_path)["ends"]
    found = {
        end["endpoint"]["address"]["socketAddress"]["address"]: end.get("healthStatus", "UNKNOWN")
        for place in ends[f"httproute/{NAMESPACE}/{SERVER}/rule/0"]["endpoints"]
        for end in place["lbEndpoints"]
    }
    assert found == {addresses[SERVICE[active]]: "UNKNOWN", addresses[SERVICE[left]]: "DRAINING"}
