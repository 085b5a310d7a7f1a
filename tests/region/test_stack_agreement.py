"""The stacks of a project compared: hosts, budgets of a database, namespaces, routes, keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.planned_stacks import PlannedStack, served_together
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.stack_agreement import Disagreement, agreement

LEAST: dict[str, Any] = {
    "mcp:server": {
        "image": "registry.example.com/acme/orders:1.4.2",
        "name": "orders",
        "runtime": "node",
        "healthPath": "/healthz",
        "livenessPath": "/livez",
    },
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}


def planned(name: str, context: str | None = None, **groups: Any) -> PlannedStack:
    values = {**LEAST, "mcp:region": {"name": name}, **{f"mcp:{key}": value for key, value in groups.items()}}
    return PlannedStack(name=name, plan=plan_region(load_stack(values, where=name), rehearse=False), context=context)


def codes(*stacks: PlannedStack) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.finding.code, one.stacks) for one in agreement(stacks)]


def database(maximum: int, connections: int = 1600, **more: Any) -> dict[str, Any]:
    """15 connections per pod, and so many pods."""
    group = {"host": "db.example.com", "maxConnections": connections, "queryMilliseconds": 500, **more}
    return {"database": group, "scaling": {"maxReplicas": maximum}}


def test_stacks_that_agree_are_told_nothing() -> None:
    assert agreement([planned("us-east"), planned("eu-west")]) == ()
    assert agreement([planned("us-east")]) == agreement([]) == ()


def test_two_regions_take_unequal_parts_of_one_database() -> None:
    # 15 × 30 = 450 and 15 × 15 = 225 of 1,600 × 50 % = 800.
    assert codes(planned("us-east", **database(30)), planned("eu-west", **database(15))) == []
    both = [
        planned("us-east", **database(30, sharePercent=50)),
        planned("eu-west", **database(15, sharePercent=50)),
        planned("ap-south", **database(30)),
    ]
    (found,) = agreement(both)
    assert (found.finding.code, set(found.stacks)) == ("MCP812", {"us-east", "eu-west", "ap-south"})
    assert found.finding.path == "mcp:database.maxConnections"
    assert "together 1125 connections, above the 800" in found.finding.problem
    assert "max_connections of at least 2250" in found.finding.remedy


def test_two_colours_count_twice_in_the_sum() -> None:
    """(30 + 30 + 15) × 15 = 1,125 with one region in two colours, and with both 2 × 675 = 1,350 of 800."""
    green = {"strategy": "BlueGreen", "blueGreen": {"greenImage": "registry.example.com/acme/orders:1.5.0"}}
    server = {**LEAST["mcp:server"], "rollout": green}

    def together(*coloured: str) -> str:
        regions = (("us-east", 30), ("eu-west", 15))
        stacks = [
            planned(name, **database(most, sharePercent=50), **({"server": server} if name in coloured else {}))
            for name, most in regions
        ]
        (found,) = agreement(stacks)
        assert found.finding.code == "MCP812"
        return found.finding.problem

    assert "together 1125 connections, above the 800" in together("us-east")
    assert "together 1350 connections, above the 800" in together("us-east", "eu-west")


@pytest.mark.grid
def test_the_parts_of_regions_are_added() -> None:
    def region(name: str, maximum: int, percent: float | None = None, regions: int = 2) -> PlannedStack:
        return planned(name, **database(maximum, sharedByRegions=regions, regionSharePercent=percent))

    # 70 % of 800 are 560, and 15 × 37 = 555 of them; 30 % are 240 and 15 × 16.
    large, small = region("us-east", 37, 70), region("eu-west", 16, 30)
    for stack, budget, working in (
        (large, 560, "1600 × 0.5 → 800; × 70 % of the regions → 560"),
        (small, 240, "1600 × 0.5 → 800; × 30 % of the regions → 240"),
    ):
        found = stack.plan.plan.connections.connection_budget
        assert found is not None
        assert (found.value, found.working) == (budget, working)
        assert stack.plan.plan.connections.budget_closes
    assert codes(large, small) == []
    assert not region("us-east", 38, 70).plan.plan.connections.budget_closes
    # A part beside an equal one of two is more than all.
    (above,) = agreement([large, region("eu-west", 16)])
    assert above.finding.code == "MCP820"
    assert above.finding.problem == "us-east 70 %, eu-west 50 % of one database: together 120 %."
    # Two of three regions are seen: they may use two thirds of 800, 533; each by itself 266, and 15 × 17 = 255.
    third = [planned(name, **database(17, sharedByRegions=3)) for name in ("us-east", "eu-west")]
    assert codes(*third) == []


def test_a_message_shows_the_division() -> None:
    stack = planned("us-east", **database(30, sharedByRegions=2))
    (found,) = [one for one in stack.plan.findings if one.code == "MCP401"]
    assert found.problem == (
        "15 connections per pod × 30 pods = 450, above the budget of 400 (50 % of max_connections 1600: 800 / 2 "
        "regions)."
    )
    # 15 × (6 + 2) = 120 of (200 - 3) / 2 = 98; 90 of 100 at the maximum.
    rollout = planned("us-east", **database(6, 200, sharedByRegions=2, sharePercent=100))
    (found,) = [one for one in rollout.plan.findings if one.code == "MCP407"]
    assert (
        "above the 98 of max_connections 200 that are not reserved (3 are; 200 - 3 = 197, / 2 regions)" in found.problem
    )
    # A database for both regions: 900 of them are half of 1800.
    assert any("at least 1800 connections" in str(one) for one in stack.plan.plan.remedies)


@pytest.mark.grid
def test_the_remedy_of_a_budget_closes_it() -> None:
    stacks = [
        planned("a", **database(30, 2250)),
        planned("b", **database(15, 2250)),
        planned("c", **database(30, 2250)),
    ]
    assert codes(*stacks) == []
    # One connection less does not do.
    stacks = [
        planned("a", **database(30, 2248)),
        planned("b", **database(15, 2248)),
        planned("c", **database(30, 2248)),
    ]
    assert [code for code, _ in codes(*stacks)] == ["MCP812"]


def test_databases_at_other_hosts_or_ports_are_others() -> None:
    one, other = planned("a", **database(30)), planned("b", **database(30, port=5433))
    assert codes(one, other) == []
    assert [code for code, _ in codes(one, planned("b", **database(30)))] == ["MCP812"]


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"eras": ["modern", "legacy-stateless"]}, "mcp:server.eras", "the eras modern, legacy-stateless and modern"),
        ({"path": "/v2/mcp"}, "mcp:server.path", "the path /v2/mcp and /mcp"),
        ({"authorization": True, "egress": [{"port": 443, "cidrs": ["10.0.0.0/8"]}]}, "mcp:server.authorization", "on"),
    ],
    ids=["eras", "path", "authorization"],
)
def test_one_host_serves_one_thing(change: dict[str, Any], path: str, words: str) -> None:
    other = planned("eu-west", server={**LEAST["mcp:server"], **change})
    (found,) = agreement([planned("us-east"), other])
    assert (found.finding.code, found.finding.path, found.stacks) == ("MCP811", path, ("eu-west", "us-east"))
    assert words in found.finding.problem
    elsewhere = planned("eu-west", server={**LEAST["mcp:server"], **change}, edge={"host": "eu.example.com"})
    assert codes(planned("us-east"), elsewhere) == []


@pytest.mark.parametrize(
    ("contexts", "expected"),
    [
        (("prod", "prod"), ["MCP813", "MCP815"]),
        (("prod", "other"), []),
        ((None, "prod"), ["MCP814"]),
        ((None, None), ["MCP814"]),
    ],
    ids=str,
)
def test_a_namespace_and_a_route_belong_to_one_stack_of_a_cluster(
    contexts: tuple[str | None, str | None], expected: list[str]
) -> None:
    stacks = [
        planned(name, context, region={"name": name, "namespace": "mcp"})
        for name, context in zip(("us-east", "eu-west"), contexts, strict=True)
    ]
    assert [code for code, _ in codes(*stacks)] == expected


def test_a_release_is_looked_at_by_a_host_that_no_other_stack_of_the_cluster_routes() -> None:
    def looked_at(context: str, preview: str) -> PlannedStack:
        server = {**LEAST["mcp:server"], "rollout": {"argoRollouts": {"previewHost": preview}}}
        return planned("next", context, server=server, edge={**LEAST["mcp:edge"], "host": "orders.example.com"})

    routed = planned("us-east", "prod")
    (found,) = agreement([routed, looked_at("prod", "mcp.example.com")])
    key = "mcp:server.rollout.argoRollouts.previewHost"
    assert (found.finding.code, found.finding.path, found.stacks) == ("MCP815", key, ("next", "us-east"))
    assert codes(routed, looked_at("other", "mcp.example.com")) == []
    assert codes(routed, looked_at("prod", "next.example.com")) == []


@pytest.mark.parametrize(
    ("context", "problem"),
    [
        ("prod", "'eu-west' and 'us-east' both make the namespace 'mcp' in the cluster 'prod'."),
        (None, "'eu-west' and 'us-east' both make the namespace 'mcp', and not both say in which cluster."),
    ],
)
def test_who_makes_the_namespace_is_named(context: str | None, problem: str) -> None:
    stacks = [planned(name, context, region={"name": name, "namespace": "mcp"}) for name in ("us-east", "eu-west")]
    assert agreement(stacks)[0].finding.problem == problem


def regional(name: str, context: str | None = None, **changed: Any) -> PlannedStack:
    """A region with a host of its own before the one that all share."""
    host = f"orders.{name}.example.com"
    edge = {**LEAST["mcp:edge"], "host": host, "hosts": ["mcp.example.com"], **changed.pop("edge", {})}
    return planned(name, context, edge=edge, **changed)


def test_a_further_host_is_shared_as_the_first_is() -> None:
    dns = {"routing": "latency", "awsRegion": "us-east-1", "healthCheckId": "4c2c1a9e-0000"}
    weighted = {"routing": "weighted", "weight": 100, "healthCheckId": "4c2c1a9e-0000"}
    one = regional("us-east", edge={"dns": dns})
    assert codes(one, regional("eu-west", edge={"dns": dns})) == []
    (found,) = agreement([one, regional("eu-west", edge={"dns": weighted})])
    assert (found.finding.code, found.finding.path) == ("MCP822", "mcp:edge.dns.routing")
    assert "mcp.example.com" in found.finding.problem
    (found,) = agreement(
        [regional("us-east", "same"), regional("eu-west", "same", region={"name": "eu-west", "namespace": "b"})]
    )
    assert (found.finding.path, found.stacks) == ("mcp:edge.hosts", ("eu-west", "us-east"))


def test_what_is_told_of_one_host_is_not_told_of_the_next() -> None:
    both = [
        planned(name, edge={**LEAST["mcp:edge"], "hosts": ["a.example.com", "b.example.com"]}) for name in ("x", "y")
    ]
    assert [host for host, _ in served_together(both)] == ["mcp.example.com"]
    third = planned("z", edge={**LEAST["mcp:edge"], "host": "b.example.com"})
    assert [(host, len(regions)) for host, regions in served_together([*both, third])] == [
        ("mcp.example.com", 2),
        ("b.example.com", 3),
    ]


@pytest.mark.parametrize(("path", "together"), [("/mcp", True), ("/other", False)])
def test_another_name_at_the_same_address_is_the_same_to_clients(path: str, together: bool) -> None:
    other = planned("eu-west", server={**LEAST["mcp:server"], "name": "orders-eu", "path": path})
    assert bool(list(served_together([planned("us-east"), other]))) is together


@pytest.mark.grid
def test_two_clusters_behind_one_host_that_have_nothing_in_common() -> None:
    """In one cluster, or where nobody says which it is, the path tells the two apart."""
    other = {**LEAST["mcp:server"], "name": "notes", "path": "/notes/mcp"}
    secrets = {"source": "existing", "env": {"STATE_KEY": "state"}}
    (found,) = agreement([planned("us-east", "a", secrets=secrets), planned("eu-west", "b", server=other)])
    assert (found.finding.code, found.finding.path) == ("MCP824", "mcp:server.path")
    assert "'eu-west' /notes/mcp and 'us-east' /mcp are served at mcp.example.com" in found.finding.problem
    accept = [{"code": "MCP824", "reason": "the CDN before both routes by path"}]
    assert codes(planned("us-east", "a"), planned("eu-west", "b", server=other, accept=accept)) == []
    # The same path is the same server to clients, whatever its name: that is no routing by path.
    legacy = {**other, "path": "/mcp", "eras": ["legacy-stateless"]}
    assert codes(planned("us-east", "a"), planned("eu-west", "b", server=legacy, accept=accept)) == [
        ("MCP811", ("eu-west", "us-east"))
    ]
    for contexts in (("a", "a"), ("a", None), (None, None)):
        both = [planned("us-east", contexts[0]), planned("eu-west", contexts[1], server=other)]
        assert "MCP824" not in [code for code, _ in codes(*both)]
    apart = planned("eu-west", "b", server=other, edge={**LEAST["mcp:edge"], "host": "other.example.com"})
    assert codes(planned("us-east", "a"), apart) == []


def test_a_second_server_of_one_region_is_no_disagreement() -> None:
    more = {"orders": {}, "notes": {"server": {"path": "/notes/mcp"}}}
    assert codes(planned("us-east", "a"), planned("eu-west", "b", servers=more)) == []


def test_keys_are_the_same_behind_one_host() -> None:
    with_key = planned("us-east", secrets={"source": "existing", "env": {"STATE_KEY": "state"}})
    assert codes(with_key, planned("eu-west")) == [("MCP816", ("eu-west", "us-east"))]
    accepting = planned("eu-west", accept=[{"code": "MCP816", "reason": "this region has a key of its own"}])
    assert accepting.plan.findings == ()
    assert codes(with_key, accepting) == []


def test_a_default_counts_where_one_stack_reads_it() -> None:
    issuer = {"defaults": {"edge": {"clusterIssuer": "letsencrypt"}}}
    nginx = {"edge": {"host": "b.example.com", "kind": "ingress", "implementation": "nginx"}}
    gateway = planned("us-east", **issuer)
    assert codes(gateway, planned("eu-west", **issuer, **nginx)) == []
    assert codes(gateway, planned("eu-west", **issuer)) == [("MCP320", ("us-east", "eu-west"))]
    own = {"edge": {**nginx["edge"], "clusterIssuer": "own"}}
    assert codes(gateway, planned("eu-west", **issuer, **own)) == [("MCP320", ("us-east", "eu-west"))]
    accepted = {"accept": [{"code": "MCP320", "reason": "An Ingress comes with the next release."}]}
    assert codes(gateway, planned("eu-west", **issuer, **accepted)) == []
    assert agreement([gateway]) == ()


def project(tmp_path: Path, stacks: dict[str, dict[str, Any]]) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: mcp\nruntime: python\n")
    for name, groups in stacks.items():
        values = {**LEAST, "mcp:region": {"name": name}, **{f"mcp:{key}": value for key, value in groups.items()}}
        (tmp_path / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": values}))
    return tmp_path


def check(directory: Path, *options: str) -> tuple[int, Any]:
    result = CliRunner().invoke(app, ["check", "--all", "-C", str(directory), "--json", *options])
    return result.exit_code, json.loads(result.stdout)


def test_check_all_compares_and_fails(tmp_path: Path) -> None:
    home = project(tmp_path, {"us-east": database(30), "eu-west": database(30)})
    code, data = check(home)
    assert code == 1
    assert [one["code"] for one in data["together"]] == ["MCP812"]
    assert sorted(data["together"][0]["stacks"]) == ["eu-west", "us-east"]
    home = project(tmp_path, {"us-east": database(30), "eu-west": database(15)})
    assert check(home)[0] == 0


def test_a_stack_that_cannot_be_read_hides_nothing_of_the_others(tmp_path: Path) -> None:
    home = project(tmp_path, {"us-east": {}, "broken": {"workload": {"dailyUsers": -1}}})
    code, data = check(home)
    assert code == 1
    assert [one["stack"] for one in data["stacks"]] == ["broken", "us-east"]
    assert [problem["path"] for problem in data["stacks"][0]["findings"]] == ["mcp:workload.dailyUsers"]
    assert data["together"] == []


@pytest.mark.grid
def test_a_preview_tells_of_the_other_stacks(tmp_path: Path) -> None:
    home = project(tmp_path, {"us-east": database(30), "eu-west": database(30), "third": {}})
    result = CliRunner().invoke(app, ["preview", "--stack", "us-east", "-C", str(home), "--json"])
    assert result.exit_code == 1
    assert [one["code"] for one in json.loads(result.stdout)["together"]] == ["MCP812"]
    result = CliRunner().invoke(app, ["preview", "--stack", "third", "-C", str(home), "--json"])
    assert (result.exit_code, json.loads(result.stdout)["together"]) == (0, [])


def test_a_disagreement_is_said_once() -> None:
    found = agreement([planned(name, **database(30)) for name in ("a", "b", "c")])
    assert len(found) == len(set(found)) == 1
    assert isinstance(found[0], Disagreement)
