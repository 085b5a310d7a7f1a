"""Rules about workload identity: what a pod needs to get the credentials that its ServiceAccount is for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from ..platforms import IDENTITIES, PLATFORMS
from .model import Finding, Rule, Severity
from .words import listed, quoted

OUT_OF_REACH = Rule(
    code="MCP153",
    slug="identity-out-of-reach",
    severity=Severity.WARNING,
    title="workload identity without a way to the cloud",
    meaning="""
        The ServiceAccount asks for an identity whose token is changed for credentials at the cloud itself (IAM roles
        for service accounts of AWS at STS, workload identity of Azure at Entra ID), and no entry of `mcp:server.egress`
        opens port 443 to addresses.
        """,
    why="""
        The namespace is closed: the token is in the pod, and every call that needs credentials waits for a connection
        that is dropped.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          serviceAccountAnnotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/reader"}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          serviceAccountAnnotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/reader"}
          egress:
            - {port: 443, internet: true}
        """,
    note="""
        Credentials that come from the node (`gke`, `eks-pod-identity`) need no entry: their opening comes with the
        identity. A private endpoint of the cloud is an entry with its ranges.
        """,
)

OTHER_PLATFORM = Rule(
    code="MCP154",
    slug="identity-of-another-platform",
    severity=Severity.WARNING,
    title="a workload identity that the platform does not know",
    meaning="""
        `mcp:server.workloadIdentity`, or the annotation that it is derived from, belongs to another cloud than
        `mcp:region.platform`.
        """,
    why="Nothing there reads the annotation, so the pod has no credentials, and says so only when a tool is called.",
    fails="""
        mcp:region: {name: us-east, platform: eks}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          serviceAccountAnnotations: {iam.gke.io/gcp-service-account: reader@acme.iam.gserviceaccount.com}
        """,
    passes="""
        mcp:region: {name: us-east, platform: gke}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          serviceAccountAnnotations: {iam.gke.io/gcp-service-account: reader@acme.iam.gserviceaccount.com}
        """,
    note="Accept the warning where the identity of another cloud is federated into this cluster.",
)

NO_ANNOTATION = Rule(
    code="MCP155",
    slug="identity-without-annotation",
    severity=Severity.ERROR,
    title="a workload identity without the annotation that says whose",
    meaning="""
        `mcp:server.workloadIdentity` is `irsa`, and `mcp:server.serviceAccountAnnotations` names no role; or it is
        `azure`, and neither the annotation nor the variable AZURE_CLIENT_ID names a client. Or the annotation of an
        identity is there, and its value has not the form of one: an account of Google Cloud by its address, an ARN of a
        role, the ID of a client.
        """,
    why="The webhook of the cloud puts a token into the pod only for a ServiceAccount that says whose identity it has.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          workloadIdentity: irsa
          egress:
            - {port: 443, internet: true}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          workloadIdentity: irsa
          serviceAccountAnnotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/reader"}
          egress:
            - {port: 443, internet: true}
        """,
)

SEVERAL = Rule(
    code="MCP162",
    slug="identities-of-several-clouds",
    severity=Severity.WARNING,
    title="a ServiceAccount with identities of several clouds",
    meaning="""
        `mcp:server.serviceAccountAnnotations` holds the annotation of more than one workload identity, and
        `mcp:server.workloadIdentity` does not say which is meant.
        """,
    why="""
        Labels and openings are those of one identity. The pods get no credentials of the other cloud: its token is not
        put into them, or the way to it is closed.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          serviceAccountAnnotations:
            iam.gke.io/gcp-service-account: reader@acme.iam.gserviceaccount.com
            eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/reader"
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          workloadIdentity: gke
          serviceAccountAnnotations:
            iam.gke.io/gcp-service-account: reader@acme.iam.gserviceaccount.com
            eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/reader"
        """,
    note="Where pods need both, name one and add the label and the openings of the other (`podLabels`, `egress`).",
)

EXCHANGE_PORT = 443
_BY_VARIABLE = {"azure": "AZURE_CLIENT_ID"}


def identity_findings(
    identity: str,
    *,
    platform: str,
    annotations: Mapping[str, object],
    variables: Collection[str],
    outside_ports: Iterable[int],
    path: str,
    identity_path: str,
    egress_path: str,
    chosen: bool,
) -> list[Finding]:
    """What stands between a pod and the credentials of its identity.

    :param outside_ports: ports that are open to addresses.
    :param path: place of the annotations.
    :param chosen: whether the identity was given by its name, not taken from the annotations.
    """
    known = IDENTITIES.get(identity)
    if known is None:
        return []
    found = [] if chosen else _several_findings(identity, annotations, path)
    said = annotations.get(known.annotation) if known.annotation is not None else None
    if isinstance(said, str) and not re.fullmatch(known.form, said):
        problem = f"{known.annotation} is {quoted(said)}, which names nobody to the cloud."
        found.append(NO_ANNOTATION.at(path, problem, f"Write it as '{known.example}'."))
    annotated = known.annotation is None or known.annotation in annotations
    if known.exchanges_outside and not annotated and _BY_VARIABLE.get(identity) not in variables:
        problem = f"The identity '{identity}' has no annotation {known.annotation}."
        found.append(NO_ANNOTATION.at(identity_path, problem, "Add it to the annotations of the ServiceAccount."))
    place = path if known.annotation in annotations else identity_path
    if identity not in PLATFORMS[platform].identities:
        there = PLATFORMS[platform].identities
        remedy = f"Use {listed(list(there))}, or name another platform." if there else "Name another platform."
        found.append(OTHER_PLATFORM.at(place, f"The identity '{identity}' is none of '{platform}'.", remedy))
    elif known.exchanges_outside and EXCHANGE_PORT not in set(outside_ports):
        problem = f"The identity '{identity}' gets its credentials from the cloud at port 443, which is closed."
        remedy = "Add {port: 443, internet: true}, or the ranges of the private endpoint."
        found.append(OUT_OF_REACH.at(egress_path, problem, remedy))
    return found


def _several_findings(identity: str, annotations: Mapping[str, object], path: str) -> list[Finding]:
    present = [name for name, one in IDENTITIES.items() if one.annotation in annotations]
    if len(present) < 2:
        return []
    problem = f"There are annotations of {listed(present)}; the labels and openings are those of '{identity}'."
    return [SEVERAL.at(path, problem, "Name the one that is meant by ⟦workload_identity⟧, or leave the other out.")]


RULES = (OUT_OF_REACH, OTHER_PLATFORM, NO_ANNOTATION, SEVERAL)
"""The rules of this subject, in the order of their codes."""
