"""Arguments of McpPgBouncer.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

import pulumi

from .shared import CertificateAuthorityArgs, EgressArgs, IngressFromArgs, PatchArgs, TolerationArgs

if TYPE_CHECKING:
    PgBouncerServerTlsMode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]
    PgBouncerImagePullPolicy = Literal["Always", "IfNotPresent", "Never"]
    PgBouncerArchitecture = Literal["any", "amd64", "arm64"]
    PgBouncerPlatform = Literal["generic", "gke", "gke-autopilot", "eks", "aks", "openshift", "kind", "k3s"]
    PgBouncerMesh = Literal["none", "istio-ambient", "istio-sidecar"]
else:
    PgBouncerServerTlsMode = str
    PgBouncerImagePullPolicy = str
    PgBouncerArchitecture = str
    PgBouncerPlatform = str
    PgBouncerMesh = str


class McpPgBouncerArgs(TypedDict):
    """Arguments of McpPgBouncer."""

    namespace: pulumi.Input[str]
    """Namespace of all objects."""
    database_host: pulumi.Input[str]
    """Host of the database, a name or an address without port and credentials."""
    secret_name: pulumi.Input[str]
    """Secret with the user and the password."""
    pool_size: int
    """Connections to the database that one instance keeps."""
    max_client_conn: int
    """Connections that one instance accepts from pods."""
    pooler_name: NotRequired[str]
    """Name of the Deployment and the Service. Derived: the component's name."""
    database_port: NotRequired[int]
    """Port of the database. Of another kind than PostgreSQL its own, where this is left out: 3306 (MySQL), 27017
    (MongoDB), 1433 (SQL Server), 6379 (Redis). Default: 5432."""
    database_name: NotRequired[str]
    """Name of the database. Of another kind than PostgreSQL none is said where this is left out. Default:
    'postgres'."""
    database_cidrs: NotRequired[list[str]]
    """Address ranges that the database is reached at; the default are the private ones of RFC 1918. Default:
    10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16."""
    database_namespace: NotRequired[str]
    """Namespace of the database's pods, where it runs in the cluster: several network plugins never match pods by
    address ranges, and cidrs is then left out unless it is given too. Left out: only address ranges."""
    database_pod_labels: NotRequired[Mapping[str, str]]
    """Labels of the database's pods. Left out: all pods of that namespace."""
    user_key: NotRequired[str]
    """Key of the Secret that holds the database user. Default: 'username'."""
    password_key: NotRequired[str]
    """Key of the Secret that holds the password. Default: 'password'."""
    secret_version: NotRequired[pulumi.Input[str]]
    """Any text; changing it restarts the pods, which read their environment only when they start. Default: none."""
    instances: NotRequired[int]
    """Number of PgBouncer pods; two, so that one may be lost. Default: 2."""
    reserve_pool_size: NotRequired[int]
    """Connections besides pool_size that one instance opens when clients wait. Default: 0."""
    budget: NotRequired[int]
    """Connections that all instances may open, both generations of a rollout counted. Left out: not checked."""
    client_connections: NotRequired[int]
    """Connections that all pods together open to the pooler; it must bear them with one instance lost. Checked where
    there is a budget. Default: 0."""
    server_tls_mode: NotRequired[PgBouncerServerTlsMode]
    """TLS towards the database, in libpq's words; 'require', which encrypts and verifies nothing, because managed
    databases offer it. Of a host in the pod itself (localhost, 127.0.0.1), where a sidecar leads on and encrypts,
    'disable' where this is left out. The server gets the word that its driver reads: to node-postgres require is
    no-verify. Default: 'require'."""
    database_ca: NotRequired[CertificateAuthorityArgs]
    """The authority that signed the database's certificate, for the modes that verify it; mounted into the server, or
    into the pooler where there is one. Left out: the public ones."""
    parameters: NotRequired[Mapping[str, str]]
    """Parameters of PostgreSQL that hold for every connection, such as search_path or jit. Without a pooler they go to
    the server as options of libpq; with one they are set on each of its connections, since it hands none on. Default:
    none."""
    ignored_parameters: NotRequired[list[str]]
    """Startup parameters of clients that the pooler drops. It refuses all that are neither here nor in
    tracked_parameters, so that none is lost in silence; the default is what JDBC sends and nobody misses. Default:
    extra_float_digits."""
    tracked_parameters: NotRequired[list[str]]
    """Startup parameters that the pooler keeps for each client beside its own (client_encoding, DateStyle, TimeZone and
    others); only those that PostgreSQL reports, as search_path from 18 on. Default: IntervalStyle."""
    image: NotRequired[pulumi.Input[str]]
    """Image of PgBouncer with a fixed tag or a digest; it must read /etc/pgbouncer/pgbouncer.ini. The default is one
    that follows upstream; 1.21 or newer is needed for prepared statements. Default:
    'ghcr.io/cloudnative-pg/pgbouncer:1.25.1'."""
    exporter: NotRequired[bool]
    """Whether an exporter stands beside each PgBouncer, a container of its pod that requests 10m and 32Mi. Alerts and
    panels on waiting clients and on connections read it. Off, since it is of use only where something scrapes it: with
    a monitor its PodMonitor or ServiceMonitor is made too. Default: false."""
    exporter_image: NotRequired[pulumi.Input[str]]
    """Image of the exporter with a fixed tag or a digest: prometheus-community/pgbouncer_exporter 0.9 or newer, which
    reads its address from the environment. The default is the kept one; its metrics need PgBouncer 1.8. Default:
    'quay.io/prometheuscommunity/pgbouncer-exporter:v0.12.1'."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the pods, the Deployment, the Service and the other objects of the pooler, for what has no key.
    Default: none."""
    allow_from: NotRequired[list[IngressFromArgs]]
    """Who may connect to the pooler. Nobody by default. Default: none."""
    allow_to: NotRequired[list[EgressArgs]]
    """Where the pooler may connect to besides the database: resolvers, where the namespace does not open them. Default:
    none."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for ready pods, in seconds. Default: 600."""
    image_pull_secrets: NotRequired[list[pulumi.Input[str]]]
    """Secrets of the namespace with the credentials of the registry; the platform makes them. Default: none."""
    image_pull_policy: NotRequired[PgBouncerImagePullPolicy]
    """When an image is pulled. Derived: of platform; 'Always', where a container starts only with what the registry has
    under the name, for whoever has the credentials, and 'IfNotPresent' on kind and k3s, whose nodes images are loaded
    into. 'Always' needs the registry at each start of a container."""
    node_selector: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels that a node must have. Default: none."""
    tolerations: NotRequired[list[TolerationArgs]]
    """Taints of nodes that the pods bear. Default: none."""
    priority_class_name: NotRequired[pulumi.Input[str]]
    """PriorityClass. Left out: that of the cluster's default."""
    architecture: NotRequired[PgBouncerArchitecture]
    """Architecture of the nodes. 'any', the default, needs an image for each that the cluster has; with one of the two
    the pods stay on such nodes. Default: 'any'."""
    cluster_user_id: NotRequired[bool]
    """Whether the cluster chooses user and group, as restricted-v2 of OpenShift does, which refuses fixed ones.
    Default: false."""
    platform: NotRequired[PgBouncerPlatform]
    """Kind of cluster, for what differs there: resolvers, workload identity, when images are pulled. 'generic', the
    default, has the resolvers of most clusters. Default: 'generic'."""
    pod_policies: NotRequired[bool]
    """Whether NetworkPolicies close the pods but for what they need. With false none of ours is made for them: for a
    platform that keeps policies of its own in the namespace, or lets nobody else make any. What is said of who may
    connect to whom opens nothing then. Default: true."""
    mesh: NotRequired[PgBouncerMesh]
    """Service mesh that the pods are in. 'istio-ambient' opens its tunnel, port 15008, wherever pods may connect, and
    the address that it lets probes of the kubelet come from; 'istio-sidecar' opens the way to istiod and counts the
    proxy of each pod in the quota. Both put the label on the pods that takes them in. Default: 'none'."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output, required
    Namespace of all objects.

database_host: str or Output, required
    Host of the database, a name or an address without port and credentials.

secret_name: str or Output, required
    Secret with the user and the password.

pool_size: int, required
    Connections to the database that one instance keeps.

max_client_conn: int, required
    Connections that one instance accepts from pods.

pooler_name: str
    Name of the Deployment and the Service. Derived: the component's name.

database_port: int
    Port of the database. Of another kind than PostgreSQL its own, where this is left out: 3306
    (MySQL), 27017 (MongoDB), 1433 (SQL Server), 6379 (Redis). Default: 5432.

database_name: str
    Name of the database. Of another kind than PostgreSQL none is said where this is left out.
    Default: 'postgres'.

database_cidrs: list of str
    Address ranges that the database is reached at; the default are the private ones of RFC 1918.
    Default: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16.

database_namespace: str
    Namespace of the database's pods, where it runs in the cluster: several network plugins never
    match pods by address ranges, and cidrs is then left out unless it is given too. Left out: only
    address ranges.

database_pod_labels: mapping of str to str
    Labels of the database's pods. Left out: all pods of that namespace.

user_key: str
    Key of the Secret that holds the database user. Default: 'username'.

password_key: str
    Key of the Secret that holds the password. Default: 'password'.

secret_version: str or Output
    Any text; changing it restarts the pods, which read their environment only when they start.
    Default: none.

instances: int
    Number of PgBouncer pods; two, so that one may be lost. Default: 2.

reserve_pool_size: int
    Connections besides pool_size that one instance opens when clients wait. Default: 0.

budget: int
    Connections that all instances may open, both generations of a rollout counted. Left out: not
    checked.

client_connections: int
    Connections that all pods together open to the pooler; it must bear them with one instance lost.
    Checked where there is a budget. Default: 0.

server_tls_mode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
    TLS towards the database, in libpq's words; 'require', which encrypts and verifies nothing,
    because managed databases offer it. Of a host in the pod itself (localhost, 127.0.0.1), where a
    sidecar leads on and encrypts, 'disable' where this is left out. The server gets the word that
    its driver reads: to node-postgres require is no-verify. Default: 'require'.

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

parameters: mapping of str to str
    Parameters of PostgreSQL that hold for every connection, such as search_path or jit. Without a
    pooler they go to the server as options of libpq; with one they are set on each of its
    connections, since it hands none on. Default: none.

ignored_parameters: list of str
    Startup parameters of clients that the pooler drops. It refuses all that are neither here nor in
    tracked_parameters, so that none is lost in silence; the default is what JDBC sends and nobody
    misses. Default: extra_float_digits.

tracked_parameters: list of str
    Startup parameters that the pooler keeps for each client beside its own (client_encoding,
    DateStyle, TimeZone and others); only those that PostgreSQL reports, as search_path from 18 on.
    Default: IntervalStyle.

image: str or Output
    Image of PgBouncer with a fixed tag or a digest; it must read /etc/pgbouncer/pgbouncer.ini. The
    default is one that follows upstream; 1.21 or newer is needed for prepared statements. Default:
    'ghcr.io/cloudnative-pg/pgbouncer:1.25.1'.

exporter: bool
    Whether an exporter stands beside each PgBouncer, a container of its pod that requests 10m and
    32Mi. Alerts and panels on waiting clients and on connections read it. Off, since it is of use
    only where something scrapes it: with a monitor its PodMonitor or ServiceMonitor is made too.
    Default: false.

exporter_image: str or Output
    Image of the exporter with a fixed tag or a digest: prometheus-community/pgbouncer_exporter 0.9
    or newer, which reads its address from the environment. The default is the kept one; its metrics
    need PgBouncer 1.8. Default: 'quay.io/prometheuscommunity/pgbouncer-exporter:v0.12.1'.

patches: list of group
    Patches of the pods, the Deployment, the Service and the other objects of the pooler, for what
    has no key. Default: none.

patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.

allow_from: list of group
    Who may connect to the pooler. Nobody by default. Default: none.

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
    Where the pooler may connect to besides the database: resolvers, where the namespace does not
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

await_timeout_seconds: int
    How long to wait for ready pods, in seconds. Default: 600.

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
