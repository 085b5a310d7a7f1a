"""The Kubernetes objects of a run, as files that read the same in every run and hold no secret."""

from __future__ import annotations

import base64
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import yaml

from .model import Deployment, Resource
from .providers import is_object
from .values import SECRET_TEXT, UNKNOWN_TEXT, Secret, masked

HEADER = "# Rendered by mcp-stack. Change the stack file and render again; do not edit.\n"
"""First line of every rendered file; a directory that holds other files is never replaced."""
SECRET_BASE64 = base64.b64encode(SECRET_TEXT.encode()).decode()
"""The placeholder where the field holds base64: ``data`` of a Secret."""

_FIRST = ("apiVersion", "kind", "metadata", "name", "namespace", "type", "spec")
_ORDER: Mapping[str, int] = {
    kind: weight
    for weight, kinds in {
        0: ("Namespace", "CustomResourceDefinition"),
        10: ("NetworkPolicy", "ResourceQuota", "LimitRange", "PriorityClass"),
        20: ("ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
        30: (
            "Secret",
            "ConfigMap",
            "ExternalSecret",
            "SecretStore",
            "ClusterSecretStore",
            "PersistentVolumeClaim",
        ),
        40: ("Service", "PodDisruptionBudget"),
        50: ("Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob", "Pod"),
        60: ("HorizontalPodAutoscaler", "ScaledObject", "TriggerAuthentication"),
        70: ("Ingress", "HTTPRoute", "BackendTrafficPolicy", "Gateway"),
    }.items()
    for kind in kinds
}
_OTHER = 80
_UNUSUAL_BREAKS = frozenset("\r\x85\u2028\u2029")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One Kubernetes object as it would be applied."""

    urn: str
    """The resource that it comes from."""
    body: Mapping[str, Any]
    """The object; a placeholder stands for every secret and every unknown."""

    @property
    def kind(self) -> str:
        return str(self.body.get("kind", ""))

    @property
    def name(self) -> str:
        return str(self.body.get("metadata", {}).get("name", ""))

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What the cluster tells objects apart by: API group, kind, namespace, name."""
        return identity(self.body)

    @property
    def text(self) -> str:
        """The content of its file."""
        return HEADER + yaml.dump(
            _ordered(self.body),
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            default_flow_style=False,
            width=110,
        )


def identity(body: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """API group, kind, namespace and name of an object; empty where it has none."""
    metadata = body.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    group, _, version = str(body.get("apiVersion", "")).rpartition("/")
    del version
    return group, str(body.get("kind", "")), str(metadata.get("namespace", "")), str(metadata.get("name", ""))


def manifests(deployment: Deployment) -> tuple[Manifest, ...]:
    """Every Kubernetes object of the run, in the order in which they can be applied.

    Left out are charts, lists and patches, which are not one object, and ``spec.replicas`` where the resource
    ignores changes to it: an autoscaler owns that number. RunError where two resources declare one object, as far as
    its name can be read.
    """
    found = [_manifest(r, deployment) for r in deployment.resources if r.kubernetes and is_object(r.type)]
    found.sort(key=lambda manifest: (apply_order(manifest.kind), manifest.identity))
    seen: dict[tuple[str, str, str, str], Manifest] = {}
    for manifest in found:
        if any(hidden in part for hidden in (SECRET_TEXT, UNKNOWN_TEXT) for part in manifest.identity):
            continue
        if (other := seen.setdefault(manifest.identity, manifest)) is not manifest:
            place = f" in the namespace {manifest.identity[2]}" if manifest.identity[2] else ""
            raise pulumi.RunError(
                f'Two resources declare the {manifest.kind} "{manifest.name}"{place}: {other.urn} and {manifest.urn}. '
                "The cluster refuses the second one: give each its own name."
            )
    return tuple(found)


def _manifest(resource: Resource, deployment: Deployment) -> Manifest:
    body = {key: value for key, value in resource.inputs.items() if key != "status"}
    secret = (body.get("apiVersion"), body.get("kind")) == ("v1", "Secret")
    if secret:
        body |= {key: Secret(body[key]) for key in ("data", "stringData") if key in body}
    clear = {
        key: masked(value, lambda _: SECRET_BASE64) if secret and key == "data" else masked(value)
        for key, value in body.items()
    }
    metadata = clear.get("metadata")
    named = dict(metadata) if isinstance(metadata, Mapping) else {}
    if resource.physical_name is not None:
        named.setdefault("name", resource.physical_name)
    if (namespace := _provider_namespace(resource, deployment)) is not None and resource.namespace is not None:
        named.setdefault("namespace", namespace)
    clear["metadata"] = named
    if _ignores_replicas(resource.options.ignore_changes) and isinstance(clear.get("spec"), Mapping):
        clear["spec"] = {key: value for key, value in clear["spec"].items() if key != "replicas"}
    return Manifest(urn=resource.urn, body=clear)


def _provider_namespace(resource: Resource, deployment: Deployment) -> str | None:
    urn = (resource.options.provider or "").rpartition("::")[0]
    provider = deployment.by_urn.get(urn)
    namespace = provider.inputs.get("namespace") if provider else None
    return namespace if isinstance(namespace, str) else None


def _ignores_replicas(paths: Iterable[str]) -> bool:
    covering = {"spec", "spec.replicas", "spec.*", "*"}
    return any(re.sub(r'\["?([^]"]+)"?\]', r".\1", path).lstrip(".") in covering for path in paths)


def apply_order(kind: str) -> int:
    """The turn of a kind when objects are applied one after the other: the number of its file."""
    return _ORDER.get(kind, _OTHER)


def files(objects: Sequence[Manifest]) -> dict[str, str]:
    """File name to content: ``50-deployment-mcp-server.yaml``. The number is the kind's turn, the same in every
    stack, so that a new object renames no other file; ``kubectl apply -f`` takes the files in this order."""
    return {name: item.text for name, item in named_files(objects).items()}


def named_files(objects: Sequence[Manifest]) -> dict[str, Manifest]:
    """File name to the object that is written there; its text is made only where somebody reads it."""
    short = Counter(_file_name(item) for item in objects)
    return {_file_name(item, full=short[_file_name(item)] > 1): item for item in objects}


def _file_name(manifest: Manifest, *, full: bool = False) -> str:
    group, kind, namespace, name = manifest.identity
    parts = [f"{apply_order(kind):02}", kind.lower(), *([group, namespace] if full else []), name]
    return re.sub(r"[^a-z0-9.-]+", "_", "-".join(filter(None, parts)).lower()) + ".yaml"


def stream(objects: Sequence[Manifest]) -> str:
    """All objects as one YAML stream, in the order in which ``kubectl apply -f -`` can take them."""
    return HEADER + "".join(f"---\n{item.text.removeprefix(HEADER)}" for item in objects)


def holds_placeholder(manifest: Manifest) -> bool:
    """Whether a placeholder stands in the object, for a secret or for what only a deployment knows: it cannot be
    applied as it is."""
    return any(text in manifest.text for text in (SECRET_TEXT, SECRET_BASE64, UNKNOWN_TEXT))


class RenderError(pulumi.RunError):
    """A directory that cannot be written as rendered manifests, or read as such."""


def write_manifests(objects: Sequence[Manifest], directory: Path) -> None:
    """Replace the rendered files in ``directory`` by those of ``objects``, all or none.

    The new files are complete in a directory beside it before the old one goes; a failure leaves the old files.
    RenderError if the directory holds anything that was not rendered.
    """
    _refuse_foreign(directory)
    content = files(objects)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{directory.name}.", dir=directory.parent) as scratch:
        fresh, old = Path(scratch, "new"), Path(scratch, "old")
        fresh.mkdir()
        for name, text in content.items():
            fresh.joinpath(name).write_text(text, encoding="utf-8")
        if not directory.exists():
            fresh.rename(directory)
            return
        directory.rename(old)
        try:
            fresh.rename(directory)
        except BaseException:
            old.rename(directory)
            raise
        shutil.rmtree(old)


def _refuse_foreign(directory: Path) -> None:
    if directory.exists() and not directory.is_dir():
        raise RenderError(f"{directory} is not a directory. Move it away, or render elsewhere with --output.")
    for path in sorted(directory.iterdir()) if directory.exists() else []:
        if not path.is_file() or not path.read_text(encoding="utf-8", errors="replace").startswith(HEADER):
            raise RenderError(
                f"{path} was not rendered by mcp-stack, and rendering replaces the whole directory. Move it away."
            )


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_FIRST.index(key) if key in _FIRST else len(_FIRST), key))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(item) for item in value] if isinstance(value, (list, tuple)) else value


class _Dumper(yaml.SafeDumper):
    """Lists indented under their key, texts of several lines as blocks, and no anchors."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML loses unusual line breaks in every style but the quoted one.
    style = '"' if _UNUSUAL_BREAKS & set(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
