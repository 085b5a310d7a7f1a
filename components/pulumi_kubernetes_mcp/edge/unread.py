"""Which arguments of a route have no effect as the others are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .. import eras as protocol
from ..rules.edge.controllers import to_be_told
from ..rules.unread import Unread
from ..settings.fields import given
from .annotations import STREAM_SECONDS, annotations_of
from .implementations import IMPLEMENTATIONS, KEPT
from .keys import IngressKeys
from .spec import EdgeSpec

REQUEST, IDLE = "request_timeout_seconds", "idle_timeout_seconds"
ASKED = "external_authorization"


def unread(keys: IngressKeys, edge: EdgeSpec) -> Iterator[Unread]:
    """What nothing reads, where no rule of its own speaks of it. The implementation serves the kind."""
    if keys.kind != "gateway":
        yield Unread(
            keys=("gateway_name", "gateway_namespace", "gateway_section", "gateway_class", "gateway_listener_set"),
            why=f"⟦kind⟧ '{keys.kind}' attaches to no Gateway",
            instead=_of_kind(keys, "gateway"),
        )
    if keys.kind != "ingress":
        yield Unread(
            keys=("ingress_class",),
            why=f"⟦kind⟧ is '{keys.kind}', and only an Ingress has a class",
            instead=_of_kind(keys, "ingress"),
        )
    if protocol.Era.SSE not in keys.era_profile.eras:
        yield Unread(keys=("sse_paths",), why="'sse' is not among the ⟦eras⟧", instead="route other paths with ⟦paths⟧")
    # Where several pods hold sessions, a rule of its own refuses it.
    missed = keys.era_profile.needs_affinity and keys.max_replicas > 1
    kept = keys.affinity not in KEPT or keys.affinity in edge.row.affinities
    if not kept and keys.era_profile.sessions and not missed:
        yield Unread(
            keys=("affinity",),
            why=f"nothing tells '{edge.row.name}' of it",
            instead="use an implementation that keeps clients on their pods",
        )
    yield from _unnamed(keys, edge)
    yield from _of_the_service(edge)
    repeated = [host for place, host in enumerate(keys.hosts) if host in (keys.host, *keys.hosts[:place])]
    if repeated:
        yield Unread(keys=("hosts",), why=f"'{repeated[0]}' is a host of the route already")
    for key in (REQUEST, IDLE):
        if not _is_told(edge, key, keys.kind):
            yield Unread(
                keys=(key,), why=_why_not(edge, key, keys.kind), instead="say it in the configuration of the controller"
            )


def _of_kind(keys: IngressKeys, kind: str) -> str:
    """The order to take another kind of edge, and an implementation of it where the named one serves none."""
    served = keys.implementation is None or kind in IMPLEMENTATIONS[keys.implementation].kinds
    return f"set ⟦kind⟧ to '{kind}'{'' if served else ' and ⟦implementation⟧ to one that serves it'}"


def given_by_name(keys: IngressKeys) -> dict[str, Any]:
    """What is given, by the names that :func:`unread` has."""
    groups = {"backend_tls": keys.backend_tls, ASKED: keys.external_authorization}
    within = {
        f"{name}.{key}": value
        for name, group in groups.items()
        if group is not None
        for key, value in given(group).items()
    }
    return {**given(keys), **within}


def _of_the_service(edge: EdgeSpec) -> Iterator[Unread]:
    """What is said of the service that is asked, and nobody hands on."""
    if edge.asked is None:
        return
    name = edge.row.name
    if name == "istio":
        told = ("service", "namespace", "port", "protocol", "path", "headers", "passed", "timeout_seconds")
        yield Unread(
            keys=tuple(f"{ASKED}.{key}" for key in told),
            why="the provider in the mesh's configuration says it",
            instead="say it there",
        )
        return
    yield Unread(keys=(f"{ASKED}.provider",), why=f"'{name}' is told the Service itself")
    if name == "nginx":
        yield Unread(keys=(f"{ASKED}.headers",), why="'nginx' shows the service all headers")
        yield Unread(
            keys=(f"{ASKED}.timeout_seconds",), why="no annotation says it", instead="say it in the ConfigMap of nginx"
        )
    if edge.asked.grpc:
        yield Unread(keys=(f"{ASKED}.path",), why="a service of gRPC has no path")
        yield Unread(
            keys=(f"{ASKED}.passed",), why="a service of gRPC says in its answer which headers go on to the server"
        )


def _unnamed(keys: IngressKeys, edge: EdgeSpec) -> Iterator[Unread]:
    """The name in the pods' certificate, where nothing can be told it."""
    row = edge.row
    if row.unnamed is None or edge.certificate is None:
        return
    signed = edge.certificate.ca_secret is not None
    outside = bool(keys.client_cidrs) and keys.client_namespace is None
    able = [
        f"'{one.name}'{'' if outside else to_be_told(one)}"
        for one in IMPLEMENTATIONS.values()
        if keys.kind in one.kinds and one.backend_tls is not None and one.unnamed is None
    ]
    yield Unread(
        keys=("backend_tls.hostname",),
        why=f"'{row.name}' {row.unnamed[0 if signed else 1]}",
        instead=f"use an implementation that checks the name ({', '.join(able)})"
        if able
        else "use an implementation of ⟦kind⟧ 'gateway', which checks the name",
        besides="Let the authority sign nothing but the certificates of these pods." if signed else "",
    )


def _is_told(edge: EdgeSpec, key: str, kind: str) -> bool:
    """Whether the implementation is told of a timeout: without it, what is emitted would be another."""
    row = edge.row
    if kind == "gateway":
        return row.sets_silence if key == IDLE else row.route_timeouts or "GCPBackendPolicy" in row.policies
    # Certificates are names that may not be known yet, and none of a timeout.
    plain = replace(edge, cluster_issuer=None, tls=False, certificate=None)
    without = replace(plain, idle_timeout_seconds=1) if key == IDLE else replace(plain, request_timeout_seconds=0)
    return annotations_of(plain, 0) != annotations_of(without, 0)


def _why_not(edge: EdgeSpec, key: str, kind: str) -> str:
    name = edge.row.name
    if kind == "gateway" or not edge.row.sets_silence:
        what = "silence of a stream" if key == IDLE else "request timeout"
        return f"no object of the route tells '{name}' a {what}"
    least = "" if name == "alb" else f" and {STREAM_SECONDS} s"
    return f"'{name}' is told the longest of ⟦{IDLE}⟧, ⟦{REQUEST}⟧{least}, and another is longer"
