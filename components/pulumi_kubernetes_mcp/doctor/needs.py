"""What a stack needs of a cluster, from the objects that it makes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .selection import SELECTORS

Manifest = Mapping[str, Any]
BUILT_IN = ("", "apps", "autoscaling", "batch", "policy", "networking.k8s.io", "rbac.authorization.k8s.io")
"""API groups that every cluster has."""
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
ISSUER = "cert-manager.io/cluster-issuer"
PATCH_POLICY = "EnvoyPatchPolicy"
BESIDE_GATEWAYS = (PATCH_POLICY, "AuthorizationPolicy", "ClientTrafficPolicy", "Gateway", "ListenerPolicy")
"""Kinds that stand in the namespace of a Gateway."""


@dataclass(frozen=True)
class Needs:
    """Everything that a stack does not make itself."""

    namespace: str
    makes_namespace: bool
    kinds: tuple[tuple[str, str], ...]
    """API version and kind of everything that it makes."""
    gateways: tuple[tuple[str, str, str], ...]
    """Namespace, name and listener of Gateways; the listener may be empty."""
    ingress_classes: tuple[str, ...]
    stores: tuple[tuple[str, str], ...]
    """Kind and name of secret stores."""
    issuers: tuple[str, ...]
    namespaces: tuple[str, ...]
    """Namespaces that the pods are opened to."""
    secrets: tuple[tuple[str, tuple[str, ...]], ...]
    """Secrets that others make, each with the keys that are read; none of a pull secret."""
    claims: bool
    """Whether a volume is claimed by the default StorageClass."""
    read: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    """Kind, name and labels of what a Prometheus of the operator has to select."""
    gateway_classes: tuple[str, ...] = ()
    listening: tuple[tuple[str, str], ...] = ()
    """Namespace and name of Gateways that take a listener of the stack's own."""
    beside: tuple[tuple[str, str], ...] = ()
    """Kind and namespace of what stands beside a Gateway."""
    mounted: tuple[tuple[str, bool], ...] = ()
    """Claims that others make, each with whether one pod at a time is all that mounts it."""
    patched: tuple[tuple[str, str, str], ...] = ()
    """Namespace, Gateway and listener of what an EnvoyPatchPolicy patches."""
    let_in: tuple[str, ...] = ()
    """Namespaces that may connect to the pods."""
    sleeps: bool = False
    """Whether a pod sleeps in its pre-stop hook."""
    sidecars: bool = False
    """Whether a pod has init containers that are restarted."""


def needs(manifests: Iterable[Manifest]) -> Needs:
    """What the objects of a stack need besides one another."""
    made = list(manifests)
    pods = list(_pods(made))
    own = {one["metadata"]["name"] for one in made if one["kind"] == "Secret"}
    own |= {
        str(one["spec"].get("target", {}).get("name") or one["metadata"]["name"])
        for one in made
        if one["kind"] == "ExternalSecret"
    }
    made_namespaces = [str(one["metadata"]["name"]) for one in made if one["kind"] == "Namespace"]
    # These stand beside the Gateway, everything else beside the pods.
    placed = [
        str(one["metadata"]["namespace"])
        for one in made
        if one["metadata"].get("namespace") and one["kind"] not in BESIDE_GATEWAYS
    ]
    namespace = (made_namespaces or placed or ["default"])[0]
    return Needs(
        namespace=namespace,
        makes_namespace=bool(made_namespaces),
        kinds=tuple(sorted({(str(one["apiVersion"]), str(one["kind"])) for one in made})),
        gateways=tuple(sorted(set(_gateways(made)))),
        ingress_classes=tuple(
            sorted({str(one["spec"]["ingressClassName"]) for one in made if "ingressClassName" in one.get("spec", {})})
        ),
        stores=tuple(
            sorted(
                {
                    (str(store.get("kind", "SecretStore")), str(store["name"]))
                    for one in made
                    if one["kind"] == "ExternalSecret" and (store := one["spec"].get("secretStoreRef"))
                }
            )
        ),
        issuers=tuple(
            sorted({str(name) for one in made if (name := one["metadata"].get("annotations", {}).get(ISSUER))})
        ),
        namespaces=tuple(sorted({*_opened(made, "ingress", "from"), *_opened(made, "egress", "to")} - {namespace})),
        secrets=tuple(sorted((name, keys) for name, keys in _secrets(pods).items() if name not in own)),
        claims=any(one["kind"] == "PersistentVolumeClaim" and "storageClassName" not in one["spec"] for one in made)
        or any("volumeClaimTemplates" in one.get("spec", {}) for one in made),
        read=tuple(
            (str(one["kind"]), str(one["metadata"]["name"]), tuple(sorted(one["metadata"]["labels"].items())))
            for one in made
            if one["kind"] in SELECTORS and "labels" in one["metadata"]
        ),
        gateway_classes=tuple(
            sorted({str(one["spec"]["gatewayClassName"]) for one in made if one["kind"] == "Gateway"})
        ),
        listening=tuple(
            sorted(
                {
                    (str(parent.get("namespace") or one["metadata"].get("namespace")), str(parent["name"]))
                    for one in made
                    if one["kind"] == "ListenerSet"
                    for parent in [one["spec"]["parentRef"]]
                }
            )
        ),
        beside=tuple(sorted({(str(one["kind"]), _namespace(one)) for one in made if one["kind"] in BESIDE_GATEWAYS})),
        mounted=tuple(sorted(_mounted(made).items())),
        patched=tuple(sorted(set(_patched(made)))),
        let_in=tuple(sorted(set(_opened(made, "ingress", "from")))),
        sleeps=any("sleep" in ((one.get("lifecycle") or {}).get("preStop") or {}) for one in _containers(pods)),
        sidecars=any(one.get("restartPolicy") == "Always" for one in _containers(pods)),
    )


