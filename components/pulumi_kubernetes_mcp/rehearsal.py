"""A stack in the terms of the simulation: its pods, its autoscaler, its load. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from . import planning
from .autoscaling import args as autoscaling_arguments
from .autoscaling import spec as autoscaling_specs
from .autoscaling.objects import DECIDED, HPA, SCALED_OBJECT, autoscaling_objects
from .eras import LEGACY_ERAS, SESSION_ERAS, Era
from .hashing import HASHES, Hash
from .kubernetes.patches import patched
from .rules import rehearsal as rules
from .rules.words import number, pods
from .simulation import hpa
from .simulation.documents import PolicyError, counts_calls, from_document
from .simulation.hpa.manifest import LONGEST_PERIOD_S, LONGEST_WINDOW_S
from .simulation.load import DAY, Load, day, level, spike
from .simulation.metrics import MILLI
from .simulation.pods import PodModel
from .simulation.policies import bounded, fixed
from .simulation.policy import Follows, Policy
from .simulation.rest import remembered_seconds
from .simulation.result import Result
from .simulation.run import BEGIN, WARM_SECONDS, Options, first_replicas, simulate
from .simulation.scenarios import SPIKE_AT
from .simulation.waits import ACCEPTED, Stop, Waits
from .wiring import known_autoscaling_args

if TYPE_CHECKING:
    from .rules.model import Finding
    from .server_plan import ServerPlan

THIS_STACK = "this stack"
START_SECONDS = 20.0
"""From the creation of a pod to its first request: scheduling, pull of a known image, start, readiness. Assumed."""
BOOT_CORES = 1.0
"""Cores that a process takes while it starts: it reads and compiles its modules in one thread."""
SPIKE_SECONDS = 1800.0
SPIKE_FACTOR = 2.0
"""The load that the preview speaks of, over the planned peak."""
MINIMUM, MAXIMUM = "mcp:scaling.minReplicas", "mcp:scaling.maxReplicas"
REPLICAS, WINDOW = "mcp:scaling.replicas", "mcp:scaling.scaleDown.windowSeconds"
TARGET, PERIOD = "mcp:scaling.targetPerPod", "mcp:scaling.scaleDown.periodSeconds"
LATER = "known_when_it_is_deployed"
"""Stands for a query that is an Output."""
UNPLAYED = "not played: what the autoscaler's metric counts is not known here (mcp:scaling.follow)"
_FOLLOWS: dict[str, Follows] = {"sessions": "sessions", "streams": "sessions", "in-flight": "in-flight"}
_COUNTLESS = 1e6


def policy(server: ServerPlan, name: str = THIS_STACK, *, patches: bool = True) -> Policy:
    """The stack's own autoscaler, as its manifests will say it; a fixed number of pods without one.

    :param patches: whether it is the object that the patches make of it, which is what the cluster gets.
    """
    if not server.autoscaled:
        return fixed(name, server.replicas)
    args = known_autoscaling_args(server)
    spec = autoscaling_arguments.autoscaler_spec(args)
    known: dict[str, Follows] = {}
    if spec.source is not None:
        # A query of one's own counts what is followed, even if its text is an Output and not known here.
        query = spec.source.query if isinstance(spec.source.query, str) else LATER
        spec = replace(spec, source=replace(spec.source, query=query))
        followed = _FOLLOWS.get(autoscaling_arguments.followed(args))
        # Calls per second are not calls in flight: a query that says so is played as what it is.
        known = {} if followed is None or (followed == "in-flight" and counts_calls(query)) else {query: followed}
    objects, _ = patched(autoscaling_objects(spec, args), args.patches if patches else (), decided=DECIDED)
    made = objects[SCALED_OBJECT] if SCALED_OBJECT in objects else objects[HPA]
    return from_document({"apiVersion": made.api_version, "kind": made.kind, **made.body}, name, known)


def pod_model(server: ServerPlan, *, start_seconds: float = START_SECONDS, given: bool = False) -> PodModel:
    """What one pod of the stack does with its load, from the plan.

    :param given: whether calls queue only for what was given or measured; for all of it where nothing was.
    """
    plan, workload = server.plan, server.settings.workload
    stations = plan.waiting.stations
    if given:
        stations = tuple(one for one in stations if not one.assumed) or stations
    calls, memory, cpu = plan.calls, plan.memory, plan.cpu
    per_session = float(calls.per_second) / workload.sessions_per_pod
    seconds = float(calls.mix.duration_milliseconds) / 1000
    held = plan.capacity.sessions_per_pod_candidates.get("memory")
    sticky = _share(server, SESSION_ERAS)
    usable = float(cpu.usable_cores.value) * 1000
    return PodModel(
        sticky=sticky,
        calls_per_session=per_session,
        call_seconds=seconds,
        waits=_waits(
            tuple(_stop(station, float(calls.mix.asking)) for station in stations),
            workload.wait_p95_milliseconds / 1000,
            per_session,
            seconds,
            sticky > 0,
        ),
        base_cpu=float(cpu.base),
        cpu_per_call=float(calls.mix.cpu_milliseconds),
        cpu_limit=usable,
        cpu_request=float(cpu.cpu_request_millicores.value),
        base_memory=float(memory.fixed_mib),
        session_memory=float(memory.session_mib + memory.session_calls_mib),
        memory_request=float(memory.request_mib),
        session_cap=_COUNTLESS if held is None else max(1, held),
        call_cpu_cv2=calls.mix.cpu_cv2,
        boot_cpu=min(usable, BOOT_CORES * 1000),
        start_seconds=start_seconds,
        pre_stop_seconds=server.pre_stop_seconds,
        graceful_seconds=server.graceful_timeout_seconds,
        cut_share=_share(server, LEGACY_ERAS),
        returns_memory=not server.runtime.python,
        hashing=hashing(server) if sticky else None,
    )


def hashing(server: ServerPlan) -> Hash | None:
    """How the edge finds the pod of a client by a hash, where it does."""
    return None if server.hash is None else HASHES[server.hash]


def options(server: ServerPlan, *, seed: int | None = 1) -> Options:
    """How long sessions last and how long clients wait, from the settings. Without a seed there is no chance."""
    return Options(
        session_seconds=server.settings.workload.session_minutes * 60,
        timeout_seconds=float(server.settings.server.max_tool_seconds),
        seed=seed,
        begin=midnight(server),
    )


def zone(server: ServerPlan) -> str:
    """Whose clock the load goes by: that of the first schedule, for whose day it is a floor."""
    known = autoscaling_specs.zones()
    return next((one.time_zone for one in server.settings.scaling.schedules if one.time_zone in known), "UTC")


def midnight(server: ServerPlan) -> datetime:
    """When the first day begins, on that clock."""
    return BEGIN.replace(tzinfo=ZoneInfo(zone(server))).astimezone(UTC)


def begin(server: ServerPlan, load: Load) -> datetime:
    """When a load begins: at its own timestamp, by the clock of the schedules where that names no zone, or so many
    seconds after the midnight of the first day."""
    given = load.begins
    if isinstance(given, datetime):
        return (given if given.tzinfo else given.replace(tzinfo=ZoneInfo(zone(server)))).astimezone(UTC)
    return midnight(server) + timedelta(seconds=given)


def peak(server: ServerPlan) -> float:
    """Sessions of the planned peak, without the headroom."""
    return float(server.plan.load.peak_sessions.value)


def by_hour(server: ServerPlan) -> tuple[float, ...]:
    """The greatest number of sessions in each hour of the day, where the stack says how many begin in each."""
    return tuple(float(sessions) for sessions in server.plan.load.by_hour)


def spike_line(server: ServerPlan) -> str:
    """What the preview says: how a sudden double load is borne."""
    mine = policy(server)
    if _blind(mine):
        return f"a {SPIKE_FACTOR:g} × spike is {UNPLAYED}"
    result = server.spike or _spike(server, mine, given=False)
    until = _absorbed(result)
    absorbed = "is not absorbed" if until is None else f"is absorbed in {number(until)} s"
    dropped, moved = round(result.dropped_sessions), round(result.moved_sessions)
    # Pods with sessions go slowly, and more of them may go after the two hours that are played.
    within = " within two hours" if dropped or moved else ""
    sent = "" if pod_model(server).hashing is None else f"{number(moved)} sessions lost as pods come and "
    return (
        f"a {SPIKE_FACTOR:g} × spike {absorbed}, {_waiting(round(result.longest_queue))}, "
        f"{sent}{number(dropped)} sessions dropped{within}{' (calls assumed)' if _assumed(server) else ''}"
    )


def _waiting(calls: int) -> str:
    return "1 request waits" if calls == 1 else f"{number(calls)} requests wait"


def rehearsed(server: ServerPlan) -> ServerPlan:
    """The plan with a sudden double load played, for findings and reports; as it is where that decides nothing."""
    mine = _played_policy(server) if known(server) else None
    return server if mine is None else replace(server, spike=_spike(server, mine, given=False))


def findings(server: ServerPlan) -> list[Finding]:
    """What the simulation holds against a stack.

    A load that was merely assumed says little of this server: calls queue for what was given alone, and where nothing
    was only lost sessions count.
    """
    unseen, mine = _unseen(server), _played_policy(server)
    return unseen if mine is None else [*unseen, *_spike_findings(server, mine), *_day_findings(server, mine)]


def _unseen(server: ServerPlan) -> list[Finding]:
    """What a patch makes of the autoscaler and the simulation does not see."""
    given = server.settings.scaling.patches
    places = [place for place, one in enumerate(given) if one.kind in ("ScaledObject", "HorizontalPodAutoscaler")]
    if not places or not server.autoscaled:
        return []
    try:
        notes = policy(server).notes
    except PolicyError as problem:
        notes = (str(problem),)
    without = policy(server, patches=False).notes
    return rules.unseen_findings(
        notes=[one for one in notes if one not in without], path=f"mcp:scaling.patches[{places[-1]}].patch"
    )


def _played_policy(server: ServerPlan) -> Policy | None:
    try:
        mine = policy(server)
    except PolicyError:
        return None  # What the API refuses is found elsewhere.
    return None if _blind(mine) else mine


def known(server: ServerPlan) -> bool:
    """Whether anything that calls queue for was given, or measured."""
    return any(not station.assumed for station in server.plan.waiting.stations)


def _assumed(server: ServerPlan) -> bool:
    """Whether any of what calls queue for is assumed, so that a line about their waits has to say so."""
    stations = server.plan.waiting.stations
    return not stations or any(station.assumed for station in stations)


def _blind(mine: Policy) -> bool:
    """Whether it follows something that cannot be played: what it would do is not known."""
    return mine.fixed is None and any(source.measure == "unknown" for source in mine.sources)


def _spike(server: ServerPlan, mine: Policy, *, given: bool = True) -> Result:
    """Twice the planned peak within half a minute, for half an hour; without chance, since a preview must not change
    with a seed."""
    load = spike(peak(server), SPIKE_FACTOR, at=SPIKE_AT, hold=SPIKE_SECONDS)
    played = options(server, seed=None)
    remembered = remembered_seconds(mine, played.config)
    # An autoscaler that forgets within the time that warms it up needs no rest before the spike besides.
    skipped = SPIKE_AT if remembered is not None and remembered <= WARM_SECONDS / 2 else 0.0
    return simulate(
        mine, load, pod_model(server, given=given), replace(played, skipped_seconds=skipped, until_rest=True)
    )


def _absorbed(result: Result) -> float | None:
    """Seconds until the objective was met again; ``None`` if the load had to fall for it."""
    until = result.recovered(SPIKE_AT)
    return None if until is None or until >= SPIKE_SECONDS else until


def _slow(result: Result) -> bool:
    absorbed = _absorbed(result)
    return absorbed is None or absorbed > rules.ABSORBED_SECONDS


def _spike_findings(server: ServerPlan, mine: Policy) -> list[Finding]:
    if not known(server):
        return []
    result = server.spike or _spike(server, mine, given=False)
    if _slow(result) and _assumed(server):
        # What calls queue for besides may be what they wait for; where all of it is enough, less is too.
        result = _spike(server, mine)
    absorbed = _absorbed(result)
    slow = _slow(result)
    return rules.spike_findings(
        factor=SPIKE_FACTOR,
        absorbed=absorbed,
        missed_seconds=result.missed_seconds(SPIKE_AT),
        longest_wait=result.longest_wait,
        longest_queue=result.longest_queue,
        refused=result.refused_sessions,
        sticky=_share(server, SESSION_ERAS) > 0 and hashing(server) is None,
        remedies=_spike_remedies(server, mine) if slow else (),
        path=MINIMUM if server.autoscaled else REPLICAS,
    )


def _spike_remedies(server: ServerPlan, mine: Policy) -> list[str]:
    """Emptier pods, more of them from the start, or more of them at most: what helps, simulated."""
    needed = _pods_for(server, SPIKE_FACTOR * peak(server))
    if mine.fixed is not None:
        return [f"run {pods(needed)} ({REPLICAS})"] if _helps(server, fixed(mine.name, needed)) else []
    offers = []
    if needed <= mine.maximum:
        offers.append((f"start from {pods(needed)} instead of {mine.minimum} ({MINIMUM})", _bounds(mine, least=needed)))
    else:
        wider = _bounds(mine, most=needed)
        offers.append((f"allow {pods(needed)} instead of {mine.maximum} ({MAXIMUM})", wider))
        offers.append(
            (
                f"start from {pods(needed)} and allow as many ({MINIMUM}, {MAXIMUM})",
                _bounds(mine, least=needed, most=needed),
            )
        )
    more = [text for text, tried in offers if _helps(server, tried)]
    return [*(text for text, tried in _emptier(server, mine) if _helps(server, tried)), *more[:1]]


def _emptier(server: ServerPlan, mine: Policy) -> Iterator[tuple[str, Policy]]:
    """Pods that hold so few sessions that those of a doubled load fit in as well, where sessions stay with their pod:
    as many pods as before at night, and more by day."""
    model = pod_model(server, given=True)
    counted = [source.external and source.measure == "sessions" for source in mine.sources]
    if not model.sticky or mine.keda is None or not any(counted):
        return
    each = floor(peak(server) / _pods_for(server, SPIKE_FACTOR * peak(server)))
    metrics = tuple(
        replace(metric, target=replace(metric.target, value=each * MILLI)) if here else metric
        for metric, here in zip(mine.spec.metrics, counted, strict=True)
    )
    before = next(metric.target.value for metric, here in zip(mine.spec.metrics, counted, strict=True) if here)
    if 0 < each * MILLI < before:
        text = f"add pods at {each} sessions per pod instead of {number(before / MILLI)} ({TARGET})"
        yield text, replace(mine, spec=replace(mine.spec, metrics=metrics))


def _helps(server: ServerPlan, tried: Policy) -> bool:
    return not _slow(_spike(server, tried))


def _bounds(mine: Policy, *, least: int | None = None, most: int | None = None) -> Policy:
    return bounded(mine, least or mine.minimum, most or mine.maximum)


def _pods_for(server: ServerPlan, sessions: float) -> int:
    """The fewest pods at which so many sessions meet the objective, none of them new."""
    model = pod_model(server, given=True)
    few, step = 0, 1
    while not _enough(model, sessions, few + step):
        few, step = few + step, step * 2
    enough = few + step
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if _enough(model, sessions, middle) else (middle, enough)
    return enough


def _enough(model: PodModel, sessions: float, count: int) -> bool:
    each = sessions / count
    late = model.waits.entry(each * model.calls_per_session / model.capacity, count).late
    return late <= ACCEPTED and (not model.sticky or each * model.sticky <= model.session_cap)


def _day_findings(server: ServerPlan, mine: Policy) -> list[Finding]:
    if _at_rest(server, mine):
        return []
    result = _day(server, mine)
    behavior = mine.spec.behavior
    lost = result.lost_minutes if known(server) else 0
    bad = lost or 100 * result.lost_share > rules.DROPPED_PERCENT
    window = behavior.down.window if behavior is not None and mine.fixed is None else None
    return rules.day_findings(
        lost_minutes=lost,
        dropped=result.dropped_sessions,
        moved=result.moved_sessions,
        sessions=result.sessions_begun,
        window_seconds=window,
        remedies=_day_remedies(server, mine, lost=lost > 0) if bad else (),
        path=_window_key(server)
        if result.dropped_sessions > result.moved_sessions
        else MINIMUM
        if server.autoscaled
        else REPLICAS,
    )


def _at_rest(server: ServerPlan, mine: Policy) -> bool:
    """Whether the least number of pods is enough all day, so that nothing moves and no day need be played."""
    model, highest = pod_model(server, given=True), peak(server)
    resting = first_replicas(mine, level(highest, DAY), model) <= mine.minimum
    return resting and _enough(model, highest, mine.minimum)


def _day_remedies(server: ServerPlan, mine: Policy, *, lost: bool) -> list[str]:
    """What helps, simulated."""
    if not lost:
        return [*_gentler(server, mine), *_ready_before(server, mine)]
    needed = _pods_for(server, peak(server))
    if mine.fixed is not None:
        return [f"run {pods(needed)} ({REPLICAS})"]
    offers = []
    if needed > mine.maximum:
        offers.append((f"allow {pods(needed)} instead of {mine.maximum} ({MAXIMUM})", _bounds(mine, most=needed)))
    # Chance is left out, and so is what the first and the last pods of a step make of the mean: a tenth more is tried.
    for least in (needed, needed + 1 + needed // 10):
        most = max(mine.maximum, least)
        text = f"start from {pods(least)} instead of {mine.minimum} ({MINIMUM})"
        if most > mine.maximum:
            text = f"start from {pods(least)} and allow as many ({MINIMUM}, {MAXIMUM})"
        offers.append((text, _bounds(mine, least=least, most=most)))
    return [text for text, tried in offers if _bears(_day(server, tried))][:1]


def _bears(day: Result) -> bool:
    """Whether nothing is held against a day."""
    return not day.lost_minutes and 100 * day.lost_share <= rules.DROPPED_PERCENT


def _ready_before(server: ServerPlan, mine: Policy) -> list[str]:
    """As many pods from the start as keep the day's sessions where they are, and what that brings."""
    needed = min(mine.maximum, max(mine.minimum + 1, _day(server, mine).most))
    share = _day(server, _bounds(mine, least=needed)).lost_share
    if 100 * share > rules.DROPPED_PERCENT:
        return []
    return [f"start from {pods(needed)} ({MINIMUM}): {number(round(100 * share, 1))} % of the sessions then"]


