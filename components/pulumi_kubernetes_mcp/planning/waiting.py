"""How long calls wait in a pod: for a free slot, for the CPU, for a database connection."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .calls import Calls
from .cpu import CORE_MILLICORES, Cpu
from .inputs import Workload
from .queueing import Wait, critical_utilisation, wait
from .replicas import Capacity
from .working import Figure, exact, figure, show

_SOURCE = (
    "M/M/c (Erlang C) with Allen and Cunneen's factor (Ca² + Cs²) / 2 for heavier tails; a pod with all its sessions"
)
_CEILING = 10**9
"""No figure is greater; as milliseconds it is eleven days."""
_DECIMALS = 3


@dataclass(frozen=True, kw_only=True)
class Station:
    """One thing that calls queue for."""

    name: str
    """'slots', 'cpu' or 'pool'."""
    servers: int
    """How many are served at the same time."""
    assumed: bool
    """Whether what it serves was assumed, not given: then it says little of this server."""
    rest_cv2: float
    """Squared coefficient of variation of what is left of a call that an arrival finds there; 1 for the exponential."""
    utilisation: Figure
    """Part of the time that each of them is busy, in percent. At 100 and above the queue grows without end."""
    probability: Figure | None
    """Part of the arrivals that wait, in percent; ``None`` where the queue grows without end or one in a hundred waits
    for more than eleven days, as for all below."""
    p50: Figure | None
    """Median of the waiting time of one arrival, in milliseconds."""
    p95: Figure | None
    p99: Figure | None
    critical_utilisation: Figure
    """Utilisation at which the 95th percentile reaches the objective, in percent."""

    @property
    def stable(self) -> bool:
        """Whether the queue does not grow without end."""
        return self.p95 is not None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Waiting in a pod that holds all its sessions."""

    stations: tuple[Station, ...]
    objective: Figure
    """What 95 % of the calls may wait at most, in milliseconds."""
    p50: Figure | None
    """Sum over the stations, in milliseconds; ``None`` where a queue grows without end."""
    p95: Figure | None
    p99: Figure | None

    @property
    def stable(self) -> bool:
        """Whether no queue grows without end."""
        return all(station.stable for station in self.stations)

    @property
    def meets_objective(self) -> bool:
        """Whether 95 % of the calls wait no longer than the objective."""
        return self.p95 is not None and self.p95.value <= self.objective.value


def waiting(workload: Workload, flight: Calls, cpu: Cpu, held: Capacity, pool: int) -> Waiting:
    """The waiting of a call in a pod with ``sessions_per_pod`` sessions, or fewer where a resource binds before."""
    mix = flight.mix
    scale = exact(held.sessions_per_pod.value) / workload.sessions_per_pod
    rate = float(flight.per_second * scale) / 1000
    stations = []
    if workload.call_slots is not None:
        stations.append(
            _station(
                "slots",
                workload,
                servers=workload.call_slots,
                rate=rate,
                service=float(mix.duration_milliseconds),
                cv2=mix.duration_cv2,
                rest_cv2=mix.duration_rest_cv2,
                assumed=mix.assumed,
            )
        )
    if mix.cpu_milliseconds:
        # What the process takes beside its calls is time that no call gets: the calls take longer by it.
        cores = exact(cpu.usable_cores.value)
        free = max(Fraction(1, 100), cores - cpu.base / CORE_MILLICORES)
        servers = max(1, int(cores))
        stations.append(
            _station(
                "cpu",
                workload,
                servers=servers,
                rate=rate,
                service=float(mix.cpu_milliseconds * servers / free),
                cv2=mix.cpu_cv2,
                rest_cv2=mix.cpu_rest_cv2,
                assumed=(mix.assumed and workload.heavy_calls is None and workload.heavy_call_cpu_milliseconds is None)
                or (cpu.base_assumed and cpu.base >= cores * CORE_MILLICORES),
            )
        )
    if pool and mix.asking:
        # All queries of a call as one: it waits as long as for all of them in turn, each shorter by their number.
        stations.append(
            _station(
                "pool",
                workload,
                servers=pool,
                rate=rate * float(mix.asking),
                service=float(mix.hold_milliseconds / mix.asking),
                cv2=mix.asking_cv2,
                rest_cv2=mix.asking_rest_cv2,
                assumed=False,
            )
        )
    objective = figure(
        "waiting objective",
        workload.wait_p95_milliseconds,
        "ms",
        formula="given",
        working=f"95 % of the calls wait at most {show(workload.wait_p95_milliseconds)} ms",
        inputs={"milliseconds": workload.wait_p95_milliseconds},
        source="one second by default: about where people notice that nothing happens",
    )
    return Waiting(
        stations=tuple(stations),
        objective=objective,
        p50=_sum("median wait of a call", [station.p50 for station in stations]),
        p95=_sum("95th percentile of the wait", [station.p95 for station in stations]),
        p99=_sum("99th percentile of the wait", [station.p99 for station in stations]),
    )


