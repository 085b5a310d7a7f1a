"""Arguments of McpAutoscaling: what a caller may say, the defaults put in, the rules applied."""

from .check import autoscaling_findings, query_findings
from .keys import (
    AuthenticationArgs,
    DescribedObjectArgs,
    McpAutoscalingArgs,
    MetricArgs,
    ScalingRulesArgs,
    ScheduleArgs,
)
from .spec import (
    DEFAULT_CPU_PERCENT,
    DEFAULT_SESSIONS_PER_POD,
    autoscaler_spec,
    behavior_reasons,
    chosen_kind,
    derived,
    followed,
)

__all__ = [
    "DEFAULT_CPU_PERCENT",
    "DEFAULT_SESSIONS_PER_POD",
    "AuthenticationArgs",
    "DescribedObjectArgs",
    "McpAutoscalingArgs",
    "MetricArgs",
    "ScalingRulesArgs",
    "ScheduleArgs",
    "autoscaler_spec",
    "autoscaling_findings",
    "behavior_reasons",
    "chosen_kind",
    "derived",
    "followed",
    "query_findings",
]
