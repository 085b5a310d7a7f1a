"""Every component in four modes: the least, everything, nothing known yet, everything secret; and twice in a stack."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any, get_args, is_typeddict

import pulumi
import pytest

from pulumi_kubernetes_mcp import FindingsError
from pulumi_kubernetes_mcp.offline.manifests import manifests
from pulumi_kubernetes_mcp.testing import Recording, Resource, Secret, Unknown, record, revealed
from tests.components.case import MARK, PROJECT, Case, get_type_hints, input_paths, later, unknown, with_inputs
from tests.components.cases import CASES, EVERY, NAMES, plain_run
from tests.contract.canonical import without_digest
from tests.rendered.objects import WORKLOADS

PART = "app.kubernetes.io/component"
CALLERS = ("load-test", "chaos")

WARNINGS = {
    "McpService-minimal": ["MCP122", "MCP105"],
    "McpService-full": ["MCP188"],
    "McpService-started": ["MCP122"],
    "McpService-promoted": ["MCP122"],
    "McpService-asked": ["MCP122"],
    "McpRegion-minimal": ["MCP362", "MCP105"],
    "McpRegion-aware": ["MCP620", "MCP118"],
    "McpRegion-external": ["MCP105", "MCP324"],
    "McpRegion-measured": ["MCP521"],
    "McpRegion-internal": ["MCP619"],
    "McpAutoscaling-hpa": ["MCP212", "MCP254"],
    "McpRegion-full": ["MCP356", "MCP250", "MCP250", "MCP351"],
    "McpRegion-metered": ["MCP362", "MCP212"],
}
"""What a component says of arguments that it can live with."""


def shape(run: Recording) -> set[tuple[str, str, str | None]]:
    """What was registered: type, name and parent of each resource."""
    return {(one.type, without_digest(one.name), one.parent) for one in run.resources}


def texts(value: Any) -> Iterable[str]:
    """All texts in plain data, keys besides values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def marked(value: Any) -> bool:
    """Whether the mark can be read in the data without opening a secret."""
    return any(MARK in text for text in texts(value))


def states(one: Resource) -> tuple[Any, ...]:
    """What the engine stores of a resource."""
    return one.inputs, one.registered_outputs or {}


def given_keys(hint: Any, value: Any, path: str = "") -> set[str]:
    """The keys of argument types that ``value`` gives, as ``Type.key``."""
    if is_typeddict(hint):
        found = {f"{hint.__name__}.{key}" for key in value}
        for key in value:
            found |= given_keys(get_type_hints(hint)[key], value[key])
        return found
    found = set()
    if not get_args(hint):
        return found
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for item in items if get_args(hint) else ():
        found |= given_keys(get_args(hint)[-1], item)
    return found


def all_keys(hint: Any, seen: set[str] | None = None) -> set[str]:
    """All keys that an argument type and the types in it have."""
    if is_typeddict(hint):
        found = set()
        for key, inner in get_type_hints(hint).items():
            # The groups of one of several servers are those of a region; test_region_door.py gives some.
            if (hint.__name__, key) != ("McpRegionArgs", "servers"):
                found |= {f"{hint.__name__}.{key}"} | all_keys(inner)
        return found
    return set().union(*(all_keys(inner) for inner in get_args(hint)))


