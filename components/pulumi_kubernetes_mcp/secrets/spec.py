"""An ExternalSecret: which keys, from where, into which Secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from ..kubernetes.objects import Spec


@dataclass(frozen=True, kw_only=True)
class RemoteRef:
    """One key of the Secret and its place in the external store."""

    secret_key: str
    remote_key: pulumi.Input[str]
    remote_property: pulumi.Input[str] | None


def external_secret(
    *,
    secret_name: pulumi.Input[str],
    store: Mapping[str, pulumi.Input[str]],
    refresh_interval: str,
    refs: Sequence[RemoteRef],
) -> Spec:
    """The spec of an ExternalSecret (external-secrets.io/v1).

    ``Retain`` keeps the Secret when an entry disappears from the store: pods keep running on the last value.
    ``Orphan`` keeps it when the ExternalSecret goes: with the default, ``Owner``, the garbage collector takes it from
    pods that go on using it by name, as after a change of the source to 'existing', or for a moment with a replacement.
    """
    return {
        "refreshPolicy": "Periodic",
        "refreshInterval": refresh_interval,
        "secretStoreRef": dict(store),
        "target": {"name": secret_name, "creationPolicy": "Orphan", "deletionPolicy": "Retain"},
        "data": [{"secretKey": ref.secret_key, "remoteRef": _remote(ref)} for ref in refs],
    }


def _remote(ref: RemoteRef) -> Spec:
    base: Spec = {"key": ref.remote_key}
    if ref.remote_property is not None:
        base["property"] = ref.remote_property
    return {
        **base,
        "conversionStrategy": "Default",
        "decodingStrategy": "None",
        "metadataPolicy": "None",
    }
