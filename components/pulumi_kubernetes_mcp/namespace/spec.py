"""A namespace under the Pod Security Standard "restricted", closed by default."""

from collections.abc import Mapping, Sequence

from ..kubernetes import quantities as units
from ..kubernetes.network import namespace_peer
from ..kubernetes.objects import Spec

NODE_LOCAL_DNS = "169.254.20.10/32"
"""The link-local address that NodeLocal DNSCache listens on by default."""
RBAC_GROUP = "rbac.authorization.k8s.io"


def namespace_labels(environment: str) -> Spec:
    """Enforce, audit and warn at "restricted", in the version of the cluster."""
    levels = {
        f"pod-security.kubernetes.io/{mode}{suffix}": value
        for mode in ("enforce", "audit", "warn")
        for suffix, value in (("", "restricted"), ("-version", "latest"))
    }
    return {**levels, "kubernetes-mcp/environment": environment}


def quota(*, cpu: str, memory: str, pods: int, extended_resources: Mapping[str, int] | None = None) -> Spec:
    """A ResourceQuota on requests. Limits are left free: CPU limits are meant to be overcommitted."""
    devices = {
        f"requests.{name}": units.format_count(number) for name, number in sorted((extended_resources or {}).items())
    }
    return {
        "hard": {
            "requests.cpu": units.canonical_cpu(cpu),
            "requests.memory": units.canonical_memory(memory),
            "pods": units.format_count(pods),
            **devices,
        }
    }


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


def allow_dns() -> Spec:
    """Name resolution by the cluster's DNS or its node-local cache, for every pod."""
    return {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    namespace_peer("kube-system"),
                    {"ipBlock": {"cidr": NODE_LOCAL_DNS}},
                ],
                "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
            }
        ],
    }