def _gentler(server: ServerPlan, mine: Policy) -> list[str]:
    """A longer window, or one pod in half an hour where the window is as long as it can be; with what it brings."""
    behavior = mine.spec.behavior
    if behavior is None:
        return []
    if (behavior.down.window or 0) < LONGEST_WINDOW_S:
        down = replace(behavior.down, window=LONGEST_WINDOW_S)
        text = f"let scale-in wait {LONGEST_WINDOW_S} s ({_window_key(server)})"
    else:
        down = replace(behavior.down, policies=(hpa.Policy("Pods", 1, LONGEST_PERIOD_S),), select="Max")
        text = f"let scale-in take one pod in {LONGEST_PERIOD_S} s ({PERIOD})"
    tried = replace(mine, spec=replace(mine.spec, behavior=replace(behavior, down=down)))
    found = _day(server, tried)
    if not _bears(found):
        return []
    return [f"{text}: {number(round(100 * found.lost_share, 1))} % of the sessions then"]


def _window_key(server: ServerPlan) -> str:
    """The key that gives the window of scale-in: there are two."""
    old = server.settings.scaling.scale_down_window_seconds is not None
    return "mcp:scaling.scaleDownWindowSeconds" if old else WINDOW


def _day(server: ServerPlan, mine: Policy) -> Result:
    seconds = server.settings.workload.session_minutes * 60
    load = day(peak(server), by_hour(server), mean=float(server.plan.load.average), session_seconds=seconds)
    return simulate(mine, load, pod_model(server, given=True), options(server, seed=None))


@lru_cache(maxsize=8)
def _waits(stops: tuple[Stop, ...], objective: float, calls: float, seconds: float, sticky: bool) -> Waits:
    """The waits of one pod. What was worked out for the line of the preview serves the findings too."""
    return Waits(stops, objective=objective, calls_per_session=calls, call_seconds=seconds, sticky=sticky)


def _stop(station: planning.Station, asking: float) -> Stop:
    """A station of the plan: its servers, how long calls hold one, and how many ask for one at all."""
    inputs = station.utilisation.inputs
    return Stop(
        servers=station.servers,
        service=max(1e-6, float(inputs["service ms"]) / 1000),
        cv2=float(inputs["service cv²"]),
        rest_cv2=station.rest_cv2,
        asking=asking if station.name == "pool" else 1.0,
    )


def _share(server: ServerPlan, eras: frozenset[Era]) -> float:
    """Part of the sessions that is of these eras; all of them, where it is not said how many are of which."""
    served = server.era_profile.eras
    if not any(era in eras for era in served):
        return 0.0
    shares = server.inputs.workload.era_percent
    total = sum(shares.get(str(era), 0.0) for era in served)
    if not total:
        return 1.0
    return sum(shares.get(str(era), 0.0) for era in served if era in eras) / total
