"""What is decided about one region before any object is described: eras, plan, resources, and their sum.

Pure. The settings say what is wanted, the eras and the plan what follows; ``wiring/`` hands it to the components.
"""

from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from . import eras as protocol
from . import planning
from .colours import Colour, by_argo, colours_of, is_blue_green
from .edge.dns import named_after
from .edge.implementations import Implementation, affinity_in_force, chosen, kept_idle, propagation
from .edge.proxies import proxies_namespace
from .kubernetes import quantities as units
from .plan_inputs import demand, fixed_replicas, is_autoscaled
from .platforms import PLATFORMS
from .pod_amounts import admitted, asked_pod, in_memory_bytes, own_patched

if TYPE_CHECKING:
    from .hashing import HashName
    from .settings.keys.edge import Dns
    from .settings.models import EdgeSettings, ResourceList, ServerSettings, Settings
    from .simulation.result import Result

NAMESPACES = {"production": "mcp-prod", "staging": "mcp-staging", "development": "mcp-dev"}
EPHEMERAL_REQUEST = "64Mi"
EPHEMERAL_LIMIT = "256Mi"
IDLE_MARGIN_SECONDS = 15
"""How much longer than a proxy a server keeps an idle connection, so that the proxy is who closes it."""


@dataclass(frozen=True, kw_only=True)
class ServerPlan:
    """What has been decided about one region: the settings, what follows from the eras, and the plan."""

    settings: "Settings"
    era_profile: protocol.EraProfile
    inputs: planning.Inputs
    plan: planning.Plan
    pooler_name: str
    """Name of the pooler's objects."""
    secret_name: str
    """Name of the server's Secret."""
    tells_listener: bool = True
    """Whether its route says what the listener is told; otherwise that of another server says the same."""
    spike: "Result | None" = field(default=None, repr=False, compare=False)
    """How a sudden double load went, where the plan was rehearsed: played once, read by findings and reports."""

    @property
    def name(self) -> str:
        """Name of the server, and of its objects."""
        return self.settings.server.name

    @property
    def runtime(self) -> planning.RuntimeProfile:
        """Constants of the runtime, or what was measured of this server."""
        return self.inputs.runtime

    @property
    def keepalive_seconds(self) -> int | None:
        """How often the server sends a comment on an open call; 0 if nothing comes until the result, ``None`` if nobody
        knows."""
        return _keepalive(self.settings.server, self.runtime)

    @property
    def namespace(self) -> str:
        """Name of the namespace."""
        region = self.settings.region
        return region.namespace or f"{NAMESPACES[region.environment]}-{region.name}"

    @property
    def production(self) -> bool:
        """Whether the strictest rules apply."""
        return self.settings.region.environment == "production"

    @property
    def autoscaled(self) -> bool:
        """Whether an autoscaler owns the number of pods."""
        return is_autoscaled(self.settings)

    @property
    def replicas(self) -> int:
        """Number of pods to start with."""
        fixed = fixed_replicas(self.settings)
        return int(self.plan.replicas.min_replicas.value) if self.autoscaled or fixed is None else fixed

    @property
    def max_replicas(self) -> int:
        """Greatest number of pods."""
        return int(self.plan.replicas.max_replicas.value) if self.autoscaled else self.replicas

    @property
    def blue_green(self) -> bool:
        """Whether a release is another colour beside the one that clients reach."""
        return is_blue_green(self.settings)

    @property
    def keeps_sessions(self) -> bool:
        """Whether sessions go on in the colour that was left."""
        said = self.settings.server.rollout.blue_green
        asked = self.blue_green and said.keep_sessions and said.canary_percent is None
        return asked and self.era_profile.sessions and self.affinity == "envelope"

    @property
    def by_argo(self) -> bool:
        """Whether a release is a revision of Argo Rollouts."""
        return by_argo(self.settings)

    @property
    def colours(self) -> tuple[Colour, ...]:
        """The colours that there are, the active one first; a server without colours is one of its own name."""
        return colours_of(self.settings)

    @property
    def active(self) -> Colour:
        """The colour that clients reach."""
        return self.colours[0]

    @property
    def idle(self) -> Colour | None:
        """The other one, if it runs."""
        return self.colours[1] if len(self.colours) > 1 else None

    @property
    def pooled(self) -> bool:
        """Whether a PgBouncer stands between the pods and the database."""
        return self.settings.database is not None and self.settings.database.pooler == "pgbouncer"

    @property
    def implementation(self) -> Implementation:
        """What stands behind the edge."""
        return _implementation(self.settings.edge)

    @property
    def dns(self) -> "Dns | None":
        """What external-dns is told; a record without a name of its own is called after the region."""
        return named_after(self.settings.region.name, self.settings.edge.dns)

    @property
    def internal(self) -> bool:
        """Whether the server is for other workloads of the cluster only."""
        return self.settings.edge.kind == "none"

    @property
    def load_tested(self) -> bool:
        """Whether a load test runs in the cluster."""
        return self.settings.load_test is not None and self.settings.load_test.scenario is not None

    @property
    def keeps_clients(self) -> bool:
        """Whether the Service itself keeps a client on its pod: nothing else can where there is no edge."""
        return self.internal and self.max_replicas > 1 and self.affinity == "source-ip"

    @property
    def affinity(self) -> str:
        """How a client stays on its pod."""
        return affinity_in_force(
            self.settings.edge.affinity,
            needed=self.era_profile.needs_affinity,
            max_replicas=self.max_replicas,
            row=self.implementation,
        )

    @property
    def hash(self) -> "HashName | None":
        """How the edge finds a client's pod by a hash; ``None`` where it does not."""
        row = self.implementation
        return row.hash if self.affinity in row.hashed else None

    @property
    def called_inside(self) -> bool:
        """Whether load test and chaos call the Service: there is no public name, or it is known later."""
        return self.internal or not isinstance(self.settings.edge.host, str)

    @property
    def client_namespace(self) -> str | None:
        """Namespace of the proxies that connect to the pods; ``None`` where they are no pods, or it is not known."""
        return _client_namespace(self.settings)

    @property
    def client_cidrs(self) -> list[str]:
        """Address ranges of proxies that are no pods: those that the implementation always uses, and the given ones."""
        return list(dict.fromkeys([*self.implementation.cidrs, *self.settings.edge.client_cidrs]))

    @property
    def propagation_seconds(self) -> int:
        """Between the deletion of a pod and the last proxy that stops sending to it, in seconds."""
        return _propagation(self.settings)

    @property
    def idle_connection_seconds(self) -> int:
        """How long the server keeps an idle connection: as given, or longer than the proxies where the runtime is told
        so."""
        given = self.settings.server.idle_connection_seconds
        if given is not None:
            return given
        silence = _given(self.settings.edge.idle_timeout_seconds, self.era_profile.stream_idle_timeout_seconds)
        kept = kept_idle(self.implementation, silence)
        if kept is None or not self.runtime.drains_by_env:
            return protocol.IDLE_CONNECTION_SECONDS
        return max(protocol.IDLE_CONNECTION_SECONDS, kept + IDLE_MARGIN_SECONDS)

    @property
    def pre_stop_seconds(self) -> int:
        """Pre-stop sleep in force, in seconds."""
        return self.era_profile.pre_stop_seconds

    @property
    def graceful_timeout_seconds(self) -> int:
        """Time to finish calls after SIGTERM in force, in seconds."""
        return self.era_profile.graceful_timeout_seconds

    @property
    def loaded_p95_milliseconds(self) -> float | None:
        """95th percentile of an exchange under load, in milliseconds: as given, or what a load test found."""
        given, tested = self.settings.monitoring.loaded_p95_milliseconds, self.settings.load_test
        if given is not None or tested is None or tested.result is None:
            return given
        return tested.result.content.exchange.p95

    @property
    def grace_period_seconds(self) -> int:
        """The terminationGracePeriodSeconds in force."""
        return self.era_profile.grace_period_seconds


