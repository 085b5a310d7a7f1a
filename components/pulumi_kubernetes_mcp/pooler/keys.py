"""What a program may say to McpPgBouncer."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from ..kubernetes.keys import AcceptKeys, AwaitSeconds, Egress, IngressFrom
from ..settings.fields import Address, AnyText, DataKey, Filled, Image, Label, Name, Namespace, Port, same
from ..settings.keys.certificates import CertificateAuthority
from ..settings.keys.databases import ParameterName, ParameterValue
from ..settings.keys.network import PodLabels
from ..settings.keys.patches import Patches
from ..settings.keys.place import MeshKeys, PlatformKeys, PodPolicyKeys
from ..settings.keys.pod import PlacementKeys, UserKeys
from ..settings.keys.secrets import SecretVersionKeys
from ..settings.keys.stores import Cidrs, DatabaseKeys, DatabaseName, Instances, TlsMode
from ..settings.names import is_loopback

Connections = Annotated[int, Field(ge=0)]


def _beyond(host: Any) -> Any:
    """A host that is not the pod of the pooler; an Output is looked at when it is known."""
    if isinstance(host, str) and is_loopback(host):
        raise ValueError(
            f"'{host}' is the pod of the pooler itself, where no database is: give the address of the database, or "
            "the one that a sidecar of the server leads to"
        )
    return host


class PgBouncerKeys(AcceptKeys, MeshKeys, PodPolicyKeys, PlatformKeys, UserKeys, PlacementKeys):
    """Arguments of McpPgBouncer."""

    namespace: Namespace
    """Namespace of all objects."""
    database_host: Annotated[Address, AfterValidator(_beyond)] = same(DatabaseKeys, "host", default=...)
    secret_name: Name
    """Secret with the user and the password."""
    pool_size: Annotated[int, Field(ge=1, le=100_000)]
    """Connections to the database that one instance keeps."""
    max_client_conn: Annotated[int, Field(ge=1, le=1_000_000)]
    """Connections that one instance accepts from pods."""
    pooler_name: Filled | None = None
    """Name of the Deployment and the Service. Derived: the component's name."""
    database_port: Port = same(DatabaseKeys, "port")
    database_name: DatabaseName = same(DatabaseKeys, "name")
    database_cidrs: Cidrs = same(DatabaseKeys, "cidrs")
    database_namespace: Label | None = same(DatabaseKeys, "namespace")
    database_pod_labels: PodLabels | None = same(DatabaseKeys, "pod_labels")
    user_key: DataKey = same(DatabaseKeys, "user_key")
    password_key: DataKey = same(DatabaseKeys, "password_key")
    secret_version: AnyText | None = same(SecretVersionKeys, "version")
    instances: Instances = same(DatabaseKeys, "pooler_instances")
    reserve_pool_size: Annotated[int, Field(ge=0, le=100_000)] = 0
    """Connections besides `pool_size` that one instance opens when clients wait."""
    budget: Connections | None = None
    """Connections that all instances may open, both generations of a rollout counted. Left out: not checked."""
    client_connections: Connections = 0
    """Connections that all pods together open to the pooler; it must bear them with one instance lost. Checked where
    there is a `budget`."""
    server_tls_mode: TlsMode = same(DatabaseKeys, "tls_mode")
    database_ca: CertificateAuthority | None = same(DatabaseKeys, "ca")
    parameters: dict[ParameterName, ParameterValue] = same(DatabaseKeys, "parameters")
    ignored_parameters: list[ParameterName] = same(DatabaseKeys, "ignored_parameters")
    tracked_parameters: list[ParameterName] = same(DatabaseKeys, "tracked_parameters")
    image: Image = same(DatabaseKeys, "pooler_image")
    exporter: bool = same(DatabaseKeys, "pooler_exporter")
    exporter_image: Image = same(DatabaseKeys, "pooler_exporter_image")
    patches: Patches = same(DatabaseKeys, "pooler_patches")
    allow_from: list[IngressFrom] = []
    """Who may connect to the pooler. Nobody by default."""
    allow_to: list[Egress] = []
    """Where the pooler may connect to besides the database: resolvers, where the namespace does not open them."""
    await_timeout_seconds: AwaitSeconds = 600
    """How long to wait for ready pods, in seconds."""
