"""Whether the pods, the namespace and the maximum hold the planned load."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ... import planning, wiring
from ...eras import SESSION_ERAS, Era
from ...inputs.outputs import plain
from ...kubernetes import quantities as units
from ...plan_inputs import rollout
from ...pod_amounts import own_patched
from ...region_needs import Need, quota_amounts
from ...server_plan import ServerPlan, figure
from .. import capacity, environment, load, network, openings, scaling, waiting
from .. import rollout as rollout_rules
from ..model import Finding
from ..workload import closed_port_findings, egress_findings, existing_findings, name_findings, namespace_findings

if TYPE_CHECKING:
    from ...settings.models import Quota

LIMIT, REQUEST = "limits", "requests"


def namespace_and_server_findings(server: ServerPlan) -> list[Finding]:
    """Names that meet, and what the server is given: arguments, variables, ways out."""
    settings, server_keys = server.settings, server.settings.server
    named = (server.client_namespace, settings.edge.gateway.namespace, settings.monitoring.namespace)
    others = {name for one in named if (name := plain(one)) is not None}
    found = name_findings(server.namespace, path="mcp:region.namespace")
    region = settings.region
    found += namespace_findings(
        server.namespace, others=others, path="mcp:region.namespace", made=region.create_namespace
    )
    found += existing_findings(
        named=region.namespace is not None, made=region.create_namespace, path="mcp:region.createNamespace"
    )
    # Further names and origins that a server lets in are added to the derived ones, which contradicts nothing.
    derived = {*wiring.derived_environment(server, server.pooler_name if server.pooled else None)}
    found += environment.variable_findings(
        given=server_keys.env,
        secret=settings.secrets.env if settings.secrets.source != "none" else (),
        derived=derived - {wiring.ALLOWED_HOSTS_VARIABLE, wiring.ALLOWED_ORIGINS_VARIABLE},
        path="mcp:server.env",
        secret_path="mcp:secrets.env",
    )
    found += opening_findings(server)
    found += environment.variable_findings(
        given={*server_keys.env, *(settings.secrets.env if settings.secrets.source != "none" else ())},
        secret=server_keys.env_value_from,
        derived=(),
        path="mcp:server.env or mcp:secrets.env",
        secret_path="mcp:server.envValueFrom",
    )
    return found + egress_findings(
        authorization=server_keys.authorization, destinations=len(server_keys.egress), path="mcp:server.egress"
    )


def opening_findings(server: ServerPlan) -> list[Finding]:
    """Whom the pods are opened to, and where to, at the keys of the stack file."""
    settings = server.settings
    found: list[Finding] = []
    for place, origin in enumerate(settings.server.ingress):
        found += openings.opening_findings(origin.cidrs or (), path=f"mcp:server.ingress[{place}].cidrs")
        if origin.port is not None:
            port = settings.server.port
            ports = {settings.monitoring.port or port: "metrics", port: "http"}
            where = f"mcp:server.ingress[{place}].port"
            found += closed_port_findings(origin.port, ports=ports, port=port, path=where)
    found += openings.outward_findings(
        [(one.cidrs or [], one.except_cidrs) for one in settings.server.egress],
        path=lambda place: f"mcp:server.egress[{place}].cidrs",
    )
    return found + network.metadata_findings(
        [(one.port, one.protocol, one.cidrs or [], one.except_cidrs) for one in settings.server.egress],
        path=lambda place: f"mcp:server.egress[{place}].cidrs",
    )


def rollout_findings(server: ServerPlan) -> list[Finding]:
    """Whether enough pods serve while others are replaced."""
    given = rollout(server.settings)
    if given.strategy == "Recreate" or server.settings.server.stateful:
        return []
    return rollout_rules.need_findings(
        unavailable=given.max_unavailable,
        minimum=server.replicas,
        needed=int(server.plan.replicas.steady_replicas.value),
        path="mcp:server.rollout.maxUnavailable",
    )


def maximum_findings(server: ServerPlan) -> list[Finding]:
    """Whether the number of pods is one of them, and holds the peak and a burst."""
    plan = server.plan
    found = scaling.fixed_replicas_findings(
        replicas=server.settings.scaling.replicas,
        autoscaler=server.settings.scaling.autoscaler,
        path="mcp:scaling.replicas",
    )
    steady, burst = _needed(server)
    if not server.autoscaled:
        peak, given = figure(plan.load.peak_sessions), plan.capacity.sessions_per_pod_candidates
        binding = plan.capacity.sessions_per_pod_binding
        if steady <= server.replicas and (binding != "memory" or given["memory"] >= _known(server)):
            found += load.assumed_findings(
                pods_given=server.replicas,
                needed=-(-peak // figure(plan.capacity.sessions_per_pod)),
                peak=peak,
                held=figure(plan.capacity.sessions_per_pod),
                binding=binding,
                path="mcp:scaling.replicas",
            )
    return found + scaling.maximum_findings(
        maximum=server.max_replicas,
        needed_for_peak=steady,
        needed_for_burst=burst,
        path="mcp:scaling.maxReplicas" if server.autoscaled else "mcp:scaling.replicas",
        single_writer=server.inputs.database is not None and server.inputs.database.single_writer,
    )


def _needed(server: ServerPlan) -> tuple[int, int]:
    """Pods for the planned peak and for a burst. Of a fixed number what one pod is known to hold counts, for the peak
    itself and for twice the planned sessions."""
    plan = server.plan
    steady, burst = figure(plan.replicas.steady_replicas), figure(plan.replicas.burst_replicas)
    if server.autoscaled:
        return steady, burst
    held, planned = _known(server), figure(plan.load.planned_sessions)
    return (
        min(steady, -(-figure(plan.load.peak_sessions) // held)),
        min(burst, -(-planning.BURST_FACTOR * planned // held)),
    )


def _known(server: ServerPlan) -> int:
    """Sessions that one pod holds by what was given or measured alone."""
    return server.plan.capacity.known_sessions(server.inputs.workload.sessions_per_pod)


def pod_findings(server: ServerPlan) -> list[Finding]:
    """Whether one pod holds its sessions, and a machine the pod."""
    plan = server.plan
    target = server.settings.workload.sessions_per_pod
    held = target
    if not server.autoscaled and server.replicas:
        # As many as come: a fixed number of pods is not filled up to a target.
        held = min(target, -(-figure(plan.load.peak_sessions) // server.replicas))
    found = capacity.memory_findings(
        needed_mib=float(plan.memory.with_headroom(held)),
        limit_mib=plan.memory.memory_limit_mib.value,
        sessions_per_pod=held,
        path=_place(server, LIMIT, "memory"),
        known_mib=None
        if server.runtime.known or server.autoscaled
        else held * (server.settings.workload.session_mib or 0),
    )
    found += _oversized_findings(server)
    needed_millicores, parallel = figure(plan.cpu.cpu_needed_millicores), _parallel(server)
    if parallel is not None:
        # What the server cannot use is not missing: the plan gives the pod fewer sessions instead.
        needed_millicores = min(needed_millicores, parallel * 1000)
    limit = figure(plan.cpu.cpu_limit_millicores)
    found += capacity.cpu_findings(
        needed_millicores=needed_millicores, limit_millicores=limit, path=_place(server, LIMIT, "cpu")
    )
    if parallel is not None:
        given = server.inputs.bounds.cpu_limit_millicores is not None
        found += waiting.usable_findings(
            limit_millicores=limit,
            usable_cores=plan.cpu.usable_cores.value,
            workers=server.inputs.workload.workers,
            one_process=_one_process(server, max(1, -(-limit // 1000))),
            path=_place(server, LIMIT if given else REQUEST, "cpu"),
        )
    found += capacity.descriptor_findings(
        needed=figure(plan.descriptors),
        soft_limit=planning.DESCRIPTOR_SOFT_LIMIT,
        path="mcp:workload.sessionsPerPod",
    )
    return found + _machine_findings(
        server,
        cpu_path="mcp:workload.sessionsPerPod"
        if server.inputs.bounds.cpu_request_millicores is None
        else _place(server, REQUEST, "cpu"),
        memory_path="mcp:workload.sessionsPerPod"
        if server.inputs.bounds.memory_request_bytes is None
        else _place(server, REQUEST, "memory"),
    )


def _place(server: ServerPlan, side: str, resource: str) -> str:
    """Where an amount of the server's container is given: in the patch that gives it, or at its key."""
    patched = own_patched(server.settings).get((side, resource))
    return (
        f"mcp:server.resources.{side}.{resource}" if patched is None else f"mcp:server.patches[{patched.patch}].patch"
    )


