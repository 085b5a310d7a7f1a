"""Network policies: who may connect to the pods of a workload, and where these may connect to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pulumi

from ..settings.keys.network import Opening, within
from .keys import Egress, IngressFrom
from .objects import Spec, selector, without_empty

SOLVER_PORT = 8089
"""The port that cert-manager's HTTP-01 solver listens on."""
NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that the API server puts on every namespace."""
INTERNET: Mapping[str, Sequence[str]] = {
    "0.0.0.0/0": ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    "::/0": ("fc00::/7", "fe80::/10"),
}
"""All public addresses: everything but private (RFC 1918, RFC 4193), shared (RFC 6598) and link-local ones."""
AMBIENT_PORT = 15008
"""Port that Istio's ambient mode tunnels every connection between pods through (HBONE), whatever port it is for."""


def network_policy(
    match: Mapping[str, pulumi.Input[str]],
    origins: Sequence[IngressFrom],
    destinations: Sequence[Egress],
    port_names: Mapping[int, str] | None = None,
    *,
    ambient: bool = False,
) -> Spec:
    """The spec of a NetworkPolicy that opens exactly what is listed for the matching pods.

    ``port_names`` gives the container's name for a port: a rule by name outlives a change of the number.
    A rule without peers would open the port to everybody, so an empty list of address ranges makes no rule.
    Origins with a name are not listed here: see :func:`opening_policy`.

    :param ambient: whether pods reach each other through the tunnel of Istio's ambient mode too.
    """
    ingress = _ingress([one for one in origins if one.name is None], port_names, ambient)
    egress = [_egress_rule(one, ambient) for one in destinations if _peers(one)]
    return without_empty(
        {
            "podSelector": {"matchLabels": dict(match)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": ingress,
            "egress": egress,
        }
    )


def opening_policy(
    match: Mapping[str, pulumi.Input[str]],
    origins: Sequence[IngressFrom],
    port_names: Mapping[int, str] | None = None,
    *,
    ambient: bool = False,
) -> Spec:
    """The spec of a NetworkPolicy that opens the matching pods to some origins besides what others open."""
    return {
        "podSelector": {"matchLabels": dict(match)},
        "policyTypes": ["Ingress"],
        "ingress": _ingress(origins, port_names, ambient),
    }


def named_origins(origins: Sequence[IngressFrom]) -> dict[str, list[IngressFrom]]:
    """The origins that have peers, under the names of their own policies."""
    result: dict[str, list[IngressFrom]] = {}
    for one in origins:
        if one.name is not None and _peers(one):
            result.setdefault(one.name, []).append(one)
    return result


def _ingress(origins: Sequence[IngressFrom], port_names: Mapping[int, str] | None, ambient: bool) -> list[Spec]:
    names = port_names or {}
    return [
        {"from": peers, "ports": _ports(one, names.get(one.port, one.port), ambient)}
        for one in origins
        if (peers := _peers(one))
    ]


def _egress_rule(destination: Egress, ambient: bool) -> Spec:
    return {"to": _peers(destination), "ports": _ports(destination, destination.port, ambient)}


def names_peers(origin: IngressFrom) -> bool:
    """Whether an origin lets anybody in: one with an empty list of address ranges does not."""
    return bool(_peers(origin))


def namespace_peer(namespace: pulumi.Input[str], pod_labels: Mapping[str, str] | None = None) -> Spec:
    """The pods of a namespace, all or those with some labels."""
    peer: Spec = {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: namespace}}}
    return {**peer, "podSelector": {"matchLabels": dict(pod_labels)}} if pod_labels else peer


def is_pods(opening: Opening) -> bool:
    """Whether the other side of an opening is pods, and not addresses."""
    workload = getattr(opening, "workload", None)
    return workload is not None or opening.namespace is not None or opening.pod_labels is not None


def _peers(opening: Egress | IngressFrom) -> list[Spec]:
    if opening.workload is not None:
        return [{"podSelector": {"matchLabels": selector(opening.workload, opening.component)}}]
    if opening.namespace is not None:
        return [namespace_peer(opening.namespace, opening.pod_labels)]
    if opening.pod_labels is not None:
        return [{"podSelector": {"matchLabels": dict(opening.pod_labels)}}]
    public = INTERNET if isinstance(opening, Egress) and opening.internet else {}
    blocks = [_block(one, opening.except_cidrs) for one in opening.cidrs or []]
    return blocks + [_block(whole, parts) for whole, parts in public.items()]


def _block(cidr: str, parts: Iterable[str]) -> Spec:
    """An address block, without those of the parts that lie in it: the API server refuses others."""
    inside = [part for part in parts if within(part, cidr)]
    return {"ipBlock": {"cidr": cidr, "except": inside} if inside else {"cidr": cidr}}


def egress_policy(match: Mapping[str, pulumi.Input[str]], destination: Egress, *, ambient: bool = False) -> Spec:
    """The spec of a NetworkPolicy that opens one destination besides what others open.

    One object for each: when a destination changes, the engine adds the new one before it removes the old one.
    """
    return {
        "podSelector": {"matchLabels": dict(match)},
        "policyTypes": ["Egress"],
        "egress": [_egress_rule(destination, ambient)],
    }


def destination_names(destinations: Sequence[Egress]) -> dict[str, Egress]:
    """A stable name for each destination that has peers: its port, numbered where it repeats.

    Never the workload: its name may be an Output, and a child must be called the same whether it is known or not.
    """
    result: dict[str, Egress] = {}
    for destination in destinations:
        if not _peers(destination):
            continue
        base = f"to-{destination.port}"
        name, number = base, 1
        while name in result:
            number += 1
            name = f"{base}-{number}"
        result[name] = destination
    return result


def in_cluster(namespace: str | None, pod_labels: Mapping[str, str] | None) -> bool:
    """Whether a database or another store is said to run in the cluster: it is reached by its pods."""
    return namespace is not None or bool(pod_labels)


def store_openings(
    port: int, namespace: str | None, pod_labels: Mapping[str, str] | None, cidrs: Sequence[str], *, given: bool = True
) -> list[Egress]:
    """The ways to a database or another store: its pods where it runs in the cluster, and its addresses.

    :param given: whether somebody gave the addresses. Those of a default are left out where it runs in the cluster.
    """
    found = []
    if in_cluster(namespace, pod_labels):
        cidrs = cidrs if given else ()
        found.append(Egress(port=port, namespace=namespace, pod_labels=dict(pod_labels) if pod_labels else None))
    if cidrs:
        found.append(Egress(port=port, cidrs=list(cidrs)))
    return found


def solver_policy(client_namespace: pulumi.Input[str]) -> Spec:
    """Opens cert-manager's HTTP-01 solver to the edge: it runs in the namespace of the certificate."""
    return {
        "podSelector": {"matchLabels": {"acme.cert-manager.io/http01-solver": "true"}},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [namespace_peer(client_namespace)], "ports": [_port(SOLVER_PORT)]}],
    }


def _ports(opening: Opening, port: int | str, ambient: bool) -> list[Spec]:
    tunnel = [_port(AMBIENT_PORT)] if ambient and is_pods(opening) else []
    return [_port(port, opening.protocol), *tunnel]


def _port(port: int | str, protocol: str = "TCP") -> Spec:
    return {"protocol": protocol, "port": port}
