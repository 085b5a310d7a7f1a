"""Rules about load tests: whom they may be aimed at, what they call, and what bears them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .model import Finding, Rule, Severity
from .named_production import named_findings

_TOOLS = "tools: [{name: search, sharePercent: 100, durationMilliseconds: 200}]"

PRODUCTION = Rule(
    code="MCP640",
    slug="load-test-in-production",
    severity=Severity.ERROR,
    title="a load test is aimed at production without saying so by name",
    meaning="""
        `mcp:loadTest.scenario` makes a TestRun, which begins when the stack is deployed, and the stack is in
        production. `mcp:loadTest.production` does not name its region.
        """,
    why="""
        The test takes its capacity from the users, moves the autoscaler, and calls real tools thousands of times.
        Settings are copied from stack to stack; a name that has to fit the stack is not copied by mistake.
        """,
    fails=f"""
        mcp:region: {{name: us-east}}
        mcp:workload: {{peakSessions: 100, {_TOOLS}}}
        mcp:loadTest: {{scenario: peak}}
        """,
    passes=f"""
        mcp:region: {{name: us-east}}
        mcp:workload: {{peakSessions: 100, {_TOOLS}}}
        mcp:loadTest: {{scenario: peak, production: us-east}}
        """,
)

NO_TOOLS = Rule(
    code="MCP641",
    slug="load-test-without-tools",
    severity=Severity.ERROR,
    title="a load test of a workload without tools",
    meaning="`mcp:loadTest.scenario` is given, and `mcp:workload.tools` is empty: there is nothing to call.",
    why="Sessions that only list the tools say nothing of the calls that the plan was made for.",
    fails="""
        mcp:region: {name: here, environment: staging}
        mcp:workload: {peakSessions: 100}
        mcp:loadTest: {scenario: peak}
        """,
    passes=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:workload: {{peakSessions: 100, {_TOOLS}}}
        mcp:loadTest: {{scenario: peak}}
        """,
)

TOO_FEW_RUNNERS = Rule(
    code="MCP642",
    slug="too-few-runners",
    severity=Severity.ERROR,
    title="more virtual users than the runner pods bear",
    meaning="""
        The scenario opens more sessions than `mcp:loadTest.parallelism` runner pods bear at 500 each: 1 MiB of memory
        and two connections for every one.
        """,
    why="""
        A runner without memory is killed and takes its part of the load with it; one without CPU measures itself. Both
        look like a slow server.
        """,
    fails=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:workload: {{peakSessions: 2000, {_TOOLS}}}
        mcp:loadTest: {{scenario: peak, parallelism: 2}}
        """,
    passes=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:workload: {{peakSessions: 2000, {_TOOLS}}}
        mcp:loadTest: {{scenario: peak, parallelism: 4}}
        """,
)

HELD_STREAMS = Rule(
    code="MCP643",
    slug="load-test-of-event-streams",
    severity=Severity.WARNING,
    title="a load test whose sessions of HTTP+SSE call nothing",
    meaning="""
        A part of the sessions is of the era `sse`. k6 hands over a body when it ends, so the address for the calls,
        which comes on the stream, is never seen: these sessions hold their stream and call nothing.
        """,
    why="Their calls are missing in the load, and the result is better than the server.",
    fails=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, sse]
        mcp:workload: {{peakSessions: 100, eraPercent: {{modern: 60, sse: 40}}, {_TOOLS}}}
        mcp:loadTest: {{scenario: peak}}
        mcp:scaling: {{prometheusAddress: "http://prometheus.monitoring:9090"}}
        """,
    passes=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern]
        mcp:workload: {{peakSessions: 100, eraPercent: {{modern: 100}}, {_TOOLS}}}
        mcp:loadTest: {{scenario: peak}}
        """,
)

UNKNOWN_TOOL = Rule(
    code="MCP644",
    slug="arguments-of-no-tool",
    severity=Severity.ERROR,
    title="arguments for a tool that the workload does not have",
    meaning="`mcp:loadTest.arguments` has a name that is not in `mcp:workload.tools`.",
    why="It is a misspelt name: the tool that is meant would be called without arguments.",
    fails=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:workload: {{peakSessions: 100, {_TOOLS}}}
        mcp:loadTest: {{scenario: peak, arguments: {{serch: {{query: shoes}}}}}}
        """,
    passes=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:workload: {{peakSessions: 100, {_TOOLS}}}
        mcp:loadTest: {{scenario: peak, arguments: {{search: {{query: shoes}}}}}}
        """,
)

