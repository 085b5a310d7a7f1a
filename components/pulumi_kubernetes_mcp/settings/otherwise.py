"""What keys that other tools have are here: a pod's fields, a chart's values, words of MCP clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_PROBES = "Give {}, the route that is asked, and its timing by probes.{}."
_CERTIFICATE = (
    "Leave it out behind a Gateway of others (kind 'gateway', the default), whose listener has the certificate. With a "
    "listener made here (mcp:edge.gateway.className or listenerSet), or with kind 'ingress' but for a cloud's load "
    "balancer, give tlsSecret, the Secret with the certificate, or clusterIssuer, which fills it."
)
_SECURITY = (
    "Leave it out: the pods meet the level 'restricted'. The user is userId or clusterUserId, files may be written in "
    "writablePaths, and the rest is a patch of kind Pod."
)
_ACCOUNT = (
    "Leave it out: each server has a ServiceAccount of its own name. Its annotations are serviceAccountAnnotations, "
    "what it may ask the API for is kubernetesApi; another one is a patch of kind Pod."
)
_DISK = "Give volumes an item with a claim, such as {path: /data, claim: {size: 10Gi}}."
_URL = "Give urlKey, the key of the Secret (mcp:secrets) that holds the whole URL: it does not stand in a stack file."
_HERE: Mapping[tuple[str, str], str] = {
    ("server", "transport"): "Leave it out: a server is reached over HTTP, by the eras that it speaks (eras). One that "
    "speaks stdio alone serves one process: put a bridge to streamable HTTP into its image, and give the port of that.",
    ("server", "serviceAccountName"): _ACCOUNT,
    ("server", "serviceAccount"): _ACCOUNT,
    ("server", "livenessProbe"): _PROBES.format("livenessPath", "liveness"),
    ("server", "readinessProbe"): _PROBES.format("healthPath", "readiness"),
    ("server", "startupProbe"): _PROBES.format("startupSeconds", "startup").replace(
        "the route that is asked", "its time"
    ),
    ("server", "securityContext"): _SECURITY,
    ("server", "podSecurityContext"): _SECURITY,
    ("server", "replicaCount"): "Give mcp:scaling.minReplicas and maxReplicas; a fixed count is mcp:scaling.replicas "
    "with mcp:scaling.autoscaler 'none'.",
    ("server", "replicas"): "Give mcp:scaling.minReplicas and maxReplicas; a fixed count is mcp:scaling.replicas "
    "with mcp:scaling.autoscaler 'none'.",
    ("server", "strategy"): "Give rollout.",
    **{
        ("tools", key): "Give durationMilliseconds, the mean, and p95Milliseconds where it is known."
        for key in ("p50Milliseconds", "p99Milliseconds", "meanMilliseconds", "latencyMilliseconds")
    },
    ("tools", "share"): "Give sharePercent.",
    ("tools", "weight"): "Give sharePercent, in percent of all calls.",
    (
        "server",
        "service",
    ): "Leave it out: the Service is a ClusterIP of the server's name. How clients reach the server "
    "is mcp:edge, and a field of the Service is a patch of kind Service.",
    ("server", "ports"): "Give port, which the server listens on. Metrics at another one are mcp:monitoring.port, and "
    "a further port is a patch of the kinds Pod and Service.",
    ("server", "persistence"): _DISK,
    ("server", "volumeMounts"): "Leave it out: an item of volumes says where it is mounted (path).",
    (
        "server",
        "affinity",
    ): "Where pods run is nodeSelector and tolerations, and more than that a patch of kind Pod. How "
    "a client stays on its pod is mcp:edge.affinity.",
    ("server", "topologySpreadConstraints"): "Leave it out: the pods are spread over nodes and mcp:region.zones. "
    "Another spread is a patch of kind Pod.",
    ("server", "autoscaling"): "That is mcp:scaling.",
    ("server", "podDisruptionBudget"): "Leave it out: the budget is made. How many pods it keeps is "
    "mcp:scaling.minAvailable.",
    ("server", "networkPolicy"): "Leave it out: the pods are closed. What is opened besides the edge is ingress and "
    "egress.",
    ("server", "serviceMonitor"): "That is mcp:monitoring.monitor.",
    (
        "server",
        "lifecycle",
    ): "Leave it out: the pre-stop sleep is derived, or given as preStopSeconds. Another hook is a patch of kind Pod.",
    ("database", "url"): _URL,
    ("database", "dsn"): _URL,
    ("database", "connectionString"): _URL,
    ("edge", "tls"): _CERTIFICATE,
    ("volumes", "readOnly"): "Leave it out: a volume is read-only unless 'writable: true' is given.",
    ("volumes", "mountPath"): "Give path.",
    ("volumes", "name"): "Leave it out: a volume is named by its path.",
    ("volumes", "persistentVolumeClaim"): "Give claim.",
    ("volumes", "emptyDir"): "Give the directory in writablePaths, with its size and medium, instead of a volume.",
    ("volumes", "hostPath"): "Leave it out: the level 'restricted' has no directories of the node. Where the namespace "
    "admits them, it is a patch of kind Pod.",
    **{
        (where, key): remedy
        for where in ("sidecars", "initContainers")
        for key, remedy in {
            "resources": "Give requests and limits beside the image.",
            "ports": "Give port.",
            "volumeMounts": "Give mounts.",
            "restartPolicy": "Leave it out: a sidecar runs beside the server, an init container before it.",
            "readinessProbe": "Give port, and healthPath where it has a route.",
            "startupProbe": "Give port, and healthPath where it has a route.",
        }.items()
    },
}
"""The group, or the list, and the key in it, to what it is called here."""


_AS_A_MAP: Mapping[tuple[str, str], str] = {
    ("server", "image"): "Write it as one text, such as 'registry.example.com/team/name:1.4.2'. When it is pulled is "
    "imagePullPolicy.",
    ("server", "ingress"): "How clients reach the server is mcp:edge. Here stand origins besides the edge, one item "
    "each.",
}
"""Keys that charts have as a map, and that are something else here."""


def map_here(location: Sequence[int | str]) -> str | None:
    """What to write where a map stands for something else; ``None`` for any other key."""
    return _AS_A_MAP.get((str(location[-2]), str(location[-1]))) if len(location) > 1 else None


def called_here(location: Sequence[int | str]) -> str | None:
    """What to write for a key that is known elsewhere; ``None`` for any other."""
    words = [str(part) for part in location if not isinstance(part, int)]
    return _HERE.get((words[-2], words[-1])) if len(words) > 1 else None
