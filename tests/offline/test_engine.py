"""The engine runs a real program truthfully, alone, and leaves nothing behind."""

import asyncio
import contextvars
import gc
import os
import sys
import threading
from pathlib import Path

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random
import pytest
from pulumi.runtime import Mocks, set_mocks

from pulumi_kubernetes_mcp.inputs.at_once import AtOnce
from pulumi_kubernetes_mcp.inputs.heading import Heading
from pulumi_kubernetes_mcp.inputs.outputs import FindingsError, validate_input
from pulumi_kubernetes_mcp.offline.engine import run_program
from pulumi_kubernetes_mcp.offline.model import Deployment, Message
from pulumi_kubernetes_mcp.offline.monitor import Recorder
from pulumi_kubernetes_mcp.offline.values import UNKNOWN, Secret
from pulumi_kubernetes_mcp.rules.model import Finding, Severity
from pulumi_kubernetes_mcp.testing import record
from tests.work import executed_lines

from .programs import PROJECT, STACK, Box, generated_secret, server


def run(program, *, preview=False, config=None, secret_keys=()) -> Deployment:
    return run_program(
        program, project=PROJECT, stack=STACK, config=config or {}, secret_keys=secret_keys, preview=preview
    )


def test_urns_hold_the_chain_of_types_without_the_stack():
    deployment = run(lambda: Box("outer"))
    child = deployment.resource("ConfigMap")
    assert child.urn == "urn:pulumi:dev::shop::test:index:Box$kubernetes:core/v1:ConfigMap::outer-settings"
    assert child.parent == "urn:pulumi:dev::shop::test:index:Box::outer"
    assert deployment.resource("Box").parent == "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
    assert deployment.root is not None
    assert deployment.root.parent is None


def test_inputs_are_plain_data_with_whole_numbers():
    spec = run(lambda: server(7)).resource("Deployment").inputs["spec"]
    assert spec["replicas"] == 7
    assert type(spec["replicas"]) is int
    assert spec["template"]["spec"]["containers"] == [{"name": "server", "image": "registry.example/mcp:1.0.0"}]


def test_every_option_reaches_the_record():
    def program():
        provider = k8s.Provider("cluster", namespace="from-provider")
        first = Box("first")
        server(
            depends_on=[first],
            protect=True,
            ignore_changes=["spec.replicas"],
            replace_on_changes=["spec.selector"],
            aliases=[pulumi.Alias(name="old")],
            custom_timeouts=pulumi.CustomTimeouts(create="10m", delete="30s"),
            delete_before_replace=False,
            retain_on_delete=True,
            provider=provider,
        )

    deployment = run(program)
    resource = deployment.resource("Deployment")
    options = resource.options
    # A dependency on a component is one on what it holds.
    assert options.dependencies == (deployment.resource("ConfigMap").urn,)
    assert options.protect is True
    assert options.ignore_changes == ("spec.replicas",)
    assert options.replace_on_changes == ("spec.selector",)
    assert options.aliases[0] == "name=old"
    assert options.custom_timeouts == {"create": "10m", "delete": "30s"}
    assert options.delete_before_replace is False
    assert options.retain_on_delete is True
    assert options.provider is not None
    assert options.provider.startswith("urn:pulumi:dev::shop::pulumi:providers:kubernetes::cluster::")


def test_unset_options_are_none_rather_than_false():
    options = run(lambda: server()).resource("Deployment").options
    assert (options.protect, options.delete_before_replace, options.retain_on_delete) == (None, None, None)
    assert (options.provider, options.import_id, options.deleted_with) == (None, None, None)


def test_dependencies_through_values_are_recorded_by_property():
    def program():
        namespace = k8s.core.v1.Namespace("ns")
        k8s.core.v1.ConfigMap("map", metadata={"namespace": namespace.metadata.name}, data={"a": "b"})

    deployment = run(program)
    options = deployment.resource("ConfigMap").options
    assert options.property_dependencies == {"metadata": (deployment.resource("Namespace").urn,)}


def test_a_name_that_the_provider_chooses_is_the_same_in_every_run_and_for_no_two_resources():
    def program():
        for name in ("a", "b"):
            k8s.core.v1.ConfigMap(name, data={})

    first, second = run(program), run(program)
    names = [first.resource("ConfigMap", name).physical_name for name in ("a", "b")]
    assert names == [second.resource("ConfigMap", name).physical_name for name in ("a", "b")]
    assert [name[:2] for name in names] == ["a-", "b-"]
    assert [len(name) for name in names] == [10, 10]
    assert names[0][2:] != names[1][2:]


