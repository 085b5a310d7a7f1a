"""Further objects of a region: what a stack says of them, made whole, and what is wrong with them. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pulumi

from ..inputs.outputs import plain
from ..rules import extra_objects as rules
from ..rules import workload
from ..rules.model import Finding
from ..settings.fields import OBJECT_NAME
from .api import kinds, type_of, wrong_values
from .demands import unmet
from .extra_pods import pod_findings
from .judged_containers import containers_in
from .made import Made
from .objects import MANAGED
from .patched_later import Reading
from .patches import ROLLOUT, read_as
from .untyped import map_of, maps_of

PATH = "mcp:extraObjects"
CONFIG_MAP = "core.v1.ConfigMap"
RBAC = "rbac.authorization.k8s.io/"
CLUSTER_WIDE = frozenset(
    {
        "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding",
        "ClusterTrustBundle", "CustomResourceDefinition", "DeviceClass", "FlowSchema", "IPAddress", "IngressClass",
        "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace",
        "Node", "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "ResourceSlice", "RuntimeClass",
        "ServiceCIDR", "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeAttributesClass",
    }
)  # fmt: skip
"""Kinds of Kubernetes' own that are in no namespace (``kubectl api-resources --namespaced=false``)."""
_KIND = re.compile(r"[A-Z][A-Za-z0-9]{0,62}")
_VERSION = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?v[0-9]+((alpha|beta)[0-9]+)?")
_PATH_SEGMENT = re.compile(r"(?!\.{1,2}$)[^/%]{1,253}")

Document = Mapping[str, Any]


def extra_objects(given: Sequence[Document], namespace: pulumi.Input[str]) -> dict[str, Made]:
    """The objects by the suffix of their resources, each in the namespace and with our labels under its own.

    A custom resource with ``namespace: null`` is one of the whole cluster. What is wrong is left out: a rule says it.
    """
    result = {}
    for one in given:
        if not list(_form(one, "", "")):
            suffix = f"extra-{one['kind'].lower()}-{one['metadata']['name']}"
            metadata = {**one["metadata"], "labels": {**MANAGED, **(one["metadata"].get("labels") or {})}}
            metadata.pop("namespace", None)
            if not _cluster_wide(one):
                metadata["namespace"] = namespace
            body = {key: value for key, value in one.items() if key not in ("apiVersion", "kind")}
            result[suffix] = Made(one["apiVersion"], one["kind"], {**body, "metadata": metadata})
    return result


def extra_findings(
    given: Sequence[Document], namespace: str, made: Collection[tuple[str, str]], enforced: str | None = None
) -> Iterator[Finding]:
    """Everything that is wrong with further objects.

    :param made: kind and name of what the region makes.
    :param enforced: the Pod Security level that the namespace is known to enforce.
    """
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(given):
        path = f"{PATH}[{index}]"
        wrong = list(_form(one, namespace, path))
        yield from wrong
        if wrong:
            continue
        kind, name = one["kind"], one["metadata"]["name"]
        if (kind, name) in made or (kind, name) in seen:
            yield from rules.duplicate_findings(kind=kind, name=name, path=path, made=(kind, name) in made)
        else:
            yield from _demanded(one, path)
        seen.add((kind, name))
        yield from _in_clear(one, path)
        yield from pod_findings(one, path, enforced)


def _demanded(one: Document, path: str) -> Iterator[Finding]:
    type_, body = _read(one)
    for wrong in () if type_ is None else unmet(body, type_):
        yield from rules.form_findings(f"{path}.{wrong.path}", wrong.problem, wrong.remedy)


def _form(one: Document, namespace: str, path: str) -> Iterator[Finding]:
    version, kind, metadata = one.get("apiVersion"), one.get("kind"), one.get("metadata")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        yield from rules.form_findings(
            f"{path}.apiVersion", "It is no version of an API.", "Give one, such as 'apps/v1'."
        )
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        yield from rules.form_findings(f"{path}.kind", "It is no kind.", "Give one, such as 'ConfigMap'.")
    if not isinstance(metadata, Mapping):
        yield from rules.form_findings(f"{path}.metadata", "It is missing.", "Give at least its name.")
        return
    name, of_roles = metadata.get("name"), str(version).startswith(RBAC)
    grammar = _PATH_SEGMENT if of_roles else re.compile(OBJECT_NAME)
    if not isinstance(name, str) or len(name) > 253 or not grammar.fullmatch(name):
        remedy = "Give lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit."
        yield from rules.form_findings(f"{path}.metadata.name", "It is no name of an object.", remedy)
    other = metadata.get("namespace")
    if namespace and other is not None and other != namespace:
        remedy = f"Leave it out: it goes to '{namespace}'."
        yield from rules.form_findings(f"{path}.metadata.namespace", "It is another one than the region's.", remedy)
    if not isinstance(version, str) or not isinstance(kind, str):
        return
    type_, body = _read(one)
    if type_ is not None:
        for wrong in wrong_values(body, type_, path):
            yield from rules.form_findings(wrong.path, wrong.problem, wrong.remedy)
    elif (served := _served(version, kind)) is not None:
        yield from rules.form_findings(f"{path}.apiVersion", f"Kubernetes has no {kind} in {version}.", served)


