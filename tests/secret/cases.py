"""McpSecrets in the tests that look at every component: what it makes, and ways to use it."""

from __future__ import annotations

from tests.components.case import Case

CHILDREN = {
    "externalsecret": "kubernetes:external-secrets.io/v1:ExternalSecret",
    "id": "random:index/randomId:RandomId",
    "secret": "kubernetes:core/v1:Secret",
}
"""Children by what their names have behind the component's: a change needs an alias and a line in CHANGELOG.md."""

CASES = (
    Case("McpSecrets", "minimal", {"namespace": "qq-orders", "source": "existing"}),
    Case(
        "McpSecrets",
        "full",
        {
            "namespace": "qq-orders",
            "source": "external",
            "secret_name": "qq-orders-secrets",
            "patches": [
                {
                    "kind": "ExternalSecret",
                    "name": "qq-orders-secrets",
                    "patch": {"metadata": {"annotations": {"team": "orders"}}},
                }
            ],
            "store_name": "platform",
            "store_kind": "SecretStore",
            "remote": [
                {"secret_key": "token", "remote_key": "mcp/orders", "remote_property": "token"},
                {"secret_key": "whole", "remote_key": "mcp/whole"},
            ],
            "refresh_interval": "15m",
            "await_ready": True,
            "await_timeout_seconds": 120,
            "accept": {},
        },
        ("secret_name",),
    ),
    Case(
        "McpSecrets",
        "config",
        {"namespace": "qq-orders", "source": "config", "values": {"token": "qq-token", "password": "qq-password"}},
    ),
)
