"""What the providers would answer, as far as it can be known without them: names, identities, generated values."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping

from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import rpc

from .model import KUBERNETES
from .values import inner

DEFAULT_NAMESPACE = "default"
CLUSTER_WIDE = frozenset(
    {
        "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterIssuer", "ClusterRole",
        "ClusterRoleBinding", "ClusterSecretStore", "ComponentStatus", "CustomResourceDefinition", "FlowSchema",
        "GatewayClass", "IngressClass", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume", "PriorityClass",
        "PriorityLevelConfiguration", "RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment",
    }
)  # fmt: skip
"""Kinds without a namespace, of Kubernetes itself and of the add-ons that MCP deployments use."""


def digest(urn: str, length: int = 8) -> str:
    """Hexadecimal digits that stand for what a provider would choose at random: the same for the same URN."""
    return hashlib.shake_256(urn.encode()).hexdigest((length + 1) // 2)[:length]


def is_object(type_: str) -> bool:
    """Whether the type is one Kubernetes object: not a provider, a list, a patch of an existing object, a chart."""
    parts = type_.split(":")
    return (
        type_.startswith(KUBERNETES)
        and len(parts) == 3
        and not parts[1].startswith(("helm.sh/", "yaml", "kustomize"))
        and not parts[2].endswith(("Patch", "List"))
    )


def add_identity(
    state: struct_pb2.Struct, *, type_: str, name: str, urn: str, namespace: str | None
) -> tuple[str | None, str | None]:
    """Fill ``metadata.name`` and ``metadata.namespace`` in the state of a Kubernetes object, as the provider does.

    :param namespace: the namespace of the provider, if it has one.
    :return: name and namespace, each ``None`` where it is unknown, secret or does not exist. An object without a
        name gets its logical name and eight hexadecimal digits.
    """
    if "metadata" in state.fields and not inner(state.fields["metadata"]).HasField("struct_value"):
        return None, None
    metadata = inner(state.fields["metadata"]).struct_value
    if "name" not in metadata.fields:
        prefix = _text(metadata, "generateName") or f"{name}-"
        metadata.fields["name"].string_value = f"{prefix}{digest(urn)}"
    if type_.rsplit(":", 1)[-1] in CLUSTER_WIDE:
        return _text(metadata, "name"), None
    if "namespace" not in metadata.fields:
        metadata.fields["namespace"].string_value = namespace or DEFAULT_NAMESPACE
    return _text(metadata, "name"), _text(metadata, "namespace")


def generated(type_: str, name: str, urn: str, inputs: struct_pb2.Struct) -> Mapping[str, str | float]:
    """Outputs of the ``random`` provider: right in form, the same in every run, and random in nothing."""
    make = _GENERATORS.get(type_)
    return make(name, urn, inputs) if make else {}


def _length(inputs: struct_pb2.Struct, key: str, default: int) -> int:
    field = inputs.fields.get(key)
    return int(field.number_value) if field is not None and field.HasField("number_value") else default


def _characters(_name: str, urn: str, inputs: struct_pb2.Struct) -> Mapping[str, str | float]:
    text = digest(urn, _length(inputs, "length", 16))
    return {"result": text, "bcryptHash": f"$2a$10${digest(urn + 'bcrypt', 53)}"}


def _bytes(_name: str, urn: str, inputs: struct_pb2.Struct) -> Mapping[str, str | float]:
    raw = bytes.fromhex(digest(urn, 2 * _length(inputs, "length", 16)))
    return {"base64": base64.b64encode(raw).decode(), "hex": raw.hex()}


def _identifier(_name: str, urn: str, inputs: struct_pb2.Struct) -> Mapping[str, str | float]:
    raw = bytes.fromhex(digest(f"{urn}{_keepers(inputs)}", 2 * _length(inputs, "byteLength", 8)))
    prefix = _text(inputs, "prefix") or ""
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return {
        "hex": f"{prefix}{raw.hex()}",
        "dec": f"{prefix}{int.from_bytes(raw)}",
        "b64Std": f"{prefix}{base64.b64encode(raw).decode()}",
        "b64Url": f"{prefix}{url}",
    }


def _keepers(inputs: struct_pb2.Struct) -> str:
    """What a value is drawn anew for. No secret is in it: a name in a rendered file would let one try guesses."""
    if "keepers" not in inputs.fields:
        return ""
    fields = inputs.fields["keepers"].struct_value.fields
    plain = {key: value.string_value for key, value in fields.items() if value.HasField("string_value")}
    return json.dumps(plain, sort_keys=True)


def _uuid(_name: str, urn: str, _inputs: struct_pb2.Struct) -> Mapping[str, str | float]:
    return {"result": str(uuid.UUID(hex=digest(urn, 32), version=4))}


def _integer(_name: str, urn: str, inputs: struct_pb2.Struct) -> Mapping[str, str | float]:
    least, most = _length(inputs, "min", 0), _length(inputs, "max", 0)
    return {"result": least + int(digest(urn), 16) % (max(most - least, 0) + 1)}


_GENERATORS: Mapping[str, Callable[[str, str, struct_pb2.Struct], Mapping[str, str | float]]] = {
    "random:index/randomPassword:RandomPassword": _characters,
    "random:index/randomString:RandomString": _characters,
    "random:index/randomBytes:RandomBytes": _bytes,
    "random:index/randomId:RandomId": _identifier,
    "random:index/randomUuid:RandomUuid": _uuid,
    "random:index/randomInteger:RandomInteger": _integer,
}


def _text(struct: struct_pb2.Struct, key: str) -> str | None:
    field = struct.fields.get(key)
    known = field is not None and field.HasField("string_value") and field.string_value != rpc.UNKNOWN
    return field.string_value if field is not None and known else None
