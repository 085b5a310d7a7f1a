"""An object reaches the engine as the SDK's own class for its kind would hand it over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from pulumi_kubernetes_mcp.kubernetes.made import Made
from pulumi_kubernetes_mcp.kubernetes.registering import KubernetesObject
from pulumi_kubernetes_mcp.testing import Recording, record

META = {"name": "web", "namespace": "mcp", "labels": {"app": "web"}}
POD = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "server", "image": "web:1.0.0"}]}}
WORKLOAD = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": POD}
ROLE = {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
KINDS: Mapping[str, tuple[Callable[..., pulumi.Resource], Made, Mapping[str, Any]]] = {
    "Deployment": (
        k8s.apps.v1.Deployment,
        Made("apps/v1", "Deployment", {"metadata": META, "spec": WORKLOAD}),
        {"metadata": META, "spec": WORKLOAD},
    ),
    "ConfigMap": (
        k8s.core.v1.ConfigMap,
        Made("v1", "ConfigMap", {"metadata": META, "binaryData": {"a": "YQ=="}, "data": {"my_key": "b"}}),
        {"metadata": META, "binary_data": {"a": "YQ=="}, "data": {"my_key": "b"}},
    ),
    "Secret": (
        k8s.core.v1.Secret,
        Made("v1", "Secret", {"metadata": META, "type": "Opaque", "data": {"a": "YQ=="}, "stringData": {"b": "c"}}),
        {"metadata": META, "type": "Opaque", "data": {"a": "YQ=="}, "string_data": {"b": "c"}},
    ),
    "Secret without values": (
        k8s.core.v1.Secret,
        Made("v1", "Secret", {"metadata": {"name": "empty"}}),
        {"metadata": {"name": "empty"}},
    ),
    "Role": (
        k8s.rbac.v1.Role,
        Made("rbac.authorization.k8s.io/v1", "Role", {"metadata": META, **ROLE}),
        {"metadata": META, **ROLE},
    ),
    "custom resource": (
        k8s.apiextensions.CustomResource,
        Made("keda.sh/v1alpha1", "ScaledObject", {"metadata": META, "spec": {"minReplicaCount": 3}}),
        {
            "metadata": META,
            "spec": {"minReplicaCount": 3},
            "api_version": "keda.sh/v1alpha1",
            "kind": "ScaledObject",
        },
    ),
}


def options() -> pulumi.ResourceOptions:
    """Options as a component gives them."""
    return pulumi.ResourceOptions(
        ignore_changes=["spec.replicas"], custom_timeouts=pulumi.CustomTimeouts(create="60s"), retain_on_delete=True
    )


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_gets_what_the_sdks_class_gives_it(kind: str, preview: bool) -> None:
    of_sdk, made, arguments = KINDS[kind]

    def registered(program: Callable[[], object]) -> Any:
        run = record(lambda: program() and None, preview=preview)
        (one,) = [one for one in run.resources if one.kubernetes]
        # The SDK names the versions that the kind once had; no release of this package made an object of those.
        return replace(one, options=replace(one.options, aliases=()))

    mine = registered(lambda: KubernetesObject("it", made, options()))
    assert mine == registered(lambda: of_sdk("it", **arguments, opts=options()))
    assert mine.options.version


@pytest.mark.parametrize("preview", [False, True])
def test_its_name_and_namespace_are_known_when_the_provider_knows_them(preview: bool) -> None:
    seen: dict[str, list[Any]] = {"ours": [], "sdk": []}

    def program() -> None:
        ours = KubernetesObject("ours", Made("v1", "ConfigMap", {"metadata": {"namespace": "mcp"}}), options())
        of_sdk = k8s.core.v1.ConfigMap("sdk", metadata={"namespace": "mcp"})
        for name, given in (("ours", ours.object_name), ("ours", ours.object_namespace)):
            given.apply(seen[name].append)
        of_sdk.metadata.name.apply(seen["sdk"].append)
        of_sdk.metadata.namespace.apply(seen["sdk"].append)

    run: Recording = record(program, preview=preview)
    named = [run.resource("ConfigMap", name).physical_name for name in ("ours", "sdk")]
    assert seen == ({"ours": [], "sdk": []} if preview else {"ours": [named[0], "mcp"], "sdk": [named[1], "mcp"]})
