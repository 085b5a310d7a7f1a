"""How a stack replaces the pods of its server: one after the other, all at once, or beside them as another colour."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from ...kubernetes import grammar
from ..fields import EraName, Group, Host, Image, spelt
from ..keys.pod import ArgoRollouts as PodArgoRollouts
from ..keys.pod import Rollout as PodRollout

ColourName = Literal["blue", "green"]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_|~-]{1,256}$")]

if TYPE_CHECKING:
    KnownImage = str
else:
    KnownImage = spelt(grammar.IMAGE)


class BlueGreen(Group):
    """The two colours of a server: which one clients reach, what the other one runs, and how it is looked at first."""

    active: ColourName = "blue"
    """The colour that clients reach. Changing it is the switch, and changing it back the rollback: the route names the
    other Service, and no pod is touched."""
    green_image: Image | None = None
    """Image of green. `mcp:server.image` is that of blue, whose objects have the server's own name: what runs already
    is blue. Left out: there is no green."""
    green_eras: Annotated[list[EraName], Field(min_length=1)] | None = None
    """Eras that green's image speaks. Left out: those of the server. Others are refused: one host name has one list of
    eras."""
    retired: KnownImage | None = None
    """Image that no idle colour runs any more: the idle colour that has it is taken down. A new image for the idle
    colour brings it back by itself. Left out: the idle colour keeps its minimum, for its sessions and for the way
    back."""
    preview_host: Host | None = None
    """Host name that leads to the idle colour. Left out: the header does, where the edge can."""
    preview_header: HeaderName | None = None
    """Header that leads to the idle colour at the public host, with the colour as its value. Derived: 'X-Mcp-Colour'
    with kind 'gateway' and without a host of its own; a route of another kind matches no header."""
    canary_percent: Annotated[int, Field(ge=1, le=99)] | None = None
    """Share of the requests that goes to the idle colour, in percent, as a weight of the HTTPRoute. Left out: none.
    Weights fall anew at each request, so that one client meets both colours."""
    keep_sessions: bool = False
    """Whether sessions go on in the colour that was left, until they end or it is retired (affinity 'envelope'): its
    pods stay in the route as pods that end are, reached by the sessions that they hold and by nobody else."""
    same_tools: bool = False
    """Whether both colours list the same tools with the same schemas, as 'mcp-stack probe --schema' compares. Without
    it no share of the requests goes to the idle colour."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.preview_host is not None and self.preview_header is not None:
            raise ValueError("the idle colour has a host of its own and a header: give preview_host or preview_header")
        return self


class ArgoRollouts(PodArgoRollouts):
    """A release by Argo Rollouts: all new pods beside the old ones, then one switch of the Service."""

    preview_host: Host | None = None
    """Host name that leads to the new pods before clients are led to them. Left out: the header 'X-Mcp-Colour: preview'
    does with kind 'gateway' at a Gateway's own listener, and no route does with another kind or a ListenerSet."""


class Rollout(PodRollout):
    """How new pods take the place of old ones."""

    strategy: Literal["RollingUpdate", "Recreate", "BlueGreen"] | None = None  # type: ignore[assignment]
    """'Recreate' ends all old pods before the first new one, which is an outage. 'BlueGreen' runs the new image beside
    the old one, as a colour of its own that clients reach after a switch; pods of one colour are replaced as with
    'RollingUpdate'. Derived: 'RollingUpdate', and 'Recreate' for a database with one writer."""
    blue_green: BlueGreen = BlueGreen()
    """The two colours (strategy 'BlueGreen')."""
    argo_rollouts: ArgoRollouts | None = None
    """A Rollout of Argo Rollouts in place of the Deployment, with its strategy blueGreen; `{}` is enough. The cluster
    needs its controller. Left out: a Deployment."""
