"""From the tools that sessions call to calls in flight, and to what a call costs on the mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from .inputs import Database, Tool, Workload
from .queueing import mixture_cv2, poisson_mean, poisson_quantile, rest_cv2
from .runtimes import RuntimeProfile
from .sessions import by_era, spread
from .working import Figure, equals, exact, figure, given, round_down, round_up, show

BUSIEST = 0.99
"""A pod is sized for the number of calls in flight that it stays at or below 99 % of the time."""
GUIDE_SESSIONS = 50
"""Sessions of one pod in the sizing guide's example."""
GUIDE_CALLS = 20
"""Calls in flight of the sizing guide's example: 40 % of its sessions."""
GUIDE_HEAVY_CALLS = 10
"""Calls of the heaviest tool in flight in the sizing guide's example: 20 % of its sessions."""
GUIDE_HEAVY_CPU_MILLISECONDS = 200
"""CPU of the heaviest tool per second of wall time in the sizing guide's example."""
ASSUMED_RESPONSE_KIB = 16
ASSUMED_CALL_MILLISECONDS = 1000
"""Duration of a call where no tools are given. The guide's pool formula divides by it: calls in flight, and calls
that begin per second, are the same number then."""
BUSY_MILLISECONDS = Fraction(1000)
"""The heaviest calls at the same time are those of a second, where they are shorter: what a burst of calls of 5 ms
takes is over before anybody notices, and asks for no core of its own. It is the second of the guide's example."""
LEAST_MILLISECONDS = Fraction(1, 1000)
"""A shorter call is taken to last this long: its rate, and all that follows from it, has an end then."""
_DECIMALS = 6


