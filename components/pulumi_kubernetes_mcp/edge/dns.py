"""What external-dns is told of a route: annotations of it, or a DNSEndpoint beside it. Pure.

Names of the properties: kubernetes-sigs/external-dns v0.23 docs/annotations/annotations.md, docs/tutorials/aws.md and
source/annotations/provider_specific.go: an annotation ``aws-weight`` is the property ``aws/weight`` of an endpoint.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from ..kubernetes.objects import Spec
from ..settings.keys.edge import Dns

API_VERSION = "externaldns.k8s.io/v1alpha1"
LEFT_ALONE = "controller"
"""Annotation whose value names who may read an object; external-dns passes over one that names another."""
NOBODY = "none"


def named_after(region: str, dns: Dns | None) -> Dns | None:
    """What is told, with the record called after its region where it has no name of its own."""
    if dns is None or dns.set_identifier is not None:
        return dns
    return dns.model_copy(update={"set_identifier": region})


def weight(dns: Dns) -> int | None:
    """The weight in force: 0 while the region is drained."""
    return 0 if dns.drained else dns.weight


def record(dns: Dns) -> dict[str, pulumi.Input[str]]:
    """What the routing policy of a record needs, by the name of its property without the provider."""
    told: dict[str, pulumi.Input[str] | None] = {"health-check-id": dns.health_check_id}
    if dns.routing == "weighted":
        told["weight"] = None if (share := weight(dns)) is None else str(share)
    elif dns.routing == "latency":
        told["region"] = dns.aws_region
    elif dns.routing == "failover":
        told["failover"] = None if dns.failover is None else dns.failover.upper()
    elif dns.routing == "geolocation" and dns.geolocation is not None:
        place = dns.geolocation
        told["geolocation-continent-code"] = place.continent
        told["geolocation-country-code"] = place.country
        told["geolocation-subdivision-code"] = place.subdivision
    return {name: value for name, value in told.items() if value is not None}


def identifier(dns: Dns) -> str | None:
    """What tells the record from those of other regions; one that is alone needs nothing."""
    return None if dns.routing == "simple" else dns.set_identifier


def withdrawn(dns: Dns) -> bool:
    """Whether no record is published here."""
    return dns.drained and drained_by_removal(dns)


def drained_by_removal(dns: Dns) -> bool:
    """Whether a drain takes the record back: a weight of 0 stays, since the health of the others is judged by it."""
    return dns.routing != "weighted"


def route_annotations(dns: Dns, *, targets: bool) -> dict[str, pulumi.Input[str]]:
    """Annotations of the route, under every prefix.

    :param targets: whether the source reads targets at this object: at an Ingress, and not at an HTTPRoute.
    """
    if dns.form == "endpoint" or withdrawn(dns):
        told: dict[str, pulumi.Input[str]] = {LEFT_ALONE: NOBODY}
    else:
        told = {"ttl": str(dns.ttl_seconds), **{f"aws-{name}": value for name, value in record(dns).items()}}
        if (own := identifier(dns)) is not None:
            told["set-identifier"] = own
        if targets and dns.targets:
            told["target"] = ",".join(dns.targets)
    return {f"{prefix}{name}": value for prefix in dns.annotation_prefixes for name, value in sorted(told.items())}


def dns_endpoint(dns: Dns, hosts: Sequence[pulumi.Input[str]]) -> Spec:
    """The spec of a DNSEndpoint: a record of each kind of target for each host."""
    kinds = {kind: [one for one in dns.targets if record_kind(one) == kind] for kind in ("A", "AAAA", "CNAME")}
    properties = [{"name": f"aws/{name}", "value": value} for name, value in sorted(record(dns).items())]
    endpoints: list[Spec] = []
    for host in hosts:
        for kind, targets in kinds.items():
            if not targets:
                continue
            one: Spec = {"dnsName": host, "recordType": kind, "recordTTL": dns.ttl_seconds, "targets": targets}
            if (own := identifier(dns)) is not None:
                one["setIdentifier"] = own
            if properties:
                one["providerSpecific"] = properties
            endpoints.append(one)
    return {"endpoints": endpoints}


def record_kind(target: str) -> str:
    """The type of the record that leads to a target: by how it is written, an address or a name."""
    if ":" in target:
        return "AAAA"
    return "A" if target.replace(".", "").isdigit() else "CNAME"
