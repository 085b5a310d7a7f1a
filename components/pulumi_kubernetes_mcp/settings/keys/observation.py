"""What a stack and McpProbe may both say of the exporter that watches servers."""

from typing import Annotated

from pydantic import Field

from ..fields import Group, Image, LabelKey, LabelValue, Name
from ..probe_file import (
    LEAST_INTERVAL,
    LEAST_TIMEOUT,
    MOST_ENDPOINTS,
    MOST_INTERVAL,
    MOST_TIMEOUT,
    WatchedEndpoint,
)

ProbeTimeout = Annotated[float, Field(ge=LEAST_TIMEOUT, le=MOST_TIMEOUT)]
ProbeInterval = Annotated[float, Field(ge=LEAST_INTERVAL, le=MOST_INTERVAL)]


class ProbeRunnerKeys(Group):
    """The exporter, and what it watches."""

    image: Image
    """Image with the command mcp-stack and the extra 'probe', with a fixed tag or a digest; images/probe/Dockerfile
    builds one."""
    endpoints: Annotated[list[WatchedEndpoint], Field(max_length=MOST_ENDPOINTS)] = []
    """What is watched, such as the public addresses of the other regions."""
    interval_seconds: ProbeInterval = 60
    """From one round of an endpoint to its next, in seconds. A minute, as the guides ask; alerts of the probe wait for
    rounds of it."""
    timeout_seconds: ProbeTimeout = 10
    """How long a round may take, in seconds."""
    secret_name: Name | None = None
    """Secret of the namespace with tokens: each key is a file below /etc/mcp-probe/secrets, which headers name."""
    schema_config_map: Name | None = None
    """ConfigMap of the namespace with expected tools: each key is a file below /etc/mcp-probe/schemas."""
    service_monitor: bool = False
    """Whether a ServiceMonitor is made, for the operator of Prometheus; off, because not every cluster has it."""
    monitor_labels: dict[LabelKey, LabelValue] = {}
    """Labels of the ServiceMonitor: those that the Prometheus object selects by, such as release: NAME."""
