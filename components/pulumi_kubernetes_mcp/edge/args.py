"""What McpIngress is made from: what follows from the arguments as a spec."""

import pulumi

from .. import eras as protocol
from ..kubernetes.quantities import parse_memory
from . import spec as specs
from .abilities import AUTHORIZATION, CLIENT_ADDRESS, HEADERS
from .authorization import AuthorizationSpec, authorization_spec
from .cors import CorsSpec, cors_spec
from .implementations import Implementation, affinity_in_force, chosen
from .keys import IngressKeys
from .paths import EXACT, PREFIX, Match, public, routed
from .proxies import proxies_namespace

ACCEPTED_ROUTE = 'jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True'
"""An HTTPRoute reports per Gateway; the first one is the only one that this component attaches to."""
ADMITTED_ROUTE = 'jsonpath={.status.ingress[0].conditions[?(@.type=="Admitted")].status}=True'
"""An OpenShift Route reports per router."""
INGRESS_CLASS = "nginx"
"""The class of an Ingress whose implementation brings none."""


def implementation(keys: IngressKeys) -> Implementation:
    """The implementation that is meant."""
    return chosen(
        kind=keys.kind,
        implementation=keys.implementation,
        ingress_class=keys.ingress_class,
        cidrs=keys.client_cidrs,
    )


def chosen_affinity(keys: IngressKeys) -> str:
    """The affinity in force: the caller's, or what the eras need."""
    return affinity_in_force(
        keys.affinity,
        needed=keys.era_profile.needs_affinity,
        max_replicas=keys.max_replicas,
        row=implementation(keys),
    )


def matches(keys: IngressKeys) -> list[Match]:
    """Every path that is routed to the server."""
    return routed(
        keys.path,
        prefixes=keys.sse_paths if protocol.Era.SSE in keys.era_profile.eras else (),
        authorization=keys.authorization,
        oauth_proxy=keys.oauth_proxy,
        further=[Match(EXACT if one.match == "exact" else PREFIX, one.path) for one in keys.paths],
    )


def edge_spec(name: str, keys: IngressKeys) -> specs.EdgeSpec:
    """The arguments with everything that follows from them."""
    era_profile, idle, row = keys.era_profile, keys.idle_timeout_seconds, implementation(keys)
    hosts = list(dict.fromkeys([keys.host, *keys.hosts]))
    return specs.EdgeSpec(
        row=row,
        route_name=keys.route_name or name,
        namespace=keys.namespace,
        hosts=hosts,
        headers=keys.match_headers,
        canary_service=keys.canary_service,
        canary_percent=keys.canary_percent or 0,
        leaving_service=keys.leaving_service,
        path=keys.path,
        matches=matches(keys),
        service_name=keys.service_name,
        affinity=chosen_affinity(keys),
        request_timeout_seconds=keys.request_timeout_seconds,
        idle_timeout_seconds=era_profile.stream_idle_timeout_seconds if idle is None else idle,
        idle_connection_seconds=keys.idle_connection_seconds or protocol.IDLE_CONNECTION_SECONDS,
        gateway_name=keys.gateway_name,
        gateway_namespace=keys.gateway_namespace,
        gateway_section=keys.gateway_section,
        gateway_class=keys.gateway_class if keys.kind == "gateway" else None,
        listener_set=keys.kind == "gateway" and keys.gateway_listener_set and keys.gateway_class is None,
        ingress_class=keys.ingress_class or row.ingress_class or INGRESS_CLASS,
        tls_secret=_tls_secret(name, keys, row),
        cluster_issuer=None if keys.kind == "route" or row.own_certificates else keys.cluster_issuer,
        parallel_requests=keys.parallel_requests,
        health_path=keys.health_path,
        tls=keys.serves_tls,
        certificate=_certificate(keys),
        asked=_asked(keys, row),
        public=public(keys.path, authorization=keys.authorization, oauth_proxy=keys.oauth_proxy),
        cors=_cors(keys, row, hosts),
        client_address=keys.client_address if row.name in CLIENT_ADDRESS else None,
        max_headers=None if keys.max_headers is None or row.name not in HEADERS else parse_memory(keys.max_headers),
        max_body=None if keys.max_body is None else parse_memory(keys.max_body),
        rate_limits=tuple(keys.rate_limits),
    )


def solver_namespace(keys: IngressKeys) -> pulumi.Input[str] | None:
    """Namespace of the proxies that a certificate solver is opened to; ``None`` where it is not known."""
    if keys.client_namespace is not None:
        return keys.client_namespace
    return proxies_namespace(
        implementation(keys),
        kind=keys.kind,
        given=None,
        gateway=keys.gateway_namespace,
        ingress_class=keys.ingress_class,
        cidrs=keys.client_cidrs,
        unnamed=keys.implementation is None,
    )


def _tls_secret(name: str, keys: IngressKeys, row: Implementation) -> pulumi.Input[str] | None:
    """The Secret with the certificate of an Ingress, unless the edge has its own."""
    if row.own_certificates and keys.kind != "gateway":
        return None
    if row.name == "openshift" and keys.tls_secret is None and keys.cluster_issuer is None:
        return None
    return keys.tls_secret or f"{keys.route_name or name}-tls"


def _certificate(keys: IngressKeys) -> specs.BackendCertificate | None:
    given = keys.backend_tls
    if given is None:
        return None
    return specs.BackendCertificate(
        hostname=given.hostname, ca_config_map=given.ca_config_map, ca_secret=given.ca_secret
    )


def _asked(keys: IngressKeys, row: Implementation) -> AuthorizationSpec | None:
    told = keys.external_authorization
    if (
        told is None
        or row.name not in AUTHORIZATION
        or (told.provider if row.name == "istio" else told.service) is None
    ):
        return None
    return authorization_spec(told, keys.era_profile, keys.namespace)


def _cors(keys: IngressKeys, row: Implementation, hosts: list[pulumi.Input[str]]) -> CorsSpec | None:
    if keys.cors is None:
        return None
    return cors_spec(keys.cors, keys.era_profile, row, hosts, authorization=keys.authorization or keys.oauth_proxy)
