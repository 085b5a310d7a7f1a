"""PgBouncer in transaction mode: its configuration, its pods, its Service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pulumi

from ..eras import ENDPOINT_PROPAGATION_SECONDS
from ..kubernetes import volumes
from ..kubernetes.objects import (
    READINESS_PROBE,
    STARTUP_PROBE,
    Spec,
    apart,
    container_security,
    content_digest,
    pod_security,
    selector,
    spread,
    template_metadata,
)
from ..kubernetes.placement import affinity, placement
from ..platforms import PullPolicy
from ..settings.keys.certificates import CertificateAuthority
from ..settings.keys.pod import PlacementKeys
from . import exporter

COMPONENT = "pooler"
CONTAINER = "pgbouncer"
PORT = 6432
CONFIG_PATH = "/etc/pgbouncer"
CONFIG_FILE = "pgbouncer.ini"
RUN_PATH = "/run/pgbouncer"
USER_ID = 10001
SHUTDOWN_SECONDS = 30
"""After SIGINT PgBouncer waits for running transactions, then exits; SIGTERM waits for every client (1.23+)."""
GRACE_PERIOD_SECONDS = ENDPOINT_PROPAGATION_SECONDS + SHUTDOWN_SECONDS + 5
ROLLOUT_GENERATIONS = 2
"""Pods of both generations that a rollout can hold at once: an old one that drains still has its connections."""
REQUESTS = {"cpu": "100m", "memory": "64Mi", "ephemeral-storage": "16Mi"}
LIMITS = {"cpu": "1", "memory": "128Mi", "ephemeral-storage": "64Mi"}
"""PgBouncer is one thread, so more than one core is of no use; about 10 KiB per client."""
DRAIN = (
    f"sleep {ENDPOINT_PROPAGATION_SECONDS}; kill -INT 1; "
    f"n=0; while kill -0 1 2>/dev/null && [ $n -lt {SHUTDOWN_SECONDS} ]; do n=$((n+1)); sleep 1; done"
)
START = f'ulimit -Sn "$(ulimit -Hn)"; exec pgbouncer {CONFIG_PATH}/{CONFIG_FILE}'
"""PgBouncer does not raise its own soft limit of open files, and needs one per client. ``exec`` makes it process 1."""
USER_FILE = f"{RUN_PATH}/userlist.txt"
USERLIST = (
    'umask 077; quote() { printf \'%s\' "$1" | sed \'s/"/""/g\'; }; '
    f'printf \'"%s" "%s"\\n\' "$(quote "$PGUSER")" "$(quote "$PGPASSWORD")" > {USER_FILE}'
)
CONSOLE = "127.0.0.1"
"""Where the exporter finds the PgBouncer of its pod; an IPv6 pod has this address too."""
EXPORTED = f"{USERLIST} && {exporter.password(host=CONSOLE, port=PORT, user_list=USER_FILE)}"
"""The same with a user for the exporter."""


@dataclass(frozen=True, kw_only=True)
class PoolerSpec:
    """Everything the pods of a pooler are made from, settled."""

    name: str
    image: pulumi.Input[str]
    pull_policy: PullPolicy
    instances: int
    secret_name: pulumi.Input[str]
    user_key: str
    password_key: str
    secret_version: pulumi.Input[str] | None = None
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that only the pods have, such as those of a mesh."""
    pod_annotations: Mapping[str, str] = field(default_factory=dict)
    database_ca: CertificateAuthority | None = None
    requests: Mapping[str, str] = field(default_factory=lambda: REQUESTS)
    limits: Mapping[str, str] = field(default_factory=lambda: LIMITS)
    user_id: int | None = USER_ID
    """User and group; ``None`` leaves both to the cluster."""
    exporter_image: pulumi.Input[str] | None = None
    """Image of the exporter beside PgBouncer; ``None`` for none."""
    place: PlacementKeys = field(default_factory=PlacementKeys)
    """Where the pods may run, as it was given."""

    @property
    def match(self) -> dict[str, pulumi.Input[str]]:
        """The labels that select the pods."""
        return selector(self.name, COMPONENT)


def pgbouncer_ini(
    *,
    database_host: str,
    database_port: int,
    database_name: str,
    pool_size: int,
    reserve_pool_size: int,
    max_client_conn: int,
    server_tls_mode: str = "require",
    server_ca_file: str = volumes.SYSTEM_FILE,
    parameters: Mapping[str, str] = MappingProxyType({}),
    ignored_parameters: Sequence[str] = ("extra_float_digits",),
    tracked_parameters: Sequence[str] = ("IntervalStyle",),
    listen_address: str = "*",
    listen_port: int = PORT,
    auth_file: str = USER_FILE,
    exported: bool = False,
) -> str:
    """The text of pgbouncer.ini. It holds no secret, so it may stand in a ConfigMap.

    :param pool_size: connections to the database that one instance keeps for the user and database.
    :param reserve_pool_size: further connections that it opens when clients waited for three seconds.
    :param max_client_conn: connections that one instance accepts.
    :param exported: whether an exporter signs in to read the console; what its driver sends is then dropped too.

    ``max_db_connections`` caps what one instance can ever open, whatever users and databases come later.
    """
    if exported and exporter.STARTUP_PARAMETER not in {*ignored_parameters, *tracked_parameters}:
        ignored_parameters = [*ignored_parameters, exporter.STARTUP_PARAMETER]
    options = {
        "listen_addr": listen_address,
        "listen_port": listen_port,
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": auth_file,
        "pool_mode": "transaction",
        "default_pool_size": pool_size,
        "reserve_pool_size": reserve_pool_size,
        "reserve_pool_timeout": 3,
        "max_db_connections": pool_size + reserve_pool_size,
        "max_client_conn": max_client_conn,
        "max_prepared_statements": 200,
        "query_wait_timeout": 30,
        "server_idle_timeout": 600,
        "server_lifetime": 3600,
        "server_tls_sslmode": server_tls_mode,
        "ignore_startup_parameters": ",".join(ignored_parameters),
        "track_extra_parameters": ",".join(tracked_parameters),
        "log_connections": 0,
        "log_disconnections": 0,
    }
    if exported:
        options["stats_users"] = exporter.USER
    if server_tls_mode in ("verify-ca", "verify-full"):
        options["server_tls_ca_file"] = server_ca_file
    settings = ", ".join(f"set_config(''{key}'', ''{value}'', false)" for key, value in parameters.items())
    lines = [
        "[databases]",
        f"{database_name} = host={database_host} port={database_port} dbname={database_name}"
        + (f" connect_query='select {settings}'" if settings else ""),
        "",
        "[pgbouncer]",
        *(f"{key} = {value}".rstrip() for key, value in options.items()),
    ]
    return "\n".join(lines) + "\n"


