"""Rules about the database: connections are counted at the maximum number of pods."""

from . import connections, pooler, variables
from .connections import (
    BUDGET,
    RESERVE,
    ROLLOUT,
    SINGLE_PROCESS,
    SINGLE_WRITER,
    budget_findings,
    reserve_findings,
    rollout_findings,
    single_process_findings,
    single_writer_findings,
)
from .pooler import POOLER_ABOVE_BUDGET, POOLER_CLIENTS, SINGLE_POOLER, pooler_findings, single_pooler_findings
from .variables import NO_URL, OUT_OF_REACH, URL_BESIDE_POOLER, name_findings, reach_findings, url_findings

RULES = (*connections.RULES, *pooler.RULES, *variables.RULES)

__all__ = [
    "BUDGET",
    "NO_URL",
    "OUT_OF_REACH",
    "POOLER_ABOVE_BUDGET",
    "POOLER_CLIENTS",
    "RESERVE",
    "ROLLOUT",
    "RULES",
    "SINGLE_POOLER",
    "SINGLE_PROCESS",
    "SINGLE_WRITER",
    "URL_BESIDE_POOLER",
    "budget_findings",
    "name_findings",
    "pooler_findings",
    "reach_findings",
    "reserve_findings",
    "rollout_findings",
    "single_pooler_findings",
    "single_process_findings",
    "single_writer_findings",
    "url_findings",
]
