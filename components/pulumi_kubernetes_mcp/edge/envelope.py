"""Envoy's stateful-session envelope for one route behind Envoy Gateway, as an EnvoyPatchPolicy.

The proxy puts the address of the pod that opened a session around the session id, and takes it off again: whoever sends
the id back reaches that pod, through any proxy, whatever the number of pods. Envoy Gateway has no field for it, and its
``sessionPersistence`` of type Header replaces the id, so that no call reaches its session.

What it patches is named by Envoy Gateway v1.9 (internal/gatewayapi/helpers.go: ``irListenerName``, ``irRouteName``,
``irRouteDestinationName``): listener and route configuration after the Gateway's listener, routes and the cluster after
the HTTPRoute. The filter is disabled in the listener, under a name of this route's own, and the routes of this server
alone switch it on: the other routes of the Gateway are served as before, and those of another server with an envelope
have a filter of theirs.
"""

from __future__ import annotations

import pulumi

from ..kubernetes import objects as common
from ..kubernetes.made import Made
from ..kubernetes.objects import Spec
from .listener import ENVOY, MANAGER, PATCH_POLICY, TYPES, beside_gateway, gateway, listener_name, patch, waiting
from .spec import EdgeSpec

AFFINITY, LEAVING = "envelope", "leaving"
SESSION_HEADER = "mcp-session-id"
ADDRESSABLE = ("UNKNOWN", "HEALTHY", "DEGRADED", "DRAINING")
"""States in which a pod is still reached by the sessions that it holds. Envoy Gateway marks the endpoint of a pod that
ends, or is not ready, as DRAINING (internal/gatewayapi/route.go), and Envoy sends no new session there; without
DRAINING in this list it would also send the old ones elsewhere, where nobody knows them."""

_FILTER = f"{TYPES}envoy.extensions.filters.http.stateful_session.v3."
_STATE = {
    "name": "envoy.http.stateful_session.envelope",
    "typedConfig": {
        "@type": f"{TYPES}envoy.extensions.http.stateful_session.envelope.v3.EnvelopeSessionState",
        "header": {"name": SESSION_HEADER},
    },
}


def envelope_policy(edge: EdgeSpec, *, await_ready: bool) -> Made:
    """The policy beside the Gateway."""
    return beside_gateway(edge, ENVOY, PATCH_POLICY, AFFINITY, patch_spec(edge), waiting(await_ready))


def leaving_policy(edge: EdgeSpec) -> Made:
    """The policy that marks the pods of a colour that was left as draining, as Envoy Gateway marks those that end.

    Their sessions still reach them, and nobody else does. It stands by itself, since a Service without pods has nothing
    that could be marked, and the envelope must not wait for that.
    """
    marked = patch(
        "envoy.config.endpoint.v3.ClusterLoadAssignment",
        cluster_name(edge),
        {"jsonPath": "$.endpoints[1].lb_endpoints[*]", "path": "/health_status", "value": "DRAINING"},
    )
    spec = {"type": "JSONPatch", "targetRef": gateway(edge), "jsonPatches": [marked]}
    return beside_gateway(edge, ENVOY, PATCH_POLICY, LEAVING, spec)


def cluster_name(edge: EdgeSpec) -> pulumi.Input[str]:
    """What Envoy Gateway calls the pods that the first rule of the route leads to."""
    return common.text("httproute/", edge.namespace, "/", edge.route_name, "/rule/0")


def patch_spec(edge: EdgeSpec) -> Spec:
    """The spec: the filter into the listener, switched on for the routes, and the pods that end kept addressable."""
    listener = listener_name(edge)
    route = common.text("httproute/", edge.namespace, "/", edge.route_name)
    # The prefix is one by which Envoy Gateway knows its own filters, and orders them.
    name = common.text("envoy.filters.http.stateful_session/mcp/", edge.namespace, "/", edge.route_name)
    pointer = common.text("/typed_per_filter_config/envoy.filters.http.stateful_session~1mcp~1", edge.namespace, "~1")
    return {
        "type": "JSONPatch",
        "targetRef": gateway(edge),
        "jsonPatches": [
            patch(
                "envoy.config.listener.v3.Listener",
                listener,
                {
                    "jsonPath": MANAGER,
                    "path": "/typed_config/http_filters/0",
                    "value": {
                        "name": name,
                        "disabled": True,
                        "typedConfig": {"@type": f"{_FILTER}StatefulSession"},
                    },
                },
            ),
            patch(
                "envoy.config.route.v3.RouteConfiguration",
                listener,
                {
                    "jsonPath": common.text("$.virtual_hosts[*].routes[?(@.name=~'^", route, "/')]"),
                    "path": common.text(pointer, edge.route_name),
                    "value": {
                        "@type": f"{_FILTER}StatefulSessionPerRoute",
                        "statefulSession": {"sessionState": _STATE},
                    },
                },
            ),
            patch(
                "envoy.config.cluster.v3.Cluster",
                cluster_name(edge),
                {"path": "/common_lb_config/override_host_status", "value": {"statuses": list(ADDRESSABLE)}},
            ),
        ],
    }
