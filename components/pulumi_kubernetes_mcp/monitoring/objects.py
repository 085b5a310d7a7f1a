"""The objects of the monitoring, each by the suffix of its resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import pulumi
import yaml

from ..inputs.outputs import mapped
from ..kubernetes import objects as common
from ..kubernetes.made import Made
from . import rules
from . import spec as specs
from .alerts.model import Watched
from .dashboards.catalogue import dashboards
from .dashboards.model import text_of, uid
from .keys import MonitoringKeys

if TYPE_CHECKING:
    from ..settings.models import MonitoringSettings

POD_MONITOR, SERVICE_MONITOR = "pod-monitor", "service-monitor"
POOLER_POD_MONITOR, POOLER_SERVICE_MONITOR = "pooler-pod-monitor", "pooler-service-monitor"
RULES, RULE_FILE, DASHBOARDS = "rules", "rule-file", "dashboards"
OPERATOR = "monitoring.coreos.com/v1"
DECIDED: Mapping[str, str] = {}
WIDTH = 120


def monitoring_objects(keys: MonitoringKeys, watched: Callable[[str], Watched]) -> dict[str, Made]:
    """Everything that McpMonitoring registers, before patches.

    :param watched: what is known of the server, once its namespace is.
    """
    labels = {**common.labels(keys.server_name, "monitoring"), **keys.labels}

    def made(api_version: str, kind: str, name: str = keys.server_name, **body: common.Spec) -> Made:
        return Made(api_version, kind, {"metadata": common.metadata(name, keys.namespace, labels), **body})

    def groups(namespace: str) -> list[common.Spec]:
        return rules.groups(watched(namespace), keys.runbook_url)

    result: dict[str, Made] = {}
    if keys.monitor == POD_MONITOR:
        spec = specs.pod_monitor(keys.server_name, keys.namespace, keys.port_name, keys)
        result[POD_MONITOR] = made(OPERATOR, "PodMonitor", spec=spec)
    elif keys.monitor == SERVICE_MONITOR:
        spec = specs.service_monitor(keys.server_name, keys.namespace, keys.port_name, keys)
        result[SERVICE_MONITOR] = made(OPERATOR, "ServiceMonitor", spec=spec)
    pooler = keys.pooler_name if keys.pooler_exporter else None
    # After the server, not the pooler: where another server or colour comes to watch it, the new object is made before
    # the old one goes, and two of one name would be one object.
    name = f"{keys.server_name}-pooler"
    if pooler is not None and keys.monitor == POD_MONITOR:
        result[POOLER_POD_MONITOR] = made(OPERATOR, "PodMonitor", name, spec=specs.pooler_pod_monitor(pooler, keys))
    elif pooler is not None and keys.monitor == SERVICE_MONITOR:
        spec = specs.pooler_service_monitor(pooler, keys)
        result[POOLER_SERVICE_MONITOR] = made(OPERATOR, "ServiceMonitor", name, spec=spec)
    if keys.rules == "prometheus-rule":
        result[RULES] = made(OPERATOR, "PrometheusRule", spec={"groups": mapped(keys.namespace, groups)})
    elif keys.rules == "config-map":
        text: pulumi.Input[str] = mapped(keys.namespace, lambda namespace: rule_file(groups(namespace)))
        name = f"{keys.server_name}-rules"
        result[RULE_FILE] = made("v1", "ConfigMap", name, data={f"{keys.server_name}.rules.yaml": text})
    if keys.dashboards:
        found = mapped(keys.namespace, lambda namespace: dashboard_files(watched(namespace)))
        name, labels = f"{keys.server_name}-dashboards", {**labels, **keys.dashboard_labels}
        result[DASHBOARDS] = made("v1", "ConfigMap", name, data=found)
    return result


def without_words(keys: MonitoringKeys, watched: Watched) -> set[str]:
    """Suffixes of rules and dashboards that have nothing to say, as of a colour that the probe does not call and
    nothing else watches."""
    silent = set() if keys.rules == "none" or rules.groups(watched, keys.runbook_url) else {RULES, RULE_FILE}
    return silent if not keys.dashboards or dashboards(watched) else {*silent, DASHBOARDS}


def is_evaluated(keys: MonitoringKeys | MonitoringSettings) -> bool:
    """Whether anything is made that reads metrics: rules or dashboards."""
    return keys.rules != "none" or keys.dashboards


def is_anything(keys: MonitoringKeys | MonitoringSettings) -> bool:
    """Whether the monitoring makes an object at all."""
    return keys.monitor != "none" or is_evaluated(keys)


@lru_cache(maxsize=64)
def dashboard_files(watched: Watched) -> Mapping[str, str]:
    """File name of each dashboard to its text. A sidecar loads those of all ConfigMaps into one folder.

    Kept, since the texts of one server are asked for by the rules, by the names of what a region makes, and when they
    are registered.
    """
    return {f"{uid(one.name, watched)}.json": text_of(one, watched) for one in dashboards(watched)}


def rule_file(groups: list[common.Spec]) -> str:
    """A rule file as Prometheus reads it without the operator."""
    return yaml.safe_dump({"groups": groups}, sort_keys=False, width=WIDTH)