def config_map_name(pooler_name: str, settings: str) -> str:
    """Name of the ConfigMap. It is immutable and named by its content, so that a new setting is a new object."""
    return f"{pooler_name}-{content_digest({CONFIG_FILE: settings})}"


def deployment(pooler: PoolerSpec, labels: Spec, config_name: pulumi.Input[str]) -> Spec:
    """The spec of the Deployment. Another ConfigMap is another pod template, so a new setting is a rollout."""
    return {
        "replicas": pooler.instances,
        "revisionHistoryLimit": 5,
        "progressDeadlineSeconds": 600,
        "selector": {"matchLabels": pooler.match},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": {
            "metadata": template_metadata(
                {**pooler.pod_labels, **labels}, pooler.secret_version, pooler.pod_annotations
            ),
            "spec": pod(pooler, config_name),
        },
    }


def pod(pooler: PoolerSpec, config_name: pulumi.Input[str]) -> Spec:
    """The pod: one container writes the user list from the Secret into memory, then PgBouncer runs."""
    return {
        "serviceAccountName": pooler.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": pod_security(pooler.user_id),
        "terminationGracePeriodSeconds": GRACE_PERIOD_SECONDS,
        "topologySpreadConstraints": spread(pooler.match),
        "affinity": affinity(pooler.place, apart(pooler.match)),
        **placement(pooler.place),
        "initContainers": [_user_list(pooler)],
        "containers": [_pgbouncer(pooler), *_exporter(pooler)],
        "volumes": [
            {"name": "config", "configMap": {"name": config_name}},
            {"name": "run", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
            *([] if pooler.exporter_image is None else [exporter.volume()]),
            *volumes.authority_volumes(pooler.database_ca),
        ],
    }


def service(pooler: PoolerSpec) -> Spec:
    """The spec of the Service."""
    return {
        "type": "ClusterIP",
        "selector": pooler.match,
        "ports": [{"name": "postgres", "port": PORT, "targetPort": "postgres", "protocol": "TCP"}],
    }


def _user_list(pooler: PoolerSpec) -> Spec:
    return {
        "name": "user-list",
        "image": pooler.image,
        "imagePullPolicy": pooler.pull_policy,
        "command": ["/bin/sh", "-c", USERLIST if pooler.exporter_image is None else EXPORTED],
        "env": [
            {"name": name, "valueFrom": {"secretKeyRef": {"name": pooler.secret_name, "key": key}}}
            for name, key in (("PGPASSWORD", pooler.password_key), ("PGUSER", pooler.user_key))
        ],
        "resources": {"requests": dict(pooler.requests), "limits": dict(pooler.limits)},
        "securityContext": container_security(pooler.user_id),
        "volumeMounts": [
            {"name": "run", "mountPath": RUN_PATH},
            *([] if pooler.exporter_image is None else [exporter.mount(read_only=False)]),
        ],
    }


def _exporter(pooler: PoolerSpec) -> list[Spec]:
    if pooler.exporter_image is None:
        return []
    return [
        exporter.container(
            image=pooler.exporter_image,
            pull_policy=pooler.pull_policy,
            user_id=pooler.user_id,
            host=CONSOLE,
            port=PORT,
        )
    ]


def _pgbouncer(pooler: PoolerSpec) -> Spec:
    """PgBouncer's container. It has no liveness probe: the kernel accepts connections for a hung process too, and
    refuses them in a connection storm, when a restart would cut every transaction. A crash ends the container."""
    listening = {"tcpSocket": {"port": "postgres"}}
    return {
        "name": CONTAINER,
        "image": pooler.image,
        "imagePullPolicy": pooler.pull_policy,
        "command": ["/bin/sh", "-c", START],
        "ports": [{"name": "postgres", "containerPort": PORT, "protocol": "TCP"}],
        "resources": {"requests": dict(pooler.requests), "limits": dict(pooler.limits)},
        "securityContext": container_security(pooler.user_id),
        "startupProbe": {**listening, **STARTUP_PROBE},
        "readinessProbe": {**listening, **READINESS_PROBE},
        "lifecycle": {"preStop": {"exec": {"command": ["/bin/sh", "-c", DRAIN]}}},
        "volumeMounts": [
            {"name": "config", "mountPath": CONFIG_PATH, "readOnly": True},
            {"name": "run", "mountPath": RUN_PATH},
            *volumes.authority_mounts(pooler.database_ca),
        ],
    }
