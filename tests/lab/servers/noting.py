"""The reference server with a tool more, which keeps a note in the state store that all of its kind share.

The store is a Redis at the socket REDIS; a command of it is an array of strings (RESP).
"""

import asyncio
import os

import server

app = server.app
SECONDS = 1
"""Longer than a store in order takes; a call that waits longer has failed."""


@server.mcp.tool()
async def write(text: str) -> str:
    """Append a note, and answer with it when the store has it."""
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_unix_connection(os.environ["REDIS"])
        try:
            lines = ["*3"]
            for word in ("RPUSH", "written", text):
                lines += [f"${len(word.encode())}", word]
            writer.write("".join(f"{line}\r\n" for line in lines).encode())
            answer = await reader.readline()
            if not answer.startswith(b":"):
                raise RuntimeError(answer.decode())
        finally:
            writer.close()
    return text
