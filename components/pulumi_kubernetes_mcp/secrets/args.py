"""What McpSecrets is made from: the rules applied to what a program says."""

from collections.abc import Mapping

import pulumi

from ..kubernetes.made import Made
from ..kubernetes.patches import patched
from ..rules import secrets as rules
from ..rules.model import Finding
from ..rules.unread import Unread, unread_findings
from ..settings.fields import given
from . import objects as made
from .keys import SecretsKeys

OF_A_STORE = ("store_name", "store_kind", "refresh_interval")
"""Arguments about the store that a Secret is filled from."""


def secrets_findings(keys: SecretsKeys) -> list[Finding]:
    """Every rule that the arguments can break."""
    found = rules.secrets_findings(
        source=keys.source,
        has_store=keys.store_name is not None,
        env_keys={},
        remote_keys=[item.secret_key for item in keys.remote],
        value_keys=list(keys.values),
        path=lambda key: key,
    )
    if keys.source != "external":
        row = Unread(keys=OF_A_STORE, why=f"the ⟦source⟧ is '{keys.source}'", instead="set ⟦source⟧ to 'external'")
        found += unread_findings(rules.UNUSED_SECRETS, [row], given(keys))
    return found + patch_findings(keys)


def patch_findings(keys: SecretsKeys) -> list[Finding]:
    """What is wrong with the patches. Whatever a Secret holds has no part in it."""
    if not keys.patches:
        return []
    return patched_objects("", keys, keys.secret_name or "", dict.fromkeys(keys.values, ""))[1]


def patched_objects(
    name: str, keys: SecretsKeys, wanted: pulumi.Input[str], values: Mapping[str, pulumi.Input[str]]
) -> tuple[dict[str, Made], list[Finding]]:
    """What is registered, each object by the suffix of its resource, and what is wrong with its patches."""
    return patched(made.secret_objects(name, keys, wanted, values), keys.patches, decided=made.DECIDED)
