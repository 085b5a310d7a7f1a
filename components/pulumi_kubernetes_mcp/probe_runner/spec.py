"""The exporter's pod, its configuration, its Service and its ServiceMonitor, as plain dictionaries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import TypeVar, cast
from urllib.parse import urlsplit

import pulumi

from ..eras import ENDPOINT_PROPAGATION_SECONDS
from ..inputs.outputs import mapped, plain
from ..kubernetes.objects import (
    LIVENESS_PROBE,
    NAME,
    READINESS_PROBE,
    STARTUP_PROBE,
    Spec,
    container_security,
    content_digest,
    pod_security,
    selector,
    spread,
    template_metadata,
    without_empty,
)
from ..kubernetes.placement import affinity, placement
from ..platforms import PullPolicy
from ..settings.fields import given
from ..settings.keys.pod import PlacementKeys
from ..settings.probe_file import WatchedEndpoint

T = TypeVar("T")

COMPONENT = "probe"
CONTAINER = "probe"
PORT = 9810
PORT_NAME = "metrics"
FOLDER = "/etc/mcp-probe"
CONFIG_FILE = "probe.json"
USER_ID = 10001
MARGIN_SECONDS = 5
"""Of the grace period beside propagation and a round's timeout: a round that runs at SIGTERM comes to its end first."""
REQUESTS = {"cpu": "50m", "memory": "96Mi", "ephemeral-storage": "16Mi"}
LIMITS = {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi"}
"""For a thousand endpoints: 0.2 of a core and 150 MiB are the goal of the benchmark."""
PODS = 2
"""Pods of both generations that a rollout can hold at once."""
LONGEST_SCRAPE_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class ProbeSpec:
    """Everything the exporter is made from, settled."""

    name: str
    image: pulumi.Input[str]
    pull_policy: PullPolicy
    configuration: pulumi.Input[str]
    """The text of the configuration."""
    timeout_seconds: float
    """The longest timeout of any endpoint."""
    interval_seconds: float
    secret_name: pulumi.Input[str] | None = None
    schema_config_map: pulumi.Input[str] | None = None
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    pod_annotations: Mapping[str, str] = field(default_factory=dict)
    user_id: int | None = USER_ID
    """User and group; ``None`` leaves both to the cluster."""
    place: PlacementKeys = field(default_factory=PlacementKeys)

    @property
    def match(self) -> dict[str, pulumi.Input[str]]:
        """The labels that select the pod."""
        return selector(self.name, COMPONENT)

    @property
    def config_name(self) -> pulumi.Input[str]:
        """Name of the ConfigMap: by its content, so that other endpoints are another object and a rollout."""
        return mapped(self.configuration, lambda text: f"{self.name}-{content_digest({CONFIG_FILE: text})}")


def configuration(
    *, watcher: str, interval_seconds: float, timeout_seconds: float, endpoints: Sequence[WatchedEndpoint]
) -> pulumi.Input[str]:
    """The file of the exporter, sorted: the same endpoints in another order are the same file."""
    listed = sorted(endpoints, key=lambda one: one.name)

    def written(urls: Sequence[str]) -> str:
        values = {
            "watcher": watcher,
            "intervalSeconds": interval_seconds,
            "timeoutSeconds": timeout_seconds,
            "endpoints": [_written(one, url) for one, url in zip(listed, urls, strict=True)],
        }
        return json.dumps(values, indent=1, sort_keys=True)

    return known_together([one.url for one in listed], written)


def known_together(values: Sequence[pulumi.Input[str]], change: Callable[[Sequence[str]], T]) -> pulumi.Input[T]:
    """``change`` of the values, now if all are plain and when all are known if not."""
    known = [plain(value) for value in values]
    if None in known:
        return cast("pulumi.Output[T]", pulumi.Output.all(*values).apply(change))
    return change(cast("list[str]", known))


def _written(endpoint: WatchedEndpoint, url: str) -> Spec:
    """An endpoint with what is said of it and is no default."""
    said = {name for name in given(endpoint) if name not in ("name", "url")}
    return {
        "name": endpoint.name,
        "url": url,
        **endpoint.model_dump(mode="json", by_alias=True, include=said, exclude_none=True),
    }


def ports(urls: Sequence[str]) -> list[int]:
    """The ports of addresses; those that cannot be read are refused elsewhere."""
    found = set()
    for url in urls:
        try:
            parts = urlsplit(url)
            found.add(parts.port or (80 if parts.scheme == "http" else 443))
        except ValueError:
            continue
    return sorted(found)


def deployment(probe: ProbeSpec, labels: Spec) -> Spec:
    """The spec of the Deployment: one pod, since two would count every round twice."""
    return {
        "replicas": 1,
        "revisionHistoryLimit": 5,
        "progressDeadlineSeconds": 600,
        "selector": {"matchLabels": probe.match},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": {
            "metadata": template_metadata({**probe.pod_labels, **labels}, None, probe.pod_annotations),
            "spec": pod(probe),
        },
    }


