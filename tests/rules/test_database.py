"""Rules about database connections, with the golden figures: 15 × 20 = 300 against half of 100, 420 and 1600."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.rules import database
from pulumi_kubernetes_mcp.rules.model import Finding


def budget(
    budget: int = 50,
    pool: int = 15,
    pods: int = 20,
    kind: str = "postgres",
    pooler: str = "none",
    remedies: tuple[str, ...] = (),
    colours: int = 1,
    poolable: bool = True,
) -> list[Finding]:
    return database.budget_findings(
        kind=kind,
        pool_size=pool,
        max_replicas=pods,
        budget=budget,
        description="50 % of max_connections 100",
        pooler=pooler,
        remedies=remedies,
        colours=colours,
        poolable=poolable,
        path="d",
    )


def test_the_golden_budget_does_not_close() -> None:
    (finding,) = budget(remedies=("use a pooler", "a pool of 2.", "a database with 600 connections"))
    assert str(finding) == (
        "error MCP401 at d: 15 connections per pod × 20 pods = 300, above the budget of 50 (50 % of "
        "max_connections 100). Choose one: (1) use a pooler; (2) a pool of 2; (3) a database with 600 "
        "connections."
    )
    assert [f.code for f in budget(budget=210)] == ["MCP401"]
    assert budget(budget=800) == []


@pytest.mark.parametrize(("allowed", "refused"), [(300, False), (299, True)])
def test_the_budget_may_be_used_up(allowed: int, refused: bool) -> None:
    assert bool(budget(budget=allowed)) is refused


@pytest.mark.parametrize("kind", ["sqlite", "duckdb", "single-writer"])
def test_a_pooler_or_a_single_writer_has_no_budget_per_pod(kind: str) -> None:
    assert budget(pooler="pgbouncer") == []
    assert budget(kind=kind) == []


def test_both_colours_count() -> None:
    assert budget(budget=300) == []
    (finding,) = budget(budget=300, colours=2)
    assert finding.problem == (
        "15 connections per pod × 20 pods × 2 colours = 600, above the budget of 300 (50 % of max_connections 100)."
    )
    assert budget(budget=600, colours=2) == []


def test_remedies_are_always_given() -> None:
    assert budget(remedies=("Use a pooler.",))[0].remedy == "Use a pooler."
    assert budget()[0].remedy == (
        "Use a pooler, a smaller pool, a lower maximum or a database that allows more connections."
    )
    assert budget(poolable=False)[0].remedy == (
        "Use a smaller pool, a lower maximum or a database that allows more connections."
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [("sqlite", "SQLite"), ("duckdb", "DuckDB"), ("single-writer", "A database of one process")],
)
def test_a_single_writer_has_one_pod(kind: str, name: str) -> None:
    single = database.single_writer_findings
    assert single(kind=kind, max_replicas=1, path="m") == []
    (finding,) = single(kind=kind, max_replicas=2, path="m")
    assert (finding.code, finding.problem) == ("MCP402", f"{name} has one writer, and up to 2 pods would use it.")
    (colours,) = single(kind=kind, max_replicas=1, colours=2, path="m")
    assert colours.problem == f"{name} has one writer, and up to 2 pods (1 of each of 2 colours) would use it."


@pytest.mark.parametrize("kind", ["sqlite", "duckdb", "single-writer"])
def test_a_single_writer_has_one_process(kind: str) -> None:
    assert database.single_process_findings(kind=kind, processes=1, path="m") == []
    assert database.single_process_findings(kind="mysql", processes=4, path="m") == []
    (finding,) = database.single_process_findings(kind=kind, processes=4, path="m")
    assert (finding.code, finding.severity.value) == ("MCP417", "warning")
    assert "the pod runs 4 processes that would use it" in finding.problem


def test_a_server_of_databases_has_many_writers() -> None:
    assert database.single_writer_findings(kind="postgres", max_replicas=9, colours=2, path="m") == []


def rollout(**changed: int) -> list[Finding]:
    given = {"connections": 120, "pool_size": 15, "pods": 6, "surge": 2, "ceiling": 120, "max_connections": 123}
    return database.rollout_findings(**{**given, **changed}, reserved=3, remedies=("use a pooler",), path="d")


def test_a_rollout_may_use_up_what_is_not_reserved() -> None:
    assert rollout() == []
    assert [str(finding) for finding in rollout(ceiling=119, max_connections=122)] == [
        "error MCP407 at d: During a rollout at the maximum 15 connections per pod × (6 + 2) pods = 120, above the 119 "
        "of max_connections 122 that are not reserved (3 are). Use a pooler."
    ]


@pytest.mark.parametrize(
    ("server", "clients", "expected"),
    [
        (50, 1000, []),
        (51, 1000, ["error MCP403 at p: The pooler opens up to 51 connections, above the budget of 50."]),
        (
            50,
            1001,
            ["error MCP404 at p: The pods open up to 1001 connections, and the pooler takes 1000."],
        ),
        (
            51,
            1001,
            [
                "error MCP403 at p: The pooler opens up to 51 connections, above the budget of 50.",
                "error MCP404 at p: The pods open up to 1001 connections, and the pooler takes 1000.",
            ],
        ),
    ],
)
def test_the_pooler_fits_on_both_sides(server: int, clients: int, expected: list[str]) -> None:
    found = database.pooler_findings(
        server_connections=server, budget=50, client_connections=clients, max_client_conn_total=1000, path="p"
    )
    assert [str(f).removesuffix(f" {f.remedy}") for f in found] == expected


def test_one_pooler_carries_no_production_service() -> None:
    single = database.single_pooler_findings
    (finding,) = single(instances=1, production=True, path="mcp:database.poolerInstances")
    assert str(finding) == (
        "warning MCP406 at mcp:database.poolerInstances: One pooler instance carries the service. "
        "Use 2 instances or more."
    )
    assert single(instances=2, production=True, path="p") == []
    assert single(instances=1, production=False, path="p") == []


def test_the_reserve_leaves_something() -> None:
    assert database.reserve_findings(max_connections=4, reserved=3, path="r") == []
    (finding,) = database.reserve_findings(max_connections=3, reserved=3, path="r")
    assert str(finding) == (
        "error MCP405 at r: 3 of max_connections 3 are reserved; none is left for the server. Lower the "
        "reserve (3 is the default of PostgreSQL), or raise max_connections above 3."
    )
