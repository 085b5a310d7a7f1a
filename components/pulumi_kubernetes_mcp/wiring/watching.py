"""The arguments of what watches and tries a server: monitoring, probe, load test, chaos."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pulumi

from ..autoscaling.args import chosen_kind, followed
from ..autoscaling.spec import GLOBAL_TOLERANCE
from ..chaos_runner.keys import ChaosComponentKeys
from ..colours import Colour, possible_names
from ..eras import Era
from ..inputs.outputs import mapped, plain
from ..kubernetes.keys import IngressFrom
from ..load_test.keys import LoadTestComponentKeys
from ..monitoring.keys import MonitoringKeys
from ..monitoring.objects import is_anything
from ..probe_runner import spec as probe_specs
from ..probe_runner.keys import ProbeKeys
from ..server_plan import ServerPlan, figure, resources
from ..settings.probe_file import WatchedEndpoint
from .components import known_autoscaling_args
from .made import made, served
from .network import by_cluster, dns_openings, kubelets

if TYPE_CHECKING:
    from ..autoscaling.keys import AutoscalingKeys
    from ..region_plan import RegionPlan
    from ..region_shared import Shared


PROBE_ENDING = "-probe"
"""What the name of the exporter has besides that of the server."""


def probe_args(plan: RegionPlan, namespace: pulumi.Input[str]) -> ProbeKeys:
    """The exporter that watches what the stack names, and the public addresses of the stack's own servers."""
    settings = plan.settings
    given = settings.probe
    if given is None:
        raise ValueError("the stack has no probe")
    return made(
        ProbeKeys,
        settings,
        namespace=namespace,
        probe_name=probe_name(plan),
        watcher=settings.region.name,
        endpoints=[*given.endpoints, *(own_endpoints(plan) if given.own else ())],
        allow_from=[
            IngressFrom(port=probe_specs.PORT, namespace=settings.monitoring.namespace),
            *kubelets(plan.first, probe_specs.PORT),
        ],
        allow_to=dns_openings(settings),
        cluster_user_id=by_cluster(settings),
        await_timeout_seconds=settings.awaits.rollout_seconds,
    )


def probe_name(plan: RegionPlan) -> str:
    """Name of the exporter: after the stack's own server, as the pooler is called."""
    return f"{plan.stack.shared_name}{PROBE_ENDING}"


def own_endpoints(plan: RegionPlan) -> list[WatchedEndpoint]:
    """The public addresses of the region's own servers; further hosts of an edge are counted, and not called after."""
    return [endpoint for endpoint, _ in own_addresses(plan)]


def own_addresses(plan: RegionPlan) -> list[tuple[WatchedEndpoint, str]]:
    """The same, each with the key of the stack file that gives its host."""
    found = []
    for server in plan.servers:
        edge, keys = server.settings.edge, server.settings.server
        eras = [era.value for era in server.era_profile.eras]
        path, spoken = keys.path, [era for era in eras if era != Era.SSE]
        if not spoken:
            path, spoken = (keys.sse_paths or [keys.path])[0], eras
        hosts = () if server.internal else (edge.host, *edge.hosts)
        for number, host in enumerate(hosts, start=1):
            key = "mcp:edge.host" if number == 1 else f"mcp:edge.hosts[{number - 2}]"
            endpoint = WatchedEndpoint(
                name=server.name if number == 1 else f"{server.name}/{number}",
                url=mapped(host, partial(_address, path=path)),
                server=server.name,
                region=server.settings.region.name,
                eras=spoken,
                checks=["authorization"] if keys.authorization else [],
            )
            found.append((endpoint, plan.stack.place(server.name, key)))
    return found


def _address(host: str, path: str) -> str:
    return f"https://{host}{path}"


def monitoring_args(
    server: ServerPlan,
    namespace: pulumi.Input[str],
    shared: Shared | None = None,
    colour: Colour | None = None,
) -> MonitoringKeys:
    """The monitoring: how the server's metrics are read, and what is known of it that rules hold them against.

    :param shared: what the servers of the region share, which is watched once, with the first server that uses it.
    :param colour: which of its colours; what is shared is watched with the active one, which is the default.
    """
    settings, monitoring, colour = server.settings, server.settings.monitoring, colour or server.active
    probe = settings.probe
    own_port = monitoring.port in (None, settings.server.port)
    limits = resources(server)["limits"]
    scaler = known_autoscaling_args(server, colour) if server.autoscaled else None
    kind = "none" if scaler is None else chosen_kind(scaler)
    follows = kind == "keda" and scaler is not None and scaler.query is None and followed(scaler) != "cpu"
    return served(
        MonitoringKeys,
        server,
        namespace=namespace,
        server_name=colour.server_name,
        probed=None if colour.active else False,
        probed_name=server.name if colour.server_name != server.name else None,
        region=settings.region.name,
        port_name=None if own_port else "metrics",
        scheme=monitoring.scheme or ("https" if own_port and settings.server.serves_tls else None),
        target_kind=settings.server.workload,
        idle_colour=None if colour.active else True,
        other_colour=next((name for name in possible_names(settings) if name != colour.server_name), None),
        autoscaler=kind,
        hpa_name=settings.scaling.hpa_name if kind == "keda" else None,
        follows_metric=follows or None,
        min_replicas=server.replicas,
        max_replicas=server.max_replicas,
        planned_sessions=figure(server.plan.load.planned_sessions) if server.era_profile.sessions else None,
        cpu_limit=limits.get("cpu"),
        memory_limit=limits.get("memory"),
        sessions_per_pod=figure(server.plan.capacity.sessions_per_pod_limit) if server.era_profile.sessions else None,
        filled_sessions=_filled(server, scaler) if follows and scaler is not None else None,
        objective_milliseconds=settings.workload.wait_p95_milliseconds,
        loaded_p95_milliseconds=server.loaded_p95_milliseconds,
        probe_timeout_seconds=None if probe is None or not probe.own else probe.timeout_seconds,
        probe_interval_seconds=None if probe is None or not probe.own else probe.interval_seconds,
        **(_watched_together(server, shared) if colour.active else {}),
    )


