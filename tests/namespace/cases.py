"""McpNamespace in the tests that look at every component: what it makes, and ways to use it."""

from __future__ import annotations

from tests.components.case import Case

CHILDREN = {
    "allow-dns": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "default-deny": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "limits": "kubernetes:core/v1:LimitRange",
    "namespace": "kubernetes:core/v1:Namespace",
    "operator": "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "operators": "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "quota": "kubernetes:core/v1:ResourceQuota",
}
"""Children by what their names have behind the component's: a change needs an alias and a line in CHANGELOG.md."""

CASES = (
    Case("McpNamespace", "minimal", {}),
    Case(
        "McpNamespace",
        "full",
        {
            "namespace": "qq-orders",
            "environment": "staging",
            "quota": {
                "cpu": "40000m",
                "memory": "65536Mi",
                "pods": 40,
                "extended_resources": {"nvidia.com/gpu": 8},
                "hugepages2_mi": "1024Mi",
                "hugepages1_gi": "8Gi",
            },
            "operators": ["oncall", "platform"],
            "platform": "gke",
            "resolvers": [
                {"namespace": "dns", "pod_labels": {"app": "resolver"}, "port": 5353},
                {"cidrs": ["169.254.20.10/32"]},
            ],
            "patches": [
                {"kind": "LimitRange", "name": "defaults", "patch": {"metadata": {"annotations": {"team": "orders"}}}}
            ],
            "accept": {},
        },
        ("namespace",),
    ),
    Case(
        "McpNamespace",
        "existing",
        {
            "namespace": "qq-orders",
            "create_namespace": False,
            "namespace_objects": ["quota"],
            "quota": {"cpu": "40", "memory": "64Gi", "pods": 40},
        },
        ("namespace",),
    ),
)
