"""Rules about what the pods are called, how they are replaced, and what their process may do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ...kubernetes.mesh import ASKED_BY_LABEL as ASKING
from ...kubernetes.mesh import OTHER_MESHES
from ..model import Finding, Rule, Severity

RESERVED = Rule(
    code="MCP123",
    slug="reserved-label",
    severity=Severity.ERROR,
    title="a label or an annotation that belongs to the stack",
    meaning="""
        `labels`, `podLabels`, `annotations` or `podAnnotations` give a name that the stack or Kubernetes itself writes:
        `app.kubernetes.io/name`, `component`, `part-of`, `managed-by` and `version`, `pod-template-hash`, or what
        begins with `kubernetes-mcp/`.
        """,
    why="""
        The selectors of the Deployment, the Service, the disruption budget and the network policies find the pods by
        the first two. Pods with another value are found by none of them, and the API server refuses such a Deployment.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          podLabels: {app.kubernetes.io/name: orders}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          podLabels: {example.com/team: orders}
        """,
)
_LABELS = frozenset(
    {f"app.kubernetes.io/{name}" for name in ("name", "component", "part-of", "managed-by", "version")}
    | {"pod-template-hash", "controller-revision-hash"}
)
_OWN = "kubernetes-mcp/"


def label_findings(given: Mapping[str, Iterable[str]]) -> list[Finding]:
    """MCP123 for each reserved name; ``given`` is the path of each map to its names."""
    return [
        RESERVED.at(
            path,
            f"'{name}' is written by the stack itself.",
            "Give a name of your own, with your domain before it, such as 'example.com/team'.",
        )
        for path, names in given.items()
        for name in names
        if name in _LABELS or name.startswith(_OWN)
    ]


WRITABLE_ROOT = Rule(
    code="MCP140",
    slug="writable-root",
    severity=Severity.WARNING,
    title="the root file system of the container is writable",
    meaning="`writableRoot` is true.",
    why="""
        Who breaks into a server that can write to its own image replaces its code until the next restart. What the
        server writes there is in no size limit of its own: it fills the ephemeral storage of the container until the
        pod is evicted.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writableRoot: true
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp, /app/cache]
        """,
    note="""
        Pod Security "restricted" allows it. Accept the warning for an image that writes all over its file system, and
        say which places.
        """,
)


def root_findings(*, writable: bool, path: str) -> list[Finding]:
    """MCP140 where the root file system is writable."""
    if not writable:
        return []
    return [
        WRITABLE_ROOT.at(
            path,
            "The server may write to the whole file system of its image.",
            "List the directories that it writes to as ⟦writable_paths⟧; accept this warning if nobody knows them.",
        )
    ]


SIDECAR_NEEDS_ROOT = Rule(
    code="MCP187",
    slug="mesh-needs-node-agent",
    severity=Severity.WARNING,
    title="a namespace that refuses the init container of a mesh",
    meaning="""
        `mcp:region.mesh` is 'istio-sidecar', and the namespace enforces the Pod Security level "restricted", as one
        that the stack makes does, or "baseline".
        """,
    why="""
        Unless the Istio CNI node agent is installed, Istio puts `istio-init` into each pod, which runs as root with
        NET_ADMIN and NET_RAW. Both levels refuse that: the workload is created, and none of its pods.
        """,
    fails="""
        mcp:region: {name: us-east, mesh: istio-sidecar}
        """,
    passes="""
        mcp:region: {name: us-east, mesh: istio-ambient}
        """,
    note="""
        Accept it where the node agent is installed, and give that as the reason: with it both levels take the pods,
        since the seccomp profile that "restricted" asks of Istio's containers is that of the pod. Ambient mode has no
        container in the pod. Source: Istio, "Install the Istio CNI node agent" and "Pod Security Admission";
        istio/istio #35894.
        """,
)


def mesh_findings(*, sidecar: bool, enforced: str | None, path: str) -> list[Finding]:
    """MCP187 where a sidecar's init container meets a level that refuses it.

    :param enforced: the Pod Security level that the namespace is known to enforce.
    """
    if not sidecar or enforced not in ("baseline", "restricted"):
        return []
    return [
        SIDECAR_NEEDS_ROOT.at(
            path,
            f"The namespace enforces '{enforced}', and refuses 'istio-init', which Istio puts into each pod unless its "
            "CNI node agent does the work.",
            "Install the Istio CNI node agent, and accept this warning with that reason; or set it to 'istio-ambient'.",
        )
    ]


ASKED_BY_LABEL = Rule(
    code="MCP166",
    slug="mesh-by-label",
    severity=Severity.WARNING,
    title="pods that a mesh takes in without a way to it",
    meaning="""
        A label or an annotation of the pods asks a mesh for its proxy (`sidecar.istio.io/inject`,
        `istio.io/dataplane-mode`, `linkerd.io/inject` and those of Kuma and Consul), and `mcp:region.mesh` says nothing
        of it; of a mesh other than Istio, no entry of `mcp:server.egress` opens the namespace of its control plane.
        """,
    why="""
        The policies of the pods close what the mesh needs: a proxy that does not reach its control plane is never
        ready, and in ambient mode the tunnel at port 15008 is closed. What the proxy requests is in no quota either.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          podAnnotations: {linkerd.io/inject: enabled}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          podAnnotations: {linkerd.io/inject: enabled}
          egress:
            - {port: 8080, namespace: linkerd}
            - {port: 8086, namespace: linkerd}
            - {port: 8090, namespace: linkerd}
        """,
    note="""
        A namespace that enforces "restricted" takes an injected pod only where the mesh's own CNI plugin does what its
        init container would.
        """,
)


def asked_mesh_findings(
    given: Mapping[str, Mapping[str, object]], *, mesh: str, opened: Collection[str | None]
) -> list[Finding]:
    """MCP166 for labels and annotations by which a mesh takes the pods in.

    :param given: path of labels or annotations to them.
    :param opened: namespaces that the pods may connect to.
    """
    found = []
    for path, names in given.items():
        for name, value in names.items():
            wanted, mode = ASKING.get(name, ("", ""))
            if mesh == "none" and str(value) == wanted:
                problem = f"Istio takes the pods in, and the policies of the pods do not know it ({name}: {value})."
                found.append(ASKED_BY_LABEL.at(f'{path}["{name}"]', problem, f"Set ⟦mesh⟧ to '{mode}'."))
            wanted, namespace = OTHER_MESHES.get(name, ("", ""))
            if namespace and str(value) == wanted and namespace not in opened:
                problem = f"A mesh takes the pods in, and the way to its control plane is closed ({name}: {value})."
                remedy = f"Open its control plane in ⟦allow_to⟧: the ports, and the namespace, such as '{namespace}'."
                found.append(ASKED_BY_LABEL.at(f'{path}["{name}"]', problem, remedy))
    return found


OUTAGE = Rule(
    code="MCP130",
    slug="rollout-is-outage",
    severity=Severity.WARNING,
    title="every rollout is an outage",
    meaning="""
        The old pods end before the first new one starts: `rollout.strategy` is 'Recreate', or it follows from a
        database with one writer.
        """,
    why="""
        Two processes must not write to one file, so there is no pod while the image, a setting or a Secret changes:
        from the end of the old pod's drain until the new one is ready every client is refused.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: Recreate}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {maxSurge: '1'}
        """,
    note="""
        Accept the warning where the users of the server can live with it; roll out when few of them are there. The way
        out is a networked database.
        """,
)


def outage_findings(*, strategy: str | None, drain_seconds: int, startup_seconds: int, path: str) -> list[Finding]:
    """MCP130 for a rollout without any pod, with how long it takes at most: the drain and the start, in seconds."""
    if strategy != "Recreate":
        return []
    return [
        OUTAGE.at(
            path,
            f"Every rollout is an outage: the old pod drains for up to {drain_seconds} s, then the new one starts in "
            f"up to {startup_seconds} s.",
            "Accept this warning, and roll out when few clients are there; or keep the data in a networked database.",
        )
    ]


TWO_USERS = Rule(
    code="MCP145",
    slug="two-users",
    severity=Severity.ERROR,
    title="a user is given, and the cluster is to choose one",
    meaning="`clusterUserId` is true, and `userId` is given.",
    why="Only one of the two can be: which one was meant, nobody knows.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          userId: 20002
          clusterUserId: true
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          clusterUserId: true
        """,
)


