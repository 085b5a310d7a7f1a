"""What a driver of Python makes of the environment: one connection, and what the server says of it, as JSON."""

import asyncio
import json
import sys

SAID = "select (select ssl from pg_stat_ssl where pid = pg_backend_pid()), current_setting('statement_timeout')"


async def asyncpg_says() -> tuple[bool, str]:
    """Connect with asyncpg; no prepared statement stays, for a pooler in transaction mode."""
    import asyncpg

    connection = await asyncpg.connect(statement_cache_size=0)
    row = await connection.fetchrow(SAID)
    await connection.close()
    return row[0], row[1]


def psycopg_says() -> tuple[bool, str]:
    """Connect with psycopg, which is libpq."""
    import psycopg

    with psycopg.connect(prepare_threshold=None) as connection:
        row = connection.execute(SAID).fetchone()
    return row[0], row[1]


try:
    ssl, statement = asyncio.run(asyncpg_says()) if sys.argv[1] == "asyncpg" else psycopg_says()
    print(json.dumps({"ssl": ssl, "statement": statement}))
except Exception as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
