"""What a stack gives and nothing reads, beyond what the components say of their arguments; and which of it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic.alias_generators import to_camel

from ... import wiring
from ...autoscaling.args import chosen_kind
from ...keys import in_file
from ...settings.fields import Group, given
from ...settings.models import Settings
from ...settings.models.place import LEAST_ROLLOUT_SECONDS
from ...settings.problems import split
from ..doors import in_keys
from ..edge import NOT_READ
from ..load import IGNORED
from ..load_test import UNREAD as UNTESTED
from ..model import Finding, Rule
from ..monitoring import UNREAD as UNREAD_MONITORING
from ..scaling import UNREAD
from ..secrets import UNUSED_SECRETS, unread_key_findings
from ..unread import DATA, EDGE, SERVER, Unread, unread_findings
from .unread_data import data_findings

if TYPE_CHECKING:
    from ...server_plan import ServerPlan

OF_WHAT_IS_NOT_READ: tuple[Rule, ...] = (
    *(SERVER, EDGE, DATA, UNREAD, NOT_READ, IGNORED, UNUSED_SECRETS),
    *(UNREAD_MONITORING, UNTESTED),
)
CODES = frozenset(rule.code for rule in OF_WHAT_IS_NOT_READ)
"""Rules about what nothing reads: what stacks or servers share may be read by another one of them."""
OF_A_ROUTE = (
    *("hosts", "paths", "oauth_proxy", "ingress_class", "tls_secret", "cluster_issuer", "backend_tls", "gateway"),
    *("request_timeout_seconds", "idle_timeout_seconds", "annotations", "dns", "external_authorization"),
    *("client_address", "max_headers", "max_body", "rate_limits"),
)
"""Keys of mcp:edge that only a route has."""
CHECKED_BY_EDGE = ("gke", "alb")
"""Implementations that ask the readiness route themselves."""


def stack_findings(server: ServerPlan) -> list[Finding]:
    """What no component is told of, as what it would be for is not made."""
    return [*_edge(server), *_server(server), *_colours(server), *_secrets(server), *data_findings(server)]


def wait_findings(servers: Sequence[ServerPlan]) -> list[Finding]:
    """MCP160 for what a region waits for and does not make."""
    awaits = servers[0].settings.awaits
    if not given(awaits):
        return []
    rows = []
    routes = any(not server.internal for server in servers)
    if not routes:
        rows.append(Unread(keys=("edge",), why="mcp:edge.kind is 'none', and there is no route"))
    if not any(_has_custom_resources(server) for server in servers):
        why = "neither an ExternalSecret nor a ScaledObject is made"
        rows.append(Unread(keys=("custom_resources",), why=why))
        rolled = any(server.pooled for server in servers) or servers[0].settings.probe is not None
        if not routes and not rolled and awaits.object_seconds <= LEAST_ROLLOUT_SECONDS:
            why = f"{why}, no route either, and the rollout of a server has {LEAST_ROLLOUT_SECONDS} s at least"
            rows.append(Unread(keys=("timeout_seconds",), why=why, instead="give more"))
    return in_keys(unread_findings(SERVER, rows, given(awaits)), _table("awaits", awaits))


def _has_custom_resources(server: ServerPlan) -> bool:
    if server.settings.secrets.source == "external":
        return True
    return server.autoscaled and chosen_kind(wiring.known_autoscaling_args(server)) == "keda"


def is_given(settings: Settings, path: str) -> bool:
    """Whether a stack itself gives something at the path of a key, be it the default too."""
    value: object = settings
    for step in split(path):
        if not isinstance(value, Group):
            return True
        names = {to_camel(name): name for name in type(value).model_fields}
        name = names.get(str(step))
        if name is None:
            return True
        if name not in value.model_fields_set:
            return False
        value = getattr(value, name)
    return True


def _edge(server: ServerPlan) -> list[Finding]:
    edge = server.settings.edge
    if not server.internal:
        return []
    row = Unread(
        keys=OF_A_ROUTE,
        why="⟦kind⟧ is 'none', and there is no route",
        instead="set ⟦kind⟧ to 'gateway', 'ingress' or 'route'",
    )
    found = in_keys(unread_findings(EDGE, [row], given(edge)), _table("edge", edge))
    if edge.cors is None:
        return found
    # The server is told the origins in any case.
    of_pages = given(edge.cors)
    others = replace(row, keys=tuple(key for key in of_pages if key != "origins"), instead="")
    return [*found, *in_keys(unread_findings(EDGE, [others], of_pages), _table("edge.cors", edge.cors))]


def _server(server: ServerPlan) -> list[Finding]:
    keys = server.settings.server
    table, said_here, rows, probes = _table("server", keys), given(keys), [], keys.probes
    found = []
    if server.internal and "sse" not in keys.eras:
        row = Unread(keys=("sse_paths",), why="'sse' is not among the ⟦eras⟧")
        found = unread_findings(EDGE, [row], said_here)
    if probes.readiness.command is not None and server.implementation.name not in CHECKED_BY_EDGE:
        rows.append(
            Unread(
                keys=("health_path",),
                why="a command asks in its place",
                instead="remove the command of ⟦probes⟧.readiness",
            )
        )
    region, why = server.settings.region, "podPolicies of mcp:region is false, and no policy of ours closes the pods"
    if not region.pod_policies:
        rows.append(Unread(keys=("ingress", "egress"), why=why))
        row = Unread(keys=("node_cidrs",), why=why)
        found += in_keys(unread_findings(SERVER, [row], given(region)), _table("region", region))
    return in_keys([*found, *unread_findings(SERVER, rows, said_here)], table)


def _colours(server: ServerPlan) -> list[Finding]:
    """Keys of the two colours, and what they leave without effect."""
    rollout, scaling = server.settings.server.rollout, server.settings.scaling
    said_here, rows = given(rollout.blue_green), []
    table = _table("server.rollout.blue_green", rollout.blue_green)
    if server.by_argo:
        # Keys of blueGreen are refused beside it.
        row = Unread(keys=("colours",), why="Argo Rollouts counts two")
        found = in_keys(unread_findings(UNREAD, [row], given(scaling)), _table("scaling", scaling))
        asked = rollout.argo_rollouts
        if asked is None or server.settings.edge.kind != "none":
            return found
        row = Unread(keys=("preview_host",), why="the kind of the edge is 'none', so that no host leads to the server")
        asked_table = _table("server.rollout.argo_rollouts", asked)
        return [*found, *in_keys(unread_findings(SERVER, [row], given(asked)), asked_table)]
    if not server.blue_green:
        why = f"the strategy is '{rollout.strategy or 'RollingUpdate'}'"
        row = Unread(keys=tuple(said_here), why=why, instead="set mcp:server.rollout.strategy to 'BlueGreen'")
        return in_keys(unread_findings(SERVER, [row], said_here), table)
    if server.settings.edge.kind != "gateway":
        why = f"a route of the kind '{server.settings.edge.kind}' matches no header"
        rows.append(Unread(keys=("preview_header",), why=why, instead="give previewHost"))
    if not server.era_profile.sessions:
        why = "the eras hold no sessions"
        rows.append(Unread(keys=("keep_sessions",), why=why))
    if rollout.blue_green.canary_percent is None:
        why = "a switch as a whole needs no promise about the tools"
        rows.append(Unread(keys=("same_tools",), why=why, instead="give canaryPercent"))
    row = Unread(keys=("colours",), why="the strategy 'BlueGreen' counts two")
    found = in_keys(unread_findings(UNREAD, [row], given(scaling)), _table("scaling", scaling))
    return [*found, *in_keys(unread_findings(SERVER, rows, said_here), table)]


def _secrets(server: ServerPlan) -> list[Finding]:
    secrets = server.settings.secrets
    rows = []
    if secrets.source != "external":
        rows.append(
            Unread(
                keys=("store", "refresh_interval"),
                why=f"the source is '{secrets.source}'",
                instead="set ⟦source⟧ to 'external'",
            )
        )
    if secrets.source == "none":
        rows.append(
            Unread(
                keys=("name", "version"),
                why="the source is 'none'",
                instead="set ⟦source⟧ to 'existing' or 'external'",
            )
        )
    found = in_keys(unread_findings(UNUSED_SECRETS, rows, given(secrets)), _table("secrets", secrets))
    return [*found, *_secret_keys(server)]


def _secret_keys(server: ServerPlan) -> list[Finding]:
    """Keys of a Secret that the stack fills and no variable, no pooler and nobody who names the whole Secret reads."""
    secrets, database = server.settings.secrets, server.settings.database
    if secrets.source not in ("external", "config") or _names_secret(server):
        return []
    key, keys = ("remote", list(secrets.remote)) if secrets.source == "external" else ("values", list(secrets.values))
    read = set(wiring.secret_environment(server).values())
    if server.pooled and database is not None:
        read |= {database.user_key, database.password_key}
    return unread_key_findings([name for name in keys if name not in read], key=key, path=f"mcp:secrets.{key}")


def _names_secret(server: ServerPlan) -> bool:
    """Whether anything besides mcp:secrets names the Secret: a volume, ``envFrom``, a patch, a further object."""
    groups = ((name, getattr(server.settings, name)) for name in type(server.settings).model_fields)
    return any(server.secret_name in repr(group) for name, group in groups if name not in ("secrets", "accept"))


def _table(group: str, declared: Group) -> dict[str, str]:
    """The names of a group's keys to their places in the file."""
    return {name: in_file(f"{group}.{name}") for name in type(declared).model_fields}
