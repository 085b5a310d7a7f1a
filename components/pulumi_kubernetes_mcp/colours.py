"""The colours of a server: one, or two beside each other while a release lasts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .inputs.outputs import plain

if TYPE_CHECKING:
    import pulumi

    from .settings.models import Settings
    from .settings.models.rollout import BlueGreen

BLUE, GREEN = "blue", "green"
PREVIEW_HEADER = "X-Mcp-Colour"
GREEN_ENDING = "-green"
"""What the names of green's objects have besides those of blue, which are the server's own: a server that was rolled
until now is blue as it runs, and nothing of it is replaced."""
PREVIEW_ENDING = "-preview"
"""What the name of the route to the idle colour, or to the newest pods of Argo Rollouts, has besides the server's."""
NEWEST = "preview"
"""What the header says for the newest pods of Argo Rollouts, which have no colour; so their Service is called."""


@dataclass(frozen=True, kw_only=True)
class Colour:
    """One colour: a workload with its Service, its autoscaler and its disruption budget."""

    name: str
    """``blue`` or ``green``."""
    server_name: str
    """Name of its objects."""
    image: pulumi.Input[str]
    image_key: str
    """The key of the stack file that holds the image."""
    active: bool
    """Whether clients reach it."""


def is_blue_green(settings: Settings) -> bool:
    """Whether a release is another colour beside the one that clients reach."""
    return settings.server.rollout.strategy == "BlueGreen"


def by_argo(settings: Settings) -> bool:
    """Whether a release is a revision of Argo Rollouts, all of it beside the one that clients reach."""
    return settings.server.workload == "Rollout"


def counted(settings: Settings) -> int:
    """The colours that quota, connections and clients are counted for: both, also between two releases, since the next
    one must find room."""
    return 2 if is_blue_green(settings) or by_argo(settings) else settings.scaling.colours


def possible_names(settings: Settings) -> tuple[str, ...]:
    """Names of the workloads that there may be, blue first."""
    name = settings.server.name
    return (name, f"{name}{GREEN_ENDING}") if is_blue_green(settings) else (name,)


def colours_of(settings: Settings) -> tuple[Colour, ...]:
    """The colours that there are, the active one first. A server without colours is blue.

    A green that is active has no image where none is given, which a rule refuses: the server's stands in for it.
    """
    server, said = settings.server, settings.server.rollout.blue_green
    active = said.active if is_blue_green(settings) else BLUE
    blue = Colour(
        name=BLUE, server_name=server.name, image=server.image, image_key="mcp:server.image", active=active == BLUE
    )
    if not is_blue_green(settings):
        return (blue,)
    image = said.green_image
    green = Colour(
        name=GREEN,
        server_name=f"{server.name}{GREEN_ENDING}",
        image=server.image if image is None else image,
        image_key="mcp:server.rollout.blueGreen.greenImage",
        active=active == GREEN,
    )
    first, idle = (blue, green) if blue.active else (green, blue)
    there = not (idle is green and image is None) and not is_retired(said, idle.image)
    return (first, idle) if there else (first,)


def is_retired(said: BlueGreen, image: pulumi.Input[str]) -> bool:
    """Whether an image is the one that no idle colour runs any more; an Output is not known here."""
    return said.retired is not None and plain(image) == said.retired


def idle_name(settings: Settings) -> str:
    """The colour that clients do not reach, whether it runs or not."""
    return GREEN if settings.server.rollout.blue_green.active == BLUE else BLUE


def idle_workload(settings: Settings) -> str:
    """The name of its workload."""
    return settings.server.name if idle_name(settings) == BLUE else f"{settings.server.name}{GREEN_ENDING}"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """How the route to the pods that clients do not reach is found: by a host of its own, or by a header at the public
    one."""

    host: pulumi.Input[str] | None = None
    header: str | None = None
    """Name of the header."""
    value: str = NEWEST
    """What the header says: the colour, or ``NEWEST``."""


def preview(settings: Settings) -> Preview | None:
    """How clients find the idle colour, or the newest pods of Argo Rollouts; ``None`` where no route leads to them,
    since only a Gateway's matches headers and no host of their own is given."""
    said, edge = settings.server.rollout.blue_green, settings.edge
    if by_argo(settings):
        asked = settings.server.rollout.argo_rollouts
        if edge.kind != "none" and asked is not None and asked.preview_host is not None:
            return Preview(host=asked.preview_host)
        # A listener of one's own would stand a second time beside the first.
        return Preview(header=PREVIEW_HEADER) if edge.kind == "gateway" and not edge.gateway.listener_set else None
    if edge.kind != "none" and said.preview_host is not None:
        return Preview(host=said.preview_host)
    if edge.kind != "gateway":
        return None
    return Preview(header=said.preview_header or PREVIEW_HEADER, value=idle_name(settings))


def preview_hosts(settings: Settings) -> dict[str, str]:
    """The host of its own that the pods have which clients do not reach, and the key that names it; none where a header
    leads there, or where it is known later. Counted between two releases too, since the next one takes it."""
    if not (is_blue_green(settings) or by_argo(settings)):
        return {}
    way = preview(settings)
    host = None if way is None else plain(way.host)
    group = "argoRollouts" if by_argo(settings) else "blueGreen"
    return {host: f"mcp:server.rollout.{group}.previewHost"} if isinstance(host, str) else {}
