"""Patches applied to what a component makes, before anything is registered, and what is wrong with them.

Pure: objects in, objects and findings out. What the rules see is the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi

from ..inputs.outputs import plain
from ..rules import environment, openings, workload
from ..rules import patches as rules
from ..rules.model import Finding
from ..settings.keys.patches import Patch
from .api import Wrong, type_of, typed, wrong_values
from .demands import unmet
from .made import Made
from .merge import PatchError, json_merge, strategic_merge
from .opened import opened
from .pod_requests import whole_pod_findings
from .pod_security import breaches, refused_by
from .untyped import map_of, maps_of
from .vain import Vain, taken_from_nothing, vain
from .variables import LISTS, with_ordered

POD = "Pod"
TEMPLATE = "core.v1.PodTemplateSpec"
DEPLOYMENT = "apps.v1.Deployment"
ROLLOUT = ("argoproj.io/v1alpha1", "Rollout")
NEVER = ("metadata.name", "metadata.namespace")
RELIED_ON: Mapping[str, Sequence[str]] = {
    "Deployment": ("spec.selector",),
    "StatefulSet": ("spec.selector", "spec.serviceName"),
    "Rollout": ("spec.selector",),
    "Service": ("spec.selector",),
    "PodDisruptionBudget": ("spec.selector",),
    "NetworkPolicy": ("spec.podSelector",),
    "HorizontalPodAutoscaler": ("spec.scaleTargetRef",),
    "ScaledObject": ("spec.scaleTargetRef",),
    "HTTPRoute": ("spec.parentRefs",),
    "Route": ("spec.to", "spec.port", "spec.path"),
    **dict.fromkeys(
        (
            "AuthorizationPolicy",
            "BackendConfigPolicy",
            "BackendTLSPolicy",
            "BackendTrafficPolicy",
            "ListenerPolicy",
            "ProxySettingsPolicy",
            "SecurityPolicy",
            "TrafficPolicy",
        ),
        ("spec.targetRefs",),
    ),
    "UpstreamSettingsPolicy": ("spec.targetRefs",),
    **dict.fromkeys(
        ("ClientSettingsPolicy", "EnvoyPatchPolicy", "GCPBackendPolicy", "HealthCheckPolicy"), ("spec.targetRef",)
    ),
    "DestinationRule": ("spec.host",),
    "AgentgatewayBackend": ("spec.mcp.targets",),
    "CiliumNetworkPolicy": ("spec.endpointSelector",),
    "ExternalSecret": ("spec.target.name", "spec.target.creationPolicy"),
    "RoleBinding": ("roleRef",),
}
"""Kind to the fields that lead to other objects."""
EXCLUSIVE: Mapping[str, frozenset[str]] = {
    "core.v1.Probe": frozenset({"exec", "grpc", "httpGet", "tcpSocket"}),
    "core.v1.LifecycleHandler": frozenset({"exec", "httpGet", "sleep", "tcpSocket"}),
    "core.v1.EnvVar": frozenset({"value", "valueFrom"}),
    "core.v1.EnvVarSource": frozenset(
        {"configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"}
    ),
    "policy.v1.PodDisruptionBudgetSpec": frozenset({"maxUnavailable", "minAvailable"}),
}
"""Type to the fields of which it has one at most. Of a volume every field but the name is a source."""

IN_NO_TEMPLATE: Mapping[str, str] = {
    "activeDeadlineSeconds": "The pods of a workload that runs on have no deadline",
    "ephemeralContainers": "They are added to a running pod, by `kubectl debug`",
    "serviceAccount": "It is the old name of serviceAccountName, which is given already",
}
"""Fields of a pod that the API server refuses, or does not read, in the template of a Deployment."""
COUNTED = ("cpu", "memory", "ephemeral-storage")
Objects = dict[str, Made]
Decided = Mapping[str, str]


METADATA: Mapping[str, str] = {
    "metadata.labels": "The label",
    "metadata.annotations": "The annotation",
    "spec.template.metadata.labels": "The label of the pods",
    "spec.template.metadata.annotations": "The annotation of the pods",
}
"""Where labels and annotations are, and what they are called."""
OF_A_PATCH = ("pod-security.kubernetes.io/", "app.kubernetes.io/")
"""Beginnings of names that a patch may change: what a namespace lets its pods do, which no key says, and the
recommended labels, which only describe. Those of them that selectors ask for have a rule of their own."""


def patched(
    objects: Mapping[str, Made],
    patches: Sequence[Patch],
    *,
    decided: Decided | None = None,
    enforced: str | None = None,
) -> tuple[Objects, list[Finding]]:
    """The objects with the patches applied, one after the other, and everything that is wrong with these.

    :param objects: suffix of the resource to its object.
    :param decided: path of a field (``Deployment:spec.replicas``; ``containers[server]`` for a container of the pod) to
        the argument that says it and that the plan counts with.
    :param enforced: the Pod Security level of the namespace. Default: not known.
    """
    result: Objects = dict(objects)
    found: list[Finding] = []
    for index, patch in enumerate(patches):
        path = f"patches[{index}]"
        hit = [suffix for suffix, made in result.items() if _hits(patch, made)]
        if not hit:
            found += rules.missing_findings(kind=patch.kind, name=patch.name, made=_listed(objects), path=path)
        unhit: list[list[Vain]] = []
        unchanged = True
        for suffix in hit:
            before = result[suffix]
            try:
                after = _applied(before, patch)
            except PatchError as wrong:
                at = f"{path}.patch.{wrong.path}"
                found += _in_patch(before, patch, path) or rules.schema_findings(at, wrong.problem, wrong.remedy)
                continue
            if wrongs := _in_patch(before, patch, path) or _in_result(after, f"{path}.patch"):
                # What is not applied makes no later patch look wrong.
                found += wrongs
                continue
            result[suffix] = after
            unhit.append(list(_vain(before, patch)))
            unchanged = unchanged and before.body == after.body
            wrongs = list(_checked(before, after, f"{path}.patch", decided or {}, enforced))
            found += [*wrongs, *_opened(before, after, patch, f"{path}.patch")]
            if not rules.SAID_ALREADY.intersection(one.code for one in wrongs):
                found += _demanded(before, after, patch, f"{path}.patch")
        if len(unhit) == len(hit):
            found += taken_from_nothing(unhit, unchanged, f"{path}.patch")
    return result, list(dict.fromkeys(found))


def _vain(made: Made, patch: Patch) -> Iterator[Vain]:
    if patch.kind == POD:
        return vain(made.template, patch.patch, TEMPLATE)
    return vain(made.body, patch.patch, type_of(made.api_version, made.kind))


def _hits(patch: Patch, made: Made) -> bool:
    same_kind = made.template is not None if patch.kind == POD else made.kind == patch.kind
    # A name that is an Output is not known yet, and may be the one.
    return same_kind and (patch.name is None or plain(made.name) in (None, patch.name))


def _listed(objects: Mapping[str, Made]) -> Iterator[str]:
    """What can be patched, in words."""
    for made in objects.values():
        name = plain(made.name)
        yield made.kind if name is None else f"{made.kind} '{name}'"
    if any(made.template is not None for made in objects.values()):
        yield POD


def _applied(made: Made, patch: Patch) -> Made:
    if patch.kind == POD:
        template: Any = strategic_merge(made.template or {}, patch.patch, TEMPLATE)
        merged = replace(made, body={**made.body, "spec": {**made.body["spec"], "template": template}})
    elif (type_ := type_of(made.api_version, made.kind)) is None:
        merged = replace(made, body=json_merge(made.body, patch.patch))
    else:
        merged = replace(made, body=strategic_merge(made.body, patch.patch, type_))
    if (template := merged.template) is None or not isinstance(template["spec"], Mapping):
        return merged
    # New variables are merged in before those that are there, which they may refer to.
    template = {**template, "spec": with_ordered(template["spec"])}
    return replace(merged, body={**merged.body, "spec": {**merged.body["spec"], "template": template}})


def _read_as(made: Made, body: Any) -> tuple[str | None, Any]:
    return read_as(made.api_version, made.kind, body)


def read_as(api_version: str, kind: str, body: Any) -> tuple[str | None, Any]:
    """The type of the API that an object or a patch of it is read as, and what of it is read.

    A Rollout is a custom resource; its metadata, its pods and the selector that finds them are those of a Deployment.
    """
    if (api_version, kind) != ROLLOUT:
        return type_of(api_version, kind), body
    spec = body.get("spec")
    if isinstance(spec, Mapping):
        spec = {key: spec[key] for key in ("selector", "template") if key in spec}
    read = {"metadata": body.get("metadata"), "spec": spec}
    return DEPLOYMENT, {key: value for key, value in read.items() if key in body}


def _in_patch(made: Made, patch: Patch, path: str) -> list[Finding]:
    """What the patch itself says that the API does not know."""
    type_, read = (TEMPLATE, patch.patch) if patch.kind == POD else _read_as(made, patch.patch)
    if type_ is None:
        return []
    return [
        one
        for wrong in wrong_values(read, type_, f"{path}.patch", patch=True)
        for one in rules.schema_findings(wrong.path, wrong.problem, wrong.remedy)
    ]


def _in_result(made: Made, path: str) -> list[Finding]:
    """What is wrong with a patched object that is not wrong with the patch, such as a field that is missing."""
    type_, read = _read_as(made, made.body)
    wrongs = () if type_ is None else wrong_values(read, type_, "")
    return [
        one
        for wrong in wrongs
        for one in rules.schema_findings(path, f"{wrong.path[1:]}: {wrong.problem}", wrong.remedy)
    ]


def _demanded(before: Made, after: Made, patch: Patch, path: str) -> Iterator[Finding]:
    """What the API server does not take of the values that a patch leaves; what was wrong before it, its keys are."""
    type_, read = _read_as(after, after.body)
    if type_ is None:
        return
    wrongs = list(unmet(read, type_))
    known = set(unmet(_read_as(before, before.body)[1], type_)) if wrongs else set()
    template = "spec.template." if patch.kind == POD else ""
    for wrong in wrongs:
        if wrong not in known:
            where = wrong.path.removeprefix(template)
            yield from _in_words(replace(wrong, path=where), given_at(patch.patch, where), path)


def _opened(before: Made, after: Made, patch: Patch, path: str) -> Iterator[Finding]:
    """Whom a patched network policy lets in besides; of those that keys let in, a rule speaks there."""
    was, now = (opened(one.kind, one.body.get("spec")) for one in (before, after))
    if now != was:
        place = given_at(patch.patch, "spec.ingress")
        at_place = f"{path}.{place}" if place else path
        yield from openings.policy_findings(now.cidrs, everybody=now.everybody, path=at_place)


def _in_words(wrong: Wrong, given: str, path: str) -> list[Finding]:
    """The finding at the place in the patch, with the place in the object where that leads further."""
    further = f"{wrong.path}: " if wrong.path != given else ""
    place = f"{path}.{given}" if given else path
    return rules.schema_findings(place, f"{further}{wrong.problem}", wrong.remedy)


def given_at(patch: Any, path: str) -> str:
    """How far a path of an object leads through the maps of a patch: items of lists have other places there."""
    steps: list[str] = []
    for step in path.split("."):
        if not isinstance(patch, Mapping) or step not in patch:
            break
        steps, patch = [*steps, step], patch[step]
    return ".".join(steps)


def _checked(before: Made, after: Made, path: str, decided: Decided, enforced: str | None) -> Iterator[Finding]:
    yield from _relied_on(before, after, path)
    yield from _decided(before, after, decided, path)
    yield from _undone(before, after, decided, path)
    type_, read = _read_as(after, after.body)
    if type_ is not None:
        yield from _exclusive(read, type_, path)
    yield from _of_pods(before, after, path, enforced)


def _relied_on(before: Made, after: Made, path: str) -> Iterator[Finding]:
    for where in (*NEVER, *RELIED_ON.get(before.kind, ())):
        if at(before.body, where) != at(after.body, where):
            what = "which is fixed where others find the object" if where in NEVER else "which leads to other objects"
            yield from rules.reference_findings(what=what, where=where, path=path)
    selector = at(before.body, "spec.selector.matchLabels") if before.template is not None else None
    labels = map_of(at(after.body, "spec.template.metadata.labels"))
    for name, value in map_of(selector).items():
        if labels.get(name) != value:
            what = "which selectors ask for"
            yield from rules.reference_findings(what=what, where=f"the label '{name}' of the pods", path=path)
    for name, where, what in _names(before):
        if (name, where, what) not in set(_names(after)):
            yield from rules.reference_findings(what=what, where=where, path=path)


def _names(made: Made) -> Iterator[tuple[str, str, str]]:
    """The names in an object that other objects use, each with where it is and who uses it."""
    for container in maps_of(at(made.body, "spec.template.spec.containers")):
        name = container.get("name")
        yield str(name), f"the container '{name}'", "which rules, metrics and people find by its name"
        for port in maps_of(container.get("ports")):
            called, number = port.get("name"), port.get("containerPort")
            yield f"{name}/{called}/{number}", f"the port '{called}' ({number})", "which Service and policies name"
    if made.kind in ("HTTPRoute", "Ingress"):
        yield from _routed(made)
    if made.kind == "Service":
        for port in maps_of(at(made.body, "spec.ports")):
            called, number = port.get("name"), port.get("port")
            yield f"{called}/{number}", f"the port '{called}' ({number})", "which routes and clients connect to"


def _routed(made: Made) -> Iterator[tuple[str, str, str]]:
    """The paths of a route and where they lead, which a patch of its rules has to keep: their list is replaced."""
    for rule in maps_of(at(made.body, "spec.rules")):
        host, timeouts = rule.get("host", ""), rule.get("timeouts")
        backends = [(one.get("name"), one.get("port")) for one in maps_of(rule.get("backendRefs"))]
        for match in maps_of(rule.get("matches")):
            path = map_of(match.get("path"))
            key = f"{path.get('type')} {path.get('value')} {backends} {timeouts}"
            yield key, f"the path {path.get('value')}, its Service or its timeouts", "which have keys"
        for path in maps_of(map_of(rule.get("http")).get("paths")):
            service = map_of(path.get("backend")).get("service")
            key = f"{_known(host)} {path.get('pathType')} {path.get('path')} {_known(service)}"
            yield key, f"the path {path.get('path')} or its Service", "which have keys"


def _known(value: Any) -> str:
    """A value for a comparison of two objects; an Output is the same as itself."""
    return str(id(value)) if isinstance(value, pulumi.Output) else str(value)


def _decided(before: Made, after: Made, decided: Decided, path: str) -> Iterator[Finding]:
    for field, key in decided.items():
        kind, _, where = field.partition(":")
        if kind == before.kind and at(before.body, where) != at(after.body, where):
            yield from rules.decided_findings(where=where, key=key, path=path)


def _undone(before: Made, after: Made, decided: Decided, path: str) -> Iterator[Finding]:
    """Labels and annotations that the stack put there and the patch changes."""
    selected = map_of(at(before.body, "spec.selector.matchLabels"))
    for where, whose in METADATA.items():
        if f"{before.kind}:{where}" in decided:
            continue  # A key says it.
        old, new = map_of(at(before.body, where)), map_of(at(after.body, where))
        for name, value in old.items():
            if name.startswith(OF_A_PATCH) or (name in selected and "template" in where):
                continue
            given, text = new.get(name), plain(value)
            if given is not value and given != value and text is not None:
                one = plain(given)
                yield from rules.undone_findings(what=whose, name=name, before=text, after=one, path=path)


def _exclusive(body: Any, type_: str, path: str) -> Iterator[Finding]:
    for where, kind, value in typed(body, type_):
        given = {name for name, item in value.items() if item is not None}
        several = given - {"name"} if kind == "core.v1.Volume" else given & EXCLUSIVE.get(kind, frozenset())
        if kind == "apps.v1.DeploymentStrategy" and value.get("type") == "Recreate" and "rollingUpdate" in given:
            several = {"type Recreate", "rollingUpdate"}
        if len(several) > 1:
            yield from rules.exclusive_findings(where=where, fields=sorted(several), path=path)


def _of_pods(before: Made, after: Made, path: str, enforced: str | None) -> Iterator[Finding]:
    """What the rules about pods say of what a patch added."""
    if after.template is None or before.template is None or before.template == after.template:
        return
    pod = map_of(after.template["spec"])
    for field, why in IN_NO_TEMPLATE.items():
        if pod.get(field) is not None:
            yield from rules.schema_findings(path, f"spec.{field}: {why}.", "Leave it out.")
    for problem in whole_pod_findings(pod):
        yield from rules.schema_findings(path, problem, "Raise it, or leave it out.")
    old = set(breaches(map_of(before.template["spec"])))
    for breach in breaches(pod):
        if breach not in old:
            refusing = enforced if enforced is not None and refused_by(enforced, breach) else None
            yield from rules.security_findings(
                where=breach.path,
                problem=breach.problem,
                level=breach.level,
                enforced=refusing,
                path=path,
                remedy=breach.remedy,
            )
    known = {one.get("name"): one for one in _containers(before)}
    for container in _containers(after):
        yield from _of_container(known.get(container.get("name"), {}), container, path)


def _of_container(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Finding]:
    image = plain(after.get("image"))
    if image is not None and after.get("image") is not before.get("image"):
        yield from workload.image_findings(image, path=path)
    given = {str(one.get("name")): one.get("value") for one in maps_of(after.get("env"))}
    old = {str(one.get("name")): one.get("value") for one in maps_of(before.get("env"))}
    texts = {name: text for name, value in given.items() if value is not old.get(name) and (text := plain(value))}
    yield from workload.env_findings(texts, path=path, by=workload.BY_REFERENCE)
    lines = {key: after.get(key) for key in ("command", "args") if after.get(key) != before.get(key)}
    for one in environment.command_findings(lines, path=""):
        where = f"{one.path[1:]} of the container '{after.get('name')}'"
        yield replace(one, path=path, problem=f"{where}: {one.problem}")
    resources = after.get("resources") or {}
    if resources != before.get("resources") and not _later(resources):
        sides = {side: resources.get(side) or {} for side in ("requests", "limits")}
        counted = {
            side: {name: str(value) for name, value in amounts.items() if name in COUNTED}
            for side, amounts in sides.items()
        }
        yield from workload.resource_findings(requests=counted["requests"], limits=counted["limits"], path=path)


def _later(value: Any) -> bool:
    """Whether a map, or one in it, has something that is not known yet."""
    inner = value.values() if isinstance(value, Mapping) else ()
    return isinstance(value, pulumi.Output) or any(map(_later, inner))


def _containers(made: Made) -> Iterator[Mapping[str, Any]]:
    pod = map_of((made.template or {}).get("spec"))
    for kind in LISTS:
        yield from maps_of(pod.get(kind))


def at(body: Any, path: str) -> Any:
    """What stands at a path of an object; ``name[x]`` is the item of a list with that name. ``None`` for nothing."""
    found = body
    for step in path.split("."):
        key, _, item = step.partition("[")
        found = found.get(key) if isinstance(found, Mapping) else None
        if item:
            named = found if isinstance(found, (list, tuple)) else ()
            found = next((one for one in named if isinstance(one, Mapping) and one.get("name") == item[:-1]), None)
    return found
