"""Where the secrets of a stack come from."""

from typing import Literal, Self

from pydantic import model_validator

from ..fields import DataKey, EnvName, Label
from ..keys.patches import SecretPatchKeys
from ..keys.secrets import RemoteKey, SecretKeys, SecretStoreReference, SecretVersionKeys


class SecretsSettings(SecretPatchKeys, SecretVersionKeys, SecretKeys):
    """Where the server's secrets come from; their values never stand in a stack file in clear."""

    source: Literal["none", "existing", "external", "config"] = "none"
    """'existing' names a Secret, 'external' fills one through the External Secrets Operator, 'config' from
    the encrypted values of this file ('pulumi config set --secret --path')."""
    name: Label | None = None
    """Name of the Secret. Derived: the server's name with '-secrets'."""
    env: dict[EnvName, DataKey] = {}
    """Environment variable of the server to key of the Secret."""
    store: SecretStoreReference | None = None
    """Store to read from (source 'external')."""
    remote: dict[DataKey, RemoteKey] = {}
    """Key of the Secret to its place in the store (source 'external')."""

    @model_validator(mode="after")
    def _is_named_by_one(self) -> Self:
        if self.source == "config" and self.name is not None:
            raise ValueError(
                "a name is given with source 'config': leave name out, the engine names the Secret anew with every "
                "change, which restarts the pods"
            )
        return self
