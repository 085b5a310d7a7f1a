"""What drops the packets of pods in a cluster. A NetworkPolicy only ever allows: one that allows nothing closes pods
that no other opens, and changes nothing for the rest. Cilium and Calico have rules that deny, which win."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

NAME = "mcp-chaos"
CHOSEN = "kubernetes-mcp/chaos"
"""Label of the pods that are closed, for the time of it."""
PLAIN = "networkpolicies.networking.k8s.io"
CILIUM = "ciliumnetworkpolicies.cilium.io"
CALICO = "networkpolicies.projectcalico.org"
CALICO_FIRST = 0
"""Calico tries policies in their order, and the first that decides has decided."""


def policy(resource: str, run: str) -> Mapping[str, Any]:
    """The object that closes the pods with the label of a run."""
    metadata = {"name": f"{NAME}-{run}", "labels": {"app.kubernetes.io/name": NAME}}
    chosen = {CHOSEN: run}
    if resource == CILIUM:
        return {
            "apiVersion": "cilium.io/v2",
            "kind": "CiliumNetworkPolicy",
            "metadata": metadata,
            "spec": {
                "endpointSelector": {"matchLabels": chosen},
                "ingressDeny": [{"fromEntities": ["all"]}],
                "egressDeny": [{"toEntities": ["all"]}],
            },
        }
    if resource == CALICO:
        return {
            "apiVersion": "projectcalico.org/v3",
            "kind": "NetworkPolicy",
            "metadata": metadata,
            "spec": {
                "order": CALICO_FIRST,
                "selector": f"{CHOSEN} == '{run}'",
                "types": ["Ingress", "Egress"],
                "ingress": [{"action": "Deny"}],
                "egress": [{"action": "Deny"}],
            },
        }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata,
        "spec": {"podSelector": {"matchLabels": chosen}, "policyTypes": ["Ingress", "Egress"]},
    }


def text(resource: str, run: str) -> str:
    """The same for kubectl."""
    return json.dumps(policy(resource, run))
