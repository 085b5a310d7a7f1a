"""Values that are known later are held to the declaration of their key, in the words that a plain one gets at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import reduce
from typing import Any

import pulumi
import pulumi_random
import pytest

import pulumi_kubernetes_mcp as package
from pulumi_kubernetes_mcp import ArgumentsError, FindingsError, McpAutoscaling, McpIngress, McpRegion, McpService
from pulumi_kubernetes_mcp.settings.problems import SettingsError, join
from pulumi_kubernetes_mcp.testing import Secret, record
from tests.components.case import PROJECT, input_paths
from tests.components.cases import CASES
from tests.components.test_refusals import LEAST, make

SERVER = LEAST["McpService"]
ROUTE = LEAST["McpIngress"]
PLACES = {
    f"{case.component}:{'.'.join(map(str, path))}": (case, path)
    for case in reversed(CASES)
    for path in input_paths(case.args_type, case.args)
}
"""Each place of a component where an Output may stand, in the first case that has it."""
WRONG: dict[str, tuple[str, dict[str, Any], Any]] = {
    "a scheme": ("McpIngress", {"host": "https://mcp.example.com/mcp"}, "host"),
    "upper case": ("McpIngress", {"hosts": ["Mcp.example.com"]}, "hosts[0]"),
    "no label": ("McpService", {"namespace": "Orders_"}, "namespace"),
    "no image": ("McpService", {"image": "Registry/Mcp"}, "image"),
    "no name": ("McpService", {"image_pull_secrets": ["a b"]}, "image_pull_secrets[0]"),
    "no label's value": ("McpService", {"pod_labels": {"team": "a b"}}, "pod_labels.team"),
    "the pod itself": ("McpPgBouncer", {"database_host": "localhost"}, "database_host"),
    "credentials": ("McpPgBouncer", {"database_host": "postgres://u:hunter2@db/x"}, "database_host"),
}
"""What is refused where it is given in clear: component, change and the path of the refusal."""


def plain_path(path: str) -> str:
    """A path without what tells the two doors apart."""
    return path.removeprefix("mcp:").replace("_", "").lower()


def output(value: Any) -> pulumi.Output[Any]:
    """A value of another resource."""
    return pulumi_random.RandomPet("other", length=1).id.apply(lambda _: value)


def as_output(value: Any, give: Callable[[Any], Any]) -> Any:
    """The one text in a change, given otherwise."""
    if isinstance(value, dict):
        return {key: as_output(item, give) for key, item in value.items()}
    return [as_output(item, give) for item in value] if isinstance(value, list) else give(value)


@pytest.mark.grid
@pytest.mark.parametrize("place", PLACES)
def test_a_number_is_no_text_wherever_an_output_may_stand(place: str) -> None:
    case, path = PLACES[place]

    def build() -> None:
        case.build(change=lambda _: pulumi.Output.from_input(7), only=[path])

    with pytest.raises((ArgumentsError, SettingsError)) as refused:
        record(build, directory=PROJECT)
    (problem,) = refused.value.problems
    assert plain_path(problem.path) == plain_path(reduce(join, path[1:], str(path[0])))
    assert problem.problem.endswith(", but takes text.")
    assert problem.remedy == "Make text of it: output.apply(str)."


@pytest.mark.parametrize("wrong", WRONG)
def test_a_later_value_is_refused_as_a_plain_one(wrong: str) -> None:
    component, change, path = WRONG[wrong]
    with pytest.raises(ArgumentsError) as plain:
        make(component, change)
    with pytest.raises(ArgumentsError) as later:
        make(component, {key: lambda value=value: as_output(value, output) for key, value in change.items()})
    assert later.value.problems == plain.value.problems
    assert [one.path for one in later.value.problems] == [path]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_refused_secret_is_not_told(wrong: str) -> None:
    component, change, path = WRONG[wrong]
    with pytest.raises(ArgumentsError) as refused:
        make(component, {key: lambda v=value: as_output(v, pulumi.Output.secret) for key, value in change.items()})
    (problem,) = refused.value.problems
    assert (problem.path, problem.problem) == (path, "It is a secret Output that does not fit.")


def test_a_rule_does_not_tell_a_secret_either() -> None:
    with pytest.raises(FindingsError, match=r"MCP101 image: Its value is a secret Output") as refused:
        make("McpService", {"image": lambda: pulumi.Output.secret("hidden-registry/mcp:latest")})
    assert "hidden" not in str(refused.value)


def test_a_contradiction_does_not_tell_a_secret() -> None:
    def build() -> None:
        server = McpService("web", {**SERVER, "namespace": pulumi.Output.secret("hidden")})
        McpAutoscaling("web", server=server, max_replicas=4, namespace=pulumi.Output.secret("other"))

    with pytest.raises(FindingsError) as refused:
        record(build)
    assert "hidden" not in str(refused.value)


def test_nothing_that_is_no_output_is_known_to_be_wrong_in_a_preview() -> None:
    assert make("McpIngress", {"host": lambda: output("https://x/")}, preview=True).resources


def test_a_good_value_keeps_what_it_waits_for_and_that_it_is_secret() -> None:
    def build() -> None:
        other = pulumi_random.RandomPet("other", length=1)
        host = pulumi.Output.secret(other.id.apply(lambda _: "mcp.example.com"))
        McpIngress("web", {**ROUTE, "host": host})

    run = record(build)
    route = run.resource("HTTPRoute", "web-route")
    assert route.inputs["spec"]["hostnames"] == [Secret("mcp.example.com")]
    (other,) = (one.urn for one in run.resources if one.name == "other")
    assert other in route.options.dependencies


@pytest.mark.grid
def test_one_of_several_servers_is_named() -> None:
    edge = {"gateway": {"name": "shared", "namespace": "edge"}, "implementation": "envoy-gateway"}

    def build() -> None:
        McpRegion(
            "orders",
            region={"name": "us-1", "namespace": "orders"},
            workload={"peak_sessions": 100},
            edge=edge,
            server={"image": "registry.example/mcp:1.2.0"},
            servers={"first": {"edge": {"host": pulumi.Output.from_input("https://x")}}},
        )

    with pytest.raises(SettingsError) as refused:
        record(build)
    assert [one.path for one in refused.value.problems] == ["servers.first.edge.host"]


# What was put into a text, or given whole, that stands for a value


@pytest.mark.parametrize("write", [str, repr], ids=["str", "repr"])
@pytest.mark.parametrize("key", ["image", "env", "args"])
def test_an_output_in_a_text_is_refused(key: str, write: Callable[[object], str]) -> None:
    def build() -> None:
        text = f"http://{write(pulumi.Output.from_input('db'))}/"
        McpService("web", {**SERVER, key: {"image": text, "env": {"URL": text}, "args": [text]}[key]})

    with pytest.raises(ArgumentsError, match=r"An Output was put into this text.*\n.*pulumi\.Output\.concat"):
        record(build)


@pytest.mark.parametrize(
    ("change", "words", "remedy"),
    [
        ({"namespace": lambda: pulumi_random.RandomPet("x")}, "It is the resource itself, a RandomPet.", "one of its"),
        ({"env": lambda: output({})}, "It is an Output, and has to be known in the preview.", "values may be Outputs"),
        ({"command": lambda: output([])}, "It is an Output, and has to be known in the preview.", "Give a list"),
        ({"port": lambda: output(8000)}, "It is an Output, and has to be known in the preview.", "Give a plain value."),
    ],
)
def test_what_is_no_value_is_told_what_to_give(change: dict[str, Any], words: str, remedy: str) -> None:
    with pytest.raises(ArgumentsError) as refused:
        make("McpService", change)
    (problem,) = refused.value.problems
    assert problem.problem == words
    assert remedy in problem.remedy


@pytest.mark.parametrize("component", [*LEAST, "McpRegion"])
def test_a_name_is_plain_text(component: str) -> None:
    names: list[tuple[Any, str]] = [(None, "empty"), ("", "empty"), (7, "a number"), ((), "empty")]
    for name, words in names:
        with pytest.raises(ArgumentsError) as refused:
            record(lambda name=name: getattr(package, component)(name, {}))  # type: ignore[misc]
        assert [(one.path, one.problem) for one in refused.value.problems] == [
            ("name", f"It is {words}, but takes plain text.")
        ]


def test_a_name_is_no_output() -> None:
    with pytest.raises(ArgumentsError, match=r"name: It is an Output, but takes plain text\."):
        record(lambda: McpService(output("x"), SERVER))


@pytest.mark.parametrize("given", ["web", 7, pulumi.ResourceOptions()], ids=["text", "number", "other"])
@pytest.mark.parametrize(
    ("component", "argument"), [(McpAutoscaling, "server"), (McpIngress, "server"), (McpIngress, "autoscaling")]
)
def test_a_component_is_given_itself(component: Any, argument: str, given: Any) -> None:
    with pytest.raises(ArgumentsError) as refused:
        record(lambda: component("web", {}, **{argument: given}))
    (problem,) = refused.value.problems
    kind = {"server": "McpService", "autoscaling": "McpAutoscaling"}[argument]
    assert problem.path == argument
    assert problem.problem.endswith(f", but takes an {kind}.")


def test_a_secret_out_of_place_hides_no_other_problem() -> None:
    change = {"database_host": "postgres://u:hunter2@db/x", "pool_size": "5", "max_client_conn": None, "pool": 1}
    with pytest.raises(ArgumentsError) as refused:
        make("McpPgBouncer", change)
    assert [one.path for one in refused.value.problems] == ["database_host", "pool_size", "max_client_conn", "pool"]
    assert "hunter2" not in str(refused.value)


# Several that are wrong are told at once


def later(value: Any) -> pulumi.Output[Any]:
    """A value that is known by the time that another one is refused."""
    return pulumi.Output.from_input(value).apply(lambda known: known)


def test_all_wrong_outputs_of_a_component_are_told_at_once() -> None:
    def build() -> None:
        env = {"LEVEL": later(3), "PIN": pulumi.Output.secret(4), "NOTE": later("fine")}
        McpService("web", {**SERVER, "image": later("Registry/Mcp"), "namespace": later("Orders_"), "env": env})

    with pytest.raises(ArgumentsError) as refused:
        record(build)
    assert {one.path for one in refused.value.problems} == {"image", "namespace", "env.LEVEL", "env.PIN"}
    assert [one.problem for one in refused.value.problems if one.path == "env.PIN"] == [
        "It is a secret Output, and no text."
    ]


@pytest.mark.grid
def test_all_wrong_outputs_of_a_region_and_its_servers_are_told_at_once() -> None:
    def build() -> None:
        McpRegion(
            "orders",
            region={"name": "us-1"},
            workload={"peak_sessions": 100},
            edge={"host": later("https://x"), "implementation": "envoy-gateway"},
            server={"image": "registry.example/mcp:1.2.0"},
            servers={
                "first": {"server": {"env": {"LEVEL": later(3)}}},
                "second": {"server": {"path": "/second/mcp", "annotations": {"a/b": later(4)}}},
            },
        )

    with pytest.raises(SettingsError) as refused:
        record(build)
    assert [one.path for one in refused.value.problems] == [
        "edge.host",
        "servers.first.server.env.LEVEL",
        'servers.second.server.annotations["a/b"]',
    ]


def test_all_outputs_that_break_a_rule_are_told_at_once() -> None:
    def build() -> None:
        env = {"NOTE": pulumi.Output.secret("hidden")}
        sidecar = {"name": "proxy", "image": later("registry.example/proxy:latest")}
        patch = {"kind": "Pod", "patch": {"spec": {"priorityClassName": later(7)}}}
        image = later("registry.example/mcp:latest")
        McpService("web", {**SERVER, "image": image, "env": env, "sidecars": [sidecar], "patches": [patch]})  # type: ignore[typeddict-item]

    with pytest.raises(FindingsError) as refused:
        record(build)
    assert {(one.code, one.path) for one in refused.value.findings} == {
        ("MCP101", "image"),
        ("MCP107", "env.NOTE"),
        ("MCP101", "sidecars[0].image"),
        ("MCP171", "patches[0].patch.spec.priorityClassName"),
    }


def failing(_: object) -> Any:
    raise ValueError("hidden is no number")


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("place", ["env", "patches"])
def test_form_rules_and_what_fails_by_itself_are_told_at_once(place: str, preview: bool) -> None:
    def build() -> None:
        fails = later("x").apply(failing)
        given: dict[str, Any] = {
            "env": {"PIN": fails},
            "patches": [{"kind": "Pod", "patch": {"spec": {"priorityClassName": fails}}}],
        }
        wrong: Any = {"image": later("r.example/mcp:latest"), "namespace": later("Orders_"), place: given[place]}
        McpService("web", {**SERVER, **wrong})

    path = {"env": "env.PIN", "patches": "patches[0].patch.spec.priorityClassName"}[place]
    with pytest.raises(ArgumentsError) as refused:
        record(build, preview=preview)
    assert {(one.code, one.path) for one in refused.value.problems} == {
        ("", "namespace"),
        ("MCP101", "image"),
        ("", path),
    }
    (told,) = [one.problem for one in refused.value.problems if one.path == path]
    assert re.fullmatch(r"It has no value: what makes it ends in ValueError at test_later\.py:\d+\.", told)
    assert isinstance(refused.value.__cause__, ValueError)


def test_an_output_that_fails_with_nothing_wrong_beside_it_ends_the_program_as_it_is() -> None:
    def build() -> None:
        fails = later("x").apply(failing)
        McpService("web", {**SERVER, "env": {"PIN": fails, "LEVEL": fails}})

    with pytest.raises(ValueError, match="hidden is no number"):
        record(build)


def test_form_and_rules_of_a_region_are_told_at_once() -> None:
    def build() -> None:
        McpRegion(
            "orders",
            region={"name": "us-1"},
            workload={"peak_sessions": 100},
            edge={"host": later("https://x"), "implementation": "envoy-gateway"},
            server={"image": later("r.example/mcp:latest"), "env": {"NOTE": pulumi.Output.secret("hidden")}},
        )

    with pytest.raises(SettingsError) as refused:
        record(build)
    assert [f"{one.path} {one.code}".strip() for one in refused.value.problems] == [
        "edge.host",
        "server.image MCP101",
        "server.env.NOTE MCP107",
    ]


def test_what_is_known_later_still_is_not_waited_for() -> None:
    """The update would go on meanwhile."""

    def build() -> None:
        pending: asyncio.Future[str] = asyncio.get_event_loop().create_future()
        McpService("web", {**SERVER, "image": later("Registry/Mcp"), "namespace": pulumi.Output.from_input(pending)})

    with pytest.raises(ArgumentsError) as refused:
        record(build)
    assert [one.path for one in refused.value.problems] == ["image"]


@pytest.mark.grid
def test_a_preview_waits_for_what_other_resources_make_known() -> None:
    """One after another, as the engine answers; what none of them is yet is not waited for again."""

    def build() -> None:
        def slowly(value: Any, seconds: float) -> pulumi.Output[Any]:
            async def answer() -> Any:
                await asyncio.sleep(seconds)
                return value

            return pulumi.Output.from_input(answer())

        env = {"LEVEL": slowly(3, 0.05), "PIN": output("unknown"), "TOKEN": pulumi.Output.secret(slowly("x", 0.1))}
        McpService("web", {**SERVER, "image": later("Registry/Mcp"), "namespace": slowly("Orders_", 0.15), "env": env})

    with pytest.raises(ArgumentsError) as refused:
        record(build, preview=True)
    assert [one.path for one in refused.value.problems] == ["image", "namespace", "env.LEVEL", "env.TOKEN"]


def test_a_preview_waits_before_a_rule_refuses() -> None:
    def build() -> None:
        async def answer() -> str:
            await asyncio.sleep(0.05)
            return "registry.example/mcp:latest"

        env = {"NOTE": pulumi.Output.secret("hidden"), "PIN": output("unknown")}
        McpService("web", {**SERVER, "image": pulumi.Output.from_input(answer()), "env": env})

    with pytest.raises(FindingsError) as refused:
        record(build, preview=True)
    assert {(one.code, one.path) for one in refused.value.findings} == {("MCP101", "image"), ("MCP107", "env.NOTE")}


# What a region was given, refused by one of its components, is told of the region, and all of it at once


def in_region(server: Callable[[], dict[str, Any]]) -> Callable[[], object]:
    return lambda: McpRegion(
        "orders",
        region={"name": "us-1"},
        workload={"peak_sessions": 100},
        edge={"host": "mcp.example.com", "implementation": "envoy-gateway"},
        server={"image": "registry.example/mcp:1.2.0", "env": {"NOTE": pulumi.Output.secret("hidden")}},
        servers={"first": {"server": server()}, "second": {"server": {"path": "/second/mcp"}}},  # type: ignore[typeddict-item]
        extra_objects=[
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "x"},
                "data": {"a": pulumi.Output.secret(later("b"))},
            }
        ],
    )


@pytest.mark.grid
@pytest.mark.parametrize("preview", [False, True])
def test_a_region_refuses_in_its_own_name_and_words(preview: bool) -> None:
    with pytest.raises(FindingsError) as refused:
        record(in_region(lambda: {"image": later("registry.example/mcp:latest")}), preview=preview)
    assert refused.value.component == 'McpRegion "orders"'
    assert [(one.code, one.path) for one in refused.value.findings] == [
        ("MCP101", "servers.first.server.image"),
        ("MCP107", "server.env.NOTE"),
        ("MCP107", "extra_objects[0].data.a"),
    ]


PATCHES: dict[str, tuple[dict[str, Any], str]] = {
    "below restricted": ({"kind": "Pod", "patch": {"spec": {"hostNetwork": True}}}, "MCP173"),
    "a key": ({"kind": "Pod", "patch": {"spec": {"terminationGracePeriodSeconds": 90}}}, "MCP175"),
    "a selector": ({"kind": "Service", "patch": {"spec": {"selector": {"a": "b"}}}}, "MCP172"),
    "two of one": (
        {"kind": "Pod", "patch": {"spec": {"volumes": [{"name": "x", "emptyDir": {}, "hostPath": {"path": "/x"}}]}}},
        "MCP176",
    ),
    "the endpoint": (
        {
            "kind": "Pod",
            "patch": {"spec": {"containers": [{"name": "server", "readinessProbe": {"httpGet": {"path": "/mcp"}}}]}},
        },
        "MCP104",
    ),
}


@pytest.mark.parametrize("broken", PATCHES)
def test_an_output_in_a_patch_breaks_the_rules_that_a_plain_value_breaks(broken: str) -> None:
    """Errors are raised and warnings logged, in the same words."""
    patch, code = PATCHES[broken]

    def told(give: Callable[[Any], Any]) -> list[str]:
        def leaves(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: leaves(item) for key, item in value.items()}
            if isinstance(value, list):
                return [leaves(item) for item in value]
            return value if value in ("server", "x") else give(value)

        def build() -> None:
            patches: Any = [{"kind": patch["kind"], "patch": leaves(patch["patch"])}]
            McpService("web", {**SERVER, "patches": patches})  # type: ignore[typeddict-item]

        try:
            run = record(build)
        except FindingsError as refused:
            return [str(refused)]
        return [one.text for one in run.messages if "MCP17" in one.text]

    plain = told(lambda value: value)
    assert code in plain[0]
    assert told(later) == plain


@pytest.mark.grid
def test_a_region_knows_what_its_namespace_enforces() -> None:
    def server() -> dict[str, Any]:
        return {"patches": [{"kind": "Pod", "patch": {"spec": {"hostNetwork": later(True)}}}]}

    with pytest.raises(FindingsError, match=r"MCP174 servers\.first\.server\.patches\[0\]\.patch: hostNetwork"):
        record(in_region(server))


# Rules that read a host


def of_region(host: Any, pooler: str = "none") -> None:
    McpRegion(
        "orders",
        region={"name": "us-1"},
        workload={"peak_sessions": 100},
        edge={"host": "mcp.example.com", "implementation": "envoy-gateway"},
        server={"image": "registry.example/mcp:1.2.0", "health_path": "/healthz", "liveness_path": "/livez"},
        secrets={"source": "existing"},
        database={"host": host, "pooler": pooler, "max_connections": 420, "query_milliseconds": 50},  # type: ignore[typeddict-item]
    )


HOSTS: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "a region's database": (of_region, "orders-rw.databases.svc", "MCP151"),
    "a region's pooled database": (lambda host: of_region(host, "pgbouncer"), "orders-rw.databases.svc", "MCP151"),
    "a pooler's database": (
        lambda host: package.McpPgBouncer("db", {**LEAST["McpPgBouncer"], "database_host": host}),
        "orders-rw.databases.svc",
        "MCP151",
    ),
    "a variable": (
        lambda url: McpService("web", {**SERVER, "env": {"URL": url}}),
        "http://qdrant.vector.svc:6333",
        "MCP159",
    ),
}


@pytest.mark.parametrize("place", HOSTS)
def test_a_host_that_is_known_later_is_warned_of_once_and_as_a_plain_one(place: str) -> None:
    make_it, host, code = HOSTS[place]

    def told(give: Callable[[Any], Any]) -> list[str]:
        return [one.text for one in record(lambda: make_it(give(host))).messages]

    (plain,) = told(lambda host: host)
    assert plain.startswith(code)
    assert told(later) == [plain]


def test_a_warning_does_not_tell_a_secret_host() -> None:
    pooler = HOSTS["a pooler's database"][0]
    (told,) = record(lambda: pooler(pulumi.Output.secret("orders-rw.databases.svc"))).messages
    assert told.text.startswith('MCP151 McpPgBouncer "db": database_host: Its value is a secret Output')


@pytest.mark.parametrize("pooler", ["none", "pgbouncer"])
def test_a_database_in_the_pod_has_to_be_known_before(pooler: str) -> None:
    """Its TLS and the ways out of the pod follow from that."""
    with pytest.raises(SettingsError) as refused:
        record(lambda: of_region(later("localhost"), pooler))
    (problem,) = refused.value.problems
    assert problem.path == "database.host"
    assert problem.remedy == "Give it as plain text, or the address that the sidecar leads to."


def test_a_secret_host_of_a_database_is_refused_at_its_key() -> None:
    with pytest.raises(FindingsError) as refused:
        record(lambda: of_region(pulumi.Output.secret("orders.example.com")))
    assert {(one.code, one.path) for one in refused.value.findings} == {("MCP107", "database.host")}
