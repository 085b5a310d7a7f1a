"""What McpAutoscaling is made from: what follows from the arguments as a spec, and the rules applied to them."""

from .check import autoscaling_findings, query_findings
from .spec import autoscaler_spec, behavior_reasons, chosen_kind, followed

__all__ = [
    "autoscaler_spec",
    "autoscaling_findings",
    "behavior_reasons",
    "chosen_kind",
    "followed",
    "query_findings",
]