def _machine_findings(server: ServerPlan, *, cpu_path: str, memory_path: str) -> list[Finding]:
    """MCP507 of the whole pod; at what stands beside the server where the server alone would fit."""
    bounds, keys = server.inputs.bounds, server.settings.server
    own_cpu, own_memory = figure(server.plan.cpu.cpu_request_millicores), server.plan.memory.request_mib
    cpu, memory = bounds.pod_requests(own_cpu, own_memory)
    running = replace(bounds, starting_cpu_millicores=0, starting_memory_bytes=0).pod_requests(own_cpu, own_memory)
    at_sidecars = "mcp:server.sidecars" if keys.sidecars else "mcp:server.patches"
    at_start = "mcp:server.initContainers" if keys.init_containers else "mcp:server.patches"
    if own_cpu <= load.MACHINE_CORES * 1000:
        cpu_path = at_sidecars if running[0] == cpu else at_start
    if own_memory <= load.MACHINE_MIB:
        memory_path = at_sidecars if running[1] == memory else at_start
        if own_memory + bounds.in_memory_bytes / units.MIB > load.MACHINE_MIB:
            memory_path = "mcp:server.writablePaths"
    return load.machine_findings(
        cpu_millicores=cpu,
        memory_mib=float(memory),
        cpu_path=cpu_path,
        memory_path=memory_path,
        beside=(at_sidecars, at_start, "mcp:server.writablePaths"),
    )