def _station(
    name: str,
    workload: Workload,
    *,
    servers: int,
    rate: float,
    service: float,
    cv2: float,
    rest_cv2: float,
    assumed: bool,
) -> Station:
    found = wait(servers, rate, service, service_cv2=cv2)
    # Rounding may leave next to nothing free where all is busy.
    stable = found.p99 is not None and found.p99 <= _CEILING
    critical = critical_utilisation(servers, service, objective=workload.wait_p95_milliseconds, service_cv2=cv2)
    inputs = {
        "servers": servers,
        "arrivals per second": _number(rate * 1000),
        "service ms": _number(service),
        "service cv²": _number(cv2),
    }
    label = _LABELS[name]

    def of(what: str, value: float | None, unit: str = "ms") -> Figure | None:
        if value is None or not stable:
            return None
        return _of(found, f"{label}: {what}", _number(value), unit, inputs)

    return Station(
        name=name,
        servers=servers,
        assumed=assumed,
        rest_cv2=_number(rest_cv2),
        utilisation=figure(
            f"{label}: utilisation",
            _number(100 * found.utilisation),
            "%",
            formula="arrivals × service time / servers",
            working=f"{show(_number(rate * 1000))}/s × {show(_number(service))} ms / {show(servers)} "
            f"→ {show(_number(100 * found.utilisation))} %",
            inputs=inputs,
            source="utilisation law",
        ),
        probability=of("part that waits", 100 * found.probability, "%"),
        p50=of("median wait", found.p50),
        p95=of("95th percentile of the wait", found.p95),
        p99=of("99th percentile of the wait", found.p99),
        critical_utilisation=figure(
            f"{label}: utilisation that breaks the objective",
            _number(100 * critical),
            "%",
            formula="the utilisation at which the 95th percentile of the wait is the objective",
            working=f"{show(servers)} servers, {show(_number(service))} ms each, "
            f"{show(workload.wait_p95_milliseconds)} ms → {show(_number(100 * critical))} %",
            inputs={**inputs, "objective ms": workload.wait_p95_milliseconds},
            source=_SOURCE,
        ),
    )


_LABELS = {"slots": "call slots", "cpu": "CPU", "pool": "database connections"}


def _of(found: Wait, name: str, number: float, unit: str, inputs: dict[str, float | int]) -> Figure:
    return figure(
        name,
        number,
        unit,
        formula="Erlang C(c, a)"
        if unit == "%"
        else "t with C(c, a) × exp(-(cμ - λ) t / k) = 1 - p, k = (1 + Cs²) / 2; 0 where fewer wait",
        working=f"{show(inputs['servers'])} servers at {show(_number(100 * found.utilisation))} %, "
        f"Cs² {show(inputs['service cv²'])} → {show(number)} {unit}",
        inputs=inputs,
        source=_SOURCE,
    )


def _sum(name: str, parts: list[Figure | None]) -> Figure | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    total = sum(exact(part.value) for part in known)
    return figure(
        name,
        total,
        "ms",
        formula="the sum over what calls queue for",
        working=(" + ".join(show(part.value) for part in known) or "nothing to queue for") + f" = {show(total)}",
        inputs={part.name: part.value for part in known},
        source="an upper estimate: the worst waits for slot, CPU and connection rarely meet in one call",
    )


def _number(value: float) -> float:
    """A float for a figure: three decimals, and bounded, since nobody waits a billion milliseconds."""
    return round(min(value, _CEILING), _DECIMALS)
