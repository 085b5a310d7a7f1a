"""Component to the declaration of its arguments.

Generated from the slices: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping

from .autoscaling.keys import AutoscalingKeys
from .chaos_runner.keys import ChaosComponentKeys
from .edge.keys import IngressKeys
from .load_test.keys import LoadTestComponentKeys
from .monitoring.keys import MonitoringKeys
from .namespace.keys import NamespaceKeys
from .pooler.keys import PgBouncerKeys
from .probe_runner.keys import ProbeKeys
from .secrets.keys import SecretsKeys
from .server.keys import ServiceKeys
from .settings.fields import Group

COMPONENTS: Mapping[str, type[Group]] = {
    "McpAutoscaling": AutoscalingKeys,
    "McpChaos": ChaosComponentKeys,
    "McpIngress": IngressKeys,
    "McpLoadTest": LoadTestComponentKeys,
    "McpMonitoring": MonitoringKeys,
    "McpNamespace": NamespaceKeys,
    "McpPgBouncer": PgBouncerKeys,
    "McpProbe": ProbeKeys,
    "McpSecrets": SecretsKeys,
    "McpService": ServiceKeys,
}
