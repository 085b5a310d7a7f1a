"""The Pod Security Standards, by field: what the admission of a namespace with that level refuses in a pod.

The controls are those of the page "Pod Security Standards" of the Kubernetes documentation, in the version "latest".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .untyped import items_of, map_of

Level = Literal["baseline", "restricted"]
BASELINE: Level = "baseline"
RESTRICTED: Level = "restricted"
ORDER = ("privileged", BASELINE, RESTRICTED)
"""The levels, from the weakest on."""
HOST_NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")
BASELINE_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
SAFE_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
    }
)  # fmt: skip
SAFE_SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"})
RESTRICTED_VOLUMES = frozenset(
    {
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
        "secret",
    }
)  # fmt: skip
PROFILES = ("RuntimeDefault", "Localhost")


@dataclass(frozen=True)
class Breach:
    """A field of a pod that a level does not allow."""

    level: Level
    """The weakest level that refuses it."""
    path: str
    """Where in the pod spec."""
    problem: str
    remedy: str = "Do without it"
    """What meets the level, without the stop."""


def refused_by(level: str, breach: Breach) -> bool:
    """Whether a namespace that enforces a level refuses a pod for a breach."""
    return level in ORDER and ORDER.index(breach.level) <= ORDER.index(level)


def breaches(pod: Mapping[str, Any]) -> Iterator[Breach]:
    """What the level "restricted" refuses in the spec of a pod, each with the weakest level that refuses it too."""
    for name in HOST_NAMESPACES:
        if pod.get(name) is True:
            yield Breach(BASELINE, name, f"The pod has {name}.")
    security = map_of(pod.get("securityContext"))
    for index, sysctl in enumerate(items_of(security.get("sysctls"))):
        if map_of(sysctl).get("name") not in SAFE_SYSCTLS:
            yield Breach(BASELINE, f"securityContext.sysctls[{index}]", "The sysctl is not among the safe ones.")
    yield from _volumes(items_of(pod.get("volumes")))
    yield from _context(security, {}, "securityContext", container=False)
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(items_of(pod.get(kind))):
            yield from _container(map_of(container), security, f"{kind}[{index}]")


def _volumes(volumes: Iterable[Any]) -> Iterator[Breach]:
    for index, given in enumerate(volumes):
        path, volume = f"volumes[{index}]", map_of(given)
        if "hostPath" in volume:
            yield Breach(BASELINE, f"{path}.hostPath", "A volume is a directory of the node.")
        for source in sorted(set(volume) - RESTRICTED_VOLUMES - {"name", "hostPath"}):
            yield Breach(RESTRICTED, f"{path}.{source}", f"A volume is of the kind {source}.")


def _container(container: Mapping[str, Any], pod: Mapping[str, Any], path: str) -> Iterator[Breach]:
    security, here = map_of(container.get("securityContext")), f"{path}.securityContext"
    if security.get("privileged") is True:
        yield Breach(BASELINE, f"{here}.privileged", "The container is privileged.")
    if security.get("procMount") not in (None, "Default"):
        yield Breach(BASELINE, f"{here}.procMount", "The mask over /proc is another one than the default.")
    for index, port in enumerate(items_of(container.get("ports"))):
        if map_of(port).get("hostPort"):
            yield Breach(BASELINE, f"{path}.ports[{index}].hostPort", "A port of the node is taken.")
    for kind, handler in _handlers(container):
        if map_of(handler).get("host"):
            yield Breach(BASELINE, f"{path}.{kind}.host", "A probe or hook names another host.")
    yield from _capabilities(map_of(security.get("capabilities")), f"{here}.capabilities")
    if security.get("allowPrivilegeEscalation") is not False:
        yield Breach(RESTRICTED, f"{here}.allowPrivilegeEscalation", "It is not false.", "Set it to false")
    yield from _context(security, pod, here, container=True)


def _capabilities(capabilities: Mapping[str, Any], path: str) -> Iterator[Breach]:
    added = {one for one in items_of(capabilities.get("add")) if isinstance(one, str)}
    beyond, further = sorted(added - BASELINE_CAPABILITIES), sorted(added - {"NET_BIND_SERVICE"})
    if beyond:
        yield Breach(BASELINE, f"{path}.add", f"The container is given {', '.join(beyond)}.")
    elif further:
        yield Breach(RESTRICTED, f"{path}.add", f"The container is given {', '.join(further)}.")
    if "ALL" not in items_of(capabilities.get("drop")):
        yield Breach(RESTRICTED, f"{path}.drop", "Not all capabilities are dropped.", "Set it to [ALL]")


def _context(security: Mapping[str, Any], above: Mapping[str, Any], path: str, *, container: bool) -> Iterator[Breach]:
    """What a security context of a pod or of a container says about users and profiles; a container's counts first."""
    if (given := security.get("seLinuxOptions")) and (map_of(given).get("type") or "") not in SAFE_SELINUX_TYPES | {
        None
    }:
        yield Breach(BASELINE, f"{path}.seLinuxOptions.type", "The type is not among those of containers.")
    if (given := security.get("seLinuxOptions")) and (map_of(given).get("user") or map_of(given).get("role")):
        yield Breach(BASELINE, f"{path}.seLinuxOptions", "A user or a role is given.")
    if map_of(security.get("windowsOptions")).get("hostProcess") is True:
        yield Breach(BASELINE, f"{path}.windowsOptions.hostProcess", "It is a process of the host.")
    if map_of(security.get("appArmorProfile")).get("type") == "Unconfined":
        yield Breach(BASELINE, f"{path}.appArmorProfile.type", "AppArmor is switched off.")
    profile = map_of(security.get("seccompProfile")).get("type")
    if profile == "Unconfined":
        yield Breach(BASELINE, f"{path}.seccompProfile.type", "Seccomp is switched off.")
    elif container and profile is None and map_of(above.get("seccompProfile")).get("type") not in PROFILES:
        yield Breach(
            RESTRICTED, f"{path}.seccompProfile.type", "No seccomp profile is given.", "Set it to RuntimeDefault"
        )
    if security.get("runAsUser") == 0:
        yield Breach(RESTRICTED, f"{path}.runAsUser", "It runs as root.", "Give another user")
    root = security.get("runAsNonRoot")
    if container and (root is False or (root is None and above.get("runAsNonRoot") is not True)):
        yield Breach(
            RESTRICTED,
            f"{path}.runAsNonRoot",
            "It may run as root.",
            "Set it to true, with an image or a runAsUser that is no root",
        )


def _handlers(container: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    places = [(probe, container.get(probe)) for probe in ("startupProbe", "readinessProbe", "livenessProbe")]
    places += [(f"lifecycle.{hook}", one) for hook, one in map_of(container.get("lifecycle")).items()]
    for path, handler in places:
        for kind in ("httpGet", "tcpSocket"):
            if kind in map_of(handler):
                yield f"{path}.{kind}", map_of(handler)[kind]
