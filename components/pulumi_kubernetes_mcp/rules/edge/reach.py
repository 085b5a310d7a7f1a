"""Rules about where the proxies are, and who else may connect: never guessed for what is not known."""

from __future__ import annotations

from collections.abc import Sequence

from ...edge.implementations import Implementation, by_class
from ..model import Finding, Rule, Severity

UNKNOWN_CLIENTS = Rule(
    code="MCP315",
    slug="edge-clients-unknown",
    severity=Severity.ERROR,
    title="nobody knows where the proxies are",
    meaning="""
        The pods are closed to everybody but the proxies of the edge, and where these are is not known: the controller
        is none that has a namespace of its own, the IngressClass is not its usual one, or its proxies are no pods and
        no address range is given. With `kind: none` the workloads that use the server are not named.
        """,
    why="""
        A policy that opens another namespace closes the pods to every request: all of them end in 502 or 503, and no
        object says why.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: traefik
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: traefik
          clientNamespace: traefik
        """,
)


def reach_findings(
    *,
    row: Implementation,
    kind: str,
    ingress_class: str | None,
    namespace: str | None,
    cidrs: Sequence[str],
    others: bool = False,
) -> list[Finding]:
    """MCP315 if no opening lets the edge connect to the pods.

    :param namespace: that of the proxies, as far as it is known.
    :param others: whether workloads are let in that are no proxies; all that a server without an edge needs.
    """
    if namespace is not None or cidrs or row.opened_by_policy or (others and kind == "none"):
        return []
    return unknown_namespace(row=row, kind=kind, ingress_class=ingress_class)


def unknown_namespace(*, row: Implementation, kind: str, ingress_class: str | None) -> list[Finding]:
    """MCP315 in the words that fit what is known of the edge."""
    if kind == "none":
        return [
            UNKNOWN_CLIENTS.at(
                "client_namespace",
                "⟦kind⟧ is 'none', and nobody is named who may connect.",
                "Give ⟦client_namespace⟧, the namespace of the workloads that use the server, or ingress of the "
                "server.",
            )
        ]
    if not row.pods:
        return [
            UNKNOWN_CLIENTS.at(
                "client_cidrs",
                f"The load balancer of '{row.name}' is no pod, and the pods are open to no address.",
                "Give ⟦client_cidrs⟧, the address ranges that it connects from, such as those of its subnets.",
            )
        ]
    known = by_class(ingress_class)
    if row.name == "other" and known is not None:
        problem = f"'{ingress_class}' is the class of '{known.name}', and ⟦implementation⟧ is 'other'."
        remedy = f"Set ⟦implementation⟧ to '{known.name}', or give ⟦client_namespace⟧ or ⟦client_cidrs⟧."
    elif row.namespace is not None:
        problem = (
            f"The IngressClass '{ingress_class}' is not that of '{row.name}': its proxies may run in any namespace."
        )
        if ingress_class is None:
            problem = (
                f"⟦ingress_class⟧ comes later and may be another one than that of '{row.name}': where its proxies run "
                "is not known."
            )
        remedy = "Give ⟦client_namespace⟧, the namespace that they run in, or ⟦client_cidrs⟧."
    else:
        problem = f"The proxies of '{row.name}' have no namespace of their own: theirs is not known."
        remedy = "Give ⟦client_namespace⟧, the namespace that they run in, or ⟦client_cidrs⟧."
    return [UNKNOWN_CLIENTS.at("client_namespace", problem, remedy)]


RULES = (UNKNOWN_CLIENTS,)
