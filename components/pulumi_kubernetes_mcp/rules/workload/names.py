"""Rules about names, namespaces, ports and the ways out of a namespace."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..model import Finding, Rule, Severity

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


NOT_A_LABEL = Rule(
    code="MCP108",
    slug="not-a-dns-label",
    severity=Severity.ERROR,
    title="a name that is not a DNS label",
    meaning="""
        The name of the server, of the namespace or of the region is not a DNS label: at most 63 lower-case letters,
        digits and `-`, beginning and ending with a letter or digit. A stack file refuses such a name when it is read; a
        program meets this finding. A server and a pooler have a Service of their name, which begins with a letter.
        Others are called after the server: with a pooler its name has 56 characters at most, a StatefulSet, which a
        claim per pod makes, has 52, and a Rollout of Argo Rollouts 55.
        """,
    why="Names of Services and namespaces become host names and label values; the API server refuses others.",
    fails="""
        McpService(
            "web",
            {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "mcp-prod", "server_name": "MCP_Server"},
        )
        """,
    passes="""
        McpService(
            "web",
            {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "mcp-prod", "server_name": "mcp-server"},
        )
        """,
)


LONGEST_LABEL = 63
"""Characters of a DNS label (RFC 1123)."""


OF_STATEFUL_SET = "a StatefulSet: its pods have a label of the name with a digest"


def name_findings(
    name: str,
    *,
    path: str,
    most: int = LONGEST_LABEL,
    ending: str = "",
    service: bool = False,
    short_for: str = OF_STATEFUL_SET,
) -> list[Finding]:
    """MCP108 unless ``name`` is a DNS label (RFC 1123): a name of a server, a namespace or a region.

    :param most: characters that it may have. Fewer than a label where others add to it.
    :param short_for: what a label is too long for, and why, where ``most`` is less than a label.
    :param ending: what was added to the name that ``path`` gives, such as '-pooler': the remedy is about that name.
    :param service: whether a Service has the name.
    """
    label = _LABEL.fullmatch(name) is not None
    if label and len(name) <= most and service and name[0].isdigit():
        problem = f"'{name}' begins with a digit, and the name of a Service begins with a letter."
        return [NOT_A_LABEL.at(path, problem, f"Begin it with a letter, such as 'mcp-{name.removesuffix(ending)}'.")]
    if label and len(name) <= most:
        return []
    room = most - len(ending)
    candidate = re.sub(r"[^a-z0-9]+", "-", name.removesuffix(ending).lower()).strip("-")[:room].strip("-")
    suggestion = f" '{candidate}' would do." if candidate else ""
    size = f" ({len(name)} characters)" if len(name) > most else ""
    problem = f"'{name}'{size} is not a DNS label."
    if label:
        problem = f"'{name}'{size} is too long for {short_for}."
    return [
        NOT_A_LABEL.at(
            path,
            problem,
            f"Use at most {room} lower-case letters, digits and '-', beginning and ending with a letter or digit."
            + suggestion,
        )
    ]


FOREIGN_NAMESPACE = Rule(
    code="MCP119",
    slug="foreign-namespace",
    severity=Severity.ERROR,
    title="a namespace that belongs to others",
    meaning="""
        `mcp:region.namespace` names a namespace of Kubernetes itself, or one that the stack file names as the edge's or
        the monitoring's.
        """,
    why="""
        The stack creates its namespace, closes it and puts a quota on it. In a namespace of the cluster, the edge or
        the monitoring this stops what runs there, and a destroy deletes it.
        """,
    fails="""
        mcp:region:
          name: us-east
          namespace: kube-system
        """,
    passes="""
        mcp:region:
          name: us-east
          namespace: orders
        """,
)


def namespace_findings(namespace: str, *, others: Collection[str], path: str, made: bool = True) -> list[Finding]:
    """MCP119 for a namespace of Kubernetes itself, or one of ``others``, which the stack names as theirs.

    :param made: whether the stack makes the namespace. One that exists may be shared, but for those of Kubernetes.
    """
    if not namespace.startswith("kube-") and not (made and (namespace == "default" or namespace in others)):
        return []
    return [
        FOREIGN_NAMESPACE.at(
            path,
            f"The namespace '{namespace}' is not for this stack alone.",
            "Leave it out, it is then derived; or give one that nothing else uses.",
        )
    ]


UNNAMED_NAMESPACE = Rule(
    code="MCP156",
    slug="existing-namespace-without-name",
    severity=Severity.ERROR,
    title="a namespace that exists and has no name",
    meaning="`mcp:region.createNamespace` is false, and `mcp:region.namespace` is left out.",
    why="""
        The name that is derived is that of a namespace which the stack makes. One that the platform has made has the
        platform's name; a guess would deploy into the wrong one, or into none.
        """,
    fails="""
        mcp:region: {name: us-east, createNamespace: false}
        """,
    passes="""
        mcp:region: {name: us-east, createNamespace: false, namespace: team-orders}
        """,
)


def existing_findings(*, named: bool, made: bool, path: str) -> list[Finding]:
    """MCP156 for a namespace that is not made and not named."""
    if made or named:
        return []
    problem = "The namespace is to exist, and nothing says which one it is."
    return [UNNAMED_NAMESPACE.at(path, problem, "Name it: mcp:region.namespace.")]


BAD_PORT = Rule(
    code="MCP109",
    slug="invalid-port",
    severity=Severity.ERROR,
    title="a port that does not exist",
    meaning="""
        A port is below 1 or above 65535. A stack file refuses it when it is read; a program meets this finding.
        """,
    why="Ports are 16-bit numbers; the API server refuses others.",
    fails='McpService("web", {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "mcp-prod", "port": 70000})',
    passes='McpService("web", {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "mcp-prod", "port": 8000})',
)


def port_findings(port: int, *, path: str) -> list[Finding]:
    """MCP109 unless ``port`` is in 1..65535."""
    if 1 <= port <= 65535:
        return []
    return [
        BAD_PORT.at(
            path,
            f"There is no port {port}.",
            "Give a number from 1 to 65535; servers without root use 1024 up.",
        )
    ]


NO_EGRESS = Rule(
    code="MCP118",
    slug="no-egress-to-identity-provider",
    severity=Severity.WARNING,
    title="authorization without a way to the identity provider",
    meaning="""
        `authorization` is true, and `egress` is empty: the server may connect to DNS and to the database, and to
        nothing else.
        """,
    why="""
        A resource server fetches the keys of its identity provider, or asks it about each token. The namespace is
        closed: without an opening every request with a token fails.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          authorization: true
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          authorization: true
          egress:
            - {port: 443, internet: true}
        """,
    note="""
        Whether an opening leads to the identity provider is not checked. Accept the warning where the keys are in the
        image.
        """,
)


def egress_findings(*, authorization: bool, destinations: int, path: str) -> list[Finding]:
    """MCP118 if tokens are checked and the server may connect to nothing that could vouch for them."""
    if not authorization or destinations:
        return []
    return [
        NO_EGRESS.at(
            path,
            "The server checks tokens, and may connect to nothing but DNS and the database.",
            "Add the identity provider, such as {port: 443, internet: true}; accept this warning if the keys are "
            "in the image.",
        )
    ]


RULES = (
    NOT_A_LABEL,
    FOREIGN_NAMESPACE,
    UNNAMED_NAMESPACE,
    BAD_PORT,
    NO_EGRESS,
)
