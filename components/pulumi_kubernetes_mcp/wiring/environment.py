"""The variables of a server's process: what is derived from the plan, and what the stack gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from .. import database_env
from ..eras import IDLE_CONNECTION_SECONDS
from ..inputs.outputs import mapped, plain
from ..kubernetes.variables import references
from ..pooler import spec as pooler_specs
from ..server.argo import PREVIEW_ENDING
from ..server_plan import ServerPlan

if TYPE_CHECKING:
    from ..settings.models import DatabaseSettings


ALLOWED_HOSTS_VARIABLE = "MCP_ALLOWED_HOSTS"
"""The names that a server which checks the Host header lets in, beside its loopback addresses."""
ALLOWED_ORIGINS_VARIABLE = "MCP_ALLOWED_ORIGINS"
"""The origins of web pages that a server which checks the Origin header lets in, as the edge does."""
GRACEFUL_TIMEOUT_VARIABLE = "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"
IDLE_CONNECTION_VARIABLE = "UVICORN_TIMEOUT_KEEP_ALIVE"


def environment(server: ServerPlan, pooler_host: pulumi.Input[str] | None) -> dict[str, pulumi.Input[str]]:
    """The server's environment in clear: what is derived, unless the Secret gives it, and what the settings give."""
    given = server.settings.server.env_value_from
    secret = secret_environment(server) if server.settings.secrets.source != "none" else {}
    derived = derived_environment(server, pooler_host)
    kept = {name: value for name, value in derived.items() if name not in secret and name not in given}
    return {**kept, **server.settings.server.env}


def derived_environment(server: ServerPlan, pooler_host: pulumi.Input[str] | None) -> dict[str, pulumi.Input[str]]:
    """What the runtime and libpq understand, from the plan and from what is built."""
    derived: dict[str, pulumi.Input[str]] = {ALLOWED_HOSTS_VARIABLE: _allowed_hosts(server)}
    cors = server.settings.edge.cors
    if cors is not None:
        own = [mapped(name, lambda host: f"https://{host}") for name in told_hosts(server).values()]
        derived[ALLOWED_ORIGINS_VARIABLE] = _listed([*cors.origins, *own])
    if server.runtime.drains_by_env:
        derived[GRACEFUL_TIMEOUT_VARIABLE] = str(server.graceful_timeout_seconds)
        if server.idle_connection_seconds != IDLE_CONNECTION_SECONDS:
            derived[IDLE_CONNECTION_VARIABLE] = str(server.idle_connection_seconds)
    if server.plan.memory.node_heap_mib is not None:
        derived["NODE_OPTIONS"] = f"--max-old-space-size={server.plan.memory.node_heap_mib.value:.0f}"
    database = server.settings.database
    if database is not None and database.networked:
        derived |= database_env.clear_variables(
            database,
            server.settings.workload,
            runtime=server.settings.server.runtime,
            pool_size=server.plan.pool.of_process,
            pooler=None if pooler_host is None else (pooler_host, pooler_specs.PORT),
        )
    return derived


def _allowed_hosts(server: ServerPlan) -> pulumi.Input[str]:
    """Every name that clients reach the server by, with commas between them; with Argo Rollouts also the name by which
    an analysis asks the new pods."""
    names = [*told_hosts(server).values()] or [f"{server.name}.{server.namespace}.svc"]
    preview = [f"{server.name}{PREVIEW_ENDING}.{server.namespace}.svc"] if server.by_argo else []
    return _listed([*names, *preview])


def told_hosts(server: ServerPlan) -> dict[str, pulumi.Input[str]]:
    """The public names that the server is told in its environment, by their keys; none where there is no edge."""
    edge = server.settings.edge
    if edge.host is None:
        return {}
    told = {"mcp:edge.host": edge.host}
    told |= {f"mcp:edge.hosts[{index}]": host for index, host in enumerate(edge.hosts)}
    rollout = server.settings.server.rollout
    if server.blue_green and rollout.blue_green.preview_host is not None:
        told["mcp:server.rollout.blueGreen.previewHost"] = rollout.blue_green.preview_host
    if rollout.argo_rollouts is not None and rollout.argo_rollouts.preview_host is not None:
        told["mcp:server.rollout.argoRollouts.previewHost"] = rollout.argo_rollouts.preview_host
    return told


def _listed(words: list[pulumi.Input[str]]) -> pulumi.Input[str]:
    """Words with commas between them, once all of them are known."""
    known = [word for word in words if isinstance(word, str)]
    return ",".join(known) if len(known) == len(words) else pulumi.Output.all(*words).apply(",".join)


def secret_environment(server: ServerPlan) -> dict[str, str]:
    """Environment variables from keys of the Secret; the database's user and password besides the given ones, unless
    the settings give those in clear, or a URL with both in it that nothing puts together from them."""
    database, keys = server.settings.database, server.settings.server
    given = {*keys.env, *keys.env_value_from}
    kept = {}
    if database is not None and database.networked:
        # The pooler's own pods read user and password from the same keys, so that these are there.
        by_url = not server.pooled and _gives_url(server, database)
        sure = database_env.secret_variables(database, by_url=by_url)
        texts = [
            text for one in (*keys.env.values(), *(keys.command or ()), *(keys.args or ())) if (text := plain(one))
        ]
        named = {name for text in texts for name in references(text)}
        kept = {
            variable: key
            for variable, key in database_env.secret_variables(database).items()
            if variable not in given and (variable in sure or variable in named)
        }
    return {**kept, **server.settings.secrets.env}


def _gives_url(server: ServerPlan, database: DatabaseSettings) -> bool:
    """Whether the stack itself gives the server a URL of the database from a key of a Secret."""
    sources = server.settings.server.env_value_from
    from_keys = [*server.settings.secrets.env, *(name for name, one in sources.items() if one.secret is not None)]
    return any(database_env.is_url(name, database) for name in from_keys)
