"""What the stack writes is what node-postgres, asyncpg and psycopg read: a private authority, the pooler, limits."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp import database_env
from pulumi_kubernetes_mcp.settings.models import DatabaseSettings, WorkloadSettings

from .conftest import Note
from .postgres import DATABASE, PASSWORD, USER, Postgres, connect, pgbouncer, postgresql
from .processes import LOOPBACK, folder_of, unprivileged
from .servers.environments import driver_command

DRIVERS = {"node-postgres": "typescript-v1", "asyncpg": "python-v1", "psycopg": "python-v1"}
"""Driver to the runtime in whose words it is told."""
WORKLOAD = WorkloadSettings(daily_users=100)
SECRET = {"PGUSER": USER, "PGPASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """One PostgreSQL whose certificate a private authority signed."""
    with postgresql() as started:
        yield started


@pytest.fixture(scope="module")
def authority(database: Postgres) -> Iterator[Path]:
    """The file of the private authority, where the pooler's user may read it too."""
    with folder_of(unprivileged("postgres")) as folder:
        path = folder / "ca.crt"
        path.write_text(database.authority)
        path.chmod(0o644)
        yield path


def told(driver: str, port: int, *, pooled: bool = False, ca: Path | None = None, **keys: Any) -> dict[str, str]:
    """The variables that a stack gives to a server with that driver; the database stands for one that is elsewhere."""
    keys = {"tls_mode": "require", **keys}
    settings = DatabaseSettings(
        host=LOOPBACK, port=port, name=DATABASE, ca=None if ca is None else {"file": str(ca)}, **keys
    )
    values = database_env.clear_variables(
        settings,
        WORKLOAD,
        runtime=DRIVERS[driver],
        pool_size=5,
        pooler=(LOOPBACK, port) if pooled else None,
    )
    return {name: value for name, value in values.items() if isinstance(value, str)}


def says(driver: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """What the driver got: whether the connection is encrypted and what limits a statement, or its error."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables, **SECRET}
    done = subprocess.run(driver_command(driver), env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("driver", DRIVERS)
def test_require_encrypts_and_takes_a_private_authority(driver: str, database: Postgres) -> None:
    """The case tls-node-direct: node-postgres verifies at 'require', and is told 'no-verify'."""
    assert says(driver, told(driver, database.port))["ssl"] is True


def test_the_word_of_libpq_fails_in_node_postgres(database: Postgres) -> None:
    """Why the word is another one. The control of the test above."""
    variables = {**told("node-postgres", database.port), "PGSSLMODE": "require"}
    assert says("node-postgres", variables)["error"] in ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "SELF_SIGNED_CERT_IN_CHAIN")


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_a_private_authority_is_verified(driver: str, mode: str, database: Postgres, authority: Path) -> None:
    assert says(driver, told(driver, database.port, ca=authority, tls_mode=mode))["ssl"] is True


@pytest.mark.parametrize("driver", DRIVERS)
def test_without_the_authority_nobody_connects(driver: str, database: Postgres) -> None:
    assert "error" in says(driver, told(driver, database.port, tls_mode="verify-full"))


def test_asyncpg_takes_libpqs_word_for_a_file(database: Postgres) -> None:
    """Why the stack gives a path and never 'system'."""
    variables = {**told("asyncpg", database.port, tls_mode="verify-full"), "PGSSLROOTCERT": "system"}
    assert says("asyncpg", variables)["error"].startswith("FileNotFoundError")


@pytest.mark.parametrize(("driver", "statement"), [("node-postgres", "10s"), ("psycopg", "10s"), ("asyncpg", "0")])
def test_the_limit_of_a_statement_reaches_the_database(driver: str, statement: str, database: Postgres) -> None:
    """By PGOPTIONS, which asyncpg does not read: its servers take DATABASE_STATEMENT_SECONDS."""
    variables = told(driver, database.port)
    assert says(driver, variables)["statement"] == statement
    assert variables["DATABASE_STATEMENT_SECONDS"] == "10"


@pytest.mark.parametrize("driver", DRIVERS)
def test_the_pooler_verifies_and_limits_for_all(driver: str, database: Postgres, authority: Path, note: Note) -> None:
    keys = DatabaseSettings(host=LOOPBACK, parameters={"search_path": "app, public", "jit": "off"})
    with pgbouncer(
        database,
        pool_size=2,
        server_tls_mode="verify-full",
        server_ca_file=str(authority),
        parameters=database_env.parameters(keys, WORKLOAD),
    ) as pooler:
        answer = says(driver, told(driver, pooler.port, pooled=True))
        with connect(pooler.port) as connection:
            row = connection.execute("select current_setting('search_path'), current_setting('jit')").fetchone()
    note(f"{driver} through PgBouncer: {answer}")
    assert answer == {"ssl": True, "statement": "10s"}
    assert row == ("app, public", "off")


def test_the_pooler_refuses_a_parameter_that_it_would_lose(database: Postgres) -> None:
    import psycopg

    with pgbouncer(database, pool_size=2) as pooler, pytest.raises(psycopg.OperationalError, match="parameter"):
        connect(pooler.port, options="-c statement_timeout=1000")
