"""What the API server demands of the other objects between fields: workloads, Services, policies, rights, claims."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import pairwise
from typing import Any

import pulumi

from .. import grammar
from ..api import Wrong
from ..cron import no_schedule
from ..grammar import Grammar, is_address
from ..quantities import QuantityError, is_count, read_any
from . import forms
from .words import shown

Group = Mapping[str, Any]
_PERCENT = re.compile(r"[0-9]+%")
_RBAC = "rbac.authorization.k8s.io"
_QUOTA = re.compile(
    r"cpu|memory|ephemeral-storage|storage|(requests|limits)\.(cpu|memory|ephemeral-storage)|requests\.storage"
    r"|pods|services(\.nodeports|\.loadbalancers)?|replicationcontrollers|resourcequotas|secrets|configmaps"
    r"|persistentvolumeclaims|(requests\.)?hugepages-.+|.+/.+"
)
_COUNTED = re.compile(r"pods|services.*|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolume.*")
NAMES: Mapping[str, Grammar] = {
    "core.v1.Namespace": grammar.DNS_LABEL,
    "core.v1.Service": forms.SERVICE_NAME,
    "batch.v1.CronJob": Grammar(
        "the name of a CronJob", "use at most 52 characters: its Jobs have 11 more", grammar.SUBDOMAIN, 52
    ),
    "batch.v1.Job": Grammar(
        "the name of a Job", "use at most 63 characters: it is a label of its pods", grammar.SUBDOMAIN, 63
    ),
}
"""Type to the grammar of its name, where that is narrower than that of most objects."""


def unmet(kind: str, value: Group, where: str) -> Iterator[Wrong]:
    """The demands on one map of the type ``kind`` that it does not meet."""
    at = f"{where}." if where else ""
    if not where and kind in NAMES:
        yield from _named(kind, value)
    if kind in _CHECKS:
        yield from _CHECKS[kind](value, at)


def _named(kind: str, value: Group) -> Iterator[Wrong]:
    name = (value.get("metadata") or {}).get("name")
    form = NAMES[kind]
    if isinstance(name, str) and not form.takes(name):
        yield Wrong("metadata.name", f"It is {shown(name)}, which is not {form.is_not}.", f"U{form.use[1:]}.")


def _known(*values: Any) -> bool:
    return not any(isinstance(value, pulumi.Output) for value in values)


# Workloads


def _workload(value: Group, at: str) -> Iterator[Wrong]:
    template = value.get("template") or {}
    labels = ((template.get("metadata") or {}).get("labels")) or {}
    selector = value.get("selector") or {}
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield Wrong(f"{at}selector", "It selects nothing, or everything.", "Give matchLabels of the pods.")
    for name, wanted in (selector.get("matchLabels") or {}).items():
        if _known(wanted, labels.get(name)) and labels.get(name) != wanted:
            path = f"{at}template.metadata.labels"
            yield Wrong(
                path, f"The selector asks for {shown(str(name))}, and the pods have another.", "Give it to them."
            )
    policy = (template.get("spec") or {}).get("restartPolicy")
    if policy not in (None, "", "Always") and _known(policy):
        yield Wrong(f"{at}template.spec.restartPolicy", "Pods of such a workload restart.", "Leave it out.")
    yield from _mounted(value, at)


def _mounted(value: Group, at: str) -> Iterator[Wrong]:
    """Mounts of volumes that a pod does not have; a StatefulSet gives it one for each of its templates of claims."""
    pod = (value.get("template") or {}).get("spec") or {}
    claims = [one.get("metadata") or {} for one in value.get("volumeClaimTemplates") or ()]
    names = {one.get("name") for one in (*(pod.get("volumes") or ()), *claims)}
    if not all(map(_known, names)):
        return
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(pod.get(kind) or ()):
            for place, mount in enumerate(container.get("volumeMounts") or ()):
                name = mount.get("name")
                if isinstance(name, str) and name not in names:
                    path = f"{at}template.spec.{kind}[{index}].volumeMounts[{place}].name"
                    yield Wrong(path, f"The pod has no volume {shown(name)}.", "Name one of its volumes, or add it.")


def _deployment(value: Group, at: str) -> Iterator[Wrong]:
    yield from _workload(value, at)
    ready, deadline = value.get("minReadySeconds") or 0, value.get("progressDeadlineSeconds")
    deadline = 600 if deadline is None else deadline
    if _known(ready, deadline) and ready >= deadline:
        path = f"{at}progressDeadlineSeconds"
        yield Wrong(path, f"It is {deadline}, and minReadySeconds is {ready}.", f"Give more than {ready}.")


def _rolling(value: Group, at: str) -> Iterator[Wrong]:
    zero = 0
    for field in ("maxSurge", "maxUnavailable"):
        given = value.get(field)
        yield from _share(given, f"{at}{field}", most=None if field == "maxSurge" else 100)
        zero += given is not None and _known(given) and str(given).rstrip("%").strip("0") == ""
    if zero == 2:
        yield Wrong(f"{at}maxUnavailable", "Neither a pod more nor one less is allowed.", "Raise one of the two.")


def _share(given: Any, path: str, most: int | None) -> Iterator[Wrong]:
    """A number of pods, or percent of them.

    :param most: the greatest percentage.
    """
    if given is None or not _known(given):
        return
    if isinstance(given, str) and not _PERCENT.fullmatch(given):
        yield Wrong(path, f"It is {shown(given)}.", "Give a whole number, or percent such as '25%'.")
    elif isinstance(given, str) and most is not None and int(given[:-1]) > most:
        yield Wrong(path, f"It is {given}.", f"Give at most {most}%.")
    elif not isinstance(given, str) and given < 0:
        yield Wrong(path, f"It is {given}.", "Give a number from 0 on.")


def _budget(value: Group, at: str) -> Iterator[Wrong]:
    if value.get("minAvailable") is not None and value.get("maxUnavailable") is not None:
        yield Wrong(f"{at}maxUnavailable", "It stands beside minAvailable.", "Give one of the two.")
    for field in ("minAvailable", "maxUnavailable"):
        yield from _share(value.get(field), f"{at}{field}", most=100)


def _job(value: Group, at: str) -> Iterator[Wrong]:
    policy = ((value.get("template") or {}).get("spec") or {}).get("restartPolicy")
    if policy not in ("OnFailure", "Never") and _known(policy):
        path = f"{at}template.spec.restartPolicy"
        yield Wrong(path, f"It is {shown(str(policy or 'Always'))}, and the pods of a Job end.", "Write 'Never'.")
    yield from _mounted(value, at)


def _cron_job(value: Group, at: str) -> Iterator[Wrong]:
    schedule = value.get("schedule")
    problem = no_schedule(schedule) if isinstance(schedule, str) and schedule else None
    if problem is not None:
        told = f"It is {shown(str(schedule))}, which is no cron expression. {problem}"
        yield Wrong(f"{at}schedule", told, "Write it like '0 4 * * *'.")


def _autoscaler(value: Group, at: str) -> Iterator[Wrong]:
    least, most = value.get("minReplicas"), value.get("maxReplicas")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield Wrong(f"{at}maxReplicas", f"It is {most}, and minReplicas is {least}.", f"Give at least {least}.")


# Services and policies


def _service(value: Group, at: str) -> Iterator[Wrong]:
    type_ = value.get("type") or "ClusterIP"
    ports = [one for one in value.get("ports") or () if isinstance(one, Mapping)]
    yield from _service_type(value, at, type_)
    if not ports and type_ != "ExternalName" and value.get("clusterIP") != "None":
        yield Wrong(f"{at}ports", "It is missing, and a Service with an address has some.", "Give at least one.")
    for index, one in enumerate(ports):
        if len(ports) > 1 and not one.get("name"):
            yield Wrong(f"{at}ports[{index}].name", "One of several ports has no name.", "Give each a name.")
        if one.get("nodePort") and type_ == "ClusterIP":
            path = f"{at}ports[{index}].nodePort"
            yield Wrong(path, "The type 'ClusterIP' has none.", "Leave it out, or write type: NodePort.")
    numbers = Counter((one.get("port"), one.get("protocol") or "TCP") for one in ports)
    for (number, protocol), times in numbers.items():
        if times > 1:
            yield Wrong(f"{at}ports", f"The port {number} of {protocol} stands {times} times.", "Give each once.")


def _service_type(value: Group, at: str, type_: Any) -> Iterator[Wrong]:
    if type_ == "ExternalName" and not value.get("externalName"):
        yield Wrong(f"{at}externalName", "It is missing, and the type asks for it.", "Give the name of a host.")
    if value.get("externalTrafficPolicy") and type_ in ("ClusterIP", "ExternalName") and not value.get("externalIPs"):
        remedy = "Leave it out, or write type: LoadBalancer."
        yield Wrong(f"{at}externalTrafficPolicy", "Nothing outside reaches this Service.", remedy)
    for field in ("loadBalancerSourceRanges", "loadBalancerClass", "allocateLoadBalancerNodePorts"):
        if value.get(field) not in (None, [], ()) and type_ != "LoadBalancer" and _known(type_):
            yield Wrong(f"{at}{field}", "Only the type 'LoadBalancer' has it.", "Leave it out, or write that type.")
    if value.get("sessionAffinityConfig") is not None and value.get("sessionAffinity") in (None, "None"):
        yield Wrong(f"{at}sessionAffinityConfig", "Only 'ClientIP' has it.", "Write sessionAffinity: ClientIP.")
    address = value.get("clusterIP")
    if isinstance(address, str) and address not in ("", "None") and not is_address(address):
        yield Wrong(f"{at}clusterIP", f"It is {shown(address)}, which is no address.", "Leave it out, or write 'None'.")


def _range(text: Any) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False) if isinstance(text, str) and "/" in text else None
    except ValueError:
        return None


def _block(value: Group, at: str) -> Iterator[Wrong]:
    outer = _range(value.get("cidr"))
    if outer is None and isinstance(value.get("cidr"), str):
        yield Wrong(f"{at}cidr", f"It is {shown(value['cidr'])}, which is no range.", "Write it as '10.20.0.0/16'.")
    for index, one in enumerate(value.get("except") or ()):
        inner = _range(one)
        if inner is None and isinstance(one, str):
            yield Wrong(f"{at}except[{index}]", f"It is {shown(one)}, which is no range.", "Write '10.20.0.0/16'.")
        elif inner is not None and outer is not None and not _within(inner, outer):
            yield Wrong(f"{at}except[{index}]", f"It is {one}, which is no part of {outer}.", "Give a part of it.")


def _within(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    """Whether a range is a part of another one, and not all of it."""
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer) and inner != outer
    if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network):
        return inner.subnet_of(outer) and inner != outer
    return False


def _peer(value: Group, at: str) -> Iterator[Wrong]:
    given = [one for one in ("ipBlock", "namespaceSelector", "podSelector") if value.get(one) is not None]
    if not given:
        yield Wrong(at[:-1], "It names nobody.", "Give ipBlock, namespaceSelector or podSelector.")
    elif "ipBlock" in given and len(given) > 1:
        yield Wrong(f"{at}ipBlock", f"It stands beside {given[1]}.", "Make two items of it.")


def _policy_port(value: Group, at: str) -> Iterator[Wrong]:
    port, end = value.get("port"), value.get("endPort")
    if end is None or not _known(port, end):
        return
    if not isinstance(port, int):
        yield Wrong(f"{at}endPort", "It ends a range, and port is no number.", "Give the number of the first port.")
    elif end < port:
        yield Wrong(f"{at}endPort", f"It is {end}, and port is {port}.", f"Give {port} or more.")


def _ingress(value: Group, at: str) -> Iterator[Wrong]:
    if not value.get("rules") and value.get("defaultBackend") is None:
        yield Wrong(at[:-1], "It leads nowhere.", "Give rules, or a defaultBackend.")


def _ingress_path(value: Group, at: str) -> Iterator[Wrong]:
    if not value.get("path") and value.get("pathType") in ("Exact", "Prefix"):
        yield Wrong(f"{at}path", "It is missing.", "Give one, such as '/'.")


def _backend(value: Group, at: str) -> Iterator[Wrong]:
    given = [one for one in ("service", "resource") if value.get(one) is not None]
    if len(given) != 1:
        yield Wrong(at[:-1], f"It has {' and '.join(given) or 'neither'}.", "Give service or resource.")


def _backend_service(value: Group, at: str) -> Iterator[Wrong]:
    port = value.get("port") or {}
    given = [one for one in ("name", "number") if isinstance(port, Mapping) and port.get(one)]
    if len(given) != 1:
        yield Wrong(f"{at}port", f"It has {' and '.join(given) or 'neither name nor number'}.", "Give one of the two.")


# Rights


def _rule(value: Group, at: str) -> Iterator[Wrong]:
    outside = value.get("nonResourceURLs")
    given = [one for one in ("apiGroups", "resources", "resourceNames") if value.get(one)]
    if outside and given:
        yield Wrong(f"{at}nonResourceURLs", f"It stands beside {given[0]}.", "Make two rules of it.")
    elif not outside:
        for field in ("apiGroups", "resources"):
            if not value.get(field):
                example = "[''], the core" if field == "apiGroups" else "[pods]"
                yield Wrong(f"{at}{field}", "It is missing.", f"Give some, such as {example}.")


def _role(value: Group, at: str) -> Iterator[Wrong]:
    for index, rule in enumerate(value.get("rules") or ()):
        if isinstance(rule, Mapping) and rule.get("nonResourceURLs"):
            path = f"{at}rules[{index}].nonResourceURLs"
            yield Wrong(path, "A Role is of a namespace, and these are of none.", "Write a ClusterRole for them.")


def _role_ref(value: Group, at: str) -> Iterator[Wrong]:
    if value.get("apiGroup") not in (None, "", _RBAC):
        yield Wrong(f"{at}apiGroup", f"It is {shown(str(value['apiGroup']))}.", f"Write '{_RBAC}'.")


def _wide_binding(value: Group, at: str) -> Iterator[Wrong]:
    ref = value.get("roleRef")
    if isinstance(ref, Mapping) and ref.get("kind") == "Role":
        yield Wrong(f"{at}roleRef.kind", "A ClusterRoleBinding binds no Role.", "Name a ClusterRole.")
    for index, one in enumerate(value.get("subjects") or ()):
        if one.get("kind") == "ServiceAccount" and not one.get("namespace"):
            path = f"{at}subjects[{index}].namespace"
            yield Wrong(path, "It is missing, and a ServiceAccount is in one.", "Give it.")


def _subject(value: Group, at: str) -> Iterator[Wrong]:
    account = value.get("kind") == "ServiceAccount"
    group = value.get("apiGroup")
    if group not in (None, "") and group != ("" if account else _RBAC) and _known(group):
        yield Wrong(f"{at}apiGroup", f"It is {shown(str(group))}.", "Leave it out.")


# Data, claims, quotas


def _config_map(value: Group, at: str) -> Iterator[Wrong]:
    data, binary = value.get("data") or {}, value.get("binaryData") or {}
    for key in sorted({*data} & {*binary}):
        yield Wrong(f"{at}binaryData[{shown(key)}]", "data has this key too.", "Give it once.")
    yield from _encoded(binary, f"{at}binaryData", "data")


def _secret(value: Group, at: str) -> Iterator[Wrong]:
    yield from _encoded(value.get("data") or {}, f"{at}data", "stringData")


def _encoded(given: Group, path: str, plain: str) -> Iterator[Wrong]:
    """Values that are not Base64.

    :param plain: the field that takes them as they are.
    """
    for key, text in given.items():
        if isinstance(text, str) and not _is_base64(text):
            yield Wrong(f"{path}[{shown(str(key))}]", "It is not Base64.", f"Encode it, or move it to {plain}.")


def _is_base64(text: str) -> bool:
    """Whether the API server can decode a text: it passes over the ends of lines."""
    try:
        base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True)
    except ValueError:
        return False
    return True


def _claim(value: Group, at: str) -> Iterator[Wrong]:
    modes = value.get("accessModes") or ()
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        yield Wrong(f"{at}accessModes", "'ReadWriteOncePod' stands alone.", "Give it alone, or leave it out.")
    size = ((value.get("resources") or {}).get("requests") or {}).get("storage")
    if size is None:
        yield Wrong(f"{at}resources.requests.storage", "It is missing.", "Give a size, such as '10Gi'.")
    elif _amount(size) == 0:
        yield Wrong(f"{at}resources.requests.storage", "It is nothing.", "Give a size, such as '10Gi'.")


def _limit_item(value: Group, at: str) -> Iterator[Wrong]:
    ordered = ("min", "defaultRequest", "default", "max")
    for name in sorted({name for field in ordered for name in value.get(field) or {}}):
        known = [(field, _amount((value.get(field) or {}).get(name))) for field in ordered]
        given = [(field, amount) for field, amount in known if amount is not None]
        for (low, least), (high, most) in pairwise(given):
            if least > most:
                yield Wrong(f"{at}{low}.{name}", f"It is above {high}.", "Lower it, or raise the other.")


def _amount(given: Any) -> Fraction | None:
    """A quantity, as far as it can be read."""
    if given is None or not _known(given):
        return None
    try:
        return read_any(str(given))
    except QuantityError:
        return None


def _quota(value: Group, at: str) -> Iterator[Wrong]:
    for name, amount in (value.get("hard") or {}).items():
        if not _QUOTA.fullmatch(str(name)):
            path, remedy = (
                f"{at}hard[{shown(str(name))}]",
                "Give one such as 'pods', 'requests.cpu' or 'count/jobs.batch'.",
            )
            yield Wrong(path, "A quota counts no such resource.", remedy)
        elif _COUNTED.fullmatch(str(name)) and _known(amount) and not is_count(str(amount)):
            yield Wrong(f"{at}hard[{shown(str(name))}]", "Such objects are counted whole.", "Give a whole number.")


def _priority(value: Group, at: str) -> Iterator[Wrong]:
    name = (value.get("metadata") or {}).get("name")
    if isinstance(name, str) and name.startswith("system-"):
        yield Wrong(f"{at}metadata.name", "'system-' is kept for Kubernetes' own classes.", "Begin it otherwise.")


def _with_spec(value: Group, at: str) -> Iterator[Wrong]:
    """A kind whose spec the schema lets out, and the API server does not: an empty one lacks what is required in it."""
    if not value.get("spec"):
        yield Wrong(f"{at}spec", "It is missing.", "Give it: it says what the object does.")


_NEEDS_SPEC = (
    *("apps.v1.DaemonSet", "apps.v1.Deployment", "apps.v1.ReplicaSet", "apps.v1.StatefulSet"),
    *("autoscaling.v2.HorizontalPodAutoscaler", "batch.v1.CronJob", "batch.v1.Job"),
    *("core.v1.PersistentVolumeClaim", "core.v1.Pod", "core.v1.Service", "networking.v1.Ingress"),
)
_CHECKS: Mapping[str, Callable[[Group, str], Iterator[Wrong]]] = {
    **dict.fromkeys(_NEEDS_SPEC, _with_spec),
    "apps.v1.DaemonSetSpec": _workload,
    "apps.v1.DeploymentSpec": _deployment,
    "apps.v1.ReplicaSetSpec": _workload,
    "apps.v1.RollingUpdateDeployment": _rolling,
    "apps.v1.StatefulSetSpec": _workload,
    "autoscaling.v2.HorizontalPodAutoscalerSpec": _autoscaler,
    "batch.v1.CronJobSpec": _cron_job,
    "batch.v1.JobSpec": _job,
    "core.v1.ConfigMap": _config_map,
    "core.v1.LimitRangeItem": _limit_item,
    "core.v1.PersistentVolumeClaimSpec": _claim,
    "core.v1.ResourceQuotaSpec": _quota,
    "core.v1.Secret": _secret,
    "core.v1.ServiceSpec": _service,
    "networking.v1.HTTPIngressPath": _ingress_path,
    "networking.v1.IPBlock": _block,
    "networking.v1.IngressBackend": _backend,
    "networking.v1.IngressServiceBackend": _backend_service,
    "networking.v1.IngressSpec": _ingress,
    "networking.v1.NetworkPolicyPeer": _peer,
    "networking.v1.NetworkPolicyPort": _policy_port,
    "policy.v1.PodDisruptionBudgetSpec": _budget,
    "rbac.v1.ClusterRoleBinding": _wide_binding,
    "rbac.v1.PolicyRule": _rule,
    "rbac.v1.Role": _role,
    "rbac.v1.RoleRef": _role_ref,
    "rbac.v1.Subject": _subject,
    "scheduling.v1.PriorityClass": _priority,
}
