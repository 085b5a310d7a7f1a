"""What the answers of a cluster mean for a stack, line by line. Pure: a recorded snapshot is judged like a live one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..platforms import PLATFORMS
from .claims import claim, mounted
from .controllers import ARGO_ROLLOUTS, argo_rollouts
from .controllers import KEY as ARGO_KEY
from .model import Answer, Line, Question, Snapshot, State
from .needs import Needs, custom, group_of, plural
from .patches import ENVOY_GATEWAY, gateway_of, patches
from .selection import PROMETHEUSES, selection
from .served import CLASSES, served

VERSION: Question = ("version",)
NODES: Question = ("get", "nodes")
STORAGE: Question = ("get", "storageclasses")
METRICS: Question = ("get", "apiservice", "v1beta1.metrics.k8s.io")
SECRET_KEYS = 'go-template={{range $key, $value := .data}}{{$key}}{{"\\n"}}{{end}}'
"""The keys of a Secret; its values are never asked for."""
SLEEPING_MINOR, RESTARTED_MINOR, STABLE_MINOR = 30, 29, 34
"""The pre-stop sleep of a pod is on by default from Kubernetes 1.30 on and stable from 1.34 on, a sidecar on from 1.29
on."""
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
ZONE = "topology.kubernetes.io/zone"
OPERATORS: Mapping[str, tuple[str, str]] = {
    "gateway.networking.k8s.io": ("Gateway API", "mcp:edge.kind"),
    "gateway.envoyproxy.io": ("Envoy Gateway", "mcp:edge.implementation"),
    "agentgateway.dev": ("agentgateway", "mcp:edge.implementation"),
    "traefik.io": ("Traefik's custom resources", "mcp:edge.affinity"),
    "keda.sh": ("KEDA", "mcp:scaling.autoscaler"),
    "external-secrets.io": ("External Secrets Operator", "mcp:secrets.source"),
    "cert-manager.io": ("cert-manager", "mcp:edge.clusterIssuer"),
    "argoproj.io": ("Argo Rollouts", ARGO_KEY),
    "k6.io": ("k6 operator", "mcp:loadTest.scenario"),
    "monitoring.coreos.com": ("Prometheus Operator", "mcp:monitoring"),
}
"""API group to who brings it, and the key that does with or without it."""
GATEWAY_CLASSES = "gatewayclasses.gateway.networking.k8s.io"
VERSION_MARKS = ("gateway.networking.k8s.io/bundle-version", "app.kubernetes.io/version", "helm.sh/chart")


def definition(name: str) -> Question:
    """Asks for a custom resource definition."""
    return ("get", "customresourcedefinition", name)


def named(kind: str, name: str, namespace: str = "") -> Question:
    """Asks for one object."""
    return ("get", kind, name, *(("--namespace", namespace) if namespace else ()))


def may(verb: str, resource: str, namespace: str) -> Question:
    """Asks whether whoever asks may do something."""
    return ("auth", "can-i", verb, resource, *(("--namespace", namespace) if namespace else ()))


def questions(needs: Needs) -> list[Question]:
    """Everything that is asked for a stack."""
    asked = [VERSION, NODES, METRICS, *(definition(name) for _, name in custom(needs.kinds))]
    asked += [STORAGE] if needs.claims else []
    asked += [claim(name, needs.namespace) for name, _ in needs.mounted]
    asked += [named("namespace", name) for name in (needs.namespace, *needs.namespaces)]
    asked += [gateway_of(where, name) for where, name, _ in needs.gateways]
    asked += [CLASSES] if needs.gateways else []
    asked += [gateway_of(where, name) for where, name in needs.listening]
    asked += [named(GATEWAY_CLASSES, name) for name in needs.gateway_classes]
    asked += [ENVOY_GATEWAY] if needs.patched else []
    asked += [named("ingressclass", name) for name in needs.ingress_classes]
    asked += [_store(kind, name, needs.namespace) for kind, name in needs.stores]
    asked += [named("clusterissuers.cert-manager.io", name) for name in needs.issuers]
    asked += [named("secret", name, needs.namespace) for name, _ in needs.secrets]
    asked += [PROMETHEUSES] if needs.read else []
    asked += [ARGO_ROLLOUTS] if _rolled_out(needs) else []
    asked += [question for _, question in _rights(needs)]
    return list(dict.fromkeys(asked))


def judge(needs: Needs, snapshot: Snapshot, *, zones: int = 1, platform: str = "generic") -> list[Line]:
    """One line for each thing that the stack needs.

    :param zones: availability zones that the stack is planned for.
    :param platform: kind of cluster, for what its storage is called.
    """
    return [
        *_version(needs, snapshot),
        *_definitions(needs, snapshot),
        *([argo_rollouts(needs.namespace, snapshot)] if _rolled_out(needs) else ()),
        *_gateways(needs, snapshot),
        *served(needs, snapshot),
        *_listening(needs, snapshot),
        *patches(needs.patched, snapshot),
        *_others(needs, snapshot),
        *_namespace(needs, snapshot),
        *_opened(needs, snapshot),
        *_metrics(needs, snapshot),
        *_read(needs, snapshot),
        *_nodes(snapshot, zones),
        *(_storage(snapshot, platform) if needs.claims else ()),
        *mounted(needs, snapshot),
        *_secrets(needs, snapshot),
        *_may(needs, snapshot),
    ]


def _rolled_out(needs: Needs) -> bool:
    return any(kind == "Rollout" for _, kind in needs.kinds)


def _version(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    answer = snapshot.of(VERSION)
    server = (answer.value or {}).get("serverVersion") or {}
    text = str(server.get("gitVersion", ""))
    minor = "".join(sign for sign in str(server.get("minor", "")) if sign.isdigit())
    key = "mcp:region.kubernetesVersion"
    oldest = SLEEPING_MINOR if needs.sleeps else RESTARTED_MINOR if needs.sidecars else 0
    if answer.refused or not text or not minor:
        yield Line(State.UNSURE, "Kubernetes", answer.refused or "it does not say its version", key)
    elif int(minor) < oldest:
        yield Line(State.MISSING, "Kubernetes", f"{text}, and 1.{oldest} is the oldest that works", key)
    elif needs.sleeps and int(minor) < STABLE_MINOR:
        yield Line(State.OK, "Kubernetes", f"{text}; the pre-stop sleep is stable from 1.{STABLE_MINOR} on", key)
    else:
        yield Line(State.OK, "Kubernetes", text, key)


def _definitions(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    for api_version, name in custom(needs.kinds):
        group, _, version = api_version.rpartition("/")
        who, key = OPERATORS.get(group, (group, ""))
        answer = snapshot.of(definition(name))
        if answer.refused or answer.value is None:
            yield _absent(answer, f"{who}: {name}", "is not installed", key)
            continue
        served = [str(one["name"]) for one in answer.value["spec"]["versions"] if one.get("served")]
        marks = {**answer.value["metadata"].get("labels", {}), **answer.value["metadata"].get("annotations", {})}
        which = next((f", {marks[mark]}" for mark in VERSION_MARKS if mark in marks), "")
        if version in served:
            yield Line(State.OK, f"{who}: {name}", f"{version} is served{which}", key)
        else:
            yield Line(State.MISSING, f"{who}: {name}", f"serves {', '.join(served)} and not {version}{which}", key)


def _gateways(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    for namespace, name, section in needs.gateways:
        answer = snapshot.of(gateway_of(namespace, name))
        what, key = f"Gateway {namespace}/{name}", "mcp:edge.gateway"
        if answer.refused or answer.value is None:
            yield _absent(answer, what, "is not there", f"{key}.name, {key}.namespace")
            continue
        listeners = answer.value["spec"].get("listeners", [])
        names = [str(one["name"]) for one in listeners]
        chosen = [one for one in listeners if not section or one["name"] == section]
        if not chosen:
            yield Line(State.MISSING, what, f"has no listener '{section}', but {', '.join(names)}", f"{key}.section")
            continue
        closed = [
            str(one["name"])
            for one in chosen
            if (one.get("allowedRoutes", {}).get("namespaces", {}).get("from", "Same")) == "Same"
            and namespace != needs.namespace
        ]
        if len(closed) == len(chosen):
            detail = f"the listener {', '.join(closed)} takes routes of its own namespace only (allowedRoutes)"
            yield Line(State.MISSING, what, detail, f"{key}.section")
        else:
            yield Line(State.OK, what, f"listener {section or ', '.join(names)}", key)


def _listening(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    """Whether a Gateway of others takes a listener of the stack's namespace; without a word it takes none."""
    for namespace, name in needs.listening:
        answer, key = snapshot.of(gateway_of(namespace, name)), "mcp:edge.gateway.listenerSet"
        what = f"Gateway {namespace}/{name}: listeners of others"
        if answer.refused or answer.value is None:
            yield _absent(answer, what, "is not there", key)
            continue
        allowed = answer.value["spec"].get("allowedListeners", {}).get("namespaces", {}).get("from", "None")
        if allowed == "All" or (allowed == "Same" and namespace == needs.namespace):
            yield Line(State.OK, what, f"allowedListeners: {allowed}", key)
        elif allowed == "Selector":
            yield Line(State.UNSURE, what, "by the labels of the namespace (allowedListeners)", key)
        else:
            detail = f"takes none of {needs.namespace} (allowedListeners.namespaces.from is {allowed})"
            yield Line(State.MISSING, what, detail, key)


