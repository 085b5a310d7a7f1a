"""What each kind of cluster does differently, in one table. Every entry has its source, and a key that overrides it.

``mcp:region.platform`` chooses the row; a program says it to a component. Pure: knows no resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil
from typing import Literal

PlatformName = Literal["generic", "gke", "gke-autopilot", "eks", "aks", "openshift", "kind", "k3s"]
PullPolicy = Literal["Always", "IfNotPresent", "Never"]
IdentityName = Literal["none", "gke", "irsa", "eks-pod-identity", "azure"]

NODE_LOCAL_DNS = "169.254.20.10/32"
"""The link-local address that NodeLocal DNSCache listens on by default (kubernetes.io, "Using NodeLocal DNSCache")."""


@dataclass(frozen=True, kw_only=True)
class Resolver:
    """Where pods ask for names, as a network policy sees it: behind the address of the Service."""

    namespace: str | None = None
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    cidrs: tuple[str, ...] = ()
    port: int = 53


@dataclass(frozen=True, kw_only=True)
class Least:
    """What a pod requests at least where the platform raises the requests of smaller ones before it admits them."""

    millicores: int
    bytes: int
    bytes_per_core: tuple[int, Fraction]
    """The least and the most memory to a core; what is too little beside the other is raised."""

    def raised(self, amounts: tuple[int, int]) -> tuple[int, int]:
        """What a pod that asks for ``amounts``, millicores and bytes, is admitted with."""
        cpu, memory = max(amounts[0], self.millicores), max(amounts[1], self.bytes)
        least, most = self.bytes_per_core
        return max(cpu, ceil(1000 * memory / most)), max(memory, ceil(Fraction(cpu * least, 1000)))


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One kind of cluster."""

    resolvers: tuple[Resolver, ...]
    """Key: `mcp:region.resolvers`."""
    opens_node_resolvers: bool = False
    """Whether those that the nodes ask themselves are among them."""
    cluster_user_ids: bool = False
    """Whether the cluster chooses the users of pods, and refuses fixed ones. Key: `mcp:server.clusterUserId`."""
    identities: tuple[str, ...] = ()
    """Kinds of workload identity that work there. Key: `mcp:server.workloadIdentity`."""
    pull_policy: PullPolicy = "Always"
    """When images are pulled. Key: `mcp:server.imagePullPolicy`."""
    default_storage_class: str | None = None
    """The class that a new cluster marks as its default; ``None`` where there is none or it differs. What 'mcp-stack
    doctor' names where the cluster has none."""
    least: Least | None = None
    """What pods request at least; ``None`` where they are taken as they are. Key: `mcp:server.resources`; a pod that
    names a class of its own (:data:`OWN_CLASSES`) has that one's."""
    probed_by: str = "the kubelet, from its node"
    """Who probes the pods, and from where. Key: `mcp:region.nodeCidrs`, `mcp:edge.clientCidrs`."""
    proxies: Mapping[str, str] = field(default_factory=dict)
    """Ingress controllers that the platform brings along, to their namespace. Key: `mcp:edge.clientNamespace`."""
    hides_clients: str = ""
    """Why the proxies of an edge see the load balancer in place of a client, as it is installed by default; empty where
    they see the client, or it differs. Key: `mcp:edge.clientAddress`."""
    hidden_from: tuple[str, ...] = ()
    """The implementations of the edge that it concerns."""
    source: str
    """Where the entries are from."""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Machines that a cloud takes back."""

    value: str
    """Value of the label, in lower case."""
    notice_seconds: int
    """How long pods have from the notice on, in seconds."""
    source: str


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One way in which pods of a cloud get credentials without a Secret."""

    annotation: str | None
    """Annotation of the ServiceAccount that asks for it; ``None`` where the cloud keeps that itself."""
    form: str = ""
    """What its value looks like, as a regular expression."""
    example: str = ""
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    """Labels without which nothing is put into the pod."""
    openings: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """Ports and address ranges of the node that credentials come from."""
    exchanges_outside: bool = False
    """Whether the pod changes its token for credentials at the cloud itself, over port 443."""
    source: str


