"""A namespace under the Pod Security Standard "restricted", closed by default."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..kubernetes import quantities as units
from ..kubernetes.keys import Egress
from ..kubernetes.network import namespace_peer
from ..kubernetes.objects import Spec
from ..platforms import PLATFORMS, Resolver

if TYPE_CHECKING:
    from ..settings.keys.place import Resolver as ResolverKeys
    from ..settings.models import Quota as QuotaSettings
    from .keys import Quota

RBAC_GROUP = "rbac.authorization.k8s.io"


def namespace_labels(environment: str) -> Spec:
    """Enforce, audit and warn at "restricted", in the version of the cluster."""
    levels = {
        f"pod-security.kubernetes.io/{mode}{suffix}": value
        for mode in ("enforce", "audit", "warn")
        for suffix, value in (("", "restricted"), ("-version", "latest"))
    }
    return {**levels, "kubernetes-mcp/environment": environment}


def quota(given: Quota) -> Spec:
    """A ResourceQuota on requests. Limits are left free: CPU limits are meant to be overcommitted."""
    huge = {name: units.canonical_memory(size) for name, size in huge_pages(given).items()}
    counted = {name: units.format_count(number) for name, number in given.extended_resources.items()}
    return {
        "hard": {
            "requests.cpu": units.canonical_cpu(given.cpu),
            "requests.memory": units.canonical_memory(given.memory),
            "pods": units.format_count(given.pods),
            **{f"requests.{name}": amount for name, amount in sorted({**counted, **huge}.items())},
        }
    }


def huge_pages(given: Quota | QuotaSettings) -> dict[str, str]:
    """What a quota says of huge pages, by the name of their size."""
    sizes = zip(units.HUGE_PAGES, (given.hugepages2_mi, given.hugepages1_gi), strict=True)
    return {name: size for name, size in sizes if size is not None}


DEFAULT_REQUESTS = {"cpu": "50m", "memory": "64Mi", "ephemeral-storage": "32Mi"}
"""What a container of the namespace requests that names nothing, such as a certificate solver's."""


def limit_range() -> Spec:
    """Defaults for containers that name none, so that a quota on requests does not refuse them."""
    return {
        "limits": [
            {
                "type": "Container",
                "default": {"memory": "128Mi", "ephemeral-storage": "64Mi"},
                "defaultRequest": DEFAULT_REQUESTS,
            }
        ]
    }


def operator_rules() -> list[Spec]:
    """What a person on call needs: read everything but Secrets, and delete a pod.

    No right to patch a Deployment: it could put any Secret of the namespace into a log.
    """
    read = ["get", "list", "watch"]
    return [
        {
            "apiGroups": [""],
            "resources": [
                "pods",
                "pods/log",
                "services",
                "configmaps",
                "events",
                "endpoints",
                "resourcequotas",
            ],
            "verbs": read,
        },
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]},
        {"apiGroups": ["apps"], "resources": ["deployments", "replicasets"], "verbs": read},
        {"apiGroups": ["autoscaling"], "resources": ["horizontalpodautoscalers"], "verbs": read},
        {"apiGroups": ["policy"], "resources": ["poddisruptionbudgets"], "verbs": read},
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses", "networkpolicies"], "verbs": read},
        {"apiGroups": ["gateway.networking.k8s.io"], "resources": ["httproutes"], "verbs": read},
        {"apiGroups": ["keda.sh"], "resources": ["scaledobjects", "triggerauthentications"], "verbs": read},
    ]


def operator_role() -> Spec:
    """A reference to the Role of the people on call."""
    return {"apiGroup": RBAC_GROUP, "kind": "Role", "name": "operator"}


def group_subjects(groups: Sequence[str]) -> list[Spec]:
    """Groups as subjects of a RoleBinding."""
    return [{"kind": "Group", "name": group, "apiGroup": RBAC_GROUP} for group in groups]


def default_deny() -> Spec:
    """No pod of the namespace may connect or be connected to, unless another policy opens it."""
    return {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def allow_dns(given: Sequence[ResolverKeys] | None = None, platform: str = "generic") -> Spec:
    """Name resolution by the resolvers of the platform, or the given ones, for every pod."""
    ports: dict[int, list[Spec]] = {}
    for one in resolvers(given, platform):
        if one.namespace is not None:
            ports.setdefault(one.port, []).append(namespace_peer(one.namespace, one.pod_labels))
        ports.setdefault(one.port, []).extend({"ipBlock": {"cidr": cidr}} for cidr in one.cidrs)
    return {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {"to": peers, "ports": [{"protocol": "UDP", "port": port}, {"protocol": "TCP", "port": port}]}
            for port, peers in ports.items()
            if peers
        ],
    }


def resolvers(given: Sequence[ResolverKeys] | None, platform: str) -> Sequence[Resolver]:
    """The given resolvers, or those of the platform."""
    if given is None:
        return PLATFORMS[platform].resolvers
    return [
        Resolver(namespace=one.namespace, pod_labels=one.pod_labels, cidrs=tuple(one.cidrs), port=one.port)
        for one in given
    ]


def dns_openings(given: Sequence[ResolverKeys] | None, platform: str) -> list[Egress]:
    """The same as openings of a workload of its own, for a namespace that has no such policy."""
    found = []
    for one in resolvers(given, platform):
        for protocol in ("UDP", "TCP"):
            if one.namespace is not None:
                labels = dict(one.pod_labels) or None
                found.append(Egress(port=one.port, protocol=protocol, namespace=one.namespace, pod_labels=labels))
            if one.cidrs:
                found.append(Egress(port=one.port, protocol=protocol, cidrs=list(one.cidrs)))
    return found
