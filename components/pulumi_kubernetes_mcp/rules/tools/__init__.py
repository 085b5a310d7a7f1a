"""Rules about the tools of a workload: their shares, and whether what is said of a call can be."""

from . import calls, percentiles, shares
from .calls import CUT, LONG_QUERIES, MORE_CPU_THAN_TIME, Call, cpu_findings, drain_findings, query_findings
from .percentiles import HEAVIEST, MARKOV, P95_BELOW_MEAN, P95_HEAVY, P95_IMPOSSIBLE, percentile_findings
from .shares import (
    NO_DURATION,
    SHARE_TOLERANCE,
    SHARES,
    TWICE,
    adds_up,
    duration_findings,
    name_findings,
    share_findings,
    sum_words,
)

RULES = (*shares.RULES, *percentiles.RULES, *calls.RULES)

__all__ = [
    "CUT",
    "HEAVIEST",
    "LONG_QUERIES",
    "MARKOV",
    "MORE_CPU_THAN_TIME",
    "NO_DURATION",
    "P95_BELOW_MEAN",
    "P95_HEAVY",
    "P95_IMPOSSIBLE",
    "RULES",
    "SHARES",
    "SHARE_TOLERANCE",
    "TWICE",
    "Call",
    "adds_up",
    "cpu_findings",
    "drain_findings",
    "duration_findings",
    "name_findings",
    "percentile_findings",
    "query_findings",
    "share_findings",
    "sum_words",
]
