"""Keys of the monitoring: who scrapes a server, how, and what is made of it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..fields import DataKey, Group, LabelKey, LabelValue, Link, Name, RoutePath
from .patches import Patches

Monitor = Literal["none", "pod-monitor", "service-monitor"]
Scheme = Literal["http", "https"]


class ScrapeAuthority(Group):
    """The authority that signed the certificate of the metrics port: a key of a ConfigMap or a Secret."""

    config_map: Name | None = None
    """ConfigMap of the server's namespace with the certificate."""
    secret: Name | None = None
    """Secret of the server's namespace with the certificate, such as that of cert-manager."""
    key: DataKey = "ca.crt"
    """Key of the certificate (PEM)."""

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.config_map is None) == (self.secret is None):
            words = "neither configMap nor secret is given" if self.secret is None else "configMap and secret are given"
            raise ValueError(f"{words}: give one of them")
        return self


class ScrapeToken(Group):
    """A bearer token that Prometheus sends to the metrics port."""

    secret: Name
    """Secret of the server's namespace that holds it; the platform makes it."""
    key: DataKey = "token"
    """Key of the token."""


class ScrapeKeys(Group):
    """How Prometheus reads the metrics of a server."""

    monitor: Monitor = "none"
    """Object that has the Prometheus operator scrape the pods: 'pod-monitor', 'service-monitor' (targets come from the
    Service), or 'none', which every cluster takes: others are refused where the operator's definitions are not
    installed. Prefer 'pod-monitor': a pod is read from its start to the end of its drain, ready or not."""
    labels: dict[LabelKey, LabelValue] = {}
    """Labels of the monitor and of the rules, which the Prometheus object selects them by, such as
    {release: kube-prometheus-stack}. Without those an object is valid and never read."""
    scrape_seconds: Annotated[int, Field(ge=5, le=120)] = 15
    """How often the metrics are read, in seconds. 15, as often as an autoscaler asks: it acts on no older figure. More
    than 120 would leave gaps, as Prometheus forgets a sample after 300 s."""
    path: RoutePath = "/metrics"
    """Path of the metrics."""
    scheme: Scheme | None = None
    """'http' or 'https' of the metrics port. Derived: 'https' where it is the server's own port and the server serves
    TLS."""
    authority: ScrapeAuthority | None = None
    """Who signed the certificate of an 'https' port; it has to be valid for the Service's name. Left out: it is not
    verified, as the kubelet does not for its probes, since pods have seldom a certificate that everybody trusts."""
    token: ScrapeToken | None = None
    """Bearer token that the metrics port asks for. Left out: none is sent."""


class MonitoringPatchKeys(Group):
    """What the keys of the monitoring do not say."""

    patches: Patches = []
    """Patches of the monitor and of what else the monitoring makes, for what has no key."""


Exporter = Literal[
    "kube-state-metrics",
    "cadvisor",
    "keda",
    "external-secrets",
    "cert-manager",
    "argo-rollouts",
    "pgbouncer",
    "postgres",
    "probe",
]
RuleForm = Literal["none", "prometheus-rule", "config-map"]


class AlertKeys(Group):
    """What is made of the metrics: rules and dashboards."""

    rules: RuleForm = "none"
    """Recording and alert rules: 'prometheus-rule' for the Prometheus operator, 'config-map' with a plain rule file for
    a Prometheus without it, or 'none', which every cluster takes."""
    exporters: list[Exporter] = ["kube-state-metrics", "cadvisor"]
    """Whose metrics are in Prometheus besides the server's own. Rules and panels read no others: an alert on a metric
    that nobody emits is silent for ever. The default is what kube-prometheus-stack brings."""
    loaded_p95_milliseconds: Annotated[float, Field(ge=0.001, le=3_600_000)] | None = None
    """95th percentile of an exchange under the planned load, in milliseconds, from a load test; an alert tells when it
    is doubled. Left out: the objective of the workload, and the alert says so."""
    availability_percent: Annotated[float, Field(ge=90, le=99.99)] = 99.5
    """Share of the exchanges from outside that succeed, in percent of 30 days. 99.5, which leaves 3.6 hours: with one
    look a minute a single failed one would already break 99.9 for an hour."""
    runbook_url: Link | None = None
    """Address of the folder with the runbook pages, without the name of one. Left out: their path in this project."""
    dashboards: bool = False
    """Whether Grafana dashboards are made, as a ConfigMap that the sidecar of Grafana's chart loads. Off, as most
    clusters have no such sidecar."""
    dashboard_labels: dict[LabelKey, LabelValue] = {"grafana_dashboard": "1"}
    """Labels by which the sidecar finds the ConfigMap. The default is that of Grafana's chart."""
