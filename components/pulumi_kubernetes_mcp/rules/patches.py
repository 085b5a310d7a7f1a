"""Rules about patches: whether one hits something, says what Kubernetes knows, and leaves whole what others rely on."""

from __future__ import annotations

from collections.abc import Iterable

from .doors import marked
from .model import Finding, Rule, Severity

HITS_NOTHING = Rule(
    code="MCP170",
    slug="patch-hits-nothing",
    severity=Severity.ERROR,
    title="a patch of an object that is not made, or of a part that is not there",
    meaning="""
        `patches` names a kind, or a kind and a name, and the component makes no such object. `Pod` is the template of
        the pods. What a stack makes depends on it: there is no disruption budget for one pod, and no pooler without a
        database. Or a patch takes away an item of a list (`$patch: delete`) that none of its objects has, or consists
        of a `null` for a field that is not set.
        """,
    why="A patch that changes nothing looks like a change. It would be found when what it asks for is missing.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: StatefulSet
              patch: {spec: {podManagementPolicy: Parallel}}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: Deployment
              patch: {spec: {revisionHistoryLimit: 10}}
        """,
)

NOT_IN_THE_SCHEMA = Rule(
    code="MCP171",
    slug="patch-not-in-schema",
    severity=Severity.ERROR,
    title="a patch that the API of Kubernetes does not take",
    meaning="""
        A patch has a field that the kind does not have, a value of another type or one that the field does not take, a
        directive that is none, an item of a merged list without its key, fields that do not go together, such as an
        operator `Exists` with a value, or it leaves out what the API server demands. Of custom resources
        the pods of a Rollout are checked, as those of a Deployment: the schemas of the rest are the cluster's.
        """,
    why="""
        The API server drops a field that it does not know, with a warning that nobody reads, and refuses a wrong value
        in the middle of an update.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: Pod
              patch: {spec: {shareProcessNamespaces: true}}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: Pod
              patch: {spec: {shareProcessNamespace: true}}
        """,
)

RELIED_ON = Rule(
    code="MCP172",
    slug="patch-breaks-a-reference",
    severity=Severity.ERROR,
    title="a patch changes what others find an object by",
    meaning="""
        A patch changes a name, a namespace, a selector, a label that a selector asks for, the name of a container, the
        name or number of one of its ports, a port of the Service, or what an autoscaler or a policy refers to.
        """,
    why="""
        Service, policies, budget, autoscaler and route find the pods by these. One that is changed in one place only
        closes the server, without an error.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: Service
              patch: {spec: {selector: {app: orders}}}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: Pod
              patch: {metadata: {labels: {app: orders}}}
        """,
)

BELOW_RESTRICTED = Rule(
    code="MCP173",
    slug="pod-below-restricted",
    severity=Severity.WARNING,
    title='a pod is below the Pod Security Standard "restricted"',
    meaning="""
        After a patch, or in an item of `mcp:extraObjects`, a pod has what the level "restricted" does not allow:
        namespaces, directories or ports of the node, more rights than the process needs, a user that may be root. The
        namespace that it runs in may allow it; one that is known to refuse it is MCP174.
        """,
    why="An MCP server runs what a model asks for. What it can reach beyond its container is what an attack can reach.",
    fails="""
        McpService(
            "web",
            {
                "image": "ghcr.io/acme/mcp-server:1.4.2",
                "namespace": "tools",
                "patches": [{"kind": "Pod", "patch": {"spec": {"hostPID": True}}}],
            },
        )
        """,
    passes="""
        McpService(
            "web",
            {
                "image": "ghcr.io/acme/mcp-server:1.4.2",
                "namespace": "tools",
                "patches": [{"kind": "Pod", "patch": {"spec": {"hostUsers": False}}}],
            },
        )
        """,
)

REFUSED_BY_NAMESPACE = Rule(
    code="MCP174",
    slug="namespace-refuses-pod",
    severity=Severity.ERROR,
    title="the namespace refuses pods",
    meaning="""
        After a patch, or in an item of `mcp:extraObjects`, a pod has what the Pod Security level of its namespace does
        not allow. The namespace that a stack makes enforces "restricted"; a patch of the Namespace can lower that for
        everything in it.
        """,
    why="The workload is created, and none of its pods: the update waits for them until its time is over.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: Pod
              patch: {spec: {hostNetwork: true}}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: Pod
              patch: {spec: {hostUsers: false}}
        """,
)

HAS_A_KEY = Rule(
    code="MCP175",
    slug="patch-of-a-key",
    severity=Severity.ERROR,
    title="a patch of what has a key",
    meaning="""
        A patch changes what a key says and the plan counts with: the image of the server, its resources and ports, the
        number of pods, the drain, bounds of the autoscaler, the quota, timeouts and affinity of the edge, the settings
        of the pooler. Values of a Secret are among them: a patch stands in clear. CPU and memory of the server are
        read from a patch too, where the plan is made; one that takes them away is refused.
        """,
    why="""
        The plan, the quota, the connection budget and the rehearsal read the key. A patch beside it would leave all of
        them as they are printed, and the cluster with another number.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: Pod
              patch: {spec: {terminationGracePeriodSeconds: 300}}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          gracePeriodSeconds: 300
        """,
)

