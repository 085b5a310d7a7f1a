"""Network policies: who may connect to the pods of a workload, and where these may connect to."""

from collections.abc import Mapping, Sequence

import pulumi

from ..arguments.shared import EgressArgs, IngressFromArgs
from .common import Spec, selector, without_empty

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that the API server puts on every namespace."""


def network_policy(
    match: Mapping[str, pulumi.Input[str]], origins: Sequence[IngressFromArgs], destinations: Sequence[EgressArgs]
) -> Spec:
    """The spec of a NetworkPolicy that opens exactly what is listed for the matching pods."""
    ingress = [{"from": _origin_peers(origin), "ports": _tcp(origin["port"])} for origin in origins]
    egress = [
        {"to": _destination_peers(destination), "ports": _tcp(destination["port"])} for destination in destinations
    ]
    return without_empty(
        {
            "podSelector": {"matchLabels": dict(match)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": ingress,
            "egress": egress,
        }
    )


def namespace_peer(namespace: pulumi.Input[str]) -> Spec:
    """All pods of a namespace."""
    return {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: namespace}}}


def _origin_peers(origin: IngressFromArgs) -> list[Spec]:
    if "workload" in origin:
        return [_pods(origin["workload"], origin.get("component", "server"))]
    return _cidr_peers(origin["cidrs"]) if "cidrs" in origin else [namespace_peer(origin["namespace"])]


def _destination_peers(destination: EgressArgs) -> list[Spec]:
    if "workload" in destination:
        return [_pods(destination["workload"], destination.get("component", "pooler"))]
    return _cidr_peers(destination["cidrs"])


def _pods(workload: pulumi.Input[str], component: str) -> Spec:
    return {"podSelector": {"matchLabels": selector(workload, component)}}


def _cidr_peers(cidrs: Sequence[str]) -> list[Spec]:
    return [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]


def _tcp(port: int) -> list[Spec]:
    return [{"protocol": "TCP", "port": port}]
