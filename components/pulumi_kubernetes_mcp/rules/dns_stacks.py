"""Rules about one host in several stacks, as DNS answers it."""

from __future__ import annotations

from .model import Finding, Rule, Severity
from .words import listed

IDENTIFIER = Rule(
    code="MCP821",
    slug="dns-identifier-of-two-stacks",
    severity=Severity.ERROR,
    title="two regions call their record the same",
    meaning="""
        Two stacks publish one host with one `setIdentifier`, which is the name of the region where it is left out.
        """,
    why="""
        The identifier is what tells the records of a host apart. With the same one, each region's external-dns replaces
        the other's record: clients are all in one region, then all in the other.
        """,
    fails="""
        mcp:region: {name: us-east}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: weighted, weight: 50, setIdentifier: first, healthCheckId: a1}
        ---
        mcp:region: {name: eu-west}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: weighted, weight: 50, setIdentifier: first, healthCheckId: b2}
        """,
    passes="""
        mcp:region: {name: us-east}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: weighted, weight: 50, healthCheckId: a1}
        ---
        mcp:region: {name: eu-west}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: weighted, weight: 50, healthCheckId: b2}
        """,
)

ROUTING = Rule(
    code="MCP822",
    slug="dns-routings-differ",
    severity=Severity.ERROR,
    title="regions of one host have different routing policies",
    meaning="""
        Stacks publish one host, and `dns.routing` is not the same in all of them, or is 'simple' in more than one.
        """,
    why="""
        All records of a name have one policy: the provider refuses the second one, and the region that came last gets
        no client.
        """,
    fails="""
        mcp:region: {name: us-east}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: weighted, weight: 50, healthCheckId: a1}
        ---
        mcp:region: {name: eu-west}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: latency, awsRegion: eu-west-1, healthCheckId: b2}
        """,
    passes="""
        mcp:region: {name: us-east}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: latency, awsRegion: us-east-1, healthCheckId: a1}
        ---
        mcp:region: {name: eu-west}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: latency, awsRegion: eu-west-1, healthCheckId: b2}
        """,
)

NOBODY_ANSWERS = Rule(
    code="MCP823",
    slug="dns-no-region-answers",
    severity=Severity.ERROR,
    title="no region of a host gets clients, or two have one turn",
    meaning="""
        Every region of a host is drained or has a weight of 0; or with routing 'failover' not exactly one is the
        primary, or more than one the secondary.
        """,
    why="""
        With all weights 0 Route 53 answers with every region alike, drained or not. Without a primary the secondaries
        answer; with two of either the provider refuses one, which then never gets a client. A third region needs
        another policy, such as 'latency' with a health check, which fails over among all.
        """,
    fails="""
        mcp:region: {name: us-east}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: weighted, weight: 50, drained: true, healthCheckId: a1}
        ---
        mcp:region: {name: eu-west}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: weighted, weight: 0, healthCheckId: b2}
        """,
    passes="""
        mcp:region: {name: us-east}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: weighted, weight: 50, drained: true, healthCheckId: a1}
        ---
        mcp:region: {name: eu-west}
        mcp:edge:
          host: mcp.example.com
          dns: {routing: weighted, weight: 50, healthCheckId: b2}
        """,
)

RULES = (
    IDENTIFIER,
    ROUTING,
    NOBODY_ANSWERS,
)


def identifier_finding(*, host: str, identifier: str, stack: str, other: str, path: str) -> Finding:
    """MCP821: two stacks with one identifier."""
    return IDENTIFIER.at(
        path,
        f"The stacks {other} and {stack} both call their record of {host} '{identifier}'.",
        "Give each its own setIdentifier, such as the name of its region.",
    )


def routing_finding(*, host: str, stack: str, other: str, routings: tuple[str, str], path: str) -> Finding:
    """MCP822: two stacks with two policies, or with 'simple' twice."""
    mine, theirs = routings
    return ROUTING.at(
        path,
        f"The routing of {host} is '{theirs}' in {other} and '{mine}' in {stack}.",
        "Choose one of weighted, latency, failover and geolocation for all stacks of the host.",
    )


def nobody_finding(*, host: str, stacks: list[str], primaries: int | None, path: str, secondaries: int = 0) -> Finding:
    """MCP823: no stack is answered with, or not exactly one is the primary, or several are the secondary."""
    if primaries is None:
        said = f"Every region of {host} has a weight of 0 or is drained: {listed(stacks)}."
    elif primaries == 1:
        said = f"{secondaries} regions of {host} are the secondary one: {listed(stacks)}."
        return NOBODY_ANSWERS.at(
            path, said, "Let one be the secondary, or choose 'latency' or 'weighted' for all of them."
        )
    elif primaries:
        said = f"{primaries} regions of {host} are the primary one: {listed(stacks)}."
    else:
        said = f"No region of {host} is the primary one: {listed(stacks)}."
    return NOBODY_ANSWERS.at(path, said, "Let exactly one be the primary, or give a weight to a region that serves.")
