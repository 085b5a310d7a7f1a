"""How a stack is seen from outside."""

from ..keys.observation import ProbeRunnerKeys


class ProbeSettings(ProbeRunnerKeys):
    """An exporter in the cluster that watches public addresses as clients see them."""

    own: bool = True
    """Whether the addresses of this stack's own servers are watched too, each host of their edges."""