def user_findings(*, by_cluster: bool, given: bool, path: str) -> list[Finding]:
    """MCP145 where the cluster is to choose the user, and one is given."""
    if not (by_cluster and given):
        return []
    return [TWO_USERS.at(path, "The cluster is to choose the user, and one is given.", "Remove one of the two.")]


FIXED_USER = Rule(
    code="MCP148",
    slug="fixed-user-refused",
    severity=Severity.WARNING,
    title="a fixed user where the cluster chooses",
    meaning="""
        `mcp:region.platform` is 'openshift', and the pods have a fixed user: `userId` is given, or `clusterUserId` is
        false.
        """,
    why="""
        'restricted-v2', the security context constraint that everybody has, takes only users of the range that the
        namespace was given: the Deployment makes no pod at all, and only its events say why.
        """,
    fails="""
        mcp:region: {name: us-east, platform: openshift}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          userId: 1000
        """,
    passes="""
        mcp:region: {name: us-east, platform: openshift}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
        """,
    note="""
        Accept the warning where the ServiceAccount of the server may use 'nonroot-v2' (`oc adm policy
        add-scc-to-user nonroot-v2 -z NAME`), or where the user lies in the range of the namespace.
        """,
)


def fixed_user_findings(*, user: int | None, chosen_by_cluster: bool, path: str) -> list[Finding]:
    """MCP148 for a fixed user on a platform whose clusters choose one; ``user`` is ``None`` where there is none."""
    if user is None or not chosen_by_cluster:
        return []
    return [
        FIXED_USER.at(
            path,
            f"The pods have the user {user}, and 'restricted-v2' of OpenShift takes none but those of the namespace's "
            "range: no pod is made.",
            "Leave ⟦user_id⟧ out and let the cluster choose (⟦cluster_user_id⟧), with a group 0 that may write in the "
            "image; or give the ServiceAccount the constraint 'nonroot-v2', and accept this warning.",
        )
    ]


RULES = (RESERVED, WRITABLE_ROOT, SIDECAR_NEEDS_ROOT, ASKED_BY_LABEL, OUTAGE, TWO_USERS, FIXED_USER)
