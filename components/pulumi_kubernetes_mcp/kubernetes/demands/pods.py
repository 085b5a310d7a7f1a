"""What the API server demands of pods between fields: of a container, a probe, a volume, a toleration, the whole."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pulumi

from ..api import Wrong, fields_of
from ..grammar import ENV_FIELD, FILE_FIELD, LABEL_KEY, is_address
from ..quantities import MOST, QuantityError, TooLargeError, is_beyond, parse_memory, read_cpu, read_memory
from .forms import PORT_NAME
from .words import shown

Group = Mapping[str, Any]
_WAYS = frozenset({"exec", "grpc", "httpGet", "tcpSocket"})
_RUNS = frozenset({"exec", "httpGet", "sleep", "tcpSocket"})
_SOURCES = frozenset({"configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"})
_HUGE = "hugepages-"
_OWN_RESOURCES = frozenset({"cpu", "memory", "ephemeral-storage"})
_SHOWN_RESOURCES = frozenset(f"{side}.{name}" for side in ("limits", "requests") for name in _OWN_RESOURCES)
_ONLY_RESTARTED = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")


def unmet(kind: str, value: Group, where: str) -> Iterator[Wrong]:
    """The demands on one map of the type ``kind`` that it does not meet."""
    if kind in _CHECKS:
        yield from _CHECKS[kind](value, f"{where}." if where else "")


def _toleration(value: Group, at: str) -> Iterator[Wrong]:
    operator, key = value.get("operator") or "Equal", value.get("key")
    if not key and operator == "Equal":
        yield Wrong(f"{at}operator", "It compares a value, and no key is given.", "Name the key, or write 'Exists'.")
    if operator == "Exists" and value.get("value"):
        yield Wrong(f"{at}value", "The operator 'Exists' compares no value.", "Leave it out, or write 'Equal'.")
    if value.get("tolerationSeconds") is not None and value.get("effect") != "NoExecute":
        yield Wrong(f"{at}effect", "Only 'NoExecute' counts seconds.", "Write it, or leave tolerationSeconds out.")


def _host_alias(value: Group, at: str) -> Iterator[Wrong]:
    if isinstance(value.get("ip"), str) and not is_address(value["ip"]):
        yield Wrong(f"{at}ip", f"It is {shown(value['ip'])}, which is no IP address.", "Write it as '10.0.0.7'.")


def _dns(value: Group, at: str) -> Iterator[Wrong]:
    servers, searches = value.get("nameservers") or (), value.get("searches") or ()
    for index, one in enumerate(servers):
        if isinstance(one, str) and not is_address(one):
            where = f"{at}nameservers[{index}]"
            yield Wrong(where, f"It is {shown(one)}, which is no IP address.", "Write it as '10.0.0.10'.")
    if len(servers) > 3:
        yield Wrong(f"{at}nameservers", f"It has {len(servers)} resolvers.", "Give at most 3.")
    if len(searches) > 32:
        yield Wrong(f"{at}searches", f"It has {len(searches)} domains.", "Give at most 32.")


def _probe(value: Group, at: str) -> Iterator[Wrong]:
    if not any(value.get(way) is not None for way in _WAYS):
        yield Wrong(at[:-1], "It has no way to ask.", f"Give one of {', '.join(sorted(_WAYS))}.")


def _handler(value: Group, at: str) -> Iterator[Wrong]:
    if not any(value.get(way) is not None for way in _RUNS):
        yield Wrong(at[:-1], "It does nothing.", f"Give one of {', '.join(sorted(_RUNS))}.")


def _variable(value: Group, at: str) -> Iterator[Wrong]:
    source = value.get("valueFrom")
    if isinstance(source, Mapping) and not any(source.get(one) is not None for one in _SOURCES):
        yield Wrong(f"{at}valueFrom", "It names no source.", f"Give one of {', '.join(sorted(_SOURCES))}.")
    field = source.get("fieldRef") if isinstance(source, Mapping) else None
    path = field.get("fieldPath") if isinstance(field, Mapping) else None
    if isinstance(path, str) and not ENV_FIELD.takes(path):
        where = f"{at}valueFrom.fieldRef.fieldPath"
        yield Wrong(where, f"It is {shown(path)}, which is not {ENV_FIELD.is_not}.", f"G{ENV_FIELD.use[1:]}.")


def _shown_resource(value: Group, at: str) -> Iterator[Wrong]:
    name = value.get("resource")
    if isinstance(name, str) and name not in _SHOWN_RESOURCES and "hugepages-" not in name:
        listed = ", ".join(sorted(_SHOWN_RESOURCES))
        yield Wrong(f"{at}resource", f"It is {shown(name)}, which no variable shows.", f"Give one of {listed}.")


def _variables_from(value: Group, at: str) -> Iterator[Wrong]:
    given = [one for one in ("configMapRef", "secretRef") if value.get(one) is not None]
    if len(given) != 1:
        yield Wrong(at[:-1], f"It has {' and '.join(given) or 'no source'}.", "Give configMapRef or secretRef.")


def _file_from_pod(value: Group, at: str) -> Iterator[Wrong]:
    field = value.get("fieldRef")
    path = field.get("fieldPath") if isinstance(field, Mapping) else None
    if isinstance(path, str) and not FILE_FIELD.takes(path):
        where = f"{at}fieldRef.fieldPath"
        yield Wrong(where, f"It is {shown(path)}, which is not {FILE_FIELD.is_not}.", f"G{FILE_FIELD.use[1:]}.")


def _scratch(value: Group, at: str) -> Iterator[Wrong]:
    medium, size = value.get("medium"), value.get("sizeLimit")
    if isinstance(medium, str) and medium not in ("", "Memory", "HugePages") and "HugePages-" not in medium:
        yield Wrong(f"{at}medium", f"It is {shown(medium)}.", "Give 'Memory' or 'HugePages', or leave it out.")
    if isinstance(size, str) and size.startswith("-"):
        yield Wrong(f"{at}sizeLimit", "It is below zero.", "Give a size, such as '64Mi'.")
    if isinstance(size, str) and is_beyond(size):
        yield Wrong(f"{at}sizeLimit", "It is more than Kubernetes counts to.", "Give a size, such as '64Mi'.")


def _projected(value: Group, at: str) -> Iterator[Wrong]:
    paths: Counter[str] = Counter()
    for index, source in enumerate(value.get("sources") or ()):
        if not isinstance(source, Mapping):
            continue
        given = [one for one in fields_of("core.v1.VolumeProjection") if source.get(one) is not None]
        if len(given) != 1:
            yield Wrong(f"{at}sources[{index}]", f"It has {' and '.join(given) or 'no source'}.", "Give exactly one.")
        for one in given:
            items = source[one].get("items") or [source[one]]
            paths.update(item["path"] for item in items if isinstance(item.get("path"), str))
    for path, times in paths.items():
        if times > 1:
            yield Wrong(f"{at}sources", f"The path {shown(path)} stands {times} times.", "Give each file its own path.")


def _host_path(value: Group, at: str) -> Iterator[Wrong]:
    if isinstance(value.get("path"), str) and ".." in value["path"].split("/"):
        yield Wrong(f"{at}path", "It has '..' in it.", "Write the whole path without it.")


def _mount(value: Group, at: str) -> Iterator[Wrong]:
    if value.get("subPath") and value.get("subPathExpr"):
        yield Wrong(f"{at}subPathExpr", "It stands beside subPath.", "Give one of the two.")


def _resources(value: Group, at: str) -> Iterator[Wrong]:
    requests, limits = value.get("requests") or {}, value.get("limits") or {}
    for side, amounts in (("requests", requests), ("limits", limits)):
        for name, amount in amounts.items():
            yield from _amount(str(name), amount, f"{at}{side}.{name}")
            yield from _pages(str(name), amount, f"{at}{side}.{name}")
    huge = [
        f"{at}{side}.{name}"
        for side, given in (("requests", requests), ("limits", limits))
        for name in given
        if str(name).startswith(_HUGE)
    ]
    if huge and not {"cpu", "memory"} & {*requests, *limits}:
        yield Wrong(huge[0], "Huge pages stand alone.", "Give cpu or memory beside.")
    for name, amount in requests.items():
        if str(name) in _OWN_RESOURCES or isinstance(amount, pulumi.Output):
            continue
        limit = limits.get(name)
        if limit is None:
            yield Wrong(f"{at}limits.{name}", "It is missing.", "Give as much as is requested: none can be shared.")
        elif not isinstance(limit, pulumi.Output) and _number(amount) != _number(limit):
            yield Wrong(f"{at}requests.{name}", "It is not the limit.", "Make both the same: none can be shared.")


def _amount(name: str, amount: Any, path: str) -> Iterator[Wrong]:
    if isinstance(amount, pulumi.Output):
        return
    if not LABEL_KEY.takes(name) or ("/" not in name and name not in _OWN_RESOURCES and _HUGE not in name):
        remedy = "Give cpu, memory, ephemeral-storage, or a name with its domain, such as 'nvidia.com/gpu'."
        yield Wrong(path, f"{shown(name)} is no resource of a container.", remedy)
    elif _beyond(name, amount):
        yield Wrong(path, "It is more than Kubernetes counts to.", "Give a smaller quantity.")
    elif str(amount).startswith("-"):
        yield Wrong(path, "It is below zero.", "Give a quantity from 0 on.")
    elif "/" in name and (number := _number(amount)) is not None and number != int(number):
        yield Wrong(path, f"It is {shown(str(amount))}, and such devices are counted whole.", "Give a whole number.")


def _beyond(name: str, amount: Any) -> bool:
    """Whether a quantity is more than a number of the API server holds; one that cannot be read is not."""
    if isinstance(amount, (int, float)):
        return abs(amount) > MOST
    try:
        _ = read_cpu(str(amount)) if name == "cpu" else read_memory(str(amount))
    except TooLargeError:
        return True
    except QuantityError:
        return str(amount).isdecimal() and len(str(amount)) > len(str(MOST))
    return False


def _pages(name: str, amount: Any, path: str) -> Iterator[Wrong]:
    """What is wrong with an amount of huge pages: whole pages are given alone."""
    try:
        page = parse_memory(name.removeprefix(_HUGE)) if name.startswith(_HUGE) else 0
    except QuantityError:
        yield Wrong(path, "It names no size of a page.", "Write it as 'hugepages-2Mi'.")
        return
    number = _number(amount) if page else None
    if number is not None and number % page:
        yield Wrong(
            path,
            f"It is {shown(str(amount))}, which is no whole number of pages.",
            f"Give a multiple of {name.removeprefix(_HUGE)}.",
        )


def _number(amount: Any) -> float | None:
    """A quantity as a number, as far as it is one of those that are read here."""
    try:
        number = float(amount)
    except (TypeError, ValueError):
        try:
            number = float(parse_memory(str(amount)))
        except (OverflowError, QuantityError):
            return None
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _security(value: Group, at: str) -> Iterator[Wrong]:
    if value.get("privileged") is True and value.get("allowPrivilegeEscalation") is False:
        where = f"{at}allowPrivilegeEscalation"
        yield Wrong(where, "It is false, and a privileged container has every right.", "Remove one of the two.")
    capabilities = value.get("capabilities")
    added = capabilities.get("add") or () if isinstance(capabilities, Mapping) else ()
    if value.get("allowPrivilegeEscalation") is False and "CAP_SYS_ADMIN" in added:
        yield Wrong(f"{at}allowPrivilegeEscalation", "It is false, and CAP_SYS_ADMIN is added.", "Remove one of them.")


def _profile(value: Group, at: str) -> Iterator[Wrong]:
    local, file = value.get("type") == "Localhost", value.get("localhostProfile")
    if local and not file:
        yield Wrong(f"{at}localhostProfile", "It is missing, and 'Localhost' needs it.", "Name the file on the node.")
    if not local and file:
        yield Wrong(f"{at}localhostProfile", "Only the type 'Localhost' reads it.", "Leave it out.")


def _spread(value: Group, at: str) -> Iterator[Wrong]:
    if value.get("minDomains") is not None and value.get("whenUnsatisfiable") != "DoNotSchedule":
        yield Wrong(f"{at}minDomains", "Only 'DoNotSchedule' counts domains.", "Leave it out.")


def _requirement(value: Group, at: str) -> Iterator[Wrong]:
    operator, values = value.get("operator"), list(value.get("values") or ())
    if operator in ("In", "NotIn") and not values:
        yield Wrong(f"{at}values", f"The operator '{operator}' needs some.", "Give them, or write 'Exists'.")
    if operator in ("Exists", "DoesNotExist") and values:
        yield Wrong(f"{at}values", f"The operator '{operator}' compares none.", "Leave them out.")
    if operator in ("Gt", "Lt") and not (len(values) == 1 and _whole(values[0])):
        yield Wrong(f"{at}values", f"The operator '{operator}' compares one whole number.", "Give it as one text.")


def _whole(value: Any) -> bool:
    return isinstance(value, pulumi.Output) or str(value).lstrip("-").isdecimal()


def _claim(value: Group, at: str) -> Iterator[Wrong]:
    given = [one for one in ("resourceClaimName", "resourceClaimTemplateName") if value.get(one)]
    if len(given) != 1:
        wrong = f"It has {' and '.join(given) or 'no claim'}."
        yield Wrong(at[:-1], wrong, "Give resourceClaimName or resourceClaimTemplateName.")


def _pod(value: Group, at: str) -> Iterator[Wrong]:
    yield from _pod_together(value, at)
    yield from _admitted(value, at)
    containers = [one for one in value.get("containers") or () if isinstance(one, Mapping)]
    inits = [one for one in value.get("initContainers") or () if isinstance(one, Mapping)]
    names = Counter(one["name"] for one in (*inits, *containers) if isinstance(one.get("name"), str))
    for name, times in names.items():
        if times > 1:
            yield Wrong(f"{at}containers", f"{times} containers have the name {shown(name)}.", "Name each otherwise.")
    for kind, several in (("initContainers", inits), ("containers", containers)):
        for index, one in enumerate(several):
            where = f"{at}{kind}[{index}]"
            yield from _asked(one, where)
            yield from _signalled(one, value, where)
            yield from _slept(one, value, where)
            if kind == "initContainers" and one.get("restartPolicy") != "Always":
                for field in _ONLY_RESTARTED:
                    if one.get(field) is not None:
                        remedy = "Leave it out, or make it a sidecar: restartPolicy: Always."
                        yield Wrong(f"{where}.{field}", "A container that ends before the server has none.", remedy)
    for first, second in _clashes(containers, [one for one in inits if one.get("restartPolicy") == "Always"]):
        yield Wrong(f"{at}containers", f"Two ports have {first} {second}.", "Give each its own.")


def _pod_together(value: Group, at: str) -> Iterator[Wrong]:
    dns = value.get("dnsConfig")
    servers = dns.get("nameservers") if isinstance(dns, Mapping) else dns
    if value.get("dnsPolicy") == "None" and not servers:
        yield Wrong(f"{at}dnsConfig", "The policy 'None' takes its resolvers alone.", "Give nameservers in it.")
    if value.get("hostUsers") is False:
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if value.get(field) is True:
                yield Wrong(f"{at}hostUsers", f"It is false, and {field} is true.", "Remove one of the two.")
    if value.get("shareProcessNamespace") is True and value.get("hostPID") is True:
        yield Wrong(f"{at}shareProcessNamespace", "It is true, and so is hostPID.", "Remove one of the two.")
    if isinstance(system := value.get("os"), Mapping) and system.get("name") == "windows":
        context = value.get("securityContext")
        for field in ("fsGroup", "seccompProfile", "runAsUser", "runAsGroup"):
            if isinstance(context, Mapping) and context.get(field) is not None:
                yield Wrong(f"{at}os.name", f"It is 'windows', and securityContext has {field}.", "Leave it out.")
                return


def _admitted(value: Group, at: str) -> Iterator[Wrong]:
    """What the API server itself writes into a pod."""
    if value.get("overhead") and not value.get("runtimeClassName"):
        yield Wrong(f"{at}overhead", "It is that of a RuntimeClass, and none is named.", "Leave it out.")
    priority = value.get("priority")
    known = priority is not None and not isinstance(priority, pulumi.Output)
    # Without a class it is 0, unless the cluster has a default.
    if known and (priority != 0 or value.get("priorityClassName")):
        yield Wrong(f"{at}priority", "The API server takes it from the class.", "Leave it out; name the class.")


def _asked(container: Group, where: str) -> Iterator[Wrong]:
    for name in ("livenessProbe", "startupProbe"):
        probe = container.get(name)
        if isinstance(probe, Mapping) and probe.get("successThreshold") not in (None, 0, 1):
            yield Wrong(f"{where}.{name}.successThreshold", "One success is enough here.", "Write 1, or leave it out.")
    probe = container.get("readinessProbe")
    if isinstance(probe, Mapping) and probe.get("terminationGracePeriodSeconds") is not None:
        path = f"{where}.readinessProbe.terminationGracePeriodSeconds"
        yield Wrong(path, "A pod that is not ready is not ended.", "Leave it out.")
    ports = {one.get("name") for one in container.get("ports") or () if isinstance(one, Mapping)}
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(name) if isinstance(container.get(name), Mapping) else {}
        for way in ("httpGet", "tcpSocket"):
            port = ((probe or {}).get(way) or {}).get("port")
            if isinstance(port, str) and PORT_NAME.takes(port) and port not in ports:
                path = f"{where}.{name}.{way}.port"
                yield Wrong(path, f"The container has no port {shown(port)}.", "Name one of its ports, or a number.")


def _signalled(container: Group, pod: Group, where: str) -> Iterator[Wrong]:
    signal = (container.get("lifecycle") or {}).get("stopSignal")
    if signal is None:
        return
    if isinstance(signal, str) and not re.fullmatch(r"SIG[A-Z0-9+-]+", signal):
        yield Wrong(f"{where}.lifecycle.stopSignal", f"It is {shown(signal)}.", "Write it as 'SIGTERM'.")
    if not (pod.get("os") or {}).get("name"):
        path = f"{where}.lifecycle.stopSignal"
        yield Wrong(path, "It needs the system of the pod, which is not given.", "Give the pod os: {name: linux} too.")


def _slept(container: Group, pod: Group, where: str) -> Iterator[Wrong]:
    """A sleep is part of the grace period of its pod, which is 30 s where nothing is said."""
    given = pod.get("terminationGracePeriodSeconds")
    grace = 30 if given is None else given
    for moment in ("postStart", "preStop"):
        asleep = ((container.get("lifecycle") or {}).get(moment) or {}).get("sleep") or {}
        seconds = asleep.get("seconds")
        if isinstance(seconds, int) and isinstance(grace, int) and seconds > grace:
            path = f"{where}.lifecycle.{moment}.sleep.seconds"
            yield Wrong(path, f"It is {seconds}, and the pod has {grace} s to end.", f"Give at most {grace}.")


def _clashes(containers: list[Group], sidecars: list[Group]) -> Iterator[tuple[str, str]]:
    """Names of ports that a pod has twice in one container, and ports of the node that it asks for twice."""
    for one in (*containers, *sidecars):
        names = Counter(port.get("name") for port in one.get("ports") or () if isinstance(port, Mapping))
        yield from (("the name", shown(name)) for name, times in names.items() if isinstance(name, str) and times > 1)
    ports = [port for one in containers for port in one.get("ports") or () if isinstance(port, Mapping)]
    hosts = Counter((port.get("protocol", "TCP"), port.get("hostIP"), port.get("hostPort")) for port in ports)
    yield from (("the hostPort", str(host[2])) for host, times in hosts.items() if host[2] and times > 1)


def _host_network(value: Group, at: str) -> Iterator[Wrong]:
    if value.get("hostNetwork") is not True:
        return
    for index, one in enumerate(value.get("containers") or ()):
        for place, port in enumerate(one.get("ports") or () if isinstance(one, Mapping) else ()):
            host, own = port.get("hostPort"), port.get("containerPort")
            if host and own and host != own:
                path = f"{at}containers[{index}].ports[{place}].hostPort"
                yield Wrong(path, f"It is {host}, and with hostNetwork it is containerPort.", f"Write {own}.")


def _whole_pod(value: Group, at: str) -> Iterator[Wrong]:
    yield from _pod(value, at)
    yield from _host_network(value, at)


_CHECKS: Mapping[str, Callable[[Group, str], Iterator[Wrong]]] = {
    "core.v1.AppArmorProfile": _profile,
    "core.v1.DownwardAPIVolumeFile": _file_from_pod,
    "core.v1.EmptyDirVolumeSource": _scratch,
    "core.v1.EnvFromSource": _variables_from,
    "core.v1.EnvVar": _variable,
    "core.v1.HostAlias": _host_alias,
    "core.v1.HostPathVolumeSource": _host_path,
    "core.v1.LifecycleHandler": _handler,
    "core.v1.NodeSelectorRequirement": _requirement,
    "core.v1.PodDNSConfig": _dns,
    "core.v1.PodResourceClaim": _claim,
    "core.v1.PodSpec": _whole_pod,
    "core.v1.Probe": _probe,
    "core.v1.ProjectedVolumeSource": _projected,
    "core.v1.ResourceFieldSelector": _shown_resource,
    "core.v1.ResourceRequirements": _resources,
    "core.v1.SeccompProfile": _profile,
    "core.v1.SecurityContext": _security,
    "core.v1.Toleration": _toleration,
    "core.v1.TopologySpreadConstraint": _spread,
    "core.v1.VolumeMount": _mount,
    "meta.v1.LabelSelectorRequirement": _requirement,
}
