"""McpMonitoring: what reads the metrics of a server, and what is made of them."""

from typing import Any, Unpack, overload

import pulumi

from ..inputs.checked import NOT_GIVEN, called, checked
from ..inputs.heading import heading_of
from ..inputs.outputs import report_findings
from ..kubernetes.registering import KubernetesObject, cleared_patches
from ..types.monitoring import HELP, McpMonitoringArgs
from .args import monitoring_findings, patched_objects
from .keys import MonitoringKeys


class McpMonitoring(pulumi.ComponentResource):
    """The monitoring of one server: a PodMonitor or a ServiceMonitor, by which Prometheus finds its pods; rules and
    alerts with the figures of its plan, and Grafana dashboards."""

    monitor: pulumi.Output[str]
    """'pod-monitor', 'service-monitor' or 'none'."""

    @overload
    def __init__(self, name: str, args: McpMonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpMonitoringArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: McpMonitoringArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        where = called("McpMonitoring", name)
        keys = checked(MonitoringKeys, where, args, keywords, monitoring_findings)
        heading = heading_of(keys, where)
        report_findings(monitoring_findings(keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpMonitoring", name, None, opts)
        keys = cleared_patches(keys, heading, monitoring_findings)
        for suffix, one in patched_objects(keys)[0].items():
            KubernetesObject(f"{name}-{suffix}", one, pulumi.ResourceOptions(parent=self))
        self.monitor = pulumi.Output.from_input(str(keys.monitor))
        self.register_outputs({"monitor": self.monitor})

    __init__.__doc__ = HELP
