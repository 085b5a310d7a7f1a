"""What the components themselves refuse or warn of, at the paths of the stack file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from ... import pod_amounts, wiring
from ...autoscaling import args as autoscaling
from ...edge.checks import ingress_findings
from ...edge.implementations import IMPLEMENTATIONS
from ...edge.proxies import proxies_assumed
from ...eras import Era
from ...inputs.outputs import plain
from ...keys import places
from ...kubernetes import mesh
from ...kubernetes import quantities as units
from ...kubernetes.patches import patched
from ...monitoring.objects import is_evaluated
from ...namespace import args as namespace_args
from ...namespace.keys import NamespaceKeys
from ...planning import SINGLE_WRITERS
from ...platforms import PLATFORMS
from ...pooler import args as pooler
from ...probe_runner import args as probe
from ...region_shared import POOLER_ENDING
from ...secrets import args as secrets
from ...server import args as service
from ...server_plan import ServerPlan, resources
from .. import edge as edge_rules
from .. import machines, network, openings
from .. import secrets as secret_rules
from ..doors import in_keys
from ..model import Finding
from ..scaling import PRODUCTION_REPLICAS, UNREAD
from ..workload import CLOSED_PORT, endpoint_findings, version_findings
from . import newer

if TYPE_CHECKING:
    from ...colours import Colour
    from ...region_plan import RegionPlan
    from ...region_shared import SharedPooler, SharedSecret


_IN_A_STACK = {
    "ephemeral-storage": "ephemeralStorage",
    "hugepages-2Mi": "hugepages2Mi",
    "hugepages-1Gi": "hugepages1Gi",
}
"""Resources of a container by what their key in a stack file is."""
_OF_HOSTS = (network.BY_ADDRESS.code, network.OTHER_NAMESPACE.code)
_SIDES = ("requests", "limits")
_FURTHER: Mapping[str, Mapping[str, str]] = {
    "McpService": {
        f"resources.{side}.{resource}": f"mcp:server.resources.{side}.{key}"
        for side in _SIDES
        for resource, key in _IN_A_STACK.items()
    },
    "McpSecrets": {"env": "mcp:secrets.env", "store_name": "mcp:secrets.store"},
}
"""What the correspondence does not say: names with a sign in them, and arguments that several keys make."""


@cache
def door(component: str) -> Mapping[str, str]:
    """Path of each argument of a component to the key of the stack file that holds its value."""
    return {**places(component), **_FURTHER.get(component, {})}


def service_doors(server: ServerPlan, colour: Colour) -> Mapping[str, str]:
    """The keys of what one workload of a server is told, where they are not those that the correspondence has."""
    number = {} if server.autoscaled else {"min_replicas": "mcp:scaling.replicas"}
    return {**number, "image": colour.image_key}


def component_findings(server: ServerPlan) -> list[Finding]:
    """What the components themselves refuse or warn of, at the paths of the stack file."""
    settings, namespace = server.settings, server.namespace
    process = round(server.plan.memory.memory_per_pod_mib.value * units.MIB)
    asked = settings.server.patches or settings.region.mesh == mesh.SIDECAR
    enforced = _enforced(server) if asked else None
    keys = door("McpService")
    found: list[Finding] = []
    for colour in server.colours:
        pooler = server.pooler_name if server.pooled else None
        args = wiring.service_args(server, namespace, _secret(server), pooler, colour)
        told = service.service_findings(service.server_spec("", args), args, enforced, process_bytes=process)
        told = but_derived_hosts(_but_openings(told), settings.server.env)
        found += in_keys(told, {**keys, **service_doors(server, colour)})
    found = [_with_one_writer(finding, server) for finding in found]
    found += openings.opening_findings(settings.edge.client_cidrs, path="mcp:edge.clientCidrs")
    found += openings.opening_findings(settings.region.node_cidrs, path="mcp:region.nodeCidrs")
    found += network.node_resolver_findings(
        policy=settings.server.dns_policy,
        opened=settings.region.resolvers is not None or PLATFORMS[settings.region.platform].opens_node_resolvers,
        path="mcp:server.dnsPolicy",
    )
    found += in_keys(_edge_findings(server), door("McpIngress"))
    if server.autoscaled:
        autoscaler = autoscaling.autoscaling_findings(wiring.known_autoscaling_args(server))
        found += [one for one in in_keys(autoscaler, door("McpAutoscaling")) if not _read_by_rules(one, server)]
    else:
        found += in_keys(patched({}, settings.scaling.patches)[1], door("McpAutoscaling"))
    if settings.database is not None and not server.pooled:
        found += in_keys(patched({}, settings.database.pooler_patches)[1], door("McpPgBouncer"))
    if settings.secrets.source == "none":
        found += in_keys(patched({}, settings.secrets.patches)[1], door("McpSecrets"))
    found += version_findings(
        settings.region.kubernetes_version,
        sleeps=server.pre_stop_seconds > 0 or settings.probe is not None,
        sidecars=bool(settings.server.sidecars or settings.server.readiness_sidecar),
        path="mcp:region.kubernetesVersion",
    )
    found += newer.patch_findings(
        settings.region.kubernetes_version, settings.server.patches, path="mcp:server.patches"
    )
    found += newer.patch_findings(
        settings.region.kubernetes_version, settings.scaling.patches, path="mcp:scaling.patches"
    )
    return found + _machine_findings(server) + _secrets_findings(server)


def _machine_findings(server: ServerPlan) -> list[Finding]:
    """What the machines of the platform make of the pods."""
    settings, sides = server.settings, resources(server)
    asked = pod_amounts.asked_pod(settings, sides)
    found = machines.raised_findings(
        asked=asked,
        admitted=pod_amounts.admitted(settings, asked, server=True),
        own=(units.parse_cpu(sides["requests"]["cpu"]), units.parse_memory(sides["requests"]["memory"])),
        path="mcp:server.resources.requests",
    )
    keys = settings.server
    beside = {
        f"mcp:server.{listed}[{place}].imagePullPolicy": one.image_pull_policy
        for listed, containers in (("sidecars", keys.sidecars), ("initContainers", keys.init_containers))
        for place, one in enumerate(containers)
    }
    found += machines.pull_findings(
        {"mcp:server.imagePullPolicy": keys.image_pull_policy, **beside},
        usual=PLATFORMS[settings.region.platform].pull_policy,
    )
    return found + machines.notice_findings(
        node_selector=settings.server.node_selector,
        tolerated={one.key: one.value for one in settings.server.tolerations if one.key is not None},
        grace_seconds=server.grace_period_seconds,
        path="mcp:server",
    )


def _read_by_rules(finding: Finding, server: ServerPlan) -> bool:
    """Whether the rules of the monitoring read what the autoscaler does not."""
    return (
        finding.code == UNREAD.code
        and finding.path in ("mcp:scaling.dialect", "mcp:scaling.sessionsMetric")
        and is_evaluated(server.settings.monitoring)
    )


def _with_one_writer(finding: Finding, server: ServerPlan) -> Finding:
    """More pods are no remedy where the database allows one."""
    database = server.settings.database
    if finding.code != PRODUCTION_REPLICAS.code or database is None or database.kind not in SINGLE_WRITERS:
        return finding
    remedy = "Keep the data in a networked database, or say that this is not production (mcp:region.environment)."
    return replace(finding, remedy=remedy)


def namespace_findings(plan: RegionPlan) -> list[Finding]:
    """What the component of the namespace refuses or warns of, at the paths of the stack file."""
    if not plan.settings.region.patches:
        return []
    return in_keys(namespace_args.namespace_findings(wiring.namespace_args(plan)), door("McpNamespace"))


def _edge_findings(server: ServerPlan) -> list[Finding]:
    """What the way in refuses or warns of, and whether the pods are open to it."""
    edge, row = server.settings.edge, server.implementation
    found: list[Finding] = []
    if edge.kind in row.kinds:
        found += edge_rules.reach_findings(
            row=row,
            kind=edge.kind,
            ingress_class=plain(edge.ingress_class),
            namespace=server.client_namespace,
            cidrs=server.client_cidrs,
            others=bool(server.settings.server.ingress),
        )
    if proxies_assumed(
        row,
        kind=edge.kind,
        implementation=edge.implementation,
        given=edge.client_namespace,
        cidrs=edge.client_cidrs,
        gateway=edge.gateway.namespace,
    ):
        found += edge_rules.assumed_findings(
            gateway=edge.gateway.name,
            namespace=edge.gateway.namespace,
            gateway_class=edge.gateway.class_name,
            kept=edge.affinity if server.era_profile.needs_affinity and server.max_replicas > 1 else None,
            platform=server.settings.region.platform,
        )
    runtime, eras = server.runtime, [era.value for era in server.era_profile.eras]
    found += edge_rules.keepalive_findings(
        given=server.settings.server.keepalive_seconds,
        runtime=runtime.name,
        # Of a runtime that nobody looked at, nothing is known.
        silent=[era for era in eras if era not in runtime.keepalive_seconds] if runtime.keepalive_seconds else [],
        path="keepalive_seconds",
    )
    if edge.max_headers is not None:
        found += edge_rules.server_header_findings(
            size=units.parse_memory(edge.max_headers),
            taken=None if runtime.header_kib is None else runtime.header_kib * 1024,
            runtime=runtime.name,
            path="max_headers",
        )
    if edge.rate_limits:
        found += edge_rules.planned_rate_findings(
            limits=edge.rate_limits,
            sessions=float(server.plan.load.peak_sessions.value),
            calls_per_minute=_calls_per_minute(server),
            path="rate_limits",
        )
    if server.internal:
        return [*found, *_internal_findings(server), *patched({}, edge.patches)[1]]
    platform = PLATFORMS[server.settings.region.platform]
    found += edge_rules.hidden_client_findings(
        row=row,
        hidden=platform.hides_clients if row.name in platform.hidden_from else "",
        counted=list(_counting_addresses(server)),
        told=edge.client_address is not None,
        path="client_address",
    )
    args = wiring.ingress_args(server, server.namespace, server.name)
    return [*found, *ingress_findings(args, min_replicas=server.replicas, platform=server.settings.region.platform)]


def _counting_addresses(server: ServerPlan) -> Iterator[str]:
    """What takes an address for a client."""
    if server.affinity == "source-ip" and server.era_profile.needs_affinity and server.max_replicas > 1:
        yield "the affinity by address"
    if any(limit.by == "address" for limit in server.settings.edge.rate_limits):
        yield "rate limits by address"


def _calls_per_minute(server: ServerPlan) -> float:
    """Calls that a session makes in a minute: it thinks or waits. Where no tool says how long it takes, one call in the
    length of a session, which is the least."""
    workload = server.inputs.workload
    shares = sum(tool.share_percent for tool in workload.tools)
    if not shares:
        return 1 / server.settings.workload.session_minutes
    mean = sum(tool.share_percent * tool.duration_milliseconds for tool in workload.tools) / shares / 1000
    return 60 / (workload.think_seconds + mean)


def _internal_findings(server: ServerPlan) -> list[Finding]:
    """The rules that hold without an edge: of the eras, and of the affinity that the Service keeps."""
    edge, profile = server.settings.edge, server.era_profile
    needed = profile.needs_affinity and server.max_replicas > 1
    found = edge_rules.era_findings([era.value for era in profile.eras], path="eras")
    if edge.implementation is not None:
        row = IMPLEMENTATIONS[edge.implementation]
        found += edge_rules.kind_findings(row=row, kind=edge.kind, path="implementation")
    # Pods have addresses of their own, so that the Service spreads them.
    found += [
        finding
        for finding in edge_rules.affinity_findings(
            affinity=server.affinity,
            sessions=profile.sessions,
            sse="sse" in profile.eras,
            max_replicas=server.max_replicas,
            path="affinity",
        )
        if finding.code != edge_rules.SOURCE_IP_AFFINITY.code
    ]
    return found + edge_rules.implementation_findings(
        row=server.implementation,
        kind=edge.kind,
        ingress_class=None,
        affinity=server.affinity,
        needs_affinity=needed,
        keepalive_seconds=server.keepalive_seconds,
        path="affinity",
    )


def stream_findings(server: ServerPlan) -> list[Finding]:
    """Probes that ask a path of HTTP+SSE, which the component of the server does not know."""
    keys = server.settings.server
    streams = keys.sse_paths if Era.SSE in server.era_profile.eras else []
    return [
        finding
        for key, route in (("healthPath", keys.health_path), ("livenessPath", keys.liveness_path))
        for finding in endpoint_findings(route, streams, path=f"mcp:server.{key}")
    ]


def pooler_findings(one: SharedPooler, plan: RegionPlan) -> list[Finding]:
    """What the component of a pooler refuses or warns of, at the paths of the stack file."""
    # Without a Secret any name will do: another rule refuses such a stack.
    secret_name = one.name if one.secret is None else one.secret.name
    args = wiring.pooler_args(one, plan, plan.first.namespace, secret_name)
    enforced = _enforced(plan.first) if args.patches else None
    found = pooler.pooler_findings(
        pooler.pooler_spec("", args), args, enforced, ending="" if one.suffix else POOLER_ENDING
    )
    version, keys = plan.settings.region.kubernetes_version, door("McpPgBouncer")
    late = newer.patch_findings(version, args.patches, path=keys["patches"])
    return [*in_keys(_but_openings(found), keys), *late]


def probe_findings(plan: RegionPlan) -> list[Finding]:
    """What the component of the probe refuses or warns of, at the paths of the stack file."""
    if plan.settings.probe is None:
        return []
    args = wiring.probe_args(plan, plan.first.namespace)
    found = probe.probe_findings(probe.probe_spec("", args), args, ending=wiring.PROBE_ENDING)
    return [_of_own_address(one, plan) for one in in_keys(_but_openings(found), door("McpProbe"))]


_ENDPOINT = re.compile(r"mcp:probe\.endpoints\[(\d+)\]\.(\w+)")


def _of_own_address(finding: Finding, plan: RegionPlan) -> Finding:
    """A finding of an endpoint that the stack adds itself, at the key that gives its host; a name that one of the
    stack file has too, at that."""
    match = _ENDPOINT.fullmatch(finding.path)
    given = [] if plan.settings.probe is None else plan.settings.probe.endpoints
    if match is None or int(match[1]) < len(given):
        return finding
    endpoint, place = wiring.own_addresses(plan)[int(match[1]) - len(given)]
    same = [number for number, one in enumerate(given) if match[2] == "name" and one.name == endpoint.name]
    return replace(finding, path=f"mcp:probe.endpoints[{same[0]}].name" if same else place)


def secret_patch_findings(one: SharedSecret, plan: RegionPlan) -> list[Finding]:
    """What is wrong with the patches of a Secret, at the paths of the stack file."""
    if not one.settings.patches:
        return []
    args = wiring.secrets_args(one, plan, plan.first.namespace)
    return in_keys(secrets.patch_findings(args), door("McpSecrets"))


def _enforced(server: ServerPlan) -> str | None:
    """The Pod Security level of the namespace that the stack makes."""
    # What a namespace of others enforces is not known here.
    if not server.settings.region.create_namespace:
        return None
    return namespace_args.enforced_level(NamespaceKeys.model_construct(patches=server.settings.region.patches))


def _but_openings(found: list[Finding]) -> list[Finding]:
    """Without what is said of ranges and ports at the keys that give them, of which an opening is made; patches give
    them themselves."""
    of_keys = (openings.WORLD.code, CLOSED_PORT.code)
    return [finding for finding in found if finding.code not in of_keys or finding.path.startswith("patches[")]


def but_derived_hosts(found: Iterable[Finding], env: Mapping[str, object]) -> list[Finding]:
    """Without what is said of a host in a variable that another key gives, where it is said of that key."""
    return [
        finding
        for finding in found
        if finding.code not in _OF_HOSTS or not finding.path.startswith("env.") or finding.path[4:] in env
    ]


def _secret(server: ServerPlan) -> str | None:
    return None if server.settings.secrets.source == "none" else server.secret_name


def _secrets_findings(server: ServerPlan) -> list[Finding]:
    given = server.settings.secrets
    wanted = given.env if given.source == "none" else wiring.secret_environment(server)
    found = secret_rules.secrets_findings(
        source=given.source,
        has_store=given.store is not None,
        env_keys=dict(sorted(wanted.items())),
        remote_keys=sorted(given.remote),
        value_keys=sorted(given.values),
        path=lambda key: key,
    )
    if server.pooled:
        found += secret_rules.pooler_secret_findings(source=given.source, path="source")
    return in_keys(found, door("McpSecrets"))
