"""Keys of the containers beside the server's: what starts before it, and what runs beside it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ...platforms import PullPolicy
from ..amounts import Cpu, Memory
from ..fields import AnyText, Directory, EnvName, Filled, Group, Image, Label, Port, ProbedPath
from ..names import RelativePath, repeated
from .files import EnvFrom, EnvSource


class Mount(Group):
    """A directory of the server that another container of the pod has too."""

    volume: Directory
    """One of the paths of `writable_paths` or `volumes`: where the server has it."""
    path: Directory | None = None
    """Where this container has it. Derived: at the same path."""
    sub_path: RelativePath | None = None
    """Path in it instead of its root."""
    writable: bool = False
    """Whether this container may write to it."""


class Quantities(Group):
    """One side of the resources of a container beside the server's."""

    cpu: Cpu
    """CPU, such as '50m'."""
    memory: Memory
    """Memory with its unit, such as '64Mi'."""
    ephemeral_storage: Memory = "64Mi"
    """Local disk with its unit."""


class ExtraContainer(Group):
    """A container beside the server's, as restricted as it. Its requests count in the plan and the quota."""

    name: Label
    """Name of the container, a DNS label, not 'server'."""
    image: Image
    """Image with a fixed tag or a digest."""
    image_pull_policy: PullPolicy | None = None
    """When the image is pulled. Left out: as that of the server."""
    command: Annotated[list[Filled], Field(min_length=1)] | None = None
    """Command instead of the image's entry point."""
    args: list[Filled] | None = None
    """Arguments instead of the image's."""
    env: dict[EnvName, AnyText] = {}
    """Environment variables in clear; never a secret."""
    env_from: list[EnvFrom] = []
    """ConfigMaps and Secrets whose keys are variables."""
    env_value_from: dict[EnvName, EnvSource] = {}
    """Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret."""
    requests: Quantities = Quantities(cpu="50m", memory="64Mi", ephemeral_storage="16Mi")
    """What the scheduler reserves."""
    limits: Quantities = Quantities(cpu="500m", memory="128Mi", ephemeral_storage="64Mi")
    """What the kernel enforces."""
    mounts: list[Mount] = []
    """Directories that it shares with the server."""

    @model_validator(mode="after")
    def _stand_once(self) -> Self:
        if twice := repeated((one.path or one.volume).rstrip("/") for one in self.mounts):
            raise ValueError(f"two of its mounts are at '{twice}': give one of them another path")
        if both := sorted({*self.env} & {*self.env_value_from}):
            raise ValueError(f"the variable {both[0]} stands in env and in `env_value_from`: remove one of them")
        return self


class Sidecar(ExtraContainer):
    """A container that runs beside the server: it starts before it, and ends after it."""

    port: Port | None = None
    """Port that it listens on, which its probe opens. Left out: it counts as started at once."""
    health_path: ProbedPath | None = None
    """GET route at `port` that answers 200 when it is ready. Left out: the port is opened."""

    @model_validator(mode="after")
    def _is_asked_somewhere(self) -> Self:
        if self.health_path is not None and self.port is None:
            raise ValueError("it has `health_path` and no port, so that nothing is asked: give the port too")
        return self


class ReadinessSidecar(Group):
    """A sidecar that asks the server on localhost as a client does; the pod gets requests after a good round only."""

    image: Image
    """Image with the command mcp-stack and the extra 'probe', with a fixed tag or a digest; images/probe/Dockerfile
    builds one."""
    port: Port = 9810
    """Port that it answers the kubelet on."""
    interval_seconds: Annotated[int, Field(ge=5, le=3600)] = 10
    """From round to round, in seconds. 10 is the readiness probe's own; with sessions each round opens one, and ends
    it."""
    timeout_seconds: Annotated[int, Field(ge=1, le=120)] = 5
    """How long a round may take, in seconds."""
    requests: Quantities = Quantities(cpu="20m", memory="80Mi", ephemeral_storage="16Mi")
    """What the scheduler reserves."""
    limits: Quantities = Quantities(cpu="200m", memory="160Mi", ephemeral_storage="64Mi")
    """What the kernel enforces."""


class ContainersKeys(Group):
    """Containers beside the server's."""

    sidecars: list[Sidecar] = []
    """Containers that run beside the server, such as a proxy of a database: init containers that are restarted, as
    Kubernetes has them from 1.29 on. They start in their order before the init containers and the server, and get
    SIGTERM in the opposite order when the server has ended, so that its last calls still have them."""
    init_containers: list[ExtraContainer] = []
    """Containers that end before the server starts, one after the other, such as a migration."""
    readiness_sidecar: ReadinessSidecar | None = None
    """For a server without a health route: readiness by the exchange of its era, `server/discover` where it speaks
    'modern', asked by a sidecar with the probe's image. It starts last, and its requests count in the plan and the
    quota."""
