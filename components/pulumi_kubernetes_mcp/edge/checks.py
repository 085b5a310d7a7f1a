"""The rules applied to the arguments of McpIngress."""

from collections.abc import Mapping, Sequence

from .. import eras as protocol
from ..inputs.outputs import plain
from ..kubernetes.made import Made
from ..kubernetes.patches import patched
from ..kubernetes.quantities import parse_memory
from ..rules import edge as rules
from ..rules.edge.dns import PARAMETERS, PLACES
from ..rules.model import Finding
from ..rules.unread import EDGE, unread_findings
from ..rules.workload import name_findings
from ..settings.problems import join
from . import backends, dns
from . import objects as made
from . import spec as specs
from .args import edge_spec, solver_namespace
from .implementations import deregistration, kept_idle
from .keys import IngressKeys
from .unread import given_by_name, unread

OF_A_KEY: Mapping[str, Sequence[str]] = {"BackendTrafficPolicy": ("requestTimeout",), "HTTPRoute": ("request",)}
"""Kind to the limits of a request that follow from a key, which says it itself."""
HEALTH_CHECK_PATH = "alb.ingress.kubernetes.io/healthcheck-path"


def ingress_findings(keys: IngressKeys, *, min_replicas: int = 1, platform: str | None = None) -> list[Finding]:
    """Every rule that the arguments of one route can break.

    :param min_replicas: the least number of pods, where that is known.
    :param platform: the kind of cluster, where that is known.
    """
    era_profile, edge = keys.era_profile, edge_spec("", keys)
    needs_affinity = era_profile.needs_affinity and keys.max_replicas > 1
    outside = bool(keys.client_cidrs) and keys.client_namespace is None
    found = rules.era_findings([era.value for era in era_profile.eras], path="eras")
    wrong_kind = rules.kind_findings(
        row=edge.row,
        kind=keys.kind,
        path="implementation",
        kept=keys.affinity if needs_affinity else None,
        outside=outside,
        platform=platform,
    )
    found += wrong_kind
    found += rules.affinity_findings(
        affinity=edge.affinity,
        sessions=era_profile.sessions,
        sse=protocol.Era.SSE in era_profile.eras,
        max_replicas=keys.max_replicas,
        path="affinity",
        row=edge.row,
        min_replicas=min_replicas,
    )
    found += rules.timeout_findings(
        request_timeout=edge.request_timeout_seconds,
        idle_timeout=edge.idle_timeout_seconds,
        max_tool_seconds=keys.max_tool_seconds,
        keepalive_seconds=keys.keepalive_seconds,
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
        needs_affinity=needs_affinity,
        keepalive_seconds=keys.keepalive_seconds,
        path="implementation",
        outside=outside,
        platform=platform,
    )
    found += rules.envelope_findings(
        affinity=edge.affinity,
        sessions=era_profile.sessions and keys.max_replicas > 1,
        sse=protocol.Era.SSE in era_profile.eras,
        row=edge.row,
        section=edge.gateway_section,
        gateway=edge.gateway_namespace,
    )
    if keys.leaving_service is not None:
        found += rules.leaving_findings(affinity=edge.affinity, row=edge.row, path="leaving_service")
    found += rules.aware_findings(
        affinity=edge.affinity,
        sessions=era_profile.sessions and keys.max_replicas > 1,
        sse=protocol.Era.SSE in era_profile.eras,
        row=edge.row,
    )
    found += rules.limit_findings(
        row=edge.row,
        kind=keys.kind,
        request_timeout=edge.request_timeout_seconds,
        idle_timeout=edge.idle_timeout_seconds,
        request_path="request_timeout_seconds",
        idle_path="idle_timeout_seconds",
    )
    found += rules.streams_findings(row=edge.row, parallel=edge.parallel_requests, path="implementation")
    found += rules.connection_findings(
        row=edge.row,
        proxy=kept_idle(edge.row, edge.idle_timeout_seconds),
        server=edge.idle_connection_seconds,
        path="idle_connection_seconds",
    )
    found += rules.deregistration_findings(
        row=edge.row,
        delay=deregistration({key: text for key, one in keys.annotations.items() if (text := plain(one))}),
        max_tool_seconds=keys.max_tool_seconds,
        path="annotations",
    )
    found += rules.certificate_findings(
        row=edge.row,
        kind=keys.kind,
        given=[key for key in ("tls_secret", "cluster_issuer") if getattr(keys, key) is not None],
        own=edge.own_listener,
    )
    found += rules.backend_tls_findings(
        row=edge.row,
        kind=keys.kind,
        tls=keys.serves_tls,
        given=keys.backend_tls is not None,
        named=keys.backend_tls is not None and keys.backend_tls.hostname is not None,
        ca_config_map=keys.backend_tls is not None and keys.backend_tls.ca_config_map is not None,
        ca_secret=keys.backend_tls is not None and keys.backend_tls.ca_secret is not None,
        path="backend_tls",
    )
    if keys.route_name is not None and backends.service_annotations(edge):
        # A Service is a label, which other objects of the route need not be.
        ending = backends.SERVICE_ENDING
        found += name_findings(f"{keys.route_name}{ending}", path="route_name", ending=ending)
    found += rules.health_check_findings(
        row=edge.row,
        health_path=keys.health_path is not None,
        annotated=HEALTH_CHECK_PATH in keys.annotations,
        path="health_path",
    )
    found += rules.authorization_findings(row=edge.row, told=keys.external_authorization, path="external_authorization")
    found += rules.header_findings(
        row=edge.row,
        size=None if keys.max_headers is None else parse_memory(keys.max_headers),
        section=edge.gateway_section is not None,
        gateway=edge.gateway_namespace,
        path="max_headers",
    )
    found += rules.gateway_findings(edge=edge, kind=keys.kind, listener_set=keys.gateway_listener_set)
    found += rules.client_findings(
        row=edge.row,
        told=keys.client_address,
        shared=not edge.own_listener or (edge.listener_set and edge.row.name != "envoy-gateway"),
        gateway=edge.gateway_namespace,
        path="client_address",
    )
    found += rules.body_findings(row=edge.row, max_body=edge.max_body, path="max_body")
    found += rules.rate_findings(
        row=edge.row,
        limits=edge.rate_limits,
        modern=protocol.Era.MODERN in era_profile.eras,
        legacy=not protocol.LEGACY_ERAS.isdisjoint(era_profile.eras),
        path="rate_limits",
    )
    if keys.cors is not None:
        found += rules.cors_findings(
            row=edge.row,
            origins=keys.cors.origins,
            credentials=keys.cors.credentials,
            refuse_others=keys.cors.refuse_others,
            path="cors",
        )
    if keys.dns is not None:
        found += rules.dns_findings(
            routing=keys.dns.routing,
            form=keys.dns.form,
            given=[key for key in PARAMETERS.values() if getattr(keys.dns, key) is not None],
            identified=keys.dns.set_identifier is not None,
            checked=keys.dns.health_check_id is not None,
            targets=keys.dns.targets,
            hosts=[host for one in edge.hosts if (host := plain(one)) is not None],
            place=[key for key in PLACES if getattr(keys.dns.geolocation, key, None) is not None],
            path="dns",
            sessions=era_profile.sessions and not keys.dns.drained,
        )
    found += _annotation_findings(keys, edge)
    said_of = {finding.path for finding in found}
    found += [one for one in unread_findings(EDGE, unread(keys, edge), given_by_name(keys)) if one.path not in said_of]
    if edge.cluster_issuer is not None and keys.kind == "ingress" and solver_namespace(keys) is None:
        found += rules.unknown_solver(row=edge.row, ingress_class=plain(keys.ingress_class))
    found += rules.wildcard_findings(
        hosts=[host for one in edge.hosts if (host := plain(one)) is not None],
        issuer=edge.cluster_issuer is not None and keys.kind == "ingress",
        path="host",
    )
    found = _without_price(found)
    if keys.patches:
        objects, of_patches = patched_objects(edge, keys)
        found += of_patches
        for made_so in objects.values():
            places = [place for place, patch in enumerate(keys.patches) if patch.kind == made_so.kind]
            for place in places[-1:]:
                spec = made_so.body.get("spec", {})
                at = f"patches[{place}].patch"
                found += rules.object_findings(made_so.kind, spec, path=at)
                found += rules.rewriting_object_findings(made_so.kind, spec, path=at)
                found += rules.object_timeout_findings(
                    made_so.kind,
                    spec,
                    max_tool_seconds=keys.max_tool_seconds,
                    sse=protocol.Era.SSE in era_profile.eras,
                    path=at,
                    own=OF_A_KEY.get(made_so.kind, ()),
                )
    return found


