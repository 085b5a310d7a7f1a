"""Arguments of McpChaos.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import pulumi

from .shared import EgressArgs, TolerationArgs

if TYPE_CHECKING:
    ChaosExperiment = Literal["kill-pod", "kill-zone", "stop-database", "stop-state-store", "drop-network"]
    ChaosImagePullPolicy = Literal["Always", "IfNotPresent", "Never"]
    ChaosArchitecture = Literal["any", "amd64", "arm64"]
    ChaosPlatform = Literal["generic", "gke", "gke-autopilot", "eks", "aks", "openshift", "kind", "k3s"]
    ChaosMesh = Literal["none", "istio-ambient", "istio-sidecar"]
    ChaosEnvironment = Literal["production", "staging", "development"]
else:
    ChaosExperiment = str
    ChaosImagePullPolicy = str
    ChaosArchitecture = str
    ChaosPlatform = str
    ChaosMesh = str
    ChaosEnvironment = str


class McpChaosArgs(TypedDict):
    """Arguments of McpChaos."""

    namespace: pulumi.Input[str]
    """Namespace of the server, and of all objects."""
    server_name: str
    """Name of the server, whose pods it is done to."""
    url: pulumi.Input[str]
    """Where the server speaks MCP, as its clients reach it: they call there while it is done."""
    experiment: ChaosExperiment
    """What is done: 'kill-pod' and 'kill-zone' end pods without a drain, 'stop-database' and 'stop-state-store' scale
    workload to 0 for a while, 'drop-network' drops the packets of a pod where the network plugin has rules that deny
    (Cilium, Calico)."""
    image: pulumi.Input[str]
    """Image with the command mcp-stack, the extra 'probe' and kubectl, with a fixed tag or a digest;
    images/chaos/Dockerfile builds one."""
    region: NotRequired[str]
    """Name of the region, which production names. Derived: the server's name."""
    allow_to: NotRequired[list[EgressArgs]]
    """Where the pod may connect to besides the URL and the API server: resolvers, where the namespace does not open
    them. Default: none."""
    server_port: NotRequired[int]
    """Port of the server's pods, where url is that of its Service. Left out: the pod connects to the port of the URL,
    at any address."""
    schedule: NotRequired[str]
    """Five-field cron expression in UTC, in quotes; days of the week are 0 (Sunday) to 6. Left out: it waits for
    'kubectl create job --from=cronjob/NAME'."""
    production: NotRequired[str]
    """Name of the region, said once more: an experiment takes calls and sessions from the users there. Required in
    production. Default: none."""
    workload: NotRequired[str]
    """What 'stop-database' and 'stop-state-store' scale to 0 and back: 'deployment/NAME' or 'statefulset/NAME' of the
    namespace. Default: none."""
    tool: NotRequired[str]
    """Tool that the clients call, which must do no harm. Left out: they list the tools."""
    tool_arguments: NotRequired[Mapping[str, Any]]
    """Its arguments, in clear. '{call}' in a text stands for words that no other call has. Default: none."""
    hold_seconds: NotRequired[float]
    """How long the fault lasts, in seconds: as long as most restarts take. A kill does not last. Default: 10."""
    recover_seconds: NotRequired[float]
    """How long all clients may take to call again, in seconds. Default: 30."""
    calls_lost: NotRequired[int]
    """Calls of clients without a session that may fail. Derived of the experiment."""
    sessions_lost: NotRequired[int]
    """Sessions of each era that may be lost. Derived of the pods that it is done to."""
    token_secret: NotRequired[pulumi.Input[str]]
    """Secret of the namespace with a bearer token for the server. Left out: calls have none."""
    token_key: NotRequired[str]
    """Key of the token in that Secret. Default: 'token'."""
    image_pull_secrets: NotRequired[list[pulumi.Input[str]]]
    """Secrets of the namespace with the credentials of the registry; the platform makes them. Default: none."""
    image_pull_policy: NotRequired[ChaosImagePullPolicy]
    """When an image is pulled. Derived: of platform; 'Always', where a container starts only with what the registry has
    under the name, for whoever has the credentials, and 'IfNotPresent' on kind and k3s, whose nodes images are loaded
    into. 'Always' needs the registry at each start of a container."""
    node_selector: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels that a node must have. Default: none."""
    tolerations: NotRequired[list[TolerationArgs]]
    """Taints of nodes that the pods bear. Default: none."""
    priority_class_name: NotRequired[pulumi.Input[str]]
    """PriorityClass. Left out: that of the cluster's default."""
    architecture: NotRequired[ChaosArchitecture]
    """Architecture of the nodes. 'any', the default, needs an image for each that the cluster has; with one of the two
    the pods stay on such nodes. Default: 'any'."""
    cluster_user_id: NotRequired[bool]
    """Whether the cluster chooses user and group, as restricted-v2 of OpenShift does, which refuses fixed ones.
    Default: false."""
    platform: NotRequired[ChaosPlatform]
    """Kind of cluster, for what differs there: resolvers, workload identity, when images are pulled. 'generic', the
    default, has the resolvers of most clusters. Default: 'generic'."""
    pod_policies: NotRequired[bool]
    """Whether NetworkPolicies close the pods but for what they need. With false none of ours is made for them: for a
    platform that keeps policies of its own in the namespace, or lets nobody else make any. What is said of who may
    connect to whom opens nothing then. Default: true."""
    mesh: NotRequired[ChaosMesh]
    """Service mesh that the pods are in. 'istio-ambient' opens its tunnel, port 15008, wherever pods may connect, and
    the address that it lets probes of the kubelet come from; 'istio-sidecar' opens the way to istiod and counts the
    proxy of each pod in the quota. Both put the label on the pods that takes them in. Default: 'none'."""
    environment: NotRequired[ChaosEnvironment]
    """Environment. 'production', the default, is the strictest: at least two replicas, errors where others warn.
    Default: 'production'."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output, required
    Namespace of the server, and of all objects.

server_name: str, required
    Name of the server, whose pods it is done to.

url: str or Output, required
    Where the server speaks MCP, as its clients reach it: they call there while it is done.

experiment: 'kill-pod' | 'kill-zone' | 'stop-database' | 'stop-state-store' | 'drop-network',
    required
    What is done: 'kill-pod' and 'kill-zone' end pods without a drain, 'stop-database' and
    'stop-state-store' scale workload to 0 for a while, 'drop-network' drops the packets of a pod
    where the network plugin has rules that deny (Cilium, Calico).

image: str or Output, required
    Image with the command mcp-stack, the extra 'probe' and kubectl, with a fixed tag or a digest;
    images/chaos/Dockerfile builds one.

region: str
    Name of the region, which production names. Derived: the server's name.

allow_to: list of group
    Where the pod may connect to besides the URL and the API server: resolvers, where the namespace
    does not open them. Default: none.

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

server_port: int
    Port of the server's pods, where url is that of its Service. Left out: the pod connects to the
    port of the URL, at any address.

schedule: str
    Five-field cron expression in UTC, in quotes; days of the week are 0 (Sunday) to 6. Left out: it
    waits for 'kubectl create job --from=cronjob/NAME'.

production: str
    Name of the region, said once more: an experiment takes calls and sessions from the users there.
    Required in production. Default: none.

workload: str
    What 'stop-database' and 'stop-state-store' scale to 0 and back: 'deployment/NAME' or
    'statefulset/NAME' of the namespace. Default: none.

tool: str
    Tool that the clients call, which must do no harm. Left out: they list the tools.

tool_arguments: mapping of str to anything
    Its arguments, in clear. '{call}' in a text stands for words that no other call has. Default:
    none.

hold_seconds: float
    How long the fault lasts, in seconds: as long as most restarts take. A kill does not last.
    Default: 10.

recover_seconds: float
    How long all clients may take to call again, in seconds. Default: 30.

calls_lost: int
    Calls of clients without a session that may fail. Derived of the experiment.

sessions_lost: int
    Sessions of each era that may be lost. Derived of the pods that it is done to.

token_secret: str or Output
    Secret of the namespace with a bearer token for the server. Left out: calls have none.

token_key: str
    Key of the token in that Secret. Default: 'token'.

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

environment: 'production' | 'staging' | 'development'
    Environment. 'production', the default, is the strictest: at least two replicas, errors where
    others warn. Default: 'production'.

accept: mapping of str to str
    Codes or names of warnings that are accepted, each with its reason. Default: none.
"""
"""What help() shows of the constructor."""