def _read(one: Document) -> tuple[str | None, Any]:
    """The type that an object is read as, and what of it: of a custom resource its metadata, of a Rollout its pods too;
    ``None`` for what Kubernetes has not in that version."""
    version, kind = str(one["apiVersion"]), str(one["kind"])
    body = {key: value for key, value in one.items() if key not in ("apiVersion", "kind")}
    custom = type_of(version, kind) is None and _served(version, kind) is None
    if custom and not ((version, kind) == ROLLOUT and "template" in map_of(one.get("spec"))):
        # Metadata are the same of every kind, and those of a ConfigMap need nothing beside.
        return CONFIG_MAP, {"metadata": {key: value for key, value in one["metadata"].items() if key != "namespace"}}
    return read_as(version, kind, body)


def reading(enforced: str | None) -> Reading:
    """How the Outputs of an object are held to the API and to our rules: as its plain values are.

    :param enforced: the Pod Security level that the namespace is known to enforce.
    """

    def further(one: Any, path: str) -> Iterator[Finding]:
        yield from _in_clear(one, path)
        yield from pod_findings(one, path, enforced)

    return Reading(_read, rules.form_findings, patch=False, further=further)


REMOVED = frozenset(
    {
        "extensions/v1beta1", "apps/v1beta1", "apps/v1beta2", "autoscaling/v2beta1", "autoscaling/v2beta2",
        "batch/v1beta1", "policy/v1beta1", "rbac.authorization.k8s.io/v1beta1", "scheduling.k8s.io/v1beta1",
        "node.k8s.io/v1beta1", "coordination.k8s.io/v1beta1", "discovery.k8s.io/v1beta1", "events.k8s.io/v1beta1",
        "apiextensions.k8s.io/v1beta1", "apiregistration.k8s.io/v1beta1", "storage.k8s.io/v1alpha1",
        "flowcontrol.apiserver.k8s.io/v1beta1", "flowcontrol.apiserver.k8s.io/v1beta2",
    }
)  # fmt: skip
"""Versions that no supported Kubernetes serves any more (the deprecated API migration guide)."""
_STABLE = re.compile(r"([^/]+/)?v[0-9]+")


def _served(version: Any, kind: Any) -> str | None:
    """Where Kubernetes serves a kind, for a version of its own groups that does not have it; ``None`` for others."""
    if not isinstance(version, str) or not isinstance(kind, str):
        return None
    known = [one.split(" ") for one in kinds()]
    own = {one.rpartition("/")[0] for one, _ in known}
    if version not in REMOVED and not (version.rpartition("/")[0] in own and _STABLE.fullmatch(version)):
        return None
    there = [one for one, name in known if name == kind]
    return f"Write '{there[-1]}'." if there else "Give its version, or the kind that was meant."


def _cluster_wide(one: Document) -> bool:
    if type_of(one["apiVersion"], one["kind"]) is not None:
        return one["kind"] in CLUSTER_WIDE
    return "namespace" in one["metadata"] and one["metadata"]["namespace"] is None


def _in_clear(one: Document, path: str) -> Iterator[Finding]:
    kind = one["kind"]
    if kind == "Secret":
        values = [*map_of(one.get("data")).values(), *map_of(one.get("stringData")).values()]
        if any(plain(value) is not None for value in values):
            yield from rules.secret_findings(name=one["metadata"]["name"], path=path)
    elif kind == "ConfigMap":
        yield from workload.env_findings(_texts(map_of(one.get("data"))), path=f"{path}.data", by=workload.BY_REFERENCE)
    else:
        for _, container in containers_in(one, path):
            given = {str(item.get("name")): item.get("value") for item in maps_of(container.get("env"))}
            yield from workload.env_findings(_texts(given), path=path, by=workload.BY_REFERENCE)


def _texts(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, value in given.items() if (text := plain(value))}
