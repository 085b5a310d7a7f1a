"""Keys of the files and the environment of a container: what it may write to, what is mounted, what its variables
say."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from ..amounts import Size
from ..fields import AnyText, DataKey, Directory, EnvField, EnvName, FileField, Filled, Group, Name
from ..names import CsiDriver, FilePath, RelativePath, exactly_one, repeated

SCRATCH_SIZE = "64Mi"
SHARED_MEMORY = "/dev/shm"
Mode = Annotated[str, Field(pattern=r"^0?[0-7]{3}$")]


class WritablePath(Group):
    """A directory that the server writes to, which is gone with the pod. A path alone has the defaults."""

    SHORT: ClassVar[str] = "path"

    path: Directory
    """The directory."""
    size: Size = SCRATCH_SIZE
    """Size limit; a pod that writes more is evicted. All of them count against the limit of ephemeral storage, or of
    memory. A browser needs gibibytes."""
    medium: Literal["Disk", "Memory"] | None = None
    """'Memory' counts against the memory limit. Derived: 'Memory' for /dev/shm, else 'Disk'."""

    @model_validator(mode="before")
    @classmethod
    def _may_be_a_path(cls, value: Any) -> Any:
        return {cls.SHORT: value} if isinstance(value, str) else value

    @property
    def in_memory(self) -> bool:
        """Whether it is memory."""
        return (self.medium or ("Memory" if self.path == SHARED_MEMORY else "Disk")) == "Memory"

    def __str__(self) -> str:
        return self.path


class KeyFiles(Group):
    """Keys of a ConfigMap or a Secret as files."""

    name: Name
    """Name of the object, which exists."""
    items: dict[DataKey, FilePath] = {}
    """Key to the path of its file. Left out: every key under its own name."""
    mode: Mode | None = None
    """Permissions of the files in octal, in quotes. Left out: '0644'."""
    optional: bool = False
    """Whether the pod starts without the object."""

    @model_validator(mode="after")
    def _are_files_of_their_own(self) -> Self:
        if twice := repeated(self.items.values()):
            raise ValueError(
                f"two keys of items are the file '{twice}', and one would hide the other: name another file"
            )
        return self


class AccountToken(Group):
    """A token of the ServiceAccount, which the kubelet renews."""

    path: FilePath
    """Path of its file."""
    audience: Filled | None = None
    """Who the token is for. Left out: the API server."""
    expiration_seconds: Annotated[int, Field(ge=600, le=86_400)] = 3600
    """Lifetime in seconds."""


class ProjectedSource(Group):
    """One source of a projected volume."""

    config_map: KeyFiles | None = None
    """Keys of a ConfigMap."""
    secret: KeyFiles | None = None
    """Keys of a Secret."""
    service_account_token: AccountToken | None = None
    """A token."""
    fields: Annotated[dict[FilePath, FileField], Field(min_length=1)] | None = None
    """Path of a file to the field of the pod in it, such as labels: metadata.labels."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        exactly_one(self, "config_map", "secret", "service_account_token", "fields")
        return self

    @property
    def files(self) -> list[str]:
        """The paths of its files, as far as they are named."""
        of_keys = [one.items.values() for one in (self.config_map, self.secret) if one is not None]
        token = [] if self.service_account_token is None else [self.service_account_token.path]
        return [*(path for paths in of_keys for path in paths), *token, *(self.fields or {})]


SECRETS_STORE = "secrets-store.csi.k8s.io"
"""The driver of the Secrets Store, which mounts nothing without a class and nothing that may be written
(NodePublishVolume in pkg/secrets-store/nodeserver.go of kubernetes-sigs/secrets-store-csi-driver)."""


class CsiVolume(Group):
    """A volume that a CSI driver makes for the pod, such as of a store of secrets."""

    driver: CsiDriver
    """Name of the driver, such as 'secrets-store.csi.k8s.io'."""
    attributes: dict[Filled, AnyText] = {}
    """What the driver is told, such as secretProviderClass."""
    node_publish_secret: Name | None = None
    """Secret that the driver needs. Left out: none."""

    @model_validator(mode="after")
    def _is_told_enough(self) -> Self:
        if self.driver == SECRETS_STORE and not self.attributes.get("secretProviderClass"):
            raise ValueError(
                f"the driver {SECRETS_STORE} mounts nothing without a class: name it as attributes.secretProviderClass"
            )
        return self


