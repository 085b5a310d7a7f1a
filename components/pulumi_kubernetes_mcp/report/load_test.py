"""What ``mcp-stack loadtest`` shows: how a test went beside the plan, its knee, its memory, and what to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ..load_test.judgement import knee, loaded, passes, trend
from ..load_test.model import OPENING
from ..load_test.proposal import Proposal
from ..load_test.result_file import notes
from ..load_test.results import Outcome, StageResult, Times
from ..load_test.scenarios import STEPS_TO_KNEE
from .document import Block, Column, Document, Facts, Items, Section, Table

_STAGES = tuple(
    Column(title=title, right=right)
    for title, right in (
        ("stage", False),
        ("sessions", True),
        ("calls/s", True),
        ("planned", True),
        ("P50 ms", True),
        ("P95 ms", True),
        ("P99 ms", True),
        ("failed", True),
        ("objective", False),
    )
)
_TOOLS = tuple(
    Column(title=title, right=place > 0)
    for place, title in enumerate(("tool", "calls", "P50 ms", "P95 ms", "limit ms"))
)


def load_test_document(outcome: Outcome, proposal: Proposal | None) -> Document:
    """The report of one test."""
    sections = [
        Section(title="Stages", blocks=(_stages(outcome),)),
        Section(title="Tools", blocks=(_tools(outcome),)),
        *(Section(title="Failures", blocks=(block,)) for block in _failures(outcome)),
        *(Section(title="Knee", blocks=blocks) for blocks in _knee(outcome)),
        *(Section(title="Memory", blocks=blocks) for blocks in _memory(outcome, proposal)),
    ]
    if proposal is not None and proposal.texts:
        sections.append(Section(title="What to change", blocks=(Items(texts=proposal.texts),)))
    return Document(
        title=_title(outcome), blocks=(_facts(outcome),), sections=tuple(sections), notes=tuple(notes(outcome))
    )


def load_test_data(outcome: Outcome, proposal: Proposal | None) -> dict[str, Any]:
    """The same as plain data that JSON can hold."""
    found = knee(outcome) if outcome.plan["scenario"] == STEPS_TO_KNEE else None
    memory, held = trend(outcome), loaded(outcome)
    return {
        "stack": outcome.stack,
        "server": outcome.server,
        "scenario": outcome.plan["scenario"],
        "startedAt": outcome.started_at,
        "seconds": outcome.seconds,
        "runners": outcome.runners,
        "exactPercentiles": outcome.exact,
        "passed": not outcome.missed,
        "missedThresholds": list(outcome.missed),
        "loadedP95Milliseconds": None if held is None or held.times is None else held.times.p95,
        "loadedExchangeP95Milliseconds": None if held is None or held.openings is None else held.openings.p95,
        "sessions": {"begun": outcome.sessions, "closed": outcome.closed, "lost": outcome.lost},
        "failures": dict(outcome.failures),
        "stages": [_stage_data(stage, outcome) for stage in outcome.stages],
        "tools": {name: asdict(times) for name, times in outcome.tools.items()},
        "exchanges": {name: asdict(times) for name, times in outcome.exchanges.items()},
        "knee": None
        if found is None
        else {
            "sessionsPerPod": found.sessions_per_pod,
            "reached": found.first is not None,
            "firstBehind": None if found.first is None else found.first.name,
            "why": found.why,
        },
        "memory": None if memory is None else {**asdict(memory), "growing": memory.growing},
        "proposal": None if proposal is None else proposal.data,
        "notes": notes(outcome),
    }


def _title(outcome: Outcome) -> str:
    held = "kept what it promises" if not outcome.missed else "did not keep what it promises"
    if outcome.plan["scenario"] == STEPS_TO_KNEE and not outcome.missed:
        held = "was played to its end"
    return f"{outcome.stack}/{outcome.server}: the load test '{outcome.plan['scenario']}' {held}"


def _facts(outcome: Outcome) -> Facts:
    pods = int(outcome.plan["pods"])
    most = max((stage.sessions for stage in outcome.stages), default=0)
    pairs = [
        ("Played", str(outcome.plan["title"])),
        ("Sessions", f"{outcome.sessions:,} begun, {outcome.closed:,} closed, {outcome.lost:,} lost"),
        ("Sessions of a pod", f"{most / pods:,.1f} at most, {outcome.plan['sessionsPerPod']} planned"),
        ("Pods", f"{pods}"),
    ]
    if outcome.times is not None:
        pairs.append(("Calls", f"{outcome.times.count:,}, {_times(outcome.times)}"))
    held = loaded(outcome)
    if held is not None and held.times is not None:
        opened = held.openings or outcome.exchanges.get(OPENING)
        probe = "" if opened is None else f", of a handshake with its list of tools {opened.p95:,.1f} ms"
        pairs.append(("P95 under load", f"of a call {held.times.p95:,.1f} ms{probe} (stage {held.name})"))
    pairs += [("Missed", rule) for rule in outcome.missed]
    return Facts(pairs=tuple(pairs))


def _times(times: Times) -> str:
    return f"P50 {times.p50:,.1f} ms, P95 {times.p95:,.1f} ms, P99 {times.p99:,.1f} ms, longest {times.most:,.0f} ms"


def _stages(outcome: Outcome) -> Table:
    rows = []
    for stage in outcome.stages:
        times = (
            ("–", "–", "–")
            if stage.times is None
            else tuple(f"{x:,.1f}" for x in (stage.times.p50, stage.times.p95, stage.times.p99))
        )
        planned = "–" if stage.planned_calls_per_second is None else f"{stage.planned_calls_per_second:,.1f}"
        verdict = "not judged" if not stage.judged else "kept" if passes(stage, outcome) else "missed"
        rows.append(
            (
                stage.name,
                f"{stage.sessions:,.0f}",
                f"{stage.calls_per_second:,.1f}",
                planned,
                *times,
                f"{stage.failed_percent:.3g} %",
                verdict,
            )
        )
    return Table(columns=_STAGES, rows=tuple(rows), beside=2)


def _tools(outcome: Outcome) -> Table:
    rows = []
    for tool in outcome.plan["tools"]:
        times, limit = outcome.tools.get(tool["name"]), tool.get("limitMilliseconds")
        rows.append(
            (
                str(tool["name"]),
                "0" if times is None else f"{times.count:,}",
                "–" if times is None else f"{times.p50:,.1f}",
                "–" if times is None else f"{times.p95:,.1f}",
                "–" if limit is None else f"{limit:,.0f}",
            )
        )
    return Table(columns=_TOOLS, rows=tuple(rows))


def _failures(outcome: Outcome) -> Iterator[Block]:
    if outcome.failures:
        yield Facts(pairs=tuple((reason, f"{number:,}") for reason, number in outcome.failures.items()))


def _knee(outcome: Outcome) -> Iterator[tuple[Block, ...]]:
    if outcome.plan["scenario"] != STEPS_TO_KNEE:
        return
    found = knee(outcome)
    if found.first is None:
        yield (f"No step is behind the knee: it is above {found.sessions_per_pod} sessions of a pod.",)
    elif found.last is None:
        yield (f"The first step is behind the knee already: {found.why}. Begin lower, with fewer --sessions.",)
    else:
        yield (
            f"{found.sessions_per_pod} sessions of a pod ({found.last.name}). Behind it, at {found.first.name}: "
            f"{found.why}.",
        )


def _memory(outcome: Outcome, proposal: Proposal | None) -> Iterator[tuple[Block, ...]]:
    found = trend(outcome)
    if found is None:
        if outcome.memory:
            yield ("Too few samples of the memory for a trend: a soak needs its whole length.",)
        return
    limit = None if proposal is None else proposal.memory_limit_mib
    hours = None if limit is None else found.hours_to(limit)
    words = "grows" if found.growing else "does not grow"
    end = "" if hours is None else f" It reaches the limit of {limit:,.0f} MiB in {hours:,.1f} h."
    yield (
        f"It {words}: {found.start_mib:,.1f} to {found.end_mib:,.1f} MiB in {found.hours * 60:,.1f} min, "
        f"{found.mib_per_hour:+,.1f} MiB an hour (Kendall's τ {found.tau:+.2f}).{end}",
    )


def _stage_data(stage: StageResult, outcome: Outcome) -> dict[str, Any]:
    return {
        "name": stage.name,
        "sessions": stage.sessions,
        "seconds": stage.seconds,
        "callsPerSecond": stage.calls_per_second,
        "plannedCallsPerSecond": stage.planned_calls_per_second,
        "times": None if stage.times is None else asdict(stage.times),
        "failedPercent": stage.failed_percent,
        "lostSessions": stage.lost_sessions,
        "judged": stage.judged,
        "passes": passes(stage, outcome) if stage.judged else None,
    }
