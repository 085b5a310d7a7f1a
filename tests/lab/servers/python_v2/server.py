"""A server on the official Python SDK 2.x: modern and legacy on /mcp; with MCP_TRANSPORT=sse, HTTP+SSE on /sse."""

import gc
import os
import time

import anyio
import uvicorn
from mcp.server.mcpserver import MCPServer
from starlette.requests import Request
from starlette.responses import PlainTextResponse

mcp = MCPServer("python-v2", version="1.0.0")


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


@mcp.custom_route("/sessions", methods=["GET"])
async def sessions(_: Request) -> PlainTextResponse:
    """How many sessions the server holds at this moment, wherever the SDK keeps them."""
    managers = (found for found in gc.get_objects() if type(found).__name__ == "StreamableHTTPSessionManager")
    return PlainTextResponse(str(sum(len(found._server_instances) for found in managers)))


app = mcp.sse_app() if os.environ.get("MCP_TRANSPORT") == "sse" else mcp.streamable_http_app()

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False)
