"""What a server tells its autoscaler."""

from collections.abc import Mapping

from ...inputs.checked import expected
from ...inputs.told import Told
from ...rules.model import Finding
from ...rules.together import fixed_server_findings
from ...server.component import McpService


def told(where: str, server: McpService | None) -> Mapping[str, Told]:
    """Argument of McpAutoscaling to what the server says of it.

    :param where: class and name of the autoscaler, for messages.
    :raises ArgumentsError: for what is no server.
    """
    expected(where, "server", server, McpService)
    if server is None:
        return {}
    spec, by = server.spec, server.shown
    return {
        "namespace": Told(by=by, value=spec.namespace),
        "target": Told(by=by, value=spec.name, later=server.deployment_name),
        "target_kind": Told(by=by, value=spec.workload),
        "eras": Told(by=by, value=list(spec.eras)),
        "min_replicas": Told(by=by, value=spec.replicas),
        "requests": Told(by=by, value=dict(spec.requests)),
        "drain_seconds": Told(by=by, value=spec.grace_period_seconds),
        "production": Told(by=by, value=spec.production),
    }


def server_findings(server: McpService | None) -> list[Finding]:
    """What is wrong with the server as one that is scaled."""
    if server is None:
        return []
    return fixed_server_findings(autoscaled=server.spec.autoscaled, by=server.shown, path="server")
