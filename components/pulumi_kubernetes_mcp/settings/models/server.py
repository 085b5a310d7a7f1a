"""The MCP server of a stack: what runs, and what it promises."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ..amounts import Cpu, Memory
from ..fields import AnyText, Cidr, EnvName, Group, Label, Port, Runtime, same
from ..keys.identity import IdentityKeys
from ..keys.network import EgressKeys, Opening
from ..keys.patches import ServerPatchKeys
from ..keys.server import ContainerKeys, DrainKeys, EndpointKeys, EraKeys, StreamKeys
from ..profile_file import MeasuredProfile
from ..verified_file import VerifiedServer
from .rollout import Rollout

Ranges = Annotated[list[Cidr], Field(min_length=1)]


class ResourceList(Group):
    """One side of a container's resources. What is left out is not declared."""

    cpu: Cpu | None = None
    """CPU, such as '500m'."""
    memory: Memory | None = None
    """Memory with its unit, such as '256Mi'."""
    ephemeral_storage: Memory | None = None
    """Local disk with its unit, such as '64Mi'."""
    hugepages2_mi: Memory | None = None
    """Memory in huge pages of 2 MiB with its unit, such as '64Mi': whole pages, and as much in the limits."""
    hugepages1_gi: Memory | None = None
    """Memory in huge pages of 1 GiB with its unit, such as '2Gi': whole pages, and as much in the limits."""


class Resources(Group):
    """A container's resources, instead of the planned ones."""

    requests: ResourceList | None = None
    """What the scheduler reserves, instead of what is planned; what is left out is planned."""
    limits: ResourceList | None = None
    """What the kernel enforces. Given, it replaces all planned limits."""


class Egress(EgressKeys):
    """A destination besides the database."""

    cidrs: Ranges | None = same(Opening, "cidrs")


class Ingress(Opening):
    """An origin besides the edge and the monitoring."""

    port: Port | None = None  # type: ignore[assignment]
    """Port of the pods. Derived: the server's."""
    cidrs: Ranges | None = same(Opening, "cidrs")


class ServerSettings(ServerPatchKeys, IdentityKeys, DrainKeys, StreamKeys, EndpointKeys, EraKeys, ContainerKeys):
    """The MCP server: what runs, and what it promises."""

    name: Label = "mcp-server"
    """Name of the Deployment, StatefulSet or Rollout, the Service and everything that belongs to them."""
    runtime: Runtime = "other"
    """SDK or runtime, which selects measured memory constants and the drain and heap settings it understands."""
    profile: MeasuredProfile | None = None
    """File with what was measured of this server, which 'mcp-stack measure' writes; it replaces the constants of the
    runtime. Its path begins at the directory of Pulumi.yaml and stays below it, such as 'profiles/orders.yaml'."""
    verified: VerifiedServer | None = None
    """File with what was seen of this server, which 'mcp-stack verify' writes; the stack is then told what its settings
    assume and the server does not do. Its path begins at the directory of Pulumi.yaml and stays below it, such as
    'profiles/orders.verified.yaml'."""
    env: dict[EnvName, AnyText] = {}
    """Environment variables in clear. Never a secret: secrets come by reference, see mcp:secrets."""
    ingress: list[Ingress] = []
    """Origins that may connect to the server besides the edge and the monitoring, such as other workloads."""
    egress: list[Egress] = []
    """Destinations that the server connects to besides DNS and the database: identity provider, APIs, collectors.
    Everything else is closed."""
    resources: Resources | None = None
    """Resources instead of the planned ones."""
    rollout: Rollout = Rollout()
    """How new pods take the place of old ones."""

    @model_validator(mode="after")
    def _fits_the_workload(self) -> Self:
        if (wrong := self.misfit()) is not None:
            raise ValueError(": ".join(wrong))
        return self
