"""How pods are replaced, and how one ends, as a report: each second with what it is for. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING, Any

from ..colours import BLUE, Preview, idle_name, idle_workload, preview
from ..eras import (
    SESSION_ERAS,
)
from ..inputs.outputs import plain
from ..plan_inputs import rollout
from ..server.argo import PREVIEW_ENDING
from ..server.args import min_ready, scale_down_delay
from ..server.spec import MAX_SURGE, progress_seconds
from ..server_plan import figure
from ..settings.keys.pod import ArgoRollouts
from ..wiring import service_args
from .document import Block, Column, Items, Section, Table, counted
from .pod_end import end_of_pod, told

if TYPE_CHECKING:
    from ..colours import Colour
    from ..server_plan import ServerPlan

KNOWN_LATER = "known when it is deployed"
ARGO = "Argo Rollouts"


def release_sections(server: ServerPlan) -> tuple[Section, ...]:
    """How new pods take the place of old ones, and what the end of one consists of."""
    columns = (Column(title="part"), Column(title="seconds", right=True), Column(title="what for"))
    rows = tuple((one.part, str(one.seconds), one.why) for one in end_of_pod(server))
    end = Section(
        title="The end of a pod",
        blocks=(Table(columns=columns, rows=rows, beside=2), Items(texts=tuple(told(server)))),
    )
    blocks: list[Block] = [_colours(server)] if server.blue_green else []
    release = Section(title="Release", blocks=(*blocks, Items(texts=tuple(_texts(server)))))
    return (release, end)


def release_data(server: ServerPlan) -> dict[str, Any]:
    """The same as plain data."""
    found: dict[str, Any] = {
        "strategy": _strategy(server),
        "end_of_pod": [dict(vars(one)) for one in end_of_pod(server)],
        "texts": list(_texts(server)),
        "told": list(told(server)),
    }
    if server.by_argo:
        newest = preview(server.settings) or Preview()
        found |= {
            "preview_header": newest.header,
            "preview_value": newest.value if newest.header else None,
            "preview_host": plain(newest.host),
        }
    if server.blue_green:
        said, way = server.settings.server.rollout.blue_green, preview(server.settings) or Preview()
        found |= {
            "active": server.active.name,
            "idle": idle_name(server.settings),
            "idle_runs": server.idle is not None,
            "idle_image_key": _idle_key(server),
            "retire_after_seconds": retire_seconds(server),
            "preview_header": way.header,
            "preview_host": plain(way.host),
            "canary_percent": said.canary_percent or 0,
            "colours": [
                {
                    "colour": one.name,
                    "workload": one.server_name,
                    "image": plain(one.image),
                    "active": one.active,
                }
                for one in server.colours
            ],
        }
    return found


def retire_seconds(server: ServerPlan) -> int:
    """From the switch on until the colour that was left has nothing to do any more: the last proxy has the new route,
    and the slowest call that came before that has ended."""
    return server.propagation_seconds + server.settings.server.max_tool_seconds


def _strategy(server: ServerPlan) -> str:
    if server.settings.server.stateful:
        return "StatefulSet"
    if server.by_argo:
        return ARGO
    return "BlueGreen" if server.blue_green else rollout(server.settings).strategy or "RollingUpdate"


def _texts(server: ServerPlan) -> Iterator[str]:
    strategy = _strategy(server)
    if strategy == "Recreate":
        yield (
            "Recreate: all pods end, which takes up to "
            f"{server.grace_period_seconds} s, before the first new one starts: an outage until it is ready."
        )
        return
    if strategy == "StatefulSet":
        yield "StatefulSet: a pod ends before its successor of the same name starts, one at a time, the last one first."
        return
    if strategy == "BlueGreen":
        yield from _of_colours(server)
    yield from _of_argo(server) if strategy == ARGO else _rolling(server)
    yield (
        "What stands in the pods' template makes new pods: image, variables (the public host is one), resources, "
        "drain, mcp:secrets.version. Numbers of pods, alerts, dashboards and the quota make none. Another server, "
        "region or namespace name makes every object anew: see docs/releases.md first."
    )


def _rolling(server: ServerPlan) -> Iterator[str]:
    """What a rolling replacement takes, within a colour too."""
    args = service_args(server, server.namespace, None, None)
    pods, ready = server.max_replicas, min_ready(args)
    surge, gone = args.rollout.max_surge or MAX_SURGE, args.rollout.max_unavailable or "0"
    at_once = max(1, figure(server.plan.replicas.surge_pods))
    steps = ceil(pods / at_once)
    yield (
        f"{'Within a colour: ' if server.blue_green else ''}RollingUpdate with maxSurge {surge} and "
        f"maxUnavailable {gone}: "
        + (
            "never fewer pods than serve now; "
            if gone in ("0", "0%", "00%")
            else f"up to {gone} fewer pods than serve now; "
        )
        + f"at the maximum {counted(str(at_once), 'pods')} more at a time, {counted(str(steps), 'steps')} for "
        f"{counted(str(pods), 'pods')}."
    )
    yield (
        f"A new pod counts after it has been ready for {ready} s (minReadySeconds), the time until every proxy sends "
        f"to it. Without progress for {progress_seconds(args, ready)} s (progressDeadlineSeconds) the rollout has "
        "failed, and the old pods go on serving."
    )


def _of_argo(server: ServerPlan) -> Iterator[str]:
    """What a release by Argo Rollouts takes, who switches, and when the old pods go."""
    args = service_args(server, server.namespace, None, None)
    given, delay, ready = args.rollout.argo_rollouts or ArgoRollouts(), scale_down_delay(args), min_ready(args)
    yield (
        f"Argo Rollouts: another template makes all new pods, as many as there are, beside the old ones; each counts "
        f"after it has been ready for {ready} s (minReadySeconds). {server.name}{PREVIEW_ENDING} leads to them at once."
    )
    way = preview(server.settings)
    if way is not None and way.host is not None:
        yield (
            f"{plain(way.host) or 'The preview host'} leads to the newest pods through the edge, by the same rules as "
            "the public host: look at them there before they are promoted."
        )
    elif way is not None:
        yield (
            f"Clients that send '{way.header}: {way.value}' reach the newest pods through the edge, by the same "
            "rules as everybody: look at them there before they are promoted."
        )
    yield _both(server)
    gates = [f"the analysis of {name} has succeeded" for name in given.analysis_templates]
    if not given.auto_promotion:
        gates.append(f"somebody has promoted it: kubectl argo rollouts promote {server.name} -n {server.namespace}")
    gate = " and ".join(gates) or "all of them are available, without a look at them: there is no analysis"
    yield f"The Service {server.name} is switched to them once {gate}. {_clients(server)}"
    yield (
        f"The old pods run on for {delay} s after the switch (scaleDownDelaySeconds), for calls that were sent before "
        "it and for the way back, which is the old image. A release within that time puts a third revision beside the "
        "two that are counted: wait until it is over."
    )
    yield (
        "An update of the stack ends as soon as the clients' pods are available, with the release still under way: "
        f"kubectl argo rollouts status {server.name} -n {server.namespace} waits for its end."
    )


def _colours(server: ServerPlan) -> Table:
    columns = (Column(title="colour"), Column(title="workload"), Column(title="image"), Column(title="reached by"))
    rows = [(one.name, one.server_name, plain(one.image) or KNOWN_LATER, _way(server, one)) for one in server.colours]
    if server.idle is None:
        said = server.settings.server.rollout.blue_green
        retired = said.retired is not None and (server.active.name != BLUE or said.green_image is not None)
        rows.append((idle_name(server.settings), "–", "retired" if retired else "none yet", "–"))
    return Table(columns=columns, rows=tuple(rows))


def _way(server: ServerPlan, colour: Colour) -> str:
    way = preview(server.settings) or Preview()
    share = server.settings.server.rollout.blue_green.canary_percent if server.idle is not None else None
    if colour.active:
        return "all clients" if share is None else f"{100 - share} % of the requests"
    ways = [] if share is None else [f"{share} % of the requests"]
    if way.host is not None:
        ways.append(plain(way.host) or "its preview host")
    elif way.header is not None:
        ways.append(f"{way.header}: {way.value}")
    return " and ".join(ways) or "no route"


def _of_colours(server: ServerPlan) -> Iterator[str]:
    """What two colours take, what a switch does to clients, and when the old colour may go."""
    other = idle_name(server.settings)
    yield _both(server)
    if server.idle is not None:
        yield (
            f"The idle colour holds its minimum of {counted(str(server.replicas), 'pods')}: look at it "
            f"{'through its preview route' if preview(server.settings) else 'through kubectl port-forward'}, then "
            f"set blueGreen.active to '{other}'."
        )
        yield from _switch(server)
    else:
        unchanged = f"no pod of {server.active.name} changes"
        yield f"The next release sets {_idle_key(server)}, the image of {other}; {unchanged}."


def _both(server: ServerPlan) -> str:
    """What two sets of pods take together."""
    used, allowed = server.plan.connections.connections_at_maximum, server.plan.connections.connection_budget
    spent = "" if used is None or allowed is None else f", {used.value} connections of {allowed.value} allowed"
    what = "revisions" if server.by_argo else "colours"
    return (
        f"Both {what} together: up to {counted(str(figure(server.plan.replicas.pods_at_maximum)), 'pods')}{spent}. "
        "Quota, connections and clients count both at all times, so that a release finds room."
    )


def _clients(server: ServerPlan) -> str:
    """What a switch does to clients."""
    other = "pods" if server.by_argo else "colour"
    sessions = [era.value for era in server.era_profile.eras if era in SESSION_ERAS]
    if not sessions:
        return f"No session is lost, since there are none: the next request of each client meets the other {other}."
    number = figure(server.plan.load.planned_sessions)
    if server.keeps_sessions:
        return (
            f"Each session of {' and '.join(sessions)}, up to {number}, goes on in the colour that was left, where its "
            "envelope leads it; new ones are opened in the other colour, and clients without a session meet that alone."
        )
    return (
        f"Each session of {' and '.join(sessions)}, up to {number}, ends at its next request, which the other {other} "
        f"{'answer' if server.by_argo else 'answers'} with 404; clients of the official SDKs open no new one by "
        "themselves."
    )


def _switch(server: ServerPlan) -> Iterator[str]:
    wait = retire_seconds(server)
    yield f"A switch changes the route alone and restarts no pod. {_clients(server)}"
    needs = "nothing needs the colour that was left but the way back"
    if server.keeps_sessions:
        needs = "only its sessions need the colour that was left"
    elif server.era_profile.sessions:
        needs = "no call is left in the colour that was left"
    yield (
        f"Calls that were sent before it end where they began. From {wait} s after a switch on (propagation "
        f"{server.propagation_seconds} s, slowest call {server.settings.server.max_tool_seconds} s) {needs}. Set "
        f"blueGreen.retired to its image, and its pods drain and go.{_listening(server)}"
    )


def _listening(server: ServerPlan) -> str:
    """Whom the colour that was left still has, and how that is seen."""
    if not server.era_profile.sessions:
        return ""
    words = "A session whose client only listens keeps its stream there until the pods go"
    if server.keeps_sessions:
        words = "The sessions that are left end with them"
    if server.settings.monitoring.rules == "none":
        return f" {words}: the metric of sessions of these pods says how many there are."
    left = idle_workload(server.settings)
    series = f'server:mcp_sessions:sum{{namespace="{server.namespace}",server="{left}"}}'
    return f" {words}: do so when {series} is 0, or when you wait for these no longer."


def _idle_key(server: ServerPlan) -> str:
    said = server.settings.server.rollout.blue_green
    return "mcp:server.image" if said.active != BLUE else "mcp:server.rollout.blueGreen.greenImage"
