"""Keys of the pods of a server: where they run, what they are called, how they start and are replaced."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ...platforms import PullPolicy
from ..fields import (
    AnnotationKey,
    AnyText,
    Duration,
    Filled,
    Group,
    HostHeader,
    HostName,
    IpAddress,
    LabelKey,
    LabelValue,
    Name,
    ObjectName,
    SearchDomain,
)
from ..names import ResourceName, Surge, TagValue, Unavailable, is_no_pod, once, repeated

IpFamily = Literal["IPv4", "IPv6"]


class Toleration(Group):
    """A taint that the pods bear."""

    key: LabelKey | None = None
    """Key of the taint. Left out: every taint, with the operator 'Exists'."""
    operator: Literal["Exists", "Equal"] = "Equal"
    """'Equal' compares the value, 'Exists' only the key."""
    value: LabelValue | None = None
    """Value of the taint. Left out: the empty one, or any with 'Exists'."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint. Left out: all three."""
    toleration_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """How long a pod stays after a 'NoExecute' taint, in seconds. Left out: for ever."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.operator == "Equal" and self.key is None:
            raise ValueError("it has no key: name one, or set operator to 'Exists' for every taint")
        if self.operator == "Exists" and self.value:
            raise ValueError("it compares a value with the operator 'Exists': leave value out, or set operator 'Equal'")
        if self.toleration_seconds is not None and self.effect != "NoExecute":
            raise ValueError("only the effect 'NoExecute' counts seconds: set effect, or leave the seconds out")
        return self


class HostAlias(Group):
    """Names for an address, in /etc/hosts of the pods."""

    ip: IpAddress
    """The address."""
    hostnames: Annotated[list[HostName], Field(min_length=1)]
    """Its names."""


class DnsConfig(Group):
    """How the pods resolve names, besides what `dns_policy` says."""

    nameservers: Annotated[list[IpAddress], Field(max_length=3)] = []
    """Addresses of resolvers, behind those of the policy; the kubelet takes three in all, so that two are left beside
    the cluster's DNS. With `dns_policy` 'None' they are the only ones."""
    searches: Annotated[list[SearchDomain], Field(max_length=32)] = []
    """Domains that short names are looked for in."""
    options: dict[Filled, AnyText] = {}
    """Options of the resolver, such as ndots: '2'. An empty value is an option without one."""


class PlacementKeys(Group):
    """Where pods may run, and who may pull their image."""

    image_pull_secrets: Annotated[list[Name], AfterValidator(once)] = []
    """Secrets of the namespace with the credentials of the registry; the platform makes them."""
    image_pull_policy: PullPolicy | None = None
    """When an image is pulled. Derived: of `platform`; 'Always', where a container starts only with what the registry
    has under the name, for whoever has the credentials, and 'IfNotPresent' on kind and k3s, whose nodes images are
    loaded into. 'Always' needs the registry at each start of a container."""
    node_selector: dict[LabelKey, TagValue] = {}
    """Labels that a node must have."""
    tolerations: list[Toleration] = []
    """Taints of nodes that the pods bear."""
    priority_class_name: Name | None = None
    """PriorityClass. Left out: that of the cluster's default."""
    architecture: Literal["any", "amd64", "arm64"] = "any"
    """Architecture of the nodes. 'any', the default, needs an image for each that the cluster has; with one of the two
    the pods stay on such nodes."""

    @model_validator(mode="after")
    def _can_be_placed(self) -> Self:
        for name in ("kubernetes.io/arch", "beta.kubernetes.io/arch"):
            given = self.node_selector.get(name)
            if isinstance(given, str) and self.architecture not in ("any", given):
                raise ValueError(
                    f"no node is of the architecture {self.architecture} and has the label {name} "
                    f"{given}: set `architecture` alone"
                )
        return self


class HardwareKeys(Group):
    """What the pods of the server need of a node besides CPU and memory."""

    runtime_class_name: Name | None = None
    """RuntimeClass, such as one of gVisor. Left out: that of the node."""
    extended_resources: dict[ResourceName, Annotated[int, Field(ge=1, le=1000)]] = {}
    """Whole devices of each pod by name, such as nvidia.com/gpu: 1, as request and limit. The quota of the namespace
    counts them too."""


