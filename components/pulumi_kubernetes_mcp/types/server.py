"""Arguments of McpService.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import pulumi

from .shared import CertificateAuthorityArgs, EgressArgs, IngressFromArgs, PatchArgs, TolerationArgs

if TYPE_CHECKING:
    RoleReferenceKind = Literal["Role", "ClusterRole"]
    EnvSourceResource = Literal[
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
        "requests.cpu",
        "requests.memory",
        "requests.ephemeral-storage",
    ]
    ExtraContainerImagePullPolicy = Literal["Always", "IfNotPresent", "Never"]
    SidecarImagePullPolicy = Literal["Always", "IfNotPresent", "Never"]
    ClaimAccessMode = Literal["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"]
    WritablePathMedium = Literal["Disk", "Memory"]
    RolloutStrategy = Literal["RollingUpdate", "Recreate"]
    RolloutPodManagement = Literal["Parallel", "OrderedReady"]
    ProbesScheme = Literal["HTTP", "HTTPS"]
    ServiceImagePullPolicy = Literal["Always", "IfNotPresent", "Never"]
    ServiceArchitecture = Literal["any", "amd64", "arm64"]
    ServiceDnsPolicy = Literal["ClusterFirst", "Default", "ClusterFirstWithHostNet", "None"]
    ServiceIpFamilyPolicy = Literal["SingleStack", "PreferDualStack", "RequireDualStack"]
    ServiceIpFamilies = Literal["IPv4", "IPv6"]
    ServiceEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    ServiceWorkloadIdentity = Literal["none", "gke", "irsa", "eks-pod-identity", "azure"]
    ServicePlatform = Literal["generic", "gke", "gke-autopilot", "eks", "aks", "openshift", "kind", "k3s"]
    ServiceMesh = Literal["none", "istio-ambient", "istio-sidecar"]
    Quantity = str | float
else:
    RoleReferenceKind = str
    EnvSourceResource = str
    ExtraContainerImagePullPolicy = str
    SidecarImagePullPolicy = str
    ClaimAccessMode = str
    WritablePathMedium = str
    RolloutStrategy = str
    RolloutPodManagement = str
    ProbesScheme = str
    ServiceImagePullPolicy = str
    ServiceArchitecture = str
    ServiceDnsPolicy = str
    ServiceIpFamilyPolicy = str
    ServiceIpFamilies = str
    ServiceEras = str
    ServiceWorkloadIdentity = str
    ServicePlatform = str
    ServiceMesh = str
    Quantity = Any


class SecretEnvArgs(TypedDict):
    """One environment variable that is read from a Secret."""

    variable: str
    """Name of the environment variable."""
    key: str
    """Key of the Secret."""


class ResourcesArgs(TypedDict):
    """Resources of a container, as Kubernetes writes them."""

    requests: NotRequired[Mapping[str, Quantity]]
    """What the scheduler reserves: 'cpu', 'memory', 'ephemeral-storage', 'hugepages-2Mi', 'hugepages-1Gi' to a
    quantity; a number of 'cpu' is one of cores. The default is half a core, and memory for about fifty light sessions;
    a plan knows better, see McpRegion. Default: cpu 500m, memory 192Mi, ephemeral-storage 64Mi."""
    limits: NotRequired[Mapping[str, Quantity]]
    """What the kernel enforces, in the same form. Default: cpu 1, memory 256Mi, ephemeral-storage 256Mi."""


class RoleReferenceArgs(TypedDict):
    """A role that exists, which the server gets."""

    name: pulumi.Input[str]
    """Name of the role, such as 'view'."""
    kind: NotRequired[RoleReferenceKind]
    """Kind of the role. Default: 'ClusterRole'."""
    whole_cluster: NotRequired[bool]
    """Whether it holds in all namespaces, which only a ClusterRole can; otherwise in that of the server. Default:
    false."""


class AccessRuleArgs(TypedDict):
    """Something that the server may do with some resources."""

    resources: list[str]
    """Resources in the plural, such as 'pods' or 'pods/log'."""
    verbs: list[str]
    """What it may do, such as get, list and watch."""
    api_groups: NotRequired[list[str]]
    """Groups of the API, such as 'apps'; the empty one has pods, Services and ConfigMaps. Default: none."""
    resource_names: NotRequired[list[str]]
    """Names of the objects. Left out: all of them. Default: none."""


class KubernetesApiArgs(TypedDict):
    """What the server may do in the cluster that it runs in: it gets an API token, and the least rights for it."""

    rules: NotRequired[list[AccessRuleArgs]]
    """Rights in the server's namespace, as a Role. Default: none."""
    cluster_rules: NotRequired[list[AccessRuleArgs]]
    """Rights in the whole cluster, as a ClusterRole; who deploys the stack must have them too. Default: none."""
    roles: NotRequired[list[RoleReferenceArgs]]
    """Roles that exist, which the server gets. Default: none."""


class MountArgs(TypedDict):
    """A directory of the server that another container of the pod has too."""

    volume: str
    """One of the paths of writable_paths or volumes: where the server has it."""
    path: NotRequired[str]
    """Where this container has it. Derived: at the same path."""
    sub_path: NotRequired[str]
    """Path in it instead of its root. Default: none."""
    writable: NotRequired[bool]
    """Whether this container may write to it. Default: false."""


class QuantitiesArgs(TypedDict):
    """One side of the resources of a container beside the server's."""

    cpu: Quantity
    """CPU, such as '50m'."""
    memory: str
    """Memory with its unit, such as '64Mi'."""
    ephemeral_storage: NotRequired[str]
    """Local disk with its unit. Default: '64Mi'."""


class ReadinessSidecarArgs(TypedDict):
    """A sidecar that asks the server on localhost as a client does; the pod gets requests after a good round only."""

    image: pulumi.Input[str]
    """Image with the command mcp-stack and the extra 'probe', with a fixed tag or a digest; images/probe/Dockerfile
    builds one."""
    port: NotRequired[int]
    """Port that it answers the kubelet on. Default: 9810."""
    interval_seconds: NotRequired[int]
    """From round to round, in seconds. 10 is the readiness probe's own; with sessions each round opens one, and ends
    it. Default: 10."""
    timeout_seconds: NotRequired[int]
    """How long a round may take, in seconds. Default: 5."""
    requests: NotRequired[QuantitiesArgs]
    """What the scheduler reserves. Default: that of its keys."""
    limits: NotRequired[QuantitiesArgs]
    """What the kernel enforces. Default: that of its keys."""


class KeyReferenceArgs(TypedDict):
    """One key of a ConfigMap or a Secret."""

    name: pulumi.Input[str]
    """Name of the object, which exists."""
    key: str
    """The key."""
    optional: NotRequired[bool]
    """Whether the container starts without it. Default: false."""


class EnvSourceArgs(TypedDict):
    """Where the value of a variable comes from."""

    field: NotRequired[str]
    """Field of the pod, such as 'metadata.name', 'status.podIP' or "metadata.labels['x']". Default: none."""
    resource: NotRequired[EnvSourceResource]
    """Request or limit of the container: whole cores rounded up, and bytes. Default: none."""
    config_map: NotRequired[KeyReferenceArgs]
    """Key of a ConfigMap. Default: none."""
    secret: NotRequired[KeyReferenceArgs]
    """Key of a Secret other than that of mcp:secrets. Default: none."""


class EnvFromArgs(TypedDict):
    """All keys of a ConfigMap or a Secret as variables."""

    config_map: NotRequired[pulumi.Input[str]]
    """Name of a ConfigMap that exists. Default: none."""
    secret: NotRequired[pulumi.Input[str]]
    """Name of a Secret that exists. Default: none."""
    prefix: NotRequired[str]
    """What each name begins with. Left out: nothing."""
    optional: NotRequired[bool]
    """Whether the container starts without the object. Default: false."""


