"""What a service mesh asks of pods and of network policies. Istio is the only one; its modes differ in every part."""

from __future__ import annotations

from collections.abc import Mapping

from .keys import Egress, IngressFrom

AMBIENT = "istio-ambient"
SIDECAR = "istio-sidecar"
PROBE_CIDRS = ["169.254.7.127/32", "fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128"]
"""What ambient mode rewrites the source of kubelet probes to (Istio, "Ambient and Kubernetes NetworkPolicy"), so that
they are told from traffic of the mesh. A network plugin then does not see that they come from the node."""
AGENT_PORT = 15020
"""Port of the sidecar's agent, which answers the kubelet's probes for the server (Istio, "Ports used by Istio")."""
ISTIOD_NAMESPACE = "istio-system"
ISTIOD_PORT = 15012
"""Port of istiod that sidecars fetch configuration and certificates at, over TLS (the same page)."""
PROXY_REQUESTS = {"cpu": "100m", "memory": "128Mi"}
"""What a sidecar requests unless the mesh was told otherwise: `global.proxy.resources` of Istio's chart."""


ASKED_BY_LABEL: Mapping[str, tuple[str, str]] = {
    "sidecar.istio.io/inject": ("true", SIDECAR),
    "istio.io/dataplane-mode": ("ambient", AMBIENT),
}
"""Label or annotation of a pod that takes it into Istio's mesh, its value, and the mode."""
OTHER_MESHES: Mapping[str, tuple[str, str]] = {
    "linkerd.io/inject": ("enabled", "linkerd"),
    "kuma.io/sidecar-injection": ("enabled", "kuma-system"),
    "consul.hashicorp.com/connect-inject": ("true", "consul"),
}
"""The same of meshes without a mode of their own here, and the namespace that their control plane is installed in."""


def pod_labels(mesh: str) -> Mapping[str, str]:
    """The labels that take a pod into the mesh, whatever its namespace says."""
    labels = {AMBIENT: {"istio.io/dataplane-mode": "ambient"}, SIDECAR: {"sidecar.istio.io/inject": "true"}}
    return labels.get(mesh, {})


def pod_annotations(mesh: str) -> Mapping[str, str]:
    """The annotations of a pod in the mesh: a proxy that begins before the server, and ends after its drain."""
    return {"sidecar.istio.io/nativeSidecar": "true"} if mesh == SIDECAR else {}


def origins(mesh: str, port: int) -> list[IngressFrom]:
    """Who may connect besides: the probes of the kubelet, as ambient mode lets them come."""
    return [IngressFrom(port=port, cidrs=PROBE_CIDRS)] if mesh == AMBIENT else []


def destinations(mesh: str) -> list[Egress]:
    """Where the pods must be able to connect to besides: a sidecar to its control plane."""
    return [Egress(port=ISTIOD_PORT, namespace=ISTIOD_NAMESPACE)] if mesh == SIDECAR else []
