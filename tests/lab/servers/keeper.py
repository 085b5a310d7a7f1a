"""A service that an edge asks before the server: who has the right token may pass, and is named to the server."""

import os

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = os.environ["TOKEN"]
asked: list[list[str]] = []
"""The names of the headers of each request that it was asked about."""


async def check(request: Request) -> Response:
    """200 with the name of who calls, 401 with a challenge, or 403 for a tool that is not everybody's."""
    asked.append(sorted(request.headers))
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        challenge = 'Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"'
        return Response("no token", 401, {"WWW-Authenticate": challenge})
    if request.headers.get("mcp-name") == "forbidden":
        return Response("not this one", 403)
    return Response(headers={"X-User": "ada"})


async def seen(_: Request) -> Response:
    """What it was shown."""
    return JSONResponse(asked)


app = Starlette(
    routes=[
        Route("/seen", seen),
        Route("/check", check, methods=["GET", "POST", "DELETE", "OPTIONS"]),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False)
