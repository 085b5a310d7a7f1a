"""What stands beside the server in its pod as a report: its requests, its end, its files in memory. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..kubernetes import mesh
from ..kubernetes import quantities as units
from ..pod_amounts import around, in_memory_bytes, server_pod
from ..server import readiness
from ..server.spec import CONTAINER
from ..server_plan import resources
from .document import Block, Column, Items, Section, Table, counted

if TYPE_CHECKING:
    from ..server_plan import ServerPlan


def pod_sections(server: ServerPlan) -> tuple[Section, ...]:
    """The pod as a whole where the server's container is not all that counts; nothing otherwise."""
    texts = tuple(_texts(server))
    if not texts:
        return ()
    columns = (
        Column(title="container"),
        Column(title="runs"),
        Column(title="CPU", right=True),
        Column(title="memory", right=True),
    )
    rows = tuple((one["name"], one["runs"], one["cpu"], one["memory"]) for one in _containers(server))
    blocks: tuple[Block, ...] = (Table(columns=columns, rows=rows), Items(texts=texts))
    return (Section(title="The whole pod", blocks=blocks),)


def pod_data(server: ServerPlan) -> dict[str, Any]:
    """What one pod requests, with its containers, as plain data."""
    cpu, memory = server_pod(server.settings, resources(server))
    return {
        "cpu_millicores": cpu,
        "memory_bytes": memory,
        "in_memory_bytes": in_memory_bytes(server.settings),
        "containers": list(_containers(server)),
    }


def _containers(server: ServerPlan) -> Iterator[dict[str, str]]:
    """The containers of the keys, in the order in which they start, with what each requests."""
    keys, own = server.settings.server, resources(server)
    for listed, runs in ((keys.sidecars, "all the time"), (keys.init_containers, "before the server")):
        for one in listed:
            yield {"name": one.name, "runs": runs, "cpu": one.requests.cpu, "memory": one.requests.memory}
    asking = keys.readiness_sidecar
    if asking is not None:
        given = asking.requests
        yield {"name": readiness.CONTAINER, "runs": "all the time", "cpu": given.cpu, "memory": given.memory}
    each = {**own["limits"], **own["requests"]}
    yield {"name": CONTAINER, "runs": "all the time", "cpu": each.get("cpu", "–"), "memory": each.get("memory", "–")}


def _texts(server: ServerPlan) -> Iterator[str]:
    found, keys = around(server.settings), server.settings.server
    if any((*found.beside, *found.starting)):
        cpu, memory = server_pod(server.settings, resources(server))
        proxy = ", the proxy of the mesh" if server.settings.region.mesh == mesh.SIDECAR else ""
        yield (
            f"One pod requests {units.format_cpu(cpu)} and {units.format_memory(memory)}: all that runs at the same "
            f"time{proxy}{', patches' if keys.patches else ''} included, or an init container that needs more while it "
            "runs. The quota, the maximum and the cost count that."
        )
    if keys.sidecars:
        order = ", then ".join(one.name for one in reversed(keys.sidecars))
        left = server.grace_period_seconds - server.pre_stop_seconds - server.graceful_timeout_seconds
        yield (
            f"A pod that ends: the server first, {server.pre_stop_seconds} s before SIGTERM and up to "
            f"{server.graceful_timeout_seconds} s for its calls; then SIGTERM for {order}. All of them have the "
            f"{server.grace_period_seconds} s of the pod: the sidecars at least {max(0, left)} s."
        )
    shared = in_memory_bytes(server.settings)
    if shared:
        yield _in_memory(server, shared)


def _in_memory(server: ServerPlan, shared: int) -> str:
    paths = [one.path for one in server.settings.server.writable_paths if one.in_memory]
    what = f"Files in {' and '.join(paths)} are memory, up to {units.format_memory(shared)}"
    limit = resources(server)["limits"].get("memory")
    given = server.settings.server.resources
    if given is not None and given.limits is not None:
        return f"{what}; they count against the given limit of {limit}, which has to have room for them."
    planned = counted(f"{server.plan.memory.memory_limit_mib.value:g}", "MiB")
    return f"{what}; they are added to the limit: {planned} for the server, {limit} together."
