"""Rules about further objects of a region: whether Kubernetes takes them, and whether they are made already."""

from __future__ import annotations

from .model import Finding, Rule, Severity

NOT_AN_OBJECT = Rule(
    code="MCP177",
    slug="extra-object-invalid",
    severity=Severity.ERROR,
    title="a further object that Kubernetes does not take",
    meaning="""
        An item of `mcp:extraObjects` has no `apiVersion`, `kind` or `metadata.name`, a name that Kubernetes refuses,
        another namespace than the region's, or, where the kind is one of Kubernetes' own, a version that no longer is,
        a field that it does not have, a value that the field does not take, fields that do not go together, or a
        required field left out. The specs of custom resources are the cluster's to check.
        """,
    why="The API server would refuse it in the middle of an update, or drop the field that it does not know.",
    fails="""
        mcp:extraObjects:
          - apiVersion: v1
            kind: ConfigMap
            metadata: {name: prompts}
            values: {greeting: hello}
        """,
    passes="""
        mcp:extraObjects:
          - apiVersion: v1
            kind: ConfigMap
            metadata: {name: prompts}
            data: {greeting: hello}
        """,
)

TWICE = Rule(
    code="MCP178",
    slug="extra-object-duplicate",
    severity=Severity.ERROR,
    title="a further object that is there already",
    meaning="""
        An item of `mcp:extraObjects` has the kind and the name of an object that the region makes, or of another item.
        """,
    why="Both would be one object of the cluster: each update would write it twice, and the last one would win.",
    fails="""
        mcp:extraObjects:
          - apiVersion: v1
            kind: ServiceAccount
            metadata: {name: mcp-server}
            imagePullSecrets: [{name: registry}]
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: ServiceAccount
              patch: {imagePullSecrets: [{name: registry}]}
        """,
)

CLEAR_SECRET = Rule(
    code="MCP179",
    slug="secret-in-extra-object",
    severity=Severity.ERROR,
    title="a further object is a Secret with its values in clear",
    meaning="""
        An item of `mcp:extraObjects` is a Secret with `data` or `stringData`. Base64 hides nothing. In a program a
        value that is an Output passes: the engine keeps a secret one encrypted.
        """,
    why="The stack file is in git, where everybody who may read it reads the values, now and in the history.",
    fails="""
        mcp:extraObjects:
          - apiVersion: v1
            kind: Secret
            metadata: {name: upstream}
            stringData: {token: an-example-of-a-token}
        """,
    passes="""
        mcp:extraObjects:
          - apiVersion: external-secrets.io/v1
            kind: ExternalSecret
            metadata: {name: upstream}
            spec:
              secretStoreRef: {name: vault, kind: ClusterSecretStore}
              data: [{secretKey: token, remoteRef: {key: mcp/upstream}}]
        """,
    note="`mcp:secrets` reads values from an existing Secret, from a store, or encrypted from this file.",
)


def form_findings(path: str, problem: str, remedy: str) -> list[Finding]:
    """MCP177: what is wrong with the object, in the words of whoever found it."""
    return [NOT_AN_OBJECT.at(path, problem, remedy)]


def duplicate_findings(*, kind: str, name: str, path: str, made: bool) -> list[Finding]:
    """MCP178: the region makes it, or another item is it."""
    who = "The region makes it" if made else "Another item is it"
    remedy = f"Patch it instead: patches of kind {kind}." if made else "Keep one of the two."
    return [TWICE.at(path, f"There is a {kind} '{name}' already. {who}.", remedy)]


def secret_findings(*, name: str, path: str) -> list[Finding]:
    """MCP179: the values of a Secret stand in clear."""
    remedy = "Take the values from a store, or encrypted from this file: see mcp:secrets."
    return [CLEAR_SECRET.at(path, f"The Secret '{name}' has its values here.", remedy)]


RULES = (NOT_AN_OBJECT, TWICE, CLEAR_SECRET)
