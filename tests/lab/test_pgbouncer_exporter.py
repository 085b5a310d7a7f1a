"""What the exporter beside a PgBouncer may read, by its own driver and the variables of its container.

The exporter itself is asked for nothing here: its driver is, in its words, and the answers are held against what it
makes of them.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_kubernetes_mcp.monitoring.sources import METRICS, Source
from pulumi_kubernetes_mcp.pooler import exporter

from .postgres import DATABASE, PASSWORD, PgBouncer, Postgres, connect, pgbouncer, postgresql
from .processes import LOOPBACK, wait_until
from .servers.environments import LIB_PQ

COLUMNS = {
    "pgbouncer_pools_client_waiting_connections": "cl_waiting",
    "pgbouncer_pools_client_maxwait_seconds": "maxwait",
    "pgbouncer_pools_server_active_connections": "sv_active",
    "pgbouncer_pools_server_idle_connections": "sv_idle",
    "pgbouncer_pools_server_used_connections": "sv_used",
    "pgbouncer_pools_server_testing_connections": "sv_tested",
    "pgbouncer_pools_server_login_connections": "sv_login",
}
"""Metric to column of SHOW POOLS (prometheus-community/pgbouncer_exporter, collector.go and README)."""


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of this file."""
    with postgresql(max_connections=20) as started:
        yield started


def asked(pooler: PgBouncer, *more: str, address: str | None = None) -> subprocess.CompletedProcess[str]:
    """The exporter's driver with the variables of its container."""
    variables = {
        one["name"]: one["value"]
        for one in exporter.container(
            image="none", pull_policy="Always", user_id=None, host=LOOPBACK, port=pooler.port
        )["env"]
    }
    assert variables["PGPASSFILE"] == exporter.PASSWORD_FILE
    variables["PGPASSFILE"] = str(pooler.password_file)
    if address is not None:
        variables["PGBOUNCER_EXPORTER_CONNECTION_STRING"] = address
    others = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    command = [*LIB_PQ.command(), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env={**others, **variables})


def answers(pooler: PgBouncer) -> dict[str, list[dict[str, str]]]:
    """Everything that the exporter asks for."""
    done = asked(pooler)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return found


def pool(pooler: PgBouncer) -> dict[str, str]:
    """The row of SHOW POOLS that the rules read."""
    (row,) = [one for one in answers(pooler)["SHOW POOLS"] if one["database"] == DATABASE]
    return row


def test_what_the_rules_read_is_in_the_console_and_counts_who_waits(database: Postgres) -> None:
    assert set(METRICS[Source.PGBOUNCER]) == set(COLUMNS)
    with ExitStack() as stack:
        pooler = stack.enter_context(pgbouncer(database, pool_size=1, exported=True))
        threads = stack.enter_context(ThreadPoolExecutor(2))
        first, *others = (stack.enter_context(connect(pooler.port)) for _ in range(3))
        with first.transaction():
            first.execute("select 1")
            waiting = [threads.submit(one.execute, "select 1") for one in others]
            wait_until(lambda: pool(pooler)["cl_waiting"] == "2", seconds=20, what="both others wait")
            row = pool(pooler)
            assert set(COLUMNS.values()) <= set(row)
            assert (row["sv_active"], row["sv_idle"]) == ("1", "0")
            wait_until(lambda: int(pool(pooler)["maxwait"]) >= 1, seconds=20, what="they have waited for a second")
        for one in waiting:
            one.result(20)
        assert pool(pooler)["cl_waiting"] == "0"


def test_the_driver_signs_in_whatever_the_pooler_drops_of_others(database: Postgres) -> None:
    """Drivers of applications may be refused what they send; that of the exporter is not."""
    with pgbouncer(database, pool_size=1, exported=True, ignored_parameters=[], tracked_parameters=[]) as pooler:
        assert {"SHOW STATS", "SHOW LISTS", "SHOW CONFIG", "SHOW DATABASES"} <= set(answers(pooler))


@pytest.mark.parametrize("command", ["PAUSE", "KILL mcp", "SHUTDOWN", "RELOAD", "SET pool_mode = session"])
def test_the_exporter_may_change_nothing(command: str, database: Postgres) -> None:
    with pgbouncer(database, pool_size=1, exported=True) as pooler:
        done = asked(pooler, command)
        assert done.returncode != 0
        assert "admin access needed" in done.stderr
        with connect(pooler.port) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_its_password_opens_nothing_but_the_console(database: Postgres) -> None:
    with pgbouncer(database, pool_size=1, exported=True) as pooler:
        assert pooler.password_file is not None
        host, port, name, user, password = pooler.password_file.read_text().strip().split(":")
        assert (host, port, name, user) == (LOOPBACK, str(pooler.port), "pgbouncer", exporter.USER)
        assert len(password) == 64
        assert PASSWORD not in pooler.password_file.read_text()
        assert pooler.password_file.stat().st_mode & 0o077 == 0
        inside = f"postgres://{exporter.USER}:{password}@{LOOPBACK}:{pooler.port}/{DATABASE}?sslmode=disable"
        assert asked(pooler, address=inside).returncode != 0
        wrong = exporter.console(LOOPBACK, pooler.port).replace("@", ":guessed@")
        refused = asked(pooler, address=wrong)
        assert refused.returncode != 0
        assert "authentication failed" in refused.stderr


def test_without_an_exporter_nobody_is_let_into_the_console(database: Postgres) -> None:
    import psycopg

    with pgbouncer(database, pool_size=1) as pooler:
        options: dict[str, Any] = {"dbname": "pgbouncer"}
        with pytest.raises(psycopg.OperationalError, match="not allowed"):
            connect(pooler.port, **options)
