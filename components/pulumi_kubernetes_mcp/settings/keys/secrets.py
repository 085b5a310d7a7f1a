"""Keys of a Secret and of the store that it is filled from."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from ..fields import AnyText, DataKey, Group, Name, RefreshInterval, Text

StoreKind = Literal["SecretStore", "ClusterSecretStore"]


def _entry(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise ValueError("it is blank: give the name that the store has for it")
    return value


class RemoteKey(Group):
    """Where one key of the Secret is kept in the external store."""

    key: Annotated[Text, AfterValidator(_entry)]
    """Name of the entry in the store."""
    property: Annotated[Text, AfterValidator(_entry)] | None = None
    """Property of the entry, where the entry is an object. Left out: the whole entry."""


class SecretStoreReference(Group):
    """The store of the External Secrets Operator; the platform team owns it."""

    name: Name
    """Name of the store."""
    kind: StoreKind = "ClusterSecretStore"
    """Kind of the store."""


class SecretKeys(Group):
    """What fills a Secret."""

    refresh_interval: RefreshInterval = "1h"
    """How often the store is read, such as '1h' (source 'external')."""
    values: dict[DataKey, AnyText] = {}
    """Key to encrypted value (source 'config')."""


class SecretVersionKeys(Group):
    """What makes pods read a Secret anew."""

    version: AnyText | None = None
    """Any text; changing it restarts the pods, which read their environment only when they start."""