@dataclass(frozen=True, kw_only=True)
class Mix:
    """What one call costs on the mean over the tools, and how much calls differ."""

    duration_milliseconds: Fraction
    """Mean duration of a call, waiting excluded."""
    duration_cv2: float
    """Squared coefficient of variation of the duration: 1 for the exponential, more for heavier tails."""
    duration_rest_cv2: float
    """The same of what is left of it when another call comes."""
    cpu_milliseconds: Fraction
    """Mean CPU of a call, the protocol's included."""
    cpu_cv2: float
    """Squared coefficient of variation of the CPU of a call."""
    cpu_rest_cv2: float
    """The same of what is left of it when another call comes."""
    hold_milliseconds: Fraction
    """Time that a call holds a database connection: all its queries, the mean over all calls."""
    asking: Fraction
    """Part of the calls that ask for a connection at all."""
    asking_cv2: float
    """Squared coefficient of variation of the time that one of these holds connections."""
    asking_rest_cv2: float
    """The same of what is left of it when another call comes."""
    assumed: bool
    """Whether no tools are given: the sizing guide's example stands for them."""

    @property
    def hold_share(self) -> Fraction:
        """Part of its duration that a call holds a database connection."""
        return self.hold_milliseconds / self.duration_milliseconds


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Calls of one pod that holds its target of sessions, and the mean call."""

    mix: Mix
    mean: Fraction
    """Mean calls in flight, exactly."""
    busiest: int
    """Calls in flight that the pod is sized for."""
    running: int
    """Those of them that run: no more than the slots, the others wait."""
    heavy: int
    """Calls of the heaviest tool that run, at the busiest; those of a second where they are shorter than one."""
    heavy_cpu_milliseconds: Fraction
    """CPU that one of them takes per second of wall time."""
    heavy_most: int | None
    """How many of them the slots let run; ``None`` without slots."""
    within_seconds: bool
    """Whether they are shorter than a second, and counted by it."""
    kib: Fraction
    """Size of one response in flight."""
    calls_in_flight: Figure
    busiest_calls: Figure
    call_rate: Figure
    """Calls that begin per second."""
    call_cpu_milliseconds: Figure
    per_second: Fraction
    """Calls that begin per second, exactly."""
    per_session: Fraction
    """Calls of one session at the busiest, exactly: those of other numbers of sessions are in proportion."""
    heavy_per_session: Fraction
    """The same of the calls of the heaviest tool."""
    assumed: bool
    """Whether the number of calls at the busiest was assumed: it is a part of the sessions then, whatever their
    number."""


def calls(workload: Workload, database: Database | None, runtime: RuntimeProfile) -> Calls:
    """The calls of one pod with ``sessions_per_pod`` sessions."""
    kinds = _kinds(workload, database)
    busiest, mean, busiest_figure, mean_figure = _in_flight(workload, kinds)
    heaviest = _heaviest(workload, kinds, busiest, mean)
    assumed = not kinds and workload.concurrent_calls is None
    per_session = Fraction(GUIDE_CALLS, GUIDE_SESSIONS) if assumed else Fraction(busiest, workload.sessions_per_pod)
    protocol = by_era(workload, runtime.call_cpu_milliseconds)
    if kinds:
        mix = _mix(kinds, protocol)
    else:
        share = min(Fraction(1), heaviest.per_session / per_session)
        mix = _guide_mix(database, protocol, share, heaviest.cpu)
    slots = busiest if workload.call_slots is None else workload.call_slots
    most = None if workload.call_slots is None else max(1, round_down(workload.call_slots * heaviest.turns))
    rate = mean * 1000 / mix.duration_milliseconds
    return Calls(
        mix=mix,
        mean=mean,
        busiest=busiest,
        running=min(busiest, slots),
        heavy=heaviest.number if most is None else min(heaviest.number, most),
        heavy_cpu_milliseconds=heaviest.cpu,
        heavy_most=most,
        within_seconds=heaviest.turns > 1,
        kib=_response_kib(workload, kinds),
        calls_in_flight=mean_figure,
        busiest_calls=busiest_figure,
        call_rate=figure(
            "calls per second of a pod",
            rate,
            "calls/s",
            formula="calls in flight × 1000 / mean duration in ms",
            working=f"{show(mean)} × 1000 / {show(mix.duration_milliseconds)} {equals(rate)}",
            inputs={"calls in flight": mean, "duration ms": mix.duration_milliseconds},
            source="Little's law, L = λW",
        ),
        call_cpu_milliseconds=_cpu_figure(mix, protocol, runtime),
        per_second=rate,
        per_session=per_session,
        heavy_per_session=heaviest.per_session,
        assumed=assumed,
    )


def _in_flight(workload: Workload, kinds: list[_Kind]) -> tuple[int, Fraction, Figure, Figure]:
    """Calls in flight at the busiest and on the mean. One of the two follows from the other."""
    if workload.concurrent_calls is None and kinds:
        return _from_tools(workload, kinds)
    if workload.concurrent_calls is None:
        return _assumed(workload)
    busiest = workload.concurrent_calls
    mean = _rounded(poisson_mean(busiest, BUSIEST))
    busiest_figure = given("calls in flight at the busiest", busiest, "calls")
    mean_figure = figure(
        "calls in flight of a pod",
        mean,
        "calls",
        formula="the greatest mean whose 99th percentile is not above the busiest",
        working=f"Poisson: P(X ≤ {busiest}) = {BUSIEST:g} at a mean {equals(mean)}",
        inputs={"busiest": busiest, "probability": BUSIEST},
        source="calls of independent sessions: their number in flight is Poisson, whatever their durations (M/G/∞)",
    )
    return busiest, mean, busiest_figure, mean_figure


def _assumed(workload: Workload) -> tuple[int, Fraction, Figure, Figure]:
    """The guide's calls, as a part of the sessions: how they are dealt to pods changes nothing of the load."""
    held, part = workload.sessions_per_pod, Fraction(GUIDE_CALLS, GUIDE_SESSIONS)
    busiest = round_up(held * part)
    of_guide = _rounded(poisson_mean(GUIDE_CALLS, BUSIEST))
    mean = held * of_guide / GUIDE_SESSIONS
    busiest_figure = figure(
        "calls in flight at the busiest",
        busiest,
        "calls",
        formula="assumed",
        working=f"assumed: {show(held)} × {show(part)} {equals(held * part, busiest)}",
        inputs={"sessions per pod": held, "part of the sessions": part},
        source="sizing guide: 20 calls in flight at 50 sessions; give tools or concurrentCalls instead",
    )
    mean_figure = figure(
        "calls in flight of a pod",
        mean,
        "calls",
        formula="sessions per pod × the guide's mean at 50 sessions / 50",
        working=f"{show(held)} × {show(of_guide)} / {GUIDE_SESSIONS} {equals(mean)}",
        inputs={"sessions per pod": held, "mean of the guide": of_guide},
        source=f"the guide's {GUIDE_CALLS} calls as the 99th percentile of a Poisson number: P(X ≤ {GUIDE_CALLS}) = "
        f"{BUSIEST:g} at that mean",
    )
    return busiest, mean, busiest_figure, mean_figure


