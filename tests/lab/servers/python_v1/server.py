"""A server on the official Python SDK 1.x: legacy only, on /mcp; with MCP_TRANSPORT=sse, HTTP+SSE on /sse."""

import os
import time

import anyio
import uvicorn
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("python-v1")


@mcp.tool()
def trivial(text: str) -> str:
    """Answer with the text that was sent."""
    return text


@mcp.tool()
async def pause(milliseconds: float) -> str:
    """Wait, as a tool does that asks a database."""
    await anyio.sleep(milliseconds / 1000)
    return f"waited {milliseconds:g} ms"


@mcp.tool()
async def burn(milliseconds: float) -> str:
    """Compute for that many milliseconds of CPU time."""
    end = time.thread_time() + milliseconds / 1000
    while time.thread_time() < end:
        pass
    return f"computed {milliseconds:g} ms"


@mcp.tool()
async def sized(kib: int) -> str:
    """Answer with a text of that many KiB."""
    return "x" * (kib * 1024)


app = mcp.sse_app() if os.environ.get("MCP_TRANSPORT") == "sse" else mcp.streamable_http_app()

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False)
