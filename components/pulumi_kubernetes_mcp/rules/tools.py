"""Rules about the tools of a workload: their shares, and whether what is said of a call can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp

from ..planning.queueing import NORMAL_P95, lognormal_cv2
from .model import Finding, Rule, Severity
from .words import at_least, at_most, listed, number, quoted, up

SHARES = Rule(
    code="MCP510",
    severity=Severity.ERROR,
    title="the shares of the tools do not add up",
    why="The shares are parts of all calls. A sum below 100 says that a tool is missing, one above that a call is "
    "counted twice; CPU, responses and connections would all be planned for other calls than there are.",
)
TWICE = Rule(
    code="MCP511",
    severity=Severity.ERROR,
    title="a tool is named twice",
    why="A server has one tool of a name. Of two entries only one could be planned with, and nobody sees which.",
)
NO_DURATION = Rule(
    code="MCP512",
    severity=Severity.ERROR,
    title="a tool without a duration",
    why="Calls in flight are calls per second times their duration: without one nothing follows, neither CPU nor "
    "connections nor pods.",
)
P95_BELOW_MEAN = Rule(
    code="MCP513",
    severity=Severity.ERROR,
    title="a 95th percentile below its mean",
    why="Times with a tail have their 95th percentile well above the mean. Below it, units are mixed up or the two "
    "numbers come from different measurements.",
)
P95_IMPOSSIBLE = Rule(
    code="MCP514",
    severity=Severity.ERROR,
    title="a 95th percentile that its mean does not allow",
    why="One time in twenty is at least the 95th percentile, so the mean is at least a twentieth of it (Markov's "
    "inequality). Above 20 times the mean the two numbers cannot be of the same times.",
)
P95_HEAVY = Rule(
    code="MCP515",
    severity=Severity.WARNING,
    title="a 95th percentile heavier than any lognormal",
    why="The plan takes times as lognormal, whose 95th percentile is at most 3.87 times the mean. Above, it counts "
    "with the heaviest one, and says too little of the waiting.",
)
LONG_QUERIES = Rule(
    code="MCP516",
    severity=Severity.ERROR,
    title="queries that last longer than their call",
    why="A call waits for its queries, so it lasts at least as long. The plan would count more connections in use than "
    "calls in flight.",
)
CUT = Rule(
    code="MCP517",
    severity=Severity.WARNING,
    title="a tool slower than the slowest",
    why="The drain and every timeout are made from mcp:server.maxToolSeconds. Calls that last longer are cut by a "
    "rollout, and may be cut by the route.",
)
MORE_CPU_THAN_TIME = Rule(
    code="MCP518",
    severity=Severity.WARNING,
    title="a call with more CPU than its time holds",
    why="A call cannot take more CPU than its duration times the cores that the server can use. Here it lasts longer "
    "than is said, and the pod holds fewer of them.",
)

SHARE_TOLERANCE = Fraction(1, 2)
"""How far a sum of shares may be off 100, in percent: three times 33.3 is meant as a whole."""
HEAVIEST = exp(NORMAL_P95**2 / 2)
"""The most that the 95th percentile of a lognormal is above its mean, 3.868 times."""
MARKOV = 20
"""P(X ≥ a) ≤ mean / a, and a twentieth of the times is at or above the 95th percentile."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """What is planned of a call of one tool, and the settings that say it."""

    name: str
    duration_milliseconds: float
    p95_milliseconds: float | None
    """``None`` where neither the stack nor a profile says it."""
    cpu_milliseconds: float
    """The least that it takes: of a measured one the lower end of its interval."""
    queries: float
    query_milliseconds: float | None
    """Time that a query holds a connection; ``None`` without a database server."""


def share_findings(shares: Sequence[tuple[str, float]], *, path: str) -> list[Finding]:
    """MCP510 unless the shares of the tools, in percent, add up to 100; nothing without tools."""
    return [SHARES.at(path, *sum_words(shares, "tools", "tool"))] if shares and not adds_up(shares) else []


def adds_up(shares: Sequence[tuple[str, float]]) -> bool:
    """Whether shares in percent are meant as a whole."""
    return abs(_total(shares) - 100) <= SHARE_TOLERANCE


def _total(shares: Sequence[tuple[str, float]]) -> Fraction:
    return sum((Fraction(str(share)) for _, share in shares), Fraction(0))


def sum_words(shares: Sequence[tuple[str, float]], many: str, one: str) -> tuple[str, str]:
    """What is wrong with shares, and what they would be in the same relation."""
    total = _total(shares)
    problem = f"The shares of {len(shares)} {many if len(shares) > 1 else one} add up to {number(float(total))} %."
    if not total:
        return problem, f"Give each {one} its part of 100, or leave all out."
    scaled = [f"{name} {number(float(Fraction(str(share)) * 100 / total))}" for name, share in shares]
    return problem, f"Make it 100: in the same relation {listed(scaled)}; or add the {one} that is missing."


def name_findings(names: Sequence[str], *, path: str) -> list[Finding]:
    """MCP511 for each tool whose name stood before it. The place is ``path[n].name``."""
    first: dict[str, int] = {}
    found = []
    for place, name in enumerate(names):
        if first.setdefault(name, place) != place:
            found.append(
                TWICE.at(
                    f"{path}[{place}].name",
                    f"The tool {quoted(name)} is {_nth(first[name])} too.",
                    "Keep one of the two, with the sum of their shares.",
                )
            )
    return found


def _nth(place: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth")
    return f"the {words[place]} entry" if place < len(words) else f"entry {place + 1}"


def duration_findings(name: str, *, profile: str | None, path: str) -> list[Finding]:
    """MCP512: a tool whose duration nobody says. ``profile`` is the path of the profile that lacks it."""
    lack = f", and {profile} has no tool of that name" if profile else ""
    return [
        NO_DURATION.at(
            path,
            f"The tool {quoted(name)} has no duration{lack}.",
            "Give its mean in milliseconds; or measure it with 'mcp-stack measure', and name the file that this writes "
            "in mcp:server.profile.",
        )
    ]


def percentile_findings(
    *,
    mean: float,
    p95: float | None,
    unit: str,
    path: str,
    two_kinds: str = "Split it into two tools, a quick and a slow one",
) -> list[Finding]:
    """MCP513, MCP514 or MCP515 if the 95th percentile does not fit its mean, both in ``unit``.

    :param two_kinds: what to do where times of two kinds are mixed.
    """
    if p95 is None or p95 == mean:
        return []
    given = f"The 95th percentile of {number(p95)} {unit} is"
    if p95 < mean:
        return [
            P95_BELOW_MEAN.at(
                path,
                f"{given} below the mean of {number(mean)} {unit}.",
                f"Give at least {number(mean)} {unit}, or leave it out: three times the mean is then taken. Check the "
                "units.",
            )
        ]
    if Fraction(str(p95)) > MARKOV * Fraction(str(mean)):
        return [
            P95_IMPOSSIBLE.at(
                path,
                f"{given} {number(p95 / mean)} times the mean of {number(mean)} {unit}; {MARKOV} times is the most.",
                f"Give at most {at_most(MARKOV * mean)} {unit}, or a mean of at least {at_least(p95 / MARKOV)}; and "
                "check the units.",
            )
        ]
    if lognormal_cv2(mean, p95) is None:
        return [
            P95_HEAVY.at(
                path,
                f"{given} {number(p95 / mean)} times the mean of {number(mean)} {unit}; a lognormal has 3.87 at most.",
                f"{two_kinds}, each with its mean; or give {at_most(HEAVIEST * mean)} {unit}, with which the plan "
                "counts in any case; or accept this.",
            )
        ]
    return []


def query_findings(call: Call, *, path: str) -> list[Finding]:
    """MCP516 if the queries of a call last longer than the call."""
    if call.query_milliseconds is None:
        return []
    one, all_queries = Fraction(str(call.query_milliseconds)), Fraction(str(call.queries))
    if one * all_queries <= Fraction(str(call.duration_milliseconds)):
        return []
    most = call.duration_milliseconds / call.queries
    return [
        LONG_QUERIES.at(
            path,
            f"Its queries take {number(float(one * all_queries))} ms ({number(call.queries)} × "
            f"{number(call.query_milliseconds)} ms), and a call of {quoted(call.name)} lasts "
            f"{number(call.duration_milliseconds)} ms.",
            f"Set queries to 0 if it uses no database, or give queryMilliseconds of at most {at_most(most)}; queries "
            "side by side count as one.",
        )
    ]


def drain_findings(call: Call, *, max_tool_seconds: int, path: str) -> list[Finding]:
    """MCP517 if one call in twenty, or the mean where no more is known, lasts longer than the slowest tool may."""
    slow = call.duration_milliseconds if call.p95_milliseconds is None else call.p95_milliseconds
    if slow <= max_tool_seconds * 1000:
        return []
    which = "The mean call" if call.p95_milliseconds is None else "One call in twenty"
    return [
        CUT.at(
            path,
            f"{which} of {quoted(call.name)} lasts {number(slow / 1000)} s or more, and mcp:server.maxToolSeconds is "
            f"{max_tool_seconds}.",
            f"Set mcp:server.maxToolSeconds to at least {up(slow / 1000)}, or make the tool a task that is "
            "asked for its result.",
        )
    ]


def cpu_findings(call: Call, *, assumed: bool, usable_cores: float, path: str) -> list[Finding]:
    """MCP518 if a call takes more CPU than its duration holds on the cores that the server can use.

    :param assumed: whether nobody said how much CPU it takes.
    """
    if call.cpu_milliseconds <= call.duration_milliseconds * usable_cores or not usable_cores:
        return []
    least = call.cpu_milliseconds / usable_cores
    if assumed:
        return [
            MORE_CPU_THAN_TIME.at(
                path,
                f"A call of {quoted(call.name)} is assumed to take {number(call.cpu_milliseconds)} ms of CPU, and "
                f"lasts {number(call.duration_milliseconds)} ms.",
                f"Give its CPU, at most {at_most(call.duration_milliseconds * usable_cores)} ms.",
            )
        ]
    cores = call.cpu_milliseconds / call.duration_milliseconds
    return [
        MORE_CPU_THAN_TIME.at(
            path,
            f"A call of {quoted(call.name)} takes {number(call.cpu_milliseconds)} ms of CPU in "
            f"{number(call.duration_milliseconds)} ms, and the server can use {number(usable_cores)} "
            f"{'core' if usable_cores == 1 else 'cores'}.",
            f"Give a duration of at least {at_least(least)} ms; or, if the work runs in other processes or threads, "
            f"set mcp:workload.workers to {number(up(cores))} or more, and a CPU limit of that many cores.",
        )
    ]