def _one_process(server: ServerPlan, count: int) -> bool:
    """Whether ``count`` processes are no way out: sessions live in one, or the memory limit holds fewer."""
    if SESSION_ERAS & {Era(name) for name in server.settings.server.eras}:
        return True
    workload = replace(server.inputs.workload, workers=count, processes=None)
    found = planning.plan(replace(server.inputs, workload=workload))
    return found.memory.memory_with_headroom_mib.value > found.memory.memory_limit_mib.value or not found.closes


def least_maximum(server: ServerPlan) -> int:
    """The least maximum that holds the planned peak and a burst."""
    return max(_needed(server))


def _oversized_findings(server: ServerPlan) -> list[Finding]:
    """Whether the target of sessions is far above what calls leave of a pod."""
    held = server.plan.capacity
    busy = {
        name: one for name, one in held.sessions_per_pod_candidates.items() if name not in ("memory", "descriptors")
    }
    if not server.autoscaled or not busy:
        return []
    binding = min(busy, key=lambda name: busy[name])
    return load.oversized_findings(
        target=server.settings.workload.sessions_per_pod,
        held=max(1, busy[binding]),
        binding=binding,
        path="mcp:workload.sessionsPerPod",
    )


def quota_findings(given: Quota | None, need: Need) -> list[Finding]:
    """Whether the namespace's quota holds all servers at their maximum."""
    if given is None:
        return []
    amounts = quota_amounts(given)
    return capacity.quota_findings(
        pods=need.pods,
        cpu_millicores=need.cpu_millicores,
        memory_bytes=need.memory_bytes,
        quota_pods=amounts.pods,
        quota_cpu_millicores=amounts.cpu_millicores,
        quota_memory_bytes=amounts.memory_bytes,
        devices={name: (number, amounts.devices.get(name)) for name, number in need.devices.items()},
        path="mcp:region.quota",
    )


def _parallel(server: ServerPlan) -> int | None:
    """Cores that the server's own code can use however high the limit; ``None`` if that is not known."""
    workers = server.inputs.workload.workers
    if workers is not None:
        return workers
    return 1 if server.runtime.one_loop else None
