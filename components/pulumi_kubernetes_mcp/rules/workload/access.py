"""Rules about what a server may do in the cluster that it runs in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Finding, Rule, Severity

WILDCARD = Rule(
    code="MCP141",
    slug="rights-to-everything",
    severity=Severity.WARNING,
    title="rights to everything in the cluster",
    meaning="""
        A rule of `kubernetesApi` has '*' among its groups, resources or verbs, or a verb that leads to all others
        ('escalate', 'bind', 'impersonate'), or the server gets the role 'cluster-admin'.
        """,
    why="""
        The tools of an MCP server do what a model asks for, and a model is told what to ask for by whatever text it
        reads. What the token may do, somebody else's text may do: every Secret of the cluster is one of the things
        behind '*'.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          kubernetesApi:
            clusterRules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
          egress: [{port: 443, cidrs: [10.96.0.1/32]}]
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          kubernetesApi:
            clusterRules: [{resources: [pods, pods/log], verbs: [get, list, watch]}]
          egress: [{port: 443, cidrs: [10.96.0.1/32]}]
        """,
)


NO_WAY = Rule(
    code="MCP142",
    slug="no-egress-to-api-server",
    severity=Severity.WARNING,
    title="rights in the cluster without a way to its API server",
    meaning="`kubernetesApi` is given, and nothing opens port 443 or 6443 for the server.",
    why="""
        The namespace is closed. Network policies see the address of the API server's endpoint, on most clusters at port
        6443 or 443: without an opening each call of the server ends in a timeout.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          kubernetesApi:
            rules: [{resources: [pods], verbs: [get, list]}]
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          kubernetesApi:
            rules: [{resources: [pods], verbs: [get, list]}]
          egress: [{port: 443, cidrs: [10.96.0.1/32]}, {port: 6443, cidrs: [10.0.0.0/28]}]
        """,
)
NO_RIGHT = Rule(
    code="MCP181",
    slug="token-without-rights",
    severity=Severity.WARNING,
    title="an API token without any right",
    meaning="`kubernetesApi` is given, and names neither rules, nor rules of the whole cluster, nor a role.",
    why="""
        The pod carries a token that whoever breaks into the server can use, and the server may do nothing with it but
        ask who it is: the API server answers every other call with 403. A right that somebody else gives the
        ServiceAccount is not seen here.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          kubernetesApi: {}
          egress: [{port: 443, cidrs: [10.96.0.1/32]}]
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          kubernetesApi:
            roles: [{name: view}]
          egress: [{port: 443, cidrs: [10.96.0.1/32]}]
        """,
)
_TO_ALL = frozenset({"*", "escalate", "bind", "impersonate"})
_API_PORTS = frozenset({443, 6443})


def rights_findings(
    rules: Mapping[str, Sequence[Mapping[str, Sequence[str]]]], *, roles: Sequence[tuple[str, str]]
) -> list[Finding]:
    """MCP141 for each rule with a wildcard; ``rules`` are paths of lists, ``roles`` pairs of a name and its path."""
    found = []
    for path, listed in rules.items():
        for index, rule in enumerate(listed):
            wide = sorted({word for key in ("api_groups", "resources", "verbs") for word in rule[key]} & _TO_ALL)
            if wide:
                words = " and ".join(f"'{word}'" for word in wide)
                found.append(
                    WILDCARD.at(
                        f"{path}[{index}]",
                        f"The rule has {words}, which is more than any tool needs.",
                        "Name the groups, resources and verbs that the tools of the server use.",
                    )
                )
    return found + [
        WILDCARD.at(path, f"The role '{name}' may do everything.", "Name a smaller role, such as 'view', or rules.")
        for name, path in roles
        if name == "cluster-admin"
    ]


def way_findings(*, wanted: bool, ports: Sequence[int], path: str) -> list[Finding]:
    """MCP142 if the server has rights in the cluster and no way to its API server."""
    if not wanted or _API_PORTS & {*ports}:
        return []
    return [
        NO_WAY.at(
            path,
            "The server gets a token, and may connect to no port of an API server.",
            "Open the way to it, such as {port: 443, cidrs: [10.96.0.1/32]}; 'kubectl get endpoints kubernetes' shows "
            "the addresses.",
        )
    ]


def no_right_findings(*, rights: int, path: str) -> list[Finding]:
    """MCP181 for a token with no right at all; ``rights`` is how many rules and roles there are."""
    if rights:
        return []
    return [
        NO_RIGHT.at(
            path,
            "The server gets an API token and no right, so that it may do nothing in the cluster.",
            "Give what its tools do as ⟦kubernetes_api.rules⟧, or a role such as 'view' in ⟦kubernetes_api.roles⟧; or "
            "leave it out: then there is no token. Accept it where somebody else gives the ServiceAccount its rights.",
        )
    ]


RULES = (WILDCARD, NO_WAY, NO_RIGHT)
