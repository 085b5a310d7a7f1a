"""Rules about the list of tools: their shares, names and durations."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..model import Finding, Rule, Severity
from ..words import listed, number, quoted

SHARE_TOLERANCE = Fraction(1, 2)
"""How far a sum of shares may be off 100, in percent: three times 33.3 is meant as a whole."""


SHARES = Rule(
    code="MCP510",
    slug="tool-shares-not-100",
    severity=Severity.ERROR,
    title="the shares of the tools do not add up",
    meaning="""
        The `sharePercent` of all tools add up to less than 99.5 or more than 100.5. The finding says the sum, and the
        shares that they would be in the same relation.
        """,
    why="""
        The shares are parts of all calls. A sum below 100 says that a tool is missing, one above that a call is counted
        twice; CPU, responses and connections would all be planned for other calls than there are.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 70, durationMilliseconds: 120}
            - {name: get_order, sharePercent: 20, durationMilliseconds: 60}
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 70, durationMilliseconds: 120}
            - {name: get_order, sharePercent: 30, durationMilliseconds: 60}
        """,
)


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


TWICE = Rule(
    code="MCP511",
    slug="duplicate-tool",
    severity=Severity.ERROR,
    title="a tool is named twice",
    meaning="Two entries of `mcp:workload.tools` have the same name.",
    why="A server has one tool of a name. Of two entries only one could be planned with, and nobody sees which.",
    fails="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: get_order, sharePercent: 70, durationMilliseconds: 120}
            - {name: get_order, sharePercent: 30, durationMilliseconds: 60}
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 70, durationMilliseconds: 120}
            - {name: get_order, sharePercent: 30, durationMilliseconds: 60}
        """,
)


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


NO_DURATION = Rule(
    code="MCP512",
    slug="tool-without-duration",
    severity=Severity.ERROR,
    title="a tool without a duration",
    meaning="A tool has no `durationMilliseconds`, and no profile in `mcp:server.profile` has a tool of that name.",
    why="""
        Calls in flight are calls per second times their duration: without one nothing follows, neither CPU nor
        connections nor pods.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 100}
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          tools:
            - {name: search_orders, sharePercent: 100, durationMilliseconds: 120}
        """,
)


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


RULES = (
    SHARES,
    TWICE,
    NO_DURATION,
)
