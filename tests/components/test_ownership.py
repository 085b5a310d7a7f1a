"""What an update waits for, who owns the number of pods, and which objects have a name of their own."""

from __future__ import annotations

import re
from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp import McpAutoscaling, McpIngress, McpPgBouncer, McpRegion, McpSecrets, McpService
from pulumi_kubernetes_mcp.testing import Recording, record, revealed
from tests.components.case import Case
from tests.components.cases import EVERY, plain_run

SKIP = {"pulumi.com/skipAwait": "true"}
WAIT = {"pulumi.com/waitFor": "condition=Ready"}
SERVICE: dict[str, Any] = {"image": "registry.example/mcp:1.2.0", "namespace": "orders", "health_path": "/healthz"}
SCALER: dict[str, Any] = {"namespace": "orders", "target": "server", "max_replicas": 6}
SESSIONS: dict[str, Any] = {**SCALER, "eras": ["legacy-stateful"], "prometheus_address": "http://prometheus:9090"}
EXTERNAL: dict[str, Any] = {
    "namespace": "orders",
    "source": "external",
    "store_name": "platform",
    "remote": [{"secret_key": "token", "remote_key": "orders"}],
}
ROUTE: dict[str, Any] = {"namespace": "orders", "host": "mcp.example.com", "service_name": "server"}
INGRESS: dict[str, Any] = {**ROUTE, "kind": "ingress"}
REGION: dict[str, Any] = {
    "region": {"name": "us-east"},
    "server": {"image": "registry.example/mcp:1.2.0", "health_path": "/healthz", "eras": ["legacy-stateful"]},
    "workload": {"daily_users": 500.0},
    "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "scaling": {"prometheus_address": "http://prometheus:9090"},
    "secrets": {
        "source": "external",
        "store": {"name": "platform"},
        "remote": {"token": {"key": "orders"}},
        "env": {"API_TOKEN": "token"},
    },
    "accept": [{"code": "MCP306", "reason": "Clients come from many addresses."}],
}


def annotations(run: Recording, kind: str) -> dict[str, Any]:
    """The annotations of the one resource of a kind; empty where it has none."""
    found: dict[str, Any] = run.resource(kind).inputs["metadata"].get("annotations", {})
    return found


def timeouts(run: Recording, kind: str) -> Any:
    """The custom timeouts of the one resource of a kind."""
    return run.resource(kind).options.custom_timeouts


# Awaits


@EVERY
def test_no_service_is_waited_for(case: Case) -> None:
    for service in plain_run(case.id).of_type("Service"):
        given = service.inputs["metadata"]["annotations"]
        assert {name: text for name, text in given.items() if name.startswith("pulumi.com/")} == SKIP


def test_an_external_secret_is_waited_for_unless_told_otherwise() -> None:
    assert annotations(record(lambda: McpSecrets("s", EXTERNAL)), "ExternalSecret") == WAIT
    off = record(lambda: McpSecrets("s", {**EXTERNAL, "await_ready": False}))
    assert annotations(off, "ExternalSecret") == {}


def test_a_scaled_object_is_waited_for_unless_told_otherwise() -> None:
    assert annotations(record(lambda: McpAutoscaling("a", SESSIONS)), "ScaledObject") == WAIT
    off = record(lambda: McpAutoscaling("a", {**SESSIONS, "await_ready": False}))
    assert annotations(off, "ScaledObject") == {}


def waits_announced(component: Any, args: dict[str, Any], *, preview: bool = False) -> list[str]:
    messages = record(lambda: component("x", args), preview=preview).messages
    return [one.text for one in messages if one.severity == "info"]


@pytest.mark.parametrize(
    ("component", "args", "needs", "key"),
    [
        (McpSecrets, EXTERNAL, "the External Secrets Operator", "mcp:awaits.customResources: false"),
        (McpAutoscaling, SESSIONS, "KEDA", "mcp:awaits.customResources: false"),
        (McpIngress, {**ROUTE, "await_ready": True}, "a controller", "mcp:awaits.edge: false"),
    ],
    ids=["secret", "autoscaler", "edge"],
)
def test_what_is_waited_for_is_said_before_with_the_key_that_does_without(
    component: Any, args: dict[str, Any], needs: str, key: str
) -> None:
    """The engine's own message at the end of the wait names neither the condition nor the key."""
    (said,) = waits_announced(component, {**args, "await_timeout_seconds": 77})
    assert said.startswith("An update waits at most 77 s for ")
    assert needs in said
    assert said.endswith(f"To do without: await_ready: false ({key} in a stack file).")
    assert waits_announced(component, {**args, "await_ready": False}) == []
    assert waits_announced(component, args, preview=True) == []


@pytest.mark.grid
def test_a_region_switches_both_off_with_one_key() -> None:
    on = record(lambda: McpRegion("r", REGION))
    off = record(lambda: McpRegion("r", {**REGION, "awaits": {"custom_resources": False}}))
    for kind in ("ExternalSecret", "ScaledObject"):
        assert annotations(on, kind) == WAIT
        assert annotations(off, kind) == {}


