"""CPU of one pod, and the load at which pods are added."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .calls import Calls
from .inputs import Bounds, Workload
from .runtimes import RuntimeProfile
from .working import Figure, equals, exact, figure, given, round_down, round_up, show

PLANNED_UTILISATION_PERCENT = 60
"""Share of its CPU limit that a pod at its target of sessions uses on the mean: the guide's autoscaling target. Above
it the wait for CPU grows faster than the load."""
CPU_LIMIT_STEP_MILLICORES = 500
"""Limits are rounded up to a multiple of half a core."""
CPU_REQUEST_PERCENT = 40
"""Request over limit: heavy calls do not run all the time, so nodes are shared in between."""
CORE_MILLICORES = 1000


@dataclass(frozen=True, kw_only=True)
class Cpu:
    """CPU figures of one pod."""

    cpu_needed_millicores: Figure
    """By the guide's rule: the heaviest calls at the same time."""
    cpu_mean_millicores: Figure
    """By utilisation: what all calls of the tool mix take on the mean."""
    cpu_at_utilisation_millicores: Figure
    """The limit at which that mean is the planned share."""
    cpu_limit_millicores: Figure
    cpu_request_millicores: Figure
    cpu_target_millicores: Figure
    cpu_target_percent_of_request: Figure
    usable_cores: Figure
    """Cores that the server's own code can use at the same time."""
    base: Fraction
    """What the process takes beside its calls, in millicores."""
    base_assumed: bool
    """Whether that is a number of an unknown runtime, which alone says nothing of this server."""
    calls: Fraction
    """What the calls of a pod at its target of sessions take on the mean, in millicores, exactly."""


def cpu(workload: Workload, bounds: Bounds, runtime: RuntimeProfile, flight: Calls) -> Cpu:
    """The CPU of one pod: the greater of its heaviest calls at the same time, and of all its calls at 60 % use."""
    base = exact(runtime.base_cpu_millicores)
    heaviest = _heaviest(flight, base)
    of_calls = flight.per_second * flight.mix.cpu_milliseconds
    mean, at_utilisation = _utilisation(flight, of_calls, base)
    limit = _limit(int(heaviest.value), int(at_utilisation.value), bounds, _parallel(workload, runtime))
    request = _request(int(limit.value), bounds)
    usable = _usable(workload, runtime, int(limit.value))
    used = exact(usable.value) * CORE_MILLICORES
    exactly = used * exact(bounds.cpu_percent_of_limit) / 100
    target = round_down(exactly)
    return Cpu(
        cpu_needed_millicores=heaviest,
        cpu_mean_millicores=mean,
        cpu_at_utilisation_millicores=at_utilisation,
        cpu_limit_millicores=limit,
        cpu_request_millicores=request,
        cpu_target_millicores=figure(
            "CPU target",
            target,
            "millicores",
            formula="what the server can use of its limit × share of the limit",
            working=f"{show(used)} × {show(exact(bounds.cpu_percent_of_limit) / 100)} {equals(exactly, target)}",
            inputs={
                "CPU limit": limit.value,
                "usable millicores": used,
                "percent of limit": bounds.cpu_percent_of_limit,
            },
            source="pods are added before the limit throttles them; a process with one event loop never reaches a "
            "target above one core",
        ),
        cpu_target_percent_of_request=_percent(target, int(request.value)),
        usable_cores=usable,
        base=base,
        base_assumed=not runtime.known,
        calls=of_calls,
    )


def _heaviest(flight: Calls, base: Fraction) -> Figure:
    tools = flight.heavy * flight.heavy_cpu_milliseconds
    needed = round_up(tools + base)
    return figure(
        "CPU needed",
        needed,
        "millicores",
        formula="heavy calls of a second × CPU milliseconds of each + base"
        if flight.within_seconds
        else "heavy calls × CPU milliseconds per second + base",
        working=f"{flight.heavy} × {show(flight.heavy_cpu_milliseconds)} + {show(base)} {equals(tools + base, needed)}",
        inputs={
            "heavy calls": flight.heavy,
            "CPU ms per call and second": flight.heavy_cpu_milliseconds,
            "base millicores": base,
        },
        source="sizing guide: 200 ms × 10 concurrent = 2.0 cores, and 0.3 for the process"
        + ("; of a tool shorter than a second those that begin within one" if flight.within_seconds else ""),
    )


def _utilisation(flight: Calls, of_calls: Fraction, base: Fraction) -> tuple[Figure, Figure]:
    mean = of_calls + base
    share = Fraction(PLANNED_UTILISATION_PERCENT, 100)
    wanted = round_up(mean / share)
    mean_figure = figure(
        "CPU in use",
        mean,
        "millicores",
        formula="calls per second × CPU per call + base",
        working=f"{show(flight.per_second)} × {show(flight.mix.cpu_milliseconds)} + {show(base)} {equals(mean)}",
        inputs={
            "calls per second": flight.per_second,
            "CPU ms per call": flight.mix.cpu_milliseconds,
            "base millicores": base,
        },
        source="utilisation law: busy = rate × service time, over the tool mix",
    )
    return mean_figure, figure(
        "CPU at the planned utilisation",
        wanted,
        "millicores",
        formula="CPU in use / 60 %",
        working=f"{show(mean)} / {show(share)} {equals(mean / share, wanted)}",
        inputs={"CPU in use": mean, "percent": PLANNED_UTILISATION_PERCENT},
        source="a pod at its target of sessions stands at the load at which pods are added, not above",
    )


