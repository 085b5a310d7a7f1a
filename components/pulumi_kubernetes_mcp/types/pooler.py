"""Arguments of McpPgBouncer.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

import pulumi

from .shared import IngressFromArgs, TolerationArgs

if TYPE_CHECKING:
    PgBouncerServerTlsMode = Literal["disable", "prefer", "require", "verify-full"]
    PgBouncerArchitecture = Literal["any", "amd64", "arm64"]
    PgBouncerMesh = Literal["none", "istio-ambient", "istio-sidecar"]
else:
    PgBouncerServerTlsMode = str
    PgBouncerArchitecture = str
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
    """Port of the database. Default: 5432."""
    database_name: NotRequired[str]
    """Name of the database. Default: 'postgres'."""
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
    """TLS towards the database, in libpq's words (PGSSLMODE); 'require' because managed databases offer it. Default:
    'require'."""
    image: NotRequired[pulumi.Input[str]]
    """Image of PgBouncer with a fixed tag or a digest; it must read /etc/pgbouncer/pgbouncer.ini. The default is one
    that follows upstream; 1.21 or newer is needed for prepared statements. Default:
    'ghcr.io/cloudnative-pg/pgbouncer:1.25.1'."""
    allow_from: NotRequired[list[IngressFromArgs]]
    """Who may connect to the pooler. Nobody by default. Default: none."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for ready pods, in seconds. Default: 600."""
    image_pull_secrets: NotRequired[list[pulumi.Input[str]]]
    """Secrets of the namespace with the credentials of the registry; the platform makes them. Default: none."""
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
    mesh: NotRequired[PgBouncerMesh]
    """Service mesh that the pods are in. 'istio-ambient' opens its tunnel, port 15008, wherever pods may connect, and
    the address that it lets probes of the kubelet come from; 'istio-sidecar' opens the way to istiod and counts the
    proxy of each pod in the quota. Both put the label on the pods that takes them in. Default: 'none'."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
