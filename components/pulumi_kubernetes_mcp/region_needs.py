"""What the pods of a region request together at most, as a quota counts them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from .colours import by_argo, counted
from .kubernetes import quantities as units
from .kubernetes.extra_pods import asked
from .load_test.model import RUNNER_MILLICORES, SMALL_MILLICORES, runner_mib, runners
from .load_test.scenarios import STEPS_TO_KNEE, scenario
from .namespace import spec as namespace_specs
from .namespace.spec import huge_pages
from .plan_inputs import rollout
from .pod_amounts import admitted, chaos_pod, pooler_pod, probe_pod, server_devices, server_pod, with_proxy
from .pooler import spec as pooler_specs
from .probe_runner import spec as probe_specs
from .server_plan import ServerPlan, resources

if TYPE_CHECKING:
    from .settings.models import Quota, Settings


@dataclass(frozen=True, kw_only=True)
class Need:
    """What pods request together at most."""

    pods: int
    cpu_millicores: int
    memory_bytes: int
    devices: Mapping[str, int] = field(default_factory=dict)
    """Extended resources by name, and bytes of huge pages by the name of their size."""

    def __add__(self, other: Need) -> Need:
        return Need(
            pods=self.pods + other.pods,
            cpu_millicores=self.cpu_millicores + other.cpu_millicores,
            memory_bytes=self.memory_bytes + other.memory_bytes,
            devices={
                name: self.devices.get(name, 0) + other.devices.get(name, 0)
                for name in sorted({*self.devices, *other.devices})
            },
        )


def needed(server: ServerPlan, *, draining: bool = False) -> Need:
    """The greatest sum of requests that one server can reach: the maximum and a rollout's surge, without its pooler.

    ``draining`` counts the old pods too that still end while new ones serve: a quota without room for them makes
    each step of a rollout wait for the drain of the one before. Recreate starts new pods when all old ones are gone, a
    StatefulSet a new one when the old one of its name is, and of the two revisions of Argo Rollouts the old one drains
    where it was counted.
    """
    given, settings = rollout(server.settings), server.settings
    replaced = given.strategy == "Recreate" or settings.server.stateful or by_argo(settings)
    generations = 2 if draining and not replaced else 1
    pods = (generations - 1 + counted(server.settings)) * server.max_replicas
    pods += int(server.plan.replicas.surge_pods.value)
    edge = server.settings.edge
    solved = edge.kind == "ingress" and not server.implementation.own_certificates
    solvers = 1 if edge.cluster_issuer is not None and solved else 0
    sides = resources(server)
    cpu, memory = server_pod(server.settings, sides)
    return (
        load_test_need(server)
        + chaos_need(server.settings)
        + Need(
            pods=pods + solvers,
            cpu_millicores=pods * cpu,
            memory_bytes=pods * memory + solvers * units.parse_memory(namespace_specs.DEFAULT_REQUESTS["memory"]),
            devices={name: pods * number for name, number in server_devices(server.settings, sides).items()},
        )
    )


def load_test_need(server: ServerPlan) -> Need:
    """What the pods of a load test request: its runners, and the one that reads the script before them."""
    asked = server.settings.load_test
    if asked is None or asked.scenario is None:
        return Need(pods=0, cpu_millicores=0, memory_bytes=0)
    held = int(server.plan.capacity.sessions_per_pod.value)
    steps = asked.scenario == STEPS_TO_KNEE
    sessions = server.replicas * held if steps else int(server.plan.load.peak_sessions.value)
    users = ceil(sessions * scenario(asked.scenario).percent / 100)
    pods = asked.parallelism or runners(users)
    each = runner_mib(users, pods) * units.MIB
    cpu, memory = admitted(server.settings, (RUNNER_MILLICORES, each))
    small_cpu, small_memory = admitted(server.settings, (SMALL_MILLICORES, each))
    return Need(
        pods=pods + 1,
        cpu_millicores=pods * cpu + small_cpu,
        memory_bytes=pods * memory + small_memory,
    )


def chaos_need(settings: Settings) -> Need:
    """What the pod of an experiment requests; nothing where the stack has none."""
    if settings.chaos is None:
        return Need(pods=0, cpu_millicores=0, memory_bytes=0)
    cpu, memory = chaos_pod(settings)
    return Need(pods=1, cpu_millicores=cpu, memory_bytes=memory)


def pooler_need(instances: int, settings: Settings) -> Need:
    """What a pooler requests in both generations of its rollout."""
    pods, (cpu, memory) = pooler_specs.ROLLOUT_GENERATIONS * instances, pooler_pod(settings)
    return Need(pods=pods, cpu_millicores=pods * cpu, memory_bytes=pods * memory)


def probe_need(settings: Settings) -> Need:
    """What the probe's exporter requests in both generations of its rollout; nothing where the stack has none."""
    if settings.probe is None:
        return Need(pods=0, cpu_millicores=0, memory_bytes=0)
    pods, (cpu, memory) = probe_specs.PODS, probe_pod(settings)
    return Need(pods=pods, cpu_millicores=pods * cpu, memory_bytes=pods * memory)


def further_need(settings: Settings) -> Need:
    """What the pods of the further objects of a stack request; those of a DaemonSet nobody can count here."""
    total = Need(pods=0, cpu_millicores=0, memory_bytes=0)
    for one in settings.extra_objects:
        if (found := asked(one, namespace_specs.DEFAULT_REQUESTS)) is not None:
            cpu, memory = admitted(settings, with_proxy(settings, found.each))
            total += Need(
                pods=found.pods,
                cpu_millicores=found.pods * cpu,
                memory_bytes=found.pods * memory,
                devices=found.devices,
            )
    return total


def quota_amounts(quota: Quota) -> Need:
    """A quota of the settings in numbers."""
    return Need(
        pods=quota.pods,
        cpu_millicores=units.parse_cpu(quota.cpu),
        memory_bytes=units.parse_memory(quota.memory),
        devices={
            **quota.extended_resources,
            **{name: units.parse_memory(size) for name, size in huge_pages(quota).items()},
        },
    )
