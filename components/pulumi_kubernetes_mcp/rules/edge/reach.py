"""Rules about where the proxies are, and who else may connect: never guessed for what is not known."""

from __future__ import annotations

from collections.abc import Sequence

from ...edge.implementations import IMPLEMENTATIONS, Implementation, by_class, found_on
from ...edge.proxies import by_gateway_class
from ..model import Finding, Rule, Severity
from .controllers import keeps, named

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

ASSUMED_CLIENTS = Rule(
    code="MCP362",
    slug="edge-clients-assumed",
    severity=Severity.WARNING,
    title="proxies that are taken to run beside the Gateway",
    meaning="""
        `mcp:edge.kind` is `gateway`, and nothing says what serves the Gateway: neither `implementation` nor
        `clientNamespace` nor `clientCidrs` is given. The pods are opened to the namespace of the Gateway, where the
        Gateway API wants the proxies of a Gateway to run.
        """,
    why="""
        Not every implementation does so. Envoy Gateway's proxies run in `envoy-gateway-system`, Traefik's where it is
        installed, Cilium's and GKE's are no pods of a namespace. The policy then closes the pods to every request: all
        of them end in 502, 503 or a timeout, and no object says why. Nor is there a label that all proxies have:
        Envoy Gateway's do not have `gateway.networking.k8s.io/gateway-name`.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          gateway: {name: public, namespace: gateway-system}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          gateway: {name: public, namespace: gateway-system}
        """,
    note="""
        `mcp-stack doctor` reads from the cluster what serves the Gateway, and says what to write. By hand:
        `kubectl get gateway,gatewayclass -A` shows the class of the Gateway and the controller of the class.
        `clientNamespace` alone is right for an implementation that is not known here. Where several servers share
        `mcp:edge`, or several stacks the defaults in `Pulumi.yaml`, it is written once.
        """,
)


def assumed_findings(
    *,
    gateway: object,
    namespace: str,
    gateway_class: str | None,
    kept: str | None = None,
    platform: str | None = None,
) -> list[Finding]:
    """MCP362 for a Gateway whose proxies are taken to run beside it.

    :param gateway: its name.
    :param namespace: its namespace.
    :param gateway_class: its class, where the stack makes it.
    :param kept: the affinity that has to be kept, so that nothing is named which does not; ``auto`` is the one that
        each has by itself. Without sessions in more than one pod there is none.
    :param platform: the kind of cluster: what only others have is not named.
    """
    return [
        ASSUMED_CLIENTS.at(
            "implementation",
            f"Nothing says what serves the Gateway '{gateway}': the pods are open to the namespace '{namespace}' "
            "alone, as if its proxies ran beside it. Those of Envoy Gateway, Traefik, Cilium and GKE do not.",
            _who_serves(namespace, gateway_class, kept, platform),
        )
    ]


def _who_serves(namespace: str, gateway_class: str | None, kept: str | None, platform: str | None) -> str:
    """What to say of a Gateway, where nothing says what serves it: only what can be named without another finding."""
    known = by_gateway_class(gateway_class)
    row = None if known is None else IMPLEMENTATIONS[known]
    if row is None or not keeps(row, kept):
        which = named([one for one in found_on(platform) if one.gateway_controllers and keeps(one, kept)])
    else:
        which = f"by its class '{gateway_class}': {named([row])}"
    if row is not None and not keeps(row, kept):
        return (
            f"'{known}', whose class '{gateway_class}' is, keeps no client on its pod: use the class of one that does, "
            f"and name it ({which})."
        )
    beside = row is None or row.pods
    place = f", or set ⟦client_namespace⟧ to '{namespace}' if they do run there" if beside else ""
    return f"Name what serves it ({which}){place}."


_USUAL = {
    "webapprouting.kubernetes.azure.com": "'app-routing-system' for the add-on of AKS",
    "traefik": "'kube-system' for the one that k3s brings along",
}
"""IngressClass or implementation to where its proxies run as its platform installs it (AKS, application routing
add-on; docs.k3s.io, networking services)."""


def _usual(name: str | None) -> str:
    return f"{_USUAL[name]}: " if name in _USUAL else ""


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
        remedy = f"Give ⟦client_namespace⟧, {_usual(ingress_class)}the namespace that they run in, or ⟦client_cidrs⟧."
    else:
        problem = f"The proxies of '{row.name}' have no namespace of their own: theirs is not known."
        usual = _usual(row.name)
        remedy = f"Give ⟦client_namespace⟧, {usual}the namespace that they run in, or ⟦client_cidrs⟧."
    return [UNKNOWN_CLIENTS.at("client_namespace", problem, remedy)]


def unknown_solver(*, row: Implementation, ingress_class: str | None) -> list[Finding]:
    """MCP315 for the solver of a certificate: its pod is opened to proxies by their namespace alone."""
    name = f"'{row.name}'" if ingress_class is None else f"the IngressClass '{ingress_class}'"
    return [
        UNKNOWN_CLIENTS.at(
            "client_namespace",
            f"cert-manager is asked for the certificate, and its solver has to be open to the proxies of {name}, whose "
            "namespace is not known.",
            "Give ⟦client_namespace⟧, the namespace that they run in; or leave ⟦cluster_issuer⟧ out and name a Secret "
            "that is filled in another way (⟦tls_secret⟧).",
        )
    ]


RULES = (UNKNOWN_CLIENTS, ASSUMED_CLIENTS)
