"""Rules about components of a program that are handed to each other."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Finding, Rule, Severity
from .words import listed

CONTRADICTION = Rule(
    code="MCP131",
    slug="contradicts-component",
    severity=Severity.ERROR,
    title="an argument that contradicts the component it belongs to",
    meaning="""
        A component was handed another one, such as `server=`, and an argument besides says something else than that
        one. Only a program can say it: the parts of a stack follow from one plan.
        """,
    why="""
        The value is one fact about the server. An autoscaler that believes in other eras follows the wrong metric, a
        route to another path or namespace answers 404, and a drain that is shorter than the server's ends sessions.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {"max_replicas": 6, "eras": ["legacy-stateful"]},
            server=McpService(
                "orders",
                {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "mcp-prod", "eras": ["modern"]},
            ),
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {"max_replicas": 6},
            server=McpService(
                "orders",
                {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "mcp-prod", "eras": ["modern"]},
            ),
        )
        """,
    note="A value that is an Output is compared when it is known.",
)

FIXED_SERVER = Rule(
    code="MCP132",
    slug="autoscaler-of-fixed-server",
    severity=Severity.ERROR,
    title="an autoscaler of a server whose number of pods is fixed",
    meaning="An `McpAutoscaling` was handed a server that says `autoscaled: false`.",
    why="""
        Without an autoscaler the Deployment keeps the number of pods that the program gives, and writes it at each
        update. An autoscaler beside it moves the number, and every update moves it back.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {"max_replicas": 6},
            server=McpService(
                "orders",
                {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "mcp-prod", "autoscaled": False},
            ),
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {"max_replicas": 6},
            server=McpService(
                "orders",
                {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "mcp-prod", "autoscaled": True},
            ),
        )
        """,
)


ONE_NAMESPACE = Rule(
    code="MCP133",
    slug="namespace-of-two-regions",
    severity=Severity.ERROR,
    title="two regions of a program in one namespace",
    meaning="""
        Two `McpRegion` of one program, with the same provider, both make the same namespace; or share one that at most
        one of them makes, and have objects of one name in it. MCP813 and MCP817 say the same of two stacks.
        """,
    why="""
        The cluster refuses the second object of a name in the middle of the update, or the second region takes over
        what the first has made, and the destruction of either deletes the servers of both.
        """,
    fails="""
        [
            McpRegion(
                name,
                {
                    "region": {"name": name, "namespace": "mcp"},
                    "server": {"image": "ghcr.io/acme/mcp-server:1.4.2", "health_path": "/healthz"},
                    "workload": {"daily_users": 500.0},
                    "edge": {"host": f"{name}.example.com", "implementation": "envoy-gateway"},
                },
            )
            for name in ("orders", "billing")
        ]
        """,
    passes="""
        [
            McpRegion(
                name,
                {
                    "region": {"name": name, "namespace": f"mcp-{name}"},
                    "server": {"image": "ghcr.io/acme/mcp-server:1.4.2", "health_path": "/healthz"},
                    "workload": {"daily_users": 500.0},
                    "edge": {"host": f"{name}.example.com", "implementation": "envoy-gateway"},
                },
            )
            for name in ("orders", "billing")
        ]
        """,
    note="""
        Several servers in one namespace are one region with `servers`. For regions in several clusters hand each the
        provider of its own (`opts`); two providers are taken for two clusters.
        """,
)


def region_findings(*, namespace: str, region: str, other: str, both_make: bool, names: Sequence[str]) -> list[Finding]:
    """MCP133 for two regions of a program in one namespace.

    :param both_make: whether both make it.
    :param names: what the objects of both are called after.
    """
    two = f"McpRegion '{region}' and McpRegion '{other}'"
    if both_make:
        problem = f"{two} both make the namespace '{namespace}' with one provider."
        remedy = (
            "Give one of them another namespace, make one region of them with servers, or hand each the provider of "
            "its cluster."
        )
        return [ONE_NAMESPACE.at("region.namespace", problem, remedy)]
    if names:
        problem = f"{two} both have {listed(names)} in the namespace '{namespace}'."
        return [ONE_NAMESPACE.at("server.name", problem, "Give one of them other names, or another namespace.")]
    return []


def contradiction_findings(*, given: str, told: str, by: str, path: str) -> list[Finding]:
    """MCP131 for an argument that says something else than the component it belongs to.

    :param by: class and name of that one.
    """
    problem = f"It is {given}, and {by} says {told}."
    return [CONTRADICTION.at(path, problem, f"Leave it out: {by} tells it. Or change it there.")]


def fixed_server_findings(*, autoscaled: bool, by: str, path: str) -> list[Finding]:
    """MCP132 if a server that is handed to an autoscaler has a fixed number of pods."""
    if autoscaled:
        return []
    problem = f"{by} has autoscaled: false, so each update writes the number of its pods."
    return [FIXED_SERVER.at(path, problem, f"Remove the autoscaler, or remove autoscaled from {by}.")]


RULES = (CONTRADICTION, FIXED_SERVER, ONE_NAMESPACE)
"""The rules of this subject, in the order of their codes."""