def plan_server(
    settings: "Settings",
    *,
    servers: int = 1,
    sharing_database: int = 1,
    pooler_name: str | None = None,
    secret_name: str | None = None,
    tells_listener: bool = True,
) -> ServerPlan:
    """Derive and plan one server: everything that is decided before any object is described.

    :param servers: servers of the region; a maximum that is derived takes an equal part of the quota.
    :param sharing_database: servers of the region that use the same database; the same for its connections.
    :param pooler_name: name of the pooler that it shares. Default: its own.
    :param secret_name: name of the Secret that it shares. Default: its own.
    :param tells_listener: whether no server before it tells the same to the listener that its route attaches to.
    """
    server, workload = settings.server, settings.workload
    inputs = demand(settings, servers=servers, sharing_database=sharing_database)
    era_profile = protocol.derive(
        protocol.parse_eras(server.eras),
        max_tool_seconds=server.max_tool_seconds,
        keepalive_seconds=_keepalive(server, inputs.runtime) or 0,
        session_minutes=workload.session_minutes,
        authorization=server.authorization,
        path=server.path,
        pre_stop_seconds=server.pre_stop_seconds,
        graceful_timeout_seconds=server.graceful_timeout_seconds,
        grace_period_seconds=server.grace_period_seconds,
        propagation_seconds=_propagation(settings),
    )
    return ServerPlan(
        settings=settings,
        era_profile=era_profile,
        inputs=inputs,
        plan=planning.plan(inputs),
        pooler_name=pooler_name or f"{server.name}-pooler",
        secret_name=secret_name or settings.secrets.name or f"{server.name}-secrets",
        tells_listener=tells_listener,
    )


def _keepalive(server: "ServerSettings", runtime: planning.RuntimeProfile) -> int | None:
    given = server.keepalive_seconds
    return planning.keepalive_seconds(runtime, server.eras) if given is None else given


