"""The objects of an exporter, each by the suffix of its resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pulumi

from ..inputs.outputs import mapped
from ..kubernetes import mesh, network
from ..kubernetes import objects as common
from ..kubernetes.keys import Egress, IngressFrom
from ..kubernetes.made import Made, kept
from . import spec as specs
from .keys import ProbeKeys

ACCOUNT, NETWORK, CONFIG, DEPLOYMENT, SERVICE, MONITOR = (
    "account",
    "network",
    "config",
    "deployment",
    "service",
    "monitor",
)
POLICY = ("networking.k8s.io/v1", "NetworkPolicy")
EVERYWHERE = ["0.0.0.0/0", "::/0"]
"""What a name resolves to is not known here: a public address, or a private one of a load balancer nearby."""


def probe_objects(probe: specs.ProbeSpec, keys: ProbeKeys) -> dict[str, Made]:
    """Everything that McpProbe registers."""
    labels = common.labels(probe.name, specs.COMPONENT)
    versioned = common.versioned(labels, mapped(probe.image, common.image_version))
    ambient = keys.mesh == mesh.AMBIENT

    def metadata(name: pulumi.Input[str], annotations: Mapping[str, str] | None = None) -> common.Spec:
        return common.metadata(name, keys.namespace, labels, annotations)

    result = {
        ACCOUNT: Made("v1", "ServiceAccount", {"metadata": metadata(probe.name), "automountServiceAccountToken": False})
    }
    for suffix, named in openings(keys).items():
        spec = network.opening_policy(probe.match, named, ambient=ambient)
        result[suffix] = Made(*POLICY, {"metadata": metadata(f"{probe.name}-{suffix}"), "spec": spec})
    closed = specs.known_together([one.url for one in keys.endpoints], partial(_closed, probe, keys))
    result[NETWORK] = Made(*POLICY, {"metadata": metadata(probe.name), "spec": closed})
    result[CONFIG] = Made(
        "v1",
        "ConfigMap",
        {
            "metadata": metadata(probe.config_name),
            "immutable": True,
            "data": {specs.CONFIG_FILE: probe.configuration},
        },
    )
    result[DEPLOYMENT] = Made(
        "apps/v1",
        "Deployment",
        {
            "metadata": common.metadata(probe.name, keys.namespace, versioned),
            "spec": specs.deployment(probe, versioned),
        },
    )
    result[SERVICE] = Made(
        "v1", "Service", {"metadata": metadata(probe.name, common.SKIP_AWAIT), "spec": specs.service(probe)}
    )
    if keys.service_monitor:
        own = common.metadata(probe.name, keys.namespace, {**keys.monitor_labels, **labels})
        result[MONITOR] = Made(
            "monitoring.coreos.com/v1", "ServiceMonitor", {"metadata": own, "spec": specs.service_monitor(probe)}
        )
    return kept(result, policies=keys.pod_policies)


def openings(keys: ProbeKeys) -> dict[str, list[IngressFrom]]:
    """The origins that have a policy of their own, by the suffix of its resource."""
    if not keys.pod_policies:
        return {}
    return {f"from-{name}": named for name, named in network.named_origins(_origins(keys)).items()}


def _origins(keys: ProbeKeys) -> list[IngressFrom]:
    return [*keys.allow_from, *mesh.origins(keys.mesh, specs.PORT)]


def _closed(probe: specs.ProbeSpec, keys: ProbeKeys, urls: Sequence[str]) -> common.Spec:
    """Who may connect to the exporter, and where it may connect to: the ports of the addresses, and what is named."""
    watched = [Egress(port=port, cidrs=EVERYWHERE) for port in specs.ports(urls)]
    ways = [*watched, *keys.allow_to, *mesh.destinations(keys.mesh)]
    return network.network_policy(probe.match, _origins(keys), ways, ambient=keys.mesh == mesh.AMBIENT)
