"""The real data plane of Envoy Gateway without a cluster: its own translation of our objects, run by a real Envoy.

``egctl experimental translate`` is Envoy Gateway's translator as a program. What it makes is what its control plane
would hand to Envoy; here a file holds it, and some things in it are changed, since there is no cluster around it:

- each virtual host gets a listener of its own on loopback, without TLS, so that a client needs no name of the server;
- a cookie is not Secure, since clients would not send it back there;
- the route configuration stands in the listener, where the control plane would send it;
- the addresses of the Service are those of processes, from a file that Envoy watches as it watches its control plane;
- what reports to the control plane, or writes access logs, is left out.
"""

from __future__ import annotations

import base64
import copy
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import yaml

from pulumi_kubernetes_mcp.edge.args import edge_spec
from pulumi_kubernetes_mcp.edge.keys import IngressKeys
from pulumi_kubernetes_mcp.edge.objects import edge_objects

from .certificates import authority
from .go_tools import built
from .processes import LOOPBACK, Process, free_port, run, running, wait_until
from .servers.environments import ENVOY

Object = dict[str, Any]
GATEWAY_NAMESPACE, GATEWAY, SECTION = "gateway-system", "public", "https"
PROXY_PROTOCOL = "envoy.filters.listener.proxy_protocol"
MANAGER = "envoy.filters.network.http_connection_manager"
CONTROLLER = "gateway.envoyproxy.io/gatewayclass-controller"


def listener_of(section: str, gateway: str = GATEWAY) -> str:
    """What Envoy Gateway calls Envoy's listener, and its routes."""
    return f"{GATEWAY_NAMESPACE}/{gateway}/{section}"


LISTENER = listener_of(SECTION)


def platform(folder: Path, further: Sequence[str] = ()) -> list[Object]:
    """What a platform has: its class, its Gateway with TLS, and a certificate.

    :param further: listeners of the Gateway besides the one that most routes attach to, each at a port of its own.
    """
    authority(folder).issue(folder, "example.com", days=30)
    key, mark, rest = (folder / "example.com-30.pem").read_text(encoding="utf-8").partition("-----BEGIN CERTIFICATE")
    certificate = {"tls.crt": _coded(f"{mark}{rest}"), "tls.key": _coded(key)}
    listener = {
        "protocol": "HTTPS",
        "allowedRoutes": {"namespaces": {"from": "All"}},
        "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": "certificate"}]},
    }
    return [
        {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "GatewayClass",
            "metadata": {"name": "envoy"},
            "spec": {"controllerName": CONTROLLER},
        },
        {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "Gateway",
            "metadata": {"name": GATEWAY, "namespace": GATEWAY_NAMESPACE},
            "spec": {
                "gatewayClassName": "envoy",
                "listeners": [
                    {"name": name, "port": 443 + place, **listener} for place, name in enumerate((SECTION, *further))
                ],
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "kubernetes.io/tls",
            "metadata": {"name": "certificate", "namespace": GATEWAY_NAMESPACE},
            "data": certificate,
        },
    ]


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@dataclass(frozen=True, kw_only=True)
class Way:
    """One server behind the Gateway, as a stack would have it."""

    name: str
    """Of its route and its Service, and of its host."""
    affinity: str = "none"
    section: str = SECTION
    """Listener of the Gateway: what is said of a listener holds for every route there."""
    gateway: str = GATEWAY
    """The Gateway: the platform's, or one that its own arguments make."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of McpIngress."""
    change: Callable[[dict[str, Object]], None] | None = None
    """What is changed in its objects, the first of each kind: settings that this project does not make."""

    @property
    def host(self) -> str:
        """Its public name."""
        return f"{self.name}.example.com"

    @property
    def cluster(self) -> str:
        """What Envoy Gateway calls its pods."""
        return f"httproute/shop/{self.name}/rule/0"

    def objects(self) -> list[Object]:
        """What McpIngress registers for it, and the Service that it refers to."""
        keys = IngressKeys(
            namespace="shop",
            host=self.host,
            service_name=self.name,
            implementation="envoy-gateway",
            gateway_name=self.gateway,
            gateway_namespace=GATEWAY_NAMESPACE,
            gateway_section=self.section,
            affinity=self.affinity,
            **{"eras": ["modern", "legacy-stateful"], "max_replicas": 3, **self.arguments},
        )
        every = [
            {"apiVersion": one.api_version, "kind": one.kind, **copy.deepcopy(dict(one.body))}
            for one in edge_objects(edge_spec(self.name, keys), keys).values()
        ]
        made = {one["kind"]: one for one in reversed(every)}
        further = [one for one in every if one is not made[one["kind"]]]
        if self.change is not None:
            self.change(made)
        service = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": self.name, "namespace": "shop"},
            "spec": {"clusterIP": "192.0.2.1", "ports": [{"name": "http", "port": 80, "targetPort": "http"}]},
        }
        return [*made.values(), *further, service]


