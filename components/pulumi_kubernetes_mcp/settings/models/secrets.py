"""Where the secrets of a stack come from."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..fields import Group, Label, Text


class RemoteKey(Group):
    """Where one key of the Secret is kept in the external store."""

    key: str
    """Name of the entry in the store."""
    property: str | None = None
    """Property of the entry, where the entry is an object."""


class SecretStoreReference(Group):
    """The store of the External Secrets Operator; the platform team owns it."""

    name: str
    """Name of the store."""
    kind: Literal["SecretStore", "ClusterSecretStore"] = "ClusterSecretStore"
    """Kind of the store."""


class SecretsSettings(Group):
    """Where the server's secrets come from; their values never stand in a stack file in clear."""

    source: Literal["none", "existing", "external", "config"] = "none"
    """'existing' names a Secret, 'external' fills one through the External Secrets Operator, 'config' from
    the encrypted values of this file ('pulumi config set --secret --path')."""
    name: Label | None = None
    """Name of the Secret. Derived: the server's name with '-secrets'."""
    env: dict[str, str] = {}
    """Environment variable of the server to key of the Secret."""
    store: SecretStoreReference | None = None
    """Store to read from (source 'external')."""
    remote: dict[str, RemoteKey] = {}
    """Key of the Secret to its place in the store (source 'external')."""
    refresh_interval: Annotated[str, Field(pattern=r"^(0|\d+(s|m|h))$")] = "1h"
    """How often the store is read, such as '1h' (source 'external')."""
    values: dict[str, Text] = {}
    """Key to encrypted value (source 'config')."""
    version: str | None = None
    """Any text; changing it restarts the pods, which read their environment only when they start."""

    @model_validator(mode="after")
    def _is_named_by_one(self) -> Self:
        if self.source == "config" and self.name is not None:
            raise ValueError(
                "a name is given with source 'config': leave name out, the engine names the Secret anew with every "
                "change, which restarts the pods"
            )
        return self
