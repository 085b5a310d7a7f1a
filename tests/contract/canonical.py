"""What users' state files depend on: type tokens, and types and names of children.

A change here renames resources that exist, which replaces them: it needs an alias, a test of the alias, and a line in
CHANGELOG.md.
"""

from __future__ import annotations

import re

CUSTOM = {
    "ExternalSecret": "kubernetes:external-secrets.io/v1:ExternalSecret",
    "HTTPRoute": "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    "BackendTrafficPolicy": "kubernetes:gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy",
    "BackendTLSPolicy": "kubernetes:gateway.networking.k8s.io/v1:BackendTLSPolicy",
    "ScaledObject": "kubernetes:keda.sh/v1alpha1:ScaledObject",
    "TriggerAuthentication": "kubernetes:keda.sh/v1alpha1:TriggerAuthentication",
}

TOKENS = {
    "McpAutoscaling": "kubernetes-mcp:index:McpAutoscaling",
    "McpIngress": "kubernetes-mcp:index:McpIngress",
    "McpNamespace": "kubernetes-mcp:index:McpNamespace",
    "McpPgBouncer": "kubernetes-mcp:index:McpPgBouncer",
    "McpRegion": "kubernetes-mcp:index:McpRegion",
    "McpSecrets": "kubernetes-mcp:index:McpSecrets",
    "McpService": "kubernetes-mcp:index:McpService",
}

CHILDREN = {
    "McpAutoscaling": {
        "authentication": CUSTOM["TriggerAuthentication"],
        "hpa": "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
        "scaledobject": CUSTOM["ScaledObject"],
    },
    "McpIngress": {
        "backend-config": "kubernetes:gateway.kgateway.dev/v1alpha1:BackendConfigPolicy",
        "backend-policy": "kubernetes:networking.gke.io/v1:GCPBackendPolicy",
        "bodies": "kubernetes:gateway.nginx.org/v1alpha1:ClientSettingsPolicy",
        "buffering": "kubernetes:gateway.nginx.org/v1alpha1:ProxySettingsPolicy",
        "destination": "kubernetes:networking.istio.io/v1:DestinationRule",
        "entity": "kubernetes:cilium.io/v2:CiliumNetworkPolicy",
        "health": "kubernetes:networking.gke.io/v1:HealthCheckPolicy",
        "ingress": "kubernetes:networking.k8s.io/v1:Ingress",
        "openshift": "kubernetes:route.openshift.io/v1:Route",
        "openshift-<path>": "kubernetes:route.openshift.io/v1:Route",
        "route": CUSTOM["HTTPRoute"],
        "solver": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "timeouts": "kubernetes:gateway.kgateway.dev/v1alpha1:TrafficPolicy",
        "tls": CUSTOM["BackendTLSPolicy"],
        "traffic": CUSTOM["BackendTrafficPolicy"],
        "upstream": "kubernetes:gateway.nginx.org/v1alpha1:UpstreamSettingsPolicy",
    },
    "McpNamespace": {
        "allow-dns": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "default-deny": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "limits": "kubernetes:core/v1:LimitRange",
        "namespace": "kubernetes:core/v1:Namespace",
        "operator": "kubernetes:rbac.authorization.k8s.io/v1:Role",
        "operators": "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        "quota": "kubernetes:core/v1:ResourceQuota",
    },
    "McpPgBouncer": {
        "account": "kubernetes:core/v1:ServiceAccount",
        "config": "kubernetes:core/v1:ConfigMap",
        "deployment": "kubernetes:apps/v1:Deployment",
        "disruption": "kubernetes:policy/v1:PodDisruptionBudget",
        "from-<name>": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "network": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "service": "kubernetes:core/v1:Service",
    },
    "McpRegion": {
        "extra-<object>": "kubernetes:core/v1:ConfigMap",
        "<server>-autoscaling": TOKENS["McpAutoscaling"],
        "<server>-ingress": TOKENS["McpIngress"],
        "namespace": TOKENS["McpNamespace"],
        "pooler": TOKENS["McpPgBouncer"],
        "secrets": TOKENS["McpSecrets"],
        "<server>-service": TOKENS["McpService"],
    },
    "McpSecrets": {
        "externalsecret": CUSTOM["ExternalSecret"],
        "id": "random:index/randomId:RandomId",
        "secret": "kubernetes:core/v1:Secret",
    },
    "McpService": {
        "account": "kubernetes:core/v1:ServiceAccount",
        "claim-<name>": "kubernetes:core/v1:PersistentVolumeClaim",
        "cluster-rights": "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
        "cluster-rights-<number>": "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
        "cluster-role": "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
        "pods": "kubernetes:core/v1:Service",
        "statefulset": "kubernetes:apps/v1:StatefulSet",
        "deployment": "kubernetes:apps/v1:Deployment",
        "disruption": "kubernetes:policy/v1:PodDisruptionBudget",
        "from-<name>": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "network": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "rights": "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        "rights-<number>": "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        "role": "kubernetes:rbac.authorization.k8s.io/v1:Role",
        "service": "kubernetes:core/v1:Service",
        "to-<port>": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    },
}

CHOSEN = {
    r"to-\d+(-\d+)?": "to-<port>",
    r"(from|claim)-.+": r"\1-<name>",
    r"((cluster-)?rights)-\d+": r"\1-<number>",
    r"extra-.+": "extra-<object>",
    r"openshift-.+": "openshift-<path>",
}
"""Names of children that follow from what a caller gives, to how the table has them."""


def child_name(component: str, suffix: str) -> str:
    """A child as the table has it, from the suffix of its name."""
    if component == "McpRegion" and suffix.endswith(("-autoscaling", "-ingress", "-service")):
        return f"<server>-{suffix.rpartition('-')[2]}"
    for chosen, general in CHOSEN.items():
        if re.fullmatch(chosen, suffix):
            return re.sub(chosen, general, suffix)
    return suffix
