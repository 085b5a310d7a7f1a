"""What an alert is, and what is known of the server that it watches. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from inspect import cleandoc
from math import ceil

from ...autoscaling.spec.queries import Gauge, pods_of, selector_of
from ...server.spec import CONTAINER
from ..sources import Source


class Severity(StrEnum):
    """Who is told: ``critical`` wakes somebody, since clients are hurt now; ``warning`` waits for working hours."""

    CRITICAL = "critical"
    WARNING = "warning"


_REPLICAS: Mapping[str, tuple[str, str, str]] = {
    "Deployment": ('deployment="{}"', "kube_deployment_status_replicas_ready", "kube_deployment_spec_replicas"),
    "StatefulSet": ('statefulset="{}"', "kube_statefulset_status_replicas_ready", "kube_statefulset_replicas"),
    "Rollout": (
        'replicaset=~"{}-[a-z0-9]+"',
        "kube_replicaset_status_ready_replicas",
        "kube_replicaset_spec_replicas",
    ),
}
"""Kind of the workload to its label and metrics of kube-state-metrics, which knows the revisions of a Rollout and not
the Rollout."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One server with the figures of its plan, as far as they are known: what alerts and dashboards are made from."""

    namespace: str
    server: str
    probed_name: str | None = None
    """What the probe calls it, if not by its name."""
    region: str | None = None
    workload: str = "Deployment"
    idle: bool = False
    """Whether clients reach another colour of the server."""
    other: str | None = None
    """Name of its other colour; ``None`` where it has one."""
    sources: frozenset[Source] = frozenset()
    """Who is scraped."""
    sessions: Gauge | None = None
    """What counts sessions, or streams, in the server's dialect."""
    calls: Gauge | None = None
    """What counts calls in flight."""
    autoscaler: str | None = None
    """Name of the HorizontalPodAutoscaler, be it KEDA's."""
    scaled_object: bool = False
    """Whether KEDA made it."""
    follows: bool = False
    """Whether the autoscaler asks Prometheus for the sessions or the calls."""
    min_replicas: int | None = None
    max_replicas: int | None = None
    planned_sessions: int | None = None
    """Sessions of the peak with its headroom, in all pods."""
    cpu_limit_cores: float | None = None
    memory_limit_bytes: int | None = None
    sessions_per_pod: int | None = None
    """Sessions that one pod bears at most."""
    filled_sessions: float | None = None
    """Sessions that the autoscaler lets a pod have before it adds one, its tolerance included."""
    objective_milliseconds: float = 1000
    loaded_p95_milliseconds: float | None = None
    """What 95 % of the exchanges stayed below under the planned load."""
    availability_percent: float = 99.5
    probe_seconds: float = 60
    """From one round of the probe to its next."""
    counted_pool: bool = False
    """Whether the server counts who waits for a connection, by OpenTelemetry's name."""
    pooler: str | None = None
    own_pooler_metrics: bool = False
    """Whether its metrics are those of the exporter in its pods, so that the pod is known by its name."""
    database: str | None = None
    connection_budget: int | None = None
    external_secret: str | None = None
    certificate: str | None = None
    certificate_namespace: str | None = None
    """Where it is, if not beside the server."""
    quota: bool = False

    @property
    def from_outside(self) -> str:
        """What the probe calls it."""
        return self.probed_name or self.server

    @property
    def p95_seconds(self) -> float:
        """The 95th percentile that latency is held against, in seconds."""
        loaded = self.loaded_p95_milliseconds
        return (self.objective_milliseconds if loaded is None else loaded) / 1000

    @property
    def error_budget(self) -> float:
        """Share of the rounds that may fail."""
        return (100 - self.availability_percent) / 100

    def pods(self, metric: str, *matchers: str) -> str:
        """The series of a metric that belong to the server's pods."""
        pods = f'pod=~"{pods_of(self.server, self.workload)}"'
        return series(metric, f'namespace="{self.namespace}"', pods, *matchers)

    def containers(self, metric: str) -> str:
        """The series of a metric that belong to the server's own container."""
        return self.pods(metric, f'container="{CONTAINER}"')

    def gauge(self, found: Gauge) -> str:
        """The series of a gauge of the dialect."""
        return selector_of(found, self.namespace, self.server, self.workload)

    def here(self, metric: str, *matchers: str) -> str:
        """The series of a metric in the server's namespace."""
        return series(metric, f'namespace="{self.namespace}"', *matchers)

    def ready_and_wanted(self) -> tuple[str, str]:
        """The series of the pods that are ready, and of those that are wanted."""
        matcher, ready, wanted = _REPLICAS.get(self.workload, _REPLICAS["Deployment"])
        found = matcher.format(self.server)
        return self.here(ready, found), self.here(wanted, found)

    def of_controller(
        self, metric: str, *matchers: str, each: str = "{}", joined: str = "or", namespace: str | None = None
    ) -> str:
        """The same where a controller says the namespace itself, whichever label the scrape made of it.

        :param each: what is made of the series, with ``{}`` in their place.
        :param joined: how the two are put together: ``or`` for the one that is there, ``and`` for what holds of both.
        :param namespace: another one than the server's.
        """
        where = namespace or self.namespace
        found = (series(metric, f'{label}="{where}"', *matchers) for label in ("exported_namespace", "namespace"))
        both = (each.replace("{}", one) for one in found)
        return f"({f' {joined} '.join(both)})"

    def probed(self, metric: str, *matchers: str) -> str:
        """The series of the probe about this server in this region."""
        region = [] if self.region is None else [f'region="{self.region}"']
        return series(metric, f'server="{self.from_outside}"', *region, *matchers)

    def probed_anywhere(self, metric: str, *matchers: str) -> str:
        """The series of the probe about this server in all regions."""
        return series(metric, f'server="{self.from_outside}"', *matchers)


def series(metric: str, *matchers: str) -> str:
    """A metric with matchers of its labels."""
    return f"{metric}{{{','.join(matchers)}}}"


@dataclass(frozen=True, kw_only=True)
class Alert:
    """An alert as one unit: its name, when it fires, what it says, and what to do.

    Texts are written indented, as the source around them, and kept without the indentation; the runbook page is made
    from them.
    """

    name: str
    severity: Severity
    sources: tuple[Source, ...]
    """Who emits what it reads: all of them have to be scraped."""
    summary: str
    """One line for the notification; may name labels as Prometheus' templates do."""
    expression: Callable[[Watched], str | None]
    """When it fires; ``None`` where the stack has nothing that it could watch."""
    hold: str = "0m"
    """How long the expression has to hold."""
    rounds: int = 0
    """How many rounds of the probe that is at least: until its next one a failed round goes on to be the last."""
    watches: str
    """What a stack must have, as the end of 'it needs …'."""
    everywhere: bool = False
    """Whether it is about all regions at once, so that each region's Prometheus raises one and the same."""
    meaning: str = field(compare=False)
    """When it fires, in numbers, and why that matters, in Markdown."""
    steps: str = field(compare=False)
    """What to look at and what to do, as a list in Markdown."""

    def held(self, watched: Watched) -> str:
        """How long the expression has to hold in this stack."""
        needed = ceil(self.rounds * watched.probe_seconds / 60)
        return f"{needed}m" if self.hold.endswith("m") and needed > int(self.hold[:-1]) else self.hold

    def __post_init__(self) -> None:
        """Take the indentation of the source off the texts."""
        for text in ("meaning", "steps"):
            object.__setattr__(self, text, cleandoc(getattr(self, text)))
