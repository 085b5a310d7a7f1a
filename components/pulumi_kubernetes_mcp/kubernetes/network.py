"""Network policies: who may connect to the pods of a workload, and where these may connect to."""

from collections.abc import Mapping, Sequence

import pulumi

from .keys import Egress, IngressFrom
from .objects import Spec, selector, without_empty

SOLVER_PORT = 8089
"""The port that cert-manager's HTTP-01 solver listens on."""
NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that the API server puts on every namespace."""


def network_policy(
    match: Mapping[str, pulumi.Input[str]],
    origins: Sequence[IngressFrom],
    destinations: Sequence[Egress],
    port_names: Mapping[int, str] | None = None,
) -> Spec:
    """The spec of a NetworkPolicy that opens exactly what is listed for the matching pods.

    ``port_names`` gives the container's name for a port: a rule by name outlives a change of the number.
    A rule without peers would open the port to everybody, so an empty list of address ranges makes no rule.
    Origins with a name are not listed here: see :func:`opening_policy`.
    """
    ingress = _ingress([one for one in origins if one.name is None], port_names)
    egress = [{"to": peers, "ports": _tcp(one.port)} for one in destinations if (peers := _destination_peers(one))]
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
) -> Spec:
    """The spec of a NetworkPolicy that opens the matching pods to some origins besides what others open."""
    return {
        "podSelector": {"matchLabels": dict(match)},
        "policyTypes": ["Ingress"],
        "ingress": _ingress(origins, port_names),
    }


def named_origins(origins: Sequence[IngressFrom]) -> dict[str, list[IngressFrom]]:
    """The origins that have peers, under the names of their own policies."""
    result: dict[str, list[IngressFrom]] = {}
    for one in origins:
        if one.name is not None and _origin_peers(one):
            result.setdefault(one.name, []).append(one)
    return result


def _ingress(origins: Sequence[IngressFrom], port_names: Mapping[int, str] | None) -> list[Spec]:
    names = port_names or {}
    return [
        {"from": peers, "ports": _tcp(names.get(one.port, one.port))}
        for one in origins
        if (peers := _origin_peers(one))
    ]


def namespace_peer(namespace: pulumi.Input[str]) -> Spec:
    """All pods of a namespace."""
    return {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: namespace}}}


def names_peers(origin: IngressFrom) -> bool:
    """Whether an origin lets anybody in: one with an empty list of address ranges does not."""
    return bool(_origin_peers(origin))


def _origin_peers(origin: IngressFrom) -> list[Spec]:
    if origin.workload is not None:
        return [_pods(origin.workload, origin.component)]
    return _cidr_peers(origin.cidrs or []) if origin.namespace is None else [namespace_peer(origin.namespace)]


def _destination_peers(destination: Egress) -> list[Spec]:
    if destination.workload is not None:
        return [_pods(destination.workload, destination.component)]
    return _cidr_peers(destination.cidrs or [])


def _pods(workload: pulumi.Input[str], component: str) -> Spec:
    return {"podSelector": {"matchLabels": selector(workload, component)}}


def _cidr_peers(cidrs: Sequence[str]) -> list[Spec]:
    return [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]


def egress_policy(match: Mapping[str, pulumi.Input[str]], destination: Egress) -> Spec:
    """The spec of a NetworkPolicy that opens one destination besides what others open.

    One object for each: when a destination changes, the engine adds the new one before it removes the old one.
    """
    return {
        "podSelector": {"matchLabels": dict(match)},
        "policyTypes": ["Egress"],
        "egress": [{"to": _destination_peers(destination), "ports": _tcp(destination.port)}],
    }


def destination_names(destinations: Sequence[Egress]) -> dict[str, Egress]:
    """A stable name for each destination that has peers: its port, numbered where it repeats.

    Never the workload: its name may be an Output, and a child must be called the same whether it is known or not.
    """
    result: dict[str, Egress] = {}
    for destination in destinations:
        if not _destination_peers(destination):
            continue
        base = f"to-{destination.port}"
        name, number = base, 1
        while name in result:
            number += 1
            name = f"{base}-{number}"
        result[name] = destination
    return result


def solver_policy(client_namespace: pulumi.Input[str]) -> Spec:
    """Opens cert-manager's HTTP-01 solver to the edge: it runs in the namespace of the certificate."""
    return {
        "podSelector": {"matchLabels": {"acme.cert-manager.io/http01-solver": "true"}},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [namespace_peer(client_namespace)], "ports": _tcp(SOLVER_PORT)}],
    }


def _tcp(port: int | str) -> list[Spec]:
    return [{"protocol": "TCP", "port": port}]
