"""Arguments for every component: the least, and everything. And the same with Outputs in place of plain values.

Every value that may be an Output contains ``MARK``, and nothing else does, so that a test can follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any, get_args, get_origin, is_typeddict
from typing import get_type_hints as typing_hints

import pulumi

import pulumi_kubernetes_mcp as package
from pulumi_kubernetes_mcp.testing import Recording, record
from tests.components.regions import REGIONS

MARK = "qq"
PROJECT = FilePath(__file__).parents[2]
"""The directory that the path of a profile begins at."""
Transform = Callable[[Any], Any]
Path = tuple[Any, ...]


MADE: dict[tuple[str, str, str, bool], Recording] = {}
"""What was made before: a recording is read and never changed."""


@dataclass(frozen=True)
class Case:
    """One way to use a component."""

    component: str
    variant: str
    args: Mapping[str, Any]
    distinct: tuple[str, ...] = ()
    """Keys that name an object; two uses in one namespace must differ there."""

    @property
    def id(self) -> str:
        """Name of the case in test reports."""
        return f"{self.component}-{self.variant}"

    @property
    def type(self) -> type[pulumi.ComponentResource]:
        """The component."""
        found: type[pulumi.ComponentResource] = getattr(package, self.component)
        return found

    @property
    def args_type(self) -> type:
        """The TypedDict of its arguments."""
        found: type = getattr(package, f"{self.component}Args")
        return found

    def build(
        self,
        name: str = "thing",
        change: Transform | None = None,
        only: Sequence[Path] | None = None,
        **opts: Any,
    ) -> pulumi.ComponentResource:
        """Construct it; ``change`` is applied to every value that may be an Output, or to those at ``only``."""
        args = self.args
        if self.component == "McpRegion":
            # A region takes the values of its Secret from a stack file, and refuses them in clear.
            args = with_inputs(args, self.args_type, pulumi.Output.secret, only=self.secret_paths)
        if change is not None:
            if change is pulumi.Output.secret and only is None:
                only = [path for path in input_paths(self.args_type, args) if not self.in_clear(path)]
            args = with_inputs(args, self.args_type, change, only)
        return self.type(name, args, pulumi.ResourceOptions(**opts) if opts else None)

    @property
    def secret_paths(self) -> list[Path]:
        """Where the values of a Secret stand."""
        return [path for path in input_paths(self.args_type, self.args) if "values" in path]

    def in_clear(self, path: Path) -> bool:
        """Whether a place is in clear by its nature, so that a secret is refused there."""
        if self.component == "McpRegion" and path[:2] in (("edge", "host"), ("edge", "hosts"), ("database", "host")):
            # A variable of the server, unless it connects to a pooler instead.
            return path[0] == "edge" or "pooler" not in self.args["database"]
        inner = path[1:] if path[:1] == ("server",) else path
        return inner[:1] == ("env",) or (inner[:1] in (("sidecars",), ("init_containers",)) and "env" in inner)

    def at(self, path: Path) -> Any:
        """The plain value at a place."""
        value: Any = self.args
        for step in path:
            value = value[step]
        return value

    def run(self, name: str = "thing", change: Transform | None = None, *, preview: bool = False) -> Recording:
        """Construct it alone in a stack; without a change, the same is made once for all tests of a process."""
        key = (self.component, repr(self.args), name, preview)
        if change is None and key in MADE:
            return MADE[key]
        made = record(lambda: self.build(name, change), preview=preview, directory=PROJECT)
        if change is None and "Output" not in key[1]:
            MADE[key] = made
        return made

    def named(self, suffix: str) -> Case:
        """The same with other names for its objects."""
        args = {key: f"{value}{suffix}" if key in self.distinct else value for key, value in self.args.items()}
        if "patches" in args:
            args["patches"] = [
                {**one, "name": f"{one['name']}{suffix}"} if "name" in one and self.component != "McpNamespace" else one
                for one in args["patches"]
            ]
        if self.component == "McpRegion":
            args["region"] = {**args["region"], "name": f"{args['region']['name']}{suffix}"}
            if args["region"].pop("namespace", None) and not args["region"].get("create_namespace", True):
                args["region"]["namespace"] = f"{self.args['region']['namespace']}{suffix}"
        return Case(self.component, self.variant, args, self.distinct)


def get_type_hints(hint: type) -> dict[str, Any]:
    """The annotations of an argument type. ``pulumi.Input`` holds names that only Pulumi's own module knows."""
    return typing_hints(hint, localns={"Output": pulumi.Output, "T": Any})


