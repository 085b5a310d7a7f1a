"""A service that is asked about each request, in the words of each implementation. Pure.

Nothing here fails open: a service that does not answer lets nothing pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from ..eras import EraProfile
from ..inputs.outputs import mapped
from ..kubernetes.objects import Spec, text
from ..settings.keys.edge_access import ExternalAuthorization
from .abilities import AUTHORIZATION, NO_AUTHORIZATION
from .implementations import Implementation
from .paths import PREFIX, Match

ASKED, OPEN = "mcp", "metadata"
"""Names of the rules of an HTTPRoute: what the service is asked about, and what everybody may read."""


@dataclass(frozen=True, kw_only=True)
class AuthorizationSpec:
    """What an edge is told of the service, settled."""

    service: pulumi.Input[str] | None
    namespace: pulumi.Input[str]
    foreign: bool
    """Whether it is in another namespace than the server."""
    port: int
    grpc: bool
    path: str | None
    headers: Sequence[str]
    passed: Sequence[str]
    timeout_seconds: int
    provider: str | None


def authorization_spec(
    told: ExternalAuthorization, eras: EraProfile, namespace: pulumi.Input[str]
) -> AuthorizationSpec:
    """What follows from the keys, the eras and the server's namespace."""
    named: dict[str, str] = {}
    for name in (*eras.request_headers, *told.headers):
        named.setdefault(name.lower(), name)
    return AuthorizationSpec(
        service=told.service,
        namespace=namespace if told.namespace is None else told.namespace,
        foreign=told.namespace is not None,
        port=told.port,
        grpc=told.protocol == "grpc",
        path=told.path,
        headers=tuple(named.values()),
        passed=tuple(told.passed),
        timeout_seconds=told.timeout_seconds,
        provider=told.provider,
    )


def refused(told: ExternalAuthorization, row: Implementation) -> Iterator[tuple[str, str, str]]:
    """What an implementation cannot do of it: the key within the group, empty for the whole, why, and what to do."""
    name = row.name
    if name not in AUTHORIZATION:
        yield "", f"'{name}' cannot be told to ask a service: {NO_AUTHORIZATION[name]}", ""
        return
    if name == "istio" and told.provider is None:
        yield (
            "provider",
            "'istio' asks a provider of the mesh, and none is named",
            "Declare it under extensionProviders of the mesh's configuration, and name it here.",
        )
    if name != "istio" and told.service is None:
        yield "service", "no Service is named", "Name the Service that is asked."
    if name == "nginx" and told.protocol == "grpc":
        yield "protocol", "'nginx' asks by HTTP alone", "Give 'http', or use implementation 'envoy-gateway'."


def envoy_ext_auth(asked: AuthorizationSpec) -> Spec:
    """Envoy Gateway's SecurityPolicy."""
    backend = {"backendRefs": [_backend(asked)]}
    if asked.grpc:
        answered: Spec = {"grpc": backend}
    else:
        path = {} if asked.path is None else {"pathOverride": asked.path}
        passed = {"headersToBackend": list(asked.passed)} if asked.passed else {}
        answered = {"http": {**backend, **path, **passed}}
    return {
        **answered,
        "headersToExtAuth": list(asked.headers),
        "timeout": f"{asked.timeout_seconds}s",
        "failOpen": False,
    }


def gateway_extension(asked: AuthorizationSpec) -> Spec:
    """kgateway's GatewayExtension, which a TrafficPolicy of the route names."""
    common: Spec = {"backendRef": _backend(asked), "requestTimeout": f"{asked.timeout_seconds}s"}
    if asked.grpc:
        answered: Spec = {"grpcService": common}
    else:
        path = {} if asked.path is None else {"pathPrefix": asked.path}
        passed = {"authorizationResponse": {"headersToBackend": list(asked.passed)}} if asked.passed else {}
        answered = {"httpService": {**common, **path, **passed}}
    return {"extAuth": {**answered, "headersToForward": list(asked.headers), "failOpen": False}}


def _backend(asked: AuthorizationSpec) -> Spec:
    place = {"namespace": asked.namespace} if asked.foreign else {}
    return {"group": "", "kind": "Service", "name": asked.service, "port": asked.port, **place}


def istio_policy(
    asked: AuthorizationSpec, *, gateway: pulumi.Input[str], hosts: Sequence[pulumi.Input[str]], public: Sequence[Match]
) -> Spec:
    """Istio's AuthorizationPolicy at the Gateway: for the hosts of this server, and not for what everybody may read."""
    named = [form for host in hosts for form in (host, mapped(host, lambda name: f"{name}:*"))]
    open_paths = [form for match in public for form in _istio_forms(match)]
    operation: Spec = {"hosts": named, **({"notPaths": open_paths} if open_paths else {})}
    return {
        "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": gateway}],
        "action": "CUSTOM",
        "provider": {"name": asked.provider},
        "rules": [{"to": [{"operation": operation}]}],
    }


def _istio_forms(match: Match) -> list[str]:
    return [match.path, f"{match.path}/*"] if match.kind == PREFIX else [match.path]


def nginx_authorization(asked: AuthorizationSpec) -> Mapping[str, pulumi.Input[str]]:
    """ingress-nginx, by the end of the annotation. It asks by GET, whatever the method of the request."""
    end = f".svc.cluster.local:{asked.port}{asked.path or '/'}"
    # A service that nobody named is refused before.
    url = text("http://", "" if asked.service is None else asked.service, ".", asked.namespace, end)
    return {"auth-url": url, **({"auth-response-headers": ",".join(asked.passed)} if asked.passed else {})}
