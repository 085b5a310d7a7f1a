"""What a program may say to McpSecrets."""

from collections.abc import Iterator
from typing import Literal

from ..inputs.checked import repeated
from ..kubernetes.keys import AcceptKeys, AwaitSeconds
from ..settings.fields import DataKey, Group, Name, Namespace, Text, same
from ..settings.keys import secrets as shared
from ..settings.keys.patches import SecretPatchKeys
from ..settings.problems import Problem

Source = Literal["existing", "external", "config"]


class RemoteKey(Group):
    """One key of the Secret and its place in the external store."""

    secret_key: DataKey
    """Key of the Secret."""
    remote_key: Text = same(shared.RemoteKey, "key")
    remote_property: Text | None = same(shared.RemoteKey, "property")


class SecretsKeys(SecretPatchKeys, AcceptKeys, shared.SecretKeys):
    """Arguments of McpSecrets."""

    namespace: Namespace
    """Namespace of the Secret; the workload's."""
    source: Source
    """'existing' names a Secret that is there, 'external' has the External Secrets Operator fill one,
    'config' makes one from values that are Pulumi secrets."""
    secret_name: Name | None = None
    """Name of the Secret. Derived: the component's name; for 'config' with random digits that change with the values,
    so that a change is a new Secret and restarts the pods."""
    store_name: Name | None = same(shared.SecretStoreReference, "name", default=None)
    """Name of the store (source 'external')."""
    store_kind: shared.StoreKind = same(shared.SecretStoreReference, "kind")
    remote: list[RemoteKey] = []
    """Keys to fetch (source 'external')."""
    await_ready: bool = True
    """Whether to wait until the Secret was filled (source 'external')."""
    await_timeout_seconds: AwaitSeconds = 300
    """How long to wait for it, in seconds."""

    def contradictions(self) -> Iterator[Problem]:
        """What is wrong between keys that are right by themselves."""
        for key in repeated(item.secret_key for item in self.remote):
            yield Problem("remote", f"The key '{key}' is given twice.", "Keep one of the two.")