def _from_tools(workload: Workload, kinds: list[_Kind]) -> tuple[int, Fraction, Figure, Figure]:
    duration = _mean(kinds, lambda kind: kind.duration)
    think = exact(workload.think_seconds) * 1000
    mean = workload.sessions_per_pod * duration / (think + duration)
    held = workload.sessions_per_pod
    drawn = max(1, poisson_quantile(float(mean), BUSIEST))
    busiest = min(drawn, held)
    mean_figure = figure(
        "calls in flight of a pod",
        mean,
        "calls",
        formula="sessions per pod × duration / (think time + duration), in ms",
        working=f"{workload.sessions_per_pod} × {show(duration)} / ({show(think)} + {show(duration)}) {equals(mean)}",
        inputs={
            "sessions per pod": workload.sessions_per_pod,
            "duration ms": duration,
            "think seconds": workload.think_seconds,
        },
        source="Little's law in a closed system: a session either thinks or waits for its call",
    )
    busiest_figure = figure(
        "calls in flight at the busiest",
        busiest,
        "calls",
        formula="99th percentile of the Poisson distribution with that mean, at least 1, and no more than the sessions",
        working=f"mean {show(mean)} → {drawn}" + (f", of {held} sessions → {held}" if held < drawn else ""),
        inputs={"mean": mean, "probability": BUSIEST, "sessions per pod": held},
        source="calls of independent sessions: their number in flight is Poisson, whatever their durations (M/G/∞)",
    )
    return busiest, mean, busiest_figure, mean_figure


@dataclass(frozen=True, kw_only=True)
class _Heaviest:
    """Calls of the tool with most CPU."""

    number: int
    """At the busiest."""
    cpu: Fraction
    """CPU that one of them takes per second of wall time."""
    per_session: Fraction
    """Their number of one session."""
    turns: Fraction = Fraction(1)
    """How many of them run in one slot within the time that they are counted by."""


def _heaviest(workload: Workload, kinds: list[_Kind], busiest: int, mean: Fraction) -> _Heaviest:
    """Calls in flight of the tool with most CPU per second of wall time, or those of a second where it is shorter."""
    number, cpu, held = workload.heavy_calls, workload.heavy_call_cpu_milliseconds, workload.sessions_per_pod
    if not kinds:
        each = exact(GUIDE_HEAVY_CPU_MILLISECONDS if cpu is None else cpu)
        if number is not None:
            return _Heaviest(number=number, cpu=each, per_session=Fraction(number, held))
        # An assumed number of heavy calls is not above a given number of calls.
        part = Fraction(GUIDE_HEAVY_CALLS, GUIDE_SESSIONS)
        most = part if workload.concurrent_calls is None else min(part, Fraction(busiest, held))
        return _Heaviest(number=min(round_up(held * part), busiest), cpu=each, per_session=most)
    # Who gives one of the two means calls in flight.
    least = BUSY_MILLISECONDS if number is None and cpu is None else Fraction(0)
    heaviest = max(kinds, key=lambda kind: kind.cpu / max(kind.duration, least))
    span = max(heaviest.duration, least)
    turns = span / heaviest.duration
    whole = _mean(kinds, lambda kind: kind.duration) * sum(kind.weight for kind in kinds)
    on_the_mean = mean * heaviest.weight * span / whole
    derived = max(1, poisson_quantile(float(on_the_mean), BUSIEST))
    derived = min(round_up(busiest * turns), derived)
    each = heaviest.cpu * 1000 / span if cpu is None else exact(cpu)
    number = derived if number is None else number
    return _Heaviest(number=number, cpu=each, per_session=Fraction(number, held), turns=turns)


