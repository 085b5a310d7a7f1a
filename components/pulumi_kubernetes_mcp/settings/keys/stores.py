"""Keys of the database and of the pooler before it."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from ..fields import KNOWN_LATER, Address, Cidr, DataKey, Group, Image, Label, Port
from ..names import is_loopback
from .certificates import CertificateAuthority
from .databases import ParameterName, ParameterValue
from .network import PodLabels
from .patches import Patches

TlsMode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]
DatabaseName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_$.-]{0,62}$")]
Cidrs = Annotated[list[Cidr], Field(min_length=1)]
Instances = Annotated[int, Field(ge=1, le=50)]


def _not_in_the_pod(host: Any, info: ValidationInfo) -> Any:
    """A host that is not the pod of the server, unless that is known from the start."""
    if info.context == KNOWN_LATER and is_loopback(host):
        raise ValueError(
            f"'{host}' is the pod of the server itself, whose TLS and ways out follow from that before an Output is "
            "known: give it as plain text, or the address that the sidecar leads to"
        )
    return host


class DatabaseKeys(Group):
    """Where the database is, who signs in, and what stands before it."""

    host: Annotated[Address, AfterValidator(_not_in_the_pod)] | None = None
    """Host of the database, a name or an address without port and credentials."""
    port: Port = 5432
    """Port of the database. Of another kind than PostgreSQL its own, where this is left out: 3306 (MySQL), 27017
    (MongoDB), 1433 (SQL Server), 6379 (Redis)."""
    name: DatabaseName = "postgres"
    """Name of the database. Of another kind than PostgreSQL none is said where this is left out."""
    cidrs: Cidrs = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    """Address ranges that the database is reached at; the default are the private ones of RFC 1918."""
    namespace: Label | None = None
    """Namespace of the database's pods, where it runs in the cluster: several network plugins never match pods by
    address ranges, and `cidrs` is then left out unless it is given too. Left out: only address ranges."""
    pod_labels: PodLabels | None = None
    """Labels of the database's pods. Left out: all pods of that namespace."""
    tls_mode: TlsMode = "require"
    """TLS towards the database, in libpq's words; 'require', which encrypts and verifies nothing, because managed
    databases offer it. Of a host in the pod itself (localhost, 127.0.0.1), where a sidecar leads on and encrypts,
    'disable' where this is left out. The server gets the word that its driver reads: to node-postgres require is
    no-verify."""
    ca: CertificateAuthority | None = None
    """The authority that signed the database's certificate, for the modes that verify it; mounted into the server, or
    into the pooler where there is one. Left out: the public ones."""
    parameters: dict[ParameterName, ParameterValue] = {}
    """Parameters of PostgreSQL that hold for every connection, such as search_path or jit. Without a pooler they go to
    the server as options of libpq; with one they are set on each of its connections, since it hands none on."""
    ignored_parameters: list[ParameterName] = ["extra_float_digits"]
    """Startup parameters of clients that the pooler drops. It refuses all that are neither here nor in
    `tracked_parameters`, so that none is lost in silence; the default is what JDBC sends and nobody misses."""
    tracked_parameters: list[ParameterName] = ["IntervalStyle"]
    """Startup parameters that the pooler keeps for each client beside its own (client_encoding, DateStyle, TimeZone and
    others); only those that PostgreSQL reports, as search_path from 18 on."""
    user_key: DataKey = "username"
    """Key of the Secret that holds the database user."""
    password_key: DataKey = "password"
    """Key of the Secret that holds the password."""
    pooler_instances: Instances = 2
    """Number of PgBouncer pods; two, so that one may be lost."""
    pooler_image: Image = "ghcr.io/cloudnative-pg/pgbouncer:1.25.1"
    """Image of PgBouncer with a fixed tag or a digest; it must read /etc/pgbouncer/pgbouncer.ini. The default is one
    that follows upstream; 1.21 or newer is needed for prepared statements."""
    pooler_exporter: bool = False
    """Whether an exporter stands beside each PgBouncer, a container of its pod that requests 10m and 32Mi. Alerts and
    panels on waiting clients and on connections read it. Off, since it is of use only where something scrapes it: with
    a `monitor` its PodMonitor or ServiceMonitor is made too."""
    pooler_exporter_image: Image = "quay.io/prometheuscommunity/pgbouncer-exporter:v0.12.1"
    """Image of the exporter with a fixed tag or a digest: prometheus-community/pgbouncer_exporter 0.9 or newer, which
    reads its address from the environment. The default is the kept one; its metrics need PgBouncer 1.8."""
    pooler_patches: Patches = []
    """Patches of the pods, the Deployment, the Service and the other objects of the pooler, for what has no key."""
