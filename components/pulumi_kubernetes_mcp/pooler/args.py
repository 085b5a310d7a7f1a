"""Arguments of McpPgBouncer: what a caller may say, the defaults put in, the rules applied."""

from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

import pulumi

from ..inputs.outputs import plain
from ..kubernetes.args import IngressFromArgs
from ..kubernetes.network import origin_problems
from ..rules import database, workload
from ..rules.model import Finding
from . import spec as specs

DEFAULT_IMAGE = "ghcr.io/cloudnative-pg/pgbouncer:1.25.1"
"""A maintained image that follows upstream; 1.21 or newer is needed for prepared statements."""
DEFAULT_INSTANCES = 2


class McpPgBouncerArgs(TypedDict):
    """Arguments of McpPgBouncer."""

    namespace: pulumi.Input[str]
    """Namespace of all objects."""
    database_host: pulumi.Input[str]
    """Host of the database."""
    secret_name: pulumi.Input[str]
    """Secret with the user and the password."""
    pool_size: int
    """Connections to the database that one instance keeps."""
    max_client_conn: int
    """Connections that one instance accepts from pods."""
    pooler_name: NotRequired[str]
    """Name of the Deployment and the Service. Default: the component's name."""
    database_port: NotRequired[int]
    """Port of the database. Default: 5432."""
    database_name: NotRequired[str]
    """Name of the database. Default: postgres."""
    user_key: NotRequired[str]
    """Key of the user in the Secret. Default: username."""
    secret_version: NotRequired[pulumi.Input[str]]
    """Any text; a change restarts the pods, which read the Secret only at their start. Default: none."""
    password_key: NotRequired[str]
    """Key of the password in the Secret. Default: password."""
    instances: NotRequired[int]
    """Number of pods. Default: 2, so that one may be lost."""
    reserve_pool_size: NotRequired[int]
    """Connections besides pool_size that one instance opens when clients wait. Default: 0."""
    budget: NotRequired[int]
    """Connections that all instances may open, both generations of a rollout counted. Default: not checked."""
    client_connections: NotRequired[int]
    """Connections that all pods together open to the pooler; it must bear them with one instance lost.
    Default: not checked."""
    server_tls_mode: NotRequired[str]
    """TLS towards the database: disable, prefer, require, verify-full. Default: require."""
    image: NotRequired[pulumi.Input[str]]
    """Image of PgBouncer with a fixed tag or a digest. Default: CloudNativePG's 1.25.1."""
    allow_from: NotRequired[list[IngressFromArgs]]
    """Who may connect to the pooler. Default: nobody."""
    database_cidrs: NotRequired[list[str]]
    """Address ranges of the database. Default: the private ranges of RFC 1918."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for ready pods, in seconds. Default: 600."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""


def contradictions(args: McpPgBouncerArgs) -> Iterator[str]:
    """What is wrong between keys that are right by themselves."""
    yield from origin_problems(args.get("allow_from", []))


def database_cidrs(args: McpPgBouncerArgs) -> list[str]:
    """Where the database may be: the caller's ranges, or the private ones of RFC 1918."""
    return args.get("database_cidrs", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])


def pooler_spec(name: str, args: McpPgBouncerArgs) -> specs.PoolerSpec:
    """The arguments with every default put in."""
    return specs.PoolerSpec(
        name=args.get("pooler_name", name),
        image=args.get("image", DEFAULT_IMAGE),
        instances=int(args.get("instances", DEFAULT_INSTANCES)),
        secret_name=args["secret_name"],
        user_key=args.get("user_key", "username"),
        password_key=args.get("password_key", "password"),
        secret_version=args.get("secret_version"),
    )


def pooler_findings(pooler: specs.PoolerSpec, args: McpPgBouncerArgs) -> list[Finding]:
    """Every rule that the arguments of one pooler can break."""
    image = plain(pooler.image)
    found = [] if image is None else workload.image_findings(image, path="image")
    found += workload.name_findings(pooler.name, path="pooler_name")
    found += workload.port_findings(int(args.get("database_port", 5432)), path="database_port")
    if "budget" in args:
        each = int(args["pool_size"]) + int(args.get("reserve_pool_size", 0))
        found += database.pooler_findings(
            server_connections=each * specs.ROLLOUT_GENERATIONS * pooler.instances,
            budget=int(args["budget"]),
            client_connections=int(args.get("client_connections", 0)),
            max_client_conn_total=int(args["max_client_conn"]) * max(1, pooler.instances - 1),
            path="pool_size",
        )
    return found
