"""Where an experiment may be: in production only by its name."""

from __future__ import annotations

from ..production import COPY, IN_PRODUCTION, check_named
from .cluster import Cluster
from .refused import ChaosError

ENVIRONMENT = "kubernetes-mcp/environment"
"""Label of the namespaces that McpNamespace makes."""
PRODUCTION = "production"
DONE = "an experiment takes calls and sessions from its users"


def check_stack(stack: str, production: bool, named: str | None) -> None:
    """Refuse a stack in production that was not named, and another one than was named."""
    doubt = IN_PRODUCTION if production else None
    check_named("stack", stack, named, doubt=doubt, done=DONE, otherwise=f"Try {COPY}")


def check_namespace(cluster: Cluster, named: str | None) -> None:
    """The same for a namespace without its stack: what its label does not say is taken for production."""
    doubt = _doubt(cluster) if named is None else None
    check_named("namespace", cluster.namespace, named, doubt=doubt, done=DONE, otherwise="Try it elsewhere")


def _doubt(cluster: Cluster) -> str | None:
    try:
        found = cluster.get("namespace", cluster.namespace)
    except ChaosError:
        found = {}
    if found is None:
        raise ChaosError(f"There is no namespace '{cluster.namespace}' in this cluster.")
    environment = (found.get("metadata", {}).get("labels") or {}).get(ENVIRONMENT)
    if environment is None:
        return f"does not say that it is not in production (its label {ENVIRONMENT}, which 'get namespaces' reads)"
    return IN_PRODUCTION if environment == PRODUCTION else None
