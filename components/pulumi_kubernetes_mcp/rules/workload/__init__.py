"""Rules about the container: image, drain, resources, probes, names and ports."""

from ..environment import BY_REFERENCE, env_findings
from . import access, commands, containers, disks, drain, image, listening, names, pods, probes, reach, resources
from .access import no_right_findings, rights_findings, way_findings
from .commands import command_findings, variable_findings
from .containers import beside_port_findings, container_findings, read_only_findings
from .disks import MadeClaim, claim_findings, path_findings, size_findings, writer_findings
from .drain import (
    GRACE_LIMIT_SECONDS,
    GRACE_TOO_LONG,
    GRACE_TOO_SHORT,
    LEGACY_CALLS_CUT,
    MODERN_CALLS_CUT,
    OLD_KUBERNETES,
    OLDEST_KUBERNETES,
    SHORT_PROPAGATION,
    drain_findings,
    version_findings,
)
from .image import IMAGE, image_findings
from .listening import loopback_findings, sidecar_listening_findings, transport_findings
from .listening import port_findings as other_port_findings
from .names import (
    BAD_PORT,
    FOREIGN_NAMESPACE,
    LONGEST_LABEL,
    NO_EGRESS,
    NOT_A_LABEL,
    egress_findings,
    existing_findings,
    name_findings,
    namespace_findings,
    port_findings,
)
from .pods import fixed_user_findings, label_findings, outage_findings, root_findings, user_findings
from .probes import (
    NO_HEALTH_PATH,
    PROBE_ON_MCP_PATH,
    READINESS_CANNOT,
    READINESS_SESSIONS,
    READINESS_TWICE,
    SAME_PROBE_ROUTE,
    endpoint_findings,
    probe_findings,
    scheme_findings,
    sidecar_findings,
)
from .reach import CLOSED_PORT, NOBODY, closed_port_findings, reach_findings
from .resources import BAD_QUANTITY, NO_MEMORY, REQUEST_ABOVE_LIMIT, memory_declared_findings, resource_findings

RULES = (
    *image.RULES,
    *drain.RULES,
    *resources.RULES,
    *probes.RULES,
    *listening.RULES,
    *names.RULES,
    *pods.RULES,
    *commands.RULES,
    *disks.RULES,
    *reach.RULES,
    *access.RULES,
    *containers.RULES,
)

__all__ = [
    "BAD_PORT",
    "BAD_QUANTITY",
    "BY_REFERENCE",
    "CLOSED_PORT",
    "FOREIGN_NAMESPACE",
    "GRACE_LIMIT_SECONDS",
    "GRACE_TOO_LONG",
    "GRACE_TOO_SHORT",
    "IMAGE",
    "LEGACY_CALLS_CUT",
    "LONGEST_LABEL",
    "MODERN_CALLS_CUT",
    "NOBODY",
    "NOT_A_LABEL",
    "NO_EGRESS",
    "NO_HEALTH_PATH",
    "NO_MEMORY",
    "OLDEST_KUBERNETES",
    "OLD_KUBERNETES",
    "PROBE_ON_MCP_PATH",
    "READINESS_CANNOT",
    "READINESS_SESSIONS",
    "READINESS_TWICE",
    "REQUEST_ABOVE_LIMIT",
    "RULES",
    "SAME_PROBE_ROUTE",
    "SHORT_PROPAGATION",
    "MadeClaim",
    "beside_port_findings",
    "claim_findings",
    "closed_port_findings",
    "command_findings",
    "container_findings",
    "drain_findings",
    "egress_findings",
    "endpoint_findings",
    "env_findings",
    "existing_findings",
    "fixed_user_findings",
    "image_findings",
    "label_findings",
    "loopback_findings",
    "memory_declared_findings",
    "name_findings",
    "namespace_findings",
    "no_right_findings",
    "other_port_findings",
    "outage_findings",
    "path_findings",
    "port_findings",
    "probe_findings",
    "reach_findings",
    "read_only_findings",
    "resource_findings",
    "rights_findings",
    "root_findings",
    "scheme_findings",
    "sidecar_findings",
    "sidecar_listening_findings",
    "size_findings",
    "transport_findings",
    "user_findings",
    "variable_findings",
    "version_findings",
    "way_findings",
    "writer_findings",
]
