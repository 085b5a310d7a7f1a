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
    ("edge", "tls"): _CERTIFICATE,
    ("volumes", "readOnly"): "Leave it out: a volume is read-only unless 'writable: true' is given.",
}
"""The group, or the list, and the key in it, to what it is called here."""


def called_here(location: Sequence[int | str]) -> str | None:
    """What to write for a key that is known elsewhere; ``None`` for any other."""
    words = [str(part) for part in location if not isinstance(part, int)]
    return _HERE.get((words[-2], words[-1])) if len(words) > 1 else None