def is_input(hint: Any) -> bool:
    """Whether an annotation is ``pulumi.Input[...]``."""
    return any(get_origin(member) is pulumi.Output for member in get_args(hint))


def input_paths(hint: Any, value: Any, path: Path = ()) -> Iterator[Path]:
    """Where in ``value``, of the annotated type, an Output may stand."""
    if isinstance(value, pulumi.Output) or is_input(hint):
        yield path
    elif is_typeddict(hint):
        for key, inner in get_type_hints(hint).items():
            if key in value:
                yield from input_paths(inner, value[key], (*path, key))
    elif not get_args(hint):
        # A patch is whatever Kubernetes has fields for, all of it known.
        return
    elif isinstance(value, Mapping) and hint is not Any:  # Any: in the words of Kubernetes, see the tests of patches.
        for key, item in value.items():
            yield from input_paths(get_args(hint)[-1], item, (*path, key))
    elif isinstance(value, list) and hint is not Any:
        for index, item in enumerate(value):
            yield from input_paths(get_args(hint)[0], item, (*path, index))


def with_inputs(args: Any, hint: Any, change: Transform, only: Sequence[Path] | None = None) -> Any:
    """The arguments with ``change`` applied where an Output may stand, at all places or at some."""
    places = set(input_paths(hint, args) if only is None else only)

    def walk(value: Any, path: Path) -> Any:
        if path in places:
            return change(value)
        if isinstance(value, Mapping):
            return {key: walk(item, (*path, key)) for key, item in value.items()}
        return [walk(item, (*path, index)) for index, item in enumerate(value)] if isinstance(value, list) else value

    return walk(args, ())


def unknown(_: Any) -> pulumi.Output[Any]:
    """A value that is only known after the deployment."""
    return pulumi.Output.from_input(pulumi.UNKNOWN)


def later(value: Any) -> pulumi.Output[Any]:
    """A value that comes from another resource, and is known."""
    return pulumi.Output.from_input(value)


SHARED_PEERS = {
    "allow_from": [
        {"port": 8000, "namespace": "qq-gateway", "name": "gateway"},
        {"port": 9100, "cidrs": ["10.0.0.0/8"]},
        {"port": 8000, "workload": "qq-prober", "component": "probe"},
        {"port": 8000, "namespace": "qq-agents", "pod_labels": {"app": "planner"}},
        {"port": 9100, "protocol": "UDP", "cidrs": ["172.16.0.0/12"], "except_cidrs": ["172.16.1.0/24"]},
    ],
    "allow_to": [
        {"port": 5432, "cidrs": ["10.20.0.0/16"]},
        {"port": 6432, "workload": "qq-pooler", "component": "pooler"},
        {"port": 443, "cidrs": ["10.96.0.1/32"]},
        {"port": 6333, "namespace": "vectors", "pod_labels": {"app": "qdrant"}},
        {"port": 3478, "protocol": "UDP", "cidrs": ["172.16.0.0/12"], "except_cidrs": ["172.16.1.0/24"]},
        {"port": 8443, "internet": True},
    ],
}