_CLUSTER_DNS = Resolver(namespace="kube-system")
_NODE_LOCAL = Resolver(cidrs=(NODE_LOCAL_DNS,))
_GKE = Platform(
    # Cloud DNS answers at the metadata address; kube-dns and NodeLocal DNSCache where these are used.
    resolvers=(_CLUSTER_DNS, Resolver(cidrs=(NODE_LOCAL_DNS, "169.254.169.254/32"))),
    opens_node_resolvers=True,
    identities=("gke",),
    default_storage_class="standard-rwo",
    probed_by="the kubelet, from its node; the load balancer of `gke`, from 35.191.0.0/16 and 130.211.0.0/22",
    source="Google Cloud: 'Using Cloud DNS for GKE', 'About network policies', 'Workload Identity Federation for GKE'",
)
_GIB = 2**30
_AUTOPILOT = replace(
    _GKE,
    # Of the general-purpose class, in a cluster that has bursting (from 1.30.2 on).
    least=Least(millicores=50, bytes=52 * 2**20, bytes_per_core=(_GIB, Fraction(13, 2) * _GIB)),
    source=f"{_GKE.source}, 'Resource requests in Autopilot'",
)
OWN_CLASSES = ("cloud.google.com/compute-class", "cloud.google.com/gke-accelerator")
"""Labels of nodes by which a pod asks Autopilot for another class of machines, with other limits."""
PLATFORMS: Mapping[str, Platform] = {
    "generic": Platform(
        resolvers=(_CLUSTER_DNS, _NODE_LOCAL),
        identities=("gke", "irsa", "eks-pod-identity", "azure"),
        source="Kubernetes: 'DNS for Services and Pods', 'Using NodeLocal DNSCache'",
    ),
    "gke": _GKE,
    "gke-autopilot": _AUTOPILOT,
    "eks": Platform(
        resolvers=(_CLUSTER_DNS, _NODE_LOCAL),
        identities=("irsa", "eks-pod-identity"),
        # From 1.30 on a new cluster has no default StorageClass.
        default_storage_class=None,
        probed_by="the kubelet, from its node; the load balancer of `alb`, from its subnets",
        hides_clients="on 'eks' a load balancer connects from an address of its own, unless it is a Network Load "
        "Balancer that keeps the client's (targets of type 'instance' do, those of type 'ip' do not by themselves)",
        hidden_from=(
            "envoy-gateway",
            "istio",
            "kgateway",
            "nginx-gateway-fabric",
            "cilium",
            "traefik",
            "nginx",
            "haproxy",
        ),
        source="Amazon EKS: 'Manage CoreDNS', 'EKS Pod Identity', release notes of Kubernetes 1.30; Elastic Load "
        "Balancing, target groups of Network Load Balancers: preserve_client_ip.enabled is off for TCP to IP targets; "
        "istio.io, 'Ingress Access Control': a Service of type LoadBalancer is a Classic Load Balancer",
    ),
    "aks": Platform(
        # LocalDNS: 169.254.10.11 is for pods with the policy ClusterFirst, 169.254.10.10 for the others.
        resolvers=(_CLUSTER_DNS, Resolver(cidrs=(NODE_LOCAL_DNS, "169.254.10.10/32", "169.254.10.11/32"))),
        identities=("azure",),
        default_storage_class="managed-csi",
        source="Azure: 'DNS resolution in AKS', 'Workload identity on AKS', 'Storage options for applications in AKS'",
    ),
    "openshift": Platform(
        # The pods listen on 5353 and the policy is applied behind the Service, so port 53 would match nothing.
        resolvers=(
            Resolver(
                namespace="openshift-dns", pod_labels={"dns.operator.openshift.io/daemonset-dns": "default"}, port=5353
            ),
        ),
        # restricted-v2, the default for everybody, takes only users of the range that the namespace was given.
        cluster_user_ids=True,
        probed_by="the kubelet, from its node; the router, from pods of openshift-ingress",
        identities=("irsa", "azure", "gke"),
        source="OpenShift: 'DNS Operator', 'About network policy', 'Managing security context constraints'",
    ),
    "kind": Platform(
        resolvers=(_CLUSTER_DNS,),
        # What `kind load` puts into the nodes is in no registry.
        pull_policy="IfNotPresent",
        default_storage_class="standard",
        source="kind: 'Quick start', 'Loading an image into your cluster'",
    ),
    "k3s": Platform(
        resolvers=(_CLUSTER_DNS,),
        # Images are imported from files on the nodes, and `k3d image import` does the same.
        pull_policy="IfNotPresent",
        default_storage_class="local-path",
        proxies={"traefik": "kube-system"},
        hides_clients="on 'k3s' a connection comes through ServiceLB from a node, unless the Service of Traefik has "
        "externalTrafficPolicy Local",
        hidden_from=("traefik",),
        source="K3s: 'Networking services', 'Volumes and storage', 'Import Images'; k3s-io/k3s#2760, k3s-io/k3s#1652",
    ),
}
"""Name in `mcp:region.platform` to what differs there."""

