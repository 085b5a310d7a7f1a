"""Arguments of McpLoadTest.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import pulumi

from .shared import EgressArgs, PatchArgs, TolerationArgs

if TYPE_CHECKING:
    LoadTestScenario = Literal["peak", "soak", "spike", "scale-in", "steps"]
    LoadTestEnvironment = Literal["production", "staging", "development"]
else:
    LoadTestScenario = str
    LoadTestEnvironment = str


class PlannedToolArgs(TypedDict):
    """A tool that sessions call, as it is planned."""

    name: str
    """Name of the tool."""
    share_percent: float
    """Its part of all calls, in percent."""
    duration_milliseconds: NotRequired[float]
    """Mean duration of a call without waiting, in milliseconds. Left out: no rate is expected."""
    limit_milliseconds: NotRequired[float]
    """What 95 % of its calls may take, in milliseconds. Left out: as long as they want."""


class McpLoadTestArgs(TypedDict):
    """Arguments of McpLoadTest."""

    namespace: pulumi.Input[str]
    """Namespace of the TestRun and its runners."""
    server_name: str
    """Name of the server, for the names of the objects and of the result."""
    url: pulumi.Input[str]
    """Where the server speaks MCP, as its clients reach it: the test goes through the whole way."""
    scenario: LoadTestScenario
    """What is played: 'peak' and 'soak' (80 %) hold the load, 'spike' doubles it, 'scale-in' lets it fall and watches
    pods go, 'steps' looks for the knee. Each change is a new TestRun, which begins at once."""
    sessions: int
    """Sessions at 100 percent: those of the planned peak; of 'steps' those that the pods hold."""
    tools: list[PlannedToolArgs]
    """The tools that sessions call."""
    region: NotRequired[str]
    """Name of the region, which production names. Derived: the server's name."""
    stack: NotRequired[str]
    """Name of the stack, for the result. Left out: the result is known by region and server."""
    era_percent: NotRequired[Mapping[str, float]]
    """Part of the sessions by protocol era, in percent. The default has no handshake and no session to close. Default:
    modern 100."""
    pods: NotRequired[int]
    """Pods that serve them, for the sessions of a pod in the result: two is the least number in production. Default:
    2."""
    sessions_per_pod: NotRequired[int]
    """Sessions that one pod is planned for, as in the sizing guide. Default: 50."""
    think_seconds: NotRequired[float]
    """Mean pause of a session between two calls, in seconds, as in the plan. Default: 10."""
    session_seconds: NotRequired[float]
    """Mean length of a session, in seconds, as in the plan. Default: 1200."""
    timeout_seconds: NotRequired[float]
    """After so many seconds a request has failed: the slowest tool and the margin of a route. Default: 75."""
    drain_seconds: NotRequired[float]
    """Until an autoscaler has removed the pods that a fall of the load leaves without work, in seconds ('scale-in').
    Left out: the least, 15 minutes. Default: 0."""
    sse_path: NotRequired[str]
    """Path of the event stream of an HTTP+SSE server; that of the SDKs. Default: '/sse'."""
    allow_to: NotRequired[list[EgressArgs]]
    """Where the runners may connect to besides the server: resolvers, where the namespace does not open them. Default:
    none."""
    server_port: NotRequired[int]
    """Port of the server's pods, where url is that of its Service: the runners may then connect to these pods alone.
    Left out: to the port of the URL, at any address."""
    first_launch: NotRequired[bool]
    """Whether the soak takes an hour instead of half of one: nobody has seen this server under load yet. Default:
    false."""
    hold_minutes: NotRequired[float]
    """How long the load stands still, in minutes. Derived: peak 10, soak 30, after a spike 8, each of the steps 2, and
    for 'scale-in' until the autoscaler has removed the pods."""
    arguments: NotRequired[Mapping[str, Any]]
    """Tool to the arguments that it is called with: a map, or a list of maps, of which each call takes one by chance.
    They stand in clear, and are called thousands of times: none that does harm. Left out: none. Default: none."""
    p95_milliseconds: NotRequired[float]
    """What 95 % of all calls may take, in milliseconds, as clients see it. Derived of each tool: its own 95th
    percentile, and what a call may wait."""
    failed_percent: NotRequired[float]
    """What may fail of the requests, in percent. A lost request in a hundred is the guides' limit of a test. Default:
    1.0."""
    production: NotRequired[str]
    """Name of the region, said once more: a test takes its capacity from the users there. Required in production.
    Default: none."""
    parallelism: NotRequired[int]
    """Runner pods that share the sessions. Derived: one for each 500 sessions."""
    paused: NotRequired[bool]
    """Whether the runners wait for 'k6 resume' instead of beginning when all are there. Default: false."""
    runner_image: NotRequired[pulumi.Input[str]]
    """Image of k6, with a fixed tag or a digest. The default is the version that the lab plays every scenario with.
    Default: 'grafana/k6:1.8.1'."""
    token_secret: NotRequired[pulumi.Input[str]]
    """Secret of the namespace with a bearer token for the server. Left out: requests have none."""
    token_key: NotRequired[str]
    """Key of the token in that Secret. Default: 'token'."""
    operator_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the k6 operator, which asks the runners whether they are there; that of its own manifests. Default:
    'k6-operator-system'."""
    runner_node_selector: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels that the nodes of the runners must have: beside the server they take the CPU that they measure. Default:
    none."""
    runner_tolerations: NotRequired[list[TolerationArgs]]
    """Taints of nodes that the runners bear. Default: none."""
    pod_policies: NotRequired[bool]
    """Whether NetworkPolicies close the pods but for what they need. With false none of ours is made for them: for a
    platform that keeps policies of its own in the namespace, or lets nobody else make any. What is said of who may
    connect to whom opens nothing then. Default: true."""
    environment: NotRequired[LoadTestEnvironment]
    """Environment. 'production', the default, is the strictest: at least two replicas, errors where others warn.
    Default: 'production'."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the TestRun and of what belongs to it, for what has no key. Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output, required
    Namespace of the TestRun and its runners.

server_name: str, required
    Name of the server, for the names of the objects and of the result.

url: str or Output, required
    Where the server speaks MCP, as its clients reach it: the test goes through the whole way.

scenario: 'peak' | 'soak' | 'spike' | 'scale-in' | 'steps', required
    What is played: 'peak' and 'soak' (80 %) hold the load, 'spike' doubles it, 'scale-in' lets it
    fall and watches pods go, 'steps' looks for the knee. Each change is a new TestRun, which begins
    at once.

sessions: int, required
    Sessions at 100 percent: those of the planned peak; of 'steps' those that the pods hold.

tools: list of group, required
    The tools that sessions call.

tools[].name: str, required
    Name of the tool.

tools[].share_percent: float, required
    Its part of all calls, in percent.

tools[].duration_milliseconds: float
    Mean duration of a call without waiting, in milliseconds. Left out: no rate is expected.

tools[].limit_milliseconds: float
    What 95 % of its calls may take, in milliseconds. Left out: as long as they want.

region: str
    Name of the region, which production names. Derived: the server's name.

stack: str
    Name of the stack, for the result. Left out: the result is known by region and server.

era_percent: mapping of str to float
    Part of the sessions by protocol era, in percent. The default has no handshake and no session to
    close. Default: modern 100.

pods: int
    Pods that serve them, for the sessions of a pod in the result: two is the least number in
    production. Default: 2.

sessions_per_pod: int
    Sessions that one pod is planned for, as in the sizing guide. Default: 50.

think_seconds: float
    Mean pause of a session between two calls, in seconds, as in the plan. Default: 10.

session_seconds: float
    Mean length of a session, in seconds, as in the plan. Default: 1200.

timeout_seconds: float
    After so many seconds a request has failed: the slowest tool and the margin of a route. Default:
    75.

drain_seconds: float
    Until an autoscaler has removed the pods that a fall of the load leaves without work, in seconds
    ('scale-in'). Left out: the least, 15 minutes. Default: 0.

sse_path: str
    Path of the event stream of an HTTP+SSE server; that of the SDKs. Default: '/sse'.

allow_to: list of group
    Where the runners may connect to besides the server: resolvers, where the namespace does not
    open them. Default: none.

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
    Port of the server's pods, where url is that of its Service: the runners may then connect to
    these pods alone. Left out: to the port of the URL, at any address.

first_launch: bool
    Whether the soak takes an hour instead of half of one: nobody has seen this server under load
    yet. Default: false.

hold_minutes: float
    How long the load stands still, in minutes. Derived: peak 10, soak 30, after a spike 8, each of
    the steps 2, and for 'scale-in' until the autoscaler has removed the pods.

arguments: mapping of str to anything
    Tool to the arguments that it is called with: a map, or a list of maps, of which each call takes
    one by chance. They stand in clear, and are called thousands of times: none that does harm. Left
    out: none. Default: none.

p95_milliseconds: float
    What 95 % of all calls may take, in milliseconds, as clients see it. Derived of each tool: its
    own 95th percentile, and what a call may wait.

failed_percent: float
    What may fail of the requests, in percent. A lost request in a hundred is the guides' limit of a
    test. Default: 1.0.

production: str
    Name of the region, said once more: a test takes its capacity from the users there. Required in
    production. Default: none.

parallelism: int
    Runner pods that share the sessions. Derived: one for each 500 sessions.

paused: bool
    Whether the runners wait for 'k6 resume' instead of beginning when all are there. Default:
    false.

runner_image: str or Output
    Image of k6, with a fixed tag or a digest. The default is the version that the lab plays every
    scenario with. Default: 'grafana/k6:1.8.1'.

token_secret: str or Output
    Secret of the namespace with a bearer token for the server. Left out: requests have none.

token_key: str
    Key of the token in that Secret. Default: 'token'.

operator_namespace: str or Output
    Namespace of the k6 operator, which asks the runners whether they are there; that of its own
    manifests. Default: 'k6-operator-system'.

runner_node_selector: mapping of str to str or Output
    Labels that the nodes of the runners must have: beside the server they take the CPU that they
    measure. Default: none.

runner_tolerations: list of group
    Taints of nodes that the runners bear. Default: none.

runner_tolerations[].key: str
    Key of the taint. Left out: every taint, with the operator 'Exists'.

runner_tolerations[].operator: 'Exists' | 'Equal'
    'Equal' compares the value, 'Exists' only the key. Default: 'Equal'.

runner_tolerations[].value: str
    Value of the taint. Left out: the empty one, or any with 'Exists'.

runner_tolerations[].effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
    Effect of the taint. Left out: all three.

runner_tolerations[].toleration_seconds: int
    How long a pod stays after a 'NoExecute' taint, in seconds. Left out: for ever.

pod_policies: bool
    Whether NetworkPolicies close the pods but for what they need. With false none of ours is made
    for them: for a platform that keeps policies of its own in the namespace, or lets nobody else
    make any. What is said of who may connect to whom opens nothing then. Default: true.

environment: 'production' | 'staging' | 'development'
    Environment. 'production', the default, is the strictest: at least two replicas, errors where
    others warn. Default: 'production'.

accept: mapping of str to str
    Codes or names of warnings that are accepted, each with its reason. Default: none.

patches: list of group
    Patches of the TestRun and of what belongs to it, for what has no key. Default: none.

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
