"""A server on the official Python SDK 2.x of a COLOUR: its one tool takes one ARGUMENT, and answers with both."""

import os

import uvicorn
from mcp.server.mcpserver import MCPServer

COLOUR = os.environ["COLOUR"]
mcp = MCPServer("coloured", version="1.0.0")

if os.environ["ARGUMENT"] == "text":

    @mcp.tool()
    def say(text: str) -> str:
        """Answer in the colour of the server."""
        return f"{COLOUR}: {text}"

else:

    @mcp.tool()
    def say(words: str) -> str:
        """Answer in the colour of the server."""
        return f"{COLOUR}: {words}"


if __name__ == "__main__":
    uvicorn.run(mcp.streamable_http_app(), host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False)
