"""How far the predicted wait is off, by simulation: `python -m benchmarks.waiting` prints a Markdown page.

Four minutes on one core. ``--customers N`` sets the length of a run.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import sqrt

from pulumi_kubernetes_mcp.planning.queueing import wait
from tests.planning.discrete_event import (
    Interval,
    Observed,
    Sampler,
    exponential,
    hyperexponential,
    lognormal,
    observe,
    simulate,
)

CUSTOMERS = 2_000_000
CONFIDENCE = 0.95
SERVERS = (1, 2, 5, 10, 20)
UTILISATIONS = (0.5, 0.7, 0.85, 0.9)


@dataclass(frozen=True)
class Kind:
    """Times between arrivals, by their mean, and of service, of mean 1; and their squared coefficients of variation."""

    name: str
    gaps: Callable[[float], Sampler]
    service: Sampler
    arrival_cv2: float
    service_cv2: float


@dataclass(frozen=True)
class Cell:
    """One queue: what the formula says, and what a run of it says."""

    kind: Kind
    servers: int
    utilisation: float
    observed: Observed


KINDS = (
    Kind("exponential service, cv² 1", exponential, exponential(1), 1, 1),
    *(Kind(f"lognormal service, cv² {cv2}", exponential, lognormal(1, cv2), 1, cv2) for cv2 in (2, 4, 8)),
    Kind("hyperexponential service, cv² 4", exponential, hyperexponential(1, 4), 1, 4),
    Kind("hyperexponential arrivals, cv² 4", partial(hyperexponential, cv2=4), exponential(1), 4, 1),
)


def main() -> None:
    """Run the grid and print a table for each kind of queue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    customers = parser.parse_args().customers
    print("# Waiting: the formula against simulation\n")
    print(
        f"Waits in mean service times: predicted / simulated [{CONFIDENCE:.0%} interval]; error = predicted / "
        f"simulated − 1. {customers:,} customers a run, after a tenth of that as warm-up. Kimura and Cosmetatos: "
        "the errors of their means."
    )
    for kind in KINDS:
        print(f"\n## {kind.name}\n", *rows(kind, customers), sep="\n", flush=True)


def rows(kind: Kind, customers: int) -> Iterator[str]:
    """The table of one kind of queue."""
    yield "| servers | ρ | P(wait) | error | mean | error | P95 | error | P99 | error | Kimura | Cosmetatos |"
    yield "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for servers in SERVERS:
        for utilisation in UTILISATIONS:
            yield row(run(kind, servers, utilisation, customers))


def run(kind: Kind, servers: int, utilisation: float, customers: int) -> Cell:
    """Simulate one queue; every queue has its own seed."""
    waits = simulate(
        servers,
        kind.gaps(1 / (servers * utilisation)),
        kind.service,
        customers=customers,
        warm_up=customers // 10,
        seed=1000 * servers + round(100 * utilisation),
    )
    return Cell(kind, servers, utilisation, observe(waits, CONFIDENCE))


def row(cell: Cell) -> str:
    """Predicted and simulated, with the error of each."""
    kind, seen = cell.kind, cell.observed
    predicted = wait(
        cell.servers,
        cell.servers * cell.utilisation,
        1,
        arrival_cv2=kind.arrival_cv2,
        service_cv2=kind.service_cv2,
    )
    pairs = (
        (predicted.probability, seen.probability),
        (predicted.mean, seen.mean),
        (predicted.p95, seen.p95),
        (predicted.p99, seen.p99),
    )
    cells = [str(cell.servers), str(cell.utilisation)]
    for value, interval in pairs:
        cells += [f"{value:.4g} / {interval}", error(value, interval)]
    poisson = kind.arrival_cv2 == 1
    cells += [error(mean, seen.mean) if poisson else "" for mean in (kimura(cell), cosmetatos(cell))]
    return f"| {' | '.join(cells)} |"


def error(predicted: float | None, observed: Interval) -> str:
    """Relative to the simulated value; with few waits there is nothing to be relative to."""
    if predicted is None or not observed.estimate:
        return ""
    return f"{predicted / observed.estimate - 1:+.1%}"


def kimura(cell: Cell) -> float:
    """The mean of Kimura, Operations Research 34 (1986): harmonic between M/M/c and M/D/c."""
    cv2, exponential_mean, constant_mean = cell.kind.service_cv2, *_means(cell)
    return (1 + cv2) / (2 * cv2 / exponential_mean + (1 - cv2) / constant_mean)


def cosmetatos(cell: Cell) -> float:
    """The mean of Cosmetatos, Operational Research Quarterly 27 (1976): linear between M/M/c and M/D/c."""
    cv2, exponential_mean, constant_mean = cell.kind.service_cv2, *_means(cell)
    return cv2 * exponential_mean + (1 - cv2) * constant_mean


def _means(cell: Cell) -> tuple[float, float]:
    """M/M/c exactly and M/D/c by Cosmetatos."""
    servers, utilisation = cell.servers, cell.utilisation
    mean = wait(servers, servers * utilisation, 1).mean
    assert mean is not None
    correction = (1 - utilisation) * (servers - 1) * (sqrt(4 + 5 * servers) - 2) / (16 * utilisation * servers)
    return mean, mean * (1 + correction) / 2


if __name__ == "__main__":
    main()