def test_the_edge_is_not_waited_for_unless_told_so() -> None:
    accepted = 'jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True'
    route = {"pulumi.com/waitFor": accepted}
    assert "pulumi.com/waitFor" not in annotations(record(lambda: McpIngress("i", ROUTE)), "HTTPRoute")
    assert annotations(record(lambda: McpIngress("i", {**ROUTE, "await_ready": True})), "HTTPRoute") == route
    assert annotations(record(lambda: McpIngress("i", INGRESS)), "Ingress").items() >= SKIP.items()
    waited = record(lambda: McpIngress("i", {**INGRESS, "await_ready": True}))
    assert "pulumi.com/skipAwait" not in annotations(waited, "Ingress")


def test_the_callers_annotations_win() -> None:
    given = {"pulumi.com/skipAwait": "false", "nginx.ingress.kubernetes.io/proxy-body-size": "8m"}
    found = annotations(record(lambda: McpIngress("i", {**INGRESS, "annotations": given})), "Ingress")
    assert found.items() >= given.items()


@pytest.mark.parametrize(
    ("component", "args", "kind", "default"),
    [
        (McpService, SERVICE, "Deployment", "600s"),
        (
            McpPgBouncer,
            {"namespace": "o", "database_host": "db", "secret_name": "s", "pool_size": 5, "max_client_conn": 50},
            "Deployment",
            "600s",
        ),
        (McpSecrets, EXTERNAL, "ExternalSecret", "300s"),
        (McpAutoscaling, SESSIONS, "ScaledObject", "300s"),
        (McpIngress, ROUTE, "HTTPRoute", "300s"),
        (McpIngress, INGRESS, "Ingress", "300s"),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "__name__", ""),
)
def test_how_long_an_update_waits(component: Any, args: dict[str, Any], kind: str, default: str) -> None:
    assert timeouts(record(lambda: component("x", args)), kind) == {"create": default, "update": default}
    longer = record(lambda: component("x", {**args, "await_timeout_seconds": 901}))
    assert timeouts(longer, kind) == {"create": "901s", "update": "901s"}


# Who owns the number of pods


def test_an_autoscaled_count_starts_at_the_minimum_and_is_left_alone() -> None:
    run = record(lambda: McpService("web", {**SERVICE, "min_replicas": 4}))
    deployment = run.resource("Deployment")
    assert deployment.inputs["spec"]["replicas"] == 4
    assert deployment.options.ignore_changes == ("spec.replicas",)
    assert "replicas" not in run.manifest("Deployment")["spec"]


def test_a_new_deployment_may_start_at_what_runs() -> None:
    """In the place of one of another name that has nine pods; the minimum and what follows from it stay."""
    usual = record(lambda: McpService("web", {**SERVICE, "min_replicas": 3}))
    run = record(lambda: McpService("web", {**SERVICE, "min_replicas": 3, "start_replicas": 9}))
    assert run.resource("Deployment").inputs["spec"]["replicas"] == 9
    assert run.resource("Deployment").options.ignore_changes == ("spec.replicas",)
    assert run.manifests() == usual.manifests()


@pytest.mark.grid
def test_a_region_hands_the_first_count_to_its_deployment_alone() -> None:
    run = record(lambda: McpRegion("r", {**REGION, "scaling": {**REGION["scaling"], "start_replicas": 9}}))
    usual = record(lambda: McpRegion("r", REGION))
    assert run.resource("Deployment").inputs["spec"]["replicas"] == 9
    assert run.manifests() == usual.manifests()


def test_a_first_count_needs_an_autoscaler() -> None:
    with pytest.raises(pulumi.RunError, match=r"start_replicas: No autoscaler changes the number"):
        record(lambda: McpService("web", {**SERVICE, "start_replicas": 9, "autoscaled": False}))
    fixed = {**REGION, "scaling": {"autoscaler": "none", "replicas": 5, "start_replicas": 9}}
    run = record(lambda: McpRegion("r", fixed))
    assert run.resource("Deployment").inputs["spec"]["replicas"] == 5
    assert [one.text[:6] for one in run.messages if "tart" in one.text] == ["MCP250"]


def test_a_count_without_an_autoscaler_is_ours() -> None:
    run = record(lambda: McpService("web", {**SERVICE, "min_replicas": 4, "autoscaled": False}))
    assert run.resource("Deployment").options.ignore_changes == ()
    assert run.manifest("Deployment")["spec"]["replicas"] == 4


def test_the_pooler_has_no_autoscaler() -> None:
    args = {"namespace": "o", "database_host": "db", "secret_name": "s", "pool_size": 5, "max_client_conn": 50}
    run = record(lambda: McpPgBouncer("pool", {**args, "instances": 3}))
    assert run.resource("Deployment").options.ignore_changes == ()
    assert run.manifest("Deployment")["spec"]["replicas"] == 3


