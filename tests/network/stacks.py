"""Stacks of these tests: the least one, with groups changed, and what it makes."""

from __future__ import annotations

from typing import Any

from pulumi_kubernetes_mcp.offline.manifests import manifests
from pulumi_kubernetes_mcp.region import McpRegion
from pulumi_kubernetes_mcp.region_plan import RegionPlan, load, plan_region
from pulumi_kubernetes_mcp.rules.model import Finding, errors
from pulumi_kubernetes_mcp.testing import record

Values = dict[str, Any]
LEAST: Values = {
    "region": {"name": "us-east"},
    "server": {
        "image": "registry.example.com/acme/orders:1.4.2",
        "name": "orders",
        "healthPath": "/healthz",
        "livenessPath": "/livez",
    },
    "workload": {"dailyUsers": 500, "workers": 2},
    "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}


def stack(**groups: Any) -> Values:
    """The least stack, with keys of its groups changed or added."""
    names = {*LEAST, *groups}
    lists = {f"mcp:{name}": given for name, given in groups.items() if isinstance(given, list)}
    return {
        **{
            f"mcp:{name}": {**LEAST.get(name, {}), **groups.get(name, {})}
            for name in sorted(names)
            if f"mcp:{name}" not in lists
        },
        **lists,
    }


def planned(**groups: Any) -> RegionPlan:
    """The plan of such a stack, without the rehearsal."""
    return plan_region(load(stack(**groups), where="here"), rehearse=False)


def found(code: str, **groups: Values) -> list[Finding]:
    """What a rule says of such a stack."""
    return [finding for finding in planned(**groups).findings if finding.code == code]


def objects(**groups: Values) -> dict[tuple[str, str], Any]:
    """Every object that such a stack makes, by kind and name."""
    plan = planned(**groups)
    assert not errors(plan.findings), plan.findings
    made = record(lambda: McpRegion.planned("mcp", plan), project="mcp", stack="network")
    return {(one.kind, str(one.body["metadata"]["name"])): one.body for one in manifests(made)}


def openings(direction: str, **groups: Values) -> list[tuple[Any, Any]]:
    """Peers and ports of every rule about the server's pods, of all policies."""
    rules = []
    for (kind, _), body in objects(**groups).items():
        if kind == "NetworkPolicy" and body["spec"]["podSelector"].get("matchLabels", {}).get(
            "app.kubernetes.io/component"
        ) in ("server", "pooler"):
            rules += [
                (rule["to" if direction == "egress" else "from"], rule["ports"])
                for rule in body["spec"].get(direction, [])
            ]
    return rules
