"""What a server and its autoscaler tell the route to it."""

from collections.abc import Mapping

from ..autoscaling.component import McpAutoscaling
from ..inputs.checked import expected
from ..inputs.told import Told
from ..server.component import McpService


def told(where: str, server: McpService | None, autoscaling: McpAutoscaling | None) -> Mapping[str, Told]:
    """Argument of McpIngress to what the server says of it, and its autoscaler of the greatest number of pods.

    :param where: class and name of the route, for messages.
    :raises ArgumentsError: for what is no such component.
    """
    expected(where, "server", server, McpService)
    expected(where, "autoscaling", autoscaling, McpAutoscaling)
    found: dict[str, Told] = {}
    if server is not None:
        spec, by = server.spec, server.shown
        found = {
            "namespace": Told(by=by, value=spec.namespace),
            "service_name": Told(by=by, value=spec.name, later=server.service_name),
            "eras": Told(by=by, value=list(spec.eras)),
            "path": Told(by=by, value=spec.path),
            "max_tool_seconds": Told(by=by, value=spec.max_tool_seconds),
            "health_path": Told(by=by, value=spec.health_path),
            "serves_tls": Told(by=by, value=spec.pod.serves_tls),
        }
        if not spec.autoscaled:
            found["max_replicas"] = Told(by=by, value=spec.replicas)
    if autoscaling is not None:
        found["max_replicas"] = Told(by=autoscaling.shown, value=autoscaling.spec.max_replicas)
    return found
