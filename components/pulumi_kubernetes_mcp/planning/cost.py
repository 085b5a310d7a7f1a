"""What the plan costs in a month, from the prices that the cluster's owner gives."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .inputs import Bounds, Database, Prices
from .working import Figure, exact, figure, show

HOURS_PER_MONTH = 730
"""365 × 24 / 12, as cloud providers bill."""
_CORE = 1000
_GIB = 2**30
_MIB_PER_GIB = 1024
_CENTS = 2


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Monthly cost of the requests: what the nodes must hold, whether it is used or not."""

    pod: Figure
    """One pod all month."""
    pooler: Figure | None
    """All pooler pods all month; ``None`` without a pooler."""
    minimum: Figure
    steady: Figure
    maximum: Figure
    by_profile: Figure | None
    """With the pods that each hour needs; ``None`` without an hourly profile."""
    second_colour: Figure | None = None
    """The idle colour besides, at its minimum, for as long as it runs; ``None`` where there is one colour."""


def cost(
    prices: Prices | None,
    database: Database | None,
    bounds: Bounds,
    *,
    cpu_request: int,
    memory_request_mib: Fraction,
    minimum: int,
    steady: int,
    maximum: int,
    by_hour: tuple[int, ...],
) -> Cost | None:
    """The monthly cost at the minimum, the steady state and the maximum; ``None`` without prices.

    :param cpu_request: CPU request of one pod with all its containers, in millicores.
    :param memory_request_mib: memory request of the same, in MiB.
    :param by_hour: pods by hour of the day, empty without an hourly profile.
    """
    if prices is None:
        return None
    unit = f"{prices.currency or 'units'}/month"
    each = _monthly(prices, Fraction(cpu_request, _CORE), memory_request_mib / _MIB_PER_GIB)
    pod = figure(
        "cost of one pod",
        _money(each),
        unit,
        formula="730 h × (CPU request × core price + memory request × GiB price)",
        working=f"{HOURS_PER_MONTH} × ({show(Fraction(cpu_request, _CORE))} × {_price(prices.core_hour)} + "
        f"{show(memory_request_mib / _MIB_PER_GIB)} × {_price(prices.gib_hour)}) ≈ {show(_money(each))}",
        inputs={
            "CPU request": cpu_request,
            "memory request MiB": memory_request_mib,
            "core hour": prices.core_hour,
            "GiB hour": prices.gib_hour,
        },
        source="requests, not use: what is reserved cannot be sold to anyone else",
    )
    poolers = _poolers(prices, database, bounds, unit)
    beside = exact(0) if poolers is None else exact(poolers.value)

    def of(name: str, pods: Fraction) -> Figure:
        total = _money(each * pods + beside)
        extra = "" if poolers is None else f" + {show(beside)}"
        return figure(
            name,
            total,
            unit,
            formula="pods × cost of one, and the poolers",
            working=f"{show(pods)} × {show(_money(each))}{extra} ≈ {show(total)}",
            inputs={"pods": pods, "cost of one pod": _money(each), "poolers": beside},
            source="the prices as given; a cluster's own overhead and traffic are not in it",
        )

    return Cost(
        pod=pod,
        pooler=poolers,
        minimum=of("cost at the minimum", Fraction(minimum)),
        steady=of("cost at the planned sessions", Fraction(steady)),
        maximum=of("cost at the maximum", Fraction(maximum)),
        by_profile=of("cost of the day's profile", Fraction(sum(by_hour), len(by_hour))) if by_hour else None,
        second_colour=_second_colour(each, minimum, unit) if bounds.colours > 1 else None,
    )


def _second_colour(each: Fraction, minimum: int, unit: str) -> Figure:
    total = _money(each * minimum)
    return figure(
        "cost of the idle colour",
        total,
        unit,
        formula="minimum × cost of one",
        working=f"{minimum} × {show(_money(each))} ≈ {show(total)}",
        inputs={"minimum": minimum, "cost of one pod": _money(each)},
        source="the colour that clients do not reach keeps its minimum until it is retired",
    )


def _poolers(prices: Prices, database: Database | None, bounds: Bounds, unit: str) -> Figure | None:
    if database is None or not database.pooled:
        return None
    each = _monthly(prices, Fraction(bounds.pooler_cpu_millicores, _CORE), Fraction(bounds.pooler_memory_bytes, _GIB))
    total = _money(each * database.pooler_instances)
    return figure(
        "cost of the poolers",
        total,
        unit,
        formula="instances × 730 h × (CPU request × core price + memory request × GiB price)",
        working=f"{database.pooler_instances} × {show(_money(each))} ≈ {show(total)}",
        inputs={"instances": database.pooler_instances, "cost of one": _money(each)},
        source="requests, not use",
    )


def _monthly(prices: Prices, cores: Fraction, gib: Fraction) -> Fraction:
    return HOURS_PER_MONTH * (cores * exact(prices.core_hour) + gib * exact(prices.gib_hour))


def _money(value: Fraction) -> Fraction:
    return Fraction(round(value, _CENTS))


def _price(value: float) -> str:
    """A price as it was given: prices per hour have more decimals than other numbers."""
    return f"{value:.10f}".rstrip("0").rstrip(".")
