"""The whole path of a database call: MCP client, server, its own pool, PgBouncer, PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Note
from .postgres import DATABASE, PASSWORD, USER, Postgres, pgbouncer, postgresql, sampled
from .processes import LOOPBACK, free_port
from .reference import call, gauge, http, mcp_client, reference_server, text_of


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of this file."""
    with postgresql(max_connections=20) as started:
        yield started


def database_variables(port: int, pool: int) -> dict[str, str]:
    """What a pod gets from its Secret, and the size of its own pool."""
    return {
        "PGHOST": LOOPBACK,
        "PGPORT": str(port),
        "PGDATABASE": DATABASE,
        "PGUSER": USER,
        "PGPASSWORD": PASSWORD,
        "DATABASE_POOL_SIZE": str(pool),
    }


def test_twenty_concurrent_calls_of_50_ms_through_a_pool_of_five(
    tmp_path: Path, database: Postgres, note: Note
) -> None:
    """The golden pool of the plan (20 calls × 50 ms: 5) serves 20 calls at once, through a pooler of 3."""

    async def scenario(url: str) -> tuple[set[str], float]:
        async with mcp_client(url) as client:
            await client.list_tools()
            start = asyncio.get_running_loop().time()
            calls = [client.call_tool("query", {"milliseconds": 50}) for _ in range(20)]
            results = await asyncio.gather(*calls)
            return {text_of(result) for result in results}, asyncio.get_running_loop().time() - start

    with (
        pgbouncer(database, pool_size=3) as pooler,
        reference_server(tmp_path, database_variables(pooler.port, 5)) as server,
        sampled(database) as peak,
    ):
        processes, seconds = asyncio.run(scenario(server.url))
    assert 1 <= len(processes) <= 3
    assert peak() <= 3
    note(f"20 calls of 50 ms in {seconds:.2f} s; pod pool 5, pooler pool 3, peak {peak()} server connections")


def test_a_lost_database_leaves_the_server_ready(tmp_path: Path) -> None:
    """Readiness is about this process: a database that all pods share must not take them all away."""

    async def scenario(base: str, url: str) -> None:
        async with http(base) as client:
            assert (await client.get("/healthz")).status_code == 200
            assert await gauge(client, "mcp_draining") == 0
        assert await call(url, "echo", {"text": "still here"}) == "still here"

    with reference_server(tmp_path, database_variables(free_port(), 2)) as server:
        asyncio.run(scenario(server.base, server.url))
