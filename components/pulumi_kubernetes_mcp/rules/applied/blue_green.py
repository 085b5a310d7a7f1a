"""Whether the colours of a server have what they need, and whether a client can meet both."""

from __future__ import annotations

from ... import wiring
from ...autoscaling import spec as specs
from ...autoscaling.args import chosen_kind, followed
from ...autoscaling.args.spec import metric_name
from ...colours import BLUE, is_retired, possible_names, preview
from ...edge.checks import ingress_findings
from ...eras import SESSION_ERAS
from ...inputs.outputs import plain
from ...platforms import identity_of
from ...server.argo import newest_service
from ...server_plan import ServerPlan, figure
from ...settings.fields import given
from .. import argo_rollouts
from .. import blue_green as rules
from .. import edge as edge_rules
from ..doors import in_keys
from ..model import Finding
from . import components

SERVER = "mcp:server"
STRATEGY = f"{SERVER}.rollout.strategy"
COLOURS = f"{SERVER}.rollout.blueGreen"
ARGO = f"{SERVER}.rollout.argoRollouts"


def colour_findings(server: ServerPlan) -> list[Finding]:
    """Everything about two colours; nothing where there are none."""
    if server.blue_green and server.settings.server.rollout.argo_rollouts is not None:
        return argo_rollouts.way_findings(others=["the strategy 'BlueGreen'"], path=ARGO)
    if not server.blue_green:
        return _of_argo(server) if server.by_argo else []
    keys, kind = server.settings.server, server.settings.edge.kind
    said, sessions = keys.rollout.blue_green, _sessions(server)
    found = rules.image_findings(
        active=said.active,
        has_image=server.active.name == BLUE or said.green_image is not None,
        retired=is_retired(said, server.active.image),
        path=f"{COLOURS}.active",
        retired_path=f"{COLOURS}.retired",
    )
    found += rules.route_findings(kind=kind, path=STRATEGY)
    found += rules.era_findings(
        declared=keys.eras, other=said.green_eras, of="green", path=f"{COLOURS}.greenEras"
    ) + _verified(server)
    found += rules.claim_findings(
        claims=[
            f"{SERVER}.volumes[{place}].claim"
            for place, one in enumerate(keys.volumes)
            if one.claim is not None and one.claim.size is not None
        ]
    )
    found += rules.canary_findings(
        percent=said.canary_percent,
        sessions=sessions,
        same_tools=said.same_tools,
        kind=kind,
        path=f"{COLOURS}.canaryPercent",
        tools_path="sameTools",
    )
    found += rules.preview_findings(has=preview(server.settings) is not None, kind=kind, path=STRATEGY)
    if sessions and said.keep_sessions:
        found += edge_rules.leaving_findings(
            affinity=server.affinity, row=server.implementation, path=f"{COLOURS}.keepSessions"
        )
    else:
        planned = figure(server.plan.load.planned_sessions)
        found += rules.session_findings(sessions=sessions, planned=planned, path=STRATEGY)
    found += rules.identity_findings(
        identity=_identity(server), names=possible_names(server.settings), path=f"{SERVER}.serviceAccountAnnotations"
    )
    found += rules.metric_findings(place=_counted_at(server), path="mcp:scaling.follow")
    return found + _preview(server)


def _of_argo(server: ServerPlan) -> list[Finding]:
    """The same of the revisions of Argo Rollouts, as far as the workload alone does not show it."""
    keys, row = server.settings.server, server.implementation
    planned = figure(server.plan.load.planned_sessions)
    return [
        *argo_rollouts.way_findings(
            others=["keys of mcp:server.rollout.blueGreen"] if given(keys.rollout.blue_green) else [], path=ARGO
        ),
        *argo_rollouts.target_findings(implementation=row.name, title=row.title, path=ARGO),
        *_verified(server),
        *rules.session_findings(sessions=_sessions(server), planned=planned, path=ARGO),
        *_newest(server),
    ]


def _newest(server: ServerPlan) -> list[Finding]:
    """What the route to the new pods refuses or warns of and the public one does not."""
    if preview(server.settings) is None:
        return []
    keys = components.door("McpIngress")
    args = wiring.ingress_args(server, server.namespace, server.name)
    public = in_keys(
        ingress_findings(args, min_replicas=server.replicas, platform=server.settings.region.platform), keys
    )
    return [one for one in _looked_at(server, newest_service(server.name), ARGO) if one not in public]


def _sessions(server: ServerPlan) -> list[str]:
    """The eras with sessions that are served."""
    return [era.value for era in server.era_profile.eras if era in SESSION_ERAS]


def _verified(server: ServerPlan) -> list[Finding]:
    """What was seen of an image that is one of the colours."""
    keys = server.settings.server
    if keys.verified is None:
        return []
    seen = keys.verified.content
    of = [colour.name for colour in server.colours if seen.image in (None, plain(colour.image))]
    if not of:
        return []
    what = "What was verified" if seen.image is None else f"{seen.image} ({of[-1]})"
    return rules.era_findings(declared=keys.eras, other=seen.eras, of=what, path=f"{SERVER}.verified")


def _identity(server: ServerPlan) -> str:
    keys = server.settings.server
    known = identity_of(keys.workload_identity, keys.service_account_annotations)
    return known if known != "none" or not keys.service_account_annotations else "of its annotations"


def _counted_at(server: ServerPlan) -> str | None:
    """What the metric that the autoscaler follows names; ``None`` where it follows none."""
    if not server.autoscaled:
        return None
    args = wiring.known_autoscaling_args(server)
    if chosen_kind(args) != "keda":
        return None
    if args.query is not None:
        return "query"
    follow = followed(args)
    if follow == "cpu":
        return None
    found = specs.gauge(follow, args.dialect, args.era_profile.eras, metric_name(args))
    return None if isinstance(found, specs.Missing) else found.place


def _preview(server: ServerPlan) -> list[Finding]:
    """What the route to the idle colour refuses or warns of."""
    return [] if server.idle is None else _looked_at(server, server.idle.server_name, COLOURS)


def _looked_at(server: ServerPlan, service: str, group: str) -> list[Finding]:
    """What the route to pods that clients do not reach refuses or warns of, at the key of its host.

    :param service: the Service of those pods; ``group`` holds the keys of how they are found.
    """
    way = preview(server.settings)
    if way is None:
        return []
    args = wiring.preview_args(server, server.namespace, service)
    host = f"{group}.previewHost"
    keys, edge = components.door("McpIngress"), server.settings.edge
    of_route = ingress_findings(args, min_replicas=server.replicas, platform=server.settings.region.platform)
    found = in_keys(of_route, keys if way.host is None else {**keys, "host": host})
    named = edge.gateway.class_name is not None and edge.cluster_issuer is not None
    if way.host is not None and named:
        found += edge_rules.preview_findings(
            why="its listener has the one host that clients know",
            remedy="Leave it out, so that a header leads there, or attach to a Gateway that is there.",
            path=host,
        )
    elif way.host is None and args.gateway_listener_set:
        why = "a second listener of the host that clients know would stand beside the first"
        found += edge_rules.preview_findings(
            why=why,
            remedy=f"Give {host}, which has a listener of its own, or attach to a listener of the Gateway.",
            path=f"{group}.previewHeader",
        )
    if way.host is not None and plain(way.host) in {plain(one) for one in (edge.host, *edge.hosts)} - {None}:
        found += edge_rules.preview_findings(
            why="two routes of one host would stand side by side, and clients would meet either",
            remedy="Give a host of its own, or leave it out where a header leads there.",
            path=host,
        )
    return found
