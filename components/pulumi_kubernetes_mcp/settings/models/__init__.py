"""Everything a stack may say, one class per key of the stack file. The docstring under a key is its help."""

from ..fields import Group, Runtime
from ..keys.edge import GatewayReference
from ..keys.patches import Document
from ..keys.scaling import DescribedObject, PrometheusAuthentication, ScalingMetric, ScalingRules, Schedule
from ..keys.secrets import RemoteKey, SecretStoreReference
from .chaos import ChaosSettings
from .edge import EdgeSettings
from .load_test import LoadTestSettings
from .observation import ProbeSettings
from .place import Acceptance, AwaitSettings, MonitoringSettings, Quota, RegionSettings
from .scaling import ScalingSettings
from .secrets import SecretsSettings
from .server import Egress, Ingress, ResourceList, Resources, ServerSettings
from .stores import DatabaseSettings, StateStoreSettings
from .workload import PricesSettings, ToolSettings, WorkloadSettings

__all__ = [
    "Acceptance",
    "AwaitSettings",
    "ChaosSettings",
    "DatabaseSettings",
    "DescribedObject",
    "EdgeSettings",
    "Egress",
    "GatewayReference",
    "Group",
    "Ingress",
    "LoadTestSettings",
    "MonitoringSettings",
    "PricesSettings",
    "ProbeSettings",
    "PrometheusAuthentication",
    "Quota",
    "RegionSettings",
    "RemoteKey",
    "ResourceList",
    "Resources",
    "Runtime",
    "ScalingMetric",
    "ScalingRules",
    "ScalingSettings",
    "Schedule",
    "SecretStoreReference",
    "SecretsSettings",
    "ServerSettings",
    "Settings",
    "StateStoreSettings",
    "ToolSettings",
    "WorkloadSettings",
]


class Settings(Group):
    """One region stack: the keys of the namespace 'mcp' in a stack file."""

    region: RegionSettings
    """Where this stack runs."""
    server: ServerSettings
    """The MCP server: what runs, and what it promises."""
    workload: WorkloadSettings
    """The load to plan for."""
    edge: EdgeSettings
    """How clients reach the server."""
    database: DatabaseSettings | None = None
    """The database that the tools use, and what it allows. Left out: no database, no egress to one."""
    state_store: StateStoreSettings | None = None
    """The Redis or Valkey that the server uses, and what it allows. Left out: none."""
    prices: PricesSettings | None = None
    """Prices, for the cost of the plan. Left out: no cost is shown."""
    scaling: ScalingSettings = ScalingSettings()
    """How many pods, and what moves the number."""
    secrets: SecretsSettings = SecretsSettings()
    """Where the server's secrets come from."""
    monitoring: MonitoringSettings = MonitoringSettings()
    """Who reads the server's metrics, and how."""
    load_test: LoadTestSettings | None = None
    """A load test of the server. Left out: none."""
    chaos: ChaosSettings | None = None
    """A fault that is tried in the cluster while clients call. Left out: none."""
    probe: ProbeSettings | None = None
    """An exporter in the cluster that watches public addresses as clients see them. Left out: none."""
    awaits: AwaitSettings = AwaitSettings()
    """What a deployment waits for."""
    extra_objects: list[Document] = []
    """Further objects beside those of the region, each as in a manifest: they are checked against the API of
    Kubernetes, placed in the namespace, labelled, and made after it. Values of Secrets are refused."""
    accept: list[Acceptance] = []
    """Warnings that this stack lives with, each with its reason."""
