"""What a program may say to McpProbe."""

from ..kubernetes.keys import AcceptKeys, AwaitSeconds, Egress, IngressFrom
from ..settings.fields import Filled, Namespace
from ..settings.keys.observation import ProbeRunnerKeys
from ..settings.keys.place import MeshKeys, PlatformKeys, PodPolicyKeys
from ..settings.keys.pod import PlacementKeys, UserKeys
from ..settings.probe_file import Word


class ProbeKeys(AcceptKeys, MeshKeys, PodPolicyKeys, PlatformKeys, UserKeys, PlacementKeys, ProbeRunnerKeys):
    """Arguments of McpProbe."""

    namespace: Namespace
    """Namespace of all objects."""
    watcher: Word
    """Where the exporter runs, such as the region, for the label of this name."""
    probe_name: Filled | None = None
    """Name of the Deployment and the Service. Derived: the component's name."""
    allow_from: list[IngressFrom] = []
    """Who may read the metrics, port 9810. Nobody by default."""
    allow_to: list[Egress] = []
    """Where the exporter may connect to besides the ports of its endpoints: resolvers, and the pods of a gateway where
    the network plugin does not match pods by address ranges."""
    await_timeout_seconds: AwaitSeconds = 600
    """How long to wait for a ready pod, in seconds."""