class LabelKeys(Group):
    """Labels and annotations of one's own."""

    labels: dict[LabelKey, TagValue] = {}
    """Labels of the workload, besides those that every object has."""
    annotations: dict[AnnotationKey, AnyText] = {}
    """Annotations of the workload, such as for a controller that restarts it."""
    pod_labels: dict[LabelKey, TagValue] = {}
    """Labels of the pods, such as for a mesh or for workload identity. Changing one restarts the pods."""
    pod_annotations: dict[AnnotationKey, AnyText] = {}
    """Annotations of the pods. Changing one restarts the pods."""


class AddressKeys(Group):
    """How the pods resolve names, and which addresses the Service has."""

    host_aliases: list[HostAlias] = []
    """Names in /etc/hosts of the pods."""
    dns_policy: Literal["ClusterFirst", "Default", "ClusterFirstWithHostNet", "None"] | None = None
    """How the pods resolve names. Left out: by the cluster's DNS first. 'None' takes `dns_config` alone."""
    dns_config: DnsConfig | None = None
    """Resolvers, search domains and options. Left out: those of the policy."""
    ip_family_policy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"] | None = None
    """Address families of the Service. Left out: one, the cluster's first."""
    ip_families: Annotated[list[IpFamily], Field(max_length=2)] = []
    """The families by name, the first one first. Left out: the cluster's order."""

    @model_validator(mode="after")
    def _resolves(self) -> Self:
        if self.dns_policy == "None" and not (self.dns_config and self.dns_config.nameservers):
            raise ValueError("`dns_policy` 'None' has no resolver of its own: give nameservers in `dns_config`")
        if self.dns_policy not in ("None", "Default") and self.dns_config and len(self.dns_config.nameservers) > 2:
            raise ValueError(
                "in `dns_config` stand 3 nameservers behind the cluster's DNS, and the kubelet takes three in all: "
                "leave the last one out, or set `dns_policy` to 'None'"
            )
        return self

    @model_validator(mode="after")
    def _names_stand_once(self) -> Self:
        if twice := repeated(one.ip for one in self.host_aliases):
            raise ValueError(f"in `host_aliases` {twice} stands twice: give all its hostnames in one item")
        return self

    @model_validator(mode="after")
    def _families_fit(self) -> Self:
        if len(self.ip_families) > 1 and self.ip_families[0] == self.ip_families[1]:
            raise ValueError(f"in `ip_families` {self.ip_families[0]} stands twice: name each family once")
        if len(self.ip_families) > 1 and self.ip_family_policy in (None, "SingleStack"):
            now = "it is left out, which is SingleStack" if self.ip_family_policy is None else "it is SingleStack"
            raise ValueError(
                f"in `ip_families` {' and '.join(self.ip_families)} stand, and `ip_family_policy` takes one family "
                f"({now}): set it to PreferDualStack or RequireDualStack, or name one family"
            )
        return self


