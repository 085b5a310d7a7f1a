"""What keys that other tools have are here: a pod's fields, a chart's values, words of MCP clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_PROBES = "Give {}, the route that is asked, and its timing by probes.{}."
_CERTIFICATE = (
    "Leave it out behind a Gateway of others (kind 'gateway', the default), whose listener has the certificate. With a "
    "listener made here (mcp:edge.gateway.className or listenerSet), or with kind 'ingress' but for a cloud's load "
    "balancer, give tlsSecret, the Secret with the certificate, or clusterIssuer, which fills it."
)
_HERE: Mapping[tuple[str, str], str] = {
    ("server", "transport"): "Leave it out: a server is reached over HTTP, by the eras that it speaks (eras). One that "
    "speaks stdio alone serves one process: put a bridge to streamable HTTP into its image, and give the port of that.",
    ("server", "serviceAccountName"): "Leave it out: each server has a ServiceAccount of its own name. Its annotations "
    "are serviceAccountAnnotations, what it may ask the API for is kubernetesApi; another one is a patch of kind Pod.",
    ("server", "livenessProbe"): _PROBES.format("livenessPath", "liveness"),
    ("server", "readinessProbe"): _PROBES.format("healthPath", "readiness"),
    ("server", "startupProbe"): _PROBES.format("startupSeconds", "startup").replace(
        "the route that is asked", "its time"
    ),
    ("server", "securityContext"): "Leave it out: the pods meet the level 'restricted'. The user is userId or "
    "clusterUserId, files may be written in writablePaths, and the rest is a patch of kind Pod.",
    ("server", "replicaCount"): "Give mcp:scaling.minReplicas and maxReplicas; a fixed count is mcp:scaling.replicas "
    "with mcp:scaling.autoscaler 'none'.",
    ("server", "replicas"): "Give mcp:scaling.minReplicas and maxReplicas; a fixed count is mcp:scaling.replicas "
    "with mcp:scaling.autoscaler 'none'.",
    ("server", "ports"): "Give port, which clients are routed to; that of the metrics is mcp:monitoring.port.",
    ("server", "volumeMounts"): "Give volumes, each with the path where it is mounted, and writablePaths for "
    "directories that begin empty.",
    ("server", "terminationGracePeriodSeconds"): "Leave it out: it is derived from the slowest call "
    "(maxToolSeconds) and from how long the edge goes on sending; another one is a patch of kind Pod.",
    ("server", "lifecycle"): "Leave it out: the pre-stop sleep is derived from the edge (mcp:edge.propagationSeconds); "
    "another hook is a patch of kind Pod.",
    (
        "server",
        "affinity",
    ): "Give nodeSelector, tolerations or architecture; an affinity of the pods is a patch of kind "
    "Pod. How a client stays on its pod is mcp:edge.affinity.",
    ("server", "topologySpreadConstraints"): "Leave it out: pods are spread over zones and nodes (mcp:region.zones); "
    "another spread is a patch of kind Pod.",
    ("server", "strategy"): "Give rollout.",
    **{
        ("tools", key): "Give durationMilliseconds, the mean, and p95Milliseconds where it is known."
        for key in ("p50Milliseconds", "p99Milliseconds", "meanMilliseconds", "latencyMilliseconds")
    },
    ("tools", "share"): "Give sharePercent.",
    ("tools", "weight"): "Give sharePercent, in percent of all calls.",
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


def called_here(location: Sequence[int | str]) -> str | None:
    """What to write for a key that is known elsewhere; ``None`` for any other."""
    words = [str(part) for part in location if not isinstance(part, int)]
    return _HERE.get((words[-2], words[-1])) if len(words) > 1 else None
