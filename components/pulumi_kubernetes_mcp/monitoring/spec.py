"""What has the Prometheus operator scrape a server: PodMonitor and ServiceMonitor. Pure.

Fields: prometheus-operator v0.94.0, monitoring.coreos.com/v1.
"""

import pulumi

from ..inputs.outputs import mapped
from ..kubernetes.objects import NAME, VERSION, Spec, selector
from ..pooler import exporter
from ..pooler.spec import COMPONENT as POOLER
from ..server.spec import COMPONENT
from ..settings.keys.monitoring import ScrapeAuthority, ScrapeKeys, ScrapeToken

LONGEST_TIMEOUT_SECONDS = 10
"""Prometheus' own scrape_timeout; a shorter interval is the bound where there is one, as the operator refuses more."""
OF_SERVICE = "__meta_kubernetes_service_name"
JOB_LABEL = NAME
"""Label of the target whose value is the job: the server, not the monitor's namespace and name."""


def pod_monitor(server: str, namespace: pulumi.Input[str], port: str, keys: ScrapeKeys) -> Spec:
    """The spec of a PodMonitor: each pod is a target, ready or not, from its start to the end of its drain."""
    return {
        **_targets(server),
        "podMetricsEndpoints": [{"port": port, **endpoint(server, namespace, keys)}],
    }


def service_monitor(server: str, namespace: pulumi.Input[str], port: str, keys: ScrapeKeys) -> Spec:
    """The spec of a ServiceMonitor. The port is that of the pods, since the Service has no second one.

    A StatefulSet has a second Service of the same labels for the names of its pods: each pod would be read twice, and
    its sessions counted twice.
    """
    own = {"sourceLabels": [OF_SERVICE], "regex": server, "action": "keep"}
    return {
        **_targets(server),
        "endpoints": [{"targetPort": port, **endpoint(server, namespace, keys), "relabelings": [own]}],
    }


def pooler_pod_monitor(pooler: str, keys: ScrapeKeys) -> Spec:
    """The spec of the PodMonitor of a pooler's exporters."""
    return {**_targets(pooler, POOLER), "podMetricsEndpoints": [{"port": exporter.PORT_NAME, **_exported(keys)}]}


def pooler_service_monitor(pooler: str, keys: ScrapeKeys) -> Spec:
    """The same as a ServiceMonitor."""
    return {**_targets(pooler, POOLER), "endpoints": [{"targetPort": exporter.PORT_NAME, **_exported(keys)}]}


def _exported(keys: ScrapeKeys) -> Spec:
    """How an exporter is read: as often as the server, over plain HTTP, as it speaks nothing else."""
    return {"path": exporter.PATH, "scheme": "http", **_pace(keys)}


def _pace(keys: ScrapeKeys) -> Spec:
    return {
        "interval": f"{keys.scrape_seconds}s",
        "scrapeTimeout": f"{min(LONGEST_TIMEOUT_SECONDS, keys.scrape_seconds)}s",
    }


def endpoint(server: str, namespace: pulumi.Input[str], keys: ScrapeKeys) -> Spec:
    """How a target is read."""
    scheme = keys.scheme or "http"
    found: Spec = {
        "path": keys.path,
        "scheme": scheme,
        **_pace(keys),
    }
    if scheme == "https":
        found["tlsConfig"] = _tls(server, namespace, keys.authority)
    if keys.token is not None:
        found["authorization"] = {"type": "Bearer", "credentials": _key(keys.token)}
    return found


def _targets(name: str, component: str = COMPONENT) -> Spec:
    return {
        "jobLabel": JOB_LABEL,
        "podTargetLabels": [VERSION],
        "selector": {"matchLabels": selector(name, component)},
    }


def _tls(server: str, namespace: pulumi.Input[str], authority: ScrapeAuthority | None) -> Spec:
    # A target is an address, for which no certificate is valid: it is asked for the name of the Service.
    if authority is None:
        return {"insecureSkipVerify": True}
    kind, name = ("configMap", authority.config_map) if authority.secret is None else ("secret", authority.secret)
    return {
        "ca": {kind: {"name": name, "key": authority.key}},
        "serverName": mapped(namespace, lambda known: f"{server}.{known}.svc"),
    }


def _key(token: ScrapeToken) -> Spec:
    return {"name": token.secret, "key": token.key}
