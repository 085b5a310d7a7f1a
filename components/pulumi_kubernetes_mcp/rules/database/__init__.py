"""Rules about the database: connections are counted at the maximum number of pods."""

from . import connections, pooler
from .connections import (
    BUDGET,
    RESERVE,
    ROLLOUT,
    SINGLE_WRITER,
    budget_findings,
    reserve_findings,
    rollout_findings,
    single_writer_findings,
)
from .pooler import POOLER_ABOVE_BUDGET, POOLER_CLIENTS, SINGLE_POOLER, pooler_findings, single_pooler_findings

RULES = (*connections.RULES, *pooler.RULES)

__all__ = [
    "BUDGET",
    "POOLER_ABOVE_BUDGET",
    "POOLER_CLIENTS",
    "RESERVE",
    "ROLLOUT",
    "RULES",
    "SINGLE_POOLER",
    "SINGLE_WRITER",
    "budget_findings",
    "pooler_findings",
    "reserve_findings",
    "rollout_findings",
    "single_pooler_findings",
    "single_writer_findings",
]