class Claim(Group):
    """A disk that outlives the pod: a claim that exists, or one that is made."""

    name: Name | None = None
    """Name of a PersistentVolumeClaim of the namespace that exists."""
    size: Size | None = None
    """Size of a claim that is made, such as '10Gi'. It is kept when the stack is destroyed."""
    storage_class_name: Name | None = None
    """StorageClass of the claim that is made. Left out: the default of the cluster."""
    access_mode: Literal["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"] = "ReadWriteOnce"
    """How many may mount the claim that is made. 'ReadWriteOnce': pods of one node."""
    per_pod: bool = False
    """Whether each pod has a claim of its own, of this size: the workload is then a StatefulSet, whose pods keep their
    claims when they are replaced. Claims of pods that scaled down are kept."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        exactly_one(self, "name", "size")
        if self.name is not None and "access_mode" in self.model_fields_set:
            raise ValueError(
                "a claim that exists has its access mode: leave the mode out, or give size for a new claim"
            )
        if self.name is not None and self.storage_class_name is not None:
            raise ValueError("a claim that exists has its class: leave the class out, or give size for a new claim")
        if self.name is not None and self.per_pod:
            raise ValueError("a claim that exists is one, and each pod is to have its own: give size in place of name")
        return self


class Volume(Group):
    """Files that are mounted into the container."""

    path: Directory
    """Where they are mounted."""
    config_map: KeyFiles | None = None
    """Keys of a ConfigMap."""
    secret: KeyFiles | None = None
    """Keys of a Secret."""
    projected: Annotated[list[ProjectedSource], Field(min_length=1)] | None = None
    """Several sources in one directory."""
    csi: CsiVolume | None = None
    """A volume of a CSI driver."""
    claim: Claim | None = None
    """A disk that outlives the pod."""
    sub_path: RelativePath | None = None
    """Path in the volume instead of its root. Files of a ConfigMap or Secret are then not renewed in a running pod."""
    writable: bool | None = None
    """Whether the server may write. Derived: to a claim, and to nothing else."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        exactly_one(self, "config_map", "secret", "projected", "csi", "claim")
        return self

    @model_validator(mode="after")
    def _are_files_of_their_own(self) -> Self:
        if twice := repeated(path for one in self.projected or () for path in one.files):
            raise ValueError(f"two sources of projected have the file '{twice}': name another file")
        return self

    @model_validator(mode="after")
    def _can_be_what_it_says(self) -> Self:
        if self.writable and (why := self.why_read_only):
            raise ValueError(
                f"it is to be writable, and {why}: leave writable out, and let an init container copy what changes to "
                "a path of `writable_paths`"
            )
        return self

    @model_validator(mode="after")
    def _has_what_is_mounted(self) -> Self:
        files = [*next((one.items.values() for one in (self.config_map, self.secret) if one is not None), ())]
        wanted = "" if self.sub_path is None else self.sub_path.strip("/")
        if wanted and files and not any(f"{path}/".startswith(f"{wanted}/") for path in files):
            raise ValueError(f"`sub_path` is '{wanted}', and items makes no such file: give one of {', '.join(files)}")
        return self

    @property
    def why_read_only(self) -> str | None:
        """Why nobody can write to it, whatever is asked for; ``None`` where one can."""
        if self.config_map is not None or self.secret is not None or self.projected is not None:
            return "files of a ConfigMap, a Secret or a projected volume are read-only in every pod"
        if self.csi is not None and self.csi.driver == SECRETS_STORE:
            return f"{SECRETS_STORE} mounts read-only alone"
        if self.claim is not None and self.claim.access_mode == "ReadOnlyMany":
            return "a claim 'ReadOnlyMany' is read-only"
        return None

    @property
    def can_be_written(self) -> bool:
        """Whether the container may write to it."""
        if self.writable is None:
            return self.claim is not None and self.why_read_only is None
        return self.writable


def claims_per_pod(volumes: Iterable[Volume]) -> bool:
    """Whether each pod has a claim of its own, so that the workload is a StatefulSet."""
    return any(one.claim is not None and one.claim.per_pod for one in volumes)


class EnvFrom(Group):
    """All keys of a ConfigMap or a Secret as variables."""

    config_map: Name | None = None
    """Name of a ConfigMap that exists."""
    secret: Name | None = None
    """Name of a Secret that exists."""
    prefix: EnvName | None = None
    """What each name begins with. Left out: nothing."""
    optional: bool = False
    """Whether the container starts without the object."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        exactly_one(self, "config_map", "secret")
        return self


class KeyReference(Group):
    """One key of a ConfigMap or a Secret."""

    name: Name
    """Name of the object, which exists."""
    key: DataKey
    """The key."""
    optional: bool = False
    """Whether the container starts without it."""


class EnvSource(Group):
    """Where the value of a variable comes from."""

    field: EnvField | None = None
    """Field of the pod, such as 'metadata.name', 'status.podIP' or "metadata.labels['x']"."""
    resource: (
        Literal[
            "limits.cpu",
            "limits.memory",
            "limits.ephemeral-storage",
            "requests.cpu",
            "requests.memory",
            "requests.ephemeral-storage",
        ]
        | None
    ) = None
    """Request or limit of the container: whole cores rounded up, and bytes."""
    config_map: KeyReference | None = None
    """Key of a ConfigMap."""
    secret: KeyReference | None = None
    """Key of a Secret other than that of mcp:secrets."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        exactly_one(self, "field", "resource", "config_map", "secret")
        return self


class FileKeys(Group):
    """What a container may write to, what is mounted into it, and what its variables say besides the plain ones."""

    writable_paths: list[WritablePath] = [WritablePath(path="/tmp")]
    """Directories the server writes to; each is an emptyDir, since the root file system is read-only. A path alone has
    64Mi, {path, size, medium} says more. HOME is the first of them unless it is given."""
    volumes: list[Volume] = []
    """ConfigMaps, Secrets, projected and CSI volumes and claims that are mounted."""
    env_from: list[EnvFrom] = []
    """ConfigMaps and Secrets whose keys are variables. A variable that is given by name outweighs them."""
    env_value_from: dict[EnvName, EnvSource] = {}
    """Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret."""


def paths(keys: Iterable[WritablePath]) -> list[str]:
    """The directories of writable paths."""
    return [one.path for one in keys]