def group_of(api_version: str) -> str:
    """The API group; empty for the core."""
    return api_version.rpartition("/")[0]


def plural(kind: str) -> str:
    """The name of a resource, as the API has it."""
    word = kind.lower()
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith("s") else f"{word}s"


def custom(kinds: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those kinds that a controller brings: API version, and name of the definition."""
    return [
        (api_version, f"{plural(kind)}.{group_of(api_version)}")
        for api_version, kind in kinds
        if group_of(api_version) not in BUILT_IN
    ]


def _pods(made: Iterable[Manifest]) -> Iterator[Manifest]:
    for one in made:
        template = one.get("spec", {}).get("template", {}) if isinstance(one.get("spec"), Mapping) else {}
        if isinstance(template, Mapping) and "containers" in template.get("spec", {}):
            yield template["spec"]


def _containers(pods: Iterable[Manifest]) -> Iterator[Manifest]:
    for pod in pods:
        yield from (*(pod.get("initContainers") or ()), *pod["containers"])


def _namespace(one: Manifest) -> str:
    return str(one["metadata"].get("namespace"))


def _gateways(made: Sequence[Manifest]) -> Iterator[tuple[str, str, str]]:
    """Those that are not made with the routes that attach to them."""
    own = {(_namespace(one), str(one["metadata"]["name"])) for one in made if one["kind"] == "Gateway"}
    for one in made:
        for parent in one.get("spec", {}).get("parentRefs", []) if one["kind"] == "HTTPRoute" else []:
            namespace = str(parent.get("namespace") or one["metadata"].get("namespace"))
            if parent.get("kind", "Gateway") == "Gateway" and (namespace, str(parent["name"])) not in own:
                yield namespace, str(parent["name"]), str(parent.get("sectionName") or "")


def _mounted(made: Sequence[Manifest]) -> dict[str, bool]:
    """Claims by name that no object of the stack is; one workload may end all old pods before the first new one."""
    own = {one["metadata"]["name"] for one in made if one["kind"] == "PersistentVolumeClaim"}
    scaled = {
        str((one["spec"].get("scaleTargetRef") or {}).get("name"))
        for one in made
        if one["kind"] in ("HorizontalPodAutoscaler", "ScaledObject")
    }
    found: dict[str, bool] = {}
    for one in made:
        for pod in _pods([one]):
            # A StatefulSet ends a pod before it makes the next one of that number.
            ends_first = one["kind"] == "StatefulSet" or (one["spec"].get("strategy") or {}).get("type") == "Recreate"
            alone = ends_first and one["spec"].get("replicas", 1) == 1 and one["metadata"]["name"] not in scaled
            claims = [(volume.get("persistentVolumeClaim") or {}).get("claimName") for volume in pod.get("volumes", [])]
            for name in {str(claim) for claim in claims if claim} - own:
                found[name] = alone and name not in found
    return found


def _patched(made: Iterable[Manifest]) -> Iterator[tuple[str, str, str]]:
    for one in made:
        for patch in one["spec"]["jsonPatches"] if one["kind"] == PATCH_POLICY else []:
            if patch["type"].endswith(".Listener"):
                listener = str(patch["name"]).rpartition("/")[2]
                yield str(one["metadata"]["namespace"]), str(one["spec"]["targetRef"]["name"]), listener


def _opened(made: Iterable[Manifest], way: str, peers: str) -> Iterator[str]:
    """Namespaces that policies open the pods to, in one direction."""
    for one in made:
        if one["kind"] != "NetworkPolicy":
            continue
        for peer in (peer for rule in one["spec"].get(way, []) for peer in rule.get(peers, [])):
            name = peer.get("namespaceSelector", {}).get("matchLabels", {}).get(NAMESPACE_LABEL)
            if name:
                yield str(name)


def _secrets(pods: Iterable[Manifest]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for pod in pods:
        for pull in pod.get("imagePullSecrets", []):
            found.setdefault(str(pull["name"]), set())
        for volume in pod.get("volumes", []):
            if "secret" in volume:
                found.setdefault(str(volume["secret"]["secretName"]), set())
        for container in (*pod["containers"], *pod.get("initContainers", [])):
            for source in container.get("envFrom", []):
                if "secretRef" in source:
                    found.setdefault(str(source["secretRef"]["name"]), set())
            for variable in container.get("env", []):
                reference = (variable.get("valueFrom") or {}).get("secretKeyRef")
                if reference and not reference.get("optional"):
                    found.setdefault(str(reference["name"]), set()).add(str(reference["key"]))
    return {name: tuple(sorted(keys)) for name, keys in found.items()}