class ProbeTiming(Group):
    """How often a probe asks, and for how long it is patient. What is left out has the default of that probe."""

    period_seconds: Annotated[int, Field(ge=1, le=3600)] | None = None
    """Seconds between two questions. Derived: start-up 2, readiness 10, liveness 30."""
    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] | None = None
    """Seconds until a question without an answer has failed. Derived: start-up 2, readiness 3, liveness 5."""
    failure_threshold: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Failures in a row that count. Derived: 3; at the start-up as many as fit into `startup_seconds`."""
    command: Annotated[list[Filled], Field(min_length=1)] | None = None
    """Command in the container that asks instead of a GET: 0 is well. A process each time, so ask seldom."""


class Probes(Group):
    """How the kubelet asks, where the defaults do not fit."""

    scheme: Literal["HTTP", "HTTPS"] | None = None
    """Scheme of the routes. Derived: HTTPS with `serves_tls`, else HTTP. The kubelet checks no certificate."""
    host: HostHeader | None = None
    """Host header. Derived: 'localhost' with the port, which the SDKs take; a server that knows its public name only
    answers that with 403 or 421, and wants the name here."""
    startup: ProbeTiming = ProbeTiming()
    """Until the first success, which the other two wait for."""
    readiness: ProbeTiming = ProbeTiming()
    """Whether the pod gets requests."""
    liveness: ProbeTiming = ProbeTiming()
    """Whether the container is restarted."""


class ProbeKeys(Group):
    """How a pod starts, and how the kubelet asks it."""

    startup_seconds: Annotated[int, Field(ge=2, le=3600)] = 60
    """How long the server may take to start, in seconds; then the kubelet starts it again. Downloads, migrations and
    large models take minutes."""
    serves_tls: bool = False
    """Whether the pods speak TLS themselves at `port`: probes and Service then do too."""
    probes: Probes = Probes()
    """How the kubelet asks, where the defaults do not fit."""


class ArgoRollouts(Group):
    """A release by Argo Rollouts: all new pods beside the old ones, then one switch of the Service."""

    auto_promotion: bool = False
    """Whether clients are led to the new pods as soon as all of them are ready and the analysis has passed. Without it
    a release stands still there until somebody promotes it (`kubectl argo rollouts promote`)."""
    analysis_templates: Annotated[list[ObjectName], AfterValidator(once)] = []
    """AnalysisTemplates of the namespace that have to succeed at the new pods before any client is led to them. Each is
    given the argument `preview-service`, the name of the Service of the new pods."""
    scale_down_delay_seconds: Duration | None = None
    """How long the old pods run on after the switch, in seconds: for the calls that are in flight, and for a way back
    without a new start. Derived: the time until every proxy has heard of the switch and the slowest call, 30 at
    least."""


class Rollout(Group):
    """How new pods take the place of old ones."""

    strategy: Literal["RollingUpdate", "Recreate"] | None = None
    """'Recreate' ends all old pods before the first new one, which is an outage. Derived: 'RollingUpdate', and
    'Recreate' for a database with one writer."""
    max_surge: Surge | None = None
    """Pods above the number, or percent of it, such as '25%', and more than 100 % too. Derived: 25 %. Quota and
    connections count them."""
    max_unavailable: Unavailable | None = None
    """Pods below the number, or percent of it, at most 100. Derived: 0."""
    min_ready_seconds: Duration | None = None
    """How long a new pod has to be ready before it counts and an old one goes, in seconds. Derived: the time until
    every proxy sends to it (`edge.propagation_seconds`), so that calls do not all go to the pods that are left; 0 with
    'Recreate'."""
    pod_management: Literal["Parallel", "OrderedReady"] | None = None
    """How a StatefulSet, which a claim per pod makes, starts and ends its pods when their number changes: all at once,
    or one after the other, each waiting for the one before. Derived: 'Parallel', since an autoscaler adds several at
    once. A rollout replaces one pod at a time in any case."""
    argo_rollouts: ArgoRollouts | None = None
    """A Rollout of Argo Rollouts in place of the Deployment, with its strategy blueGreen; `{}` is enough. The cluster
    needs its controller. Left out: a Deployment."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.strategy == "Recreate" and (self.max_surge or self.max_unavailable):
            raise ValueError("'Recreate' ends all pods at once: leave `max_surge` and `max_unavailable` out")
        if is_no_pod(self.max_surge) and (self.max_unavailable is None or is_no_pod(self.max_unavailable)):
            raise ValueError("neither a pod more nor one less is allowed: raise `max_surge` or `max_unavailable`")
        return self


class UserKeys(Group):
    """Who the process is, and what it may write to."""

    cluster_user_id: bool = False
    """Whether the cluster chooses user and group, as restricted-v2 of OpenShift does, which refuses fixed ones."""


class WorkloadKeys(UserKeys, ProbeKeys, AddressKeys, LabelKeys, HardwareKeys, PlacementKeys):
    """The pods of a server, and the workload that makes them."""

    rollout: Rollout = Rollout()
    """How new pods take the place of old ones."""
    writable_root: bool = False
    """Whether the container may write to the root file system of its image."""