def _parallel(workload: Workload, runtime: RuntimeProfile) -> int | None:
    """Cores that the server's own code can use however high the limit; ``None`` if that is not known."""
    if workload.workers is not None:
        return workload.workers
    return 1 if runtime.one_loop else None


def _usable(workload: Workload, runtime: RuntimeProfile, limit: int) -> Figure:
    cores, parallel = exact(limit) / CORE_MILLICORES, _parallel(workload, runtime)
    value = cores if parallel is None else min(cores, exact(parallel))
    working = f"limit {show(cores)}; the runtime is not known to use fewer"
    if parallel is not None:
        working = f"{'one event loop' if workload.workers is None else f'{parallel} workers'}, limit {show(cores)}"
    return figure(
        "cores that the server can use",
        value,
        "cores",
        formula="min(limit, workers); one where one process runs one event loop",
        working=working,
        inputs={"limit": cores, "workers": parallel or "not known"},
        source="Python and JavaScript code of one process runs on one core; libraries and other processes use more",
    )


def _limit(heaviest: int, at_utilisation: int, bounds: Bounds, parallel: int | None) -> Figure:
    if bounds.cpu_limit_millicores is not None:
        return given("CPU limit", bounds.cpu_limit_millicores, "millicores")
    needed = max(heaviest, at_utilisation)
    rounded = round_up(needed, CPU_LIMIT_STEP_MILLICORES)
    request = bounds.cpu_request_millicores or 0
    working = f"max({show(heaviest)}, {show(at_utilisation)}) → {show(rounded)}"
    if parallel is not None and parallel * CORE_MILLICORES < rounded:
        rounded = parallel * CORE_MILLICORES
        working += f", but it can use {show(rounded)} only"
    if request > rounded:
        working += f", but the given request is {show(request)}"
    return figure(
        "CPU limit",
        max(rounded, request),
        "millicores",
        formula="the greater of both, rounded up to a multiple of 500; not above what the server's own code can use, "
        "not below a given request",
        working=working,
        inputs={
            "CPU needed": heaviest,
            "CPU at the planned utilisation": at_utilisation,
            "step": CPU_LIMIT_STEP_MILLICORES,
        },
        source="sizing guide: limit 2500m for 2.3 cores",
    )


def _request(limit: int, bounds: Bounds) -> Figure:
    if bounds.cpu_request_millicores is not None:
        return given("CPU request", bounds.cpu_request_millicores, "millicores")
    exactly = exact(limit) * CPU_REQUEST_PERCENT / 100
    value = max(1, round_down(exactly))
    return figure(
        "CPU request",
        value,
        "millicores",
        formula="40 % of the limit, at least 1",
        working=f"{show(limit)} × {show(exact(CPU_REQUEST_PERCENT) / 100)} {equals(exactly, value)}",
        inputs={"CPU limit": limit, "percent": CPU_REQUEST_PERCENT},
        source="sizing guide: request 1000m at a limit of 2500m",
    )


def _percent(target: int, request: int) -> Figure:
    base = max(1, request)
    exactly = exact(target) * 100 / base
    value = max(1, round_down(exactly))
    return figure(
        "CPU target of the request",
        value,
        "%",
        formula="CPU target / CPU request, at least 1 %",
        working=f"{show(target)} / {show(base)} × 100 {equals(exactly, value)}",
        inputs={"CPU target": target, "CPU request": request},
        source="the HorizontalPodAutoscaler counts utilisation in percent of the request, never of the limit",
    )


def cpu_sessions(found: Cpu, flight: Calls) -> int | None:
    """Sessions that the limit carries, heavy calls growing with them; ``None`` if no number of them uses it up: calls
    take no CPU, or there are fewer slots."""
    each = flight.heavy_cpu_milliseconds
    if not each:
        return None
    number = max(exact(0), exact(found.cpu_limit_millicores.value) - found.base) / each
    if not flight.heavy_per_session or (flight.heavy_most is not None and flight.heavy_most <= number):
        return None
    return round_down(number / flight.heavy_per_session)


def target_sessions(workload: Workload, found: Cpu) -> int | None:
    """Sessions at which a pod reaches its CPU target on the mean; ``None`` if calls take no CPU."""
    if not found.calls:
        return None
    room = max(exact(0), exact(found.cpu_target_millicores.value) - found.base)
    return round_down(room * workload.sessions_per_pod / found.calls)