def _annotation_findings(keys: IngressKeys, edge: specs.EdgeSpec) -> list[Finding]:
    """What annotations of one's own do to calls, to records and to what is derived."""

    def place(name: str) -> str:
        return join("annotations", name)

    if not keys.annotations:
        return []
    own = {name: text for name, one in keys.annotations.items() if (text := plain(one)) is not None}
    found = rules.annotation_findings(own, place=place)
    found += rules.record_annotation_findings(
        own,
        {} if keys.dns is None else dns.route_annotations(keys.dns, targets=keys.kind != "gateway"),
        prefixes=() if keys.dns is None else keys.dns.annotation_prefixes,
        place=place,
        path="dns",
    )
    if keys.kind != "gateway":
        found += rules.rewritten_findings(
            own,
            path=edge.path,
            routed=[match.path for match in edge.matches],
            place=place,
        )
    refused = rules.value_findings(own, place=place)
    found += refused
    wrong = {finding.path for finding in refused}
    found += rules.undone_findings(
        {name: value for name, value in own.items() if place(name) not in wrong},
        {name: plain(one) for name, one in made.derived_annotations(edge, keys).items()},
        least_seconds=max(edge.idle_timeout_seconds, edge.request_timeout_seconds),
        sessions=keys.era_profile.sessions,
        place=place,
    )
    return found


def _without_price(found: list[Finding]) -> list[Finding]:
    """The same without what an affinity costs, where nothing keeps it: another one is to be chosen first."""
    if all(one.code != rules.AFFINITY_NOT_SET.code for one in found):
        return found
    return [one for one in found if one.code not in (rules.COOKIE_AFFINITY.code, rules.SOURCE_IP_AFFINITY.code)]


def patched_objects(edge: specs.EdgeSpec, keys: IngressKeys) -> tuple[dict[str, Made], list[Finding]]:
    """What the way in registers, each object by the suffix of its resource, and what is wrong with its patches."""
    return patched(made.edge_objects(edge, keys), keys.patches, decided=made.DECIDED)
