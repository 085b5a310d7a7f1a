"""Property values as the engine receives them, turned into plain data that keeps secrets and unknowns apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import rpc

SECRET_TEXT: Final = "[secret]"
"""What stands for a secret wherever a person or a file sees it."""
UNKNOWN_TEXT: Final = "[unknown]"
"""What stands for a value that only a deployment knows."""
EXACT_INTEGERS: Final = 2**53
"""Numbers travel as doubles: up to this size a whole one is surely an integer."""


@dataclass(frozen=True)
class Secret:
    """A value that Pulumi keeps encrypted. Prints as ``[secret]``; ``value`` is for assertions in tests."""

    value: Any = field(repr=False)

    def __str__(self) -> str:
        return SECRET_TEXT

    def __repr__(self) -> str:
        return "Secret([secret])"


@dataclass(frozen=True)
class Unknown:
    """A value that is not known before the deployment."""

    def __str__(self) -> str:
        return UNKNOWN_TEXT


@dataclass(frozen=True)
class Reference:
    """A resource that is passed as a value."""

    urn: str

    def __str__(self) -> str:
        return self.urn


UNKNOWN: Final = Unknown()


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties as plain data: whole numbers as ``int``, and :class:`Secret`, :class:`Unknown`,
    :class:`Reference` where the engine's envelopes are. Archives and assets keep their description."""
    return {key: _value(value) for key, value in sorted(struct.fields.items())}


def _value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
    if kind == "struct_value":
        return _struct(value.struct_value)
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() and abs(number) <= EXACT_INTEGERS else number
    return value.bool_value if kind == "bool_value" else None


def _struct(struct: struct_pb2.Struct) -> Any:
    signature = struct.fields[rpc._special_sig_key].string_value if rpc._special_sig_key in struct.fields else None
    if signature == rpc._special_secret_sig:
        return Secret(_value(struct.fields["value"]))
    if signature == rpc._special_resource_sig:
        return Reference(struct.fields["urn"].string_value)
    if signature == rpc._special_output_value_sig:
        return _output(struct)
    return {key: _value(item) for key, item in sorted(struct.fields.items()) if key != rpc._special_sig_key}


def _output(struct: struct_pb2.Struct) -> Any:
    value = _value(struct.fields["value"]) if "value" in struct.fields else UNKNOWN
    secret = "secret" in struct.fields and struct.fields["secret"].bool_value
    return Secret(value) if secret else value


def secret_value(value: struct_pb2.Value) -> struct_pb2.Value:
    """The value in the engine's envelope for secrets."""
    wrapped = struct_pb2.Value()
    wrapped.struct_value.fields[rpc._special_sig_key].string_value = rpc._special_secret_sig
    wrapped.struct_value.fields["value"].CopyFrom(value)
    return wrapped


def inner(value: struct_pb2.Value) -> struct_pb2.Value:
    """The value inside an envelope for secrets; the value itself without one."""
    fields = value.struct_value.fields
    if rpc._special_sig_key in fields and fields[rpc._special_sig_key].string_value == rpc._special_secret_sig:
        return fields["value"]
    return value


def masked(value: Any, mask: Callable[[Any], Any] = lambda _: SECRET_TEXT) -> Any:
    """JSON-able data: secrets replaced leaf by leaf, so that the keys of a secret map stay readable.

    :param mask: gives the text for one secret leaf.
    """
    if isinstance(value, Secret):
        return _mask_leaves(value.value, mask)
    if isinstance(value, (Unknown, Reference)):
        return str(value)
    if isinstance(value, Mapping):
        return {key: masked(item, mask) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(item, mask) for item in value]
    return value


def _mask_leaves(value: Any, mask: Callable[[Any], Any]) -> Any:
    if isinstance(value, Secret):
        return _mask_leaves(value.value, mask)
    if isinstance(value, Mapping):
        return {key: _mask_leaves(item, mask) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mask_leaves(item, mask) for item in value]
    return mask(value)


def revealed(value: Any) -> Any:
    """The same data without :class:`Secret` around values; for assertions in tests only."""
    if isinstance(value, Secret):
        return revealed(value.value)
    if isinstance(value, Mapping):
        return {key: revealed(item) for key, item in value.items()}
    return [revealed(item) for item in value] if isinstance(value, (list, tuple)) else value


def paths(value: Any, wanted: type[Secret] | type[Unknown], prefix: str = "") -> Iterator[str]:
    """Where the secrets or the unknowns are: ``spec.containers[0].env``. A secret's inside is not searched."""
    if isinstance(value, wanted):
        yield prefix
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from paths(item, wanted, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from paths(item, wanted, f"{prefix}[{index}]")
