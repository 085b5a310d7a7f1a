"""Rules about TLS at the edge: towards clients, and towards pods that speak it themselves."""

from __future__ import annotations

from collections.abc import Sequence

from ...edge.implementations import Implementation
from ..model import Finding, Rule, Severity
from ..words import listed

TWO_REQUESTERS = Rule(
    code="MCP313",
    slug="certificate-requested-twice",
    severity=Severity.WARNING,
    title="several servers ask for one certificate",
    meaning="""
        The Ingresses of two servers have `clusterIssuer`, and either one host, so that each asks for a certificate of
        that host, or one Secret under `tlsSecret`, which can hold the certificate of one of them; the Gateways or the
        listeners of two servers name one such Secret.
        """,
    why="""
        cert-manager makes a Certificate for each Ingress that asks. Two for one host use up the limit of the issuer,
        which is five of the same names a week at the usual one. Of two that ask for one Secret the first owns it: the
        other one's hosts are not in the certificate, and when the owner goes the Secret is made anew.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
          clusterIssuer: letsencrypt
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
          tlsSecret: mcp-example-com-tls
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
            edge: {clusterIssuer: letsencrypt}
          billing:
            server: {path: /billing/mcp}
        """,
    note="Every Ingress of the host may name the Secret; one of them asks for it.",
)


NOT_READ = Rule(
    code="MCP320",
    slug="certificate-not-read",
    severity=Severity.WARNING,
    title="a certificate that nobody reads",
    meaning="""
        `tlsSecret` or `clusterIssuer` is given, and the edge has its certificate elsewhere: at the listener of a
        Gateway, in the load balancer, or, for an OpenShift Route, in the router.
        """,
    why="The edge would show another certificate than the stack file says.",
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          tlsSecret: orders-tls
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
          tlsSecret: orders-tls
        """,
)


BACKEND_TLS = Rule(
    code="MCP321",
    slug="backend-tls-not-told",
    severity=Severity.ERROR,
    title="the edge is not told how to speak TLS with the pods",
    meaning="""
        `server.servesTls` says that the pods speak TLS, and the edge would speak plain HTTP with them: a Gateway needs
        `edge.backendTls` with the name in their certificate, and some implementations cannot be told at all. An nginx
        that is given an authority needs the name too: it looks for its own otherwise, and answers 502. Or
        `edge.backendTls` is given for pods that do not, or names the authority in an object that the implementation
        does not read.
        """,
    why="A plain request to a port that speaks TLS is answered with 400, and one with TLS to a plain port with 502.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          servesTls: true
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          servesTls: true
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          backendTls: {hostname: orders.internal.example.com, caConfigMap: internal-ca}
        """,
)


NOT_VERIFIED = Rule(
    code="MCP322",
    slug="backend-certificate-not-verified",
    severity=Severity.WARNING,
    title="nobody verifies the certificate of the pods",
    meaning="""
        The pods speak TLS, and the controller of the Ingress is given no authority to check their certificate with
        (`edge.backendTls.caSecret`), or cannot check it at all.
        """,
    why="Whoever answers at the address of a pod is believed: the connection is hidden, and not safe.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          servesTls: true
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          servesTls: true
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
          backendTls: {hostname: orders.internal.example.com, caSecret: internal-ca}
        """,
)


CHECKED_AT_ROOT = Rule(
    code="MCP323",
    slug="load-balancer-checks-root",
    severity=Severity.WARNING,
    title="the load balancer checks the pods at the root path",
    meaning="""
        An Application Load Balancer checks each pod itself, and neither `healthPath` nor an annotation says where.
        """,
    why="Without a path it asks '/', which an MCP server answers with 404: no pod is ever healthy to it.",
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: alb
          clientCidrs: [10.0.0.0/16]
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: alb
          clientCidrs: [10.0.0.0/16]
        """,
)


TRANSPORT_NAME = Rule(
    code="MCP352",
    slug="transport-of-another-name",
    severity=Severity.WARNING,
    title="Traefik may know the transport to the pods by another name",
    meaning="""
        The pods speak TLS, and an Ingress of Traefik leads to them. How to speak with them is in a ServersTransport,
        and the annotation that names it has the name which Traefik's provider of custom resources makes:
        `<namespace>-<name>@kubernetescrd`.
        """,
    why="""
        With the provider's option `safeNaming`, off unless it is set, the name is `<namespace>_<name>@kubernetescrd`,
        and where `crossProviderNamespaces` is given without the namespace, or the provider is off, no name is found.
        Traefik then has no way to the pods and answers 500.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          servesTls: true
          idleConnectionSeconds: 120
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: traefik
          clientNamespace: traefik
          backendTls: {hostname: orders.internal.example.com, caSecret: internal-ca}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          servesTls: true
          idleConnectionSeconds: 120
        mcp:edge:
          host: mcp.example.com
          implementation: traefik
          clientNamespace: traefik
          backendTls: {hostname: orders.internal.example.com, caConfigMap: internal-ca}
        """,
    note="With `safeNaming` a patch of the Service `<server>-edge` gives the annotation the other name.",
)


