"""Rules about what an autoscaler follows: queries, dialects, further metrics, and who may read them."""

from . import credentials, dialects, further, queries, targets
from .credentials import BAD_CREDENTIALS, CLEAR_CREDENTIALS, LONGEST_NAME, authentication_findings, is_name
from .dialects import (
    INEXACT_METRIC,
    NO_METRIC,
    PROMETHEUS_WITHOUT_KEDA,
    absent_metric_findings,
    gateway_findings,
    inexact_metric_findings,
    reader_findings,
)
from .further import (
    FOREIGN_CONTAINER,
    METRICS_BESIDE_KEDA,
    OF_CONTAINERS,
    REFUSED_METRIC,
    RESOURCES,
    TARGETS,
    metric_findings,
)
from .queries import (
    AVERAGE,
    EMPTY_AT_TIMES,
    HIDDEN_OUTAGE,
    NOT_ONE_SERIES,
    PERHAPS_NO_TOTAL,
    UNKNOWN_SERIES,
    query_findings,
)
from .targets import LEAST_TARGET, NO_TARGET, SAID_TWICE, said_twice_findings, target_findings

RULES = (*dialects.RULES, *queries.RULES, *targets.RULES, *further.RULES, *credentials.RULES)

__all__ = [
    "AVERAGE",
    "BAD_CREDENTIALS",
    "CLEAR_CREDENTIALS",
    "EMPTY_AT_TIMES",
    "FOREIGN_CONTAINER",
    "HIDDEN_OUTAGE",
    "INEXACT_METRIC",
    "LEAST_TARGET",
    "LONGEST_NAME",
    "METRICS_BESIDE_KEDA",
    "NOT_ONE_SERIES",
    "NO_METRIC",
    "NO_TARGET",
    "OF_CONTAINERS",
    "PERHAPS_NO_TOTAL",
    "PROMETHEUS_WITHOUT_KEDA",
    "REFUSED_METRIC",
    "RESOURCES",
    "RULES",
    "SAID_TWICE",
    "TARGETS",
    "UNKNOWN_SERIES",
    "absent_metric_findings",
    "authentication_findings",
    "gateway_findings",
    "inexact_metric_findings",
    "is_name",
    "metric_findings",
    "query_findings",
    "reader_findings",
    "said_twice_findings",
    "target_findings",
]
