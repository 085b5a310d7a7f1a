"""What a route leads to, where the implementation is told of the pods at that place and not at the route.

HAProxy Ingress and Traefik read some annotations at the Service of an Ingress alone. Whoever owns that Service may not
be here, so the route leads to one of its own with the same pods. Behind a Gateway Traefik takes an object of its own
instead of a Service.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi

from ..kubernetes import objects as common
from ..kubernetes.objects import Spec
from ..server.spec import COMPONENT, SERVICE_PORT
from .annotations import COOKIE_NAME, COOKIE_SECONDS, Annotations
from .spec import CANARY_ENDING, EdgeSpec

TRAEFIK = "traefik.io/v1alpha1"
AGENTGATEWAY = "agentgateway.dev/v1alpha1"
AWARE_KIND = "AgentgatewayBackend"
TARGET = "server"
"""Name of the one target of such a backend."""
SERVICE_ENDING = "-edge"
"""What the name of the Service of a route has besides that of the route: the server's may have the same one."""
_FAMILY = "traefik.ingress.kubernetes.io/service"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One object that a route leads to, or that such an object names."""

    suffix: str
    """End of the name of its resource."""
    api_version: str
    kind: str
    end: str
    """End of its name."""
    spec: Spec
    annotations: Annotations


def service_annotations(edge: EdgeSpec) -> Annotations:
    """What the Service of an Ingress says; empty where the server's own Service will do."""
    if edge.row.backend != "Service":
        return {}
    if edge.row.name == "haproxy":
        return {"haproxy.org/cookie-persistence": COOKIE_NAME} if edge.affinity == "cookie" else {}
    values: Annotations = {}
    if edge.affinity == "cookie":
        values |= {
            "sticky.cookie": "true",
            "sticky.cookie.name": COOKIE_NAME,
            "sticky.cookie.maxage": str(COOKIE_SECONDS),
            "sticky.cookie.samesite": "none",
            "sticky.cookie.secure": "true",
        }
    if edge.tls:
        values |= {"serversscheme": "https", "serverstransport": _transport(edge)}
    return {f"{_FAMILY}.{key}": value for key, value in values.items()}


def service_name(edge: EdgeSpec) -> pulumi.Input[str]:
    """The Service that an Ingress leads to."""
    return f"{edge.route_name}{SERVICE_ENDING}" if service_annotations(edge) else edge.service_name


def own_backend(edge: EdgeSpec) -> Spec | None:
    """What an HTTPRoute leads to where a Service cannot say the affinity: an object of the implementation's own."""
    if edge.row.backend != "TraefikService" or edge.affinity not in edge.row.affinities:
        return None
    return {"group": TRAEFIK.partition("/")[0], "kind": "TraefikService"}


def aware_backend(edge: EdgeSpec) -> Spec | None:
    """What the endpoint of an HTTPRoute leads to where the gateway speaks MCP itself and keeps the sessions."""
    if edge.row.backend != AWARE_KIND or edge.affinity not in edge.row.affinities:
        return None
    return {"group": AGENTGATEWAY.partition("/")[0], "kind": AWARE_KIND}


def beside(edge: EdgeSpec) -> Iterator[Beside]:
    """The objects that the route leads to, and what they name."""
    told, own = service_annotations(edge), own_backend(edge) is not None
    if told:
        yield Beside(
            suffix="service",
            api_version="v1",
            kind="Service",
            end=SERVICE_ENDING,
            spec=_service(edge),
            annotations={**common.SKIP_AWAIT, **told},
        )
    if own:
        yield _traefik_service(edge, "", edge.service_name)
        if edge.canary_service is not None:
            yield _traefik_service(edge, CANARY_ENDING, edge.canary_service)
    if aware_backend(edge) is not None:
        yield _agentgateway_backend(edge, "", edge.service_name)
        if edge.canary_service is not None:
            yield _agentgateway_backend(edge, CANARY_ENDING, edge.canary_service)
    if edge.row.name == "traefik" and edge.tls and edge.certificate is not None and (told or own):
        yield Beside(
            suffix="transport",
            api_version=TRAEFIK,
            kind="ServersTransport",
            end="",
            spec=_servers_transport(edge),
            annotations={},
        )


def _service(edge: EdgeSpec) -> Spec:
    """The same pods as the server's own Service has."""
    port = {
        "name": "http",
        "port": SERVICE_PORT,
        "targetPort": "http",
        "protocol": "TCP",
        "appProtocol": "https" if edge.tls else "http",
    }
    return {"type": "ClusterIP", "selector": common.selector(edge.service_name, COMPONENT), "ports": [port]}


def _traefik_service(edge: EdgeSpec, end: str, service: pulumi.Input[str]) -> Beside:
    """How Traefik deals requests to the pods of one Service: by a cookie, or by the address of the client, for which
    the pod with the highest score is taken (``hrw``)."""
    told: Spec = {"kind": "Service", "name": service, "port": SERVICE_PORT}
    if edge.affinity == "cookie":
        cookie = {"name": COOKIE_NAME, "maxAge": COOKIE_SECONDS, "sameSite": "none", "secure": True}
        told["sticky"] = {"cookie": cookie}
    else:
        told["strategy"] = "hrw"
    if edge.tls:
        told["scheme"] = "https"
        if edge.certificate is not None:
            told["serversTransport"] = edge.route_name
    return Beside(
        suffix=f"backend{end}",
        api_version=TRAEFIK,
        kind="TraefikService",
        end=end,
        spec={"weighted": {"services": [told]}},
        annotations={},
    )


def _agentgateway_backend(edge: EdgeSpec, end: str, service: pulumi.Input[str]) -> Beside:
    """A backend that speaks MCP: one target, so that no name of a tool gets a prefix, and sessions that stay on the pod
    that opened them, whose address is in the session id that the gateway hands out."""
    target: Spec = {
        "backendRef": {"name": service},
        "port": SERVICE_PORT,
        "path": edge.path,
        "protocol": "StreamableHTTP",
    }
    targets = [{"name": TARGET, "static": target}]
    return Beside(
        suffix=f"aware{end}",
        api_version=AGENTGATEWAY,
        kind=AWARE_KIND,
        end=end,
        spec={"mcp": {"targets": targets, "sessionRouting": "Stateful"}},
        annotations={},
    )


def _servers_transport(edge: EdgeSpec) -> Spec:
    """How Traefik speaks TLS with the pods: the name and the authority that their certificate must have."""
    certificate = edge.certificate
    if certificate is None:
        return {}
    spec: Spec = {} if certificate.hostname is None else {"serverName": certificate.hostname}
    if certificate.ca_config_map is not None:
        spec["rootCAs"] = [{"configMap": certificate.ca_config_map}]
    elif certificate.ca_secret is not None:
        spec["rootCAs"] = [{"secret": certificate.ca_secret}]
    return spec


def _transport(edge: EdgeSpec) -> pulumi.Input[str]:
    """The transport as an annotation names it: what Traefik's provider of custom resources calls it."""
    return common.text(edge.namespace, "-", edge.route_name, "@kubernetescrd")