@pytest.mark.parametrize(
    ("metadata", "name", "namespace"),
    [
        ({"name": "given", "namespace": "here"}, "given", "here"),
        ({"name": "given"}, "given", "from-provider"),
        ({"generateName": "prefix-", "namespace": "here"}, "prefix-", "here"),
        ({"name": pulumi.Output.secret}, None, "from-provider"),
    ],
)
def test_names_and_namespaces_as_the_provider_fills_them_in(metadata, name, namespace):
    def program():
        values = {key: value("hidden") if callable(value) else value for key, value in metadata.items()}
        provider = k8s.Provider("cluster", namespace="from-provider")
        k8s.core.v1.ConfigMap("map", metadata=values, data={}, opts=pulumi.ResourceOptions(provider=provider))

    resource = run(program).resource("ConfigMap")
    assert resource.namespace == namespace
    if name is None:
        assert resource.physical_name is None
    else:
        assert (resource.physical_name or "").startswith(name)


def test_a_cluster_wide_kind_has_no_namespace():
    resource = run(lambda: k8s.core.v1.Namespace("ns", metadata={"name": "mcp"})).resource("Namespace")
    assert (resource.physical_name, resource.namespace, resource.id) == ("mcp", None, "mcp")


def test_what_only_a_cluster_decides_is_unknown_and_no_apply_sees_it():
    seen: list[object] = []

    def program():
        deployment = server()
        deployment.status.apply(seen.append)
        pulumi.export("status", deployment.status)
        pulumi.export("name", deployment.metadata.name)

    deployment = run(program)
    assert deployment.outputs == {"status": UNKNOWN, "name": "web"}
    assert seen == []


def test_in_preview_no_output_of_a_resource_is_known():
    def program():
        box = Box("box")
        k8s.core.v1.ConfigMap("user", metadata={"name": "fixed"}, data={"name": box.settings_name})
        pulumi.export("dry", pulumi.runtime.is_dry_run())

    known, unknown = run(program), run(program, preview=True)
    assert [r.urn for r in known.resources] == [r.urn for r in unknown.resources]
    assert unknown.resource("ConfigMap", "user").unknown_paths == ("data.name",)
    assert known.resource("ConfigMap", "user").unknown_paths == ()
    assert unknown.resource("Box").registered_outputs == {"settingsName": UNKNOWN}
    assert unknown.resource("ConfigMap", "user").id is None
    assert (known.outputs["dry"], unknown.outputs["dry"]) == (False, True)


def test_secrets_keep_their_envelope_all_the_way():
    deployment = run(lambda: pulumi.export("data", generated_secret().string_data))
    assert deployment.resource("Secret").secret_paths == ("stringData",)
    assert deployment.resource("ConfigMap").secret_paths == ("data.url",)
    assert isinstance(deployment.outputs["data"], Secret)
    password = deployment.resource("Secret").inputs["stringData"].value["password"]
    assert len(password) == 24
    assert password not in repr(deployment)


def test_generated_values_have_the_form_of_the_provider_and_are_secret_where_it_says_so():
    def program():
        pulumi.export("bytes", random.RandomBytes("bytes", length=32).hex)
        pulumi.export("text", random.RandomString("text", length=9).result)
        pulumi.export("id", random.RandomId("id", byte_length=4).hex)
        pulumi.export("number", random.RandomInteger("number", min=3, max=5).result)
        pulumi.export("uuid", random.RandomUuid("uuid").result)

    outputs = run(program).outputs
    assert isinstance(outputs["bytes"], Secret)
    assert len(outputs["bytes"].value) == 64
    assert (len(outputs["text"]), len(outputs["id"]), len(outputs["uuid"])) == (9, 8, 36)
    assert 3 <= outputs["number"] <= 5


def test_two_resources_with_one_urn_are_refused():
    def program():
        k8s.core.v1.ConfigMap("same", data={})
        k8s.core.v1.ConfigMap("same", data={})

    with pytest.raises(pulumi.RunError) as refused:
        run(program)
    assert str(refused.value) == (
        'Two resources have the type kubernetes:core/v1:ConfigMap and the name "same" '
        "(urn:pulumi:dev::shop::kubernetes:core/v1:ConfigMap::same). Give each its own name."
    )


def test_register_outputs_counts():
    def twice():
        box = Box("box")
        box.register_outputs({})

    with pytest.raises(pulumi.RunError, match="register_outputs is called a second time"):
        run(twice)
    never = run(lambda: pulumi.ComponentResource("test:index:Never", "never", None))
    assert never.resource("Never").registered_outputs is None
    assert run(lambda: Box("box")).resource("Box").registered_outputs is not None