def pod(probe: ProbeSpec) -> Spec:
    """The pod: one container, which writes nothing."""
    return without_empty(
        {
            "serviceAccountName": probe.name,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": pod_security(probe.user_id),
            "terminationGracePeriodSeconds": ENDPOINT_PROPAGATION_SECONDS
            + ceil(probe.timeout_seconds)
            + MARGIN_SECONDS,
            "topologySpreadConstraints": spread(probe.match),
            "affinity": affinity(probe.place, {}),
            **placement(probe.place),
            "containers": [_container(probe)],
            "volumes": [
                {"name": "config", "configMap": {"name": probe.config_name}},
                *([{"name": "secrets", "secret": {"secretName": probe.secret_name}}] if probe.secret_name else []),
                *(
                    [{"name": "schemas", "configMap": {"name": probe.schema_config_map}}]
                    if probe.schema_config_map
                    else []
                ),
            ],
        }
    )


def _container(probe: ProbeSpec) -> Spec:
    """The exporter. Its probes ask whether it works itself; what it finds of others restarts nothing."""
    alive = {"httpGet": {"path": "/healthz", "port": PORT_NAME}}
    folders = ["config", *(["secrets"] if probe.secret_name else []), *(["schemas"] if probe.schema_config_map else [])]
    command = ["mcp-stack", "probe", "--serve", "--config", f"{FOLDER}/config/{CONFIG_FILE}"]
    return {
        "name": CONTAINER,
        "image": probe.image,
        "imagePullPolicy": probe.pull_policy,
        "command": [*command, "--listen", f"0.0.0.0:{PORT}"],
        "ports": [{"name": PORT_NAME, "containerPort": PORT, "protocol": "TCP"}],
        "resources": {"requests": dict(REQUESTS), "limits": dict(LIMITS)},
        "securityContext": container_security(probe.user_id),
        "startupProbe": {**alive, **STARTUP_PROBE},
        "readinessProbe": {**alive, **READINESS_PROBE},
        "livenessProbe": {**alive, **LIVENESS_PROBE},
        # Prometheus reads the pod until it knows of the next one.
        "lifecycle": {"preStop": {"sleep": {"seconds": ENDPOINT_PROPAGATION_SECONDS}}},
        "volumeMounts": [{"name": name, "mountPath": f"{FOLDER}/{name}", "readOnly": True} for name in folders],
    }


def service(probe: ProbeSpec) -> Spec:
    """The spec of the Service."""
    return {
        "type": "ClusterIP",
        "selector": probe.match,
        "ports": [{"name": PORT_NAME, "port": PORT, "targetPort": PORT_NAME, "protocol": "TCP"}],
    }


def service_monitor(probe: ProbeSpec) -> Spec:
    """The spec of the ServiceMonitor. The exporter's own label ``endpoint`` wins over that of the operator, which is
    the name of the port."""
    seconds = max(1, min(LONGEST_SCRAPE_SECONDS, int(probe.interval_seconds / 2)))
    endpoint = {
        "targetPort": PORT_NAME,
        "path": "/metrics",
        "scheme": "http",
        "interval": f"{seconds}s",
        "scrapeTimeout": f"{min(10, seconds)}s",
        "honorLabels": True,
    }
    return {"jobLabel": NAME, "selector": {"matchLabels": probe.match}, "endpoints": [endpoint]}
