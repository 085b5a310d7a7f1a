"""Whether a cluster takes the patch of an envelope: recorded answers."""

from __future__ import annotations

from typing import Any

import yaml

from pulumi_kubernetes_mcp.doctor.judge import may, questions
from pulumi_kubernetes_mcp.doctor.model import Answer, Question, Snapshot, State
from pulumi_kubernetes_mcp.doctor.needs import needs
from pulumi_kubernetes_mcp.doctor.patches import ENVOY_GATEWAY, gateway_of, patches
from pulumi_kubernetes_mcp.edge.envelope import envelope_policy
from tests.edge.test_envelope import ENVELOPE

PATCHED = ("gateway-system", "public", "https")
GATEWAY = gateway_of("gateway-system", "public")


def configured(**content: Any) -> Answer:
    return Answer({"data": {"envoy-gateway.yaml": yaml.safe_dump(content)}})


ON = configured(extensionApis={"enableEnvoyPatchPolicy": True})


def listening(**ports: int) -> Answer:
    return Answer({"spec": {"listeners": [{"name": name, "port": port} for name, port in ports.items()]}})


def states(configuration: Answer, gateway: Answer) -> list[State]:
    answers: dict[Question, Answer] = {ENVOY_GATEWAY: configuration, GATEWAY: gateway}
    return [line.state for line in patches([PATCHED], Snapshot("here", answers))]


def test_a_stack_with_an_envelope_asks_and_others_do_not() -> None:
    made = envelope_policy(ENVELOPE, await_ready=False)
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "namespace": "shop"}}
    wanted = needs([{"apiVersion": made.api_version, "kind": made.kind, **made.body}, config_map])
    assert (wanted.namespace, wanted.patched) == ("shop", (PATCHED,))
    assert ENVOY_GATEWAY in questions(wanted)
    assert may("create", "envoypatchpolicies.gateway.envoyproxy.io", "gateway-system") in questions(wanted)
    assert ENVOY_GATEWAY not in questions(needs([config_map]))
    assert not list(patches([], Snapshot("here", {})))


def test_the_configuration_of_envoy_gateway_decides() -> None:
    there = listening(https=443)
    assert states(ON, there) == [State.OK, State.OK]
    assert states(configured(extensionApis={"enableEnvoyPatchPolicy": False}), there)[0] is State.MISSING
    assert states(configured(), there)[0] is State.MISSING
    assert states(Answer(), there)[0] is State.UNSURE
    assert states(Answer(refused="forbidden"), there)[0] is State.UNSURE


def test_the_listener_has_to_be_called_as_it_is_patched() -> None:
    assert states(ON, listening(http=80, https=443))[1] is State.OK
    assert states(ON, listening(other=443, https=443))[1] is State.MISSING
    assert states(ON, listening(https=443, other=443))[1] is State.OK
    by_port = configured(extensionApis={"enableEnvoyPatchPolicy": True}, runtimeFlags={"enabled": ["XDSNameSchemeV2"]})
    assert states(by_port, listening(https=443)) == [State.OK, State.MISSING]