ONE_OF_TWO = Rule(
    code="MCP364",
    slug="istio-takes-one-policy",
    severity=Severity.WARNING,
    title="an Istio that takes one of two policies of a Service",
    meaning="""
        `implementation` is 'istio' and the pods speak TLS: a BackendTLSPolicy says how, and a DestinationRule of the
        same Service has affinity, idle connections and the ejection of dead pods.
        """,
    why="""
        Istio makes a DestinationRule of a BackendTLSPolicy. Up to 1.30 it takes the settings of the older of the two
        whole, and drops the other's without a word: either the proxies speak plain HTTP to pods that speak TLS, and
        every call fails, or sessions lose their pods. What came after joins them.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          servesTls: true
        mcp:edge:
          host: mcp.example.com
          implementation: istio
          backendTls: {hostname: orders.internal, caConfigMap: pods-ca}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
        mcp:edge:
          host: mcp.example.com
          implementation: istio
        """,
    note="""
        istio/istio #60358 has the fault, #60432 the change, of June 2026. A mesh that encrypts needs no TLS of the
        server's own.
        """,
)


def requester_findings(*, what: str, servers: Sequence[str], path: str) -> list[Finding]:
    """MCP313 for several servers that ask for the certificate of one host, or for one Secret.

    :param what: the host or the Secret, in words.
    """
    if len(servers) < 2:
        return []
    names = listed([f"'{name}'" for name in servers], most=8)
    problem = f"{names} each ask for a certificate {what}."
    remedy = "Give clusterIssuer to one of them alone; where they have one host, give all of them one tlsSecret."
    return [TWO_REQUESTERS.at(path, problem, remedy)]


def certificate_findings(*, row: Implementation, kind: str, given: Sequence[str], own: bool = False) -> list[Finding]:
    """MCP320 for each argument in ``given`` that names a certificate which the edge does not read.

    :param own: whether the listener is made here.
    """
    if (kind == "ingress" and not row.own_certificates) or (kind == "gateway" and own):
        return []
    places = {"gateway": "at the listener of the Gateway", "ingress": "in the load balancer", "route": "in the router"}
    return [
        NOT_READ.at(
            argument,
            f"The certificate of ⟦kind⟧ '{kind}' of '{row.name}' is {places.get(kind, 'elsewhere')}.",
            "Leave it out.",
        )
        for argument in given
    ]


def backend_tls_findings(
    *,
    row: Implementation,
    kind: str,
    tls: bool,
    given: bool,
    named: bool,
    ca_config_map: bool,
    ca_secret: bool,
    path: str,
) -> list[Finding]:
    """MCP321, MCP322, MCP352 and MCP364: whether the edge speaks with the pods as they do, and checks who answers.

    :param tls: whether the pods speak TLS.
    :param given: whether the edge is told anything of their certificate: ``named`` its name, and where its authority
        is.
    """
    if not tls:
        problem = "It says what certificate the pods show, and they speak no TLS."
        return [BACKEND_TLS.at(path, problem, "Set ⟦serves_tls⟧ to true, or leave it out.")] if given else []
    if row.backend_tls is None:
        problem = f"The pods speak TLS, and '{row.name}' cannot be told so by an object of the route."
        return [BACKEND_TLS.at(path, problem, "Use another implementation, or let the server speak plain HTTP.")]
    if not named and (row.backend_tls in ("policy", "transport") or (ca_secret and row.unnamed is None)):
        problem = f"The pods speak TLS, and '{row.name}' needs to know the name in their certificate."
        holder = "ca_config_map" if row.authority == "ConfigMap" else "ca_secret"
        remedy = f"Give its ⟦hostname⟧, and ⟦{holder}⟧ unless a public authority signed it."
        return [BACKEND_TLS.at(path, problem, remedy)]
    authority = row.authority
    for key, has, kind_of in (("ca_config_map", ca_config_map, "ConfigMap"), ("ca_secret", ca_secret, "Secret")):
        if has and authority != kind_of:
            readable = "none" if authority is None else f"one from a {authority}"
            problem = f"'{row.name}' reads no authority from a {kind_of} by ⟦kind⟧ '{kind}'; it reads {readable}."
            return [BACKEND_TLS.at(f"{path}.{key}", problem, "Leave it out, or name the object that it reads.")]
    if row.backend_tls == "annotations" and not ca_secret:
        can = "" if authority is not None else ", which cannot verify it"
        problem = f"The pods speak TLS, and nothing tells '{row.name}'{can} which authority signed their certificate."
        remedy = (
            "Give ⟦ca_secret⟧, a Secret with the authority."
            if authority is not None
            else "Accept this warning if the way to the pods is private."
        )
        return [NOT_VERIFIED.at(path, problem, remedy)]
    if row.backend_tls == "policy" and "DestinationRule" in row.policies:
        problem = f"Of BackendTLSPolicy and DestinationRule of a Service '{row.name}' up to 1.30 takes the older alone."
        remedy = "Run Istio 1.31 or newer, and accept this warning; or let the mesh encrypt, and the server speak HTTP."
        return [ONE_OF_TWO.at(path, problem, remedy)]
    if row.backend_tls == "transport":
        problem = f"'{row.name}' is told of TLS to the pods by the name that its option safeNaming changes."
        remedy = (
            "Accept this where safeNaming is off, its default; or set ⟦kind⟧ to 'gateway', which needs no such name."
        )
        return [TRANSPORT_NAME.at(path, problem, remedy)]
    return []


def health_check_findings(*, row: Implementation, health_path: bool, annotated: bool, path: str) -> list[Finding]:
    """MCP323 if a load balancer that asks '/' otherwise is not told where to ask."""
    if row.name != "alb" or health_path or annotated:
        return []
    return [
        CHECKED_AT_ROOT.at(
            path,
            f"'{row.name}' checks the pods at '/', where no MCP server answers 200.",
            "Give the route of the readiness probe.",
        )
    ]


RULES = (
    TWO_REQUESTERS,
    NOT_READ,
    BACKEND_TLS,
    NOT_VERIFIED,
    CHECKED_AT_ROOT,
    TRANSPORT_NAME,
    ONE_OF_TWO,
)
