"""``mcp-stack measure``: what a running server costs, found with real MCP clients. Nothing here is imported before."""
