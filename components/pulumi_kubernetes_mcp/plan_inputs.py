"""What a stack says, in the terms of the capacity plan: load, database, bounds, and what was measured. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from . import database_env, planning, pod_amounts
from .colours import counted, is_blue_green
from .kubernetes import quantities as units
from .kubernetes.pod_requests import READ
from .server import processes
from .server.spec import MAX_SURGE as DEFAULT_SURGE
from .settings.fields import is_given
from .settings.keys.pod import Rollout

if TYPE_CHECKING:
    from pydantic import BaseModel

    from .settings.fields import EraName
    from .settings.models import Settings, ToolSettings
    from .settings.profile import MeasuredTool, Profile

UNWATCHED_CPU_MILLICORES = 10
"""CPU of kubelet probes and scrapes, which a measured process was not under."""
MOST_MILLISECONDS = 86_400_000
MOST_KIB = 1e6
"""The most that a tool of a plan may take; a profile may hold more."""
UNKNOWN_DURATION_MILLISECONDS = 1000
"""Stands in for the duration of a tool that neither the stack nor the profile has; a finding refuses such a stack."""


def demand(settings: Settings, *, servers: int = 1, sharing_database: int = 1) -> planning.Inputs:
    """Everything that the plan of a server is made from.

    :param servers: servers of the region, which share its quota.
    :param sharing_database: servers of the region that share its database.
    """
    return planning.Inputs(
        workload=_workload(settings),
        runtime=_runtime(settings),
        database=_database(settings, sharing_database),
        store=_store(settings),
        bounds=_bounds(settings, servers),
        prices=_prices(settings),
    )


def given(settings: Settings) -> frozenset[str]:
    """Names of the plan's inputs that the stack gives or that were measured: 'workload.session_minutes'."""
    names = {f"{group}.{name}" for group in ("workload", "database") for name in _set(getattr(settings, group))}
    tools, profile = settings.workload.tools, _profile(settings)
    if tools:
        known = [_set(tool) | _measured_fields(_measured_tool(profile, tool)) for tool in tools]
        names |= {f"workload.tools[*].{name}" for name in set.intersection(*known)}
    if profile is not None and profile.process is not None:
        names |= {"runtime.baseline_mib", "runtime.base_cpu_millicores", "workload.session_mib"}
        if all((found := profile.eras.get(era)) and found.session_kib for era in settings.server.eras):
            names.add("runtime.session_kib")
    return frozenset(names)


def without_duration(settings: Settings) -> list[int]:
    """Places of the tools whose duration neither the stack nor the profile has."""
    profile = _profile(settings)
    return [
        place
        for place, tool in enumerate(settings.workload.tools)
        if tool.duration_milliseconds is None and _measured_tool(profile, tool) is None
    ]


def measured_tool(settings: Settings, tool: ToolSettings) -> MeasuredTool | None:
    """What the profile says of a tool of that name."""
    return _measured_tool(_profile(settings), tool)


def _workload(settings: Settings) -> planning.Workload:
    load, profile = settings.workload, _profile(settings)
    started = declared_processes(settings)
    session_mib = load.session_mib
    if session_mib is None:
        session_mib = 1 if profile is None or profile.process is None else 0
    return planning.Workload(
        daily_users=load.daily_users,
        sessions_per_user=load.sessions_per_user,
        session_minutes=load.session_minutes,
        session_p95_minutes=load.session_p95_minutes,
        peak_factor=load.peak_factor,
        headroom_percent=load.headroom_percent,
        peak_sessions=load.peak_sessions,
        sessions_by_hour=tuple(load.sessions_by_hour),
        eras=tuple(settings.server.eras),
        era_percent=_shares(load.era_percent),
        sessions_per_pod=load.sessions_per_pod,
        tools=tuple(_tools(settings)),
        think_seconds=load.think_seconds,
        concurrent_calls=load.concurrent_calls,
        heavy_calls=load.heavy_calls,
        heavy_call_cpu_milliseconds=load.heavy_call_cpu_milliseconds,
        response_kib=load.response_kib,
        session_mib=session_mib,
        workers=load.workers if started is None or load.workers is not None else started.number,
        processes=None if started is None else started.number,
        call_slots=load.call_slots,
        wait_p95_milliseconds=load.wait_p95_milliseconds,
    )


def declared_processes(settings: Settings) -> processes.Declared | None:
    """The number of processes that the server is started with, where its command, arguments or variables say one."""
    server = settings.server
    return processes.declared(server.command, server.args, server.env)


def processes_by_cores(settings: Settings) -> processes.Declared | None:
    """What makes the server start a process for each core of its node, where its command or arguments say so."""
    server = settings.server
    return processes.by_cores(server.command, server.args, server.env)


def _shares(shares: Mapping[EraName, float]) -> Mapping[str, float]:
    """Shares that are all zero say nothing; a finding refuses them."""
    return {str(era): share for era, share in shares.items()} if any(shares.values()) else {}


