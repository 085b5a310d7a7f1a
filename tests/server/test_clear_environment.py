"""What stands in clear in the Deployment holds no secret, however the secret came to be one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from pulumi_kubernetes_mcp import FindingsError, McpService
from pulumi_kubernetes_mcp.testing import Recording, record

VALUE = "hunter2-hunter2"


def service(value: Callable[[], Any], variable: str = "REGION", *, preview: bool = False) -> Recording:
    """The run of a server with one environment variable, whose value is made in the program."""
    return record(
        lambda: McpService(
            "web", {"image": "registry.example/mcp:1.2.0", "namespace": "mcp", "env": {variable: value()}}
        ),
        preview=preview,
        config={"test:plain": "eu", "test:secret": VALUE},
        secret_keys=["test:secret"],
    )


SECRETS: dict[str, Callable[[], Any]] = {
    "an Output made secret": lambda: pulumi.Output.secret(VALUE),
    "a generated password": lambda: random.RandomPassword("password", length=16).result,
    "encrypted configuration": lambda: pulumi.Config().require_secret("secret"),
    "a text with a secret in it": lambda: pulumi.Output.concat("id=", pulumi.Config().require_secret("secret")),
    "an unknown secret": lambda: pulumi.Output.secret(pulumi.Output.from_input(pulumi.UNKNOWN)),
}


@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
@pytest.mark.parametrize("value", SECRETS.values(), ids=SECRETS)
def test_a_secret_output_is_refused_before_the_deployment_is_registered(
    value: Callable[[], Any], preview: bool
) -> None:
    with pytest.raises(FindingsError) as refused:
        service(value, preview=preview)
    assert str(refused.value) == (
        'McpService "web" cannot work:\n'
        "  MCP107 env.REGION: The variable REGION is a secret Output, and would stand in clear in the Deployment. "
        "Keep the value in a Secret, as McpSecrets does with the source 'config', and name its key under secret_env. "
        "If it is no secret: pulumi.Output.unsecret(value)."
    )


CLEAR: dict[str, Callable[[], Any]] = {
    "a text": lambda: "eu",
    "an Output": lambda: pulumi.Output.from_input("eu"),
    "configuration": lambda: pulumi.Output.from_input(pulumi.Config().require("plain")),
    "what was declared to be no secret": lambda: pulumi.Output.unsecret(pulumi.Output.secret("eu")),
}


@pytest.mark.parametrize("value", CLEAR.values(), ids=CLEAR)
def test_what_is_no_secret_passes_unchanged(value: Callable[[], Any]) -> None:
    (container,) = service(value).manifest("Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [{"name": "HOME", "value": "/tmp"}, {"name": "REGION", "value": "eu"}]


def test_an_unknown_value_that_is_no_secret_stays_unknown() -> None:
    run = service(lambda: pulumi.Output.from_input(pulumi.UNKNOWN), preview=True)
    assert run.resource("Deployment").unknown_paths == ("spec.template.spec.containers[0].env[1].value",)


def test_an_output_is_judged_by_name_and_form_too() -> None:
    with pytest.raises(FindingsError, match=r"MCP107 env.API_TOKEN: .* holds a secret in clear") as refused:
        service(lambda: pulumi.Output.from_input(VALUE), "API_TOKEN")
    assert VALUE not in str(refused.value)
