"""What McpSecrets is made from: the rules applied to what a program says."""

from ..rules import secrets as rules
from ..rules.model import Finding
from .keys import SecretsKeys


def secrets_findings(keys: SecretsKeys) -> list[Finding]:
    """Every rule that the arguments can break."""
    return rules.secrets_findings(
        source=keys.source,
        has_store=keys.store_name is not None,
        env_keys={},
        remote_keys=[item.secret_key for item in keys.remote],
        value_keys=list(keys.values),
        path=lambda key: key,
    )