def _tools(settings: Settings) -> Iterable[planning.Tool]:
    """The tools, each name once: a finding refuses a name that stands twice."""
    profile = _profile(settings)
    for tool in {tool.name: tool for tool in settings.workload.tools}.values():
        found = _measured_tool(profile, tool)
        measured = {} if found is None else _of_measured(found, profile)
        stated = {name: value for name in _TOOL_FIELDS if (value := getattr(tool, name)) is not None}
        duration = {"duration_milliseconds": UNKNOWN_DURATION_MILLISECONDS}
        yield planning.Tool(name=tool.name, share_percent=tool.share_percent, **{**duration, **measured, **stated})


_TOOL_FIELDS = (
    "duration_milliseconds",
    "p95_milliseconds",
    "cpu_milliseconds",
    "response_kib",
    "queries",
    "query_milliseconds",
)


def _of_measured(tool: MeasuredTool, profile: Profile | None) -> dict[str, float]:
    """A measured tool; its CPU without the protocol's, which the plan counts by era.

    What a call in flight takes is more than its answer. Numbers beyond what may be planned for are cut.
    """
    latency = tool.latency_milliseconds
    found = {
        "response_kib": min(max(tool.response_kib, tool.in_flight_kib or 0), MOST_KIB),
        "duration_milliseconds": min(max(latency.mean, 0.001), MOST_MILLISECONDS),
    }
    found["p95_milliseconds"] = min(max(latency.p95, found["duration_milliseconds"]), MOST_MILLISECONDS)
    if tool.cpu_milliseconds is not None:
        protocol = 0 if profile is None else _protocol_milliseconds(profile).get(tool.era, 0)
        found["cpu_milliseconds"] = min(max(0, tool.cpu_milliseconds.value - protocol), MOST_MILLISECONDS)
    return found


def _protocol_milliseconds(profile: Profile) -> Mapping[EraName, float]:
    """CPU of the protocol of a call by era, as it was measured: the figure itself, since the limit has room above it.

    A list of many tools takes more than a call does; no more of a call is its protocol than the whole call takes.
    """
    found = {era: cpu.value for era, measured in profile.eras.items() if (cpu := measured.call_cpu_milliseconds)}
    for tool in profile.tools:
        if tool.cpu_milliseconds is not None and tool.era in found:
            found[tool.era] = min(found[tool.era], tool.cpu_milliseconds.value)
    return found


def _runtime(settings: Settings) -> planning.RuntimeProfile:
    """The constants of the runtime, each replaced where the profile has a measured one.

    Memory uses the upper end of the confidence interval: an under-estimate is an OOM kill. CPU uses the figure itself:
    two fifths of the limit stay free above it.
    """
    known, profile = planning.RUNTIMES[settings.server.runtime], _profile(settings)
    if profile is None or profile.process is None:
        return known
    eras, process = profile.eras, profile.process
    return planning.RuntimeProfile(
        name=known.name,
        baseline_mib=process.baseline_mib.value + process.baseline_mib.error,
        registry_mib=0,
        session_kib={
            **known.session_kib,
            **{era: kib.value + kib.error for era, found in eras.items() if (kib := found.session_kib) is not None},
        },
        call_cpu_milliseconds={
            **known.call_cpu_milliseconds,
            **_protocol_milliseconds(profile),
        },
        base_cpu_millicores=process.idle_cpu_millicores + UNWATCHED_CPU_MILLICORES,
        baseline_descriptors=process.baseline_descriptors,
        session_descriptors={
            era: number for era, found in eras.items() if (number := found.session_descriptors) is not None
        },
        heap_flag=known.heap_flag,
        keepalive_seconds=known.keepalive_seconds,
        drains_by_env=known.drains_by_env,
        python=known.python,
        one_loop=known.one_loop,
        measured=True,
        source=f"measured on {profile.measured_at[:10]}: {profile.server}",
    )


def _database(settings: Settings, servers: int) -> planning.Database | None:
    database = settings.database
    if database is None:
        return None
    return planning.Database(
        kind=database.kind,
        max_connections=database.max_connections,
        reserved_connections=database.reserved_connections,
        share_percent=database.share_percent,
        shared_by_regions=database.shared_by_regions,
        region_share_percent=database.region_share_percent,
        shared_by_servers=servers,
        query_milliseconds=database.query_milliseconds,
        pool_size=database.pool_size,
        has_secret=settings.secrets.source != "none",
        pool_is_told="pool_size" in database_env.names(database),
        in_pod=database.in_pod,
        pooler=database.pooler,
        pooler_instances=database.pooler_instances,
        pooler_pool_size=database.pooler_pool_size,
        colours=counted(settings),
    )


def _store(settings: Settings) -> planning.StateStore | None:
    store = settings.state_store
    if store is None:
        return None
    return planning.StateStore(
        max_clients=store.max_clients,
        reserved_clients=store.reserved_clients,
        connections_per_pod=store.connections_per_pod,
        share_percent=store.share_percent,
        shared_by_regions=store.shared_by_regions,
        colours=counted(settings),
    )


