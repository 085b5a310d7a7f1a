"""The rules applied to the arguments of McpIngress."""

from .. import eras as protocol
from ..inputs.outputs import plain
from ..kubernetes.made import Made
from ..kubernetes.patches import patched
from ..rules import edge as rules
from ..rules.model import Finding
from ..rules.unread import EDGE, unread_findings
from ..settings.fields import given
from ..settings.problems import join
from . import objects as made
from . import spec as specs
from .args import edge_spec, solver_namespace
from .implementations import deregistration, kept_idle
from .keys import IngressKeys
from .unread import unread

HEALTH_CHECK_PATH = "alb.ingress.kubernetes.io/healthcheck-path"


def ingress_findings(keys: IngressKeys) -> list[Finding]:
    """Every rule that the arguments of one route can break."""
    era_profile, edge = keys.era_profile, edge_spec("", keys)
    found = rules.era_findings([era.value for era in era_profile.eras], path="eras")
    wrong_kind = rules.kind_findings(row=edge.row, kind=keys.kind, path="implementation")
    found += wrong_kind
    found += rules.affinity_findings(
        affinity=edge.affinity,
        sessions=era_profile.sessions,
        sse=protocol.Era.SSE in era_profile.eras,
        max_replicas=keys.max_replicas,
        path="affinity",
        row=edge.row,
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
    if wrong_kind:
        return found
    found += rules.implementation_findings(
        row=edge.row,
        kind=keys.kind,
        ingress_class=plain(keys.ingress_class),
        affinity=edge.affinity,
        needs_affinity=era_profile.needs_affinity and keys.max_replicas > 1,
        keepalive_seconds=keys.keepalive_seconds,
        path="implementation",
        outside=bool(keys.client_cidrs) and keys.client_namespace is None,
    )
    found += rules.limit_findings(
        row=edge.row,
        kind=keys.kind,
        request_timeout=edge.request_timeout_seconds,
        idle_timeout=edge.idle_timeout_seconds,
        request_path="request_timeout_seconds",
        idle_path="idle_timeout_seconds",
    )
    found += rules.connection_findings(
        row=edge.row,
        proxy=kept_idle(edge.row, edge.idle_timeout_seconds),
        server=edge.idle_connection_seconds,
        path="idle_connection_seconds",
    )
    found += rules.deregistration_findings(
        delay=deregistration({key: text for key, one in keys.annotations.items() if (text := plain(one))}),
        max_tool_seconds=keys.max_tool_seconds,
        path="annotations",
    )
    found += rules.certificate_findings(
        row=edge.row,
        kind=keys.kind,
        given=[key for key in ("tls_secret", "cluster_issuer") if getattr(keys, key) is not None],
    )
    found += rules.backend_tls_findings(
        row=edge.row,
        kind=keys.kind,
        tls=keys.serves_tls,
        given=keys.backend_tls is not None,
        ca_config_map=keys.backend_tls is not None and keys.backend_tls.ca_config_map is not None,
        ca_secret=keys.backend_tls is not None and keys.backend_tls.ca_secret is not None,
        path="backend_tls",
    )
    found += rules.health_check_findings(
        row=edge.row,
        health_path=keys.health_path is not None,
        annotated=HEALTH_CHECK_PATH in keys.annotations,
        path="health_path",
    )
    if keys.annotations:
        found += rules.undone_findings(
            {name: text for name, one in keys.annotations.items() if (text := plain(one)) is not None},
            {name: plain(one) for name, one in made.derived_annotations(edge, keys).items()},
            least_seconds=max(edge.idle_timeout_seconds, edge.request_timeout_seconds),
            sessions=era_profile.sessions,
            place=lambda name: join("annotations", name),
        )
    said_of = {finding.path for finding in found}
    found += [one for one in unread_findings(EDGE, unread(keys, edge), given(keys)) if one.path not in said_of]
    if keys.cluster_issuer is not None and keys.kind == "ingress" and solver_namespace(keys) is None:
        found += rules.unknown_namespace(row=edge.row, kind=keys.kind, ingress_class=plain(keys.ingress_class))
    if keys.patches:
        found += patched_objects(edge, keys)[1]
    return found


def patched_objects(edge: specs.EdgeSpec, keys: IngressKeys) -> tuple[dict[str, Made], list[Finding]]:
    """What the way in registers, each object by the suffix of its resource, and what is wrong with its patches."""
    return patched(made.edge_objects(edge, keys), keys.patches, decided=made.DECIDED)