def _response_kib(workload: Workload, kinds: list[_Kind]) -> Fraction:
    """Size of one response in flight: of the tools, each by the time that its calls are in flight."""
    if workload.response_kib is not None or not kinds:
        return exact(ASSUMED_RESPONSE_KIB if workload.response_kib is None else workload.response_kib)
    return _mean(kinds, lambda kind: kind.duration * kind.kib) / _mean(kinds, lambda kind: kind.duration)


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A tool in exact numbers: a thousand tools are counted many times."""

    weight: int
    """Its share as a whole number, in the ratio of all."""
    duration: Fraction
    cpu: Fraction
    kib: Fraction
    asking: Fraction
    """Part of its calls that ask for a connection."""
    hold: Fraction
    """Time that a call holds connections, the mean over all its calls."""
    cv2: float
    """Squared coefficient of variation of the duration."""


def _kinds(workload: Workload, database: Database | None) -> list[_Kind]:
    shares = [exact(tool.share_percent) for tool in workload.tools]
    common = lcm(*(share.denominator for share in shares))
    query = _query_milliseconds(database)
    return [
        _Kind(
            weight=share.numerator * (common // share.denominator),
            duration=max(exact(tool.duration_milliseconds), LEAST_MILLISECONDS),
            cpu=exact(tool.cpu_milliseconds),
            kib=exact(tool.response_kib),
            asking=min(Fraction(1), exact(tool.queries)) if query else Fraction(0),
            hold=_hold(tool, query),
            cv2=_duration_cv2(tool),
        )
        for tool, share in zip(workload.tools, shares, strict=True)
    ]


def _query_milliseconds(database: Database | None) -> Fraction:
    """Time that a query holds a connection; 0 where there are none to hold."""
    return Fraction(0) if database is None or database.single_writer else exact(database.query_milliseconds)


def _hold(tool: Tool, query: Fraction) -> Fraction:
    each = query if tool.query_milliseconds is None or not query else exact(tool.query_milliseconds)
    return exact(tool.queries) * each


def _duration_cv2(tool: Tool) -> float:
    """Squared coefficient of variation of a tool's duration: of the lognormal with its mean and P95.

    Without a P95 that of the exponential, 1.
    """
    return 1 if tool.p95_milliseconds is None else spread(tool.duration_milliseconds, tool.p95_milliseconds)


def _mean(kinds: list[_Kind], value: Callable[[_Kind], Fraction]) -> Fraction:
    """The mean over the calls, in whole numbers: sums of a thousand fractions are slow."""
    values = [value(kind) for kind in kinds]
    common = lcm(*(number.denominator for number in values))
    whole = sum(
        kind.weight * number.numerator * (common // number.denominator)
        for kind, number in zip(kinds, values, strict=True)
    )
    return Fraction(whole, common * sum(kind.weight for kind in kinds))


def _mix(kinds: list[_Kind], protocol: Fraction) -> Mix:
    total = sum(kind.weight for kind in kinds)
    parts = [(kind, kind.weight / total) for kind in kinds]
    durations = [(part, float(kind.duration), kind.cv2) for kind, part in parts]
    costs = _costs([(part, float(kind.cpu)) for kind, part in parts], float(protocol))
    holds = [
        (part * float(kind.asking), float(kind.hold / kind.asking), kind.cv2) for kind, part in parts if kind.asking
    ]
    return Mix(
        duration_milliseconds=_mean(kinds, lambda kind: kind.duration),
        duration_cv2=mixture_cv2(durations),
        duration_rest_cv2=rest_cv2(durations),
        cpu_milliseconds=_mean(kinds, lambda kind: kind.cpu) + protocol,
        cpu_cv2=mixture_cv2(costs) if costs else 1,
        cpu_rest_cv2=rest_cv2(costs),
        hold_milliseconds=_mean(kinds, lambda kind: kind.hold),
        asking=_mean(kinds, lambda kind: kind.asking),
        asking_cv2=mixture_cv2(holds),
        asking_rest_cv2=rest_cv2(holds),
        assumed=False,
    )


def _guide_mix(database: Database | None, protocol: Fraction, heavy_share: Fraction, heavy_cpu: Fraction) -> Mix:
    """The mean call of the sizing guide's example: some of the heaviest tool, the others without any CPU."""
    duration, query = exact(ASSUMED_CALL_MILLISECONDS), _query_milliseconds(database)
    heavy = heavy_cpu * duration / 1000
    costs = _costs([(float(heavy_share), float(heavy)), (float(1 - heavy_share), 0)], float(protocol))
    return Mix(
        duration_milliseconds=duration,
        duration_cv2=1,
        duration_rest_cv2=1,
        cpu_milliseconds=heavy_share * heavy + protocol,
        cpu_cv2=mixture_cv2(costs) if costs else 1,
        cpu_rest_cv2=rest_cv2(costs),
        hold_milliseconds=query,
        asking=Fraction(1 if query else 0),
        asking_cv2=1,
        asking_rest_cv2=1,
        assumed=True,
    )


def _costs(parts: list[tuple[float, float]], protocol: float) -> list[tuple[float, float, float]]:
    """Share, mean and variation of the CPU of each kind of call; none where no call takes any."""
    costs = [(weight, cpu + protocol, 1.0) for weight, cpu in parts if weight > 0]
    return costs if any(mean > 0 for _, mean, _ in costs) else []


def _rounded(value: float) -> Fraction:
    return exact(round(value, _DECIMALS))


def _cpu_figure(mix: Mix, protocol: Fraction, runtime: RuntimeProfile) -> Figure:
    return figure(
        "CPU per call",
        mix.cpu_milliseconds,
        "ms",
        formula="mean CPU of the tools by their share, and of the protocol by the shares of the eras",
        working=f"{show(mix.cpu_milliseconds - protocol)} + {show(protocol)} {equals(mix.cpu_milliseconds)}",
        inputs={"tools ms": mix.cpu_milliseconds - protocol, "protocol ms": protocol},
        source="assumed: the guide's heaviest tool at its share of the calls in flight"
        if mix.assumed
        else f"the tools as given; the protocol: {runtime.source}",
    )
