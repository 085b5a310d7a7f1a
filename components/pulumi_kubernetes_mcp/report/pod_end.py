"""The end of a pod as a report: every second of its grace period, and how the process learns its part. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..edge.implementations import kept_idle
from ..eras import (
    IDLE_CONNECTION_SECONDS,
    LEGACY_ERAS,
    MINIMUM_GRACE_SECONDS,
    TERMINATION_MARGIN_SECONDS,
    Era,
)
from ..wiring import GRACEFUL_TIMEOUT_VARIABLE, IDLE_CONNECTION_VARIABLE

if TYPE_CHECKING:
    from ..server_plan import ServerPlan

ENVELOPE = "envelope"
"""The affinity that leads a session to its pod while that drains."""


@dataclass(frozen=True, kw_only=True)
class Seconds:
    """A part of the end of a pod."""

    part: str
    seconds: int
    why: str


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


def told(server: ServerPlan) -> Iterator[str]:
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