class ExtraContainerArgs(TypedDict):
    """A container beside the server's, as restricted as it. Its requests count in the plan and the quota."""

    name: str
    """Name of the container, a DNS label, not 'server'."""
    image: pulumi.Input[str]
    """Image with a fixed tag or a digest."""
    image_pull_policy: NotRequired[ExtraContainerImagePullPolicy]
    """When the image is pulled. Left out: as that of the server."""
    command: NotRequired[list[str]]
    """Command instead of the image's entry point. Default: none."""
    args: NotRequired[list[str]]
    """Arguments instead of the image's. Default: none."""
    env: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Environment variables in clear; never a secret. Default: none."""
    env_from: NotRequired[list[EnvFromArgs]]
    """ConfigMaps and Secrets whose keys are variables. Default: none."""
    env_value_from: NotRequired[Mapping[str, EnvSourceArgs]]
    """Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret. Default: none."""
    requests: NotRequired[QuantitiesArgs]
    """What the scheduler reserves. Default: that of its keys."""
    limits: NotRequired[QuantitiesArgs]
    """What the kernel enforces. Default: that of its keys."""
    mounts: NotRequired[list[MountArgs]]
    """Directories that it shares with the server. Default: none."""


class SidecarArgs(TypedDict):
    """A container that runs beside the server: it starts before it, and ends after it."""

    name: str
    """Name of the container, a DNS label, not 'server'."""
    image: pulumi.Input[str]
    """Image with a fixed tag or a digest."""
    port: NotRequired[int]
    """Port that it listens on, which its probe opens. Left out: it counts as started at once."""
    health_path: NotRequired[str]
    """GET route at port that answers 200 when it is ready. Left out: the port is opened."""
    image_pull_policy: NotRequired[SidecarImagePullPolicy]
    """When the image is pulled. Left out: as that of the server."""
    command: NotRequired[list[str]]
    """Command instead of the image's entry point. Default: none."""
    args: NotRequired[list[str]]
    """Arguments instead of the image's. Default: none."""
    env: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Environment variables in clear; never a secret. Default: none."""
    env_from: NotRequired[list[EnvFromArgs]]
    """ConfigMaps and Secrets whose keys are variables. Default: none."""
    env_value_from: NotRequired[Mapping[str, EnvSourceArgs]]
    """Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret. Default: none."""
    requests: NotRequired[QuantitiesArgs]
    """What the scheduler reserves. Default: that of its keys."""
    limits: NotRequired[QuantitiesArgs]
    """What the kernel enforces. Default: that of its keys."""
    mounts: NotRequired[list[MountArgs]]
    """Directories that it shares with the server. Default: none."""


class ClaimArgs(TypedDict):
    """A disk that outlives the pod: a claim that exists, or one that is made."""

    name: NotRequired[pulumi.Input[str]]
    """Name of a PersistentVolumeClaim of the namespace that exists. Default: none."""
    size: NotRequired[str]
    """Size of a claim that is made, such as '10Gi'. It is kept when the stack is destroyed. Default: none."""
    storage_class_name: NotRequired[pulumi.Input[str]]
    """StorageClass of the claim that is made. Left out: the default of the cluster."""
    access_mode: NotRequired[ClaimAccessMode]
    """How many may mount the claim that is made. 'ReadWriteOnce': pods of one node. Default: 'ReadWriteOnce'."""
    per_pod: NotRequired[bool]
    """Whether each pod has a claim of its own, of this size: the workload is then a StatefulSet, whose pods keep their
    claims when they are replaced. Claims of pods that scaled down are kept. Default: false."""


class CsiVolumeArgs(TypedDict):
    """A volume that a CSI driver makes for the pod, such as of a store of secrets."""

    driver: pulumi.Input[str]
    """Name of the driver, such as 'secrets-store.csi.k8s.io'."""
    attributes: NotRequired[Mapping[str, pulumi.Input[str]]]
    """What the driver is told, such as secretProviderClass. Default: none."""
    node_publish_secret: NotRequired[pulumi.Input[str]]
    """Secret that the driver needs. Left out: none."""


class AccountTokenArgs(TypedDict):
    """A token of the ServiceAccount, which the kubelet renews."""

    path: str
    """Path of its file."""
    audience: NotRequired[str]
    """Who the token is for. Left out: the API server."""
    expiration_seconds: NotRequired[int]
    """Lifetime in seconds. Default: 3600."""


class KeyFilesArgs(TypedDict):
    """Keys of a ConfigMap or a Secret as files."""

    name: pulumi.Input[str]
    """Name of the object, which exists."""
    items: NotRequired[Mapping[str, str]]
    """Key to the path of its file. Left out: every key under its own name. Default: none."""
    mode: NotRequired[str]
    """Permissions of the files in octal, in quotes. Left out: '0644'."""
    optional: NotRequired[bool]
    """Whether the pod starts without the object. Default: false."""


class ProjectedSourceArgs(TypedDict):
    """One source of a projected volume."""

    config_map: NotRequired[KeyFilesArgs]
    """Keys of a ConfigMap. Default: none."""
    secret: NotRequired[KeyFilesArgs]
    """Keys of a Secret. Default: none."""
    service_account_token: NotRequired[AccountTokenArgs]
    """A token. Default: none."""
    fields: NotRequired[Mapping[str, str]]
    """Path of a file to the field of the pod in it, such as labels: metadata.labels. Default: none."""


class VolumeArgs(TypedDict):
    """Files that are mounted into the container."""

    path: str
    """Where they are mounted."""
    config_map: NotRequired[KeyFilesArgs]
    """Keys of a ConfigMap. Default: none."""
    secret: NotRequired[KeyFilesArgs]
    """Keys of a Secret. Default: none."""
    projected: NotRequired[list[ProjectedSourceArgs]]
    """Several sources in one directory. Default: none."""
    csi: NotRequired[CsiVolumeArgs]
    """A volume of a CSI driver. Default: none."""
    claim: NotRequired[ClaimArgs]
    """A disk that outlives the pod. Default: none."""
    sub_path: NotRequired[str]
    """Path in the volume instead of its root. Files of a ConfigMap or Secret are then not renewed in a running pod.
    Default: none."""
    writable: NotRequired[bool]
    """Whether the server may write. Derived: to a claim, and to nothing else."""


class WritablePathArgs(TypedDict):
    """A directory that the server writes to, which is gone with the pod. A path alone has the defaults."""

    path: str
    """The directory."""
    size: NotRequired[str]
    """Size limit; a pod that writes more is evicted. All of them count against the limit of ephemeral storage, or of
    memory. A browser needs gibibytes. Default: '64Mi'."""
    medium: NotRequired[WritablePathMedium]
    """'Memory' counts against the memory limit. Derived: 'Memory' for /dev/shm, else 'Disk'."""


if TYPE_CHECKING:
    WritablePathOrPath = str | WritablePathArgs
else:
    WritablePathOrPath = Any


class ArgoRolloutsArgs(TypedDict):
    """A release by Argo Rollouts: all new pods beside the old ones, then one switch of the Service."""

    auto_promotion: NotRequired[bool]
    """Whether clients are led to the new pods as soon as all of them are ready and the analysis has passed. Without it
    a release stands still there until somebody promotes it (`kubectl argo rollouts promote`). Default: false."""
    analysis_templates: NotRequired[list[str]]
    """AnalysisTemplates of the namespace that have to succeed at the new pods before any client is led to them. Each is
    given the argument `preview-service`, the name of the Service of the new pods. Default: none."""
    scale_down_delay_seconds: NotRequired[int]
    """How long the old pods run on after the switch, in seconds: for the calls that are in flight, and for a way back
    without a new start. Derived: the time until every proxy has heard of the switch and the slowest call, 30 at
    least."""


class RolloutArgs(TypedDict):
    """How new pods take the place of old ones."""

    strategy: NotRequired[RolloutStrategy]
    """'Recreate' ends all old pods before the first new one, which is an outage. Derived: 'RollingUpdate', and
    'Recreate' for a database with one writer."""
    max_surge: NotRequired[str]
    """Pods above the number, or percent of it, such as '25%', and more than 100 % too. Derived: 25 %. Quota and
    connections count them."""
    max_unavailable: NotRequired[str]
    """Pods below the number, or percent of it, at most 100. Derived: 0."""
    min_ready_seconds: NotRequired[int]
    """How long a new pod has to be ready before it counts and an old one goes, in seconds. Derived: the time until
    every proxy sends to it (edge.propagation_seconds), so that calls do not all go to the pods that are left; 0 with
    'Recreate'."""
    pod_management: NotRequired[RolloutPodManagement]
    """How a StatefulSet, which a claim per pod makes, starts and ends its pods when their number changes: all at once,
    or one after the other, each waiting for the one before. Derived: 'Parallel', since an autoscaler adds several at
    once. A rollout replaces one pod at a time in any case."""
    argo_rollouts: NotRequired[ArgoRolloutsArgs]
    """A Rollout of Argo Rollouts in place of the Deployment, with its strategy blueGreen; `{}` is enough. The cluster
    needs its controller. Left out: a Deployment."""


class ProbeTimingArgs(TypedDict):
    """How often a probe asks, and for how long it is patient. What is left out has the default of that probe."""

    period_seconds: NotRequired[int]
    """Seconds between two questions. Derived: start-up 2, readiness 10, liveness 30."""
    timeout_seconds: NotRequired[int]
    """Seconds until a question without an answer has failed. Derived: start-up 2, readiness 3, liveness 5."""
    failure_threshold: NotRequired[int]
    """Failures in a row that count. Derived: 3; at the start-up as many as fit into startup_seconds."""
    command: NotRequired[list[str]]
    """Command in the container that asks instead of a GET: 0 is well. A process each time, so ask seldom. Default:
    none."""


class ProbesArgs(TypedDict):
    """How the kubelet asks, where the defaults do not fit."""

    scheme: NotRequired[ProbesScheme]
    """Scheme of the routes. Derived: HTTPS with serves_tls, else HTTP. The kubelet checks no certificate."""
    host: NotRequired[pulumi.Input[str]]
    """Host header. Derived: 'localhost' with the port, which the SDKs take; a server that knows its public name only
    answers that with 403 or 421, and wants the name here."""
    startup: NotRequired[ProbeTimingArgs]
    """Until the first success, which the other two wait for. Default: that of its keys."""
    readiness: NotRequired[ProbeTimingArgs]
    """Whether the pod gets requests. Default: that of its keys."""
    liveness: NotRequired[ProbeTimingArgs]
    """Whether the container is restarted. Default: that of its keys."""


class DnsConfigArgs(TypedDict):
    """How the pods resolve names, besides what dns_policy says."""

    nameservers: NotRequired[list[str]]
    """Addresses of resolvers, behind those of the policy; the kubelet takes three in all, so that two are left beside
    the cluster's DNS. With dns_policy 'None' they are the only ones. Default: none."""
    searches: NotRequired[list[str]]
    """Domains that short names are looked for in. Default: none."""
    options: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Options of the resolver, such as ndots: '2'. An empty value is an option without one. Default: none."""


class HostAliasArgs(TypedDict):
    """Names for an address, in /etc/hosts of the pods."""

    ip: str
    """The address."""
    hostnames: list[str]
    """Its names."""


class McpServiceArgs(TypedDict):
    """Arguments of McpService."""

    namespace: pulumi.Input[str]
    """Namespace of all objects."""
    image: pulumi.Input[str]
    """Container image with a fixed tag or a digest; 'latest' and no tag are refused."""
    server_name: NotRequired[str]
    """Name of the Deployment, the Service and the ServiceAccount, a DNS label. Derived: the component's name."""
    metrics_port: NotRequired[int]
    """Port of the metrics. Derived: the port of the server."""
    min_replicas: NotRequired[int]
    """Number of pods to start with; two are the least that survives the loss of one. Default: 2."""
    autoscaled: NotRequired[bool]
    """Whether an autoscaler owns the count, which is then never touched again. Default: true."""
    production: NotRequired[bool]
    """Whether fewer than two pods are refused. Default: true."""
    resources: NotRequired[ResourcesArgs]
    """Requests and limits; a plan gives better ones. Default: that of its keys."""
    env: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Environment variables in clear; never a secret. Default: none."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Secret that secret_env refers to. Default: none."""
    secret_env: NotRequired[list[SecretEnvArgs]]
    """Environment variables from keys of that Secret. Default: none."""
    secret_version: NotRequired[pulumi.Input[str]]
    """Any text; changing it restarts the pods, which read their environment only when they start. Default: none."""
    database_ca: NotRequired[CertificateAuthorityArgs]
    """The authority that signed the database's certificate, for the modes that verify it; mounted into the server, or
    into the pooler where there is one. Left out: the public ones."""
    session_affinity: NotRequired[bool]
    """Whether the Service keeps a client on its pod by its address, for 3 hours: what sessions need where other pods
    are the clients and no edge does it. Default: false."""
    allow_from: NotRequired[list[IngressFromArgs]]
    """Who may connect to the pods. Nobody by default. Default: none."""
    allow_to: NotRequired[list[EgressArgs]]
    """Where the pods may connect to. Nowhere by default. Default: none."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for ready pods, in seconds; a rollout of slow drains takes minutes. Default: 600."""
    image_pull_secrets: NotRequired[list[pulumi.Input[str]]]
    """Secrets of the namespace with the credentials of the registry; the platform makes them. Default: none."""
    image_pull_policy: NotRequired[ServiceImagePullPolicy]
    """When an image is pulled. Derived: of platform; 'Always', where a container starts only with what the registry has
    under the name, for whoever has the credentials, and 'IfNotPresent' on kind and k3s, whose nodes images are loaded
    into. 'Always' needs the registry at each start of a container."""
    node_selector: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels that a node must have. Default: none."""
    tolerations: NotRequired[list[TolerationArgs]]
    """Taints of nodes that the pods bear. Default: none."""
    priority_class_name: NotRequired[pulumi.Input[str]]
    """PriorityClass. Left out: that of the cluster's default."""
    architecture: NotRequired[ServiceArchitecture]
    """Architecture of the nodes. 'any', the default, needs an image for each that the cluster has; with one of the two
    the pods stay on such nodes. Default: 'any'."""
    runtime_class_name: NotRequired[pulumi.Input[str]]
    """RuntimeClass, such as one of gVisor. Left out: that of the node."""
    extended_resources: NotRequired[Mapping[str, int]]
    """Whole devices of each pod by name, such as nvidia.com/gpu: 1, as request and limit. The quota of the namespace
    counts them too. Default: none."""
    labels: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels of the workload, besides those that every object has. Default: none."""
    annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Annotations of the workload, such as for a controller that restarts it. Default: none."""
    pod_labels: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels of the pods, such as for a mesh or for workload identity. Changing one restarts the pods. Default:
    none."""
    pod_annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Annotations of the pods. Changing one restarts the pods. Default: none."""
    host_aliases: NotRequired[list[HostAliasArgs]]
    """Names in /etc/hosts of the pods. Default: none."""
    dns_policy: NotRequired[ServiceDnsPolicy]
    """How the pods resolve names. Left out: by the cluster's DNS first. 'None' takes dns_config alone."""
    dns_config: NotRequired[DnsConfigArgs]
    """Resolvers, search domains and options. Left out: those of the policy."""
    ip_family_policy: NotRequired[ServiceIpFamilyPolicy]
    """Address families of the Service. Left out: one, the cluster's first."""
    ip_families: NotRequired[list[ServiceIpFamilies]]
    """The families by name, the first one first. Left out: the cluster's order. Default: none."""
    startup_seconds: NotRequired[int]
    """How long the server may take to start, in seconds; then the kubelet starts it again. Downloads, migrations and
    large models take minutes. Default: 60."""
    serves_tls: NotRequired[bool]
    """Whether the pods speak TLS themselves at port: probes and Service then do too. Default: false."""
    probes: NotRequired[ProbesArgs]
    """How the kubelet asks, where the defaults do not fit. Default: that of its keys."""
    cluster_user_id: NotRequired[bool]
    """Whether the cluster chooses user and group, as restricted-v2 of OpenShift does, which refuses fixed ones.
    Default: false."""
    rollout: NotRequired[RolloutArgs]
    """How new pods take the place of old ones. Default: that of its keys."""
    writable_root: NotRequired[bool]
    """Whether the container may write to the root file system of its image. Default: false."""
    writable_paths: NotRequired[list[WritablePathOrPath]]
    """Directories the server writes to; each is an emptyDir, since the root file system is read-only. A path alone has
    64Mi, {path, size, medium} says more. HOME is the first of them unless it is given. Default: /tmp."""
    volumes: NotRequired[list[VolumeArgs]]
    """ConfigMaps, Secrets, projected and CSI volumes and claims that are mounted. Default: none."""
    env_from: NotRequired[list[EnvFromArgs]]
    """ConfigMaps and Secrets whose keys are variables. A variable that is given by name outweighs them. Default:
    none."""
    env_value_from: NotRequired[Mapping[str, EnvSourceArgs]]
    """Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret. Default: none."""
    sidecars: NotRequired[list[SidecarArgs]]
    """Containers that run beside the server, such as a proxy of a database: init containers that are restarted, as
    Kubernetes has them from 1.29 on. They start in their order before the init containers and the server, and get
    SIGTERM in the opposite order when the server has ended, so that its last calls still have them. Default: none."""
    init_containers: NotRequired[list[ExtraContainerArgs]]
    """Containers that end before the server starts, one after the other, such as a migration. Default: none."""
    readiness_sidecar: NotRequired[ReadinessSidecarArgs]
    """For a server without a health route: readiness by the exchange of its era, `server/discover` where it speaks
    'modern', asked by a sidecar with the probe's image. It starts last, and its requests count in the plan and the
    quota. Default: none."""
    kubernetes_api: NotRequired[KubernetesApiArgs]
    """API token and rights of a server that talks to Kubernetes itself. Left out: no token in the pod. The way to the
    API server is an opening of its own."""
    port: NotRequired[int]
    """Port that the server listens on; 8000 is that of the Python SDK. Default: 8000."""
    health_path: NotRequired[str]
    """GET route that answers 200 when the server can serve and 503 while it drains; the readiness probe. The SDKs ship
    none: without it the probes only test that the port is open. Default: none."""
    liveness_path: NotRequired[str]
    """GET route that answers 200 as long as the process answers at all; never the readiness route, which says 503 while
    draining. Without it liveness tests that the port is open. Default: none."""
    command: NotRequired[list[str]]
    """Command instead of the image's entry point. Default: none."""
    args: NotRequired[list[str]]
    """Arguments instead of the image's. Default: none."""
    user_id: NotRequired[int]
    """Numeric user and group of the process. Above 10000, so that it owns nothing on a node after an escape. Default:
    10001."""
    service_account_annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Annotations of the ServiceAccount, for workload identity. Default: none."""
    eras: NotRequired[list[ServiceEras]]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same. Default:
    modern."""
    path: NotRequired[str]
    """Path of the MCP endpoint. It is routed exactly, with a slash behind it and without, since some servers redirect
    one to the other; no probe may use it. Default: '/mcp'."""
    max_tool_seconds: NotRequired[int]
    """Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter. Default: 60."""
    pre_stop_seconds: NotRequired[int]
    """Pre-stop sleep, in seconds. Derived: 10, and for legacy eras the slowest tool besides, since SIGTERM cuts it."""
    graceful_timeout_seconds: NotRequired[int]
    """Time to finish calls after SIGTERM, in seconds. Derived: the slowest tool for the era 'modern', else 5."""
    grace_period_seconds: NotRequired[int]
    """terminationGracePeriodSeconds, in seconds. Derived: pre-stop sleep, graceful timeout and 5 s margin, at least
    30."""
    start_replicas: NotRequired[int]
    """Number of pods that a new Deployment begins with: what runs now, where one of another name, namespace or owner
    takes over. It counts at the creation only. Derived: the minimum."""
    min_available: NotRequired[int]
    """minAvailable of the PodDisruptionBudget. Derived: one less than min_replicas; with sessions one pod may go at a
    time."""
    propagation_seconds: NotRequired[int]
    """Between the deletion of a pod and the last proxy that stops sending to it, in seconds; the pre-stop sleep is at
    least that long. Derived: 10, at least 30 where the proxies are no pods, the deregistration delay of an ALB, up to
    60 where it is derived."""
    workload_identity: NotRequired[ServiceWorkloadIdentity]
    """Kind of workload identity, with the label and the opening that it needs: 'gke', 'irsa' and 'eks-pod-identity' of
    AWS, 'azure'. 'none' adds neither. Derived: from the annotation of the ServiceAccount; 'eks-pod-identity' has none,
    and is said."""
    platform: NotRequired[ServicePlatform]
    """Kind of cluster, for what differs there: resolvers, workload identity, when images are pulled. 'generic', the
    default, has the resolvers of most clusters. Default: 'generic'."""
    pod_policies: NotRequired[bool]
    """Whether NetworkPolicies close the pods but for what they need. With false none of ours is made for them: for a
    platform that keeps policies of its own in the namespace, or lets nobody else make any. What is said of who may
    connect to whom opens nothing then. Default: true."""
    mesh: NotRequired[ServiceMesh]
    """Service mesh that the pods are in. 'istio-ambient' opens its tunnel, port 15008, wherever pods may connect, and
    the address that it lets probes of the kubelet come from; 'istio-sidecar' opens the way to istiod and counts the
    proxy of each pod in the quota. Both put the label on the pods that takes them in. Default: 'none'."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the pods, the Deployment, the Service and the other objects of the server, for what has no key.
    Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output, required
    Namespace of all objects.

image: str or Output, required
    Container image with a fixed tag or a digest; 'latest' and no tag are refused.

server_name: str
    Name of the Deployment, the Service and the ServiceAccount, a DNS label. Derived: the
    component's name.

metrics_port: int
    Port of the metrics. Derived: the port of the server.

min_replicas: int
    Number of pods to start with; two are the least that survives the loss of one. Default: 2.

autoscaled: bool
    Whether an autoscaler owns the count, which is then never touched again. Default: true.

production: bool
    Whether fewer than two pods are refused. Default: true.

resources: group
    Requests and limits; a plan gives better ones. Default: that of its keys.

resources.requests: mapping of str to str
    What the scheduler reserves: 'cpu', 'memory', 'ephemeral-storage', 'hugepages-2Mi',
    'hugepages-1Gi' to a quantity; a number of 'cpu' is one of cores. The default is half a core,
    and memory for about fifty light sessions; a plan knows better, see McpRegion. Default: cpu
    500m, memory 192Mi, ephemeral-storage 64Mi.

resources.limits: mapping of str to str
    What the kernel enforces, in the same form. Default: cpu 1, memory 256Mi, ephemeral-storage
    256Mi.

env: mapping of str to str or Output
    Environment variables in clear; never a secret. Default: none.

secret_name: str or Output
    Secret that secret_env refers to. Default: none.

secret_env: list of group
    Environment variables from keys of that Secret. Default: none.

secret_env[].variable: str, required
    Name of the environment variable.

secret_env[].key: str, required
    Key of the Secret.

secret_version: str or Output
    Any text; changing it restarts the pods, which read their environment only when they start.
    Default: none.

database_ca: group
    The authority that signed the database's certificate, for the modes that verify it; mounted into
    the server, or into the pooler where there is one. Left out: the public ones.

database_ca.config_map: str or Output
    ConfigMap with the certificate, as trust-manager or the platform keeps it in the namespace.
    Default: none.

database_ca.secret: str or Output
    Secret with the certificate, such as that of cert-manager. Default: none.

database_ca.key: str
    Key of the certificate (PEM) in the ConfigMap or the Secret. Default: 'ca.crt'.

database_ca.file: str
    File in the image, instead of both. Default: none.

session_affinity: bool
    Whether the Service keeps a client on its pod by its address, for 3 hours: what sessions need
    where other pods are the clients and no edge does it. Default: false.

allow_from: list of group
    Who may connect to the pods. Nobody by default. Default: none.

allow_from[].port: int, required
    Port that is open.

allow_from[].protocol: 'TCP' | 'UDP'
    Protocol of the port. Default: 'TCP'.

allow_from[].cidrs: list of str
    Address ranges of the other side, where it is no pod: several network plugins, Cilium among
    them, never match pods by their addresses. Default: none.

allow_from[].except_cidrs: list of str
    Parts of cidrs that stay closed, such as the private ranges and the metadata address. Default:
    none.

allow_from[].namespace: str or Output
    Namespace whose pods may connect; all of them without pod_labels. Default: none.

allow_from[].pod_labels: mapping of str to str
    Labels of the pods on the other side, in namespace; without one in the namespace of the server.
    Default: none.

allow_from[].workload: str or Output
    Name of a workload of the same namespace that may connect, instead of a namespace. Default:
    none.

allow_from[].component: str
    Component label of that workload. Default: 'server'.

allow_from[].name: str
    End of the name of a NetworkPolicy of its own, a DNS label; origins of one name share it. What
    changes its name is open before the old one closes. Left out: a rule of the workload's own
    NetworkPolicy.

allow_to: list of group
    Where the pods may connect to. Nowhere by default. Default: none.

allow_to[].port: int, required
    Port that is open.

allow_to[].protocol: 'TCP' | 'UDP'
    Protocol of the port. Default: 'TCP'.

allow_to[].cidrs: list of str
    Address ranges of the other side, where it is no pod: several network plugins, Cilium among
    them, never match pods by their addresses. Default: none.

allow_to[].except_cidrs: list of str
    Parts of cidrs that stay closed, such as the private ranges and the metadata address. Default:
    none.

allow_to[].namespace: str
    Namespace of the pods on the other side; all of them without pod_labels. Default: none.

allow_to[].pod_labels: mapping of str to str
    Labels of the pods on the other side, in namespace; without one in the namespace of the server.
    Default: none.

allow_to[].internet: bool
    All public addresses, instead of ranges or besides: everything but private and shared ranges and
    link-local addresses, among which is the metadata address of the clouds. Default: false.

allow_to[].workload: str or Output
    Name of a workload of the same namespace, instead of address ranges. Default: none.

allow_to[].component: str
    Component label of that workload. Default: 'pooler'.

await_timeout_seconds: int
    How long to wait for ready pods, in seconds; a rollout of slow drains takes minutes. Default:
    600.

image_pull_secrets: list of str or Output
    Secrets of the namespace with the credentials of the registry; the platform makes them. Default:
    none.

image_pull_policy: 'Always' | 'IfNotPresent' | 'Never'
    When an image is pulled. Derived: of platform; 'Always', where a container starts only with what
    the registry has under the name, for whoever has the credentials, and 'IfNotPresent' on kind and
    k3s, whose nodes images are loaded into. 'Always' needs the registry at each start of a
    container.

node_selector: mapping of str to str or Output
    Labels that a node must have. Default: none.

tolerations: list of group
    Taints of nodes that the pods bear. Default: none.

tolerations[].key: str
    Key of the taint. Left out: every taint, with the operator 'Exists'.

tolerations[].operator: 'Exists' | 'Equal'
    'Equal' compares the value, 'Exists' only the key. Default: 'Equal'.

tolerations[].value: str
    Value of the taint. Left out: the empty one, or any with 'Exists'.

tolerations[].effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
    Effect of the taint. Left out: all three.

tolerations[].toleration_seconds: int
    How long a pod stays after a 'NoExecute' taint, in seconds. Left out: for ever.

priority_class_name: str or Output
    PriorityClass. Left out: that of the cluster's default.

architecture: 'any' | 'amd64' | 'arm64'
    Architecture of the nodes. 'any', the default, needs an image for each that the cluster has;
    with one of the two the pods stay on such nodes. Default: 'any'.

runtime_class_name: str or Output
    RuntimeClass, such as one of gVisor. Left out: that of the node.

extended_resources: mapping of str to int
    Whole devices of each pod by name, such as nvidia.com/gpu: 1, as request and limit. The quota of
    the namespace counts them too. Default: none.

labels: mapping of str to str or Output
    Labels of the workload, besides those that every object has. Default: none.

annotations: mapping of str to str or Output
    Annotations of the workload, such as for a controller that restarts it. Default: none.

pod_labels: mapping of str to str or Output
    Labels of the pods, such as for a mesh or for workload identity. Changing one restarts the pods.
    Default: none.

pod_annotations: mapping of str to str or Output
    Annotations of the pods. Changing one restarts the pods. Default: none.

host_aliases: list of group
    Names in /etc/hosts of the pods. Default: none.

host_aliases[].ip: str, required
    The address.

host_aliases[].hostnames: list of str, required
    Its names.

dns_policy: 'ClusterFirst' | 'Default' | 'ClusterFirstWithHostNet' | 'None'
    How the pods resolve names. Left out: by the cluster's DNS first. 'None' takes dns_config alone.

dns_config: group
    Resolvers, search domains and options. Left out: those of the policy.

dns_config.nameservers: list of str
    Addresses of resolvers, behind those of the policy; the kubelet takes three in all, so that two
    are left beside the cluster's DNS. With dns_policy 'None' they are the only ones. Default: none.

dns_config.searches: list of str
    Domains that short names are looked for in. Default: none.

dns_config.options: mapping of str to str or Output
    Options of the resolver, such as ndots: '2'. An empty value is an option without one. Default:
    none.

ip_family_policy: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack'
    Address families of the Service. Left out: one, the cluster's first.

ip_families: list of 'IPv4' | 'IPv6'
    The families by name, the first one first. Left out: the cluster's order. Default: none.

startup_seconds: int
    How long the server may take to start, in seconds; then the kubelet starts it again. Downloads,
    migrations and large models take minutes. Default: 60.

serves_tls: bool
    Whether the pods speak TLS themselves at port: probes and Service then do too. Default: false.

probes: group
    How the kubelet asks, where the defaults do not fit. Default: that of its keys.

probes.scheme: 'HTTP' | 'HTTPS'
    Scheme of the routes. Derived: HTTPS with serves_tls, else HTTP. The kubelet checks no
    certificate.

probes.host: str or Output
    Host header. Derived: 'localhost' with the port, which the SDKs take; a server that knows its
    public name only answers that with 403 or 421, and wants the name here.

probes.startup: group
    Until the first success, which the other two wait for. Default: that of its keys.

probes.startup.period_seconds: int
    Seconds between two questions. Derived: start-up 2, readiness 10, liveness 30.

probes.startup.timeout_seconds: int
    Seconds until a question without an answer has failed. Derived: start-up 2, readiness 3,
    liveness 5.

probes.startup.failure_threshold: int
    Failures in a row that count. Derived: 3; at the start-up as many as fit into startup_seconds.

probes.startup.command: list of str
    Command in the container that asks instead of a GET: 0 is well. A process each time, so ask
    seldom. Default: none.

probes.readiness: group
    Whether the pod gets requests. Default: that of its keys.

probes.readiness.period_seconds: int
    Seconds between two questions. Derived: start-up 2, readiness 10, liveness 30.

probes.readiness.timeout_seconds: int
    Seconds until a question without an answer has failed. Derived: start-up 2, readiness 3,
    liveness 5.

probes.readiness.failure_threshold: int
    Failures in a row that count. Derived: 3; at the start-up as many as fit into startup_seconds.

probes.readiness.command: list of str
    Command in the container that asks instead of a GET: 0 is well. A process each time, so ask
    seldom. Default: none.

probes.liveness: group
    Whether the container is restarted. Default: that of its keys.

probes.liveness.period_seconds: int
    Seconds between two questions. Derived: start-up 2, readiness 10, liveness 30.

probes.liveness.timeout_seconds: int
    Seconds until a question without an answer has failed. Derived: start-up 2, readiness 3,
    liveness 5.

probes.liveness.failure_threshold: int
    Failures in a row that count. Derived: 3; at the start-up as many as fit into startup_seconds.

probes.liveness.command: list of str
    Command in the container that asks instead of a GET: 0 is well. A process each time, so ask
    seldom. Default: none.

cluster_user_id: bool
    Whether the cluster chooses user and group, as restricted-v2 of OpenShift does, which refuses
    fixed ones. Default: false.

rollout: group
    How new pods take the place of old ones. Default: that of its keys.

rollout.strategy: 'RollingUpdate' | 'Recreate'
    'Recreate' ends all old pods before the first new one, which is an outage. Derived:
    'RollingUpdate', and 'Recreate' for a database with one writer.

rollout.max_surge: str
    Pods above the number, or percent of it, such as '25%', and more than 100 % too. Derived: 25 %.
    Quota and connections count them.

rollout.max_unavailable: str
    Pods below the number, or percent of it, at most 100. Derived: 0.

rollout.min_ready_seconds: int
    How long a new pod has to be ready before it counts and an old one goes, in seconds. Derived:
    the time until every proxy sends to it (edge.propagation_seconds), so that calls do not all go
    to the pods that are left; 0 with 'Recreate'.

rollout.pod_management: 'Parallel' | 'OrderedReady'
    How a StatefulSet, which a claim per pod makes, starts and ends its pods when their number
    changes: all at once, or one after the other, each waiting for the one before. Derived:
    'Parallel', since an autoscaler adds several at once. A rollout replaces one pod at a time in
    any case.

rollout.argo_rollouts: group
    A Rollout of Argo Rollouts in place of the Deployment, with its strategy blueGreen; `{}` is
    enough. The cluster needs its controller. Left out: a Deployment.

rollout.argo_rollouts.auto_promotion: bool
    Whether clients are led to the new pods as soon as all of them are ready and the analysis has
    passed. Without it a release stands still there until somebody promotes it (`kubectl argo
    rollouts promote`). Default: false.

rollout.argo_rollouts.analysis_templates: list of str
    AnalysisTemplates of the namespace that have to succeed at the new pods before any client is led
    to them. Each is given the argument `preview-service`, the name of the Service of the new pods.
    Default: none.

rollout.argo_rollouts.scale_down_delay_seconds: int
    How long the old pods run on after the switch, in seconds: for the calls that are in flight, and
    for a way back without a new start. Derived: the time until every proxy has heard of the switch
    and the slowest call, 30 at least.

writable_root: bool
    Whether the container may write to the root file system of its image. Default: false.

writable_paths: list of group
    Directories the server writes to; each is an emptyDir, since the root file system is read-only.
    A path alone has 64Mi, {path, size, medium} says more. HOME is the first of them unless it is
    given. Default: /tmp.

writable_paths[].path: str, required
    The directory.

writable_paths[].size: str
    Size limit; a pod that writes more is evicted. All of them count against the limit of ephemeral
    storage, or of memory. A browser needs gibibytes. Default: '64Mi'.

writable_paths[].medium: 'Disk' | 'Memory'
    'Memory' counts against the memory limit. Derived: 'Memory' for /dev/shm, else 'Disk'.

volumes: list of group
    ConfigMaps, Secrets, projected and CSI volumes and claims that are mounted. Default: none.

volumes[].path: str, required
    Where they are mounted.

volumes[].config_map: group
    Keys of a ConfigMap. Default: none.

volumes[].config_map.name: str or Output, required
    Name of the object, which exists.

volumes[].config_map.items: mapping of str to str
    Key to the path of its file. Left out: every key under its own name. Default: none.

volumes[].config_map.mode: str
    Permissions of the files in octal, in quotes. Left out: '0644'.

volumes[].config_map.optional: bool
    Whether the pod starts without the object. Default: false.

volumes[].secret: group
    Keys of a Secret. Default: none.

volumes[].secret.name: str or Output, required
    Name of the object, which exists.

volumes[].secret.items: mapping of str to str
    Key to the path of its file. Left out: every key under its own name. Default: none.

volumes[].secret.mode: str
    Permissions of the files in octal, in quotes. Left out: '0644'.

volumes[].secret.optional: bool
    Whether the pod starts without the object. Default: false.

volumes[].projected: list of group
    Several sources in one directory. Default: none.

volumes[].projected[].config_map: group
    Keys of a ConfigMap. Default: none.

volumes[].projected[].config_map.name: str or Output, required
    Name of the object, which exists.

volumes[].projected[].config_map.items: mapping of str to str
    Key to the path of its file. Left out: every key under its own name. Default: none.

volumes[].projected[].config_map.mode: str
    Permissions of the files in octal, in quotes. Left out: '0644'.

volumes[].projected[].config_map.optional: bool
    Whether the pod starts without the object. Default: false.

volumes[].projected[].secret: group
    Keys of a Secret. Default: none.

volumes[].projected[].secret.name: str or Output, required
    Name of the object, which exists.

volumes[].projected[].secret.items: mapping of str to str
    Key to the path of its file. Left out: every key under its own name. Default: none.

volumes[].projected[].secret.mode: str
    Permissions of the files in octal, in quotes. Left out: '0644'.

volumes[].projected[].secret.optional: bool
    Whether the pod starts without the object. Default: false.

volumes[].projected[].service_account_token: group
    A token. Default: none.

volumes[].projected[].service_account_token.path: str, required
    Path of its file.

volumes[].projected[].service_account_token.audience: str
    Who the token is for. Left out: the API server.

volumes[].projected[].service_account_token.expiration_seconds: int
    Lifetime in seconds. Default: 3600.

volumes[].projected[].fields: mapping of str to str
    Path of a file to the field of the pod in it, such as labels: metadata.labels. Default: none.

volumes[].csi: group
    A volume of a CSI driver. Default: none.

volumes[].csi.driver: str or Output, required
    Name of the driver, such as 'secrets-store.csi.k8s.io'.

volumes[].csi.attributes: mapping of str to str or Output
    What the driver is told, such as secretProviderClass. Default: none.

volumes[].csi.node_publish_secret: str or Output
    Secret that the driver needs. Left out: none.

volumes[].claim: group
    A disk that outlives the pod. Default: none.

volumes[].claim.name: str or Output
    Name of a PersistentVolumeClaim of the namespace that exists. Default: none.

volumes[].claim.size: str
    Size of a claim that is made, such as '10Gi'. It is kept when the stack is destroyed. Default:
    none.

volumes[].claim.storage_class_name: str or Output
    StorageClass of the claim that is made. Left out: the default of the cluster.

volumes[].claim.access_mode: 'ReadWriteOnce' | 'ReadWriteOncePod' | 'ReadWriteMany' | 'ReadOnlyMany'
    How many may mount the claim that is made. 'ReadWriteOnce': pods of one node. Default:
    'ReadWriteOnce'.

volumes[].claim.per_pod: bool
    Whether each pod has a claim of its own, of this size: the workload is then a StatefulSet, whose
    pods keep their claims when they are replaced. Claims of pods that scaled down are kept.
    Default: false.

volumes[].sub_path: str
    Path in the volume instead of its root. Files of a ConfigMap or Secret are then not renewed in a
    running pod. Default: none.

volumes[].writable: bool
    Whether the server may write. Derived: to a claim, and to nothing else.

env_from: list of group
    ConfigMaps and Secrets whose keys are variables. A variable that is given by name outweighs
    them. Default: none.

env_from[].config_map: str or Output
    Name of a ConfigMap that exists. Default: none.

env_from[].secret: str or Output
    Name of a Secret that exists. Default: none.

env_from[].prefix: str
    What each name begins with. Left out: nothing.

env_from[].optional: bool
    Whether the container starts without the object. Default: false.

env_value_from: mapping of str to group
    Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret.
    Default: none.

env_value_from{}.field: str
    Field of the pod, such as 'metadata.name', 'status.podIP' or "metadata.labels['x']". Default:
    none.

env_value_from{}.resource: 'limits.cpu' | 'limits.memory' | 'limits.ephemeral-storage' |
    'requests.cpu' | 'requests.memory' | 'requests.ephemeral-storage'
    Request or limit of the container: whole cores rounded up, and bytes. Default: none.

env_value_from{}.config_map: group
    Key of a ConfigMap. Default: none.

env_value_from{}.config_map.name: str or Output, required
    Name of the object, which exists.

env_value_from{}.config_map.key: str, required
    The key.

env_value_from{}.config_map.optional: bool
    Whether the container starts without it. Default: false.

env_value_from{}.secret: group
    Key of a Secret other than that of mcp:secrets. Default: none.

env_value_from{}.secret.name: str or Output, required
    Name of the object, which exists.

env_value_from{}.secret.key: str, required
    The key.

env_value_from{}.secret.optional: bool
    Whether the container starts without it. Default: false.

sidecars: list of group
    Containers that run beside the server, such as a proxy of a database: init containers that are
    restarted, as Kubernetes has them from 1.29 on. They start in their order before the init
    containers and the server, and get SIGTERM in the opposite order when the server has ended, so
    that its last calls still have them. Default: none.

sidecars[].name: str, required
    Name of the container, a DNS label, not 'server'.

sidecars[].image: str or Output, required
    Image with a fixed tag or a digest.

sidecars[].image_pull_policy: 'Always' | 'IfNotPresent' | 'Never'
    When the image is pulled. Left out: as that of the server.

sidecars[].command: list of str
    Command instead of the image's entry point. Default: none.

sidecars[].args: list of str
    Arguments instead of the image's. Default: none.

sidecars[].env: mapping of str to str or Output
    Environment variables in clear; never a secret. Default: none.

sidecars[].env_from: list of group
    ConfigMaps and Secrets whose keys are variables. Default: none.

sidecars[].env_from[].config_map: str or Output
    Name of a ConfigMap that exists. Default: none.

sidecars[].env_from[].secret: str or Output
    Name of a Secret that exists. Default: none.

sidecars[].env_from[].prefix: str
    What each name begins with. Left out: nothing.

sidecars[].env_from[].optional: bool
    Whether the container starts without the object. Default: false.

sidecars[].env_value_from: mapping of str to group
    Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret.
    Default: none.

sidecars[].env_value_from{}.field: str
    Field of the pod, such as 'metadata.name', 'status.podIP' or "metadata.labels['x']". Default:
    none.

sidecars[].env_value_from{}.resource: 'limits.cpu' | 'limits.memory' | 'limits.ephemeral-storage' |
    'requests.cpu' | 'requests.memory' | 'requests.ephemeral-storage'
    Request or limit of the container: whole cores rounded up, and bytes. Default: none.

sidecars[].env_value_from{}.config_map: group
    Key of a ConfigMap. Default: none.

sidecars[].env_value_from{}.config_map.name: str or Output, required
    Name of the object, which exists.

sidecars[].env_value_from{}.config_map.key: str, required
    The key.

sidecars[].env_value_from{}.config_map.optional: bool
    Whether the container starts without it. Default: false.

sidecars[].env_value_from{}.secret: group
    Key of a Secret other than that of mcp:secrets. Default: none.

sidecars[].env_value_from{}.secret.name: str or Output, required
    Name of the object, which exists.

sidecars[].env_value_from{}.secret.key: str, required
    The key.

sidecars[].env_value_from{}.secret.optional: bool
    Whether the container starts without it. Default: false.

sidecars[].requests: group
    What the scheduler reserves. Default: that of its keys.

sidecars[].requests.cpu: str, required
    CPU, such as '50m'.

sidecars[].requests.memory: str, required
    Memory with its unit, such as '64Mi'.

sidecars[].requests.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

sidecars[].limits: group
    What the kernel enforces. Default: that of its keys.

sidecars[].limits.cpu: str, required
    CPU, such as '50m'.

sidecars[].limits.memory: str, required
    Memory with its unit, such as '64Mi'.

sidecars[].limits.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

sidecars[].mounts: list of group
    Directories that it shares with the server. Default: none.

sidecars[].mounts[].volume: str, required
    One of the paths of writable_paths or volumes: where the server has it.

sidecars[].mounts[].path: str
    Where this container has it. Derived: at the same path.

sidecars[].mounts[].sub_path: str
    Path in it instead of its root. Default: none.

sidecars[].mounts[].writable: bool
    Whether this container may write to it. Default: false.

sidecars[].port: int
    Port that it listens on, which its probe opens. Left out: it counts as started at once.

sidecars[].health_path: str
    GET route at port that answers 200 when it is ready. Left out: the port is opened.

init_containers: list of group
    Containers that end before the server starts, one after the other, such as a migration. Default:
    none.

init_containers[].name: str, required
    Name of the container, a DNS label, not 'server'.

init_containers[].image: str or Output, required
    Image with a fixed tag or a digest.

init_containers[].image_pull_policy: 'Always' | 'IfNotPresent' | 'Never'
    When the image is pulled. Left out: as that of the server.

init_containers[].command: list of str
    Command instead of the image's entry point. Default: none.

init_containers[].args: list of str
    Arguments instead of the image's. Default: none.

init_containers[].env: mapping of str to str or Output
    Environment variables in clear; never a secret. Default: none.

init_containers[].env_from: list of group
    ConfigMaps and Secrets whose keys are variables. Default: none.

init_containers[].env_from[].config_map: str or Output
    Name of a ConfigMap that exists. Default: none.

init_containers[].env_from[].secret: str or Output
    Name of a Secret that exists. Default: none.

init_containers[].env_from[].prefix: str
    What each name begins with. Left out: nothing.

init_containers[].env_from[].optional: bool
    Whether the container starts without the object. Default: false.

init_containers[].env_value_from: mapping of str to group
    Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret.
    Default: none.

init_containers[].env_value_from{}.field: str
    Field of the pod, such as 'metadata.name', 'status.podIP' or "metadata.labels['x']". Default:
    none.

init_containers[].env_value_from{}.resource: 'limits.cpu' | 'limits.memory' |
    'limits.ephemeral-storage' | 'requests.cpu' | 'requests.memory' | 'requests.ephemeral-storage'
    Request or limit of the container: whole cores rounded up, and bytes. Default: none.

init_containers[].env_value_from{}.config_map: group
    Key of a ConfigMap. Default: none.

init_containers[].env_value_from{}.config_map.name: str or Output, required
    Name of the object, which exists.

init_containers[].env_value_from{}.config_map.key: str, required
    The key.

init_containers[].env_value_from{}.config_map.optional: bool
    Whether the container starts without it. Default: false.

init_containers[].env_value_from{}.secret: group
    Key of a Secret other than that of mcp:secrets. Default: none.

init_containers[].env_value_from{}.secret.name: str or Output, required
    Name of the object, which exists.

init_containers[].env_value_from{}.secret.key: str, required
    The key.

init_containers[].env_value_from{}.secret.optional: bool
    Whether the container starts without it. Default: false.

init_containers[].requests: group
    What the scheduler reserves. Default: that of its keys.

init_containers[].requests.cpu: str, required
    CPU, such as '50m'.

init_containers[].requests.memory: str, required
    Memory with its unit, such as '64Mi'.

init_containers[].requests.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

init_containers[].limits: group
    What the kernel enforces. Default: that of its keys.

init_containers[].limits.cpu: str, required
    CPU, such as '50m'.

init_containers[].limits.memory: str, required
    Memory with its unit, such as '64Mi'.

init_containers[].limits.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

init_containers[].mounts: list of group
    Directories that it shares with the server. Default: none.

init_containers[].mounts[].volume: str, required
    One of the paths of writable_paths or volumes: where the server has it.

init_containers[].mounts[].path: str
    Where this container has it. Derived: at the same path.

init_containers[].mounts[].sub_path: str
    Path in it instead of its root. Default: none.

init_containers[].mounts[].writable: bool
    Whether this container may write to it. Default: false.

readiness_sidecar: group
    For a server without a health route: readiness by the exchange of its era, `server/discover`
    where it speaks 'modern', asked by a sidecar with the probe's image. It starts last, and its
    requests count in the plan and the quota. Default: none.

readiness_sidecar.image: str or Output, required
    Image with the command mcp-stack and the extra 'probe', with a fixed tag or a digest;
    images/probe/Dockerfile builds one.

readiness_sidecar.port: int
    Port that it answers the kubelet on. Default: 9810.

readiness_sidecar.interval_seconds: int
    From round to round, in seconds. 10 is the readiness probe's own; with sessions each round opens
    one, and ends it. Default: 10.

readiness_sidecar.timeout_seconds: int
    How long a round may take, in seconds. Default: 5.

readiness_sidecar.requests: group
    What the scheduler reserves. Default: that of its keys.

readiness_sidecar.requests.cpu: str, required
    CPU, such as '50m'.

readiness_sidecar.requests.memory: str, required
    Memory with its unit, such as '64Mi'.

readiness_sidecar.requests.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

readiness_sidecar.limits: group
    What the kernel enforces. Default: that of its keys.

readiness_sidecar.limits.cpu: str, required
    CPU, such as '50m'.

readiness_sidecar.limits.memory: str, required
    Memory with its unit, such as '64Mi'.

readiness_sidecar.limits.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

kubernetes_api: group
    API token and rights of a server that talks to Kubernetes itself. Left out: no token in the pod.
    The way to the API server is an opening of its own.

kubernetes_api.rules: list of group
    Rights in the server's namespace, as a Role. Default: none.

kubernetes_api.rules[].api_groups: list of str
    Groups of the API, such as 'apps'; the empty one has pods, Services and ConfigMaps. Default:
    none.

kubernetes_api.rules[].resources: list of str, required
    Resources in the plural, such as 'pods' or 'pods/log'.

kubernetes_api.rules[].verbs: list of str, required
    What it may do, such as get, list and watch.

kubernetes_api.rules[].resource_names: list of str
    Names of the objects. Left out: all of them. Default: none.

kubernetes_api.cluster_rules: list of group
    Rights in the whole cluster, as a ClusterRole; who deploys the stack must have them too.
    Default: none.

kubernetes_api.cluster_rules[].api_groups: list of str
    Groups of the API, such as 'apps'; the empty one has pods, Services and ConfigMaps. Default:
    none.

kubernetes_api.cluster_rules[].resources: list of str, required
    Resources in the plural, such as 'pods' or 'pods/log'.

kubernetes_api.cluster_rules[].verbs: list of str, required
    What it may do, such as get, list and watch.

kubernetes_api.cluster_rules[].resource_names: list of str
    Names of the objects. Left out: all of them. Default: none.

kubernetes_api.roles: list of group
    Roles that exist, which the server gets. Default: none.

kubernetes_api.roles[].name: str or Output, required
    Name of the role, such as 'view'.

kubernetes_api.roles[].kind: 'Role' | 'ClusterRole'
    Kind of the role. Default: 'ClusterRole'.

kubernetes_api.roles[].whole_cluster: bool
    Whether it holds in all namespaces, which only a ClusterRole can; otherwise in that of the
    server. Default: false.

port: int
    Port that the server listens on; 8000 is that of the Python SDK. Default: 8000.

health_path: str
    GET route that answers 200 when the server can serve and 503 while it drains; the readiness
    probe. The SDKs ship none: without it the probes only test that the port is open. Default: none.

liveness_path: str
    GET route that answers 200 as long as the process answers at all; never the readiness route,
    which says 503 while draining. Without it liveness tests that the port is open. Default: none.

command: list of str
    Command instead of the image's entry point. Default: none.

args: list of str
    Arguments instead of the image's. Default: none.

user_id: int
    Numeric user and group of the process. Above 10000, so that it owns nothing on a node after an
    escape. Default: 10001.

service_account_annotations: mapping of str to str or Output
    Annotations of the ServiceAccount, for workload identity. Default: none.

eras: list of 'modern' | 'legacy-stateless' | 'legacy-stateful' | 'sse'
    Protocol eras that the server serves on its URL. All regions behind one host must serve the
    same. Default: modern.

path: str
    Path of the MCP endpoint. It is routed exactly, with a slash behind it and without, since some
    servers redirect one to the other; no probe may use it. Default: '/mcp'.

max_tool_seconds: int
    Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter.
    Default: 60.

pre_stop_seconds: int
    Pre-stop sleep, in seconds. Derived: 10, and for legacy eras the slowest tool besides, since
    SIGTERM cuts it.

graceful_timeout_seconds: int
    Time to finish calls after SIGTERM, in seconds. Derived: the slowest tool for the era 'modern',
    else 5.

grace_period_seconds: int
    terminationGracePeriodSeconds, in seconds. Derived: pre-stop sleep, graceful timeout and 5 s
    margin, at least 30.

start_replicas: int
    Number of pods that a new Deployment begins with: what runs now, where one of another name,
    namespace or owner takes over. It counts at the creation only. Derived: the minimum.

min_available: int
    minAvailable of the PodDisruptionBudget. Derived: one less than min_replicas; with sessions one
    pod may go at a time.

propagation_seconds: int
    Between the deletion of a pod and the last proxy that stops sending to it, in seconds; the
    pre-stop sleep is at least that long. Derived: 10, at least 30 where the proxies are no pods,
    the deregistration delay of an ALB, up to 60 where it is derived.

workload_identity: 'none' | 'gke' | 'irsa' | 'eks-pod-identity' | 'azure'
    Kind of workload identity, with the label and the opening that it needs: 'gke', 'irsa' and
    'eks-pod-identity' of AWS, 'azure'. 'none' adds neither. Derived: from the annotation of the
    ServiceAccount; 'eks-pod-identity' has none, and is said.

platform: 'generic' | 'gke' | 'gke-autopilot' | 'eks' | 'aks' | 'openshift' | 'kind' | 'k3s'
    Kind of cluster, for what differs there: resolvers, workload identity, when images are pulled.
    'generic', the default, has the resolvers of most clusters. Default: 'generic'.

pod_policies: bool
    Whether NetworkPolicies close the pods but for what they need. With false none of ours is made
    for them: for a platform that keeps policies of its own in the namespace, or lets nobody else
    make any. What is said of who may connect to whom opens nothing then. Default: true.

mesh: 'none' | 'istio-ambient' | 'istio-sidecar'
    Service mesh that the pods are in. 'istio-ambient' opens its tunnel, port 15008, wherever pods
    may connect, and the address that it lets probes of the kubelet come from; 'istio-sidecar' opens
    the way to istiod and counts the proxy of each pod in the quota. Both put the label on the pods
    that takes them in. Default: 'none'.

accept: mapping of str to str
    Codes or names of warnings that are accepted, each with its reason. Default: none.

patches: list of group
    Patches of the pods, the Deployment, the Service and the other objects of the server, for what
    has no key. Default: none.

patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.
"""
"""What help() shows of the constructor."""
