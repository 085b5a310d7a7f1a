"""All rules, in the order of their codes. A new one is added here, with a page in ``docs/findings``."""

from __future__ import annotations

from . import capacity, database, edge, environment, model, scaling, secrets, workload
from .model import Rule

CATALOGUE: tuple[Rule, ...] = (
    workload.IMAGE,
    workload.GRACE_TOO_SHORT,
    workload.REQUEST_ABOVE_LIMIT,
    workload.PROBE_ON_MCP_PATH,
    workload.NO_HEALTH_PATH,
    workload.SAME_PROBE_ROUTE,
    environment.CLEAR_SECRET,
    workload.NOT_A_LABEL,
    workload.BAD_PORT,
    workload.GRACE_TOO_LONG,
    workload.BAD_QUANTITY,
    workload.LEGACY_CALLS_CUT,
    workload.MODERN_CALLS_CUT,
    workload.NO_MEMORY,
    workload.SHORT_PROPAGATION,
    environment.GIVEN_TWICE,
    environment.DERIVED_OVERRIDDEN,
    workload.NO_EGRESS,
    workload.FOREIGN_NAMESPACE,
    scaling.MINIMUM_ABOVE_MAXIMUM,
    scaling.FIXED_BESIDE_AUTOSCALER,
    scaling.NO_REQUEST,
    scaling.SCALED_OBJECT_NAME,
    scaling.PYTHON_MEMORY,
    scaling.PRODUCTION_REPLICAS,
    scaling.BLOCKED_DRAIN,
    scaling.NO_PROMETHEUS,
    scaling.SESSIONS_BY_CPU,
    scaling.BELOW_PEAK,
    scaling.NO_PODS,
    scaling.MEMORY_METRIC,
    scaling.BELOW_BURST,
    scaling.SHORT_WINDOW,
    edge.EXCLUDED_ERAS,
    edge.SSE_DEPRECATED,
    edge.NO_AFFINITY,
    edge.COOKIE_AFFINITY,
    edge.HASH_AFFINITY,
    edge.SOURCE_IP_AFFINITY,
    edge.REQUEST_TIMEOUT,
    edge.IDLE_TIMEOUT,
    edge.UNKNOWN_CONTROLLER,
    edge.USELESS_AFFINITY,
    edge.AFFINITY_NOT_SET,
    database.BUDGET,
    database.SINGLE_WRITER,
    database.POOLER_ABOVE_BUDGET,
    database.POOLER_CLIENTS,
    database.RESERVE,
    database.SINGLE_POOLER,
    capacity.MEMORY,
    capacity.DESCRIPTORS,
    capacity.QUOTA,
    capacity.CPU,
    secrets.NO_STORE,
    secrets.UNKNOWN_KEY,
    secrets.UNUSED_SECRETS,
    secrets.POOLER_WITHOUT_SECRET,
    model.UNUSED_ACCEPTANCE,
    model.ACCEPTED_ERROR,
)


_AREAS = {
    "1": "Workload",
    "2": "Scaling",
    "3": "Edge",
    "4": "Database",
    "5": "Capacity",
    "7": "Secrets",
    "9": "Acceptances",
}
"""First digit of a code to what its rules are about."""


def rule(code: str) -> Rule:
    """The rule with this code. ValueError, naming the range of codes, for one that does not exist."""
    for known in CATALOGUE:
        if known.code == code:
            return known
    raise ValueError(f"there is no finding {code}; codes go from {CATALOGUE[0].code} to {CATALOGUE[-1].code}")


def index_page() -> str:
    """``docs/findings/README.md``: every rule in one table, linked to its page."""
    lines = [
        "# Findings",
        "",
        "What the preview refuses (error) or warns of (warning). Each page says what the finding means and why the",
        "rule exists, with an example that fails and one that passes. A warning can be accepted with a reason under",
        "`mcp:accept`; an error cannot.",
        "",
        "This table is `pulumi_kubernetes_mcp.findings.catalogue.index_page()`; a test compares them.",
        "",
        "| code | severity | area | finding |",
        "|---|---|---|---|",
    ]
    lines += [f"| [{r.code}]({r.code}.md) | {r.severity} | {_AREAS[r.code[3]]} | {r.title} |" for r in CATALOGUE]
    return "\n".join(lines) + "\n"