SPOT: Mapping[str, Spot] = {
    "cloud.google.com/gke-spot": Spot(
        value="true", notice_seconds=15, source="Google Cloud: 'Spot VMs', termination and graceful shutdown"
    ),
    "cloud.google.com/gke-preemptible": Spot(
        value="true", notice_seconds=15, source="Google Cloud: 'Preemptible VMs', termination and graceful shutdown"
    ),
    "kubernetes.azure.com/scalesetpriority": Spot(
        value="spot", notice_seconds=30, source="Azure: 'Use Azure Spot Virtual Machines', eviction"
    ),
    "eks.amazonaws.com/capacityType": Spot(
        value="spot", notice_seconds=120, source="Amazon EC2: 'Spot Instance interruption notices'"
    ),
    "karpenter.sh/capacity-type": Spot(
        value="spot", notice_seconds=120, source="Karpenter: 'Disruption', interruption; that of Amazon EC2"
    ),
}
"""Label of a node, which is the key of its taint too, to what it says of how long the node stays."""

IDENTITIES: Mapping[str, Identity] = {
    "gke": Identity(
        annotation="iam.gke.io/gcp-service-account",
        form=r"[^@\s]+@[^@\s]+\.gserviceaccount\.com",
        example="reader@acme.iam.gserviceaccount.com",
        # Dataplane V2 sees the address that the pod asks, the older data plane the one that the node redirects it to.
        openings=((80, ("169.254.169.254/32",)), (988, ("169.254.169.252/32", "169.254.169.254/32"))),
        source="Google Cloud: 'Control communication between Pods using network policies', workload identity",
    ),
    "irsa": Identity(
        annotation="eks.amazonaws.com/role-arn",
        form=r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+",
        example="arn:aws:iam::111122223333:role/reader",
        exchanges_outside=True,
        source="Amazon EKS: 'IAM roles for service accounts'; STS answers at port 443",
    ),
    "eks-pod-identity": Identity(
        annotation=None,
        openings=((80, ("169.254.170.23/32", "fd00:ec2::23/128")),),
        source="Amazon EKS: 'EKS Pod Identity Agent', link-local addresses of the agent",
    ),
    "azure": Identity(
        annotation="azure.workload.identity/client-id",
        form=r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        example="7d8cdf74-0000-0000-0000-000000000000",
        pod_labels={"azure.workload.identity/use": "true"},
        exchanges_outside=True,
        source="Azure: 'Workload identity on AKS', labels and annotations; Entra ID answers at port 443",
    ),
}
"""Name in `mcp:server.workloadIdentity` to what it needs."""


def pull_policy(given: PullPolicy | None, platform: str) -> PullPolicy:
    """When images are pulled: as it was given, or as the platform needs it."""
    return given or PLATFORMS[platform].pull_policy


def identity_of(given: str | None, annotations: Mapping[str, object]) -> str:
    """The workload identity in force: the given one, or the one whose annotation the ServiceAccount has."""
    if given is not None:
        return given
    return next((name for name, one in IDENTITIES.items() if one.annotation in annotations), "none")