@pytest.mark.grid
def test_a_region_follows_its_autoscaler() -> None:
    auto = record(lambda: McpRegion("r", REGION))
    server = auto.resource("Deployment")
    assert server.options.ignore_changes == ("spec.replicas",)
    assert server.inputs["spec"]["replicas"] == auto.resource("ScaledObject").inputs["spec"]["minReplicaCount"]
    fixed = {**REGION, "scaling": {"autoscaler": "none", "replicas": 5}}
    plain = record(lambda: McpRegion("r", fixed))
    assert plain.resource("Deployment").options.ignore_changes == ()
    assert plain.manifest("Deployment")["spec"]["replicas"] == 5
    assert not plain.of_type("ScaledObject") + plain.of_type("HorizontalPodAutoscaler")


# Names


REPLACED = {"ConfigMap", "Secret"}
"""Kinds that are never changed but replaced, unless the caller gave a Secret its name."""
BY_OTHERS = ("-extra-", "-rule-file", "-dashboards")
"""In the names of those that are as a caller gives them, and of those that others find by a fixed one."""


@EVERY
def test_every_object_has_a_name_before_it_is_made(case: Case) -> None:
    """An interrupted update forgets a name that the engine made, and leaves the object behind."""
    named = "secret_name" in case.args or "name" in case.args.get("secrets", {})
    for one in plain_run(case.id).resources:
        if one.kubernetes:
            assert one.inputs["metadata"]["name"] == one.physical_name, one.name
        if one.kubernetes and one.kind in REPLACED and not any(part in one.name for part in BY_OTHERS):
            free = one.kind == "ConfigMap" or not named
            assert bool(re.fullmatch(r".+-[0-9a-f]{8}", one.physical_name or "")) is free, one.name
            assert one.inputs["immutable"] is free, one.name


def test_a_secret_from_values_is_immutable_unless_it_is_named() -> None:
    values = {"namespace": "orders", "source": "config", "values": {"token": "x"}}
    free = record(lambda: McpSecrets("s", values))
    drawn = free.resource("RandomId")
    assert free.resource("Secret").inputs["metadata"]["name"] == free.resource("Secret").physical_name
    assert free.resource("Secret").inputs["immutable"] is True
    assert drawn.urn in free.resource("Secret").options.dependencies
    assert drawn.inputs["byteLength"] == 4
    named = record(lambda: McpSecrets("s", {**values, "secret_name": "orders"}))
    assert named.resource("Secret").inputs["metadata"]["name"] == "orders"
    assert named.resource("Secret").inputs["immutable"] is False
    assert named.of_type("RandomId") == ()


def test_the_name_of_a_secret_follows_its_values_and_tells_nothing_about_them() -> None:
    def build(**values: str) -> Recording:
        return record(lambda: McpSecrets("s", {"namespace": "orders", "source": "config", "values": values}))

    def keepers(run: Recording) -> Any:
        return revealed(run.resource("RandomId").inputs["keepers"])

    first = build(token="hunter2", user="app")
    assert keepers(first) == keepers(build(user="app", token="hunter2"))
    assert keepers(first) != keepers(build(token="hunter3", user="app"))
    assert keepers(first) != keepers(build(token="app", user="hunter2"))
    assert first.resource("RandomId").secret_paths == ("keepers.values",)
    assert first.resource("RandomId").options.additional_secret_outputs == ("keepers",)
    # The digits come from the random provider, and are no function of the values.
    name = first.resource("Secret").physical_name
    assert name == build(token="hunter3", user="app").resource("Secret").physical_name
    assert keepers(first)["values"][:8] not in (name or "")
    # Which keys there are is no secret, so a rendered file shows a new name where that is known.
    assert name != build(token="hunter2").resource("Secret").physical_name


@pytest.mark.grid
def test_the_name_of_the_poolers_settings_follows_their_content() -> None:
    args = {"namespace": "o", "database_host": "db", "secret_name": "s", "pool_size": 5, "max_client_conn": 50}

    def name(*, output: bool = False, **change: Any) -> str | None:
        def build() -> None:
            host = {"database_host": pulumi.Output.from_input("db")} if output else {}
            McpPgBouncer("pool", {**args, **change, **host})

        return record(build).resource("ConfigMap").physical_name

    assert re.fullmatch(r"pool-[0-9a-f]{8}", name() or "")
    assert name() == name(instances=3) == name(output=True)
    assert len({name(), name(pool_size=6), name(database_host="other"), name(max_client_conn=51)}) == 4


# The order


def waits_for(run: Recording, kind: str) -> set[str]:
    """Kinds that the one resource of a kind waits for, directly or through others."""
    found: set[str] = set()
    open_ = list(run.resource(kind).options.dependencies)
    while open_:
        one = run.by_urn[open_.pop()]
        if one.urn not in found:
            found.add(one.urn)
            open_ += one.options.dependencies
    return {run.by_urn[urn].kind for urn in found}


def test_objects_come_in_the_order_in_which_they_need_each_other() -> None:
    run = record(lambda: McpRegion("r", REGION))
    assert waits_for(run, "Deployment") >= {"Namespace", "ServiceAccount", "ExternalSecret"}
    assert waits_for(run, "ScaledObject") >= {"Namespace", "Deployment"}
    assert waits_for(run, "HTTPRoute") >= {"Namespace", "Service"}
    assert waits_for(run, "BackendTrafficPolicy") >= {"HTTPRoute"}
    assert waits_for(run, "Namespace") == set()