def _prices(settings: Settings) -> planning.Prices | None:
    prices = settings.prices
    if prices is None:
        return None
    return planning.Prices(core_hour=prices.core_per_hour, gib_hour=prices.gib_per_hour, currency=prices.currency)


def _bounds(settings: Settings, servers: int) -> planning.Bounds:
    region, scaling, quota = settings.region, settings.scaling, settings.region.quota
    resources = settings.server.resources
    requests = resources.requests if resources else None
    limits = resources.limits if resources else None
    fixed = fixed_replicas(settings)
    surge = max_surge(rollout(settings))
    around, pooler = pod_amounts.around(settings), pod_amounts.pooler_pod(settings)
    patched = pod_amounts.own_patched(settings)

    def amount(side: str, resource: str, given: str | None) -> int | None:
        """A patch is merged after the key, so that it has the last word."""
        one = patched.get((side, resource))
        text = given if one is None else one.text
        return None if text is None else READ[resource](text)

    requested = amount("requests", "memory", requests.memory if requests else None)
    return planning.Bounds(
        min_replicas=scaling.min_replicas if fixed is None else fixed,
        max_replicas=scaling.max_replicas if fixed is None else max(1, fixed),
        autoscaled=is_autoscaled(settings),
        production=region.environment == "production",
        zones=region.zones,
        cpu_percent_of_limit=scaling.cpu_percent_of_limit,
        quota_pods=quota.pods // servers if quota else None,
        quota_cpu_millicores=units.parse_cpu(quota.cpu) // servers if quota else None,
        quota_memory_bytes=units.parse_memory(quota.memory) // servers if quota else None,
        cpu_request_millicores=amount("requests", "cpu", requests.cpu if requests else None),
        cpu_limit_millicores=amount("limits", "cpu", limits.cpu if limits else None),
        memory_request_bytes=requested,
        memory_limit_bytes=amount("limits", "memory", limits.memory if limits else None),
        beside_cpu_millicores=around.beside[0],
        beside_memory_bytes=around.beside[1],
        starting_cpu_millicores=around.starting[0],
        starting_memory_bytes=around.starting[1],
        # Given amounts of memory stand for all of the container.
        in_memory_bytes=0
        if limits or requested is not None or ("limits", "memory") in patched
        else pod_amounts.in_memory_bytes(settings),
        least=pod_amounts.least_of(settings),
        pooler_cpu_millicores=pooler[0],
        pooler_memory_bytes=pooler[1],
        colours=counted(settings),
        **({"surge_percent": surge[1]} if surge[0] == "percent" else {"surge_count": surge[1]}),
    )


def rollout(settings: Settings) -> Rollout:
    """How new pods take the place of old ones: as given, and one after the other where two would write to one file or
    want one claim."""
    given, database = settings.server.rollout, settings.database
    if settings.server.stateful:
        return given.model_copy(update={"max_surge": "0", "max_unavailable": "1"})
    if is_blue_green(settings):
        # Within a colour pods are replaced one after the other.
        kept = {key: getattr(given, key) for key in Rollout.model_fields if key in given.model_fields_set}
        return Rollout.model_construct(**{**kept, "strategy": None})
    if given.argo_rollouts is not None:
        return given
    if given.strategy is None and given.max_surge is None and database is not None and is_single_writer(database.kind):
        return Rollout(strategy="Recreate")
    return given


def fixed_replicas(settings: Settings) -> int | None:
    """The number of pods where no autoscaler moves it; one for a database with one writer, unless more is said."""
    scaling, database = settings.scaling, settings.database
    if scaling.autoscaler == "none":
        return scaling.replicas
    if database is None or scaling.autoscaler != "auto" or not is_single_writer(database.kind):
        return None
    return None if is_given(scaling, "min_replicas", "max_replicas", "replicas") else 1


def is_autoscaled(settings: Settings) -> bool:
    """Whether an autoscaler owns the number of pods."""
    return settings.scaling.autoscaler != "none" and fixed_replicas(settings) is None


def is_single_writer(kind: str) -> bool:
    """Whether a kind of database is a file of one process."""
    return kind in planning.SINGLE_WRITERS


def max_surge(given: Rollout) -> tuple[str, int]:
    """The surge in 'percent' of the pods, or as a 'count' of them. Argo Rollouts has none: all new pods at once, which
    are counted as another colour."""
    if given.strategy == "Recreate" or given.argo_rollouts is not None:
        return "count", 0
    text = given.max_surge or DEFAULT_SURGE
    return ("percent", int(text[:-1])) if text.endswith("%") else ("count", int(text))


def _profile(settings: Settings) -> Profile | None:
    return None if settings.server.profile is None else settings.server.profile.content


def _measured_tool(profile: Profile | None, tool: ToolSettings) -> MeasuredTool | None:
    return next((found for found in profile.tools if found.name == tool.name), None) if profile else None


def _measured_fields(tool: MeasuredTool | None) -> set[str]:
    return set() if tool is None else {"duration_milliseconds", "response_kib", "cpu_milliseconds"}


def _set(group: BaseModel | None) -> set[str]:
    return set() if group is None else set(group.model_fields_set)
