"""Whether what is said of the load can be: sessions, eras, tools, and what was measured of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from ... import plan_inputs as demand
from ...eras import SESSION_ERAS, Era
from ...inputs.outputs import plain
from ...server import readiness
from ...server_plan import ServerPlan, figure
from .. import full_pods, load, processes, profile, tools
from ..model import Finding
from ..words import number
from .stores import maximum_key

if TYPE_CHECKING:
    from ...settings.models import ToolSettings
    from ...settings.profile import MeasuredTool

WORKLOAD = "mcp:workload"
PROFILE = "mcp:server.profile"
SHOWN_TOOLS = 3
"""Tools that are told of for each rule: what is wrong with hundreds is one mistake."""


def session_findings(server: ServerPlan) -> list[Finding]:
    """What is said of sessions: eras, lengths, and which of several loads counts."""
    given = server.settings.workload
    shares = {str(era): share for era, share in given.era_percent.items()}
    found = load.era_findings(shares, served=server.settings.server.eras, path=f"{WORKLOAD}.eraPercent")
    found += tools.percentile_findings(
        mean=given.session_minutes,
        p95=given.session_p95_minutes,
        unit="minutes",
        path=f"{WORKLOAD}.sessionP95Minutes",
        two_kinds="Plan short and long sessions as two servers",
    )
    return found + _ignored(server) + _of_full_pods(server)


def _of_full_pods(server: ServerPlan) -> list[Finding]:
    """What makes a pod unready when it has as many sessions as it takes."""
    keys, affinity = server.settings.server, server.affinity
    found: list[Finding] = []
    if not server.era_profile.sessions:
        return found
    asked = plain(keys.env.get(full_pods.VARIABLE))
    if isinstance(asked, str) and asked.lower() in full_pods.SAID:
        found += full_pods.full_pod_findings(
            path=f"mcp:server.env.{full_pods.VARIABLE}",
            what="It makes",
            affinity=affinity,
            remedy="Leave it out, or use the affinity 'envelope' behind Envoy Gateway.",
        )
    if keys.readiness_sidecar is not None and readiness.asked_era(keys.eras) in SESSION_ERAS:
        found += full_pods.full_pod_findings(
            path="mcp:server.readinessSidecar",
            what="It opens a session at each round, which makes",
            affinity=affinity,
            remedy="Give healthPath in its place, or use the affinity 'envelope' behind Envoy Gateway; or accept this "
            "where the server has no cap.",
        )
    return found


def _ignored(server: ServerPlan) -> list[Finding]:
    given = server.settings.workload
    counts, without = "peakSessions", ["daily_users", "sessions_per_user"]
    if given.peak_sessions is None:
        counts, without = "sessionsByHour", ([*without, "peak_factor"] if given.sessions_by_hour else [])
    found = []
    for name in without:
        if name in given.model_fields_set and getattr(given, name) is not None:
            found += _ignore(server, name, f"{counts} is given and counts instead", f"Remove it, or remove {counts}.")
    if "think_seconds" in given.model_fields_set and (not given.tools or given.concurrent_calls is not None):
        other = "concurrentCalls is given and counts instead" if given.tools else "no tools are given"
        remedy = "Remove it, or remove concurrentCalls." if given.tools else f"Remove it, or give {WORKLOAD}.tools."
        found += _ignore(server, "think_seconds", other, remedy)
    if given.session_p95_minutes is not None and not given.sessions_by_hour:
        found += _ignore(
            server,
            "session_p95_minutes",
            "without sessionsByHour only the mean length of a session matters",
            "Remove it, or give sessionsByHour.",
        )
    if given.heavy_call_cpu_milliseconds is not None and given.heavy_calls == 0:
        found += _ignore(server, "heavy_call_cpu_milliseconds", "heavyCalls is 0", "Remove it, or raise heavyCalls.")
    return found


def _ignore(server: ServerPlan, name: str, because: str, remedy: str) -> list[Finding]:
    key = type(server.settings.workload).model_fields[name].alias or name
    return load.ignored_findings(key, because=because, remedy=remedy, path=f"{WORKLOAD}.{key}")


def process_findings(server: ServerPlan) -> list[Finding]:
    """Whether the processes that are started are those that are planned for, and no session lives in one of several."""
    started, workers = demand.declared_processes(server.settings), server.settings.workload.workers
    eras = [name for name in server.settings.server.eras if Era(name) in SESSION_ERAS]
    path = f"{WORKLOAD}.workers"
    found = []
    if workers is not None:
        found += processes.session_findings(number_of=workers, eras=eras, words=None, path=path)
    if started is None:
        several = demand.processes_by_cores(server.settings)
        if several is not None and not found:
            at = f"mcp:server.{several.key}"
            found += processes.several_findings(eras=eras, words=several.words, path=at)
            found = found or processes.by_cores_findings(words=several.words, counted=workers or 1, path=at)
        return found
    place = f"mcp:server.{started.key}"
    if workers is not None:
        found += processes.different_findings(started=started.number, words=started.words, workers=workers, path=place)
    if not found or workers == 1:
        found += processes.session_findings(number_of=started.number, eras=eras, words=started.words, path=place)
    return found


def tool_findings(server: ServerPlan) -> list[Finding]:
    """What is said of the tools, each at its place."""
    given, place_of = server.settings.workload.tools, f"{WORKLOAD}.tools"
    names = Counter(tool.name for tool in given)
    found = tools.share_findings([(tool.name, tool.share_percent) for tool in given], path=place_of)
    found += tools.name_findings([tool.name for tool in given], path=place_of)
    unknown = demand.without_duration(server.settings)
    file = server.settings.server.profile
    for place, tool in enumerate(given):
        path = f"{place_of}[{place}]"
        if place in unknown:
            lacking = None if file is None else file.path
            found += tools.duration_findings(tool.name, profile=lacking, path=f"{path}.durationMilliseconds")
        elif names[tool.name] == 1:
            found += _call_findings(server, tool, path)
        if server.settings.database is None:
            found += _without_database(tool, path)
        elif tool.query_milliseconds is not None and not tool.queries:
            found += load.ignored_findings(
                "queryMilliseconds",
                because="queries is 0",
                remedy="Raise queries, or remove it.",
                path=f"{path}.queryMilliseconds",
            )
    return _first(found)


def _without_database(tool: ToolSettings, path: str) -> list[Finding]:
    """What a tool says of a database that there is none of."""
    said = [key for key in ("queries", "query_milliseconds") if key in tool.model_fields_set and getattr(tool, key)]
    if not said:
        return []
    key = said[0]
    name = type(tool).model_fields[key].alias or key
    because, remedy = "mcp:database is not given", "Give mcp:database, or remove it."
    return load.ignored_findings(name, because=because, remedy=remedy, path=f"{path}.{name}")


def _first(found: list[Finding]) -> list[Finding]:
    """The first findings of each rule, the last of them saying how many more there are."""
    kept = []
    for code, all_ in Counter(finding.code for finding in found).items():
        first = [finding for finding in found if finding.code == code][:SHOWN_TOOLS]
        rest = all_ - len(first)
        if rest:
            more = f"{first[-1].problem} {number(rest)} more {'tool has' if rest == 1 else 'tools have'} the same."
            first[-1] = replace(first[-1], problem=more)
        kept += first
    return kept


def _call_findings(server: ServerPlan, tool: ToolSettings, path: str) -> list[Finding]:
    call, measured = _call(server, tool), demand.measured_tool(server.settings, tool)
    percentile = f"{path}.{'durationMilliseconds' if tool.p95_milliseconds is None else 'p95Milliseconds'}"
    found = []
    if tool.duration_milliseconds is not None or tool.p95_milliseconds is not None:
        found += tools.percentile_findings(
            mean=call.duration_milliseconds, p95=call.p95_milliseconds, unit="ms", path=percentile
        )
    found += tools.query_findings(call, path=f"{path}.queries")
    found += tools.drain_findings(call, max_tool_seconds=server.settings.server.max_tool_seconds, path=percentile)
    return found + tools.cpu_findings(
        call,
        assumed=tool.cpu_milliseconds is None and (measured is None or measured.cpu_milliseconds is None),
        usable_cores=server.plan.cpu.usable_cores.value,
        sessions=any(Era(name) in SESSION_ERAS for name in server.settings.server.eras),
        path=f"{path}.cpuMilliseconds",
    )


def _call(server: ServerPlan, tool: ToolSettings) -> tools.Call:
    planned = next(one for one in server.inputs.workload.tools if one.name == tool.name)
    database = server.inputs.database
    query = None
    if database is not None and not database.single_writer:
        query = planned.query_milliseconds or database.query_milliseconds
    return tools.Call(
        name=tool.name,
        duration_milliseconds=planned.duration_milliseconds,
        p95_milliseconds=planned.p95_milliseconds,
        cpu_milliseconds=_least_cpu(tool, demand.measured_tool(server.settings, tool), planned.cpu_milliseconds),
        queries=planned.queries,
        query_milliseconds=query,
    )


def _least_cpu(tool: ToolSettings, measured: MeasuredTool | None, planned: float) -> float:
    """CPU of a call without the safety of its interval, which no measured call took."""
    if tool.cpu_milliseconds is None and measured is not None and measured.cpu_milliseconds is not None:
        return max(0, measured.cpu_milliseconds.value - measured.cpu_milliseconds.error)
    return planned


def profile_findings(server: ServerPlan) -> list[Finding]:
    """Whether the measured profile is of this server, and has what the plan needs."""
    server_keys = server.settings.server
    if server_keys.profile is None:
        return []
    measured, missing = server_keys.profile.content, []
    if measured.process is None:
        missing.append("the memory and CPU of the process")
    for era in server_keys.eras:
        found = measured.eras.get(era)
        if found is None:
            missing.append(f"the era '{era}'")
        elif measured.process is not None:
            missing += [f"the memory of a session of '{era}'"] if found.session_kib is None else []
            missing += [f"the CPU of a call of '{era}'"] if found.call_cpu_milliseconds is None else []
    found_runtime = profile.runtime_findings(measured=measured.runtime, runtime=server_keys.runtime, path=PROFILE)
    return found_runtime + profile.lack_findings(missing, path=PROFILE)


def size_findings(server: ServerPlan) -> list[Finding]:
    """Whether a cluster holds the pods of the load."""
    scaling, replicas = server.settings.scaling, server.plan.replicas
    given = scaling.max_replicas if server.autoscaled else scaling.replicas
    words, key = _load(server)
    held, binding = figure(server.plan.capacity.sessions_per_pod), replicas.steady_replicas_binding
    bound = "" if binding == "load" else f" (bound by {binding})"
    return load.size_findings(
        load=words,
        per_pod=f"{number(held)} {'session' if held == 1 else 'sessions'}{bound}",
        steady=figure(replicas.steady_replicas),
        maximum=figure(replicas.max_replicas),
        at_once=figure(replicas.pods_at_maximum),
        load_path=f"{WORKLOAD}.{key}",
        maximum_path=None if given is None else maximum_key(server),
    )


def _load(server: ServerPlan) -> tuple[str, str]:
    """The load that counts in words, and its key."""
    given = server.settings.workload
    minutes = f"of {number(given.session_minutes)} minutes"
    if given.peak_sessions is not None:
        return f"{number(given.peak_sessions)} sessions at the peak", "peakSessions"
    if given.sessions_by_hour:
        return f"{number(sum(given.sessions_by_hour))} sessions a day {minutes}", "sessionsByHour"
    users, each = number(given.daily_users or 0), number(given.sessions_per_user)
    return f"{users} users a day with {each} sessions {minutes}", "dailyUsers"
