"""What will be done and what happened, as tables and as plain data. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from ..report.console import clean
from ..rules.forms import redacted
from .judge import Cost, Verdict
from .model import Allowed, Pace, Plan, Run

_HEAD = "# What 'mcp-stack chaos' did, and what it did to clients.\n"
_DIGITS = 3


def plan_lines(plan: Plan, pace: Pace, allowed: Allowed) -> Iterator[str]:
    """What will be done, in words."""
    yield f"{plan.experiment}: {_done_to(plan)}"
    for number, step in enumerate(plan.steps, 1):
        yield f"  {number}. {clean(redacted(step.says))}"
        if step.undo is not None:
            yield f"     undone after {pace.hold:g} s: {clean(redacted(step.undo.shown.splitlines()[0]))}"
        elif step.restored_by:
            yield f"     brought back by {step.restored_by}"
    if plan.rights:
        yield f"It needs: {'; '.join(plan.rights)}."
    yield from plan.notes
    calls = "any while it lasts" if allowed.calls_lost is None else str(allowed.calls_lost)
    yield (
        f"Clients of each era: {pace.clients}, {pace.rate:g} calls a second each. Calls that may fail: {calls}. "
        f"Recovery within {allowed.recover:g} s."
    )


def _done_to(plan: Plan) -> str:
    if not plan.affected:
        return f"what {len(plan.pods)} pods use" if plan.pods else "what the pods use"
    return f"{len(plan.affected)} of {len(plan.pods)} pods"


def cost_table(verdict: Verdict) -> Table:
    """What it cost, by era."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("Clients", "Calls", "Lost", "Sessions", "Lost", "Recovered", "Longest", "Reasons"):
        made.add_column(title, justify="left" if title in ("Clients", "Reasons") else "right")
    for cost in verdict.costs:
        made.add_row(
            cost.era.value,
            str(cost.calls),
            str(cost.lost),
            str(cost.sessions) if cost.sessions else "–",
            str(cost.sessions_lost) if cost.sessions else "–",
            "never" if cost.recovered_seconds is None else f"{cost.recovered_seconds:.1f} s",
            f"{cost.longest_seconds:.1f} s",
            ", ".join(f"{reason} {number}" for reason, number in sorted(cost.reasons.items())),
        )
    return made


def line_table(verdict: Verdict) -> Table:
    """Every expectation, and whether it holds."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("", "Of", "Expected", "Seen"):
        made.add_column(title)
    for line in verdict.lines:
        word = Text("pass", style="green") if line.passed else Text("fail", style="bold red")
        made.add_row(word, line.era.value if line.era else "pods", line.expected, clean(line.seen))
    return made


def data(
    plan: Plan, pace: Pace, run: Run, verdict: Verdict, *, where: str, when: datetime, words: str
) -> dict[str, Any]:
    """The result for a file and for programs. Words of commands are in it, without what may be a secret.

    :param where: cluster and namespace, or this machine.
    :param words: letters of this run, which are in the names of objects and in the calls.
    """
    return {
        "experiment": plan.experiment.value,
        "run": words,
        "where": where,
        "at": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "passed": verdict.passed,
        "steps": [redacted(step.says) for step in plan.steps],
        "pods": [pod.name for pod in plan.pods],
        "affected": [pod.name for pod in plan.affected],
        "lastedSeconds": None if run.lasted is None else round(run.lasted, _DIGITS),
        "pace": {f"{name}Seconds" if name in _SECONDS else name: value for name, value in asdict(pace).items()},
        "eras": [_cost(cost) for cost in verdict.costs],
        "expectations": [
            {
                "of": line.era.value if line.era else "pods",
                "passed": line.passed,
                "expected": line.expected,
                "seen": line.seen,
            }
            for line in verdict.lines
        ],
        "left": list(run.left),
    }


_SECONDS = frozenset({"timeout", "before", "hold", "recover"})


def _cost(cost: Cost) -> dict[str, Any]:
    found = {
        "era": cost.era.value,
        "calls": cost.calls,
        "callsLost": cost.lost,
        "longestSeconds": round(cost.longest_seconds, _DIGITS),
        "reasons": dict(sorted(cost.reasons.items())),
        "recoveredSeconds": None if cost.recovered_seconds is None else round(cost.recovered_seconds, _DIGITS),
    }
    if cost.sessions:
        found |= {
            "sessions": cost.sessions,
            "sessionsLost": cost.sessions_lost,
            "sessionsLostElsewhere": cost.elsewhere,
        }
    return found


def text(found: dict[str, Any]) -> str:
    """The file."""
    import yaml

    return _HEAD + yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=120)
