"""What the pods of a server and of its pooler request, with all that stands beside their one planned container. Pure.

Sidecars, init containers, the proxy of a mesh, and what patches add: counted once, as the scheduler and a quota do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .chaos_runner import spec as chaos_specs
from .kubernetes import containers, mesh
from .kubernetes import quantities as units
from .kubernetes.pod_requests import Amounts, Patched, Place, patched_amounts, patched_devices, patched_requests
from .namespace.spec import DEFAULT_REQUESTS
from .platforms import OWN_CLASSES, PLATFORMS, Least
from .pooler import exporter as pooler_exporter
from .pooler import spec as pooler_specs
from .probe_runner import spec as probe_specs
from .server import readiness
from .server.spec import CONTAINER

if TYPE_CHECKING:
    from .settings.models import Settings

_BEYOND_MILLICORES = 2**40
_BEYOND_BYTES = 2**60
"""More than anything else in a pod requests: beside it only what runs at the same time counts."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """What a pod requests beside the server's container.

    A pod requests max(server + ``beside``, ``starting``), of CPU and of memory each (KEP-753).
    """

    beside: Amounts
    """Of what runs as long as the server does: sidecars, the proxy of a mesh, overhead."""
    starting: Amounts
    """The most while init containers run, one after the other, with the sidecars that were started before; at least
    ``beside``."""


def around(settings: Settings) -> Around:
    """What stands around the server's container, from the two ends: a pod whose server requests nothing, and one whose
    server requests more than all else."""
    nothing = asked_pod(settings, {"requests": {"cpu": "0", "memory": "0"}})
    beyond = {"cpu": units.format_cpu(_BEYOND_MILLICORES), "memory": units.format_memory(_BEYOND_BYTES)}
    most = asked_pod(settings, {"requests": beyond})
    return Around(
        # What a patch says the whole pod requests does not grow with the server: nothing is beside it.
        beside=(max(0, most[0] - _BEYOND_MILLICORES), max(0, most[1] - _BEYOND_BYTES)),
        starting=nothing,
    )


def own_patched(settings: Settings) -> Mapping[Place, Patched]:
    """What patches say that the server's own container requests and may take, of CPU and memory."""
    return patched_amounts(CONTAINER, settings.server.patches)


def least_of(settings: Settings, *, server: bool = True) -> Least | None:
    """What the platform raises a pod to; ``None`` where it takes each as it is, or the server names another class."""
    keys = settings.server
    own = server and (bool(keys.extended_resources) or any(label in keys.node_selector for label in OWN_CLASSES))
    return None if own else PLATFORMS[settings.region.platform].least


def admitted(settings: Settings, amounts: Amounts, *, server: bool = False) -> Amounts:
    """What a pod that asks for ``amounts`` is admitted with: a quota counts that."""
    least = least_of(settings, server=server)
    return amounts if least is None else least.raised(amounts)


def server_pod(settings: Settings, resources: Mapping[str, Mapping[str, str]]) -> Amounts:
    """What one pod of the server requests whose own container has ``resources``, once it is admitted: millicores and
    bytes."""
    return admitted(settings, asked_pod(settings, resources), server=True)


def asked_pod(settings: Settings, resources: Mapping[str, Mapping[str, str]]) -> Amounts:
    """The same before the platform raises it."""
    pod = _server_pod(settings, resources)
    return with_proxy(settings, patched_requests(pod, settings.server.patches, DEFAULT_REQUESTS))


def server_devices(settings: Settings, resources: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """What the same pod requests that is neither CPU nor memory: devices by name, and bytes of huge pages by the name
    of their size, of which a container requests what it may take."""
    pod = _server_pod(settings, resources)
    pod["containers"][0]["resources"].setdefault("limits", {}).update(settings.server.extended_resources)
    return patched_devices(pod, settings.server.patches)


def _server_pod(settings: Settings, resources: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The pod of the server without its patches, of what it requests."""
    keys = settings.server
    beside = [
        {
            "name": one.name,
            "resources": {"requests": containers.quantities(one.requests)},
            **({} if policy is None else {"restartPolicy": policy}),
        }
        for listed, policy in ((keys.sidecars, "Always"), (keys.init_containers, None))
        for one in listed
    ]
    if keys.readiness_sidecar is not None:
        requests = containers.quantities(keys.readiness_sidecar.requests)
        asking = {"name": readiness.CONTAINER, "resources": {"requests": requests}, "restartPolicy": "Always"}
        beside.append(asking)
    pod: dict[str, Any] = {"containers": [{"name": CONTAINER, "resources": _plain(resources)}]}
    if beside:
        pod["initContainers"] = beside
    return pod


def pooler_pod(settings: Settings) -> Amounts:
    """What one pod of the pooler requests: millicores and bytes."""
    patches = [] if settings.database is None else settings.database.pooler_patches
    asked = {pooler_specs.CONTAINER: pooler_specs.REQUESTS}
    if settings.database is not None and settings.database.pooler_exporter:
        asked[pooler_exporter.CONTAINER] = pooler_exporter.REQUESTS
    pod = {"containers": [{"name": name, "resources": _plain({"requests": each})} for name, each in asked.items()]}
    return admitted(settings, with_proxy(settings, patched_requests(pod, patches, DEFAULT_REQUESTS)))


def probe_pod(settings: Settings) -> Amounts:
    """What the pod of the probe's exporter requests: millicores and bytes."""
    return _small_pod(settings, probe_specs.REQUESTS)


def chaos_pod(settings: Settings) -> Amounts:
    """What the pod of an experiment requests: millicores and bytes."""
    return _small_pod(settings, chaos_specs.REQUESTS)


def _small_pod(settings: Settings, requests: Mapping[str, str]) -> Amounts:
    own = units.parse_cpu(requests["cpu"]), units.parse_memory(requests["memory"])
    return admitted(settings, with_proxy(settings, own))


def in_memory_bytes(settings: Settings) -> int:
    """The size of the writable paths in memory, together: their files count against the memory of the container."""
    return min(units.MOST, sum(units.parse_memory(one.size) for one in settings.server.writable_paths if one.in_memory))


def with_proxy(settings: Settings, amounts: Amounts) -> Amounts:
    """The proxy that a mesh puts into each pod is started first and runs all the time."""
    if settings.region.mesh != mesh.SIDECAR:
        return amounts
    proxy = mesh.PROXY_REQUESTS
    return amounts[0] + units.parse_cpu(proxy["cpu"]), amounts[1] + units.parse_memory(proxy["memory"])


def _plain(resources: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {side: dict(quantities) for side, quantities in resources.items()}
