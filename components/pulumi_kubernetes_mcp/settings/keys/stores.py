"""Keys of the database and of the pooler before it."""

from typing import Annotated, Literal

from pydantic import Field

from ..fields import Address, Cidr, DataKey, Group, Image, Label, Port
from .network import PodLabels

TlsMode = Literal["disable", "prefer", "require", "verify-full"]
DatabaseName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_$.-]{0,62}$")]
Cidrs = Annotated[list[Cidr], Field(min_length=1)]
Instances = Annotated[int, Field(ge=1, le=50)]


class DatabaseKeys(Group):
    """Where the database is, who signs in, and what stands before it."""

    host: Address | None = None
    """Host of the database, a name or an address without port and credentials."""
    port: Port = 5432
    """Port of the database."""
    name: DatabaseName = "postgres"
    """Name of the database."""
    cidrs: Cidrs = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    """Address ranges that the database is reached at; the default are the private ones of RFC 1918."""
    namespace: Label | None = None
    """Namespace of the database's pods, where it runs in the cluster: several network plugins never match pods by
    address ranges, and `cidrs` is then left out unless it is given too. Left out: only address ranges."""
    pod_labels: PodLabels | None = None
    """Labels of the database's pods. Left out: all pods of that namespace."""
    tls_mode: TlsMode = "require"
    """TLS towards the database, in libpq's words (PGSSLMODE); 'require' because managed databases offer it."""
    user_key: DataKey = "username"
    """Key of the Secret that holds the database user."""
    password_key: DataKey = "password"
    """Key of the Secret that holds the password."""
    pooler_instances: Instances = 2
    """Number of PgBouncer pods; two, so that one may be lost."""
    pooler_image: Image = "ghcr.io/cloudnative-pg/pgbouncer:1.25.1"
    """Image of PgBouncer with a fixed tag or a digest; it must read /etc/pgbouncer/pgbouncer.ini. The default is one
    that follows upstream; 1.21 or newer is needed for prepared statements."""