def scratch_bytes(server: ServerPlan) -> tuple[int, int]:
    """The sizes of the writable paths on disk and in memory, each together, in bytes."""
    every = sum(units.parse_memory(one.size) for one in server.settings.server.writable_paths)
    shared = in_memory_bytes(server.settings)
    return every - shared, shared


def resources(server: ServerPlan) -> dict[str, dict[str, str]]:
    """The planned requests and limits. A given request replaces the planned one of its resource; given limits replace
    all of them, so that one can be left out. What a patch gives is merged over both."""
    plan, disk, shared = server.plan, *scratch_bytes(server)
    given = server.settings.server.resources
    patched = own_patched(server.settings)
    given_limits = given is not None and given.limits is not None
    # A limit that is given has room for the files in memory, as its key says.
    within = given_limits or ("limits", "memory") in patched
    least = units.parse_memory(EPHEMERAL_LIMIT)
    stored = EPHEMERAL_LIMIT if disk <= least else units.format_memory(disk + units.parse_memory(EPHEMERAL_REQUEST))
    requests = {
        "cpu": units.format_cpu(int(plan.cpu.cpu_request_millicores.value)),
        "memory": _mebibytes(plan.memory.memory_request_mib.value + (0 if within else shared / units.MIB)),
        "ephemeral-storage": EPHEMERAL_REQUEST if disk <= least or given_limits else units.format_memory(disk),
    }
    limits = {
        "cpu": units.format_cpu(int(plan.cpu.cpu_limit_millicores.value)),
        "memory": _mebibytes(plan.memory.memory_limit_mib.value + shared / units.MIB),
        "ephemeral-storage": stored,
    }
    if given is not None and given.requests is not None:
        requests |= _quantities(given.requests)
    if given is not None and given.limits is not None:
        limits = _quantities(given.limits)
    sides = {"requests": requests, "limits": limits}
    for (side, resource), one in patched.items():
        sides[side][resource] = one.text
    if (given is None or given.requests is None) and ("requests", "memory") not in patched:
        _raise_memory(server, sides)
    return sides


def _raise_memory(server: ServerPlan, sides: dict[str, dict[str, str]]) -> None:
    """Ask for the memory at once that the platform would raise the pod to, within the limit that is given."""
    cpu, memory = asked_pod(server.settings, sides)
    more = admitted(server.settings, (cpu, memory), server=True)[1] - memory
    wanted = ceil((units.parse_memory(sides["requests"]["memory"]) + more) / units.MIB) if more > 0 else 0
    limit = sides["limits"].get("memory")
    given = server.settings.server.resources
    fixed = (given is not None and given.limits is not None) or ("limits", "memory") in own_patched(server.settings)
    above = limit is not None and units.parse_memory(limit) < wanted * units.MIB
    if not wanted or (fixed and above):
        return
    sides["requests"]["memory"] = _mebibytes(wanted)
    if above:
        sides["limits"]["memory"] = sides["requests"]["memory"]


def _quantities(given: "ResourceList") -> dict[str, str]:
    named = {
        "cpu": given.cpu,
        "memory": given.memory,
        "ephemeral-storage": given.ephemeral_storage,
        "hugepages-2Mi": given.hugepages2_mi,
        "hugepages-1Gi": given.hugepages1_gi,
    }
    return {key: value for key, value in named.items() if value is not None}


def _mebibytes(size: float) -> str:
    return units.format_memory(ceil(size) * units.MIB)


def figure(value: planning.Figure | None) -> int:
    """A figure as a whole number; 0 where it does not apply."""
    return 0 if value is None else int(value.value)


def _given(requested: int | None, derived: int) -> int:
    return derived if requested is None else requested


def _implementation(edge: "EdgeSettings") -> Implementation:
    return chosen(
        kind=edge.kind,
        implementation=edge.implementation,
        ingress_class=edge.ingress_class,
        cidrs=edge.client_cidrs,
    )


def _client_namespace(settings: "Settings") -> str | None:
    edge = settings.edge
    row = _implementation(edge)
    brought = PLATFORMS[settings.region.platform].proxies.get(row.name)
    # Whoever gives a class of another name, or a Gateway, means another installation.
    own = edge.kind == "ingress" and edge.ingress_class in (None, row.ingress_class) and not edge.client_cidrs
    return proxies_namespace(
        row,
        kind=edge.kind,
        given=edge.client_namespace or (brought if own else None),
        gateway=edge.gateway.namespace,
        ingress_class=edge.ingress_class,
        cidrs=edge.client_cidrs,
        unnamed=edge.implementation is None,
    )


def _propagation(settings: "Settings") -> int:
    edge = settings.edge
    if edge.propagation_seconds is not None:
        return edge.propagation_seconds
    row = _implementation(edge)
    return propagation(
        row,
        namespace=_client_namespace(settings),
        cidrs=[*row.cidrs, *edge.client_cidrs],
        annotations=edge.annotations,
        slowest=settings.server.max_tool_seconds,
    )