def test_an_error_in_an_apply_is_the_error_of_the_run():
    finding = Finding(severity=Severity.ERROR, path="image", code="MCP101", problem="No tag.", remedy="Add one.")

    def program():
        heading = Heading.of("It", list, AtOnce(RuntimeError))
        image = validate_input(pulumi.Output.from_input("nginx"), lambda _: [finding], heading)
        k8s.core.v1.ConfigMap("uses", data={"image": image})
        k8s.core.v1.ConfigMap("waits", data={"a": "b"})

    with pytest.raises(FindingsError) as refused:
        run(program)
    assert refused.value.findings == [finding]


def test_an_apply_that_nobody_uses_still_fails_the_run():
    def program():
        pulumi.Output.from_input(1).apply(lambda _: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        run(program)


def test_an_error_of_the_program_is_raised_as_it_is():
    def program():
        server()
        raise KeyError("missing")

    with pytest.raises(KeyError, match="missing"):
        run(program)


@pytest.mark.parametrize(("code", "fails"), [(0, False), (None, False), (3, True)])
def test_a_program_may_end_itself_but_not_with_an_error(code, fails):
    if fails:
        with pytest.raises(pulumi.RunError, match=r"^The program ended itself with exit code 3\.$"):
            run(lambda: sys.exit(code))
    else:
        assert run(lambda: sys.exit(code)).root is not None


def test_messages_are_kept_in_order_without_debugging():
    def program():
        pulumi.log.debug("hidden")
        pulumi.log.info("one")
        pulumi.log.warn("two")

    assert run(program).messages == (
        Message(severity="info", text="one"),
        Message(severity="warning", text="two"),
    )


def test_what_needs_a_cluster_is_refused_by_name():
    with pytest.raises(pulumi.RunError, match=r'reads the existing kubernetes:core/v1:Service "kube" \(default/kube\)'):
        run(lambda: k8s.core.v1.Service.get("kube", "default/kube"))
    with pytest.raises(pulumi.RunError, match="The program calls aws:index/getRegion:getRegion"):
        run(lambda: pulumi.runtime.invoke("aws:index/getRegion:getRegion", {}))


def test_outputs_of_another_stack_are_unknown_in_a_preview_and_refused_otherwise():
    def program():
        pulumi.export("theirs", pulumi.StackReference("org/network/prod").get_output("vpc"))

    assert run(program, preview=True).outputs == {"theirs": UNKNOWN}
    with pytest.raises(pulumi.RunError, match='reads the outputs of the stack "org/network/prod"'):
        run(program)


@pytest.mark.parametrize("preview", [False, True])
def test_outputs_of_another_stack_are_those_that_a_test_gives(preview):
    def program():
        network = pulumi.StackReference("org/network/prod")
        pulumi.export("zones", network.require_output("zones"))
        pulumi.export("key", network.get_output("key"))

    outputs = {"zones": {"a": 1, "b": [True, "x"]}, "key": Secret("hidden")}
    made = record(program, preview=preview, stack_outputs={"org/network/prod": outputs})
    assert made.outputs == {"zones": {"a": 1, "b": [True, "x"]}, "key": Secret("hidden")}


def test_an_output_of_another_stack_with_a_secret_in_it_is_secret_as_a_whole():
    def program():
        pulumi.export("database", pulumi.StackReference("org/network/prod").get_output("database"))

    for inside in ({"users": [{"password": Secret("hidden")}]}, (1, Secret("hidden"))):
        made = record(program, stack_outputs={"org/network/prod": {"database": inside}})
        assert isinstance(made.outputs["database"], Secret)


def test_an_output_of_another_stack_that_is_no_data_is_named():
    def program():
        pulumi.StackReference("org/network/prod")

    for value in (object(), {1: 2}, {"a": b"x"}):
        with pytest.raises(pulumi.RunError, match=r'The output "vpc" of the stack "org/network/prod" .* is no data'):
            record(program, stack_outputs={"org/network/prod": {"zone": "a", "vpc": value}})


def test_a_reference_of_another_name_is_refused_with_the_name_of_its_stack():
    def program():
        pulumi.StackReference("mine", stack_name="org/network/prod")

    with pytest.raises(pulumi.RunError, match=r'stack_outputs=\{"org/network/prod": '):
        record(program, stack_outputs={"mine": {}})


def test_a_stack_whose_outputs_are_not_given_is_named_with_the_way_to_give_them():
    def program():
        pulumi.StackReference("org/network/prod")

    with pytest.raises(pulumi.RunError, match=r'record\(\.\.\., stack_outputs=\{"org/network/prod": \{\.\.\.\}\}\)'):
        record(program, stack_outputs={"org/network/dev": {}})


def test_configuration_is_what_was_given_and_nothing_else():
    def program():
        config = pulumi.Config("mcp")
        pulumi.export("server", config.get_object("server"))
        pulumi.export("key", config.get_secret("key"))

    first = run(program, config={"mcp:server": '{"port": 3000}', "mcp:key": "k"}, secret_keys=["mcp:key"])
    assert first.outputs == {"server": {"port": 3000}, "key": Secret("k")}
    assert run(program).outputs == {}


def global_state():
    """What Pulumi knows in a context that has set nothing itself."""
    settings = pulumi.runtime.settings
    return contextvars.Context().run(
        lambda: (pulumi.get_stack(), pulumi.get_project(), settings.get_monitor(), settings.is_dry_run())
    )


def test_nothing_of_a_run_stays_behind():
    before = global_state()
    run_program(lambda: server(), project="else", stack="where", config={"mcp:server": "{}"}, preview=True)
    with pytest.raises(KeyError):
        run(lambda: {}["fails"])
    assert global_state() == before
    assert not isinstance(before[2], Recorder)
    assert pulumi.Config("mcp").get("server") is None


def test_the_garbage_collector_works_as_before():
    usual = gc.get_threshold()
    try:
        gc.set_threshold(701, 11, 12)
        run(lambda: server())
        assert gc.get_threshold() == (701, 11, 12)
    finally:
        gc.set_threshold(*usual)


def test_a_run_does_not_disturb_the_mocks_of_the_caller():
    class Echo(Mocks):
        def new_resource(self, args):
            return args.name, args.inputs

        def call(self, args):
            return args.args

    def outer():
        set_mocks(Echo(), project="mine", stack="own")
        run(lambda: server())
        return pulumi.get_project(), pulumi.get_stack()

    async def in_a_loop():
        return outer()

    with asyncio.Runner() as runner:
        assert runner.run(in_a_loop()) == ("mine", "own")


def test_a_run_inside_an_event_loop_works_and_raises():
    async def main():
        ok = run(lambda: server())
        with pytest.raises(KeyError):
            run(lambda: {}["fails"])
        return ok

    assert asyncio.run(main()).resource("Deployment").physical_name == "web"


def test_runs_in_several_threads_take_turns():
    results: dict[int, Deployment] = {}
    threads = [threading.Thread(target=lambda n=n: results.setdefault(n, run(lambda: server(n + 1)))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [results[n].resource("Deployment").inputs["spec"]["replicas"] for n in range(4)] == [1, 2, 3, 4]


def test_a_function_works_in_the_directory_of_the_project_and_is_told_it(tmp_path):
    before, seen = os.getcwd(), []

    def program():
        seen.append((os.getcwd(), pulumi.get_root_directory()))

    def failing():
        program()
        raise RuntimeError("no")

    given = {"project": PROJECT, "stack": STACK, "config": {}, "directory": Path(os.path.relpath(tmp_path))}
    run_program(program, **given)
    with pytest.raises(RuntimeError, match="no"):
        run_program(failing, **given)
    assert seen == [(str(tmp_path), str(tmp_path))] * 2
    assert os.getcwd() == before
    run(program)
    assert seen[2][0] == before


def test_a_program_file_runs_in_its_directory_with_its_neighbours(tmp_path):
    for name in ("one", "two"):
        directory = tmp_path / name
        directory.mkdir()
        directory.joinpath("helper.py").write_text(f"NAME = '{name}'\n")
        directory.joinpath("note.txt").write_text(name)
        directory.joinpath("__main__.py").write_text(
            "import sys, pulumi\nfrom pathlib import Path\nimport helper\n"
            "sys.path.insert(0, 'leaked')\n"
            "pulumi.export('helper', helper.NAME)\npulumi.export('note', Path('note.txt').read_text())\n"
        )
    before = (os.getcwd(), list(sys.path))
    assert [run(tmp_path / name / "__main__.py").outputs for name in ("one", "two")] == [
        {"helper": "one", "note": "one"},
        {"helper": "two", "note": "two"},
    ]
    assert (os.getcwd(), list(sys.path)) == before
    assert "helper" not in sys.modules


def test_two_runs_of_one_program_are_equal():
    def program():
        generated_secret()
        Box("box")
        server()

    assert run(program) == run(program)


@pytest.mark.grid
def test_work_grows_with_the_number_of_resources_and_no_faster():
    def program(count):
        for number in range(count):
            k8s.core.v1.ConfigMap(f"map-{number}", metadata={"name": f"map-{number}"}, data={"a": "b"})

    run(lambda: program(1))
    few, many = (executed_lines(lambda: run(lambda: program(count))) / count for count in (25, 100))  # noqa: B023
    assert 100 < many < 1.2 * few
