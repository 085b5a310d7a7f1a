"""What is said of the listener that a route attaches to: it stands beside the Gateway and holds for every route there.

Pure. Envoy Gateway is told by fields of its own where it has some, otherwise by a patch of what it makes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from ..kubernetes import objects as common
from ..kubernetes.made import Made
from ..kubernetes.objects import Spec
from .abilities import HEADERS
from .spec import EdgeSpec

ENVOY, KGATEWAY = "gateway.envoyproxy.io/v1alpha1", "gateway.kgateway.dev/v1alpha1"
PATCH_POLICY = "EnvoyPatchPolicy"
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
    if edge.max_headers is None:
        return
    size = kibibytes(edge.max_headers)
    by = HEADERS[edge.row.name].by
    if by == PATCH_POLICY and edge.gateway_section is not None:
        operation = {"jsonPath": MANAGER, "path": "/typed_config/max_request_headers_kb", "value": size}
        changed = patch("envoy.config.listener.v3.Listener", listener_name(edge), operation)
        yield "headers", ENVOY, by, {"type": "JSONPatch", "targetRef": gateway(edge), "jsonPatches": [changed]}
    elif by == "ListenerPolicy":
        settings = {"httpSettings": {"maxRequestHeadersKb": size}}
        yield "listener", KGATEWAY, by, {"targetRefs": [gateway(edge)], "default": settings}


def kibibytes(size: int) -> int:
    """Whole KiB, rounded up."""
    return -(-size // 1024)


def gateway(edge: EdgeSpec) -> Spec:
    """How an object beside the Gateway names it."""
    return {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": edge.gateway_name}


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
    metadata = common.metadata(name, edge.gateway_namespace, common.labels(edge.route_name, "edge"), annotations)
    return Made(api_version, kind, {"metadata": metadata, "spec": spec})
