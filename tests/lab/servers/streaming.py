"""A server on the official Python SDK 2.x whose streams are looked at.

Events with the moment of their sending, a period of its keep-alives and a largest body of one's choice (PING_SECONDS,
MAX_BODY), and the metadata of its authorization.
"""

import os
import time
from typing import Any

import anyio
import sse_starlette.sse
import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

METADATA = "/.well-known/oauth-protected-resource/mcp"
sse_starlette.sse.EventSourceResponse.DEFAULT_PING_INTERVAL = float(os.environ.get("PING_SECONDS", "15"))
mcp = MCPServer("streaming", version="1.0.0")


@mcp.tool()
async def counting(events: int, milliseconds: float, context: Context) -> str:
    """Report progress so many times, each with the moment of its sending, then answer."""
    for number in range(events):
        await context.report_progress(number, events, f"{time.time():.6f}")
        await anyio.sleep(milliseconds / 1000)
    return f"{events} events"


@mcp.tool()
async def caller(context: Context) -> str:
    """Whom the edge names as the one who calls."""
    request: Any = context.request_context.request
    return str(request.headers.get("x-user", "nobody"))


@mcp.tool()
async def forbidden() -> str:
    """What the keeper lets nobody call."""
    return "called all the same"


@mcp.custom_route(METADATA, methods=["GET"])
async def metadata(_: Request) -> Response:
    """What a client reads that has to find the authorization server."""
    return JSONResponse(
        {"resource": "https://mcp.example.com/mcp", "authorization_servers": ["https://id.example.com"]}
    )


if __name__ == "__main__":
    app = mcp.streamable_http_app(max_request_body_size=int(os.environ.get("MAX_BODY", 4 * 2**20)))
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False)
