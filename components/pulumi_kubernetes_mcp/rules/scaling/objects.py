"""Rules about the autoscaler as an object: its name, and keys that nothing reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import unread
from ..model import Finding, Rule, Severity
from ..unread import Unread

SCALED_OBJECT_NAME_LENGTH = 54
"""63 characters of a label value less the nine of ``keda-hpa-``."""


LABEL_LENGTH = 63


SCALED_OBJECT_NAME = Rule(
    code="MCP204",
    slug="scaled-object-name-too-long",
    severity=Severity.ERROR,
    title="a name too long for a ScaledObject",
    meaning="KEDA scales the server, and its name has more than 54 characters.",
    why="""
        KEDA names its HorizontalPodAutoscaler 'keda-hpa-' and the name, and uses that as a label value of at most 63
        characters.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          name: customer-orders-and-returns-of-the-european-marketplace
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          name: customer-orders-europe
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
)


def scaled_object_name_findings(
    name: str | None, *, hpa_name: str | None = None, path: str, hpa_path: str = "hpa_name"
) -> list[Finding]:
    """MCP204 if ``name`` has more than 54 characters; with a name for the autoscaler each of them may have 63.

    ``name`` is ``None`` where it is not known yet.
    """
    longest = SCALED_OBJECT_NAME_LENGTH if hpa_name is None else LABEL_LENGTH
    found = []
    if name is not None and len(name) > longest:
        found.append(
            SCALED_OBJECT_NAME.at(
                path,
                f"'{name}' has {len(name)} characters; a ScaledObject may have {longest}.",
                f"Shorten it by {len(name) - longest}.",
            )
        )
    if hpa_name is not None and len(hpa_name) > LABEL_LENGTH:
        found.append(
            SCALED_OBJECT_NAME.at(
                hpa_path,
                f"'{hpa_name}' has {len(hpa_name)} characters; the name of an autoscaler may have {LABEL_LENGTH}.",
                f"Shorten it by {len(hpa_name) - LABEL_LENGTH}.",
            )
        )
    return found


UNREAD = Rule(
    code="MCP250",
    slug="unread-scaling-key",
    severity=Severity.WARNING,
    title="a key of the autoscaler that nothing reads",
    meaning="""
        `mcp:scaling` has a key that only an autoscaler reads, and `autoscaler` is `none`; or one that only KEDA reads,
        and a HorizontalPodAutoscaler scales the server; or one about a query, and KEDA asks Prometheus nothing; or
        `authentication` names a key that none of its modes needs; or `minAvailable` beside a minimum of one pod.
        What `mcp:defaults` or a group for several servers gives counts where one of them reads it.
        """,
    why="A schedule or a pace that is written down reads like a promise: somebody relies on it, and it never comes.",
    fails="""
        mcp:scaling:
          autoscaler: none
          replicas: 3
          scaleDown: {pods: 1, periodSeconds: 600}
        """,
    passes="""
        mcp:scaling:
          minReplicas: 3
          scaleDown: {pods: 1, periodSeconds: 600}
        """,
)


def unread_findings(given: Mapping[str, Any], *, why: str, instead: str, path: str = "") -> list[Finding]:
    """MCP250 for each key of the autoscaler that nothing reads, with its value. ``path`` stands before each key."""
    row = Unread(keys=tuple(given), why=why, instead=instead)
    return unread.unread_findings(UNREAD, [row], given, path=path)


RULES = (
    SCALED_OBJECT_NAME,
    UNREAD,
)
