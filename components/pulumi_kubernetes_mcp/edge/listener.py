"""What is said of the listener that a route attaches to: it stands beside the Gateway and holds for every route there.

Pure. Envoy Gateway is told by fields of its own where it has some, otherwise by a patch of what it makes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from ..kubernetes import objects as common
from ..kubernetes.made import Made
from ..kubernetes.network import NAMESPACE_NAME
from ..kubernetes.objects import Spec
from . import clients
from .spec import EdgeSpec

ENVOY, KGATEWAY = "gateway.envoyproxy.io/v1alpha1", "gateway.kgateway.dev/v1alpha1"
GATEWAY_API, LISTENER_SET, SECTION = "gateway.networking.k8s.io/v1", "ListenerSet", "https"
ISSUER = "cert-manager.io/cluster-issuer"
PATCH_POLICY, CLIENT_POLICY = "EnvoyPatchPolicy", "ClientTrafficPolicy"
PROGRAMMED = 'jsonpath={.status.ancestors[0].conditions[?(@.type=="Programmed")].status}=True'
"""Envoy Gateway reports False where it is not allowed to patch, or does not find what is named."""
TYPES = "type.googleapis.com/"
MANAGER = "$..filters[?(@.name=='envoy.filters.network.http_connection_manager')]"
"""What serves HTTP, in whatever filter chain of a listener."""
MOST_HEADERS = 8192 * 1024
"""The largest headers that Envoy can be told to take, in bytes."""


def listener_objects(edge: EdgeSpec, *, await_ready: bool) -> dict[str, Made]:
    """The objects by the suffix of their resource; none where nothing is said of the listener."""
    return {
        suffix: beside_gateway(edge, version, kind, suffix, spec, waiting(await_ready and kind == PATCH_POLICY))
        for suffix, version, kind, spec in _specs(edge)
    }


def _specs(edge: EdgeSpec) -> Iterator[tuple[str, str, str, Spec]]:
    size, told = None if edge.max_headers is None else kibibytes(edge.max_headers), edge.client_address
    if edge.row.name == "kgateway":
        listener, http = ({}, {}) if told is None else clients.kgateway_settings(told)
        http |= {} if size is None else {"maxRequestHeadersKb": size}
        settings = {**listener, **({"httpSettings": http} if http else {})}
        if settings:
            yield "listener", KGATEWAY, "ListenerPolicy", {"targetRefs": [gateway(edge)], "default": settings}
        return
    if size is not None and edge.gateway_section is not None:
        operation = {"jsonPath": MANAGER, "path": "/typed_config/max_request_headers_kb", "value": size}
        changed = patch("envoy.config.listener.v3.Listener", listener_name(edge), operation)
        yield (
            "headers",
            ENVOY,
            PATCH_POLICY,
            {"type": "JSONPatch", "targetRef": gateway(edge), "jsonPatches": [changed]},
        )
    if told is not None:
        # Of two policies at one listener the newer is not applied, so everything that one can say stands in one.
        yield "client", ENVOY, CLIENT_POLICY, {"targetRefs": [listener_of(edge)], **clients.envoy_settings(told)}


def kibibytes(size: int) -> int:
    """Whole KiB, rounded up."""
    return -(-size // 1024)


def gateway(edge: EdgeSpec) -> Spec:
    """How an object beside the Gateway names it."""
    return {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": edge.gateway_name}


def listener_of(edge: EdgeSpec) -> Spec:
    """How a policy names the listener that the route attaches to; the whole Gateway where it attaches to all."""
    section = {} if edge.gateway_section is None else {"sectionName": edge.gateway_section}
    target = {**gateway(edge), "kind": LISTENER_SET, "name": edge.route_name} if edge.listener_set else gateway(edge)
    return {**target, **section}


def own_listener(edge: EdgeSpec) -> Spec:
    """A listener with TLS for the hosts of the route, which routes of its namespace alone attach to.

    cert-manager reads the host of a listener, and in a ListenerSet it tells the listener from those of the Gateway; a
    Gateway of one's own takes what its routes name.
    """
    named = edge.listener_set or edge.cluster_issuer is not None
    beside = edge.listener_set or edge.namespace == edge.gateway_namespace
    of_server = {"from": "Selector", "selector": {"matchLabels": {NAMESPACE_NAME: edge.namespace}}}
    return {
        "name": edge.gateway_section or SECTION,
        "protocol": "HTTPS",
        "port": 443,
        **({"hostname": edge.hosts[0]} if named else {}),
        "tls": {
            "mode": "Terminate",
            "certificateRefs": [{"group": "", "kind": "Secret", "name": edge.tls_secret}],
        },
        "allowedRoutes": {"namespaces": {"from": "Same"} if beside else of_server},
    }


def own_gateway(edge: EdgeSpec) -> Made:
    """The Gateway of a route's own."""
    spec = {"gatewayClassName": edge.gateway_class, "listeners": [own_listener(edge)]}
    labels = common.labels(edge.route_name, "edge")
    metadata = common.metadata(edge.gateway_name, edge.gateway_namespace, labels, _issuer(edge))
    return Made(GATEWAY_API, "Gateway", {"metadata": metadata, "spec": spec})


def listener_set(edge: EdgeSpec) -> Made:
    """What adds the listener to a Gateway of others, beside the route."""
    parent = {**gateway(edge), "namespace": edge.gateway_namespace}
    spec = {"parentRef": parent, "listeners": [own_listener(edge)]}
    labels = common.labels(edge.route_name, "edge")
    metadata = common.metadata(edge.route_name, edge.namespace, labels, _issuer(edge))
    return Made(GATEWAY_API, LISTENER_SET, {"metadata": metadata, "spec": spec})


def _issuer(edge: EdgeSpec) -> dict[str, pulumi.Input[str]] | None:
    return None if edge.cluster_issuer is None else {ISSUER: edge.cluster_issuer}


def listener_name(edge: EdgeSpec) -> pulumi.Input[str]:
    """What Envoy Gateway calls the listener that the route attaches to."""
    return common.text(edge.gateway_namespace, "/", edge.gateway_name, "/", edge.gateway_section or "")


def patch(resource: str, name: pulumi.Input[str], operation: Spec) -> Spec:
    """One operation that adds something to what Envoy Gateway makes."""
    return {"type": f"{TYPES}{resource}", "name": name, "operation": {"op": "add", **operation}}


def waiting(wanted: bool) -> dict[str, pulumi.Input[str]] | None:
    """The annotation of a patch that is waited for."""
    return {common.WAIT_FOR: PROGRAMMED} if wanted else None


def beside_gateway(
    edge: EdgeSpec,
    api_version: str,
    kind: str,
    end: str,
    spec: Spec,
    annotations: dict[str, pulumi.Input[str]] | None = None,
) -> Made:
    """An object in the namespace of the Gateway, where its controller looks for it.

    Its name says which route it is for, by namespace and name: two servers may have one each.
    """
    name = common.text(edge.namespace, "-", edge.route_name, f"-{end}")
    # A policy of a ListenerSet stands beside that.
    where = edge.namespace if edge.listener_set and kind == CLIENT_POLICY else edge.gateway_namespace
    metadata = common.metadata(name, where, common.labels(edge.route_name, "edge"), annotations)
    return Made(api_version, kind, {"metadata": metadata, "spec": spec})
