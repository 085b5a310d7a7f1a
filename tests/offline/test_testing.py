"""The helper for users' tests: finds what there is, and says what there is when it does not find."""

import pulumi
import pulumi_kubernetes as k8s
import pytest

from pulumi_kubernetes_mcp import testing
from pulumi_kubernetes_mcp.testing import Secret, record

from .programs import Box, generated_secret, server


def two_boxes():
    Box("left")
    Box("right")
    server()


def test_a_resource_is_found_by_token_or_kind_and_name():
    run = record(two_boxes)
    one = run.resource("kubernetes:core/v1:ConfigMap", "left-settings")
    assert one is run.resource("ConfigMap", "left-settings")
    assert run.resource("Deployment").name == "server"
    assert [r.name for r in run.of_type("Box")] == ["left", "right"]


def test_children_are_found_by_name_or_by_component():
    run = record(two_boxes)
    assert [child.name for child in run.children("right")] == ["right-settings"]
    assert run.children(run.resource("Box", "right")) == run.children("right")


@pytest.mark.parametrize(
    ("look", "message"),
    [
        (
            lambda run: run.resource("ConfigMap"),
            '2 resources are ConfigMap: ConfigMap "left-settings", ConfigMap "right-settings". '
            "Give the full type or a name.",
        ),
        (
            lambda run: run.resource("Deployment", "web"),
            'No resource is Deployment "web". Of that type there are: Deployment "server".',
        ),
        (lambda run: run.resource("Deploymnet"), "No resource is Deploymnet. Types there are: Deployment."),
        (
            lambda run: run.children("middle"),
            'No component is called "middle". There are: Box "left", Box "right".',
        ),
        (lambda run: run.manifest("Secret"), "0 objects are Secret. There are: "),
    ],
)
def test_a_miss_says_what_there_is(look, message):
    with pytest.raises(LookupError) as missed:
        look(record(two_boxes))
    assert missed.value.args[0].startswith(message)


def test_configuration_may_be_plain_data():
    def program():
        config = pulumi.Config("mcp")
        pulumi.export("server", config.require_object("server"))
        pulumi.export("flag", config.require_bool("flag"))
        pulumi.export("token", config.require_secret("token"))

    run = record(
        program, config={"mcp:server": {"port": 1}, "mcp:flag": True, "mcp:token": "t"}, secret_keys=["mcp:token"]
    )
    assert run.outputs == {"server": {"port": 1}, "flag": True, "token": Secret("t")}


def test_an_assertion_inside_an_apply_is_not_lost():
    def program():
        box = Box("box")
        box.settings_name.apply(lambda name: pytest.fail(f"seen {name}"))

    with pytest.raises(pytest.fail.Exception, match="seen box-settings-"):
        record(program)


def test_manifests_are_rendered_objects():
    run = record(generated_secret)
    assert [m["metadata"]["name"] for m in run.manifests()] == ["leak", "credentials"]
    assert run.manifest("ConfigMap")["data"] == {"url": "[secret]"}


def test_the_result_of_the_function_does_not_matter():
    assert record(lambda: k8s.core.v1.ConfigMap("a", data={})).resource("ConfigMap").name == "a"


def test_everything_that_is_offered_exists():
    assert all(hasattr(testing, name) for name in testing.__all__)