def in_one_order(value: Any, key: str = "") -> Any:
    """A manifest with variables by name: one whose value comes later may refer to any other, and stands at the end."""
    if isinstance(value, Mapping):
        return {name: in_one_order(item, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        items = [in_one_order(item) for item in value]
        return sorted(items, key=lambda one: str(one["name"])) if key == "env" else items
    return value


@pytest.mark.parametrize("component", NAMES)
def test_the_cases_give_every_key(component: str) -> None:
    used = [case for case in CASES if case.component == component]
    assert set().union(*(given_keys(case.args_type, case.args) for case in used)) == all_keys(used[0].args_type)


@EVERY
def test_the_mark_is_where_outputs_may_stand_and_nowhere_else(case: Case) -> None:
    assert marked(case.args) == bool(list(input_paths(case.args_type, case.args)))
    hidden = with_inputs(case.args, case.args_type, lambda value: value.replace(MARK, ""))
    # A patch names an object as it is called in the end, be that by an Output.
    assert not marked({key: value for key, value in hidden.items() if key != "patches"})


@pytest.mark.grid
@EVERY
def test_plain_values_make_objects_without_a_warning(case: Case) -> None:
    run = plain_run(case.id)
    warned = [message.text.partition(" ")[0] for message in run.messages if message.severity != "info"]
    assert warned == WARNINGS.get(case.id, [])
    assert not any(one.unknown_paths for one in run.resources)
    if not case.secret_paths:
        assert not any(one.secret_paths for one in run.resources)


def closed(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """A NetworkPolicy without the openings for what calls the Service in place of the public name."""
    if manifest["kind"] != "NetworkPolicy":
        return manifest

    def is_caller(way: Mapping[str, Any]) -> bool:
        labels = [one.get("podSelector", {}).get("matchLabels", {}) for one in way["from"]]
        return any(one == {"app": "k6"} or one.get(PART) in CALLERS for one in labels)

    ways = [way for way in manifest["spec"].get("ingress", ()) if not is_caller(way)]
    return {**manifest, "spec": {**manifest["spec"], "ingress": ways}}


@pytest.mark.grid
@EVERY
def test_known_outputs_make_the_same_objects(case: Case) -> None:
    run = case.run(change=later)
    assert shape(run) == shape(plain_run(case.id))
    found, plain = (
        # A load test and an experiment hold the URL as text: with a host that is an Output they call the Service, which
        # lets them in.
        [closed(one) for one in made.manifests() if one["metadata"]["labels"].get(PART) not in CALLERS]
        if case.component == "McpRegion"
        else made.manifests()
        for made in (run, plain_run(case.id))
    )
    assert [in_one_order(one) for one in found] == [in_one_order(one) for one in plain]


@EVERY
def test_unknown_inputs_make_the_same_children_in_a_preview(case: Case) -> None:
    run = case.run(change=unknown, preview=True)
    assert shape(run) == shape(plain_run(case.id))
    assert not any(marked(state) for one in run.resources for state in states(one))


@pytest.mark.grid
@EVERY
def test_a_preview_of_plain_values_makes_the_same_children(case: Case) -> None:
    assert shape(case.run(preview=True)) == shape(plain_run(case.id))


@EVERY
def test_secret_inputs_are_nowhere_in_clear_and_change_no_value(case: Case) -> None:
    run, plain = case.run(change=pulumi.Output.secret), plain_run(case.id)
    assert shape(run) == shape(plain)
    secret = {without_digest(one.urn): one for one in run.resources}
    for one in plain.resources:
        if one.name != "test-test":
            assert revealed(secret[without_digest(one.urn)].inputs) == revealed(one.inputs), one.name
    clear = {case.at(path) for path in input_paths(case.args_type, case.args) if case.in_clear(path)}

    def marked_texts(body: Any) -> set[str]:
        """Texts with the mark, without those that hold it as a part of what is in clear: a load test's script, and the
        file of a probe."""
        found = {text for text in texts(body) if MARK in text}
        scripts = {text for text in found if text.startswith(("// A load test", '{\n "endpoints"'))}
        hosts = sorted((text for text in clear if MARK in text), key=len, reverse=True)
        for script in scripts:
            rest = script
            for host in hosts:
                rest = rest.replace(host, "")
            assert MARK not in rest
        return found - scripts

    if case.component == "McpRegion" and "host" in case.args["edge"]:
        clear.add(f"https://{case.args['edge']['host']}/mcp")
        clear.add(",".join([case.args["edge"]["host"], *case.args["edge"].get("hosts", [])]))
    for one in run.resources:
        assert set().union(*(marked_texts(state) for state in states(one))) <= clear, one.name
    for manifest in manifests(run):
        assert marked_texts(manifest.body) <= clear, manifest.name
    assert not [message.text for message in run.messages if MARK in message.text]


def test_plain_values_of_a_secret_become_secrets() -> None:
    """``data`` is base64, which hides a value from a reader and from the tests above, and from nobody else."""
    secret = plain_run("McpSecrets-config").resource("Secret")
    assert secret.secret_paths == ("data",)
    assert revealed(secret.inputs["data"])["token"] == b64encode(b"qq-token").decode()


READ_BY_NOTHING = {
    ("McpSecrets-minimal", ("namespace",)),  # A Secret that exists is named, and not looked for.
    ("McpIngress-traefik", ("dns", "health_check_id")),  # The record is withdrawn while the region is drained.
    ("McpMonitoring-files", ("authority", "config_map")),  # Rules alone, and no monitor that would scrape by TLS.
}
EACH_INPUT = [
    pytest.param(
        case,
        path,
        id=f"{case.id}-{'.'.join(map(str, path))}",
        # What reaches nothing shows in tests/keys too, and what is in clear above; here it is by its path.
        marks=[pytest.mark.grid] * (case.variant not in ("minimal", "config", "started")),
    )
    for case in CASES
    for path in input_paths(case.args_type, case.args)
    if (case.id, path) not in READ_BY_NOTHING
]


@pytest.mark.parametrize(("case", "path"), EACH_INPUT)
def test_each_input_reaches_what_the_component_makes(case: Case, path: tuple[Any, ...]) -> None:
    """An input that goes nowhere, or a secret that is opened on its way, shows up here by its path."""
    hidden = record(lambda: case.build(change=unknown, only=[path]), preview=True, directory=PROJECT)
    assert any(holds(state, Unknown) for one in hidden.resources for state in states(one))

    def build() -> None:
        case.build(change=pulumi.Output.secret, only=[path])

    if case.in_clear(path):
        with pytest.raises(FindingsError, match=r"MCP107|MCP638"):
            record(build, directory=PROJECT)
        return
    secret = record(build, directory=PROJECT)
    assert any(holds(state, Secret) for one in secret.resources for state in states(one))
    text = case.at(path)
    if not is_elsewhere(case, path, text):
        for one in secret.resources:
            assert not any(text in found for state in states(one) for found in texts(state)), one.name


def is_elsewhere(case: Case, path: tuple[Any, ...], text: str) -> bool:
    """Whether another argument holds the same text, in clear; two letters stand in any digest."""
    if len(text) < 4:
        return True
    rest = with_inputs(case.args, case.args_type, lambda _: "", only=[path])
    return any(text in found for found in texts(rest))


def holds(value: Any, wanted: type) -> bool:
    """Whether a marker of that kind is anywhere in the data."""
    if isinstance(value, wanted):
        return True
    if isinstance(value, Mapping):
        return any(holds(item, wanted) for item in value.values())
    return isinstance(value, list) and any(holds(item, wanted) for item in value)


@pytest.mark.grid
@EVERY
def test_two_in_one_stack_do_not_meet(case: Case) -> None:
    """Neither in the engine, which refuses equal URNs, nor in the cluster, which refuses equal names; and no Deployment
    selects the other's pods.
    """
    run = record(lambda: [case.named("-a").build("first"), case.named("-b").build("second")], directory=PROJECT)
    alone = len(plain_run(case.id).resources) - 1
    assert len(run.resources) == 2 * alone + 1
    assert len(run.manifests()) == 2 * len(plain_run(case.id).manifests())
    selectors = [
        (one["metadata"]["namespace"], sorted(one["spec"]["selector"]["matchLabels"].items()))
        for one in run.manifests()
        if one["kind"] in WORKLOADS
    ]
    assert len(selectors) == len({str(selector) for selector in selectors})
