"""What a program may say to McpChaos."""

from ..kubernetes.keys import AcceptKeys, Egress
from ..settings.fields import Label, Namespace, Port, Url
from ..settings.keys.chaos import ChaosKeys
from ..settings.keys.place import EnvironmentKeys, MeshKeys, PlatformKeys, PodPolicyKeys
from ..settings.keys.pod import PlacementKeys, UserKeys


class ChaosComponentKeys(
    AcceptKeys, EnvironmentKeys, MeshKeys, PodPolicyKeys, PlatformKeys, UserKeys, PlacementKeys, ChaosKeys
):
    """Arguments of McpChaos."""

    namespace: Namespace
    """Namespace of the server, and of all objects."""
    server_name: Label
    """Name of the server, whose pods it is done to."""
    url: Url
    """Where the server speaks MCP, as its clients reach it: they call there while it is done."""
    region: Label | None = None
    """Name of the region, which `production` names. Derived: the server's name."""
    allow_to: list[Egress] = []
    """Where the pod may connect to besides the URL and the API server: resolvers, where the namespace does not open
    them."""
    server_port: Port | None = None
    """Port of the server's pods, where `url` is that of its Service. Left out: the pod connects to the port of the URL,
    at any address."""