TWO_OF_ONE = Rule(
    code="MCP176",
    slug="patch-leaves-two-of-one",
    severity=Severity.ERROR,
    title="a patch gives a second of what there can be one of",
    meaning="""
        After a patch a map has two fields that exclude each other: two ways of a probe, `value` and `valueFrom` of a
        variable, two sources of a volume, `minAvailable` and `maxUnavailable`, `rollingUpdate` with the strategy
        `Recreate`.
        """,
    why="""
        A strategic merge patch adds to a map. What was there stays until it is removed, and the API server refuses both
        together.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
          patches:
            - kind: Pod
              patch: {spec: {containers: [{name: server, readinessProbe: {exec: {command: [/ready]}}}]}}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
          patches:
            - kind: Pod
              patch: {spec: {containers: [{name: server, readinessProbe: {exec: {command: [/ready]}, httpGet: null}}]}}
        """,
    note="`null` removes a field, and `$retainKeys` names those that stay.",
)


UNDOES = Rule(
    code="MCP158",
    slug="patch-undoes-metadata",
    severity=Severity.WARNING,
    title="a patch undoes a label or an annotation of the stack",
    meaning="""
        A patch changes or removes a label or an annotation that the stack itself puts on the object or on its pods: of
        a mesh, of a workload identity, of what the deployment waits for. The levels of Pod Security and the recommended
        labels, which only describe, are no finding.
        """,
    why="""
        Something reads it: without its label a pod is not in the mesh that the network policies are opened for, or gets
        no credentials. The settings still say that it is.
        """,
    fails="""
        mcp:region: {name: us-east, mesh: istio-ambient}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: Pod
              patch: {metadata: {labels: {istio.io/dataplane-mode: none}}}
        """,
    passes="""
        mcp:region: {name: us-east}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          patches:
            - kind: Pod
              patch: {metadata: {labels: {istio.io/dataplane-mode: none}}}
        """,
)


SAID_ALREADY = frozenset({RELIED_ON.code, TWO_OF_ONE.code})
"""Rules that say of a patch what the API server would say of it in its own words."""


def missing_findings(*, kind: str, name: str | None, made: Iterable[str], path: str) -> list[Finding]:
    """MCP170: nothing of this kind and name is made; ``made`` says what is."""
    what = kind if name is None else f"{kind} '{name}'"
    listed = ", ".join(made)
    there = f"There are {listed}." if listed else "Nothing is made that could be patched."
    return [HITS_NOTHING.at(path, f"No {what} is made here.", there)]


def vain_findings(*, problem: str, there: str, path: str) -> list[Finding]:
    """MCP170: something is taken away that is not there; ``there`` says what is."""
    return [HITS_NOTHING.at(path, problem, there)]


def schema_findings(path: str, problem: str, remedy: str) -> list[Finding]:
    """MCP171: what the API does not take, in the words of whoever found it."""
    return [NOT_IN_THE_SCHEMA.at(path, problem, remedy)]


def reference_findings(*, what: str, where: str, path: str) -> list[Finding]:
    """MCP172: ``what`` would change at ``where``."""
    return [RELIED_ON.at(path, f"It changes {where}, {what}.", "Leave it as it is; add to it what is missing.")]


def security_findings(
    *, where: str, problem: str, level: str, enforced: str | None, path: str, remedy: str = "Do without it"
) -> list[Finding]:
    """MCP173, or MCP174 where the namespace is known to enforce a level that refuses it.

    :param level: the weakest level that refuses it.
    :param enforced: the level that the namespace enforces and that refuses it; ``None`` if none does, or none is known.
    :param remedy: what meets the level, without the stop.
    """
    text = f"{where}: {problem} The level '{level}' refuses that"
    if enforced is None:
        return [BELOW_RESTRICTED.at(path, f"{text}.", f"{remedy}, or accept the finding with its reason.")]
    lower = "give the namespace another level: a patch of kind Namespace with pod-security.kubernetes.io/enforce"
    return [
        REFUSED_BY_NAMESPACE.at(path, f"{text}, and the namespace enforces '{enforced}'.", f"{remedy}, or {lower}.")
    ]


def decided_findings(*, where: str, key: str, path: str) -> list[Finding]:
    """MCP175: what ``where`` says has a key of its own."""
    return [HAS_A_KEY.at(path, f"{where} has a key, which the plan reads.", f"Set {marked(key)} instead.")]


def undone_findings(*, what: str, name: str, before: str, after: str | None, path: str) -> list[Finding]:
    """MCP158: a label or an annotation, ``what``, that the patch changes, or removes where ``after`` is ``None``."""
    now = "and the patch removes it" if after is None else f"and the patch makes it '{after}'"
    problem = f"{what} '{name}' is '{before}' by the settings of the stack, {now}."
    return [UNDOES.at(path, problem, "Take it out of the patch, or change the setting that it follows from.")]


def exclusive_findings(*, where: str, fields: Iterable[str], path: str) -> list[Finding]:
    """MCP176: fields that exclude each other."""
    listed = " and ".join(fields)
    return [TWO_OF_ONE.at(path, f"{where} would have {listed}.", "Remove one of them: write null for it in the patch.")]


RULES = (
    HITS_NOTHING,
    NOT_IN_THE_SCHEMA,
    RELIED_ON,
    BELOW_RESTRICTED,
    REFUSED_BY_NAMESPACE,
    HAS_A_KEY,
    TWO_OF_ONE,
    UNDOES,
)
