"""Arguments of McpProbe.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import pulumi

from .shared import EgressArgs, IngressFromArgs, TolerationArgs

if TYPE_CHECKING:
    WatchedEndpointEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    WatchedEndpointChecks = Literal["authorization", "host", "origin"]
    ProbeImagePullPolicy = Literal["Always", "IfNotPresent", "Never"]
    ProbeArchitecture = Literal["any", "amd64", "arm64"]
    ProbePlatform = Literal["generic", "gke", "gke-autopilot", "eks", "aks", "openshift", "kind", "k3s"]
    ProbeMesh = Literal["none", "istio-ambient", "istio-sidecar"]
else:
    WatchedEndpointEras = str
    WatchedEndpointChecks = str
    ProbeImagePullPolicy = str
    ProbeArchitecture = str
    ProbePlatform = str
    ProbeMesh = str


class SecretHeaderArgs(TypedDict):
    """A header whose value is in a file that a Secret is mounted as."""

    name: str
    """Name of the header."""
    file: str
    """File below /etc/mcp-probe/secrets, called after the key of the Secret; read anew in each round."""


class ProbeToolArgs(TypedDict):
    """A tool that only reads, to be called in each round."""

    name: str
    """Name of the tool."""
    arguments: NotRequired[Mapping[str, Any]]
    """What it is called with. Left out: nothing."""


class WatchedEndpointArgs(TypedDict):
    """One address that is watched from the cluster, and what is expected of it."""

    url: pulumi.Input[str]
    """Where clients reach it, with scheme and path."""
    name: str
    """What it is called in metrics; unique in an exporter."""
    headers: NotRequired[list[SecretHeaderArgs]]
    """Headers with secret values, such as a token. Default: none."""
    server: NotRequired[str]
    """Which server answers there. Left out: the name."""
    region: NotRequired[str]
    """In which region it is; left out for an address of all regions, whose label is empty. Default: none."""
    eras: NotRequired[list[WatchedEndpointEras]]
    """Eras that must be served; each is spoken in each round. Left out: the first that is found. Default: none."""
    protocol_version: NotRequired[str]
    """Protocol version that must be agreed on. Left out: any that exists."""
    schema_file: NotRequired[str]
    """File with the tools that are expected, as `mcp-stack probe --save-schema` writes it; relative to the file that
    names it. Default: none."""
    strict_schema: NotRequired[bool]
    """Whether any difference of the tools is a failure, and not only one that breaks clients. Default: false."""
    tool: NotRequired[ProbeToolArgs]
    """Tool that is called in each round. Default: none."""
    checks: NotRequired[list[WatchedEndpointChecks]]
    """What is looked at besides, with a request each. Default: none."""
    affinity: NotRequired[int]
    """Further requests over connections of their own that must find the session and the same tools. Default: 0."""
    timeout_seconds: NotRequired[float]
    """How long a round may take, in seconds. Left out: that of the exporter."""
    slow_seconds: NotRequired[float]
    """A round that takes longer has failed, in seconds; twice the loaded P95 is usual. Left out: none is slow."""
    max_bytes: NotRequired[int]
    """Bytes that are read of one answer. Default: 4194304."""
    cookies: NotRequired[bool]
    """Whether cookies are sent back, as clients in Python do and those in TypeScript do not. Default: false."""


class McpProbeArgs(TypedDict):
    """Arguments of McpProbe."""

    namespace: pulumi.Input[str]
    """Namespace of all objects."""
    watcher: str
    """Where the exporter runs, such as the region, for the label of this name."""
    image: pulumi.Input[str]
    """Image with the command mcp-stack and the extra 'probe', with a fixed tag or a digest; images/probe/Dockerfile
    builds one."""
    probe_name: NotRequired[str]
    """Name of the Deployment and the Service. Derived: the component's name."""
    allow_from: NotRequired[list[IngressFromArgs]]
    """Who may read the metrics, port 9810. Nobody by default. Default: none."""
    allow_to: NotRequired[list[EgressArgs]]
    """Where the exporter may connect to besides the ports of its endpoints: resolvers, and the pods of a gateway where
    the network plugin does not match pods by address ranges. Default: none."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for a ready pod, in seconds. Default: 600."""
    endpoints: NotRequired[list[WatchedEndpointArgs]]
    """What is watched, such as the public addresses of the other regions. Default: none."""
    interval_seconds: NotRequired[float]
    """From one round of an endpoint to its next, in seconds. A minute, as the guides ask; alerts of the probe wait for
    rounds of it. Default: 60."""
    timeout_seconds: NotRequired[float]
    """How long a round may take, in seconds. Default: 10."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Secret of the namespace with tokens: each key is a file below /etc/mcp-probe/secrets, which headers name.
    Default: none."""
    schema_config_map: NotRequired[pulumi.Input[str]]
    """ConfigMap of the namespace with expected tools: each key is a file below /etc/mcp-probe/schemas. Default:
    none."""
    service_monitor: NotRequired[bool]
    """Whether a ServiceMonitor is made, for the operator of Prometheus; off, because not every cluster has it. Default:
    false."""
    monitor_labels: NotRequired[Mapping[str, str]]
    """Labels of the ServiceMonitor: those that the Prometheus object selects by, such as release: NAME. Default:
    none."""
    image_pull_secrets: NotRequired[list[pulumi.Input[str]]]
    """Secrets of the namespace with the credentials of the registry; the platform makes them. Default: none."""
    image_pull_policy: NotRequired[ProbeImagePullPolicy]
    """When an image is pulled. Derived: of platform; 'Always', where a container starts only with what the registry has
    under the name, for whoever has the credentials, and 'IfNotPresent' on kind and k3s, whose nodes images are loaded
    into. 'Always' needs the registry at each start of a container."""
    node_selector: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels that a node must have. Default: none."""
    tolerations: NotRequired[list[TolerationArgs]]
    """Taints of nodes that the pods bear. Default: none."""
    priority_class_name: NotRequired[pulumi.Input[str]]
    """PriorityClass. Left out: that of the cluster's default."""
    architecture: NotRequired[ProbeArchitecture]
    """Architecture of the nodes. 'any', the default, needs an image for each that the cluster has; with one of the two
    the pods stay on such nodes. Default: 'any'."""
    cluster_user_id: NotRequired[bool]
    """Whether the cluster chooses user and group, as restricted-v2 of OpenShift does, which refuses fixed ones.
    Default: false."""
    platform: NotRequired[ProbePlatform]
    """Kind of cluster, for what differs there: resolvers, workload identity, when images are pulled. 'generic', the
    default, has the resolvers of most clusters. Default: 'generic'."""
    pod_policies: NotRequired[bool]
    """Whether NetworkPolicies close the pods but for what they need. With false none of ours is made for them: for a
    platform that keeps policies of its own in the namespace, or lets nobody else make any. What is said of who may
    connect to whom opens nothing then. Default: true."""
    mesh: NotRequired[ProbeMesh]
    """Service mesh that the pods are in. 'istio-ambient' opens its tunnel, port 15008, wherever pods may connect, and
    the address that it lets probes of the kubelet come from; 'istio-sidecar' opens the way to istiod and counts the
    proxy of each pod in the quota. Both put the label on the pods that takes them in. Default: 'none'."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output, required
    Namespace of all objects.

watcher: str, required
    Where the exporter runs, such as the region, for the label of this name.

image: str or Output, required
    Image with the command mcp-stack and the extra 'probe', with a fixed tag or a digest;
    images/probe/Dockerfile builds one.

probe_name: str
    Name of the Deployment and the Service. Derived: the component's name.

allow_from: list of group
    Who may read the metrics, port 9810. Nobody by default. Default: none.

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
    Where the exporter may connect to besides the ports of its endpoints: resolvers, and the pods of
    a gateway where the network plugin does not match pods by address ranges. Default: none.

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
    How long to wait for a ready pod, in seconds. Default: 600.

endpoints: list of group
    What is watched, such as the public addresses of the other regions. Default: none.

endpoints[].name: str, required
    What it is called in metrics; unique in an exporter.

endpoints[].server: str
    Which server answers there. Left out: the name.

endpoints[].region: str
    In which region it is; left out for an address of all regions, whose label is empty. Default:
    none.

endpoints[].eras: list of 'modern' | 'legacy-stateless' | 'legacy-stateful' | 'sse'
    Eras that must be served; each is spoken in each round. Left out: the first that is found.
    Default: none.

endpoints[].protocol_version: str
    Protocol version that must be agreed on. Left out: any that exists.

endpoints[].schema_file: str
    File with the tools that are expected, as `mcp-stack probe --save-schema` writes it; relative to
    the file that names it. Default: none.

endpoints[].strict_schema: bool
    Whether any difference of the tools is a failure, and not only one that breaks clients. Default:
    false.

endpoints[].tool: group
    Tool that is called in each round. Default: none.

endpoints[].tool.name: str, required
    Name of the tool.

endpoints[].tool.arguments: mapping of str to anything
    What it is called with. Left out: nothing.

endpoints[].checks: list of 'authorization' | 'host' | 'origin'
    What is looked at besides, with a request each. Default: none.

endpoints[].affinity: int
    Further requests over connections of their own that must find the session and the same tools.
    Default: 0.

endpoints[].timeout_seconds: float
    How long a round may take, in seconds. Left out: that of the exporter.

endpoints[].slow_seconds: float
    A round that takes longer has failed, in seconds; twice the loaded P95 is usual. Left out: none
    is slow.

endpoints[].max_bytes: int
    Bytes that are read of one answer. Default: 4194304.

endpoints[].cookies: bool
    Whether cookies are sent back, as clients in Python do and those in TypeScript do not. Default:
    false.

endpoints[].url: str or Output, required
    Where clients reach it, with scheme and path.

endpoints[].headers: list of group
    Headers with secret values, such as a token. Default: none.

endpoints[].headers[].name: str, required
    Name of the header.

endpoints[].headers[].file: str, required
    File below /etc/mcp-probe/secrets, called after the key of the Secret; read anew in each round.

interval_seconds: float
    From one round of an endpoint to its next, in seconds. A minute, as the guides ask; alerts of
    the probe wait for rounds of it. Default: 60.

timeout_seconds: float
    How long a round may take, in seconds. Default: 10.

secret_name: str or Output
    Secret of the namespace with tokens: each key is a file below /etc/mcp-probe/secrets, which
    headers name. Default: none.

schema_config_map: str or Output
    ConfigMap of the namespace with expected tools: each key is a file below /etc/mcp-probe/schemas.
    Default: none.

service_monitor: bool
    Whether a ServiceMonitor is made, for the operator of Prometheus; off, because not every cluster
    has it. Default: false.

monitor_labels: mapping of str to str
    Labels of the ServiceMonitor: those that the Prometheus object selects by, such as release:
    NAME. Default: none.

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

cluster_user_id: bool
    Whether the cluster chooses user and group, as restricted-v2 of OpenShift does, which refuses
    fixed ones. Default: false.

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
"""
"""What help() shows of the constructor."""