def translated(objects: Sequence[Object], folder: Path) -> dict[str, dict[str, Object]]:
    """Listeners, routes, clusters and the ends of these by their names, as Envoy Gateway makes them of objects."""
    file = folder / "objects.yaml"
    file.write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    words = ("experimental", "translate", "--from", "gateway-api", "--to", "xds", "--output", "json", "--file")
    # A second on an idle machine, and minutes where compilers have all of it.
    said = json.loads(run([built("egctl"), *words, str(file)], folder=folder, seconds=240))
    found: dict[str, dict[str, Object]] = {"listener": {}, "route_config": {}, "cluster": {}, "ends": {}}
    for kind, one in _resources(said["xds"]):
        found[kind][one.get("name") or one["clusterName"]] = one
    return found


_KINDS = {"listener": "listener", "routeConfig": "route_config", "cluster": "cluster", "endpointConfig": "ends"}
"""What a dump calls a resource."""


def _resources(value: Any) -> Iterator[tuple[str, Object]]:
    """Every resource of a dump of Envoy's configuration, whatever it stands in."""
    if isinstance(value, list):
        for one in value:
            yield from _resources(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            known = _KINDS.get(key)
            if known and isinstance(one, dict) and {"name", "clusterName"} & one.keys():
                yield known, {name: part for name, part in one.items() if name != "@type"}
            else:
                yield from _resources(one)


@dataclass
class Endpoints:
    """The pods of one cluster, in a file that Envoy watches as it watches its control plane."""

    cluster: str
    file: Path
    admin: int
    version: int = 0

    def are(self, pods: Mapping[int, str]) -> None:
        """Say which ports of loopback are pods, and in what state: UNKNOWN, which is ready, or DRAINING."""
        self.version += 1
        ends = [
            {
                "endpoint": {"address": {"socket_address": {"address": LOOPBACK, "port_value": port}}},
                "health_status": state,
                "load_balancing_weight": 1,
            }
            for port, state in pods.items()
        ]
        assignment = {
            "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
            "cluster_name": self.cluster,
            "endpoints": [{"lb_endpoints": ends, "load_balancing_weight": 1, "locality": {"region": self.cluster}}],
        }
        whole = json.dumps({"version_info": str(self.version), "resources": [assignment]})
        new = self.file.with_suffix(".new")
        new.write_text(whole, encoding="utf-8")
        # Envoy looks at a file that is moved to where it watches, never at one that is written.
        os.replace(new, self.file)

    def become(self, pods: Mapping[int, str], seconds: float = 30) -> float:
        """Say it, and wait until Envoy has it; how long that took."""
        self.are(pods)
        wanted = {(port, state == "DRAINING") for port, state in pods.items()}
        return wait_until(lambda: self.seen() == wanted, seconds=seconds, what=f"pods {pods} in Envoy")

    def seen(self) -> set[tuple[int, bool]]:
        """Ports that Envoy knows, and whether each drains."""
        for one in _asked(self.admin, "/clusters?format=json")["cluster_statuses"]:
            if one["name"] == self.cluster:
                return {
                    (
                        int(host["address"]["socket_address"]["port_value"]),
                        host["health_status"].get("eds_health_status") == "DRAINING",
                    )
                    for host in one.get("host_statuses", [])
                }
        return set()


@dataclass(frozen=True)
class Envoy:
    """A running Envoy."""

    process: Process
    admin: int
    ports: Mapping[str, int]
    """Name of a way to its port."""
    pods: Mapping[str, Endpoints]

    def url(self, way: str, path: str = "/mcp") -> str:
        """Where clients find a server."""
        return f"http://{LOOPBACK}:{self.ports[way]}{path}"

    def count(self, name: str) -> int:
        """One counter of its own."""
        found = _asked(self.admin, f"/stats?format=json&filter=^{name}$")["stats"]
        return sum(int(one["value"]) for one in found if "value" in one)


def _asked(admin: int, path: str) -> Any:
    with urlopen(f"http://{LOOPBACK}:{admin}{path}", timeout=10) as answer:
        return json.load(answer)


def manager_of(found: Mapping[str, Mapping[str, Object]], listener: str = LISTENER) -> Object:
    """What serves HTTP at a listener of a Gateway."""
    (chain,) = found["listener"][listener]["filterChains"]
    (manager,) = [one["typedConfig"] for one in chain["filters"] if one["name"] == MANAGER]
    return dict(manager)


def configuration(
    found: Mapping[str, Mapping[str, Object]],
    ways: Sequence[Way],
    folder: Path,
    services: Mapping[str, int] | None = None,
) -> tuple[Object, Envoy]:
    """What Envoy is started with, and where everything is; the process comes later.

    :param services: further clusters by what Envoy Gateway calls them, and the port of loopback that answers.
    """
    admin = free_port()
    listeners, clusters, ports, pods = [], [], {}, {}
    for way in ways:
        name = listener_of(way.section, way.gateway)
        manager = manager_of(found, name)
        before = [one for one in found["listener"][name].get("listenerFilters", []) if one["name"] == PROXY_PROTOCOL]
        (host,) = [one for one in found["route_config"][name]["virtualHosts"] if way.host in one["domains"]]
        ports[way.name] = port = free_port()
        for policy in (one for route in host["routes"] for one in route.get("route", {}).get("hashPolicy", [])):
            if "cookie" in policy:
                kept = [one for one in policy["cookie"].get("attributes", []) if one["name"] != "Secure"]
                policy["cookie"]["attributes"] = kept
        route = {"name": way.name, "virtualHosts": [{**host, "domains": ["*"]}]}
        mine = {**_without(manager, "rds", "accessLog"), "routeConfig": route, "statPrefix": way.name}
        listeners.append(
            {
                "name": way.name,
                "address": {"socketAddress": {"address": LOOPBACK, "portValue": port}},
                "listenerFilters": before,
                "filterChains": [{"filters": [{"name": MANAGER, "typedConfig": mine}]}],
            }
        )
        file = folder / f"{way.name}.json"
        pods[way.name] = Endpoints(way.cluster, file, admin)
        pods[way.name].are({})
        source = {"resourceApiVersion": "V3", "pathConfigSource": {"path": str(file)}}
        eds = {"edsConfig": source, "serviceName": way.cluster}
        clusters += [
            {**_without(cluster, "loadAssignment"), "type": "EDS", "edsClusterConfig": eds}
            for name, cluster in found["cluster"].items()
            if name.startswith(way.cluster.removesuffix("0"))
        ]
    for name, port in (services or {}).items():
        address = {"socketAddress": {"address": LOOPBACK, "portValue": port}}
        ends = {"clusterName": name, "endpoints": [{"lbEndpoints": [{"endpoint": {"address": address}}]}]}
        rest = _without(found["cluster"][name], "edsClusterConfig")
        clusters.append({**rest, "type": "STATIC", "loadAssignment": ends})
    whole = {
        "admin": {"address": {"socketAddress": {"address": LOOPBACK, "portValue": admin}}},
        "node": {"id": "lab", "cluster": "lab"},
        "staticResources": {"listeners": listeners, "clusters": clusters},
    }
    return whole, Envoy(None, admin, ports, pods)  # type: ignore[arg-type]


def _without(value: Object, *keys: str) -> Object:
    return {key: part for key, part in value.items() if key not in keys}


@contextmanager
def envoy(whole: Object, planned: Envoy, folder: Path) -> Iterator[Envoy]:
    """Envoy with a configuration, until the end of the block."""
    file = folder / "envoy.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    words = ("--config-path", str(file), "--use-dynamic-base-id", "--concurrency", "2", "--log-level", "warning")
    with running("envoy", [ENVOY.program("envoy"), *words], folder=folder) as process:
        for port in (planned.admin, *planned.ports.values()):
            process.wait_for_port(port)
        yield Envoy(process, planned.admin, planned.ports, planned.pods)
