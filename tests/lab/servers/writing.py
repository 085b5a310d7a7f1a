"""The reference server with a tool more, which writes one row: what is done twice stands in the table twice."""

from typing import Any

import server

app = server.app


@server.mcp.tool()
async def write(text: str, milliseconds: int = 100) -> str:
    """Write a row, and take a moment before it is answered."""
    pool: Any = server.pool
    async with pool.connection() as connection:
        await connection.execute("insert into written (text) values (%s)", [text])
        await connection.execute("select pg_sleep(%s)", [milliseconds / 1000])
    return text
