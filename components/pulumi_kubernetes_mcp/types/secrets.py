"""Arguments of McpSecrets.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

import pulumi

from .shared import PatchArgs

if TYPE_CHECKING:
    SecretsSource = Literal["existing", "external", "config"]
    SecretsStoreKind = Literal["SecretStore", "ClusterSecretStore"]
else:
    SecretsSource = str
    SecretsStoreKind = str


class RemoteKeyArgs(TypedDict):
    """One key of the Secret and its place in the external store."""

    secret_key: str
    """Key of the Secret."""
    remote_key: pulumi.Input[str]
    """Name of the entry in the store."""
    remote_property: NotRequired[pulumi.Input[str]]
    """Property of the entry, where the entry is an object. Left out: the whole entry."""


class McpSecretsArgs(TypedDict):
    """Arguments of McpSecrets."""

    namespace: pulumi.Input[str]
    """Namespace of the Secret; the workload's."""
    source: SecretsSource
    """'existing' names a Secret that is there, 'external' has the External Secrets Operator fill one, 'config' makes
    one from values that are Pulumi secrets."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Name of the Secret. Derived: the component's name; for 'config' with random digits that change with the values,
    so that a change is a new Secret and restarts the pods."""
    store_name: NotRequired[pulumi.Input[str]]
    """Name of the store (source 'external'). Default: none."""
    store_kind: NotRequired[SecretsStoreKind]
    """Kind of the store. Default: 'ClusterSecretStore'."""
    remote: NotRequired[list[RemoteKeyArgs]]
    """Keys to fetch (source 'external'). Default: none."""
    await_ready: NotRequired[bool]
    """Whether to wait until the Secret was filled (source 'external'). Default: true."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for it, in seconds. Default: 300."""
    refresh_interval: NotRequired[str]
    """How often the store is read, such as '1h' (source 'external'). Default: '1h'."""
    values: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Key to encrypted value (source 'config'). Default: none."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the ExternalSecret or the Secret, such as of its type or its labels. Values of a Secret are refused: a
    patch stands in clear. Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output, required
    Namespace of the Secret; the workload's.

source: 'existing' | 'external' | 'config', required
    'existing' names a Secret that is there, 'external' has the External Secrets Operator fill one,
    'config' makes one from values that are Pulumi secrets.

secret_name: str or Output
    Name of the Secret. Derived: the component's name; for 'config' with random digits that change
    with the values, so that a change is a new Secret and restarts the pods.

store_name: str or Output
    Name of the store (source 'external'). Default: none.

store_kind: 'SecretStore' | 'ClusterSecretStore'
    Kind of the store. Default: 'ClusterSecretStore'.

remote: list of group
    Keys to fetch (source 'external'). Default: none.

remote[].secret_key: str, required
    Key of the Secret.

remote[].remote_key: str or Output, required
    Name of the entry in the store.

remote[].remote_property: str or Output
    Property of the entry, where the entry is an object. Left out: the whole entry.

await_ready: bool
    Whether to wait until the Secret was filled (source 'external'). Default: true.

await_timeout_seconds: int
    How long to wait for it, in seconds. Default: 300.

refresh_interval: str
    How often the store is read, such as '1h' (source 'external'). Default: '1h'.

values: mapping of str to str or Output
    Key to encrypted value (source 'config'). Default: none.

accept: mapping of str to str
    Codes or names of warnings that are accepted, each with its reason. Default: none.

patches: list of group
    Patches of the ExternalSecret or the Secret, such as of its type or its labels. Values of a
    Secret are refused: a patch stands in clear. Default: none.

patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.
"""
"""What help() shows of the constructor."""