def _others(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    for name in needs.gateway_classes:
        found = snapshot.of(named(GATEWAY_CLASSES, name))
        yield _there(found, f"GatewayClass {name}", "mcp:edge.gateway.className")
    for name in needs.ingress_classes:
        yield _there(snapshot.of(named("ingressclass", name)), f"IngressClass {name}", "mcp:edge.ingressClass")
    for kind, name in needs.stores:
        yield _there(snapshot.of(_store(kind, name, needs.namespace)), f"{kind} {name}", "mcp:secrets.store")
    for name in needs.issuers:
        question = named("clusterissuers.cert-manager.io", name)
        yield _there(snapshot.of(question), f"ClusterIssuer {name}", "mcp:edge.clusterIssuer")


def _namespace(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    answer = snapshot.of(named("namespace", needs.namespace))
    what, key = f"Namespace {needs.namespace}", "mcp:region.createNamespace"
    if answer.refused:
        yield Line(State.UNSURE, what, answer.refused, key)
        return
    found = answer.value
    if found is None:
        made = needs.makes_namespace
        yield Line(State.OK if made else State.MISSING, what, "will be made" if made else "is not there", key)
        return
    labels = found["metadata"].get("labels", {})
    if found.get("status", {}).get("phase") == "Terminating":
        yield Line(State.MISSING, what, "is being deleted", "mcp:region.namespace")
    elif needs.makes_namespace and labels.get("app.kubernetes.io/part-of") != "mcp":
        yield Line(State.MISSING, what, "is there, and no stack of this kind has made it", key)
    else:
        level = labels.get("pod-security.kubernetes.io/enforce", "not set, so the cluster's")
        yield Line(State.OK, what, f"is there; Pod Security: {level} (the pods meet 'restricted')", key)


def _opened(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    for name in needs.namespaces:
        detail = "is not there, so nobody comes from it or is reached in it"
        answer = snapshot.of(named("namespace", name))
        key = "mcp:monitoring.namespace, mcp:edge.clientNamespace, mcp:region.resolvers"
        yield (
            _absent(answer, f"Namespace {name}", detail, key)
            if answer.refused or answer.value is None
            else Line(State.OK, f"Namespace {name}", "is there; the pods are opened to it", key)
        )


def _metrics(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    scaled = {"HorizontalPodAutoscaler", "ScaledObject"} & {kind for _, kind in needs.kinds}
    if not scaled:
        return
    answer, key = snapshot.of(METRICS), "mcp:scaling.autoscaler"
    if answer.refused or answer.value is None:
        yield _absent(answer, "Metrics API", "is not there: no metrics-server, so nothing scales by CPU", key)
        return
    state = _condition(answer.value, "Available")
    yield Line(State.OK if state else State.MISSING, "Metrics API", "answers" if state else "does not answer", key)


def _read(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    answer = snapshot.of(PROMETHEUSES)
    if not needs.read or (answer.value is None and not answer.refused):
        return  # Without the operator its definitions are missing, which is said.
    there = snapshot.of(named("namespace", needs.namespace)).value or {"metadata": {}}
    labels = there["metadata"].get("labels", {})
    yield from selection(needs.read, answer, namespace=needs.namespace, namespace_labels=labels)


def _nodes(snapshot: Snapshot, zones: int) -> Iterator[Line]:
    answer, key = snapshot.of(NODES), "mcp:region.zones"
    if answer.refused or answer.value is None:
        yield _absent(answer, "Topology labels", "there is no node", key)
        return
    nodes = answer.value["items"]
    labelled = {str(zone) for one in nodes if (zone := one["metadata"].get("labels", {}).get(ZONE))}
    detail = f"{len(nodes)} nodes in {len(labelled)} zones, planned for {zones}"
    yield Line(State.OK if len(labelled) >= zones else State.MISSING, "Topology labels", detail, key)
    kinds = sorted({str(one["metadata"].get("labels", {}).get("kubernetes.io/arch", "unknown")) for one in nodes})
    if len(kinds) > 1:
        detail = f"{' and '.join(kinds)}: the image must be there for each"
        yield Line(State.OK, "Architectures", detail, "mcp:server.image")


def _storage(snapshot: Snapshot, platform: str) -> Iterator[Line]:
    answer, key = snapshot.of(STORAGE), "mcp:server.volumes"
    if answer.refused or answer.value is None:
        yield _absent(answer, "Default StorageClass", "there is no StorageClass", key)
        return
    marked = [
        str(one["metadata"]["name"])
        for one in answer.value["items"]
        if one["metadata"].get("annotations", {}).get(DEFAULT_CLASS) == "true"
    ]
    usual = PLATFORMS[platform].default_storage_class
    absent = f"none is marked as the default; on {platform} it is usually {usual}" if usual else "none is the default"
    yield Line(State.OK if marked else State.MISSING, "Default StorageClass", ", ".join(marked) or absent, key)


def _secrets(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    for name, keys in needs.secrets:
        answer, what = snapshot.of(named("secret", name, needs.namespace)), f"Secret {needs.namespace}/{name}"
        if answer.refused or answer.value is None:
            yield _absent(answer, what, "is not there", "mcp:secrets, mcp:server.imagePullSecrets")
            continue
        lacking = [key for key in keys if key not in answer.value]
        detail = f"has no key {', '.join(lacking)}" if lacking else "has every key that is read"
        yield Line(State.MISSING if lacking else State.OK, what, detail, "mcp:secrets.env")


def _may(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    denied, unknown = [], []
    for resource, question in _rights(needs):
        answer = snapshot.of(question)
        if answer.refused:
            unknown.append(resource)
        elif answer.value is not True:
            denied.append(resource)
    if denied:
        yield Line(State.MISSING, "Rights to apply", f"may not create {', '.join(denied)}", "kubernetes:context")
    elif unknown:
        yield Line(State.UNSURE, "Rights to apply", f"not known for {', '.join(unknown)}", "kubernetes:context")
    else:
        yield Line(State.OK, "Rights to apply", f"all {len(_rights(needs))} kinds", "kubernetes:context")


def _rights(needs: Needs) -> list[tuple[str, Question]]:
    found = []
    for api_version, kind in needs.kinds:
        group = group_of(api_version)
        resource = f"{plural(kind)}.{group}" if group else plural(kind)
        places = {where for one, where in needs.beside if one == kind} or {needs.namespace}
        for where in sorted(places):
            found.append((resource, may("create", resource, "" if kind == "Namespace" else where)))
    return found


def _store(kind: str, name: str, namespace: str) -> Question:
    resource = f"{plural(kind)}.external-secrets.io"
    return named(resource, name, "" if kind.startswith("Cluster") else namespace)


def _there(answer: Answer, what: str, key: str) -> Line:
    if answer.refused or answer.value is None:
        return _absent(answer, what, "is not there", key)
    ready = _condition(answer.value, "Ready")
    return (
        Line(State.MISSING, what, "is there, and not ready", key)
        if ready is False
        else Line(State.OK, what, "is there", key)
    )


def _absent(answer: Answer, what: str, detail: str, key: str) -> Line:
    return Line(State.UNSURE, what, answer.refused, key) if answer.refused else Line(State.MISSING, what, detail, key)


def _condition(one: Mapping[str, Any], kind: str) -> bool | None:
    """What an object says of a condition; ``None`` where it says nothing."""
    for entry in one.get("status", {}).get("conditions") or []:
        if entry["type"] == kind:
            return bool(entry["status"] == "True")
    return None
