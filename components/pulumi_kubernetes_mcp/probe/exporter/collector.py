"""What Prometheus reads of the endpoints. A sample is made when it is written, and then forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any

from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from .. import metric_names as names
from .state import State

_Samples = Callable[[State], Iterator[tuple[dict[str, str], float]]]
PHASES = "How long the phases of the rounds took."
_BOUNDS = (*(str(bound) for bound in names.PHASE_BUCKETS), "+Inf")


class _Family(Metric):
    """A family whose samples are made while they are read."""

    def __init__(self, name: str, documentation: str, kind: str, make: Callable[[], Iterator[Sample]]) -> None:
        self._make = make
        super().__init__(name, documentation, kind)

    @property
    def samples(self) -> Any:
        return self._make()

    @samples.setter
    def samples(self, value: object) -> None:
        """The base class begins with an empty list."""


class RoundsCollector(Collector):
    """What Prometheus reads of some endpoints."""

    def __init__(self, states: Sequence[State]) -> None:
        """Of these, in this order."""
        self._states = states

    def collect(self) -> Iterable[Metric]:
        """Every family; an endpoint without a round yet has its counters alone."""
        for name, documentation, samples in _GAUGES:
            yield self._family(name, documentation, "gauge", samples)
        total = names.ROUNDS.removesuffix("_total")
        yield self._family(total, "Rounds so far, by how they ended.", "counter", _rounds, names.ROUNDS)

    def _family(
        self, name: str, documentation: str, kind: str, samples: _Samples, sample_name: str | None = None
    ) -> Metric:
        def make() -> Iterator[Sample]:
            for state in self._states:
                for labels, value in samples(state):
                    yield Sample(sample_name or name, {**state.labels, **labels}, value)

        return _Family(name, documentation, kind, make)


def exposition(states: Sequence[State]) -> bytes:
    """Everything, in the text form of Prometheus.

    The histograms are nine of ten lines, and all of them of one form: written here they take a tenth of the time, in
    which the rounds of the same process would stand still.
    """
    return generate_latest(RoundsCollector(states)) + "".join(_phases(states)).encode()


def _phases(states: Sequence[State]) -> Iterator[str]:
    name = names.PHASE_DURATION
    yield f"# HELP {name} {PHASES}\n# TYPE {name} histogram\n"
    for state in states:
        labels = ",".join(f'{label}="{_escaped(value)}"' for label, value in state.labels.items())
        for phase, histogram in state.phases.items():
            own = f'{labels},{names.PHASE}="{phase.value}"'
            counts = list(accumulate(histogram.counts))
            for bound, below in zip(_BOUNDS, counts, strict=True):
                yield f'{name}_bucket{{{own},le="{bound}"}} {below}\n'
            yield f"{name}_count{{{own}}} {counts[-1]}\n{name}_sum{{{own}}} {histogram.sum!r}\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _success(state: State) -> Iterator[tuple[dict[str, str], float]]:
    if state.at is not None:
        yield {}, float(state.success)


def _failure(state: State) -> Iterator[tuple[dict[str, str], float]]:
    if state.reason is not None:
        yield {names.REASON: state.reason.value}, 1.0


def _duration(state: State) -> Iterator[tuple[dict[str, str], float]]:
    if state.at is not None:
        yield {}, state.seconds


def _expiry(state: State) -> Iterator[tuple[dict[str, str], float]]:
    if state.expires is not None:
        yield {}, state.expires


def _versions(state: State) -> Iterator[tuple[dict[str, str], float]]:
    for version in state.versions:
        yield {names.VERSION: version}, 1.0


def _tools(state: State) -> Iterator[tuple[dict[str, str], float]]:
    if state.tools is not None:
        yield {}, state.tools


def _drift(state: State) -> Iterator[tuple[dict[str, str], float]]:
    for kind, count in (state.drift or {}).items():
        yield {names.KIND: kind.value}, count


def _breaking(state: State) -> Iterator[tuple[dict[str, str], float]]:
    if state.drift is not None:
        yield {}, float(state.breaking)


def _last_run(state: State) -> Iterator[tuple[dict[str, str], float]]:
    if state.at is not None:
        yield {}, state.at


def _rounds(state: State) -> Iterator[tuple[dict[str, str], float]]:
    for result, count in state.rounds.items():
        yield {names.RESULT: result.value}, count


_GAUGES: tuple[tuple[str, str, _Samples], ...] = (
    (names.SUCCESS, "Whether the last round found nothing wrong.", _success),
    (names.FAILURE, "The reason of the last round, if it failed.", _failure),
    (names.DURATION, "How long the last round took.", _duration),
    (names.CERTIFICATE_EXPIRY, "When the first certificate of the chain expires, in Unix time.", _expiry),
    (names.PROTOCOL_VERSION, "The protocol version that the last round spoke.", _versions),
    (names.TOOLS, "Tools that the server listed in the last round.", _tools),
    (names.SCHEMA_DRIFT, "Tools that differ from the expectation, by how.", _drift),
    (names.SCHEMA_BREAKING, "Whether the difference from the expectation breaks clients.", _breaking),
    (names.LAST_RUN, "When the last round ended, in Unix time.", _last_run),
)
