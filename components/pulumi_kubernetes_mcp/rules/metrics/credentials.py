"""Rules about the credentials with which KEDA reads Prometheus."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ...kubernetes.grammar import DATA_KEY
from ..model import Finding, Rule, Severity

LONGEST_NAME = 253
"""Characters of a name, and of a key of a Secret."""


_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


BAD_CREDENTIALS = Rule(
    code="MCP246",
    slug="unusable-credentials",
    severity=Severity.ERROR,
    title="credentials that KEDA cannot use",
    meaning="""
        `authentication` has both `bearer` and `basic`, no mode or one twice, not exactly one of `secret_name` and
        `existing_name`, a name that no object can have, or a key that no Secret can have.
        """,
    why="""
        KEDA sends one Authorization header, from a bearer token or from user and password; the keys come from one
        Secret, or from a TriggerAuthentication that exists. A name that no object can have is never found.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "authentication": {"modes": ["bearer", "basic"], "secret_name": "prometheus"},
            },
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "authentication": {"modes": ["bearer", "tls"], "secret_name": "prometheus"},
            },
        )
        """,
)


CLEAR_CREDENTIALS = Rule(
    code="MCP242",
    slug="credentials-over-http",
    severity=Severity.WARNING,
    title="credentials over plain HTTP",
    meaning="`authentication` has a token or a password, and `prometheus_address` begins with `http://`.",
    why="A bearer token or a password crosses the network in clear, with every read of the metric.",
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "http://prometheus.monitoring:9090",
                "authentication": {"modes": ["bearer"], "secret_name": "prometheus"},
            },
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "eras": ["legacy-stateful"],
                "prometheus_address": "https://prometheus.monitoring:9090",
                "authentication": {"modes": ["bearer"], "secret_name": "prometheus"},
            },
        )
        """,
)


def authentication_findings(
    *,
    modes: Collection[str],
    secret: bool,
    existing: bool,
    address: str | None,
    path: str,
    address_path: str,
    names: Mapping[str, str] | None = None,
    keys: Mapping[str, str] | None = None,
) -> list[Finding]:
    """MCP246 if KEDA cannot use the credentials, MCP242 if they cross the network in clear.

    ``address`` is ``None`` where it is not known yet.

    :param names: names of objects by argument, as far as they are known; ``keys`` are those of the Secret.
    """
    found = [
        BAD_CREDENTIALS.at(
            f"{path}.{argument}",
            f"'{name}' cannot be the name of an object.",
            "Use lower-case letters, digits, '-' and '.', which begin and end with a letter or digit.",
        )
        for argument, name in (names or {}).items()
        if not is_name(name)
    ]
    found += [
        BAD_CREDENTIALS.at(
            f"{path}.{argument}",
            "It cannot be the key of a Secret.",
            "Use letters, digits, '-', '_' and '.'.",
        )
        for argument, key in (keys or {}).items()
        if not DATA_KEY.takes(key)
    ]
    if len(set(modes)) < len(modes):
        found.append(BAD_CREDENTIALS.at(f"{path}.modes", "A mode is given twice.", "Keep each once."))
    if {"bearer", "basic"} <= set(modes):
        found.append(
            BAD_CREDENTIALS.at(
                f"{path}.modes",
                "Both 'bearer' and 'basic' are given, and there is one Authorization header.",
                "Keep one.",
            )
        )
    if not modes:
        found.append(BAD_CREDENTIALS.at(f"{path}.modes", "No mode is given.", "Give 'bearer', 'basic' or 'tls'."))
    if secret == existing:
        which = (
            "Both ⟦secret_name⟧ and ⟦existing_name⟧ are" if secret else "Neither ⟦secret_name⟧ nor ⟦existing_name⟧ is"
        )
        found.append(BAD_CREDENTIALS.at(path, f"{which} given.", "Give one of them."))
    if address is not None and address.startswith("http://") and set(modes) - {"tls"}:
        found.append(
            CLEAR_CREDENTIALS.at(
                address_path,
                "The address begins with http://, and credentials are sent to it.",
                "Reach Prometheus over https://, or accept this where a mesh encrypts what pods say.",
            )
        )
    return found


def is_name(text: str) -> bool:
    """Whether an object of Kubernetes can have this name: a DNS subdomain (RFC 1123)."""
    return len(text) <= LONGEST_NAME and _SUBDOMAIN.fullmatch(text) is not None


RULES = (
    BAD_CREDENTIALS,
    CLEAR_CREDENTIALS,
)