UNREAD = Rule(
    code="MCP645",
    slug="load-test-key-without-effect",
    severity=Severity.WARNING,
    title="keys of a load test that is not made",
    meaning="`mcp:loadTest` gives keys of a TestRun, and no `scenario`, so that none is made.",
    why="Whoever reads the stack believes that it is tested so.",
    fails="""
        mcp:loadTest: {parallelism: 4}
        """,
    passes=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:workload: {{peakSessions: 100, {_TOOLS}}}
        mcp:loadTest: {{scenario: peak, parallelism: 4}}
        """,
)


FOREIGN = Rule(
    code="MCP646",
    slug="load-test-of-another-server",
    severity=Severity.WARNING,
    title="a result of a load test of another server or region",
    meaning="The file that `mcp:loadTest.result` names was written for another server, or in another region.",
    why="Alerts count from its 95th percentile: of another server, or far from here, it is too high or too low.",
    fails="""
        mcp:loadTest: {result: profiles/orders-load.yaml}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          name: orders
        mcp:loadTest: {result: profiles/orders-load.yaml}
        """,
)

KNEE = Rule(
    code="MCP647",
    slug="sessions-beyond-the-knee",
    severity=Severity.WARNING,
    title="more sessions in a pod than a load test saw it serve",
    meaning="""
        The plan has more sessions in a pod than there were at the knee of the load test that `mcp:loadTest.result`
        names.
        """,
    why="Behind the knee calls queue: the objective is missed with each pod as full as it is planned to be.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          name: orders
        mcp:workload: {peakSessions: 100, sessionsPerPod: 60, concurrentCalls: 5, heavyCalls: 1}
        mcp:loadTest: {result: profiles/orders-load.yaml}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          name: orders
        mcp:workload: {peakSessions: 100, sessionsPerPod: 40, concurrentCalls: 5, heavyCalls: 1}
        mcp:loadTest: {result: profiles/orders-load.yaml}
        """,
)

LEAKED = Rule(
    code="MCP648",
    slug="memory-grew-under-load",
    severity=Severity.WARNING,
    title="a load test saw the memory grow without end",
    meaning="""
        In the load test that `mcp:loadTest.result` names, the memory of the server grew under a load that stood still.
        """,
    why="""
        At the memory limit the container is killed (OOMKilled), with all its sessions; a larger limit only moves the
        hour.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          name: orders
        mcp:loadTest: {result: profiles/leaking-load.yaml}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          name: orders
        mcp:loadTest: {result: profiles/orders-load.yaml}
        """,
)


def result_findings(
    *, of: tuple[str, str], expected: tuple[str, str], planned: int, knee: int | None, growth: float | None, path: str
) -> list[Finding]:
    """MCP646 to MCP648 for a result.

    :param of: region and server that it is of; ``expected`` those of the stack.
    :param planned: sessions of a pod.
    :param knee: those at the knee; ``None`` where none was found.
    :param growth: MiB an hour of a memory that grew; ``None`` where it did not.
    """
    found = []
    if of != expected:
        problem = f"It is of {'/'.join(of)}, and this is {'/'.join(expected)}."
        found.append(
            FOREIGN.at(path, problem, "Play the test here, and name its result; or accept this with the reason.")
        )
    if knee is not None and planned > knee:
        problem = f"{planned} sessions of a pod are planned, and its knee was at {knee}."
        found.append(KNEE.at(path, problem, f"Give at most {knee} sessionsPerPod, or mend what queues and test again."))
    if growth is not None:
        problem = f"Memory grew by {growth:,.1f} MiB an hour."
        found.append(LEAKED.at(path, problem, "Mend the leak, or the cache without a bound, and soak again."))
    return found


def production_findings(*, production: bool, named: str | None, expected: str, path: str) -> list[Finding]:
    """MCP640 in production, unless the region is named; and wherever another one is."""
    return named_findings(
        PRODUCTION,
        production=production,
        named=named,
        expected=expected,
        done="The load test would run against",
        remedy="leave ⟦scenario⟧ out",
        path=path,
    )


def tool_findings(*, tools: int, path: str) -> list[Finding]:
    """MCP641 for a workload without tools."""
    if tools:
        return []
    return [
        NO_TOOLS.at(
            path,
            "There is nothing to call.",
            "Give each tool with its share and its duration, or leave mcp:loadTest.scenario out.",
        )
    ]


def runner_findings(*, users: int, given: int, needed: int, each: int, path: str) -> list[Finding]:
    """MCP642 for too few runner pods."""
    if given >= needed:
        return []
    problem = f"{users:,} sessions are {users / given:,.0f} for each of {given}, and one bears {each}."
    return [TOO_FEW_RUNNERS.at(path, problem, f"Give at least {needed}, or leave it out.")]


def era_findings(*, eras: Mapping[str, float], path: str) -> list[Finding]:
    """MCP643 for sessions that hold a stream only."""
    share = 100 * eras.get("sse", 0) / (sum(eras.values()) or 1)
    if not share:
        return []
    return [
        HELD_STREAMS.at(
            path,
            f"{share:.3g} % of the sessions are of the era 'sse', and call nothing.",
            "Give more sessions for the others, or accept this where the streams are what is tested.",
        )
    ]


def argument_findings(*, given: Collection[str], known: Collection[str], path: str) -> list[Finding]:
    """MCP644 for each name that is no tool."""
    return [
        UNKNOWN_TOOL.at(
            path, f"There is no tool '{name}'; there are {', '.join(known)}.", "Mend the name, or take it out."
        )
        for name in given
        if name not in known
    ]


RULES = (PRODUCTION, NO_TOOLS, TOO_FEW_RUNNERS, HELD_STREAMS, UNKNOWN_TOOL, UNREAD, FOREIGN, KNEE, LEAKED)
