"""McpRegion: a whole region from an image, a load and what the database allows."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Unpack, cast, overload

import pulumi

from . import wiring
from .autoscaling.component import McpAutoscaling
from .chaos_runner.component import McpChaos
from .colours import Colour, preview
from .edge.component import McpIngress
from .inputs.at_once import AtOnce, outputs_in
from .inputs.checked import NOT_GIVEN, called, together
from .inputs.heading import Heading
from .inputs.outputs import clear, is_output, raise_errors, report_findings, warned
from .kubernetes.extra import PATH as EXTRA
from .kubernetes.extra import extra_objects, reading
from .kubernetes.registering import KubernetesObject, cleared
from .load_test.component import McpLoadTest
from .monitoring.component import McpMonitoring
from .namespace.component import McpNamespace
from .pooler.component import McpPgBouncer
from .probe_runner.component import McpProbe
from .region_later import held_region
from .region_neighbours import Neighbour, neighbour_findings
from .region_objects import enforced
from .region_plan import RegionPlan, load_arguments, plan_region
from .region_shared import SharedPooler, SharedSecret
from .region_words import RegionWords
from .rules.applied.components import service_doors
from .rules.applied.stores import database_host_findings
from .rules.environment import secret_host_findings
from .rules.model import Finding
from .secrets.component import McpSecrets
from .server.argo import newest_service
from .server.component import McpService
from .server.keys import ServiceKeys
from .server_plan import ServerPlan
from .settings.models import Settings
from .settings.problems import SettingsError
from .settings.servers import StackSettings
from .types.region import HELP, McpRegionArgs

Known = dict[str, pulumi.Output[str]]
"""Name in the region to what only the registered object knows."""


class McpRegion(pulumi.ComponentResource):
    """One region: namespace, secrets, poolers, and for each server its workload, autoscaler and route, sized from the
    load."""

    url: pulumi.Output[str]
    """Public URL of the MCP endpoint; of several servers the first by name, see urls."""
    urls: pulumi.Output[dict[str, str]]
    """Name of each server to its public URL."""
    namespace: pulumi.Output[str]
    """Namespace of everything."""
    service_name: pulumi.Output[str]
    """Name of the Service; of several servers that of the first, see service_names."""
    service_names: pulumi.Output[dict[str, str]]
    """Name of each server to that of its Service."""
    min_replicas: pulumi.Output[int]
    """Least number of pods, all servers together."""
    max_replicas: pulumi.Output[int]
    """Greatest number of pods, all servers together."""
    planned_sessions: pulumi.Output[int]
    """Sessions that the region is sized for: the peak with its headroom, all servers together."""

    @overload
    def __init__(self, name: str, args: McpRegionArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpRegionArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: McpRegionArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        where = called("McpRegion", name)
        at_once = AtOnce(partial(SettingsError, where=where), outputs_in([args, keywords]))
        plan = args if isinstance(args, RegionPlan) else plan_region(_settings(where, args, keywords, at_once))
        self._words = words = RegionWords(where, plan, at_once)
        report_findings(list(plan.findings), words.heading, {})
        super().__init__("kubernetes-mcp:index:McpRegion", name, None, opts)
        here = Neighbour(name=name, plan=plan, provider=self.get_provider("kubernetes:core/v1:Namespace"))
        raise_errors(neighbour_findings(here), words.heading)
        child = pulumi.ResourceOptions(parent=self)
        namespace = McpNamespace(f"{name}-namespace", words.checked(wiring.namespace_args(plan)), child).namespace
        secrets = {
            server: secret_name
            for secret in plan.shared.secrets
            for secret_name in [self._secret(name, plan, secret, namespace, child)]
            for server in secret.servers
        }
        poolers = {
            server: host
            for pooler in plan.shared.poolers
            for host in [self._pooler(name, plan, pooler, namespace, secrets, child)]
            for server in pooler.servers
        }
        services, urls = {}, {}
        for server in plan.servers:
            services[server.name], urls[server.name] = self._server(name, plan, server, namespace, secrets, poolers)
        if plan.settings.probe is not None:
            McpProbe(f"{name}-probe", words.checked(wiring.probe_args(plan, namespace)), child)
        for suffix, made in extra_objects(cleared_objects(plan, words.heading), namespace).items():
            KubernetesObject(f"{name}-{suffix}", made, child)
        first = plan.first.name
        self.url, self.urls = urls[first], pulumi.Output.all(**urls)
        self.namespace = namespace
        self.service_name, self.service_names = services[first], pulumi.Output.all(**services)
        self.min_replicas = pulumi.Output.from_input(plan.min_replicas)
        self.max_replicas = pulumi.Output.from_input(plan.max_replicas)
        self.planned_sessions = pulumi.Output.from_input(plan.planned_sessions)
        self.register_outputs(
            {
                "url": self.url,
                "urls": self.urls,
                "namespace": self.namespace,
                "serviceName": self.service_name,
                "serviceNames": self.service_names,
                "minReplicas": self.min_replicas,
                "maxReplicas": self.max_replicas,
                "plannedSessions": self.planned_sessions,
            }
        )

    __init__.__doc__ = HELP

    @classmethod
    def planned(cls, name: str, plan: RegionPlan, opts: pulumi.ResourceOptions | None = None) -> "McpRegion":
        """The region of a plan that is there already, so that nothing is decided twice."""
        return cls(name, cast(McpRegionArgs, plan), opts)

    def _secret(
        self,
        name: str,
        plan: RegionPlan,
        secret: SharedSecret,
        namespace: pulumi.Output[str],
        child: pulumi.ResourceOptions,
    ) -> pulumi.Output[str]:
        args = self._words.checked(wiring.secrets_args(secret, plan, namespace), secret.servers[0])
        return McpSecrets(_named(name, secret.suffix, "secrets"), args, child).secret_name

    def _pooler(
        self,
        name: str,
        plan: RegionPlan,
        pooler: SharedPooler,
        namespace: pulumi.Output[str],
        secrets: Known,
        child: pulumi.ResourceOptions,
    ) -> pulumi.Output[str]:
        first = pooler.servers[0]
        args = self._words.checked(
            wiring.pooler_args(pooler, plan, namespace, secrets[first]), first, accept=_accepted(plan, first)
        )
        return McpPgBouncer(_named(name, pooler.suffix, "pooler"), args, child).host

    def _server(
        self,
        name: str,
        plan: RegionPlan,
        server: ServerPlan,
        namespace: pulumi.Output[str],
        secrets: Known,
        poolers: Known,
    ) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        """The workload, the autoscaler and the route of one server; the name of its Service and its URL."""
        checked = partial(self._words.checked, server=server.name, accept=_accepted(plan, server.name))

        def below(
            kind: str, colour: Colour | None = None, *, renamed: bool = True
        ) -> tuple[str, pulumi.ResourceOptions]:
            part = server.name if colour is None else colour.server_name
            # The first release called them after the region alone.
            first = renamed and plan.names_itself(server) and part == server.name
            aliases = [pulumi.Alias(name=f"{name}-{kind}")] if first else None
            return _named(name, part, kind), pulumi.ResourceOptions(parent=self, aliases=aliases)

        _database_in_reach(server, plan, self._words.heading)
        services: dict[str, McpService] = {}
        for colour in server.colours:
            service_args = wiring.service_args(
                server, namespace, secrets.get(server.name), poolers.get(server.name), colour
            )
            service_args = _hosts_in_clear(service_args, server, plan, self._words.heading)
            service_name, child = below("service", colour)
            doors = {**_database_doors(server, service_args), **service_doors(server, colour)}
            service = McpService(service_name, checked(service_args, doors=doors), child)
            services[colour.name] = service
            if server.autoscaled:
                autoscaling_name, child = below("autoscaling", colour)
                autoscaling_args = wiring.autoscaling_args(server, namespace, service.deployment_name)
                McpAutoscaling(autoscaling_name, checked(autoscaling_args), child)
            if wiring.is_monitored(server):
                monitoring_name, child = below("monitoring", colour, renamed=False)
                monitoring_args = wiring.monitoring_args(server, namespace, plan.shared, colour)
                McpMonitoring(monitoring_name, checked(monitoring_args), child)
        service, idle = services[server.active.name], server.idle
        if server.load_tested:
            args = checked(wiring.load_test_args(server, namespace))
            waits = pulumi.ResourceOptions(parent=self, depends_on=[service])
            McpLoadTest(_named(name, server.name, "load-test"), args, waits)
        if server.settings.chaos is not None:
            args = checked(wiring.chaos_args(server, namespace))
            McpChaos(_named(name, server.name, "chaos"), args, pulumi.ResourceOptions(parent=self))
        if server.internal:
            return service.service_name, service.url
        idle_service = None if idle is None else services[idle.name].service_name
        ingress_name, child = below("ingress")
        if server.blue_green:
            # Clients are led to a colour whose pods are ready.
            child.depends_on = [service]
        ingress_args = wiring.ingress_args(server, namespace, service.service_name, idle_service)
        ingress = McpIngress(ingress_name, checked(ingress_args), child)
        looked_at = service.service_name.apply(newest_service) if server.by_argo else idle_service
        if looked_at is not None and preview(server.settings) is not None:
            preview_args = wiring.preview_args(server, namespace, looked_at)
            preview_name, child = below("preview", renamed=False)
            McpIngress(preview_name, checked(preview_args), child)
        return service.service_name, ingress.url


def _accepted(plan: RegionPlan, server: str) -> dict[str, str]:
    """What the components of a server do not warn of: what it accepts, and what the region has said already."""
    said = {finding.code: "reported by the region" for finding in plan.findings}
    return said | {item.code: item.reason for item in plan.server(server).settings.accept}


def _database_doors(server: ServerPlan, keys: ServiceKeys) -> dict[str, str]:
    """The variables that tell a server the host of its database, where that is known later, to its key."""
    database, given = server.settings.database, server.settings.server.env
    if database is None or server.pooled or not is_output(database.host):
        return {}
    told = [variable for variable, value in keys.env.items() if is_output(value) and variable not in given]
    hosts = (wiring.ALLOWED_HOSTS_VARIABLE, wiring.ALLOWED_ORIGINS_VARIABLE)
    return {f"env.{variable}": "mcp:database.host" for variable in told if variable not in hosts}


def _database_in_reach(server: ServerPlan, plan: RegionPlan, heading: Heading) -> None:
    """Warn of the host of a database that the server connects to itself, when that is known."""
    database = server.settings.database
    if database is None or database.host is None or server.pooled:
        return

    def found(host: str) -> list[Finding]:
        told = database_host_findings(server, host)
        return [replace(one, path=plan.given_at(server.name, one.path)) for one in told]

    warned(database.host, found, heading, {item.code: item.reason for item in server.settings.accept})


def _hosts_in_clear(keys: ServiceKeys, server: ServerPlan, plan: RegionPlan, heading: Heading) -> ServiceKeys:
    """The server is told its public names in its environment, where a secret is refused: at the key that gives it."""
    given = server.settings.server
    derived = {
        variable: keys.env[variable]
        for variable in (wiring.ALLOWED_HOSTS_VARIABLE, wiring.ALLOWED_ORIGINS_VARIABLE)
        if variable in keys.env and variable not in (*given.env, *given.env_value_from)
    }
    if not derived:
        return keys
    shown = [
        clear(host, lambda _: [], secret_host_findings(path=plan.given_at(server.name, path)), heading)
        for path, host in wiring.told_hosts(server).items()
        if is_output(host)
    ]
    if not shown:
        return keys
    known = {
        variable: pulumi.Output.all(value, *shown).apply(lambda both: str(both[0]))
        for variable, value in derived.items()
    }
    return keys.model_copy(update={"env": {**keys.env, **known}})


def cleared_objects(plan: RegionPlan, heading: Heading) -> list[dict[str, Any]]:
    """The further objects, in which an Output that is secret is refused everywhere but in a Secret."""
    held_to = reading(enforced(plan))
    accepted = {item.code: item.reason for item in plan.stack_acceptances()}
    return [
        one if one.get("kind") == "Secret" else cleared(one, heading, f"{EXTRA}[{index}]", held_to, accepted=accepted)
        for index, one in enumerate(plan.settings.extra_objects)
    ]


def _settings(where: str, args: object, keywords: Mapping[str, Any], at_once: AtOnce) -> StackSettings:
    """What the arguments say, as a stack file would: a mapping, keywords, or both."""
    given = held_region(together(Settings, where, args, keywords), at_once)
    return load_arguments(given, where=where)


def _named(region: str, part: str, kind: str) -> str:
    """The logical name of one of a region's components."""
    return f"{region}-{part}-{kind}" if part else f"{region}-{kind}"
