"""What a program may say to McpMonitoring."""

from typing import Annotated, Literal

from pydantic import Field

from ..inputs.served import ServedKeys
from ..kubernetes.keys import AcceptKeys
from ..probe.watched import INTERVAL_SECONDS, TIMEOUT_SECONDS
from ..server.spec import WorkloadKind
from ..settings.amounts import Cpu, Memory
from ..settings.fields import Count, Filled, Label, Namespace, same
from ..settings.keys.monitoring import AlertKeys, Monitor, MonitoringPatchKeys, ScrapeKeys
from ..settings.keys.observation import ProbeInterval, ProbeTimeout
from ..settings.keys.scaling import AutoscalerKeys, Dialect
from ..settings.keys.stores import DatabaseKeys

Autoscaled = Literal["none", "hpa", "keda"]


class MonitoringKeys(MonitoringPatchKeys, AcceptKeys, AlertKeys, ScrapeKeys, ServedKeys):
    """Arguments of McpMonitoring."""

    namespace: Namespace
    """Namespace of the server."""
    server_name: Filled
    """Name of the server: of its workload, its Service and its pods."""
    region: Label | None = None
    """Region, which the probe and the rules name their series by. Left out: rules tell no regions apart."""
    monitor: Monitor = same(ScrapeKeys, "monitor", default="pod-monitor")
    port_name: Label = "http"
    """Name of the container's port with the metrics: 'http' is the server's own, 'metrics' one beside it."""
    target_kind: WorkloadKind = "Deployment"
    """Kind of the workload."""
    idle_colour: bool = False
    """Whether clients reach another colour of the server and not this one."""
    other_colour: Filled | None = None
    """Name of the server's other colour, whether it runs or not: a switch from it to this one counts as a release. Left
    out: the server has one colour."""
    dialect: Dialect = same(AutoscalerKeys, "dialect")
    sessions_metric: str = same(AutoscalerKeys, "sessions_metric")
    autoscaler: Autoscaled = "none"
    """Who changes the number of pods: a HorizontalPodAutoscaler, KEDA, or nobody."""
    hpa_name: Filled | None = None
    """Name of the HorizontalPodAutoscaler. Derived: the server's, with 'keda-hpa-' before it where KEDA makes it."""
    follows_metric: bool = False
    """Whether the autoscaler asks Prometheus for sessions, streams or calls."""
    min_replicas: Count | None = None
    """Least number of pods. Left out: no line of it in the dashboards."""
    max_replicas: Count | None = None
    """Greatest number of pods. Left out: no line of it in the dashboards."""
    planned_sessions: Count | None = None
    """Sessions that the region is sized for. Left out: no line of it in the dashboards."""
    cpu_limit: Cpu | None = None
    """CPU limit of the server's container, such as '2500m'. Left out: no line of it in the dashboards."""
    memory_limit: Memory | None = None
    """Memory limit of the server's container, such as '256Mi'. Left out: no alert about memory."""
    sessions_per_pod: Count | None = None
    """Sessions that one pod bears at most. Left out: no alert about them."""
    filled_sessions: Annotated[float, Field(gt=0)] | None = None
    """Sessions that the autoscaler lets a pod have before it adds one, its tolerance included. The alert begins above
    them. Left out: above nine tenths of `sessions_per_pod`."""
    objective_milliseconds: Annotated[float, Field(ge=0.001, le=3_600_000)] = 1000
    """Latency that 95 % of the exchanges stay below, in milliseconds; it stands in for `loaded_p95_milliseconds`."""
    probe_timeout_seconds: ProbeTimeout = TIMEOUT_SECONDS
    """How long the probe lets a round take, in seconds; a latency above it is no slow round but a failed one."""
    probe_interval_seconds: ProbeInterval = INTERVAL_SECONDS
    """From one round of the probe to its next, in seconds: alerts of the probe hold for rounds, and not for seconds."""
    probed: bool = True
    """Whether the rounds of the probe are of this server: of two colours clients reach one alone."""
    probed_name: Filled | None = None
    """What the probe calls the server, in its label `server`; of a colour the name without it. Left out: the server's
    name."""
    pooler_name: Filled | None = None
    """Name of the PgBouncer in front of the database. Left out: none."""
    pooler_exporter: bool = same(DatabaseKeys, "pooler_exporter")
    database_name: Filled | None = None
    """Name of the database. Left out: connections are counted over all, or not without a pooler."""
    connection_budget: Count | None = None
    """Connections to the database that the region may open. Left out: no alert about them."""
    external_secret: Filled | None = None
    """Name of the ExternalSecret of the server. Left out: none."""
    certificate: Filled | None = None
    """Name of the Certificate of cert-manager. Left out: none."""
    certificate_namespace: Label | None = None
    """Namespace of the Certificate: that of a Gateway of one's own, where that asks for it. Left out: the server's."""
    quota: bool = False
    """Whether the namespace has a ResourceQuota."""
