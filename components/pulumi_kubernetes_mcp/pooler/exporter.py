"""The exporter beside each PgBouncer: who it signs in as, and its container.

Flags, variables and metrics: prometheus-community/pgbouncer_exporter v0.12.1; its driver lib/pq reads ``PGPASSFILE`` as
libpq does. ``stats_users``: PgBouncer, doc/config.md.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from ..kubernetes.objects import Spec, container_security
from ..platforms import PullPolicy

CONTAINER = "exporter"
PORT = 9127
PORT_NAME = "metrics"
PATH = "/metrics"
USER = "mcp_exporter"
"""The one user of ``stats_users``: it may read the console (``SHOW``) and change nothing. The database knows no such
user, so it opens no connection there."""
FOLDER = "/run/exporter"
PASSWORD_FILE = f"{FOLDER}/pgpass"
STARTUP_PARAMETER = "extra_float_digits"
"""What the exporter's driver sends when it connects; PgBouncer refuses what it neither drops nor keeps."""
CONNECT_SECONDS = 5
REQUESTS = {"cpu": "10m", "memory": "32Mi", "ephemeral-storage": "16Mi"}
LIMITS = {"cpu": "100m", "memory": "64Mi", "ephemeral-storage": "64Mi"}
"""Five short queries for each scrape; a small process of Go has 15 to 25 MiB."""


def console(host: str, port: int) -> str:
    """The address of PgBouncer's console, without a password."""
    return f"postgres://{USER}@{host}:{port}/pgbouncer?sslmode=disable&connect_timeout={CONNECT_SECONDS}"


def password(*, host: str, port: int, user_list: str) -> str:
    """The shell script that makes a password for the exporter and gives it to both sides.

    It is random for each pod, lives in the pod's memory, and is in no Secret, no manifest and no state.
    """
    return (
        "secret=\"$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n')\" && [ ${#secret} -eq 64 ] && "
        f'printf \'"%s" "%s"\\n\' {USER} "$secret" >> {user_list} && '
        f"printf '%s:%s:%s:%s:%s\\n' {host} {port} pgbouncer {USER} \"$secret\" > {PASSWORD_FILE}"
    )


def volume() -> Spec:
    """What only the exporter reads of what the init container wrote: not the user list with the database's password."""
    return {"name": CONTAINER, "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}


def mount(*, read_only: bool) -> Spec:
    """The same as a container sees it."""
    return {"name": CONTAINER, "mountPath": FOLDER, **({"readOnly": True} if read_only else {})}


def container(
    *,
    image: pulumi.Input[str],
    pull_policy: PullPolicy,
    user_id: int | None,
    host: str,
    port: int,
    requests: Mapping[str, str] = REQUESTS,
) -> Spec:
    """The container. It has no probe: one that fails would take a PgBouncer that works out of the Service."""
    return {
        "name": CONTAINER,
        "image": image,
        "imagePullPolicy": pull_policy,
        "env": [
            {"name": "PGBOUNCER_EXPORTER_CONNECTION_STRING", "value": console(host, port)},
            {"name": "PGPASSFILE", "value": PASSWORD_FILE},
        ],
        "ports": [{"name": PORT_NAME, "containerPort": PORT, "protocol": "TCP"}],
        "resources": {"requests": dict(requests), "limits": dict(LIMITS)},
        "securityContext": container_security(user_id),
        "volumeMounts": [mount(read_only=True)],
    }