def _filled(server: ServerPlan, scaler: AutoscalingKeys) -> float | None:
    """Sessions that an autoscaler which follows them lets a pod have before it adds one. A target above what a pod
    bears, which a finding tells of, keeps no alert from it."""
    target, held = scaler.target_per_pod, server.plan.capacity.sessions_per_pod_limit.value
    if target is None or followed(scaler) == "in-flight" or not 0 < target <= held:
        return None
    given = None if scaler.scale_up is None else scaler.scale_up.tolerance
    return round(target * (1 + (GLOBAL_TOLERANCE if given is None else given)), 3)


def _watched_together(server: ServerPlan, shared: Shared | None) -> dict[str, Any]:
    """What a server shares with others, if it is the first of them."""
    settings, database = server.settings, server.settings.database
    found: dict[str, Any] = {
        **_certificate(server),
        "external_secret": server.secret_name if settings.secrets.source == "external" else None,
        "pooler_name": server.pooler_name if server.pooled else None,
        "database_name": plain(database.name) if database is not None and database.networked else None,
        "quota": settings.region.has("quota") or None,
    }
    if shared is None:
        return found
    secret = shared.secret_of(server.name)
    if secret is not None and secret.servers[0] != server.name:
        found["external_secret"] = None
    for one in shared.databases:
        if server.name not in one.servers:
            continue
        found["connection_budget"] = _of_all_regions(server, one.budget)
        pooler = next((pooler for pooler in one.poolers if server.name in pooler.servers), None)
        if (one.servers if pooler is None else pooler.servers)[0] != server.name:
            found |= {"connection_budget": None, "pooler_name": None, "database_name": None}
        elif pooler is not None:
            found |= {"connection_budget": pooler.budget, "pooler_name": pooler.name}
    return found


def _of_all_regions(server: ServerPlan, budget: int) -> int:
    """What all regions may open together of a database that several share: it counts all as one number."""
    database = server.settings.database
    if database is None:
        return budget
    if database.region_share_percent is not None:
        return int(budget * 100 / database.region_share_percent)
    return budget * database.shared_by_regions


def certificate_place(server: ServerPlan) -> pulumi.Input[str] | None:
    """Namespace of the Certificate that cert-manager makes for the edge; ``None`` where nothing asks for one.

    It stands beside what asks: the Ingress, the Gateway of the server's own, the ListenerSet. The listener of a Gateway
    that is there has a Secret of the platform's.
    """
    edge, gateway = server.settings.edge, server.settings.edge.gateway
    if edge.cluster_issuer is None or edge.kind not in ("ingress", "gateway"):
        return None
    if edge.kind == "gateway" and gateway.class_name is not None:
        return gateway.namespace
    return server.namespace if edge.kind == "ingress" or gateway.listener_set else None


def _certificate(server: ServerPlan) -> dict[str, Any]:
    """The Certificate of the edge, which cert-manager calls after its Secret."""
    place, secret = certificate_place(server), server.settings.edge.tls_secret
    if place is None:
        return {}
    name = f"{server.name}-tls" if secret is None else plain(secret)
    return {"certificate": name, "certificate_namespace": None if place == server.namespace else place}


def is_monitored(server: ServerPlan) -> bool:
    """Whether the monitoring of a server makes anything."""
    return is_anything(server.settings.monitoring)


def load_test_args(server: ServerPlan, namespace: pulumi.Input[str]) -> LoadTestComponentKeys:
    """A load test of a server: its public address, its load, its tools, its objective."""
    # What it reads of the autoscaler comes from here.
    from ..load_test import of_stack

    settings, workload = server.settings, server.settings.workload
    name = "peak" if settings.load_test is None else settings.load_test.scenario or "peak"
    sessions, pods = of_stack.level(server, name)
    return made(
        LoadTestComponentKeys,
        settings,
        namespace=namespace,
        server_name=server.name,
        scenario=name,
        url=of_stack.public_url(server),
        region=settings.region.name,
        sessions=sessions,
        pods=pods,
        sessions_per_pod=figure(server.plan.capacity.sessions_per_pod),
        tools=of_stack.planned_tools(server),
        era_percent=of_stack.eras(server),
        session_seconds=workload.session_minutes * 60,
        timeout_seconds=of_stack.timeout_seconds(server),
        drain_seconds=of_stack.drain_seconds(server),
        sse_path=settings.server.sse_paths[0],
        server_port=settings.server.port if server.called_inside else None,
        allow_to=dns_openings(settings),
    )


def chaos_args(server: ServerPlan, namespace: pulumi.Input[str]) -> ChaosComponentKeys:
    """An experiment with the pods of a server, whose clients call through its public address."""
    from ..load_test import of_stack

    settings = server.settings
    return made(
        ChaosComponentKeys,
        settings,
        namespace=namespace,
        server_name=server.name,
        url=of_stack.public_url(server),
        region=settings.region.name,
        server_port=settings.server.port if server.called_inside else None,
        cluster_user_id=by_cluster(settings),
        allow_to=dns_openings(settings),
    )
