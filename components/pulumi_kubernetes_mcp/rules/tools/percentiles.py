"""Rules about a 95th percentile and its mean."""

from __future__ import annotations

from fractions import Fraction
from math import exp

from ...planning.queueing import NORMAL_P95, lognormal_cv2
from ..model import Finding, Rule, Severity
from ..words import at_least, at_most, number

HEAVIEST = exp(NORMAL_P95**2 / 2)
"""The most that the 95th percentile of a lognormal is above its mean, 3.868 times."""


MARKOV = 20
"""P(X ≥ a) ≤ mean / a, and a twentieth of the times is at or above the 95th percentile."""


P95_BELOW_MEAN = Rule(
    code="MCP513",
    slug="p95-below-mean",
    severity=Severity.ERROR,
    title="a 95th percentile below its mean",
    meaning="`p95Milliseconds` of a tool is below its mean duration, or `sessionP95Minutes` below `sessionMinutes`.",
    why="""
        Times with a tail have their 95th percentile well above the mean. Below it, units are mixed up or the two
        numbers come from different measurements.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 100, durationMilliseconds: 120, p95Milliseconds: 90}
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 100, durationMilliseconds: 120, p95Milliseconds: 400}
        """,
)


P95_IMPOSSIBLE = Rule(
    code="MCP514",
    slug="impossible-p95",
    severity=Severity.ERROR,
    title="a 95th percentile that its mean does not allow",
    meaning="""
        `p95Milliseconds` of a tool is above 20 times its mean duration, or `sessionP95Minutes` above 20 times
        `sessionMinutes`. No times have such a pair.
        """,
    why="""
        One time in twenty is at least the 95th percentile, so the mean is at least a twentieth of it (Markov's
        inequality). Above 20 times the mean the two numbers cannot be of the same times.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 100, durationMilliseconds: 120, p95Milliseconds: 2500}
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 100, durationMilliseconds: 120, p95Milliseconds: 400}
        """,
)


P95_HEAVY = Rule(
    code="MCP515",
    slug="heavy-tailed-p95",
    severity=Severity.WARNING,
    title="a 95th percentile heavier than any lognormal",
    meaning="""
        A 95th percentile is above 3.87 times its mean: more than exp(1.645² / 2), the most that a lognormal has, and at
        most 20 times, which is possible. Such a tool has two kinds of calls, such as hits and misses of a cache; two
        tools with a mean each say more.
        """,
    why="""
        The plan takes times as lognormal, whose 95th percentile is at most 3.87 times the mean. Above, it counts with
        the heaviest one, and says too little of the waiting.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 100, durationMilliseconds: 120, p95Milliseconds: 900}
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 100, durationMilliseconds: 120, p95Milliseconds: 460}
        """,
)


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


RULES = (
    P95_BELOW_MEAN,
    P95_IMPOSSIBLE,
    P95_HEAVY,
)
