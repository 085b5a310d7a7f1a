"""How pods are replaced, and how one ends, as a report: each second with what it is for. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from ..colours import BLUE, Preview, idle_name, preview
from ..edge.implementations import kept_idle
from ..eras import (
    IDLE_CONNECTION_SECONDS,
    LEGACY_ERAS,
    MINIMUM_GRACE_SECONDS,
    SESSION_ERAS,
    TERMINATION_MARGIN_SECONDS,
    Era,
)
from ..inputs.outputs import plain
from ..plan_inputs import rollout
from ..server.argo import PREVIEW_ENDING
from ..server.args import min_ready, scale_down_delay
from ..server.spec import MAX_SURGE, progress_seconds
from ..server_plan import figure
from ..settings.keys.pod import ArgoRollouts
from ..wiring import GRACEFUL_TIMEOUT_VARIABLE, IDLE_CONNECTION_VARIABLE, service_args
from .document import Block, Column, Items, Section, Table, counted

if TYPE_CHECKING:
    from ..colours import Colour
    from ..server_plan import ServerPlan

KNOWN_LATER = "known when it is deployed"
ARGO = "Argo Rollouts"
ENVELOPE = "envelope"
"""The affinity that leads a session to its pod while that drains."""


@dataclass(frozen=True, kw_only=True)
class Seconds:
    """A part of the end of a pod."""

    part: str
    seconds: int
    why: str


def release_sections(server: ServerPlan) -> tuple[Section, ...]:
    """How new pods take the place of old ones, and what the end of one consists of."""
    columns = (Column(title="part"), Column(title="seconds", right=True), Column(title="what for"))
    rows = tuple((one.part, str(one.seconds), one.why) for one in end_of_pod(server))
    end = Section(
        title="The end of a pod",
        blocks=(Table(columns=columns, rows=rows, beside=2), Items(texts=tuple(_told(server)))),
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
        "told": list(_told(server)),
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


def end_of_pod(server: ServerPlan) -> Iterator[Seconds]:
    """The seconds from the deletion of a pod to SIGKILL, in their order, each with what it is for. They sum up to the
    grace period that is in force."""
    eras, tool = server.era_profile.eras, server.settings.server.max_tool_seconds
    legacy = [era.value for era in eras if era in LEGACY_ERAS]
    sleep, needed = server.pre_stop_seconds, server.propagation_seconds
    spread = min(sleep, needed)
    yield Seconds(part="pre-stop sleep: propagation", seconds=spread, why=_heard(server, spread, needed))
    if legacy or sleep > spread:
        what = f"the slowest call of {' and '.join(legacy)} ({tool} s): SIGTERM cuts its stream"
        yield Seconds(
            part="pre-stop sleep: calls",
            seconds=sleep - spread,
            why=_apart(what, sleep - spread, tool) if legacy else "given",
        )
    modern, graceful = Era.MODERN in eras, server.graceful_timeout_seconds
    yield Seconds(
        part="graceful timeout",
        seconds=graceful,
        why=_apart(f"after SIGTERM: the slowest modern call ({tool} s), which is finished", graceful, tool)
        if modern
        else "after SIGTERM: sockets are closed, since no call is left",
    )
    used = sleep + graceful
    left = server.grace_period_seconds - used
    margin = min(left, TERMINATION_MARGIN_SECONDS)
    yield Seconds(part="margin", seconds=margin, why="the process ends, and its sidecars after it")
    if left > margin:
        least = server.grace_period_seconds == MINIMUM_GRACE_SECONDS
        yield Seconds(
            part="left over", seconds=left - margin, why="the least of Kubernetes' own default" if least else "given"
        )


def _heard(server: ServerPlan, spread: int, needed: int) -> str:
    """Until whom the first part of the sleep waits, and whether it does."""
    last = f"the last proxy of {server.implementation.title}"
    if server.internal:
        last = "the last node or proxy of the clients"
        if spread >= needed:
            return f"until {last} has heard, and opens no new connection"
    elif not server.implementation.pods:
        last = server.implementation.title
    if spread < needed:
        return f"{last} may go on sending for {needed} s, {needed - spread} of them after it"
    return f"until {last} has heard, and sends no new request"


def _apart(what: str, seconds: int, needed: int) -> str:
    """What a part is for, with what was given beyond it, or lacks."""
    if seconds == needed:
        return what
    return (
        f"{what}; {seconds - needed} s more are given"
        if seconds > needed
        else f"{what}; {needed - seconds} s are missing"
    )


def retire_seconds(server: ServerPlan) -> int:
    """From the switch on until the colour that was left has nothing to do any more: the last proxy has the new route,
    and the slowest call that came before that has ended."""
    return server.propagation_seconds + server.settings.server.max_tool_seconds


def _told(server: ServerPlan) -> Iterator[str]:
    """How the process learns its part of the drain, and how long it keeps connections."""
    keys, seconds = server.settings.server, server.graceful_timeout_seconds
    runtime = server.runtime.name
    if server.runtime.drains_by_env:
        yield (
            f"The process learns its {seconds} s from {GRACEFUL_TIMEOUT_VARIABLE}, which uvicorn's command line reads. "
            f"A program that calls uvicorn itself wants timeout_graceful_shutdown={seconds} as an argument there."
        )
        if Era.MODERN in server.era_profile.eras:
            yield f"A modern client's open subscriptions/listen has no end: a process with one takes all {seconds} s."
    if runtime == "fastmcp":
        yield (
            "FastMCP's own mcp.run() ends after 2 s whatever the variable says: start uvicorn's command line, or give "
            f'mcp.run(uvicorn_config={{"timeout_graceful_shutdown": {seconds}}}).'
        )
    elif server.runtime.heap_flag:
        yield (
            f"Node reads no variable: its handler of SIGTERM has to close the server, finish its calls within "
            f"{seconds} s and exit. Without a handler a process 1 ignores the signal, and SIGKILL ends it after all "
            f"{server.grace_period_seconds} s."
        )
    elif not server.runtime.drains_by_env:
        yield (
            f"Of the runtime '{runtime}' nothing is known: the image has to finish its calls within {seconds} s after "
            "SIGTERM by itself. 'mcp-stack verify --start' sees whether it does."
        )
    if keys.verified is not None and (drain := keys.verified.content.drain) is not None:
        seen = "was finished" if drain.finished else "was cut"
        yield f"Seen of it: a call {seen} {drain.granted_seconds:g} s after SIGTERM."
    if server.era_profile.sessions and server.affinity == ENVELOPE:
        yield (
            f"A session's client finds its pod until SIGTERM, {server.pre_stop_seconds} s after the deletion, and may "
            "begin another call until then: one that is on its way at that moment is cut, and later ones are answered "
            "404. A session that ends before loses nothing."
        )
    yield _idle_connections(server)
    yield _age_of_connections(server)


def _age_of_connections(server: ServerPlan) -> str:
    """Whether a connection that is used all the time outlasts the drain, and needs a greatest age for that."""
    if server.internal:
        return (
            "A connection has no greatest age. One that a client of the cluster keeps busy leads to its pod until "
            f"SIGTERM, {server.pre_stop_seconds} s after the deletion, whoever has heard of that, and never to a pod "
            "that was added: let clients open new ones every few minutes."
        )
    if server.implementation.name == "other":
        return (
            "Whether the edge deals requests or connections is not known: if connections, give them a greatest age "
            f"there of less than {server.pre_stop_seconds} s, or a busy one leads to its pod until SIGTERM."
        )
    return (
        f"A connection needs no greatest age: {server.implementation.title} deals each request anew, whatever the age "
        "of the client's connection, and what is on its way when a pod is deleted ends where it began."
    )


def _idle_connections(server: ServerPlan) -> str:
    """Who closes a connection that nobody uses: a call that the proxy sends into one that the server closes is lost."""
    kept = server.idle_connection_seconds
    words = f"The server keeps an idle connection for {kept} s"
    if server.runtime.drains_by_env and kept != IDLE_CONNECTION_SECONDS:
        words += f" ({IDLE_CONNECTION_VARIABLE})"
    if server.implementation.sets_idle:
        return (
            f"{words}, and what stands beside the route tells the proxy {max(1, kept - 1)} s: the proxy closes first."
        )
    if server.internal:
        return f"{words}; how long its clients keep one is not known."
    known = kept_idle(server.implementation, server.era_profile.stream_idle_timeout_seconds)
    if known is None:
        return f"{words}; how long {server.implementation.title} keeps one is not known."
    first = "the proxy" if known < kept else "the server"
    return f"{words}, {server.implementation.title} for {known} s: {first} closes first."


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
    return (
        f"Each session of {' and '.join(sessions)}, up to {number}, ends at its next request, which the other {other} "
        f"{'answer' if server.by_argo else 'answers'} with 404; clients of the official SDKs open no new one by "
        "themselves."
    )


def _switch(server: ServerPlan) -> Iterator[str]:
    wait = retire_seconds(server)
    yield f"A switch changes the route alone and restarts no pod. {_clients(server)}"
    yield (
        f"Calls that were sent before it end where they began. From {wait} s after a switch on (propagation "
        f"{server.propagation_seconds} s, slowest call {server.settings.server.max_tool_seconds} s) nothing needs the "
        "colour that was left but the way back: set blueGreen.retired to its image, and its pods drain and go."
    )


def _idle_key(server: ServerPlan) -> str:
    said = server.settings.server.rollout.blue_green
    return "mcp:server.image" if said.active != BLUE else "mcp:server.rollout.blueGreen.greenImage"
