"""What a stack assumes of its server, held against what was seen of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import wiring
from ...autoscaling import spec as specs
from ...autoscaling.args import chosen_kind, followed
from ...autoscaling.args.spec import metric_name
from ...edge.cors import refuses
from ...inputs.outputs import plain
from ...server_plan import ServerPlan
from .. import verified as rules
from ..drain_unseen import unseen_drain_findings
from ..edge import origin_findings
from ..model import Finding

if TYPE_CHECKING:
    from ...settings.verified import Verified

SERVER = "mcp:server"
FILE = f"{SERVER}.verified"
EDGE = "mcp:edge"


def verified_findings(server: ServerPlan) -> list[Finding]:
    """What the settings assume and the server does not do; nothing where nobody has looked."""
    keys = server.settings.server
    if keys.verified is None:
        return unseen_drain_findings(
            declared=keys.graceful_timeout_seconds,
            told=server.runtime.drains_by_env,
            runtime=server.runtime.name,
            path=f"{SERVER}.gracefulTimeoutSeconds",
            words=[*keys.command, *(keys.args or ())] if keys.command else (),
        )
    seen = keys.verified.content
    found = rules.era_findings(declared=keys.eras, spoken=seen.eras, path=f"{SERVER}.eras")
    known = [image for colour in server.colours if (image := plain(colour.image)) is not None]
    if known and seen.image not in known:
        # What is verified may be either colour: the idle one before the switch, the active one after it.
        found += rules.image_findings(verified=seen.image, image=known[0], path=server.active.image_key)
    found += rules.start_findings(
        seconds=seen.start_seconds, allowed=keys.startup_seconds, path=f"{SERVER}.startupSeconds"
    )
    found += _drain(server, seen) + _routes(server, seen) + _host(server, seen) + _metric(server, seen)
    found += _cap(server, seen)
    found += origin_findings(
        status=seen.hosts.origin,
        row=None if server.internal else server.implementation,
        refused=_refuses_origins(server),
        path=f"{EDGE}.cors",
    )
    found += rules.state_findings(
        kept_in=seen.state.kept_in,
        calls=seen.state.differing,
        files=seen.state.files,
        most=server.max_replicas,
        path=FILE,
    )
    if seen.authorization is not None:
        found += rules.authorization_findings(
            declared=keys.authorization,
            required=seen.authorization.required,
            metadata=seen.authorization.metadata,
            path=f"{SERVER}.authorization",
        )
    return found


def _drain(server: ServerPlan, seen: Verified) -> list[Finding]:
    drain = seen.drain
    if drain is None:
        return []
    found = rules.end_findings(
        handled=drain.handled, exit_seconds=drain.exit_seconds, grace=server.grace_period_seconds, path=FILE
    )
    if "modern" in server.settings.server.eras and "modern" in seen.eras:
        found += rules.drain_findings(
            granted=drain.granted_seconds,
            finished=drain.finished,
            pre_stop=server.pre_stop_seconds,
            propagation=server.propagation_seconds,
            graceful=server.graceful_timeout_seconds,
            tool=server.settings.server.max_tool_seconds,
            path=f"{SERVER}.maxToolSeconds",
        )
    return found


def _routes(server: ServerPlan, seen: Verified) -> list[Finding]:
    keys = server.settings.server
    good = [path for path, status in seen.routes.items() if status == 200 and path != "/metrics"]
    found = []
    for name, wanted, key in (
        ("readiness", keys.health_path, "healthPath"),
        ("liveness", keys.liveness_path, "livenessPath"),
    ):
        found += rules.route_findings(name, wanted, routes=seen.routes, found=good, path=f"{SERVER}.{key}")
    return found


def _host(server: ServerPlan, seen: Verified) -> list[Finding]:
    hosts, edge = seen.hosts, server.settings.edge
    # Of a server that ran already, only the name itself says something: what else it was told nobody knows.
    if hosts.name is None or (seen.command is None and hosts.name != edge.host):
        return []
    return rules.host_findings(
        name=hosts.name, status=hosts.public, path="mcp:edge.host" if edge.host is not None else FILE
    )


def _refuses_origins(server: ServerPlan) -> bool:
    cors = server.settings.edge.cors
    return cors is not None and refuses(cors, server.implementation)


def _metric(server: ServerPlan, seen: Verified) -> list[Finding]:
    """The gauge in the server's own metrics that KEDA is to follow."""
    if not server.autoscaled:
        return []
    args = wiring.known_autoscaling_args(server)
    follow = followed(args)
    if chosen_kind(args) != "keda" or follow == "cpu" or args.query is not None:
        return []
    gauge = specs.gauge(follow, args.dialect, args.era_profile.eras, metric_name(args))
    if isinstance(gauge, specs.Missing) or gauge.place != "pods":
        return []
    key = "sessionsMetric" if metric_name(args) is not None else "dialect"
    return rules.metric_findings(
        metric=gauge.selector,
        how=seen.metrics.get(gauge.selector),
        others=[name for name, how in seen.metrics.items() if how == "moves"],
        path=f"mcp:scaling.{key}",
    )


def _cap(server: ServerPlan, seen: Verified) -> list[Finding]:
    """Whether a pod can have the sessions that the autoscaler waits for."""
    if not server.autoscaled or not server.era_profile.sessions:
        return []
    args = wiring.known_autoscaling_args(server)
    if chosen_kind(args) != "keda" or followed(args) not in ("sessions", "streams") or args.query is not None:
        return []
    if args.target_per_pod is None:
        return []
    given = None if args.scale_up is None else args.scale_up.tolerance
    return rules.cap_findings(
        cap=seen.sessions.cap,
        target=args.target_per_pod,
        tolerance=specs.GLOBAL_TOLERANCE if given is None else given,
        path="mcp:scaling.targetPerPod",
    )
