"""What McpIngress is made from: what follows from the arguments as a spec, and the rules applied to them."""

from .. import eras as protocol
from ..rules import edge as rules
from ..rules.model import Finding
from . import spec as specs
from .keys import IngressKeys

ACCEPTED_ROUTE = 'jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True'
"""An HTTPRoute reports per Gateway; the first one is the only one that this component attaches to."""


def chosen_affinity(keys: IngressKeys) -> str:
    """The affinity in force: the caller's, or what the eras need."""
    if keys.affinity != "auto":
        return keys.affinity
    return "source-ip" if keys.era_profile.needs_affinity and keys.max_replicas > 1 else "none"


def edge_spec(name: str, keys: IngressKeys) -> specs.EdgeSpec:
    """The arguments with everything that follows from them."""
    era_profile, idle = keys.era_profile, keys.idle_timeout_seconds
    return specs.EdgeSpec(
        host=keys.host,
        path=keys.path,
        prefixes=keys.sse_paths if protocol.Era.SSE in era_profile.eras else [],
        authorization=keys.authorization,
        service_name=keys.service_name,
        implementation=keys.implementation or ("nginx" if keys.kind == "ingress" else "other"),
        affinity=chosen_affinity(keys),
        request_timeout_seconds=keys.request_timeout_seconds,
        idle_timeout_seconds=era_profile.stream_idle_timeout_seconds if idle is None else idle,
        gateway_name=keys.gateway_name,
        gateway_namespace=keys.gateway_namespace,
        gateway_section=keys.gateway_section,
        ingress_class=keys.ingress_class,
        tls_secret=f"{keys.route_name or name}-tls" if keys.tls_secret is None else keys.tls_secret,
        cluster_issuer=keys.cluster_issuer,
        parallel_requests=keys.parallel_requests,
    )


def ingress_findings(keys: IngressKeys) -> list[Finding]:
    """Every rule that the arguments of one route can break."""
    era_profile, edge = keys.era_profile, edge_spec("", keys)
    found = rules.era_findings([era.value for era in era_profile.eras], path="eras")
    found += rules.affinity_findings(
        affinity=edge.affinity,
        sessions=era_profile.sessions,
        sse=protocol.Era.SSE in era_profile.eras,
        max_replicas=keys.max_replicas,
        path="affinity",
    )
    found += rules.timeout_findings(
        request_timeout=edge.request_timeout_seconds,
        idle_timeout=edge.idle_timeout_seconds,
        max_tool_seconds=keys.max_tool_seconds,
        keepalive_seconds=keys.keepalive_seconds or None,
        request_path="request_timeout_seconds",
        idle_path="idle_timeout_seconds",
        sse=protocol.Era.SSE in era_profile.eras,
    )
    found += rules.implementation_findings(
        kind=keys.kind,
        implementation=edge.implementation,
        affinity=edge.affinity,
        needs_affinity=era_profile.needs_affinity and keys.max_replicas > 1,
        keepalive_seconds=keys.keepalive_seconds,
        path="implementation",
    )
    return found