CASES = (
    Case("McpNamespace", "minimal", {}),
    Case(
        "McpNamespace",
        "full",
        {
            "namespace": "qq-orders",
            "environment": "staging",
            "quota": {"cpu": "40000m", "memory": "65536Mi", "pods": 40, "extended_resources": {"nvidia.com/gpu": 8}},
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
    Case("McpService", "minimal", {"image": "registry.example/qq:1.2.0", "namespace": "qq-orders"}),
    Case(
        "McpService",
        "started",
        {
            "image": "registry.example/qq:1.2.0",
            "namespace": "qq-orders",
            "health_path": "/healthz",
            "start_replicas": 7,
            "database_ca": {"secret": "orders-authority", "key": "tls.crt"},
        },
    ),
    Case(
        "McpService",
        "full",
        {
            "image": "registry.example/qq:1.2.0",
            "namespace": "qq-orders",
            "server_name": "orders",
            "eras": ["modern", "legacy-stateful"],
            "port": 8000,
            "metrics_port": 9100,
            "path": "/mcp",
            "health_path": "/healthz",
            "liveness_path": "/livez",
            "max_tool_seconds": 45,
            "min_replicas": 3,
            "autoscaled": False,
            "production": True,
            "resources": {
                "requests": {"cpu": "1000m", "memory": "1024Mi", "ephemeral-storage": "64Mi"},
                "limits": {"cpu": "2.5", "memory": "2048Mi", "ephemeral-storage": "512Mi"},
            },
            "env": {"LOG_LEVEL": "qq-info", "CACHE_DIR": "/qq-cache"},
            "secret_name": "qq-secret",
            "secret_env": [{"variable": "API_TOKEN", "key": "token"}, {"variable": "PGPASSWORD", "key": "password"}],
            "secret_version": "qq-7",
            "propagation_seconds": 15,
            "session_affinity": True,
            "pre_stop_seconds": 60,
            "graceful_timeout_seconds": 50,
            "grace_period_seconds": 120,
            "min_available": 2,
            "writable_paths": ["/tmp", {"path": "/var/cache/mcp", "size": "128Mi"}, {"path": "/dev/shm"}],
            "volumes": [
                {
                    "path": "/etc/mcp",
                    "config_map": {
                        "name": "qq-config",
                        "items": {"app.yaml": "conf/app.yaml"},
                        "mode": "0440",
                        "optional": True,
                    },
                },
                {"path": "/run/tls", "secret": {"name": "qq-tls"}},
                {
                    "path": "/var/run/identity",
                    "projected": [
                        {"service_account_token": {"path": "token", "audience": "sts", "expiration_seconds": 7200}},
                        {"config_map": {"name": "qq-authorities"}},
                        {"secret": {"name": "qq-key", "items": {"key": "key"}, "mode": "0400"}},
                        {"fields": {"labels": "metadata.labels"}},
                    ],
                },
                {
                    "path": "/mnt/secrets",
                    "csi": {
                        "driver": "qq.csi.example.com",
                        "attributes": {"secretProviderClass": "qq-class"},
                        "node_publish_secret": "qq-publish",
                    },
                },
                {"path": "/data", "claim": {"name": "qq-data"}, "sub_path": "orders", "writable": False},
                {
                    "path": "/shared",
                    "claim": {"size": "10Gi", "storage_class_name": "qq-files", "access_mode": "ReadWriteMany"},
                },
            ],
            "sidecars": [
                {
                    "name": "proxy",
                    "image": "registry.example/qq-proxy:2.14.0",
                    "image_pull_policy": "Never",
                    "command": ["/proxy"],
                    "args": ["--port=5432"],
                    "env": {"ZONE": "qq-zone"},
                    "env_from": [{"config_map": "qq-proxy"}],
                    "env_value_from": {"POD": {"field": "metadata.name"}},
                    "requests": {"cpu": "100m", "memory": "64Mi", "ephemeral_storage": "16Mi"},
                    "limits": {"cpu": "200m", "memory": "128Mi", "ephemeral_storage": "32Mi"},
                    "mounts": [{"volume": "/tmp", "path": "/shared", "sub_path": "proxy", "writable": True}],
                    "port": 5433,
                    "health_path": "/startup",
                },
            ],
            "init_containers": [
                {
                    "name": "migrate",
                    "image": "registry.example/qq-migrate:1.0.0",
                    "image_pull_policy": "Never",
                    "command": ["/migrate"],
                    "args": ["up"],
                    "env": {"STEP": "qq-all"},
                    "env_from": [{"secret": "qq-migrate"}],
                    "env_value_from": {"POD": {"field": "metadata.name"}},
                    "requests": {"cpu": "100m", "memory": "64Mi", "ephemeral_storage": "16Mi"},
                    "limits": {"cpu": "200m", "memory": "128Mi", "ephemeral_storage": "32Mi"},
                    "mounts": [{"volume": "/tmp"}],
                },
            ],
            "kubernetes_api": {
                "rules": [{"resources": ["pods"], "verbs": ["get", "list"], "resource_names": ["web"]}],
                "cluster_rules": [{"api_groups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}],
                "roles": [
                    {"name": "qq-view", "whole_cluster": True},
                    {"name": "qq-edit", "kind": "Role"},
                ],
            },
            "env_from": [
                {"config_map": "qq-variables", "prefix": "APP_", "optional": True},
                {"secret": "qq-credentials"},
            ],
            "env_value_from": {
                "POD_NAME": {"field": "metadata.name"},
                "MEMORY_LIMIT": {"resource": "limits.memory"},
                "REGION": {"config_map": {"name": "qq-region", "key": "name", "optional": True}},
                "LICENSE": {"secret": {"name": "qq-license", "key": "license"}},
            },
            "patches": [
                {"kind": "Pod", "patch": {"spec": {"schedulerName": "bin-packing"}}},
                {"kind": "Service", "name": "orders", "patch": {"spec": {"internalTrafficPolicy": "Cluster"}}},
            ],
            "user_id": 20002,
            "command": ["/usr/bin/server"],
            "args": ["--http"],
            "service_account_annotations": {"cloud.example/role": "qq-role"},
            "image_pull_secrets": ["qq-registry"],
            "image_pull_policy": "Always",
            "labels": {"example.com/team": "qq-orders"},
            "annotations": {"reloader.example/auto": "qq-true"},
            "pod_labels": {"azure.workload.identity/use": "qq-true"},
            "pod_annotations": {"sidecar.example/inject": "qq-false"},
            "node_selector": {"cloud.example/pool": "qq-mcp"},
            "tolerations": [
                {"key": "example.com/spot", "operator": "Equal", "value": "true", "effect": "NoSchedule"},
                {
                    "key": "node.kubernetes.io/unreachable",
                    "operator": "Exists",
                    "effect": "NoExecute",
                    "toleration_seconds": 60,
                },
            ],
            "priority_class_name": "qq-serving",
            "runtime_class_name": "qq-gvisor",
            "extended_resources": {"nvidia.com/gpu": 1},
            "architecture": "arm64",
            "host_aliases": [{"ip": "10.1.2.3", "hostnames": ["crm.internal"]}],
            "dns_policy": "None",
            "dns_config": {
                "nameservers": ["10.0.0.10"],
                "searches": ["svc.cluster.local"],
                "options": {"ndots": "qq2", "edns0": "qq"},
            },
            "ip_family_policy": "PreferDualStack",
            "ip_families": ["IPv6", "IPv4"],
            "startup_seconds": 180,
            "serves_tls": True,
            "probes": {
                "scheme": "HTTP",
                "host": "qq.example.com",
                "startup": {"timeout_seconds": 4, "failure_threshold": 50, "command": ["/bin/started"]},
                "readiness": {"period_seconds": 7},
                "liveness": {"period_seconds": 20},
            },
            "rollout": {"strategy": "RollingUpdate", "max_surge": "1", "max_unavailable": "0"},
            **SHARED_PEERS,
            "mesh": "istio-ambient",
            "platform": "eks",
            "workload_identity": "eks-pod-identity",
            "database_ca": {"config_map": "orders-authority"},
            "await_timeout_seconds": 900,
            "accept": {},
        },
        ("server_name",),
    ),
    Case(
        "McpService",
        "openshift",
        {
            "image": "registry.example/qq:1.2.0",
            "namespace": "qq-orders",
            "health_path": "/healthz",
            "allow_from": [{"port": 8000, "namespace": "qq-gateway"}],
            "cluster_user_id": True,
            "writable_root": False,
            "platform": "openshift",
            "database_ca": {"file": "/etc/pki/orders.crt"},
        },
    ),
    Case(
        "McpService",
        "stateful",
        {
            "image": "registry.example/qq:1.2.0",
            "namespace": "qq-orders",
            "health_path": "/healthz",
            "allow_from": [{"port": 8000, "namespace": "qq-gateway"}],
            "volumes": [{"path": "/data", "claim": {"size": "10Gi", "per_pod": True}}],
            "rollout": {"pod_management": "OrderedReady"},
        },
    ),
    Case(
        "McpAutoscaling", "minimal", {"namespace": "qq-orders", "target": "qq-server", "max_replicas": 6}, ("target",)
    ),
    Case(
        "McpAutoscaling",
        "full",
        {
            "namespace": "qq-orders",
            "target": "qq-server",
            "target_kind": "StatefulSet",
            "max_replicas": 12,
            "min_replicas": 3,
            "eras": ["modern", "legacy-stateful"],
            "kind": "keda",
            "patches": [
                {
                    "kind": "ScaledObject",
                    "name": "qq-server",
                    "patch": {"metadata": {"annotations": {"team": "orders"}}},
                }
            ],
            "cpu_percent": 150,
            "memory_percent": 90,
            "python": False,
            "requests": {"cpu": "1", "memory": "192Mi"},
            "sessions_per_pod": 40,
            "sessions_metric": "mcp_sessions",
            "prometheus_address": "https://qq-prometheus:9090",
            "session_minutes": 30.0,
            "scale_down_window_seconds": 1800,
            "await_ready": True,
            "await_timeout_seconds": 120,
            "production": True,
            "follow": "sessions",
            "target_per_pod": 38.5,
            "container": "server",
            "authentication": {
                "modes": ["bearer", "tls"],
                "secret_name": "qq-prometheus",
                "token_key": "bearer",
                "cert_key": "client.crt",
                "private_key": "client.key",
                "ca_key": "ca.crt",
            },
            "schedules": [
                {
                    "name": "office",
                    "replicas": 6,
                    "time_zone": "Europe/Berlin",
                    "days": ["weekdays"],
                    "from_time": "08:00",
                    "to_time": "18:00",
                    "ramp_minutes": 10,
                },
                {
                    "name": "sunday",
                    "replicas": 4,
                    "time_zone": "America/New_York",
                    "start": "0 18 * * 0",
                    "end": "30 22 * * 0",
                },
            ],
            "fallback_replicas": 5,
            "fallback_failures": 2,
            "polling_seconds": 60,
            "drain_seconds": 130,
            "hashed_affinity": True,
            "peak_replicas": 9,
            "scale_up": {
                "window_seconds": 15,
                "pods": 6,
                "percent": 50,
                "period_seconds": 60,
                "select": "max",
                "tolerance": 0.05,
            },
            "scale_down": {"window_seconds": 1800, "pods": 1, "period_seconds": 300, "select": "min"},
            "kubernetes_version": "1.36",
            "hpa_name": "orders",
            "take_over": True,
            "accept": {
                "MCP212": "The heap of this server is bounded.",
                "MCP249": "The status of many ScaledObjects is refreshed seldom.",
            },
        },
        ("target",),
    ),
    Case(
        "McpAutoscaling",
        "gateway",
        {
            "namespace": "qq-orders",
            "target": "qq-server",
            "max_replicas": 12,
            "eras": ["legacy-stateful"],
            "follow": "streams",
            "dialect": "envoy",
            "route_name": "qq-route",
            "implementation": "envoy-gateway",
            "prometheus_address": "https://qq-prometheus:9090",
            "authentication": {
                "modes": ["bearer"],
                "existing_name": "qq-prometheus",
                "existing_kind": "ClusterTriggerAuthentication",
            },
            "accept": {"MCP220": "Calls are few beside the streams."},
        },
        ("target",),
    ),
    Case(
        "McpAutoscaling",
        "query",
        {
            "namespace": "qq-orders",
            "target": "qq-server",
            "max_replicas": 12,
            "follow": "in-flight",
            "query": 'sum(mcp_calls{app="qq-server"})',
            "prometheus_address": "https://qq-prometheus:9090",
            "authentication": {
                "modes": ["basic"],
                "secret_name": "qq-prometheus",
                "username_key": "user",
                "password_key": "pass",
            },
        },
        ("target",),
    ),
    Case(
        "McpAutoscaling",
        "hpa",
        {
            "namespace": "qq-orders",
            "target": "qq-server",
            "max_replicas": 12,
            "kind": "hpa",
            "patches": [
                {"kind": "HorizontalPodAutoscaler", "patch": {"metadata": {"annotations": {"team": "orders"}}}}
            ],
            "requests": {"cpu": "1", "memory": "192Mi"},
            "metrics": [
                {"type": "resource", "name": "memory", "average_value": "150Mi"},
                {"type": "container-resource", "name": "cpu", "container": "proxy", "utilization": 70},
                {"type": "pods", "name": "calls", "selector": {"tool": "query"}, "average_value": "10"},
                {
                    "type": "object",
                    "name": "requests-per-second",
                    "described_object": {
                        "api_version": "gateway.networking.k8s.io/v1",
                        "kind": "HTTPRoute",
                        "name": "orders",
                    },
                    "value": "2k",
                },
                {"type": "external", "name": "queue", "selector": {"queue": "orders"}, "average_value": "30"},
            ],
        },
        ("target",),
    ),
    Case(
        "McpIngress",
        "minimal",
        {"namespace": "qq-orders", "host": "qq.example.com", "service_name": "qq-server"},
    ),
    Case(
        "McpIngress",
        "full",
        {
            "namespace": "qq-orders",
            "patches": [{"kind": "HTTPRoute", "name": "orders", "patch": {"metadata": {"labels": {"team": "orders"}}}}],
            "host": "qq.example.com",
            "service_name": "qq-server",
            "route_name": "orders",
            "kind": "gateway",
            "implementation": "envoy-gateway",
            "path": "/mcp",
            "sse_paths": ["/sse", "/messages"],
            "eras": ["legacy-stateful", "sse"],
            "max_replicas": 8,
            "max_tool_seconds": 45,
            "keepalive_seconds": 15,
            "authorization": True,
            "affinity": "source-ip",
            "request_timeout_seconds": 0,
            "idle_timeout_seconds": 120,
            "parallel_requests": 2000,
            "gateway_name": "edge",
            "gateway_namespace": "edge-system",
            "gateway_section": "https",
            "annotations": {"example.com/owner": "team"},
            "await_ready": True,
            "await_timeout_seconds": 60,
            "accept": {"MCP302": "Old clients remain until spring.", "MCP306": "Clients come from many addresses."},
        },
        ("route_name",),
    ),
    Case(
        "McpIngress",
        "ingress",
        {
            "namespace": "qq-orders",
            "patches": [{"kind": "Ingress", "patch": {"metadata": {"labels": {"team": "orders"}}}}],
            "host": "qq.example.com",
            "service_name": "qq-server",
            "kind": "ingress",
            "implementation": "nginx",
            "ingress_class": "public",
            "tls_secret": "orders-certificate",
            "cluster_issuer": "letsencrypt",
            "client_namespace": "qq-ingress",
            "idle_connection_seconds": 75,
            "annotations": {"example.com/owner": "team"},
            "authorization": True,
        },
        ("route_name",),
    ),
    *(
        Case(
            "McpIngress",
            "-".join([implementation, *([kind] if implementation == "openshift" else [])]),
            {
                "namespace": "qq-orders",
                "host": "qq.example.com",
                "service_name": "qq-server",
                "route_name": "orders",
                "kind": kind,
                "implementation": implementation,
                "health_path": "/healthz",
                "idle_connection_seconds": 700,
                **more,
            },
            ("route_name",),
        )
        for implementation, kind, more in (
            ("istio", "gateway", {"affinity": "cookie", "accept": {"MCP311": "A cookie is kept by every client."}}),
            ("cilium", "gateway", {}),
            ("kgateway", "gateway", {"eras": ["legacy-stateful"], "accept": {"MCP306": "Clients have addresses."}}),
            ("nginx-gateway-fabric", "gateway", {}),
            ("gke", "gateway", {"eras": ["legacy-stateful"], "accept": {"MCP306": "Clients have addresses."}}),
            ("alb", "ingress", {"client_cidrs": ["10.0.0.0/16"]}),
            (
                "haproxy",
                "ingress",
                {"serves_tls": True, "backend_tls": {"hostname": "orders.internal", "ca_secret": "ca"}},
            ),
            ("traefik", "ingress", {}),
            ("openshift", "route", {"hosts": ["qq.example.org"], "oauth_proxy": True}),
            (
                "openshift",
                "ingress",
                {"serves_tls": True, "backend_tls": {"hostname": "orders.internal", "ca_secret": "ca"}},
            ),
        )
    ),
    Case(
        "McpIngress",
        "tls",
        {
            "namespace": "qq-orders",
            "host": "qq.example.com",
            "hosts": ["qq.example.org"],
            "service_name": "qq-server",
            "implementation": "envoy-gateway",
            "serves_tls": True,
            "backend_tls": {"hostname": "orders.internal", "ca_config_map": "ca"},
            "paths": [{"path": "/files", "match": "prefix"}, {"path": "/status", "match": "exact"}],
        },
        ("route_name",),
    ),
    Case("McpSecrets", "minimal", {"namespace": "qq-orders", "source": "existing"}),
    Case(
        "McpSecrets",
        "full",
        {
            "namespace": "qq-orders",
            "source": "external",
            "secret_name": "qq-orders-secrets",
            "patches": [
                {
                    "kind": "ExternalSecret",
                    "name": "qq-orders-secrets",
                    "patch": {"metadata": {"annotations": {"team": "orders"}}},
                }
            ],
            "store_name": "platform",
            "store_kind": "SecretStore",
            "remote": [
                {"secret_key": "token", "remote_key": "mcp/orders", "remote_property": "token"},
                {"secret_key": "whole", "remote_key": "mcp/whole"},
            ],
            "refresh_interval": "15m",
            "await_ready": True,
            "await_timeout_seconds": 120,
            "accept": {},
        },
        ("secret_name",),
    ),
    Case(
        "McpSecrets",
        "config",
        {"namespace": "qq-orders", "source": "config", "values": {"token": "qq-token", "password": "qq-password"}},
    ),
    Case(
        "McpPgBouncer",
        "minimal",
        {
            "namespace": "qq-orders",
            "database_host": "qq.db.example.com",
            "secret_name": "qq-secret",
            "pool_size": 20,
            "max_client_conn": 400,
        },
    ),
    Case(
        "McpPgBouncer",
        "full",
        {
            "namespace": "qq-orders",
            "database_host": "qq.db.example.com",
            "secret_name": "qq-secret",
            "pool_size": 20,
            "max_client_conn": 400,
            "pooler_name": "orders-pooler",
            "patches": [
                {"kind": "Pod", "patch": {"spec": {"schedulerName": "bin-packing"}}},
                {"kind": "Service", "name": "orders-pooler", "patch": {"metadata": {"labels": {"team": "orders"}}}},
            ],
            "database_port": 6543,
            "database_name": "orders",
            "user_key": "user",
            "password_key": "pass",
            "secret_version": "qq-3",
            "instances": 3,
            "reserve_pool_size": 4,
            "budget": 200,
            "client_connections": 800,
            "server_tls_mode": "verify-full",
            "image": "registry.example/qq-pgbouncer:1.25.1",
            "image_pull_policy": "IfNotPresent",
            "platform": "eks",
            "database_ca": {"config_map": "orders-authority", "key": "root.crt"},
            "parameters": {"search_path": "orders"},
            "ignored_parameters": ["extra_float_digits", "jit"],
            "tracked_parameters": ["IntervalStyle"],
            "mesh": "istio-sidecar",
            "allow_to": SHARED_PEERS["allow_to"],
            "allow_from": [
                {"port": 6432, "protocol": "TCP", "cidrs": ["172.16.0.0/12"], "except_cidrs": ["172.16.1.0/24"]},
                {"port": 6432, "workload": "qq-server"},
                {"port": 6432, "namespace": "qq-tools", "name": "tools"},
                {"port": 6432, "cidrs": ["10.0.0.0/8"]},
                {"port": 6432, "namespace": "qq-agents", "pod_labels": {"app": "planner"}},
                {"port": 6432, "workload": "qq-jobs", "component": "job"},
            ],
            "database_cidrs": ["10.30.0.0/16"],
            "await_timeout_seconds": 300,
            "image_pull_secrets": ["qq-registry"],
            "node_selector": {"cloud.example/pool": "qq-mcp"},
            "tolerations": [
                {"operator": "Exists"},
                {"key": "gone", "value": "now", "effect": "NoExecute", "toleration_seconds": 5},
            ],
            "priority_class_name": "qq-serving",
            "architecture": "amd64",
            "cluster_user_id": True,
            "accept": {},
        },
        ("pooler_name",),
    ),
    *(
        Case(
            "McpPgBouncer",
            source,
            {
                "namespace": "qq-orders",
                "database_host": "qq.orders-db.svc",
                "database_namespace": "orders-db",
                "database_pod_labels": {"app": "postgres"},
                "server_tls_mode": "verify-ca",
                "database_ca": {source: place},
                "secret_name": "qq-secret",
                "pool_size": 20,
                "max_client_conn": 400,
            },
        )
        for source, place in (("secret", "orders-authority"), ("file", "/etc/pki/orders.crt"))
    ),
    *(Case("McpRegion", variant, args) for variant, args in REGIONS.items()),
)

MINIMAL = tuple(case for case in CASES if case.variant == "minimal")
LARGEST = tuple(case for case in CASES if case.variant != "minimal")
NAMES = sorted({case.component for case in CASES})


@cache
def plain_run(case_id: str, name: str = "thing") -> Recording:
    """The run with plain values; shared, since nothing changes it."""
    return next(case for case in CASES if case.id == case_id).run(name)


FURTHER = {
    *("McpRegion-external", "McpRegion-internal", "McpRegion-measured", "McpRegion-metered"),
    *("McpIngress-istio", "McpIngress-cilium", "McpIngress-kgateway", "McpIngress-nginx-gateway-fabric"),
    *("McpIngress-gke", "McpIngress-alb", "McpIngress-haproxy", "McpIngress-traefik", "McpIngress-tls"),
    *("McpIngress-openshift-ingress", "McpPgBouncer-file", "McpAutoscaling-query", "McpNamespace-existing"),
}
"""Cases that differ from the least and the full one in a few keys, and take half the time of all."""


def by_id(case: Case) -> str:
    """For ``pytest.mark.parametrize``."""
    return case.id
