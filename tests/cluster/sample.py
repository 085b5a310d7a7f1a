"""A hand-made stack: proves the oracles themselves, with or without rendered stacks to point them at."""

from __future__ import annotations

from typing import Any

from tests.cluster.kubectl import Object

NAME = "sample"
IMAGE = "registry.example/mcp/sample:1.4.2"
LABELS = {"app.kubernetes.io/name": NAME}
MINIMUM, MAXIMUM, SURGE = 3, 6, 2


def stack(namespace: str, *, autoscaler: str, quota_pods: int = MAXIMUM + SURGE) -> list[Object]:
    """What one region needs, with `hpa` or `keda` as the autoscaler."""
    scaler = _hpa() if autoscaler == "hpa" else _scaled_object()
    workload = [quota(quota_pods), service(), deployment(), disruption_budget(), scaler]
    placed_objects = [placed(one, namespace) for one in (*workload, *edge(), *secret_objects())]
    return [namespace_object(namespace), *placed_objects]


def placed(one: Object, namespace: str) -> Object:
    """The object in a namespace."""
    return {**one, "metadata": {**one["metadata"], "namespace": namespace}}


def namespace_object(name: str) -> Object:
    """A namespace that enforces and warns about `restricted`."""
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def pod_spec() -> dict[str, Any]:
    """A pod that satisfies `restricted`."""
    container = {
        "name": "server",
        "image": IMAGE,
        "ports": [{"name": "http", "containerPort": 8080}],
        "envFrom": [{"secretRef": {"name": "sample-env"}}],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10},
        "lifecycle": {"preStop": {"sleep": {"seconds": 10}}},
        "resources": {"requests": {"cpu": "1", "memory": "192Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    return {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 90,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": LABELS},
                "matchLabelKeys": ["pod-template-hash"],
            }
        ],
        "containers": [container],
    }


def deployment() -> dict[str, Any]:
    """The workload, with no replica count since an autoscaler owns it."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": NAME, "labels": LABELS},
        "spec": {
            "selector": {"matchLabels": LABELS},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": SURGE, "maxUnavailable": 0}},
            "template": {"metadata": {"labels": LABELS}, "spec": pod_spec()},
        },
    }


def service() -> dict[str, Any]:
    """The Service in front of it."""
    spec = {"selector": LABELS, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": NAME}, "spec": spec}


def disruption_budget(minimum: int = MINIMUM - 1) -> dict[str, Any]:
    """A budget that leaves room for one eviction."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": NAME},
        "spec": {
            "minAvailable": minimum,
            "selector": {"matchLabels": LABELS},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }


def quota(pods: int) -> dict[str, Any]:
    """Room for so many pods of this kind and no more."""
    hard = {"pods": str(pods), "requests.cpu": str(pods), "requests.memory": f"{192 * pods}Mi"}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": NAME}, "spec": {"hard": hard}}


def _hpa() -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": 60}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": NAME},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME},
            "minReplicas": MINIMUM,
            "maxReplicas": MAXIMUM,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def _scaled_object() -> dict[str, Any]:
    metadata = {
        "serverAddress": "http://prometheus.monitoring:9090",
        "query": "sum(mcp_active_sse_connections)",
        "threshold": "50",
        "ignoreNullValues": "false",
    }
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": NAME},
        "spec": {
            "scaleTargetRef": {"name": NAME},
            "minReplicaCount": MINIMUM,
            "maxReplicaCount": MAXIMUM,
            "triggers": [{"type": "prometheus", "metadata": metadata}],
            "fallback": {"failureThreshold": 3, "replicas": MINIMUM, "behavior": "currentReplicasIfHigher"},
        },
    }


def edge() -> list[dict[str, Any]]:
    """A route and the gateway's policy for it."""
    route = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": NAME},
        "spec": {
            "parentRefs": [{"name": "public", "namespace": "edge"}],
            "hostnames": ["mcp.example.com"],
            "rules": [{"backendRefs": [{"name": NAME, "port": 80}], "timeouts": {"request": "0s"}}],
        },
    }
    policy = {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "BackendTrafficPolicy",
        "metadata": {"name": NAME},
        "spec": {
            "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": NAME}],
            "timeout": {"http": {"requestTimeout": "0s"}},
        },
    }
    return [route, policy]


def secret_objects() -> list[dict[str, Any]]:
    """A store of the fake provider and a secret taken from it."""
    store = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "SecretStore",
        "metadata": {"name": NAME},
        "spec": {"provider": {"fake": {"data": [{"key": "/sample/url", "value": "placeholder"}]}}},
    }
    secret = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": NAME},
        "spec": {
            "refreshInterval": "1h0m0s",
            "secretStoreRef": {"name": NAME, "kind": "SecretStore"},
            "target": {"name": "sample-env"},
            "data": [{"secretKey": "URL", "remoteRef": {"key": "/sample/url"}}],
        },
    }
    return [store, secret]
